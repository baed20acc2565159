//! Every kind of event that was ever stored still reads: one sample of each, never edited.
//!
//! When an event gains a field, its sample here stays as it is: the field's default must serve. A
//! new kind of event gets a sample named after [`Event::kind`].

use std::{collections::BTreeSet, fs, path::PathBuf};

use sima_incident::{Event, Incident, Recorded};

/// Every kind there is. The match below fails to compile until a new one is added here too.
const KINDS: [&str; 48] = [
    "declared",
    "acknowledged",
    "identified",
    "mitigated",
    "stepped_back",
    "recovered",
    "settled",
    "closed",
    "reopened",
    "dismissed",
    "severity_changed",
    "impact_changed",
    "edited",
    "time_corrected",
    "role_taken",
    "role_dropped",
    "update_posted",
    "person_joined",
    "alert_seen",
    "channel_opened",
    "brief_posted",
    "broadcast_posted",
    "paged",
    "postmortem_drafted",
    "given_up",
    "pager_told",
    "page_called",
    "escalated",
    "not_invited",
    "step_done",
    "alerts_seen",
    "note_added",
    "people_invited",
    "made_private",
    "message_marked",
    "mark_removed",
    "message_captured",
    "capture_edited",
    "capture_ended",
    "customers_reported",
    "question_asked",
    "questions_answered",
    "wording_approved",
    "promise_kept",
    "promise_missed",
    "reminder_called",
    "reminded",
    "reminder_snoozed",
];

/// The place of an event's kind in [`KINDS`].
fn place(event: &Event) -> usize {
    match event {
        Event::Declared { .. } => 0,
        Event::Acknowledged => 1,
        Event::Identified => 2,
        Event::Mitigated => 3,
        Event::SteppedBack => 4,
        Event::Recovered => 5,
        Event::Settled { .. } => 6,
        Event::Closed => 7,
        Event::Reopened { .. } => 8,
        Event::Dismissed { .. } => 9,
        Event::SeverityChanged { .. } => 10,
        Event::ImpactChanged { .. } => 11,
        Event::Edited { .. } => 12,
        Event::TimeCorrected { .. } => 13,
        Event::RoleTaken { .. } => 14,
        Event::RoleDropped { .. } => 15,
        Event::UpdatePosted { .. } => 16,
        Event::PersonJoined { .. } => 17,
        Event::AlertSeen { .. } => 18,
        Event::ChannelOpened { .. } => 19,
        Event::BriefPosted { .. } => 20,
        Event::BroadcastPosted { .. } => 21,
        Event::Paged { .. } => 22,
        Event::PostmortemDrafted { .. } => 23,
        Event::GivenUp { .. } => 24,
        Event::PagerTold { .. } => 25,
        Event::PageCalled { .. } => 26,
        Event::Escalated { .. } => 27,
        Event::NotInvited { .. } => 28,
        Event::StepDone { .. } => 29,
        Event::AlertsSeen { .. } => 30,
        Event::NoteAdded { .. } => 31,
        Event::PeopleInvited { .. } => 32,
        Event::MadePrivate => 33,
        Event::MessageMarked { .. } => 34,
        Event::MarkRemoved { .. } => 35,
        Event::MessageCaptured { .. } => 36,
        Event::CaptureEdited { .. } => 37,
        Event::CaptureEnded { .. } => 38,
        Event::CustomersReported { .. } => 39,
        Event::QuestionAsked { .. } => 40,
        Event::QuestionsAnswered { .. } => 41,
        Event::WordingApproved { .. } => 42,
        Event::PromiseKept { .. } => 43,
        Event::PromiseMissed { .. } => 44,
        Event::ReminderCalled { .. } => 45,
        Event::Reminded { .. } => 46,
        Event::ReminderSnoozed { .. } => 47,
    }
}

fn samples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/ledger")
}

fn sample(kind: &str) -> String {
    fs::read_to_string(samples().join(format!("{kind}.json")))
        .unwrap_or_else(|error| panic!("no stored sample of {kind}: {error}"))
}

#[test]
fn every_kind_of_event_has_a_sample_that_still_reads() {
    for (expected, kind) in KINDS.into_iter().enumerate() {
        let stored = sample(kind);
        let recorded: Recorded = serde_json::from_str(&stored)
            .unwrap_or_else(|error| panic!("{kind} no longer reads: {error}"));
        assert_eq!(recorded.event.kind(), kind);
        assert_eq!(place(&recorded.event), expected, "{kind} stands elsewhere in the list");
    }
}

#[test]
fn what_is_stored_keeps_its_names() {
    for kind in KINDS {
        let stored: serde_json::Value = serde_json::from_str(&sample(kind)).expect("JSON");
        let recorded: Recorded = serde_json::from_value(stored.clone()).expect("an event");
        let written = serde_json::to_value(&recorded).expect("JSON");
        // What is written today may say more than the sample, but nothing under another name.
        assert_contains(&written, &stored, kind);
    }
}

fn assert_contains(written: &serde_json::Value, stored: &serde_json::Value, place: &str) {
    match (written, stored) {
        (serde_json::Value::Object(written), serde_json::Value::Object(stored)) => {
            for (name, value) in stored {
                let place = format!("{place}.{name}");
                let found = written.get(name).unwrap_or_else(|| panic!("{place} is gone"));
                assert_contains(found, value, &place);
            }
        }
        (written, stored) => assert_eq!(written, stored, "{place}"),
    }
}

#[test]
fn the_samples_replay_into_an_incident() {
    let events: Vec<Recorded> =
        KINDS.iter().map(|kind| serde_json::from_str(&sample(kind)).expect("an event")).collect();
    let incident = Incident::replay(None, &events).expect("the first is a declaration");
    assert_eq!(incident.version, 48);
}

#[test]
fn no_sample_lies_about_without_its_kind() {
    let known: BTreeSet<String> = KINDS.iter().map(|kind| format!("{kind}.json")).collect();
    for entry in fs::read_dir(samples()).expect("the folder of samples") {
        let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
        assert!(name == "main.rs" || known.contains(&name), "{name} is no kind of event");
    }
}
