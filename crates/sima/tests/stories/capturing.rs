//! Messages that people put on the timeline by a pin or by an emoji.

use sima_incident::{Event, IncidentNumber, PersonId, Recorded, told};
use sima_sandbox::{Fault, Rule, Vendor};
use sima_store::OutboxView;

use crate::story::{Story, mins};

/// Nour pins what Malik wrote, Théo marks it too: it stands on the timeline once, as Malik's, at the
/// time he wrote it. Taking one mark off changes nothing, taking the last takes it off.
#[tokio::test]
async fn a_marked_message_stands_on_the_timeline_once_until_the_last_mark_is_gone() {
    let story = Story::begins().await;
    let channel = with_people(&story).await;
    let ts = story.sandbox.say("malik", &channel, "The *queue* drains, ask @nour").unwrap();
    story.time_passes(mins(7)).await;
    story.sandbox.react("nour", &channel, &ts, "pushpin").unwrap();
    story.sandbox.react("theo", &channel, &ts, "pushpin").unwrap();
    story.sandbox.pin("ines", &channel, &ts).unwrap();
    story.is_quiet().await;
    let rows = captured(&story).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let malik = PersonId(story.sandbox.person("malik"));
    assert_eq!(rows[0].by.person(), Some(&malik));
    let late = rows[0].at.duration_since(rows[0].happened_at);
    assert!(late.as_mins() >= 6, "as of when it was written");
    assert!(takes(&story, &channel, &ts, true).await);
    let page = story.gets("/incidents/INC-1").await.body;
    assert!(page.contains("The *queue* drains, ask @"), "{page}");
    assert!(page.contains("in the chat"), "{page}");

    story.sandbox.unreact("nour", &channel, &ts, "pushpin").unwrap();
    story.sandbox.unpin("ines", &channel, &ts).unwrap();
    story.is_quiet().await;
    assert_eq!(captured(&story).await.len(), 1, "Théo's mark is left");
    story.sandbox.unreact("theo", &channel, &ts, "pushpin").unwrap();
    story.is_quiet().await;
    assert!(captured(&story).await.is_empty());
    assert!(takes(&story, &channel, &ts, false).await);
    assert!(!story.gets("/incidents/INC-1").await.body.contains("queue* drains"));
    story.ends().await;
}

/// What Malik corrects is corrected, what he deletes is gone; that something was there is still told.
#[tokio::test]
async fn edits_and_deletions_of_what_was_captured_are_followed() {
    let story = Story::begins().await;
    let channel = with_people(&story).await;
    let ts = story.sandbox.say("malik", &channel, "db is back").unwrap();
    let file = story.sandbox.share("malik", &channel, "errors.png", "").unwrap();
    let aside = story.sandbox.reply("malik", &channel, &ts, "password is hunter2").unwrap();
    for ts in [&ts, &file, &aside] {
        story.sandbox.react("nour", &channel, ts, "pushpin").unwrap();
    }
    story.is_quiet().await;
    assert_eq!(captured(&story).await.len(), 3);
    let page = story.gets("/incidents/INC-1").await.body;
    assert!(page.contains("errors.png") && page.contains("hunter2"), "{page}");

    story.sandbox.edit("malik", &channel, &ts, "db is <b>slowly</b> back").unwrap();
    story.sandbox.delete("malik", &channel, &aside).unwrap();
    story.is_quiet().await;
    let page = story.gets("/incidents/INC-1").await.body;
    assert!(page.contains("db is &lt;b&gt;slowly&lt;/b&gt; back"), "{page}");
    assert!(page.contains("(edited)") && page.contains("withdrew a message"), "{page}");
    assert!(!page.contains("hunter2"), "{page}");

    // So the post-mortem does.
    story.types("malik", &channel, "severity sev2").await;
    story.types("malik", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(16)).await;
    let document = story
        .until("the post-mortem is there", |state| {
            let page = state.notion.pages.first()?;
            Some(format!("{page:?}"))
        })
        .await;
    assert!(document.contains("slowly") && document.contains("withdrew a message"), "{document}");
    assert!(!document.contains("hunter2") && document.contains("errors.png"), "{document}");
    story.ends().await;
}

/// What SIMA wrote is known to it; other emoji, other channels and other people's edits mean nothing.
#[tokio::test]
async fn nothing_else_is_put_on_the_timeline() {
    let story = Story::begins().await;
    let channel = with_people(&story).await;
    let brief = story.brief_is_pinned(&channel).await;
    story.sandbox.react("nour", &channel, &brief.ts, "pushpin").unwrap();
    let ts = story.sandbox.say("malik", &channel, "db is back").unwrap();
    story.sandbox.react("nour", &channel, &ts, "eyes").unwrap();
    story.sandbox.edit("malik", &channel, &ts, "db is up").unwrap();
    let elsewhere = story.sandbox.say("ines", "general", "Lunch?").unwrap();
    story.sandbox.react("ines", "general", &elsewhere, "pushpin").unwrap();
    let joined = story.sandbox.read(|state| {
        let mut messages = state.messages(&channel).iter();
        let malik = &state.person("malik").expect("he is one of us").id;
        let line = messages.find(|one| one.subtype.is_some() && one.user == *malik);
        line.expect("that he joined").ts.clone()
    });
    story.is_quiet().await;
    let before = events(&story).await.len();
    story.sandbox.react("nour", &channel, &joined, "pushpin").unwrap();
    story.is_quiet().await;
    assert!(captured(&story).await.is_empty());
    let after = events(&story).await;
    assert_eq!(after.len(), before + 2, "asked for, and found to be nobody's words");
    assert!(matches!(after.last().unwrap().event, Event::CaptureEnded { .. }));
    assert!(story.calls_of("reactions.add").is_empty());
    story.ends().await;
}

/// Events come twice, in no order, and while Slack answers nothing: in the end it is right.
#[tokio::test]
async fn repeats_disorder_and_an_outage_change_nothing() {
    let story = Story::begins().await;
    let channel = with_people(&story).await;
    story.sandbox.faults().events_twice(true);
    let first = story.sandbox.say("malik", &channel, "First").unwrap();
    story.sandbox.edit("malik", &channel, &first, "First, corrected").unwrap();
    story.sandbox.faults().set(Rule::of(Vendor::Slack, Fault::Down).on("conversations.replies"));
    story.sandbox.react("nour", &channel, &first, "pushpin").unwrap();
    story.sandbox.edit("malik", &channel, &first, "First, corrected again").unwrap();
    story.is_quiet_but_for(&["read_message"]).await;
    assert!(captured(&story).await.is_empty());
    story.sandbox.faults().clear();
    story.everything_is_tried_again().await;
    let rows = captured(&story).await;
    let [Recorded { event: Event::MessageCaptured { said, .. }, .. }] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!(said.text, "First, corrected again");
    story.ends().await;
}

/// Without the right to read messages, people are told what to mend; the incident goes on.
#[tokio::test]
async fn a_missing_right_is_told_and_no_message_is_lost() {
    let story = Story::begins().await;
    let channel = with_people(&story).await;
    story.sandbox.revoke_scope("channels:history");
    story.sandbox.revoke_scope("reactions:write");
    let ts = story.sandbox.say("malik", &channel, "db is back").unwrap();
    story.sandbox.react("nour", &channel, &ts, "pushpin").unwrap();
    story.is_quiet().await;
    let given_up = story.outbox(OutboxView::GivenUp).await.remove(0);
    assert_eq!(given_up.kind, "read_message");
    assert!(given_up.last_setback.is_some_and(|why| why.contains("channels:history")));
    story.sandbox.grant_scope("channels:history");
    let store = story.sima().desk().store();
    assert!(store.retry_given_up(given_up.id).await.unwrap());
    story.is_quiet().await;
    assert_eq!(captured(&story).await.len(), 1);
    story.ends().await;
}

/// An incident with Malik, Nour, Théo and Inès in its channel; the channel.
async fn with_people(story: &Story) -> String {
    let channel = story.opens_simply("ines", "Checkout is down").await;
    for person in ["malik", "nour", "theo"] {
        story.joins(person, &channel).await;
    }
    channel
}

/// Whether SIMA shows on a message that it was taken, once it does or does not.
async fn takes(story: &Story, channel: &str, ts: &str, taken: bool) -> bool {
    story
        .until("the message shows whether it was taken", |state| {
            let message = state.channel(channel)?.message(ts)?;
            let shows = message.reactions.iter().any(|reaction| reaction.name == "memo");
            (shows == taken).then_some(true)
        })
        .await
}

async fn events(story: &Story) -> Vec<Recorded> {
    let store = story.sima().desk().store();
    let incident = store.incident_numbered(IncidentNumber(1)).await.unwrap().unwrap();
    store.events(incident.id).await.unwrap()
}

/// The captured messages people read on the timeline.
async fn captured(story: &Story) -> Vec<Recorded> {
    let rows = told(&events(story).await);
    let is_message = |row: &Recorded| matches!(row.event, Event::MessageCaptured { .. });
    rows.into_iter().filter(is_message).collect()
}
