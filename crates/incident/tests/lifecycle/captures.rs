//! Messages that people put on the timeline: by their marks, in whatever order the chat tells of them.

use sima_incident::{
    Actor, ChannelRef, Command, Effect, Event, FoundMessage, Kind, MessageChange, MessageRead,
    PersonId, Receipt, Recorded, Said, told,
};

use crate::mended::Told;

const TS: &str = "1661151600.000100";
const FIRST_EDIT: &str = "1661151700.000000";
const SECOND_EDIT: &str = "1661151800.000000";

fn mark() -> Command {
    Command::MarkMessage { ts: TS.into() }
}

fn unmark() -> Command {
    Command::UnmarkMessage { ts: TS.into() }
}

fn said(text: &str, edited: Option<&str>) -> Said {
    Said { text: text.into(), files: Vec::new(), edited: edited.map(Into::into) }
}

fn edited(text: &str, at: &str) -> Command {
    let change = MessageChange::Edited(said(text, Some(at)));
    Command::FollowMessage { ts: TS.into(), change }
}

fn deleted() -> Command {
    Command::FollowMessage { ts: TS.into(), change: MessageChange::Deleted }
}

fn read(said: Said, is_marked: bool) -> Command {
    let found = FoundMessage {
        author: Actor::in_slack(PersonId("U0MALIK".into())),
        said,
        link: None,
        is_marked,
    };
    let read = MessageRead { ts: TS.into(), found: Some(found) };
    Command::Note(Receipt::Message(Box::new(read)))
}

fn read_gone() -> Command {
    let read = MessageRead { ts: TS.into(), found: None };
    Command::Note(Receipt::Message(Box::new(read)))
}

/// What people read of the message on the timeline, in the words of every timeline.
fn shown(events: &[Recorded]) -> Vec<String> {
    let rows = told(events).into_iter().filter_map(|row| match row.event {
        Event::MessageCaptured { said, .. } => {
            Some(format!("{}{}", said.text, if said.edited.is_some() { " (edited)" } else { "" }))
        }
        Event::CaptureEnded { .. } => Some("withdrawn".to_owned()),
        Event::CaptureEdited { .. } => panic!("an edit is no row of its own"),
        _ => None,
    });
    rows.collect()
}

/// Whatever the order, people read what the chat says in the end.
#[test]
fn in_whatever_order_the_chat_tells_the_timeline_says_what_it_says() {
    let plain = || read(said("db is back", None), true);
    for (what, asked, expected) in [
        ("one mark", vec![mark(), plain()], vec!["db is back"]),
        ("two people, read twice", vec![mark(), mark(), plain(), plain()], vec!["db is back"]),
        ("a mark on one that is there", vec![mark(), plain(), mark()], vec!["db is back"]),
        ("no mark", vec![plain(), edited("no", FIRST_EDIT), deleted(), unmark()], vec![]),
        (
            "an edit",
            vec![mark(), plain(), edited("db is up", FIRST_EDIT)],
            vec!["db is up (edited)"],
        ),
        (
            "edits the wrong way round",
            vec![mark(), plain(), edited("db is up", SECOND_EDIT), edited("db", FIRST_EDIT)],
            vec!["db is up (edited)"],
        ),
        (
            "an edit that overtakes the reading",
            vec![mark(), edited("db is up", FIRST_EDIT), plain()],
            vec!["db is up (edited)"],
        ),
        (
            "an edit that the reading has seen",
            vec![mark(), read(said("db is up", Some(FIRST_EDIT)), true), edited("x", FIRST_EDIT)],
            vec!["db is up (edited)"],
        ),
        ("taken off", vec![mark(), plain(), unmark(), read(said("db", None), false)], vec![]),
        (
            "one of two marks taken off",
            vec![mark(), plain(), unmark(), plain()],
            vec!["db is back"],
        ),
        (
            "taken off before it was read",
            vec![mark(), unmark(), read(said("db", None), false)],
            vec![],
        ),
        (
            "taken off and marked again",
            vec![mark(), plain(), unmark(), read(said("db", None), false), mark(), plain()],
            vec!["db is back"],
        ),
        ("deleted", vec![mark(), plain(), deleted()], vec!["withdrawn"]),
        ("deleted before it was read", vec![mark(), deleted(), plain()], vec![]),
        ("nobody's words", vec![mark(), read_gone()], vec![]),
        ("found deleted", vec![mark(), plain(), unmark(), read_gone()], vec!["withdrawn"]),
    ] {
        let mut story = with_a_channel();
        let mut events = story.events.clone();
        for command in asked {
            story.after(1, command).expect("nothing of it is refused");
            events.extend(story.events.iter().cloned());
        }
        assert_eq!(shown(&events), expected, "{what}");
    }
}

/// It stands where it was written, and what SIMA shows on the message follows.
#[test]
fn a_captured_message_stands_at_the_time_it_was_written() {
    let mut story = with_a_channel();
    let ts = TS.to_owned();
    let read_it = Effect::ReadMessage { ts: ts.clone() };
    story.after(1, mark()).expect("asked for");
    assert!(story.plans(&read_it) && !read_it.is_moot(&story.incident));
    story.after(1, read(said("db is back", None), true)).expect("noted");
    let show = Effect::ShowCaptured { ts: ts.clone() };
    assert!(story.plans(&show) && !show.is_moot(&story.incident));
    let row = story.events.last().expect("an event");
    assert_eq!(row.happened_at, "2022-08-22T07:00:00.0001Z".parse().expect("a time"));
    story.after(1, mark()).expect("it is there already");
    assert!(story.planned.is_empty() && story.events.is_empty());
    story.after(1, unmark()).expect("to be looked at");
    assert!(story.plans(&read_it));
    story.after(1, read(said("db is back", None), false)).expect("noted");
    assert!(story.plans(&Effect::ShowNotCaptured { ts }));
    assert!(show.is_moot(&story.incident) && read_it.is_moot(&story.incident));
    assert!(story.incident.captures.is_empty());
}

fn with_a_channel() -> Told {
    let mut story = Told::begins("Queue is not draining", Kind::Real);
    let channel = ChannelRef { id: "C0CHANNEL".into(), name: "incident_x".into() };
    story.after(1, Command::Note(Receipt::Channel(channel))).expect("noted");
    story
}
