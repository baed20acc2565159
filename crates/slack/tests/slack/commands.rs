//! Commands, as people type them.

use jiff::SignedDuration;
use sima_incident::{Command, Dismissal, EscalateTo, Impact, IncidentNumber, PersonId, Role};
use sima_slack::commands::{Asked, Next, When, domain_named, parse, plain, understand};

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
        ("timeline", Asked::Timeline { number: None, all: false }),
        ("history INC-7 all", Asked::Timeline { number: Some(IncidentNumber(7)), all: true }),
        ("catchup", Asked::CatchUp { number: None }),
        ("catch me up", Asked::CatchUp { number: None }),
        ("catch up inc-7", Asked::CatchUp { number: Some(IncidentNumber(7)) }),
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
        ("api", "", None, Some("api")),
        ("sev1", "", Some(1), None),
        ("sev1 api", "", Some(1), Some("api")),
        ("", "", None, None),
        // In any order.
        ("sev2 Checkout is down api", "Checkout is down api", Some(2), Some("api")),
        ("api: sev2 Checkout is down", "Checkout is down", Some(2), Some("api")),
        ("sev2 api: Checkout is down", "Checkout is down", Some(2), Some("api")),
        ("Checkout is sev2 down", "Checkout is down", Some(2), None),
        ("Checkout is down, p2 #api", "Checkout is down", Some(2), Some("api")),
        ("Checkout is down (severity 1)", "Checkout is down", Some(1), None),
        ("The api answers nothing", "The api answers nothing", None, Some("api")),
        ("We cannot reach the api sev1", "We cannot reach the api", Some(1), Some("api")),
        // With slips.
        ("Nothing leaves sve2 outbound mail", "Nothing leaves", Some(2), Some("outbound-email")),
        ("Nothing leaves seev1 outbuond-email", "Nothing leaves", Some(1), Some("outbound-email")),
        ("Nothing leaves SEV-1 Outbound  Emial", "Nothing leaves", Some(1), Some("outbound-email")),
        (
            "outboundemail delivery sev 3 is late",
            "outboundemail delivery is late",
            Some(3),
            Some("outbound-email"),
        ),
        // What only looks like one belongs to the sentence.
        ("dev2 and srv1 are down", "dev2 and srv1 are down", None, None),
        ("Uploads to S3 fail", "Uploads to S3 fail", None, None),
        ("p1 and p2 are swapped in the form", "p1 and p2 are swapped in the form", None, None),
        ("Severity is shown wrongly", "Severity is shown wrongly", None, None),
        ("The app is slow", "The app is slow", None, None),
    ] {
        let understood = understand(line, &policy);
        assert_eq!(understood.summary, summary, "{line}");
        assert_eq!(understood.severity, severity.map(sev), "{line}");
        assert_eq!(understood.domain.map(|domain| domain.0).as_deref(), domain, "{line}");
    }
    let drill = understand("Practise a failover sev3 --drill --private", &policy);
    assert!(drill.drill && drill.private && drill.summary == "Practise a failover");
}

/// What was understood is shown with the words it was taken from.
#[test]
fn the_words_a_line_was_understood_from_are_kept() {
    let policy = policy();
    let heard = understand("Nothing leaves (sve2) “outbound mail” --private", &policy).heard;
    let said = |heard: Option<String>| heard.unwrap_or_default();
    assert_eq!(said(heard.severity), "sve2");
    assert_eq!(said(heard.domain), "outbound mail");
    assert_eq!(said(heard.private), "private");
    // A word of the sentence may be no mark, yet what should have been private cannot be taken back.
    assert!(understand("Passwords were leaked private", &policy).private);
    assert!(!understand("The private pages are slow", &policy).private);
    // Of two domains that a sentence names neither counts more.
    let both = understand("The API loses outbound-email of customers", &policy);
    assert_eq!(both.domain, None);
    let among: Vec<&str> = both.heard.among.iter().map(|domain| domain.0.as_str()).collect();
    assert_eq!(among, ["api", "outbound-email"]);
    let apart = understand("The API loses mails sev2 outbound-email", &policy);
    assert_eq!(apart.domain.expect("one").0, "outbound-email");
}

#[test]
fn a_domain_is_named_as_people_type_it() {
    let policy = policy();
    let named = |text: &str| domain_named(text, &policy).ok().map(|domain| domain.key.0.as_str());
    for (text, expected) in [
        ("api", Some("api")),
        ("API", Some("api")),
        ("Outbound Email Delivery", Some("outbound-email")),
        ("outbound mail", Some("outbound-email")),
        ("outbuond-email", Some("outbound-email")),
        ("apt", None),
        ("", None),
        ("!!", None),
    ] {
        assert_eq!(named(text), expected, "{text}");
    }
    assert_eq!(parse("domain to api"), Asked::Domain { given: "api".to_owned() });
    assert!(matches!(parse("domain"), Asked::Incomplete { .. }));
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
        let understood = understand(&plain(&line), &policy);
        // Nothing of the sentence is lost but what was understood.
        let kept = understood.summary.split_whitespace();
        let mut said = plain(&line);
        for word in kept {
            let at = said.find(word).unwrap_or_else(|| panic!("{word:?} is not in {line:?}"));
            said = said.split_off(at + word.len());
        }
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
