//! A Web API method's no: `ok: false` with a code and what else Slack says about it.

use serde_json::{Map, Value, json};

use crate::state::State;

/// Why a method did nothing.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) code: String,
    pub(crate) extra: Map<String, Value>,
}

impl Refusal {
    pub(crate) fn new(code: &str) -> Self {
        Self { code: code.to_owned(), extra: Map::new() }
    }

    pub(crate) fn with(mut self, key: &str, value: Value) -> Self {
        self.extra.insert(key.to_owned(), value);
        self
    }

    /// `invalid_arguments` for an argument that is not there.
    pub(crate) fn missing(argument: &str) -> Self {
        Self::invalid(&format!("missing required field: {argument}"))
    }

    /// `invalid_arguments` with one message.
    pub(crate) fn invalid(message: &str) -> Self {
        Self::new("invalid_arguments")
            .with("response_metadata", json!({"messages": [format!("[ERROR] {message}")]}))
    }

    /// `invalid_blocks` (or another code) with the complaints of the Block Kit check.
    pub(crate) fn complaints(code: &str, complaints: &[String]) -> Self {
        let messages: Vec<String> =
            complaints.iter().map(|text| format!("[ERROR] {text}")).collect();
        Self::new(code)
            .with("errors", json!(complaints))
            .with("response_metadata", json!({"messages": messages}))
    }

    pub(crate) fn missing_scope(state: &State, needed: &str) -> Self {
        Self::new("missing_scope")
            .with("needed", json!(needed))
            .with("provided", json!(state.scopes.join(",")))
    }

    pub(crate) fn body(&self) -> Value {
        let mut body = self.extra.clone();
        body.insert("ok".to_owned(), json!(false));
        body.insert("error".to_owned(), json!(self.code));
        Value::Object(body)
    }
}
