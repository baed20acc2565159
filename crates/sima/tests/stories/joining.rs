//! Joining: what somebody sees who comes in late, and what they can take on.

use crate::{
    seen::{buttons, privately_readable, says},
    story::{COMPANY, Story},
};

/// Nour comes in when the channel is half an hour old: she sees the facts, nobody else is
/// disturbed, and one button makes her incident manager.
#[tokio::test]
async fn whoever_joins_sees_the_facts_and_can_take_the_lead() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let brief = story.brief_is_pinned(&channel).await;
    let broadcast = story.broadcast().await;
    let said_before = story.sandbox.read(|state| state.messages(&channel).len());

    let greeting = story.joins("nour", &channel).await;
    let facts = privately_readable(&greeting);
    for expected in ["INC-1", "SEV3", "Checkout is down", "Global", "no incident manager yet"] {
        assert!(facts.contains(expected), "{expected} is not in {facts}");
    }
    let offered = buttons(&greeting.blocks);
    for expected in ["Become incident manager", "Become communication lead", "Info", "Help"] {
        assert!(offered.iter().any(|label| label.contains(expected)), "{expected}: {offered:?}");
    }
    let said = story.sandbox.read(|state| {
        let messages = state.messages(&channel);
        messages.iter().filter(|message| message.bot).count()
    });
    assert!(said <= said_before, "only Nour is told");

    story.presses_privately("nour", &greeting, "Become incident manager").await;
    story.sees_privately("nour", &channel, "You are incident manager now").await;
    let nour = format!("<@{}>", story.sandbox.person("nour"));
    let edited = story.brief_reads(&channel, &nour).await;
    assert_eq!(edited.ts, brief.ts, "the brief is edited, not posted again");
    story.is_quiet().await;
    let told = story.broadcast().await;
    assert_eq!(told.ts, broadcast.ts, "so is the broadcast");

    let late = story.joins("theo", &channel).await;
    let facts = privately_readable(&late);
    assert!(facts.contains(&format!("{nour} is incident manager")), "{facts}");
    assert!(!facts.contains("Become incident manager"), "the role is taken: {facts}");
    story.ends().await;
}

/// Nour and Théo look at the same button. Whoever is slower is told so, and takes nothing away.
#[tokio::test]
async fn a_role_that_was_just_taken_is_not_taken_away() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let seen_by_nour = story.joins("nour", &channel).await;
    let seen_by_theo = story.joins("theo", &channel).await;

    story.presses_privately("nour", &seen_by_nour, "Become incident manager").await;
    story.sees_privately("nour", &channel, "You are incident manager now").await;
    story.presses_privately("theo", &seen_by_theo, "Become incident manager").await;
    story.sees_privately("theo", &channel, "omebody else is incident manager already").await;
    let nour = format!("<@{}>", story.sandbox.person("nour"));
    story.brief_reads(&channel, &nour).await;

    let theo = story.sandbox.person("theo");
    story.types("nour", &channel, &format!("role im <@{theo}|theo>")).await;
    story.brief_reads(&channel, &format!("<@{theo}>")).await;
    story.ends().await;
}

/// Slack delivers at least once; nobody is greeted twice for one join, and once again for another.
#[tokio::test]
async fn a_join_that_is_delivered_twice_is_greeted_once() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.sandbox.faults().events_twice(true);

    story.joins("nour", &channel).await;
    story.is_quiet().await;
    assert_eq!(story.private_words("nour").len(), 1);

    story.sandbox.leave("nour", &channel).expect("she is in it");
    story.joins("nour", &channel).await;
    story.is_quiet().await;
    assert_eq!(story.private_words("nour").len(), 2, "she came twice");
    story.ends().await;
}

/// SIMA is the first in every channel it makes, and has nothing to tell itself.
#[tokio::test]
async fn nobody_greets_the_bot() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.sandbox.join("malik", &channel).expect("a public channel");
    story.is_quiet().await;
    let bot = sima_sandbox::cast::BOT_USER;
    let greeted: Vec<_> = story
        .calls_of("chat.postEphemeral")
        .into_iter()
        .map(|call| call.args["user"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert!(!greeted.is_empty() && greeted.iter().all(|person| person != bot), "{greeted:?}");
    story.ends().await;
}

/// Joining a channel that is no incident's means nothing to SIMA.
#[tokio::test]
async fn joining_any_other_channel_is_left_alone() {
    let story = Story::begins().await;
    story.sandbox.join("theo", "random").expect("a public channel");
    story.is_quiet().await;
    assert!(story.private_words("theo").is_empty());
    story.ends().await;
}

/// Malik acknowledges from the brief: stage, brief and broadcast follow in place.
#[tokio::test]
async fn acknowledging_from_the_brief_changes_both_cards_in_place() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let brief = story.brief_is_pinned(&channel).await;
    let broadcast = story.broadcast_reads("Nobody is on it yet").await;
    story.joins("malik", &channel).await;

    story.presses("malik", &channel, &brief, "Acknowledge").await;
    let edited = story.brief_reads(&channel, "Investigating").await;
    assert_eq!(edited.ts, brief.ts);
    let told = story.broadcast_reads("We are looking for the cause").await;
    assert_eq!(told.ts, broadcast.ts);
    assert!(!says(&told, "Nobody is on it yet"));
    story.page_is("acknowledged").await;
    let company = story.sandbox.read(|state| state.messages(COMPANY).len());
    assert_eq!(company, 1, "an acknowledgement is no news for the company's thread");
    story.ends().await;
}

/// Nour is given a role while she is elsewhere: she is brought in.
#[tokio::test]
async fn who_is_given_a_role_from_elsewhere_is_invited() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let nour = story.sandbox.person("nour");
    assert!(!story.sandbox.read(|state| state.channel(&channel).unwrap().has(&nour)));

    story.types("ines", &channel, "role im @nour").await;
    story.is_quiet().await;
    assert!(story.sandbox.read(|state| state.channel(&channel).unwrap().has(&nour)));

    // Whoever is there already is not made a fuss of.
    let before = story.sandbox.read(|state| state.messages(&channel).len());
    story.types("nour", &channel, "role cl").await;
    story.is_quiet().await;
    assert_eq!(story.sandbox.read(|state| state.messages(&channel).len()), before);
    story.ends().await;
}

/// Two stakeholders cannot come: one has left, the other's address is mistyped. Those in the channel
/// read it once, with why.
#[tokio::test]
async fn who_cannot_be_invited_is_told_once_with_why() {
    let story = Story::begins_with_sandbox(|config, sandbox| {
        let payments = &mut config.domains[0].stakeholders;
        payments.extend([sandbox.person("paul"), "nobody@example.com".to_owned()]);
    })
    .await;
    story.types("ines", "general", "open Checkout is down sev2 payments").await;
    let channel = story.channel_of_the_first().await;
    let told = story.reads(&channel, "Not everybody could be invited").await;
    let paul = format!("<@{}>", story.sandbox.person("paul"));
    assert!(says(&told, &paul) && says(&told, "nobody@example.com"), "{told:?}");
    assert!(says(&told, "nobody active in the workspace has this address"), "{told:?}");
    story.is_quiet().await;
    story.sandbox.read(|state| {
        let messages = state.messages(&channel).iter();
        let so_often = messages.filter(|message| says(message, "could be invited")).count();
        assert_eq!(so_often, 1);
        let lea = &state.person("lea").unwrap().id;
        assert!(state.channel(&channel).unwrap().has(lea), "the others came");
    });
    story.ends().await;
}
