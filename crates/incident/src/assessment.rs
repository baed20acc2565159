//! How bad it is, by what people answer about the impact: of several answers the worst counts.

use serde::{Deserialize, Serialize};

use crate::Severity;

/// A question about the impact, as the company asks it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpactQuestion {
    /// The question; no two are the same.
    pub ask: String,
    /// What may be answered, in the order offered; no two of one question are the same.
    pub answers: Vec<ImpactAnswer>,
}

/// What may be answered to a question about the impact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImpactAnswer {
    /// The answer.
    pub say: String,
    /// How bad it is then, at least.
    pub severity: Severity,
}

/// What was answered when an incident was opened, as it was asked then, and the severity that
/// followed. Whoever opened it may have chosen another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assessment {
    /// The severity that the answers propose.
    pub proposed: Severity,
    /// The answers, in the order asked.
    pub answers: Vec<ImpactReply>,
}

/// One answer that was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImpactReply {
    /// What was asked.
    pub question: String,
    /// What was answered.
    pub answer: String,
    /// How bad it is by this answer alone.
    pub severity: Severity,
}

impl Assessment {
    /// The first answer by which it is as bad as proposed.
    pub fn reason(&self) -> Option<&ImpactReply> {
        self.answers.iter().find(|given| given.severity == self.proposed)
    }
}

/// What follows from answers, each given as the question and what was said. Nothing if none of them
/// is one of those that may be given: between two that are, the worse counts.
pub fn assess(questions: &[ImpactQuestion], given: &[(String, String)]) -> Option<Assessment> {
    let answers: Vec<ImpactReply> = questions
        .iter()
        .filter_map(|question| {
            let (_, said) = given.iter().find(|(asked, _)| *asked == question.ask)?;
            let answer = question.answers.iter().find(|answer| answer.say == *said)?;
            Some(ImpactReply {
                question: question.ask.clone(),
                answer: answer.say.clone(),
                severity: answer.severity,
            })
        })
        .collect();
    let proposed = answers.iter().map(|given| given.severity).reduce(Severity::worse)?;
    Some(Assessment { proposed, answers })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn severity(level: u8) -> Severity {
        Severity::new(level).expect("1 to 9")
    }

    fn question(ask: &str, answers: &[(&str, u8)]) -> ImpactQuestion {
        let answers = answers.iter().map(|(say, level)| ImpactAnswer {
            say: (*say).to_owned(),
            severity: severity(*level),
        });
        ImpactQuestion { ask: ask.to_owned(), answers: answers.collect() }
    }

    fn given(answers: &[(&str, &str)]) -> Vec<(String, String)> {
        answers.iter().map(|(ask, say)| ((*ask).to_owned(), (*say).to_owned())).collect()
    }

    #[test]
    fn the_worst_answer_counts_and_is_the_reason() {
        let questions = [
            question("What fails?", &[("All", 1), ("Some", 3)]),
            question("Is it spreading?", &[("Yes", 2), ("No", 4)]),
        ];
        let said = given(&[("Is it spreading?", "Yes"), ("What fails?", "Some")]);
        let assessed = assess(&questions, &said).expect("two answers");
        assert_eq!(assessed.proposed, severity(2));
        assert_eq!(assessed.reason().expect("one decided").answer, "Yes");
        let asked: Vec<&str> = assessed.answers.iter().map(|one| one.question.as_str()).collect();
        assert_eq!(asked, ["What fails?", "Is it spreading?"], "in the order asked");
    }

    #[test]
    fn what_cannot_be_answered_says_nothing() {
        let questions = [question("What fails?", &[("All", 1)])];
        for said in [given(&[]), given(&[("What fails?", "Nothing")]), given(&[("Who?", "All")])] {
            assert_eq!(assess(&questions, &said), None, "{said:?}");
        }
    }
}
