//! Who we are in the workspace: our bot user, the workspace, the scopes we were granted.

use sima_incident::{MessageRef, PersonId};

use crate::{
    CallError, Slack,
    client::header,
    wire::{AuthTest, AuthTested},
};

/// Who the bot token is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Our bot's user id (`U…`): author of our messages, creator of our channels.
    pub bot_user: PersonId,
    /// Our bot's id (`B…`), if Slack said it.
    pub bot_id: Option<String>,
    /// The workspace (`T…`).
    pub team_id: String,
    /// The workspace's address, such as `https://example.slack.com/`.
    pub team_url: Option<String>,
    /// The scopes the token was granted, as Slack listed them; empty if it did not.
    pub scopes: Vec<String>,
}

impl Identity {
    /// The address of a message, without asking Slack. Nothing if the workspace's is not known.
    pub fn permalink(&self, message: &MessageRef) -> Option<String> {
        let team = self.team_url.as_deref()?.trim_end_matches('/');
        let moment = message.ts.replace('.', "");
        Some(format!("{team}/archives/{}/p{moment}", message.channel))
    }
}

impl Slack {
    /// Asks Slack who we are, once; the answer is kept.
    ///
    /// # Errors
    /// [`CallError`] when Slack did not say; the next call asks again.
    pub async fn identify(&self) -> Result<&Identity, CallError> {
        self.known
            .identity
            .get_or_try_init(|| async {
                let (answer, headers) = self.call_for_headers(&AuthTest {}).await?;
                let scopes = header(&headers, "x-oauth-scopes").unwrap_or_default();
                read(answer, scopes)
            })
            .await
    }

    /// Who we are, if that is known already. Asks nobody.
    pub fn identity(&self) -> Option<&Identity> {
        self.known.identity.get()
    }
}

/// Reads the answer of `auth.test`.
pub(crate) fn read(answer: AuthTested, scopes: &str) -> Result<Identity, CallError> {
    let bot_user = answer
        .user_id
        .ok_or_else(|| CallError::Lost("auth.test did not say who we are".to_owned()))?;
    Ok(Identity {
        bot_user: PersonId(bot_user),
        bot_id: answer.bot_id,
        team_id: answer.team_id.unwrap_or_default(),
        team_url: answer.url,
        scopes: scopes
            .split(',')
            .map(str::trim)
            .filter(|scope| !scope.is_empty())
            .map(str::to_owned)
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_is_read_with_its_scopes() {
        let answer = AuthTested {
            url: Some("https://example.slack.com/".to_owned()),
            team_id: Some("T1".to_owned()),
            user_id: Some("U9".to_owned()),
            bot_id: None,
        };
        let identity = read(answer, "chat:write, commands,").expect("an identity");
        assert_eq!(identity.bot_user.0, "U9");
        assert_eq!(identity.scopes, ["chat:write", "commands"]);
        let message = MessageRef { channel: "C1".to_owned(), ts: "1700000000.000200".to_owned() };
        let address = identity.permalink(&message);
        assert_eq!(
            address.as_deref(),
            Some("https://example.slack.com/archives/C1/p1700000000000200")
        );
        assert!(read(AuthTested::default(), "").is_err());
    }
}
