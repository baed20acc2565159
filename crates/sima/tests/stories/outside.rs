//! Steps that tell the world outside: other programs by signed webhooks, customers by the status page.

use serde_json::{Value, json};
use sima_sandbox::{Fault, PublicIncident, Rule, Vendor, cast};

use crate::{
    seen::says,
    steps::steps,
    story::{Story, mins},
};

/// SIMA with steps; `{receiver}` in them is where the sandbox's own program listens.
async fn with(text: &str) -> Story {
    Story::begins_with_sandbox(|config, sandbox| {
        let text = text
            .replace("{receiver}", &sandbox.receiver_url())
            .replace("{secret}", cast::WEBHOOK_SECRET)
            .replace("{page}", cast::STATUSPAGE_PAGE)
            .replace("{component}", cast::STATUSPAGE_COMPONENTS[0]);
        config.steps = steps(&text);
    })
    .await
}

const PROGRAM: &str = r#"
    [[steps]]
    name = "Opened"
    do = { webhook = { url = "{receiver}", secret = "{secret}" } }

    [[steps]]
    name = "Raised"
    when = "severity_raised"
    do = { webhook = { url = "{receiver}", secret = "{secret}" } }

    [[steps]]
    name = "Recovered"
    when = "recovered"
    do = { webhook = { url = "{receiver}", secret = "{secret}" } }
"#;

const PAGE: &str = r#"
    [[steps]]
    name = "Public page"
    when = "acknowledged"

    [steps.do.status_page]
    page_id = "{page}"
    component_ids = ["{component}"]
    title = "Trouble with {domain}"
    body = "We are looking into it ({severity})."
    resolved = "This is over."
    notify = true
"#;

fn told(story: &Story) -> Vec<(String, Value, u32)> {
    story.sandbox.read(|state| {
        let told = state.told.iter();
        told.map(|one| (one.body["type"].as_str().unwrap().to_owned(), one.body.clone(), one.times))
            .collect()
    })
}

fn on_the_page(story: &Story) -> Vec<PublicIncident> {
    story.sandbox.read(|state| state.status_page.incidents.clone())
}

/// Another program verifies each call and learns what happened, each severity that it rose to.
#[tokio::test]
async fn another_program_is_told_and_can_verify_it() {
    let story = with(PROGRAM).await;
    story.types("ines", "general", "open Checkout is down sev3 payments").await;
    let channel = story.channel_of_the_first().await;
    story.is_quiet().await;
    story.types("ines", &channel, "severity sev2").await;
    story.types("ines", &channel, "severity sev1").await;
    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;

    let mut types: Vec<String> = told(&story).into_iter().map(|(kind, ..)| kind).collect();
    // Each step has a lane of its own.
    types.sort();
    assert_eq!(
        types,
        [
            "incident.opened",
            "incident.recovered",
            "incident.severity_raised",
            "incident.severity_raised"
        ]
    );
    let (_, opened, times) = told(&story).remove(0);
    assert_eq!(times, 1);
    assert_eq!(opened["data"]["number"], "INC-1");
    assert_eq!(opened["data"]["summary"], "Checkout is down");
    assert_eq!(opened["data"]["domain"], json!({ "key": "payments", "name": "Payments" }));
    assert_eq!(opened["data"]["step"], "Opened");
    assert_eq!(opened["timestamp"], opened["data"]["opened_at"]);
    story.ends().await;
}

/// The program did what it was told, and its answer was lost: it hears again under the same id.
#[tokio::test]
async fn a_program_whose_answer_is_lost_hears_again_under_the_same_id() {
    let story = with(PROGRAM).await;
    let lost = Rule::of(Vendor::Receiver, Fault::AnswerLost).times(1);
    story.sandbox.faults().set(lost);
    opens_though_something_waits(&story).await;
    story.everything_is_tried_again().await;
    let told = told(&story);
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].2, 2, "twice under one id");
    story.ends().await;
}

/// A program that is down for an hour keeps nothing else waiting, and hears when it is back.
#[tokio::test]
async fn a_program_that_is_down_keeps_nothing_waiting_and_hears_later() {
    let story = with(PROGRAM).await;
    story.sandbox.faults().down(Vendor::Receiver);
    let channel = opens_though_something_waits(&story).await;
    story.brief_is_pinned(&channel).await;
    story.broadcast().await;
    story.pages(1).await;
    // The program's clock moves before SIMA's: further at once would make a signature look old.
    for _ in 0..15 {
        story.time_passes(mins(4)).await;
    }
    assert!(told(&story).is_empty());
    story.sandbox.faults().clear();
    for _ in 0..4 {
        story.time_passes(mins(4)).await;
    }
    story.is_quiet().await;
    assert_eq!(told(&story).len(), 1);
    story.ends().await;
}

/// A program that wants no more says 410: it is given up at once, and the channel reads why.
#[tokio::test]
async fn a_program_that_wants_no_more_is_given_up_and_told_of() {
    let story = with(PROGRAM).await;
    let gone = Fault::Refused { error: "gone".to_owned() };
    story.sandbox.faults().set(Rule::of(Vendor::Receiver, gone));
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    let trouble = story.reads(&channel, "could not tell another program (step “Opened”)").await;
    assert!(says(&trouble, "remove the webhook from the configuration"), "{trouble:?}");
    story.ends_having_given_up(&["step_webhook"]).await;
}

/// Nothing of a private incident or of a drill leaves, to a program or to the public.
#[tokio::test]
async fn nothing_private_and_nothing_practised_is_told_outside() {
    for mark in ["private", "drill"] {
        let story = with(&format!("{PROGRAM}{PAGE}")).await;
        let about = json!({ "summary": "Stolen laptop", "domain": "payments", "marks": [mark] });
        let channel = story.opens("ines", about).await;
        story.is_quiet().await;
        story.types("ines", &channel, "ack").await;
        story.types("ines", &channel, "severity sev1").await;
        story.types("ines", &channel, "recover").await;
        story.is_quiet().await;
        let outside = [Vendor::Receiver, Vendor::Statuspage];
        let calls = story.sandbox.calls();
        assert!(!calls.iter().any(|call| outside.contains(&call.vendor)), "{mark}");
        story.ends().await;
    }
}

/// Customers read configured words from when somebody is on it until it is over.
#[tokio::test]
async fn customers_read_that_there_is_trouble_and_that_it_is_over() {
    let story = with(PAGE).await;
    story.types("ines", "general", "open Again our fault sev2 payments").await;
    let channel = story.channel_of_the_first().await;
    story.is_quiet().await;
    assert!(on_the_page(&story).is_empty(), "nobody is on it yet");

    story.types("malik", &channel, "ack").await;
    story.is_quiet().await;
    let public = on_the_page(&story).remove(0);
    assert_eq!(public.name, "Trouble with Payments");
    assert_eq!(public.updates[0].body, "We are looking into it (SEV2).");
    assert!(public.updates[0].notified);
    let component = || {
        story
            .sandbox
            .read(|state| state.status_page.components[cast::STATUSPAGE_COMPONENTS[0]].clone())
    };
    assert_eq!(component(), "partial_outage");
    story.brief_reads(&channel, "Public page").await;

    story.types("malik", &channel, "recover").await;
    story.is_quiet().await;
    let public = on_the_page(&story).remove(0);
    assert_eq!((public.status.as_str(), component().as_str()), ("resolved", "operational"));
    assert_eq!(public.updates.last().unwrap().body, "This is over.");

    story.types("malik", &channel, "reopen It is back").await;
    story.is_quiet().await;
    assert_eq!(on_the_page(&story)[0].status, "investigating");
    assert_eq!(component(), "partial_outage");

    let shown = serde_json::to_string(&on_the_page(&story)).unwrap();
    assert!(!shown.contains("Again our fault"), "{shown}");
    story.ends().await;
}

/// The page opens the incident and its answer is lost: customers read it once.
#[tokio::test]
async fn customers_read_it_once_though_the_answer_was_lost() {
    for (method, said) in [("incidents.create", 1), ("incidents.update", 2)] {
        let story = with(PAGE).await;
        let lost = Rule::of(Vendor::Statuspage, Fault::AnswerLost).on(method).times(1);
        story.sandbox.faults().set(lost);
        let channel = story.opens_simply("ines", "Checkout is down").await;
        story.types("malik", &channel, "ack").await;
        story.everything_is_tried_again().await;
        if said == 2 {
            story.types("malik", &channel, "recover").await;
            story.everything_is_tried_again().await;
        }
        assert!(story.sandbox.faults().in_force().is_empty(), "{method} was lost");
        let public = on_the_page(&story);
        assert_eq!(public.len(), 1, "{method}: {public:#?}");
        assert_eq!(public[0].updates.len(), said, "{method}: {public:#?}");
        story.ends().await;
    }
}

/// Statuspage is down until after the recovery: nobody reads of trouble that is over.
#[tokio::test]
async fn a_page_that_was_down_says_nothing_of_what_is_over() {
    let story = with(PAGE).await;
    story.sandbox.faults().down(Vendor::Statuspage);
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("malik", &channel, "ack").await;
    story.types("malik", &channel, "recover").await;
    story.sandbox.faults().clear();
    story.everything_is_tried_again().await;
    assert_eq!(on_the_page(&story).len(), 0);
    story.ends().await;
}

/// Statuspage asks to wait; then customers read it.
#[tokio::test]
async fn the_page_waits_as_long_as_it_is_asked() {
    let story = with(PAGE).await;
    let busy = Rule::of(Vendor::Statuspage, Fault::Throttled { retry_after: 60 }).times(1);
    story.sandbox.faults().set(busy);
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("malik", &channel, "ack").await;
    story.everything_is_tried_again().await;
    assert_eq!(on_the_page(&story).len(), 1);
    story.ends().await;
}

/// The key is wrong: the channel reads what to check, and not the key.
#[tokio::test]
async fn a_key_that_is_not_taken_is_told_without_showing_it() {
    let story = with(PAGE).await;
    story.sandbox.faults().set(Rule::of(Vendor::Statuspage, Fault::TokenRevoked));
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("malik", &channel, "ack").await;
    let trouble = story.reads(&channel, "could not open an incident on the status page").await;
    assert!(says(&trouble, "check statuspage.token"), "{trouble:?}");
    assert!(!says(&trouble, cast::STATUSPAGE_TOKEN), "{trouble:?}");
    story.ends_having_given_up(&["step_status_page"]).await;
}

/// Inès opens an incident whose webhook does not come through.
async fn opens_though_something_waits(story: &Story) -> String {
    let channel = story.opens("ines", json!({ "summary": "Checkout is down" })).await;
    story.is_quiet_but_for(&["step_webhook"]).await;
    channel
}
