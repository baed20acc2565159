//! Commands, as people type them.

use jiff::SignedDuration;
use sima_incident::{Command, Dismissal, EscalateTo, Impact, IncidentNumber, PersonId, Role};
use sima_slack::commands::{Asked, Next, When, parse, plain, understand};

use crate::cast::{nour, policy, sev};

#[test]
fn what_people_type_is_understood() {
    let change = Asked::Change;
    let open = |line: &str| Asked::Open { line: line.to_owned() };
    let minutes = SignedDuration::from_mins;
    let update = |text: &str, next| Asked::Update { text: text.to_owned(), next };
    let cases = [
        ("", Asked::Help { about: None }),
        ("help", Asked::Help { about: None }),
        ("?", Asked::Help { about: None }),
        ("open", open("")),
        ("OPEN  “API down” ", open("API down")),
        ("declare a &amp; b for <@U1|nour>", open("a & b for @nour")),
        ("status", Asked::Info { number: None }),
        ("what is going on?", Asked::Info { number: None }),
        ("info inc-7", Asked::Info { number: Some(IncidentNumber(7)) }),
        ("update", update("", Next::Usual)),
        ("update Rolled back, next 30m", update("Rolled back", Next::In(minutes(30)))),
        ("note", Asked::Note { text: String::new(), when: When::Now }),
        (
            "note “A &amp; B are back”",
            Asked::Note { text: "A & B are back".to_owned(), when: When::Now },
        ),
        (
            "log 10m ago restarted <@U1|nour>'s pod",
            Asked::Note { text: "restarted @nour's pod".to_owned(), when: When::Ago(minutes(10)) },
        ),
        ("ack", change(Command::Acknowledge)),
        ("investigating", change(Command::Acknowledge)),
        ("fixing", change(Command::Identify)),
        ("mitigated", change(Command::Mitigate)),
        ("fixed", change(Command::Recover { at: None })),
        ("resolve now", change(Command::Recover { at: None })),
        ("recover 10m ago", Asked::Recover { ago: minutes(10) }),
        ("close", change(Command::Close)),
        ("reopen", Asked::ReopenForm),
        ("reopen It is back", change(Command::Reopen { reason: "It is back".to_owned() })),
        ("dismiss", Asked::DismissForm),
        ("false-alarm", change(Command::Dismiss(Dismissal::FalsePositive))),
        ("dismiss False positive", change(Command::Dismiss(Dismissal::FalsePositive))),
        ("dup INC-7", change(Command::Dismiss(Dismissal::DuplicateOf(IncidentNumber(7))))),
        (
            "dismiss duplicate of #7",
            change(Command::Dismiss(Dismissal::DuplicateOf(IncidentNumber(7)))),
        ),
        ("dismiss opened by mistake", change(Command::Dismiss(Dismissal::Mistake))),
        ("stage fixing", change(Command::Identify)),
        ("stage recovered", change(Command::Recover { at: None })),
        ("severity SEV1", change(Command::SetSeverity(sev(1)))),
        ("sev 2", change(Command::SetSeverity(sev(2)))),
        ("impact ~1.8k merchants", change(Command::SetImpact(Impact::Clients(1800)))),
        ("impact unknown", change(Command::SetImpact(Impact::Unknown))),
        ("im", Asked::GiveRole { role: Role::IncidentManager, to: None }),
        ("role im me", Asked::GiveRole { role: Role::IncidentManager, to: None }),
        (
            "role incident manager <@U0NOUR0001|nour>",
            Asked::GiveRole { role: Role::IncidentManager, to: Some(nour()) },
        ),
        ("comms", Asked::GiveRole { role: Role::CommunicationLead, to: None }),
        ("cl drop", change(Command::DropRole(Role::CommunicationLead))),
        ("list", Asked::List),
        ("mttr", Asked::Metrics),
    ];
    for (text, expected) in cases {
        assert_eq!(parse(text), expected, "{text:?}");
    }
}

#[test]
fn a_command_without_what_it_needs_says_so() {
    for (text, command) in [
        ("severity", "severity"),
        ("severity high", "severity"),
        ("impact", "impact"),
        ("impact many", "impact"),
        ("role", "role"),
        ("role chef", "role"),
        ("im nour", "im"),
        ("dismiss whatever", "dismiss"),
        ("dup", "dismiss"),
        ("stage", "stage"),
        ("stage help", "stage"),
        ("recover yesterday", "recover"),
        ("info checkout", "info"),
    ] {
        let Asked::Incomplete { command: spec, why } = parse(text) else { panic!("{text}") };
        assert_eq!(spec.word, command, "{text}");
        assert!(why.ends_with('.'), "{why}");
    }
}

#[test]
fn a_mistyped_word_never_dead_ends() {
    for (text, nearest, rest) in [
        ("reslove", Some("resolve"), ""),
        ("reslove 10m ago", Some("resolve"), "10m ago"),
        ("opne <@U1|nour> &amp; co", Some("open"), "<@U1|nour> &amp; co"),
        ("checkout is down", None, "is down"),
    ] {
        let Asked::Mistyped { nearest: found, rest: kept, .. } = parse(text) else {
            panic!("{text}")
        };
        assert_eq!((found, kept.as_str()), (nearest, rest), "{text}");
    }
}

#[test]
fn a_line_is_understood_beyond_its_summary() {
    let policy = policy();
    for (line, summary, severity, domain) in [
        ("Checkout answers 500", "Checkout answers 500", None, None),
        ("Checkout answers 500 sev1 api", "Checkout answers 500", Some(1), Some("api")),
        ("Checkout answers 500 api sev1", "Checkout answers 500", Some(1), Some("api")),
        (
            "Queue stuck, SEV2 outbound email delivery",
            "Queue stuck",
            Some(2),
            Some("outbound-email"),
        ),
        ("We cannot reach the API", "We cannot reach the API", None, Some("api")),
        ("sev1: everything is down", "everything is down", Some(1), None),
        ("Only 2", "Only 2", None, None),
        ("sev9 is not ours sev9", "sev9 is not ours sev9", None, None),
        ("api", "api", None, None),
        ("sev1", "sev1", None, None),
        ("", "", None, None),
    ] {
        let understood = understand(line, &policy);
        assert_eq!(understood.summary, summary, "{line}");
        assert_eq!(understood.severity, severity.map(sev), "{line}");
        assert_eq!(understood.domain.map(|domain| domain.0).as_deref(), domain, "{line}");
    }
    let drill = understand("Practise a failover sev3 --drill --private", &policy);
    assert!(drill.drill && drill.private && drill.summary == "Practise a failover");
}

/// Random lines from pieces that go wrong easily; the same ones every time.
struct Lines(u64);

impl Lines {
    fn number(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % below as u64).expect("small")
    }

    fn next(&mut self) -> String {
        const PIECES: &[&str] = &[
            "open",
            "role",
            "im",
            "update",
            "next",
            "recover",
            "dismiss",
            "dup",
            "stage",
            "impact",
            "severity",
            "info",
            "help",
            "reslove",
            "<@U1|n>",
            "<@",
            ">",
            "<",
            "|",
            "&amp;",
            "&",
            "“",
            "”",
            "\"",
            "'",
            "«",
            " ",
            "  ",
            "\u{a0}",
            "\u{200b}",
            "\n",
            "30m",
            "1h30",
            "-1",
            "1,200",
            "1.8k",
            "999999999999999999999",
            "½",
            "é",
            "İ",
            "ß",
            "👩‍👧",
            "🇫🇷",
            "الدفع",
            "支付",
            "?",
            "!",
            "…",
            "/",
            "sev2",
            "api",
            "--drill",
            "of",
            "INC-7",
            "ago",
            "none",
            "\u{0}",
            "\u{202e}",
            "k",
            "m",
            "µ",
            "#",
            "to",
            "<!channel>",
            "<https://a.test|b>",
        ];
        let length = self.number(9);
        (0..length).map(|_| PIECES[self.number(PIECES.len())]).collect()
    }
}

#[test]
fn whatever_is_typed_is_answered() {
    let policy = policy();
    let mut lines = Lines(0x5eed);
    for _ in 0..10_000 {
        let line = lines.next();
        let asked = parse(&line);
        understand(&plain(&line), &policy);
        if let Asked::Mistyped { nearest: Some(meant), rest, .. } = asked {
            let again = parse(&format!("{meant} {rest}"));
            assert!(!matches!(again, Asked::Mistyped { given, .. } if given == meant), "{line:?}");
        }
    }
}

#[test]
fn whom_to_call_is_read_from_marks_and_words() {
    let asked = |to, why: &str, page| Asked::Escalate { to, why: why.to_owned(), page };
    let person = || Some(EscalateTo::Person(PersonId("U1".to_owned())));
    let policy = |name: &str| Some(EscalateTo::Policy(name.to_owned()));
    for (line, expected) in [
        ("escalate", asked(None, "", false)),
        ("page", asked(None, "", true)),
        ("escalate <@U1|malik> He knows &amp; cares", asked(person(), "He knows & cares", false)),
        ("page to <@U1>: wake up", asked(person(), "wake up", true)),
        ("call <@U1>", asked(person(), "", true)),
        (
            "escalate <!subteam^S1|@ops> all hands",
            asked(Some(EscalateTo::Group("S1".to_owned())), "all hands", false),
        ),
        ("escalate next", asked(Some(EscalateTo::NextLevel), "", false)),
        (
            "esc next level nobody answers",
            asked(Some(EscalateTo::NextLevel), "nobody answers", false),
        ),
        ("escalate next in line: asleep", asked(Some(EscalateTo::NextLevel), "asleep", false)),
        ("escalate policy Database it is slow", asked(policy("Database"), "it is slow", false)),
        ("escalate policy “Data base”: slow", asked(policy("Data base"), "slow", false)),
        ("escalate payments it is down", asked(None, "payments it is down", false)),
        ("escalate <!channel> now", asked(None, "@channel now", false)),
        ("on-call", Asked::OnCall { domain: String::new() }),
        ("who payments", Asked::OnCall { domain: "payments".to_owned() }),
    ] {
        assert_eq!(parse(line), expected, "{line}");
    }
}
