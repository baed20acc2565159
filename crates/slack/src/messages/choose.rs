//! A command typed outside an incident channel: which incident is meant?

use sima_incident::Incident;

use super::{Message, badge, blocks, buttons, escape::line};
use crate::actions::Action;

/// The most incidents offered.
const MOST: usize = 10;

/// Offers the incidents given; each button does there what was typed. `text` is as Slack escaped it.
pub fn choose(incidents: &[Incident], text: &str) -> Message {
    if incidents.is_empty() {
        let told = "No incident is open, and this is no incident channel.";
        let steps = vec![
            buttons::button("🚨 Open an incident", &Action::OpenForm),
            buttons::button("Open incidents", &Action::ListIncidents),
            buttons::help(None),
        ];
        let mut shown = vec![blocks::section(told)];
        shown.extend(blocks::actions(steps));
        return Message { text: told.to_owned(), blocks: shown };
    }
    let told = "This is no incident channel. Which incident do you mean?";
    let mut shown = vec![blocks::section(told)];
    for incident in incidents.iter().take(MOST) {
        let row = format!("*{}*\n{}", badge::headline(incident), line(&incident.summary, 220));
        let action = Action::RunCommand { incident: Some(incident.id), text: text.to_owned() };
        let button = buttons::button(&format!("This one: {}", incident.number), &action);
        shown.push(blocks::section_with(&row, &button));
    }
    if incidents.len() > MOST {
        let more = incidents.len() - MOST;
        shown.push(blocks::context(&format!("and {more} more: type the command in its channel")));
    }
    Message { text: told.to_owned(), blocks: shown }
}
