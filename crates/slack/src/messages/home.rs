//! App Home: what a person sees when they open SIMA itself.

use serde_json::{Value, json};
use sima_incident::{Incident, PersonId, Policy, Role};

use super::{Message, badge, blocks, buttons, escape::line, list, mention, moment::time};
use crate::actions::Action;

/// The most incidents of one's own that are shown.
const MOST_OWN: usize = 8;

/// The Home tab: what a person has to do, then what is open. `incidents` are all that are live; of a
/// private one only those who hold a role in it are reminded, without a word of what it is about.
pub fn home(incidents: &[Incident], person: &PersonId, policy: &Policy) -> Value {
    let practise = Action::RunCommand { incident: None, text: "drill".to_owned() };
    let steps = vec![
        buttons::first("🚨 Open an incident", &Action::OpenForm),
        buttons::button("🎓 Practise", &practise),
        buttons::button("Figures", &Action::ShowFigures),
        buttons::help(None),
    ];
    let mut shown: Vec<Value> = blocks::actions(steps).into_iter().collect();
    let own: Vec<(&Incident, Vec<&str>)> = incidents
        .iter()
        .map(|incident| (incident, duties(incident, person)))
        .filter(|(_, duties)| !duties.is_empty())
        .collect();
    if !own.is_empty() {
        shown.push(blocks::header("Yours"));
        for (incident, duties) in own.iter().take(MOST_OWN) {
            shown.extend(one_of_yours(incident, duties));
        }
        if own.len() > MOST_OWN {
            shown.push(blocks::context(&format!("and {} more", own.len() - MOST_OWN)));
        }
    }
    shown.push(blocks::divider());
    let listed: Vec<Incident> =
        incidents.iter().filter(|incident| !incident.is_private()).cloned().collect();
    let Message { blocks: open, .. } = list(&listed, policy);
    // Without incidents the list offers what stands above already.
    shown.extend(open.into_iter().filter(|block| block["type"] != "actions"));
    json!({ "type": "home", "callback_id": "home", "blocks": shown })
}

/// What a person has to do with an incident, in words that follow "You are".
fn duties<'r>(incident: &Incident, person: &PersonId) -> Vec<&'r str> {
    let roles = Role::ALL.into_iter().filter(|role| incident.holder(*role) == Some(person));
    let mut duties: Vec<&str> = roles.map(Role::name).collect();
    if duties.is_empty() && !incident.is_private() && incident.reporter.person() == Some(person) {
        duties.push("its reporter");
    }
    duties
}

/// One incident in which a person has something to do.
fn one_of_yours(incident: &Incident, duties: &[&str]) -> Vec<Value> {
    let place = incident.channel.as_ref().map(mention::channel).unwrap_or_default();
    let next = match incident.next_update_due() {
        Some(due) => format!(" · ⏱️ next update by {}", time(due)),
        None => String::new(),
    };
    let duty = format!("You are {} · {place}{next}", duties.join(" and "));
    if incident.is_private() {
        // Nothing is done from here: where it is, its members alone can see.
        return vec![blocks::section(&format!("*🔒 {}*\n{duty}", incident.number))];
    }
    let row = format!("*{}*\n{}\n{duty}", badge::headline(incident), line(&incident.summary, 220));
    let steps = vec![
        buttons::button("📣 Update", &Action::OpenUpdateForm(incident.id)),
        buttons::info(incident),
    ];
    [blocks::section(&row)].into_iter().chain(blocks::actions(steps)).collect()
}
