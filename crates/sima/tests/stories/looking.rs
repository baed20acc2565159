//! Looking: the timeline in pages, catching up, and what is new to those who return.

use crate::{
    seen::{buttons, privately_readable},
    story::{Story, mins},
};

/// Malik reads what happened, the newest last, page by page in one place.
#[tokio::test]
async fn the_timeline_is_shown_in_pages_that_turn_in_place() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    for step in 1..=14 {
        story.types("nour", &channel, &format!("note Step number {step}.")).await;
    }
    let asked = story.types("malik", &channel, "timeline").await;
    assert!(asked.contains("Step number 14.") && asked.contains("Step number 3."), "{asked}");
    assert!(!asked.contains("Step number 2.") && !asked.contains("opened the channel"), "{asked}");
    let place = |words: &str| asked.find(words).unwrap();
    let rows = asked.find("Timeline of").unwrap();
    assert!(rows < place("number 3.") && place("number 3.") < place("number 4."), "{asked}");

    let shown = story.last_private_words("malik");
    let told = story.private_words("malik").len();
    story.presses_privately("malik", &shown, "Earlier").await;
    let earlier = story.sees_privately("malik", &channel, "opened INC-1: Checkout is down").await;
    assert_eq!(earlier.id, shown.id, "it turns in its place");
    story.presses_privately("malik", &earlier, "Show everything").await;
    let all = story.sees_privately("malik", &channel, "everything that was recorded").await;
    assert_eq!((all.id.as_str(), story.private_words("malik").len()), (shown.id.as_str(), told));
    story.presses_privately("malik", &all, "Earlier").await;
    story.sees_privately("malik", &channel, "opened the channel").await;

    let elsewhere = story.types("theo", "general", "timeline INC-1").await;
    assert!(elsewhere.contains("Step number 14."), "{elsewhere}");
    let unknown = story.types("theo", "general", "timeline INC-9").await;
    assert!(unknown.contains("no such incident"), "{unknown}");
    story.ends().await;
}

/// Théo comes back from a meeting: one command tells him all he needs, and what is new to him alone,
/// without asking anybody outside.
#[tokio::test]
async fn catching_up_tells_what_is_new_to_each_person() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.joins("theo", &channel).await;
    story.is_quiet().await;
    story.time_passes(mins(9)).await;
    story.types("malik", &channel, "ack").await;
    story.types("malik", &channel, "impact 1200").await;
    story.types("malik", &channel, "note Restarted *all* pods").await;
    story.types("nour", &channel, "update Cards are declined, next 30m").await;
    story.is_quiet().await;

    let calls = story.sandbox.calls().len();
    let told = story.types("theo", &channel, "catchup").await;
    assert_eq!(story.sandbox.calls().len(), calls, "nobody outside is asked");
    for expected in [
        "1,200 clients",
        "find the cause",
        "update by",
        "Said and tried",
        "New since you last looked",
        "9 min ago",
        "acknowledged it",
        "Restarted",
    ] {
        assert!(told.contains(expected), "{expected} is not in {told}");
    }
    let again = story.types("theo", &channel, "catchup").await;
    assert!(again.contains("Nothing is new since you last looked"), "{again}");

    // Inès never looked: all of it is new, so nothing of it is told apart.
    let first = story.types("lea", "general", "catchup INC-1").await;
    assert!(first.contains("Restarted") && !first.contains("you last looked"), "{first}");
    let offered = buttons(&story.last_private_words("theo").blocks);
    assert!(offered.iter().any(|label| label.contains("Timeline")), "{offered:?}");
    story.ends().await;
}

/// Nour leaves and comes back: she is told what happened while she was away, and what is needed most
/// comes first.
#[tokio::test]
async fn who_returns_is_told_what_happened_while_they_were_away() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let first = story.joins("nour", &channel).await;
    assert!(!privately_readable(&first).contains("you last looked"), "{first:?}");
    assert!(buttons(&first.blocks)[0].contains("Acknowledge"), "{:?}", buttons(&first.blocks));
    story.types("nour", &channel, "note Seen by her").await;
    story.sandbox.leave("nour", &channel).expect("she is in it");
    story.is_quiet().await;
    story.time_passes(mins(5)).await;
    story.types("malik", &channel, "ack").await;
    story.types("malik", &channel, "note Done without her").await;
    story.is_quiet().await;

    let again = story.joins("nour", &channel).await;
    let facts = privately_readable(&again);
    assert!(facts.contains("New since you last looked"), "{facts}");
    assert!(facts.contains("Done without her") && !facts.contains("Seen by her"), "{facts}");
    let offered = buttons(&again.blocks);
    assert!(offered[0].contains("Become incident manager"), "{offered:?}");
    story.is_quiet().await;
    story.presses_privately("nour", &again, "Catch up").await;
    story.sees_privately("nour", &channel, "Nothing is new since you last looked").await;
    story.ends().await;
}
