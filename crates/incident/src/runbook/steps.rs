//! The steps of the company: which are planned on which occasion.

use jiff::Timestamp;

use super::Plan;
use crate::{Destination, Effect, Occasion, Step, StepAct};

/// Which steps of an occasion are meant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Where {
    /// All that can be done by now: those in the chat once there is a channel.
    Everywhere,
    /// Those that wait for no channel.
    Elsewhere,
    /// Those in the chat.
    InTheChat,
}

impl Plan<'_> {
    /// Plans the steps of an occasion, in the order written.
    pub(super) fn steps(&mut self, now: Timestamp, on: Occasion, place: Where) {
        self.plan(now, on, place, |_| true);
    }

    /// The channel has opened: what waited for it follows, in the order it came to pass.
    pub(super) fn steps_that_waited(&mut self, now: Timestamp) {
        self.steps(now, Occasion::Opened, Where::InTheChat);
        if self.incident.times.acknowledged_at.is_some() {
            self.steps(now, Occasion::Acknowledged, Where::InTheChat);
        }
    }

    /// It has become something that other steps are for: those that would have been done if it had
    /// been opened so are done now, unless they were.
    pub(super) fn steps_of_now(&mut self, now: Timestamp, is_new: impl Fn(&Step) -> bool) {
        let incident = self.incident;
        self.plan(now, Occasion::Opened, Where::Everywhere, |step| {
            is_new(step) && !incident.has_done(&step.name, Occasion::Opened)
        });
    }

    fn plan(
        &mut self,
        now: Timestamp,
        on: Occasion,
        place: Where,
        is_meant: impl Fn(&Step) -> bool,
    ) {
        let (incident, policy) = (self.incident, self.policy);
        for step in &policy.steps {
            let in_the_chat = step.kind().destination() == Destination::Slack;
            let is_here = match place {
                Where::Everywhere => !in_the_chat || incident.channel.is_some(),
                Where::Elsewhere => !in_the_chat,
                Where::InTheChat => in_the_chat,
            };
            if step.on == on && is_here && step.is_for(incident) && is_meant(step) {
                self.now(now, Effect::Step { step: step.name.clone(), on, kind: step.kind() });
            }
        }
    }

    /// The status pages hear that it is over, or that it is not after all. What is on none of them
    /// is moot by the time it would be done.
    pub(super) fn follow_status_pages(&mut self, now: Timestamp) {
        let policy = self.policy;
        for step in &policy.steps {
            let StepAct::StatusPage(page) = &step.act else { continue };
            let may_be_there = step.private || !self.incident.is_private();
            if page.resolved.is_some() && may_be_there && !self.incident.is_drill() {
                self.now(now, Effect::FollowStatusPage { step: step.name.clone() });
            }
        }
    }
}
