//! What comes over a socket: a greeting, a farewell, or an envelope with a request.

use serde_json::Value;

use crate::requests::{self, Request, Unreadable, truth};

/// One text that Slack sent.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    /// The connection is open.
    Hello,
    /// Slack will close it, or refuses it; its reason.
    Disconnect(String),
    /// A request, to be acknowledged by its id.
    Envelope(Box<Envelope>),
    /// Something we do not know, as Slack adds without notice.
    Other,
}

/// A request with its id.
#[derive(Debug, PartialEq)]
pub(super) struct Envelope {
    pub id: String,
    pub request: Result<Request, Unreadable>,
    /// Whether an answer may come with the acknowledgement.
    pub takes_payload: bool,
}

/// Reads a text. What is no JSON means nothing.
pub(super) fn read(text: &str) -> Frame {
    let Ok(json) = serde_json::from_str::<Value>(text) else { return Frame::Other };
    let word = |pointer: &str| json.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
    match (word("/type"), word("/envelope_id")) {
        ("hello", _) => Frame::Hello,
        ("disconnect", _) => Frame::Disconnect(word("/reason").to_owned()),
        (_, "") => Frame::Other,
        (kind, id) => Frame::Envelope(Box::new(Envelope {
            id: id.to_owned(),
            request: requests::read_enveloped(kind, json.get("payload").unwrap_or(&Value::Null)),
            takes_payload: truth(&json, "/accepts_response_payload"),
        })),
    }
}

/// Writes an acknowledgement.
pub(super) fn acknowledgement(envelope_id: &str, payload: Option<&Value>) -> String {
    let mut written = serde_json::json!({ "envelope_id": envelope_id });
    if let Some(payload) = payload {
        written["payload"] = payload.clone();
    }
    written.to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_text_that_is_none_of_slacks_means_nothing() {
        for text in ["", "Ping from applink-1", "[]", "{}", r#"{"type":"new_thing"}"#, "null"] {
            assert_eq!(read(text), Frame::Other, "{text}");
        }
    }

    fn recorded(name: &str) -> String {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/payloads");
        std::fs::read_to_string(format!("{folder}/{name}")).expect("a recording")
    }

    fn envelope(name: &str) -> Envelope {
        match read(&recorded(name)) {
            Frame::Envelope(envelope) => *envelope,
            other => panic!("{name} was read as {other:?}"),
        }
    }

    #[test]
    fn what_slack_sends_over_a_socket_is_read() {
        assert_eq!(read(&recorded("socket_hello.json")), Frame::Hello);
        for reason in ["warning", "refresh_requested", "link_disabled", "too_many_websockets"] {
            let frame = read(&recorded(&format!("socket_disconnect_{reason}.json")));
            assert_eq!(frame, Frame::Disconnect(reason.to_owned()));
        }
        let command = envelope("socket_envelope_slash_commands.json");
        let Ok(Request::Command(typed)) = &command.request else { panic!("{command:?}") };
        assert_eq!(
            (typed.command.as_str(), typed.text.as_str()),
            ("/incident", "status monitoring")
        );
        assert!(command.takes_payload && !typed.trigger_id.is_empty());
        let event = envelope("socket_envelope_events_api.json");
        assert!(matches!(event.request, Ok(Request::Event(_))) && !event.takes_payload);
        let pressed = envelope("socket_envelope_interactive_block_actions.json");
        assert!(matches!(pressed.request, Ok(Request::Actions(_))), "{pressed:?}");
        let submitted = envelope("socket_envelope_interactive_view_submission.json");
        assert!(matches!(submitted.request, Ok(Request::Submission(_))), "{submitted:?}");
    }

    /// What comes again, with another envelope, has the id by which it is recognised.
    #[test]
    fn an_event_that_comes_again_is_known_by_its_own_id() {
        let id = |name: &str| envelope(name).request.expect("a request").delivery_id();
        let first = id("socket_envelope_events_api.json");
        assert!(first.is_some());
        let again = recorded("socket_envelope_events_api_retry.json");
        let mut again: Value = serde_json::from_str(&again).expect("JSON");
        again["payload"]["event_id"] = serde_json::json!("Ev0SIMA0004");
        again["envelope_id"] = serde_json::json!("another");
        let Frame::Envelope(again) = read(&again.to_string()) else { panic!("an envelope") };
        let again = again.request.expect("a request").delivery_id();
        assert_eq!(again.as_deref(), Some("event:Ev0SIMA0004"));
    }

    #[test]
    fn an_acknowledgement_carries_a_payload_only_if_there_is_one() {
        assert_eq!(acknowledgement("e1", None), r#"{"envelope_id":"e1"}"#);
        let with: Value =
            serde_json::from_str(&acknowledgement("e1", Some(&json!({"a": 1})))).expect("JSON");
        assert_eq!(with, json!({"envelope_id": "e1", "payload": {"a": 1}}));
    }
}
