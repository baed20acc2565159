//! Effects carried out: what each becomes in calls, and what comes of it.
//!
//! To add an effect: an arm in [`Slack::perform`]. When [`Attempt::unsure`], whatever cannot be
//! repeated is looked for first: channels by their creator, messages by the key in their metadata.

mod capture;
mod invite;
mod link_back;
mod open_channel;
mod post;
mod propose;
mod remind;
pub(crate) mod setback;
mod shows;
mod steps;
mod tell;

use sima_incident::{
    Attempt, ChannelRef, Destination, Effect, Incident, MessageRef, Notice, PersonId, Receipt,
    Setback, Trouble,
};

use crate::{
    Place, RespondError, Slack,
    messages::{self, Audience, News},
    wire::{ChannelInfo, PinMessage, SetTopic, UpdateMessage},
};
use post::Post;
pub use shows::shows;

impl Slack {
    /// Carries out one effect whose destination is Slack.
    ///
    /// # Errors
    /// [`Setback`]: later, or only after a person has mended something.
    pub async fn perform(&self, attempt: &Attempt<'_>) -> Result<Receipt, Setback> {
        let (incident, policy) = (attempt.incident, attempt.policy);
        match attempt.effect {
            Effect::OpenChannel => self.open_channel(attempt).await.map(Receipt::Channel),
            Effect::PostBrief => {
                let channel = &channel(incident)?.id;
                let message = messages::brief(incident, policy);
                let post = Post { channel, thread: None, message: &message, twice_is_worse: false };
                self.post(attempt, post).await.map(Receipt::Brief)
            }
            Effect::PinBrief => self.pin(brief(incident)?).await,
            Effect::EditBrief => {
                self.edit(brief(incident)?, &messages::brief(incident, policy)).await
            }
            Effect::SetTopic => {
                let topic = messages::topic(incident, policy);
                self.set_topic(attempt, &channel(incident)?.id, &topic).await
            }
            Effect::Invite { people } => {
                let absent = self.invite(&channel(incident)?.id, people).await?;
                Ok(Receipt::Invited { absent })
            }
            Effect::Step { step, kind, .. } if kind.destination() == Destination::Slack => {
                let step = steps::configured(attempt, step, *kind)?;
                self.do_step(attempt, step).await
            }
            Effect::PostBroadcast if incident.is_private() => {
                let posted = self.broadcast_before(attempt).await?;
                Ok(posted.map_or(Receipt::Done, Receipt::Broadcast))
            }
            Effect::PostBroadcast => self.post_broadcast(attempt).await.map(Receipt::Broadcast),
            Effect::WithdrawBroadcast => {
                self.edit(posted_broadcast(incident)?, &messages::withdrawn()).await
            }
            Effect::EditBroadcast => {
                self.edit(posted_broadcast(incident)?, &messages::broadcast(incident, policy)).await
            }
            Effect::PostNotice { notice } => {
                let channel = &channel(incident)?.id;
                let message = messages::notice(notice, incident, policy, Audience::Channel);
                let post = Post { channel, thread: None, message: &message, twice_is_worse: false };
                self.post(attempt, post).await.map(|_| Receipt::Done)
            }
            Effect::ReplyUnderBroadcast { notice } => {
                let MessageRef { channel, ts } = posted_broadcast(incident)?;
                let message = messages::notice(notice, incident, policy, Audience::Followers);
                let post =
                    Post { channel, thread: Some(ts), message: &message, twice_is_worse: false };
                self.post(attempt, post).await.map(|_| Receipt::Done)
            }
            Effect::Greet { person } => self.greet(attempt, person, None).await,
            Effect::Tell { person, told } => self.tell_privately(attempt, person, told).await,
            Effect::ReadMessage { ts } => self.read_message(attempt, ts).await,
            Effect::ShowCaptured { ts } => self.show_captured(attempt, ts, true).await,
            Effect::ShowNotCaptured { ts } => self.show_captured(attempt, ts, false).await,
            Effect::Remind { update, person } => self.remind(attempt, *update, person).await,
            Effect::WithdrawReminder { message } => self.withdraw(message).await,
            Effect::TellReporter { response_url } => {
                self.tell_reporter(attempt, response_url).await
            }
            Effect::LinkBack { message, response_url } => {
                self.link_back(attempt, message, response_url.as_deref()).await
            }
            Effect::PageOnCall
            | Effect::PageAgain { .. }
            | Effect::Escalate { .. }
            | Effect::InviteResponder { .. }
            | Effect::WatchPage { .. }
            | Effect::WatchPromise { .. }
            | Effect::AcknowledgePage
            | Effect::ResolvePage
            | Effect::DraftPostmortem
            | Effect::Step { .. }
            | Effect::FollowStatusPage { .. }
            | Effect::EndStabilityWindow { .. } => {
                Err(Setback::refused("this is not done in Slack: the wiring of SIMA is wrong"))
            }
        }
    }

    /// Pins the brief.
    async fn pin(&self, brief: &MessageRef) -> Result<Receipt, Setback> {
        let pin = PinMessage { channel: &brief.channel, timestamp: &brief.ts };
        match self.call(&pin).await {
            Ok(_) => Ok(Receipt::Done),
            Err(error) if error.code() == Some("already_pinned") => Ok(Receipt::Done),
            Err(error) => Err(setback::read(error)),
        }
    }

    /// Brings a message of ours up to date.
    async fn edit(
        &self,
        posted: &MessageRef,
        message: &messages::Message,
    ) -> Result<Receipt, Setback> {
        self.call(&edit_of(posted, message)).await.map_err(setback::read)?;
        Ok(Receipt::Done)
    }

    /// Sets the topic. Each time is a visible line in the channel, so an earlier try that may have
    /// set it is looked for first; if it cannot be looked up, it is set.
    async fn set_topic(
        &self,
        attempt: &Attempt<'_>,
        channel: &str,
        topic: &str,
    ) -> Result<Receipt, Setback> {
        if attempt.unsure
            && let Ok(answer) = self.call(&ChannelInfo { channel }).await
            && answer.channel.topic.is_some_and(|current| current.value == topic)
        {
            return Ok(Receipt::Done);
        }
        self.call(&SetTopic { channel, topic }).await.map_err(setback::read)?;
        Ok(Receipt::Done)
    }

    /// What an earlier try may have told the company before the incident was made private: it has to
    /// be found to be taken back.
    async fn broadcast_before(&self, attempt: &Attempt<'_>) -> Result<Option<MessageRef>, Setback> {
        if !attempt.unsure {
            return Ok(None);
        }
        let channel = self.resolve_broadcast().await.map_err(setback::read)?;
        let Some(channel) = channel else { return Ok(None) };
        let message = messages::withdrawn();
        let post =
            Post { channel: &channel, thread: None, message: &message, twice_is_worse: true };
        self.posted_by(attempt, post).await
    }

    /// Tells the company.
    async fn post_broadcast(&self, attempt: &Attempt<'_>) -> Result<MessageRef, Setback> {
        let Some(configured) = self.known.broadcast_channel.as_deref() else {
            return Err(Setback::refused(
                "no broadcast channel is configured: set broadcast.channel to its id or name",
            ));
        };
        let channel = match self.resolve_broadcast().await {
            Ok(Some(id)) => id,
            // A private channel is not listed; by its name it may be found all the same.
            Err(error) if attempt.unsure => return Err(setback::read(error)),
            Ok(None) | Err(_) => format!("#{configured}"),
        };
        let message = messages::broadcast(attempt.incident, attempt.policy);
        let post =
            Post { channel: &channel, thread: None, message: &message, twice_is_worse: true };
        let posted = self.post(attempt, post).await;
        if matches!(posted, Err(Setback::Refused { .. })) {
            // The channel may have been made anew under the same name.
            self.forget_broadcast().await;
        }
        posted
    }

    /// Greets somebody, at most once: nobody wants to be greeted twice. Whoever was here before is
    /// told what is new to them.
    ///
    /// # Errors
    /// As [`Self::perform`].
    pub async fn greet(
        &self,
        attempt: &Attempt<'_>,
        person: &PersonId,
        news: Option<&News>,
    ) -> Result<Receipt, Setback> {
        let channel = channel(attempt.incident)?;
        let is_us = self.identity().is_some_and(|identity| identity.bot_user == *person);
        if attempt.unsure || is_us {
            return Ok(Receipt::Done);
        }
        let message =
            messages::greeting(attempt.incident, attempt.policy, person, news, attempt.now);
        match self.post_ephemeral(&channel.id, person, &message).await {
            Ok(()) => Ok(Receipt::Done),
            // They have left again, or are nobody who can be shown anything.
            Err(error)
                if matches!(
                    error.code(),
                    Some(
                        "user_not_in_channel"
                            | "user_not_found"
                            | "user_disabled"
                            | "is_archived"
                            | "messages_tab_disabled"
                            | "cannot_dm_bot"
                            | "is_bot"
                    )
                ) =>
            {
                Ok(Receipt::Done)
            }
            Err(error) => Err(setback::read(error)),
        }
    }

    /// Tells the reporter where it is, in the place where they asked, at most once.
    async fn tell_reporter(
        &self,
        attempt: &Attempt<'_>,
        response_url: &str,
    ) -> Result<Receipt, Setback> {
        let (incident, policy) = (attempt.incident, attempt.policy);
        let message = if let Some(trouble) = no_channel(incident) {
            // Nobody can be told in a channel that cannot be made: whoever asked for it is.
            messages::notice(&trouble, incident, policy, Audience::Followers)
        } else {
            channel(incident)?;
            messages::opened(incident)
        };
        if attempt.unsure {
            return Ok(Receipt::Done);
        }
        match self.respond(response_url, &message, Place::Below).await {
            Ok(()) => Ok(Receipt::Done),
            // The place to answer lives half an hour. The reporter is in the channel by now.
            Err(RespondError::Refused(status)) => {
                tracing::warn!(%status, "the reporter's place to answer is gone");
                Ok(Receipt::Done)
            }
            Err(RespondError::Foreign) => Err(Setback::refused(
                "the reporter's response URL does not lead to Slack: nothing was sent there",
            )),
            Err(RespondError::Failed(error)) => Err(setback::read(error)),
        }
    }
}

/// The call that brings a message of ours up to date.
fn edit_of<'m>(posted: &'m MessageRef, message: &'m messages::Message) -> UpdateMessage<'m> {
    UpdateMessage {
        channel: &posted.channel,
        ts: &posted.ts,
        text: &message.text,
        blocks: &message.blocks,
    }
}

/// The incident channel, which must be there first.
fn channel(incident: &Incident) -> Result<&ChannelRef, Setback> {
    incident.channel.as_ref().ok_or_else(|| Setback::later("the incident channel is not open yet"))
}

/// Why there is no incident channel, if it was given up.
fn no_channel(incident: &Incident) -> Option<Notice> {
    let given_up = |trouble: &&Trouble| trouble.what == Effect::OpenChannel.in_words();
    let trouble = incident.troubles.iter().rev().find(given_up)?;
    let (what, why) = (trouble.what.clone(), trouble.why.clone());
    incident.channel.is_none().then_some(Notice::Trouble { what, why })
}

/// The brief, which must be there first.
fn brief(incident: &Incident) -> Result<&MessageRef, Setback> {
    incident.brief.as_ref().ok_or_else(|| Setback::later("the brief is not posted yet"))
}

/// The broadcast, which must be there first.
fn posted_broadcast(incident: &Incident) -> Result<&MessageRef, Setback> {
    incident.broadcast.as_ref().ok_or_else(|| Setback::later("the broadcast is not posted yet"))
}
