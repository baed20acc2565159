//! Paging again: while nobody comes, and when it gets worse; never once somebody is on it.

use jiff::SignedDuration;
use serde_json::json;
use sima_sandbox::Vendor;

use crate::story::{Story, mins};

/// SIMA calls again after five minutes, as it does unless configured otherwise.
async fn begins() -> Story {
    Story::begins_with(|config| config.pagerduty.repage_after = SignedDuration::from_mins(5)).await
}

/// How many of the pager's incidents are in a state.
fn pages_that_are(story: &Story, status: &str) -> usize {
    story
        .sandbox
        .read(|state| state.pager.incidents.iter().filter(|page| page.status == status).count())
}

/// Waits until all of so many pages are in a state.
async fn all_pages_are(story: &Story, count: usize, status: &str) {
    story
        .until(&format!("all {count} pages are {status}"), |state| {
            let pages = &state.pager.incidents;
            let same = pages.iter().all(|page| page.status == status);
            (pages.len() == count && same).then_some(())
        })
        .await;
}

/// Those who were invited are in the channel and nobody looks at it: the pager calls three times
/// more, each for itself, and then leaves it. Once somebody is on it all of them are silent.
#[tokio::test]
async fn nobody_comes_and_the_pager_calls_again() {
    let mut story = begins().await;
    let values = json!({ "summary": "Checkout is down", "domain": "payments" });
    let channel = story.opens("ines", values).await;
    story.is_quiet().await;
    for round in 1..=3 {
        story.time_passes(mins(4)).await;
        story.is_quiet().await;
        assert_eq!(pages_that_are(&story, "triggered"), round);
        // What waits survives a restart.
        story.restarts().await;
        story.time_passes(mins(2)).await;
        let page = story.pages(round + 1).await.pop().expect("a page");
        let why = format!("Nobody is on it yet ({round} of 3): Checkout is down");
        assert!(page.title.contains(&why), "{page:?}");
        story.is_quiet().await;
    }
    story.time_passes(mins(60)).await;
    story.is_quiet().await;
    assert_eq!(pages_that_are(&story, "triggered"), 4, "not for ever");
    assert_eq!(story.times_asked_of_the_pager("trigger"), 4);

    story.types("malik", &channel, "ack").await;
    all_pages_are(&story, 4, "acknowledged").await;
    story.types("malik", &channel, "recover").await;
    all_pages_are(&story, 4, "resolved").await;
    let timeline = story.gets("/incidents/1").await.body;
    assert!(timeline.contains("asked for the on-call person again (3 of 3)"), "{timeline}");
    story.ends().await;
}

/// Malik comes into the channel, or takes it: nobody is called again.
#[tokio::test]
async fn somebody_comes_and_nobody_is_called_again() {
    for comes in ["joins", "acknowledges", "acknowledges in PagerDuty", "resolves in PagerDuty"] {
        let story = begins().await;
        let channel = story.opens_simply("ines", "Checkout is down").await;
        let page = story.page_is("triggered").await;
        story.time_passes(mins(3)).await;
        match comes {
            "joins" => drop(story.joins("malik", &channel).await),
            "acknowledges" => drop(story.types("malik", &channel, "ack").await),
            "acknowledges in PagerDuty" => story.sandbox.acknowledge_page(&page.id).unwrap(),
            _ => story.sandbox.resolve_page(&page.id).unwrap(),
        }
        match comes {
            "acknowledges in PagerDuty" => drop(story.brief_reads(&channel, "Investigating").await),
            "resolves in PagerDuty" => drop(story.reads(&channel, "The page was resolved").await),
            _ => {}
        }
        story.is_quiet().await;
        story.time_passes(mins(30)).await;
        story.is_quiet().await;
        assert_eq!(story.times_asked_of_the_pager("trigger"), 1, "when somebody {comes}");
        story.ends().await;
    }
}

/// It wakes nobody as it is reported; then it is worse than anybody thought.
#[tokio::test]
async fn it_becomes_so_bad_that_somebody_is_called() {
    let story = begins().await;
    let values = json!({ "summary": "A typo on every invoice", "severity": "SEV4" });
    let channel = story.opens("ines", values).await;
    story.is_quiet().await;
    assert_eq!(pages_that_are(&story, "triggered"), 0);
    story.types("ines", &channel, "severity sev2").await;
    let page = story.pages(1).await.remove(0);
    assert!(page.title.contains("[SEV2] A typo"), "{page:?}");
    story.is_quiet().await;
    // The first page is watched as any other, and what is worse again calls again.
    story.time_passes(mins(6)).await;
    story.pages(2).await;
    story.is_quiet().await;
    story.types("ines", &channel, "severity sev1").await;
    let page = story.pages(3).await.pop().expect("a page");
    assert!(page.title.contains("Now SEV1 and nobody is on it: A typo"), "{page:?}");
    story.is_quiet().await;
    // Back and forth is no other cause.
    story.types("ines", &channel, "severity sev3").await;
    story.types("ines", &channel, "severity sev1").await;
    story.is_quiet().await;
    assert_eq!(pages_that_are(&story, "triggered"), 3);
    story.types("malik", &channel, "ack").await;
    all_pages_are(&story, 3, "acknowledged").await;
    story.ends().await;
}

/// Somebody is on it: that it becomes worse calls nobody.
#[tokio::test]
async fn it_becomes_worse_while_somebody_is_on_it() {
    let story = begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.page_is("triggered").await;
    story.types("malik", &channel, "ack").await;
    story.page_is("acknowledged").await;
    story.types("malik", &channel, "severity sev1").await;
    story.is_quiet().await;
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story.ends().await;
}

/// Malik takes the second of two pages on his phone: the first stops ringing as well.
#[tokio::test]
async fn one_page_taken_in_pagerduty_silences_the_others() {
    let story = begins().await;
    story.opens_simply("ines", "Checkout is down").await;
    story.page_is("triggered").await;
    story.is_quiet().await;
    story.time_passes(mins(6)).await;
    let second = story.pages(2).await.pop().expect("a page");
    story.is_quiet().await;
    story.sandbox.acknowledge_page(&second.id).unwrap();
    all_pages_are(&story, 2, "acknowledged").await;
    story.ends().await;
}

/// The pager cannot be reached when it should call again, and then the incident is over: that call
/// never leaves, and the page that is resolved stays so.
#[tokio::test]
async fn a_call_that_comes_late_wakes_nobody() {
    let story = begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.page_is("triggered").await;
    story.is_quiet().await;
    story.sandbox.faults().down(Vendor::PagerDuty);
    story.time_passes(mins(6)).await;
    story.is_quiet_but_for(&["page_again"]).await;
    story.types("malik", &channel, "recover").await;
    story.sandbox.faults().clear();
    story.time_passes(mins(2)).await;
    story.page_is("resolved").await;
    story.is_quiet().await;
    all_pages_are(&story, 1, "resolved").await;
    story.ends().await;
}

/// With the wait set to nothing, nobody is ever called again.
#[tokio::test]
async fn it_may_be_left_at_one_call() {
    let story = Story::begins().await;
    story.opens_simply("ines", "Checkout is down").await;
    story.page_is("triggered").await;
    story.time_passes(mins(600)).await;
    story.is_quiet().await;
    assert_eq!(story.times_asked_of_the_pager("trigger"), 1);
    story.ends().await;
}
