//! Makes the incident channel: once, under a free name, private if the incident is.

use jiff::{SignedDuration, Timestamp};
use sima_incident::{Attempt, ChannelRef, Incident, PersonId, Setback, naming};

use super::setback;
use crate::{
    CallError, Slack,
    wire::{Channel, CreateChannel, OwnChannels, next},
};

/// Names tried before a person must help.
const MOST_NAMES: u32 = 20;
/// Pages of our own channels followed at most.
const MAX_PAGES: usize = 50;
/// How far Slack's clock may be behind ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

impl Slack {
    /// Makes the channel, or finds the one that an earlier try made.
    pub(super) async fn open_channel(&self, attempt: &Attempt<'_>) -> Result<ChannelRef, Setback> {
        let incident = attempt.incident;
        if let Some(channel) = &incident.channel {
            return Ok(channel.clone());
        }
        if attempt.unsure
            && let Some(channel) = self.channel_made_before(incident).await?
        {
            return Ok(channel);
        }
        let mut base = incident.channel_name.clone();
        let mut name = base.clone();
        let mut taken = 0;
        loop {
            let create = CreateChannel { name: &name, is_private: incident.is_private() };
            match self.call(&create).await {
                Ok(answer) if answer.channel.id.is_empty() => {
                    return Err(Setback::unsure("Slack did not say which channel it made"));
                }
                Ok(answer) => return Ok(named(answer.channel, &name)),
                Err(error) if error.code() == Some("name_taken") => {
                    if taken == MOST_NAMES {
                        return Err(Setback::refused(format!(
                            "every name for the channel is taken, up to #{name}; rename old channels"
                        )));
                    }
                    name = naming::other_channel_name(&base, incident.number, taken);
                    taken += 1;
                }
                Err(error) if is_about_the_name(&error) && base != plain_name(incident) => {
                    base = plain_name(incident);
                    name.clone_from(&base);
                    taken = 0;
                }
                // A private incident fails loudly here; it never becomes public.
                Err(error) => return Err(setback::read(error)),
            }
        }
    }

    /// Finds the channel that an earlier try made: ours by creator, time, privacy and name.
    async fn channel_made_before(
        &self,
        incident: &Incident,
    ) -> Result<Option<ChannelRef>, Setback> {
        let us = self.identify().await.map_err(setback::read)?.bot_user.clone();
        let types = if incident.is_private() { "private_channel" } else { "public_channel" };
        let mut cursor = None;
        for _ in 0..MAX_PAGES {
            let page = self
                .call(&OwnChannels {
                    types,
                    exclude_archived: false,
                    limit: 999,
                    cursor: cursor.take(),
                })
                .await
                .map_err(setback::read)?;
            let made = page.channels.into_iter().find(|channel| is_its(incident, &us, channel));
            if let Some(channel) = made {
                let name = incident.channel_name.clone();
                return Ok(Some(named(channel, &name)));
            }
            cursor = next(page.response_metadata);
            if cursor.is_none() {
                break;
            }
        }
        Ok(None)
    }
}

/// Whether a channel is one that we made for this incident. Names are unique among our own
/// incidents, so what bears its name and was made by us since it was opened is its.
fn is_its(incident: &Incident, us: &PersonId, channel: &Channel) -> bool {
    let opened_at = incident.times.opened_at.saturating_sub(SKEW);
    let since = opened_at.map_or(i64::MIN, Timestamp::as_second);
    let names = candidates(incident);
    let bears_its_name = names.iter().any(|name| {
        *name == channel.name
            || *name == channel.name_normalized
            || channel.previous_names.contains(name)
    });
    bears_its_name
        && channel.creator == us.0
        && channel.created >= since
        && channel.is_private == incident.is_private()
}

/// Every name its channel may have been given.
fn candidates(incident: &Incident) -> Vec<String> {
    [incident.channel_name.clone(), plain_name(incident)]
        .into_iter()
        .flat_map(|base| {
            let others = (0..MOST_NAMES)
                .map(|taken| naming::other_channel_name(&base, incident.number, taken))
                .collect::<Vec<_>>();
            std::iter::once(base).chain(others)
        })
        .collect()
}

/// The name that nothing can be wrong with.
fn plain_name(incident: &Incident) -> String {
    format!("incident-{}", incident.number.0)
}

/// Whether Slack does not like the name.
fn is_about_the_name(error: &CallError) -> bool {
    error.code().is_some_and(|code| code.starts_with("invalid_name"))
}

/// The channel as Slack named it, which may differ from what was asked.
fn named(channel: Channel, asked: &str) -> ChannelRef {
    let name = if channel.name.is_empty() { asked.to_owned() } else { channel.name };
    ChannelRef { id: channel.id, name }
}
