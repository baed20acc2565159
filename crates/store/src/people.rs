//! People, as the directory of the chat last showed them: a cache, filled again at any time.

use serde_json::{Value, json};
use sima_incident::PersonId;

use crate::{
    Store, StoreError,
    dialect::{Statement, statement},
    ledger::Arg,
    rows::plain,
};

/// A person of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The chat's id of them.
    pub id: PersonId,
    /// The name they are shown by.
    pub name: String,
    /// Their IANA time zone, if the chat said so.
    pub time_zone: Option<String>,
    /// Whether it is a program.
    pub is_bot: bool,
    /// Whether they have left.
    pub deactivated: bool,
}

const REMEMBER: Statement = statement!(
    "INSERT INTO people (id, name, time_zone, is_bot, deactivated)
     SELECT value->>'id', value->>'name', value->>'time_zone',
       CAST(value->>'is_bot' AS BOOLEAN), CAST(value->>'deactivated' AS BOOLEAN)
     FROM " rows "
     WHERE TRUE
     ON CONFLICT (id) DO UPDATE SET
       name = excluded.name,
       time_zone = excluded.time_zone,
       is_bot = excluded.is_bot,
       deactivated = excluded.deactivated"
);
const FIND: Statement = statement!(
    "SELECT id, name, time_zone, is_bot, deactivated
     FROM people
     WHERE id IN (SELECT value->>'id' FROM " rows ")
     ORDER BY name, id"
);

impl Store {
    /// Remembers people as they are now; of one given twice the last counts.
    ///
    /// # Errors
    /// [`StoreError`]: nobody was remembered.
    pub async fn remember_people(&self, people: &[Person]) -> Result<(), StoreError> {
        // One statement must not touch a row twice.
        let people: std::collections::BTreeMap<_, _> =
            people.iter().map(|person| (plain(&person.id.0), person)).collect();
        if people.is_empty() {
            return Ok(());
        }
        let rows = people.into_iter().map(|(id, person)| {
            json!({
                "id": id,
                "name": plain(&person.name),
                "time_zone": person.time_zone.as_deref().map(plain),
                "is_bot": i32::from(person.is_bot),
                "deactivated": i32::from(person.deactivated),
            })
        });
        let rows = Value::Array(rows.collect()).to_string();
        self.ledger().writer().await?.run(REMEMBER, &[Arg::Text(&rows)]).await?;
        Ok(())
    }

    /// Finds a person.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn person(&self, id: &PersonId) -> Result<Option<Person>, StoreError> {
        Ok(self.people(std::slice::from_ref(id)).await?.pop())
    }

    /// Finds people, by name; unknown ones are left out.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn people(&self, ids: &[PersonId]) -> Result<Vec<Person>, StoreError> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let ids = ids.iter().map(|id| json!({ "id": plain(&id.0) }));
        let ids = Value::Array(ids.collect()).to_string();
        let mut reader = self.ledger().reader().await?;
        let found = reader
            .all::<(String, String, Option<String>, bool, bool)>(FIND, &[Arg::Text(&ids)])
            .await?;
        Ok(found
            .into_iter()
            .map(|(id, name, time_zone, is_bot, deactivated)| Person {
                id: PersonId(id),
                name,
                time_zone,
                is_bot,
                deactivated,
            })
            .collect())
    }
}
