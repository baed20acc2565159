//! Opening App Home.

use std::sync::Arc;

use serde_json::json;

use crate::core::Core;

/// A person opens the app's home tab.
pub(crate) fn open_home(core: &Arc<Core>, person: &str) -> Result<(), String> {
    core.change(|state| {
        let user = super::person(state, person)?;
        let channel = state.direct(&user);
        let mut event = json!({
            "type": "app_home_opened", "user": user, "channel": channel, "tab": "home",
            "event_ts": state.next_ts(),
        });
        if let Some(home) = state.homes.get(&user) {
            event["view"] = home.describe();
        }
        state.emit(event);
        Ok(())
    })
}
