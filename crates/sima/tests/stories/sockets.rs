//! Socket Mode: Slack reaches SIMA over connections that SIMA opens, and they break.

use serde_json::json;
use sima::config::SlackMode;
use sima_sandbox::{Fault, Moment, Rule, Vendor};

use crate::story::{PATIENCE, Story, mins};

/// SIMA runs with two sockets, and nothing can reach it over HTTP.
async fn begins() -> Story {
    Story::begins_with_sandbox(|config, sandbox| {
        sandbox.use_sockets();
        config.slack.mode = SlackMode::Socket;
        config.slack.app_token = sandbox.app_token().into();
        config.slack.signing_secret = "".into();
    })
    .await
}

async fn sockets_are_open(story: &Story, count: usize) {
    let sandbox = &story.sandbox;
    let what = format!("{count} sockets are open");
    story.until(&what, |_| (sandbox.sockets() == count).then_some(())).await;
}

/// How often SIMA asked for an address to connect to.
fn addresses(story: &Story) -> usize {
    let calls = story.sandbox.calls();
    calls.iter().filter(|call| call.method == "apps.connections.open").count()
}

/// The walk of every day: a form, a button, a refusal in a form, a line, somebody joins, an App Home.
#[tokio::test]
async fn an_incident_is_lived_through_over_sockets_alone() {
    let story = begins().await;
    sockets_are_open(&story, 2).await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.joins("theo", &channel).await;
    let brief = story.brief_is_pinned(&channel).await;
    story.presses("malik", &channel, &brief, "Acknowledge").await;
    story.brief_reads(&channel, "Investigating").await;

    let answer = story.types("malik", &channel, "reslove").await;
    assert!(answer.contains("resolve"), "{answer}");
    story.types("malik", &channel, "update").await;
    story.form_is_shown("malik").await;
    let refused = story.sandbox.submit("malik", "", &json!({ "text": " " })).await;
    assert!(refused.json()["response_action"] == "errors" || refused.trouble.is_some());
    story.sandbox.open_home("theo").expect("he is one of us");
    story.until("the App Home is drawn", |state| state.home("theo").map(drop)).await;
    story.ends().await;
}

/// Without a signing secret nobody speaks for Slack over HTTP, however it is signed.
#[tokio::test]
async fn nothing_is_taken_over_http_without_a_secret() {
    let story = begins().await;
    for path in ["/slack/commands", "/slack/interactions", "/slack/events"] {
        let body = "command=%2Fincident&text=open+it&user_id=U1&channel_id=C1&trigger_id=1";
        let now = story.now().as_second().to_string();
        let request = reqwest::Client::new()
            .post(format!("{}{path}", story.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", &now)
            .header("x-slack-signature", sima_sandbox::signature("", &now, body.as_bytes()))
            .body(body);
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 404, "{path}");
    }
    story.ends().await;
}

/// A connection that breaks before a request arrives, or after it was taken and before Slack knows:
/// Slack sends it again over another. Each thing is done once.
#[tokio::test]
async fn a_cut_in_the_middle_loses_nothing_and_doubles_nothing() {
    for moment in [Moment::BeforeDeed, Moment::AfterDeed] {
        let story = begins().await;
        sockets_are_open(&story, 2).await;
        let faults = story.sandbox.faults();

        faults.cut_at_envelope("slash_commands", moment);
        story.types("ines", "general", "open Checkout is down sev2 payments").await;
        story.is_quiet().await;
        sockets_are_open(&story, 2).await;
        let channel = story.incident_channels().remove(0);

        faults.cut_at_envelope("interactive", moment);
        let brief = story.brief_is_pinned(&channel).await;
        story.presses("malik", &channel, &brief, "Acknowledge").await;
        story.brief_reads(&channel, "Investigating").await;
        sockets_are_open(&story, 2).await;

        faults.cut_at_envelope("events_api", moment);
        story.joins("theo", &channel).await;
        story.is_quiet().await;
        sockets_are_open(&story, 2).await;

        let greetings = story.private_words("theo").len();
        assert_eq!(greetings, 1, "{moment:?}: he is greeted once");
        assert_eq!(story.incident_channels().len(), 1, "{moment:?}");
        story.pages(1).await;
        assert!(addresses(&story) >= 5, "{moment:?}: three were cut");
        story.ends().await;
    }
}

/// Slack delivers over two sockets what it believes was lost.
#[tokio::test]
async fn what_comes_over_two_sockets_is_done_once() {
    let story = begins().await;
    sockets_are_open(&story, 2).await;
    story.sandbox.faults().envelopes_twice(true);
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.joins("theo", &channel).await;
    story.is_quiet().await;
    assert_eq!(story.private_words("theo").len(), 1, "he is greeted once");
    assert_eq!(story.incident_channels().len(), 1);
    story.pages(1).await;
    story.ends().await;
}

/// Slack says that it will close the connections: others are open before it does, and neither what
/// comes in between nor what comes after is lost.
#[tokio::test]
async fn others_are_open_before_slack_cuts() {
    for reason in ["warning", "refresh_requested"] {
        let story = begins().await;
        sockets_are_open(&story, 2).await;
        story.sandbox.faults().disconnect_sockets(reason);
        // The clock stands: the old ones are not closed yet.
        sockets_are_open(&story, 2).await;
        assert_eq!(addresses(&story), 4, "{reason}");
        let channel = story.opens_simply("ines", "Checkout is down").await;
        story.time_passes(mins(1)).await;
        story.joins("theo", &channel).await;
        story.ends().await;
    }
}

/// Everything is cut at once, several times.
#[tokio::test]
async fn sima_comes_back_whenever_it_is_cut_off() {
    let story = begins().await;
    for summary in ["Checkout is down", "Mails are late", "Search is slow"] {
        sockets_are_open(&story, 2).await;
        story.sandbox.faults().cut_sockets();
        story.types("ines", "general", &format!("open {summary}")).await;
    }
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 3);
    story.ends().await;
}

/// SIMA restarts: what happened meanwhile arrives, and what had arrived does not arrive twice.
#[tokio::test]
async fn a_restart_misses_nothing() {
    let mut story = begins().await;
    sockets_are_open(&story, 2).await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.joins("theo", &channel).await;
    story.restarts().await;
    story.sandbox.faults().envelopes_twice(true);
    story.joins("nour", &channel).await;
    story.is_quiet().await;
    assert_eq!(story.private_words("theo").len(), 1);
    assert_eq!(story.private_words("nour").len(), 1);
    story.ends().await;
}

/// When Slack refuses, the log and the figures say what to do; the alarm does not depend on it.
#[tokio::test]
async fn a_refused_token_is_told_with_its_repair() {
    for (error, repair) in [
        ("invalid_auth", "SIMA_SLACK__APP_TOKEN"),
        ("not_allowed_token_type", "xapp-"),
        ("missing_scope", "connections:write"),
    ] {
        let story = Story::begins_with_sandbox(|config, sandbox| {
            sandbox.use_sockets();
            let refused = Fault::Refused { error: error.to_owned() };
            sandbox.faults().set(Rule::of(Vendor::Slack, refused).on("apps.connections.open"));
            config.slack.mode = SlackMode::Socket;
            config.slack.app_token = sandbox.app_token().into();
        })
        .await;
        let line = story.sima().slack_line().expect("there is Socket Mode");
        let told = line.until(|standing| standing.trouble.is_some());
        let told = tokio::time::timeout(PATIENCE, told).await.expect("trouble is told");
        assert!(told.trouble.is_some_and(|told| told.contains(repair)), "{error}");
        story.ends().await;
    }
}

/// Slack turns connections away: too many of them, or Socket Mode is off.
#[tokio::test]
async fn being_turned_away_is_told_with_its_repair() {
    for (reason, repair) in
        [("too_many_websockets", "slack.connections"), ("link_disabled", "slack.mode")]
    {
        let story = begins().await;
        sockets_are_open(&story, 2).await;
        story.sandbox.faults().disconnect_sockets(reason);
        let line = story.sima().slack_line().expect("there is Socket Mode");
        let told = line.until(|standing| standing.trouble.is_some());
        let told = tokio::time::timeout(PATIENCE, told).await.expect("trouble is told");
        assert!(told.trouble.is_some_and(|told| told.contains(repair)), "{reason}");
        story.ends().await;
    }
}
