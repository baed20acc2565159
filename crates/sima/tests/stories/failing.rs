//! Failing: vendors are down, slow, full, or lose their answers. It all comes true in the end, once.

use std::time::Duration;

use serde_json::json;
use sima_sandbox::{Fault, Rule, Vendor};
use sima_store::OutboxView;

use crate::{
    seen::{says, words},
    story::{COMPANY, Story, mins},
};

/// Slack is full: every method asks SIMA to wait once or twice, and SIMA waits as long as it asks.
#[tokio::test]
async fn slack_asks_to_wait_and_sima_waits() {
    let story = Story::begins().await;
    for method in [
        "conversations.create",
        "chat.postMessage",
        "pins.add",
        "conversations.invite",
        "conversations.setTopic",
    ] {
        let full = Fault::Throttled { retry_after: 30 };
        story.sandbox.faults().set(Rule::of(Vendor::Slack, full).on(method).times(2));
    }
    opens_by_line(&story).await;
    everything_follows(&story).await;
    let tries = story.calls_of("conversations.create");
    assert_eq!(tries.len(), 3, "two refusals and the deed: {tries:?}");
    everything_is_there_once(&story).await;
    story.ends().await;
}

/// The channel is made, and Slack's answer is lost.
#[tokio::test]
async fn the_answer_to_making_the_channel_is_lost() {
    answer_lost(Vendor::Slack, "conversations.create", 0).await;
}

/// The brief or the broadcast is posted, and Slack's answer is lost: whichever comes first.
#[tokio::test]
async fn the_answer_to_the_first_post_is_lost() {
    answer_lost(Vendor::Slack, "chat.postMessage", 0).await;
}

/// The other of the two is posted, and Slack's answer is lost.
#[tokio::test]
async fn the_answer_to_the_second_post_is_lost() {
    answer_lost(Vendor::Slack, "chat.postMessage", 1).await;
}

/// The brief is pinned, and Slack's answer is lost.
#[tokio::test]
async fn the_answer_to_pinning_is_lost() {
    answer_lost(Vendor::Slack, "pins.add", 0).await;
}

/// Everybody is invited, and Slack's answer is lost.
#[tokio::test]
async fn the_answer_to_inviting_is_lost() {
    answer_lost(Vendor::Slack, "conversations.invite", 0).await;
}

/// The topic is set, and Slack's answer is lost.
#[tokio::test]
async fn the_answer_to_setting_the_topic_is_lost() {
    answer_lost(Vendor::Slack, "conversations.setTopic", 0).await;
}

/// The on-call person is paged, and the pager's answer is lost.
#[tokio::test]
async fn the_answer_to_paging_is_lost() {
    answer_lost(Vendor::PagerDuty, "enqueue", 0).await;
}

/// Every first answer of every vendor is cut in the middle of its JSON.
#[tokio::test]
async fn answers_are_cut_short() {
    let story = Story::begins().await;
    for method in ["conversations.create", "chat.postMessage", "pins.add", "conversations.invite"] {
        story.sandbox.faults().set(Rule::of(Vendor::Slack, Fault::Truncated).on(method).times(1));
    }
    opens_by_line(&story).await;
    everything_follows(&story).await;
    everything_is_there_once(&story).await;
    story.ends().await;
}

/// Everything answers with a server error for a while.
#[tokio::test]
async fn every_vendor_has_trouble_for_a_while() {
    let story = Story::begins().await;
    for vendor in [Vendor::Slack, Vendor::PagerDuty] {
        story.sandbox.faults().set(Rule::of(vendor, Fault::ServerError).times(6));
    }
    opens_by_line(&story).await;
    everything_follows(&story).await;
    everything_is_there_once(&story).await;
    story.ends().await;
}

/// The post-mortem page is made, and Notion's answer is lost: there is one page all the same.
#[tokio::test]
async fn the_answer_to_making_the_post_mortem_is_lost() {
    let story = Story::begins().await;
    story
        .sandbox
        .faults()
        .set(Rule::of(Vendor::Notion, Fault::AnswerLost).on("pages.create").times(1));
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(15)).await;
    let ready = story.reads(&channel, "The post-mortem is ready").await;
    story.is_quiet().await;
    let pages = story.sandbox.read(|state| state.notion.pages.clone());
    assert_eq!(pages.len(), 1, "{pages:?}");
    assert!(words(&ready.text, &ready.blocks).contains(&pages[0].url), "{ready:?}");
    story.ends().await;
}

/// Notion is away for an hour after the incident; the page comes when Notion does.
#[tokio::test]
async fn notion_is_down_and_comes_back() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.sandbox.faults().down(Vendor::Notion);
    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;
    for _ in 0..4 {
        story.time_passes(mins(15)).await;
    }
    story.is_quiet_but_for(&["draft_postmortem"]).await;
    let brief = story.brief_is_pinned(&channel).await;
    assert!(!says(&brief, "read it"), "{brief:?}");
    story.sandbox.faults().clear();
    story.time_passes(mins(2)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    assert_eq!(story.sandbox.read(|state| state.notion.pages.len()), 1);
    story.ends().await;
}

/// Sam cannot be invited; that stands in nobody else's way.
#[tokio::test]
async fn one_person_who_cannot_be_invited_keeps_nobody_else_out() {
    let story = Story::begins().await;
    let sam = story.sandbox.person("sam");
    let fault = Fault::InviteFails { user: sam.clone(), error: "cant_invite".to_owned() };
    story.sandbox.faults().set(Rule::of(Vendor::Slack, fault).on("conversations.invite"));
    opens_by_line(&story).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    let members = story.sandbox.read(|state| state.channel(&channel).unwrap().members.clone());
    for person in ["ines", "lea"] {
        assert!(members.contains(&story.sandbox.person(person)), "{person} is missing");
    }
    assert!(!members.contains(&sam));
    story.brief_is_pinned(&channel).await;
    story.ends().await;
}

/// What cannot be done is seen where people look: in the channel, on the dashboard, in the outbox.
#[tokio::test]
async fn what_is_given_up_is_seen_where_people_look() {
    let story = Story::begins_with(|config| config.broadcast.channel = "no-such-room".into()).await;
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    let trouble = story.reads(&channel, "SIMA could not post the broadcast").await;
    assert!(says(&trouble, "by hand"), "{trouble:?}");
    story.is_quiet().await;
    let given_up = story.outbox(OutboxView::GivenUp).await;
    let row = given_up.iter().find(|row| row.kind == "post_broadcast").expect("it is in the list");
    assert!(row.last_setback.as_ref().is_some_and(|why| why.contains("channel")), "{row:?}");
    let front = story.gets("/").await.body;
    assert!(front.contains("post the broadcast") && front.contains("INC-1"), "{front}");
    let info = story.types("ines", &channel, "info").await;
    assert!(info.contains("Could not post the broadcast"), "{info}");

    story.ends_having_given_up(&["post_broadcast"]).await;
}

/// Nobody could be paged for a quarter of an hour: those in the channel must call by hand.
#[tokio::test]
async fn a_page_that_cannot_leave_is_told_to_the_channel() {
    let story = Story::begins().await;
    story.sandbox.faults().down(Vendor::PagerDuty);
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    story.is_quiet_but_for(&["page_on_call"]).await;
    for _ in 0..4 {
        story.time_passes(mins(5)).await;
    }
    let told = story.reads(&channel, "SIMA could not page the on-call person").await;
    assert!(says(&told, "by hand"), "{told:?}");
    let info = story.types("ines", &channel, "info").await;
    assert!(info.contains("The page failed: call them"), "{info}");
    story.ends_having_given_up(&["page_on_call"]).await;
}

/// SIMA is restarted while Slack is away: what was begun is finished, once.
#[tokio::test]
async fn a_restart_in_the_middle_of_opening_loses_nothing() {
    let mut story = Story::begins().await;
    story.sandbox.faults().down(Vendor::Slack);
    opens_by_line(&story).await;
    story.pages(1).await;
    story.restarts().await;
    story.sandbox.faults().clear();
    everything_follows(&story).await;
    everything_is_there_once(&story).await;

    // And once more with everything done: nothing is done again.
    let calls = writes(&story);
    story.restarts().await;
    story.time_passes(mins(2)).await;
    story.is_quiet().await;
    assert_eq!(writes(&story), calls);
    story.ends().await;
}

/// SIMA is restarted within the stability window: it ends when it should.
#[tokio::test]
async fn a_restart_within_the_stability_window_keeps_it() {
    let mut story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(10)).await;
    story.restarts().await;
    story.is_quiet().await;
    assert!(story.sandbox.read(|state| state.notion.pages.is_empty()));
    story.time_passes(mins(5)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.ends().await;
}

/// Opening with one lost answer.
async fn answer_lost(vendor: Vendor, method: &str, skip: u32) {
    let story = Story::begins().await;
    let lost = Rule::of(vendor, Fault::AnswerLost).on(method).after(skip).times(1);
    story.sandbox.faults().set(lost);
    opens_by_line(&story).await;
    everything_follows(&story).await;
    assert!(story.sandbox.faults().in_force().is_empty(), "the answer was lost");
    everything_is_there_once(&story).await;
    story.ends().await;
}

/// Inès opens an incident in a line, which needs nothing of Slack but the delivery.
async fn opens_by_line(story: &Story) {
    let answer = story.types("ines", "general", "open Checkout is down sev2 payments").await;
    assert!(answer.contains("INC-1"), "{answer}");
}

/// Time passes until everything that waits for another try has had it.
async fn everything_follows(story: &Story) {
    for _ in 0..12 {
        let waiting = story.outbox(OutboxView::Unsettled).await;
        if waiting.is_empty() {
            break;
        }
        story.time_passes(Duration::from_secs(40)).await;
    }
    story.is_quiet().await;
}

/// The whole opening, each part of it exactly once.
async fn everything_is_there_once(story: &Story) {
    let channels = story.incident_channels();
    assert_eq!(channels.len(), 1, "{channels:?}");
    let channel = &channels[0];
    assert!(channel.ends_with("_checkout-is-down"), "{channel}");
    let brief = story.brief_is_pinned(channel).await;
    story.sandbox.read(|state| {
        let room = state.channel(channel).expect("the channel");
        let cards = room.messages.iter().filter(|message| message.metadata.is_some());
        let said: Vec<_> = cards.map(|message| (&message.ts, &message.text)).collect();
        assert_eq!(said, [(&brief.ts, &brief.text)], "the brief and nothing else");
        assert_eq!(room.pins.len(), 1);
        assert!(room.topic.contains("INC-1"), "{}", room.topic);
        for person in ["ines", "lea", "sam"] {
            let id = &state.person(person).expect("one of the cast").id;
            assert!(room.has(id), "{person} is missing");
        }
        assert_eq!(state.messages(COMPANY).iter().filter(|message| message.bot).count(), 1);
    });
    assert!(says(&story.broadcast().await, "Checkout is down"));
    let page = story.pages(1).await.remove(0);
    assert_eq!(page.status, "triggered");
}

/// How often SIMA asked a vendor to change something.
fn writes(story: &Story) -> usize {
    let reads = ["auth.test", "users.list", "conversations.list", "conversations.info"];
    story.sandbox.calls().iter().filter(|call| !reads.contains(&call.method.as_str())).count()
}
