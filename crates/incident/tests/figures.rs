//! The worked examples of the figures' definition, as incidents that are lived through.

use jiff::{SignedDuration, Timestamp};
use sima_incident::{
    Actor, Dismissal, DomainKey, Event, Impact, Incident, IncidentId, IncidentNumber, KeyTime,
    Kind, PersonId, Recorded, Severity, Visibility,
    figures::{Figures, Method, Missing, Summary, downtime, durations},
};

/// Minutes of the worked incident's day: `at("09:13:30")`.
fn at(time: &str) -> Timestamp {
    format!("2026-08-22T{time}Z").parse().expect("a time of day")
}

fn mins(minutes: i64) -> SignedDuration {
    SignedDuration::from_mins(minutes)
}

/// An incident opened at a time, then what became true at which times.
fn lived(started: Option<&str>, opened: &str, then: &[(&str, Event)]) -> Incident {
    lived_as(Kind::Real, Visibility::Company, started, opened, then)
}

fn lived_as(
    kind: Kind,
    visibility: Visibility,
    started: Option<&str>,
    opened: &str,
    then: &[(&str, Event)],
) -> Incident {
    let declared = Event::Declared {
        assessment: None,
        id: IncidentId(uuid::Uuid::from_u128(42)),
        number: IncidentNumber(42),
        summary: "Queue is not draining".into(),
        description: None,
        domain: DomainKey("email".into()),
        severity: Severity::new(2).expect("a level"),
        impact: Impact::Unknown,
        kind,
        visibility,
        started_at: started.map(at),
        detected_at: None,
        channel_name: "incident_08_22_queue".into(),
        pages: false,
        links: Vec::new(),
    };
    let story = std::iter::once((opened, declared)).chain(then.iter().cloned());
    let events: Vec<Recorded> = (0..)
        .zip(story)
        .map(|(version, (time, event))| Recorded {
            version,
            at: at(time),
            happened_at: at(time),
            by: Actor::in_slack(PersonId("U0INES".into())),
            event,
        })
        .collect();
    Incident::replay(None, &events).expect("it was declared")
}

fn summary_of(incidents: &[Incident], now: &str) -> Summary {
    let mut figures = Figures::new();
    for incident in incidents {
        figures.add(incident);
    }
    figures.summarise(at(now))
}

fn worked() -> Incident {
    lived(
        Some("09:00:00"),
        "09:09:00",
        &[
            ("09:13:30", Event::Acknowledged),
            ("09:51:00", Event::Mitigated),
            ("10:02:00", Event::Recovered),
            ("11:30:00", Event::Closed),
        ],
    )
}

#[test]
fn the_worked_incident() {
    let incident = worked();
    let measured = durations(&incident);
    assert_eq!(measured.time_to_acknowledge, Ok(SignedDuration::from_secs(270)));
    assert_eq!(measured.time_to_repair, Ok(SignedDuration::from_secs(48 * 60 + 30)));
    assert_eq!(measured.time_to_recover, Ok(mins(62)));
    // Recovery = time to open + acknowledgement + repair.
    let to_open = incident.times.opened_at.duration_since(incident.times.started());
    let sum = to_open
        + measured.time_to_acknowledge.expect("known")
        + measured.time_to_repair.expect("known");
    assert_eq!(measured.time_to_recover, Ok(sum));
}

#[test]
fn a_start_after_the_recovery_is_shown_as_such() {
    let story = [("10:02:00", Event::Recovered)];
    let mut incident = lived(Some("09:00:00"), "09:09:00", &story);
    incident.times.started_at = Some(at("10:30:00"));
    assert_eq!(durations(&incident).time_to_recover, Err(Missing::Negative));
}

#[test]
fn without_an_acknowledgement_only_the_recovery_is_known() {
    let incident = lived(Some("09:00:00"), "09:09:00", &[("10:02:00", Event::Recovered)]);
    let measured = durations(&incident);
    assert_eq!(measured.time_to_acknowledge, Err(Missing::Missing));
    assert_eq!(measured.time_to_repair, Err(Missing::Missing));
    assert_eq!(measured.time_to_recover, Ok(mins(62)));
}

#[test]
fn acknowledged_after_it_had_recovered_is_no_repair() {
    let acknowledged =
        Event::TimeCorrected { which: KeyTime::Acknowledged, from: None, to: at("10:05:00") };
    let story = [("10:02:00", Event::Recovered), ("10:05:00", acknowledged)];
    let measured = durations(&lived(Some("09:00:00"), "09:09:00", &story));
    assert_eq!(measured.time_to_repair, Err(Missing::SelfRecovered));
    assert_eq!(measured.time_to_acknowledge, Ok(mins(56)));
    assert_eq!(measured.time_to_recover, Ok(mins(62)));
}

#[test]
fn reopened_it_spans_the_pause_and_downtime_leaves_it_out() {
    let reopened = Event::Reopened { reason: "it is back".into() };
    let story = [
        ("09:13:30", Event::Acknowledged),
        ("10:02:00", Event::Recovered),
        ("10:40:00", reopened),
        ("10:55:00", Event::Recovered),
    ];
    let incident = lived(Some("09:00:00"), "09:09:00", &story);
    assert_eq!(durations(&incident).time_to_recover, Ok(mins(115)));
    assert_eq!(downtime(&incident), Ok(mins(77)));
    assert_eq!(incident.reopened, 1);
    let first = durations(&incident).time_to_acknowledge;
    assert_eq!(first, Ok(SignedDuration::from_secs(270)), "the first acknowledgement stands");

    let still_down = lived(Some("09:00:00"), "09:09:00", &story[..3]);
    assert_eq!(downtime(&still_down), Err(Missing::Open));
    assert_eq!(durations(&still_down).time_to_recover, Err(Missing::Open));
}

#[test]
fn without_a_known_start_it_counts_from_the_opening() {
    let incident = lived(None, "09:09:00", &[("10:02:00", Event::Recovered)]);
    assert_eq!(durations(&incident).time_to_recover, Ok(mins(53)));
}

#[test]
fn one_started_and_opened_at_once_took_no_time_which_is_not_missing() {
    let incident = lived(Some("09:00:00"), "09:00:00", &[("09:00:00", Event::Acknowledged)]);
    assert_eq!(durations(&incident).time_to_acknowledge, Ok(SignedDuration::ZERO));
}

#[test]
fn false_positives_drills_and_private_ones_stand_apart() {
    let dismissed = |reason| [("09:20:00", Event::Dismissed { reason })];
    let story = [("09:13:30", Event::Acknowledged), ("10:02:00", Event::Recovered)];
    let incidents = [
        worked(),
        lived(None, "09:00:00", &dismissed(Dismissal::FalsePositive)),
        lived(None, "09:00:00", &dismissed(Dismissal::Mistake)),
        lived(None, "09:00:00", &dismissed(Dismissal::DuplicateOf(IncidentNumber(41)))),
        lived_as(Kind::Drill, Visibility::Company, None, "09:00:00", &story),
        lived_as(Kind::Real, Visibility::Private, None, "09:00:00", &story),
    ];
    let summary = summary_of(&incidents, "12:00:00");
    let counts = summary.incidents;
    assert_eq!((counts.real, counts.open), (1, 0));
    assert_eq!((counts.false_positives, counts.dismissed_otherwise, counts.drills), (1, 2, 1));
    for spread in [&summary.time_to_acknowledge, &summary.time_to_repair, &summary.time_to_recover]
    {
        assert_eq!((spread.count, spread.of), (1, 1));
    }
    let mut for_members = Figures::with_private();
    for incident in &incidents {
        for_members.add(incident);
    }
    assert_eq!(for_members.summarise(at("12:00:00")).incidents.real, 2);
}

#[test]
fn one_that_proves_a_false_positive_later_leaves_the_figures() {
    let mut events = vec![("09:13:30", Event::Acknowledged), ("10:02:00", Event::Recovered)];
    let before = summary_of(&[lived(None, "09:00:00", &events)], "12:00:00");
    events.push(("11:00:00", Event::Dismissed { reason: Dismissal::FalsePositive }));
    let after = summary_of(&[lived(None, "09:00:00", &events)], "12:00:00");
    assert_eq!((before.incidents.real, before.incidents.false_positives), (1, 0));
    assert_eq!((after.incidents.real, after.incidents.false_positives), (0, 1));
    assert_eq!(after.time_to_recover.count, 0);
}

/// The table of the definition as incidents: minutes to recover, absent while it lasts.
fn table() -> Vec<Incident> {
    let opened = ["12:00:00", "12:00:00", "11:29:00", "12:00:00", "12:00:00", "10:30:00"];
    let took = [Some(12), Some(25), None, Some(40), Some(55), None];
    let mut incidents: Vec<Incident> =
        opened.into_iter().zip(took).map(|(opened, took)| lasted(opened, took)).collect();
    incidents.push(lasted("09:00:00", Some(130)));
    incidents.push(lasted("02:00:00", None));
    incidents
}

fn lasted(opened: &str, minutes: Option<i64>) -> Incident {
    let mut incident = lived(None, opened, &[("23:00:00", Event::Recovered)]);
    match minutes {
        Some(minutes) => incident.times.recovered_at = Some(at(opened) + mins(minutes)),
        None => incident = lived(None, opened, &[]),
    }
    incident
}

#[test]
fn while_some_still_run_the_estimate_counts_them_as_lasting_at_least_so_long() {
    // Open at noon: one for 31 minutes, one for 90, one for 600.
    let summary = summary_of(&table(), "12:00:00");
    let recover = &summary.time_to_recover;
    assert_eq!(recover.method, Method::KaplanMeier);
    assert_eq!(recover.median_ms, Some(55 * 60_000));
    assert_eq!(recover.p90_ms, None, "not reached");
    assert_eq!((recover.count, recover.of), (5, 8));
    assert_eq!(recover.missing[&Missing::Open], 3);
    assert_eq!(recover.oldest_open_ms, Some(600 * 60_000));
    assert_eq!(recover.mean_ms, Some(3_144_000), "of those that are over: 52.4 minutes");
}

#[test]
fn with_none_running_the_percentiles_match_the_exports() {
    let minutes = [1440, 12, 75, 5, 33, 240, 20, 8, 58, 41];
    let incidents: Vec<Incident> =
        minutes.into_iter().map(|minutes| lasted("09:00:00", Some(minutes))).collect();
    let recover = summary_of(&incidents, "12:00:00").time_to_recover;
    assert_eq!(recover.method, Method::Interpolated);
    assert_eq!(recover.p25_ms, Some(14 * 60_000));
    assert_eq!(recover.median_ms, Some(37 * 60_000));
    assert_eq!(recover.p75_ms, Some(4_245_000));
    assert_eq!(recover.p90_ms, Some(360 * 60_000));
    assert_eq!(recover.mean_ms, Some(11_592_000));
}

#[test]
fn all_still_running_has_no_median() {
    let recover = summary_of(&[lasted("09:00:00", None)], "12:00:00").time_to_recover;
    assert_eq!((recover.median_ms, recover.mean_ms, recover.count), (None, None, 0));
}

#[test]
fn an_incident_that_healed_unseen_bounds_the_wait_for_an_acknowledgement() {
    let taken = |minutes: &str| {
        lived(None, "09:00:00", &[(minutes, Event::Acknowledged), ("10:00:00", Event::Recovered)])
    };
    let unseen = lived(None, "09:00:00", &[("09:05:00", Event::Recovered)]);
    let waiting = lived(None, "09:00:00", &[]);
    let mut incidents = vec![taken("09:02:00"), taken("09:10:00"), unseen];
    let over = summary_of(&incidents, "09:08:00").time_to_acknowledge;
    assert_eq!((over.method, over.median_ms), (Method::Interpolated, Some(6 * 60_000)));
    // Four at risk at 2 minutes, then one gone unseen at 5, one still waiting after 8, one left.
    incidents.push(waiting);
    let running = summary_of(&incidents, "09:08:00").time_to_acknowledge;
    assert_eq!((running.method, running.median_ms), (Method::KaplanMeier, Some(10 * 60_000)));
}

#[test]
fn the_summary_as_it_is_printed() {
    let printed = serde_json::to_string_pretty(&summary_of(&[worked()], "12:00:00"));
    insta::assert_snapshot!(printed.expect("JSON"), @r#"
    {
      "incidents": {
        "real": 1,
        "open": 0,
        "false_positives": 0,
        "dismissed_otherwise": 0,
        "drills": 0
      },
      "time_to_acknowledge": {
        "count": 1,
        "of": 1,
        "median_ms": 270000,
        "p25_ms": 270000,
        "p75_ms": 270000,
        "p90_ms": 270000,
        "mean_ms": 270000,
        "method": "interpolated",
        "oldest_open_ms": null,
        "missing": {}
      },
      "time_to_repair": {
        "count": 1,
        "of": 1,
        "median_ms": 2910000,
        "p25_ms": 2910000,
        "p75_ms": 2910000,
        "p90_ms": 2910000,
        "mean_ms": 2910000,
        "method": "interpolated",
        "oldest_open_ms": null,
        "missing": {}
      },
      "time_to_recover": {
        "count": 1,
        "of": 1,
        "median_ms": 3720000,
        "p25_ms": 3720000,
        "p75_ms": 3720000,
        "p90_ms": 3720000,
        "mean_ms": 3720000,
        "method": "interpolated",
        "oldest_open_ms": null,
        "missing": {}
      },
      "promises_kept": {
        "count": 0,
        "of": 0,
        "percent": null,
        "low_percent": null,
        "high_percent": null
      }
    }
    "#);
}

#[test]
fn nothing_gives_nulls_not_zeros() {
    let printed = serde_json::to_value(summary_of(&[], "12:00:00")).expect("JSON");
    for figure in ["time_to_acknowledge", "time_to_repair", "time_to_recover"] {
        assert_eq!(printed[figure]["count"], 0);
        for value in ["median_ms", "p25_ms", "p75_ms", "p90_ms", "mean_ms"] {
            assert!(printed[figure][value].is_null(), "{figure}.{value}");
        }
    }
}
