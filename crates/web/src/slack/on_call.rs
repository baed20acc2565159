//! Who is on call: asked of the pager beside the answer, for it may take longer than Slack waits.

use std::collections::BTreeMap;

use sima_incident::{DomainKey, Incident, PersonId, Refusal};
use sima_pagerduty::{OnCall, Rota};
use sima_slack::{
    Place,
    messages::{self, OnCallPerson, OnCallRow, Standing},
};

use super::{ask::Asker, reply::Reply};
use crate::App;

/// Shows who is on call, for one domain or for all.
pub fn reply(app: &App, domain: &str, asker: &Asker, incident: Option<&Incident>) -> Reply {
    let policy = app.desk.policy();
    let asked = domain.trim().to_lowercase();
    let is_meant = |key: &DomainKey, name: &str| {
        asked.is_empty() || key.0 == asked || name.to_lowercase() == asked
    };
    let meant = policy.domains.iter().filter(|domain| is_meant(&domain.key, &domain.name));
    let domains: Vec<DomainKey> = meant.map(|domain| domain.key.clone()).collect();
    if domains.is_empty() {
        let known: Vec<&str> = policy.domains.iter().map(|domain| domain.key.0.as_str()).collect();
        let refusal =
            Refusal::UnknownDomain { given: domain.trim().to_owned(), known: known.join(", ") };
        return Reply::Say(messages::refusal(&refusal, incident));
    }
    let (Some(slack), Some(url)) = (app.slack.clone(), asker.response_url.clone()) else {
        return Reply::Nothing;
    };
    let (app, incident) = (app.clone(), incident.cloned());
    tokio::spawn(async move {
        let rows = rows(&app, &domains).await;
        let message = messages::on_call(&rows, incident.as_ref(), app.desk.policy());
        if let Err(error) = slack.respond(&url, &message, Place::Below).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer did not arrive");
        }
    });
    Reply::Nothing
}

/// What the pager says of each domain, with people as the chat knows them.
async fn rows(app: &App, domains: &[DomainKey]) -> Vec<OnCallRow> {
    let mut rotas = match &app.pagerduty {
        Some(pagerduty) => {
            let elsewhere = |domain: &&DomainKey| !app.paged_elsewhere.contains_key(*domain);
            let here: Vec<DomainKey> = domains.iter().filter(elsewhere).cloned().collect();
            pagerduty.on_call(&here, app.desk.clock().now()).await
        }
        None => BTreeMap::new(),
    };
    let mut rows = Vec::new();
    for domain in domains {
        let standing = match rotas.remove(domain) {
            Some(Rota::People(people)) => {
                let mut known = Vec::new();
                for person in people {
                    known.push(in_the_chat(app, person).await);
                }
                Standing::People(known)
            }
            Some(Rota::Unknown(why)) => Standing::Unknown(why),
            Some(Rota::Unpaged) | None => match app.paged_elsewhere.get(domain) {
                Some(name) => Standing::Unknown(format!("{name} pages for it: look there")),
                None => Standing::Unpaged,
            },
        };
        rows.push(OnCallRow { domain: domain.clone(), standing });
    }
    rows
}

/// A person by their address, if the chat knows it; by name otherwise.
async fn in_the_chat(app: &App, on_call: OnCall) -> OnCallPerson {
    let OnCall { level, name, address, schedule, until } = on_call;
    let mut person = None;
    if let (Some(slack), Some(address)) = (&app.slack, address) {
        match slack.person_of(&address).await {
            Ok(found) => person = found.map(PersonId),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::info!(error, "somebody on call is shown by name alone");
            }
        }
    }
    OnCallPerson { level, person, name, schedule, until }
}
