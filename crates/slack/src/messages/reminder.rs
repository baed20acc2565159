//! What one person is reminded of, privately: an update that was promised is due, or was.

use jiff::Timestamp;
use sima_incident::Incident;

use super::{
    Message, badge, blocks, buttons,
    escape::line,
    mention,
    moment::{span, time},
};
use crate::actions::Action;

/// For how long a reminder can be put off, in minutes.
pub const SNOOZES: [u8; 3] = [5, 10, 15];

/// The reminder of the update that is due next.
pub fn reminder(incident: &Incident, now: Timestamp) -> Message {
    let number = incident.number;
    let told = match incident.next_update_due() {
        Some(due) if due <= now => {
            let late = span(now.duration_since(due));
            format!("⏱️ *{number}*: the update promised by {} is {late} late.", time(due))
        }
        Some(due) => format!("⏱️ *{number}*: the next update is promised by {}.", time(due)),
        None => format!("⏱️ *{number}*: an update is due."),
    };
    // A private incident is spoken of in its own channel alone; whoever has a role knows which it is.
    let about = match &incident.channel {
        Some(channel) if !incident.is_private() => format!(
            "{} · {} · {}",
            badge::headline(incident),
            line(&incident.summary, 200),
            mention::channel(channel)
        ),
        _ => "Say what is so, even if it is “still looking”.".to_owned(),
    };
    let mut steps = vec![buttons::first("📣 Post update", &Action::OpenUpdateForm(incident.id))];
    steps.extend(SNOOZES.map(|minutes| {
        let action = Action::SnoozeReminder { incident: incident.id, minutes };
        buttons::button(&format!("Remind me in {minutes} min"), &action)
    }));
    let mut shown = vec![blocks::section(&told), blocks::context(&about)];
    shown.extend(blocks::actions(steps));
    Message { text: told, blocks: shown }
}
