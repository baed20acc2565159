//! What the API answers when it does not do what was asked: always the same shape.

use axum::{body::Body, http::Response, http::StatusCode};
use serde::Serialize;
use sima_desk::DeskError;
use sima_incident::Refusal;
use sima_store::StoreError;
use utoipa::ToSchema;

/// Why something was not done.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// What is wrong.
    error: Wrong,
}

/// What is wrong, for programs and for people.
#[derive(Debug, Serialize, ToSchema)]
struct Wrong {
    /// The reason, as programs tell it from others. Never changes.
    #[schema(example = "unknown_domain")]
    code: &'static str,
    /// The reason in words.
    message: String,
    /// What one can do about it.
    what_to_do: String,
    /// Where in the body or query, if it is one place: `links[2]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(
        code: &'static str,
        message: impl Into<String>,
        what_to_do: impl Into<String>,
    ) -> Self {
        let (message, what_to_do) = (message.into(), what_to_do.into());
        Self { error: Wrong { code, message, what_to_do, path: None } }
    }

    /// The same, with its place.
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.error.path = Some(path.into());
        self
    }

    /// It as an answer.
    pub fn with(self, status: StatusCode) -> Response<Body> {
        super::json(status, self)
    }
}

/// What the incident does not allow.
pub fn refused(refusal: &Refusal) -> Response<Body> {
    let (code, what_to_do) = match refusal {
        Refusal::SummaryMissing => ("summary_missing", "say in one line what is broken"),
        Refusal::UnknownDomain { .. } => {
            ("unknown_domain", "use a known key, or leave domain out for the default")
        }
        Refusal::UnknownSeverity { .. } => {
            ("unknown_severity", "use a known severity, or leave it out for the default")
        }
        Refusal::InTheFuture(_) => {
            ("in_the_future", "give a time that has passed, in UTC as 2026-01-05T09:00:00Z")
        }
        Refusal::OutOfOrder { .. } => {
            ("out_of_order", "correct one of the two times, or leave one out")
        }
        // The API only opens incidents; nothing else is refused then.
        _ => ("refused", "change the request"),
    };
    Problem::new(code, refusal.to_string(), what_to_do).with(StatusCode::UNPROCESSABLE_ENTITY)
}

/// What came of a request that the desk did not carry out.
pub fn not_done(error: &DeskError) -> Response<Body> {
    if let DeskError::Refused(refusal) = error {
        return refused(refusal);
    }
    tracing::error!(error = error as &dyn std::error::Error, "a request of the API failed");
    unrecorded()
}

/// Under this key something else was asked before.
pub fn key_used() -> Response<Body> {
    Problem::new(
        "key_used",
        "this Idempotency-Key was used for another request",
        "use a new key for a new request, or send the same request again",
    )
    .with(StatusCode::CONFLICT)
}

/// Nothing was recorded, and it is our fault.
pub fn unrecorded() -> Response<Body> {
    Problem::new(
        "fault",
        "nothing was recorded, a fault on our side",
        "send it again, with the same Idempotency-Key if it has one",
    )
    .with(StatusCode::SERVICE_UNAVAILABLE)
}

/// The database could not be read.
pub fn unread(error: &StoreError) -> Response<Body> {
    tracing::error!(error = error as &dyn std::error::Error, "the API could not read");
    Problem::new("fault", "the database does not answer", "ask again")
        .with(StatusCode::SERVICE_UNAVAILABLE)
}
