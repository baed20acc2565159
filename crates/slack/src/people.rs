//! The people of the workspace: everybody, and who has an e-mail address.

use sima_incident::{PersonId, Setback};

use crate::{
    CallError, Slack,
    perform::setback,
    wire::{ListGroup, ListUsers, LookUpByEmail, User, UserInfo, next},
};

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Their id.
    pub id: PersonId,
    /// Their name for documents and pages that outlive the chat: real name, else display name,
    /// else account name, else the id.
    pub name: String,
    /// Their time zone, such as `Europe/Paris`, if set.
    pub time_zone: Option<String>,
    /// Whether it is a bot. Slack's own Slackbot counts as one, though Slack says otherwise.
    pub is_bot: bool,
    /// Whether the account was deactivated.
    pub deactivated: bool,
}

impl Slack {
    /// Lists a page of everybody, bots and those who left included, and where the next one begins.
    /// A large workspace takes many pages, at a pace Slack sets: the caller waits between them.
    ///
    /// # Errors
    /// [`CallError`] when the page did not come.
    pub async fn people(
        &self,
        cursor: Option<String>,
    ) -> Result<(Vec<Member>, Option<String>), CallError> {
        let page = self.call(&ListUsers { limit: 200, cursor }).await?;
        let people =
            page.members.into_iter().filter(|user| !user.id.is_empty()).map(member).collect();
        Ok((people, next(page.response_metadata)))
    }

    /// Finds who has an e-mail address; those found are kept. Nothing if nobody active has it.
    ///
    /// # Errors
    /// [`CallError`] when Slack did not say.
    pub async fn person_of(&self, address: &str) -> Result<Option<String>, CallError> {
        let address = address.trim().to_lowercase();
        if let Some(person) = self.known.people_by_address.read().await.get(&address) {
            return Ok(Some(person.clone()));
        }
        let user = match self.call(&LookUpByEmail { email: &address }).await {
            Ok(answer) => answer.user,
            Err(error) if matches!(error.code(), Some("users_not_found" | "user_not_found")) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        if user.id.is_empty() || user.deleted {
            return Ok(None);
        }
        self.known.people_by_address.write().await.insert(address, user.id.clone());
        Ok(Some(user.id))
    }
}

impl Slack {
    /// The e-mail address of a person; nothing if they have none, or we may not see it.
    ///
    /// # Errors
    /// [`Setback`] when Slack did not say.
    pub async fn address_of(&self, person: &PersonId) -> Result<Option<String>, Setback> {
        match self.call(&UserInfo { user: &person.0 }).await {
            Ok(answer) => Ok(answer.user.profile.and_then(|profile| profile.email)),
            Err(error) if matches!(error.code(), Some("user_not_found" | "user_not_visible")) => {
                Ok(None)
            }
            Err(error) => Err(setback::read(error)),
        }
    }

    /// The members of a user group, by their ids.
    pub(crate) async fn members_of(&self, group: &str) -> Result<Vec<String>, CallError> {
        Ok(self.call(&ListGroup { usergroup: group }).await?.users)
    }
}

/// Reads a user object.
fn member(user: User) -> Member {
    let profile = user.profile.unwrap_or_default();
    let name = [profile.real_name, user.real_name, profile.display_name, user.name]
        .into_iter()
        .flatten()
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty())
        .unwrap_or_else(|| user.id.clone());
    Member {
        is_bot: user.is_bot || user.id == "USLACKBOT",
        id: PersonId(user.id),
        name,
        time_zone: user.tz.filter(|zone| !zone.is_empty()),
        deactivated: user.deleted,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_person_is_called_by_the_first_name_that_is_set() {
        for (user, expected) in [
            (
                json!({"id": "U1", "name": "ines", "real_name": "Inès Roy", "profile": {"display_name": "Inès"}}),
                "Inès Roy",
            ),
            (json!({"id": "U1", "name": "ines", "profile": {"display_name": "Inès"}}), "Inès"),
            (
                json!({"id": "U1", "name": "ines", "profile": {"display_name": " ", "real_name": "Inès Roy"}}),
                "Inès Roy",
            ),
            (json!({"id": "U1", "name": "ines", "real_name": ""}), "ines"),
            (json!({"id": "U1"}), "U1"),
        ] {
            let user: User = serde_json::from_value(user).expect("a user");
            assert_eq!(member(user).name, expected);
        }
    }
}
