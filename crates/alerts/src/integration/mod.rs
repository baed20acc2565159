//! An integration: one sender of alerts by the name in its URL, how it proves itself, and how its
//! words are to be taken.
//!
//! Without any, each source has one of its own name, which is believed by the general token.

mod fields;
mod problems;
mod proof;

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use sima_incident::{Policy, Severity};

use crate::{
    Delivery, Reading, Unreadable,
    severity::{Level, Severities},
    sources::read_with,
};

pub use fields::{Fields, Pointer};
pub use problems::Problem;
pub use proof::{Believed, GENERAL_TOKEN};

/// One sender of alerts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Integration {
    /// What it is called in its URL, `/alerts/{name}`: letters of a to z, digits, `-` and `_`.
    pub name: String,
    /// The source that sends, one of those SIMA can read.
    pub source: String,
    /// What it must show: as a bearer token, as the password of basic authentication, at the end of
    /// its URL, or there as `auth_token`.
    pub token: SecretString,
    /// What it signs its bodies with.
    pub secret: SecretString,
    /// The header with the time of Grafana's signature; without it an old delivery may be repeated.
    pub time_header: Option<String>,
    /// For `cloudwatch`: the topics of SNS that are believed, by their ARN, if AWS signed for them.
    pub topics: Vec<String>,
    /// For `azure`: the tenant whose Entra ID signs for the action group, by its id.
    pub tenant: String,
    /// For `azure`: whom the tokens are for, as the application is registered.
    pub audience: String,
    /// How bad an alert is whose sender does not say so; otherwise the general default.
    #[serde(deserialize_with = "severity")]
    pub default_severity: Option<Severity>,
    /// What words of the sender mean where they are not the usual ones.
    pub severities: Severities,
    /// For `generic`: where in a foreign body to find what.
    pub fields: Option<Fields>,
}

/// What one delivery turned out to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The alerts, or why there are none.
    pub reading: Reading,
    /// The sender's own id of the delivery, the same when it is sent again.
    pub id: Option<String>,
}

impl Integration {
    /// A source that nobody configured, believed by the general token.
    fn usual(source: &str, token: &SecretString) -> Self {
        Self {
            name: source.to_owned(),
            source: source.to_owned(),
            token: token.clone(),
            ..Self::default()
        }
    }

    /// Whether it signs what it sends with a secret.
    pub fn is_signed(&self) -> bool {
        proof::is_set(&self.secret)
    }

    /// Makes alerts of what it delivered.
    ///
    /// # Errors
    /// [`Unreadable`] in one line that may be shown to the sender.
    pub fn read(&self, delivery: &Delivery<'_>) -> Result<Delivered, Unreadable> {
        let Delivery { content_type, query, body, now, .. } = *delivery;
        let header = |name: &str| (delivery.header)(name);
        let severities = &self.severities;
        let delivery = Delivery { content_type, header: &header, query, body, now, severities };
        let (mut reading, id) = read_with(&self.source, &delivery, |body| match &self.fields {
            Some(fields) => fields.applied(&body),
            None => Ok(body),
        })?;
        if let Reading::Alerts(alerts) = &mut reading {
            for alert in alerts {
                alert.integration.clone_from(&self.name);
                alert.severity = alert.severity.or(self.default_severity);
            }
        }
        Ok(Delivered { reading, id })
    }
}

/// Every integration there is, by its name.
#[derive(Clone, Debug, Default)]
pub struct Integrations {
    by_name: BTreeMap<String, Integration>,
    general: Option<SecretString>,
}

impl Integrations {
    /// Those that are configured; and with a general token every source under its own name, unless
    /// an integration has that name.
    pub fn new(configured: &[Integration], general: &SecretString) -> Self {
        let general = (!general.expose_secret().trim().is_empty()).then(|| general.clone());
        let mut by_name = BTreeMap::new();
        for source in crate::sources() {
            if let Some(token) = &general {
                by_name.insert(source.to_owned(), Integration::usual(source, token));
            }
        }
        for one in configured {
            by_name.insert(one.name.clone(), one.clone());
        }
        Self { by_name, general }
    }

    /// The one of that name.
    pub fn named(&self, name: &str) -> Option<&Integration> {
        self.by_name.get(name)
    }

    /// Whether somebody who asks for a name that is not there knows the general token, and so may
    /// be told which names are.
    pub fn knows(&self, path_token: Option<&str>, delivery: &Delivery<'_>) -> bool {
        self.general.as_ref().is_some_and(|token| proof::token(token, path_token, delivery).is_ok())
    }

    /// What is wrong with those that are configured; to be refused at start.
    pub fn problems(configured: &[Integration], policy: &Policy) -> Vec<Problem> {
        problems::of(configured, policy)
    }

    /// Whether an integration is believed by the general token alone.
    pub fn is_general(&self, integration: &Integration) -> bool {
        let token = integration.token.expose_secret();
        self.general.as_ref().is_some_and(|general| general.expose_secret() == token)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.by_name.keys().map(String::as_str)
    }
}

fn severity<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Severity>, D::Error> {
    Level::deserialize(deserializer).map(|level| Some(level.0))
}
