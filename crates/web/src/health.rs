//! Whether SIMA lives, whether it can work, and how it is doing.

use std::fmt::Write as _;

use axum::{
    body::Body,
    extract::State,
    http::{Response, StatusCode, header},
    response::IntoResponse as _,
};

use crate::{App, answer};

/// The process is there.
pub async fn alive() -> Response<Body> {
    answer::line(StatusCode::OK, "alive")
}

/// The record can be written, so requests can be taken.
pub async fn ready(State(app): State<App>) -> Response<Body> {
    match app.desk.store().ping().await {
        // Without Slack alerts are still taken and people are still paged, so it goes on being ready.
        Ok(()) => match app.slack.as_ref().and_then(|slack| slack.turned_away()) {
            None => answer::line(StatusCode::OK, "ready"),
            Some(code) => {
                let said =
                    format!("ready, but Slack turns the bot token away ({code}): sima doctor");
                answer::line(StatusCode::OK, said)
            }
        },
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "not ready");
            answer::line(StatusCode::SERVICE_UNAVAILABLE, "not ready: the database does not answer")
        }
    }
}

/// SIMA's own telemetry, in the Prometheus text format: live incidents and the outbox.
pub async fn telemetry(State(app): State<App>) -> Response<Body> {
    let store = app.desk.store();
    let read =
        tokio::try_join!(store.live_incidents(), store.outbox_counts(), store.unshown_proposals());
    let (live, outbox, unasked) = match read {
        Ok(read) => read,
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "telemetry could not be read"
            );
            return answer::line(StatusCode::SERVICE_UNAVAILABLE, "the database does not answer");
        }
    };
    let mut text = String::from(
        "# HELP sima_incidents_live Incidents people are at work on, drills and private ones left out.\n\
         # TYPE sima_incidents_live gauge\n",
    );
    let policy = app.desk.policy();
    for domain in &policy.domains {
        for rule in &policy.severities {
            let count = live
                .iter()
                .filter(|incident| !incident.is_private() && !incident.is_drill())
                .filter(|incident| {
                    incident.domain == domain.key && incident.severity == rule.severity
                })
                .count();
            let (domain, severity) = (&domain.key, rule.severity);
            let _ = writeln!(
                text,
                "sima_incidents_live{{domain=\"{domain}\",severity=\"{severity}\"}} {count}"
            );
        }
    }
    if let Some(slack) = &app.slack {
        let away = u8::from(slack.turned_away().is_some());
        text += "# HELP sima_slack_turned_away Whether Slack turns the bot token away.\n\
                 # TYPE sima_slack_turned_away gauge\n";
        let _ = writeln!(text, "sima_slack_turned_away {away}");
    }
    if let Some(line) = &app.slack_line {
        let open = line.standing().open;
        text += "# HELP sima_slack_connections Connections to Slack with Socket Mode.\n\
                 # TYPE sima_slack_connections gauge\n";
        let _ = writeln!(text, "sima_slack_connections {open}");
    }
    text += "# HELP sima_outbox_effects Effects by destination and state.\n\
             # TYPE sima_outbox_effects gauge\n";
    for (destination, state, count) in outbox {
        let _ = writeln!(
            text,
            "sima_outbox_effects{{destination=\"{destination}\",state=\"{state}\"}} {count}"
        );
    }
    let _ = write!(
        text,
        "# HELP sima_proposals_unasked Questions that no channel has taken so far.\n\
         # TYPE sima_proposals_unasked gauge\n\
         sima_proposals_unasked {}\n",
        unasked.len()
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
