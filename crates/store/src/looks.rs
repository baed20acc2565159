//! How far each person has followed an incident.

use jiff::Timestamp;
use sima_incident::{IncidentId, PersonId};

use crate::{
    Store, StoreError,
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    ledger::Arg,
    rows::plain,
};

/// The last time a person looked at an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// How many events the incident had then.
    pub version: u32,
    /// When it was.
    pub at: Timestamp,
}

/// Of two looks the later counts, in whatever order they are remembered.
const REMEMBER: Statement = statement!(
    "INSERT INTO looks (incident_id, person_id, version, looked_at)
     VALUES ($1, $2, $3, $4)
     ON CONFLICT (incident_id, person_id) DO UPDATE SET
       version = excluded.version,
       looked_at = excluded.looked_at
     WHERE excluded.version > looks.version
       OR (excluded.version = looks.version AND excluded.looked_at > looks.looked_at)"
);
const FIND: Statement = statement!(
    "SELECT version, looked_at
     FROM looks
     WHERE incident_id = $1
       AND person_id = $2"
);

impl Store {
    /// Remembers that a person looked at an incident as it was with so many events.
    ///
    /// # Errors
    /// [`StoreError`]: it is not remembered.
    pub async fn remember_look(
        &self,
        incident: IncidentId,
        person: &PersonId,
        look: Look,
    ) -> Result<(), StoreError> {
        let (incident, person) = (incident.to_string(), plain(&person.0));
        let args = [
            Arg::Text(&incident),
            Arg::Text(&person),
            Arg::Int(look.version.into()),
            Arg::Int(micros(look.at)),
        ];
        self.ledger().writer().await?.run(REMEMBER, &args).await?;
        Ok(())
    }

    /// When a person last looked at an incident, if they ever did.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn last_look(
        &self,
        incident: IncidentId,
        person: &PersonId,
    ) -> Result<Option<Look>, StoreError> {
        let (incident, person) = (incident.to_string(), plain(&person.0));
        let args = [Arg::Text(&incident), Arg::Text(&person)];
        let found = self.ledger().reader().await?.first::<(i64, i64)>(FIND, &args).await?;
        found
            .map(|(version, at)| Ok(Look { version: version as u32, at: timestamp(at)? }))
            .transpose()
    }
}
