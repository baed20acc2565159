//! Channels that are configured by id or by name, and called by id: first of all the company's.

use crate::{
    CallError, Slack,
    wire::{ListChannels, next},
};

/// Pages followed at most: a workspace of a hundred thousand channels.
const MAX_PAGES: usize = 100;

impl Slack {
    /// The broadcast channel by its configured id or name, if there is one.
    pub fn broadcast_channel(&self) -> Option<&str> {
        self.known.broadcast_channel.as_deref()
    }

    /// Finds the id of the broadcast channel, once; it is kept. Nothing if none is configured, or
    /// if the workspace has no public channel of the configured name.
    ///
    /// # Errors
    /// [`CallError`] when Slack did not list its channels.
    pub async fn resolve_broadcast(&self) -> Result<Option<String>, CallError> {
        let Some(configured) = self.known.broadcast_channel.as_deref() else { return Ok(None) };
        if let Some(id) = self.known.broadcast_id.read().await.clone() {
            return Ok(Some(id));
        }
        let found = self.resolve_channel(configured).await?;
        self.known.broadcast_id.write().await.clone_from(&found);
        Ok(found)
    }

    /// Finds the id of a channel that is configured by its id or name.
    pub(crate) async fn resolve_channel(
        &self,
        configured: &str,
    ) -> Result<Option<String>, CallError> {
        let configured = configured.trim().trim_start_matches('#');
        if is_id(configured) {
            return Ok(Some(configured.to_owned()));
        }
        self.find_public_channel(configured).await
    }

    /// Forgets the id that was looked up: the channel of that name is another one now.
    pub(crate) async fn forget_broadcast(&self) {
        self.known.broadcast_id.write().await.take();
    }

    /// Looks a public channel up by its name.
    async fn find_public_channel(&self, name: &str) -> Result<Option<String>, CallError> {
        let mut cursor = None;
        for _ in 0..MAX_PAGES {
            let page = self
                .call(&ListChannels {
                    types: "public_channel",
                    exclude_archived: true,
                    limit: 999,
                    cursor: cursor.take(),
                })
                .await?;
            let found = page.channels.into_iter().find(|channel| channel.name == name);
            if let Some(channel) = found {
                return Ok(Some(channel.id));
            }
            cursor = next(page.response_metadata);
            if cursor.is_none() {
                break;
            }
        }
        Ok(None)
    }
}

/// Whether text is a channel's id rather than its name: names are lower case.
pub(crate) fn is_id(text: &str) -> bool {
    text.starts_with(['C', 'G'])
        && text.len() > 2
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_told_from_a_name() {
        for (text, expected) in [
            ("C0BROADCST", true),
            ("G0123", true),
            ("production-issues-bot", false),
            ("c0broadcst", false),
            ("C", false),
        ] {
            assert_eq!(is_id(text), expected, "{text}");
        }
    }
}
