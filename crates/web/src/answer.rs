//! Short plain answers: a status and one clear line.

use std::{any::Any, time::Duration};

use axum::{
    body::{Body, BodyDataStream},
    extract::Request,
    http::{Response, StatusCode, header},
    response::IntoResponse,
};
use futures_util::StreamExt as _;

use crate::LARGEST_BODY;

/// A status and one line that says what is wrong and what to do.
pub fn line(status: StatusCode, text: impl Into<String>) -> Response<Body> {
    (status, [(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text.into() + "\n")
        .into_response()
}

/// How much of what is too large is read on after the answer, and for how long: who sends without
/// looking up would find the line cut, and never read why.
const READ_ON: usize = 16 * 1024 * 1024;
const READ_ON_FOR: Duration = Duration::from_secs(10);

/// Reads a whole body, up to the largest any door takes.
///
/// # Errors
/// The answer to give: too large, or cut off by the sender.
pub async fn read_body(request: Request) -> Result<Vec<u8>, Box<Response<Body>>> {
    let too_large = || {
        let text = format!("the body is larger than {} KiB", LARGEST_BODY / 1024);
        Box::new(line(StatusCode::PAYLOAD_TOO_LARGE, text))
    };
    let headers = request.headers();
    let waits = headers.contains_key(header::EXPECT);
    let declared = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    let declares_too_much = declared.is_some_and(|length| length > LARGEST_BODY);
    // Who asks before sending need not send.
    if declares_too_much && waits {
        return Err(too_large());
    }
    let mut pieces = request.into_body().into_data_stream();
    if !declares_too_much {
        match whole(&mut pieces).await {
            Ok(Some(body)) => return Ok(body),
            Ok(None) => {}
            Err(_) => {
                let text = "the body did not arrive whole";
                return Err(Box::new(line(StatusCode::BAD_REQUEST, text)));
            }
        }
    }
    tokio::spawn(tokio::time::timeout(READ_ON_FOR, read_on(pieces)));
    Err(too_large())
}

/// All of a body; nothing if it is too large.
async fn whole(pieces: &mut BodyDataStream) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut body = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if body.len() + piece.len() > LARGEST_BODY {
            return Ok(None);
        }
        body.extend_from_slice(&piece);
    }
    Ok(Some(body))
}

/// Takes what still comes and throws it away, up to a bound.
async fn read_on(mut pieces: BodyDataStream) {
    let mut left = READ_ON;
    while let Some(Ok(piece)) = pieces.next().await {
        match left.checked_sub(piece.len()) {
            Some(rest) => left = rest,
            None => return,
        }
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
