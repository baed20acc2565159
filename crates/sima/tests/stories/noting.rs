//! Notes: what people put on the timeline, at the time it is about.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;
use sima_incident::{Event, IncidentNumber};

use crate::{seen::privately_readable, story::Story};

/// Malik notes what he did ten minutes ago, by the clock on his wall; it stands on the timeline where
/// it belongs, and nobody is disturbed.
#[tokio::test]
async fn a_note_stands_where_it_belongs_by_the_writers_own_clock() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let said_before = story.sandbox.read(|state| state.messages(&channel).len());
    let paris = TimeZone::get("Europe/Paris").unwrap();
    let then = story.now() - SignedDuration::from_mins(10);
    let clock = then.to_zoned(paris).strftime("%H:%M").to_string();

    let told = story.types("malik", &channel, &format!("note {clock} Restarted <all> pods")).await;
    assert!(told.contains("On the timeline of INC-1"), "{told}");
    assert!(told.contains("Restarted &lt;all&gt; pods"), "{told}");
    let (text, at) = notes(&story).await.remove(0);
    assert_eq!(text, "Restarted <all> pods");
    assert_eq!(at.as_second() / 60, then.as_second() / 60, "{at} is not {then}");

    let told = story.types("malik", &channel, "note 2h ago: Deployed 4.12.3").await;
    assert!(told.contains("Deployed 4.12.3"), "{told}");
    let page = story.gets("/incidents/INC-1").await.body;
    let place = |words: &str| page.find(words).unwrap_or_else(|| panic!("no {words} in {page}"));
    assert!(place("Deployed 4.12.3") < place("Restarted &lt;all&gt; pods"), "in their order");
    let said = story.sandbox.read(|state| state.messages(&channel).len());
    assert_eq!(said, said_before, "nobody is disturbed");
    story.ends().await;
}

/// Without words a form asks for them; a time it cannot read is asked for again.
#[tokio::test]
async fn a_note_is_written_in_a_form_too() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let greeting = story.joins("nour", &channel).await;
    story.presses_privately("nour", &greeting, "Info").await;
    let info = story.sees_privately("nour", &channel, "Opened").await;
    story.presses_privately("nour", &info, "Note").await;
    story.form_is_shown("nour").await;
    let values = json!({ "text": "The queue drains", "when": "the day before" });
    let answer = story.sandbox.submit("nour", "", &values).await;
    assert!(answer.body.contains("Write a time of day such as 10:04"), "{answer:?}");
    story.submits("nour", json!({ "text": "The queue drains", "when": "5m" })).await;
    let (text, at) = notes(&story).await.remove(0);
    assert_eq!(text, "The queue drains");
    assert!(story.now().duration_since(at) >= SignedDuration::from_mins(5));

    // Outside of a channel, the incident meant is asked for.
    let asked = story.types("theo", "general", "note It is slow again").await;
    assert!(asked.contains("INC-1"), "{asked}");
    let asked = story.last_private_words("theo");
    story.presses_privately("theo", &asked, "INC-1").await;
    let noted = story.sees_privately("theo", "general", "On the timeline of INC-1").await;
    assert!(privately_readable(&noted).contains("It is slow again"));
    story.ends().await;
}

/// The notes on the first incident, each with when it was.
async fn notes(story: &Story) -> Vec<(String, Timestamp)> {
    let store = story.sima().desk().store();
    let incident = store.incident_numbered(IncidentNumber(1)).await.unwrap().unwrap();
    let events = store.events(incident.id).await.unwrap().into_iter();
    let notes = events.filter_map(|recorded| match recorded.event {
        Event::NoteAdded { text } => Some((text, recorded.happened_at)),
        _ => None,
    });
    notes.collect()
}
