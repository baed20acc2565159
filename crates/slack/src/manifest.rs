//! The app's manifest: what Slack must know of the app, made from what the code reads and uses.
//!
//! Source: docs.slack.dev, "Configuring apps with app manifests", 2026-01, and the schema of
//! github.com/slackapi/manifest-schema, 2026-07.

use serde_json::{Value, json};

use crate::{commands, requests::EVENT_KINDS, scopes::SCOPES, shortcuts::SHORTCUTS};

/// The paths at which requests of Slack's are taken.
pub mod paths {
    /// What people type.
    pub const COMMANDS: &str = "/slack/commands";
    /// What people press and fill in.
    pub const INTERACTIONS: &str = "/slack/interactions";
    /// What happens in the workspace.
    pub const EVENTS: &str = "/slack/events";
}

/// The longest name an app can have, in characters.
pub const LONGEST_NAME: usize = 35;

/// What differs from company to company.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// What the app and its bot are called, [`LONGEST_NAME`] characters at most.
    pub name: &'a str,
    /// The slash command.
    pub slash_command: &'a str,
    /// Where Slack reaches SIMA, without a slash at the end; none with Socket Mode.
    pub public_url: Option<&'a str>,
}

/// The manifest, ready to be pasted or sent to Slack.
pub fn manifest(about: &About<'_>) -> Value {
    let url = |path: &str| about.public_url.map(|url| format!("{url}{path}"));
    let mut manifest = json!({
        "_metadata": {"major_version": 2, "minor_version": 1},
        "display_information": {
            "name": about.name,
            "description": "Opens, runs and measures production incidents",
            "background_color": "#1f2a44",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": true,
                // Where people are reminded of what they promised, and may write to SIMA.
                "messages_tab_enabled": true,
                "messages_tab_read_only_enabled": false,
            },
            "bot_user": {"display_name": about.name, "always_online": true},
            "shortcuts": shortcuts(),
            "slash_commands": [{
                "command": about.slash_command,
                "url": url(paths::COMMANDS),
                "description": "Open an incident, or do something in one",
                "usage_hint": usage_hint(),
                "should_escape": true,
            }],
        },
        "oauth_config": {
            "scopes": {"bot": SCOPES.iter().map(|scope| scope.name).collect::<Vec<_>>()},
        },
        "settings": {
            "event_subscriptions": {
                "request_url": url(paths::EVENTS),
                "bot_events": events(),
            },
            "interactivity": {"is_enabled": true, "request_url": url(paths::INTERACTIONS)},
            "org_deploy_enabled": false,
            "socket_mode_enabled": about.public_url.is_none(),
            "token_rotation_enabled": false,
        },
    });
    leave_out_nothing(&mut manifest);
    manifest
}

/// What the app subscribes to.
fn events() -> Vec<&'static str> {
    let subscriptions = EVENT_KINDS.iter().flat_map(|kind| kind.subscriptions);
    subscriptions.map(|(event, _)| *event).collect()
}

fn shortcuts() -> Vec<Value> {
    let written = SHORTCUTS.iter().map(|shortcut| {
        json!({
            "name": shortcut.name,
            "type": if shortcut.on_message { "message" } else { "global" },
            "callback_id": shortcut.callback_id,
            "description": shortcut.description,
        })
    });
    written.collect()
}

/// What may follow the slash command, as Slack shows it while somebody types.
fn usage_hint() -> String {
    const SHOWN: usize = 5;
    let words: Vec<&str> =
        commands::REGISTRY.iter().take(SHOWN).map(|command| command.word).collect();
    format!("[{}|help]", words.join("|"))
}

/// Takes out what there is none of: Slack refuses a null.
fn leave_out_nothing(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, field| !field.is_null());
            fields.values_mut().for_each(leave_out_nothing);
        }
        Value::Array(items) => items.iter_mut().for_each(leave_out_nothing),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
