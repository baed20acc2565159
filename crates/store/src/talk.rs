//! When people last wrote in the channel of an incident: that they did, never who or what.

use jiff::{SignedDuration, Timestamp};
use sima_incident::IncidentId;

use crate::{
    Store, StoreError,
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    ledger::Arg,
};

/// Talk is noted no oftener than this: what it is for lasts minutes.
const OFTEN_ENOUGH: SignedDuration = SignedDuration::from_secs(15);

const NOTE: Statement = statement!(
    "INSERT INTO channel_talk (incident_id, spoken_at)
     VALUES ($1, $2)
     ON CONFLICT (incident_id) DO UPDATE SET spoken_at = excluded.spoken_at
     WHERE channel_talk.spoken_at < excluded.spoken_at"
);
const FIND: Statement = statement!("SELECT spoken_at FROM channel_talk WHERE incident_id = $1");

impl Store {
    /// Notes that somebody wrote in the channel of an incident. An earlier time than is known changes
    /// nothing.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn note_talk(&self, incident: IncidentId, at: Timestamp) -> Result<(), StoreError> {
        let known = self.talked_at(incident).await?;
        if known.is_some_and(|known| at.duration_since(known) < OFTEN_ENOUGH) {
            return Ok(());
        }
        let id = incident.to_string();
        let args = [Arg::Text(&id), Arg::Int(micros(at))];
        self.ledger().writer().await?.run(NOTE, &args).await?;
        Ok(())
    }

    /// When somebody last wrote in the channel of an incident, if anybody did while it mattered.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn talked_at(&self, incident: IncidentId) -> Result<Option<Timestamp>, StoreError> {
        let id = incident.to_string();
        let mut reader = self.ledger().reader().await?;
        let found = reader.all::<(i64,)>(FIND, &[Arg::Text(&id)]).await?;
        found.first().map(|(at,)| timestamp(*at)).transpose()
    }
}
