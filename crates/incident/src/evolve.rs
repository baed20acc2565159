//! Replays events into the incident. Total: what was recorded always applies.

use crate::{
    AlertTally, Capture, CustomerReport, Effect, EscalateTo, Escalation, Event, Frontline,
    GivenAnswer, Incident, KeyTime, KeyTimes, LinkedAlert, Outage, Page, PageCause, PagerNews,
    PostedReminder, Postmortem, Promises, Recorded, Repage, Said, Snooze, Stage, StepDone, Trouble,
    Update, Visibility, Wording, is_later,
};

impl Incident {
    /// Replays events, oldest first, over nothing or over an incident.
    ///
    /// `None` only if there is neither an incident nor a declaration among the events.
    pub fn replay<'a>(
        before: Option<Self>,
        events: impl IntoIterator<Item = &'a Recorded>,
    ) -> Option<Self> {
        events.into_iter().fold(before, |incident, recorded| match incident {
            Some(incident) => Some(incident.evolve(recorded)),
            None => Self::declared(recorded),
        })
    }

    /// The incident as its declaration makes it; nothing if the event is another.
    fn declared(recorded: &Recorded) -> Option<Self> {
        let Event::Declared {
            id,
            number,
            summary,
            description,
            domain,
            severity,
            impact,
            kind,
            visibility,
            started_at,
            detected_at,
            channel_name,
            pages,
            links,
            assessment,
        } = recorded.event.clone()
        else {
            return None;
        };
        Some(Self {
            id,
            number,
            version: recorded.version + 1,
            summary,
            description,
            domain,
            severity,
            worst_severity: severity,
            impact,
            kind,
            visibility,
            reporter: recorded.by.clone(),
            stage: Stage::Open,
            times: KeyTimes {
                started_at,
                detected_at,
                opened_at: recorded.at,
                acknowledged_at: None,
                identified_at: None,
                mitigated_at: None,
                recovered_at: None,
                closed_at: None,
            },
            outages: vec![Outage { from: started_at.unwrap_or(recorded.at), until: None }],
            reopened: 0,
            roles: std::collections::BTreeMap::new(),
            update: None,
            updates: 0,
            promises: Promises::default(),
            channel_name,
            channel: None,
            brief: None,
            broadcast: None,
            page: if pages { Page::Sent } else { Page::None },
            repages: Vec::new(),
            escalations: Vec::new(),
            guests: Vec::new(),
            frontline: Frontline::default(),
            rings: false,
            attended: false,
            pager_ids: Vec::new(),
            alerts: Vec::new(),
            alert_tally: None,
            alerts_cleared_at: None,
            alert_edits_until: None,
            postmortem: Postmortem::None,
            troubles: Vec::new(),
            steps: Vec::new(),
            captures: Vec::new(),
            links,
            assessment,
        })
    }

    /// The incident after one more event.
    fn evolve(mut self, recorded: &Recorded) -> Self {
        self.version = recorded.version + 1;
        let happened_at = recorded.happened_at;
        match &recorded.event {
            // A second declaration was never recorded; should one be, the first stands. Who could not
            // be invited is told at once and matters to nothing later. A note is for the timeline, and
            // of a mark taken off the reading tells what is left.
            Event::Declared { .. }
            | Event::NotInvited { .. }
            | Event::NoteAdded { .. }
            | Event::MarkRemoved { .. } => {}
            Event::MessageMarked { ts } => {
                if self.capture(ts).is_none() {
                    self.captures.push(Capture { ts: ts.clone(), taken: false, edited: None });
                }
            }
            Event::MessageCaptured { ts, said, .. } => self.note_capture(ts, true, said),
            Event::CaptureEdited { ts, said } => self.note_capture(ts, false, said),
            Event::CaptureEnded { ts, .. } => self.captures.retain(|capture| capture.ts != *ts),
            Event::PeopleInvited { people } => {
                for person in people {
                    if !self.guests.contains(person) {
                        self.guests.push(person.clone());
                    }
                }
            }
            Event::CustomersReported { customers, example } => {
                self.frontline.report(CustomerReport {
                    by: recorded.by.clone(),
                    at: recorded.at,
                    customers: *customers,
                    example: example.clone(),
                });
            }
            Event::QuestionAsked { question, text } => {
                if let Some(asker) = recorded.by.person() {
                    self.frontline.ask(*question, text, asker.clone(), recorded.at);
                }
            }
            Event::QuestionsAnswered { questions, text, .. } => {
                let (text, by) = (text.clone(), recorded.by.clone());
                self.frontline.answer(questions, &GivenAnswer { text, by, at: recorded.at });
            }
            Event::WordingApproved { text } => {
                let (text, by) = (text.clone(), recorded.by.clone());
                self.frontline.wording = Some(Wording { text, by, at: recorded.at });
            }
            Event::MadePrivate => self.visibility = Visibility::Private,
            Event::PersonJoined { person, invited } => {
                // Whoever reported it knows of it; that is not somebody who looks after it.
                if !invited && self.reporter.person() != Some(person) {
                    self.attended = true;
                }
            }
            Event::Acknowledged => {
                self.rings = false;
                self.stage = Stage::Investigating;
                self.times.acknowledged_at.get_or_insert(happened_at);
            }
            Event::Identified => {
                self.rings = false;
                self.stage = Stage::Fixing;
                self.times.identified_at.get_or_insert(happened_at);
                self.times.mitigated_at = None;
            }
            Event::Mitigated => {
                self.rings = false;
                self.stage = Stage::Monitoring;
                self.times.mitigated_at = Some(happened_at);
            }
            Event::SteppedBack => {
                self.stage = Stage::Investigating;
                self.times.mitigated_at = None;
            }
            Event::Recovered => {
                self.rings = false;
                self.stage = Stage::Recovered { recovered_at: happened_at, settled: false };
                self.times.recovered_at = Some(happened_at);
                if let Some(spell) = self.outages.last_mut() {
                    spell.until = Some(happened_at);
                }
            }
            Event::Settled { postmortem_owed } => {
                if let Stage::Recovered { settled, .. } = &mut self.stage {
                    *settled = true;
                }
                if *postmortem_owed && self.postmortem == Postmortem::None {
                    self.postmortem = Postmortem::Owed;
                }
            }
            Event::Closed => {
                if let Stage::Recovered { recovered_at, .. } = self.stage {
                    self.stage = Stage::Closed { recovered_at, closed_at: happened_at };
                }
                self.times.closed_at = Some(happened_at);
            }
            Event::Reopened { .. } => {
                self.stage = match self.times.acknowledged_at {
                    Some(_) => Stage::Investigating,
                    None => Stage::Open,
                };
                self.times.mitigated_at = None;
                self.times.recovered_at = None;
                self.times.closed_at = None;
                self.alerts_cleared_at = None;
                self.outages.push(Outage { from: happened_at, until: None });
                self.reopened += 1;
                // What was promised before it was over is owed no more.
                self.promises.judged = self.updates;
                self.promises.is_missed = false;
            }
            Event::Dismissed { reason } => {
                self.rings = false;
                self.stage = Stage::Dismissed { dismissed_at: happened_at, reason: reason.clone() };
            }
            Event::SeverityChanged { to, .. } => {
                self.severity = *to;
                self.worst_severity = self.worst_severity.worse(*to);
            }
            Event::ImpactChanged { to, .. } => self.impact = *to,
            Event::Edited { summary, description, domain } => {
                if let Some(summary) = summary {
                    self.summary.clone_from(summary);
                }
                if let Some(description) = description {
                    self.description = Some(description.clone());
                }
                if let Some(domain) = domain {
                    self.domain = domain.clone();
                }
            }
            Event::TimeCorrected { which, to, .. } => self.correct_time(*which, *to),
            Event::RoleTaken { role, person } => {
                self.roles.insert(*role, person.clone());
            }
            Event::RoleDropped { role, .. } => {
                self.roles.remove(role);
            }
            Event::UpdatePosted { text, next_due } => {
                self.updates += 1;
                self.promises.begin(self.updates);
                self.update = Some(Update {
                    text: text.clone(),
                    by: recorded.by.clone(),
                    at: recorded.at,
                    next_due: *next_due,
                });
            }
            Event::PromiseKept { .. } => self.promises.judge(self.updates, true),
            Event::PromiseMissed { .. } => self.promises.judge(self.updates, false),
            Event::ReminderCalled { person } => {
                self.promises.remind(person.is_none(), recorded.at);
            }
            Event::Reminded { update, person, message } => self.promises.place(PostedReminder {
                update: *update,
                person: person.clone(),
                message: message.clone(),
            }),
            Event::ReminderSnoozed { person, until } => {
                self.promises.snooze = Some(Snooze { person: person.clone(), until: *until });
            }
            Event::AlertSeen { source, key, title, state, members } => {
                self.list_alert(LinkedAlert {
                    source: source.clone(),
                    key: key.clone(),
                    title: title.clone(),
                    state: *state,
                    members: *members,
                });
                self.note_clearance(recorded.at);
                self.space_alert_edit(recorded.at);
            }
            Event::AlertsSeen { alerts, total, firing, .. } => {
                for alert in alerts {
                    self.list_alert(alert.clone());
                }
                self.alert_tally = Some(AlertTally { total: *total, firing: *firing });
                self.note_clearance(recorded.at);
                self.space_alert_edit(recorded.at);
            }
            Event::ChannelOpened { channel } => self.channel = Some(channel.clone()),
            Event::BriefPosted { message } => self.brief = Some(message.clone()),
            Event::BroadcastPosted { message } => self.broadcast = Some(message.clone()),
            Event::PageCalled { cause } => {
                self.rings |= matches!(cause, PageCause::Reopened { .. });
                if self.page == Page::None {
                    self.page = Page::Sent;
                } else {
                    self.repages.push(Repage { cause: *cause, page: Page::Sent });
                }
            }
            Event::Escalated { to, reason, pages } => {
                let (to, reason, at) = (to.clone(), reason.clone(), recorded.at);
                let is_page = *pages && matches!(to, EscalateTo::Domain(_));
                self.escalations.push(Escalation { to, reason, at });
                if is_page {
                    let cause = PageCause::Escalated { call: self.escalations.len() as u32 };
                    self.repages.push(Repage { cause, page: Page::Sent });
                }
            }
            Event::Paged { dedup_key, cause } => {
                let accepted = Page::Accepted { at: recorded.at, dedup_key: dedup_key.clone() };
                match cause {
                    None => self.page = accepted,
                    Some(cause) => self.set_repage(|repage| repage.cause == *cause, accepted),
                }
            }
            Event::PagerTold { pager_id, news, .. } => {
                self.rings &= *news != PagerNews::Acknowledged;
                self.attended |= *news == PagerNews::Resolved;
                if let Some(pager_id) = pager_id
                    && !self.pager_ids.contains(pager_id)
                {
                    self.pager_ids.push(pager_id.clone());
                }
            }
            Event::PostmortemDrafted { url, page_id } => {
                self.postmortem =
                    Postmortem::Drafted { url: url.clone(), page_id: page_id.clone() };
            }
            Event::StepDone { step, on, kind, left } => self.steps.push(StepDone {
                step: step.clone(),
                on: *on,
                kind: *kind,
                left: left.clone(),
            }),
            Event::GivenUp { effect, what, why } => {
                if effect == Effect::PageOnCall.kind() {
                    self.page = Page::Failed;
                } else if effect == Effect::PAGE_AGAIN {
                    // They leave one after the other, so the first on its way is the one.
                    self.set_repage(|repage| repage.page == Page::Sent, Page::Failed);
                }
                self.troubles.push(Trouble {
                    what: what.clone(),
                    why: why.clone(),
                    at: recorded.at,
                });
            }
        }
        self
    }

    fn note_capture(&mut self, ts: &str, taken: bool, said: &Said) {
        if let Some(capture) = self.captures.iter_mut().find(|capture| capture.ts == ts) {
            capture.taken |= taken;
            if is_later(said.edited.as_deref(), capture.edited.as_deref()) {
                capture.edited.clone_from(&said.edited);
            }
        }
    }

    fn set_repage(&mut self, which: impl Fn(&Repage) -> bool, page: Page) {
        if let Some(repage) = self.repages.iter_mut().find(|repage| which(repage)) {
            repage.page = page;
        }
    }

    /// Sets one key time, and with it the spell or the stage that carries the same instant.
    fn correct_time(&mut self, which: KeyTime, to: jiff::Timestamp) {
        match which {
            KeyTime::Started => {
                self.times.started_at = Some(to);
                if let Some(spell) = self.outages.first_mut() {
                    spell.from = to;
                }
            }
            KeyTime::Detected => self.times.detected_at = Some(to),
            KeyTime::Acknowledged => self.times.acknowledged_at = Some(to),
            KeyTime::Identified => self.times.identified_at = Some(to),
            KeyTime::Mitigated => self.times.mitigated_at = Some(to),
            KeyTime::Recovered => {
                self.times.recovered_at = Some(to);
                if let Some(spell) = self.outages.last_mut() {
                    spell.until = Some(to);
                }
                match &mut self.stage {
                    Stage::Recovered { recovered_at, .. } | Stage::Closed { recovered_at, .. } => {
                        *recovered_at = to;
                    }
                    Stage::Open
                    | Stage::Investigating
                    | Stage::Fixing
                    | Stage::Monitoring
                    | Stage::Dismissed { .. } => {}
                }
            }
        }
    }
}
