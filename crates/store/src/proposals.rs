//! Proposals: what people are asked, who is at showing it, and which alerts belong to which.
//!
//! A proposal has one message, which shall say what is so. It is *due* while what people should see
//! is newer than what they were shown, so however often it changed, one edit does. A worker shows it
//! under a lease, as it carries out an effect.

use std::collections::HashMap;

use jiff::Timestamp;
use serde_json::{Value, json};
use sima_incident::{
    AlertState, Answer, IncidentId, MessageRef, Proposal, ProposalId, ProposedAlert,
};

use crate::{
    Claim, Store, StoreError,
    alert_log::{state_columns, state_of},
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    ledger::Arg,
    rows::{from_json, incident_id, json_text, plain},
};

/// The name of proposals in the memory of deliveries: what was opened from one is opened once.
pub const PROPOSAL_DOOR: &str = "proposal";

/// A proposal as a decision left it.
#[derive(Clone, Debug)]
pub struct ProposalChange {
    /// As it is from now on.
    pub proposal: Proposal,
    /// Its version when the decision was made; absent for a new one.
    pub expects: Option<u32>,
    /// What was heard of its alerts, one for each.
    pub heard: Vec<ProposedAlert>,
    /// Whether people should see it at once, rather than at the message's own pace.
    pub at_once: bool,
    /// When it is recorded.
    pub now: Timestamp,
}

/// A proposal on loan to a worker that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedProposal {
    /// It as it was when it was taken.
    pub proposal: Proposal,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// Whether an earlier try may have posted it.
    pub unsure: bool,
    /// Who has it.
    pub owner: String,
}

/// A row that is there already, or another that awaits an answer to the same, was faster.
const MAKE: Statement = statement!(
    "INSERT INTO proposals (id, version, seen_version, shown_version, answer, group_key, awaits,
       made_at, heard_at, body, run_at, attempts, unsure)
     SELECT value->>'id', CAST(value->>'version' AS BIGINT),
       CAST(value->>'seen_version' AS BIGINT), 0, value->>'answer', value->>'group_key',
       value->>'awaits', CAST(value->>'made_at' AS BIGINT), CAST(value->>'heard_at' AS BIGINT),
       value->>'body', CAST(value->>'at' AS BIGINT), 0, FALSE
     FROM " rows "
     WHERE TRUE
     ON CONFLICT DO NOTHING"
);
const CHANGE: Statement = statement!(
    "UPDATE proposals
     SET version = changed.version,
       seen_version = changed.seen_version,
       answer = changed.answer,
       awaits = changed.awaits,
       heard_at = changed.heard_at,
       body = changed.body,
       run_at = CASE WHEN changed.at_once = 'yes' THEN changed.at ELSE proposals.run_at END
     FROM (
       SELECT value->>'id' AS id, CAST(value->>'version' AS BIGINT) AS version,
         CAST(value->>'seen_version' AS BIGINT) AS seen_version, value->>'answer' AS answer,
         value->>'awaits' AS awaits, CAST(value->>'heard_at' AS BIGINT) AS heard_at,
         value->>'body' AS body, value->>'at_once' AS at_once, CAST(value->>'at' AS BIGINT) AS at,
         CAST(value->>'expects' AS BIGINT) AS expects
       FROM " rows "
     ) AS changed
     WHERE proposals.id = changed.id
       AND proposals.version = changed.expects"
);
const HEAR: Statement = statement!(
    "INSERT INTO proposal_alerts (integration, key, proposal_id, state, since)
     SELECT value->>'integration', value->>'key', value->>'proposal_id', value->>'state',
       CAST(value->>'since' AS BIGINT)
     FROM " rows "
     WHERE TRUE
     ON CONFLICT (integration, key) DO UPDATE SET
       proposal_id = excluded.proposal_id,
       state = excluded.state,
       since = excluded.since"
);
const FIND: Statement = statement!(
    "SELECT body, message_channel, message_ts
     FROM proposals
     WHERE id = $1"
);
const OF_GROUP: Statement = statement!(
    "SELECT body, message_channel, message_ts
     FROM proposals
     WHERE group_key = $1
     ORDER BY made_at DESC, id DESC
     LIMIT 1"
);
const OF_ALERT: Statement = statement!(
    "SELECT proposals.body, proposals.message_channel, proposals.message_ts,
       proposal_alerts.state, proposal_alerts.since
     FROM proposal_alerts
     JOIN proposals ON proposals.id = proposal_alerts.proposal_id
     WHERE proposal_alerts.integration = $1
       AND proposal_alerts.key = $2"
);
const OF_ALERTS: Statement = statement!(
    "SELECT proposal_alerts.integration, proposal_alerts.key, proposal_alerts.proposal_id,
       proposal_alerts.state, proposal_alerts.since
     FROM " rows "
     JOIN proposal_alerts ON proposal_alerts.integration = value->>'integration'
       AND proposal_alerts.key = value->>'key'"
);
const UNHEARD: Statement = statement!(
    "SELECT body, message_channel, message_ts
     FROM proposals
     WHERE answer = 'awaited'
       AND heard_at <= $1
     ORDER BY heard_at
     LIMIT 100"
);
/// An incident was opened, and the process ended before the proposal was told.
const OPENED_UNTOLD: Statement = statement!(
    "SELECT proposals.id, deliveries.incident_id
     FROM proposals
     JOIN deliveries ON deliveries.door = 'proposal' AND deliveries.id = proposals.id
     WHERE proposals.answer = 'awaited'"
);
const CLAIM: Statement = statement!(
    "WITH due AS (
       SELECT due.id
       FROM proposals AS due
       WHERE due.seen_version > due.shown_version
         AND ((due.lease_owner IS NULL AND due.run_at <= $1)
           OR due.lease_until < $1)
       ORDER BY due.run_at, due.id
       LIMIT $4
       " skip_locked "
     )
     UPDATE proposals
     SET unsure = (unsure OR lease_owner IS NOT NULL),
       attempts = attempts + 1,
       lease_owner = $2,
       lease_until = $3
     WHERE id IN (SELECT id FROM due)
     RETURNING body, message_channel, message_ts, attempts, unsure"
);
const SHOWN: Statement = statement!(
    "UPDATE proposals
     SET shown_version = $4,
       message_channel = NULLIF($5, ''),
       message_ts = NULLIF($6, ''),
       run_at = $7,
       attempts = 0,
       unsure = FALSE,
       lease_owner = NULL,
       lease_until = NULL
     WHERE id = $1
       AND lease_owner = $2
       AND attempts = $3"
);
const NOT_SHOWN: Statement = statement!(
    "UPDATE proposals
     SET run_at = $4,
       unsure = (unsure OR $5),
       last_setback = $6,
       lease_owner = NULL,
       lease_until = NULL
     WHERE id = $1
       AND lease_owner = $2
       AND attempts = $3"
);
const NEXT_DUE: Statement = statement!(
    "SELECT MIN(CASE WHEN lease_owner IS NULL THEN run_at ELSE lease_until END)
     FROM proposals
     WHERE seen_version > shown_version"
);
const FORGET_ALERTS: Statement = statement!(
    "DELETE FROM proposal_alerts
     WHERE proposal_id IN (
       SELECT id
       FROM proposals
       WHERE heard_at < $1
         AND answer <> 'awaited')"
);
const FORGET: Statement = statement!(
    "DELETE FROM proposals
     WHERE heard_at < $1
       AND answer <> 'awaited'"
);

impl Store {
    /// Records a proposal and what was heard of its alerts, all or nothing. `false`: it has changed
    /// meanwhile, or another one awaits the answer to the same; nothing was recorded.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; nothing was recorded.
    pub async fn record_proposal(&self, change: &ProposalChange) -> Result<bool, StoreError> {
        let rows = Value::Array(vec![row(change)?]).to_string();
        let statement = if change.expects.is_some() { CHANGE } else { MAKE };
        let mut transaction = self.ledger().begin().await?;
        if transaction.run(statement, &[Arg::Text(&rows)]).await? == 0 {
            return Ok(false);
        }
        if !change.heard.is_empty() {
            let heard = change.heard.iter().map(|alert| {
                let (state, since) = state_columns(alert.state);
                json!({
                    "integration": plain(&alert.integration),
                    "key": plain(&alert.key),
                    "proposal_id": change.proposal.id,
                    "state": state,
                    "since": since,
                })
            });
            let heard = Value::Array(heard.collect()).to_string();
            transaction.run(HEAR, &[Arg::Text(&heard)]).await?;
        }
        transaction.commit().await?;
        self.moved_proposals(1);
        Ok(true)
    }

    /// Finds a proposal.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn proposal(&self, id: ProposalId) -> Result<Option<Proposal>, StoreError> {
        self.one_proposal(FIND, &[Arg::Text(&id.to_string())]).await
    }

    /// Finds the last proposal about a group.
    ///
    /// # Errors
    /// As [`Self::proposal`].
    pub async fn proposal_of_group(&self, group: &str) -> Result<Option<Proposal>, StoreError> {
        self.one_proposal(OF_GROUP, &[Arg::Text(&plain(group))]).await
    }

    /// Finds the proposal an alert belongs to, and what was last heard of that alert.
    ///
    /// # Errors
    /// As [`Self::proposal`].
    pub async fn proposal_of_alert(
        &self,
        integration: &str,
        key: &str,
    ) -> Result<Option<(Proposal, AlertState)>, StoreError> {
        let (integration, key) = (plain(integration), plain(key));
        let mut reader = self.ledger().reader().await?;
        let found = reader
            .first::<(String, Option<String>, Option<String>, String, i64)>(
                OF_ALERT,
                &[Arg::Text(&integration), Arg::Text(&key)],
            )
            .await?;
        let Some((body, channel, ts, state, since)) = found else { return Ok(None) };
        Ok(Some((proposal(&body, channel, ts)?, state_of(&state, since)?)))
    }

    /// Which proposals alerts belong to, by integration and key, and what was last heard of each;
    /// unknown ones are left out.
    ///
    /// # Errors
    /// As [`Self::proposal`].
    pub async fn proposals_of_alerts(
        &self,
        alerts: &[(&str, &str)],
    ) -> Result<HashMap<(String, String), (ProposalId, AlertState)>, StoreError> {
        let rows = alerts.iter().map(
            |(integration, key)| json!({ "integration": plain(integration), "key": plain(key) }),
        );
        let rows = rows.collect::<Value>().to_string();
        let mut reader = self.ledger().reader().await?;
        reader
            .all::<(String, String, String, String, i64)>(OF_ALERTS, &[Arg::Text(&rows)])
            .await?
            .into_iter()
            .map(|(integration, key, id, state, since)| {
                let id = ProposalId(incident_id(&id)?.0);
                Ok(((integration, key), (id, state_of(&state, since)?)))
            })
            .collect()
    }

    /// Proposals that await an answer and of which nothing was heard since some time.
    ///
    /// # Errors
    /// As [`Self::proposal`].
    pub async fn unheard_proposals(&self, since: Timestamp) -> Result<Vec<Proposal>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        reader
            .all::<(String, Option<String>, Option<String>)>(UNHEARD, &[Arg::Int(micros(since))])
            .await?
            .into_iter()
            .map(|(body, channel, ts)| proposal(&body, channel, ts))
            .collect()
    }

    /// Proposals from which an incident was opened without their being told, and that incident.
    ///
    /// # Errors
    /// As [`Self::proposal`].
    pub async fn proposals_opened_untold(
        &self,
    ) -> Result<Vec<(ProposalId, IncidentId)>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let found = reader.all::<(String, String)>(OPENED_UNTOLD, &[]).await?;
        let ids = found.into_iter().map(|(id, incident)| {
            // Both are identities of the same form.
            Ok((ProposalId(incident_id(&id)?.0), incident_id(&incident)?))
        });
        ids.collect()
    }

    /// Takes proposals whose message is due; nobody else gets them until they are shown, given back
    /// or their lease ends.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; nothing was taken.
    pub async fn claim_proposals(
        &self,
        claim: Claim<'_>,
    ) -> Result<Vec<LeasedProposal>, StoreError> {
        let owner = plain(claim.owner);
        let args = [
            Arg::Int(micros(claim.now)),
            Arg::Text(&owner),
            Arg::Int(micros(claim.lease_until)),
            Arg::Int(claim.limit.into()),
        ];
        let mut writer = self.ledger().writer().await?;
        writer
            .all::<(String, Option<String>, Option<String>, i64, bool)>(CLAIM, &args)
            .await?
            .into_iter()
            .map(|(body, channel, ts, attempts, unsure)| {
                Ok(LeasedProposal {
                    proposal: proposal(&body, channel, ts)?,
                    attempts: attempts as u32,
                    unsure,
                    owner: claim.owner.to_owned(),
                })
            })
            .collect()
    }

    /// Notes where a proposal is shown as it was when it was taken, if anywhere; a later change is
    /// shown from `next_at` on. `false`: the lease was not the worker's any more.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; the lease stands until it ends.
    pub async fn proposal_shown(
        &self,
        leased: &LeasedProposal,
        message: Option<&MessageRef>,
        next_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (id, owner) = (leased.proposal.id.to_string(), plain(&leased.owner));
        let args = [
            Arg::Text(&id),
            Arg::Text(&owner),
            Arg::Int(leased.attempts.into()),
            Arg::Int(leased.proposal.seen_version.into()),
            Arg::Text(message.map_or("", |message| &message.channel)),
            Arg::Text(message.map_or("", |message| &message.ts)),
            Arg::Int(micros(next_at)),
        ];
        let changed = self.ledger().writer().await?.run(SHOWN, &args).await?;
        Ok(self.moved_proposals(changed))
    }

    /// Puts a proposal back to be shown at `run_at`. Once it may have been posted (`unsure`), that
    /// stays so until it is shown. `false`: the lease was not the worker's any more.
    ///
    /// # Errors
    /// As [`Self::proposal_shown`].
    pub async fn proposal_not_shown(
        &self,
        leased: &LeasedProposal,
        run_at: Timestamp,
        why: &str,
        unsure: bool,
    ) -> Result<bool, StoreError> {
        let (id, owner) = (leased.proposal.id.to_string(), plain(&leased.owner));
        let why = plain(why);
        let args = [
            Arg::Text(&id),
            Arg::Text(&owner),
            Arg::Int(leased.attempts.into()),
            Arg::Int(micros(run_at)),
            Arg::Flag(unsure),
            Arg::Text(&why),
        ];
        let changed = self.ledger().writer().await?.run(NOT_SHOWN, &args).await?;
        Ok(self.moved_proposals(changed))
    }

    /// When the next proposal is to be shown.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn next_proposal_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let next = reader.first::<(Option<i64>,)>(NEXT_DUE, &[]).await?;
        next.and_then(|(due,)| due).map(timestamp).transpose()
    }

    /// Forgets proposals that are answered and of which nothing was heard since some time.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn forget_proposals(&self, heard_before: Timestamp) -> Result<u64, StoreError> {
        let args = [Arg::Int(micros(heard_before))];
        let mut transaction = self.ledger().begin().await?;
        transaction.run(FORGET_ALERTS, &args).await?;
        let forgotten = transaction.run(FORGET, &args).await?;
        transaction.commit().await?;
        Ok(forgotten)
    }

    /// Rings if rows changed, and tells whether they did.
    fn moved_proposals(&self, changed: u64) -> bool {
        if changed > 0 {
            self.bells().proposals.notify_one();
            self.bells().ring(false);
        }
        changed > 0
    }

    async fn one_proposal(
        &self,
        statement: Statement,
        args: &[Arg<'_>],
    ) -> Result<Option<Proposal>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let found =
            reader.first::<(String, Option<String>, Option<String>)>(statement, args).await?;
        found.map(|(body, channel, ts)| proposal(&body, channel, ts)).transpose()
    }
}

/// A proposal and the change as one object of a batch.
fn row(change: &ProposalChange) -> Result<Value, StoreError> {
    let proposal = &change.proposal;
    let answer = match proposal.answer {
        Answer::Awaited => "awaited",
        Answer::Opened { .. } => "opened",
        Answer::Dismissed { .. } => "dismissed",
        Answer::Expired { .. } => "expired",
    };
    Ok(json!({
        "id": proposal.id,
        "version": proposal.version,
        "seen_version": proposal.seen_version,
        "answer": answer,
        "group_key": plain(&proposal.suggestion.group),
        "awaits": proposal.is_awaited().then(|| awaits(proposal)),
        "made_at": micros(proposal.made_at),
        "heard_at": micros(proposal.heard_at),
        "body": json_text(proposal, "proposal")?,
        "at_once": if change.at_once { "yes" } else { "no" },
        "at": micros(change.now),
        "expects": change.expects,
    }))
}

/// What a proposal may be the only one to ask about: its group, or its alert alone.
fn awaits(proposal: &Proposal) -> String {
    let group = plain(&proposal.suggestion.group);
    if !proposal.suggestion.within.is_zero() {
        return group.into_owned();
    }
    let (integration, key) = (plain(&proposal.first.integration), plain(&proposal.first.key));
    json!([group, integration, key]).to_string()
}

fn proposal(
    body: &str,
    channel: Option<String>,
    ts: Option<String>,
) -> Result<Proposal, StoreError> {
    let mut proposal: Proposal = from_json(body, "proposal")?;
    proposal.message = channel.zip(ts).map(|(channel, ts)| MessageRef { channel, ts });
    Ok(proposal)
}
