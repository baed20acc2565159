//! Short plain answers: a status and one clear line.

use std::any::Any;

use axum::{
    body::Body,
    extract::Request,
    http::{Response, StatusCode, header},
    response::IntoResponse,
};

use crate::LARGEST_BODY;

/// A status and one line that says what is wrong and what to do.
pub fn line(status: StatusCode, text: impl Into<String>) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.into() + "\n")
        .into_response()
}

/// Reads a whole body, up to the largest any door takes.
///
/// # Errors
/// The answer to give: too large, or cut off by the sender.
pub async fn read_body(request: Request) -> Result<Vec<u8>, Box<Response<Body>>> {
    let too_large = || {
        let text = format!("the body is larger than {} KiB", LARGEST_BODY / 1024);
        Box::new(line(StatusCode::PAYLOAD_TOO_LARGE, text))
    };
    let declared = request
        .headers()
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > LARGEST_BODY) {
        return Err(too_large());
    }
    match axum::body::to_bytes(request.into_body(), LARGEST_BODY).await {
        Ok(body) => Ok(body.to_vec()),
        Err(error) if format!("{error:?}").contains("LengthLimit") => Err(too_large()),
        Err(_) => Err(Box::new(line(StatusCode::BAD_REQUEST, "the body did not arrive whole"))),
    }
}

/// The answer when a handler panicked: nothing of it leaks, and it is the one status that every sender
/// who tries again at all tries again.
pub fn after_panic(_panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    tracing::error!("a handler panicked");
    line(StatusCode::SERVICE_UNAVAILABLE, "something went wrong on our side; it was logged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_is_answered_so_that_senders_try_again_and_learn_nothing() {
        let answer = after_panic(Box::new("a secret".to_owned()));
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
        let body = axum::body::to_bytes(answer.into_body(), 1000).await.expect("a short line");
        assert!(!String::from_utf8_lossy(&body).contains("secret"));
    }
}
