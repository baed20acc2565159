//! Opening by form: channel, page, brief, people, broadcast.

use serde_json::json;
use sima_sandbox::{Fault, Rule, Source, Vendor};

use crate::{
    seen::{button, buttons, privately_readable, says, shown},
    story::Story,
};

/// Inès fills in the form; within a moment everything is there, once, with links between.
#[tokio::test]
async fn a_form_opens_an_incident_with_everything_that_belongs_to_it() {
    let story = Story::begins().await;
    let channel = story
        .opens(
            "ines",
            json!({
                "summary": "Checkout is down",
                "domain": "payments",
                "severity": "SEV2",
                "description": "Cards are refused",
                "impact": "1200",
            }),
        )
        .await;
    assert!(channel.starts_with("incident_") && channel.ends_with("_checkout-is-down"));

    let brief = story.brief_is_pinned(&channel).await;
    for expected in ["INC-1", "SEV2", "Open", "Checkout is down", "Payments", "200"] {
        assert!(says(&brief, expected), "{expected} is not in {brief:?}");
    }
    let page = story.pages(1).await.remove(0);
    assert!(page.title.contains("Checkout is down"), "{page:?}");
    let channel_id = story.sandbox.channel(&channel);
    let links = serde_json::to_string(&page.links).expect("links");
    assert!(links.contains(&channel_id) && links.contains("/i/INC-1"), "{links}");

    story.reads("production-issues-bot", "Checkout is down").await;
    for person in ["ines", "lea", "sam"] {
        let id = story.sandbox.person(person);
        story
            .until(&format!("{person} is invited"), |state| {
                state.channel(&channel)?.members.contains(&id).then_some(())
            })
            .await;
    }
    story.sees_privately("ines", "general", "INC-1").await;
    story.sees_privately("lea", &channel, "Checkout is down").await;
    story.ends().await;
}

/// Two incidents of the same words on the same day have a channel each.
#[tokio::test]
async fn the_same_words_twice_open_two_channels() {
    let story = Story::begins().await;
    let first = story.opens_simply("ines", "Checkout is down").await;
    let second = story.opens_simply("theo", "Checkout is down").await;
    assert_ne!(first, second);
    assert!(second.starts_with(&first), "{second} begins like {first}");
    story.pages(2).await;
    assert!(says(&story.brief_is_pinned(&first).await, "INC-1"));
    assert!(says(&story.brief_is_pinned(&second).await, "INC-2"));
    story.ends().await;
}

/// People have a channel of that very name: SIMA leaves it alone and takes another.
#[tokio::test]
async fn a_channel_of_peoples_own_is_left_alone() {
    let story = Story::begins().await;
    let first = story.opens_simply("ines", "Checkout is down").await;
    let next = first.replace("checkout-is-down", "mails-are-late");
    story.sandbox.join("theo", "random").expect("a public channel");
    story.sandbox.rename("theo", "random", &next).expect("nobody has the name");
    let theirs = story.sandbox.channel(&next);
    story.types("ines", "general", "open Mails are late").await;
    story.is_quiet().await;
    let ours = story.incident_channels().into_iter().find(|name| name.ends_with("late-2"));
    let ours = ours.expect("a name of its own");
    assert_ne!(story.sandbox.channel(&ours), theirs);
    assert!(says(&story.brief_is_pinned(&ours).await, "INC-2"));
    let said = story
        .sandbox
        .read(|state| state.messages(&theirs).iter().filter(|message| message.bot).count());
    assert_eq!(said, 0, "their channel stays theirs");
    story.ends().await;
}

/// A line is enough in a hurry; what it says of severity and domain is understood.
#[tokio::test]
async fn a_line_opens_at_once() {
    let story = Story::begins().await;
    let answer = story.types("ines", "customer-care", "open Cards are refused sev1 payments").await;
    assert!(answer.contains("INC-1") && answer.contains("SEV1 · Payments"), "{answer}");
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    assert!(channel.ends_with("_cards-are-refused"), "{channel}");
    story.sees_privately("ines", "customer-care", "is open in").await;
    story.ends().await;
}

/// From App Home and from the shortcut one gets the same form.
#[tokio::test]
async fn the_form_is_one_press_away_from_anywhere() {
    let story = Story::begins().await;
    story.sandbox.open_home("theo").expect("he is one of us");
    story.until("the App Home is drawn", |state| state.home("theo").map(drop)).await;
    assert!(story.sandbox.click_home("theo", "open_form").await.is_fine());
    story.submits("theo", json!({ "summary": "Mails are late" })).await;
    story.pages(1).await;
    assert!(story.sandbox.shortcut("ines", "open_incident").await.is_fine());
    story.submits("ines", json!({ "summary": "Checkout is down" })).await;
    story.pages(2).await;
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 2);
    story.ends().await;
}

/// The stakeholders of a domain may be configured by their addresses; one that nobody has keeps
/// nobody else out.
#[tokio::test]
async fn stakeholders_are_found_by_their_addresses() {
    let story = Story::begins_with(|config| {
        config.domains[0].stakeholders =
            vec!["lea@example.com".to_owned(), "nobody@example.com".to_owned()];
    })
    .await;
    let channel =
        story.opens("ines", json!({ "summary": "Cards fail", "domain": "payments" })).await;
    story.is_quiet().await;
    let members = story.sandbox.read(|state| state.channel(&channel).unwrap().members.clone());
    for person in ["ines", "lea"] {
        assert!(members.contains(&story.sandbox.person(person)), "{person} is missing");
    }
    story.ends().await;
}

/// A line typed in a hurry is understood, what was understood is shown, and put right by choosing.
#[tokio::test]
async fn a_line_with_slips_is_shown_as_it_was_understood_and_corrected_on_the_spot() {
    let story = Story::begins().await;
    let line = "open Cards are refused sve1 paymets";
    let answer = story.types("ines", "customer-care", line).await;
    assert!(answer.contains("SEV1 from “sve1” · Payments from “paymets”"), "{answer}");
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    assert!(channel.ends_with("_cards-are-refused"), "{channel}");
    let told = story.sees_privately("ines", "customer-care", "from “sve1”").await;
    let source = Source::Ephemeral { id: told.id.clone() };
    let choice = |command: &str, word: &str| {
        let options = told.blocks.iter().filter_map(|block| block["elements"].as_array());
        let list =
            options.flatten().find(|one| one["action_id"] == format!("run_command:{command}"));
        let offered = list.expect("a list")["options"].as_array().expect("options").clone();
        let value = offered.into_iter().map(|option| option["value"].clone());
        value.into_iter().find(|value| value.as_str().unwrap().ends_with(word)).expect("offered")
    };
    for (command, word) in [("severity", "SEV3"), ("domain", "outbound-email")] {
        let action = format!("run_command:{command}");
        let chosen = story.sandbox.act("ines", &source, &action, &choice(command, word)).await;
        assert!(chosen.is_fine(), "{chosen:?}");
    }
    story.brief_reads(&channel, "SEV3").await;
    // Chosen once more, the answer says that it is so.
    let again = choice("severity", "SEV3");
    assert!(story.sandbox.act("ines", &source, "run_command:severity", &again).await.is_fine());
    story.sees_privately("ines", "customer-care", "already SEV3").await;
    story.ends().await;
}

/// Nobody opens what is open: while the form is filled in the other one is shown, and joined.
#[tokio::test]
async fn what_looks_alike_is_joined_instead() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout answers 502").await;
    story.types("theo", "general", "open").await;
    story.form_is_shown("theo").await;
    let theo = story.sandbox.person("theo");
    let form = Source::View { id: String::new() };
    let filled = story.sandbox.act("theo", &form, "summary", &json!("checkout is down")).await;
    assert!(filled.is_fine(), "{filled:?}");
    let alike = story
        .until("the other one is shown", |state| {
            let view = state.modal(&theo)?;
            let blocks = view.body["blocks"].as_array()?.clone();
            shown(&blocks).contains("INC-1").then_some((blocks, view.values.clone()))
        })
        .await;
    assert_eq!(alike.1["summary"]["summary"]["value"], "checkout is down", "what was typed stays");
    let join = button(&alike.0, "Join that one instead").expect("a button").clone();
    for _ in 0..2 {
        // Pressed twice: the second time the window says already what was done.
        story.sandbox.act("theo", &form, "join_instead", &join["value"]).await;
    }
    story
        .until("the window says where", |state| {
            let blocks = state.modal(&theo)?.body["blocks"].as_array()?;
            shown(blocks).contains("You are being invited").then_some(())
        })
        .await;
    story.sees_privately("theo", &channel, "Checkout answers 502").await;
    assert_eq!(story.incident_channels().len(), 1, "nothing else was opened");

    // By one line it is open, and the other is named beside.
    let line = story.types("sam", "random", "open checkout is down").await;
    assert!(line.contains("INC-2") && line.contains("Is it one of these?"), "{line}");
    story.is_quiet().await;
    // Of a private one nobody is told who may not know of it.
    story.types("nour", "general", "open Passwords leaked --private").await;
    story.is_quiet().await;
    let line = story.types("sam", "random", "open passwords leaked").await;
    assert!(!line.contains("INC-3") && !line.contains("Is it one of these?"), "{line}");
    story.is_quiet().await;
    story.ends().await;
}

/// A message becomes an incident: it is quoted and linked, and its thread leads there, once.
#[tokio::test]
async fn a_message_becomes_an_incident_and_its_thread_leads_there() {
    let story = Story::begins().await;
    story.knows("lea").await;
    let said = story.sandbox.say("lea", "customer-care", "Cards of *two* shops fail &amp; more");
    let said = said.expect("she is in there");
    let used = story
        .sandbox
        .message_shortcut("ines", "open_incident_from_message", "customer-care", &said)
        .await;
    assert!(used.is_fine(), "{used:?}");
    let form = story.form_is_shown("ines").await;
    let blocks = form["blocks"].as_array().expect("blocks");
    let value = |name: &str| {
        let block = blocks.iter().find(|block| block["block_id"] == name).expect("a field");
        block["element"]["initial_value"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(value("summary"), "Cards of *two* shops fail & more");
    assert!(value("description").contains("Léa Fontaine"), "{}", value("description"));
    story
        .sandbox
        .faults()
        .set(Rule::of(Vendor::Slack, Fault::AnswerLost).on("chat.postMessage").times(1));
    story.submits("ines", json!({})).await;
    story.everything_is_tried_again().await;
    let channel = story.incident_channels().remove(0);
    let id = story.sandbox.channel(&channel);
    let replies = story.sandbox.read(|state| {
        let room = state.channel("customer-care").expect("a channel");
        room.replies(&said).cloned().collect::<Vec<_>>()
    });
    assert_eq!(replies.len(), 1, "{replies:?}");
    assert!(says(&replies[0], &format!("<#{id}>")) && says(&replies[0], "INC-1"), "{replies:?}");
    // Whoever reads it there comes in by a press.
    story.presses("lea", "customer-care", &replies[0], "Join").await;
    story.sees_privately("lea", &channel, "two").await;
    story.ends().await;
}

/// Where SIMA may not write, whoever asked is told; of a private incident nothing is said at all.
#[tokio::test]
async fn no_thread_is_written_to_where_sima_may_not() {
    let story = Story::begins().await;
    let from = async |who: &str, text: &str, values| {
        let said = story.sandbox.say(who, "random", text).expect("they are in there");
        let shortcut = "open_incident_from_message";
        assert!(story.sandbox.message_shortcut(who, shortcut, "random", &said).await.is_fine());
        story.submits(who, values).await;
        story.is_quiet().await;
        said
    };
    let secret =
        from("nour", "Passwords are on a public page", json!({ "marks": ["private"] })).await;
    story.sandbox.revoke_scope("chat:write.public");
    let open = from("ines", "Cards fail", json!({})).await;
    story.sees_privately("ines", "random", "SIMA may not write where that message stands").await;
    let replies = story.sandbox.read(|state| {
        let room = state.channel("random").expect("a channel");
        room.replies(&secret).count() + room.replies(&open).count()
    });
    assert_eq!(replies, 0);
    story.ends().await;
}

/// A form that came too late is offered again, also to somebody who asked from nowhere.
#[tokio::test]
async fn a_form_that_came_too_late_is_offered_again() {
    let story = Story::begins().await;
    let late = || {
        let error = "expired_trigger_id".to_owned();
        let rule = Rule::of(Vendor::Slack, Fault::Refused { error }).on("views.open").times(1);
        story.sandbox.faults().set(rule);
    };
    late();
    assert!(story.sandbox.shortcut("theo", "open_incident").await.is_fine());
    let theo = story.sandbox.person("theo");
    let (room, told) = story
        .until("he is written to", |state| {
            let room = state.channels.iter().find(|room| room.is_im && room.has(&theo))?;
            Some((room.id.clone(), room.messages.last()?.clone()))
        })
        .await;
    assert!(says(&told, "did not show the form in time"), "{told:?}");
    story.presses("theo", &room, &told, "Open an incident").await;
    story.submits("theo", json!({ "summary": "Mails are late" })).await;
    story.is_quiet().await;

    let channel = story.incident_channels().remove(0);
    late();
    story.types("theo", &channel, "update").await;
    let told = story.sees_privately("theo", &channel, "did not show the form in time").await;
    assert!(privately_readable(&told).contains("nothing was changed"));
    assert!(buttons(&told.blocks).contains(&"Show the form now".to_owned()), "{told:?}");
    story.presses_privately("theo", &told, "Show the form now").await;
    story.form_is_shown("theo").await;
    story.ends().await;
}

/// What is pressed in App Home is answered, though there is no channel to answer in.
#[tokio::test]
async fn what_is_pressed_in_app_home_is_answered() {
    let story = Story::begins().await;
    story.opens_simply("ines", "Checkout is down").await;
    story.sandbox.open_home("theo").expect("he is one of us");
    story.until("the App Home is drawn", |state| state.home("theo").map(drop)).await;
    let theo = story.sandbox.person("theo");
    for (action, expected) in [("show_help", "What you can ask"), ("show_info", "INC-1")] {
        assert!(story.sandbox.click_home("theo", action).await.is_fine());
        story
            .until(&format!("{action} is answered"), |state| {
                let blocks = state.modal(&theo)?.body["blocks"].as_array()?;
                shown(blocks).contains(expected).then_some(())
            })
            .await;
    }
    story.ends().await;
}

/// Who does not know how bad it is answers what they see; why it is as bad is kept.
#[tokio::test]
async fn the_severity_follows_from_what_people_see() {
    let story = Story::begins().await;
    story.types("ines", "general", "open").await;
    story.form_is_shown("ines").await;
    let form = Source::View { id: String::new() };
    let question = "question:What do customers notice?";
    let answer = json!("A major feature is down, or many are slowed");
    assert!(story.sandbox.act("ines", &form, question, &answer).await.is_fine());
    let ines = story.sandbox.person("ines");
    story
        .until("the form says what follows", |state| {
            let blocks = state.modal(&ines)?.body["blocks"].as_array()?;
            shown(blocks).contains("By your answers it is *SEV2*").then_some(())
        })
        .await;
    story.submits("ines", json!({ "summary": "Checkout is down" })).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.brief_reads(&channel, "SEV2").await;
    let info = story.types("ines", &channel, "info").await;
    assert!(info.contains("*Why SEV2?*") && info.contains("many are slowed"), "{info}");
    story.types("ines", &channel, "severity sev1").await;
    let info = story.types("ines", &channel, "info").await;
    assert!(info.contains("People chose SEV1"), "{info}");
    story.ends().await;
}

/// App Home says first what is one's own to do; of a private incident no more than where it is, and
/// that only to those who do something in it.
#[tokio::test]
async fn app_home_shows_ones_own_duties_first() {
    let story = Story::begins().await;
    let open = story.opens_simply("ines", "Checkout is down").await;
    story.types("nour", "general", "open Passwords leaked --private").await;
    story.is_quiet().await;
    let hidden = story.incident_channels().into_iter().find(|name| *name != open).expect("two");
    story.types("nour", &hidden, "im").await;
    story.is_quiet().await;
    let home = async |person: &str| {
        story.sandbox.open_home(person).expect("one of us");
        let drawn = |state: &sima_sandbox::State| {
            Some(shown(state.home(person)?.body["blocks"].as_array()?))
        };
        story.until("the App Home is drawn", drawn).await
    };
    let reporter = home("ines").await;
    assert!(reporter.contains("You are its reporter") && reporter.contains("Checkout is down"));
    let manager = home("nour").await;
    assert!(manager.contains("INC-2") && manager.contains("You are incident manager"), "{manager}");
    let other = home("theo").await;
    assert!(!other.contains("Yours") && !other.contains("INC-2"), "{other}");
    for seen in [&reporter, &manager, &other] {
        assert!(!seen.contains("Passwords"), "{seen}");
    }
    assert!(story.sandbox.click_home("theo", "run_command").await.is_fine());
    story.submits("theo", json!({ "summary": "A failover, for practice" })).await;
    story.is_quiet().await;
    let drill = story.types("theo", "general", "info 3").await;
    assert!(drill.contains("Drill"), "{drill}");
    // Outside an incident channel one's own incidents are offered first.
    let offered = story.types("ines", "general", "ack").await;
    let place = |words: &str| offered.find(words).unwrap_or_else(|| panic!("{words}: {offered}"));
    assert!(place("This one: INC-1") < place("This one: INC-3"), "{offered}");
    story.ends().await;
}
