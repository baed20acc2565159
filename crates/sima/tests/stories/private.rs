//! Private incidents and drills: what nobody else may see, and what counts nowhere.

use serde_json::json;
use sima_sandbox::{Fault, Rule, Vendor};
use sima_store::OutboxView;

use crate::{
    seen::{button, shown},
    story::{COMPANY, Story, mins},
};

/// A laptop was stolen. Those who are invited know; the company, the pager, the dashboard and the
/// figures do not.
#[tokio::test]
async fn a_private_incident_is_seen_by_its_members_alone() {
    let story = Story::begins().await;
    let channel = story
        .opens(
            "ines",
            json!({
                "summary": "Stolen laptop",
                "description": "It was not encrypted",
                "domain": "payments",
                "marks": ["private"],
            }),
        )
        .await;
    let brief = story.brief_is_pinned(&channel).await;
    assert!(shown(&brief.blocks).contains("Private"), "{brief:?}");
    story.is_quiet().await;

    let (is_private, members) = story.sandbox.read(|state| {
        let made = state.channel(&channel).expect("its channel");
        (made.is_private, made.members.clone())
    });
    assert!(is_private);
    let expected = [sima_sandbox::cast::BOT_USER.to_owned(), story.sandbox.person("ines")];
    assert!(members.iter().all(|member| expected.contains(member)), "{members:?}");
    assert!(!channel.contains("laptop"), "administrators see its name: {channel}");
    assert!(story.sandbox.read(|state| state.messages(COMPANY).is_empty()), "no broadcast");

    let page = story.pages(1).await.remove(0);
    assert_eq!(page.title, "Private incident INC-1");
    let sent =
        serde_json::to_string(&page).unwrap() + &story.calls_of("enqueue")[0].args.to_string();
    for secret in ["laptop", "encrypted", "payments", "Payments", &channel] {
        assert!(!sent.contains(secret), "{secret} is in the page: {sent}");
    }

    story.types("ines", &channel, "update We look for it").await;
    story.is_quiet().await;
    nobody_outside_learns_of_it(&story).await;

    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(15)).await;
    let ready = story.reads(&channel, "The post-mortem is ready").await;
    assert!(story.sandbox.read(|state| state.notion.pages.is_empty()), "Notion is for all");
    let link = button(&ready.blocks, "Read and complete it").expect("a link")["url"].clone();
    let path = link.as_str().unwrap().strip_prefix(&story.url()).expect("a page of SIMA's own");
    assert!(path.starts_with("/private/"), "{path}");
    let document = story.gets(path).await;
    assert!(document.status == 200 && document.body.contains("Stolen laptop"));
    // The pager knows the incident's identity; that alone opens nothing.
    let (without_key, _) = path.rsplit_once('/').expect("a key at the end");
    for guess in [without_key.to_owned(), format!("{without_key}/"), format!("{without_key}/0")] {
        assert_eq!(story.gets(&guess).await.status, 404, "{guess}");
    }
    nobody_outside_learns_of_it(&story).await;
    story.ends().await;
}

/// Everything that people, monitors and browsers can ask without being members.
async fn nobody_outside_learns_of_it(story: &Story) {
    for (path, status) in [
        ("/", 200),
        ("/incidents", 200),
        ("/incidents?show=all", 200),
        ("/incidents/1", 404),
        ("/incidents/INC-1", 404),
        ("/incidents/1/postmortem", 404),
        ("/metrics", 200),
    ] {
        let answered = story.gets(path).await;
        assert_eq!(answered.status, status, "{path}");
        for secret in ["laptop", "Laptop", "encrypted", "We look for it"] {
            assert!(!answered.body.contains(secret), "{secret} is at {path}: {}", answered.body);
        }
    }
    let telemetry = story.gets("/metrics").await.body;
    let live = telemetry.lines().filter(|line| line.starts_with("sima_incidents_live{"));
    assert!(
        live.clone().count() > 0 && live.clone().all(|line| line.ends_with(" 0")),
        "{telemetry}"
    );
    for typed in ["list", "metrics", "info INC-1", "info", "ack"] {
        let answer = story.types("theo", "general", typed).await;
        for secret in ["laptop", "encrypted", "1 real", "Private"] {
            assert!(!answer.contains(secret), "{secret} was told for {typed:?}: {answer}");
        }
    }
    assert!(story.types("theo", "general", "info INC-1").await.contains("no such incident"));
    for asked in ["timeline INC-1", "catchup INC-1"] {
        let told = story.types("theo", "general", asked).await;
        assert!(told.contains("no such incident"), "{told}");
    }
    assert!(story.types("theo", "general", "metrics").await.contains("0 real"));
    story.sandbox.open_home("theo").expect("he is one of us");
    let home = story
        .until("the App Home is drawn", |state| state.home("theo").map(|home| home.body.clone()))
        .await;
    assert!(home.to_string().contains("No incident is open"), "{home}");
}

/// Slack does not let SIMA make private channels: it stays unmade rather than becoming public, and
/// people can see that.
#[tokio::test]
async fn a_private_channel_that_cannot_be_made_never_becomes_public() {
    let story = Story::begins().await;
    let fault = Fault::Refused { error: "restricted_action".to_owned() };
    story.sandbox.faults().set(Rule::of(Vendor::Slack, fault).on("conversations.create"));
    story.types("ines", "general", "open Stolen laptop --private").await;
    story.pages(1).await;
    story.is_quiet_but_for(&["tell_reporter"]).await;
    let created = story.calls_of("conversations.create");
    assert!(!created.is_empty());
    let private = created
        .iter()
        .all(|call| call.args["is_private"] == true || call.args["is_private"] == "true");
    assert!(private, "{created:?}");
    assert!(story.incident_channels().is_empty());
    assert!(story.sandbox.read(|state| state.messages(COMPANY).is_empty()));
    let given_up = story.outbox(OutboxView::GivenUp).await.remove(0);
    assert_eq!(given_up.kind, "open_channel");
    assert!(given_up.last_setback.is_some_and(|why| why.contains("administrator")));
    let front = story.gets("/").await.body;
    assert!(front.contains("for a private incident") && !front.contains("laptop"), "{front}");
    story.sees_privately("ines", "general", "could not open the incident channel").await;

    // Somebody allows it, and tries again.
    story.sandbox.faults().clear();
    let store = story.sima().desk().store();
    assert!(store.retry_given_up(given_up.id).await.unwrap());
    let channel = story
        .until("the channel is there", |state| {
            state.channels.iter().find(|channel| channel.name.starts_with("incident")).cloned()
        })
        .await;
    assert!(channel.is_private);
    story.brief_is_pinned(&channel.name).await;
    story.is_quiet().await;
    story.ends().await;
}

/// Practice looks real to those in the channel, wakes nobody, tells nobody, and counts nowhere.
#[tokio::test]
async fn a_drill_wakes_nobody_and_counts_nowhere() {
    let story = Story::begins().await;
    let channel = story
        .opens(
            "nour",
            json!({ "summary": "Practice: checkout", "severity": "SEV1", "marks": ["drill"] }),
        )
        .await;
    let brief = story.brief_is_pinned(&channel).await;
    assert!(shown(&brief.blocks).contains("Drill"), "{brief:?}");
    story.types("nour", &channel, "ack").await;
    story.types("nour", &channel, "update We pretend to look").await;
    story.reads(&channel, "We pretend to look").await;
    story.types("nour", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(15)).await;
    story.brief_reads(&channel, "Closed").await;
    story.is_quiet().await;
    assert!(story.calls_of("enqueue").is_empty(), "nobody is paged");
    assert!(story.sandbox.read(|state| state.messages(COMPANY).is_empty()), "no broadcast");
    assert!(story.sandbox.read(|state| state.notion.pages.is_empty()), "no post-mortem");
    let metrics = story.types("ines", "general", "metrics").await;
    assert!(metrics.contains("0 real") && metrics.contains("1 drills"), "{metrics}");
    story.ends().await;
}
