//! Updating: one note, seen by those who repair and by those who wait, with a promise of the next.

use serde_json::json;

use crate::{
    seen::{says, shown},
    story::{COMPANY, Story},
};

/// Théo posts by the form and moves the stage with it; channel, thread and both cards follow.
#[tokio::test]
async fn an_update_by_form_reaches_channel_and_company_and_moves_the_stage() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let brief = story.brief_is_pinned(&channel).await;
    let broadcast = story.broadcast().await;
    story.joins("theo", &channel).await;

    assert_eq!(story.types("theo", &channel, "update").await, "", "the form is the answer");
    story
        .submits(
            "theo",
            json!({ "stage": "fixing", "text": "The card terminal's certificate had expired.", "next": "30" }),
        )
        .await;
    let posted = story.reads(&channel, "certificate had expired").await;
    let theo = format!("<@{}>", story.sandbox.person("theo"));
    assert!(says(&posted, "Fixing") && says(&posted, &theo), "{posted:?}");
    assert!(posted.thread_ts.is_none(), "it stands in the channel itself");
    let reply = story.followers_read("certificate had expired").await;
    assert_eq!(reply.thread_ts.as_deref(), Some(broadcast.ts.as_str()));
    assert!(!reply.broadcast, "the company's channel stays quiet");

    let edited = story.brief_reads(&channel, "certificate had expired").await;
    assert_eq!(edited.ts, brief.ts, "the brief is edited");
    assert!(says(&edited, "Fixing") && says(&edited, "next update by"), "{edited:?}");
    // The stage and the text are two changes: the second one brings the promise.
    let told = story.broadcast_reads("next update by").await;
    assert!(says(&told, "The cause is known and being repaired"), "{told:?}");
    assert_eq!(told.ts, broadcast.ts, "the broadcast is edited");
    let promised = promised_secs(&shown(&told.blocks)) - now_secs(&story);
    assert!((29 * 60..=30 * 60).contains(&promised), "{promised} s are promised");
    story.page_is("acknowledged").await;
    story.is_quiet().await;
    let company: Vec<_> = story.sandbox.read(|state| state.messages(COMPANY).to_vec());
    assert_eq!(company.len(), 2, "the broadcast and one reply: {company:?}");
    story.ends().await;
}

/// In a hurry one types it in a line, promise included.
#[tokio::test]
async fn an_update_by_line_takes_its_promise_from_the_end() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let answer =
        story.types("ines", &channel, "update Rolled back, errors are falling, next 20m").await;
    assert!(answer.contains("posted") && answer.contains("promised by"), "{answer}");
    let posted = story.reads(&channel, "Rolled back, errors are falling").await;
    assert!(!says(&posted, "next 20m"), "the promise is no part of the text: {posted:?}");
    story.followers_read("Rolled back, errors are falling").await;
    let brief = story.brief_reads(&channel, "Rolled back, errors are falling").await;
    let promised = promised_secs(&shown(&brief.blocks)) - now_secs(&story);
    assert!((19 * 60..=20 * 60).contains(&promised), "{promised} s are promised");
    story.ends().await;
}

/// Without a word about the next one, the severity's own rhythm is promised; or nothing, if one
/// says so.
#[tokio::test]
async fn the_severity_says_when_the_next_update_is_due() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "update Still looking").await;
    let brief = story.brief_reads(&channel, "Still looking").await;
    let promised = promised_secs(&shown(&brief.blocks)) - now_secs(&story);
    assert!((59 * 60..=60 * 60).contains(&promised), "SEV3 asks for an hour, not {promised} s");

    let answer = story.types("ines", &channel, "update We wait for the provider, next none").await;
    assert!(answer.contains("No other one is promised"), "{answer}");
    let brief = story.brief_reads(&channel, "We wait for the provider").await;
    assert!(!says(&brief, "next update by"), "{brief:?}");
    story.ends().await;
}

/// Several updates in a row stand in the order they were posted, on both sides.
#[tokio::test]
async fn updates_stand_in_the_order_they_were_posted() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let words = ["First sign", "Second thought", "Third try"];
    for text in words {
        story.types("ines", &channel, &format!("update {text}")).await;
    }
    story.is_quiet().await;
    for place in [channel.as_str(), COMPANY] {
        let order: Vec<usize> = story.sandbox.read(|state| {
            let notes = state.messages(place).iter().filter(|message| message.bot);
            let notes = notes.filter(|message| says(message, "update by"));
            notes.filter_map(|note| words.iter().position(|text| says(note, text))).collect()
        });
        let in_order: Vec<usize> = order.iter().copied().filter(|at| *at < 3).collect();
        assert!(in_order.ends_with(&[0, 1, 2]), "{place}: {order:?}");
    }
    story.brief_reads(&channel, "Third try").await;
    story.ends().await;
}

/// An empty update, a bad promise: the person is told at the field, and nothing is posted.
#[tokio::test]
async fn an_update_of_nothing_is_not_posted() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "update").await;
    story.form_is_shown("ines").await;
    let refused = story.sandbox.submit("ines", "", &json!({ "text": "   " })).await;
    assert!(refused.trouble.is_some_and(|told| told.contains("text")));
    story.sandbox.close_modal("ines", true).await;
    story.is_quiet().await;
    assert_eq!(story.sandbox.read(|state| state.messages(COMPANY).len()), 1);
    story.ends().await;
}

/// The time that is promised, in seconds since 1970: what stands behind "next update by".
fn promised_secs(text: &str) -> i64 {
    let (_, after) = text.split_once("next update by <!date^").expect("a promise");
    after.split('^').next().and_then(|secs| secs.parse().ok()).expect("seconds")
}

fn now_secs(story: &Story) -> i64 {
    story.sandbox.now_micros() / 1_000_000
}
