//! Requests, by the recorded payloads: each is read, and as what it is.

use std::fs;

use sima_incident::{MessageChange, MessageRef, PersonId, Said};
use sima_slack::requests::{Event, Request, Unreadable, ViewKind, read};

const JSON: Option<&str> = Some("application/json; charset=utf-8");
const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

fn payload(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/payloads");
    fs::read(format!("{folder}/{name}")).expect("a recorded payload")
}

/// A payload as it comes over HTTP: interactions travel in a form.
fn as_form(name: &str) -> Vec<u8> {
    let encoded: String = payload(name).iter().fold(String::new(), |mut encoded, byte| {
        use std::fmt::Write as _;
        write!(encoded, "%{byte:02X}").expect("a string takes it");
        encoded
    });
    format!("payload={encoded}").into_bytes()
}

fn interaction(name: &str) -> Request {
    read(FORM, &as_form(name)).expect("readable")
}

fn event(name: &str) -> Request {
    read(JSON, &payload(name)).expect("readable")
}

fn person(id: &str) -> PersonId {
    PersonId(id.to_owned())
}

#[test]
fn every_recorded_payload_is_read_as_what_it_is() {
    let kinds = [
        ("block_actions_", "actions"),
        ("block_suggestion", "suggestion"),
        ("message_action", "message shortcut"),
        ("shortcut_global", "shortcut"),
        ("slash_command.form", "command"),
        ("view_closed", "closed"),
        ("view_submission", "submission"),
        ("event_url_verification", "url verification"),
        ("event_app_rate_limited", "rate limited"),
        ("event_", "event"),
    ];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/payloads");
    let mut read_ones = 0;
    for entry in fs::read_dir(folder).expect("the folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        let Some((_, kind)) = kinds.iter().find(|(prefix, _)| name.starts_with(prefix)) else {
            // Frames of Socket Mode, and the command as such a frame carries it.
            assert!(name.starts_with("socket_") || name == "slash_command.json", "{name}");
            continue;
        };
        let request = if name.ends_with(".form.txt") {
            read(FORM, payload(&name).trim_ascii_end())
        } else if name.starts_with("event_") {
            read(JSON, &payload(&name))
        } else {
            read(FORM, &as_form(&name))
        };
        let found = match request.unwrap_or_else(|unreadable| panic!("{name}: {unreadable}")) {
            Request::SslCheck => "ssl check",
            Request::UrlVerification { .. } => "url verification",
            Request::Command(_) => "command",
            Request::Actions(_) => "actions",
            Request::Submission(_) => "submission",
            Request::Closed(_) => "closed",
            Request::Shortcut(_) => "shortcut",
            Request::MessageShortcut(_) => "message shortcut",
            Request::Suggestion(_) => "suggestion",
            Request::Event(_) => "event",
            Request::RateLimited => "rate limited",
            Request::Unknown { .. } => "unknown",
        };
        assert_eq!(found, *kind, "{name}");
        read_ones += 1;
    }
    assert_eq!(read_ones, 32);
}

#[test]
fn a_command_carries_what_was_typed_and_where() {
    let Request::Command(command) = event_form("slash_command.form.txt") else { panic!() };
    assert_eq!(command.text, "status monitoring");
    assert_eq!(command.person, person("U0ALICE001"));
    assert_eq!(command.channel, "C0INC00042");
    assert_eq!(command.response_url, "https://hooks.slack.com/commands/T0SIMA0001/1/aaaa");
    assert!(command.trigger_id.starts_with("1700000000001."));
}

fn event_form(name: &str) -> Request {
    read(FORM, payload(name).trim_ascii_end()).expect("readable")
}

#[test]
fn a_button_carries_who_pressed_what_where() {
    let Request::Actions(pressed) = interaction("block_actions_message.json") else { panic!() };
    let message =
        MessageRef { channel: "C0INC00042".to_owned(), ts: "1700000000.000200".to_owned() };
    assert_eq!(pressed.message, Some(message));
    assert!(!pressed.is_ephemeral && pressed.view.is_none());
    assert_eq!(pressed.actions.len(), 1);
    assert_eq!(pressed.actions[0].action_id, "become_im");
    assert_eq!(pressed.actions[0].value, "42");

    let Request::Actions(pressed) = interaction("block_actions_ephemeral.json") else { panic!() };
    assert!(pressed.is_ephemeral && pressed.response_url.is_some());

    let Request::Actions(pressed) = interaction("block_actions_modal.json") else { panic!() };
    assert_eq!(pressed.actions[0].value, "sev1", "of what was chosen");
    assert!(pressed.channel.is_none() && pressed.response_url.is_none());
    assert_eq!(pressed.view.expect("a view").kind, ViewKind::Modal);

    let Request::Actions(pressed) = interaction("block_actions_home.json") else { panic!() };
    assert_eq!(pressed.view.expect("a view").kind, ViewKind::Home);
}

#[test]
fn a_submission_carries_what_was_filled_in() {
    let Request::Submission(submission) = interaction("view_submission.json") else { panic!() };
    let state = &submission.view.state;
    assert_eq!(state.typed("summary").as_deref(), Some("API returns 500"));
    assert_eq!(state.typed("description"), None, "null is empty");
    assert_eq!(state.typed("impact").as_deref(), Some("1200"), "a number comes as text");
    assert_eq!(state.chosen("severity").as_deref(), Some("sev1"));
    assert!(!state.is_ticked("opts", "private"));
    assert_eq!(state.typed("absent"), None);
}

#[test]
fn an_event_carries_its_id_and_who_we_are() {
    let Request::Event(envelope) = event("event_member_joined_channel.json") else { panic!() };
    assert_eq!(envelope.event_id, "Ev0SIMA0004");
    assert_eq!(envelope.bot_user, Some(person("U0SIMABOT1")));
    let joined = Event::MemberJoined {
        person: person("U0BOBBY001"),
        channel: "C0INC00042".to_owned(),
        inviter: Some(person("U0ALICE001")),
    };
    assert_eq!(envelope.event, joined);
    let Request::Event(envelope) = event("event_member_left_channel.json") else { panic!() };
    let (person_left, channel) = (person("U0BOBBY001"), "C0INC00042".to_owned());
    assert_eq!(envelope.event, Event::MemberLeft { person: person_left, channel });
    let Request::Event(envelope) = event("event_app_home_opened.json") else { panic!() };
    let opened = Event::AppHomeOpened { person: person("U0ALICE001"), tab: "home".to_owned() };
    assert_eq!(envelope.event, opened);
}

#[test]
fn marks_and_changes_of_messages_are_read_by_what_they_are_about() {
    let of = |name: &str| match event(name) {
        Request::Event(envelope) => envelope.event,
        other => panic!("{other:?}"),
    };
    let message = MessageRef { channel: "C0INC00042".into(), ts: "1700000005.000400".into() };
    for (name, given) in
        [("event_reaction_added.json", true), ("event_reaction_removed.json", false)]
    {
        let (person, author) = (person("U0BOBBY001"), Some(person("U0ALICE001")));
        let (name_of, message) = ("eyes".to_owned(), message.clone());
        let read = Event::Reaction { person, name: name_of, message, author, given };
        assert_eq!(of(name), read);
    }
    let brief = MessageRef { channel: "C0INC00042".into(), ts: "1700000000.000200".into() };
    let us = person("U0SIMABOT1");
    let pinned = Event::Pin { person: us.clone(), message: brief, author: Some(us), given: true };
    assert_eq!(of("event_pin_added.json"), pinned);
    let (author, edited) = (Some(person("U0BOBBY001")), Some("1700000008.000000".to_owned()));
    let said = Said { text: "db is back (edited)".into(), files: Vec::new(), edited };
    let change = MessageChange::Edited(said);
    let edited = Event::MessageChanged { message: message.clone(), author: author.clone(), change };
    assert_eq!(of("event_message_changed.json"), edited);
    let deleted = Event::MessageChanged { message, author, change: MessageChange::Deleted };
    assert_eq!(of("event_message_deleted.json"), deleted);
    // That a person writes is heard; what a program posts, and that somebody came, is nothing.
    let written =
        Event::Talk { channel: "C0INC00042".into(), at: "2023-11-14T22:13:25.0004Z".parse().ok() };
    assert_eq!(of("event_message.json"), written);
    for name in [
        "event_message_bot_self.json",
        "event_message_bot_message.json",
        "event_message_channel_join.json",
    ] {
        assert!(matches!(of(name), Event::Other { .. }), "{name}");
    }

    // A link's preview is no edit, and what is left of a deleted parent is a deletion.
    let mut changed: serde_json::Value =
        serde_json::from_slice(&payload("event_message_changed.json")).expect("JSON");
    let again = |changed: &serde_json::Value| match read(JSON, changed.to_string().as_bytes()) {
        Ok(Request::Event(envelope)) => envelope.event,
        other => panic!("{other:?}"),
    };
    changed["event"]["previous_message"]["text"] = "db is back (edited)".into();
    assert!(matches!(again(&changed), Event::Other { .. }));
    changed["event"]["message"]["subtype"] = "tombstone".into();
    assert_eq!(again(&changed), deleted);
    changed["event"]["message"] = serde_json::json!(["of", "tomorrow"]);
    assert!(matches!(again(&changed), Event::Other { .. }));
}

#[test]
fn a_repeated_delivery_is_recognised() {
    let id = |request: Request| request.delivery_id();
    let event_id = id(event("event_member_joined_channel.json"));
    assert_eq!(event_id.as_deref(), Some("event:Ev0SIMA0004"));
    assert_eq!(id(interaction("view_submission.json")).as_deref(), Some("view:V0MODAL001"));
    assert!(id(interaction("block_actions_message.json")).is_some());
    assert_eq!(id(event("event_url_verification.json")), None);
    let without = b"command=%2Fincident&text=&user_id=U1&channel_id=C1";
    assert_eq!(id(read(FORM, without).expect("readable")), None, "no trigger, no id");
}

#[test]
fn a_certificate_check_does_nothing_else() {
    for body in [
        &b"ssl_check=1&token=x"[..],
        b"ssl_check=1&command=%2Fincident&text=open+x&user_id=U1&channel_id=C1",
        b"payload=%7B%22type%22%3A%22block_actions%22%7D&ssl_check=1",
    ] {
        assert_eq!(read(FORM, body), Ok(Request::SslCheck));
    }
    let not_one = b"ssl_check=0&command=%2Fincident&user_id=U1&channel_id=C1";
    assert!(matches!(read(FORM, not_one), Ok(Request::Command(_))));
}

#[test]
fn what_cannot_be_read_is_named_in_one_line() {
    let missing = |kind, field| Unreadable::Missing { kind, field };
    let cases: [(Option<&str>, &[u8], Unreadable); 10] = [
        (JSON, b"{", Unreadable::NotJson("body")),
        (JSON, b"[]", missing("body", "type")),
        (JSON, b"{\"type\":\"event_callback\"}", missing("event", "event_id")),
        (FORM, b"payload=%7B", Unreadable::NotJson("payload")),
        (FORM, b"payload=%7B%7D", missing("payload", "type")),
        (FORM, b"a=b", Unreadable::EmptyForm),
        (FORM, b"", Unreadable::EmptyForm),
        (FORM, b"command=%2Fincident", missing("command", "user_id")),
        (Some("text/plain"), b"x", Unreadable::ContentType("text/plain".to_owned())),
        (None, b"\xff\xfe", Unreadable::EmptyForm),
    ];
    for (content_type, body, expected) in cases {
        let unreadable = read(content_type, body).expect_err("unreadable");
        assert_eq!(unreadable, expected);
        assert!(!unreadable.to_string().contains('\n'));
    }
}

#[test]
fn kinds_we_do_not_know_are_no_error() {
    let cases: [(Option<&str>, &[u8]); 2] =
        [(JSON, b"{\"type\":\"hello\"}"), (FORM, b"payload=%7B%22type%22%3A%22new%22%7D")];
    for (content_type, body) in cases {
        assert!(matches!(read(content_type, body), Ok(Request::Unknown { .. })));
    }
    let numbers = br#"{"type":"block_actions","user":{"id":"U1"},"actions":[{"action_id":"a","value":7}],"container":{"is_ephemeral":"true"}}"#;
    let Ok(Request::Actions(pressed)) = read(None, numbers) else { panic!() };
    assert_eq!(pressed.actions[0].value, "7");
    assert!(pressed.is_ephemeral);
}
