//! A form was submitted. An empty answer closes it; mistakes go back to the fields they are in.

use axum::{
    body::Body,
    http::{Response, StatusCode},
    response::IntoResponse as _,
};
use serde_json::Value;
use sima_desk::{DeskError, Opening};
use sima_incident::{Actor, Command, Incident, Kind, Refusal, StageName, Visibility, assess};
use sima_slack::{
    modals::{self, FieldErrors, Form, OpenForm, Promise, Rejected, UpdateForm},
    requests::ViewSubmission,
};
use sima_store::Delivery;

use super::{frontline, note, reply};
use crate::App;

/// Reads a form and does what it asks.
pub async fn submitted(
    app: &App,
    submission: &ViewSubmission,
    delivery: Option<Delivery>,
) -> Response<Body> {
    let by = Actor::in_slack(submission.person.clone());
    let form = match modals::read(&submission.view) {
        Ok(form) => form,
        Err(Rejected::Fields(errors)) => return axum::Json(errors.answer()).into_response(),
        Err(Rejected::Unknown(_)) => {
            tracing::warn!("a form that is none of ours was submitted");
            return StatusCode::OK.into_response();
        }
    };
    let field = form.main_field();
    let form = match of_frontline(app, form, &by, delivery.clone()).await {
        Ok(Ok(view)) => return axum::Json(view).into_response(),
        Ok(Err(error)) => return axum::Json(at_field(field, &error).answer()).into_response(),
        Err(form) => form,
    };
    let done = match form {
        Form::Open(form) => open(app, form, &by, delivery).await,
        Form::Update(form) => update(app, form, &by, delivery).await,
        Form::Note(form) => note::submitted(app, form, &by, &submission.person, delivery).await,
        Form::Reopen(form) => {
            let command = Command::Reopen { reason: form.reason };
            app.desk.carry_out(form.incident, command, &by, delivery).await.map(drop)
        }
        Form::Dismiss(form) => {
            let command = Command::Dismiss(form.reason);
            app.desk.carry_out(form.incident, command, &by, delivery).await.map(drop)
        }
        Form::Report(_) | Form::Ask(_) | Form::Answer(_) | Form::Wording(_) => Ok(()),
        Form::Invite(form) => {
            let command = Command::Invite { people: form.people };
            app.desk.carry_out(form.incident, command, &by, delivery).await.map(drop)
        }
        Form::Escalate(form) => {
            let command = Command::Escalate { to: form.to, reason: form.reason };
            app.desk.carry_out(form.incident, command, &by, delivery).await.map(drop)
        }
    };
    match done {
        Ok(()) => StatusCode::OK.into_response(),
        Err(error) => axum::Json(at_field(field, &error).answer()).into_response(),
    }
}

/// A form of those who answer customers becomes what came of it; any other comes back.
async fn of_frontline(
    app: &App,
    form: Form,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<Result<Value, DeskError>, Form> {
    Ok(match form {
        Form::Report(form) => frontline::report(app, form, by, delivery).await,
        Form::Ask(form) => frontline::ask(app, form, by, delivery).await,
        Form::Answer(form) => frontline::answer(app, form, by, delivery).await,
        Form::Wording(form) => frontline::approve(app, form, by, delivery).await,
        other => return Err(other),
    })
}

async fn open(
    app: &App,
    form: OpenForm,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<(), DeskError> {
    let assessment = assess(&app.desk.policy().impact_questions, &form.answers);
    let proposed = assessment.as_ref().map(|assessment| assessment.proposed);
    let opening = Opening {
        description: form.description,
        domain: form.domain,
        severity: form.severity.or(proposed),
        assessment,
        impact: form.impact,
        kind: if form.drill { Kind::Drill } else { Kind::Real },
        visibility: if form.private { Visibility::Private } else { Visibility::Company },
        links: form.kept.link.into_iter().collect(),
        response_url: form.kept.response_url,
        from_message: form.kept.message,
        ..Opening::of(form.summary)
    };
    app.desk.open(opening, by, delivery).await.map(drop)
}

async fn update(
    app: &App,
    form: UpdateForm,
    by: &Actor,
    delivery: Option<Delivery>,
) -> Result<(), DeskError> {
    let found = app.desk.store().incident(form.incident).await?;
    let incident = found.ok_or(Refusal::NoSuchIncident)?;
    if let Some(command) = form.stage.and_then(|stage| towards(&incident, stage)) {
        match app.desk.carry_out(incident.id, command, by, None).await {
            // Submitted again after a lost answer: the stage was changed the first time.
            Ok(_) | Err(DeskError::Refused(Refusal::AlreadyThere(_))) => {}
            Err(error) => return Err(error),
        }
    }
    let next_due = match form.next {
        Promise::In(wait) => app.desk.clock().now().checked_add(wait).ok(),
        Promise::Nothing => None,
    };
    let command = Command::PostUpdate { text: form.text, next_due };
    app.desk.carry_out(incident.id, command, by, delivery).await.map(drop)
}

/// The command that leads to a stage chosen in a form; none if it is there already.
fn towards(incident: &Incident, stage: StageName) -> Option<Command> {
    if incident.stage.name() == stage {
        return None;
    }
    match stage {
        StageName::Investigating => Some(Command::Acknowledge),
        StageName::Fixing => Some(Command::Identify),
        StageName::Monitoring => Some(Command::Mitigate),
        StageName::Recovered => Some(Command::Recover { at: None }),
        // These are asked for elsewhere: they need a reason, or end the work.
        StageName::Open | StageName::Closed | StageName::Dismissed => None,
    }
}

/// What is wrong, beside the field it is shown at: forms show nothing elsewhere.
fn at_field(field: &'static str, error: &DeskError) -> FieldErrors {
    let text = match error {
        DeskError::Refused(refusal) => refusal.to_string(),
        DeskError::Fault(_) | DeskError::Contended => {
            let reference = reply::logged_under_reference(error);
            format!("sorry, that did not work and it is our fault; try again ({reference})")
        }
    };
    FieldErrors::one(field, text)
}
