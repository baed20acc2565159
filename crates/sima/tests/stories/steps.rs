//! The company's own steps: each kind as people see it, and what becomes of it on a bad day.

use serde_json::json;
use sima::config::{Config, StepSetting};
use sima_sandbox::{Fault, Rule, Vendor};
use sima_store::OutboxView;

use crate::{
    seen::says,
    story::{Story, mins},
};

/// Steps as they stand in the file.
pub fn steps(text: &str) -> Vec<StepSetting> {
    #[derive(serde::Deserialize)]
    struct Written {
        steps: Vec<StepSetting>,
    }
    toml::from_str::<Written>(text).expect("steps").steps
}

fn with(text: &str) -> impl FnOnce(&mut Config) {
    let steps = steps(text);
    |config| config.steps = steps
}

/// Three steps in the chat, in an order of their own.
const IN_THE_CHAT: &str = r#"
    [[steps]]
    name = "Runbook"
    do = { bookmark = { title = "Runbook of {domain}", link = "https://wiki.example.com/{domain}" } }

    [[steps]]
    name = "Call"
    do = { video_call = { template = "https://meet.example.com/{number}" } }

    [[steps]]
    name = "Platform"
    severities = "at least SEV2"
    do = { invite_user_group = "@platform-oncall" }

    [[steps]]
    name = "Care"
    domains = ["payments"]
    do = { post = { channel = "customer-care", text = "*{number}* ({severity}): {summary} — {channel}" } }
"#;

/// Everything a company added is done when an incident opens: links are set, a group is there, another
/// team is told, and the timeline says so.
#[tokio::test]
async fn what_a_company_adds_is_done_in_the_order_written() {
    let story = Story::begins_with(with(IN_THE_CHAT)).await;
    story.types("ines", "general", "open Checkout is down sev2 payments").await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);

    let (bookmarks, members) = story.sandbox.read(|state| {
        let room = state.channel(&channel).unwrap();
        let set = room.bookmarks.iter().map(|mark| (mark.title.clone(), mark.link.clone()));
        (set.collect::<Vec<_>>(), room.members.clone())
    });
    let expected = [
        ("Runbook of Payments".to_owned(), "https://wiki.example.com/payments".to_owned()),
        ("Join the call".to_owned(), "https://meet.example.com/INC-1".to_owned()),
    ];
    assert_eq!(bookmarks, expected);
    for person in ["malik", "nour"] {
        assert!(members.contains(&story.sandbox.person(person)), "{person} is on call");
    }
    let told = story.reads("customer-care", "Checkout is down").await;
    assert!(says(&told, "INC-1") && says(&told, "SEV2"), "{told:?}");
    // The call stands where everybody looks first.
    story.brief_reads(&channel, "Call").await;

    let done: Vec<String> = story
        .outbox(OutboxView::All)
        .await
        .into_iter()
        .rev()
        .filter(|row| row.lane == "steps")
        .map(|row| row.kind)
        .collect();
    assert_eq!(done, ["step_bookmark", "step_video_call", "step_user_group", "step_post"]);
    let timeline = story.gets("/incidents/1").await.body;
    for words in ["set a bookmark", "Runbook", "invited a user group", "posted in another channel"]
    {
        assert!(timeline.contains(words), "{words}: {timeline}");
    }
    story.ends().await;
}

/// One of a group may not be invited: the others are, and those in the channel are told once.
#[tokio::test]
async fn who_of_a_group_could_not_be_invited_is_told_once() {
    let story = Story::begins_with(with(IN_THE_CHAT)).await;
    let (malik, nour) = (story.sandbox.person("malik"), story.sandbox.person("nour"));
    let fault = Fault::InviteFails { user: nour.clone(), error: "user_is_restricted".into() };
    story.sandbox.faults().set(Rule::of(Vendor::Slack, fault).on("conversations.invite"));
    story.types("ines", "general", "open Checkout is down sev2 api").await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    let told = story.reads(&channel, "Not everybody could be invited").await;
    assert!(crate::seen::says(&told, &format!("<@{nour}>")), "{told:?}");
    let (here, times) = story.sandbox.read(|state| {
        let messages = state.messages(&channel).iter();
        let told = messages.filter(|message| message.text.contains("could be invited"));
        (state.channel(&channel).unwrap().has(&malik), told.count())
    });
    assert!(here && times == 1, "told {times} times");
    story.ends().await;
}

/// The group is for the worst; an incident that turns out to be so calls it then.
#[tokio::test]
async fn a_step_follows_when_an_incident_becomes_what_it_is_for() {
    let story = Story::begins_with(with(IN_THE_CHAT)).await;
    story.types("ines", "general", "open Checkout is slow sev3 api").await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    let nour = story.sandbox.person("nour");
    assert!(!story.sandbox.read(|state| state.channel(&channel).unwrap().has(&nour)));
    assert!(story.sandbox.read(|state| state.messages("customer-care").is_empty()));

    story.types("ines", &channel, "severity sev1").await;
    story.is_quiet().await;
    assert!(story.sandbox.read(|state| state.channel(&channel).unwrap().has(&nour)));

    // Raised once more, nothing is done once more.
    story.types("ines", &channel, "severity sev3").await;
    story.types("ines", &channel, "severity sev2").await;
    story.is_quiet().await;
    let groups = story.outbox(OutboxView::All).await;
    let asked = groups.iter().filter(|row| row.kind == "step_user_group").count();
    assert_eq!(asked, 1, "{groups:#?}");
    assert_eq!(story.sandbox.read(|state| state.channel(&channel).unwrap().bookmarks.len()), 2);
    story.ends().await;
}

/// A private incident tells nobody; of a drill only its own channel shows something.
#[tokio::test]
async fn private_incidents_and_drills_keep_to_themselves() {
    let story = Story::begins_with(with(IN_THE_CHAT)).await;
    let about = json!({
        "summary": "Stolen laptop", "domain": "payments", "severity": "SEV1", "marks": ["private"],
    });
    let private = story.opens("ines", about).await;
    story.is_quiet().await;
    story.sandbox.read(|state| {
        assert!(state.channel(&private).unwrap().bookmarks.is_empty());
        assert!(state.messages("customer-care").is_empty());
    });

    let about = json!({
        "summary": "A practice", "domain": "payments", "severity": "SEV1", "marks": ["drill"],
    });
    let drill = story.opens("ines", about).await;
    story.is_quiet().await;
    story.sandbox.read(|state| {
        assert_eq!(state.channel(&drill).unwrap().bookmarks.len(), 2, "links are harmless");
        assert!(state.messages("customer-care").is_empty());
    });
    let nour = story.sandbox.person("nour");
    assert!(!story.sandbox.read(|state| state.channel(&drill).unwrap().has(&nour)));
    story.ends().await;
}

/// A step that says so is done for a private incident too.
#[tokio::test]
async fn a_step_for_private_incidents_is_done_for_them() {
    let text = r#"
        [[steps]]
        name = "Security call"
        private = true
        do = { video_call = { template = "https://meet.example.com/{number}", title = "Call" } }
    "#;
    let story = Story::begins_with(with(text)).await;
    let about = json!({ "summary": "Stolen laptop", "marks": ["private"] });
    let channel = story.opens("ines", about).await;
    story.is_quiet().await;
    assert_eq!(story.sandbox.read(|state| state.channel(&channel).unwrap().bookmarks.len()), 1);
    story.ends().await;
}

/// The answer to each call of a step is lost once: what was done is found, and done once.
#[tokio::test]
async fn a_step_whose_answer_is_lost_is_done_once() {
    for method in ["bookmarks.add", "usergroups.list", "conversations.invite"] {
        let story = Story::begins_with(with(IN_THE_CHAT)).await;
        let lost = Rule::of(Vendor::Slack, Fault::AnswerLost).on(method).times(1);
        story.sandbox.faults().set(lost);
        story.types("ines", "general", "open Checkout is down sev2 payments").await;
        story.brief_is_pinned(&story.channel_of_the_first().await).await;
        story.everything_is_tried_again().await;
        assert!(story.sandbox.faults().in_force().is_empty(), "{method} was lost");
        let channel = story.incident_channels().remove(0);
        story.sandbox.read(|state| {
            assert_eq!(state.channel(&channel).unwrap().bookmarks.len(), 2, "{method}");
            let told = state.messages("customer-care").iter().filter(|message| message.bot);
            assert_eq!(told.count(), 1, "{method}");
        });
        story.ends().await;
    }
}

/// The post in the other channel is made and the answer is lost: SIMA looks before it posts again.
#[tokio::test]
async fn another_channel_is_told_once_though_the_answer_was_lost() {
    let text = r#"
        [[steps]]
        name = "Care"
        when = "acknowledged"
        do = { post = { channel = "customer-care", text = "{summary} <{link}>" } }
    "#;
    let story = Story::begins_with(with(text)).await;
    let channel = story.opens_simply("ines", "<!channel> *Checkout* is down").await;
    let lost = Rule::of(Vendor::Slack, Fault::AnswerLost).on("chat.postMessage").times(1);
    story.sandbox.faults().set(lost);
    story.types("malik", &channel, "ack").await;
    story.reads("customer-care", "is down").await;
    story.everything_is_tried_again().await;
    let said = story.sandbox.read(|state| {
        let told = state.messages("customer-care").iter().filter(|message| message.bot);
        told.map(|message| message.text.clone()).collect::<Vec<_>>()
    });
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("&lt;!channel&gt;"), "what people wrote marks nothing: {said:?}");
    story.ends().await;
}

/// What cannot be done is told in the channel once, with what to mend, and keeps nothing else waiting.
#[tokio::test]
async fn a_step_that_cannot_be_done_is_told_and_the_others_are_done() {
    let text = r#"
        [[steps]]
        name = "Leads"
        do = { invite_user_group = "@no-such-group" }

        [[steps]]
        name = "Runbook"
        do = { bookmark = { title = "Runbook", link = "https://wiki.example.com/" } }
    "#;
    let story = Story::begins_with(with(text)).await;
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    let told = story.reads(&channel, "SIMA could not invite a user group (step “Leads”)").await;
    assert!(says(&told, "the workspace has no user group @no-such-group"), "{told:?}");
    story.is_quiet().await;
    assert_eq!(story.sandbox.read(|state| state.channel(&channel).unwrap().bookmarks.len()), 1);
    story.ends_having_given_up(&["step_user_group"]).await;
}

/// The app was installed without a scope: the channel reads which.
#[tokio::test]
async fn a_missing_scope_is_named() {
    let story = Story::begins_with(with(IN_THE_CHAT)).await;
    let needed = "usergroups:read".to_owned();
    let fault = Rule::of(Vendor::Slack, Fault::MissingScope { needed }).on("usergroups.list");
    story.sandbox.faults().set(fault);
    story.types("ines", "general", "open Checkout is down sev1").await;
    let channel = story.channel_of_the_first().await;
    let told = story.reads(&channel, "could not invite a user group").await;
    assert!(says(&told, "the bot token lacks usergroups:read"), "{told:?}");
    story.ends_having_given_up(&["step_user_group"]).await;
}

/// Slack asks to wait, and then the step is done; the brief did not wait for it.
#[tokio::test]
async fn a_step_waits_as_long_as_slack_asks() {
    let story = Story::begins_with(with(IN_THE_CHAT)).await;
    let busy = Rule::of(Vendor::Slack, Fault::Throttled { retry_after: 30 }).on("bookmarks.list");
    story.sandbox.faults().set(busy.times(1));
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    story.brief_is_pinned(&channel).await;
    story.is_quiet_but_for(&["step_bookmark", "step_video_call"]).await;
    assert!(story.sandbox.read(|state| state.channel(&channel).unwrap().bookmarks.is_empty()));
    story.everything_is_tried_again().await;
    assert_eq!(story.sandbox.read(|state| state.channel(&channel).unwrap().bookmarks.len()), 2);
    story.ends().await;
}

/// A step was taken out of the file while it waited: nothing is done, and nothing is wrong.
#[tokio::test]
async fn a_step_that_was_taken_out_is_not_done() {
    let mut story = Story::begins_with(with(IN_THE_CHAT)).await;
    let busy = Rule::of(Vendor::Slack, Fault::Throttled { retry_after: 60 }).on("bookmarks.list");
    story.sandbox.faults().set(busy.times(1));
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    story.is_quiet_but_for(&["step_bookmark", "step_video_call"]).await;
    story.restarts_with(|config| config.steps.clear()).await;
    story.time_passes(mins(2)).await;
    story.is_quiet().await;
    assert!(story.sandbox.read(|state| state.channel(&channel).unwrap().bookmarks.is_empty()));
    story.ends().await;
}
