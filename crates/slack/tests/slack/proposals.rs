//! Proposals: how each reads, and that the message is posted once and edited after that.

use jiff::SignedDuration;
use serde_json::{Value, json};
use sima_incident::{
    AlertState, Answered, IncidentNumber, MessageRef, Policy, Proposal, ProposalId, ProposedAlert,
    Setback, Suggestion,
};
use sima_slack::messages;

use crate::{
    cast::{at, incident_id, malik, nour, policy, sev},
    limits::check_message,
    messages::{nasty, shows},
    reading::{reading, seen},
    stand_in::StandIn,
};

fn proposal() -> Proposal {
    let suggestion = Suggestion {
        domain: policy().domains[0].key.clone(),
        severity: sev(2),
        title: "Queue eu-1 is not draining".to_owned(),
        description: Some("12,000 mails wait.\nNone is <lost>.".to_owned()),
        links: vec![
            "https://grafana.example/d/queues?var=eu-1&x=1".to_owned(),
            "https://runbooks.example/queues".to_owned(),
        ],
        group: "queues".to_owned(),
        within: SignedDuration::from_mins(5),
    };
    let first = ProposedAlert {
        integration: "prometheus-eu".to_owned(),
        source: "alertmanager".to_owned(),
        key: "QueueStuck".to_owned(),
        title: "Queue eu-1 is not draining".to_owned(),
        state: firing("09:58"),
    };
    let id = ProposalId(incident_id().0);
    Proposal::of(id, "email-team".to_owned(), suggestion, first, at("10:00"))
}

fn firing(clock: &str) -> AlertState {
    AlertState::Firing { since: at(clock) }
}

fn resolved(clock: &str) -> AlertState {
    AlertState::Resolved { since: at(clock) }
}

fn storm() -> Proposal {
    let heard = proposal().hear(firing("09:58"), Some(firing("09:58")), at("10:02"));
    let heard = heard.hear(firing("10:01"), None, at("10:03"));
    heard.hear(resolved("10:04"), Some(firing("10:01")), at("10:05"))
}

fn over() -> Proposal {
    proposal().hear(resolved("10:10"), Some(firing("09:58")), at("10:10"))
}

fn opened() -> Proposal {
    proposal().open(incident_id(), IncidentNumber(12), nour(), at("10:20"))
}

fn dismissed() -> Proposal {
    proposal().dismiss(malik(), at("10:20")).expect("nobody answered before")
}

fn expired() -> Proposal {
    let tomorrow = at("10:00") + SignedDuration::from_hours(24);
    proposal().expire(tomorrow).expect("it is a day")
}

#[test]
fn a_proposal_asks_and_then_says_what_people_said() {
    let show = |name: &str, one: &Proposal| shows(name, &messages::proposal(one, &policy()));
    show("proposal_awaited", &proposal());
    show("proposal_storm", &storm());
    show("proposal_over", &over());
    show("proposal_opened", &opened());
    show("proposal_dismissed", &dismissed());
    show("proposal_expired", &expired());
}

#[test]
fn who_presses_too_late_is_told_what_is_so() {
    let opened = Answered::Opened { number: IncidentNumber(12), by: nour() };
    shows("proposal_answered_opened", &messages::answered_before(&opened, &policy()));
    let dismissed = Answered::Dismissed { by: malik() };
    shows("proposal_answered_dismissed", &messages::answered_before(&dismissed, &policy()));
    shows("proposal_noted", &messages::dismissed());
    shows("proposal_gone", &messages::proposal_gone());
}

#[test]
fn whatever_a_monitor_writes_pings_nobody_and_keeps_the_limits() {
    let mut policy = policy();
    policy.domains[0].name = nasty(500);
    for mut proposal in [proposal(), storm(), over(), opened(), dismissed(), expired()] {
        proposal.suggestion.title = nasty(3000);
        proposal.suggestion.description = Some(nasty(6000));
        proposal.suggestion.links = vec![nasty(3000); 9];
        proposal.first.integration = nasty(3000);
        let message = messages::proposal(&proposal, &policy);
        check_message("proposal", &message.text, &message.blocks);
        assert!(message.blocks.iter().any(|block| block["type"] == "actions"), "no next action");
        let shown = reading(&message.blocks) + &seen(&message.text);
        assert_eq!(shown.matches('\u{2068}').count(), shown.matches('\u{2069}').count());
    }
}

#[tokio::test]
async fn it_is_posted_under_its_name_and_edited_where_it_is() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    stand_in.answers("chat.postMessage", posted("1.2"));
    let at = show(&slack, &proposal(), false).await.expect("posted");
    assert_eq!((at.channel.as_str(), at.ts.as_str()), ("C7", "1.2"));
    let asked = stand_in.asked();
    assert_eq!(asked[0].field("channel"), "#email-team");
    assert!(asked[0].field("metadata").contains(&format!("proposal:{}", proposal().id)));

    stand_in.answers("chat.update", json!({ "ok": true, "channel": "C7", "ts": "1.2" }));
    let shown = Proposal { message: Some(at.clone()), ..storm() };
    // Whatever the doubt, an edit may be done twice.
    assert_eq!(show(&slack, &shown, true).await, Ok(at));
    let asked = stand_in.asked();
    assert_eq!((asked[0].method.as_str(), asked[0].field("ts")), ("chat.update", "1.2"));
}

#[tokio::test]
async fn what_may_have_been_posted_is_looked_for_and_brought_up_to_date() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    let key = format!("proposal:{}", proposal().id);
    let metadata = json!({ "event_type": "sima_effect", "event_payload": { "key": key } });
    let list = json!({ "ok": true, "channels": [{ "id": "C7", "name": "email-team" }] });
    let who =
        json!({ "ok": true, "user_id": "U0SIMABOT1", "bot_id": "B0SIMABOT1", "team_id": "T1" });
    let history = json!({
        "ok": true,
        "messages": [{ "ts": "1.2", "user": "U0SIMABOT1", "metadata": metadata }],
    });
    stand_in
        .answers("conversations.list", list)
        .answers("auth.test", who)
        .answers("conversations.history", history)
        .answers("chat.update", json!({ "ok": true, "channel": "C7", "ts": "1.2" }));
    let found = show(&slack, &opened(), true).await.expect("found");
    assert_eq!((found.channel.as_str(), found.ts.as_str()), ("C7", "1.2"));
    let methods: Vec<String> = stand_in.asked().into_iter().map(|asked| asked.method).collect();
    assert!(!methods.contains(&"chat.postMessage".to_owned()), "{methods:?}");
    assert_eq!(methods.last().map(String::as_str), Some("chat.update"), "it may be out of date");
}

#[tokio::test]
async fn what_people_deleted_stays_deleted_and_what_cannot_be_posted_is_told() {
    let stand_in = StandIn::begins().await;
    let slack = stand_in.slack("C0BROADCST");
    let at = MessageRef { channel: "C7".to_owned(), ts: "1.2".to_owned() };
    let shown = Proposal { message: Some(at.clone()), ..storm() };
    stand_in.answers("chat.update", json!({ "ok": false, "error": "message_not_found" }));
    assert_eq!(show(&slack, &shown, false).await, Ok(at));
    stand_in.answers("chat.postMessage", json!({ "ok": false, "error": "channel_not_found" }));
    let refused = show(&slack, &proposal(), false).await;
    assert!(matches!(refused, Err(Setback::Refused { .. })), "{refused:?}");
}

async fn show(
    slack: &sima_slack::Slack,
    proposal: &Proposal,
    unsure: bool,
) -> Result<MessageRef, Setback> {
    let policy: Policy = policy();
    slack.show_proposal(proposal, &policy, unsure).await
}

fn posted(ts: &str) -> Value {
    json!({ "ok": true, "channel": "C7", "ts": ts })
}
