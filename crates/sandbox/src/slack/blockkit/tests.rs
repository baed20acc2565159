//! The check against valid fixtures of others and against one thing too many each.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::rule::{Rule, Walk};
use super::{Surface, check_blocks, check_view, elements, text_length};

fn fixtures(folder: &str) -> Vec<(PathBuf, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/blockkit").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the fixtures are in the repository")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.sort();
    files
        .into_iter()
        .map(|path| {
            let text = std::fs::read_to_string(&path).expect("a readable file");
            let value = serde_json::from_str(&text).expect("JSON");
            (path, value)
        })
        .collect()
}

#[test]
fn valid_blocks_pass() {
    let fixtures = fixtures("blocks");
    assert!(fixtures.len() > 25, "the fixtures are there");
    for (path, block) in fixtures {
        // An alert and an input are at home in modals as well; messages take all of these.
        let complaints = check_blocks(&[block], Surface::Message);
        assert!(complaints.is_empty(), "{}: {complaints:?}", path.display());
    }
}

#[test]
fn valid_elements_pass() {
    let fixtures = fixtures("elements");
    assert!(fixtures.len() > 20, "the fixtures are there");
    for (path, element) in fixtures {
        let kind = element["type"].as_str().expect("a type");
        assert!(elements::find(kind).is_some(), "{kind} is unknown");
        let allowed: &'static [&'static str] =
            Box::leak(vec![&*kind.to_owned().leak()].into_boxed_slice());
        let mut walk = Walk::new(Surface::Modal);
        walk.value("/element", &element, Rule::Element(allowed));
        assert!(walk.complaints.is_empty(), "{}: {:?}", path.display(), walk.complaints);
    }
}

#[test]
fn valid_views_pass() {
    for (path, view) in fixtures("views") {
        let surface = if view["type"] == "home" { Surface::Home } else { Surface::Modal };
        let complaints = check_view(&view, surface);
        assert!(complaints.is_empty(), "{}: {complaints:?}", path.display());
    }
}

fn section(text: &str) -> Value {
    json!({"type": "section", "text": {"type": "mrkdwn", "text": text}})
}

fn button(action_id: &str) -> Value {
    json!({"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": "Go"}})
}

fn input(element: &Value) -> Value {
    json!({"type": "input", "label": {"type": "plain_text", "text": "Label"}, "element": element})
}

#[test]
fn one_too_many_is_refused_where_it_is() {
    let buttons: Vec<Value> = (0..26).map(|number| button(&number.to_string())).collect();
    let options = |count: usize| -> Vec<Value> {
        (0..count)
            .map(|at| json!({"text": {"type": "plain_text", "text": "x"}, "value": at.to_string()}))
            .collect()
    };
    let table: Vec<(Value, &str)> = vec![
        (
            section(&"x".repeat(3001)),
            "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
        ),
        (section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
        (
            json!({"type": "section"}),
            "missing required field: text or fields [json-pointer:/blocks/0]",
        ),
        (
            json!({"type": "actions", "elements": buttons}),
            "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
        ),
        (
            json!({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}),
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
        ),
        (
            json!({"type": "header", "text": {"type": "plain_text", "text": "x".repeat(151)}}),
            "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
        ),
        (
            json!({"type": "actions", "elements": [button("same"), button("same")]}),
            "`action_id` \"same\" already exists [json-pointer:/blocks/0]",
        ),
        (
            json!({"type": "context", "elements": [button("no")]}),
            "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
        ),
        (
            input(&json!({"type": "static_select", "action_id": "a", "options": options(101)})),
            "no more than 100 items allowed [json-pointer:/blocks/0/element/options]",
        ),
        (
            input(&json!({"type": "static_select", "action_id": "a"})),
            "missing required field: options [json-pointer:/blocks/0/element]",
        ),
        (
            input(&json!({"type": "checkboxes", "action_id": "a", "options": options(11)})),
            "no more than 10 items allowed [json-pointer:/blocks/0/element/options]",
        ),
        (
            input(&json!({"type": "number_input", "action_id": "a"})),
            "missing required field: is_decimal_allowed [json-pointer:/blocks/0/element]",
        ),
        (
            input(&json!({"type": "datepicker", "action_id": "a", "initial_date": "2026-13-01"})),
            "must be a date of the form YYYY-MM-DD [json-pointer:/blocks/0/element/initial_date]",
        ),
        (json!({"type": "input"}), "missing required field: label [json-pointer:/blocks/0]"),
        (
            json!({"type": "divider", "colour": "red"}),
            "invalid additional property: colour [json-pointer:/blocks/0]",
        ),
        (json!({"type": "banner"}), "unsupported type: banner [json-pointer:/blocks/0/type]"),
    ];
    for (block, complaint) in table {
        let complaints = check_blocks(std::slice::from_ref(&block), Surface::Message);
        assert!(complaints.iter().any(|text| text == complaint), "{block}\n{complaints:?}");
    }
}

#[test]
fn a_message_takes_fifty_blocks_with_ids_of_their_own() {
    let fifty: Vec<Value> = (0..50).map(|_| json!({"type": "divider"})).collect();
    assert!(check_blocks(&fifty, Surface::Message).is_empty());
    let more: Vec<Value> = (0..51).map(|_| json!({"type": "divider"})).collect();
    assert_eq!(
        check_blocks(&more, Surface::Message),
        ["no more than 50 items allowed [json-pointer:/blocks]"]
    );
    let twins = vec![json!({"type": "divider", "block_id": "a"}); 2];
    assert_eq!(check_blocks(&twins, Surface::Message).len(), 1);
}

#[test]
fn a_modal_with_an_input_needs_submit_and_knows_its_keys() {
    let field = input(&json!({"type": "plain_text_input", "action_id": "a"}));
    let mut view = json!({
        "type": "modal", "title": {"type": "plain_text", "text": "Title"}, "blocks": [field],
    });
    assert_eq!(
        check_view(&view, Surface::Modal),
        ["missing required field: submit [json-pointer:/view]"]
    );
    view["submit"] = json!({"type": "plain_text", "text": "Open"});
    assert!(check_view(&view, Surface::Modal).is_empty());
    view["submit_disabled"] = json!(true);
    assert_eq!(
        check_view(&view, Surface::Modal),
        ["invalid additional property: submit_disabled [json-pointer:/view]"]
    );
    view["title"]["text"] = json!("A title of more than twenty-four");
    assert!(check_view(&view, Surface::Modal).iter().any(|text| text.contains("/view/title/text")));
}

#[test]
fn markdown_is_for_messages_only() {
    let block = json!({"type": "markdown", "text": "**bold**"});
    assert!(check_blocks(std::slice::from_ref(&block), Surface::Message).is_empty());
    assert_eq!(check_blocks(&[block], Surface::Home).len(), 1);
}

#[test]
fn text_is_counted_in_code_points() {
    let blocks = [section("é☕"), json!({"type": "actions", "elements": [button("not-counted")]})];
    assert_eq!(text_length(&blocks), 4);
}
