//! What those who answer customers bring in, want to know, and may say.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Actor, Incident, PersonId};

/// How many reports are listed; the others are only counted.
pub const MAX_LISTED_REPORTS: usize = 10;

/// How many questions are kept. What was answered longest ago gives way.
pub const MAX_QUESTIONS: usize = 50;

/// What those who answer customers bring in, want to know, and may say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Frontline {
    /// How many reports came in.
    pub reports: u32,
    /// How many customers they tell of, as far as they say.
    pub customers: u64,
    /// The last of them, oldest first.
    pub last_reports: Vec<CustomerReport>,
    /// How many questions were asked.
    pub asked: u32,
    /// The questions, oldest first.
    pub questions: Vec<Question>,
    /// What customers may be told.
    pub wording: Option<Wording>,
}

/// Customers who told us of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerReport {
    /// Who reported it.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
    /// How many customers, if known.
    pub customers: Option<u64>,
    /// An example of what they say.
    pub example: Option<String>,
}

/// Something people want to know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its place among the questions of the incident, counted from 1.
    pub number: u32,
    /// What is asked.
    pub text: String,
    /// Who wants to know, each once.
    pub askers: Vec<PersonId>,
    /// When it was asked first.
    pub at: Timestamp,
    /// What was answered.
    pub answer: Option<GivenAnswer>,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenAnswer {
    /// What was said.
    pub text: String,
    /// By whom.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

/// What customers may be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wording {
    /// The words.
    pub text: String,
    /// Who approved them.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

impl Frontline {
    /// The questions that wait for an answer, oldest first.
    pub fn waiting(&self) -> impl Iterator<Item = &Question> {
        self.questions.iter().filter(|question| question.answer.is_none())
    }

    /// A question by its number, as long as it is kept.
    pub fn question(&self, number: u32) -> Option<&Question> {
        self.questions.iter().find(|question| question.number == number)
    }

    /// The question that asks the same: in the same words, however they are written.
    pub fn same_as(&self, text: &str) -> Option<&Question> {
        let asked = words(text);
        self.questions.iter().rev().find(|question| words(&question.text) == asked)
    }

    pub(crate) fn report(&mut self, report: CustomerReport) {
        self.reports += 1;
        self.customers = self.customers.saturating_add(report.customers.unwrap_or(0));
        self.last_reports.push(report);
        if self.last_reports.len() > MAX_LISTED_REPORTS {
            self.last_reports.remove(0);
        }
    }

    pub(crate) fn ask(&mut self, number: u32, text: &str, asker: PersonId, at: Timestamp) {
        if let Some(known) = self.questions.iter_mut().find(|question| question.number == number) {
            if !known.askers.contains(&asker) {
                known.askers.push(asker);
            }
            return;
        }
        self.asked = self.asked.max(number);
        if self.questions.len() >= MAX_QUESTIONS
            && let Some(place) = self.questions.iter().position(|known| known.answer.is_some())
        {
            self.questions.remove(place);
        }
        let (text, askers) = (text.to_owned(), vec![asker]);
        self.questions.push(Question { number, text, askers, at, answer: None });
    }

    pub(crate) fn answer(&mut self, questions: &[u32], answer: &GivenAnswer) {
        for question in &mut self.questions {
            if questions.contains(&question.number) && question.answer.is_none() {
                question.answer = Some(answer.clone());
            }
        }
    }
}

impl Incident {
    /// Who wants to know one of these, each once.
    pub fn askers_of(&self, questions: &[u32]) -> Vec<PersonId> {
        let mut askers: Vec<PersonId> = Vec::new();
        let asked = self.frontline.questions.iter();
        for question in asked.filter(|question| questions.contains(&question.number)) {
            for asker in &question.askers {
                if !askers.contains(asker) {
                    askers.push(asker.clone());
                }
            }
        }
        askers
    }
}

/// The words of a text, without case and punctuation.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_ask_the_same() {
        assert_eq!(words("Are mails LOST?"), words("are mails lost"));
        assert_ne!(words("Are mails lost?"), words("Are mails late?"));
        assert_eq!(words("邮件丢失了吗？"), words("邮件丢失了吗"));
    }
}
