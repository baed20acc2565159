//! The one list of commands: words, synonyms, arguments, help, examples.

use super::{
    Asked, Instead, escalate, frontline, invite, length,
    marks::plain,
    nearest::nearest,
    note, role, scale, stage,
    typed::{Typed, unquoted},
    update,
};
use sima_incident::{Command, Role};

/// One command.
pub struct Spec {
    /// The word itself.
    pub word: &'static str,
    /// Other words people type for it.
    pub synonyms: &'static [&'static str],
    /// What may follow, as shown in help; empty if nothing.
    pub arguments: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
    /// What one may type after the slash command.
    pub example: &'static str,
    /// Where it may be used.
    pub place: Where,
    /// Reads what was typed; says in a sentence what is missing.
    pub(super) read: fn(&Typed<'_>) -> Result<Asked, String>,
}

/// Where a command may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// In any channel.
    Anywhere,
    /// In an incident channel; elsewhere one is asked which incident is meant.
    Incident,
}

/// Every command, in the order of help.
pub static REGISTRY: &[Spec] = &[
    Spec {
        word: "open",
        synonyms: &["declare", "new", "create", "start", "raise", "trigger"],
        arguments: "[what is broken] [sev2] [domain]",
        help: "Open an incident; without a text, by a form",
        example: "open Checkout answers 500 sev1 payments",
        place: Where::Anywhere,
        read: |typed| Ok(Asked::Open { line: plain(unquoted(typed.rest)) }),
    },
    Spec {
        word: "info",
        synonyms: &["status", "show", "what", "summary", "details", "i"],
        arguments: "[INC-42]",
        help: "Show the incident as it is, to you alone",
        example: "info",
        place: Where::Incident,
        read: scale::info,
    },
    Spec {
        word: "catchup",
        synonyms: &["catch-up", "catch", "summarize", "summarise", "tldr", "news"],
        arguments: "[INC-42]",
        help: "Tell you alone what you have to know now, and what is new to you",
        example: "catchup",
        place: Where::Incident,
        read: scale::catch_up,
    },
    Spec {
        word: "timeline",
        synonyms: &["history", "events", "story", "tl"],
        arguments: "[INC-42] [all]",
        help: "Show you alone what happened, in order; with all, everything that was recorded",
        example: "timeline all",
        place: Where::Incident,
        read: scale::timeline,
    },
    Spec {
        word: "update",
        synonyms: &["post", "say", "comment", "announce", "u"],
        arguments: "[where things stand] [next 30m]",
        help: "Tell the channel and the company where things stand; without a text, by a form",
        example: "update Rolled back, error rate is falling, next 20m",
        place: Where::Incident,
        read: |typed| Ok(update::update(typed.rest)),
    },
    Spec {
        word: "note",
        synonyms: &["log", "remember", "add", "n"],
        arguments: "[10:04 | 10m ago] [what happened]",
        help: "Put something on the timeline, when it happened; without a text, by a form",
        example: "note 10:04 The deploy of 4.12.3 ended",
        place: Where::Incident,
        read: |typed| Ok(note::note(typed.rest)),
    },
    Spec {
        word: "ack",
        synonyms: &[
            "acknowledge",
            "acknowledged",
            "investigating",
            "investigate",
            "take",
            "mine",
            "looking",
        ],
        arguments: "",
        help: "Say that you are on it: the stage becomes Investigating",
        example: "ack",
        place: Where::Incident,
        read: |_| Ok(Asked::Change(Command::Acknowledge)),
    },
    Spec {
        word: "fixing",
        synonyms: &["fix", "identified", "identify", "repairing", "found"],
        arguments: "",
        help: "Say that the cause is known and the repair is under way",
        example: "fixing",
        place: Where::Incident,
        read: |_| Ok(Asked::Change(Command::Identify)),
    },
    Spec {
        word: "monitoring",
        synonyms: &["monitor", "mitigated", "mitigate", "watching", "watch"],
        arguments: "",
        help: "Say that the impact has stopped and you watch whether it holds",
        example: "monitoring",
        place: Where::Incident,
        read: |_| Ok(Asked::Change(Command::Mitigate)),
    },
    Spec {
        word: "recover",
        synonyms: &["resolve", "resolved", "fixed", "recovered", "solved", "done", "over", "end"],
        arguments: "[15m ago]",
        help: "Say that the system is back to normal",
        example: "recover 10m ago",
        place: Where::Incident,
        read: stage::recover,
    },
    Spec {
        word: "close",
        synonyms: &["closed", "finish"],
        arguments: "",
        help: "Say that the learning is done too",
        example: "close",
        place: Where::Incident,
        read: |_| Ok(Asked::Change(Command::Close)),
    },
    Spec {
        word: "reopen",
        synonyms: &["reopened", "again", "unresolve"],
        arguments: "[what came back]",
        help: "Say that it was not over after all",
        example: "reopen Errors are back since the restart",
        place: Where::Incident,
        read: |typed| Ok(stage::reopen(typed.rest)),
    },
    Spec {
        word: "dismiss",
        synonyms: &[
            "dismissed",
            "cancel",
            "false-positive",
            "false-alarm",
            "duplicate",
            "dup",
            "mistake",
        ],
        arguments: "[false positive | duplicate of INC-7 | mistake]",
        help: "Say that it was no incident",
        example: "dismiss duplicate of INC-7",
        place: Where::Incident,
        read: stage::dismiss,
    },
    Spec {
        word: "stage",
        synonyms: &["state", "phase"],
        arguments: "investigating | fixing | monitoring | recovered | closed",
        help: "Move the incident to a stage",
        example: "stage fixing",
        place: Where::Incident,
        read: stage::stage,
    },
    Spec {
        word: "severity",
        synonyms: &["sev", "priority", "level"],
        arguments: "sev1 … sev4",
        help: "Say how bad it is",
        example: "severity sev2",
        place: Where::Incident,
        read: scale::severity,
    },
    Spec {
        word: "impact",
        synonyms: &["affected", "clients", "customers", "users"],
        arguments: "a number | unknown",
        help: "Say how many clients are affected",
        example: "impact 1200",
        place: Where::Incident,
        read: scale::impact,
    },
    Spec {
        word: "domain",
        synonyms: &["area", "service", "team"],
        arguments: "a domain",
        help: "Say which part of the business it is about",
        example: "domain payments",
        place: Where::Incident,
        read: scale::domain,
    },
    Spec {
        word: "role",
        synonyms: &["roles", "assign"],
        arguments: "im | cl [@person | drop]",
        help: "Take a role, give it to somebody, or leave it",
        example: "role im @nour",
        place: Where::Incident,
        read: role::role,
    },
    Spec {
        word: "im",
        synonyms: &["manager", "lead", "commander", "incident-manager", "ic"],
        arguments: "[@person | drop]",
        help: "Become incident manager, or say who is",
        example: "im @nour",
        place: Where::Incident,
        read: |typed| role::holder(Role::IncidentManager, typed.rest),
    },
    Spec {
        word: "cl",
        synonyms: &["comms", "communication", "communication-lead", "spokesperson"],
        arguments: "[@person | drop]",
        help: "Become communication lead, or say who is",
        example: "cl @theo",
        place: Where::Incident,
        read: |typed| role::holder(Role::CommunicationLead, typed.rest),
    },
    Spec {
        word: "escalate",
        synonyms: &["escalation", "esc", "next"],
        arguments: "[next | domain | @person | @group | policy name] [why]",
        help: "Call the next in line, or somebody else; without a text, by a form",
        example: "escalate payments The database refuses every payment",
        place: Where::Incident,
        read: |typed| Ok(escalate::escalate(typed)),
    },
    Spec {
        word: "page",
        synonyms: &["call", "wake", "ring", "summon"],
        arguments: "[domain | @person] [why]",
        help: "Page the on-call person, of this domain or another",
        example: "page Nobody knows how to fail over",
        place: Where::Incident,
        read: |typed| Ok(escalate::page(typed)),
    },
    Spec {
        word: "invite",
        synonyms: &["bring"],
        arguments: "[@person … @group …]",
        help: "Invite people and groups into the channel; without a name, by a form",
        example: "invite @lea @support",
        place: Where::Incident,
        read: invite::invite,
    },
    Spec {
        word: "private",
        synonyms: &["hide", "confidential", "secret"],
        arguments: "[now]",
        help: "Hide an incident that should have been private, for good",
        example: "private",
        place: Where::Incident,
        read: invite::private,
    },
    Spec {
        word: "report",
        synonyms: &["reports", "complaint", "complaints", "ticket", "tickets"],
        arguments: "[how many] [an example]",
        help: "Count customers who told us of it; without a text, by a form",
        example: "report 40 Cannot pay by card",
        place: Where::Incident,
        read: |typed| Ok(frontline::report(typed)),
    },
    Spec {
        word: "ask",
        synonyms: &["question", "questions"],
        arguments: "[a question]",
        help: "Ask the communication lead; the answer reaches all who asked",
        example: "ask Are payments lost, or only late?",
        place: Where::Incident,
        read: |typed| Ok(frontline::ask(typed)),
    },
    Spec {
        word: "answer",
        synonyms: &["answers", "reply", "respond"],
        arguments: "[number] [the answer]",
        help: "Answer the questions that wait; without a text, by a form",
        example: "answer 1 No payment is lost",
        place: Where::Incident,
        read: |typed| Ok(frontline::answer(typed)),
    },
    Spec {
        word: "wording",
        synonyms: &["words", "wordings", "statement"],
        arguments: "[new | what customers may be told]",
        help: "Show what customers may be told, or approve it",
        example: "wording new",
        place: Where::Incident,
        read: |typed| Ok(frontline::wording(typed)),
    },
    Spec {
        word: "postmortem",
        synonyms: &["post-mortem", "retro", "retrospective", "review", "learnings"],
        arguments: "",
        help: "Show where the post-mortem is, or when it comes",
        example: "postmortem",
        place: Where::Incident,
        read: |_| Ok(Asked::Postmortem),
    },
    Spec {
        word: "rootcause",
        synonyms: &["root-cause", "rca", "cause"],
        arguments: "",
        help: "Show where the root cause is written down",
        example: "rootcause",
        place: Where::Incident,
        read: |_| Ok(Asked::Instead(Instead::RootCause)),
    },
    Spec {
        word: "tasks",
        synonyms: &["task", "actions", "action-items", "todo"],
        arguments: "",
        help: "Show where the action items are written down",
        example: "tasks",
        place: Where::Incident,
        read: |_| Ok(Asked::Instead(Instead::Tasks)),
    },
    Spec {
        word: "oncall",
        synonyms: &["on-call", "who", "rota", "duty"],
        arguments: "[domain]",
        help: "Show who is on call for each domain",
        example: "oncall payments",
        place: Where::Anywhere,
        read: |typed| Ok(escalate::on_call(typed)),
    },
    Spec {
        word: "list",
        synonyms: &["ls", "incidents", "all", "active"],
        arguments: "",
        help: "Show the open incidents",
        example: "list",
        place: Where::Anywhere,
        read: |_| Ok(Asked::List),
    },
    Spec {
        word: "metrics",
        synonyms: &["figures", "stats", "statistics", "numbers", "mttr", "mtta"],
        arguments: "",
        help: "Show how long it takes us to acknowledge, to repair and to recover",
        example: "metrics",
        place: Where::Anywhere,
        read: |_| Ok(Asked::Metrics),
    },
    Spec {
        word: "drill",
        synonyms: &["practise", "practice", "exercise", "rehearse"],
        arguments: "[what is broken] [sev2] [domain]",
        help: "Open an incident for practice: it pages nobody and counts nowhere",
        example: "drill Checkout answers 500 sev1 payments",
        place: Where::Anywhere,
        read: |typed| Ok(Asked::Practise { line: plain(unquoted(typed.rest)) }),
    },
    Spec {
        word: "tutorial",
        synonyms: &["learn", "lesson", "tour"],
        arguments: "",
        help: "Say how to learn it: by practising",
        example: "tutorial",
        place: Where::Anywhere,
        read: |_| Ok(Asked::Instead(Instead::Tutorial)),
    },
    Spec {
        word: "feedback",
        synonyms: &["survey", "suggest"],
        arguments: "",
        help: "Say where to leave what went well or badly",
        example: "feedback",
        place: Where::Anywhere,
        read: |_| Ok(Asked::Instead(Instead::Feedback)),
    },
    Spec {
        word: "help",
        synonyms: &["?", "h", "commands", "usage", "man", "how"],
        arguments: "[command]",
        help: "Show the commands, or one of them",
        example: "help recover",
        place: Where::Anywhere,
        read: |typed| {
            let word = super::typed::split(typed.rest).word;
            if word.is_empty() {
                return Ok(Asked::Help { about: None });
            }
            match about(&word) {
                Some(spec) => Ok(Asked::Help { about: Some(spec) }),
                None => Ok(Asked::Mistyped {
                    nearest: nearest(&word),
                    given: word,
                    rest: String::new(),
                }),
            }
        },
    },
];

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Spec").field(&self.word).finish()
    }
}

impl PartialEq for Spec {
    fn eq(&self, other: &Self) -> bool {
        self.word == other.word
    }
}

impl Spec {
    /// Every word that means it, its own first.
    pub fn words(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.word).chain(self.synonyms.iter().copied())
    }
}

/// The command a word means.
pub fn about(word: &str) -> Option<&'static Spec> {
    REGISTRY.iter().find(|spec| spec.words().any(|known| known == word))
}

/// Reads how long ago, such as `10m ago`, or `since 10m`.
pub(super) fn ago(text: &str) -> Option<jiff::SignedDuration> {
    let text = plain(text).to_lowercase();
    let text = text.trim().trim_start_matches("since ").trim_end_matches(" ago").trim();
    length::read(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_means_two_commands() {
        let mut words: Vec<&str> = REGISTRY.iter().flat_map(Spec::words).collect();
        words.sort_unstable();
        let all = words.len();
        words.dedup();
        assert_eq!(words.len(), all);
    }

    #[test]
    fn every_example_is_understood_and_every_line_fits_help() {
        for spec in REGISTRY {
            let asked = crate::commands::parse(spec.example);
            let understood = !matches!(asked, Asked::Mistyped { .. } | Asked::Incomplete { .. });
            // A mention in an example is typed with @, which only Slack can turn into a person.
            assert!(understood || spec.example.contains('@'), "{}: {asked:?}", spec.example);
            assert!(spec.help.chars().count() <= 90 && !spec.help.ends_with('.'), "{}", spec.word);
            assert!(spec.example.starts_with(spec.word), "{}", spec.word);
        }
    }
}
