//! What it takes to use a pager, and whether it fits.

use std::collections::BTreeSet;

use secrecy::{ExposeSecret as _, SecretString};
use sima_hooks::{Address, SigningKey};
use sima_incident::DomainKey;

use crate::Kind;

/// A pager as configured.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What it is called here: `a-z`, `0-9` and `-`.
    pub name: String,
    /// What kind it is.
    pub kind: Kind,
    /// Where it is; may be empty for a kind that is at one place for everybody.
    pub url: String,
    /// Its token, or the key its webhooks are signed with.
    pub secret: SecretString,
    /// The domains it pages for.
    pub domains: BTreeSet<DomainKey>,
}

/// Which setting cannot work, and why. Shows no secret.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field} {wrong}")]
pub struct Unfit {
    /// `name`, `url` or `secret`.
    pub field: &'static str,
    /// What is wrong, as a fragment.
    pub wrong: String,
    /// What to write instead.
    pub repair: &'static str,
}

/// A pager that can be called.
#[derive(Debug)]
pub(crate) struct Pager {
    pub name: String,
    pub kind: Kind,
    pub url: String,
    /// The same, for what is signed.
    pub address: Address,
    pub secret: SecretString,
    pub key: Option<SigningKey>,
    pub domains: BTreeSet<DomainKey>,
}

impl Settings {
    /// Says what cannot work.
    ///
    /// # Errors
    /// The first thing, with what to write instead.
    pub fn check(&self) -> Result<(), Unfit> {
        self.fit().map(drop)
    }

    pub(crate) fn fit(&self) -> Result<Pager, Unfit> {
        let unfit = |field, wrong: String, repair| Unfit { field, wrong, repair };
        let good =
            |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
        if self.name.is_empty() || self.name.len() > 40 || !self.name.chars().all(good) {
            let wrong = format!("{:?} is no name", self.name);
            return Err(unfit("name", wrong, "write a-z, 0-9 and - only, at most 40"));
        }
        let given = self.url.trim().trim_end_matches('/');
        let url = if given.is_empty() { self.kind.usual_url().unwrap_or_default() } else { given };
        let address: Address = url.parse().map_err(|bad: sima_hooks::BadAddress| {
            unfit("url", bad.to_string(), "begin it with https://")
        })?;
        if self.secret.expose_secret().trim().is_empty() {
            let repair = match self.kind {
                Kind::Webhook => "write the key it is to be signed with: whsec_ and base64",
                Kind::GrafanaOnCall => "write the token, the last part of the integration's URL",
                Kind::GoAlert => "write the token of the service's integration key",
                Kind::Jsm => "write the API key of the integration",
            };
            return Err(unfit("secret", "is missing".into(), repair));
        }
        let is_printable = |letter: char| letter.is_ascii_graphic();
        if !self.secret.expose_secret().trim().chars().all(is_printable) {
            let repair = "copy it again, without what stands around it";
            return Err(unfit("secret", "holds characters that no token has".into(), repair));
        }
        let key = match self.kind {
            Kind::Webhook => Some(SigningKey::read(&self.secret).map_err(|bad| {
                unfit("secret", bad.to_string(), "write whsec_ and 24 to 64 bytes as base64")
            })?),
            Kind::GrafanaOnCall | Kind::GoAlert | Kind::Jsm => None,
        };
        Ok(Pager {
            name: self.name.clone(),
            kind: self.kind,
            url: url.to_owned(),
            address,
            secret: self.secret.clone(),
            key,
            domains: self.domains.clone(),
        })
    }
}
