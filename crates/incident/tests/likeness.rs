//! Which incidents look alike.

use proptest::prelude::*;
use sima_incident::{
    Actor, DomainKey, Event, Impact, Incident, IncidentId, IncidentNumber, Kind, MOST_LOOK_ALIKES,
    PersonId, Recorded, Severity, Sketch, Visibility, likeness, look_alikes,
};

fn incident(number: u32, summary: &str, description: Option<&str>) -> Incident {
    let at = "2026-11-22T09:00:00Z".parse().expect("a time");
    let declared = Event::Declared {
        assessment: None,
        id: IncidentId(uuid::Uuid::from_u128(number.into())),
        number: IncidentNumber(number),
        summary: summary.to_owned(),
        description: description.map(str::to_owned),
        domain: payments(),
        severity: Severity::new(2).expect("a level"),
        impact: Impact::Unknown,
        kind: Kind::Real,
        visibility: Visibility::Company,
        started_at: None,
        detected_at: None,
        channel_name: format!("incident_11_22_{number}"),
        pages: false,
        links: Vec::new(),
    };
    let by = Actor::in_slack(PersonId("U0INES".into()));
    let recorded = Recorded { version: 0, at, happened_at: at, by, event: declared };
    Incident::replay(None, &[recorded]).expect("it was declared")
}

fn payments() -> DomainKey {
    DomainKey("payments".into())
}

fn of(summary: &str) -> Sketch<'_> {
    Sketch { summary, ..Sketch::default() }
}

#[test]
fn what_people_would_call_the_same_is_alike() {
    for (said, there) in [
        ("Checkout is down", "Checkout answers 502 for cards"),
        ("checkout page down!!", "The checkout is slow"),
        ("Card payments fail", "Payments by card are failing"),
        ("Mails are not sent", "No mail is being sent since 10:00"),
        ("Le paiement est refusé", "Paiements REFUSES depuis 10 h"),
        ("Database replica lagging", "Replicas of the database lag behind"),
    ] {
        let known = incident(1, there, None);
        assert_eq!(look_alikes(of(said), [&known]).len(), 1, "{said} / {there}");
    }
}

#[test]
fn what_only_sounds_alike_is_not() {
    let payments = payments();
    for (said, there) in [
        ("Search is down", "Checkout is down"),
        ("Everything is slow for customers", "Logins fail for many customers"),
        ("Error on the invoice page", "Error when exporting contacts"),
        ("", "Checkout is down"),
        ("is the of", "is the of"),
    ] {
        let known = incident(1, there, None);
        let sketch = Sketch { domain: Some(&payments), ..of(said) };
        assert!(look_alikes(sketch, [&known]).is_empty(), "{said} / {there}");
    }
}

/// What was said beside the summary helps too, and the same part of the business.
#[test]
fn more_than_the_summary_counts() {
    let known = incident(1, "Cards are refused", Some("The acquirer times out at checkout"));
    let bare = likeness(of("Customers cannot finish the checkout"), &known);
    let payments = payments();
    let there = Sketch { domain: Some(&payments), ..of("Customers cannot finish the checkout") };
    assert!(likeness(there, &known) > bare && bare > 0);
    let elsewhere = DomainKey("email".into());
    let other = Sketch { domain: Some(&elsewhere), ..of("Customers cannot finish the checkout") };
    assert!(likeness(other, &known) < bare);
}

#[test]
fn the_most_alike_come_first_and_they_are_few() {
    let known: Vec<Incident> = (1..=6)
        .map(|number| incident(number, "Checkout answers 502", None))
        .chain([incident(7, "Checkout answers 502 for cards in Spain", None)])
        .collect();
    let found = look_alikes(of("checkout answers 502"), &known);
    let numbers: Vec<u32> = found.iter().map(|incident| incident.number.0).collect();
    assert_eq!(numbers.len(), MOST_LOOK_ALIKES);
    assert_eq!(numbers, [6, 5, 4], "of those as alike the newest");
}

/// Words as people write them, most of them from a few.
fn sentence() -> impl Strategy<Value = Vec<String>> {
    let known = prop::sample::select(vec![
        "checkout", "down", "cards", "API", "502", "mails", "the", "slow", "is", "paiement",
    ]);
    let word = prop_oneof![4 => known.prop_map(str::to_owned), 1 => "\\PC{0,8}"];
    prop::collection::vec(word, 0..8)
}

proptest! {
    /// However it is written, it looks the same; never more than wholly; and itself most of all.
    #[test]
    fn how_it_is_written_does_not_matter(said in sentence(), there in sentence()) {
        let known = incident(1, &there.join(" "), None);
        let likeness_of = |text: &str| likeness(of(text), &known);
        let plain = said.join(" ");
        let found = likeness_of(&plain);
        prop_assert!(found <= 100);
        let mut turned = said.clone();
        turned.reverse();
        prop_assert_eq!(likeness_of(&turned.join(", ")), found);
        prop_assert_eq!(likeness_of(&plain.to_ascii_uppercase()), likeness_of(&plain.to_ascii_lowercase()));
        prop_assert!(likeness_of(&there.join(" ")) >= found, "nothing is more alike than the same");
    }

    /// Two that share no word are never alike, whatever else is so.
    #[test]
    fn nothing_in_common_is_not_alike(said in "[a-f]{3,9}( [a-f]{3,9}){0,5}", there in "[q-z]{3,9}( [q-z]{3,9}){0,5}") {
        let domain = payments();
        let sketch = Sketch { summary: &said, description: &said, domain: Some(&domain) };
        let known = incident(1, &there, Some(&there));
        prop_assert_eq!(likeness(sketch, &known), 0);
    }
}
