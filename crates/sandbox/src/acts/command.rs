//! Slash commands.

use std::sync::Arc;

use serde_json::json;

use super::typed::{self, Mentions};
use crate::core::Core;
use crate::delivery::{self, Answer};
use crate::slack::response_url::{self, Origin};
use crate::slack::trigger;
use crate::{cast, form};

/// The one command the app has registered, with its hint and description.
pub(crate) const COMMAND: (&str, &str, &str) =
    ("/incident", "[open|info|update|stage|help]", "Open, follow and close incidents");

/// What the person sees when the app does not answer.
pub(crate) const TIMED_OUT: &str = "failed with the error \"operation_timed_out\"";

/// A person types a command into a channel.
pub(crate) async fn slash(
    core: &Arc<Core>,
    person: &str,
    channel: &str,
    command: &str,
    text: &str,
) -> Answer {
    let prepared = core.change(|state| {
        let user = super::person(state, person)?;
        let channel = super::channel(state, channel, &user)?;
        if command != COMMAND.0 {
            let said = format!("{command} is not a valid command.");
            state.notify(&user, "invalid_command", &said);
            return Err(said);
        }
        let trigger_id = trigger::issue(state, &user, None);
        let response_url = response_url::issue(state, &user, &channel, None, Origin::Nothing);
        let text = typed::mark_up(state, text.trim(), Mentions::Named);
        let room_name = state.channel(&channel).map(|room| room.payload_name().to_owned());
        let name = state.person(&user).map(|person| person.name.clone());
        let body = form::write(&[
            ("token", "sandbox-verification-token"),
            ("team_id", cast::TEAM),
            ("team_domain", cast::DOMAIN),
            ("channel_id", &channel),
            ("channel_name", &room_name.unwrap_or_default()),
            ("user_id", &user),
            ("user_name", &name.unwrap_or_default()),
            ("command", command),
            ("text", &text),
            ("api_app_id", cast::APP),
            ("is_enterprise_install", "false"),
            ("response_url", &response_url),
            ("trigger_id", &trigger_id),
        ]);
        Ok((user, channel, body))
    });
    let (user, channel, body) = match prepared {
        Ok(prepared) => prepared,
        Err(why) => return Answer::not_sent(why),
    };
    let sent =
        delivery::send(core, "/slack/commands", "application/x-www-form-urlencoded", body, &[])
            .await;
    let delivered = match sent {
        Ok(delivered) => delivered,
        Err(failure) => {
            let told =
                if failure.status.is_some() { "dispatch_failed" } else { "operation_timed_out" };
            let said = if told == "operation_timed_out" {
                format!("{command} {TIMED_OUT}")
            } else {
                format!("{command} failed with the error \"{told}\"")
            };
            return core.change(|state| {
                state.problem(format!("{command} got no proper answer: {failure:?}"));
                state.notify(&user, told, &said);
                Answer { status: failure.status, body: String::new(), trouble: Some(said) }
            });
        }
    };
    let trouble = core.change(|state| {
        let message = response_url::message_of(&delivered.content_type, &delivered.body);
        let said = match message {
            Ok(None) => return None,
            // This alone shows the command itself to the channel.
            Ok(Some(message)) if message == json!({"response_type": "in_channel"}) => {
                let echo = crate::message::Message {
                    user: user.clone(),
                    text: format!("{command} {text}"),
                    subtype: Some("slash_command".to_owned()),
                    ..crate::message::Message::default()
                };
                crate::slack::room::post(state, &channel, echo);
                return None;
            }
            Ok(Some(message)) => response_url::answer_command(state, &user, &channel, &message)
                .err()
                .map(str::to_owned),
            Err(error) => Some(error),
        };
        if let Some(error) = &said {
            state.problem(format!("answer to {command} is refused: {error}"));
            state.notify(
                &user,
                "dispatch_failed",
                &format!("{command} failed with the error \"dispatch_failed\""),
            );
        }
        said
    });
    Answer { status: Some(delivered.status), body: delivered.body, trouble }
}
