//! Buttons, and which of them fit an incident as it is.

use serde_json::{Value, json};
use sima_incident::{Incident, Policy, Postmortem, Role, Stage};

use super::escape::plain_line;
use crate::actions::Action;

/// A button.
pub(super) fn button(label: &str, action: &Action) -> Value {
    let (action_id, value) = action.encode();
    json!({
        "type": "button",
        "text": { "type": "plain_text", "text": plain_line(label, 75), "emoji": true },
        "action_id": action_id,
        "value": value,
    })
}

/// The button one should press first.
pub(super) fn first(label: &str, action: &Action) -> Value {
    let mut button = button(label, action);
    button["style"] = json!("primary");
    button
}

/// A button that leads to an address.
pub(super) fn link(label: &str, url: &str) -> Value {
    let mut button = button(label, &Action::FollowLink);
    button["url"] = json!(url);
    button
}

/// The button that says it is over: asked twice, for it tells the whole company.
pub(super) fn recovered(incident: &Incident) -> Value {
    let mut button = button("✅ Recovered", &Action::Recover(incident.id));
    let text = |text: &str| json!({ "type": "plain_text", "text": text });
    button["confirm"] = json!({
        "title": text("Back to normal?"),
        "text": text("Everybody who follows is told that it is over. It can be reopened."),
        "confirm": text("Yes, recovered"),
        "deny": text("Not yet"),
    });
    button
}

/// The roles nobody holds, as buttons.
pub(super) fn vacancies(incident: &Incident) -> Vec<Value> {
    if !incident.stage.is_live() {
        return Vec::new();
    }
    Role::ALL
        .into_iter()
        .filter(|role| incident.holder(*role).is_none())
        .map(|role| {
            button(&format!("Become {}", role.name()), &Action::TakeRole(role, incident.id))
        })
        .collect()
}

/// What one can do with an incident, by where it is in its life: what moves it on comes first.
pub(super) fn next_steps(incident: &Incident) -> Vec<Value> {
    let id = incident.id;
    let mut buttons = Vec::new();
    match &incident.stage {
        Stage::Open => {
            buttons.push(first("🙋 Acknowledge", &Action::Acknowledge(id)));
            buttons.extend(vacancies(incident));
            buttons.push(button("📣 Update", &Action::OpenUpdateForm(id)));
            buttons.push(recovered(incident));
        }
        Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            buttons.push(first("📣 Update", &Action::OpenUpdateForm(id)));
            buttons.extend(vacancies(incident));
            buttons.push(recovered(incident));
        }
        Stage::Recovered { settled: false, .. } => {
            buttons.push(first("⏭️ It holds: begin the post-mortem", &Action::SettleNow(id)));
            buttons.push(button("↩️ Reopen", &Action::OpenReopenForm(id)));
        }
        Stage::Recovered { settled: true, .. } => {
            buttons.extend(postmortem(incident));
            buttons.push(button("🏁 Close", &Action::Close(id)));
            buttons.push(button("↩️ Reopen", &Action::OpenReopenForm(id)));
        }
        Stage::Closed { .. } => {
            buttons.extend(postmortem(incident));
            buttons.push(button("↩️ Reopen", &Action::OpenReopenForm(id)));
        }
        Stage::Dismissed { .. } => {
            buttons.push(button("🚨 Open another incident", &Action::OpenForm));
        }
    }
    buttons
}

/// The way out for what is no incident, while it is one.
pub(super) fn dismissal(incident: &Incident) -> Option<Value> {
    let action = Action::OpenDismissForm(incident.id);
    incident.stage.is_live().then(|| button("Not an incident", &action))
}

/// Bring people in.
pub(super) fn invite(incident: &Incident) -> Value {
    let text = "invite".to_owned();
    button("➕ Invite people", &Action::RunCommand { incident: Some(incident.id), text })
}

/// Call somebody else.
pub(super) fn escalate(incident: &Incident) -> Value {
    button("📟 Escalate", &Action::OpenEscalateForm(incident.id))
}

/// The same, while people are at work.
pub(super) fn escalation(incident: &Incident) -> Option<Value> {
    incident.stage.is_live().then(|| escalate(incident))
}

/// The way to the post-mortem, once there is one.
pub(super) fn postmortem(incident: &Incident) -> Option<Value> {
    match &incident.postmortem {
        Postmortem::Drafted { url, .. } if is_web_address(url) => Some(link("📝 Post-mortem", url)),
        Postmortem::Drafted { .. } | Postmortem::Owed | Postmortem::None => None,
    }
}

/// Whether Slack takes an address for a button.
pub(super) fn is_web_address(url: &str) -> bool {
    (url.starts_with("https://") || url.starts_with("http://")) && url.chars().count() <= 3000
}

/// The way to the incident's page, which a private incident does not have for everybody.
pub(super) fn page(incident: &Incident, policy: &Policy) -> Option<Value> {
    let url = format!("{}/incidents/{}", policy.public_url, incident.number);
    (!incident.is_private() && is_web_address(&url)).then(|| link("🌐 On the web", &url))
}

/// Put something on the timeline.
pub(super) fn note(incident: &Incident) -> Value {
    button("✍️ Note", &Action::OpenNoteForm(incident.id))
}

/// A list from which one chooses what is so instead: each choice does what one could have typed.
pub(super) fn correction(
    incident: &Incident,
    command: &str,
    choices: &[(String, String)],
    chosen: &str,
) -> Option<Value> {
    let options: Vec<(&str, Value)> = choices
        .iter()
        .filter_map(|(name, word)| {
            let text = format!("{command} {word}");
            let (_, value) = Action::RunCommand { incident: Some(incident.id), text }.encode();
            // Longer values are refused by older clients.
            let option = json!({
                "text": { "type": "plain_text", "text": plain_line(name, 75), "emoji": true },
                "value": value,
            });
            (value.chars().count() <= 75).then_some((word.as_str(), option))
        })
        .take(100)
        .collect();
    let initial = options.iter().find(|(word, _)| *word == chosen)?.1.clone();
    let options: Vec<Value> = options.into_iter().map(|(_, option)| option).collect();
    (options.len() > 1).then(|| {
        json!({
            "type": "static_select",
            "action_id": format!("run_command:{command}"),
            "options": options,
            "initial_option": initial,
        })
    })
}

/// Say what one has to know now.
pub(super) fn catch_up(incident: &Incident) -> Value {
    button("🧭 Catch up", &Action::CatchUp(incident.id))
}

/// Show what happened.
pub(super) fn timeline(incident: &Incident) -> Value {
    button("🕑 Timeline", &Action::ShowTimeline(incident.id))
}

/// Show the incident as it is.
pub(super) fn info(incident: &Incident) -> Value {
    button("ℹ️ Info", &Action::ShowInfo(incident.id))
}

/// Show the commands.
pub(super) fn help(incident: Option<&Incident>) -> Value {
    button("❓ Help", &Action::ShowHelp(incident.map(|incident| incident.id)))
}
