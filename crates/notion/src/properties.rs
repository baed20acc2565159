//! What a page says in its properties: only those the database has, in the kind they have.
//!
//! To add a property: add its line in [`known`], and its name to [`NAMES`].

use std::collections::BTreeMap;

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};
use sima_incident::{
    Impact, Incident, Policy,
    figures::{Measured, durations},
};

use crate::{
    pages::title,
    target::{Kind, Schema},
};

/// The text property by which a page is found again.
pub(crate) const SIMA_ID: &str = "SIMA ID";

/// The address property by which it is found if there is no [`SIMA_ID`].
pub(crate) const INCIDENT: &str = "Incident";

/// The names of all properties that are filled in where they exist, as [`known`] has them.
pub(crate) const NAMES: [&str; 14] = [
    SIMA_ID,
    INCIDENT,
    "Severity",
    "Domain",
    "Impact",
    "Channel",
    "Started",
    "Detected",
    "Opened",
    "Acknowledged",
    "Recovered",
    "Time to acknowledge (min)",
    "Time to repair (min)",
    "Time to recover (min)",
];

/// The properties of a new page.
pub(crate) fn properties(
    schema: &Schema,
    incident: &Incident,
    policy: &Policy,
    page_title: &str,
) -> BTreeMap<String, Value> {
    let mut properties: BTreeMap<String, Value> = known(incident, policy)
        .into_iter()
        .filter_map(|(name, sayings)| {
            let (name, kind) = schema.named(name)?;
            let value = sayings.iter().find_map(|saying| saying.as_value(kind))?;
            Some((name.to_owned(), value))
        })
        .collect();
    properties.insert(schema.title.clone(), json!({ "title": title(page_title) }));
    properties
}

/// SIMA's own link to an incident.
pub(crate) fn link(incident: &Incident, policy: &Policy) -> String {
    format!("{}/i/{}", policy.public_url, incident.number)
}

/// Something a property may be set to.
enum Saying<'a> {
    Text(String),
    Choice(String),
    Number(u64),
    Minutes(f64),
    Address(String),
    Time(Timestamp, &'a TimeZone),
}

/// Every property SIMA fills in where it exists, by name, with what fits its kind first.
fn known<'a>(incident: &Incident, policy: &'a Policy) -> Vec<(&'static str, Vec<Saying<'a>>)> {
    let times = &incident.times;
    let time = |at: Option<Timestamp>| {
        at.map(|at| Saying::Time(at, &policy.time_zone)).into_iter().collect()
    };
    let impact = match incident.impact {
        Impact::Unknown => vec![Saying::Text("unknown".into())],
        Impact::Clients(count) => vec![Saying::Number(count), Saying::Text(count.to_string())],
    };
    let channel = incident.channel.iter().flat_map(|channel| {
        let address = format!("https://slack.com/app_redirect?channel={}", channel.id);
        [Saying::Address(address), Saying::Text(format!("#{}", channel.name))]
    });
    // To the tenth of a minute: a database is there to be read and sorted.
    let minutes = |measured: Measured| {
        let minutes = measured.map(|took| (took.as_secs_f64() / 6.0).round() / 10.0);
        minutes.ok().map(Saying::Minutes).into_iter().collect()
    };
    let took = durations(incident);
    vec![
        (SIMA_ID, vec![Saying::Text(incident.id.to_string())]),
        (
            INCIDENT,
            vec![
                Saying::Address(link(incident, policy)),
                Saying::Number(incident.number.0.into()),
                Saying::Text(incident.number.to_string()),
            ],
        ),
        ("Severity", vec![Saying::Choice(incident.worst_severity.to_string())]),
        ("Domain", vec![Saying::Choice(policy.domain_name(&incident.domain).to_owned())]),
        ("Impact", impact),
        ("Channel", channel.collect()),
        ("Started", time(Some(times.started()))),
        ("Detected", time(times.detected_at)),
        ("Opened", time(Some(times.opened_at))),
        ("Acknowledged", time(times.acknowledged_at)),
        ("Recovered", time(times.recovered_at)),
        ("Time to acknowledge (min)", minutes(took.time_to_acknowledge)),
        ("Time to repair (min)", minutes(took.time_to_repair)),
        ("Time to recover (min)", minutes(took.time_to_recover)),
    ]
}

impl Saying<'_> {
    /// It as a property of that kind takes it, if it does.
    fn as_value(&self, kind: &Kind) -> Option<Value> {
        Some(match (self, kind) {
            (Self::Text(text) | Self::Choice(text), Kind::RichText) => {
                json!({ "rich_text": title(text) })
            }
            (Self::Choice(name), Kind::Select) => json!({ "select": { "name": option(name) } }),
            (Self::Choice(name), Kind::MultiSelect) => {
                json!({ "multi_select": [{ "name": option(name) }] })
            }
            (Self::Choice(name), Kind::Status(options)) if options.contains(name) => {
                json!({ "status": { "name": name } })
            }
            (Self::Number(number), Kind::Number) => json!({ "number": number }),
            (Self::Minutes(minutes), Kind::Number) => json!({ "number": minutes }),
            (Self::Address(url), Kind::Url) => json!({ "url": url }),
            (Self::Time(at, zone), Kind::Date) => {
                let local = at.to_zoned((*zone).clone());
                let start = local.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
                json!({ "date": { "start": start } })
            }
            _ => return None,
        })
    }
}

/// The name of an option: commas are refused, and 100 characters are enough.
fn option(name: &str) -> String {
    name.replace(',', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(100)
        .collect()
}
