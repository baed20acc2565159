//! SIMA is killed while it asks people about an alert, and while they answer: there is one question, and
//! one incident.

use std::time::Duration;

use serde_json::Value;
use sima_sandbox::{Limits, Message, Options, Sandbox, Source, State};

use crate::{
    alerts::is_taken,
    cases::{Case, QUESTION},
    process::Home,
    scene::{PATIENCE, outbox},
};

/// The channel in which people are asked.
const TEAM: &str = "payments";

/// One alert, two who answer, and one kill.
pub async fn plays(case: Case) {
    let options = Options { latency: Duration::ZERO, ..Options::default() };
    let sandbox = sima_sandbox::start(options).await.expect("the sandbox listens");
    sandbox.faults().rate_limits(Limits::Off);
    let home = Home::asking(&sandbox);
    let mut sima = Some(home.starts().await);
    let hold = case.holds(&sandbox.faults());
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    assert!(is_taken(&client, &home.url(), "queue").await, "the alert is taken");
    let is_asking = case.call.is_some_and(|call| call.name == QUESTION.name);
    if !is_asking {
        press_both(&sandbox).await;
    }
    case.is_reached(hold.as_ref(), &sandbox).await;
    drop(sima.take());
    case.happens_late(hold.as_ref(), false);
    sima = Some(home.starts().await);
    case.happens_late(hold.as_ref(), true);

    // Whose press was lost presses again.
    press_both(&sandbox).await;
    let opened = sandbox.wait_for(PATIENCE, |state| {
        let told = question(state).is_some_and(|message| message.text.contains("opened by <@"));
        let mut channels = incident_channels(state).into_iter();
        (told && channels.any(|channel| !channel.pins.is_empty())).then_some(())
    });
    let opened = opened.await;
    let at_rest = async {
        loop {
            let counts = outbox(&home).await;
            if !counts.contains_key("ready") && !counts.contains_key("leased") {
                return counts;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let counts = tokio::time::timeout(PATIENCE, at_rest).await.expect("it comes to rest");
    let (questions, channels, pages) = sandbox.read(|state| {
        (questions(state).len(), incident_channels(state).len(), state.pager.incidents.len())
    });
    let log = home.log();
    assert!(
        opened.is_ok(),
        "{case}: not opened: {:#?}\n{log}",
        sandbox.read(|s| question(s).cloned())
    );
    assert_eq!((questions, channels, pages), (1, 1, 1), "{case}\n{log}");
    assert!(!counts.contains_key("given_up"), "{case}: {counts:?}\n{log}");
    drop(sima);
    sandbox.stop();
}

/// Nour presses one button and Malik the other, in the same moment; SIMA may be dying.
async fn press_both(sandbox: &Sandbox) {
    let asked = sandbox.wait_for(PATIENCE, |state| question(state).cloned()).await;
    let asked = asked.expect("people are asked");
    let source = Source::Message { channel: TEAM.to_owned(), ts: asked.ts.clone() };
    let press = async |person: &str, action: &str| {
        if let Some(value) = button(&asked, action) {
            let _ = sandbox.act(person, &source, action, &value).await;
        }
    };
    tokio::join!(press("nour", "open_proposed"), press("malik", "dismiss_proposed"));
}

/// What a button says, if it is there.
fn button(message: &Message, action: &str) -> Option<Value> {
    let elements = message.blocks.iter().filter_map(|block| block["elements"].as_array()).flatten();
    let mut found = elements.filter(|element| element["action_id"] == action);
    found.next().map(|element| element["value"].clone())
}

fn question(state: &State) -> Option<&Message> {
    questions(state).into_iter().next()
}

/// The messages that ask, or asked.
fn questions(state: &State) -> Vec<&Message> {
    let is_one = |message: &&Message| {
        let metadata = message.metadata.as_ref().map(Value::to_string).unwrap_or_default();
        metadata.contains("\"key\":\"proposal:")
    };
    state.channel(TEAM).into_iter().flat_map(|team| &team.messages).filter(is_one).collect()
}

fn incident_channels(state: &State) -> Vec<&sima_sandbox::Channel> {
    state.channels.iter().filter(|channel| channel.name.starts_with("incident_")).collect()
}
