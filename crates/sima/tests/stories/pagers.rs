//! Other pagers: each rings once for a cause, falls silent as far as it can, and what it cannot is said.

use std::collections::BTreeMap;

use serde_json::json;
use sima::config::{Config, PagerSetting};
use sima_sandbox::{Fault, OtherPage, Rule, Sandbox, Vendor};

use crate::{
    seen::privately_readable,
    story::{Story, mins},
};

/// A pager of a kind pages for payments, as it is set up in the sandbox.
fn set_up(config: &mut Config, sandbox: &Sandbox, kind: &str) {
    let (door, secret) = match kind {
        "webhook" => ("webhook", sandbox.pager_webhook_key()),
        "grafana-oncall" => ("grafana", sandbox.pager_token()),
        other => (other, sandbox.pager_token()),
    };
    let setting = PagerSetting {
        kind: kind.parse().expect("a kind"),
        url: sandbox.pager_url(door),
        secret: secret.into(),
    };
    config.pagers = BTreeMap::from([("night".to_owned(), setting)]);
    config.domains[0].pager = "night".into();
}

async fn begins(kind: &str) -> Story {
    Story::begins_with_sandbox(|config, sandbox| set_up(config, sandbox, kind)).await
}

/// Waits until the one page of the other pager is so.
async fn page_is(story: &Story, status: &str) -> OtherPage {
    story
        .until(&format!("the page is {status}"), |state| {
            assert!(state.other_pages.len() <= 1, "{:?}", state.other_pages);
            state.other_pages.first().filter(|page| page.status == status).cloned()
        })
        .await
}

/// Every kind opens, acknowledges and resolves a page over its own door, and PagerDuty hears nothing.
#[tokio::test]
async fn each_pager_is_spoken_to_as_it_wants() {
    for (kind, acknowledges) in
        [("webhook", true), ("jsm", true), ("grafana-oncall", false), ("goalert", false)]
    {
        let story = begins(kind).await;
        let values = json!({ "summary": "Checkout is down", "domain": "payments" });
        let channel = story.opens("ines", values).await;
        let page = page_is(&story, "triggered").await;
        assert_eq!((page.pager.as_str(), page.title.as_str()), (kind, "[SEV3] Checkout is down"));
        assert!(page.key.contains("@night:payments"), "{page:?}");
        story.is_quiet().await;
        story.types("malik", &channel, "ack").await;
        let given_up: &[&str] = if acknowledges {
            page_is(&story, "acknowledged").await;
            &[]
        } else {
            story.reads(&channel, "takes no acknowledgement from outside").await;
            &["acknowledge_page"]
        };
        story.types("malik", &channel, "recover").await;
        page_is(&story, "resolved").await;
        story.is_quiet().await;
        assert!(story.calls_of("enqueue").is_empty(), "PagerDuty has no part in it");
        story.ends_having_given_up(given_up).await;
    }
}

/// The first answer is lost: it is asked again under the same key, and somebody is called once.
#[tokio::test]
async fn a_lost_answer_calls_nobody_twice() {
    for kind in ["webhook", "jsm", "grafana-oncall", "goalert"] {
        let story = begins(kind).await;
        let lost = Rule::of(Vendor::Pagers, Fault::AnswerLost).times(1);
        story.sandbox.faults().set(lost);
        let values = json!({ "summary": "Checkout is down", "domain": "payments" });
        story.opens("ines", values).await;
        page_is(&story, "triggered").await;
        story.is_quiet().await;
        let calls = story.sandbox.calls();
        let calls = calls.iter().filter(|call| call.vendor == Vendor::Pagers);
        assert_eq!(calls.count(), 2, "{kind}");
        page_is(&story, "triggered").await;
        story.ends().await;
    }
}

/// It could not be reached until it was over: it never rings.
#[tokio::test]
async fn what_is_over_never_rings() {
    let story = begins("goalert").await;
    story.sandbox.faults().down(Vendor::Pagers);
    let values = json!({ "summary": "Checkout is down", "domain": "payments" });
    let channel = story.opens("ines", values).await;
    story.is_quiet_but_for(&["page_on_call"]).await;
    story.types("ines", &channel, "dismiss mistake").await;
    story.sandbox.faults().clear();
    story.time_passes(mins(2)).await;
    story.is_quiet().await;
    assert!(story.sandbox.read(|state| state.other_pages.is_empty()));
    story.ends().await;
}

/// An incident at PagerDuty needs somebody of payments, whom another pager calls: each pager knows its
/// own page, and both end with the incident. Who is on call there is not guessed.
#[tokio::test]
async fn one_incident_may_ring_at_two_pagers() {
    let story = begins("jsm").await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.page_is("triggered").await;
    story.types("nour", &channel, "escalate payments Cards are declined").await;
    let page = page_is(&story, "triggered").await;
    assert!(page.key.ends_with("#escalated-1"), "{page:?}");
    assert!(page.details.contains("Cards are declined"), "{page:?}");
    story.types("malik", &channel, "ack").await;
    story.page_is("acknowledged").await;
    story.is_quiet().await;
    page_is(&story, "triggered").await;
    story.types("nour", "general", "oncall payments").await;
    let told = story.sees_privately("nour", "general", "Jira Service Management").await;
    assert!(privately_readable(&told).contains("look there"));
    story.types("malik", &channel, "recover").await;
    story.page_is("resolved").await;
    page_is(&story, "resolved").await;
    story.ends().await;
}

/// What a pager refuses is told in the channel, with the setting to look at and no secret.
#[tokio::test]
async fn a_wrong_token_is_told_without_it() {
    let story = Story::begins_with_sandbox(|config, sandbox| {
        set_up(config, sandbox, "grafana-oncall");
        config.pagers.get_mut("night").expect("it is there").secret = "s3cr3t-t0ken".into();
    })
    .await;
    let values = json!({ "summary": "Checkout is down", "domain": "payments" });
    let channel = story.opens("ines", values).await;
    let told = story.reads(&channel, "check pagers.night.secret").await;
    assert!(!format!("{told:?}").contains("s3cr3t"), "{told:?}");
    story.types("ines", &channel, "escalate next Nobody hears").await;
    story.reads(&channel, "do it there, or escalate to a person").await;
    story.is_quiet().await;
    story.ends_having_given_up(&["escalate", "page_on_call"]).await;
}
