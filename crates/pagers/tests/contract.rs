//! What each pager is sent, compared with what its documents ask for, and what its answers mean.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

mod stage;

use serde_json::{Value, json};
use sima_incident::{Effect, Page, PageCause, Receipt, Repage, Setback, Visibility};
use sima_pagers::Kind;
use stage::{Heard, KEY, Stage, contract, incident, paged};

/// A page is opened, acknowledged and resolved; what was heard.
async fn life(kind: Kind) -> (Vec<Heard>, Vec<Result<Receipt, Setback>>) {
    let stage = Stage::answering(kind, 200).await;
    let mut answers = vec![stage.perform(Effect::PageOnCall, &incident()).await];
    for effect in [Effect::AcknowledgePage, Effect::ResolvePage] {
        answers.push(stage.perform(effect, &paged()).await);
    }
    (stage.heard().await, answers)
}

#[tokio::test]
async fn grafana_oncall_gets_its_formatted_webhook() {
    let (heard, answers) = life(Kind::GrafanaOnCall).await;
    assert_eq!(answers[0], Ok(Receipt::Page { dedup_key: KEY.to_owned() }));
    let Err(Setback::Refused { why }) = &answers[1] else { panic!("{answers:?}") };
    assert!(why.contains("takes no acknowledgement"), "{why}");
    let path = "/integrations/v1/formatted_webhook/t0ken/";
    let sent: Vec<_> = heard.iter().map(|one| (one.path.as_str(), one.body.clone())).collect();
    assert_eq!(sent, [(path, contract("grafana_alerting")), (path, contract("grafana_ok"))]);
}

#[tokio::test]
async fn goalert_gets_its_generic_events() {
    let (heard, answers) = life(Kind::GoAlert).await;
    assert!(matches!(answers[1], Err(Setback::Refused { .. })), "{answers:?}");
    let path = "/api/v2/generic/incoming";
    let sent: Vec<_> = heard.iter().map(|one| (one.path.as_str(), one.body.clone())).collect();
    assert_eq!(sent, [(path, contract("goalert_page")), (path, contract("goalert_close"))]);
    assert!(heard.iter().all(|one| one.header("authorization") == "Bearer t0ken"));
}

#[tokio::test]
async fn jira_service_management_gets_alerts_by_alias() {
    let (heard, answers) = life(Kind::Jsm).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let alerts = "/jsm/ops/integration/v2/alerts";
    let follow_up = |word: &str| format!("{alerts}/{KEY}/{word}?identifierType=alias");
    let paths: Vec<&str> = heard.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths, [alerts, &follow_up("acknowledge"), &follow_up("close")]);
    assert_eq!(heard[0].body, contract("jsm_create"));
    assert!(heard.iter().all(|one| one.header("authorization") == "GenieKey t0ken"));
    let mut wordy = incident();
    wordy.summary = "🔥".repeat(400);
    let stage = Stage::answering(Kind::Jsm, 202).await;
    stage.perform(Effect::PageOnCall, &wordy).await.expect("accepted");
    let message = stage.heard().await[0].body["message"].as_str().expect("text").to_owned();
    assert_eq!(message.chars().count(), 130);
}

#[tokio::test]
async fn a_webhook_is_signed_and_known_by_its_id() {
    let (heard, answers) = life(Kind::Webhook).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(heard[0].body, contract("webhook_page"));
    for (one, what) in heard.iter().zip(["triggered", "acknowledged", "resolved"]) {
        assert_eq!(one.body["type"], format!("page.{what}"));
        assert_eq!(one.header("webhook-id"), format!("{KEY}/page.{what}"));
        assert!(one.header("webhook-signature").starts_with("v1,"));
    }
    assert_eq!(heard[2].body, json!({ "type": "page.resolved", "key": KEY, "incident": "INC-42" }));
}

#[tokio::test]
async fn a_private_incident_tells_nothing_but_its_number() {
    for kind in Kind::ALL {
        let stage = Stage::answering(kind, 200).await;
        let mut incident = incident();
        incident.visibility = Visibility::Private;
        stage.perform(Effect::PageOnCall, &incident).await.expect("accepted");
        let heard = stage.heard().await.remove(0).body.to_string();
        for secret in ["Checkout", "card", "C0INC42", "1200"] {
            assert!(!heard.contains(secret), "{kind}: {heard}");
        }
        assert!(heard.contains("Private incident INC-42"), "{heard}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again_and_what_cannot_is_said() {
    for kind in Kind::ALL {
        for (status, unsure) in [(429, false), (500, true), (503, true)] {
            let stage = Stage::answering(kind, status).await;
            let answer = stage.perform(Effect::PageOnCall, &incident()).await;
            let Err(Setback::Retry { unsure: may_be_done, .. }) = answer else {
                panic!("{kind} {status}: {answer:?}")
            };
            assert_eq!(may_be_done, unsure, "{kind} {status}");
        }
        for status in [302, 400, 401, 403, 404] {
            let stage = Stage::answering(kind, status).await;
            let answer = stage.perform(Effect::PageOnCall, &incident()).await;
            let Err(Setback::Refused { why }) = answer else {
                panic!("{kind} {status}: {answer:?}")
            };
            assert!(!why.contains("t0ken") && !why.is_empty(), "{why}");
        }
    }
}

#[tokio::test]
async fn every_page_of_it_is_resolved_and_only_what_was_answered_is_acknowledged() {
    let stage = Stage::answering(Kind::Jsm, 202).await;
    let mut incident = paged();
    let escalated = PageCause::Escalated { call: 1 };
    let again = PageCause::Unanswered { round: 1 };
    let at = |cause: &PageCause| Page::Accepted {
        at: incident.times.opened_at,
        dedup_key: format!("{KEY}#{cause}"),
    };
    let elsewhere = Page::Accepted {
        at: incident.times.opened_at,
        dedup_key: format!("sima:{}:api#sev1", incident.id),
    };
    incident.repages = vec![
        Repage { cause: escalated, page: at(&escalated) },
        Repage { cause: again, page: at(&again) },
        Repage { cause: PageCause::Reopened { time: 1 }, page: elsewhere },
    ];
    stage.perform(Effect::AcknowledgePage, &incident).await.expect("told");
    assert_eq!(stage.heard().await.len(), 2, "whoever else was asked for is still wanted");
    stage.perform(Effect::ResolvePage, &incident).await.expect("told");
    assert_eq!(stage.heard().await.len(), 5, "PagerDuty's page is not ours");
    let stage = Stage::without_domains().await;
    let answer = stage.perform(Effect::ResolvePage, &paged()).await;
    assert_eq!(answer, Ok(Receipt::Done), "it went to this pager, whatever its domain has now");
    let told: Vec<Value> = stage.heard().await.into_iter().map(|one| one.body).collect();
    assert_eq!(told.len(), 1);
}
