//! Opening by form: channel, page, brief, people, broadcast.

use serde_json::json;

use crate::{seen::says, story::Story};

/// Inès fills in the form; within a moment everything is there, once, with links between.
#[tokio::test]
async fn a_form_opens_an_incident_with_everything_that_belongs_to_it() {
    let story = Story::begins().await;
    let channel = story
        .opens(
            "ines",
            json!({
                "summary": "Checkout is down",
                "domain": "payments",
                "severity": "SEV2",
                "description": "Cards are refused",
                "impact": "1200",
            }),
        )
        .await;
    assert!(channel.starts_with("incident_") && channel.ends_with("_checkout-is-down"));

    let brief = story.brief_is_pinned(&channel).await;
    for expected in ["INC-1", "SEV2", "Open", "Checkout is down", "Payments", "200"] {
        assert!(says(&brief, expected), "{expected} is not in {brief:?}");
    }
    let page = story.pages(1).await.remove(0);
    assert!(page.title.contains("Checkout is down"), "{page:?}");
    let channel_id = story.sandbox.channel(&channel);
    let links = serde_json::to_string(&page.links).expect("links");
    assert!(links.contains(&channel_id) && links.contains("/i/INC-1"), "{links}");

    story.reads("production-issues-bot", "Checkout is down").await;
    for person in ["ines", "lea", "sam"] {
        let id = story.sandbox.person(person);
        story
            .until(&format!("{person} is invited"), |state| {
                state.channel(&channel)?.members.contains(&id).then_some(())
            })
            .await;
    }
    story.sees_privately("ines", "general", "INC-1").await;
    story.sees_privately("lea", &channel, "Checkout is down").await;
    story.ends().await;
}

/// Two incidents of the same words on the same day have a channel each.
#[tokio::test]
async fn the_same_words_twice_open_two_channels() {
    let story = Story::begins().await;
    let first = story.opens_simply("ines", "Checkout is down").await;
    let second = story.opens_simply("theo", "Checkout is down").await;
    assert_ne!(first, second);
    assert!(second.starts_with(&first), "{second} begins like {first}");
    story.pages(2).await;
    assert!(says(&story.brief_is_pinned(&first).await, "INC-1"));
    assert!(says(&story.brief_is_pinned(&second).await, "INC-2"));
    story.ends().await;
}

/// People have a channel of that very name: SIMA leaves it alone and takes another.
#[tokio::test]
async fn a_channel_of_peoples_own_is_left_alone() {
    let story = Story::begins().await;
    let first = story.opens_simply("ines", "Checkout is down").await;
    let next = first.replace("checkout-is-down", "mails-are-late");
    story.sandbox.join("theo", "random").expect("a public channel");
    story.sandbox.rename("theo", "random", &next).expect("nobody has the name");
    let theirs = story.sandbox.channel(&next);
    story.types("ines", "general", "open Mails are late").await;
    story.is_quiet().await;
    let ours = story.incident_channels().into_iter().find(|name| name.ends_with("late-2"));
    let ours = ours.expect("a name of its own");
    assert_ne!(story.sandbox.channel(&ours), theirs);
    assert!(says(&story.brief_is_pinned(&ours).await, "INC-2"));
    let said = story
        .sandbox
        .read(|state| state.messages(&theirs).iter().filter(|message| message.bot).count());
    assert_eq!(said, 0, "their channel stays theirs");
    story.ends().await;
}

/// A line is enough in a hurry; what it says of severity and domain is understood.
#[tokio::test]
async fn a_line_opens_at_once() {
    let story = Story::begins().await;
    let answer = story.types("ines", "customer-care", "open Cards are refused sev1 payments").await;
    assert!(answer.contains("INC-1") && answer.contains("SEV1 · Payments"), "{answer}");
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    assert!(channel.ends_with("_cards-are-refused"), "{channel}");
    story.sees_privately("ines", "customer-care", "is open in").await;
    story.ends().await;
}

/// From App Home and from the shortcut one gets the same form.
#[tokio::test]
async fn the_form_is_one_press_away_from_anywhere() {
    let story = Story::begins().await;
    story.sandbox.open_home("theo").expect("he is one of us");
    story.until("the App Home is drawn", |state| state.home("theo").map(drop)).await;
    assert!(story.sandbox.click_home("theo", "open_form").await.is_fine());
    story.submits("theo", json!({ "summary": "Mails are late" })).await;
    story.pages(1).await;
    assert!(story.sandbox.shortcut("ines", "open_incident").await.is_fine());
    story.submits("ines", json!({ "summary": "Checkout is down" })).await;
    story.pages(2).await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 2);
    story.ends().await;
}

/// The stakeholders of a domain may be configured by their addresses; one that nobody has keeps
/// nobody else out.
#[tokio::test]
async fn stakeholders_are_found_by_their_addresses() {
    let story = Story::begins_with(|config| {
        config.domains[0].stakeholders =
            vec!["lea@example.com".to_owned(), "nobody@example.com".to_owned()];
    })
    .await;
    let channel =
        story.opens("ines", json!({ "summary": "Cards fail", "domain": "payments" })).await;
    story.is_quiet().await;
    let members = story.sandbox.read(|state| state.channel(&channel).unwrap().members.clone());
    for person in ["ines", "lea"] {
        assert!(members.contains(&story.sandbox.person(person)), "{person} is missing");
    }
    story.ends().await;
}
