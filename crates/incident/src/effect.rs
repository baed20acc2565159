//! What must be done in the world because of what became true.
//!
//! To add an effect: give it a variant here with its lane, plan it in [`crate::runbook()`], and carry
//! it out in the `perform.rs` of the adapter its destination names.

use std::{borrow::Cow, fmt};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Absentee, Actor, Dismissal, EscalateTo, Incident, MessageRef, Occasion, PageCause, PersonId,
    Policy, Severity, Stage, StageName, StepKind,
};

/// One thing to be done. It says what, not how: the adapter renders it from the incident as it is
/// when it is carried out, so a late edit shows the latest truth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Make the incident channel.
    OpenChannel,
    /// Post the brief into it.
    PostBrief,
    /// Pin the brief.
    PinBrief,
    /// Bring the brief up to date.
    EditBrief,
    /// Set the channel's topic.
    SetTopic,
    /// Invite people into the channel.
    Invite {
        /// User ids of the chat, or e-mail addresses.
        people: Vec<String>,
    },
    /// Tell the company, once.
    PostBroadcast,
    /// Bring the broadcast up to date.
    EditBroadcast,
    /// Take back what the company was told: the incident is private now.
    WithdrawBroadcast,
    /// Post something into the channel for everybody in it.
    PostNotice {
        /// What.
        notice: Notice,
    },
    /// Post something under the broadcast, for those who follow.
    ReplyUnderBroadcast {
        /// What.
        notice: Notice,
    },
    /// Show a person who came into the channel, and nobody else, the facts and the buttons.
    Greet {
        /// Who came.
        person: PersonId,
    },
    /// Read a message that somebody marked, or marks no more.
    ReadMessage {
        /// Its `ts` in the incident channel.
        ts: String,
    },
    /// Show on a message that it stands on the timeline.
    ShowCaptured {
        /// Its `ts` in the incident channel.
        ts: String,
    },
    /// Take that off again.
    ShowNotCaptured {
        /// Its `ts` in the incident channel.
        ts: String,
    },
    /// Tell one person something, and nobody else, wherever they are.
    Tell {
        /// Whom.
        person: PersonId,
        /// What.
        told: Told,
    },
    /// Tell the person who opened it where it is, in the place where they asked.
    TellReporter {
        /// Where the answer goes (the chat's response URL).
        response_url: String,
    },
    /// Say under the message it was opened from where it is being worked on.
    LinkBack {
        /// What to reply to.
        message: MessageRef,
        /// Where the answer goes if SIMA may not write there (the chat's response URL).
        response_url: Option<String>,
    },
    /// Call the on-call person.
    PageOnCall,
    /// Call the on-call person again.
    PageAgain {
        /// Why.
        cause: PageCause,
    },
    /// Have the pager call somebody else about a page that is there.
    Escalate {
        /// Which escalation of the incident's, counted from 1.
        call: u32,
    },
    /// Invite the person who took the page at the pager.
    InviteResponder {
        /// The pager's own id of them.
        user: String,
    },
    /// See whether somebody took the page, and have it sent again if nobody did.
    WatchPage {
        /// How many pages there were when the waiting began.
        after: u32,
    },
    /// See whether a promised update is still owed, and have somebody reminded.
    WatchPromise {
        /// With which update it was promised, by its place, counted from 1.
        update: u32,
        /// How many events there were when it was planned: each look waits by itself.
        version: u32,
    },
    /// Remind one person privately of a promised update.
    Remind {
        /// With which update it was promised, by its place, counted from 1.
        update: u32,
        /// Who.
        person: PersonId,
    },
    /// Take a reminder back.
    WithdrawReminder {
        /// Where it is.
        message: MessageRef,
    },
    /// Tell the pager that somebody is on it.
    AcknowledgePage,
    /// Tell the pager that it is over.
    ResolvePage,
    /// Write the post-mortem page.
    DraftPostmortem,
    /// Do a step that the company has configured.
    Step {
        /// Which, by its name.
        step: String,
        /// On which occasion.
        on: Occasion,
        /// What kind it was when it was planned.
        kind: StepKind,
    },
    /// Bring the status page that a step opened an incident on in line: over, or not over after all.
    FollowStatusPage {
        /// Which step, by its name.
        step: String,
    },
    /// End the stability window when it is over.
    EndStabilityWindow {
        /// How often the incident had been reopened when it was planned: one reopened since has
        /// a window of its own.
        reopened: u32,
    },
}

/// What one person is told, beyond the incident as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// Which questions wait for their answer.
    Questions {
        /// The newest of them when this was planned.
        newest: u32,
    },
    /// What they asked is answered.
    Answer {
        /// The numbers of the questions.
        questions: Vec<u32>,
        /// The answer.
        text: String,
        /// Who answered.
        by: Actor,
    },
}

/// What a visible message says, beyond the incident as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// Where things stand.
    Update {
        /// What was said.
        text: String,
        /// Who said it.
        by: Actor,
        /// In which stage.
        stage: StageName,
        /// When the next one is promised.
        next_due: Option<Timestamp>,
    },
    /// An update is promised, and nobody holds a role who could be reminded.
    UpdateWanted {
        /// When it is due.
        due: Timestamp,
    },
    /// The system is back to normal.
    Recovered {
        /// Who said so.
        by: Actor,
        /// Since when.
        at: Timestamp,
    },
    /// It was not over after all.
    Reopened {
        /// Who said so.
        by: Actor,
        /// What came back.
        reason: String,
    },
    /// It was no incident.
    Dismissed {
        /// Who said so.
        by: Actor,
        /// Why.
        reason: Dismissal,
    },
    /// The post-mortem can be read and completed.
    PostmortemReady {
        /// Where.
        url: String,
    },
    /// The monitor no longer sees the trouble; recovery is offered.
    AlertResolved {
        /// The alert's title.
        title: String,
        /// Since when, by the source's own clock.
        at: Timestamp,
    },
    /// The monitors no longer see any of many troubles; recovery is offered.
    AlertsCleared {
        /// How many there were.
        count: u32,
        /// Since when, by the sources' own clocks.
        at: Timestamp,
    },
    /// A monitor says that it is worse than was known.
    Worsened {
        /// How bad it was held to be.
        from: Severity,
        /// How bad it is.
        to: Severity,
        /// The title of the alert that says so.
        title: String,
    },
    /// The page was resolved at the pager; recovery is offered.
    PageResolved {
        /// Who resolved it.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// Somebody else was called.
    Escalated {
        /// Who asked for it.
        by: Actor,
        /// Whom.
        to: EscalateTo,
        /// Why.
        reason: String,
    },
    /// Only the members of its channel are to know of it from now on.
    MadePrivate {
        /// Who said so.
        by: Actor,
    },
    /// Those who answer customers want to know something, and nobody speaks for the others yet.
    QuestionWaits {
        /// Who asked.
        by: Actor,
        /// The number of the question.
        question: u32,
        /// What is asked.
        text: String,
    },
    /// A question was answered for all who follow.
    Answered {
        /// Who answered.
        by: Actor,
        /// The numbers of the questions.
        questions: Vec<u32>,
        /// What was answered.
        text: String,
    },
    /// Customers may be told this.
    WordingApproved {
        /// Who approved it.
        by: Actor,
        /// The words.
        text: String,
    },
    /// Some could not be invited.
    NotInvited {
        /// Who, and why.
        people: Vec<Absentee>,
    },
    /// Something could not be done.
    Trouble {
        /// What should have happened.
        what: String,
        /// Why it did not.
        why: String,
    },
}

/// Who carries an effect out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Destination {
    /// The chat.
    Slack,
    /// The pager.
    PagerDuty,
    /// The post-mortem pages.
    Notion,
    /// Other programs, by signed webhooks.
    Hooks,
    /// The public status page.
    StatusPage,
    /// SIMA itself, at a given time.
    Desk,
}

impl Destination {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Slack, Self::PagerDuty, Self::Notion, Self::Hooks, Self::StatusPage, Self::Desk];
}

/// Effects of one incident in one lane run one after the other; lanes never wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// The channel itself.
    Channel,
    /// The brief: posted, then pinned, then edited.
    Brief,
    /// The broadcast: posted, then edited.
    Broadcast,
    /// Replies under the broadcast.
    Thread,
    /// What is said in the channel.
    Room,
    /// Who is invited.
    People,
    /// The topic.
    Topic,
    /// Private words to one person.
    Whisper,
    /// Messages that people put on the timeline.
    Captures,
    /// Questions for whoever speaks for the others, and the answers to those who asked.
    Answers,
    /// The page: sent, acknowledged, resolved.
    Page,
    /// What the pager is asked about a page that is there: an acknowledgement never waits for it.
    Escalation,
    /// Who took a page at the pager, to be found and invited.
    Responders,
    /// The post-mortem.
    Postmortem,
    /// What waits for a time.
    Clock,
    /// What waits for somebody to take the page; nothing else may stand behind it.
    Watch,
    /// What waits for a promised update, each look by itself.
    Promise,
    /// The steps of the company: those in the chat in the order written, each other by itself.
    Steps,
}

impl Lane {
    /// The lane as stored.
    pub fn key(self) -> &'static str {
        match self {
            Self::Channel => "channel",
            Self::Brief => "brief",
            Self::Broadcast => "broadcast",
            Self::Thread => "thread",
            Self::Room => "room",
            Self::People => "people",
            Self::Topic => "topic",
            Self::Whisper => "whisper",
            Self::Captures => "captures",
            Self::Answers => "answers",
            Self::Page => "page",
            Self::Escalation => "escalation",
            Self::Responders => "responders",
            Self::Postmortem => "postmortem",
            Self::Clock => "clock",
            Self::Watch => "watch",
            Self::Promise => "promise",
            Self::Steps => "steps",
        }
    }
}

/// How a newly planned effect meets one of the same kind that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meeting {
    /// Both are done, one after the other.
    Follow,
    /// One that is still waiting does for both, at the earlier of their times.
    Merge,
    /// There is one in an incident's life; planning it again only brings it forward while it waits.
    Once,
}

/// An effect with the time it is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// What is to be done.
    pub effect: Effect,
    /// Not before this time.
    pub due_at: Timestamp,
}

impl Effect {
    /// The kind of [`Self::PageAgain`], whatever its cause.
    pub(crate) const PAGE_AGAIN: &'static str = "page_again";

    /// The kind of [`Self::Tell`], whatever it is.
    pub(crate) const TELL: &'static str = "tell";

    /// The kind of [`Self::Escalate`], whichever it is.
    pub(crate) const ESCALATE: &'static str = "escalate";

    /// The kind as stored, in logs and in `sima outbox`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::OpenChannel => "open_channel",
            Self::PostBrief => "post_brief",
            Self::PinBrief => "pin_brief",
            Self::EditBrief => "edit_brief",
            Self::SetTopic => "set_topic",
            Self::Invite { .. } => "invite",
            Self::PostBroadcast => "post_broadcast",
            Self::EditBroadcast => "edit_broadcast",
            Self::WithdrawBroadcast => "withdraw_broadcast",
            Self::PostNotice { .. } => "post_notice",
            Self::ReplyUnderBroadcast { .. } => "reply_under_broadcast",
            Self::Greet { .. } => "greet",
            Self::ReadMessage { .. } => "read_message",
            Self::ShowCaptured { .. } => "show_captured",
            Self::ShowNotCaptured { .. } => "show_not_captured",
            Self::Tell { .. } => Self::TELL,
            Self::TellReporter { .. } => "tell_reporter",
            Self::LinkBack { .. } => "link_back",
            Self::PageOnCall => "page_on_call",
            Self::PageAgain { .. } => Self::PAGE_AGAIN,
            Self::Escalate { .. } => Self::ESCALATE,
            Self::InviteResponder { .. } => "invite_responder",
            Self::WatchPage { .. } => "watch_page",
            Self::WatchPromise { .. } => "watch_promise",
            Self::Remind { .. } => "remind",
            Self::WithdrawReminder { .. } => "withdraw_reminder",
            Self::AcknowledgePage => "acknowledge_page",
            Self::ResolvePage => "resolve_page",
            Self::DraftPostmortem => "draft_postmortem",
            Self::Step { kind, .. } => kind.effect(),
            Self::FollowStatusPage { .. } => "follow_status_page",
            Self::EndStabilityWindow { .. } => "end_stability_window",
        }
    }

    /// The lane it runs in, as stored. A receiver or a status page that is down keeps no other
    /// step waiting, so each has a lane of its own.
    pub fn lane_key(&self) -> Cow<'static, str> {
        match self {
            Self::Step { step, .. } | Self::FollowStatusPage { step }
                if self.destination() != Destination::Slack =>
            {
                format!("step:{step}").into()
            }
            // The next look may be due before one that waits already.
            Self::WatchPromise { version, .. } => format!("promise:{version}").into(),
            _ => self.lane().key().into(),
        }
    }

    /// The lane it runs in.
    pub fn lane(&self) -> Lane {
        match self {
            // They are told where it is once there is a where.
            Self::OpenChannel | Self::TellReporter { .. } | Self::LinkBack { .. } => Lane::Channel,
            Self::PostBrief | Self::PinBrief | Self::EditBrief => Lane::Brief,
            Self::SetTopic => Lane::Topic,
            Self::Invite { .. } => Lane::People,
            Self::PostBroadcast | Self::EditBroadcast | Self::WithdrawBroadcast => Lane::Broadcast,
            Self::PostNotice { .. } => Lane::Room,
            Self::ReplyUnderBroadcast { .. } => Lane::Thread,
            Self::ReadMessage { .. } | Self::ShowCaptured { .. } | Self::ShowNotCaptured { .. } => {
                Lane::Captures
            }
            Self::Tell { .. } => Lane::Answers,
            Self::Greet { .. } | Self::Remind { .. } | Self::WithdrawReminder { .. } => {
                Lane::Whisper
            }
            Self::PageOnCall
            | Self::PageAgain { .. }
            | Self::AcknowledgePage
            | Self::ResolvePage => Lane::Page,
            Self::Escalate { .. } => Lane::Escalation,
            Self::InviteResponder { .. } => Lane::Responders,
            Self::WatchPage { .. } => Lane::Watch,
            Self::WatchPromise { .. } => Lane::Promise,
            Self::DraftPostmortem => Lane::Postmortem,
            Self::Step { .. } | Self::FollowStatusPage { .. } => Lane::Steps,
            Self::EndStabilityWindow { .. } => Lane::Clock,
        }
    }

    /// Who carries it out.
    pub fn destination(&self) -> Destination {
        match self.lane() {
            Lane::Steps => match self {
                Self::Step { kind, .. } => kind.destination(),
                _ => Destination::StatusPage,
            },
            Lane::Channel
            | Lane::Brief
            | Lane::Broadcast
            | Lane::Thread
            | Lane::Room
            | Lane::People
            | Lane::Topic
            | Lane::Responders
            | Lane::Captures
            | Lane::Whisper
            | Lane::Answers => Destination::Slack,
            Lane::Page | Lane::Escalation => Destination::PagerDuty,
            Lane::Postmortem => Destination::Notion,
            Lane::Clock | Lane::Watch | Lane::Promise => Destination::Desk,
        }
    }

    /// How it meets one of its kind that is already planned.
    pub fn meeting(&self) -> Meeting {
        match self {
            Self::EditBrief | Self::EditBroadcast | Self::SetTopic => Meeting::Merge,
            Self::OpenChannel
            | Self::PostBrief
            | Self::PinBrief
            | Self::PostBroadcast
            | Self::WithdrawBroadcast
            | Self::PageOnCall
            | Self::DraftPostmortem => Meeting::Once,
            Self::Invite { .. }
            | Self::PostNotice { .. }
            | Self::ReplyUnderBroadcast { .. }
            | Self::Greet { .. }
            | Self::ReadMessage { .. }
            | Self::ShowCaptured { .. }
            | Self::ShowNotCaptured { .. }
            | Self::Tell { .. }
            | Self::TellReporter { .. }
            | Self::LinkBack { .. }
            | Self::PageAgain { .. }
            | Self::Escalate { .. }
            | Self::InviteResponder { .. }
            | Self::WatchPage { .. }
            | Self::WatchPromise { .. }
            | Self::Remind { .. }
            | Self::WithdrawReminder { .. }
            | Self::AcknowledgePage
            | Self::ResolvePage
            | Self::Step { .. }
            | Self::FollowStatusPage { .. }
            | Self::EndStabilityWindow { .. } => Meeting::Follow,
        }
    }

    /// Whether the incident has moved on so that it must not be done any more.
    ///
    /// A page that could not leave before the incident was over would wake somebody for nothing.
    pub fn is_moot(&self, incident: &Incident) -> bool {
        match self {
            Self::PageAgain { cause } => match cause {
                PageCause::Unanswered { .. } | PageCause::Raised { .. } => {
                    !incident.is_unattended()
                }
                PageCause::Reopened { time } => !incident.rings || incident.reopened != *time,
                // Whoever is on it asked for somebody else.
                PageCause::Escalated { .. } => !incident.stage.is_live(),
            },
            Self::PageOnCall | Self::Escalate { .. } => !incident.stage.is_live(),
            Self::InviteResponder { .. } => !incident.stage.is_live() || incident.is_private(),
            // It was made private since this was planned.
            Self::EditBroadcast | Self::ReplyUnderBroadcast { .. } | Self::DraftPostmortem => {
                incident.is_private()
            }
            Self::WithdrawBroadcast => incident.broadcast.is_none(),
            // Answered meanwhile, or a later one tells of these too.
            Self::Tell { told: Told::Questions { newest }, .. } => {
                let last = incident.frontline.waiting().last();
                incident.is_private() || last.is_none_or(|waiting| waiting.number > *newest)
            }
            Self::Tell { told: Told::Answer { .. }, .. } => incident.is_private(),
            Self::WatchPage { after } => {
                !incident.is_unattended() || incident.was_called_since(*after)
            }
            Self::WatchPromise { update, .. } | Self::Remind { update, .. } => {
                !incident.owes_update_after(*update)
            }
            // Reopened before the pager was told that it is over: it is not.
            Self::ResolvePage => incident.stage.is_live(),
            Self::EndStabilityWindow { reopened } => {
                !matches!(incident.stage, Stage::Recovered { settled: false, .. })
                    || incident.reopened != *reopened
            }
            Self::Step { step, on, kind } => {
                let too_late = on.is_of_a_live_one()
                    && !incident.stage.is_live()
                    && matches!(kind, StepKind::UserGroup | StepKind::StatusPage);
                // Another program is told each time; everything else is done once.
                let again = *kind != StepKind::Webhook || *on == Occasion::Opened;
                too_late || (again && incident.has_done(step, *on))
            }
            Self::FollowStatusPage { step } => incident.left_by(step).is_none(),
            Self::ReadMessage { ts } => incident.capture(ts).is_none(),
            Self::ShowCaptured { ts } => !incident.capture(ts).is_some_and(|capture| capture.taken),
            Self::ShowNotCaptured { ts } => {
                incident.capture(ts).is_some_and(|capture| capture.taken)
            }
            _ => false,
        }
    }

    /// Whether it was planned for a step that the configuration no longer has, or no longer for an
    /// incident that was made private.
    pub fn is_gone(&self, incident: &Incident, policy: &Policy) -> bool {
        match self {
            Self::Step { step, kind, .. } => policy.step(step).is_none_or(|configured| {
                let tells = incident.is_private() && !configured.private;
                configured.kind() != *kind || tells
            }),
            Self::FollowStatusPage { step } => {
                policy.step(step).is_none_or(|configured| configured.kind() != StepKind::StatusPage)
            }
            _ => false,
        }
    }

    /// What it does, in words that follow "could not": `page the on-call person`.
    pub fn in_words(&self) -> Cow<'static, str> {
        let words = Self::kind_in_words(self.kind());
        match self {
            Self::Step { step, .. } | Self::FollowStatusPage { step } => {
                format!("{words} (step “{step}”)").into()
            }
            _ => words.into(),
        }
    }

    /// [`Self::in_words`] of a kind as stored.
    pub fn kind_in_words(kind: &str) -> &'static str {
        match kind {
            "open_channel" => "open the incident channel",
            "post_brief" => "post the brief",
            "pin_brief" => "pin the brief",
            "edit_brief" => "bring the brief up to date",
            "set_topic" => "set the channel's topic",
            "invite" => "invite people",
            "post_broadcast" => "post the broadcast",
            "edit_broadcast" => "bring the broadcast up to date",
            "withdraw_broadcast" => "take the broadcast back",
            "post_notice" => "post into the channel",
            "reply_under_broadcast" => "reply under the broadcast",
            "greet" => "greet a person who joined",
            "read_message" => "read a message that is to stand on the timeline",
            "show_captured" => "show on a message that it stands on the timeline",
            "show_not_captured" => "show that a message stands on the timeline no more",
            Self::TELL => "tell a person who asked or has to answer",
            "tell_reporter" => "answer the reporter",
            "link_back" => "reply under the message it was opened from",
            "page_on_call" => "page the on-call person",
            Self::PAGE_AGAIN => "page the on-call person again",
            Self::ESCALATE => "have the pager call somebody else",
            "invite_responder" => "invite who took the page",
            "watch_page" => "see whether somebody took the page",
            "watch_promise" => "see whether a promised update came",
            "remind" => "remind somebody of a promised update",
            "withdraw_reminder" => "take a reminder back",
            "acknowledge_page" => "acknowledge the page",
            "resolve_page" => "resolve the page",
            "draft_postmortem" => "write the post-mortem page",
            "step_user_group" => "invite a user group",
            "step_post" => "post in another channel",
            "step_bookmark" => "set a bookmark",
            "step_video_call" => "set the link to the call",
            "step_webhook" => "tell another program",
            "step_status_page" => "open an incident on the status page",
            "follow_status_page" => "bring the status page up to date",
            "end_stability_window" => "end the stability window",
            _ => "do something outside",
        }
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Slack => "slack",
            Self::PagerDuty => "pagerduty",
            Self::Notion => "notion",
            Self::Hooks => "hooks",
            Self::StatusPage => "status_page",
            Self::Desk => "desk",
        })
    }
}
