//! What follows from promises: looks at the clock, reminders, and reminders taken back.

use jiff::Timestamp;

use super::Plan;
use crate::{Effect, MessageRef, Notice, PersonId};

impl Plan<'_> {
    /// The clock looks at the promise in force when there is something to be done about it.
    pub(super) fn mind_promise(&mut self, now: Timestamp) {
        if let Some(at) = self.incident.promise_minded_at(self.policy) {
            let (update, version) = (self.incident.updates, self.incident.version);
            self.due(at.max(now), Effect::WatchPromise { update, version });
        }
    }

    /// One person is reminded, or all those in the channel.
    pub(super) fn remind(&mut self, now: Timestamp, person: Option<&PersonId>) {
        let Some(due) = self.incident.next_update_due() else { return };
        match person {
            Some(person) => {
                let (update, person) = (self.incident.updates, person.clone());
                self.chat(now, Effect::Remind { update, person });
            }
            None => self.chat(now, Effect::PostNotice { notice: Notice::UpdateWanted { due } }),
        }
    }

    /// Nobody is left with a reminder of what is done.
    pub(super) fn withdraw_reminders(&mut self, now: Timestamp) {
        let incident = self.incident;
        let done = |update: u32| !incident.owes_update_after(update);
        for reminder in incident.promises.reminders.iter().filter(|one| done(one.update)) {
            self.withdraw(now, reminder.message.clone());
        }
    }

    /// Nobody is left with any reminder.
    pub(super) fn withdraw_all_reminders(&mut self, now: Timestamp) {
        let incident = self.incident;
        for reminder in &incident.promises.reminders {
            self.withdraw(now, reminder.message.clone());
        }
    }

    pub(super) fn withdraw(&mut self, now: Timestamp, message: Option<MessageRef>) {
        if let Some(message) = message {
            self.chat(now, Effect::WithdrawReminder { message });
        }
    }
}
