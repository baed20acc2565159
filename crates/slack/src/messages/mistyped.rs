//! A word that is no command: what was probably meant, as a button that does it.

use sima_incident::{Incident, Policy};

use super::{
    Message, blocks, buttons,
    escape::{line, plain_line},
};
use crate::{actions::Action, commands::plain};

/// The answer to a mistyped command. `rest` is what followed the word, as Slack escaped it.
pub fn mistyped(
    given: &str,
    nearest: Option<&str>,
    rest: &str,
    incident: Option<&Incident>,
    policy: &Policy,
) -> Message {
    let about = incident.map(|incident| incident.id);
    let typed = line(given, 80);
    let mut steps = Vec::new();
    let told = match nearest {
        Some(meant) => {
            let text = format!("{meant} {rest}").trim_end().to_owned();
            let label = format!("Yes, {}", plain_line(&text, 40));
            steps.push(buttons::first(&label, &Action::RunCommand { incident: about, text }));
            format!("No command “{typed}”; did you mean *{meant}*?")
        }
        None if rest.is_empty() => {
            format!("No command “{typed}”. One of these may be what you want.")
        }
        // Several words that are no command are likely what is broken.
        None => {
            let text = format!("open {given} {rest}");
            steps.push(buttons::first(
                "🚨 Yes, open an incident",
                &Action::RunCommand { incident: None, text },
            ));
            let sentence = line(&plain(&format!("{given} {rest}")), 300);
            format!("“{sentence}” is no command. Is that what is broken?")
        }
    };
    steps.push(buttons::help(incident));
    if let Some(incident) = incident {
        steps.push(buttons::info(incident));
        if incident.stage.is_live() {
            steps.push(buttons::button("📣 Update", &Action::OpenUpdateForm(incident.id)));
            steps.push(buttons::escalate(incident));
        }
    } else {
        if nearest.is_some() || rest.is_empty() {
            steps.push(buttons::button("🚨 Open an incident", &Action::OpenForm));
        }
        steps.push(buttons::button("Open incidents", &Action::ListIncidents));
    }
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(steps));
    let command = line(&policy.slash_command, 40);
    Message { text: format!("{told} Type {command} help to see all commands."), blocks: shown }
}
