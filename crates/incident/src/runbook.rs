//! The runbook: what must follow. The only place where events meet effects.

mod frontline;
mod promises;
mod steps;

use jiff::Timestamp;

use crate::{
    Actor, CaptureEnd, Destination, Effect, EscalateTo, Event, Incident, Left, Notice, Occasion,
    Origin, Page, PageCause, PagerNews, PersonId, Planned, Policy, Postmortem, Recorded, Who,
};
use steps::Where;

/// Plans what must be done about events that just became true; `incident` is as they left it.
pub fn runbook(incident: &Incident, events: &[Recorded], policy: &Policy) -> Vec<Planned> {
    let mut plan = Plan { incident, policy, planned: Vec::new() };
    for recorded in events {
        plan.follow(recorded);
    }
    plan.planned
}

/// What is planned so far.
struct Plan<'a> {
    incident: &'a Incident,
    policy: &'a Policy,
    planned: Vec<Planned>,
}

impl Plan<'_> {
    fn follow(&mut self, recorded: &Recorded) {
        let now = recorded.at;
        match &recorded.event {
            Event::Declared { .. } => {
                self.declared(now);
                self.steps(now, Occasion::Opened, Where::Elsewhere);
            }
            Event::ChannelOpened { .. } => {
                self.channel_opened(now);
                self.steps_that_waited(now);
            }
            Event::BriefPosted { .. } => self.now(now, Effect::PinBrief),
            Event::Acknowledged => {
                // Taken at the pager: it knows, but another page may still ring.
                if recorded.by.origin != Origin::Pager || self.incident.pages() > 1 {
                    self.pager(now, Effect::AcknowledgePage);
                }
                self.show(now);
                self.steps(now, Occasion::Acknowledged, Where::Everywhere);
            }
            Event::Recovered => {
                self.pager(now, Effect::ResolvePage);
                self.show(now);
                self.withdraw_reminders(now);
                self.tell_all(
                    now,
                    Notice::Recovered { by: recorded.by.clone(), at: recorded.happened_at },
                );
                let due_at = recorded
                    .happened_at
                    .saturating_add(self.policy.stability_window)
                    .unwrap_or(now)
                    .max(now);
                let reopened = self.incident.reopened;
                self.due(due_at, Effect::EndStabilityWindow { reopened });
                self.steps(now, Occasion::Recovered, Where::Everywhere);
                self.follow_status_pages(now);
            }
            Event::Dismissed { reason } => {
                self.pager(now, Effect::ResolvePage);
                self.show(now);
                self.withdraw_reminders(now);
                let by = recorded.by.clone();
                self.tell_all(now, Notice::Dismissed { by, reason: reason.clone() });
                self.follow_status_pages(now);
            }
            Event::Reopened { reason } => {
                self.show(now);
                let by = recorded.by.clone();
                self.tell_all(now, Notice::Reopened { by, reason: reason.clone() });
                self.follow_status_pages(now);
            }
            Event::UpdatePosted { text, next_due } => {
                self.show(now);
                self.withdraw_reminders(now);
                self.mind_promise(now);
                self.tell_all(
                    now,
                    Notice::Update {
                        text: text.clone(),
                        by: recorded.by.clone(),
                        stage: self.incident.stage.name(),
                        next_due: *next_due,
                    },
                );
            }
            Event::PromiseMissed { .. } => {
                self.show(now);
                self.mind_promise(now);
            }
            Event::ReminderCalled { person } => {
                self.remind(now, person.as_ref());
                self.mind_promise(now);
            }
            Event::ReminderSnoozed { person, .. } => {
                let reminder = self.incident.reminder_of(person);
                self.withdraw(now, reminder.and_then(|reminder| reminder.message.clone()));
                self.mind_promise(now);
            }
            Event::Reminded { update, message, .. } => {
                // The update came while the reminder was under way.
                let is_late = !self.incident.owes_update_after(*update);
                self.withdraw(now, message.clone().filter(|_| is_late));
            }
            Event::SeverityChanged { from, to, because } => {
                self.show(now);
                self.chat(now, Effect::SetTopic);
                // Who changes it in the chat says so there; a monitor does not.
                if let Some(title) = because {
                    let notice = Notice::Worsened { from: *from, to: *to, title: title.clone() };
                    self.chat(now, Effect::PostNotice { notice });
                }
                if to < from {
                    self.steps_of_now(now, |step| !step.severities.contain(*from));
                    self.steps(now, Occasion::SeverityRaised, Where::Everywhere);
                }
            }
            Event::Edited { summary, domain, .. } => {
                self.show(now);
                if summary.is_some() || domain.is_some() {
                    self.chat(now, Effect::SetTopic);
                }
                if domain.is_some() {
                    self.steps_of_now(now, |step| !step.domains.is_empty());
                }
            }
            Event::RoleTaken { role, person } => {
                self.show(now);
                self.hand_questions_to(now, *role, person);
                // Whoever takes a role from elsewhere, or is given one, has to be there.
                self.chat(now, Effect::Invite { people: vec![person.0.clone()] });
            }
            Event::PeopleInvited { people } => {
                self.chat(now, Effect::Invite { people: people.clone() });
            }
            Event::CustomersReported { .. } => self.chat(now, Effect::EditBrief),
            Event::QuestionAsked { question, text } => {
                self.question_asked(now, &recorded.by, *question, text);
            }
            Event::QuestionsAnswered { questions, text, publicly } => {
                self.questions_answered(now, &recorded.by, questions, text, *publicly);
            }
            Event::WordingApproved { text } => self.wording_approved(now, &recorded.by, text),
            Event::MadePrivate => {
                // They say what it is about, in places of their own.
                self.withdraw_all_reminders(now);
                self.made_private(now, &recorded.by);
            }
            Event::NotInvited { people } => {
                let notice = Notice::NotInvited { people: people.clone() };
                self.chat(now, Effect::PostNotice { notice });
            }
            Event::Identified | Event::Mitigated => {
                // Whoever skips Investigating is at work on it: the pager need not call the next.
                let for_reopening = PageCause::Reopened { time: self.incident.reopened };
                if self.incident.times.acknowledged_at.is_none() || self.called(for_reopening) {
                    self.pager(now, Effect::AcknowledgePage);
                }
                self.show(now);
            }
            Event::SteppedBack
            | Event::ImpactChanged { .. }
            | Event::TimeCorrected { .. }
            | Event::RoleDropped { .. } => self.show(now),
            Event::Closed => {
                self.show(now);
                self.steps(now, Occasion::Closed, Where::Everywhere);
            }
            Event::Settled { .. } => {
                let owed = self.incident.postmortem == Postmortem::Owed;
                if owed && self.policy.connected.pages && !self.incident.is_private() {
                    self.now(now, Effect::DraftPostmortem);
                }
            }
            Event::PostmortemDrafted { url, .. } => {
                self.show(now);
                self.tell_all(now, Notice::PostmortemReady { url: url.clone() });
            }
            Event::PersonJoined { person, .. } => {
                self.chat(now, Effect::Greet { person: person.clone() });
            }
            Event::AlertSeen { .. } | Event::AlertsSeen { .. } => {
                if self.incident.alerts_cleared_at == Some(now) {
                    self.chat(now, Effect::EditBrief);
                    self.cleared(now);
                } else {
                    self.show_alerts(now);
                }
            }
            Event::PagerTold { news: PagerNews::Resolved, .. } => {
                let notice =
                    Notice::PageResolved { by: recorded.by.clone(), at: recorded.happened_at };
                self.chat(now, Effect::PostNotice { notice });
            }
            Event::PagerTold { news: PagerNews::Acknowledged, user, .. } => {
                self.taken_at_the_pager(now, &recorded.by, user.as_deref());
            }
            Event::Escalated { to, reason, pages } => {
                self.escalated(now, &recorded.by, to, reason, *pages);
            }
            Event::GivenUp { effect, what, why } => self.given_up(now, effect, what, why),
            Event::PageCalled { cause } => self.call_again(now, *cause),
            Event::Paged { .. } => self.watch(now),
            // Where a call is, or the status page, stands in the brief.
            Event::StepDone { left: Some(Left { url: Some(_), .. }), .. } => {
                self.chat(now, Effect::EditBrief);
            }
            Event::MessageMarked { ts } | Event::MarkRemoved { ts } => {
                self.chat(now, Effect::ReadMessage { ts: ts.clone() });
            }
            Event::MessageCaptured { ts, .. } => {
                self.chat(now, Effect::ShowCaptured { ts: ts.clone() });
            }
            Event::CaptureEnded { ts, why: CaptureEnd::Unmarked } => {
                self.chat(now, Effect::ShowNotCaptured { ts: ts.clone() });
            }
            Event::BroadcastPosted { .. }
            | Event::NoteAdded { .. }
            | Event::CaptureEdited { .. }
            | Event::CaptureEnded { .. }
            | Event::PromiseKept { .. }
            | Event::StepDone { .. }
            | Event::PagerTold {
                news:
                    PagerNews::Triggered
                    | PagerNews::Unacknowledged
                    | PagerNews::Escalated { .. }
                    | PagerNews::Reassigned { .. }
                    | PagerNews::Reopened
                    | PagerNews::Prioritised { .. }
                    | PagerNews::Annotated { .. },
                ..
            } => {}
        }
    }

    /// The channel first; the page leaves by itself if the channel takes too long.
    fn declared(&mut self, now: Timestamp) {
        if self.policy.connected.chat {
            self.now(now, Effect::OpenChannel);
        }
        if self.incident.page == Page::Sent {
            let patience = self.policy.page_patience;
            let due_at = if self.policy.connected.chat {
                now.saturating_add(patience).unwrap_or(now)
            } else {
                now
            };
            self.due(due_at, Effect::PageOnCall);
        }
    }

    /// The first page there ever is has no other cause than the incident.
    fn call_again(&mut self, now: Timestamp, cause: PageCause) {
        if self.called(cause) {
            self.now(now, Effect::PageAgain { cause });
        } else {
            self.now(now, Effect::PageOnCall);
        }
    }

    /// Whether a page after the first was called for a cause.
    fn called(&self, cause: PageCause) -> bool {
        self.incident.repages.iter().any(|repage| repage.cause == cause)
    }

    /// Somebody else is wanted: those in the channel read whom and why, a person or a group is
    /// invited, and the pager does its part.
    fn escalated(
        &mut self,
        now: Timestamp,
        by: &Actor,
        to: &EscalateTo,
        reason: &str,
        pages: bool,
    ) {
        let call = self.incident.escalations.len() as u32;
        if pages && matches!(to, EscalateTo::Domain(_)) {
            self.now(now, Effect::PageAgain { cause: PageCause::Escalated { call } });
        } else if pages {
            self.now(now, Effect::Escalate { call });
        }
        if let EscalateTo::Person(PersonId(whom)) | EscalateTo::Group(whom) = to {
            self.chat(now, Effect::Invite { people: vec![whom.clone()] });
        }
        let (by, to, reason) = (by.clone(), to.clone(), reason.to_owned());
        self.chat(now, Effect::PostNotice { notice: Notice::Escalated { by, to, reason } });
    }

    /// Who took a page at the pager belongs into the channel. Into a private one only its members
    /// let anybody: whoever may use the pager could take a page.
    fn taken_at_the_pager(&mut self, now: Timestamp, by: &Actor, user: Option<&str>) {
        let Some(user) = user else { return };
        if !self.incident.is_private() {
            self.now(now, Effect::InviteResponder { user: user.to_owned() });
        } else if let Who::Pager(name) = &by.who {
            let why = format!(
                "{name} took the page at the pager, and the incident is private: invite them if \
                 they may know of it"
            );
            let notice = Notice::Trouble { what: "invite who took the page".to_owned(), why };
            self.chat(now, Effect::PostNotice { notice });
        }
    }

    /// Somebody was called: whether anybody comes is looked at after a while.
    fn watch(&mut self, now: Timestamp) {
        let patience = self.policy.repage_after;
        let watched = self.policy.connected.pager && !self.incident.is_drill();
        if watched && patience.is_positive() && self.incident.is_unattended() {
            let due_at = now.saturating_add(patience).unwrap_or(now);
            self.due(due_at, Effect::WatchPage { after: self.incident.pages() });
        }
    }

    /// Nothing fires any more: recovery is offered while people are at it.
    fn cleared(&mut self, now: Timestamp) {
        let Some(at) = self.incident.last_alert_ended() else { return };
        let count = self.incident.tally().total;
        let notice = match self.incident.alerts.as_slice() {
            [alert] if count == 1 => Notice::AlertResolved { title: alert.title.clone(), at },
            _ => Notice::AlertsCleared { count, at },
        };
        if self.incident.stage.is_live() {
            self.chat(now, Effect::PostNotice { notice });
        }
    }

    /// Everything that only waited for the channel, side by side.
    fn channel_opened(&mut self, now: Timestamp) {
        self.now(now, Effect::PostBrief);
        if self.incident.page == Page::Sent && self.incident.stage.is_live() {
            self.now(now, Effect::PageOnCall);
        }
        let people = self.people_to_invite();
        if !people.is_empty() {
            self.now(now, Effect::Invite { people });
        }
        if self.is_broadcast() {
            self.now(now, Effect::PostBroadcast);
        }
        self.now(now, Effect::SetTopic);
    }

    /// The reporter and, unless the incident is private, the domain's stakeholders.
    fn people_to_invite(&self) -> Vec<String> {
        let reporter = self.incident.reporter.person().map(|person| person.0.clone());
        let stakeholders = self
            .policy
            .domain(&self.incident.domain)
            .filter(|_| !self.incident.is_private())
            .map_or(&[][..], |domain| domain.stakeholders.as_slice());
        // Whom somebody asked for before there was a channel.
        let asked_for = self.incident.escalations.iter().filter_map(|asked| match &asked.to {
            EscalateTo::Person(PersonId(whom)) | EscalateTo::Group(whom) => Some(whom.clone()),
            EscalateTo::NextLevel | EscalateTo::Domain(_) | EscalateTo::Policy(_) => None,
        });
        let mut people: Vec<String> = Vec::new();
        let guests = self.incident.guests.iter().cloned();
        let wanted = stakeholders.iter().cloned().chain(asked_for).chain(guests);
        for person in reporter.into_iter().chain(wanted) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
        people
    }

    /// What the company was told is taken back, and those in the channel hear what SIMA cannot hide.
    fn made_private(&mut self, now: Timestamp, by: &Actor) {
        self.chat(now, Effect::EditBrief);
        self.chat(now, Effect::SetTopic);
        if self.policy.connected.broadcast && !self.incident.is_drill() {
            self.chat(now, Effect::WithdrawBroadcast);
        }
        let notice = Notice::MadePrivate { by: by.clone() };
        self.chat(now, Effect::PostNotice { notice });
    }

    /// Something could not be done: those in the channel are told, unless it is the channel's own
    /// messages that fail.
    fn given_up(&mut self, now: Timestamp, effect: &str, what: &str, why: &str) {
        let tells = [
            Effect::PageOnCall.kind(),
            Effect::PAGE_AGAIN,
            Effect::AcknowledgePage.kind(),
            Effect::ResolvePage.kind(),
            Effect::ESCALATE,
            "invite_responder",
            Effect::TELL,
            Effect::PinBrief.kind(),
            Effect::PostBroadcast.kind(),
            Effect::WithdrawBroadcast.kind(),
            Effect::DraftPostmortem.kind(),
            "invite",
        ];
        if tells.contains(&effect) || effect.starts_with("step_") || effect == "follow_status_page"
        {
            let notice = Notice::Trouble { what: what.to_owned(), why: why.to_owned() };
            self.chat(now, Effect::PostNotice { notice });
        }
    }

    /// Whether the company is told: never of a private incident, never of practice.
    fn is_broadcast(&self) -> bool {
        self.policy.connected.broadcast && !self.incident.is_private() && !self.incident.is_drill()
    }

    /// Brings the brief and the broadcast up to date. Once the channel exists both are posted or
    /// on their way in the same lane, so an edit never overtakes its message.
    fn show(&mut self, now: Timestamp) {
        if self.incident.channel.is_some() {
            self.now(now, Effect::EditBrief);
            if self.is_broadcast() {
                self.now(now, Effect::EditBroadcast);
            }
        }
    }

    /// Has the brief show what alerts told, soon rather than at once if they tell much. The broadcast
    /// says nothing of alerts.
    fn show_alerts(&mut self, now: Timestamp) {
        if self.incident.channel.is_some() {
            self.due(self.incident.alert_edit_due(now), Effect::EditBrief);
        }
    }

    /// Tells those in the channel, and those who follow the broadcast.
    fn tell_all(&mut self, now: Timestamp, notice: Notice) {
        if self.incident.channel.is_some() && self.is_broadcast() {
            self.now(now, Effect::ReplyUnderBroadcast { notice: notice.clone() });
        }
        self.chat(now, Effect::PostNotice { notice });
    }

    /// Something in the channel, if there is one.
    fn chat(&mut self, now: Timestamp, effect: Effect) {
        if self.incident.channel.is_some() {
            self.now(now, effect);
        }
    }

    /// Something at the pager, if somebody was paged. A page still on its way counts: its lane
    /// keeps the order.
    fn pager(&mut self, now: Timestamp, effect: Effect) {
        let repages = self.incident.repages.iter().map(|repage| &repage.page);
        let mut pages = std::iter::once(&self.incident.page).chain(repages);
        if pages.any(|page| matches!(page, Page::Sent | Page::Accepted { .. })) {
            self.now(now, effect);
        }
    }

    fn now(&mut self, now: Timestamp, effect: Effect) {
        self.due(now, effect);
    }

    fn due(&mut self, due_at: Timestamp, effect: Effect) {
        let planned = Planned { effect, due_at };
        // A batch of events often asks for the same edit; once is enough.
        if self.reaches(planned.effect.destination()) && !self.planned.contains(&planned) {
            self.planned.push(planned);
        }
    }

    /// Whether a destination is there for this incident. What was there when the incident began
    /// may be gone from the configuration since; practice never reaches the pager.
    fn reaches(&self, destination: Destination) -> bool {
        match destination {
            Destination::Slack => self.policy.connected.chat,
            Destination::PagerDuty => self.policy.connected.pager && !self.incident.is_drill(),
            Destination::Notion => self.policy.connected.pages,
            // They are there as long as a step of theirs is configured.
            Destination::Hooks | Destination::StatusPage | Destination::Desk => true,
        }
    }
}
