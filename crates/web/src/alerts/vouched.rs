//! Deliveries that somebody else vouches for: AWS by a certificate, Microsoft by a signed token.

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use jiff::SignedDuration;
use sima_alerts::{
    Integration,
    authentic::{
        NotAuthentic, entra,
        sns::{Envelope, Kind},
    },
};

use super::notary::Unreached;
use crate::{App, answer};

/// How long a certificate of SNS is kept: each has an address of its own.
const CERTIFICATE: SignedDuration = SignedDuration::from_hours(24);

/// How long the keys of a tenant are kept, and how long at least before they are asked for again.
const KEYS: SignedDuration = SignedDuration::from_hours(24);
const NEW_KEYS: SignedDuration = SignedDuration::from_mins(5);

/// Why a delivery goes no further: not believed, or nobody could say.
pub enum Unvouched {
    /// It is not what it says.
    Forged(NotAuthentic),
    /// What it is checked with could not be fetched. The sender shall try again.
    Unknown,
}

/// Asks whether AWS signed a message.
pub async fn by_amazon(app: &App, envelope: &Envelope) -> Result<(), Unvouched> {
    let now = app.desk.clock().now();
    let url = envelope.signing_cert_url().map_err(Unvouched::Forged)?;
    let certificate = match app.notary.document(url, CERTIFICATE, now).await {
        Ok(certificate) => certificate,
        Err(Unreached::Refused(status)) => {
            tracing::warn!(status, "a message of SNS names a certificate that is not there");
            return Err(Unvouched::Forged(NotAuthentic::Wrong));
        }
        Err(Unreached::Failed(why)) => {
            tracing::error!(why, "the certificate of a message of SNS could not be fetched");
            return Err(Unvouched::Unknown);
        }
    };
    envelope.verify(&certificate, now).map_err(Unvouched::Forged)
}

/// Asks whether Entra ID signed a token for an action group.
pub async fn by_entra(app: &App, integration: &Integration, token: &str) -> Result<(), Unvouched> {
    let now = app.desk.clock().now();
    let url = entra::keys_address(&integration.tenant);
    let fetch = async |at_most| match app.notary.document(&url, at_most, now).await {
        Ok(keys) => Ok(keys),
        Err(unreached) => {
            let why = format!("{unreached:?}");
            tracing::error!(why, "the keys of an Entra ID tenant could not be fetched");
            Err(Unvouched::Unknown)
        }
    };
    let mut keys = fetch(KEYS).await?;
    if !entra::is_key_in(token, &keys) {
        // Keys are replaced without notice.
        keys = fetch(NEW_KEYS).await?;
    }
    entra::verify(token, &keys, &integration.tenant, &integration.audience, now)
        .map_err(Unvouched::Forged)
}

/// Completes what a message of SNS asks for that is no notification; nothing for a notification.
pub async fn handshake(app: &App, envelope: &Envelope) -> Option<Response<Body>> {
    match envelope.kind() {
        Kind::Notification => None,
        Kind::UnsubscribeConfirmation => {
            tracing::warn!("a subscription of SNS was ended: its alarms no longer arrive");
            Some(answer::line(StatusCode::OK, "the subscription was ended"))
        }
        Kind::SubscriptionConfirmation => Some(confirm(app, envelope).await),
    }
}

async fn confirm(app: &App, envelope: &Envelope) -> Response<Body> {
    let Ok(url) = envelope.subscribe_url() else {
        let text = "the SubscribeURL does not lead to SNS, so it is not visited";
        return answer::line(StatusCode::UNAUTHORIZED, text);
    };
    match app.notary.visit(url).await {
        Ok(()) => {
            tracing::info!("a subscription of SNS is confirmed");
            answer::line(StatusCode::OK, "the subscription is confirmed")
        }
        Err(Unreached::Refused(status)) => {
            tracing::warn!(status, "SNS refused the confirmation of a subscription");
            let text = "SNS refused the confirmation, perhaps because it came too late: request \
                        the confirmation again in the console of AWS";
            answer::line(StatusCode::BAD_REQUEST, text)
        }
        Err(Unreached::Failed(why)) => {
            tracing::error!(why, "a subscription of SNS could not be confirmed");
            // SNS asks again.
            let text = "the subscription could not be confirmed: send it again";
            answer::line(StatusCode::SERVICE_UNAVAILABLE, text)
        }
    }
}
