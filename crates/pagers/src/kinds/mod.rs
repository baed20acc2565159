//! The kinds of pager there are, each with what it is sent and what it cannot do.

mod goalert;
mod grafana;
mod jsm;
mod webhook;

use std::{fmt, str::FromStr};

use secrecy::SecretString;

use crate::{
    call::{Call, Verb},
    page::Page,
};

/// A kind of pager.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Anything that takes a webhook signed by Standard Webhooks.
    Webhook,
    /// Grafana OnCall, or Grafana Cloud IRM.
    GrafanaOnCall,
    /// GoAlert.
    GoAlert,
    /// Jira Service Management.
    Jsm,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 4] = [Self::Webhook, Self::GrafanaOnCall, Self::GoAlert, Self::Jsm];

    /// The word for it in the configuration.
    pub fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::GrafanaOnCall => "grafana-oncall",
            Self::GoAlert => "goalert",
            Self::Jsm => "jsm",
        }
    }

    /// Where it is unless configured; nothing if everybody has their own.
    pub(crate) fn usual_url(self) -> Option<&'static str> {
        match self {
            Self::Jsm => Some(jsm::URL),
            Self::Webhook | Self::GrafanaOnCall | Self::GoAlert => None,
        }
    }

    /// What is sent to say so; nothing if it cannot be told.
    pub(crate) fn call(
        self,
        verb: Verb,
        key: &str,
        page: &Page,
        secret: &SecretString,
    ) -> Option<Call> {
        match self {
            Self::Webhook => Some(webhook::call(verb, key, page)),
            Self::GrafanaOnCall => grafana::call(verb, key, page, secret),
            Self::GoAlert => goalert::call(verb, key, page, secret),
            Self::Jsm => Some(jsm::call(verb, key, page, secret)),
        }
    }
}

impl fmt::Display for Kind {
    /// The name people know it by.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Webhook => "the pager's webhook",
            Self::GrafanaOnCall => "Grafana OnCall",
            Self::GoAlert => "GoAlert",
            Self::Jsm => "Jira Service Management",
        })
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|kind| kind.word() == word).ok_or(())
    }
}
