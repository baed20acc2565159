//! `sima doctor`: what is well is said to be, what is not is told with the step that mends it.

use jiff::SignedDuration;
use sima::{
    config::{Config, SlackMode},
    doctor::{Finding, Health, examine, table},
    serve::system_clock,
};
use sima_sandbox::{Fault, Rule, Sandbox, Vendor};

use crate::story::Story;

async fn findings(story: &Story) -> Vec<Finding> {
    examine(story.config(), || story.now()).await.expect("a configuration that can be used")
}

/// Everything else is well; the one finding of that kind, and what to do about it.
async fn finds(story: &Story, health: Health, says: &str, repair: &str) {
    let found = findings(story).await;
    let meant = found.iter().find(|one| one.health == health && one.says.contains(says));
    let meant = meant.unwrap_or_else(|| panic!("nobody says {says:?} in\n{}", table(&found)));
    let told = meant.repair.as_deref().unwrap_or_default();
    assert!(told.contains(repair), "{told}");
    if health != Health::Ill {
        assert!(found.iter().all(|one| one.health != Health::Ill), "{}", table(&found));
    }
}

#[tokio::test]
async fn nothing_has_to_be_mended_where_all_is_well_and_no_secret_is_printed() {
    let story = Story::begins_with_sandbox(|config, sandbox| {
        sandbox.use_sockets();
        config.slack.mode = SlackMode::Socket;
        config.slack.app_token = sandbox.app_token().into();
    })
    .await;
    let found = findings(&story).await;
    let read = table(&found);
    assert!(read.ends_with("nothing has to be mended"), "{read}");
    for well in [
        "the bot token is good",
        "the app token opens connections",
        "every scope is granted",
        "clock agrees",
        "the bot is in #production-issues-bot (broadcast.channel)",
        "on call for payments",
        "Notion's database can be read",
        "it can be written",
        "its tables are those of this version",
    ] {
        let is_well = |one: &Finding| one.health == Health::Well && one.says.contains(well);
        assert!(found.iter().any(is_well), "nobody says {well:?} in\n{read}");
    }
    let json = serde_json::to_string(&found).expect("JSON");
    let sandbox = &story.sandbox;
    for secret in [
        sandbox.bot_token(),
        sandbox.app_token(),
        sandbox.signing_secret(),
        sandbox.routing_key(),
        sandbox.pagerduty_token(),
        sandbox.notion_token(),
    ] {
        assert!(!read.contains(secret) && !json.contains(secret), "{secret}");
    }
    story.ends().await;
}

#[tokio::test]
async fn scopes_that_were_not_granted_are_told_with_what_they_are_for() {
    let story = Story::begins().await;
    story.sandbox.revoke_scope("users:read.email");
    finds(&story, Health::Weak, "users:read.email", "install the app again").await;
    story.sandbox.revoke_scope("pins:write");
    finds(&story, Health::Ill, "pins:write is not granted: pin the brief", "Bot Token Scopes")
        .await;
    story.ends().await;
}

#[tokio::test]
async fn a_token_that_slack_refuses_is_told() {
    let story = Story::begins().await;
    for (fault, repair) in [
        (Fault::TokenRevoked, "copy it again"),
        (Fault::Refused { error: "account_inactive".into() }, "copy it again"),
        (Fault::Down, "reached"),
        (Fault::Throttled { retry_after: 7 }, "wait 7 s"),
    ] {
        let rule = Rule::of(Vendor::Slack, fault.clone()).on("auth.test");
        let id = story.sandbox.faults().set(rule);
        let found = findings(&story).await;
        let ill: Vec<_> = found.iter().filter(|one| one.health == Health::Ill).collect();
        assert_eq!(ill.len(), 1, "{fault:?}: {}", table(&found));
        let told = ill[0].repair.as_deref().unwrap_or_default();
        assert!(told.contains(repair) || fault == Fault::Down, "{fault:?}: {told}");
        story.sandbox.faults().remove(id);
    }
    story.ends().await;
}

#[tokio::test]
async fn channels_that_cannot_be_posted_in_are_told() {
    let story = Story::begins().await;
    finds(&story, Health::Weak, "#payments without being in it", "/invite").await;
    story.sandbox.revoke_scope("chat:write.public");
    finds(&story, Health::Ill, "the bot is not in #payments", "/invite").await;
    story.sandbox.grant_scope("chat:write.public");
    story.sandbox.archive("nour", "production-issues-bot").expect("she may");
    finds(&story, Health::Ill, "#production-issues-bot is archived", "unarchive it").await;
    story.ends().await;
}

/// What is wrong in the configuration itself.
#[tokio::test]
async fn each_mistake_is_found_with_its_repair() {
    type Mistake = (fn(&mut Config, &Sandbox), &'static str, &'static str);
    let mistakes: [Mistake; 7] = [
        (|config, _| config.broadcast.channel = "nowhere".into(), "no channel nowhere", "make it"),
        (
            |config, _| config.broadcast.channel = "C0NOWHERE01".into(),
            "no channel C0NOWHERE01",
            "invite the bot",
        ),
        (
            |config, _| config.pagerduty.api_token = "wrong".into(),
            "not known who is on call",
            "pagerduty.api_token",
        ),
        (
            |config, _| config.pagerduty.routing_key = "R012345".into(),
            "pagerduty.routing_key does not look like",
            "Events API v2",
        ),
        (|config, _| config.notion.token = "wrong".into(), "Notion", "notion.token"),
        (|config, _| config.notion.database_id = "f".repeat(32), "Notion", "notion.database_id"),
        (
            |config, sandbox| {
                sandbox.use_sockets();
                config.slack.mode = SlackMode::Socket;
                config.slack.app_token = sandbox.bot_token().into();
            },
            "the app token opens no connection",
            "xapp-",
        ),
    ];
    for (mistake, says, repair) in mistakes {
        let story = Story::begins_with_sandbox(mistake).await;
        finds(&story, Health::Ill, says, repair).await;
        story.ends().await;
    }
}

#[tokio::test]
async fn a_clock_that_runs_away_is_told_before_slacks_requests_are_refused() {
    let story = Story::begins().await;
    for (ahead, health) in [(60, Health::Weak), (600, Health::Ill), (-600, Health::Ill)] {
        let wrong = || story.now() + SignedDuration::from_secs(ahead);
        let found = examine(story.config(), wrong).await.expect("a good configuration");
        let clock =
            found.iter().find(|one| one.says.contains("clock")).expect("the clock is looked at");
        assert_eq!(clock.health, health, "{ahead}: {}", clock.says);
        assert!(clock.repair.as_deref().is_some_and(|repair| repair.contains("NTP")));
    }
    story.ends().await;
}

/// A property that is not there is told; one by which pages are found again is not optional.
#[tokio::test]
async fn properties_that_notion_lacks_are_told() {
    let story = Story::begins().await;
    finds(&story, Health::Weak, "Time to repair (min)", "README").await;
    story.ends().await;
}

/// The doctor makes no database where there is none.
#[tokio::test]
async fn a_database_that_is_not_there_yet_is_told_and_not_made() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("new.db");
    let mut config = Config::default();
    config.database.url = format!("sqlite:{}", path.display()).into();
    let found = examine(&config, || system_clock().now()).await.expect("a good configuration");
    assert!(found.iter().any(|one| one.says.contains("no database yet")), "{}", table(&found));
    assert!(!path.exists());
}
