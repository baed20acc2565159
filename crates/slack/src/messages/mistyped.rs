//! A word that is no command: what was probably meant, as a button that does it.

use sima_incident::{Incident, Policy};

use super::{
    Message, blocks, buttons,
    escape::{line, plain_line},
};
use crate::actions::Action;

/// The answer to a mistyped command. `rest` is what followed the word, as Slack escaped it.
pub fn mistyped(
    given: &str,
    nearest: Option<&str>,
    rest: &str,
    incident: Option<&Incident>,
    policy: &Policy,
) -> Message {
    let about = incident.map(|incident| incident.id);
    let given_shown = line(given, 80);
    let (told, mut steps) = match nearest {
        Some(meant) => {
            let text = format!("{meant} {rest}").trim_end().to_owned();
            (
                format!("No command “{given_shown}”; did you mean *{meant}*?"),
                vec![buttons::first(
                    &format!("Yes, {}", plain_line(&text, 40)),
                    &Action::RunCommand { incident: about, text },
                )],
            )
        }
        // More than one word that is no command is likely what is broken.
        None if !rest.is_empty() => {
            let text = format!("open {given} {rest}");
            (
                format!("No command “{given_shown}”. Is that what is broken?"),
                vec![buttons::button(
                    "🚨 Yes, open an incident",
                    &Action::RunCommand { incident: None, text },
                )],
            )
        }
        None => (format!("No command “{given_shown}”. Here is what you can ask:"), Vec::new()),
    };
    steps.push(buttons::help(incident));
    match incident {
        Some(incident) => {
            steps.push(buttons::info(incident));
            if incident.stage.is_live() {
                steps.push(buttons::button("📣 Update", &Action::OpenUpdateForm(incident.id)));
            }
        }
        None => {
            steps.push(buttons::button("🚨 Open an incident", &Action::OpenForm));
            steps.push(buttons::button("Open incidents", &Action::ListIncidents));
        }
    }
    let mut shown = vec![blocks::section(&told)];
    shown.extend(blocks::actions(steps));
    let command = line(&policy.slash_command, 40);
    Message { text: format!("{told} Type {command} help to see all commands."), blocks: shown }
}
