//! The API's JSON: what is asked, and an incident as programs see it.

use std::fmt;

use jiff::{Timestamp, Unit};
use serde::{Deserialize, Deserializer, Serialize, de};
use sima_desk::Opening;
use sima_incident::{DomainKey, Impact, Incident, Kind, Policy, Severity, StageName, Visibility};
use utoipa::ToSchema;

use super::problem::Problem;

/// The most links of one incident.
const MOST_LINKS: usize = 20;

/// The longest link, in bytes: the longest that every browser opens.
const LONGEST_LINK: usize = 2000;

/// What is known when an incident is opened. Only the summary is needed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "summary": "Checkout fails for some customers", "severity": 2 }))]
pub struct NewIncident {
    /// What is broken, in one line.
    #[schema(min_length = 1)]
    summary: String,
    /// More about it.
    #[serde(default)]
    description: Option<String>,
    /// The key of a configured domain; the default one if absent.
    #[serde(default)]
    domain: Option<String>,
    /// How bad it is: 1 is the worst, `2` and `"SEV2"` are the same. The default if absent.
    #[serde(default, deserialize_with = "severity")]
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 9)]
    severity: Option<Severity>,
    /// How many clients are affected; unknown if absent.
    #[serde(default)]
    impact: Option<u64>,
    /// Whether only members of its channel may see it. The API then shows it to nobody.
    #[serde(default)]
    private: bool,
    /// Whether it is for practice: it pages nobody and counts nowhere.
    #[serde(default)]
    drill: bool,
    /// When customers first felt it.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When it was first noticed.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    detected_at: Option<Timestamp>,
    /// Where to read on: http and https, at most 20.
    #[serde(default)]
    links: Vec<String>,
    /// What to call whoever opens it. A name and no more: nobody is looked up or invited by it.
    #[serde(default)]
    pub reporter: Option<String>,
}

impl NewIncident {
    /// It as the desk takes it; the desk judges all but the links.
    pub fn opening(self) -> Result<Opening, Problem> {
        if self.links.len() > MOST_LINKS {
            let message = format!("an incident takes at most {MOST_LINKS} links");
            return Err(Problem::new("bad_link", message, "leave some out").at("links"));
        }
        for (at, link) in self.links.iter().enumerate() {
            let leads = link.starts_with("https://") || link.starts_with("http://");
            let whole = !link.chars().any(|letter| letter.is_control() || letter.is_whitespace());
            if !leads || !whole || link.len() > LONGEST_LINK {
                let message = format!(
                    "a link begins with https:// or http://, has no blanks and at most \
                     {LONGEST_LINK} bytes"
                );
                let problem = Problem::new("bad_link", message, "correct it, or leave it out");
                return Err(problem.at(format!("links[{at}]")));
            }
        }
        Ok(Opening {
            description: self.description,
            domain: self.domain.map(DomainKey),
            severity: self.severity,
            impact: self.impact.map_or(Impact::Unknown, Impact::Clients),
            kind: if self.drill { Kind::Drill } else { Kind::Real },
            visibility: if self.private { Visibility::Private } else { Visibility::Company },
            started_at: self.started_at.map(whole_micros),
            detected_at: self.detected_at.map(whole_micros),
            links: self.links,
            ..Opening::of(self.summary)
        })
    }
}

/// An incident.
#[derive(Debug, Serialize, ToSchema)]
pub struct IncidentShown {
    /// The number people say.
    #[schema(example = 42)]
    number: u32,
    /// The number as people write it.
    #[schema(example = "INC-42")]
    name: String,
    /// Its identity.
    #[schema(format = Uuid)]
    id: String,
    /// SIMA's short link: it leads to the channel as soon as there is one.
    #[schema(example = "https://sima.example.com/i/INC-42")]
    url: String,
    /// Its page on the dashboard; a private incident has none.
    page_url: Option<String>,
    /// What is broken.
    summary: String,
    /// More about it.
    description: Option<String>,
    /// The key of its domain.
    domain: String,
    /// How bad it is now.
    #[schema(minimum = 1, maximum = 9)]
    severity: u8,
    /// How many clients are affected; null while unknown.
    impact: Option<u64>,
    /// Where it is in its life.
    #[schema(value_type = String, example = "investigating", pattern =
        "^(open|investigating|fixing|monitoring|recovered|closed|dismissed)$")]
    stage: StageName,
    /// Whether people are at work on it.
    live: bool,
    /// Whether only members of its channel may see it.
    private: bool,
    /// Whether it is for practice.
    drill: bool,
    /// Its channel; null until it exists.
    channel: Option<ChannelShown>,
    /// When each thing was true; null if it never was, or nobody said.
    times: TimesShown,
    /// Where to read on.
    links: Vec<String>,
}

/// An incident's channel.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelShown {
    /// The chat's id of it.
    id: String,
    /// Its name, without `#`.
    name: String,
}

/// When each thing was true.
#[allow(clippy::struct_field_names, reason = "the names of the JSON, as everywhere in SIMA")]
#[derive(Debug, Serialize, ToSchema)]
pub struct TimesShown {
    /// When customers first felt it.
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    /// When it was first noticed.
    #[schema(value_type = Option<String>, format = DateTime)]
    detected_at: Option<Timestamp>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// When a responder took it.
    #[schema(value_type = Option<String>, format = DateTime)]
    acknowledged_at: Option<Timestamp>,
    /// When the cause was known.
    #[schema(value_type = Option<String>, format = DateTime)]
    identified_at: Option<Timestamp>,
    /// When the impact stopped.
    #[schema(value_type = Option<String>, format = DateTime)]
    mitigated_at: Option<Timestamp>,
    /// When the system was back to normal.
    #[schema(value_type = Option<String>, format = DateTime)]
    recovered_at: Option<Timestamp>,
    /// When the learning was done.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
}

/// A page of a list, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListShown {
    /// The incidents.
    pub incidents: Vec<IncidentShown>,
    /// What to give as `before` for the next page; null on the last.
    pub next_before: Option<u32>,
}

impl IncidentShown {
    /// An incident as it is.
    pub fn of(incident: &Incident, policy: &Policy) -> Self {
        let times = &incident.times;
        let public = &policy.public_url;
        let number = incident.number;
        Self {
            number: number.0,
            name: number.to_string(),
            id: incident.id.to_string(),
            url: format!("{public}/i/{number}"),
            page_url: (!incident.is_private()).then(|| format!("{public}/incidents/{number}")),
            summary: incident.summary.clone(),
            description: incident.description.clone(),
            domain: incident.domain.0.clone(),
            severity: incident.severity.level(),
            impact: match incident.impact {
                Impact::Unknown => None,
                Impact::Clients(count) => Some(count),
            },
            stage: incident.stage.name(),
            live: incident.stage.is_live(),
            private: incident.is_private(),
            drill: incident.is_drill(),
            channel: incident
                .channel
                .as_ref()
                .map(|channel| ChannelShown { id: channel.id.clone(), name: channel.name.clone() }),
            times: TimesShown {
                started_at: times.started_at,
                detected_at: times.detected_at,
                opened_at: times.opened_at,
                acknowledged_at: times.acknowledged_at,
                identified_at: times.identified_at,
                mitigated_at: times.mitigated_at,
                recovered_at: times.recovered_at,
                closed_at: times.closed_at,
            },
            links: incident.links.clone(),
        }
    }
}

/// A time as it is kept.
fn whole_micros(at: Timestamp) -> Timestamp {
    let truncate =
        jiff::TimestampRound::new().smallest(Unit::Microsecond).mode(jiff::RoundMode::Trunc);
    at.round(truncate).unwrap_or(at)
}

/// Reads `2` and `"SEV2"`; null is absent.
fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    struct Level;
    impl de::Visitor<'_> for Level {
        type Value = Option<Severity>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a severity from 1 (the worst) to 9")
        }

        fn visit_u64<E: de::Error>(self, level: u64) -> Result<Self::Value, E> {
            let severity = u8::try_from(level).ok().and_then(Severity::new);
            severity
                .map(Some)
                .ok_or_else(|| E::invalid_value(de::Unexpected::Unsigned(level), &self))
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map(Some).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
        }

        fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
            Ok(None)
        }
    }
    deserializer.deserialize_any(Level)
}
