//! Invites people: everybody who can be, without the others standing in their way.

use std::collections::BTreeMap;

use sima_incident::{Absentee, Setback};
use tokio::task::JoinSet;

use super::setback;
use crate::{CallError, Refused, Slack, wire::Invite};

/// How many are invited by one call. Slack's pages name 100 and 1,000, older ones 30.
const CHUNK: usize = 30;

/// What came of inviting, so far.
#[derive(Default)]
struct Tally {
    /// How many are in the channel now.
    there: usize,
    /// Who could not be invited.
    absent: Vec<Absentee>,
    /// What stood in the way, by Slack's own words, for the log.
    codes: Vec<String>,
    /// The first thing a person can mend.
    to_mend: Option<String>,
}

impl Tally {
    fn missed(&mut self, who: &str, code: &str, to_mend: Option<String>) {
        self.absent.push(Absentee { who: who.to_owned(), why: why_absent(code) });
        self.codes.push(code.to_owned());
        if self.to_mend.is_none() {
            self.to_mend = to_mend;
        }
    }
}

impl Slack {
    /// Invites people, given by id, by e-mail address, or by the id or the handle of a group they are
    /// in; who could not be.
    pub(super) async fn invite(
        &self,
        channel: &str,
        people: &[String],
    ) -> Result<Vec<Absentee>, Setback> {
        let mut tally = Tally::default();
        let ids = self.resolve(people, &mut tally).await?;
        for chunk in ids.chunks(CHUNK) {
            match self.invite_together(channel, chunk).await {
                Ok(()) => tally.there += chunk.len(),
                Err(CallError::Refused(refused)) if is_about_a_person(&refused) => {
                    self.invite_each(channel, chunk, &mut tally).await?;
                }
                Err(error) => return Err(setback::read(error)),
            }
        }
        if !tally.codes.is_empty() {
            tracing::warn!(there = tally.there, absent = ?tally.codes, "not everybody could be invited");
        }
        match tally.to_mend {
            Some(to_mend) if tally.there == 0 => Err(Setback::refused(to_mend)),
            _ => Ok(tally.absent),
        }
    }

    /// Turns addresses into ids, side by side; drops whom nobody knows, ourselves, and repetitions.
    async fn resolve(&self, people: &[String], tally: &mut Tally) -> Result<Vec<String>, Setback> {
        let mut lookups = JoinSet::new();
        for (at, person) in people.iter().enumerate() {
            let (slack, person) = (self.clone(), person.trim().to_owned());
            lookups.spawn(async move {
                let found = if let Some(handle) = person.strip_prefix('@') {
                    slack.members_of_handle(handle).await
                } else if person.contains('@') {
                    slack.person_of(&person).await.map(|found| found.map(|id| vec![id]))
                } else if person.starts_with('S') {
                    slack.members_of(&person).await.map(Some)
                } else {
                    Ok(Some(vec![person.clone()]))
                };
                (at, person, found)
            });
        }
        let mut found = BTreeMap::new();
        while let Some(looked_up) = lookups.join_next().await {
            let (at, given, person) =
                looked_up.map_err(|_| Setback::later("looking people up was interrupted"))?;
            match person {
                Ok(Some(ids)) => {
                    found.insert(at, ids);
                }
                Ok(None) if given.starts_with('@') => tally.missed(
                    &given,
                    "no_such_subteam",
                    Some(format!("the workspace has no user group {given}")),
                ),
                Ok(None) => tally.missed(
                    &given,
                    "users_not_found",
                    Some(
                        "nobody in the workspace has the configured address; correct the domain's \
                         stakeholders"
                            .to_owned(),
                    ),
                ),
                Err(CallError::Refused(refused)) => {
                    tally.missed(&given, &refused.error, Some(setback::what_to_mend(&refused)));
                }
                Err(error) => return Err(setback::read(error)),
            }
        }
        let us = self.identity().map(|identity| identity.bot_user.0.clone());
        let mut ids: Vec<String> = Vec::new();
        for id in found.into_values().flatten() {
            if !id.is_empty() && Some(&id) != us.as_ref() && !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// Invites some people by one call.
    async fn invite_together(&self, channel: &str, people: &[String]) -> Result<(), CallError> {
        let users = people.join(",");
        match self.call(&Invite { channel, users: &users, force: true }).await {
            Ok(_) => Ok(()),
            // Of one person alone this is all there is to say.
            Err(error) if people.len() == 1 && is_there(error.code()) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Invites people one by one, so that nobody stands in another's way.
    async fn invite_each(
        &self,
        channel: &str,
        people: &[String],
        tally: &mut Tally,
    ) -> Result<(), Setback> {
        for person in people {
            match self.invite_together(channel, std::slice::from_ref(person)).await {
                Ok(()) => tally.there += 1,
                Err(CallError::Refused(refused)) if is_about_a_person(&refused) => {
                    let to_mend = is_mendable(&refused).then(|| setback::what_to_mend(&refused));
                    tally.missed(person, &refused.error, to_mend);
                }
                Err(error) => return Err(setback::read(error)),
            }
        }
        Ok(())
    }
}

/// Why somebody is not there, in words that follow their name.
fn why_absent(code: &str) -> String {
    match code {
        "users_not_found" => "nobody active in the workspace has this address".into(),
        "no_such_subteam" => "there is no such user group".into(),
        "user_not_found" | "no_user" => "there is no such person in the workspace".into(),
        "user_disabled" => "the account is deactivated".into(),
        "user_is_restricted" | "ura_max_channels" => "a guest, who may not be invited here".into(),
        "org_user_not_in_team" => "not a member of this workspace".into(),
        "cant_invite" | "invitee_cant_see_channel" | "app_cannot_join_channel" => {
            "Slack does not let this account be invited".into()
        }
        "no_external_invite_permission" => "of another company, which may not be invited".into(),
        "missing_scope" => "SIMA may not look addresses up".into(),
        other => format!("Slack says {other}"),
    }
}

/// Whether somebody is in the channel anyway.
fn is_there(code: Option<&str>) -> bool {
    matches!(code, Some("already_in_channel" | "cant_invite_self"))
}

/// Whether a refusal is about those invited, rather than about the channel or about us.
fn is_about_a_person(refused: &Refused) -> bool {
    !refused.errors.is_empty()
        || matches!(
            refused.error.as_str(),
            "already_in_channel"
                | "cant_invite_self"
                | "cant_invite"
                | "user_not_found"
                | "users_not_found"
                | "no_user"
                | "user_is_restricted"
                | "ura_max_channels"
                | "invitee_cant_see_channel"
                | "org_user_not_in_team"
                | "app_cannot_join_channel"
                | "user_disabled"
                | "no_external_invite_permission"
        )
}

/// Whether a person's own refusal can be mended by somebody.
fn is_mendable(refused: &Refused) -> bool {
    matches!(
        refused.error.as_str(),
        "cant_invite" | "org_user_not_in_team" | "no_external_invite_permission" | "user_not_found"
    )
}
