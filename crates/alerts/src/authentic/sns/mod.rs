//! The envelope of AWS SNS: whether AWS signed it, and where the addresses in it may lead.
//!
//! A door takes it in this order: [`Envelope::read`]; is the topic one of ours; fetch the certificate
//! from [`Envelope::signing_cert_url`] without following redirects, and keep it; [`Envelope::verify`];
//! and only then, for a handshake, visit [`Envelope::subscribe_url`], again without redirects.
//!
//! Who signed the certificate is not asked: SNS leaves out what lies between it and a root, and AWS
//! itself relies on the host it was fetched from over TLS.
//!
//! Source: `docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html` (read 2026-08-22).

mod address;
mod certificate;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use ring::signature::{
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};
use serde_json::{Map, Value};

use self::certificate::Certificate;
use super::NotAuthentic;

/// How far the time of a message may be from ours, in seconds: SNS tries for up to an hour.
const WINDOW_SECS: u64 = 3600;

/// One message of SNS, as it came. Nothing in it is believed before [`Envelope::verify`] says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    kind: Kind,
    fields: Map<String, Value>,
}

/// What a message of SNS is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody published something.
    Notification,
    /// A subscription waits to be confirmed.
    SubscriptionConfirmation,
    /// A subscription was ended.
    UnsubscribeConfirmation,
}

impl Envelope {
    /// Reads a body.
    ///
    /// # Errors
    /// [`NotAuthentic::Unreadable`] if it is no message of SNS.
    pub fn read(body: &[u8]) -> Result<Self, NotAuthentic> {
        let fields: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| NotAuthentic::Unreadable)?;
        let kind = match fields.get("Type").and_then(Value::as_str) {
            Some("Notification") => Kind::Notification,
            Some("SubscriptionConfirmation") => Kind::SubscriptionConfirmation,
            Some("UnsubscribeConfirmation") => Kind::UnsubscribeConfirmation,
            _ => return Err(NotAuthentic::Unreadable),
        };
        Ok(Self { kind, fields })
    }

    /// What it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The topic it came through, to be compared with those that are expected.
    ///
    /// # Errors
    /// [`NotAuthentic::Missing`] if it names none.
    pub fn topic_arn(&self) -> Result<&str, NotAuthentic> {
        self.text("TopicArn")
    }

    /// Its identity, the same whenever it is tried again.
    ///
    /// # Errors
    /// [`NotAuthentic::Missing`] if it has none.
    pub fn message_id(&self) -> Result<&str, NotAuthentic> {
        self.text("MessageId")
    }

    /// Where the certificate is that it was signed with.
    ///
    /// # Errors
    /// [`NotAuthentic::Elsewhere`] if that is not a certificate on the topic's own host of SNS.
    pub fn signing_cert_url(&self) -> Result<&str, NotAuthentic> {
        let url = self.text("SigningCertURL")?;
        self.at_home(url, address::is_of_a_certificate(url))
    }

    /// Where the handshake of a subscription is completed.
    ///
    /// # Errors
    /// [`NotAuthentic::Elsewhere`] if that is not the confirmation on the topic's own host of SNS.
    pub fn subscribe_url(&self) -> Result<&str, NotAuthentic> {
        let url = self.text("SubscribeURL")?;
        self.at_home(url, address::is_of_a_handshake(url))
    }

    /// Checks that the key of a certificate signed it, within the last hour. The certificate is what
    /// was fetched from [`Self::signing_cert_url`], in PEM.
    ///
    /// # Errors
    /// [`NotAuthentic`] says why not.
    pub fn verify(&self, certificate: &[u8], now: Timestamp) -> Result<(), NotAuthentic> {
        self.signing_cert_url()?;
        let algorithm = match self.text("SignatureVersion")? {
            // Still what a topic uses unless told otherwise.
            "1" => &RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY,
            "2" => &RSA_PKCS1_2048_8192_SHA256,
            _ => return Err(NotAuthentic::Unreadable),
        };
        let signed_at: Timestamp =
            self.text("Timestamp")?.parse().map_err(|_| NotAuthentic::Unreadable)?;
        if now.as_second().abs_diff(signed_at.as_second()) > WINDOW_SECS {
            return Err(NotAuthentic::Stale);
        }
        let signature =
            STANDARD.decode(self.text("Signature")?).map_err(|_| NotAuthentic::Unreadable)?;
        let certificate = Certificate::read(certificate).ok_or(NotAuthentic::Unreadable)?;
        if !certificate.holds_at(now) {
            return Err(NotAuthentic::Stale);
        }
        UnparsedPublicKey::new(algorithm, &certificate.public_key)
            .verify(self.signed_text()?.as_bytes(), &signature)
            .map_err(|_| NotAuthentic::Wrong)
    }

    /// An address that leads to SNS, and to the region of the topic: a message that names another has
    /// us ask a host that may not even be there.
    fn at_home<'a>(&self, url: &'a str, leads_to_sns: bool) -> Result<&'a str, NotAuthentic> {
        let region = self.topic_arn()?.split(':').nth(3);
        let is_home = leads_to_sns && address::region_of(url) == region;
        if is_home { Ok(url) } else { Err(NotAuthentic::Elsewhere) }
    }

    /// What is signed: names and values of some fields, each on a line, in the order of the names.
    fn signed_text(&self) -> Result<String, NotAuthentic> {
        let names: &[&str] = match self.kind {
            Kind::Notification => {
                &["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
            }
            Kind::SubscriptionConfirmation | Kind::UnsubscribeConfirmation => {
                &["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
            }
        };
        let mut lines = String::new();
        for name in names {
            // A message need not have a subject, and then it is not signed.
            if *name == "Subject" && self.fields.get(*name).is_none_or(Value::is_null) {
                continue;
            }
            for line in [name, self.text(name)?] {
                lines.push_str(line);
                lines.push('\n');
            }
        }
        Ok(lines)
    }

    fn text(&self, name: &str) -> Result<&str, NotAuthentic> {
        self.fields.get(name).and_then(Value::as_str).ok_or(NotAuthentic::Missing)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_signed_is_written_as_aws_does() {
        let envelope = |value: Value| {
            Envelope::read(value.to_string().as_bytes()).and_then(|it| it.signed_text())
        };
        let plain = json!({
            "Type": "Notification", "MessageId": "8a14", "Message": "hello", "Subject": null,
            "Timestamp": "2026-08-22T09:00:00.000Z", "UnsubscribeURL": "https://a.example",
            "TopicArn": "arn:aws:sns:eu-west-1:123456789012:sima",
        });
        let wanted = "Message\nhello\nMessageId\n8a14\nTimestamp\n2026-08-22T09:00:00.000Z\n\
                      TopicArn\narn:aws:sns:eu-west-1:123456789012:sima\nType\nNotification\n";
        assert_eq!(envelope(plain.clone()).as_deref(), Ok(wanted));
        let mut titled = plain.clone();
        titled["Subject"] = json!("a\nb");
        let wanted = wanted.replace("Timestamp\n", "Subject\na\nb\nTimestamp\n");
        assert_eq!(envelope(titled), Ok(wanted));
        for kind in ["SubscriptionConfirmation", "UnsubscribeConfirmation"] {
            let mut handshake = plain.clone();
            handshake["Type"] = json!(kind);
            assert_eq!(envelope(handshake.clone()), Err(NotAuthentic::Missing));
            handshake["Token"] = json!("2336");
            handshake["SubscribeURL"] = json!("https://sns");
            let wanted = format!(
                "Message\nhello\nMessageId\n8a14\nSubscribeURL\nhttps://sns\n\
                 Timestamp\n2026-08-22T09:00:00.000Z\nToken\n2336\n\
                 TopicArn\narn:aws:sns:eu-west-1:123456789012:sima\nType\n{kind}\n"
            );
            assert_eq!(envelope(handshake), Ok(wanted));
        }
        for odd in [json!({}), json!([]), json!({ "Type": "Other" }), json!({ "Type": 1 })] {
            assert_eq!(envelope(odd), Err(NotAuthentic::Unreadable));
        }
    }
}
