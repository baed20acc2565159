//! Proposals: what people are asked, and which alerts belong to which.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use serde_json::{Value, json};
use sima_incident::{
    AlertState, Answer, IncidentId, MessageRef, Proposal, ProposalId, ProposedAlert,
};

use crate::{
    Judgement, Store, StoreError,
    alert_log::{state_columns, state_of},
    dialect::{Statement, statement},
    instant::micros,
    ledger::{Arg, Transaction},
    record::{put, rows},
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
    /// The alerts of the log that are judged by it.
    pub judged: Vec<Judgement>,
    /// Whether people should see it at once, rather than at the message's own pace.
    pub at_once: bool,
    /// When it is recorded.
    pub now: Timestamp,
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
     ON CONFLICT DO NOTHING
     RETURNING id"
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
       SELECT value->>'id' AS changed_id, CAST(value->>'version' AS BIGINT) AS version,
         CAST(value->>'seen_version' AS BIGINT) AS seen_version, value->>'answer' AS answer,
         value->>'awaits' AS awaits, CAST(value->>'heard_at' AS BIGINT) AS heard_at,
         value->>'body' AS body, value->>'at_once' AS at_once, CAST(value->>'at' AS BIGINT) AS at,
         CAST(value->>'expects' AS BIGINT) AS expects
       FROM " rows "
     ) AS changed
     WHERE proposals.id = changed.changed_id
       AND proposals.version = changed.expects
     RETURNING id"
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
const OF_IDS: Statement = statement!(
    "SELECT body, message_channel, message_ts
     FROM proposals
     WHERE id IN (SELECT value->>'id' FROM " rows ")"
);
/// The last about each group. SQLite begins with the few that are asked for.
const OF_GROUPS: Statement = statement!(
    "SELECT proposals.body, proposals.message_channel, proposals.message_ts
     FROM " rows "
     CROSS JOIN proposals
     WHERE proposals.id = (
       SELECT of_group.id
       FROM proposals AS of_group
       WHERE of_group.group_key = value->>'group'
       ORDER BY of_group.made_at DESC, of_group.id DESC
       LIMIT 1)"
);
const MADE_AFTER: Statement = statement!(
    "SELECT body, message_channel, message_ts
     FROM proposals
     WHERE made_at > $1"
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
        let changes = std::slice::from_ref(change);
        let recorded = self.judge_alerts(&[], &[], changes, change.now).await?;
        Ok(recorded.contains(&true))
    }

    /// Finds a proposal.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn proposal(&self, id: ProposalId) -> Result<Option<Proposal>, StoreError> {
        self.one_proposal(FIND, &[Arg::Text(&id.to_string())]).await
    }

    /// Finds proposals by their identities, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// As [`Self::proposal`].
    pub async fn proposals_of(&self, ids: &[ProposalId]) -> Result<Vec<Proposal>, StoreError> {
        let ids = ids.iter().map(|id| json!({ "id": id })).collect();
        self.many_proposals(OF_IDS, ids).await
    }

    /// The last proposal about each of some groups, where there is one.
    ///
    /// # Errors
    /// As [`Self::proposal`].
    pub async fn proposals_of_groups(&self, groups: &[&str]) -> Result<Vec<Proposal>, StoreError> {
        let groups = groups.iter().map(|group| json!({ "group": plain(group) })).collect();
        self.many_proposals(OF_GROUPS, groups).await
    }

    /// Proposals that were made after a time.
    ///
    /// # Errors
    /// As [`Self::proposal`].
    pub async fn proposals_made_after(&self, at: Timestamp) -> Result<Vec<Proposal>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let found = reader.all::<Row>(MADE_AFTER, &[Arg::Int(micros(at))]).await?;
        found.into_iter().map(read).collect()
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
        if alerts.is_empty() {
            return Ok(HashMap::new());
        }
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
            .all::<Row>(UNHEARD, &[Arg::Int(micros(since))])
            .await?
            .into_iter()
            .map(read)
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

    async fn many_proposals(
        &self,
        statement: Statement,
        wanted: Vec<Value>,
    ) -> Result<Vec<Proposal>, StoreError> {
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = Value::Array(wanted).to_string();
        let mut reader = self.ledger().reader().await?;
        let found = reader.all::<Row>(statement, &[Arg::Text(&wanted)]).await?;
        found.into_iter().map(read).collect()
    }

    /// Rings if rows changed, and tells whether they did.
    pub(crate) fn moved_proposals(&self, changed: u64) -> bool {
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
        reader.first::<Row>(statement, args).await?.map(read).transpose()
    }
}

/// Records proposals and what was heard of their alerts, each wholly or not at all; which of them.
pub(crate) async fn record(
    transaction: &mut Transaction,
    changes: &[ProposalChange],
) -> Result<Vec<bool>, StoreError> {
    let (mut new, mut known) = (Vec::new(), Vec::new());
    for change in changes {
        if change.expects.is_some() { &mut known } else { &mut new }.push(row(change)?);
    }
    let mut recorded: HashSet<String> = HashSet::new();
    for (statement, objects) in [(MAKE, new), (CHANGE, known)] {
        let ids = rows::<(String,)>(transaction, statement, objects).await?;
        recorded.extend(ids.into_iter().map(|(id,)| id));
    }
    let recorded: Vec<bool> =
        changes.iter().map(|change| recorded.contains(&change.proposal.id.to_string())).collect();
    // One statement must not touch a row twice: of one alert the last counts.
    let mut heard: HashMap<(&str, &str), Value> = HashMap::new();
    for (change, _) in changes.iter().zip(&recorded).filter(|(_, recorded)| **recorded) {
        for alert in &change.heard {
            let (state, since) = state_columns(alert.state);
            let row = json!({
                "integration": plain(&alert.integration),
                "key": plain(&alert.key),
                "proposal_id": change.proposal.id,
                "state": state,
                "since": since,
            });
            heard.insert((&alert.integration, &alert.key), row);
        }
    }
    put(transaction, HEAR, heard.into_values().collect()).await?;
    Ok(recorded)
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

/// A proposal as it is kept, and the channel and time of its message.
pub(crate) type Row = (String, Option<String>, Option<String>);

/// A proposal of its row.
pub(crate) fn read((body, channel, ts): Row) -> Result<Proposal, StoreError> {
    let mut proposal: Proposal = from_json(&body, "proposal")?;
    proposal.message = channel.zip(ts).map(|(channel, ts)| MessageRef { channel, ts });
    Ok(proposal)
}
