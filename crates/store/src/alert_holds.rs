//! Which incident an alert belongs to, who takes a group of them in, and what came of each.

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sima_incident::{IncidentId, KnownAlert, Severity};

use crate::{
    AlertHold, Commit, HeldAlert, HeldGroup, Judgement, ProposalChange, Store, StoreError,
    alert_deliveries::REMEMBERED,
    alert_log::{state_columns, state_of},
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    judge::Known,
    ledger::{Arg, Transaction},
    proposals,
    record::{put, rows},
    rows::{from_json, incident_id, plain},
};

/// How long it is known who took a group in: no rule groups for longer.
const GROUPS_KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

const ALERTS: Statement = statement!(
    "SELECT alerts.integration, alerts.key, alerts.incident_id, alerts.state, alerts.since,
       alerts.severity, alerts.members
     FROM " rows "
     JOIN alerts ON alerts.integration = value->>'integration' AND alerts.key = value->>'key'"
);
const GROUPS: Statement = statement!(
    "SELECT alert_groups.integration, alert_groups.key, alert_groups.incident_id,
       alert_groups.seen_at
     FROM " rows "
     JOIN alert_groups ON alert_groups.integration = value->>'integration'
       AND alert_groups.key = value->>'key'"
);
const OPENINGS: Statement = statement!(
    "SELECT COUNT(*)
     FROM alert_groups
     WHERE integration = $1
       AND opened_at > $2"
);
const STILL_WAITING: Statement = statement!(
    "SELECT id
     FROM alert_log
     WHERE judged_at IS NULL
       AND id IN (SELECT CAST(value->>'id' AS BIGINT) FROM " rows ")"
);
const PUT_ALERTS: Statement = statement!(
    "INSERT INTO alerts (integration, key, incident_id, title, state, since, severity, members,
       seen_at)
     SELECT value->>'integration', value->>'key', value->>'incident_id', value->>'title',
       value->>'state', CAST(value->>'since' AS BIGINT), CAST(value->>'severity' AS BIGINT),
       value->>'members', CAST(value->>'seen_at' AS BIGINT)
     FROM " rows "
     WHERE TRUE
     ON CONFLICT (integration, key) DO UPDATE SET
       incident_id = excluded.incident_id,
       title = excluded.title,
       state = excluded.state,
       since = excluded.since,
       severity = excluded.severity,
       members = excluded.members,
       seen_at = excluded.seen_at"
);
/// Remembers that an alert is over, at whoever holds it.
const PUT_OVER: Statement = statement!(
    "INSERT INTO alerts (integration, key, incident_id, title, state, since, severity, members,
       seen_at)
     SELECT value->>'integration', value->>'key', NULL, value->>'title', value->>'state',
       CAST(value->>'since' AS BIGINT), CAST(value->>'severity' AS BIGINT), value->>'members',
       CAST(value->>'seen_at' AS BIGINT)
     FROM " rows "
     WHERE TRUE
     ON CONFLICT (integration, key) DO UPDATE SET
       state = excluded.state,
       since = excluded.since,
       severity = excluded.severity,
       members = excluded.members,
       seen_at = excluded.seen_at
     WHERE excluded.since >= alerts.since"
);
const PUT_GROUPS: Statement = statement!(
    "INSERT INTO alert_groups (integration, key, incident_id, opened_at, seen_at)
     SELECT value->>'integration', value->>'key', value->>'incident_id',
       CAST(value->>'now' AS BIGINT), CAST(value->>'now' AS BIGINT)
     FROM " rows "
     WHERE TRUE
     ON CONFLICT (integration, key) DO UPDATE SET
       opened_at = CASE alert_groups.incident_id
         WHEN excluded.incident_id THEN alert_groups.opened_at
         ELSE excluded.opened_at
       END,
       incident_id = excluded.incident_id,
       seen_at = excluded.seen_at"
);
const JUDGE: Statement = statement!(
    "UPDATE alert_log
     SET judged_at = judged.at,
       outcome = judged.outcome,
       why = judged.why,
       group_key = judged.group_key,
       incident_id = judged.incident_id
     FROM (
       SELECT CAST(value->>'id' AS BIGINT) AS id, CAST(value->>'at' AS BIGINT) AS at,
         value->>'outcome' AS outcome, value->>'why' AS why, value->>'group_key' AS group_key,
         value->>'incident_id' AS incident_id
       FROM " rows "
     ) AS judged
     WHERE alert_log.id = judged.id
       AND alert_log.judged_at IS NULL"
);
const FORGET_LOG: Statement = statement!(
    "DELETE FROM alert_log
     WHERE id IN (
       SELECT id
       FROM alert_log
       WHERE received_at < $1
         AND judged_at IS NOT NULL
       ORDER BY received_at
       LIMIT $2)"
);
const FORGET_DELIVERIES: Statement = statement!(
    "DELETE FROM alert_deliveries
     WHERE (integration, id) IN (
       SELECT integration, id
       FROM alert_deliveries
       WHERE received_at < $1
       ORDER BY received_at
       LIMIT $2)"
);
const FORGET_OVER: Statement = statement!(
    "DELETE FROM alerts
     WHERE (integration, key) IN (
       SELECT integration, key
       FROM alerts
       WHERE incident_id IS NULL
         AND seen_at < $1
       ORDER BY seen_at
       LIMIT $2)"
);
const FORGET_GROUPS: Statement = statement!(
    "DELETE FROM alert_groups
     WHERE (integration, key) IN (
       SELECT integration, key
       FROM alert_groups
       WHERE seen_at < $1
       ORDER BY seen_at
       LIMIT $2)"
);

/// An alert or a group by integration and key.
type Pair = (String, String);

impl Store {
    /// What is known of alerts, by integration and key; unknown ones are left out.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn alerts_held(
        &self,
        wanted: &[(&str, &str)],
    ) -> Result<HashMap<Pair, HeldAlert>, StoreError> {
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let wanted = Value::Array(wanted.iter().map(|(one, two)| named(one, two)).collect());
        let mut reader = self.ledger().reader().await?;
        let found = reader.all::<AlertRow>(ALERTS, &[Arg::Text(&wanted.to_string())]).await?;
        found.into_iter().map(held_alert).collect()
    }

    /// Who takes groups of alerts in, by integration and key; unknown ones are left out.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn alert_groups(
        &self,
        wanted: &[(&str, &str)],
    ) -> Result<HashMap<Pair, HeldGroup>, StoreError> {
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let wanted = Value::Array(wanted.iter().map(|(one, two)| named(one, two)).collect());
        let mut reader = self.ledger().reader().await?;
        let found = reader
            .all::<(String, String, String, i64)>(GROUPS, &[Arg::Text(&wanted.to_string())])
            .await?;
        found
            .into_iter()
            .map(|(integration, key, incident, seen_at)| {
                let incident = incident_id(&incident)?;
                Ok(((integration, key), HeldGroup { incident, seen_at: timestamp(seen_at)? }))
            })
            .collect()
    }

    /// How many incidents the alerts of an integration opened after a time.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn openings_by_alerts(
        &self,
        integration: &str,
        after: Timestamp,
    ) -> Result<u32, StoreError> {
        let integration = plain(integration);
        let args = [Arg::Text(&integration), Arg::Int(micros(after))];
        let mut reader = self.ledger().reader().await?;
        let counted = reader.first::<(i64,)>(OPENINGS, &args).await?;
        Ok(counted.map_or(0, |(count,)| count as u32))
    }

    /// Records what came of alerts that belong to no incident they would change, which of them are
    /// over, and what proposals heard, each with what it judges by that; those judged meanwhile are
    /// left as they are. Says of each proposal whether it is recorded: not if it has changed meanwhile,
    /// or if another awaits the answer to the same; then its alerts go on waiting.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; nothing was recorded.
    pub async fn judge_alerts(
        &self,
        judged: &[(Judgement, Option<IncidentId>)],
        over: &[AlertHold],
        proposals: &[ProposalChange],
        now: Timestamp,
    ) -> Result<Vec<bool>, StoreError> {
        if judged.is_empty() && over.is_empty() && proposals.is_empty() {
            return Ok(Vec::new());
        }
        let mut transaction = self.ledger().begin().await?;
        let recorded = proposals::record(&mut transaction, proposals).await?;
        let rows = judged.iter().map(|(one, incident)| judgement_row(one, *incident, now));
        let asked = proposals.iter().zip(&recorded).filter(|(_, recorded)| **recorded);
        let asked = asked.flat_map(|(change, _)| &change.judged);
        let rows = rows.chain(asked.map(|one| judgement_row(one, None, now)));
        put(&mut transaction, JUDGE, rows.collect()).await?;
        // One statement must not touch a row twice: of one alert the last counts.
        let over: HashMap<(&str, &str), Value> = over
            .iter()
            .map(|hold| ((&*hold.integration, &*hold.key), alert_row(hold, None, now)))
            .collect();
        put(&mut transaction, PUT_OVER, over.into_values().collect()).await?;
        transaction.commit().await?;
        self.bells().ring(false);
        if recorded.contains(&true) {
            self.bells().proposals.notify_one();
        }
        Ok(recorded)
    }

    /// Forgets some of what was kept for long enough: judged alerts that came before a time, and what
    /// only helped to judge them. Tells how much; less than `limit` means that nothing is left.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; some may be forgotten.
    pub async fn forget_alerts(
        &self,
        before: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let ago = |span: SignedDuration| now.saturating_sub(span).unwrap_or(now);
        let mut most = 0;
        for (statement, before) in [
            (FORGET_LOG, before),
            (FORGET_OVER, before),
            (FORGET_DELIVERIES, ago(REMEMBERED)),
            (FORGET_GROUPS, ago(GROUPS_KEPT)),
        ] {
            let args = [Arg::Int(micros(before)), Arg::Int(limit.into())];
            most = most.max(self.ledger().writer().await?.run(statement, &args).await?);
        }
        Ok(most)
    }
}

/// Reads what is known of the alerts and groups that commits are about.
pub async fn look_up(
    transaction: &mut Transaction,
    commits: &[&Commit],
    known: &mut Known,
) -> Result<(), StoreError> {
    let alerts = commits.iter().flat_map(|commit| &commit.alerts);
    let alerts = alerts.map(|alert| named(&alert.integration, &alert.key));
    for row in rows::<AlertRow>(transaction, ALERTS, alerts.collect()).await? {
        let (pair, held) = held_alert(row)?;
        known.alerts.insert(pair, held);
    }
    let groups = commits.iter().flat_map(|commit| &commit.groups);
    let groups = groups.map(|group| named(&group.integration, &group.key));
    for (integration, key, incident, _) in
        rows::<(String, String, String, i64)>(transaction, GROUPS, groups.collect()).await?
    {
        known.groups.insert((integration, key), incident_id(&incident)?);
    }
    let judged = commits.iter().flat_map(|commit| &commit.judged);
    let judged = judged.map(|judgement| json!({ "id": judgement.id }));
    let waiting = rows::<(i64,)>(transaction, STILL_WAITING, judged.collect()).await?;
    known.waiting.extend(waiting.into_iter().map(|(id,)| id));
    Ok(())
}

/// Writes what commits say of alerts; of two in a batch about one alert the later counts.
pub async fn write(transaction: &mut Transaction, commits: &[&Commit]) -> Result<(), StoreError> {
    let (mut alerts, mut groups) = (HashMap::new(), HashMap::new());
    let mut judged = Vec::new();
    for commit in commits {
        let id = commit.incident.id;
        for alert in &commit.alerts {
            let row = alert_row(alert, Some(id), commit.now);
            alerts.insert((&alert.integration, &alert.key), row);
        }
        for group in &commit.groups {
            let row = json!({
                "integration": plain(&group.integration),
                "key": plain(&group.key),
                "incident_id": id,
                "now": micros(commit.now),
            });
            groups.insert((&group.integration, &group.key), row);
        }
        judged.extend(commit.judged.iter().map(|one| judgement_row(one, Some(id), commit.now)));
    }
    put(transaction, PUT_ALERTS, alerts.into_values().collect()).await?;
    put(transaction, PUT_GROUPS, groups.into_values().collect()).await?;
    put(transaction, JUDGE, judged).await?;
    Ok(())
}

/// What is known of an alert as it reads back: no database keeps more than microseconds. The times of
/// members are never finer.
pub fn as_stored(known: &KnownAlert) -> KnownAlert {
    let (word, since) = state_columns(known.state);
    KnownAlert { state: state_of(word, since).unwrap_or(known.state), ..known.clone() }
}

type AlertRow = (String, String, Option<String>, String, i64, Option<i64>, Option<String>);

fn held_alert(row: AlertRow) -> Result<(Pair, HeldAlert), StoreError> {
    let (integration, key, incident, state, since, severity, members) = row;
    let incident = incident.as_deref().map(incident_id).transpose()?;
    let members = members.as_deref().map(|members| from_json(members, "the members of an alert"));
    let known = KnownAlert {
        state: state_of(&state, since)?,
        severity: severity.and_then(|level| Severity::new(u8::try_from(level).ok()?)),
        members: members.transpose()?.unwrap_or_default(),
    };
    Ok(((integration, key), HeldAlert { incident, known }))
}

fn named(integration: &str, key: &str) -> Value {
    json!({ "integration": plain(integration), "key": plain(key) })
}

fn alert_row(alert: &AlertHold, incident: Option<IncidentId>, now: Timestamp) -> Value {
    let KnownAlert { state, severity, members } = &alert.known;
    let (state, since) = state_columns(*state);
    json!({
        "integration": plain(&alert.integration),
        "key": plain(&alert.key),
        "incident_id": incident,
        "title": plain(&alert.title),
        "state": state,
        "since": since,
        "severity": severity.map(Severity::level),
        "members": (!members.is_empty()).then_some(members),
        "seen_at": micros(now),
    })
}

fn judgement_row(judged: &Judgement, incident: Option<IncidentId>, now: Timestamp) -> Value {
    json!({
        "id": judged.id,
        "at": micros(now),
        "outcome": judged.outcome,
        "why": judged.why.as_deref().map(plain),
        "group_key": judged.group.as_deref().map(plain),
        "incident_id": incident,
    })
}
