//! The company's own steps in the chat: user groups, posts elsewhere, bookmarks and calls.

use sima_incident::{
    Absentee, Attempt, Effect, Left, Receipt, Setback, Step, StepAct, StepDone, StepKind,
};

use super::{channel, post::Post, setback};
use crate::{
    CallError, Slack, messages,
    wire::{AddBookmark, ListBookmarks, ListGroups},
};

impl Slack {
    /// Does a step whose destination is Slack.
    pub(super) async fn do_step(
        &self,
        attempt: &Attempt<'_>,
        step: &Step,
    ) -> Result<Receipt, Setback> {
        let (incident, policy) = (attempt.incident, attempt.policy);
        let mut absent = Vec::new();
        let left = match &step.act {
            StepAct::InviteUserGroup { group } => {
                absent = self.invite_user_group(&channel(incident)?.id, group).await?;
                None
            }
            StepAct::Post { channel, text } => {
                self.post_elsewhere(attempt, channel, text).await?;
                None
            }
            StepAct::Bookmark { title, link } => {
                let title = messages::step_title(title, incident, policy);
                let link = messages::step_address(link, incident, policy);
                self.bookmark(&channel(incident)?.id, &title, &link, None).await?;
                None
            }
            StepAct::VideoCall { title, link } => {
                let title = messages::step_title(title, incident, policy);
                let link = messages::step_address(link, incident, policy);
                let id =
                    self.bookmark(&channel(incident)?.id, &title, &link, Some(":phone:")).await?;
                Some(Left { id, url: Some(link) })
            }
            StepAct::Webhook | StepAct::StatusPage(_) => {
                let why = "this step is not done in Slack: the wiring of SIMA is wrong";
                return Err(Setback::refused(why));
            }
        };
        // The occasion is the effect's: the configuration may have changed since.
        let on = match attempt.effect {
            Effect::Step { on, .. } => *on,
            _ => step.on,
        };
        let done = StepDone { step: step.name.clone(), on, kind: step.kind(), left };
        Ok(if absent.is_empty() {
            Receipt::Step(done)
        } else {
            Receipt::StepInvited { done, absent }
        })
    }

    /// Invites everybody in a user group, given by its id or its handle; who could not be.
    async fn invite_user_group(
        &self,
        channel: &str,
        group: &str,
    ) -> Result<Vec<Absentee>, Setback> {
        let members = if let Some(handle) = group.strip_prefix('@') {
            let found = self.members_of_handle(handle).await.map_err(setback::read)?;
            let Some(found) = found else {
                return Err(Setback::refused(format!(
                    "the workspace has no user group {group}; correct the step's invite_user_group"
                )));
            };
            found
        } else {
            self.members_of(group).await.map_err(setback::read)?
        };
        if members.is_empty() {
            return Err(Setback::refused(format!("nobody is in the user group {group}")));
        }
        self.invite(channel, &members).await
    }

    /// Who is in the user group of a handle, written without its `@`; nothing if there is none.
    pub(super) async fn members_of_handle(
        &self,
        handle: &str,
    ) -> Result<Option<Vec<String>>, CallError> {
        let answer = self.call(&ListGroups { include_users: true }).await?;
        let same = |known: &str| known.eq_ignore_ascii_case(handle);
        let found = answer.usergroups.into_iter().find(|known| same(&known.handle));
        Ok(found.map(|group| group.users))
    }

    /// Posts in another channel, once.
    async fn post_elsewhere(
        &self,
        attempt: &Attempt<'_>,
        configured: &str,
        text: &sima_incident::Template,
    ) -> Result<(), Setback> {
        let channel = match self.resolve_channel(configured).await {
            Ok(Some(id)) => id,
            // A private channel is not listed; by its name it may be found all the same.
            Err(error) if attempt.unsure => return Err(setback::read(error)),
            Ok(None) | Err(_) => format!("#{}", configured.trim_start_matches('#')),
        };
        let message = messages::step_post(text, attempt.incident, attempt.policy);
        let post =
            Post { channel: &channel, thread: None, message: &message, twice_is_worse: true };
        self.post(attempt, post).await.map(drop)
    }

    /// Sets a bookmark, unless it is there; its id.
    async fn bookmark(
        &self,
        channel_id: &str,
        title: &str,
        link: &str,
        emoji: Option<&str>,
    ) -> Result<String, Setback> {
        let there = self.call(&ListBookmarks { channel_id }).await.map_err(setback::read)?;
        let same = there.bookmarks.into_iter().find(|bookmark| bookmark.link == link);
        if let Some(bookmark) = same {
            return Ok(bookmark.id);
        }
        let add = AddBookmark { channel_id, title, link, r#type: "link", emoji };
        let added = self.call(&add).await.map_err(setback::read)?;
        Ok(added.bookmark.id)
    }
}

/// The configured step an effect is of.
pub(super) fn configured<'p>(
    attempt: &Attempt<'p>,
    name: &str,
    kind: StepKind,
) -> Result<&'p Step, Setback> {
    let step = attempt.policy.step(name).filter(|step| step.kind() == kind);
    step.ok_or_else(|| Setback::refused("the step is not configured any more"))
}
