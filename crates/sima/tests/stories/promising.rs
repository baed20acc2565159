//! Promising: whoever promised an update is reminded in time, privately, and left alone otherwise.

use jiff::SignedDuration;
use serde_json::json;
use sima_sandbox::{Fault, Message, Rule, State, Vendor};

use crate::{
    seen::{button, says},
    story::{Story, mins},
};

/// An incident of Inès' with Nour as incident manager and Théo as communication lead, who says that
/// they are looking and promises the next update for half an hour later.
async fn promised(story: &Story) -> String {
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.joins("theo", &channel).await;
    story.types("theo", &channel, "cl").await;
    story.joins("nour", &channel).await;
    story.types("nour", &channel, "im").await;
    story.types("theo", &channel, "update We are looking, next 30m").await;
    story.is_quiet().await;
    channel
}

/// What SIMA wrote to a person directly, as it stands there now.
fn written_to(state: &State, person: &str) -> Vec<Message> {
    let direct = state
        .channels
        .iter()
        .find(|channel| channel.is_im && channel.members.iter().any(|member| member == person));
    direct.map_or_else(Vec::new, |channel| channel.messages.clone())
}

/// What a person has before them from SIMA, and the channel it stands in.
fn direct(story: &Story, person: &str) -> (String, Vec<Message>) {
    let id = story.sandbox.person(person);
    story.sandbox.read(|state| {
        let channel = state
            .channels
            .iter()
            .find(|channel| channel.is_im && channel.members.contains(&id))
            .map_or_else(String::new, |channel| channel.id.clone());
        (channel, written_to(state, &id))
    })
}

/// Waits until SIMA has written so to a person.
async fn is_reminded(story: &Story, person: &str, expected: &str) -> Message {
    let id = story.sandbox.person(person);
    story
        .until(&format!("{person} is reminded: {expected}"), |state| {
            written_to(state, &id).into_iter().find(|message| says(message, expected))
        })
        .await
}

/// Théo is reminded five minutes before, Nour when it is due; the update takes both reminders back,
/// and the figure knows of one promise that was missed.
#[tokio::test]
async fn a_promise_about_to_be_missed_reminds_the_lead_and_then_the_manager() {
    let story = Story::begins().await;
    let channel = promised(&story).await;
    let before = story.sandbox.read(|state| state.messages(&channel).len());
    story.time_passes(mins(24)).await;
    story.is_quiet().await;
    assert_eq!(direct(&story, "theo").1.len(), 0, "not yet");

    story.time_passes(mins(2)).await;
    let reminder = is_reminded(&story, "theo", "the next update is promised by").await;
    for label in ["Post update", "Remind me in 5 min", "Remind me in 10 min", "Remind me in 15 min"]
    {
        assert!(button(&reminder.blocks, label).is_some(), "{label}: {reminder:?}");
    }
    story.is_quiet().await;
    assert_eq!(direct(&story, "nour").1.len(), 0, "the lead first");

    story.time_passes(mins(5)).await;
    let late = is_reminded(&story, "nour", "late").await;
    story.brief_reads(&channel, "next update was promised by").await;
    story.broadcast_reads("next update was promised by").await;
    story.is_quiet().await;

    // Nour presses what she is shown, in her own messages.
    let (own, _) = direct(&story, "nour");
    story.presses("nour", &own, &late, "Post update").await;
    story.submits("nour", json!({ "text": "Rolled back, errors are falling", "next": "30" })).await;
    story.reads(&channel, "errors are falling").await;
    story.is_quiet().await;
    for person in ["theo", "nour"] {
        assert_eq!(direct(&story, person).1.len(), 0, "{person} is not left with a reminder");
    }
    let said = story.sandbox.read(|state| state.messages(&channel).len()) - before;
    assert_eq!(said, 1, "of all this the channel saw the update alone");
    let brief = story.brief_reads(&channel, "errors are falling").await;
    assert!(says(&brief, "next update by"), "{brief:?}");
    let figures = story.types("nour", &channel, "metrics").await;
    assert!(figures.contains("Promises kept") && figures.contains("0 of 1 updates"), "{figures}");
    story.ends().await;
}

/// Théo needs a moment: he is reminded again when he asked for it, in one message, and Nour is not
/// called in between.
#[tokio::test]
async fn a_reminder_put_off_comes_again_instead_of_the_first() {
    let story = Story::begins().await;
    let channel = promised(&story).await;
    story.time_passes(mins(26)).await;
    let reminder = is_reminded(&story, "theo", "the next update is promised by").await;
    story.is_quiet().await;
    let (own, _) = direct(&story, "theo");
    story.presses("theo", &own, &reminder, "Remind me in 10 min").await;
    story.sees_privately("theo", &own, "You are reminded of INC-1 again at").await;
    story.is_quiet().await;
    assert_eq!(direct(&story, "theo").1.len(), 0, "what he put off is gone");

    story.time_passes(mins(6)).await;
    story.brief_reads(&channel, "next update was promised by").await;
    story.is_quiet().await;
    assert_eq!(direct(&story, "nour").1.len(), 0, "he said that he would see to it");
    story.time_passes(mins(5)).await;
    is_reminded(&story, "theo", "late").await;
    story.is_quiet().await;
    assert_eq!(direct(&story, "theo").1.len(), 1);
    story.ends().await;
}

/// A press on what was put off already, by somebody as quick as oneself on another phone, is answered.
#[tokio::test]
async fn a_second_press_is_answered_and_changes_nothing() {
    let story = Story::begins().await;
    promised(&story).await;
    story.time_passes(mins(26)).await;
    let reminder = is_reminded(&story, "theo", "the next update is promised by").await;
    story.is_quiet().await;
    let (own, _) = direct(&story, "theo");
    let deletion = Rule::of(Vendor::Slack, Fault::Down).on("chat.delete").times(1);
    story.sandbox.faults().set(deletion);
    story.presses("theo", &own, &reminder, "Remind me in 10 min").await;
    story.sees_privately("theo", &own, "again at").await;
    story.presses("theo", &own, &reminder, "Remind me in 5 min").await;
    story.sees_privately("theo", &own, "put off already").await;
    story.everything_is_tried_again().await;
    assert_eq!(direct(&story, "theo").1.len(), 0, "it is taken back once Slack is there");
    story.ends().await;
}

/// Where people write nobody is reminded: they are at it, and the reminder waits until it is quiet.
#[tokio::test]
async fn while_people_write_nobody_is_reminded() {
    let story = Story::begins().await;
    let channel = promised(&story).await;
    story.time_passes(mins(24)).await;
    story.joins("malik", &channel).await;
    story.sandbox.say("malik", &channel, "the pool is exhausted, raising it").expect("he is there");
    story.is_quiet().await;
    story.time_passes(mins(2)).await;
    story.is_quiet().await;
    assert_eq!(direct(&story, "theo").1.len(), 0, "somebody wrote two minutes ago");
    story.time_passes(mins(2)).await;
    is_reminded(&story, "theo", "the next update is promised by").await;
    story.ends().await;
}

/// Nobody holds a role: the channel is told once, with the way to post it and to take the role.
#[tokio::test]
async fn where_nobody_holds_a_role_the_channel_is_told_once() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "update We are looking, next 20m").await;
    story.is_quiet().await;
    story.time_passes(mins(16)).await;
    let told = story.reads(&channel, "nobody is communication lead").await;
    assert!(button(&told.blocks, "Become communication lead").is_some(), "{told:?}");
    story.is_quiet().await;
    story.time_passes(mins(20)).await;
    story.brief_reads(&channel, "next update was promised by").await;
    story.is_quiet().await;
    let often = story.sandbox.read(|state| {
        let told = state.messages(&channel).iter();
        told.filter(|message| says(message, "nobody is communication lead")).count()
    });
    assert_eq!(often, 1);
    story.ends().await;
}

/// SIMA was down when it was due: started again it says so at once, once.
#[tokio::test]
async fn a_promise_is_minded_after_a_restart() {
    let mut story = Story::begins().await;
    let channel = promised(&story).await;
    story.time_passes(mins(20)).await;
    story.restarts().await;
    story.time_passes(mins(15)).await;
    story.brief_reads(&channel, "next update was promised by").await;
    is_reminded(&story, "theo", "late").await;
    story.is_quiet().await;
    assert_eq!(direct(&story, "theo").1.len(), 1);
    let figures = story.types("nour", &channel, "metrics").await;
    assert!(figures.contains("0 of 1 updates"), "{figures}");
    story.ends().await;
}

/// It is over before the time: nobody is reminded, and the promise counts as kept.
#[tokio::test]
async fn recovery_silences_reminders() {
    let story = Story::begins().await;
    let channel = promised(&story).await;
    story.time_passes(mins(26)).await;
    is_reminded(&story, "theo", "the next update is promised by").await;
    story.types("malik", &channel, "recover").await;
    story.is_quiet().await;
    assert_eq!(direct(&story, "theo").1.len(), 0, "the reminder is taken back");
    story.time_passes(mins(30)).await;
    story.is_quiet_but_for(&[]).await;
    assert_eq!(direct(&story, "nour").1.len(), 0);
    let figures = story.types("nour", &channel, "metrics").await;
    assert!(figures.contains("1 of 1 updates"), "{figures}");
    story.ends().await;
}

/// Of a private incident a person's own messages say no word; its holder can post from there.
#[tokio::test]
async fn a_reminder_of_a_private_incident_says_its_number_alone() {
    let story = Story::begins().await;
    let channel =
        story.opens("ines", json!({ "summary": "Data is leaking", "marks": ["private"] })).await;
    story.is_quiet().await;
    story.types("ines", &channel, "cl").await;
    story.types("ines", &channel, "update We are looking, next 30m").await;
    story.is_quiet().await;
    story.time_passes(mins(26)).await;
    let reminder = is_reminded(&story, "ines", "INC-1").await;
    assert!(!says(&reminder, "leaking") && !says(&reminder, &channel), "{reminder:?}");
    let (own, _) = direct(&story, "ines");
    story.presses("ines", &own, &reminder, "Post update").await;
    story.submits("ines", json!({ "text": "Closed the bucket", "next": "none" })).await;
    story.brief_reads(&channel, "Closed the bucket").await;
    story.is_quiet().await;
    assert_eq!(direct(&story, "ines").1.len(), 0);
    story.ends().await;
}

/// Where the app may not write to people, they are reminded in the channel, for their eyes alone.
#[tokio::test]
async fn whoever_cannot_be_written_to_is_reminded_in_the_channel() {
    let story = Story::begins_with(|config| {
        config.updates.remind_before = SignedDuration::from_mins(10);
    })
    .await;
    let channel = promised(&story).await;
    let error = "messages_tab_disabled".to_owned();
    let closed = Rule::of(Vendor::Slack, Fault::Refused { error }).on("chat.postMessage").times(1);
    story.sandbox.faults().set(closed);
    story.time_passes(mins(21)).await;
    story.sees_privately("theo", &channel, "the next update is promised by").await;
    story.ends().await;
}
