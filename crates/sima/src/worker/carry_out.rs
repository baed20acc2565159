//! One leased effect: tried, and settled with what came of it.

use std::{sync::Arc, time::Duration};

use jiff::SignedDuration;
use sima_desk::DeskError;
use sima_incident::{
    Attempt, Destination, Effect, Incident, PersonId, Receipt, Recorded, Setback, postmortem,
};
use sima_slack::{Slack, messages::News, shows};
use sima_store::{Leased, StoreError};
use tracing::Instrument as _;

use super::{
    Adapters, PATIENCE, Worker, backoff, later,
    pace::{Expected, Wait},
};

/// How often an effect is tried before it is given up, however long ago it was planned: one that
/// somebody has put back counts its tries anew, and must outlive a hiccup.
const TRIES_AT_LEAST: u32 = 6;

impl Worker {
    /// Carries out one leased effect and settles it.
    pub(super) async fn carry_out(self: Arc<Self>, leased: Leased, expected: Expected) {
        let span = tracing::info_span!(
            "outbox.carry_out",
            effect.kind = leased.effect.kind(),
            effect.id = leased.id,
            effect.attempts = leased.attempts,
            incident.id = %leased.incident_id,
        );
        let settled = self.attempt_and_settle(&leased, expected).instrument(span.clone()).await;
        if let Err(error) = settled {
            let _entered = span.enter();
            let error = &error as &dyn std::error::Error;
            tracing::error!(
                error,
                "an outcome could not be recorded; the effect will be tried again"
            );
        }
    }

    async fn attempt_and_settle(
        &self,
        leased: &Leased,
        expected: Expected,
    ) -> Result<(), DeskError> {
        let Some(incident) = self.desk.store().incident(leased.incident_id).await? else {
            return self.desk.note_moot(leased).await;
        };
        if leased.effect.is_moot(&incident) || leased.effect.is_gone(&incident, self.desk.policy())
        {
            return self.desk.note_moot(leased).await;
        }
        if leased.effect.destination() == Destination::Desk {
            return self.desk.come_due(leased).await;
        }
        let shows = shows(&leased.effect, &incident, self.desk.policy());
        if self.is_shown(leased, shows.as_deref()).await? {
            return self.desk.note_moot(leased).await;
        }
        let now = self.desk.clock().now();
        let wait = self.pace.take(leased, now);
        drop(expected);
        if let Some(wait) = wait {
            let run_at = match wait {
                Wait::ForBudget => leased.run_at,
                Wait::ForChannel(wait) => later(now, wait),
            };
            let why = "keeping to the vendor's pace";
            self.desk.store().try_again(leased, run_at, why, leased.unsure).await?;
            return Ok(());
        }
        match self.attempt(leased, &incident).await {
            Ok(receipt) => {
                tracing::info!("done");
                // One that was found where an earlier try had posted it may show what was so then.
                let posts = leased.effect.brings_up_to_date().is_none();
                let found = posts && (leased.unsure || receipt == Receipt::Done);
                self.desk.note_receipt(leased, receipt, shows.filter(|_| !found)).await
            }
            Err(Setback::Refused { why }) => {
                tracing::error!(why, "given up: it cannot work until somebody mends something");
                self.desk.note_given_up(leased, &why).await
            }
            Err(Setback::Retry { why, after, unsure }) => {
                self.try_again(leased, &why, after, unsure).await
            }
        }
    }

    /// Whether people see already what an effect would bring up to date. What an earlier try may have
    /// done in part is done again.
    async fn is_shown(&self, leased: &Leased, shows: Option<&str>) -> Result<bool, DeskError> {
        let (Some(kinds), false) = (leased.effect.brings_up_to_date(), leased.unsure) else {
            return Ok(false);
        };
        let shown = self.desk.store().shown(leased.incident_id, kinds).await?;
        Ok(shown.is_some() && shown.as_deref() == shows)
    }

    async fn attempt(&self, leased: &Leased, incident: &Incident) -> Result<Receipt, Setback> {
        let key = format!("{}:{}", leased.incident_id, leased.id);
        let reporter = self.reporter_of_page(leased, incident).await;
        let attempt = Attempt {
            effect: &leased.effect,
            incident,
            policy: self.desk.policy(),
            reporter: reporter.as_deref(),
            key: &key,
            unsure: leased.unsure,
            now: self.desk.clock().now(),
        };
        let performed = tokio::time::timeout(PATIENCE, self.perform(&attempt)).await;
        performed.unwrap_or_else(|_| Err(Setback::unsure("it took too long")))
    }

    async fn perform(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        let destination = attempt.effect.destination();
        match (destination, &self.adapters) {
            (Destination::Slack, Adapters { slack: Some(slack), .. }) => match attempt.effect {
                Effect::InviteResponder { user } => {
                    self.invite_responder(attempt, user, slack).await
                }
                Effect::Greet { person } => self.greet(attempt, person, slack).await,
                _ => slack.perform(attempt).await,
            },
            (Destination::PagerDuty, _) => self.page(attempt).await,
            (Destination::Notion, Adapters { notion: Some(notion), .. }) => {
                let document = self.document(attempt.incident).await?;
                notion.create(attempt, &document).await
            }
            (Destination::Hooks, Adapters { hooks: Some(hooks), .. }) => {
                hooks.perform(attempt).await
            }
            (Destination::StatusPage, Adapters { status_page: Some(status_page), .. }) => {
                status_page.perform(attempt).await
            }
            // It was planned while the adapter was configured, and no longer is.
            _ => Err(Setback::refused(format!("{destination} is not configured any more"))),
        }
    }

    /// Greets somebody who came into the channel, with what is new to them, and remembers what they
    /// have seen.
    async fn greet(
        &self,
        attempt: &Attempt<'_>,
        person: &PersonId,
        slack: &Slack,
    ) -> Result<Receipt, Setback> {
        let unread = |_: DeskError| Setback::later("the timeline could not be read");
        let seen = self.desk.seen_by(attempt.incident, person).await.map_err(unread)?;
        // That they came is no news to them.
        let is_other = |event: &Recorded| event.by.person() != Some(person);
        let news = seen.news().map(|(last, mut events)| {
            events.retain(is_other);
            News { since: last.at, events }
        });
        let greeted = slack.greet(attempt, person, news.as_ref()).await?;
        self.desk.looked(attempt.incident, person).await;
        Ok(greeted)
    }

    /// The name of who opened it, for a page: elsewhere the chat shows names itself. A page never
    /// waits for a name that cannot be read.
    async fn reporter_of_page(&self, leased: &Leased, incident: &Incident) -> Option<String> {
        let person = incident.reporter.person()?;
        if !matches!(leased.effect, Effect::PageOnCall | Effect::PageAgain { .. }) {
            return None;
        }
        let found = self.desk.store().person(person).await.ok().flatten();
        found.map(|person| person.name)
    }

    /// Drafts the post-mortem from the events, with people by name.
    async fn document(&self, incident: &Incident) -> Result<postmortem::Document, Setback> {
        let store = self.desk.store();
        let unread = |_: StoreError| Setback::later("the timeline could not be read");
        let events = store.events(incident.id).await.map_err(unread)?;
        let people: Vec<PersonId> = postmortem::people(incident, &events);
        let names = store.people(&people).await.map_err(unread)?;
        let name_of = |id: &PersonId| {
            names
                .iter()
                .find(|person| person.id == *id)
                .map_or(id.0.clone(), |person| person.name.clone())
        };
        Ok(postmortem::draft(incident, &events, self.desk.policy(), &name_of))
    }

    /// Puts an effect off, or gives it up when it has been tried for long enough.
    async fn try_again(
        &self,
        leased: &Leased,
        why: &str,
        after: Option<Duration>,
        unsure: bool,
    ) -> Result<(), DeskError> {
        let now = self.desk.clock().now();
        let is_old = now.duration_since(leased.planned_at) > give_up_after(&leased.effect);
        if is_old && leased.attempts >= TRIES_AT_LEAST {
            tracing::error!(why, "given up: it was tried for too long");
            return self.desk.note_given_up(leased, why).await;
        }
        let wait = match after {
            Some(asked) => {
                let asked =
                    SignedDuration::try_from(asked).unwrap_or(SignedDuration::from_secs(60));
                let until = later(now, asked);
                if self.pace.refused(leased, until, now) {
                    self.desk.store().pause(leased.effect.budget(), until).await?;
                }
                asked
            }
            None => backoff::after(leased.attempts, leased.id),
        };
        tracing::warn!(why, wait_ms = wait.as_millis(), "it did not work; trying again");
        self.desk.store().try_again(leased, later(now, wait), why, unsure).await?;
        Ok(())
    }
}

/// How long an effect is tried before people are told that it cannot be done.
fn give_up_after(effect: &Effect) -> SignedDuration {
    match effect {
        // Somebody must know soon that nobody was called.
        Effect::PageOnCall | Effect::PageAgain { .. } | Effect::Escalate { .. } => {
            SignedDuration::from_mins(15)
        }
        // Private words lose their sense quickly.
        Effect::Greet { .. }
        | Effect::Remind { .. }
        | Effect::TellReporter { .. }
        | Effect::LinkBack { .. } => SignedDuration::from_mins(10),
        _ => SignedDuration::from_hours(24),
    }
}
