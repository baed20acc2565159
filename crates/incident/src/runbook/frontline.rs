//! What follows from reports, questions and answers: the fewest people are disturbed.

use jiff::Timestamp;

use super::Plan;
use crate::{Actor, Effect, Notice, PersonId, Role, Told};

impl Plan<'_> {
    /// Whoever is communication lead has the queue; without one, those in the channel are asked once,
    /// as long as nothing else waits.
    pub(super) fn question_asked(&mut self, now: Timestamp, by: &Actor, question: u32, text: &str) {
        self.chat(now, Effect::EditBrief);
        let frontline = &self.incident.frontline;
        let is_new = frontline.question(question).is_some_and(|asked| asked.askers.len() == 1);
        if !is_new {
            return;
        }
        if let Some(lead) = self.incident.holder(Role::CommunicationLead) {
            let (person, told) = (lead.clone(), Told::Questions { newest: question });
            self.now(now, Effect::Tell { person, told });
        } else if frontline.waiting().count() == 1 {
            let notice = Notice::QuestionWaits { by: by.clone(), question, text: text.to_owned() };
            self.chat(now, Effect::PostNotice { notice });
        }
    }

    /// Whoever becomes communication lead is told what waits.
    pub(super) fn hand_questions_to(&mut self, now: Timestamp, role: Role, person: &PersonId) {
        let newest = self.incident.frontline.waiting().last().map(|question| question.number);
        if let (Role::CommunicationLead, Some(newest)) = (role, newest) {
            let told = Told::Questions { newest };
            self.now(now, Effect::Tell { person: person.clone(), told });
        }
    }

    /// All who asked are told, each once and privately.
    pub(super) fn questions_answered(
        &mut self,
        now: Timestamp,
        by: &Actor,
        questions: &[u32],
        text: &str,
        publicly: bool,
    ) {
        self.chat(now, Effect::EditBrief);
        let (by, text) = (by.clone(), text.to_owned());
        for person in self.incident.askers_of(questions) {
            let questions = questions.to_vec();
            let told = Told::Answer { questions, text: text.clone(), by: by.clone() };
            self.now(now, Effect::Tell { person, told });
        }
        if publicly {
            self.tell_followers(now, Notice::Answered { by, questions: questions.to_vec(), text });
        }
    }

    /// Those who follow are told, for they answer customers.
    pub(super) fn wording_approved(&mut self, now: Timestamp, by: &Actor, text: &str) {
        self.chat(now, Effect::EditBrief);
        let notice = Notice::WordingApproved { by: by.clone(), text: text.to_owned() };
        self.tell_followers(now, notice);
    }

    fn tell_followers(&mut self, now: Timestamp, notice: Notice) {
        if self.incident.channel.is_some() && self.is_broadcast() {
            self.now(now, Effect::ReplyUnderBroadcast { notice });
        }
    }
}
