//! How an integration proves itself: each proof it is configured with must hold.

use secrecy::{ExposeSecret, SecretString};

use super::Integration;
use crate::{
    Delivery,
    authentic::{
        NotAuthentic, basic, bearer, github, grafana, pagerduty, same, sentry, sima, sns::Envelope,
    },
};

/// Where the general token is configured.
pub const GENERAL_TOKEN: &str = "alerts.token";

/// What is left to be asked once everything was checked that can be checked with what is at hand.
#[derive(Clone, Debug, PartialEq)]
pub enum Believed {
    /// Nothing.
    Entirely,
    /// Whether AWS signed it, which its certificate says. The topic is one of ours.
    IfAmazonSigned(Envelope),
    /// Whether Entra ID signed this token, which its keys say.
    IfEntraSigned(String),
}

impl Integration {
    /// Checks what proves the sender: the token, then the signature over the bytes as they came.
    ///
    /// # Errors
    /// [`NotAuthentic`] says why not.
    pub fn believes(
        &self,
        path_token: Option<&str>,
        delivery: &Delivery<'_>,
    ) -> Result<Believed, NotAuthentic> {
        let mut proofs = 0;
        if is_set(&self.token) {
            token(&self.token, path_token, delivery)?;
            proofs += 1;
        }
        if is_set(&self.secret) {
            self.signature(delivery)?;
            proofs += 1;
        }
        if !self.topics.is_empty() {
            let envelope = Envelope::read(delivery.body)?;
            let topic = envelope.topic_arn()?;
            if !self.topics.iter().any(|known| known == topic) {
                return Err(NotAuthentic::Elsewhere);
            }
            return Ok(Believed::IfAmazonSigned(envelope));
        }
        if !self.tenant.is_empty() {
            let given = (delivery.header)("authorization").ok_or(NotAuthentic::Missing)?;
            let (scheme, jwt) = given.trim().split_once(' ').ok_or(NotAuthentic::Unreadable)?;
            if !scheme.eq_ignore_ascii_case("bearer") {
                return Err(NotAuthentic::Unreadable);
            }
            return Ok(Believed::IfEntraSigned(jwt.trim().to_owned()));
        }
        // One that was configured without any proof is refused at start, and here again.
        if proofs > 0 { Ok(Believed::Entirely) } else { Err(NotAuthentic::Missing) }
    }

    /// Whether only its token stands between it and a permission to send: what is asked of a sender
    /// that has no body to sign yet.
    ///
    /// # Errors
    /// [`NotAuthentic`] if it shows a token that is wrong.
    pub fn may_ask(
        &self,
        path_token: Option<&str>,
        delivery: &Delivery<'_>,
    ) -> Result<(), NotAuthentic> {
        match token(&self.token, path_token, delivery) {
            // It may send its token with events alone.
            Err(NotAuthentic::Missing) => Ok(()),
            _ if !is_set(&self.token) => Ok(()),
            shown => shown,
        }
    }

    fn signature(&self, delivery: &Delivery<'_>) -> Result<(), NotAuthentic> {
        let header = |name: &str| (delivery.header)(name);
        let (secret, body) = (&self.secret, delivery.body);
        match self.source.as_str() {
            "grafana" => {
                let signature = header("x-grafana-alerting-signature");
                match &self.time_header {
                    Some(name) => {
                        let time = header(&name.to_ascii_lowercase());
                        grafana::verify_with_time(secret, time, signature, body, delivery.now)
                    }
                    None => grafana::verify(secret, signature, body),
                }
            }
            "pagerduty" => pagerduty::verify(secret, header("x-pagerduty-signature"), body),
            "sentry" => sentry::verify(secret, header("sentry-hook-signature"), body),
            _ => match header("x-hub-signature-256") {
                Some(signature) => github::verify(secret, Some(signature), body),
                None => sima::verify(secret, header("x-sima-signature"), body, delivery.now),
            },
        }
    }

    /// The header its signature is sent in.
    fn signature_header(&self) -> &'static str {
        match self.source.as_str() {
            "grafana" => "X-Grafana-Alerting-Signature",
            "pagerduty" => "X-PagerDuty-Signature",
            "sentry" => "Sentry-Hook-Signature",
            _ => "X-Sima-Signature or X-Hub-Signature-256",
        }
    }

    /// What a sender that was not believed can do about it, in one line.
    pub fn remedy(&self, why: NotAuthentic, is_general: bool) -> String {
        if is_set(&self.secret) {
            let header = self.signature_header();
            return match (why, &self.time_header) {
                (NotAuthentic::Stale, _) => format!(
                    "the signature in {header} is more than five minutes old, or from the future: \
                     set the sender's clock, and sign each delivery anew"
                ),
                (_, Some(time)) => format!(
                    "the signature or its time is missing or wrong: sign the time, a colon and the \
                     body with the secret of this integration, and send {header} and {time}"
                ),
                _ => format!(
                    "the token or the signature is missing or wrong: sign the body with the secret \
                     of this integration, in the header {header}"
                ),
            };
        }
        if !self.topics.is_empty() {
            return match why {
                NotAuthentic::Elsewhere => {
                    "the topic is not one of `topics` of this integration, or an address in the \
                     message does not lead to SNS"
                }
                NotAuthentic::Stale => {
                    "the message or its certificate is out of time: SNS sends each for an hour"
                }
                NotAuthentic::Missing | NotAuthentic::Unreadable => {
                    "it is no message that SNS signed: subscribe this address to the topic over \
                     https, with raw message delivery off"
                }
                NotAuthentic::Wrong => "AWS did not sign this message, or the token is wrong",
            }
            .to_owned();
        }
        if !self.tenant.is_empty() {
            return "the token of Entra ID is missing or wrong: switch the secure webhook on in the \
                    action group, for the application and tenant of this integration"
                .to_owned();
        }
        let whose = if is_general { GENERAL_TOKEN } else { "the token of this integration" };
        format!("the token is missing or wrong: send Authorization: Bearer … with {whose}")
    }
}

/// Whether a delivery shows a token: in its path, in the header `Authorization`, as a bearer or as a
/// password, or in its query.
pub(super) fn token(
    secret: &SecretString,
    path_token: Option<&str>,
    delivery: &Delivery<'_>,
) -> Result<(), NotAuthentic> {
    if let Some(given) = path_token {
        return same(given, secret);
    }
    if let Some(given) = (delivery.header)("authorization") {
        return bearer::verify(secret, Some(given))
            .or_else(|_| basic::verify(None, secret, Some(given)));
    }
    let in_query =
        ["auth_token", "access_token"].into_iter().find_map(|name| delivery.in_query(name));
    same(&in_query.ok_or(NotAuthentic::Missing)?, secret)
}

pub(super) fn is_set(secret: &SecretString) -> bool {
    !secret.expose_secret().trim().is_empty()
}
