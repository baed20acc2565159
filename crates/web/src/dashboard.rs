//! The dashboard's handlers: who may look, what the pages need, and the stream that keeps them live.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{Path, Query, Request, State},
    http::{Response, StatusCode, Uri, header},
    middleware::{self, Next},
    response::{
        Html, IntoResponse as _,
        sse::{Event, KeepAlive, Sse},
    },
    routing::get,
};
use futures_util::StreamExt as _;
use jiff::Timestamp;
use serde::Deserialize;
use sima_incident::{
    Incident, IncidentId, IncidentNumber, PersonId, Postmortem, Recorded,
    figures::{Figures, Summary},
    postmortem,
};
use sima_store::{OutboxView, Page, StoreError};
use tokio_stream::wrappers::WatchStream;

use crate::{
    App, answer, guard,
    pages::{self, Context, GivenUp, Home, List, People, Refused, Which},
    short_link,
};

/// How many incidents a page of the list shows.
const A_PAGE: u32 = 50;

/// How many ended incidents the front page shows.
const LATELY: usize = 8;

/// How many incidents the front page looks through for those that ended.
const LOOKED_THROUGH: u32 = 60;

/// The dashboard's paths, behind its password.
pub fn routes(app: &App) -> Router<App> {
    let guarded = Router::new()
        .route("/", get(front))
        .route("/incidents", get(list))
        .route("/incidents/{number}", get(incident))
        .route("/incidents/{number}/postmortem", get(post_mortem))
        .route(pages::LIVE_PATH, get(live))
        .layer(middleware::from_fn_with_state(app.clone(), let_in));
    Router::new()
        .merge(guarded)
        // Found by an address nobody can guess: only its channel was told.
        .route("/private/{id}/postmortem/{key}", get(private_post_mortem))
        .route(pages::STYLE_PATH, get(style))
        .route(pages::SCRIPT_PATH, get(script))
}

/// What every other address answers: pages to browsers, a line to programs.
pub async fn nothing_here(uri: Uri, request: Request) -> Response<Body> {
    let wants_html = request
        .headers()
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if wants_html {
        return (StatusCode::NOT_FOUND, pages::not_found()).into_response();
    }
    answer::line(StatusCode::NOT_FOUND, format!("there is nothing at {}", uri.path()))
}

/// Lets in those who may read: everyone where it is open to all, else with the password.
async fn let_in(State(app): State<App>, request: Request, next: Next) -> Response<Body> {
    if app.dashboard.open_to_all {
        return next.run(request).await;
    }
    let Some(password) = &app.dashboard.password else {
        return (StatusCode::FORBIDDEN, pages::refused(Refused::Closed)).into_response();
    };
    let given = guard::authorization(request.headers());
    if given.is_some_and(|given| guard::is_secret(&given, password)) {
        return next.run(request).await;
    }
    let challenge = [(header::WWW_AUTHENTICATE, "Basic realm=\"SIMA\", charset=\"UTF-8\"")];
    (StatusCode::UNAUTHORIZED, challenge, pages::refused(Refused::WrongPassword)).into_response()
}

async fn front(State(app): State<App>) -> Response<Body> {
    let made = async {
        let store = app.desk.store();
        let mut live = store.live_incidents().await?;
        live.retain(|incident| !incident.is_private());
        live.sort_by_key(|incident| (incident.severity, incident.number));
        let page = Page { limit: LOOKED_THROUGH, before: None };
        let mut ended = store.incidents(page).await?;
        ended.retain(|incident| !incident.stage.is_live() && !incident.is_private());
        ended.truncate(LATELY);
        let figures = figures(&app).await?;
        let given_up = given_up(&app).await?;
        let people = names(&app, live.iter().chain(&ended), &[]).await?;
        let home = Home {
            live: &live,
            ended: &ended,
            figures: &figures,
            period: "all incidents",
            given_up: &given_up,
        };
        Ok(with_context(&app, &people, |context| pages::home(context, &home)).into_response())
    };
    made.await.unwrap_or_else(unread)
}

/// Which incidents to list, and from where on.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Wanted {
    show: String,
    before: Option<u32>,
}

async fn list(State(app): State<App>, Query(wanted): Query<Wanted>) -> Response<Body> {
    let made = async {
        let which = Which::from_key(&wanted.show);
        let page = Page { limit: A_PAGE, before: wanted.before.map(IncidentNumber) };
        let read = app.desk.store().incidents(page).await?;
        let older = (read.len() == A_PAGE as usize)
            .then(|| read.last())
            .flatten()
            .map(|last| format!("/incidents?show={}&before={}", which.key(), last.number.0));
        let newer = wanted.before.map(|_| format!("/incidents?show={}", which.key()));
        let mut incidents = read;
        incidents.retain(|incident| !incident.is_private() && which.includes(&incident.stage));
        let people = names(&app, incidents.iter(), &[]).await?;
        let list = List { incidents: &incidents, which, older, newer };
        Ok(with_context(&app, &people, |context| pages::list(context, &list)).into_response())
    };
    made.await.unwrap_or_else(unread)
}

async fn incident(State(app): State<App>, Path(number): Path<String>) -> Response<Body> {
    let made = async {
        let Some((incident, events)) = visible(&app, &number).await? else {
            return Ok(not_found());
        };
        let people = names(&app, std::iter::once(&incident), &events).await?;
        let page =
            with_context(&app, &people, |context| pages::incident(context, &incident, &events));
        Ok(page.into_response())
    };
    made.await.unwrap_or_else(unread)
}

async fn post_mortem(State(app): State<App>, Path(number): Path<String>) -> Response<Body> {
    let made = async {
        match visible(&app, &number).await? {
            Some((incident, events)) => document(&app, &incident, &events).await,
            None => Ok(not_found()),
        }
    };
    made.await.unwrap_or_else(unread)
}

/// A private post-mortem, for whoever has the whole address: it must be the very one that was told.
async fn private_post_mortem(State(app): State<App>, uri: Uri) -> Response<Body> {
    let made = async {
        let told = format!("{}{}", app.desk.policy().public_url, uri.path());
        let id = uri.path().split('/').nth(2).and_then(|id| id.parse().ok());
        let store = app.desk.store();
        let found = match id {
            Some(id) => store.incident(IncidentId(id)).await?,
            None => None,
        };
        let is_told = |incident: &Incident| match &incident.postmortem {
            Postmortem::Drafted { url, .. } => guard::are_equal(url, &told),
            Postmortem::None | Postmortem::Owed => false,
        };
        match found.filter(|incident| incident.is_private() && is_told(incident)) {
            Some(incident) => {
                let events = store.events(incident.id).await?;
                document(&app, &incident, &events).await
            }
            None => Ok(not_found()),
        }
    };
    made.await.unwrap_or_else(unread)
}

/// The post-mortem as SIMA keeps it.
async fn document(
    app: &App,
    incident: &Incident,
    events: &[Recorded],
) -> Result<Response<Body>, StoreError> {
    let people = names(app, std::iter::once(incident), events).await?;
    let name_of =
        |person: &PersonId| people.get(person).cloned().unwrap_or_else(|| person.0.clone());
    let document = postmortem::draft(incident, events, app.desk.policy(), &name_of);
    let page =
        with_context(app, &people, |context| pages::postmortem(context, incident, &document));
    Ok(page.into_response())
}

/// Tells open pages that something changed; they fetch themselves again.
async fn live(State(app): State<App>) -> Response<Body> {
    let changes = WatchStream::from_changes(app.desk.store().changes())
        .map(|count| Ok::<_, Infallible>(Event::default().data(count.to_string())))
        .take_until(app.stop.clone().cancelled_owned());
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    Sse::new(changes).keep_alive(keep_alive).into_response()
}

async fn style() -> Response<Body> {
    asset("text/css; charset=utf-8", pages::STYLE)
}

async fn script() -> Response<Body> {
    asset("text/javascript; charset=utf-8", pages::SCRIPT)
}

fn asset(content_type: &'static str, text: &'static str) -> Response<Body> {
    let headers = [(header::CONTENT_TYPE, content_type), (header::CACHE_CONTROL, "no-cache")];
    (headers, text).into_response()
}

/// The figures over all incidents that everyone may see.
async fn figures(app: &App) -> Result<Summary, StoreError> {
    let mut figures = Figures::new();
    app.desk.store().for_each_incident(|incident| figures.add(&incident)).await?;
    Ok(figures.summarise(app.desk.clock().now()))
}

/// What was given up, without telling what a private incident is about.
async fn given_up(app: &App) -> Result<Vec<GivenUp>, StoreError> {
    let store = app.desk.store();
    let mut given_up = Vec::new();
    for row in store.outbox(OutboxView::GivenUp, 20).await? {
        let Some(incident) = store.incident(row.incident_id).await? else { continue };
        let open = !incident.is_private();
        given_up.push(GivenUp {
            incident: open.then_some(row.number),
            what: sima_incident::Effect::kind_in_words(&row.kind).to_owned(),
            why: row.last_setback.filter(|_| open),
            at: row.settled_at.unwrap_or(row.run_at),
        });
    }
    Ok(given_up)
}

/// An incident everyone may see, with its events.
async fn visible(app: &App, number: &str) -> Result<Option<(Incident, Vec<Recorded>)>, StoreError> {
    let Ok(number) = number.parse::<IncidentNumber>() else { return Ok(None) };
    let store = app.desk.store();
    match store.incident_numbered(number).await? {
        Some(incident) if !incident.is_private() => {
            let events = store.events(incident.id).await?;
            Ok(Some((incident, events)))
        }
        Some(_) | None => Ok(None),
    }
}

/// The names of those the incidents and events speak of.
async fn names<'a>(
    app: &App,
    incidents: impl Iterator<Item = &'a Incident>,
    events: &[Recorded],
) -> Result<People, StoreError> {
    let mut ids: Vec<PersonId> =
        incidents.flat_map(|incident| postmortem::people(incident, events)).collect();
    ids.sort();
    ids.dedup();
    let people = app.desk.store().people(&ids).await?;
    Ok(people.into_iter().map(|person| (person.id, person.name)).collect())
}

fn with_context(
    app: &App,
    people: &People,
    page: impl FnOnce(&Context<'_>) -> maud::Markup,
) -> Html<String> {
    let chat = app.slack.as_ref().map(|_| short_link::channels_url(app));
    let now: Timestamp = app.desk.clock().now();
    let context = Context { policy: app.desk.policy(), people, now, chat: chat.as_deref() };
    Html(page(&context).into_string())
}

fn not_found() -> Response<Body> {
    (StatusCode::NOT_FOUND, pages::not_found()).into_response()
}

#[allow(clippy::needless_pass_by_value, reason = "the end of a chain of results")]
fn unread(error: StoreError) -> Response<Body> {
    tracing::error!(error = &error as &dyn std::error::Error, "a page could not be made");
    answer::line(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer; try again")
}
