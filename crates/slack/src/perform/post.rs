//! Posts a message, once: when an earlier try may have posted it, it is looked for by its key.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sima_incident::{Attempt, MessageRef, Setback};

use super::setback;
use crate::{
    CallError, Identity, Slack,
    messages::Message,
    wire::{History, JoinChannel, PostMessage, Posted, Replies, next},
};

/// The kind of our metadata.
const EVENT_TYPE: &str = "sima_effect";
/// Pages of a channel's history followed at most.
const MAX_PAGES: usize = 50;
/// How far Slack's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// What to post where.
#[derive(Clone, Copy)]
pub(super) struct Post<'p> {
    /// The channel's id, or its name with `#`.
    pub channel: &'p str,
    /// The message it replies to.
    pub thread: Option<&'p str>,
    /// What.
    pub message: &'p Message,
    /// Whether posting it twice is worse than not posting it: so for what the company is told.
    pub twice_is_worse: bool,
}

/// What makes a message that is posted twice look like once.
#[derive(Clone, Copy)]
pub(super) struct Once<'k> {
    /// What it is known by, the same at every try.
    pub key: &'k str,
    /// Whether an earlier try may have posted it.
    pub unsure: bool,
    /// No try was earlier than this.
    pub since: Timestamp,
}

impl Slack {
    /// Posts a message of an effect, or finds the one that an earlier try posted.
    pub(super) async fn post(
        &self,
        attempt: &Attempt<'_>,
        post: Post<'_>,
    ) -> Result<MessageRef, Setback> {
        let since = attempt.incident.times.opened_at;
        self.post_once(Once { key: attempt.key, unsure: attempt.unsure, since }, post).await
    }

    /// The message that an earlier try of an effect posted, if it did.
    pub(super) async fn posted_by(
        &self,
        attempt: &Attempt<'_>,
        post: Post<'_>,
    ) -> Result<Option<MessageRef>, Setback> {
        let since = attempt.incident.times.opened_at;
        let once = Once { key: attempt.key, unsure: true, since };
        self.posted_before(once, post).await.map_err(still_unsure)
    }

    /// Posts a message, or finds the one that an earlier try posted.
    pub(super) async fn post_once(
        &self,
        once: Once<'_>,
        post: Post<'_>,
    ) -> Result<MessageRef, Setback> {
        if once.unsure {
            match self.posted_before(once, post).await {
                Ok(Some(found)) => return Ok(found),
                Ok(None) => {}
                Err(CallError::Refused(refused)) if post.twice_is_worse => {
                    return Err(Setback::refused(format!(
                        "it may be posted already and SIMA cannot look, so it is not posted again: {}",
                        setback::what_to_mend(&refused)
                    )));
                }
                Err(error @ CallError::Refused(_)) => {
                    let code = error.code().unwrap_or_default();
                    tracing::warn!(code, "cannot look whether it was posted; posting it once more");
                }
                Err(error) => return Err(still_unsure(error)),
            }
        }
        let metadata = json!({ "event_type": EVENT_TYPE, "event_payload": { "key": once.key } });
        let answer = self
            .call(&PostMessage {
                channel: post.channel,
                text: &post.message.text,
                blocks: &post.message.blocks,
                thread_ts: post.thread,
                metadata: Some(metadata),
                unfurl_links: false,
                unfurl_media: false,
            })
            .await
            .map_err(setback::read)?;
        if answer.ts.is_empty() {
            return Err(Setback::unsure("Slack did not say where the message is"));
        }
        let channel =
            if answer.channel.is_empty() { post.channel.to_owned() } else { answer.channel };
        Ok(MessageRef { channel, ts: answer.ts })
    }

    /// Looks for a message of ours that carries the effect's key.
    async fn posted_before(
        &self,
        once: Once<'_>,
        post: Post<'_>,
    ) -> Result<Option<MessageRef>, CallError> {
        match self.search(once, post).await {
            // A public channel that we may post into without being in it can be joined to look.
            Err(error) if error.code() == Some("not_in_channel") && post.twice_is_worse => {
                self.call(&JoinChannel { channel: post.channel }).await?;
                self.search(once, post).await
            }
            found => found,
        }
    }

    async fn search(
        &self,
        once: Once<'_>,
        post: Post<'_>,
    ) -> Result<Option<MessageRef>, CallError> {
        let since = once.since.saturating_sub(SKEW).unwrap_or(once.since).as_second();
        let oldest = format!("{since}.000000");
        // Who we are only sharpens the search: the key alone is ours already.
        let us = self.identify().await.ok();
        let mut cursor = None;
        for _ in 0..MAX_PAGES {
            let page = match post.thread {
                Some(ts) => {
                    self.call(&Replies {
                        channel: post.channel,
                        ts,
                        oldest: &oldest,
                        inclusive: true,
                        include_all_metadata: true,
                        limit: 200,
                        cursor: cursor.take(),
                    })
                    .await?
                }
                None => {
                    self.call(&History {
                        channel: post.channel,
                        oldest: &oldest,
                        inclusive: true,
                        include_all_metadata: true,
                        limit: 200,
                        cursor: cursor.take(),
                    })
                    .await?
                }
            };
            let found = page.messages.into_iter().find(|posted| is_it(posted, once.key, us));
            if let Some(posted) = found {
                return Ok(Some(MessageRef { channel: post.channel.to_owned(), ts: posted.ts }));
            }
            cursor = next(page.response_metadata);
            if cursor.is_none() {
                break;
            }
        }
        Ok(None)
    }
}

/// Whether a message is the one that carries the key, and by us.
fn is_it(posted: &Posted, key: &str, us: Option<&Identity>) -> bool {
    let Some(metadata) = &posted.metadata else { return false };
    let carries_key =
        metadata["event_type"] == EVENT_TYPE && metadata["event_payload"]["key"] == key;
    let unsigned = posted.user.is_none() && posted.bot_id.is_none();
    let by_us = us.is_none_or(|us| {
        unsigned
            || posted.user.as_deref() == Some(us.bot_user.0.as_str())
            || (posted.bot_id.is_some() && posted.bot_id == us.bot_id)
    });
    carries_key && by_us
}

/// What went wrong while looking; it may still have been posted before.
fn still_unsure(error: CallError) -> Setback {
    match setback::read(error) {
        Setback::Retry { why, after, .. } => Setback::Retry { why, after, unsure: true },
        refused @ Setback::Refused { .. } => refused,
    }
}
