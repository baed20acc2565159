//! What became true about an incident. Kept for ever: fields may be added with a default, never renamed.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Actor, AlertState, AlertTally, Assessment, CaptureEnd, ChannelRef, Dismissal, DomainKey,
    EscalateTo, Impact, IncidentId, IncidentNumber, KeyTime, Kind, Left, LinkedAlert, MessageRef,
    Occasion, PageCause, PagerNews, PersonId, Role, Said, Severity, StepKind, Visibility,
};

/// An event with its place and time: one row of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorded {
    /// Its place among the incident's events, from 0.
    pub version: u32,
    /// When it was recorded.
    pub at: Timestamp,
    /// When it was true in the world; equal to `at` unless somebody said otherwise.
    pub happened_at: Timestamp,
    /// Who or what made it true.
    pub by: Actor,
    /// What became true.
    pub event: Event,
}

/// One thing that became true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The incident was opened.
    Declared {
        /// Its identity.
        id: IncidentId,
        /// The number people say.
        number: IncidentNumber,
        /// What is broken.
        summary: String,
        /// More about it.
        description: Option<String>,
        /// The part of the business it affects.
        domain: DomainKey,
        /// How bad it is.
        severity: Severity,
        /// How many clients are affected.
        impact: Impact,
        /// Whether it counts.
        kind: Kind,
        /// Who may see it.
        visibility: Visibility,
        /// When customers first felt it, if known.
        started_at: Option<Timestamp>,
        /// When it was first noticed, if known.
        detected_at: Option<Timestamp>,
        /// The name its channel shall have.
        channel_name: String,
        /// Whether somebody is to be paged.
        pages: bool,
        /// Links to what it was opened from.
        links: Vec<String>,
        /// What was answered about the impact, if somebody was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        assessment: Option<Assessment>,
    },
    /// A responder is on it.
    Acknowledged,
    /// The cause is known.
    Identified,
    /// The impact has stopped.
    Mitigated,
    /// People went back to looking for the cause.
    SteppedBack,
    /// The system is back to normal.
    Recovered,
    /// The stability window has ended.
    Settled {
        /// Whether a post-mortem is owed.
        postmortem_owed: bool,
    },
    /// The learning is done.
    Closed,
    /// It was not over after all.
    Reopened {
        /// What came back.
        reason: String,
    },
    /// It was no incident.
    Dismissed {
        /// Why.
        reason: Dismissal,
    },
    /// It is this bad now.
    SeverityChanged {
        /// Before.
        from: Severity,
        /// After.
        to: Severity,
        /// The title of the alert that made it so, if one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        because: Option<String>,
    },
    /// So many clients are affected, as far as is known now.
    ImpactChanged {
        /// Before.
        from: Impact,
        /// After.
        to: Impact,
    },
    /// What it says was changed; only what changed is present.
    Edited {
        /// The new summary.
        summary: Option<String>,
        /// The new description.
        description: Option<String>,
        /// The other domain.
        domain: Option<DomainKey>,
    },
    /// Somebody said when a thing was true.
    TimeCorrected {
        /// Which key time.
        which: KeyTime,
        /// What it was before.
        from: Option<Timestamp>,
        /// When it was true.
        to: Timestamp,
    },
    /// A person holds a role now.
    RoleTaken {
        /// Which role.
        role: Role,
        /// Who holds it.
        person: PersonId,
    },
    /// A role is empty again.
    RoleDropped {
        /// Which role.
        role: Role,
        /// Who held it.
        person: PersonId,
    },
    /// Somebody told everybody where things stand.
    UpdatePosted {
        /// What was said.
        text: String,
        /// When the next update is promised.
        next_due: Option<Timestamp>,
    },
    /// Somebody put words on the timeline.
    NoteAdded {
        /// What happened.
        text: String,
    },
    /// Somebody asked for people to be invited into the channel.
    PeopleInvited {
        /// Ids of people and of groups of the chat.
        people: Vec<String>,
    },
    /// Only the members of its channel are to know of it from now on.
    MadePrivate,
    /// Somebody marked a message, for it to stand on the timeline.
    MessageMarked {
        /// Its `ts` in the incident channel.
        ts: String,
    },
    /// Somebody took a mark off a message.
    MarkRemoved {
        /// Its `ts` in the incident channel.
        ts: String,
    },
    /// A message stands on the timeline, at the time it was written, by who wrote it.
    MessageCaptured {
        /// Its `ts` in the incident channel.
        ts: String,
        /// What it said when it was read.
        #[serde(flatten)]
        said: Said,
        /// Where the chat shows it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<String>,
    },
    /// A captured message says something else now.
    CaptureEdited {
        /// Its `ts` in the incident channel.
        ts: String,
        /// What it says now.
        #[serde(flatten)]
        said: Said,
    },
    /// A marked message stands on the timeline no more, or could not be put there.
    CaptureEnded {
        /// Its `ts` in the incident channel.
        ts: String,
        /// Why.
        why: CaptureEnd,
    },
    /// Customers told somebody of it.
    CustomersReported {
        /// How many, if known.
        customers: Option<u64>,
        /// An example of what they say.
        example: Option<String>,
    },
    /// Somebody wants to know something, or another one wants to know it too.
    QuestionAsked {
        /// The number of the question.
        question: u32,
        /// What is asked.
        text: String,
    },
    /// All who asked one of these have their answer.
    QuestionsAnswered {
        /// The numbers of the questions.
        questions: Vec<u32>,
        /// What was answered.
        text: String,
        /// Whether all who follow read it.
        publicly: bool,
    },
    /// Customers may be told this.
    WordingApproved {
        /// The words.
        text: String,
    },
    /// The next update, or the recovery, came when it was promised, or before.
    PromiseKept {
        /// When it was promised.
        due: Timestamp,
    },
    /// The next update did not come when it was promised.
    PromiseMissed {
        /// When it was promised.
        due: Timestamp,
    },
    /// Somebody is to be reminded of the promised update.
    ReminderCalled {
        /// Who; the whole channel if nobody holds a role.
        person: Option<PersonId>,
    },
    /// A person was reminded.
    Reminded {
        /// Of which update's promise, by its place, counted from 1.
        update: u32,
        /// Who.
        person: PersonId,
        /// Where the reminder is; absent if it cannot be taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        message: Option<MessageRef>,
    },
    /// Somebody who was reminded wants to be reminded later.
    ReminderSnoozed {
        /// Who.
        person: PersonId,
        /// When.
        until: Timestamp,
    },
    /// A person came into the channel.
    PersonJoined {
        /// Who.
        person: PersonId,
        /// Whether SIMA had invited them: then it does not say that they are there.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        invited: bool,
    },
    /// An alert that belongs here was delivered, or delivered again.
    AlertSeen {
        /// The source.
        source: String,
        /// The key under which the source repeats it.
        key: String,
        /// Its title.
        title: String,
        /// Whether the monitor still sees it.
        state: AlertState,
        /// How many alerts it stands for, if it is a group that its monitor repeats under one key.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        members: Option<AlertTally>,
    },
    /// Alerts that belong here were delivered, many at once or more than are listed.
    AlertsSeen {
        /// Those that told something new, as far as they are listed.
        alerts: Vec<LinkedAlert>,
        /// How many told something new.
        news: u32,
        /// How many belong to the incident, after these.
        total: u32,
        /// How many of those the monitor still sees.
        firing: u32,
    },
    /// The channel exists.
    ChannelOpened {
        /// It.
        channel: ChannelRef,
    },
    /// The brief is posted.
    BriefPosted {
        /// Where.
        message: MessageRef,
    },
    /// The broadcast is posted.
    BroadcastPosted {
        /// Where.
        message: MessageRef,
    },
    /// The on-call person is to be called again, or for the first time because it became worse.
    PageCalled {
        /// Why.
        cause: PageCause,
    },
    /// Somebody else was asked for.
    Escalated {
        /// Whom.
        to: EscalateTo,
        /// Why.
        reason: String,
        /// Whether the pager has a part in it.
        pages: bool,
    },
    /// The pager took the page in.
    Paged {
        /// The key by which the pager knows it.
        dedup_key: String,
        /// Why it is not the first; absent if it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cause: Option<PageCause>,
    },
    /// Something happened to a page at the pager, beyond being taken.
    PagerTold {
        /// The pager's own id of its incident, if it said so.
        pager_id: Option<String>,
        /// The pager's own id of the person who did it, if it said so and that matters.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        user: Option<String>,
        /// What happened.
        news: PagerNews,
    },
    /// The post-mortem exists.
    PostmortemDrafted {
        /// Where to read it.
        url: String,
        /// Its id where it lives; empty when SIMA keeps it.
        page_id: String,
    },
    /// Some people could not be invited; the others were.
    NotInvited {
        /// Who, and why.
        people: Vec<Absentee>,
    },
    /// A step that the company has configured was done.
    StepDone {
        /// Which, by its name.
        step: String,
        /// On which occasion.
        on: Occasion,
        /// What kind it was of.
        kind: StepKind,
        /// What it left elsewhere, if it is known by anything there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        left: Option<Left>,
    },
    /// Something could not be done and was given up.
    GivenUp {
        /// Which effect, by [`crate::Effect::kind`].
        effect: String,
        /// What should have happened, in words.
        what: String,
        /// Why it did not.
        why: String,
    },
}

impl Event {
    /// The event's kind as stored beside it and shown in exports: `declared`, `acknowledged` …
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Declared { .. } => "declared",
            Self::Acknowledged => "acknowledged",
            Self::Identified => "identified",
            Self::Mitigated => "mitigated",
            Self::SteppedBack => "stepped_back",
            Self::Recovered => "recovered",
            Self::Settled { .. } => "settled",
            Self::Closed => "closed",
            Self::Reopened { .. } => "reopened",
            Self::Dismissed { .. } => "dismissed",
            Self::SeverityChanged { .. } => "severity_changed",
            Self::ImpactChanged { .. } => "impact_changed",
            Self::Edited { .. } => "edited",
            Self::TimeCorrected { .. } => "time_corrected",
            Self::RoleTaken { .. } => "role_taken",
            Self::RoleDropped { .. } => "role_dropped",
            Self::UpdatePosted { .. } => "update_posted",
            Self::NoteAdded { .. } => "note_added",
            Self::PeopleInvited { .. } => "people_invited",
            Self::MadePrivate => "made_private",
            Self::MessageMarked { .. } => "message_marked",
            Self::MarkRemoved { .. } => "mark_removed",
            Self::MessageCaptured { .. } => "message_captured",
            Self::CaptureEdited { .. } => "capture_edited",
            Self::CaptureEnded { .. } => "capture_ended",
            Self::CustomersReported { .. } => "customers_reported",
            Self::QuestionAsked { .. } => "question_asked",
            Self::QuestionsAnswered { .. } => "questions_answered",
            Self::WordingApproved { .. } => "wording_approved",
            Self::PromiseKept { .. } => "promise_kept",
            Self::PromiseMissed { .. } => "promise_missed",
            Self::ReminderCalled { .. } => "reminder_called",
            Self::Reminded { .. } => "reminded",
            Self::ReminderSnoozed { .. } => "reminder_snoozed",
            Self::PersonJoined { .. } => "person_joined",
            Self::AlertSeen { .. } => "alert_seen",
            Self::AlertsSeen { .. } => "alerts_seen",
            Self::ChannelOpened { .. } => "channel_opened",
            Self::BriefPosted { .. } => "brief_posted",
            Self::BroadcastPosted { .. } => "broadcast_posted",
            Self::PageCalled { .. } => "page_called",
            Self::Escalated { .. } => "escalated",
            Self::Paged { .. } => "paged",
            Self::PagerTold { .. } => "pager_told",
            Self::PostmortemDrafted { .. } => "postmortem_drafted",
            Self::NotInvited { .. } => "not_invited",
            Self::StepDone { .. } => "step_done",
            Self::GivenUp { .. } => "given_up",
        }
    }
}

/// Somebody who could not be invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Absentee {
    /// A user id of the chat or an e-mail address, as configured.
    pub who: String,
    /// Why, in words that follow the name.
    pub why: String,
}
