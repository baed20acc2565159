//! The open incidents, the worst first.

use sima_incident::{Incident, Policy};

use super::{Message, badge, blocks, buttons, escape::line, mention, moment::moment};
use crate::actions::Action;

/// The most incidents shown; the rest is counted.
const MOST: usize = 15;

/// The incidents given, which are those the person may see.
pub fn list(incidents: &[Incident], policy: &Policy) -> Message {
    if incidents.is_empty() {
        let told = "☀️ No incident is open.";
        let steps = vec![
            buttons::button("🚨 Open an incident", &Action::OpenForm),
            buttons::button("Figures", &Action::ShowFigures),
        ];
        let mut shown = vec![blocks::section(told)];
        shown.extend(blocks::actions(steps));
        return Message { text: told.to_owned(), blocks: shown };
    }
    let mut sorted: Vec<&Incident> = incidents.iter().collect();
    sorted.sort_by_key(|incident| (incident.severity, incident.number));
    let told = match incidents.len() {
        1 => "One incident is open".to_owned(),
        count => format!("{count} incidents are open"),
    };
    let mut shown = vec![blocks::header(&told)];
    for incident in sorted.iter().take(MOST) {
        let place = incident.channel.as_ref().map(mention::channel).unwrap_or_default();
        let row = format!(
            "*{}*\n{}\n{} · opened {} {place}",
            badge::headline(incident),
            line(&incident.summary, 220),
            line(policy.domain_name(&incident.domain), 80),
            moment(incident.times.opened_at),
        );
        shown.push(blocks::section_with(row.trim_end(), &buttons::info(incident)));
    }
    if sorted.len() > MOST {
        shown.push(blocks::context(&format!("and {} more", sorted.len() - MOST)));
    }
    let numbers: Vec<String> =
        sorted.iter().take(MOST).map(|incident| incident.number.to_string()).collect();
    Message { text: format!("{told}: {}", numbers.join(", ")), blocks: shown }
}
