//! Somebody looks at an incident: its timeline, or what they have to know now.

use sima_desk::{DeskError, Seen};
use sima_incident::{Incident, PersonId};
use sima_slack::messages::{self, Message, News, TimelinePage};

use super::reply::{self, Reply};
use crate::App;

/// A page of what happened.
pub async fn timeline(
    app: &App,
    incident: &Incident,
    page: TimelinePage,
    person: &PersonId,
) -> Result<Message, Reply> {
    let seen = seen(app, incident, person).await?;
    let now = app.desk.clock().now();
    Ok(messages::timeline(incident, &seen.timeline, app.desk.policy(), page, now))
}

/// What somebody has to know now, and what is new to them.
pub async fn catch_up(app: &App, incident: &Incident, person: &PersonId) -> Result<Message, Reply> {
    let seen = seen(app, incident, person).await?;
    let news = seen.news().map(|(last, events)| News { since: last.at, events });
    let (policy, now) = (app.desk.policy(), app.desk.clock().now());
    Ok(messages::catch_up(incident, &seen.timeline, news.as_ref(), policy, now))
}

/// What a person sees, and from now on has seen.
async fn seen(app: &App, incident: &Incident, person: &PersonId) -> Result<Seen, Reply> {
    match app.desk.seen_by(incident, person).await {
        Ok(seen) => {
            app.desk.looked(incident, person).await;
            Ok(seen)
        }
        Err(error @ (DeskError::Fault(_) | DeskError::Contended | DeskError::Refused(_))) => {
            Err(Reply::Say(reply::to_error(&error, Some(incident))))
        }
    }
}
