//! Somebody wrote a command to SIMA where it is not typed: it is done when they say so.

use sima_incident::{Incident, Policy};

use super::{
    Message, blocks, buttons,
    escape::{line, plain_line},
};
use crate::{actions::Action, commands::plain};

/// Asks whether what was written shall be done. `text` is as Slack escaped it.
pub fn offered(text: &str, incident: Option<&Incident>, policy: &Policy) -> Message {
    let written = plain(text);
    let told = format!("Shall that be done: “{}”?", line(&written, 300));
    let run = Action::RunCommand {
        incident: incident.map(|incident| incident.id),
        text: text.to_owned(),
    };
    let mut steps = vec![
        buttons::first(&format!("Yes, {}", plain_line(&written, 40)), &run),
        buttons::help(incident),
    ];
    steps.extend(incident.map(buttons::info));
    let command = line(&policy.slash_command, 40);
    let mut shown = vec![
        blocks::section(&told),
        blocks::context(&format!("Typed after {command} it is done at once.")),
    ];
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}
