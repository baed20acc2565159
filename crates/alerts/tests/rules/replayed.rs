//! A replay tells what rules would have done, with repeats, groups and time as they would count.

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use sima_alerts::{Alert, Replay, Rules, Would};
use sima_incident::{AlertState, StormLimit};

use Would::{Attach, Ignore, Nothing, Open, Propose, Repeat};

use crate::ruled::{alert, policy, rules, severity};

fn at(secs: i64) -> Timestamp {
    Timestamp::from_second(1_656_579_600 + secs).expect("a time")
}

fn firing(key: &str, secs: i64) -> Alert {
    Alert { key: key.into(), state: AlertState::Firing { since: at(secs) }, ..alert() }
}

fn resolved(key: &str, secs: i64) -> Alert {
    Alert { key: key.into(), state: AlertState::Resolved { since: at(secs) }, ..alert() }
}

/// What comes of alerts, each with the second at which it came.
fn came(rules: &Rules, alerts: &[(i64, Alert)]) -> Vec<Would> {
    let policy = policy();
    let mut replay = Replay::new(rules, &policy, StormLimit(5));
    alerts.iter().map(|(secs, alert)| replay.hear(alert, at(*secs))).collect()
}

#[test]
fn repeats_belong_and_a_storm_of_one_group_is_one() {
    let storm = [
        (0, firing("a", 0)),
        (10, firing("a", 0)),
        (250, firing("b", 200)),
        (540, firing("c", 500)),
        (600, resolved("a", 590)),
    ];
    assert_eq!(came(&Rules::default(), &storm), [Open, Attach, Attach, Attach, Attach]);
}

#[test]
fn after_the_window_of_its_group_a_new_alert_is_another_trouble() {
    let alerts = [(0, firing("a", 0)), (301, firing("b", 300)), (302, firing("a", 0))];
    assert_eq!(came(&Rules::default(), &alerts), [Open, Open, Attach]);
    let alone = rules("[[rules]]\ngroup_within = \"0s\"\n");
    assert_eq!(came(&alone, &[(0, firing("a", 0)), (1, firing("b", 1))]), [Open, Open]);
}

#[test]
fn what_flaps_belongs_and_what_begins_anew_long_after_opens_again() {
    let alerts = [
        (0, firing("a", 0)),
        (60, resolved("a", 50)),
        (120, firing("a", 110)),
        (180, resolved("a", 170)),
        (9000, firing("a", 8990)),
    ];
    assert_eq!(came(&Rules::default(), &alerts), [Open, Attach, Attach, Attach, Open]);
}

#[test]
fn what_is_over_before_it_was_heard_of_comes_to_nothing() {
    let alerts = [(10, resolved("a", 5)), (11, firing("a", 0)), (20, firing("a", 15))];
    assert_eq!(came(&Rules::default(), &alerts), [Nothing, Nothing, Open]);
}

#[test]
fn rules_ignore_record_and_ask() {
    let rules = rules(
        r#"
        [[rules]]
        labels = { team = "web" }
        then = "ignore"
        [[rules]]
        alert_severity = "SEV3"
        then = "record"
        [[rules]]
        then = "propose"
        "#,
    );
    let mut ignored = firing("i", 0);
    ignored.labels.insert("team".into(), "web".into());
    let recorded = Alert { severity: Some(severity(3)), ..firing("r", 0) };
    let alerts = [
        (0, ignored),
        (1, recorded.clone()),
        (2, firing("a", 0)),
        (3, firing("a", 0)),
        (4, Alert { key: "a".into(), ..recorded }),
    ];
    assert_eq!(came(&rules, &alerts), [Ignore, Nothing, Propose, Repeat, Repeat]);
}

#[test]
fn incidents_are_counted_by_domain_and_severity() {
    let rules = rules("[[rules]]\ngroup_by = [\"team\"]\ndomain = \"email\"\n");
    let policy = policy();
    let mut replay = Replay::new(&rules, &policy, StormLimit(5));
    for (team, level) in [("one", 1), ("two", 1), ("two", 1), ("three", 3)] {
        let mut alert = Alert { severity: Some(severity(level)), ..firing(team, 0) };
        alert.labels.insert("team".into(), team.into());
        replay.hear(&alert, at(1));
    }
    let opened: Vec<_> = replay
        .opened()
        .iter()
        .map(|((domain, severity), count)| (domain.0.as_str(), severity.level(), *count))
        .collect();
    assert_eq!(opened, [("email", 1, 2), ("email", 3, 1)]);
    assert_eq!((replay.count(Would::Open), replay.count(Would::Attach)), (3, 1));
}

proptest! {
    /// Whatever comes in whatever order: each alert is counted once, and no more incidents are opened
    /// than something that fires came.
    #[test]
    fn every_alert_is_counted_once(
        came in proptest::collection::vec((0u8..5, any::<bool>(), 0i64..2000, 0i64..400), 0..80),
    ) {
        let (rules, policy) = (Rules::default(), policy());
        let mut replay = Replay::new(&rules, &policy, StormLimit(5));
        let mut now = at(2000);
        for (key, fires, since, later) in &came {
            now += SignedDuration::from_secs(*later);
            let alert = if *fires { firing } else { resolved };
            replay.hear(&alert(&key.to_string(), *since), now);
        }
        let counted: u64 = Would::ALL.into_iter().map(|would| replay.count(would)).sum();
        prop_assert_eq!(counted, came.len() as u64);
        let fired = came.iter().filter(|(_, fires, ..)| *fires).count() as u64;
        prop_assert!(replay.count(Would::Open) <= fired);
        let by_domain: u64 = replay.opened().values().sum();
        prop_assert_eq!(by_domain, replay.count(Would::Open));
    }
}
