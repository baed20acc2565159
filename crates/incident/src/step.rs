//! Steps: what a company adds to the runbook, from its configuration.
//!
//! To add a kind: a variant of [`StepAct`] and of [`StepKind`], the setting in
//! `crates/sima/src/config/steps.rs`, and an arm where its destination is carried out.

use serde::{Deserialize, Serialize};

use crate::{Destination, DomainKey, Incident, Severity, Template};

/// A step, as configured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What people call it; no two have the same.
    pub name: String,
    /// When it is done.
    pub on: Occasion,
    /// In which domains; in all if there is none.
    pub domains: Vec<DomainKey>,
    /// At which severities.
    pub severities: Severities,
    /// Whether it is done for private incidents too.
    pub private: bool,
    /// What is done.
    pub act: StepAct,
}

/// When a step is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// It was opened, or became what the step is for.
    Opened,
    /// A responder is on it.
    Acknowledged,
    /// It is worse than was thought.
    SeverityRaised,
    /// The system is back to normal.
    Recovered,
    /// The learning is done.
    Closed,
}

/// The severities a step is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Severities {
    /// All there are.
    All,
    /// This one and worse.
    AtLeast(Severity),
    /// These.
    OneOf(Vec<Severity>),
}

/// What a step does. Secrets and addresses are not here: they are with who carries it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StepAct {
    /// Invite the members of a user group.
    InviteUserGroup {
        /// Its id (`S…`) or its handle with `@`.
        group: String,
    },
    /// Post in another channel, once.
    Post {
        /// Its id or name.
        channel: String,
        /// What; the marks in it are the company's own.
        text: Template,
    },
    /// Set a bookmark in the incident channel.
    Bookmark {
        /// What stands on it.
        title: Template,
        /// Where it leads.
        link: Template,
    },
    /// Set a bookmark to a call, and show it in the brief.
    VideoCall {
        /// What stands on it.
        title: Template,
        /// Where the call is.
        link: Template,
    },
    /// Tell another program by a signed webhook.
    Webhook,
    /// Open an incident on a public status page.
    StatusPage(PublicNotice),
}

/// What a status page is told. The public reads configured words, never what people wrote inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicNotice {
    /// The page's id.
    pub page_id: String,
    /// The components that are affected.
    pub component_ids: Vec<String>,
    /// The public title.
    pub title: Template,
    /// The first public words.
    pub body: Template,
    /// The public words at recovery; without them it stays open for people to resolve.
    pub resolved: Option<Template>,
    /// Whether the page's subscribers are written to.
    pub notify: bool,
}

/// The kind of a step, as an effect and an event carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// [`StepAct::InviteUserGroup`].
    UserGroup,
    /// [`StepAct::Post`].
    Post,
    /// [`StepAct::Bookmark`].
    Bookmark,
    /// [`StepAct::VideoCall`].
    VideoCall,
    /// [`StepAct::Webhook`].
    Webhook,
    /// [`StepAct::StatusPage`].
    StatusPage,
}

/// A step that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepDone {
    /// Which.
    pub step: String,
    /// On which occasion.
    pub on: Occasion,
    /// What kind it was of then.
    pub kind: StepKind,
    /// What it left elsewhere, if it is known by anything there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left: Option<Left>,
}

/// What a step left elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Its id there.
    pub id: String,
    /// Where to see it, if anywhere.
    pub url: Option<String>,
}

impl Step {
    /// Whether the step is for an incident as it is.
    pub fn is_for(&self, incident: &Incident) -> bool {
        // Practice stays inside: it calls no people together and tells nobody elsewhere.
        let is_inside = matches!(self.kind(), StepKind::Bookmark | StepKind::VideoCall);
        (self.private || !incident.is_private())
            && (is_inside || !incident.is_drill())
            && (self.domains.is_empty() || self.domains.contains(&incident.domain))
            && self.severities.contain(incident.severity)
    }

    /// Its kind.
    pub fn kind(&self) -> StepKind {
        match self.act {
            StepAct::InviteUserGroup { .. } => StepKind::UserGroup,
            StepAct::Post { .. } => StepKind::Post,
            StepAct::Bookmark { .. } => StepKind::Bookmark,
            StepAct::VideoCall { .. } => StepKind::VideoCall,
            StepAct::Webhook => StepKind::Webhook,
            StepAct::StatusPage(_) => StepKind::StatusPage,
        }
    }
}

impl Severities {
    /// Whether one of them is meant.
    pub fn contain(&self, severity: Severity) -> bool {
        match self {
            Self::All => true,
            // The worst has the lowest level.
            Self::AtLeast(mildest) => severity <= *mildest,
            Self::OneOf(some) => some.contains(&severity),
        }
    }
}

impl Occasion {
    /// The occasion in the configuration and in a webhook's type.
    pub fn word(self) -> &'static str {
        match self {
            Self::Opened => "opened",
            Self::Acknowledged => "acknowledged",
            Self::SeverityRaised => "severity_raised",
            Self::Recovered => "recovered",
            Self::Closed => "closed",
        }
    }

    /// Whether it is one of an incident that lasts.
    pub(crate) fn is_of_a_live_one(self) -> bool {
        match self {
            Self::Opened | Self::Acknowledged | Self::SeverityRaised => true,
            Self::Recovered | Self::Closed => false,
        }
    }
}

impl StepKind {
    /// Who carries it out.
    pub fn destination(self) -> Destination {
        match self {
            Self::UserGroup | Self::Post | Self::Bookmark | Self::VideoCall => Destination::Slack,
            Self::Webhook => Destination::Hooks,
            Self::StatusPage => Destination::StatusPage,
        }
    }

    /// The kind of its effect.
    pub(crate) fn effect(self) -> &'static str {
        match self {
            Self::UserGroup => "step_user_group",
            Self::Post => "step_post",
            Self::Bookmark => "step_bookmark",
            Self::VideoCall => "step_video_call",
            Self::Webhook => "step_webhook",
            Self::StatusPage => "step_status_page",
        }
    }

    /// What was done, in words that follow the name of who did it.
    pub fn done_in_words(self) -> &'static str {
        match self {
            Self::UserGroup => "invited a user group",
            Self::Post => "posted in another channel",
            Self::Bookmark => "set a bookmark",
            Self::VideoCall => "set the link to the call",
            Self::Webhook => "told another program",
            Self::StatusPage => "opened an incident on the status page",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_severity_is_at_least_every_other() {
        let severity = |level| Severity::new(level).expect("a level");
        let at_least = Severities::AtLeast(severity(2));
        assert!(at_least.contain(severity(1)) && at_least.contain(severity(2)));
        assert!(!at_least.contain(severity(3)));
        let one_of = Severities::OneOf(vec![severity(1), severity(3)]);
        assert!(one_of.contain(severity(3)) && !one_of.contain(severity(2)));
        assert!(Severities::All.contain(severity(9)));
    }
}
