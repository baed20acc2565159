//! `auth.test`, `team.info`, `bots.info` and Socket Mode's door.

use serde_json::json;

use super::Outcome;
use crate::slack::arguments::Arguments;
use crate::slack::refusal::Refusal;
use crate::state::State;
use crate::{cast, random};

#[expect(clippy::unnecessary_wraps, reason = "every method has this signature")]
pub(crate) fn auth_test(state: &mut State, _: &Arguments) -> Outcome {
    Ok(json!({
        "url": format!("{}/", state.base_url),
        "team": "SIMA sandbox",
        "user": "sima",
        "team_id": cast::TEAM,
        "user_id": cast::BOT_USER,
        "bot_id": cast::BOT,
        "is_enterprise_install": false,
    }))
}

pub(crate) fn team_info(_: &mut State, args: &Arguments) -> Outcome {
    if args.filled("team").is_some_and(|team| team != cast::TEAM) {
        return Err(Refusal::new("team_not_found"));
    }
    Ok(json!({"team": {
        "id": cast::TEAM, "name": "SIMA sandbox", "domain": cast::DOMAIN,
        "url": format!("https://{}.slack.com/", cast::DOMAIN), "email_domain": "example.com",
        "icon": {"image_default": true}, "avatar_base_url": "", "is_verified": false,
    }}))
}

pub(crate) fn bots_info(_: &mut State, args: &Arguments) -> Outcome {
    if args.filled("bot").is_some_and(|bot| bot != cast::BOT) {
        return Err(Refusal::new("bot_not_found"));
    }
    Ok(json!({"bot": {
        "id": cast::BOT, "deleted": false, "name": "SIMA", "updated": 1_700_000_000,
        "app_id": cast::APP, "user_id": cast::BOT_USER, "icons": {},
    }}))
}

/// An address to connect to, good for one use.
pub(crate) fn connections_open(state: &mut State, _: &Arguments) -> Outcome {
    let Some(tickets) = &mut state.socket_tickets else {
        return Err(Refusal::new("socket_mode_disabled"));
    };
    let ticket = random::uuid();
    tickets.push(ticket.clone());
    let base = state.base_url.replacen("http", "ws", 1);
    Ok(json!({"url": format!("{base}/slack/link?ticket={ticket}&app_id={}", cast::APP)}))
}
