//! Messages that people put on the timeline: read from the chat, and marked as taken.

use sima_incident::{
    Actor, Attempt, FoundMessage, MessageRead, MessageRef, PersonId, Receipt, Setback,
};

use super::setback;
use crate::{
    CallError, Identity, Slack,
    said::{is_words, said},
    wire::{AddReaction, Posted, RemoveReaction, Replies},
};

impl Slack {
    /// Whether a reaction puts a message on the timeline.
    pub fn marks(&self, reaction: &str) -> bool {
        // A skin tone stands behind the name.
        let name = reaction.split_once("::").map_or(reaction, |(name, _)| name);
        !self.known.mark.is_empty() && name == self.known.mark
    }

    /// Reads a marked message as it is now.
    pub(super) async fn read_message(
        &self,
        attempt: &Attempt<'_>,
        ts: &str,
    ) -> Result<Receipt, Setback> {
        let channel = &super::channel(attempt.incident)?.id;
        let us = self.identify().await.map_err(setback::read)?;
        // Of a message in a thread, and of any other, by its own `ts`.
        let asked = Replies {
            channel,
            ts,
            oldest: ts,
            inclusive: true,
            include_all_metadata: false,
            limit: 2,
            cursor: None,
        };
        let found = match self.call(&asked).await {
            Ok(page) => page.messages.into_iter().find(|posted| posted.ts == ts),
            Err(error)
                if matches!(error.code(), Some("thread_not_found" | "message_not_found")) =>
            {
                None
            }
            Err(error) => return Err(setback::read(error)),
        };
        let found = found.filter(|posted| is_words(posted) && !is_ours(posted, us));
        let found = found.map(|posted| FoundMessage {
            author: author(&posted),
            said: said(&posted),
            link: address(us, channel, &posted),
            is_marked: self.is_marked(&posted, channel, us),
        });
        Ok(Receipt::Message(Box::new(MessageRead { ts: ts.to_owned(), found })))
    }

    /// Whether somebody other than us marks a message.
    fn is_marked(&self, posted: &Posted, channel: &str, us: &Identity) -> bool {
        let is_pinned = posted.pinned_to.iter().any(|pinned| pinned == channel);
        let others = posted.reactions.iter().filter(|reaction| self.marks(&reaction.name));
        let mut others = others.map(|reaction| {
            let ours = reaction.users.iter().filter(|user| **user == us.bot_user.0).count() as u64;
            reaction.count.max(reaction.users.len() as u64) - ours
        });
        is_pinned || others.any(|others| others > 0)
    }

    /// Shows on a message that it was taken, or that it no longer is. It is an ornament: where Slack
    /// does not let us, the timeline is right all the same, and nobody has to mend anything.
    pub(super) async fn show_captured(
        &self,
        attempt: &Attempt<'_>,
        ts: &str,
        taken: bool,
    ) -> Result<Receipt, Setback> {
        let channel = super::channel(attempt.incident)?.id.as_str();
        let name = self.known.taken_mark.as_str();
        if name.is_empty() {
            return Ok(Receipt::Done);
        }
        let shown = if taken {
            self.call(&AddReaction { channel, name, timestamp: ts }).await.map(drop)
        } else {
            self.call(&RemoveReaction { channel, name, timestamp: ts }).await.map(drop)
        };
        match shown {
            Ok(()) => Ok(Receipt::Done),
            Err(error) if matches!(error.code(), Some("already_reacted" | "no_reaction")) => {
                Ok(Receipt::Done)
            }
            Err(error @ CallError::Refused(_)) => match setback::read(error) {
                Setback::Refused { why } => {
                    tracing::warn!(why, "a message does not show whether it was taken");
                    Ok(Receipt::Done)
                }
                again @ Setback::Retry { .. } => Err(again),
            },
            Err(error) => Err(setback::read(error)),
        }
    }
}

/// Whether we wrote it.
fn is_ours(posted: &Posted, us: &Identity) -> bool {
    posted.user.as_deref() == Some(us.bot_user.0.as_str())
        || (posted.bot_id.is_some() && posted.bot_id == us.bot_id)
}

/// Who wrote it.
fn author(posted: &Posted) -> Actor {
    match (&posted.user, &posted.username) {
        (Some(user), _) => Actor::in_slack(PersonId(user.clone())),
        (None, Some(name)) => Actor::program_in_slack(name.clone()),
        (None, None) => Actor::program_in_slack("a program"),
    }
}

/// Where Slack shows it.
fn address(us: &Identity, channel: &str, posted: &Posted) -> Option<String> {
    let message = MessageRef { channel: channel.to_owned(), ts: posted.ts.clone() };
    let address = us.permalink(&message)?;
    Some(match posted.thread_ts.as_deref().filter(|thread| *thread != posted.ts) {
        Some(thread) => format!("{address}?thread_ts={thread}&cid={channel}"),
        None => address,
    })
}
