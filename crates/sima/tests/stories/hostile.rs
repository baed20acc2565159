//! Hostile and unlucky input: whoever sends it, SIMA answers in one line and nothing comes of it.

use serde_json::{Value, json};
use sima_sandbox::{Moment, Vendor};

use crate::{
    seen::{privately_readable, says},
    story::{PATIENCE, Story, mins},
};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

/// Only Slack may speak for people: the signature, its age and both headers are looked at first.
#[tokio::test]
async fn what_slack_did_not_sign_is_turned_away() {
    let story = Story::begins().await;
    let command = || story.signed("/slack/commands", FORM, opening(&story, "T1"));
    for (answered, what) in [
        (command().by_somebody_else().arrives().await, "another secret"),
        (command().secs_ago(600).arrives().await, "ten minutes old"),
        (command().secs_ago(-600).arrives().await, "ten minutes early"),
        (command().without_signature().arrives().await, "no signature"),
        (command().without_timestamp().arrives().await, "no timestamp"),
    ] {
        assert_eq!(answered.status, 401, "{what}: {answered:?}");
        assert_eq!(answered.body.trim().lines().count(), 1, "{what}: {answered:?}");
    }
    story.is_quiet().await;
    assert!(story.incident_channels().is_empty());
    assert_eq!(command().arrives().await.status, 200, "the same, signed, is taken");
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    story.ends().await;
}

/// Signed nonsense gets the right status and one clear line.
#[tokio::test]
async fn nonsense_gets_the_right_status_and_one_line() {
    let story = Story::begins().await;
    let huge = "x".repeat(2 * 1024 * 1024);
    for (path, content_type, body, status) in [
        ("/slack/events", JSON, huge.clone(), 413),
        ("/slack/commands", FORM, huge, 413),
        ("/slack/events", JSON, "{\"type\": \"event_call".to_owned(), 400),
        ("/slack/events", JSON, "[]".to_owned(), 400),
        ("/slack/events", JSON, String::new(), 400),
        ("/slack/commands", FORM, String::new(), 400),
        ("/slack/commands", FORM, "token=x&team_id=T1".to_owned(), 400),
        ("/slack/commands", FORM, "command=%2Fincident&text=open+Boom".to_owned(), 400),
        ("/slack/interactions", FORM, "payload=%7B%22type%22".to_owned(), 400),
        ("/slack/interactions", FORM, "payload=%7B%22type%22%3A%22block_actions%22%7D".into(), 400),
        ("/slack/commands", "text/plain", "command=/incident".to_owned(), 400),
    ] {
        let shown: String = body.chars().take(40).collect();
        let answered = story.signed(path, content_type, body).arrives().await;
        assert_eq!(answered.status, status, "{shown:?}: {answered:?}");
        assert_eq!(answered.body.trim().lines().count(), 1, "{shown:?}: {answered:?}");
    }
    let tomorrow = json!({ "type": "something_of_tomorrow" });
    assert_eq!(story.event(&tomorrow).arrives().await.status, 200, "Slack adds kinds at any time");
    story.is_quiet().await;
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}

/// Slack checks the certificate without signing, and the URL with a challenge. Neither opens
/// anything, even if somebody writes more into it.
#[tokio::test]
async fn slacks_own_checks_are_answered_and_do_nothing() {
    let story = Story::begins().await;
    assert_eq!(story.sandbox.check_ssl().await, Some(200));
    assert!(story.sandbox.verify_url().await, "the challenge comes back");
    let smuggled = format!("ssl_check=1&{}", opening(&story, "T1"));
    let answered =
        story.signed("/slack/commands", FORM, smuggled).without_signature().arrives().await;
    assert_eq!((answered.status, answered.body.as_str()), (200, ""));
    let unsigned = json!({ "type": "url_verification", "challenge": "c" });
    assert_eq!(story.event(&unsigned).by_somebody_else().arrives().await.status, 401);
    story.is_quiet().await;
    assert!(story.incident_channels().is_empty());
    story.ends().await;
}

/// A title as long as Slack lets one type, with everything in it that could break a message or
/// call the whole company: it is read everywhere as it was written, and pings nobody.
#[tokio::test]
async fn a_terrible_title_comes_through_everywhere_and_pings_nobody() {
    let story = Story::begins().await;
    let begins = "<!channel> & <@U0NOUR0001> *not bold* الدفع متوقف 🔥👩‍👧‍👦 _x_ `code` ~no~ > quote";
    let title: String = format!("{begins} {}", "cards & <b>wallets</b> fail ".repeat(150))
        .chars()
        .take(3000)
        .collect();
    let typed = title.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    story.types("ines", "general", &format!("open {typed}")).await;
    story.is_quiet().await;

    let channel = story.incident_channels().remove(0);
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    assert!(channel.len() <= 80, "{channel}");
    assert!(channel.chars().all(|letter| allowed(letter) || "-_".contains(letter)), "{channel}");
    let brief = story.brief_is_pinned(&channel).await;
    assert!(says(&brief, begins), "{brief:#?}");
    let broadcast = story.broadcast().await;
    assert!(says(&broadcast, begins), "{broadcast:#?}");
    let page = story.pages(1).await.remove(0);
    assert!(page.title.contains(begins), "{page:?}");
    let topic = story.sandbox.read(|state| state.channel(&channel).unwrap().topic.clone());
    assert!(topic.contains("الدفع متوقف 🔥👩‍👧‍👦") && topic.contains("!channel"), "{topic}");
    assert!(topic.chars().count() <= 250 && !topic.contains('<'), "{topic}");
    let info = story.types("ines", &channel, "info").await;
    assert!(info.contains(&title[..title.len() / 2]), "the whole of it is kept: {info}");

    story.types("ines", &channel, &format!("update {typed}")).await;
    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(15)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    let document = story.sandbox.read(|state| state.notion.pages[0].clone());
    assert!(document.title.contains(begins), "{}", document.title);
    assert!(document.text().contains(begins), "{}", document.text());
    let dashboard = story.gets("/incidents/1").await;
    assert!(dashboard.body.contains("الدفع متوقف 🔥👩‍👧‍👦"), "it is on the dashboard");
    assert!(!dashboard.body.contains("<b>wallets"), "as text, not as markup");

    story.is_quiet().await;
    for mark in marks(&story) {
        for ping in ["<!channel", "<!here", "<!everyone", "<@U0NOUR0001", "<!subteam"] {
            assert!(!mark.contains(ping), "{ping} would ping: {mark}");
        }
    }
    story.ends().await;
}

/// A character that nobody sees can turn a title around wherever it is read: it is taken out where it
/// comes in, and no vendor gets it.
#[tokio::test]
async fn what_turns_text_around_reaches_nobody() {
    let story = Story::begins().await;
    story.types("ines", "general", "open pay\u{202e}ments \u{2066}fail\u{2069}").await;
    let alert = json!({ "title": "Queue \u{202e}is stuck", "description": "a\u{202b}b\u{feff}" });
    let answered = story.posts("/alerts/generic", Some(&story.alerts_token()), &alert).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    story.is_quiet().await;
    let pages = story.pages(2).await;
    for title in ["payments fail", "Queue is stuck"] {
        assert!(pages.iter().any(|page| page.title.contains(title)), "{title}: {pages:?}");
    }
    let turns = |text: &str| {
        text.chars()
            .any(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'))
    };
    for call in story.sandbox.calls() {
        assert!(!turns(&call.args.to_string()), "{call:?}");
    }
    for incident in story.sima().desk().store().live_incidents().await.unwrap() {
        assert!(!turns(&serde_json::to_string(&incident).unwrap()), "{incident:?}");
    }
    story.ends().await;
}

/// The form's own field takes the same; what Slack hands over raw is escaped by SIMA.
#[tokio::test]
async fn a_form_full_of_marks_pings_nobody() {
    let story = Story::begins().await;
    let text = "<!here> <!subteam^S0ONCALL01> <@U0NOUR0001> & </b> https://a.example/?a=1&b=<2>";
    let channel =
        story.opens("ines", json!({ "summary": text, "description": text, "impact": "7" })).await;
    story.is_quiet().await;
    assert!(says(&story.brief_is_pinned(&channel).await, text));
    story.types("ines", &channel, "update").await;
    story.submits("ines", json!({ "text": text })).await;
    story.reads(&channel, "update by").await;
    story.followers_read(text).await;
    story.is_quiet().await;
    for mark in marks(&story) {
        for ping in ["<!here", "<@U0NOUR0001", "<!subteam"] {
            assert!(!mark.contains(ping), "{ping} would ping: {mark}");
        }
    }
    story.ends().await;
}

/// Slack repeats an event whose answer was lost: the same id is the same event.
#[tokio::test]
async fn the_same_event_twice_is_one() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.joins("nour", &channel).await;
    story.is_quiet().await;
    let joined = |id: &str| {
        json!({
            "type": "event_callback", "event_id": id, "team_id": sima_sandbox::cast::TEAM,
            "api_app_id": sima_sandbox::cast::APP,
            "event": {
                "type": "member_joined_channel", "user": story.sandbox.person("nour"),
                "channel": story.sandbox.channel(&channel), "channel_type": "C",
            },
        })
    };
    for (id, greetings) in [("EvONE", 2), ("EvONE", 2), ("EvTWO", 3)] {
        assert_eq!(story.event(&joined(id)).arrives().await.status, 200);
        story.is_quiet().await;
        assert_eq!(story.private_words("nour").len(), greetings, "{id}");
    }
    story.ends().await;
}

/// Inès presses Open twice, or Slack delivers the command twice: one incident.
#[tokio::test]
async fn what_is_submitted_twice_opens_once() {
    let story = Story::begins().await;
    story.types("ines", "general", "open").await;
    story.form_is_shown("ines").await;
    let values = json!({ "summary": "Checkout is down" });
    let submit = || story.sandbox.submit("ines", "", &values);
    let (one, other) = tokio::join!(submit(), submit());
    assert!(one.is_fine() && other.is_fine(), "{one:?} {other:?}");
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);

    let send = || story.signed("/slack/commands", FORM, opening(&story, "T42"));
    let (one, other) = (send().arrives().await, send().arrives().await);
    assert_eq!((one.status, other.status), (200, 200));
    assert!(one.body.contains("is being opened"), "{one:?}");
    assert_eq!(one.body, other.body, "the second one is told of the first");
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 2);
    story.pages(2).await;
    story.ends().await;
}

/// So it is with every form: what the first press did is no mistake of the second one's.
#[tokio::test]
async fn what_is_dismissed_and_reopened_twice_is_so_once() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "recover").await;
    for (typed, values, told) in [
        ("reopen", json!({ "reason": "Errors are back" }), "it was not over"),
        ("dismiss", json!({ "reason": "mistake" }), "Not an incident"),
    ] {
        story.types("ines", &channel, typed).await;
        story.form_is_shown("ines").await;
        let submit = || story.sandbox.submit("ines", "", &values);
        let (one, other) = tokio::join!(submit(), submit());
        assert!(one.is_fine() && one.body.is_empty(), "{typed}: {one:?}");
        assert!(other.is_fine() && other.body.is_empty(), "{typed}: {other:?}");
        story.is_quiet().await;
        let notices = story.sandbox.read(|state| {
            state.messages(&channel).iter().filter(|message| says(message, told)).count()
        });
        assert_eq!(notices, 1, "{typed}");
    }
    story.ends().await;
}

/// Slack was slow and the three seconds for a form are over: one is told so, kindly, with the way
/// to ask again.
#[tokio::test]
async fn a_form_that_comes_too_late_is_explained() {
    let story = Story::begins().await;
    let faults = story.sandbox.faults();
    let hold = faults.hold(Some(Vendor::Slack), Some("views.open"), 1, Moment::BeforeDeed);
    story.types("ines", "general", "open").await;
    assert!(hold.reached(PATIENCE).await);
    story.time_passes(std::time::Duration::from_secs(4)).await;
    hold.release();
    let told = story.sees_privately("ines", "general", "did not show the form in time").await;
    assert!(privately_readable(&told).contains("nothing was changed"));
    story.presses_privately("ines", &told, "Open an incident").await;
    story.submits("ines", json!({ "summary": "Checkout is down" })).await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    story.ends().await;
}

/// A command as Slack writes it, by Inès in #general.
fn opening(story: &Story, trigger: &str) -> String {
    format!(
        "command=%2Fincident&text=open+Checkout+is+down&user_id={}&channel_id={}&team_id={}\
         &trigger_id={trigger}&response_url=",
        story.sandbox.person("ines"),
        story.sandbox.channel("general"),
        sima_sandbox::cast::TEAM,
    )
}

/// Everything SIMA said that Slack reads for marks: fallback texts and `mrkdwn`.
fn marks(story: &Story) -> Vec<String> {
    fn gather(value: &Value, marks: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if fields.get("type").is_some_and(|kind| kind == "mrkdwn") {
                    marks.extend(fields["text"].as_str().map(str::to_owned));
                }
                fields.values().for_each(|field| gather(field, marks));
            }
            Value::Array(items) => items.iter().for_each(|item| gather(item, marks)),
            _ => {}
        }
    }
    story.sandbox.read(|state| {
        let mut found = Vec::new();
        let said = state.channels.iter().flat_map(|channel| &channel.messages);
        for message in said.filter(|message| message.bot && message.subtype.is_none()) {
            found.push(message.text.clone());
            message.blocks.iter().for_each(|block| gather(block, &mut found));
        }
        for told in &state.ephemerals {
            found.push(told.text.clone());
            told.blocks.iter().for_each(|block| gather(block, &mut found));
        }
        found
    })
}
