//! The door of monitors: `POST /alerts/{source}`. An alert answered with 2xx is recorded.

mod taken;

use axum::{
    body::Body,
    extract::{Path, Request, State},
    http::{HeaderMap, Response, StatusCode},
};
use jiff::Timestamp;
use sima_alerts::{Delivery, Reading, Unreadable};

use crate::{App, answer, guard};

use taken::record_all;
pub use taken::{Taken, read_generic, take_one};

/// Takes an alert whose token is in a header.
pub async fn receive(
    State(app): State<App>,
    Path(source): Path<String>,
    request: Request,
) -> Response<Body> {
    let token = guard::authorization(request.headers());
    take(app, source, token, request).await
}

/// Takes an alert whose token is in the path: many senders can do nothing better.
pub async fn receive_with_token(
    State(app): State<App>,
    Path((source, token)): Path<(String, String)>,
    request: Request,
) -> Response<Body> {
    take(app, source, Some(token), request).await
}

async fn take(app: App, source: String, token: Option<String>, request: Request) -> Response<Body> {
    let allowed = match (&app.alerts_token, token) {
        (Some(secret), Some(token)) => guard::is_secret(&token, secret),
        _ => false,
    };
    if !allowed {
        let text = "the token is missing or wrong: send Authorization: Bearer … with alerts.token";
        return answer::line(StatusCode::UNAUTHORIZED, text);
    }
    if !sima_alerts::known(&source) {
        let known = sima_alerts::sources().join(", ");
        let text = format!("there is no alert source of that name; known are {known}");
        return answer::line(StatusCode::NOT_FOUND, text);
    }
    let headers = request.headers().clone();
    let query = request.uri().query().unwrap_or_default().to_owned();
    let body = match answer::read_body(request).await {
        Ok(body) => body,
        Err(refusal) => return *refusal,
    };
    let now = app.desk.clock().now();
    match read(&source, &headers, &query, &body, now) {
        Ok(Reading::Alerts(alerts)) => record_all(&app, alerts).await,
        Ok(Reading::Nothing { why }) => answer::line(StatusCode::OK, why),
        Err(unreadable) => {
            tracing::warn!(alert.source = source, why = %unreadable, "an alert could not be read");
            answer::line(StatusCode::BAD_REQUEST, unreadable.to_string())
        }
    }
}

/// Makes alerts of one request.
fn read(
    source: &str,
    headers: &HeaderMap,
    query: &str,
    body: &[u8],
    now: Timestamp,
) -> Result<Reading, Unreadable> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let content_type = header("content-type");
    sima_alerts::read(source, &Delivery { content_type, header: &header, query, body, now })
}
