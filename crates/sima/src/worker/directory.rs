//! Keeps the names of people: read from the chat at start and every few hours.

use std::{sync::Arc, time::Duration};

use sima_slack::{CallError, Member, Slack};
use sima_store::{Person, Store};
use tokio_util::sync::CancellationToken;

/// How often the names are read again.
const EVERY: Duration = Duration::from_hours(6);

/// How soon they are tried again when the chat does not answer.
const AFTER_FAILURE: Duration = Duration::from_mins(1);

/// Keeps the names of people until told to stop.
pub async fn keep_directory(slack: Arc<Slack>, store: Store, stop: CancellationToken) {
    loop {
        let pause = if refresh(&slack, &store).await { EVERY } else { AFTER_FAILURE };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => return,
        }
    }
}

/// Reads who we are and everybody's name once; whether that worked.
async fn refresh(slack: &Slack, store: &Store) -> bool {
    // Learned before the first incident needs it: the workspace's address and the broadcast's
    // channel cost a call each that nobody should wait for then.
    if let Err(error) = slack.identify().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "Slack did not say who we are");
        return false;
    }
    if let Err(error) = slack.resolve_broadcast().await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, "the broadcast's channel could not be looked up");
    }
    let mut cursor = None;
    let mut count = 0;
    loop {
        let (members, next) = match slack.people(cursor.clone()).await {
            Ok(page) => page,
            // Large workspaces take longer than Slack grants in a minute: go on where it stopped.
            Err(CallError::RateLimited(wait)) => {
                tokio::time::sleep(wait).await;
                continue;
            }
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(error, "names of people could not be read");
                return false;
            }
        };
        count += members.len();
        if let Err(error) = store.remember_people(&people(members)).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "names of people could not be kept");
            return false;
        }
        cursor = next;
        if cursor.is_none() {
            tracing::info!(people = count, "names of people are up to date");
            return true;
        }
    }
}

fn people(members: Vec<Member>) -> Vec<Person> {
    members
        .into_iter()
        .map(|member| Person {
            id: member.id,
            name: member.name,
            time_zone: member.time_zone,
            is_bot: member.is_bot,
            deactivated: member.deactivated,
        })
        .collect()
}
