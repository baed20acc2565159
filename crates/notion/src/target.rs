//! Where pages are made: the database, or its data source, with the properties it has.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::Value;
use sima_incident::Setback;

use crate::{
    client::Client,
    perform::{Deed, Fault, ask},
    wire::{DataSource, Database, Parent},
};

/// The place, as last read.
#[derive(Debug)]
pub(crate) struct Target {
    pub parent: Parent,
    /// Where its pages are asked for; follows `/v1/`.
    pub query: String,
    pub schema: Schema,
}

/// The properties its pages have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Schema {
    /// The name of the one title property; it varies.
    pub title: String,
    /// All others by name.
    pub others: BTreeMap<String, Kind>,
}

/// What a property takes. Kinds that nothing is written to are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    RichText,
    Number,
    Url,
    Select,
    MultiSelect,
    /// Only options it already has can be written.
    Status(Vec<String>),
    Date,
}

impl Target {
    /// Reads the place from Notion.
    pub async fn read(client: &Client, database_id: &str) -> Result<Self, Fault> {
        if !client.has_data_sources() {
            let path = format!("databases/{database_id}");
            let database: Database = ask(client, Method::GET, &path, Deed::Read).await?;
            let parent = Parent::DatabaseId { database_id: database_id.to_owned() };
            let query = format!("databases/{database_id}/query");
            return Ok(Self { parent, query, schema: Schema::read(&database.properties)? });
        }
        let data_source_id = data_source(client, database_id).await?;
        let path = format!("data_sources/{data_source_id}");
        let source: Database = ask(client, Method::GET, &path, Deed::Read).await?;
        let query = format!("data_sources/{data_source_id}/query");
        let parent = Parent::DataSourceId { data_source_id };
        Ok(Self { parent, query, schema: Schema::read(&source.properties)? })
    }
}

impl Schema {
    fn read(properties: &BTreeMap<String, Value>) -> Result<Self, Fault> {
        let kind = |property: &Value| property["type"].as_str().map(str::to_owned);
        let title = properties
            .iter()
            .find(|(_, property)| kind(property).as_deref() == Some("title"))
            .map(|(name, _)| name.clone())
            .ok_or_else(|| Setback::refused("the Notion database has no title property"))?;
        let others = properties
            .iter()
            .filter_map(|(name, property)| Some((name.clone(), Kind::read(property)?)))
            .collect();
        Ok(Self { title, others })
    }

    /// A property by the name people gave it, in whatever case, with that name.
    pub fn named(&self, name: &str) -> Option<(&str, &Kind)> {
        self.others
            .iter()
            .find(|(given, _)| given.trim().eq_ignore_ascii_case(name))
            .map(|(given, kind)| (given.as_str(), kind))
    }
}

impl Kind {
    fn read(property: &Value) -> Option<Self> {
        Some(match property["type"].as_str()? {
            "rich_text" => Self::RichText,
            "number" => Self::Number,
            "url" => Self::Url,
            "select" => Self::Select,
            "multi_select" => Self::MultiSelect,
            "date" => Self::Date,
            "status" => {
                let options = property["status"]["options"].as_array().into_iter().flatten();
                let name = |option: &Value| option["name"].as_str().map(str::to_owned);
                Self::Status(options.filter_map(name).collect())
            }
            _ => return None,
        })
    }
}

/// The data source pages are made in: the database's only one.
async fn data_source(client: &Client, database_id: &str) -> Result<String, Fault> {
    let path = format!("databases/{database_id}");
    let database: Result<Database, Fault> = ask(client, Method::GET, &path, Deed::Read).await;
    let mut sources = match database {
        Ok(database) => database.data_sources,
        Err(Fault::NotFound(why)) => {
            // People with several data sources configure the id of the one they mean.
            let path = format!("data_sources/{database_id}");
            let source: Result<DataSource, Fault> =
                ask(client, Method::GET, &path, Deed::Read).await;
            return source.map(|source| source.id).map_err(|_| Fault::NotFound(why));
        }
        Err(fault) => return Err(fault),
    };
    match (sources.pop(), sources.is_empty()) {
        (Some(only), true) => Ok(only.id),
        (None, _) => Err(Setback::refused("the Notion database has no data source").into()),
        (Some(last), false) => {
            sources.push(last);
            let named: Vec<String> =
                sources.iter().map(|source| format!("{} ({})", source.name, source.id)).collect();
            let why = format!(
                "the Notion database has several data sources: set notion.database_id to the id of \
                 the one for post-mortems: {}",
                named.join(", ")
            );
            Err(Setback::refused(why).into())
        }
    }
}

/// The id in what people paste: a bare id, or the address of the database.
pub(crate) fn id_in(pasted: &str) -> String {
    // What follows `?v=` is the id of a view.
    let address = pasted.trim().split(['?', '#']).next().unwrap_or_default();
    let last = address.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    let digits: Vec<char> = last.chars().filter(|c| *c != '-').collect();
    let tail = &digits[digits.len().saturating_sub(32)..];
    if tail.len() == 32 && tail.iter().all(char::is_ascii_hexdigit) {
        tail.iter().collect()
    } else {
        last.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_in_what_people_paste() {
        let id = "0123456789abcdef0123456789abcdef";
        let cases = [
            id,
            " 0123456789abcdef0123456789abcdef ",
            "01234567-89ab-cdef-0123-456789abcdef",
            "https://www.notion.so/acme/0123456789abcdef0123456789abcdef?v=ffff456789abcdef0123456789abcdef",
            "https://www.notion.so/acme/Post-mortems-0123456789abcdef0123456789abcdef",
        ];
        for pasted in cases {
            assert_eq!(id_in(pasted), id, "{pasted}");
        }
        assert_eq!(id_in("db-postmortems"), "db-postmortems");
    }
}
