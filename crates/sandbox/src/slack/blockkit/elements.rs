//! The elements and the objects they are made of.

use super::rule::Rule::{
    Anything, Flag, Many, Number, NumberText, Object, OneOf, Plain, Text, Words,
};
use super::rule::{Field, MAY, MUST, Rule};

/// Elements that may stand in an actions block or beside a section.
pub(crate) const ACTIONS: &[&str] = &[
    "button",
    "workflow_button",
    "overflow",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
    "image",
    "rich_text_input",
];

/// Elements of a context block.
pub(crate) const CONTEXT: &[&str] = &["plain_text", "mrkdwn", "image"];

/// Elements of an input block.
pub(crate) const INPUTS: &[&str] = &[
    "plain_text_input",
    "number_input",
    "email_text_input",
    "url_text_input",
    "rich_text_input",
    "file_input",
    "static_select",
    "external_select",
    "users_select",
    "conversations_select",
    "channels_select",
    "multi_static_select",
    "multi_external_select",
    "multi_users_select",
    "multi_conversations_select",
    "multi_channels_select",
    "datepicker",
    "timepicker",
    "datetimepicker",
    "checkboxes",
    "radio_buttons",
];

/// Whether an element of this type sends actions.
pub(crate) fn is_interactive(kind: &str) -> bool {
    !matches!(kind, "plain_text" | "mrkdwn" | "image")
}

/// The table of an element.
pub(crate) fn find(kind: &str) -> Option<&'static [Field]> {
    Some(match kind {
        "plain_text" => PLAIN_TEXT,
        "mrkdwn" => MRKDWN,
        "image" => IMAGE,
        "button" => BUTTON,
        "workflow_button" => WORKFLOW_BUTTON,
        "feedback_buttons" => FEEDBACK_BUTTONS,
        "icon_button" => ICON_BUTTON,
        "overflow" => OVERFLOW,
        "static_select" => STATIC_SELECT,
        "multi_static_select" => MULTI_STATIC_SELECT,
        "external_select" => EXTERNAL_SELECT,
        "multi_external_select" => MULTI_EXTERNAL_SELECT,
        "users_select" => USERS_SELECT,
        "multi_users_select" => MULTI_USERS_SELECT,
        "conversations_select" => CONVERSATIONS_SELECT,
        "multi_conversations_select" => MULTI_CONVERSATIONS_SELECT,
        "channels_select" => CHANNELS_SELECT,
        "multi_channels_select" => MULTI_CHANNELS_SELECT,
        "checkboxes" => CHECKBOXES,
        "radio_buttons" => RADIO_BUTTONS,
        "datepicker" => DATEPICKER,
        "timepicker" => TIMEPICKER,
        "datetimepicker" => DATETIMEPICKER,
        "plain_text_input" => PLAIN_TEXT_INPUT,
        "number_input" => NUMBER_INPUT,
        "email_text_input" | "url_text_input" => TEXT_INPUT,
        "rich_text_input" => RICH_TEXT_INPUT,
        "file_input" => FILE_INPUT,
        _ => return None,
    })
}

/// A file Slack has already, by id or address.
pub(crate) const SLACK_FILE: &[Field] = &[("id", MAY, Words(1, 255)), ("url", MAY, Words(1, 3000))];

const CONFIRM: Rule = Object(&[
    ("title", MUST, Plain(100)),
    ("text", MUST, Text(300)),
    ("confirm", MUST, Plain(30)),
    ("deny", MUST, Plain(30)),
    ("style", MAY, OneOf(&["primary", "danger"])),
]);
const OPTION: Rule = Object(&[
    ("text", MUST, Text(75)),
    ("value", MUST, Words(1, 150)),
    ("description", MAY, Text(75)),
    ("url", MAY, Words(0, 3000)),
]);
const OPTION_GROUP: Rule =
    Object(&[("label", MUST, Plain(75)), ("options", MUST, Many(1, 100, &OPTION))]);
const ID: Rule = Words(1, 255);
const PLACEHOLDER: Field = ("placeholder", MAY, Plain(150));
const CONFIRMED: Field = ("confirm", MAY, CONFIRM);
const FOCUS: Field = ("focus_on_load", MAY, Flag);
const MAX_SELECTED: Field = ("max_selected_items", MAY, Number(1, 100));
const FILTER: Field = (
    "filter",
    MAY,
    Object(&[
        ("include", MAY, Many(1, 4, &OneOf(&["im", "mpim", "private", "public"]))),
        ("exclude_external_shared_channels", MAY, Flag),
        ("exclude_bot_users", MAY, Flag),
    ]),
);
const DISPATCH: Field = (
    "dispatch_action_config",
    MAY,
    Object(&[(
        "trigger_actions_on",
        MAY,
        Many(1, 2, &OneOf(&["on_enter_pressed", "on_character_entered"])),
    )]),
);

const PLAIN_TEXT: &[Field] = &[("text", MUST, Words(1, 3000)), ("emoji", MAY, Flag)];
const MRKDWN: &[Field] = &[("text", MUST, Words(1, 3000)), ("verbatim", MAY, Flag)];
const IMAGE: &[Field] = &[
    ("image_url", MAY, Words(1, 3000)),
    ("slack_file", MAY, Object(SLACK_FILE)),
    ("alt_text", MUST, Words(1, 2000)),
];
const BUTTON: &[Field] = &[
    ("text", MUST, Plain(75)),
    ("url", MAY, Words(1, 3000)),
    ("value", MAY, Words(0, 2000)),
    ("style", MAY, OneOf(&["primary", "danger"])),
    CONFIRMED,
    ("accessibility_label", MAY, Words(1, 75)),
];
const WORKFLOW_BUTTON: &[Field] = &[
    ("text", MUST, Plain(75)),
    ("workflow", MUST, Anything),
    ("style", MAY, OneOf(&["primary", "danger"])),
    ("accessibility_label", MAY, Words(1, 75)),
];
const FEEDBACK_BUTTON: Rule = Object(&[
    ("text", MUST, Plain(75)),
    ("value", MUST, Words(1, 2000)),
    ("accessibility_label", MAY, Words(1, 75)),
]);
const FEEDBACK_BUTTONS: &[Field] =
    &[("positive_button", MUST, FEEDBACK_BUTTON), ("negative_button", MUST, FEEDBACK_BUTTON)];
const ICON_BUTTON: &[Field] = &[
    ("icon", MUST, Words(1, 75)),
    ("text", MUST, Plain(75)),
    ("value", MAY, Words(0, 2000)),
    CONFIRMED,
    ("accessibility_label", MAY, Words(1, 75)),
    ("visible_to_user_ids", MAY, Many(0, 10, &ID)),
];
const OVERFLOW: &[Field] = &[("options", MUST, Many(1, 5, &OPTION)), CONFIRMED];
const STATIC_SELECT: &[Field] = &[
    ("options", MAY, Many(1, 100, &OPTION)),
    ("option_groups", MAY, Many(1, 100, &OPTION_GROUP)),
    ("initial_option", MAY, OPTION),
    PLACEHOLDER,
    CONFIRMED,
    FOCUS,
];
const MULTI_STATIC_SELECT: &[Field] = &[
    ("options", MAY, Many(1, 100, &OPTION)),
    ("option_groups", MAY, Many(1, 100, &OPTION_GROUP)),
    ("initial_options", MAY, Many(1, 100, &OPTION)),
    MAX_SELECTED,
    PLACEHOLDER,
    CONFIRMED,
    FOCUS,
];
const EXTERNAL_SELECT: &[Field] = &[
    ("initial_option", MAY, OPTION),
    ("min_query_length", MAY, Number(0, 3000)),
    PLACEHOLDER,
    CONFIRMED,
    FOCUS,
];
const MULTI_EXTERNAL_SELECT: &[Field] = &[
    ("initial_options", MAY, Many(1, 100, &OPTION)),
    ("min_query_length", MAY, Number(0, 3000)),
    MAX_SELECTED,
    PLACEHOLDER,
    CONFIRMED,
    FOCUS,
];
const USERS_SELECT: &[Field] = &[("initial_user", MAY, ID), PLACEHOLDER, CONFIRMED, FOCUS];
const MULTI_USERS_SELECT: &[Field] =
    &[("initial_users", MAY, Many(0, 100, &ID)), MAX_SELECTED, PLACEHOLDER, CONFIRMED, FOCUS];
const CONVERSATIONS_SELECT: &[Field] = &[
    ("initial_conversation", MAY, ID),
    ("default_to_current_conversation", MAY, Flag),
    ("response_url_enabled", MAY, Flag),
    FILTER,
    PLACEHOLDER,
    CONFIRMED,
    FOCUS,
];
const MULTI_CONVERSATIONS_SELECT: &[Field] = &[
    ("initial_conversations", MAY, Many(0, 100, &ID)),
    ("default_to_current_conversation", MAY, Flag),
    FILTER,
    MAX_SELECTED,
    PLACEHOLDER,
    CONFIRMED,
    FOCUS,
];
const CHANNELS_SELECT: &[Field] = &[
    ("initial_channel", MAY, ID),
    ("response_url_enabled", MAY, Flag),
    PLACEHOLDER,
    CONFIRMED,
    FOCUS,
];
const MULTI_CHANNELS_SELECT: &[Field] =
    &[("initial_channels", MAY, Many(0, 100, &ID)), MAX_SELECTED, PLACEHOLDER, CONFIRMED, FOCUS];
const CHECKBOXES: &[Field] = &[
    ("options", MUST, Many(1, 10, &OPTION)),
    ("initial_options", MAY, Many(1, 10, &OPTION)),
    CONFIRMED,
    FOCUS,
];
const RADIO_BUTTONS: &[Field] =
    &[("options", MUST, Many(1, 10, &OPTION)), ("initial_option", MAY, OPTION), CONFIRMED, FOCUS];
const DATEPICKER: &[Field] = &[("initial_date", MAY, Words(10, 10)), PLACEHOLDER, CONFIRMED, FOCUS];
const TIMEPICKER: &[Field] = &[
    ("initial_time", MAY, Words(5, 5)),
    ("timezone", MAY, Words(1, 100)),
    PLACEHOLDER,
    CONFIRMED,
    FOCUS,
];
const DATETIMEPICKER: &[Field] =
    &[("initial_date_time", MAY, Number(1_000_000_000, 9_999_999_999)), CONFIRMED, FOCUS];
const PLAIN_TEXT_INPUT: &[Field] = &[
    ("initial_value", MAY, Words(0, 3000)),
    ("multiline", MAY, Flag),
    ("min_length", MAY, Number(0, 3000)),
    ("max_length", MAY, Number(1, 3000)),
    DISPATCH,
    PLACEHOLDER,
    FOCUS,
];
const NUMBER_INPUT: &[Field] = &[
    ("is_decimal_allowed", MUST, Flag),
    ("initial_value", MAY, NumberText),
    ("min_value", MAY, NumberText),
    ("max_value", MAY, NumberText),
    DISPATCH,
    PLACEHOLDER,
    FOCUS,
];
const TEXT_INPUT: &[Field] =
    &[("initial_value", MAY, Words(0, 3000)), DISPATCH, PLACEHOLDER, FOCUS];
const RICH_TEXT_INPUT: &[Field] = &[("initial_value", MAY, Anything), DISPATCH, PLACEHOLDER, FOCUS];
const FILE_INPUT: &[Field] =
    &[("filetypes", MAY, Many(0, 100, &Words(1, 50))), ("max_files", MAY, Number(1, 10))];
