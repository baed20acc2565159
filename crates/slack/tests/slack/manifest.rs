//! The manifest against Slack's own schema, by the few rules of JSON Schema that it uses.

use std::path::Path;

use regex::Regex;
use serde_json::{Value, json};
use sima_slack::{
    commands,
    manifest::{About, manifest},
    requests::EVENT_KINDS,
    scopes::SCOPES,
    shortcuts::SHORTCUTS,
};

fn contract(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contract/manifest");
    let text = std::fs::read_to_string(folder.join(name)).expect("the contract is there");
    serde_json::from_str(&text).expect("the contract is JSON")
}

fn over_http(url: &str) -> Value {
    manifest(&About { name: "SIMA", slash_command: "/incident", public_url: Some(url) })
}

fn over_a_socket() -> Value {
    manifest(&About { name: "SIMA", slash_command: "/incident", public_url: None })
}

/// Whether a pattern of the schema is found in a text. Rust's expressions look neither ahead nor behind;
/// the schema does so in one place, for what no manifest of ours has.
fn fits(pattern: &str, text: &str) -> bool {
    let expression = Regex::new(pattern).unwrap_or_else(|error| panic!("{pattern}: {error}"));
    expression.is_match(text)
}

/// What is wrong with a value by a schema, each with its place.
fn complaints(root: &Value, schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut say = |what: String| found.push(format!("{at}: {what}"));
    let text = value.as_str();
    let letters = text.map(|text| text.chars().count() as u64);
    let items = value.as_array();
    let fields = value.as_object();
    let mut below = Vec::new();
    for (rule, wanted) in schema.as_object().expect("a schema is an object") {
        let number = || wanted.as_u64().expect("a number");
        match rule.as_str() {
            "type" => {
                let is = match value {
                    Value::Null => "null",
                    Value::Bool(_) => "boolean",
                    Value::Number(_) => "number",
                    Value::String(_) => "string",
                    Value::Array(_) => "array",
                    Value::Object(_) => "object",
                };
                let fine = |wanted: &Value| wanted == is || wanted == "integer" && is == "number";
                if !wanted.as_array().map_or_else(|| fine(wanted), |any| any.iter().any(fine)) {
                    say(format!("is of type {is}, not {wanted}"));
                }
            }
            "$ref" => {
                let pointer = wanted.as_str().expect("a pointer").trim_start_matches('#');
                below.push((root.pointer(pointer).expect("a definition"), value, at.to_owned()));
            }
            "required" => {
                for name in wanted.as_array().expect("a list").iter().filter_map(Value::as_str) {
                    if fields.is_some_and(|fields| !fields.contains_key(name)) {
                        say(format!("lacks {name}"));
                    }
                }
            }
            "enum" if !wanted.as_array().expect("a list").contains(value) => {
                say(format!("{value} is none of {wanted}"));
            }
            // The schema calls it so in one place.
            "pattern" | "regex" => {
                let pattern = wanted.as_str().expect("a pattern");
                if text.is_some_and(|text| !fits(pattern, text)) {
                    say(format!("{value} does not fit {pattern}"));
                }
            }
            "maxLength" if letters.is_some_and(|letters| letters > number()) => {
                say("is too long".into());
            }
            "minLength" if letters.is_some_and(|letters| letters < number()) => {
                say("is too short".into());
            }
            "maxItems" if items.is_some_and(|items| items.len() as u64 > number()) => {
                say("has too many items".into());
            }
            "minItems" if items.is_some_and(|items| (items.len() as u64) < number()) => {
                say("has too few items".into());
            }
            "maxProperties" if fields.is_some_and(|fields| fields.len() as u64 > number()) => {
                say("has too many fields".into());
            }
            "minProperties" if fields.is_some_and(|fields| (fields.len() as u64) < number()) => {
                say("has too few fields".into());
            }
            "uniqueItems" => {
                for (place, item) in items.into_iter().flatten().enumerate() {
                    if items.is_some_and(|items| items[..place].contains(item)) {
                        say(format!("{item} is there twice"));
                    }
                }
            }
            "anyOf" => {
                let mut any = wanted.as_array().expect("a list").iter();
                if !any.any(|one| complaints(root, one, value, at).is_empty()) {
                    say("fits none of its shapes".into());
                }
            }
            "items" => {
                for (place, item) in items.into_iter().flatten().enumerate() {
                    below.push((wanted, item, format!("{at}/{place}")));
                }
            }
            "properties" => {
                for (name, field) in fields.into_iter().flatten() {
                    if let Some(schema) = wanted.get(name) {
                        below.push((schema, field, format!("{at}/{name}")));
                    }
                }
            }
            "patternProperties" => {
                for (name, field) in fields.into_iter().flatten() {
                    let schemas = wanted.as_object().expect("an object").iter();
                    let schemas = schemas.filter(|(pattern, _)| fits(pattern, name));
                    below
                        .extend(schemas.map(|(_, schema)| (schema, field, format!("{at}/{name}"))));
                }
            }
            "additionalProperties" => {
                for (name, field) in fields.into_iter().flatten() {
                    let known =
                        schema.get("properties").is_some_and(|known| known.get(name).is_some());
                    let patterns = schema.get("patternProperties").and_then(Value::as_object);
                    let fitting = patterns
                        .is_some_and(|patterns| patterns.keys().any(|pattern| fits(pattern, name)));
                    if known || fitting {
                        continue;
                    }
                    if wanted == false {
                        say(format!("{name} is unknown"));
                    } else if wanted.is_object() {
                        below.push((wanted, field, format!("{at}/{name}")));
                    }
                }
            }
            "enum" | "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties"
            | "minProperties" | "$schema" | "title" | "description" | "definitions" | "default"
            | "format" | "_note" => {}
            other => panic!("the schema uses {other}, which is not checked here"),
        }
    }
    for (schema, value, at) in below {
        found.extend(complaints(root, schema, value, &at));
    }
    found
}

fn complaints_of_slack(manifest: &Value) -> Vec<String> {
    let schema = contract("schema.json");
    complaints(&schema, &schema, manifest, "")
}

#[test]
fn the_manifest_fits_slacks_schema() {
    assert_eq!(complaints_of_slack(&over_http("https://sima.example.com")), Vec::<String>::new());
    assert_eq!(complaints_of_slack(&over_a_socket()), Vec::<String>::new());
}

/// Slack's own examples: the checker of these tests takes the one and refuses the other.
#[test]
fn the_schema_is_read_as_slack_reads_it() {
    assert_eq!(complaints_of_slack(&contract("valid.json")), Vec::<String>::new());
    assert_ne!(complaints_of_slack(&contract("invalid.json")), Vec::<String>::new());
    for (place, wrong) in [
        ("/display_information/name", json!("a name that is longer than an app's can be")),
        ("/features/slash_commands/0/command", json!("incident")),
        ("/features/shortcuts/0/type", json!("secret")),
        ("/features/bot_user", json!({"display_name": "SIMA", "colour": "red"})),
        ("/settings/socket_mode_enabled", json!("yes")),
    ] {
        let mut manifest = over_http("https://sima.example.com");
        *manifest.pointer_mut(place).expect(place) = wrong;
        let said = complaints_of_slack(&manifest);
        assert!(said.iter().any(|line| line.starts_with(place)), "{place}: {said:?}");
    }
}

#[test]
fn everything_the_code_reads_and_uses_is_asked_for() {
    let manifest = over_http("https://sima.example.com");
    let bot = manifest.pointer("/oauth_config/scopes/bot").and_then(Value::as_array);
    let bot = bot.expect("scopes");
    assert_eq!(bot.len(), SCOPES.len());
    let events = manifest.pointer("/settings/event_subscriptions/bot_events");
    let events = events.and_then(Value::as_array).expect("events");
    for (event, scope) in EVENT_KINDS.iter().flat_map(|kind| kind.subscriptions) {
        assert!(events.contains(&json!(event)), "{event} is not subscribed to");
        if let Some(scope) = scope {
            assert!(bot.contains(&json!(scope)), "{event} needs {scope}");
        }
    }
    let shortcuts = manifest.pointer("/features/shortcuts").and_then(Value::as_array);
    let shortcuts = shortcuts.expect("shortcuts");
    for shortcut in SHORTCUTS {
        assert!(shortcuts.iter().any(|one| one["callback_id"] == shortcut.callback_id));
        assert!(shortcut.name.chars().count() <= 24, "{} is too long", shortcut.name);
    }
    let hint = manifest.pointer("/features/slash_commands/0/usage_hint");
    let first = commands::REGISTRY[0].word;
    assert!(hint.and_then(Value::as_str).expect("a hint").contains(first));
}

/// Over HTTP every kind of request has its address; over a socket there is none to give.
#[test]
fn the_addresses_are_those_of_this_server_or_none() {
    let manifest = over_http("https://sima.example.com");
    for (place, path) in [
        ("/features/slash_commands/0/url", "/slack/commands"),
        ("/settings/interactivity/request_url", "/slack/interactions"),
        ("/settings/event_subscriptions/request_url", "/slack/events"),
    ] {
        let url = format!("https://sima.example.com{path}");
        assert_eq!(manifest.pointer(place), Some(&json!(url)), "{place}");
        assert_eq!(over_a_socket().pointer(place), None, "{place}");
    }
    assert_eq!(manifest.pointer("/settings/socket_mode_enabled"), Some(&json!(false)));
    assert_eq!(over_a_socket().pointer("/settings/socket_mode_enabled"), Some(&json!(true)));
}
