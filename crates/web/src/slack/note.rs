//! Somebody puts something on the timeline, at a time by their own clock.

use jiff::{Timestamp, tz::TimeZone};
use sima_desk::DeskError;
use sima_incident::{Actor, Command, Incident, IncidentId, PersonId};
use sima_slack::{commands::When, messages, modals::NoteForm};
use sima_store::{Delivery, StoreError};

use super::{
    ask::Asker,
    reply::{self, Reply},
};
use crate::App;

/// Notes what a line says.
pub async fn add(app: &App, text: String, when: When, asker: &Asker, incident: &Incident) -> Reply {
    let now = app.desk.clock().now();
    let at = match moment(app, when, now, &asker.person).await {
        Ok(at) => at,
        Err(error) => return Reply::Say(reply::to_unread(&error)),
    };
    let command = Command::AddNote { text: text.clone(), at };
    match app.desk.carry_out(incident.id, command, &asker.actor(), asker.delivery.clone()).await {
        Ok(after) => Reply::Say(messages::noted(&text, at.unwrap_or(now), &after)),
        Err(error) => Reply::Say(reply::to_error(&error, Some(incident))),
    }
}

/// Notes what a form says.
pub async fn submitted(
    app: &App,
    form: NoteForm,
    by: &Actor,
    person: &PersonId,
    delivery: Option<Delivery>,
) -> Result<(), DeskError> {
    let at = moment(app, form.when, app.desk.clock().now(), person).await?;
    let command = Command::AddNote { text: form.text, at };
    let id: IncidentId = form.incident;
    app.desk.carry_out(id, command, by, delivery).await.map(drop)
}

/// The moment somebody means, by their own clock; nothing for now.
async fn moment(
    app: &App,
    when: When,
    now: Timestamp,
    person: &PersonId,
) -> Result<Option<Timestamp>, StoreError> {
    let zone = match when {
        When::Clock(_) => zone_of(app, person).await?,
        When::Now | When::Ago(_) => TimeZone::UTC,
    };
    Ok(when.at(now, &zone))
}

/// The time zone of a person, as far as the chat told; the company's otherwise.
async fn zone_of(app: &App, person: &PersonId) -> Result<TimeZone, StoreError> {
    let known = app.desk.store().person(person).await?;
    let zone = known.and_then(|person| TimeZone::get(&person.time_zone?).ok());
    Ok(zone.unwrap_or_else(|| app.desk.policy().time_zone.clone()))
}
