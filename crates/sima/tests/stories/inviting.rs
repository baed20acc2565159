//! People are brought in, and an incident is hidden that should have been private.

use serde_json::json;

use crate::{
    seen::{button, buttons, shown},
    story::{COMPANY, Story},
};

/// A line or a form brings people and groups in; who cannot come is named.
#[tokio::test]
async fn people_and_groups_are_invited_by_name() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let answer = story.types("nour", &channel, "invite @theo @platform-oncall").await;
    assert!(answer.contains("They are being invited"), "{answer}");
    let group = story.sandbox.read(|state| {
        let group = state.groups.iter().find(|group| group.handle == "platform-oncall");
        group.expect("a group").users.clone()
    });
    let theo = story.sandbox.person("theo");
    story
        .until("they are in the channel", |state| {
            let members = &state.channel(&channel)?.members;
            let all = group.iter().chain([&theo]).all(|person| members.contains(person));
            all.then_some(())
        })
        .await;

    story.types("nour", &channel, "invite").await;
    let sam = story.sandbox.person("sam");
    story.submits("nour", json!({ "people": [sam] })).await;
    story
        .until("Sam is in the channel", |state| {
            state.channel(&channel)?.members.contains(&sam).then_some(())
        })
        .await;
    let wrong = story.types("nour", &channel, "invite the boss").await;
    assert!(wrong.contains("type @ and pick people or groups"), "{wrong}");
    story.ends().await;
}

/// A leak of personal data was opened for everybody to see: it is hidden, and what Slack still shows
/// is said.
#[tokio::test]
async fn what_should_have_been_private_is_hidden_and_what_cannot_be_is_said() {
    let story = Story::begins().await;
    let opening = json!({ "summary": "Addresses of patients leak", "domain": "payments" });
    let channel = story.opens("ines", opening).await;
    story.is_quiet().await;
    story.broadcast_reads("Addresses of patients leak").await;

    let asked = story.types("nour", &channel, "private").await;
    assert!(asked.contains("cannot be made public again"), "{asked}");
    assert!(asked.contains("everybody in the workspace can read the channel"), "{asked}");
    story.is_quiet().await;
    story.broadcast_reads("Addresses of patients leak").await;
    let question = story.last_private_words("nour");
    story.presses_privately("nour", &question, "Make it private for good").await;

    let left = story.broadcast_reads("This message was taken back").await;
    for secret in ["leak", "INC-1", "Payments", "SEV"] {
        assert!(!shown(&left.blocks).contains(secret), "{secret} is in {left:?}");
    }
    let told = story.reads(&channel, "is private now").await;
    assert!(shown(&told.blocks).contains("Change to a private channel"), "{told:?}");
    assert!(button(&told.blocks, "Invite people").is_some(), "{:?}", buttons(&told.blocks));
    story.brief_reads(&channel, "Private").await;

    // From now on nobody elsewhere hears of it.
    story.types("nour", &channel, "update We look who is affected").await;
    story.types("nour", &channel, "recover").await;
    story.is_quiet().await;
    let company = story.sandbox.read(|state| {
        let messages = state.messages(COMPANY).iter();
        messages.map(|message| shown(&message.blocks)).collect::<String>()
    });
    assert!(!company.contains("who is affected") && !company.contains("Recovered"), "{company}");
    assert_eq!(story.gets("/incidents/1").await.status, 404);
    for typed in ["list", "info INC-1", "metrics"] {
        let answer = story.types("theo", "general", typed).await;
        assert!(!answer.contains("leak") && !answer.contains("1 real"), "{typed}: {answer}");
    }
    let again = story.types("nour", &channel, "private").await;
    assert!(again.contains("private already"), "{again}");
    story.ends().await;
}

/// Nobody but its manager says who may know of a private incident.
#[tokio::test]
async fn into_a_private_incident_its_manager_invites() {
    let story = Story::begins().await;
    let marks = json!({ "summary": "Stolen laptop", "marks": ["private"] });
    let channel = story.opens("ines", marks).await;
    story.is_quiet().await;
    story.types("ines", &channel, "invite @nour").await;
    story.types("ines", &channel, "role im @nour").await;
    story.is_quiet().await;
    let refused = story.types("ines", &channel, "invite @theo").await;
    assert!(refused.contains("for its incident manager to say"), "{refused}");
    let nour = story.types("nour", &channel, "invite @theo").await;
    assert!(nour.contains("They are being invited"), "{nour}");
    let theo = story.sandbox.person("theo");
    story
        .until("Théo is in the channel", |state| {
            state.channel(&channel)?.members.contains(&theo).then_some(())
        })
        .await;
    story.ends().await;
}

/// Words for which SIMA has nothing of its own lead to what there is.
#[tokio::test]
async fn every_word_leads_somewhere() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    for (typed, expected) in [
        ("postmortem", "comes after it has recovered"),
        ("rca", "under *Root cause*"),
        ("tasks", "under *Action items*"),
        ("feedback", "asks for no feedback yet"),
        ("tutorial", "The quickest way to learn is a drill"),
    ] {
        let answer = story.types("theo", &channel, typed).await;
        assert!(answer.contains(expected), "{typed}: {answer}");
    }
    let tutorial = story.last_private_words("theo");
    story.presses_privately("theo", &tutorial, "Practise").await;
    let form = story.form_is_shown("theo").await;
    assert!(form.to_string().contains("\"drill\""), "{form}");
    story.types("theo", "general", "drill Practice for the new ones sev1").await;
    story
        .until("a drill is open", |state| {
            let drill = state.channels.iter().find(|made| made.name.contains("practice"))?;
            drill.pins.first().map(drop)
        })
        .await;
    assert_eq!(story.pages(1).await.len(), 1, "a drill calls nobody");
    story.ends().await;
}
