//! What the pager is sent and what is made of its answers equals the recordings.

mod rest;
mod stage;

use serde_json::json;
use sima_incident::{
    DomainKey, Effect, Impact, Page, PageCause, Receipt, Repage, Setback, Severity, Visibility,
};
use stage::{Mood, Stage, adapter, contract, incident, paged, perform, time};
use tokio::io::AsyncReadExt as _;

#[tokio::test]
async fn a_page_is_sent_as_recorded() {
    let stage = Stage::accepting().await;
    stage.pagerduty.know_team("T0ACME");
    let receipt = stage.perform(Effect::PageOnCall, &incident()).await;
    let dedup_key = "sima:0190a5c0-0000-7000-8000-00000000002a:outbound-email".to_owned();
    assert_eq!(receipt, Ok(Receipt::Page { dedup_key }));
    assert_eq!(stage.heard().await, [contract("trigger")]);
}

#[tokio::test]
async fn acknowledging_and_resolving_meet_the_same_alert() {
    let stage = Stage::accepting().await;
    let receipt = stage.perform(Effect::PageOnCall, &incident()).await.expect("accepted");
    let mut incident = paged(receipt);
    // The domain was edited meanwhile; the alert is where it was opened.
    incident.domain = DomainKey("api".into());
    assert_eq!(stage.perform(Effect::AcknowledgePage, &incident).await, Ok(Receipt::Done));
    assert_eq!(stage.perform(Effect::ResolvePage, &incident).await, Ok(Receipt::Done));
    assert_eq!(stage.heard().await[1..], [contract("acknowledge"), contract("resolve")]);
}

#[tokio::test]
async fn a_page_after_the_first_has_a_key_of_its_own_and_says_why() {
    let stage = Stage::accepting().await;
    let mut incident = incident();
    incident.channel = None;
    for (cause, suffix, why) in [
        (PageCause::Unanswered { round: 2 }, "unanswered-2", "Nobody is on it yet (2 of 3): "),
        (PageCause::Raised { to: severity(1) }, "sev1", "Now SEV1 and nobody is on it: "),
    ] {
        let receipt = stage.perform(Effect::PageAgain { cause }, &incident).await;
        let key = format!("sima:0190a5c0-0000-7000-8000-00000000002a:outbound-email#{suffix}");
        assert_eq!(receipt, Ok(Receipt::PageAgain { cause, dedup_key: key.clone() }));
        let sent = stage.heard().await.pop().expect("an event");
        assert_eq!((&sent["event_action"], &sent["dedup_key"]), (&json!("trigger"), &json!(key)));
        let summary = format!("[SEV1] {why}Outbound email delivery is down");
        assert_eq!(sent["payload"]["summary"], summary);
    }
    incident.visibility = Visibility::Private;
    let again = Effect::PageAgain { cause: PageCause::Unanswered { round: 1 } };
    stage.perform(again, &incident).await.expect("accepted");
    let sent = stage.heard().await.pop().expect("an event");
    assert_eq!(sent["payload"]["summary"], "Private incident INC-42");
}

#[tokio::test]
async fn what_follows_is_told_about_every_page() {
    let stage = Stage::accepting().await;
    let first = stage.perform(Effect::PageOnCall, &incident()).await.expect("accepted");
    let mut incident = paged(first);
    // Moved to a domain without a key of its own before it was called again.
    incident.domain = DomainKey("api".into());
    let cause = PageCause::Unanswered { round: 1 };
    incident.repages.push(Repage { cause, page: Page::Sent });
    let again = stage.perform(Effect::PageAgain { cause }, &incident).await.expect("accepted");
    let Receipt::PageAgain { dedup_key, .. } = again else { panic!("{again:?}") };
    incident.repages[0].page = Page::Accepted { at: time("2022-06-30T09:14:01Z"), dedup_key };
    // One whose answer was lost, then given up; and one whose way is no longer known.
    let lost = PageCause::Unanswered { round: 2 };
    incident.repages.push(Repage { cause: lost, page: Page::Failed });
    assert_eq!(stage.perform(Effect::AcknowledgePage, &incident).await, Ok(Receipt::Done));
    let id = "sima:0190a5c0-0000-7000-8000-00000000002a";
    let heard: Vec<_> = stage.heard().await[2..]
        .iter()
        .map(|event| (event["routing_key"].clone(), event["dedup_key"].clone()))
        .collect();
    let expected = [
        (json!(stage::EMAIL_KEY), json!(format!("{id}:outbound-email"))),
        (json!(stage::DEFAULT_KEY), json!(format!("{id}#unanswered-1"))),
        (json!(stage::DEFAULT_KEY), json!(format!("{id}#unanswered-2"))),
    ];
    assert_eq!(heard, expected);

    let gone = Page::Accepted { at: time("2022-06-30T09:14:01Z"), dedup_key: format!("{id}:gone") };
    incident.repages.insert(0, Repage { cause: PageCause::Raised { to: severity(1) }, page: gone });
    let answer = stage.perform(Effect::ResolvePage, &incident).await;
    assert!(matches!(answer, Err(Setback::Refused { .. })), "{answer:?}");
    let told =
        stage.heard().await.iter().filter(|event| event["event_action"] == "resolve").count();
    assert_eq!(told, 3, "the others are resolved all the same");
}

#[tokio::test]
async fn the_key_fits_whatever_the_domain_is_called() {
    let stage = Stage::accepting().await;
    let mut incident = incident();
    incident.domain = DomainKey("x".repeat(400));
    let again = |round| Effect::PageAgain { cause: PageCause::Unanswered { round } };
    for round in [1, 2] {
        stage.perform(again(round), &incident).await.expect("accepted");
    }
    let heard = stage.heard().await;
    assert_ne!(heard[0]["dedup_key"], heard[1]["dedup_key"]);
    assert!(heard.iter().all(|event| event["dedup_key"].as_str().expect("a key").len() <= 255));
}

#[tokio::test]
async fn a_domain_without_a_key_uses_the_default_for_good() {
    let stage = Stage::accepting().await;
    let mut incident = incident();
    incident.domain = DomainKey("api".into());
    let receipt = stage.perform(Effect::PageOnCall, &incident).await.expect("accepted");
    // Moved to a domain with a key of its own.
    stage.perform(Effect::ResolvePage, &paged(receipt)).await.expect("accepted");
    let heard = stage.heard().await;
    for event in &heard {
        assert_eq!(event["routing_key"], stage::DEFAULT_KEY);
        assert_eq!(event["dedup_key"], "sima:0190a5c0-0000-7000-8000-00000000002a");
    }
    assert_eq!(heard.len(), 2);
}

#[tokio::test]
async fn a_page_whose_key_is_gone_says_so() {
    let stage = Stage::accepting().await;
    let dedup_key = "sima:0190a5c0-0000-7000-8000-00000000002a:billing".to_owned();
    let incident = paged(Receipt::Page { dedup_key });
    let answer = stage.perform(Effect::AcknowledgePage, &incident).await;
    let Err(Setback::Refused { why }) = answer else { panic!("{answer:?}") };
    assert!(why.contains("not configured any more"), "{why}");
    assert!(stage.heard().await.is_empty());
}

#[tokio::test]
async fn nobody_paged_means_nothing_to_follow_up() {
    let stage = Stage::accepting().await;
    let mut incident = incident();
    incident.page = Page::None;
    assert_eq!(stage.perform(Effect::ResolvePage, &incident).await, Ok(Receipt::Done));
    assert!(stage.heard().await.is_empty());
}

#[tokio::test]
async fn a_private_incident_tells_nothing_but_its_number() {
    let stage = Stage::accepting().await;
    let mut incident = incident();
    incident.visibility = Visibility::Private;
    incident.impact = Impact::Clients(1200);
    stage.perform(Effect::PageOnCall, &incident).await.expect("accepted");
    let heard = stage.heard().await;
    assert_eq!(heard, [contract("trigger_private")]);
    let text = heard[0].to_string();
    for secret in ["Outbound email", "Queue", "U0INES", "Inès", "1200", "C0INC42"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
}

#[tokio::test]
async fn a_page_before_there_is_a_channel_leads_to_sima() {
    let stage = Stage::accepting().await;
    let mut incident = incident();
    incident.channel = None;
    stage.perform(Effect::PageOnCall, &incident).await.expect("accepted");
    let links = &stage.heard().await[0]["links"];
    assert_eq!(
        *links,
        json!([{ "href": "https://sima.example/i/INC-42", "text": "INC-42 in SIMA" }])
    );
}

#[tokio::test]
async fn severities_become_the_four_that_are_taken() {
    let stage = Stage::accepting().await;
    for (level, expected) in
        [(1, "critical"), (2, "error"), (3, "warning"), (4, "info"), (9, "info")]
    {
        let mut incident = incident();
        incident.severity = Severity::new(level).expect("1 to 9");
        stage.perform(Effect::PageOnCall, &incident).await.expect("accepted");
        let heard = stage.heard().await;
        assert_eq!(heard.last().expect("sent")["payload"]["severity"], expected);
    }
}

#[tokio::test]
async fn the_limits_hold_whatever_people_wrote() {
    let stage = Stage::accepting().await;
    let mut incident = incident();
    incident.summary = "火🔥&<>\"".repeat(1000);
    incident.description = Some("\u{1}🔥".repeat(300_000));
    stage.perform(Effect::PageOnCall, &incident).await.expect("accepted");
    let event = &stage.heard().await[0];
    let summary = event["payload"]["summary"].as_str().expect("text");
    assert_eq!(summary.chars().count(), 1024);
    assert!(event.to_string().len() < 512 * 1024);
}

#[tokio::test]
async fn a_refusal_says_what_to_mend() {
    let stage = Stage::with(Mood::Answers(400, contract("invalid_400"))).await;
    let answer = stage.perform(Effect::PageOnCall, &incident()).await;
    let Err(Setback::Refused { why }) = answer else { panic!("{answer:?}") };
    assert!(why.contains("Length of 'routing_key' is incorrect"), "{why}");
    assert!(why.contains("integration key"), "{why}");
}

#[tokio::test]
async fn a_refusal_never_repeats_the_routing_key() {
    let said = json!({ "message": format!("{} is invalid", stage::EMAIL_KEY) });
    let stage = Stage::with(Mood::Answers(400, said)).await;
    let Err(setback) = stage.perform(Effect::PageOnCall, &incident()).await else {
        panic!("a refusal")
    };
    assert!(!setback.to_string().contains(stage::EMAIL_KEY), "{setback}");
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    // Status, whether the event may have been taken in.
    for (status, may_be_done) in [(429, false), (408, true), (500, true), (502, true), (503, true)]
    {
        let stage = Stage::with(Mood::Answers(status, json!("<html>"))).await;
        let answer = stage.perform(Effect::PageOnCall, &incident()).await;
        let Err(Setback::Retry { unsure, after: None, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(unsure, may_be_done, "{status}");
    }
    for status in [301, 401, 403, 404, 413] {
        let stage = Stage::with(Mood::Answers(status, json!(null))).await;
        let answer = stage.perform(Effect::PageOnCall, &incident()).await;
        assert!(matches!(answer, Err(Setback::Refused { .. })), "{status}: {answer:?}");
    }
}

#[tokio::test]
async fn a_wish_to_wait_is_passed_on() {
    let stage = Stage::with(Mood::AsksToWait(7)).await;
    let answer = stage.perform(Effect::PageOnCall, &incident()).await;
    let Err(Setback::Retry { after, unsure: false, .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(after.map(|wait| wait.as_secs()), Some(7));
}

#[tokio::test]
async fn a_pager_that_is_not_there_was_surely_not_told() {
    // Bound and dropped: nobody listens.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    drop(listener);
    let pagerduty = adapter(&format!("http://{address}"));
    let answer = perform(&pagerduty, Effect::PageOnCall, &incident()).await;
    assert_eq!(answer, Err(Setback::later("PagerDuty could not be reached")));
}

#[tokio::test]
async fn a_pager_that_hangs_up_may_have_been_told() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await?;
        // It heard something; then the line went dead.
        socket.read_u8().await
    });
    let pagerduty = adapter(&format!("http://{address}"));
    let answer = perform(&pagerduty, Effect::PageOnCall, &incident()).await;
    assert_eq!(answer, Err(Setback::unsure("PagerDuty's answer was lost")));
}

fn severity(level: u8) -> Severity {
    Severity::new(level).expect("1 to 9")
}
