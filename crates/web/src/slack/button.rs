//! A button was pressed. Slack gets an empty answer at once; the person hears through the response
//! URL, or sees it in the channel.

use axum::{
    body::Body,
    http::{Response, StatusCode},
    response::IntoResponse as _,
};
use jiff::SignedDuration;
use sima_incident::{Command, Incident, IncidentId, Refusal};
use sima_slack::{
    actions::Action,
    commands::{self, When},
    messages::{self, Message, TimelinePage},
    modals::{self, Prefill},
    requests::{BlockActions, ViewKind},
};
use sima_store::Delivery;

use super::{
    ask::{self, Asker, ask, change, listed},
    drafting, figures, look, proposal,
    reply::{self, Reply},
};
use crate::App;

/// Does what a button says.
pub async fn pressed(
    app: &App,
    pressed: BlockActions,
    delivery: Option<Delivery>,
) -> Response<Body> {
    let is_ephemeral = pressed.is_ephemeral;
    let asker = Asker {
        person: pressed.person,
        channel: pressed.channel,
        incident: None,
        response_url: pressed.response_url,
        trigger_id: pressed.trigger_id,
        window: pressed
            .view
            .as_ref()
            .filter(|view| view.kind == ViewKind::Modal)
            .map(|view| view.id.clone()),
        delivery,
    };
    for button in pressed.actions {
        if let Some(view) = &pressed.view
            && let Some(draft) = modals::draft(view, &button.block_id)
        {
            drafting::typed(app, view, draft);
            continue;
        }
        let Some(action) = Action::decode(&button.action_id, &button.value) else { continue };
        match Box::pin(act(app, action, &asker)).await {
            // Only what one person sees is turned over: what others see stays as it is.
            Reply::Turn(message) if is_ephemeral => reply::turn(app, &asker, message),
            Reply::Say(message) | Reply::Turn(message) => reply::say(app, &asker, message),
            Reply::Show(view) => reply::show(app, &asker, view),
            Reply::Nothing => {}
        }
    }
    StatusCode::OK.into_response()
}

async fn act(app: &App, action: Action, asker: &Asker) -> Reply {
    let policy = app.desk.policy();
    match action {
        Action::Acknowledge(id) => changed(app, id, Command::Acknowledge, asker).await,
        Action::Recover(id) => changed(app, id, Command::Recover { at: None }, asker).await,
        Action::SettleNow(id) => changed(app, id, app.desk.settling(), asker).await,
        Action::Close(id) => changed(app, id, Command::Close, asker).await,
        Action::TakeRole(role, id) => {
            let command = Command::TakeRole { role, person: asker.person.clone() };
            changed(app, id, command, asker).await
        }
        Action::OpenUpdateForm(id) => match with_duty(app, id, asker).await {
            Ok(incident) => Reply::Show(modals::update(&incident, policy)),
            Err(reply) => reply,
        },
        Action::SnoozeReminder { incident, minutes } => snooze(app, incident, minutes, asker).await,
        Action::OpenReopenForm(id) => {
            with(app, id, asker, |incident| Reply::Show(modals::reopen(incident))).await
        }
        Action::OpenDismissForm(id) => {
            with(app, id, asker, |incident| Reply::Show(modals::dismiss(incident))).await
        }
        Action::OpenNoteForm(id) => {
            let form = |incident: &Incident| Reply::Show(modals::note(incident, When::Now));
            with(app, id, asker, form).await
        }
        Action::OpenEscalateForm(id) => {
            let form = |incident: &Incident| Reply::Show(modals::escalate(incident, policy, None));
            with(app, id, asker, form).await
        }
        Action::ShowInfo(id) => match found(app, id, asker).await {
            Ok(incident) => {
                app.desk.looked(&incident, &asker.person).await;
                Reply::Say(messages::info(&incident, policy))
            }
            Err(reply) => reply,
        },
        Action::CatchUp(id) => match found(app, id, asker).await {
            Ok(incident) => look::catch_up(app, &incident, &asker.person)
                .await
                .map_or_else(|reply| reply, Reply::Say),
            Err(reply) => reply,
        },
        Action::ShowTimeline(id) => {
            timeline(app, id, TimelinePage::default(), asker, Reply::Say).await
        }
        Action::TurnTimeline { incident, back, all } => {
            timeline(app, incident, TimelinePage { back, all }, asker, Reply::Turn).await
        }
        Action::ShowHelp(None) => Reply::Say(messages::help(None, None, policy)),
        Action::ShowHelp(Some(id)) => {
            let help =
                |incident: &Incident| Reply::Say(messages::help(None, Some(incident), policy));
            with(app, id, asker, help).await
        }
        Action::ListIncidents => match app.desk.store().live_incidents().await {
            Ok(live) => Reply::Say(messages::list(&listed(live), policy)),
            Err(error) => Reply::Say(reply::to_unread(&error)),
        },
        Action::ShowFigures => figures::reply(app).await,
        Action::OpenForm => Reply::Show(ask::opening_form(app, asker, &Prefill::default())),
        Action::JoinInstead(id) => {
            match app.desk.let_in(id, asker.person.clone(), asker.delivery.clone()).await {
                Ok(incident) => Reply::Say(messages::let_in(&incident)),
                Err(error) => Reply::Say(reply::to_error(&error, None)),
            }
        }
        Action::RunCommand { incident, text } => {
            let there = Asker {
                person: asker.person.clone(),
                channel: asker.channel.clone(),
                incident,
                response_url: asker.response_url.clone(),
                trigger_id: asker.trigger_id.clone(),
                window: asker.window.clone(),
                delivery: asker.delivery.clone(),
            };
            ask(app, commands::parse(&text), &text, &there).await
        }
        Action::OpenProposed(id) => proposal::open(app, id, asker).await,
        Action::DismissProposed(id) => proposal::dismiss(app, id, asker).await,
        Action::FollowLink => Reply::Nothing,
    }
}

/// Replies with a page of what happened to the incident a button names.
async fn timeline(
    app: &App,
    id: IncidentId,
    page: TimelinePage,
    asker: &Asker,
    reply: fn(Message) -> Reply,
) -> Reply {
    match found(app, id, asker).await {
        Ok(incident) => look::timeline(app, &incident, page, &asker.person)
            .await
            .map_or_else(|reply| reply, reply),
        Err(reply) => reply,
    }
}

/// Carries out a change on the incident a button names.
async fn changed(app: &App, id: IncidentId, command: Command, asker: &Asker) -> Reply {
    match found(app, id, asker).await {
        Ok(incident) => change(app, command, asker, &incident).await,
        Err(reply) => reply,
    }
}

/// Replies with something about the incident a button names.
async fn with(
    app: &App,
    id: IncidentId,
    asker: &Asker,
    reply: impl FnOnce(&Incident) -> Reply,
) -> Reply {
    match found(app, id, asker).await {
        Ok(incident) => reply(&incident),
        Err(reply) => reply,
    }
}

/// Whoever was reminded is reminded again later.
async fn snooze(app: &App, id: IncidentId, minutes: u8, asker: &Asker) -> Reply {
    let incident = match with_duty(app, id, asker).await {
        Ok(incident) => incident,
        Err(reply) => return reply,
    };
    let now = app.desk.clock().now();
    let until = now.saturating_add(SignedDuration::from_mins(minutes.into())).unwrap_or(now);
    let command = Command::SnoozeReminder { person: asker.person.clone(), until };
    let delivery = asker.delivery.clone();
    match app.desk.carry_out(id, command, &asker.actor(), delivery).await {
        Ok(after) => Reply::Say(messages::snoozed(&after, until)),
        Err(error) => Reply::Say(reply::to_error(&error, Some(&incident))),
    }
}

/// The incident a button names, where it may be spoken of, or to somebody who holds a role in it: what
/// they are reminded of privately stands in no channel.
async fn with_duty(app: &App, id: IncidentId, asker: &Asker) -> Result<Incident, Reply> {
    match app.desk.store().incident(id).await {
        Ok(Some(incident))
            if incident.roles.values().any(|holder| *holder == asker.person)
                || ask::answers_in(&incident, asker.channel.as_deref()) =>
        {
            Ok(incident)
        }
        Ok(_) => Err(Reply::Say(messages::refusal(&Refusal::NoSuchIncident, None))),
        Err(error) => Err(Reply::Say(reply::to_unread(&error))),
    }
}

/// The incident a button names, if it may be spoken of where the button stands.
async fn found(app: &App, id: IncidentId, asker: &Asker) -> Result<Incident, Reply> {
    let incident = match app.desk.store().incident(id).await {
        Ok(incident) => incident,
        Err(error) => return Err(Reply::Say(reply::to_unread(&error))),
    };
    incident
        .filter(|incident| ask::answers_in(incident, asker.channel.as_deref()))
        .ok_or_else(|| Reply::Say(messages::refusal(&Refusal::NoSuchIncident, None)))
}
