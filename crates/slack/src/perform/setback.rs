//! Slack's error codes, read once: what helps is waiting, or a person who mends something.
//!
//! Source: the lists of errors on the methods' pages, docs.slack.dev, 2026-08-20.

use sima_incident::Setback;

use crate::{CallError, Refused, client::is_for_all_calls};

/// What a failed call means for the effect.
pub(crate) fn read(error: CallError) -> Setback {
    match error {
        CallError::Unreachable(_) => Setback::later(error.to_string()),
        CallError::Lost(_) => Setback::unsure(error.to_string()),
        CallError::RateLimited(after) => Setback::rate_limited(after),
        CallError::Refused(refused) => refusal(&refused),
    }
}

/// What a refusal means.
fn refusal(refused: &Refused) -> Setback {
    match refused.error.as_str() {
        // Slack itself is unwell: by its own words it may have been done.
        "internal_error" | "fatal_error" | "service_unavailable" | "request_timeout" => {
            Setback::unsure(format!("Slack had trouble of its own ({})", refused.error))
        }
        // The workspace is being moved into an organisation: it answers again soon.
        "team_added_to_org" | "external_channel_migrating" => {
            Setback::later(format!("Slack is busy with the workspace ({})", refused.error))
        }
        // Once somebody has mended that, everything that waited works.
        error if is_for_all_calls(error) => Setback::later(what_to_mend(refused)),
        _ => Setback::refused(what_to_mend(refused)),
    }
}

/// What is wrong and what a person must do about it.
pub(crate) fn what_to_mend(refused: &Refused) -> String {
    let Refused { method, error, .. } = refused;
    let advice = match error.as_str() {
        "missing_scope" => {
            let scope = refused.needed.as_deref().unwrap_or("a scope it does not name");
            return format!(
                "Slack refused {method}: the bot token lacks {scope}; add it to the app's scopes and \
                 install the app again"
            );
        }
        "invalid_auth"
        | "not_authed"
        | "token_revoked"
        | "token_expired"
        | "account_inactive"
        | "user_removed_from_team"
        | "not_allowed_token_type" => {
            "the bot token is not valid; copy it again from the app's settings and restart SIMA"
        }
        "team_disabled"
        | "org_login_required"
        | "enterprise_is_restricted"
        | "ekm_access_denied"
        | "accesslimited"
        | "access_denied"
        | "two_factor_setup_required" => {
            "the workspace is closed to the app; ask its administrator"
        }
        "team_access_not_granted" => "the app is not installed in this workspace; install it",
        "restricted_action"
        | "cannot_create_channel"
        | "no_permission"
        | "permission_denied"
        | "not_authorized"
        | "app_access_restricted" => {
            "the workspace does not let the app do this; ask its administrator to allow it"
        }
        "restricted_action_read_only_channel"
        | "restricted_action_thread_only_channel"
        | "restricted_action_non_threadable_channel"
        | "posting_to_channel_denied" => {
            "not everybody may post in that channel; let the app post there"
        }
        "is_archived" | "is_inactive" => "the channel is archived; unarchive it and invite SIMA",
        "not_in_channel" => "SIMA is not in the channel; invite it",
        "channel_not_found" => {
            "there is no such channel, or it is private and SIMA is not in it; invite SIMA or correct \
             the configuration"
        }
        "message_not_found" | "thread_not_found" | "cannot_reply_to_message" => {
            "the message was deleted"
        }
        "cant_update_message" | "edit_window_closed" => {
            "the message can no longer be edited; see the workspace's rules on editing"
        }
        "no_such_subteam" => {
            "there is no such user group, or it is disabled; correct the step's invite_user_group"
        }
        "plan_upgrade_required" | "paid_teams_only" => {
            "the workspace's plan has no user groups; take the step out"
        }
        "too_many_bookmarks" => "the channel has as many bookmarks as it may have; remove one",
        "invalid_link" => "Slack does not take the bookmark's address; correct the step's link",
        "too_many_pins" => "the channel has as many pins as it may have; unpin something",
        "invalid_blocks"
        | "invalid_blocks_format"
        | "msg_blocks_too_long"
        | "msg_too_long"
        | "invalid_arguments"
        | "invalid_attachments"
        | "no_text"
        | "too_long" => "SIMA made a message that Slack does not take; please report this",
        "http_404" | "unknown_method" => {
            "there is no Slack at the configured address; check slack.base_url"
        }
        _ => "Slack's page of the method says why",
    };
    let said = match refused.messages.first() {
        // Validation points at places in the message, never at what people wrote.
        Some(message) => format!(" ({})", message.chars().take(200).collect::<String>()),
        None => String::new(),
    };
    format!("Slack refused {method} with {error}{said}: {advice}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn refused(error: &str) -> Refused {
        Refused {
            method: "chat.postMessage",
            error: error.to_owned(),
            needed: Some("chat:write".to_owned()),
            messages: Vec::new(),
            errors: Vec::new(),
        }
    }

    #[test]
    fn every_failure_is_read_as_what_helps() {
        #[derive(Debug, PartialEq)]
        enum Helps {
            Waiting,
            Looking,
            Mending,
        }
        use Helps::{Looking, Mending, Waiting};
        for (error, expected) in [
            (CallError::Unreachable("no".to_owned()), Waiting),
            (CallError::Lost("no".to_owned()), Looking),
            (CallError::RateLimited(Duration::from_secs(3)), Waiting),
            (CallError::Refused(Box::new(refused("internal_error"))), Looking),
            (CallError::Refused(Box::new(refused("fatal_error"))), Looking),
            (CallError::Refused(Box::new(refused("request_timeout"))), Looking),
            (CallError::Refused(Box::new(refused("service_unavailable"))), Looking),
            (CallError::Refused(Box::new(refused("team_added_to_org"))), Waiting),
            (CallError::Refused(Box::new(refused("missing_scope"))), Mending),
            (CallError::Refused(Box::new(refused("invalid_auth"))), Waiting),
            (CallError::Refused(Box::new(refused("account_inactive"))), Waiting),
            (CallError::Refused(Box::new(refused("is_archived"))), Mending),
            (CallError::Refused(Box::new(refused("channel_not_found"))), Mending),
            (CallError::Refused(Box::new(refused("something_new"))), Mending),
        ] {
            let shown = error.to_string();
            let helps = match read(error) {
                Setback::Retry { unsure: true, .. } => Looking,
                Setback::Retry { unsure: false, .. } => Waiting,
                Setback::Refused { .. } => Mending,
            };
            assert_eq!(helps, expected, "{shown}");
        }
    }

    #[test]
    fn a_refusal_says_what_to_mend() {
        let scope = what_to_mend(&refused("missing_scope"));
        assert!(scope.contains("chat:write") && scope.contains("install"), "{scope}");
        let mut invalid = refused("invalid_blocks");
        invalid.messages = vec![
            "[ERROR] no more than 25 items allowed [json-pointer:/blocks/1/elements]".to_owned(),
        ];
        let said = what_to_mend(&invalid);
        assert!(said.contains("no more than 25 items") && said.contains("report"), "{said}");
        assert_eq!(
            read(CallError::RateLimited(Duration::from_secs(3))),
            Setback::rate_limited(Duration::from_secs(3))
        );
    }
}
