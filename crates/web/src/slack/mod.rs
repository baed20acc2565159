//! The door of Slack: any of its three URLs, or a socket, takes commands, interactions and events.
//!
//! Everything is answered at once: what must be asked of Slack (opening a form while its trigger
//! lives, answering a button) is done beside the answer, and what must survive a crash is an effect.

mod ask;
mod button;
mod drafting;
mod escalate;
mod event;
mod figures;
mod form;
mod frontline;
mod look;
mod note;
mod on_call;
mod proposal;
mod reply;
mod written;

use axum::{
    body::Body,
    extract::{Request as HttpRequest, State},
    http::{HeaderMap, Response, StatusCode, header},
    response::IntoResponse as _,
};
use sima_incident::{MessageRef, PersonId};
use sima_slack::{
    commands,
    modals::{self, Kept, Prefill},
    requests::{self, MessageShortcut, Request, Shortcut, SlashCommand},
    shortcuts, signature,
    socket::Taken,
};
use sima_store::Delivery;

use crate::{App, LARGEST_BODY, answer};
use ask::Asker;
use reply::Reply;

/// The name of this door in the memory of deliveries.
const DOOR: &str = "slack";

/// Takes one request of Slack's.
pub async fn receive(State(app): State<App>, request: HttpRequest) -> Response<Body> {
    let headers = request.headers().clone();
    let body = match answer::read_body(request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let read = requests::read(text(&headers, "content-type"), &body);
    // Slack checks the certificate without signing. Nothing else of such a body is looked at.
    if let Ok(Request::SslCheck) = read {
        return StatusCode::OK.into_response();
    }
    let Some(secret) = &app.signing_secret else {
        return answer::line(StatusCode::NOT_FOUND, "Slack speaks to SIMA over Socket Mode");
    };
    let verified = signature::verify(
        secret,
        text(&headers, "x-slack-request-timestamp"),
        text(&headers, "x-slack-signature"),
        &body,
        app.desk.clock().now(),
    );
    if let Err(error) = verified {
        tracing::warn!(why = %error, "a request that Slack did not sign was turned away");
        return answer::line(StatusCode::UNAUTHORIZED, "the request is not signed by Slack");
    }
    match read {
        Ok(request) => take(&app, request).await,
        Err(unreadable) => {
            tracing::warn!(why = %unreadable, "a request of Slack's could not be read");
            answer::line(StatusCode::BAD_REQUEST, unreadable.to_string())
        }
    }
}

/// Takes one request of Slack's that came over a socket, as if it had come over HTTP.
pub async fn take_from_socket(app: App, request: Request) -> Taken {
    let answer = take(&app, request).await;
    // Over HTTP, too, Slack sends again what was not answered with 2xx.
    if !answer.status().is_success() {
        return Taken::No;
    }
    match axum::body::to_bytes(answer.into_body(), LARGEST_BODY).await {
        Ok(body) => Taken::Yes(serde_json::from_slice(&body).ok()),
        Err(_) => Taken::Yes(None),
    }
}

/// Takes one request that is known to be Slack's.
async fn take(app: &App, request: Request) -> Response<Body> {
    let delivery = request.delivery_id().map(|id| Delivery { door: DOOR.to_owned(), id });
    match request {
        Request::UrlVerification { challenge } => {
            ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], challenge).into_response()
        }
        Request::Command(command) => typed(app, command, delivery).await,
        // It holds what any button may need, which is much to carry about with every request.
        Request::Actions(actions) => Box::pin(button::pressed(app, actions, delivery)).await,
        Request::Submission(submission) => form::submitted(app, &submission, delivery).await,
        Request::Shortcut(shortcut) => shortcut_used(app, shortcut),
        Request::MessageShortcut(shortcut) => shortcut_used_on_message(app, shortcut).await,
        Request::Event(envelope) => event::happened(app, envelope, delivery).await,
        Request::SslCheck
        | Request::RateLimited
        | Request::Closed(_)
        | Request::Suggestion(_)
        | Request::Unknown { .. } => StatusCode::OK.into_response(),
    }
}

/// Somebody typed the slash command: the answer goes back as the body.
async fn typed(app: &App, command: SlashCommand, delivery: Option<Delivery>) -> Response<Body> {
    let asker = Asker {
        person: command.person,
        channel: Some(command.channel),
        incident: None,
        response_url: Some(command.response_url).filter(|url| !url.is_empty()),
        trigger_id: command.trigger_id,
        window: None,
        delivery,
    };
    let asked = commands::parse(&command.text);
    match ask::ask(app, asked, &command.text, &asker).await {
        Reply::Say(message) | Reply::Turn(message) => {
            axum::Json(message.privately()).into_response()
        }
        Reply::Show(view) => {
            reply::show(app, &asker, view);
            StatusCode::OK.into_response()
        }
        Reply::Nothing => StatusCode::OK.into_response(),
    }
}

/// Somebody used the shortcut that opens an incident from anywhere.
fn shortcut_used(app: &App, shortcut: Shortcut) -> Response<Body> {
    if shortcut.callback_id == shortcuts::OPEN.callback_id {
        let asker = Asker {
            person: shortcut.person,
            channel: None,
            incident: None,
            response_url: None,
            trigger_id: shortcut.trigger_id,
            window: None,
            delivery: None,
        };
        reply::show(app, &asker, ask::opening_form(app, &asker, &Prefill::default()));
    }
    StatusCode::OK.into_response()
}

/// Somebody opens an incident from a message: it is quoted in the form, and linked.
async fn shortcut_used_on_message(app: &App, shortcut: MessageShortcut) -> Response<Body> {
    if shortcut.callback_id == shortcuts::OPEN_FROM_MESSAGE.callback_id {
        let link = app
            .slack
            .as_ref()
            .and_then(|slack| slack.identity())
            .and_then(|identity| identity.permalink(&shortcut.message));
        let author = match &shortcut.author {
            Some(author) => name_of(app, author).await,
            None => None,
        };
        let prefill = modals::quoting(&shortcut.text, author.as_deref());
        let MessageRef { channel, ts } = shortcut.message;
        let began = shortcut.thread.unwrap_or(ts);
        let kept = Kept {
            response_url: shortcut.response_url.clone(),
            channel: Some(channel.clone()),
            link,
            message: Some(MessageRef { channel: channel.clone(), ts: began }),
        };
        let asker = Asker {
            person: shortcut.person,
            channel: Some(channel),
            incident: None,
            response_url: shortcut.response_url,
            trigger_id: shortcut.trigger_id,
            window: None,
            delivery: None,
        };
        reply::show(app, &asker, modals::open(app.desk.policy(), &prefill, &kept));
    }
    StatusCode::OK.into_response()
}

/// The name of a person, as far as it is known without asking.
async fn name_of(app: &App, person: &PersonId) -> Option<String> {
    let known = app.desk.store().people(std::slice::from_ref(person)).await.ok()?;
    known.into_iter().next().map(|known| known.name)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}
