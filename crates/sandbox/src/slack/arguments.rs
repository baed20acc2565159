//! Arguments of a Web API call, whichever of the three ways they came.

use axum::http::{HeaderMap, Method as Verb, Uri, header};
use serde_json::{Map, Value};

use super::refusal::Refusal;
use crate::form;

/// Arguments by name. From a form every one is text; from JSON they keep their type.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arguments(Map<String, Value>);

/// A request as far as it could be read.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) token: Option<String>,
    pub(crate) arguments: Arguments,
    pub(crate) is_json: bool,
    pub(crate) has_charset: bool,
    pub(crate) problem: Option<String>,
}

/// Reads token and arguments. A token in the query string counts for nothing, as at Slack.
pub(crate) fn read(verb: &Verb, uri: &Uri, headers: &HeaderMap, body: &[u8]) -> Reading {
    let header =
        |name| headers.get(name).and_then(|value: &header::HeaderValue| value.to_str().ok());
    let content_type = header(header::CONTENT_TYPE).unwrap_or_default().to_ascii_lowercase();
    let bearer = header(header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
    let mut reading = Reading {
        token: bearer.map(|token| token.trim().to_owned()),
        arguments: Arguments::default(),
        is_json: false,
        has_charset: content_type.contains("charset"),
        problem: None,
    };
    let query = uri.query().unwrap_or_default();
    let mut fields: Vec<(String, String)> =
        form::read(query.as_bytes()).into_iter().filter(|(name, _)| name != "token").collect();
    if verb == Verb::POST && content_type.starts_with("application/json") {
        reading.is_json = true;
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => {
                reading.arguments.0 = map;
                reading.arguments.0.retain(|_, value| !value.is_null());
            }
            Ok(_) => reading.problem = Some("json_not_object".to_owned()),
            Err(_) => reading.problem = Some("invalid_json".to_owned()),
        }
    } else if content_type.starts_with("application/x-www-form-urlencoded") {
        fields.extend(form::read(body));
    } else if verb == Verb::POST && !body.is_empty() {
        let code = if content_type.is_empty() { "missing_post_type" } else { "invalid_post_type" };
        reading.problem = Some(code.to_owned());
    }
    for (name, value) in fields {
        if name == "token" {
            reading.token.get_or_insert(value);
        } else {
            reading.arguments.0.insert(name, Value::String(value));
        }
    }
    reading
}

impl Arguments {
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The argument as text; numbers and flags of a JSON body included.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.0.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// The argument as text, or `invalid_arguments`.
    pub(crate) fn need(&self, name: &str) -> Result<String, Refusal> {
        self.text(name).ok_or_else(|| Refusal::missing(name))
    }

    /// The argument as text unless it is empty.
    pub(crate) fn filled(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        matches!(self.text(name).as_deref(), Some("true" | "1"))
    }

    /// A comma list or an array of texts.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let texts: Vec<String> = match self.0.get(name) {
            Some(Value::Array(items)) => {
                items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
            }
            Some(Value::String(text)) => text.split(',').map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        texts.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    /// A structure: JSON text in a form, JSON text or the thing itself in a JSON body.
    pub(crate) fn structure(&self, name: &str, malformed: &str) -> Result<Option<Value>, Refusal> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if text.is_empty() => Ok(None),
            Some(Value::String(text)) => {
                serde_json::from_str(text).map(Some).map_err(|_| Refusal::new(malformed))
            }
            Some(value) => Ok(Some(value.clone())),
        }
    }

    /// A page of a list: limit and offset, the cursor being the offset.
    pub(crate) fn page(&self, default: usize, max: usize) -> Result<(usize, usize), Refusal> {
        let limit = match self.filled("limit") {
            None => default,
            Some(text) => text.parse().map_err(|_| Refusal::new("invalid_limit"))?,
        };
        let offset = match self.filled("cursor") {
            None => 0,
            Some(text) => text
                .strip_prefix("offset:")
                .map(|text| text.trim_end_matches('='))
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| Refusal::new("invalid_cursor"))?,
        };
        Ok((if limit == 0 { default } else { limit.min(max) }, offset))
    }

    /// The arguments with JSON texts read and the token left out.
    pub(crate) fn for_the_record(&self) -> Value {
        let read = self.0.iter().filter(|(name, _)| *name != "token").map(|(name, value)| {
            let structured = value
                .as_str()
                .filter(|text| text.starts_with(['{', '[']))
                .and_then(|text| serde_json::from_str(text).ok());
            (name.clone(), structured.unwrap_or_else(|| value.clone()))
        });
        Value::Object(read.collect())
    }
}

/// Cuts one page out of a list and names the next cursor (empty at the end).
pub(crate) fn cut<T>(items: Vec<T>, limit: usize, offset: usize) -> (Vec<T>, String) {
    let more = items.len() > offset + limit;
    let page = items.into_iter().skip(offset).take(limit).collect();
    // The padding is there because real cursors end in `=` and must be encoded by the caller.
    let next = if more { format!("offset:{}=", offset + limit) } else { String::new() };
    (page, next)
}
