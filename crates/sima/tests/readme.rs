//! What the README promises, done as it says.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a promise that is not kept has failed"
)]

#[path = "browser/stage.rs"]
#[allow(dead_code, reason = "the browser's tests use the rest of it")]
mod stage;

use serde_json::Value;

use crate::stage::{Stage, incident_channels};

const README: &str = include_str!("../../../README.md");

/// The one command that speaks of alerts: its path, its token and its body.
fn alert() -> (&'static str, &'static str, String) {
    let (_, rest) = README.split_once("curl ").expect("a curl command");
    let (command, _) = rest.split_once("```").expect("the end of the block");
    let between = |before: &str, after: &str| {
        let (_, rest) = command.split_once(before).unwrap_or_else(|| panic!("no {before:?}"));
        rest.split_once(after).unwrap_or_else(|| panic!("no {after:?} after {before:?}")).0
    };
    let path = between("http://127.0.0.1:4001", " ");
    // The shell puts the time there.
    let now = r#"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"#;
    let body = between("--data '", "'\n").replace(now, "2026-11-22T09:00:00Z");
    (path, between("Bearer ", "'"), body)
}

/// Sends it as the command would.
async fn sends(stage: &Stage, body: &str) {
    let (path, token, _) = alert();
    let body: Value = serde_json::from_str(body).expect("the body is JSON");
    let request = reqwest::Client::new().post(format!("{}{path}", stage.sima_url));
    let answer = request.bearer_auth(token).json(&body).send().await.expect("SIMA answers");
    let status = answer.status();
    let said = answer.text().await.unwrap_or_default();
    assert!(status.is_success(), "{status}: {said}");
}

/// The alert opens an incident and pages; sent again it opens nothing; cleared it is noted, no more.
#[tokio::test]
async fn the_alert_of_the_readme_opens_one_incident() {
    let stage = Stage::opens().await;
    let (_, _, body) = alert();
    sends(&stage, &body).await;
    let channel = stage
        .until("the brief is pinned in a channel of its own", |state| {
            let name = incident_channels(state).into_iter().next()?;
            state.channel(&name).is_some_and(|channel| !channel.pins.is_empty()).then_some(name)
        })
        .await;
    assert!(channel.ends_with("_the-mail-queue-is-not-draining"), "{channel}");
    stage
        .until("the on-call person is paged", |state| {
            let page = state.pager.incidents.first()?;
            page.title.contains("The mail queue is not draining").then_some(())
        })
        .await;

    sends(&stage, &body).await;
    sends(&stage, &body.replace(r#""status": "firing""#, r#""status": "resolved""#)).await;
    stage
        .until("the channel hears that it cleared", |state| {
            let said = &state.channel(&channel)?.messages;
            said.iter().find(|message| message.text.contains("clear")).map(drop)
        })
        .await;
    assert_eq!(stage.sandbox.read(incident_channels), [channel]);
    stage.closes().await;
}

/// Whoever sets the Slack app up by the README grants all SIMA uses, and subscribes to all it reads.
#[test]
fn the_readme_names_everything_of_the_app() {
    use sima_slack::{requests::EVENT_KINDS, scopes::SCOPES, shortcuts::SHORTCUTS};
    let scopes = SCOPES.iter().map(|scope| scope.name);
    let events = EVENT_KINDS.iter().flat_map(|kind| kind.subscriptions).map(|(event, _)| *event);
    let shortcuts = SHORTCUTS.iter().map(|shortcut| shortcut.callback_id);
    for name in scopes.chain(events).chain(shortcuts) {
        assert!(README.contains(&format!("`{name}`")), "{name} is not named");
    }
}

/// Every picture and page the README points at is there.
#[test]
fn what_the_readme_points_at_is_there() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let marks = ["](", "srcset=\"", "src=\""];
    let pointed = marks.iter().flat_map(|mark| README.split(mark).skip(1));
    let paths = pointed.filter_map(|rest| rest.split([')', '"']).next());
    for path in paths.filter(|path| !path.contains("://")) {
        assert!(root.join(path).exists(), "{path} is not there");
    }
}
