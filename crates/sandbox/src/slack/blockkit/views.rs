//! The check of modals and App Homes.

use serde_json::Value;

use super::Surface;
use super::rule::Rule::{Anything, Flag, OneOf, Plain, Words};
use super::rule::{Field, MAY, MUST, Walk};

const MODAL: &[Field] = &[
    ("type", MUST, OneOf(&["modal"])),
    ("title", MUST, Plain(24)),
    ("blocks", MUST, Anything),
    ("submit", MAY, Plain(24)),
    ("close", MAY, Plain(24)),
    ("private_metadata", MAY, Words(0, 3000)),
    ("callback_id", MAY, Words(0, 255)),
    ("external_id", MAY, Words(0, 255)),
    ("clear_on_close", MAY, Flag),
    ("notify_on_close", MAY, Flag),
];

const HOME: &[Field] = &[
    ("type", MUST, OneOf(&["home"])),
    ("blocks", MUST, Anything),
    ("private_metadata", MAY, Words(0, 3000)),
    ("callback_id", MAY, Words(0, 255)),
    ("external_id", MAY, Words(0, 255)),
];

/// Complaints about a view, with pointers that begin at `/view`.
pub(crate) fn check(view: &Value, surface: Surface) -> Vec<String> {
    let mut walk = Walk::new(surface);
    let Some(fields) = view.as_object() else {
        walk.complain("must be an object", "/view");
        return walk.complaints;
    };
    let shape = if surface == Surface::Home { HOME } else { MODAL };
    walk.fields("/view", fields, shape, &[]);
    match fields.get("blocks") {
        Some(Value::Array(blocks)) => {
            if blocks.is_empty() {
                walk.complain("no fewer than 1 items allowed", "/view/blocks");
            }
            walk.blocks("/view/blocks", blocks, 100);
            let has_input = blocks.iter().any(|block| block["type"] == "input");
            if surface == Surface::Modal && has_input && !fields.contains_key("submit") {
                walk.complain("missing required field: submit", "/view");
            }
        }
        Some(_) => walk.complain("must be an array", "/view/blocks"),
        None => {}
    }
    walk.complaints
}
