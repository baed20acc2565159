//! The first rule that matches says what is done; without one, an alert opens an incident.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize as _;
use sima_alerts::{Alert, GROUP_WITHIN, OnResolved, Rules, Then, Verdict};
use sima_incident::{AlertState, DomainKey, Policy, Severity};

use crate::ruled::{INTEGRATIONS, alert, policy, rules, severity};

fn opened(verdict: Verdict) -> (String, u8) {
    match verdict {
        Verdict::Open { domain, severity, .. } => (domain.0, severity.level()),
        other => panic!("it opens, not {other:?}"),
    }
}

#[test]
fn without_rules_an_alert_opens_with_the_defaults() {
    let verdict = Rules::default().judge(&alert(), &policy());
    let expected = Verdict::Open {
        domain: DomainKey("api".into()),
        severity: severity(2),
        private: false,
        rule: None,
        group: r#"["alertmanager","default","api"]"#.into(),
        within: GROUP_WITHIN,
        on_resolved: OnResolved::Offer,
    };
    assert_eq!(verdict, expected);
}

#[test]
fn a_label_that_names_a_domain_is_believed() {
    let cases = [
        ("email", "email"),
        ("Outbound email", "email"),
        ("outbound-email", "email"),
        ("OUTBOUND_EMAIL ", "email"),
        ("API", "api"),
        ("billing", "api"),
    ];
    for (hint, domain) in cases {
        let alert = Alert { domain_hints: vec!["unheard of".into(), hint.into()], ..alert() };
        assert_eq!(opened(Rules::default().judge(&alert, &policy())).0, domain, "{hint}");
    }
}

#[test]
fn a_severity_is_mapped_to_one_that_is_configured_and_never_to_a_worse() {
    let judged = |severity: Option<Severity>, policy: &Policy| {
        opened(Rules::default().judge(&Alert { severity, ..alert() }, policy)).1
    };
    for (said, expected) in [(Some(1), 1), (Some(3), 3), (Some(4), 3), (None, 2)] {
        assert_eq!(judged(said.map(severity), &policy()), expected, "{said:?}");
    }
    let mut without_the_worst = policy();
    without_the_worst.severities.remove(0);
    assert_eq!(judged(Some(severity(1)), &without_the_worst), 2);
}

#[test]
fn the_first_rule_that_matches_counts() {
    let rules = rules(
        r#"
        [[rules]]
        name = "noise"
        title = "*flapping*"
        then = "ignore"

        [[rules]]
        source = "generic"
        then = "record"

        [[rules]]
        labels = { team = "mail*", severity = "PAGE" }
        domain = "email"
        severity = "SEV1"
        private = true

        [[rules]]
        then = "ignore"
        "#,
    );
    assert_eq!(rules.problems(&policy(), &INTEGRATIONS), Vec::<String>::new());
    let judge = |alert: Alert| rules.judge(&alert, &policy());
    let flapping = Alert { full_title: "API is Flapping again".into(), ..alert() };
    assert_eq!(judge(flapping), Verdict::Ignore { rule: "noise".into() });
    let generic = Alert { source: "generic".into(), ..alert() };
    assert_eq!(judge(generic), Verdict::Record { rule: "rule 2".into() });
    let expected = Verdict::Open {
        domain: DomainKey("email".into()),
        severity: severity(1),
        private: true,
        rule: Some("rule 3".into()),
        group: r#"["alertmanager","rule 3","email","private"]"#.into(),
        within: GROUP_WITHIN,
        on_resolved: OnResolved::Offer,
    };
    assert_eq!(judge(alert()), expected);
    // A label that is missing does not match.
    let unlabelled = Alert { labels: BTreeMap::new(), ..alert() };
    assert_eq!(judge(unlabelled), Verdict::Ignore { rule: "rule 4".into() });
}

#[test]
fn mistakes_in_rules_are_found_at_start() {
    let rules = rules(
        r#"
        [[rules]]
        source = "nagios"
        domain = "billing"
        severity = 4

        [[rules]]
        then = "ignore"
        private = true
        on_resolved = "recover"

        [[rules]]
        then = "propose"
        private = true
        integration = ["prod-*", "!generic"]

        [[rules]]
        name = "queue"
        integration = "prometheus-*"
        group_within = "-5m"
        group_by = ["cluster", "queue", "cluster"]

        [[rules]]
        name = "queue"
        then = "record"
        group_by = ["cluster"]

        [[rules]]
        name = "asked"
        then = "propose"
        domain = "api"
        on_resolved = "recover"
        "#,
    );
    insta::assert_snapshot!(rules.problems(&policy(), &INTEGRATIONS).join("\n"), @r#"
    rule 1: no alert source is called "nagios" (alertmanager, azure, betterstack, cloudevents, cloudwatch, datadog, elastic, generic, google, grafana, newrelic, opsgenie, pagerduty, pingdom, sentry, uptimekuma, uptimerobot, zabbix)
    rule 1: no domain has the key "billing"
    rule 1: SEV4 is not configured
    rule 2: domain, severity and private say how to open, but it does not open
    rule 2: group_by, group_within and on_resolved are about an incident, but it opens none
    rule 3: no integration is called "prod-*" or "!generic" (alertmanager, generic, prometheus-eu)
    rule 3: what is proposed is seen by everyone in the channel, so it cannot be private: write then = "open", or take private out
    queue: group_within is negative: write a duration such as 5m, or 0s
    queue: group_by names a label twice: take one out
    queue: group_by, group_within and on_resolved are about an incident, but it opens none
    queue: another rule has this name: give it one of its own
    asked: it proposes, but there is no channel to ask in for api: set channel of the domain, or alerts.proposals_channel for all
    asked: people open what is proposed, and people say when it is over: take on_resolved out, or write then = "open"
    "#);
}

#[test]
fn unknown_words_in_rules_are_refused() {
    for toml in [
        "[[rules]]\nthn = \"open\"",
        "[[rules]]\nthen = \"close\"",
        "[[rules]]\nseverity = \"bad\"",
        "[[rules]]\nseverity = 0",
        "[[rules]]\nlabels = 3",
        "[[rules]]\nstate = \"pending\"",
        "[[rules]]\nalert_severity = \"bad\"",
        "[[rules]]\ngroup_within = \"soon\"",
        "[[rules]]\ntitle = []",
        "[[rules]]\ntitle = [[\"x\"]]",
    ] {
        let table: toml::Table = toml.parse().expect("TOML");
        let rules = table["rules"].clone();
        assert!(Rules::deserialize(rules).is_err(), "{toml}");
    }
}

#[test]
fn each_condition_lets_in_what_it_says_and_nothing_else() {
    let resolved =
        Alert { state: AlertState::Resolved { since: Timestamp::UNIX_EPOCH }, ..alert() };
    let described = Alert { description: Some("mail waits".into()), ..alert() };
    let severe = Alert { severity: Some(severity(1)), ..alert() };
    for (condition, fits, other) in [
        ("integration = \"alert*\"", alert(), Alert { integration: "generic".into(), ..alert() }),
        ("state = \"resolved\"", resolved.clone(), alert()),
        ("state = \"firing\"", alert(), resolved),
        ("alert_severity = \"SEV1\"", severe.clone(), alert()),
        ("alert_severity = [2, \"SEV1\"]", severe, alert()),
        ("description = \"*waits\"", described.clone(), alert()),
        ("description = \"!*waits\"", alert(), described),
        ("labels = { team = \"!web\", env = \"!test\" }", alert(), {
            let labels = BTreeMap::from([("env".to_owned(), "test".to_owned())]);
            Alert { labels, ..alert() }
        }),
    ] {
        let rules = rules(&format!("[[rules]]\n{condition}\nthen = \"record\"\n"));
        let judged =
            |alert: &Alert| matches!(rules.judge(alert, &policy()), Verdict::Record { .. });
        assert!(judged(&fits), "{condition}: {:?}", rules.explain(&fits));
        assert!(!judged(&other), "{condition}");
        assert_eq!(rules.explain(&other)[0].mismatches.len(), 1, "{condition}");
    }
}

#[test]
fn a_group_is_told_apart_by_integration_rule_domain_and_the_labels_of_the_rule() {
    let rules = rules(
        r#"
        [[rules]]
        name = "queues"
        title = "Queue*"
        group_by = ["cluster", "queue"]
        group_within = "0s"
        then = "propose"
        "#,
    );
    let group = |labels: &[(&str, &str)], integration: &str| {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let labels = labels.iter().map(pair).collect();
        let alert = Alert { labels, integration: integration.into(), ..alert() };
        match rules.judge(&alert, &policy()) {
            Verdict::Propose { group, within, .. } => {
                assert_eq!(within, SignedDuration::ZERO);
                group
            }
            other => panic!("it is proposed, not {other:?}"),
        }
    };
    let one = group(&[("cluster", "eu"), ("queue", "a"), ("pod", "1")], "generic");
    assert_eq!(one, r#"["generic","queues","api","cluster=eu","queue=a"]"#);
    assert_eq!(one, group(&[("cluster", "eu"), ("queue", "a"), ("pod", "2")], "generic"));
    let others = [
        group(&[("cluster", "eu"), ("queue", "b")], "generic"),
        group(&[("cluster", "eu")], "generic"),
        group(&[("cluster", "eu\",\"queue=a")], "generic"),
        group(&[("cluster", "eu"), ("queue", "a")], "alertmanager"),
    ];
    for other in others {
        assert_ne!(one, other);
    }
    let long = group(&[("cluster", &"x".repeat(4000))], "generic");
    assert!(long.len() <= 500 && long != group(&[("cluster", &"x".repeat(4001))], "generic"));
}

#[test]
fn what_seldom_is_an_incident_is_only_recorded_unless_a_rule_opens() {
    let issue = Alert { unless_ruled: Then::Record, ..alert() };
    let verdict = Rules::default().judge(&issue, &policy());
    assert!(matches!(verdict, Verdict::Record { .. }), "{verdict:?}");
    let opens = rules("[[rules]]\nlabels = { team = \"mail-*\" }\nthen = \"open\"");
    assert!(matches!(opens.judge(&issue, &policy()), Verdict::Open { .. }));
}

#[test]
fn what_is_explained_is_what_is_judged() {
    let each = [
        r#"source = "generic""#,
        r#"source = "alertmanager""#,
        r#"title = "Disk*""#,
        r#"title = "Queue*""#,
        r#"labels = { team = "web", severity = "*" }"#,
        r#"labels = { team = "mail-?u" }"#,
        r#"labels = { queue = "*" }"#,
        "",
    ];
    for first in each {
        for second in each {
            let toml = format!("[[rules]]\n{first}\n[[rules]]\n{second}\n");
            let rules = rules(&toml);
            let tried = rules.explain(&alert());
            let decides = tried.last().filter(|last| last.decides()).map(|last| last.rule.clone());
            let Verdict::Open { rule, .. } = rules.judge(&alert(), &policy()) else {
                panic!("they all open")
            };
            assert_eq!(decides, rule, "{toml}");
        }
    }
    let rules =
        rules("[[rules]]\nsource = \"generic\"\ntitle = \"Disk*\"\nlabels = { queue = \"*\" }\n");
    let tried = rules.explain(&alert());
    let expected = [
        "the source is alertmanager, not generic",
        "the title \"Queue eu1 is not draining\" is not like \"Disk*\"",
        "there is no label queue",
    ];
    assert_eq!(tried[0].mismatches, expected);
}
