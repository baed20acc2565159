//! The incident: one disruption, as the events so far make it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Actor, AlertTally, Assessment, Capture, ChannelRef, DomainKey, EscalateTo, Escalation,
    Frontline, IncidentId, IncidentNumber, Left, LinkedAlert, MessageRef, Occasion, PageCause,
    PersonId, Promises, Repage, Role, Severity, Stage, StepDone,
};

/// One disruption. Only events change it; the same events always give the same incident.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Incident {
    /// Its identity.
    pub id: IncidentId,
    /// The number people say.
    pub number: IncidentNumber,
    /// How many events it has; the next one takes this as its version.
    pub version: u32,
    /// What is broken, in one line of at most [`crate::MAX_SUMMARY`] characters.
    pub summary: String,
    /// More about it, if somebody wrote more.
    pub description: Option<String>,
    /// The part of the business it affects.
    pub domain: DomainKey,
    /// How bad it is now.
    pub severity: Severity,
    /// How bad it was at its worst; figures are split by this one.
    pub worst_severity: Severity,
    /// How many clients are affected, as last said.
    pub impact: Impact,
    /// Whether it counts.
    pub kind: Kind,
    /// Who may see it.
    pub visibility: Visibility,
    /// Who or what opened it.
    pub reporter: Actor,
    /// Where it is in its life.
    pub stage: Stage,
    /// When each thing that is measured was true.
    pub times: KeyTimes,
    /// Each spell during which customers felt it, oldest first; reopening begins another.
    pub outages: Vec<Outage>,
    /// How often it was reopened.
    pub reopened: u32,
    /// Who holds which role.
    pub roles: BTreeMap<Role, PersonId>,
    /// The last update that was posted, and when the next is promised.
    pub update: Option<Update>,
    /// How many updates were posted.
    pub updates: u32,
    /// What came of their promises.
    #[serde(default)]
    pub promises: Promises,
    /// The name its channel shall have; free of clashes among our own incidents.
    pub channel_name: String,
    /// Its channel, once the chat has made it.
    pub channel: Option<ChannelRef>,
    /// The pinned message in its channel, once posted.
    pub brief: Option<MessageRef>,
    /// The one message in the company's channel, once posted.
    pub broadcast: Option<MessageRef>,
    /// Where the first page to the on-call person is.
    pub page: Page,
    /// The pages after the first, oldest first.
    #[serde(default)]
    pub repages: Vec<Repage>,
    /// Each time somebody else was called, oldest first.
    #[serde(default)]
    pub escalations: Vec<Escalation>,
    /// Whom somebody asked to be invited, each once: people and groups of the chat.
    #[serde(default)]
    pub guests: Vec<String>,
    /// What those who answer customers brought in, want to know, and may say.
    #[serde(default)]
    pub frontline: Frontline,
    /// Whether it was reopened and nobody has taken the page for that.
    #[serde(default)]
    pub rings: bool,
    /// Whether somebody was seen to look at it: came into the channel unasked, or resolved its page.
    #[serde(default)]
    pub attended: bool,
    /// The pager's own ids of what it opened for our pages, as far as it told.
    #[serde(default)]
    pub pager_ids: Vec<String>,
    /// The alerts that belong to it: the first [`crate::MAX_LISTED_ALERTS`] of them, each as it is now.
    pub alerts: Vec<LinkedAlert>,
    /// How many there are and how many of them fire; absent as long as all are listed.
    #[serde(default)]
    pub alert_tally: Option<AlertTally>,
    /// When people were last told that none of them fires any more.
    #[serde(default)]
    pub alerts_cleared_at: Option<Timestamp>,
    /// Until when edits of the brief are spoken for that alerts asked for; each takes a while of it.
    #[serde(default)]
    pub alert_edits_until: Option<Timestamp>,
    /// Its post-mortem.
    pub postmortem: Postmortem,
    /// What could not be done for it and was given up, oldest first.
    pub troubles: Vec<Trouble>,
    /// The steps of the company that were done for it, oldest first.
    #[serde(default)]
    pub steps: Vec<StepDone>,
    /// The messages of its channel that people marked, oldest mark first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub captures: Vec<Capture>,
    /// A link to what it was opened from, such as a message or a graph.
    pub links: Vec<String>,
    /// What was answered about the impact when it was opened, if somebody was asked.
    #[serde(default)]
    pub assessment: Option<Assessment>,
}

impl Incident {
    /// Whether it is hidden from everyone who is not a member.
    pub fn is_private(&self) -> bool {
        self.visibility == Visibility::Private
    }

    /// Whether it is for practice.
    pub fn is_drill(&self) -> bool {
        self.kind == Kind::Drill
    }

    /// Who holds a role.
    pub fn holder(&self, role: Role) -> Option<&PersonId> {
        self.roles.get(&role)
    }

    /// Whether nobody is on it yet, as far as anybody can see.
    pub fn is_unattended(&self) -> bool {
        self.stage == Stage::Open && !self.attended
    }

    /// How many pages there are, on their way and failed ones too.
    pub fn pages(&self) -> u32 {
        u32::from(self.page != Page::None) + self.repages.len() as u32
    }

    /// Whether somebody was called since there were that many pages.
    pub fn was_called_since(&self, pages: u32) -> bool {
        let first = usize::from(self.page != Page::None);
        let later = self.repages.iter().skip((pages as usize).saturating_sub(first));
        later.into_iter().any(|repage| repage.page != Page::Failed)
    }

    /// The escalation of that place, counted from 1.
    pub fn escalation(&self, call: u32) -> Option<&Escalation> {
        self.escalations.get((call as usize).checked_sub(1)?)
    }

    /// The domain whose on-call person a page is for: the incident's own, unless it was escalated
    /// to another.
    pub fn domain_paged(&self, cause: Option<PageCause>) -> &DomainKey {
        let Some(PageCause::Escalated { call }) = cause else { return &self.domain };
        match self.escalation(call).map(|escalation| &escalation.to) {
            Some(EscalateTo::Domain(domain)) => domain,
            _ => &self.domain,
        }
    }

    /// A message that somebody marked.
    pub fn capture(&self, ts: &str) -> Option<&Capture> {
        self.captures.iter().find(|capture| capture.ts == ts)
    }

    /// Whether a step was done on an occasion.
    pub fn has_done(&self, step: &str, on: Occasion) -> bool {
        self.steps.iter().any(|done| done.step == step && done.on == on)
    }

    /// What a step left elsewhere, as last said.
    pub fn left_by(&self, step: &str) -> Option<&Left> {
        let mut of_it = self.steps.iter().rev().filter(|done| done.step == step);
        of_it.find_map(|done| done.left.as_ref())
    }
}

/// Whether an incident counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It happened.
    Real,
    /// It is for practice: pages nobody, counts nowhere.
    Drill,
}

/// Who may see an incident.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everyone in the company.
    Company,
    /// Members of its channel alone.
    Private,
}

/// How many clients are affected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Impact {
    /// Nobody knows yet.
    Unknown,
    /// About so many.
    Clients(u64),
}

/// Which key time is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyTime {
    /// When customers first felt it.
    Started,
    /// When a machine or a person first noticed.
    Detected,
    /// When a responder took it.
    Acknowledged,
    /// When the cause was known.
    Identified,
    /// When the impact stopped.
    Mitigated,
    /// When the system was back to normal.
    Recovered,
}

/// When each thing that is measured was true. Absent means it never was, or nobody said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyTimes {
    /// When customers first felt it, if an alert or a person said so.
    pub started_at: Option<Timestamp>,
    /// When a machine or a person first noticed, if known to be before opening.
    pub detected_at: Option<Timestamp>,
    /// When SIMA recorded it. Never changes.
    pub opened_at: Timestamp,
    /// When a responder first took it.
    pub acknowledged_at: Option<Timestamp>,
    /// When the cause was first known.
    pub identified_at: Option<Timestamp>,
    /// When the impact last stopped.
    pub mitigated_at: Option<Timestamp>,
    /// When the system was last back to normal.
    pub recovered_at: Option<Timestamp>,
    /// When the learning was done.
    pub closed_at: Option<Timestamp>,
}

impl KeyTimes {
    /// When customers first felt it, or by default when it was opened.
    pub fn started(&self) -> Timestamp {
        self.started_at.unwrap_or(self.opened_at)
    }
}

/// One spell during which customers felt it. Half open: from `from` to just before `until`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outage {
    /// When it began.
    pub from: Timestamp,
    /// When the system was back to normal; absent while it lasts.
    pub until: Option<Timestamp>,
}

/// A note on where things stand, as last posted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update {
    /// What was said.
    pub text: String,
    /// Who said it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// When the next one is promised.
    pub next_due: Option<Timestamp>,
}

/// Where the page to the on-call person is. One page has one dedup key for all its life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Page {
    /// Nobody was or will be paged.
    None,
    /// It is on its way.
    Sent,
    /// The pager took it in.
    Accepted {
        /// When.
        at: Timestamp,
        /// The key by which the pager knows it.
        dedup_key: String,
    },
    /// It was given up; people were told.
    Failed,
}

/// Where the post-mortem is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Postmortem {
    /// Not begun.
    None,
    /// Owed: it is being drafted.
    Owed,
    /// It exists and can be read at `url`.
    Drafted {
        /// Where to read it.
        url: String,
        /// The page's id where it lives; empty when SIMA keeps it.
        page_id: String,
    },
}

/// Something that could not be done and was given up. Shown in the channel and on the dashboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trouble {
    /// What should have happened, such as `page the on-call person`.
    pub what: String,
    /// Why it did not.
    pub why: String,
    /// When it was given up.
    pub at: Timestamp,
}
