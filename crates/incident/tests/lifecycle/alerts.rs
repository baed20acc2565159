//! What alerts do to an incident, however many they are.

use jiff::SignedDuration;
use sima_incident::{
    AlertEvidence, AlertState, AlertTally, Command, Effect, Event, Kind, KnownAlert,
    MAX_LISTED_ALERTS, NotedAlert, Notice, PageCause, StageName,
};

use crate::{mended::Told, policy::severity};

/// An alert that changed so many minutes before now.
fn noted(told: &Told, key: &str, fires: bool, ago: i64) -> NotedAlert {
    let since = told.now - SignedDuration::from_mins(ago);
    let state = if fires { AlertState::Firing { since } } else { AlertState::Resolved { since } };
    NotedAlert::of(AlertEvidence {
        source: "alertmanager".into(),
        key: key.into(),
        title: format!("{key} is stuck"),
        state,
        members: None,
    })
}

fn notes(told: &mut Told, alerts: Vec<NotedAlert>) {
    told.after(1, Command::NoteAlerts(alerts)).expect("monitors are not refused");
}

fn offers(told: &Told) -> Vec<&Notice> {
    let notices = told.planned.iter().filter_map(|planned| match &planned.effect {
        Effect::PostNotice { notice } => Some(notice),
        _ => None,
    });
    notices.collect()
}

fn in_its_channel() -> Told {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    let channel =
        sima_incident::ChannelRef { id: "C0".into(), name: "incident_08_22_queue".into() };
    let receipt = sima_incident::Receipt::Channel(channel);
    told.after(0, Command::Note(receipt)).expect("noted");
    told
}

#[test]
fn a_storm_is_one_event_and_a_count() {
    let mut told = in_its_channel();
    let storm = (0..1000).map(|n| noted(&told, &format!("queue-{n}"), true, 5)).collect();
    notes(&mut told, storm);
    assert_eq!(told.events.len(), 1);
    assert_eq!(told.incident.tally(), AlertTally { total: 1000, firing: 1000 });
    assert_eq!(told.incident.alerts.len(), MAX_LISTED_ALERTS);
    let stored = serde_json::to_string(&told.incident).expect("JSON");
    assert!(stored.len() < 10_000, "{} bytes", stored.len());
    assert!(told.plans(&Effect::EditBrief) && offers(&told).is_empty());
}

/// In a storm the brief is brought up to date at once a few times, then every few seconds, and the last
/// always; the broadcast says nothing of alerts. What a person does is shown at once.
#[test]
fn a_storm_edits_the_brief_now_and_then() {
    let mut told = in_its_channel();
    let brief = sima_incident::MessageRef { channel: "C0".into(), ts: "1.0".into() };
    told.after(0, Command::Note(sima_incident::Receipt::Brief(brief))).expect("noted");
    let mut due = std::collections::BTreeSet::new();
    let began = told.now;
    for second in 0..60 {
        for part in 0..10 {
            told.now = began + SignedDuration::from_millis(second * 1_000 + part * 100);
            let news = noted(&told, &format!("queue-{second}-{part}"), true, 5);
            told.after(0, Command::NoteAlerts(vec![news])).expect("monitors are not refused");
            assert!(!told.plans(&Effect::EditBroadcast));
            let [edit] = told.planned.as_slice() else { panic!("{:?}", told.planned) };
            assert_eq!(edit.effect, Effect::EditBrief);
            assert!(edit.due_at >= told.now, "what was told just now is shown after that");
            assert!(edit.due_at <= told.now + SignedDuration::from_secs(5));
            due.insert(edit.due_at);
        }
    }
    assert!((10..=16).contains(&due.len()), "{} edits in a minute", due.len());
    told.after(0, Command::Acknowledge).expect("taken");
    let shown = told.planned.iter().find(|planned| planned.effect == Effect::EditBrief);
    assert_eq!(shown.map(|planned| planned.due_at), Some(told.now));
}

/// Those that are not listed are known to who keeps them, and are not counted twice.
#[test]
fn the_end_of_a_storm_is_told_once() {
    let mut told = in_its_channel();
    let storm = (0..100).map(|n| noted(&told, &format!("queue-{n}"), true, 5)).collect();
    notes(&mut told, storm);
    let fired = AlertState::Firing { since: told.now - SignedDuration::from_mins(6) };
    let over = |told: &Told, n: u32, ago| NotedAlert {
        known: Some(KnownAlert::of(fired)),
        ..noted(told, &format!("queue-{n}"), false, ago)
    };
    let most = (0..99).map(|n| over(&told, n, 2)).collect();
    notes(&mut told, most);
    assert_eq!(told.incident.tally(), AlertTally { total: 100, firing: 1 });
    assert!(offers(&told).is_empty());

    let (last, ended) = (over(&told, 99, 1), told.now - SignedDuration::from_mins(1));
    notes(&mut told, vec![last]);
    assert_eq!(told.incident.tally(), AlertTally { total: 100, firing: 0 });
    assert_eq!(offers(&told).len(), 1, "{:?}", told.planned);
    assert!(matches!(offers(&told)[0], Notice::AlertsCleared { count: 100, at } if *at <= ended));
    assert_eq!(told.incident.stage.name(), StageName::Open, "people say when it is over");
}

#[test]
fn an_alert_that_flaps_does_not_tell_each_time() {
    let mut told = in_its_channel();
    let alert = noted(&told, "queue", true, 9);
    notes(&mut told, vec![alert]);
    let mut told_times = 0;
    for _ in 0..10 {
        for fires in [false, true] {
            let flap = noted(&told, "queue", fires, 0);
            notes(&mut told, vec![flap]);
            told_times += offers(&told).len();
        }
    }
    // Twenty minutes of it, and people are told every fifth minute at most.
    assert!((1..=4).contains(&told_times), "told {told_times} times");
}

#[test]
fn a_repeat_and_what_comes_too_late_tell_nothing() {
    let mut told = in_its_channel();
    let alert = noted(&told, "queue", true, 5);
    notes(&mut told, vec![alert.clone()]);
    notes(&mut told, vec![alert]);
    assert_eq!(told.events, []);
    let late = noted(&told, "queue", false, 60);
    notes(&mut told, vec![late]);
    assert_eq!(told.events, [], "it ended before it began");
}

#[test]
fn one_that_is_worse_makes_the_incident_worse_and_calls_somebody() {
    let mut told = in_its_channel();
    let level = |told: &Told, key: &str, level| NotedAlert {
        severity: Some(severity(level)),
        ..noted(told, key, true, 1)
    };
    let milder = level(&told, "milder", 3);
    notes(&mut told, vec![milder]);
    assert_eq!(told.incident.severity, severity(2));
    let worse = level(&told, "worse", 1);
    notes(&mut told, vec![worse.clone()]);
    assert_eq!(told.incident.severity, severity(1));
    let called = |recorded: &sima_incident::Recorded| {
        recorded.event == Event::PageCalled { cause: PageCause::Raised { to: severity(1) } }
    };
    assert!(told.events.iter().any(called), "{:?}", told.events);

    // Somebody knows better; the repeat of it does not argue.
    told.after(1, Command::SetSeverity(severity(3))).expect("allowed");
    notes(&mut told, vec![worse]);
    assert_eq!(told.incident.severity, severity(3));
}

/// The same alert, listed or not, is said to be worse than it was: that is news. What it said before is
/// none, and what a person knew when they said that it is not so bad is none either.
#[test]
fn one_that_becomes_worse_makes_the_incident_worse() {
    for others in [0, 2 * MAX_LISTED_ALERTS] {
        let mut told = in_its_channel();
        told.after(1, Command::SetSeverity(severity(3))).expect("allowed");
        let storm = (0..others).map(|n| noted(&told, &format!("queue-{n}"), true, 5)).collect();
        notes(&mut told, storm);
        let alert = noted(&told, "disk", true, 5);
        let state = alert.evidence.state;
        let said = |level, before: Option<u8>| {
            let known =
                |level| KnownAlert { severity: Some(severity(level)), ..KnownAlert::of(state) };
            let severity = Some(severity(level));
            vec![NotedAlert { severity, known: before.map(known), ..alert.clone() }]
        };
        notes(&mut told, said(3, None));
        assert_eq!(told.incident.severity, severity(3));
        notes(&mut told, said(2, Some(3)));
        assert_eq!(told.incident.severity, severity(2));
        let Some(Notice::Worsened { from, to, title }) = offers(&told).pop() else {
            panic!("people are told: {:?}", told.planned)
        };
        assert_eq!((*from, *to, title.as_str()), (severity(3), severity(2), "disk is stuck"));
        let before = told.incident.clone();
        notes(&mut told, said(2, Some(2)));
        assert_eq!((&told.incident, told.events.len()), (&before, 0));

        told.after(1, Command::SetSeverity(severity(3))).expect("allowed");
        for (level, before) in [(2, 2), (3, 2)] {
            notes(&mut told, said(level, Some(before)));
            assert_eq!(told.incident.severity, severity(3), "a person knew of {before}");
        }
        notes(&mut told, said(1, Some(3)));
        assert_eq!(told.incident.severity, severity(1));
        // What was recorded before it was kept how bad it was: as bad as the incident ever was.
        told.after(1, Command::SetSeverity(severity(3))).expect("allowed");
        let unsaid = NotedAlert { known: Some(KnownAlert::of(state)), ..said(1, None).remove(0) };
        notes(&mut told, vec![unsaid]);
        assert_eq!(told.incident.severity, severity(3));
    }
}

/// The members of a group are counted, each change once.
#[test]
fn members_of_a_group_are_counted() {
    let mut told = in_its_channel();
    let group = |told: &Told, total, firing, fires, ago| {
        let mut alert = noted(told, "group", fires, ago);
        alert.evidence.members = Some(AlertTally { total, firing });
        vec![alert]
    };
    let alerts = group(&told, 5, 5, true, 9);
    notes(&mut told, alerts);
    assert_eq!(told.incident.tally(), AlertTally { total: 5, firing: 5 });
    let alerts = group(&told, 5, 3, true, 9);
    notes(&mut told, alerts);
    assert_eq!(told.incident.tally(), AlertTally { total: 5, firing: 3 });
    let alone = noted(&told, "disk", true, 3);
    notes(&mut told, vec![alone]);
    let repeated = group(&told, 5, 3, true, 9);
    notes(&mut told, repeated);
    assert_eq!(told.events, []);
    assert_eq!(told.incident.tally(), AlertTally { total: 6, firing: 4 });
    let (over, disk) = (group(&told, 5, 0, false, 0), noted(&told, "disk", false, 0));
    notes(&mut told, [over, vec![disk]].concat());
    assert_eq!(told.incident.tally(), AlertTally { total: 6, firing: 0 });
    assert!(matches!(offers(&told)[..], [Notice::AlertsCleared { count: 6, .. }]));
}

#[test]
fn where_its_rule_says_so_the_last_that_ends_recovers_it() {
    let mut told = in_its_channel();
    let of = |told: &Told, key: &str, fires, ago| NotedAlert {
        recovers: true,
        ..noted(told, key, fires, ago)
    };
    let both = vec![of(&told, "one", true, 0), of(&told, "two", true, 0)];
    notes(&mut told, both);
    told.now += SignedDuration::from_mins(30);
    let first = of(&told, "one", false, 4);
    notes(&mut told, vec![first]);
    assert_eq!(told.incident.stage.name(), StageName::Open);
    let last = of(&told, "two", false, 9);
    let ended = told.now - SignedDuration::from_mins(4) - SignedDuration::from_mins(1);
    notes(&mut told, vec![last]);
    assert_eq!(told.incident.stage.name(), StageName::Recovered);
    assert_eq!(told.incident.times.recovered_at, Some(ended), "when the later of them ended");
    assert_eq!(told.incident.times.closed_at, None, "only the stability window closes it");
}
