//! App Home: what a person sees when they open SIMA itself.

use serde_json::{Value, json};
use sima_incident::{Incident, Policy};

use super::{blocks, buttons, list};
use crate::actions::Action;

/// The Home tab with the open incidents the person may see.
pub fn home(incidents: &[Incident], policy: &Policy) -> Value {
    let steps = vec![
        buttons::first("🚨 Open an incident", &Action::OpenForm),
        buttons::button("Figures", &Action::ShowFigures),
        buttons::help(None),
    ];
    let mut shown: Vec<Value> = blocks::actions(steps).into_iter().collect();
    shown.push(blocks::divider());
    let open = list(incidents, policy).blocks;
    // Without incidents the list offers what stands above already.
    shown.extend(open.into_iter().filter(|block| block["type"] != "actions"));
    json!({ "type": "home", "callback_id": "home", "blocks": shown })
}
