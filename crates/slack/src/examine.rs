//! Looking at the workspace as a doctor would: what was granted, and how channels stand.

use reqwest::header::DATE;

use crate::{
    CallError, Identity, Slack,
    channels::is_id,
    client::header,
    identity,
    perform::setback::what_to_mend,
    wire::{AuthTest, ChannelInfo, ListChannels, next},
};

/// Pages followed at most.
const MAX_PAGES: usize = 100;

/// What Slack says of us now.
#[derive(Clone, Debug)]
pub struct Examined {
    /// Who we are, with the scopes that were granted.
    pub identity: Identity,
    /// What its clock says, as HTTP writes dates.
    pub date: Option<String>,
}

/// How a channel stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Its name.
    pub name: String,
    /// Whether it is archived.
    pub is_archived: bool,
    /// Whether we are in it.
    pub is_member: bool,
    /// Whether it is private.
    pub is_private: bool,
}

impl CallError {
    /// What is wrong and what a person must do about it.
    pub fn in_words(&self) -> String {
        match self {
            Self::Refused(refused) => what_to_mend(refused),
            Self::Unreachable(_) | Self::Lost(_) | Self::RateLimited(_) => self.to_string(),
        }
    }
}

impl Slack {
    /// Asks Slack who we are, anew.
    ///
    /// # Errors
    /// [`CallError`] when Slack did not say.
    pub async fn examine(&self) -> Result<Examined, CallError> {
        let (answer, headers) = self.call_for_headers(&AuthTest {}).await?;
        let scopes = header(&headers, "x-oauth-scopes").unwrap_or_default();
        let date = header(&headers, DATE.as_str()).map(str::to_owned);
        Ok(Examined { identity: identity::read(answer, scopes)?, date })
    }

    /// Looks at a channel that is configured by its id or name; nothing if there is none, or none that
    /// we may know of.
    ///
    /// # Errors
    /// [`CallError`] when Slack did not say.
    pub async fn look_at_channel(&self, configured: &str) -> Result<Option<Seen>, CallError> {
        let configured = configured.trim().trim_start_matches('#');
        if is_id(configured) {
            return match self.call(&ChannelInfo { channel: configured }).await {
                Ok(answer) => Ok(Some(answer.channel.into())),
                Err(error) if error.code() == Some("channel_not_found") => Ok(None),
                Err(error) => Err(error),
            };
        }
        let mut cursor = None;
        let mut archived = None;
        for _ in 0..MAX_PAGES {
            let asked = ListChannels {
                types: "public_channel,private_channel",
                exclude_archived: false,
                limit: 999,
                cursor: cursor.take(),
            };
            let page = self.call(&asked).await?;
            for channel in page.channels.into_iter().filter(|one| one.name == configured) {
                let seen = Seen::from(channel);
                if !seen.is_archived {
                    return Ok(Some(seen));
                }
                archived = Some(seen);
            }
            cursor = next(page.response_metadata);
            if cursor.is_none() {
                break;
            }
        }
        Ok(archived)
    }
}

impl From<crate::wire::Channel> for Seen {
    fn from(channel: crate::wire::Channel) -> Self {
        Self {
            name: channel.name,
            is_archived: channel.is_archived,
            is_member: channel.is_member,
            is_private: channel.is_private,
        }
    }
}
