//! Keeps other sites' pages from acting here through a visitor's browser.

use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Refuses what a browser says comes from another site, and hosts that can only be a rebound name.
pub(crate) async fn same_site(request: Request, next: Next) -> Response {
    if is_foreign(request.headers()) {
        return (StatusCode::FORBIDDEN, "The sandbox takes no requests from other sites.")
            .into_response();
    }
    next.run(request).await
}

fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return true;
    }
    let host = text(header::HOST.as_str()).unwrap_or_default();
    if text(header::ORIGIN.as_str())
        .is_some_and(|origin| origin.split_once("://").map(|(_, rest)| rest) != Some(host))
    {
        return true;
    }
    // A name with dots in it is no name for a machine of one's own.
    let name = if host.starts_with('[') {
        host
    } else {
        host.rsplit_once(':').map_or(host, |(name, _)| name)
    };
    let is_address = name.starts_with('[') || name.parse::<std::net::IpAddr>().is_ok();
    !is_address && name.contains('.') && !name.ends_with(".localhost")
}
