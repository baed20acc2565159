//! Commands: what people type, mistype, and type in the wrong place.

use serde_json::json;
use sima_sandbox::{Fault, Rule, Vendor};

use crate::{
    seen::{buttons, privately_readable},
    story::{Story, mins},
};

/// Help shows every command; help on one shows how it is typed.
#[tokio::test]
async fn help_says_what_can_be_asked() {
    let story = Story::begins().await;
    let all = story.types("theo", "general", "help").await;
    for word in [
        "open",
        "info",
        "update",
        "ack",
        "fixing",
        "monitoring",
        "recover",
        "close",
        "reopen",
        "dismiss",
        "severity",
        "impact",
        "role",
        "list",
        "metrics",
        "help",
    ] {
        assert!(all.contains(&format!("/incident {word}")), "{word} is not in {all}");
    }
    let one = story.types("theo", "general", "help recover").await;
    assert!(one.contains("/incident recover") && one.contains("back to normal"), "{one}");
    let typed = story.types("theo", "general", "").await;
    assert!(!typed.is_empty(), "an empty command is answered too");
    story.ends().await;
}

/// `reslove` never dead-ends: the button does what was meant.
#[tokio::test]
async fn a_mistyped_command_is_one_press_away_from_the_right_one() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let answer = story.types("ines", &channel, "reslove").await;
    assert!(answer.contains("did you mean *resolve*?"), "{answer}");
    let shown = story.last_private_words("ines");
    let offered = buttons(&shown.blocks);
    for label in ["resolve", "Help", "Info", "Update"] {
        assert!(offered.iter().any(|button| button.contains(label)), "{label}: {offered:?}");
    }
    story.presses_privately("ines", &shown, "Yes, resolve").await;
    story.sees_privately("ines", &channel, "Recovered. The channel is told").await;
    story.brief_reads(&channel, "Recovered · INC-1").await;

    let other = story.types("ines", &channel, "udpate All is well, next none").await;
    assert!(other.contains("did you mean *update*?"), "{other}");
    let shown = story.last_private_words("ines");
    story.presses_privately("ines", &shown, "Yes, update").await;
    story.reads(&channel, "All is well").await;
    story.ends().await;
}

/// What can be looked at: the incident, the open ones, the figures. Nobody else is disturbed.
#[tokio::test]
async fn looking_disturbs_nobody() {
    let story = Story::begins().await;
    assert!(story.types("theo", "general", "list").await.contains("No incident is open"));
    let channel = story
        .opens("ines", json!({ "summary": "Checkout is down", "description": "Cards are refused" }))
        .await;
    story.is_quiet().await;
    let messages = |story: &Story| {
        story.sandbox.read(|state| state.channels.iter().map(|c| c.messages.len()).sum::<usize>())
    };
    let before = messages(&story);

    let info = story.types("theo", &channel, "info").await;
    for expected in ["Checkout is down", "Cards are refused", "SEV3", "Paged"] {
        assert!(info.contains(expected), "{expected} is not in {info}");
    }
    let elsewhere = story.types("theo", "general", "info INC-1").await;
    assert!(elsewhere.contains("Cards are refused"), "{elsewhere}");
    let list = story.types("theo", "general", "list").await;
    assert!(list.contains("One incident is open") && list.contains("Checkout is down"), "{list}");
    let none = story.types("theo", "general", "info INC-7").await;
    assert!(none.contains("no such incident"), "{none}");
    let metrics = story.types("theo", "general", "metrics").await;
    assert!(metrics.contains("1 real, 1 open"), "{metrics}");
    for figure in ["Time to acknowledge", "Time to repair", "Time to recover"] {
        assert!(metrics.contains(figure), "{figure} is not in {metrics}");
    }
    story.is_quiet().await;
    assert_eq!(messages(&story), before);
    story.ends().await;
}

/// The three figures come out as they were lived: in Slack, and on the dashboard.
#[tokio::test]
async fn the_figures_are_those_that_were_lived() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.time_passes(mins(4)).await;
    story.types("malik", &channel, "ack").await;
    story.time_passes(mins(30)).await;
    story.types("malik", &channel, "recover").await;
    let metrics = story.types("ines", "general", "metrics").await;
    assert!(metrics.contains("*Time to acknowledge*: median 4 min"), "{metrics}");
    assert!(metrics.contains("*Time to repair*: median 30 min"), "{metrics}");
    assert!(metrics.contains("*Time to recover*: median 34 min"), "{metrics}");
    let front = story.gets("/").await;
    for figure in ["4 min", "30 min", "34 min"] {
        assert!(front.body.contains(figure), "{figure} is not on the dashboard");
    }
    story.ends().await;
}

/// Severity, impact and roles are said in a line each; brief and topic follow.
#[tokio::test]
async fn severity_impact_and_roles_are_said_in_a_line() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    assert!(story.types("ines", &channel, "severity sev1").await.contains("It is SEV1 now"));
    story.brief_reads(&channel, "SEV1 · Open").await;
    story.broadcast_reads("SEV1 · Open").await;
    story
        .until("the topic follows", |state| {
            state.channel(&channel)?.topic.contains("SEV1").then_some(())
        })
        .await;
    story.types("ines", &channel, "impact 1.2k").await;
    story.brief_reads(&channel, "1\u{202f}200 clients").await;
    story.broadcast_reads("1\u{202f}200 clients").await;
    story.types("ines", &channel, "role im @nour").await;
    let nour = format!("*Incident manager*\n<@{}>", story.sandbox.person("nour"));
    story.brief_reads(&channel, &nour).await;
    story.types("theo", &channel, "cl").await;
    let theo = format!("*Communication lead*\n<@{}>", story.sandbox.person("theo"));
    story.brief_reads(&channel, &theo).await;
    story.types("theo", &channel, "role cl drop").await;
    story.brief_reads(&channel, "*Communication lead*\nNobody yet").await;
    story.ends().await;
}

/// Typed in a channel that is no incident's, a command asks which one is meant, and the button
/// does it there.
#[tokio::test]
async fn outside_an_incident_channel_one_is_asked_which() {
    let story = Story::begins().await;
    let nowhere = story.types("malik", "random", "ack").await;
    assert!(nowhere.contains("No incident is open"), "{nowhere}");
    let first = story.opens_simply("ines", "Checkout is down").await;
    let second = story.opens_simply("ines", "Mails are late").await;

    let answer = story.types("malik", "random", "ack").await;
    assert!(answer.contains("Which incident do you mean?"), "{answer}");
    let shown = story.last_private_words("malik");
    story.presses_privately("malik", &shown, "This one: INC-2").await;
    story.sees_privately("malik", "random", "You are on it").await;
    story.brief_reads(&second, "Investigating · INC-2").await;
    story.brief_reads(&first, "Open · INC-1").await;
    story.ends().await;
}

/// Dismissed is said with its reason; everything stops, and it counts in no figure.
#[tokio::test]
async fn a_false_positive_is_dismissed_by_form_and_stops_everything() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "dismiss").await;
    story.submits("ines", json!({ "reason": "false_positive" })).await;
    story.reads(&channel, "Not an incident").await;
    story.followers_read("Not an incident").await;
    story.page_is("resolved").await;
    story.brief_reads(&channel, "Dismissed · INC-1").await;
    story.broadcast_reads("It was no incident: false positive").await;
    story.time_passes(mins(20)).await;
    story.is_quiet_but_for(&[]).await;
    assert!(story.sandbox.read(|state| state.notion.pages.is_empty()));
    let metrics = story.types("ines", "general", "metrics").await;
    assert!(metrics.contains("0 real") && metrics.contains("1 false positives"), "{metrics}");
    story.ends().await;
}

/// A duplicate needs the number of the other; without it the field says so.
#[tokio::test]
async fn a_duplicate_names_its_original() {
    let story = Story::begins().await;
    story.opens_simply("ines", "Checkout is down").await;
    let channel = story.opens_simply("theo", "Payments fail").await;
    story.types("theo", &channel, "dismiss").await;
    story.form_is_shown("theo").await;
    let asked = story.sandbox.submit("theo", "", &json!({ "reason": "duplicate" })).await;
    assert_eq!(asked.json()["response_action"], "errors", "{asked:?}");
    story.submits("theo", json!({ "reason": "duplicate", "original": "INC-1" })).await;
    story.brief_reads(&channel, "Dismissed").await;
    story.reads(&channel, "duplicate of INC-1").await;
    story.ends().await;
}

/// What the incident does not allow is said clearly, with what one can do, and changes nothing.
#[tokio::test]
async fn a_refusal_is_clear_and_changes_nothing() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let version = version(&story).await;
    for (typed, expected) in [
        ("close", "recover or dismiss it before closing it"),
        ("reopen It came back", "there is nothing to reopen"),
        ("severity sev7", "no severity SEV7; known are SEV1"),
        ("severity awful", "Say which severity"),
        ("impact many", "a whole number"),
        ("impact unknown", "already recorded so"),
        ("role im drop", "Nobody is incident manager"),
        ("role boss @nour", "Say which role"),
        ("recover in a while", "how long ago"),
        ("dismiss because", "Say why it was no incident"),
        ("dismiss duplicate of INC-1", "cannot be a duplicate of itself"),
        ("stage sleeping", "Say which stage"),
    ] {
        let answer = story.types("malik", &channel, typed).await;
        assert!(answer.contains(expected), "{typed:?} was answered with {answer}");
        let offered = buttons(&story.last_private_words("malik").blocks);
        assert!(!offered.is_empty(), "{typed:?} offers nothing to do");
    }
    assert_eq!(self::version(&story).await, version, "nothing was recorded");
    let over = story.types("ines", &channel, "recover").await;
    assert!(over.contains("Recovered"), "{over}");
    let again = story.types("ines", &channel, "recover").await;
    assert!(again.contains("already Recovered"), "{again}");
    let late = story.types("malik", &channel, "ack").await;
    assert!(late.contains("reopen it first"), "{late}");
    story.ends().await;
}

/// Malik's finger is quick: two presses of one button are one change.
#[tokio::test]
async fn a_double_click_changes_once() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let greeting = story.joins("malik", &channel).await;
    let press = || story.presses_privately("malik", &greeting, "Acknowledge");
    tokio::join!(press(), press());
    story.brief_reads(&channel, "Investigating").await;
    story.is_quiet().await;
    assert_eq!(acknowledged(&story).await, 1);
    assert_eq!(story.times_asked_of_the_pager("acknowledge"), 1);
    let told = story.private_words("malik");
    let told: Vec<_> = told.iter().map(privately_readable).collect();
    assert!(told.iter().any(|words| words.contains("already Investigating")), "{told:?}");
    story.ends().await;
}

async fn version(story: &Story) -> u64 {
    let number = sima_incident::IncidentNumber(1);
    let found = story.sima().desk().store().incident_numbered(number).await.unwrap();
    u64::from(found.expect("the first incident").version)
}

async fn acknowledged(story: &Story) -> usize {
    let store = story.sima().desk().store();
    let found = store.incident_numbered(sima_incident::IncidentNumber(1)).await.unwrap();
    let events = store.events(found.expect("the first incident").id).await.unwrap();
    let acknowledged = |event: &sima_incident::Event| *event == sima_incident::Event::Acknowledged;
    events.iter().filter(|recorded| acknowledged(&recorded.event)).count()
}

/// What is written to SIMA itself is answered: shown at once if it only asks, offered if it changes
/// something, understood if it is mistyped.
#[tokio::test]
async fn what_is_written_to_sima_itself_is_answered() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let bot = sima_sandbox::cast::BOT_USER;
    story.sandbox.say("ines", &channel, &format!("<@{bot}> info")).expect("she is in there");
    story.sees_privately("ines", &channel, "The work happens in").await;
    story.sandbox.say("ines", &channel, &format!("<@{bot}>: reslove")).expect("she is in there");
    story.sees_privately("ines", &channel, "did you mean *resolve*?").await;
    story.sandbox.say("ines", &channel, &format!("<@{bot}> recover")).expect("she is in there");
    let offered = story.sees_privately("ines", &channel, "Shall that be done").await;
    story.presses_privately("ines", &offered, "Yes, recover").await;
    story.brief_reads(&channel, "Recovered · INC-1").await;

    // In one's own conversation with it, and nothing SIMA writes itself is answered.
    let theo = story.sandbox.person("theo");
    let error = "expired_trigger_id".to_owned();
    let late = Rule::of(Vendor::Slack, Fault::Refused { error }).on("views.open").times(1);
    story.sandbox.faults().set(late);
    story.sandbox.shortcut("theo", "open_incident").await;
    let room = story
        .until("he is written to", |state| {
            let room = state.channels.iter().find(|room| room.is_im && room.has(&theo))?;
            (!room.messages.is_empty()).then(|| room.id.clone())
        })
        .await;
    story.sandbox.say("theo", &room, "what is broken?").expect("his own conversation");
    let answers = |state: &sima_sandbox::State, count: usize| {
        let said = state.messages(&room).iter().filter(|message| message.bot);
        (said.count() == count).then_some(())
    };
    story.until("he is answered", |state| answers(state, 2)).await;
    story.sandbox.say("theo", &room, "open mails are late").expect("his own conversation");
    story.until("he is answered again", |state| answers(state, 3)).await;
    let last = story.sandbox.read(|state| state.messages(&room).last().cloned()).expect("one");
    story.presses("theo", &room, &last, "Yes, open mails are late").await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 2);
    story.ends().await;
}
