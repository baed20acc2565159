//! Customer care brings in what customers say, asks, and learns what may be told.

use serde_json::json;
use sima_sandbox::Message;

use crate::{
    seen::{button, shown, words},
    story::{Story, mins},
};

/// Waits until the app has written something to one person alone.
async fn is_written_to(story: &Story, person: &str, expected: &str) -> Message {
    let id = story.sandbox.person(person);
    let what = format!("{expected:?} is written to {person}");
    story
        .until(&what, |state| {
            let talk = state.channels.iter().find(|one| one.is_im && one.members.contains(&id))?;
            let mut said = talk.messages.iter();
            said.find(|one| words(&one.text, &one.blocks).contains(expected)).cloned()
        })
        .await
}

/// Inès and Léa have clients on the line. They never disturb those who repair, and both have the one
/// answer that Théo gives.
#[tokio::test]
async fn customer_care_reports_asks_and_is_answered() {
    let story = Story::begins().await;
    let channel = story.opens_simply("nour", "Checkout is down").await;
    story.types("theo", &channel, "cl").await;
    story.is_quiet().await;
    let broadcast = story.broadcast().await;
    let company = crate::story::COMPANY;
    let said_before = story.sandbox.read(|state| state.messages(&channel).len());

    story.presses("ines", company, &broadcast, "Report customers").await;
    story.form_is_shown("ines").await;
    let values = json!({ "customers": "40", "text": "Cannot pay by card" });
    let counted = story.sandbox.submit("ines", "", &values).await;
    assert!(counted.is_fine(), "{counted:?}");
    assert!(counted.body.contains("1 report by customer care, 40 customers"), "{counted:?}");
    story.brief_reads(&channel, "1 report by customer care, 40 customers").await;
    let typed = story.types("lea", &channel, "report 2 Cannot pay either").await;
    assert!(typed.contains("2 reports by customer care, 42 customers"), "{typed}");
    let again = story.types("lea", &channel, "report 2 Cannot pay either").await;
    assert!(again.contains("reported that already"), "{again}");

    story.presses("ines", company, &broadcast, "Ask a question").await;
    story.form_is_shown("ines").await;
    let values = json!({ "text": "Is anybody charged twice?" });
    let passed_on = story.sandbox.submit("ines", "", &values).await;
    assert!(passed_on.body.contains("waits for an answer"), "{passed_on:?}");
    let queue = is_written_to(&story, "theo", "One question about INC-1 waits").await;
    let same = story.types("lea", &channel, "ask is anybody charged twice").await;
    assert!(same.contains("waits for an answer"), "{same}");
    story.brief_reads(&channel, "1 question waits for an answer").await;

    let theo = story.sandbox.person("theo");
    let talk = story.sandbox.read(|state| {
        let talk = state.channels.iter().find(|one| one.is_im && one.members.contains(&theo));
        talk.expect("a conversation").id.clone()
    });
    story.presses("theo", &talk, &queue, "Answer").await;
    story.form_is_shown("theo").await;
    let values = json!({
        "questions": ["1"],
        "text": "Nobody is charged twice.",
        "publicly": ["publicly"],
    });
    let answered = story.sandbox.submit("theo", "", &values).await;
    assert!(answered.is_fine() && answered.body.contains("All who asked"), "{answered:?}");
    is_written_to(&story, "ines", "Nobody is charged twice.").await;
    is_written_to(&story, "lea", "Nobody is charged twice.").await;
    story.followers_read("Nobody is charged twice.").await;
    let late = story.types("sam", &channel, "ask Is anybody charged twice?").await;
    assert!(late.contains("Nobody is charged twice."), "{late}");
    let info = story.types("sam", &channel, "info").await;
    assert!(info.contains("Cannot pay by card"), "{info}");
    story.is_quiet().await;
    let said = story.sandbox.read(|state| state.messages(&channel).len());
    assert_eq!(said, said_before, "those who repair were left alone");
    story.ends().await;
}

/// What customers may be told is approved by whoever speaks, and one press away for all.
#[tokio::test]
async fn what_customers_may_be_told_is_approved_and_shown() {
    let story = Story::begins().await;
    let channel = story.opens_simply("nour", "Checkout is down").await;
    let company = crate::story::COMPANY;
    let broadcast = story.broadcast().await;
    story.presses("lea", company, &broadcast, "What may we tell customers?").await;
    story.sees_privately("lea", company, "Nothing is approved yet").await;
    story.types("theo", &channel, "cl").await;
    let refused = story.types("sam", &channel, "wording It is all fine").await;
    assert!(
        refused.contains("the communication lead says what others are told")
            || refused.contains("The communication lead says what others are told"),
        "{refused}"
    );
    story.types("theo", &channel, "wording new").await;
    story.form_is_shown("theo").await;
    let values = json!({ "text": "Some payments fail <now>. Nobody is charged twice." });
    let approved = story.sandbox.submit("theo", "", &values).await;
    assert!(approved.is_fine() && approved.body.contains("Approved by"), "{approved:?}");
    let told = story.followers_read("Some payments fail <now>.").await;
    assert!(shown(&told.blocks).contains("Customers may be told"), "{told:?}");
    story.presses("lea", company, &broadcast, "What may we tell customers?").await;
    story.sees_privately("lea", company, "Nobody is charged twice.").await;
    story.time_passes(mins(1)).await;
    story.ends().await;
}

/// Nobody is communication lead: those in the channel are asked once; whoever takes the role is handed
/// what waits.
#[tokio::test]
async fn questions_find_whoever_speaks() {
    let story = Story::begins().await;
    let channel = story.opens_simply("nour", "Checkout is down").await;
    story.types("ines", &channel, "ask Is anybody charged twice?").await;
    let asked = story.reads(&channel, "Is anybody charged twice?").await;
    assert!(button(&asked.blocks, "Answer").is_some(), "{asked:?}");
    story.types("ines", &channel, "ask When is it over?").await;
    story.brief_reads(&channel, "2 questions wait for an answer").await;
    story.is_quiet().await;
    let asks = story.sandbox.read(|state| {
        let posted = state.messages(&channel).iter();
        posted.filter(|one| shown(&one.blocks).contains("When is it over?")).count()
    });
    assert_eq!(asks, 0, "the channel is asked once");
    story.presses("theo", &channel, &asked, "Become communication lead").await;
    let queue = is_written_to(&story, "theo", "2 questions about INC-1 wait").await;
    assert!(shown(&queue.blocks).contains("When is it over?"), "{queue:?}");
    story.types("theo", &channel, "answer We hope for noon").await;
    is_written_to(&story, "ines", "We hope for noon").await;
    let nothing = story.types("theo", &channel, "answer").await;
    assert!(nothing.contains("No question about INC-1 waits"), "{nothing}");
    story.ends().await;
}

/// Of a private incident nobody outside is asked or told anything.
#[tokio::test]
async fn a_private_incident_has_no_lane() {
    let story = Story::begins().await;
    let marks = json!({ "summary": "Stolen laptop", "marks": ["private"] });
    let channel = story.opens("ines", marks).await;
    story.is_quiet().await;
    for typed in ["report 2 Angry", "ask Is it over?", "wording All is well"] {
        let refused = story.types("ines", &channel, typed).await;
        assert!(
            refused.contains("obody outside knows of a private incident"),
            "{typed}: {refused}"
        );
    }
    story.ends().await;
}
