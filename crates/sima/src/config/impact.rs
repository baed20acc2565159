//! What people are asked about the impact, and how bad it is by each answer.

use std::collections::BTreeSet;

use serde::Deserialize;
use sima_incident::{ImpactAnswer, ImpactQuestion, Severity, SeverityRule};

use super::ConfigFault;

/// The most questions: the form is filled in by somebody in a hurry.
const MOST_QUESTIONS: usize = 5;
/// The longest question, in characters.
const LONGEST_QUESTION: usize = 150;
/// The most answers to one question.
const MOST_ANSWERS: usize = 20;
/// The longest answer, in characters: Slack's limit for what stands in a list.
const LONGEST_ANSWER: usize = 75;

/// One question.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImpactQuestionSetting {
    /// The question.
    pub ask: String,
    /// What may be answered.
    pub answers: Vec<ImpactAnswerSetting>,
}

/// What may be answered.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImpactAnswerSetting {
    /// The answer.
    pub say: String,
    /// The level of the severity it is then, at least.
    pub severity: u8,
}

/// The questions as they are asked: those that are configured, or the customary ones.
pub(super) fn questions(
    configured: Option<&[ImpactQuestionSetting]>,
    severities: &[SeverityRule],
) -> Result<Vec<ImpactQuestion>, ConfigFault> {
    let Some(configured) = configured else { return Ok(customary(severities)) };
    if configured.len() > MOST_QUESTIONS {
        let wrong = format!("there are {}", configured.len());
        return Err(fault("impact_questions", wrong, "keep five at most: few are answered"));
    }
    let mut asked = BTreeSet::new();
    configured
        .iter()
        .map(|question| {
            if !fits(&question.ask, LONGEST_QUESTION) || !asked.insert(question.ask.trim()) {
                let wrong = format!("{:?} is empty, too long or there twice", question.ask);
                let repair = "write another question of 150 characters at most";
                return Err(fault("impact_questions.ask", wrong, repair));
            }
            if !(2..=MOST_ANSWERS).contains(&question.answers.len()) {
                let wrong = format!("{:?} has {}", question.ask, question.answers.len());
                return Err(fault("impact_questions.answers", wrong, "give it 2 to 20 answers"));
            }
            let mut said = BTreeSet::new();
            let answers = question.answers.iter().map(|answer| {
                if !fits(&answer.say, LONGEST_ANSWER) || !said.insert(answer.say.trim()) {
                    let wrong = format!("{:?} is empty, too long or there twice", answer.say);
                    let repair = "write another answer of 75 characters at most";
                    return Err(fault("impact_questions.answers.say", wrong, repair));
                }
                let level = Severity::new(answer.severity);
                let known = severities.iter().map(|rule| rule.severity);
                let severity = known.into_iter().find(|known| Some(*known) == level);
                severity
                    .map(|severity| ImpactAnswer { say: answer.say.trim().to_owned(), severity })
                    .ok_or_else(|| {
                        let wrong = format!("{} is no configured severity", answer.severity);
                        let repair = "name the level of a severity";
                        fault("impact_questions.answers.severity", wrong, repair)
                    })
            });
            let answers = answers.collect::<Result<_, _>>()?;
            Ok(ImpactQuestion { ask: question.ask.trim().to_owned(), answers })
        })
        .collect()
}

/// The questions of a company that has configured none. A severity it does not have gives way to
/// the nearest it has.
fn customary(severities: &[SeverityRule]) -> Vec<ImpactQuestion> {
    let nearest = |level: u8| {
        let known = severities.iter().map(|rule| rule.severity);
        known.min_by_key(|severity| (severity.level().abs_diff(level), severity.level()))
    };
    let question = |ask: &str, answers: &[(&str, u8)]| ImpactQuestion {
        ask: ask.to_owned(),
        answers: answers
            .iter()
            .filter_map(|(say, level)| {
                Some(ImpactAnswer { say: (*say).to_owned(), severity: nearest(*level)? })
            })
            .collect(),
    };
    vec![
        question(
            "What do customers notice?",
            &[
                ("A core service is down for many", 1),
                ("A major feature is down, or many are slowed", 2),
                ("Part of it fails, and there is a way round", 3),
                ("Nothing: it is minor, or ours alone", 4),
            ],
        ),
        question(
            "Is data exposed, lost or wrong?",
            &[("Yes", 1), ("Perhaps: nobody can rule it out", 2), ("No", 4)],
        ),
        question(
            "Where is it going?",
            &[
                ("It spreads, or gets worse", 2),
                ("One more failure, and customers notice", 3),
                ("It is stable, or gets better", 4),
            ],
        ),
    ]
}

fn fits(text: &str, longest: usize) -> bool {
    (1..=longest).contains(&text.trim().chars().count())
}

fn fault(place: &str, wrong: impl AsRef<str>, repair: &str) -> ConfigFault {
    super::apply::fault(place, wrong.as_ref(), repair)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::SignedDuration;
    use sima_incident::assess;

    use super::*;

    fn rules(levels: &[u8]) -> Vec<SeverityRule> {
        let rule = |level: &u8| SeverityRule {
            severity: Severity::new(*level).expect("1 to 9"),
            meaning: String::new(),
            pages: false,
            postmortem: false,
            update_every: SignedDuration::from_mins(30),
        };
        levels.iter().map(rule).collect()
    }

    /// Every way through the questions, leaving out any of them.
    fn paths(questions: &[ImpactQuestion]) -> Vec<Vec<(String, String)>> {
        questions.iter().fold(vec![Vec::new()], |paths, question| {
            let mut longer = paths.clone();
            for answer in &question.answers {
                longer.extend(paths.iter().map(|path| {
                    let given = (question.ask.clone(), answer.say.clone());
                    path.iter().cloned().chain([given]).collect()
                }));
            }
            longer
        })
    }

    /// Every path ends at a configured severity, and every severity is at the end of one, also
    /// where nothing is left out.
    #[test]
    fn every_path_ends_and_every_severity_is_reachable() {
        for levels in [&[1, 2, 3, 4][..], &[1, 2, 3], &[2, 3], &[1], &[1, 2, 3, 4, 5]] {
            let severities = rules(levels);
            let questions = questions(None, &severities).expect("the customary ones");
            let known: BTreeSet<u8> = levels.iter().copied().filter(|level| *level < 5).collect();
            let mut reached = BTreeSet::new();
            let mut reached_by_all = BTreeSet::new();
            for path in paths(&questions) {
                let Some(assessed) = assess(&questions, &path) else {
                    assert!(path.is_empty(), "{path:?} ends nowhere");
                    continue;
                };
                assert_eq!(assessed.answers.len(), path.len());
                reached.insert(assessed.proposed.level());
                if path.len() == questions.len() {
                    reached_by_all.insert(assessed.proposed.level());
                }
            }
            assert_eq!(reached, known, "{levels:?}");
            assert_eq!(reached_by_all, known, "{levels:?}");
        }
    }

    /// What is configured is asked as it is written, and a mistake is told by its setting.
    #[test]
    fn mistakes_are_told_by_their_setting() {
        let severities = rules(&[1, 2]);
        let ask = |ask: &str, answers: &[(&str, u8)]| ImpactQuestionSetting {
            ask: ask.to_owned(),
            answers: answers
                .iter()
                .map(|(say, severity)| ImpactAnswerSetting {
                    say: (*say).to_owned(),
                    severity: *severity,
                })
                .collect(),
        };
        let good = ask("What fails?", &[("All", 1), ("Some", 2)]);
        let read = questions(Some(std::slice::from_ref(&good)), &severities).expect("it is good");
        assert_eq!((read.len(), read[0].answers[1].severity.level()), (1, 2));
        assert_eq!(questions(Some(&[]), &severities).expect("nothing is asked"), []);
        let long = "x".repeat(76);
        for (wrong, setting) in [
            (vec![good.clone(); 6], "impact_questions"),
            (vec![good.clone(), good.clone()], "impact_questions.ask"),
            (vec![ask(" ", &[("All", 1), ("Some", 2)])], "impact_questions.ask"),
            (vec![ask("What fails?", &[("All", 1)])], "impact_questions.answers"),
            (vec![ask("What fails?", &[("A", 1), ("A", 2)])], "impact_questions.answers.say"),
            (vec![ask("What fails?", &[("A", 1), (&long, 2)])], "impact_questions.answers.say"),
            (vec![ask("What fails?", &[("A", 1), ("B", 3)])], "impact_questions.answers.severity"),
        ] {
            let fault = questions(Some(&wrong), &severities).expect_err(setting);
            assert_eq!(fault.setting, setting);
            assert!(fault.repair.len() > 10, "{fault}");
        }
    }
}
