//! Promises of updates: what is in force, who is reminded when, and what came of those before.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Incident, MessageRef, PersonId, Policy, Role};

/// How often somebody is reminded of one promise: before it is due, when it is due, and after.
pub const MAX_REMINDERS: u8 = 3;

/// While somebody has written in the channel so lately, nobody is reminded.
const TALK_LASTS: SignedDuration = SignedDuration::from_mins(3);

/// So long after a promise was missed people are reminded whatever is written: those outside wait.
const TALK_HOLDS_BACK: SignedDuration = SignedDuration::from_mins(10);

/// What came of the promises of an incident, and who was reminded of the one in force.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Promises {
    /// How many were kept.
    pub kept: u32,
    /// How many were missed.
    pub missed: u32,
    /// The last one of which it is known, by the place of its update, counted from 1; 0 if none is.
    pub judged: u32,
    /// Whether that one was missed.
    pub is_missed: bool,
    /// How often somebody was reminded of the one in force.
    pub reminded: u8,
    /// When somebody last was.
    pub reminded_at: Option<Timestamp>,
    /// Whether the whole channel was, because nobody held a role.
    pub channel_told: bool,
    /// Who wants to be reminded later, and when.
    pub snooze: Option<Snooze>,
    /// The reminders that people have before them, at most one a person.
    pub reminders: Vec<PostedReminder>,
}

/// Somebody wants to be reminded later; until then nobody is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// Who.
    pub person: PersonId,
    /// When.
    pub until: Timestamp,
}

/// A reminder that a person has before them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostedReminder {
    /// Of which update's promise, by its place, counted from 1.
    pub update: u32,
    /// Who.
    pub person: PersonId,
    /// Where it is; absent if it cannot be taken back.
    pub message: Option<MessageRef>,
}

/// What the clock has to do about a promise at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Minding {
    /// Nothing: it was made good, or others see to it.
    Nothing,
    /// It was missed, or somebody is to be reminded.
    Act {
        /// Whether it is to be recorded that it was missed.
        missed: bool,
        /// Whether somebody is to be reminded.
        remind: bool,
    },
    /// People are writing: look again then.
    Later(Timestamp),
}

impl Incident {
    /// When the next update is promised, while people are at work on it: also when that time has
    /// passed without one ([`Self::is_overdue`]).
    pub fn next_update_due(&self) -> Option<Timestamp> {
        let due = self.update.as_ref().and_then(|update| update.next_due);
        due.filter(|_| {
            self.stage.is_live() && (self.promises.judged < self.updates || self.is_overdue())
        })
    }

    /// Whether the last promise was missed and nothing was said since.
    pub fn is_overdue(&self) -> bool {
        self.stage.is_live() && self.promises.is_missed && self.promises.judged == self.updates
    }

    /// When the promise is due of which it is not known yet whether it was kept.
    pub fn promise_in_force(&self) -> Option<Timestamp> {
        self.next_update_due().filter(|_| !self.is_overdue())
    }

    /// Whether the update of that place is the last one, and the next is still owed.
    pub fn owes_update_after(&self, update: u32) -> bool {
        self.updates == update && self.next_update_due().is_some()
    }

    /// When the clock has to look at the promise next.
    pub fn promise_minded_at(&self, policy: &Policy) -> Option<Timestamp> {
        let due = self.next_update_due()?;
        let judge = self.promise_in_force();
        judge.into_iter().chain(self.reminder_due(due, policy)).min()
    }

    /// What the clock has to do about the promise made with an update, when somebody last wrote in
    /// the channel at `spoken_at`.
    pub fn mind_promise(
        &self,
        update: u32,
        spoken_at: Option<Timestamp>,
        now: Timestamp,
        policy: &Policy,
    ) -> Minding {
        let Some(due) = self.next_update_due().filter(|_| self.owes_update_after(update)) else {
            return Minding::Nothing;
        };
        let missed = self.promise_in_force().is_some_and(|due| due <= now);
        let wanted = self.reminder_due(due, policy).is_some_and(|at| at <= now);
        let quiet_at = spoken_at.and_then(|at| at.checked_add(TALK_LASTS).ok());
        let held_back_until = due.saturating_add(TALK_HOLDS_BACK).unwrap_or(due);
        let later = quiet_at.map(|at| at.min(held_back_until)).filter(|at| wanted && *at > now);
        match later {
            Some(later) if !missed => Minding::Later(later),
            later if missed || wanted => Minding::Act { missed, remind: wanted && later.is_none() },
            _ => Minding::Nothing,
        }
    }

    /// Who is reminded now: whoever asked to be reminded later, else the communication lead, and from
    /// the second time on the incident manager. Nobody if nobody holds a role: then the channel is.
    pub fn to_be_reminded(&self) -> Option<PersonId> {
        if let Some(snooze) = &self.promises.snooze {
            return Some(snooze.person.clone());
        }
        let roles = [Role::CommunicationLead, Role::IncidentManager];
        let mut holders: Vec<&PersonId> =
            roles.iter().filter_map(|role| self.holder(*role)).collect();
        holders.dedup();
        let place = usize::from(self.promises.reminded > 0);
        holders.get(place).or(holders.first()).map(|holder| (*holder).clone())
    }

    /// The reminder of the promise in force that a person has before them.
    pub fn reminder_of(&self, person: &PersonId) -> Option<&PostedReminder> {
        let mut reminders = self.promises.reminders.iter();
        reminders.find(|reminder| reminder.update == self.updates && reminder.person == *person)
    }

    /// When somebody is to be reminded next; nothing if that was done often enough.
    fn reminder_due(&self, due: Timestamp, policy: &Policy) -> Option<Timestamp> {
        if !policy.remind_before.is_positive() {
            return None;
        }
        if let Some(snooze) = &self.promises.snooze {
            return Some(snooze.until);
        }
        let nobody = self.roles.is_empty() && self.promises.channel_told;
        if nobody || self.promises.reminded >= MAX_REMINDERS {
            return None;
        }
        // What is promised for soon is not reminded of at once.
        let promised_at = self.update.as_ref().map_or(due, |update| update.at);
        let step = policy.remind_before.min(due.duration_since(promised_at) / 2);
        let first = due.saturating_sub(step).unwrap_or(due);
        let planned = first.checked_add(step * i32::from(self.promises.reminded)).ok()?;
        // One at a time, also when something held them back.
        let after_the_last = self.promises.reminded_at.and_then(|at| at.checked_add(step).ok());
        Some(after_the_last.map_or(planned, |at| at.max(planned)))
    }
}

impl Promises {
    /// A promise was kept, or not.
    pub(crate) fn judge(&mut self, update: u32, kept: bool) {
        self.judged = update;
        self.is_missed = !kept;
        if kept {
            self.kept = self.kept.saturating_add(1);
        } else {
            self.missed = self.missed.saturating_add(1);
        }
    }

    /// Another update was posted: nobody is reminded of what was promised with those before.
    pub(crate) fn begin(&mut self, update: u32) {
        self.reminded = 0;
        self.reminded_at = None;
        self.channel_told = false;
        self.snooze = None;
        // Those of the last one are still to be taken back.
        self.reminders.retain(|reminder| reminder.update + 1 == update);
    }

    /// Somebody is being reminded, or the channel is.
    pub(crate) fn remind(&mut self, is_channel: bool, now: Timestamp) {
        self.reminded_at = Some(now);
        // Whoever put it off was not counted: the others are reminded in their turn.
        if self.snooze.take().is_none() {
            self.reminded = self.reminded.saturating_add(1);
        }
        self.channel_told |= is_channel;
    }

    /// A person has a reminder before them instead of one they had.
    pub(crate) fn place(&mut self, reminder: PostedReminder) {
        self.reminders.retain(|other| other.person != reminder.person);
        self.reminders.push(reminder);
    }
}
