//! The blocks: where each may be shown, and its fields.

use super::Surface::{self, Home, Message, Modal};
use super::elements::{ACTIONS, CONTEXT, INPUTS, SLACK_FILE};
use super::rule::Rule::{
    Anything, Block, Element, Flag, Many, Number, Object, OneOf, Plain, Text, Words,
};
use super::rule::{Field, MAY, MUST, Rule};

/// Where a block of this type may be, and its table.
pub(crate) fn find(kind: &str) -> Option<(&'static [Surface], &'static [Field])> {
    const ALL: &[Surface] = &[Message, Modal, Home];
    const IN_MESSAGES: &[Surface] = &[Message];
    Some(match kind {
        "section" => (ALL, SECTION),
        "header" => (ALL, HEADER),
        "context" => (ALL, CONTEXT_BLOCK),
        "actions" => (ALL, ACTIONS_BLOCK),
        "divider" => (ALL, &[]),
        "image" => (ALL, IMAGE),
        "input" => (ALL, INPUT),
        "rich_text" => (ALL, RICH_TEXT),
        "video" => (ALL, VIDEO),
        "markdown" => (IN_MESSAGES, MARKDOWN),
        "context_actions" => (IN_MESSAGES, CONTEXT_ACTIONS),
        "file" => (IN_MESSAGES, FILE),
        "call" => (IN_MESSAGES, CALL),
        "table" => (IN_MESSAGES, TABLE),
        "alert" => (&[Modal, Message], ALERT),
        "card" => (IN_MESSAGES, CARD),
        "carousel" => (IN_MESSAGES, CAROUSEL),
        "container" => (IN_MESSAGES, CONTAINER),
        // Drawn by new clients only, and described by third parties only: their insides are not checked.
        "data_table" | "data_visualization" | "task_card" | "plan" => (IN_MESSAGES, OPEN),
        _ => return None,
    })
}

const FIELD: Rule = Text(2000);
const SECTION: &[Field] = &[
    ("text", MAY, Text(3000)),
    ("fields", MAY, Many(1, 10, &FIELD)),
    ("accessory", MAY, Element(ACTIONS)),
    ("expand", MAY, Flag),
];
const HEADER: &[Field] = &[("text", MUST, Plain(150)), ("level", MAY, Number(1, 6))];
const CONTEXT_ELEMENT: Rule = Element(CONTEXT);
const CONTEXT_BLOCK: &[Field] = &[("elements", MUST, Many(1, 10, &CONTEXT_ELEMENT))];
const ACTION: Rule = Element(ACTIONS);
const ACTIONS_BLOCK: &[Field] = &[("elements", MUST, Many(1, 25, &ACTION))];
const CONTEXT_ACTION: Rule = Element(&["feedback_buttons", "icon_button"]);
const CONTEXT_ACTIONS: &[Field] = &[("elements", MUST, Many(1, 5, &CONTEXT_ACTION))];
const IMAGE: &[Field] = &[
    ("image_url", MAY, Words(1, 3000)),
    ("slack_file", MAY, Object(SLACK_FILE)),
    ("alt_text", MUST, Words(1, 2000)),
    ("title", MAY, Plain(2000)),
];
const INPUT: &[Field] = &[
    ("label", MUST, Plain(2000)),
    ("element", MUST, Element(INPUTS)),
    ("hint", MAY, Plain(2000)),
    ("optional", MAY, Flag),
    ("dispatch_action", MAY, Flag),
];
const MARKDOWN: &[Field] = &[("text", MUST, Words(1, 12_000))];
const RICH_TEXT: &[Field] = &[("elements", MUST, Many(1, 1000, &Anything))];
const VIDEO: &[Field] = &[
    ("alt_text", MUST, Words(1, 200)),
    ("title", MUST, Plain(200)),
    ("title_url", MAY, Words(1, 3000)),
    ("thumbnail_url", MUST, Words(1, 3000)),
    ("video_url", MUST, Words(1, 3000)),
    ("author_name", MAY, Words(1, 50)),
    ("description", MAY, Plain(200)),
    ("provider_name", MAY, Words(1, 50)),
    ("provider_icon_url", MAY, Words(1, 3000)),
];
const FILE: &[Field] =
    &[("external_id", MUST, Words(1, 255)), ("source", MUST, OneOf(&["remote"]))];
const CALL: &[Field] = &[
    ("call_id", MUST, Words(1, 255)),
    ("api_decoration_available", MAY, Flag),
    ("call", MAY, Anything),
];
const ROW: Rule = Many(1, 20, &Anything);
const TABLE: &[Field] =
    &[("rows", MUST, Many(1, 100, &ROW)), ("column_settings", MAY, Many(0, 20, &Anything))];
const ALERT: &[Field] = &[
    ("text", MUST, Text(200)),
    ("level", MAY, OneOf(&["default", "info", "warning", "error", "success"])),
];
const CARD: &[Field] = &[
    ("title", MAY, Text(150)),
    ("subtitle", MAY, Text(150)),
    ("body", MAY, Text(200)),
    ("subtext", MAY, Text(200)),
    ("actions", MAY, Many(0, 3, &ACTION)),
    ("hero_image", MAY, Anything),
    ("icon", MAY, Anything),
    ("slack_icon", MAY, Anything),
];
const CAROUSEL: &[Field] = &[("elements", MUST, Many(1, 10, &Block))];
const CONTAINER: &[Field] = &[
    ("title", MAY, Text(150)),
    ("subtitle", MAY, Text(150)),
    ("child_blocks", MAY, Many(0, 10, &Block)),
    ("icon", MAY, Anything),
    ("has_header_divider", MAY, Flag),
    ("is_collapsible", MAY, Flag),
    ("default_collapsed", MAY, Flag),
    ("width", MAY, Anything),
];
const OPEN: &[Field] = &[];

/// Whether the insides of this block are let through unchecked.
pub(crate) fn is_open(kind: &str) -> bool {
    matches!(kind, "data_table" | "data_visualization" | "task_card" | "plan")
}
