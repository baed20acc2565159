//! Recording a batch of commits in one transaction: read what they touch, judge, write the rest with
//! one statement a table.

use std::collections::{HashMap, HashSet, hash_map::Entry};

use serde_json::{Value, json};
use sima_incident::{
    Effect, Incident, IncidentId, IncidentNumber, Kind, Meeting, Planned, Recorded, Visibility,
};

use crate::{
    AlertDelivery, Commit, Outcome, Settled, Settlement, StoreError, Took, alert_deliveries,
    alert_holds,
    dialect::{Statement, statement},
    instant::micros,
    judge::Known,
    ledger::{Arg, Ledger, Transaction},
    rows::{incident_id, json_text, plain},
    standing::Standing,
};

/// What became of a batch.
pub struct Batch {
    /// The answer to each commit, in their order.
    pub answers: Vec<Result<Outcome, StoreError>>,
    /// The answer to each delivery of alerts, in their order.
    pub took: Vec<Took>,
    /// Whether an effect was planned, or one that stood before others was settled.
    pub moved_outbox: bool,
}

/// Records what can be recorded of these commits, and takes deliveries of alerts in, all in one
/// transaction; what the commits make due is claimed with them for the worker that wants it so.
///
/// # Errors
/// The database failed: nothing of any of them is recorded.
pub async fn record(
    ledger: &Ledger,
    commits: &[&Commit],
    deliveries: &[&AlertDelivery],
    standing: Option<&Standing>,
) -> Result<Batch, StoreError> {
    let mut transaction = ledger.begin().await?;
    let took = alert_deliveries::take(&mut transaction, deliveries).await?;
    let mut known = look_up(&mut transaction, commits).await?;
    let answers: Vec<_> = commits.iter().map(|commit| known.judge(commit)).collect();
    let recorded: Vec<&Commit> = commits
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| matches!(answer, Ok(Outcome::Recorded)))
        .map(|(commit, _)| *commit)
        .collect();
    if recorded.is_empty() && !took.iter().any(|took| matches!(took, Took::Recorded(_))) {
        return Ok(Batch { answers, took, moved_outbox: false });
    }
    if !recorded.is_empty() {
        write(&mut transaction, &recorded).await?;
    }
    let moved_outbox =
        recorded.iter().any(|commit| commit.settles.is_some() || !commit.planned.is_empty());
    let now = recorded.iter().map(|commit| commit.now).max();
    let take = match (standing, now) {
        (Some(standing), Some(now)) if moved_outbox => standing.take(&mut transaction, now).await?,
        _ => None,
    };
    transaction.commit().await?;
    if let Some(take) = take {
        take.hand_over();
    }
    Ok(Batch { answers, took, moved_outbox })
}

const VERSIONS: Statement = statement!(
    "SELECT id, version
     FROM incidents
     WHERE id IN (SELECT value->>'id' FROM " rows ")"
);
const DELIVERIES: Statement = statement!(
    "SELECT deliveries.door, deliveries.id, deliveries.incident_id
     FROM " rows "
     JOIN deliveries ON deliveries.door = value->>'door' AND deliveries.id = value->>'id'"
);
const NAMES: Statement = statement!(
    "SELECT channel_name, id
     FROM incidents
     WHERE channel_name IN (SELECT value->>'name' FROM " rows ")"
);
const NUMBERS: Statement = statement!(
    "SELECT number, id
     FROM incidents
     WHERE number IN (SELECT CAST(value->>'number' AS BIGINT) FROM " rows ")"
);
/// Kept as they are until the end: a claimer could take an expired lease meanwhile.
const LEASES: Statement = statement!(
    "SELECT id, lease_owner
     FROM outbox
     WHERE lease_owner IS NOT NULL
       AND id IN (SELECT CAST(value->>'id' AS BIGINT) FROM " rows ")
     ORDER BY id
     " lock_outbox
);

/// Reads what is known about everything the commits touch.
async fn look_up(transaction: &mut Transaction, commits: &[&Commit]) -> Result<Known, StoreError> {
    let mut known = Known::default();
    let ids = commits.iter().map(|commit| json!({ "id": commit.incident.id }));
    for (id, version) in rows::<(String, i64)>(transaction, VERSIONS, ids.collect()).await? {
        known.versions.insert(incident_id(&id)?, version as u32);
    }
    let deliveries = commits.iter().filter_map(|commit| commit.delivery.as_ref());
    let deliveries = deliveries
        .map(|delivery| json!({ "door": plain(&delivery.door), "id": plain(&delivery.id) }));
    for (door, id, incident) in
        rows::<(String, String, String)>(transaction, DELIVERIES, deliveries.collect()).await?
    {
        known.deliveries.insert((door, id), incident_id(&incident)?);
    }
    alert_holds::look_up(transaction, commits, &mut known).await?;
    let names = commits
        .iter()
        .filter(|commit| !commit.events.is_empty())
        .map(|commit| json!({ "name": plain(&commit.incident.channel_name) }));
    for (name, id) in rows::<(String, String)>(transaction, NAMES, names.collect()).await? {
        known.names.insert(name, incident_id(&id)?);
    }
    let numbers = openings(commits).map(|incident| json!({ "number": incident.number }));
    for (number, id) in rows::<(i64, String)>(transaction, NUMBERS, numbers.collect()).await? {
        known.numbers.insert(IncidentNumber(number as u32), incident_id(&id)?);
    }
    let leases = commits.iter().filter_map(|commit| commit.settles.as_ref());
    let leases = leases.map(|settlement| json!({ "id": settlement.effect_id }));
    for (id, owner) in rows::<(i64, String)>(transaction, LEASES, leases.collect()).await? {
        known.leases.insert(id, owner);
    }
    Ok(known)
}

/// The incidents whose lives begin.
fn openings<'c>(commits: &'c [&Commit]) -> impl Iterator<Item = &'c Incident> {
    let begins = |commit: &&&Commit| commit.events.first().is_some_and(|first| first.version == 0);
    commits.iter().filter(begins).map(|commit| &commit.incident)
}

/// Runs a statement over a batch of objects; over none it is not run at all.
pub async fn rows<T: crate::ledger::Row>(
    transaction: &mut Transaction,
    statement: Statement,
    objects: Vec<Value>,
) -> Result<Vec<T>, StoreError> {
    if objects.is_empty() {
        return Ok(Vec::new());
    }
    transaction.all(statement, &[Arg::Text(&Value::Array(objects).to_string())]).await
}

/// Writes a batch of objects.
pub async fn put(
    transaction: &mut Transaction,
    statement: Statement,
    objects: Vec<Value>,
) -> Result<u64, StoreError> {
    if objects.is_empty() {
        return Ok(0);
    }
    transaction.run(statement, &[Arg::Text(&Value::Array(objects).to_string())]).await
}

const COUNT_UP: Statement = statement!(
    "UPDATE counters
     SET value = value + CASE name WHEN 'event' THEN CAST($1 AS BIGINT) ELSE CAST($2 AS BIGINT) END
     WHERE name IN ('event', 'effect')
     RETURNING name, value"
);
const TAKE_NUMBER: Statement = statement!(
    "UPDATE counters
     SET value = $1
     WHERE name = 'incident'
       AND value < $1"
);
const PUT_INCIDENTS: Statement = statement!(
    "INSERT INTO incidents (id, number, version, stage, severity, worst_severity, domain, kind,
       visibility, channel_name, channel_id, started_at, opened_at, acknowledged_at, recovered_at,
       closed_at, state)
     SELECT value->>'id', CAST(value->>'number' AS BIGINT), CAST(value->>'version' AS BIGINT),
       value->>'stage', CAST(value->>'severity' AS BIGINT),
       CAST(value->>'worst_severity' AS BIGINT), value->>'domain', value->>'kind',
       value->>'visibility', value->>'channel_name', value->>'channel_id',
       CAST(value->>'started_at' AS BIGINT), CAST(value->>'opened_at' AS BIGINT),
       CAST(value->>'acknowledged_at' AS BIGINT), CAST(value->>'recovered_at' AS BIGINT),
       CAST(value->>'closed_at' AS BIGINT), value->>'state'
     FROM " rows "
     WHERE TRUE
     ON CONFLICT (id) DO UPDATE SET
       version = excluded.version,
       stage = excluded.stage,
       severity = excluded.severity,
       worst_severity = excluded.worst_severity,
       domain = excluded.domain,
       visibility = excluded.visibility,
       channel_name = excluded.channel_name,
       channel_id = excluded.channel_id,
       started_at = excluded.started_at,
       acknowledged_at = excluded.acknowledged_at,
       recovered_at = excluded.recovered_at,
       closed_at = excluded.closed_at,
       state = excluded.state"
);
const PUT_EVENTS: Statement = statement!(
    "INSERT INTO events (position, incident_id, version, kind, at, happened_at, actor, body)
     SELECT CAST(value->>'position' AS BIGINT), value->>'incident_id',
       CAST(value->>'version' AS BIGINT), value->>'kind', CAST(value->>'at' AS BIGINT),
       CAST(value->>'happened_at' AS BIGINT), value->>'actor', value->>'body'
     FROM " rows
);
const PUT_DELIVERIES: Statement = statement!(
    "INSERT INTO deliveries (door, id, incident_id, recorded_at)
     SELECT value->>'door', value->>'id', value->>'incident_id',
       CAST(value->>'recorded_at' AS BIGINT)
     FROM " rows
);
/// Ends effects whose lease is still the settler's. What is leased has an owner: asked for its state
/// as well, SQLite would walk through all that are leased instead of looking up the one.
pub const SETTLE: Statement = statement!(
    "UPDATE outbox
     SET state = settled.state,
       settled_at = settled.at,
       lease_owner = NULL,
       lease_until = NULL,
       last_setback = COALESCE(settled.why, outbox.last_setback),
       shows = settled.shows
     FROM (
       SELECT CAST(value->>'id' AS BIGINT) AS id, value->>'owner' AS owner,
         value->>'state' AS state, value->>'why' AS why, value->>'shows' AS shows,
         CAST(value->>'at' AS BIGINT) AS at
       FROM " rows "
     ) AS settled
     WHERE outbox.id = settled.id
       AND outbox.lease_owner = settled.owner"
);
/// Finds those of a kind that still wait, and of a kind that is done once in a life any. On
/// PostgreSQL one that is just being claimed is waited for and then passed over, so that an edit
/// planned after the claim is not lost; those found cannot be claimed until the commit.
/// The cross join lets SQLite begin with the few that are asked for.
const MEETINGS: Statement = statement!(
    "SELECT outbox.id, outbox.incident_id, outbox.kind, outbox.state, outbox.run_at, outbox.calm
     FROM " rows "
     CROSS JOIN outbox
     WHERE outbox.incident_id = value->>'incident_id'
       AND outbox.kind = value->>'kind'
       AND (outbox.state = 'ready' OR CAST(value->>'once' AS BOOLEAN))
     ORDER BY outbox.id
     " lock_outbox
);
const BRING_FORWARD: Statement = statement!(
    "UPDATE outbox
     SET run_at = wanted.run_at,
       calm = wanted.calm
     FROM (
       SELECT CAST(value->>'id' AS BIGINT) AS id, CAST(value->>'run_at' AS BIGINT) AS run_at,
         CAST(value->>'calm' AS BOOLEAN) AS calm
       FROM " rows "
     ) AS wanted
     WHERE outbox.id = wanted.id"
);
const PUT_EFFECTS: Statement = statement!(
    "INSERT INTO outbox (id, incident_id, destination, lane, kind, bucket, body, state, run_at,
       attempts, unsure, calm, planned_at)
     SELECT CAST(value->>'id' AS BIGINT), value->>'incident_id', value->>'destination',
       value->>'lane', value->>'kind', value->>'bucket', value->>'body', 'ready',
       CAST(value->>'run_at' AS BIGINT), 0, FALSE, CAST(value->>'calm' AS BOOLEAN),
       CAST(value->>'planned_at' AS BIGINT)
     FROM " rows
);

/// Writes commits that were judged recordable.
async fn write(transaction: &mut Transaction, commits: &[&Commit]) -> Result<(), StoreError> {
    let events: usize = commits.iter().map(|commit| commit.events.len()).sum();
    let planned: usize = commits.iter().map(|commit| commit.planned.len()).sum();
    let (mut position, mut effect_id) = (0, 0);
    if events + planned > 0 {
        // Numbers of effects may have gaps: which of them meet one of their kind is seen later.
        let amounts = [Arg::Int(events as i64), Arg::Int(planned as i64)];
        for (name, last) in transaction.all::<(String, i64)>(COUNT_UP, &amounts).await? {
            match name.as_str() {
                "event" => position = last - events as i64,
                _ => effect_id = last - planned as i64,
            }
        }
    }

    // Of two commits for one incident in a batch the later carries the state of both.
    let changed = commits.iter().filter(|commit| !commit.events.is_empty());
    let latest: HashMap<_, _> =
        changed.map(|commit| (commit.incident.id, &commit.incident)).collect();
    let incidents = latest.into_values().map(incident_row).collect::<Result<_, _>>()?;
    put(transaction, PUT_INCIDENTS, incidents).await?;
    if let Some(number) = openings(commits).map(|incident| incident.number).max() {
        transaction.run(TAKE_NUMBER, &[Arg::Int(number.0.into())]).await?;
    }

    let mut rows = Vec::with_capacity(events);
    for commit in commits {
        for recorded in &commit.events {
            position += 1;
            rows.push(event_row(commit.incident.id, position, recorded)?);
        }
    }
    put(transaction, PUT_EVENTS, rows).await?;

    let deliveries = commits.iter().filter_map(|commit| {
        let delivery = commit.delivery.as_ref()?;
        Some(json!({
            "door": plain(&delivery.door),
            "id": plain(&delivery.id),
            "incident_id": commit.incident.id,
            "recorded_at": micros(commit.now),
        }))
    });
    put(transaction, PUT_DELIVERIES, deliveries.collect()).await?;
    alert_holds::write(transaction, commits).await?;

    let settlements = commits.iter().filter_map(|commit| {
        let settlement = commit.settles.as_ref()?;
        Some(settlement_row(settlement, micros(commit.now)))
    });
    put(transaction, SETTLE, settlements.collect()).await?;
    plan(transaction, commits, effect_id).await
}

/// Puts what is planned into the outbox, as each meets those of its kind.
async fn plan(
    transaction: &mut Transaction,
    commits: &[&Commit],
    mut last_id: i64,
) -> Result<(), StoreError> {
    let mut all = Vec::new();
    for commit in commits {
        let (now, calm) = (micros(commit.now), commit.is_of_a_monitor());
        all.extend(commit.planned.iter().map(|planned| (commit.incident.id, now, calm, planned)));
    }
    // Those that may meet one of their kind: once for each incident and kind, at the earliest time,
    // and for a person if one of them is.
    let mut wanted: HashMap<(IncidentId, &str), (i64, bool)> = HashMap::new();
    let mut objects = Vec::new();
    for (incident, _, calm, Planned { effect, due_at }) in &all {
        let once = match effect.meeting() {
            Meeting::Follow => continue,
            Meeting::Merge => 0,
            Meeting::Once => 1,
        };
        let (kind, due_at) = (effect.kind(), micros(*due_at));
        match wanted.entry((*incident, kind)) {
            Entry::Occupied(mut earliest) => {
                let (at, is_calm) = *earliest.get();
                earliest.insert((due_at.min(at), *calm && is_calm));
            }
            Entry::Vacant(first) => {
                first.insert((due_at, *calm));
                objects.push(json!({ "incident_id": incident, "kind": kind, "once": once }));
            }
        }
    }
    let mut met: HashSet<(IncidentId, String)> = HashSet::new();
    let mut earlier = Vec::new();
    let found =
        rows::<(i64, String, String, String, i64, bool)>(transaction, MEETINGS, objects).await?;
    for (id, incident, kind, state, run_at, was_calm) in found {
        let incident = incident_id(&incident)?;
        let wanted = wanted.get(&(incident, kind.as_str())).copied();
        let (at, calm) = wanted.unwrap_or((run_at, was_calm));
        if state == "ready" && (at < run_at || (was_calm && !calm)) {
            let calm = was_calm && calm;
            earlier.push(json!({ "id": id, "run_at": at.min(run_at), "calm": i64::from(calm) }));
        }
        met.insert((incident, kind));
    }
    put(transaction, BRING_FORWARD, earlier).await?;

    let mut effects = Vec::new();
    for (incident, now, calm, Planned { effect, due_at }) in all {
        let (run_at, calm) = match effect.meeting() {
            Meeting::Follow => (micros(*due_at), calm),
            Meeting::Merge | Meeting::Once => {
                // From here on it is planned: the next of its kind in the batch meets it.
                if !met.insert((incident, effect.kind().to_owned())) {
                    continue;
                }
                wanted[&(incident, effect.kind())]
            }
        };
        last_id += 1;
        effects.push(effect_row(last_id, incident, effect, (run_at, calm), now)?);
    }
    put(transaction, PUT_EFFECTS, effects).await?;
    Ok(())
}

fn incident_row(incident: &Incident) -> Result<Value, StoreError> {
    let times = &incident.times;
    Ok(json!({
        "id": incident.id,
        "number": incident.number,
        "version": incident.version,
        "stage": incident.stage.name().key(),
        "severity": incident.severity,
        "worst_severity": incident.worst_severity,
        "domain": plain(&incident.domain.0),
        "kind": match incident.kind {
            Kind::Real => "real",
            Kind::Drill => "drill",
        },
        "visibility": match incident.visibility {
            Visibility::Company => "company",
            Visibility::Private => "private",
        },
        "channel_name": plain(&incident.channel_name),
        "channel_id": incident.channel.as_ref().map(|channel| plain(&channel.id)),
        "started_at": times.started_at.map(micros),
        "opened_at": micros(times.opened_at),
        "acknowledged_at": times.acknowledged_at.map(micros),
        "recovered_at": times.recovered_at.map(micros),
        "closed_at": times.closed_at.map(micros),
        "state": json_text(incident, "an incident")?,
    }))
}

fn event_row(
    incident: IncidentId,
    position: i64,
    recorded: &Recorded,
) -> Result<Value, StoreError> {
    Ok(json!({
        "position": position,
        "incident_id": incident,
        "version": recorded.version,
        "kind": recorded.event.kind(),
        "at": micros(recorded.at),
        "happened_at": micros(recorded.happened_at),
        "actor": json_text(&recorded.by, "an actor")?,
        "body": json_text(&recorded.event, "an event")?,
    }))
}

/// A settlement as [`SETTLE`] reads it.
pub fn settlement_row(settlement: &Settlement, at: i64) -> Value {
    let (state, why, shows) = match &settlement.result {
        Settled::Done => ("done", None, None),
        Settled::Shown { shows } => ("done", None, Some(plain(shows))),
        Settled::GivenUp { why } => ("given_up", Some(plain(why)), None),
        Settled::Moot => ("moot", None, None),
    };
    json!({
        "id": settlement.effect_id,
        "owner": plain(&settlement.owner),
        "state": state,
        "why": why,
        "shows": shows,
        "at": at,
    })
}

fn effect_row(
    id: i64,
    incident: IncidentId,
    effect: &Effect,
    (run_at, calm): (i64, bool),
    now: i64,
) -> Result<Value, StoreError> {
    Ok(json!({
        "id": id,
        "incident_id": incident,
        "destination": effect.destination().to_string(),
        "lane": effect.lane_key(),
        "kind": effect.kind(),
        "bucket": effect.budget(),
        "calm": i64::from(calm),
        "body": json_text(effect, "an effect")?,
        "run_at": run_at,
        "planned_at": now,
    }))
}
