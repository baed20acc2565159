//! Reading a JSON body strictly: what is wrong with it is said, and where.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, Response, StatusCode, header},
};
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::{LARGEST_BODY, answer};

/// Why a body was not read: the answer to give.
type Unread = Box<Response<Body>>;

/// Reads the bytes of a body that says it is JSON.
pub async fn bytes(request: Request) -> Result<Vec<u8>, Unread> {
    if !is_json(request.headers()) {
        let problem = Problem::new(
            "not_json",
            "the body must be JSON and say so",
            "send the header Content-Type: application/json",
        );
        return Err(Box::new(problem.with(StatusCode::UNSUPPORTED_MEDIA_TYPE)));
    }
    answer::read_body(request).await.map_err(|refusal| {
        let problem = if refusal.status() == StatusCode::PAYLOAD_TOO_LARGE {
            let message = format!("the body is larger than {} KiB", LARGEST_BODY / 1024);
            Problem::new("too_large", message, "send less: link to what is long")
        } else {
            Problem::new("cut_off", "the body did not arrive whole", "send it again")
        };
        Box::new(problem.with(refusal.status()))
    })
}

/// Reads a body of one shape: unknown fields and wrong types are refused by name.
pub async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Unread> {
    parse(&bytes(request).await?).map_err(|problem| Box::new(problem.with(StatusCode::BAD_REQUEST)))
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    // A list would be taken for the fields in their order.
    let first = body.iter().find(|byte| !byte.is_ascii_whitespace());
    if first.is_some_and(|byte| matches!(byte, b'[' | b'"' | b'0'..=b'9' | b't' | b'f' | b'n')) {
        let what_to_do = "send an object: {\"summary\": \"what is broken\"}";
        return Err(Problem::new("wrong_type", "the body is not an object", what_to_do));
    }
    let mut json = serde_json::Deserializer::from_slice(body);
    let read = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        wrong(error.inner(), &path)
    })?;
    json.end().map_err(|error| wrong(&error, "."))?;
    Ok(read)
}

/// Says what is wrong, without the place in the text where the field is named instead.
fn wrong(error: &serde_json::Error, path: &str) -> Problem {
    let message = error.to_string();
    if !error.is_data() {
        return Problem::new("not_json", format!("the body is not JSON: {message}"), "correct it");
    }
    let message = message.split(" at line ").next().unwrap_or(&message).to_owned();
    let named = message.split('`').nth(1).unwrap_or_default().to_owned();
    let unknown = message.starts_with("unknown field");
    if unknown || message.starts_with("missing field") || message.starts_with("duplicate field") {
        let (code, what_to_do) = if unknown {
            ("unknown_field", "take it out, or correct its name")
        } else if message.starts_with("missing") {
            ("missing_field", "add it")
        } else {
            ("duplicate_field", "give it once")
        };
        return Problem::new(code, message, what_to_do).at(named);
    }
    let what_to_do = "correct the value; /api/v1/openapi.json shows every field";
    Problem::new("wrong_type", format!("{path}: {message}"), what_to_do).at(path)
}

/// Whether a body is said to be JSON, whatever its character set is said to be.
fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| {
        let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        essence == "application/json"
            || (essence.starts_with("application/") && essence.ends_with("+json"))
    })
}
