//! Quiet: people read few messages, what a person did is shown first, and a storm is one brief.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sima_sandbox::{Call, Fault, Limits, Rule, Vendor};

use crate::{
    seen::says,
    storms::{alarm, send_all},
    story::{COMPANY, Story, mins},
};

/// How many alerts open the incident.
const FIRST: u32 = 100;

/// Thousands of alerts come in while Malik takes the incident: what he did is among the next few
/// calls, and everything that came is in one channel, one brief, one call and a count.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_person_did_is_shown_amid_a_storm() {
    let alerts: u32 =
        std::env::var("STORM_ALERTS").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let story = Story::begins().await;
    story.sandbox.faults().rate_limits(Limits::Strict);
    let alarms = |numbers: std::ops::Range<u32>| -> Vec<Value> {
        numbers.map(|number| alarm(number, "firing")).collect()
    };
    send_all(&story, &alarms(0..FIRST)).await;
    let channel = story.channel_of_the_first().await;
    story.brief_is_pinned(&channel).await;

    let others = alarms(FIRST..alerts);
    let ((), before) = tokio::join!(send_all(&story, &others), async {
        // Some of them have been judged already.
        story.brief_reads(&channel, "alerts, all firing").await;
        story.types("malik", &channel, "ack").await;
        story.sandbox.calls().len()
    });
    story.brief_reads(&channel, "Investigating").await;
    story.broadcast_reads("We are looking for the cause").await;
    let since: Vec<Call> = story.sandbox.calls().split_off(before.saturating_sub(5));
    let shown = |call: &Call| {
        call.method == "chat.update" && call.args.to_string().contains("looking for the cause")
    };
    let at = since.iter().position(shown).expect("it was shown");
    assert!(at <= 20, "it was shown by call {at} of {:?}", methods(&since));

    let came = judged(&story, alerts).await;
    assert_eq!(came, alerts as usize);
    story.everything_is_tried_again().await;
    let counted = format!("{} alerts, all firing", grouped(alerts));
    story.brief_reads(&channel, &counted).await;
    assert_eq!(story.incident_channels().len(), 1);
    story.pages(1).await;
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story.broadcast().await;
    let calls = story.sandbox.calls();
    let methods = methods(&calls);
    println!("{alerts} alerts: {methods:?}");
    assert_eq!(methods["conversations.create"], 1);
    assert_eq!(methods["chat.postMessage"], 2, "the brief and the broadcast: {methods:?}");
    assert!(methods["chat.update"] <= 30, "{methods:?}");
    let refused = calls.iter().filter(|call| call.outcome == "http 429").count();
    assert_eq!(refused, 0, "Slack never had to ask for patience");
    story.ends().await;
}

/// Forty-three incidents at once, and Slack makes twenty channels a minute: the worst are among the
/// next that get one, and nobody is forgotten.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_worst_incidents_get_their_channels_first() {
    let story = Story::begins().await;
    for n in 0..43 {
        // The last few are the worst.
        let opened = if n < 40 {
            format!("open Queue {n} is stuck sev4")
        } else {
            format!("open Bank {n} is gone sev1")
        };
        story.types("ines", "general", &opened).await;
    }
    story.everything_is_tried_again().await;
    let order: Vec<bool> = story
        .calls_of("conversations.create")
        .iter()
        .filter(|call| call.outcome == "ok")
        .map(|call| call.args["name"].as_str().is_some_and(|name| name.contains("bank")))
        .collect();
    assert_eq!(order.len(), 43);
    assert_eq!(
        order[..20].iter().filter(|worst| **worst).count(),
        0,
        "they came too late for those"
    );
    assert_eq!(order[20..40].iter().filter(|worst| **worst).count(), 3, "{order:?}");
    story.ends().await;
}

/// Slack refuses a message too many in one channel: it is posted when Slack says so, and what others
/// are told does not wait for it.
#[tokio::test]
async fn a_channel_that_is_spoken_to_too_often_holds_no_other_up() {
    let story = Story::begins().await;
    let here = story.opens_simply("ines", "Checkout is down").await;
    let there = story.opens_simply("ines", "Search is slow").await;
    let refused = Rule::of(Vendor::Slack, Fault::Throttled { retry_after: 30 });
    story.sandbox.faults().set(refused.on("chat.postMessage").times(2));
    story.types("ines", &here, "update The certificate has expired").await;
    story
        .until_asked("both are refused", |calls| {
            let of = |call: &&Call| call.method == "chat.postMessage" && call.outcome == "http 429";
            (calls.iter().filter(of).count() == 2).then_some(())
        })
        .await;
    // The company's channel was refused as well: then it is Slack that asks for patience.
    story.time_passes(std::time::Duration::from_secs(31)).await;
    story.reads(&here, "The certificate has expired").await;
    story.followers_of("The certificate has expired").await;

    let refused = Rule::of(Vendor::Slack, Fault::Throttled { retry_after: 30 });
    story.sandbox.faults().set(refused.on("chat.postMessage").times(1));
    story.types("ines", &here, "update It is renewed").await;
    story
        .until_asked("one is refused", |calls| {
            let of = |call: &&Call| call.method == "chat.postMessage" && call.outcome == "http 429";
            (calls.iter().filter(of).count() == 3).then_some(())
        })
        .await;
    story.types("ines", &there, "update The index is built again").await;
    story.reads(&there, "The index is built again").await;
    story.time_passes(std::time::Duration::from_secs(31)).await;
    story.reads(&here, "It is renewed").await;
    story.followers_of("It is renewed").await;
    story.followers_of("The index is built again").await;
    story.ends().await;
}

/// What is shown already is not sent again: raised and lowered before the chat heard of it.
#[tokio::test]
async fn what_is_shown_already_is_not_sent_again() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let before = story.calls_of("chat.update").len();
    let topics = story.calls_of("conversations.setTopic").len();
    // A communication lead stands in the brief and not in the broadcast.
    story.types("ines", &channel, "role cl @nour").await;
    story.is_quiet().await;
    let edits = story.calls_of("chat.update").split_off(before);
    assert_eq!(edits.len(), 1, "the brief alone: {edits:?}");
    story.types("ines", &channel, "severity sev1").await;
    story.is_quiet().await;
    assert_eq!(story.calls_of("conversations.setTopic").len(), topics + 1);
    story.ends().await;
}

/// A whole SEV2, from the first line to the post-mortem: SIMA says little in the channel, and to the
/// company one thing with its thread.
#[tokio::test]
async fn a_whole_sev2_is_fourteen_messages_and_one_broadcast() {
    let story = Story::begins().await;
    let opening =
        json!({ "summary": "Checkout is down", "domain": "payments", "severity": "SEV2" });
    let channel = story.opens("ines", opening).await;
    story.is_quiet().await;
    story.joins("malik", &channel).await;
    story.types("malik", &channel, "ack").await;
    for role in ["role im @nour", "role cl @theo", "role im @malik"] {
        story.types("malik", &channel, role).await;
        story.is_quiet().await;
    }
    for (n, severity) in ["sev1", "sev2"].into_iter().enumerate() {
        for part in 0..3 {
            story.time_passes(mins(5)).await;
            let text = format!("update Part {part} of try {n} is done");
            story.types("malik", &channel, &text).await;
        }
        story.types("malik", &channel, &format!("severity {severity}")).await;
    }
    story.is_quiet().await;
    story.types("malik", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(16)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.is_quiet().await;

    let said = |place: &str| -> Vec<String> {
        story.sandbox.read(|state| {
            let messages = state.messages(place).iter();
            messages
                .filter(|message| message.bot && message.subtype.is_none())
                .map(|message| message.text.lines().next().unwrap_or_default().to_owned())
                .collect()
        })
    };
    let here = said(&channel);
    // Slack says itself that something was pinned, and each time what the topic is.
    let lines = ["pins.add", "conversations.setTopic"].map(|method| story.calls_of(method).len());
    let lines: usize = lines.iter().sum();
    println!("in the channel: {} and {lines} lines by Slack\n{}", here.len(), here.join("\n"));
    assert!(here.len() + lines <= 14, "{lines} and {here:#?}");
    let company: Vec<bool> = story.sandbox.read(|state| {
        let messages = state.messages(COMPANY).iter().filter(|message| message.bot);
        messages.map(sima_sandbox::Message::is_reply).collect()
    });
    let told = company.iter().filter(|is_reply| !**is_reply).count();
    println!("in the company's channel: {told}, and {} in its thread", company.len() - told);
    assert_eq!(told, 1);
    story.ends().await;
}

/// Waiting, and counting.
impl Story {
    async fn until_asked(&self, what: &str, look: impl Fn(&[Call]) -> Option<()>) {
        let asked = self.sandbox.wait_for_calls(crate::story::PATIENCE, look).await;
        assert!(asked.is_ok(), "it did not come true that {what}");
    }

    /// Waits until a reply under one of several broadcasts reads as expected.
    async fn followers_of(&self, expected: &str) {
        let what = format!("{expected:?} is read under a broadcast");
        self.until(&what, |state| {
            let replies = state.messages(COMPANY).iter().filter(|message| message.is_reply());
            replies.into_iter().find(|reply| says(reply, expected)).map(drop)
        })
        .await;
    }
}

fn methods(calls: &[Call]) -> BTreeMap<String, usize> {
    let mut methods = BTreeMap::new();
    for call in calls {
        *methods.entry(call.method.clone()).or_default() += 1;
    }
    methods
}

/// Waits until so many alerts are judged; how many are at the incident.
async fn judged(story: &Story, alerts: u32) -> usize {
    let store = story.sima().desk().store();
    let mut changes = store.changes();
    loop {
        changes.mark_unchanged();
        if store.waiting_alerts(1).await.expect("the log can be read").is_empty() {
            break;
        }
        let changed = tokio::time::timeout(crate::story::PATIENCE, changes.changed());
        changed.await.expect("alerts are being judged").expect("SIMA records");
    }
    let live = store.live_incidents().await.expect("a database");
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].tally().total, alerts);
    live[0].tally().total as usize
}

/// A number as people read it.
fn grouped(count: u32) -> String {
    let (thousands, rest) = (count / 1_000, count % 1_000);
    if thousands == 0 { rest.to_string() } else { format!("{thousands}\u{202f}{rest:03}") }
}
