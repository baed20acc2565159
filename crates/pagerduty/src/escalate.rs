//! Has somebody else called about a page that is there: the next level, a policy, a person.
//!
//! Each looks before it asks again: whoever was given the page since the escalation was asked for
//! has been called for it. No status is ever sent, so one that is resolved stays resolved.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sima_incident::{Attempt, EscalateTo, Escalation, Incident, Page, Receipt, Setback};

use crate::{
    PagerDuty,
    rest::{
        Rest,
        wire::{EscalationPolicy, OnCallEntry, PagerIncident, User},
    },
    routing::is_foreign,
};

/// How long PagerDuty may take to make an incident of an event it took in.
const IN_THE_MAKING: SignedDuration = SignedDuration::from_mins(1);

impl PagerDuty {
    /// Carries out one escalation. `address` is the e-mail address of the person it is to, if it is
    /// to one: the chat knows it.
    ///
    /// # Errors
    /// As [`PagerDuty::perform`].
    pub async fn escalate(
        &self,
        attempt: &Attempt<'_>,
        call: u32,
        address: Option<&str>,
    ) -> Result<Receipt, Setback> {
        let gone = || Setback::refused("the escalation is not on record");
        let escalation = attempt.incident.escalation(call).ok_or_else(gone)?;
        let rest = self.rest()?;
        if !rest.may_change() {
            return Err(Setback::refused(
                "PagerDuty wants to know on whose behalf: set pagerduty.from to the e-mail address \
                 of one of its users. Until then escalate in PagerDuty itself",
            ));
        }
        let page = self.open_page(rest, attempt).await?;
        let Some(change) = self.change(rest, attempt, escalation, &page, address).await? else {
            return Ok(Receipt::Done);
        };
        let mut incident = json!({ "type": "incident_reference" });
        for (field, value) in change {
            incident[field] = value;
        }
        rest.put(&["incidents", &page.id], &json!({ "incident": incident })).await?;
        Ok(Receipt::Done)
    }

    /// What is to be changed; nothing if it is so already.
    async fn change(
        &self,
        rest: &Rest,
        attempt: &Attempt<'_>,
        escalation: &Escalation,
        page: &PagerIncident,
        address: Option<&str>,
    ) -> Result<Option<Vec<(&'static str, Value)>>, Setback> {
        match &escalation.to {
            EscalateTo::NextLevel => {
                if attempt.unsure && page.was_given_since(escalation.at) {
                    return Ok(None);
                }
                let level = next_level(rest, page).await?;
                Ok(Some(vec![("escalation_level", json!(level))]))
            }
            EscalateTo::Policy(name) => {
                let policy = policy_named(rest, name).await?;
                let has = page.escalation_policy.as_ref().is_some_and(|has| has.id == policy.id);
                if attempt.unsure && has && page.was_given_since(escalation.at) {
                    return Ok(None);
                }
                let reference = json!({ "id": policy.id, "type": "escalation_policy_reference" });
                Ok(Some(vec![("escalation_policy", reference)]))
            }
            EscalateTo::Person(_) => {
                let Some(address) = address else {
                    return Err(Setback::refused(
                        "their e-mail address is not known, by which PagerDuty would know them: \
                         call them yourself. (The Slack app may lack users:read.email)",
                    ));
                };
                let user = user_of(rest, address).await?.ok_or_else(|| {
                    Setback::refused(
                        "PagerDuty has no user with their e-mail address: call them yourself",
                    )
                })?;
                if page.assignees().any(|assignee| assignee == user.id) {
                    return Ok(None);
                }
                // Whoever has it keeps it: one more is called.
                let all = page.assignees().chain([user.id.as_str()]);
                let assigned =
                    all.map(|id| json!({ "assignee": { "id": id, "type": "user_reference" } }));
                Ok(Some(vec![("assignments", assigned.collect())]))
            }
            EscalateTo::Domain(_) | EscalateTo::Group(_) => {
                Err(Setback::refused("this is no matter of a page that is there"))
            }
        }
    }

    /// The incident that PagerDuty made of a page of ours and that is open: of the domain's own
    /// pages the last, else of any.
    async fn open_page(
        &self,
        rest: &Rest,
        attempt: &Attempt<'_>,
    ) -> Result<PagerIncident, Setback> {
        let pages = pages(attempt.incident);
        for (_, dedup_key) in &pages {
            let query = [
                ("incident_key", dedup_key.as_str()),
                ("statuses[]", "triggered"),
                ("statuses[]", "acknowledged"),
            ];
            let found: Vec<PagerIncident> = rest.list("incidents", &query).await?;
            if let Some(page) = found.into_iter().next() {
                return Ok(page);
            }
        }
        let is_young = |at: &Timestamp| attempt.now.duration_since(*at) < IN_THE_MAKING;
        let on_its_way = attempt.incident.page == Page::Sent
            || attempt.incident.repages.iter().any(|repage| repage.page == Page::Sent);
        if on_its_way || pages.iter().any(|(at, _)| is_young(at)) {
            return Err(Setback::later("PagerDuty has not made an incident of the page yet"));
        }
        Err(Setback::refused(format!(
            "PagerDuty has no open incident for this one: page anew with {} page",
            attempt.policy.slash_command
        )))
    }

    pub(crate) fn rest(&self) -> Result<&Rest, Setback> {
        self.rest.as_ref().ok_or_else(|| {
            Setback::refused(
                "SIMA has no key of PagerDuty's REST API (pagerduty.api_token): do it in PagerDuty \
                 itself",
            )
        })
    }
}

/// The pages PagerDuty took in, those of the incident's own domain first, the last first.
fn pages(incident: &Incident) -> Vec<(Timestamp, String)> {
    let first = std::iter::once((&incident.page, None));
    let repages = incident.repages.iter().map(|repage| (&repage.page, Some(repage.cause)));
    let taken = first.chain(repages).filter_map(|(page, cause)| match page {
        Page::Accepted { at, dedup_key } if !is_foreign(dedup_key) => {
            let is_own = *incident.domain_paged(cause) == incident.domain;
            Some((is_own, *at, dedup_key.clone()))
        }
        Page::None | Page::Sent | Page::Failed | Page::Accepted { .. } => None,
    });
    let (own, others): (Vec<_>, Vec<_>) = taken.partition(|(is_own, ..)| *is_own);
    let last_first = own.into_iter().rev().chain(others.into_iter().rev());
    last_first.map(|(_, at, dedup_key)| (at, dedup_key)).collect()
}

/// The next level at which there is somebody who does not have it yet.
async fn next_level(rest: &Rest, page: &PagerIncident) -> Result<u32, Setback> {
    let unknown =
        || Setback::refused("PagerDuty does not say which escalation policy the page has");
    let policy = page.escalation_policy.as_ref().ok_or_else(unknown)?;
    let on_call: Vec<OnCallEntry> =
        rest.list("oncalls", &[("escalation_policy_ids[]", &policy.id)]).await?;
    let has_it = |entry: &&OnCallEntry| page.assignees().any(|id| id == entry.user.id);
    let now = on_call.iter().filter(has_it).map(|entry| entry.escalation_level).min().unwrap_or(1);
    let later = on_call.iter().filter(|entry| entry.escalation_level > now && !has_it(entry));
    later.map(|entry| entry.escalation_level).min().ok_or_else(|| {
        let name = policy.summary.as_deref().unwrap_or("the escalation policy");
        Setback::refused(format!(
            "nobody comes after those who have the page in {name}: escalate to a person or to \
             another domain"
        ))
    })
}

/// The policy with that id or name.
async fn policy_named(rest: &Rest, given: &str) -> Result<EscalationPolicy, Setback> {
    let is_id = |policy: &EscalationPolicy| policy.id == given;
    let is_named = |policy: &EscalationPolicy| {
        let names = [&policy.name, &policy.summary];
        names.into_iter().flatten().any(|name| name.trim().eq_ignore_ascii_case(given.trim()))
    };
    let all: Vec<EscalationPolicy> = rest.list("escalation_policies", &[]).await?;
    let found = all.iter().find(|policy| is_id(policy));
    let found = found.or_else(|| all.iter().find(|policy| is_named(policy)));
    found.cloned().ok_or_else(|| {
        let known = all.iter().filter_map(|policy| policy.name.as_deref()).take(10);
        let known = known.collect::<Vec<_>>().join(", ");
        Setback::refused(format!("PagerDuty has no escalation policy {given:?}; it has {known}"))
    })
}

/// The user with that address. PagerDuty's own search finds what is only like it.
async fn user_of(rest: &Rest, address: &str) -> Result<Option<User>, Setback> {
    let address = address.trim();
    let found: Vec<User> = rest.list("users", &[("query", address)]).await?;
    let is_theirs = |user: &User| {
        user.email.as_deref().is_some_and(|known| known.trim().eq_ignore_ascii_case(address))
    };
    Ok(found.into_iter().find(is_theirs))
}
