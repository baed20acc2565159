//! What people, monitors, the clock and the worker may ask of an incident.

use jiff::Timestamp;

use crate::{
    Absentee, AlertState, AlertTally, Assessment, ChannelRef, Dismissal, DomainKey, EscalateTo,
    Impact, IncidentId, IncidentNumber, KeyTime, Kind, MessageChange, MessageRead, MessageRef,
    NotedAlert, PageCause, PagerTold, PersonId, Role, Severity, StepDone, Visibility,
};

/// One request about one incident. Imperative: what is asked, not what is so.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Open it.
    Declare(Box<Declaration>),
    /// I am on it: go to Investigating, also back from a later stage.
    Acknowledge,
    /// The cause is known: go to Fixing.
    Identify,
    /// The impact has stopped: go to Monitoring.
    Mitigate,
    /// The system is back to normal, since `at` or now.
    Recover {
        /// When it was, if that was earlier.
        at: Option<Timestamp>,
    },
    /// End the stability window: begin the learning now.
    Settle {
        /// What nobody can guess, made by the caller: the end of the address of a post-mortem that
        /// only the members of a private incident are told.
        link_key: String,
    },
    /// The learning is done.
    Close,
    /// It is not over after all.
    Reopen {
        /// What came back.
        reason: String,
    },
    /// It is no incident.
    Dismiss(Dismissal),
    /// It is this bad.
    SetSeverity(Severity),
    /// So many clients are affected.
    SetImpact(Impact),
    /// Change what it says.
    Edit {
        /// A new summary.
        summary: Option<String>,
        /// A new description.
        description: Option<String>,
        /// Another domain.
        domain: Option<DomainKey>,
    },
    /// Say when something was true.
    CorrectTime {
        /// Which key time.
        which: KeyTime,
        /// When it was true.
        at: Timestamp,
    },
    /// Take a role that nobody holds. What a button offers: it may have been overtaken.
    TakeRole {
        /// Which role.
        role: Role,
        /// Who takes it.
        person: PersonId,
    },
    /// Give a role to a person, whoever holds it.
    GiveRole {
        /// Which role.
        role: Role,
        /// To whom.
        to: PersonId,
    },
    /// Leave a role empty.
    DropRole(Role),
    /// Tell everybody where things stand.
    PostUpdate {
        /// What is so.
        text: String,
        /// When the next update is promised.
        next_due: Option<Timestamp>,
    },
    /// Put words on the timeline.
    AddNote {
        /// What happened.
        text: String,
        /// When it did, if that was earlier.
        at: Option<Timestamp>,
    },
    /// Put a message of the channel on the timeline: somebody marked it.
    MarkMessage {
        /// Its `ts`.
        ts: String,
    },
    /// Somebody took a mark off a message: see whether another is left.
    UnmarkMessage {
        /// Its `ts`.
        ts: String,
    },
    /// Something happened to a message in the chat.
    FollowMessage {
        /// Its `ts`.
        ts: String,
        /// What.
        change: MessageChange,
    },
    /// Call somebody else.
    Escalate {
        /// Whom.
        to: EscalateTo,
        /// Why: whoever is called reads it.
        reason: String,
    },
    /// Invite people into the channel.
    Invite {
        /// Ids of people and of groups of the chat.
        people: Vec<String>,
    },
    /// It should have been private: it is from now on.
    MakePrivate {
        /// What nobody can guess, as in [`Self::Settle`].
        link_key: String,
    },
    /// Customers told somebody of it.
    ReportCustomers {
        /// How many, if known.
        customers: Option<u64>,
        /// An example of what they say.
        example: Option<String>,
    },
    /// Somebody wants to know something.
    AskQuestion {
        /// What.
        text: String,
    },
    /// One answer for all who asked any of these.
    AnswerQuestions {
        /// The questions, by their numbers.
        questions: Vec<u32>,
        /// What is answered.
        text: String,
        /// Whether all who follow read it.
        publicly: bool,
    },
    /// Customers may be told this.
    ApproveWording {
        /// The words.
        text: String,
    },
    /// Look whether the update promised with an earlier one is still owed: it was missed, or somebody
    /// is to be reminded.
    MindPromise {
        /// With which update, by its place, counted from 1.
        update: u32,
        /// When somebody last wrote in the channel, if that is known.
        spoken_at: Option<Timestamp>,
    },
    /// Remind me of the promised update later.
    SnoozeReminder {
        /// Whom.
        person: PersonId,
        /// When.
        until: Timestamp,
    },
    /// A person has come into the channel.
    NoteJoin(PersonId),
    /// A person whom SIMA had invited is in the channel now.
    NoteInvited(PersonId),
    /// Nobody may have taken the last page: call the on-call person again unless somebody did.
    PageAgain {
        /// How many pages there were when the waiting began.
        after: u32,
    },
    /// Alerts that belong here were delivered, in this order.
    NoteAlerts(Vec<NotedAlert>),
    /// Something happened to a page at the pager.
    NotePager(PagerTold),
    /// The worker did something and this came of it.
    Note(Receipt),
    /// The worker could not do something and has given up.
    NoteGivenUp {
        /// Which effect, by [`crate::Effect::kind`].
        effect: String,
        /// What should have happened, in words.
        what: String,
        /// Why it did not.
        why: String,
    },
}

/// Everything that is known when an incident is opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// Its identity, made by the caller.
    pub id: IncidentId,
    /// Its number, taken from the store by the caller.
    pub number: IncidentNumber,
    /// What is broken.
    pub summary: String,
    /// More about it.
    pub description: Option<String>,
    /// The part of the business it affects.
    pub domain: DomainKey,
    /// How bad it is.
    pub severity: Severity,
    /// How many clients are affected.
    pub impact: Impact,
    /// Whether it counts.
    pub kind: Kind,
    /// Who may see it.
    pub visibility: Visibility,
    /// When customers first felt it, if known.
    pub started_at: Option<Timestamp>,
    /// When it was first noticed, if known.
    pub detected_at: Option<Timestamp>,
    /// The name its channel shall have, free of clashes among our own.
    pub channel_name: String,
    /// The alert that opened it.
    pub alert: Option<AlertEvidence>,
    /// Links to what it was opened from.
    pub links: Vec<String>,
    /// What was answered about the impact, if somebody was asked.
    pub assessment: Option<Assessment>,
}

/// What a monitor said about one trouble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertEvidence {
    /// The integration it came through; named as its source where none is configured.
    pub source: String,
    /// The key under which the source repeats it.
    pub key: String,
    /// Its title.
    pub title: String,
    /// Whether the monitor still sees it, by its own clock.
    pub state: AlertState,
    /// How many alerts it stands for, if it is a group that its monitor repeats under one key.
    pub members: Option<AlertTally>,
}

/// What came of an effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// The channel exists.
    Channel(ChannelRef),
    /// The brief is posted.
    Brief(MessageRef),
    /// The broadcast is posted.
    Broadcast(MessageRef),
    /// The pager took the page in.
    Page {
        /// The key by which the pager knows it.
        dedup_key: String,
    },
    /// The pager took a page in that is not the first.
    PageAgain {
        /// Why it was sent.
        cause: PageCause,
        /// The key by which the pager knows it.
        dedup_key: String,
    },
    /// The post-mortem page exists.
    Postmortem {
        /// Where to read it.
        url: String,
        /// Its id where it lives.
        page_id: String,
    },
    /// People were invited, all but these.
    Invited {
        /// Who could not be, and why.
        absent: Vec<Absentee>,
    },
    /// A step was done.
    Step(StepDone),
    /// A message was read.
    Message(Box<MessageRead>),
    /// A person was reminded of a promised update.
    Reminder {
        /// Of which update's promise, by its place, counted from 1.
        update: u32,
        /// Who.
        person: PersonId,
        /// Where the reminder is; absent if it cannot be taken back.
        message: Option<MessageRef>,
    },
    /// A step that invites people was done, and these could not be.
    StepInvited {
        /// The step.
        done: StepDone,
        /// Who could not be, and why.
        absent: Vec<Absentee>,
    },
    /// Done, and nothing to remember beyond that.
    Done,
}
