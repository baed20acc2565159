//! Reading incidents and their events.

use serde_json::{Value, json};
use sima_incident::{Incident, IncidentId, IncidentNumber, Recorded};

use crate::{
    Delivery, Store, StoreError,
    dialect::{Statement, statement},
    instant::timestamp,
    ledger::{Arg, Connection},
    rows::{from_json, incident_id, plain},
};

/// One page of a list, newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The most incidents to give.
    pub limit: u32,
    /// Only those older than this one: the last of the page before.
    pub before: Option<IncidentNumber>,
}

/// How many incidents are in memory at once while all are read.
const AT_ONCE: usize = 256;

const NEXT_NUMBER: Statement = statement!(
    "SELECT value + 1
     FROM counters
     WHERE name = 'incident'"
);
const BY_ID: Statement = statement!("SELECT state FROM incidents WHERE id = $1");
const BY_NUMBER: Statement = statement!("SELECT state FROM incidents WHERE number = $1");
const BY_CHANNEL: Statement = statement!("SELECT state FROM incidents WHERE channel_id = $1");
const LIVE: Statement = statement!(
    "SELECT state
     FROM incidents
     WHERE stage IN ('open', 'investigating', 'fixing', 'monitoring')
     ORDER BY number DESC"
);
const OLDER: Statement = statement!(
    "SELECT state
     FROM incidents
     WHERE number < $1
     ORDER BY number DESC
     LIMIT $2"
);
const NEWER: Statement = statement!(
    "SELECT number, state
     FROM incidents
     WHERE number > $1
     ORDER BY number
     LIMIT $2"
);
const EVENTS: Statement = statement!(
    "SELECT version, at, happened_at, actor, body
     FROM events
     WHERE incident_id = $1
     ORDER BY version"
);
const BY_CHANNEL_NAME: Statement = statement!("SELECT id FROM incidents WHERE channel_name = $1");
const BY_DELIVERY: Statement =
    statement!("SELECT incident_id FROM deliveries WHERE door = $1 AND id = $2");
const BY_IDS: Statement = statement!(
    "SELECT state
     FROM incidents
     WHERE id IN (SELECT value->>'id' FROM " rows ")"
);

impl Store {
    /// The next incident number. It is taken by the commit that uses it: of two that would use the
    /// same one, the second is told so, and none stays unused.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn next_number(&self) -> Result<IncidentNumber, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let (number,) =
            reader.first::<(i64,)>(NEXT_NUMBER, &[]).await?.ok_or(sqlx::Error::RowNotFound)?;
        Ok(IncidentNumber(number as u32))
    }

    /// Finds an incident by its identity.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn incident(&self, id: IncidentId) -> Result<Option<Incident>, StoreError> {
        self.one_incident(BY_ID, Arg::Text(&id.to_string())).await
    }

    /// Finds incidents by their identities, in no order; unknown ones are left out.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn incidents_of(&self, ids: &[IncidentId]) -> Result<Vec<Incident>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = ids.iter().map(|id| json!({ "id": id })).collect();
        let ids = Value::Array(ids).to_string();
        many_incidents(&mut self.ledger().reader().await?, BY_IDS, &[Arg::Text(&ids)]).await
    }

    /// Finds an incident by the number people say.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn incident_numbered(
        &self,
        number: IncidentNumber,
    ) -> Result<Option<Incident>, StoreError> {
        self.one_incident(BY_NUMBER, Arg::Int(number.0.into())).await
    }

    /// Finds the incident whose channel has that id.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn incident_in_channel(
        &self,
        channel_id: &str,
    ) -> Result<Option<Incident>, StoreError> {
        self.one_incident(BY_CHANNEL, Arg::Text(&plain(channel_id))).await
    }

    /// Lists the incidents people are at work on, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn live_incidents(&self) -> Result<Vec<Incident>, StoreError> {
        many_incidents(&mut self.ledger().reader().await?, LIVE, &[]).await
    }

    /// Lists incidents of every stage, newest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn incidents(&self, page: Page) -> Result<Vec<Incident>, StoreError> {
        let before = page.before.map_or(i64::MAX, |number| number.0.into());
        let args = [Arg::Int(before), Arg::Int(page.limit.into())];
        many_incidents(&mut self.ledger().reader().await?, OLDER, &args).await
    }

    /// Shows every incident there ever was, oldest first, without holding all of them at once.
    ///
    /// Not one instant: an incident opened meanwhile may be among them, and one changed meanwhile
    /// is shown once, before or after the change.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; some may have been shown.
    pub async fn for_each_incident(
        &self,
        mut show: impl FnMut(Incident) + Send,
    ) -> Result<(), StoreError> {
        let mut last = 0;
        loop {
            // The connection goes back after each chunk, so that others can read in between.
            let args = [Arg::Int(last), Arg::Int(AT_ONCE as i64)];
            let chunk = self.ledger().reader().await?.all::<(i64, String)>(NEWER, &args).await?;
            let complete = chunk.len() < AT_ONCE;
            for (number, state) in chunk {
                last = number;
                show(from_json(&state, "incident")?);
            }
            if complete {
                return Ok(());
            }
        }
    }

    /// Lists what became true of an incident, in order; nothing if there is no such incident.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn events(&self, id: IncidentId) -> Result<Vec<Recorded>, StoreError> {
        let id = id.to_string();
        let mut reader = self.ledger().reader().await?;
        reader
            .all::<(i64, i64, i64, String, String)>(EVENTS, &[Arg::Text(&id)])
            .await?
            .into_iter()
            .map(|(version, at, happened_at, actor, body)| {
                Ok(Recorded {
                    version: version as u32,
                    at: timestamp(at)?,
                    happened_at: timestamp(happened_at)?,
                    by: from_json(&actor, "actor")?,
                    event: from_json(&body, "event")?,
                })
            })
            .collect()
    }

    /// Whether one of our incidents has that channel name.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn channel_name_taken(&self, name: &str) -> Result<bool, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let holder = reader.first::<(String,)>(BY_CHANNEL_NAME, &[Arg::Text(&plain(name))]).await?;
        Ok(holder.is_some())
    }

    /// Finds the incident a delivery was recorded for, if it came before.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn delivered(&self, delivery: &Delivery) -> Result<Option<IncidentId>, StoreError> {
        let (door, id) = (plain(&delivery.door), plain(&delivery.id));
        let mut reader = self.ledger().reader().await?;
        let known =
            reader.first::<(String,)>(BY_DELIVERY, &[Arg::Text(&door), Arg::Text(&id)]).await?;
        known.map(|(id,)| incident_id(&id)).transpose()
    }

    async fn one_incident(
        &self,
        statement: Statement,
        key: Arg<'_>,
    ) -> Result<Option<Incident>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        Ok(many_incidents(&mut reader, statement, &[key]).await?.pop())
    }
}

async fn many_incidents(
    reader: &mut Connection,
    statement: Statement,
    args: &[Arg<'_>],
) -> Result<Vec<Incident>, StoreError> {
    let rows = reader.all::<(String,)>(statement, args).await?;
    rows.into_iter().map(|(state,)| from_json(&state, "incident")).collect()
}
