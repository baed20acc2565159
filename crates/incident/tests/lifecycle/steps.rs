//! The company's own steps, told as short stories.

use sima_incident::{
    ChannelRef, Command, DomainKey, Effect, Kind, Left, Occasion, Receipt, StepDone, StepKind,
};

use crate::{mended::Told, policy::severity};

fn step(step: &str, on: Occasion, kind: StepKind) -> Effect {
    Effect::Step { step: step.into(), on, kind }
}

fn channel() -> Command {
    let channel = ChannelRef { id: "C0CHANNEL".into(), name: "incident_x".into() };
    Command::Note(Receipt::Channel(channel))
}

fn planned(told: &Told) -> Vec<&str> {
    let steps = told.planned.iter().filter_map(|planned| match &planned.effect {
        Effect::Step { step, .. } => Some(step.as_str()),
        _ => None,
    });
    steps.collect()
}

/// Somebody takes it at the pager while Slack is down: what waits for the channel follows it, in the
/// order it came to pass.
#[test]
fn what_waits_for_the_channel_follows_it() {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    assert_eq!(planned(&told), Vec::<&str>::new());
    told.after(1, Command::Acknowledge).expect("taken");
    assert_eq!(planned(&told), ["Page"], "the status page waits for no channel");
    told.after(1, channel()).expect("noted");
    assert_eq!(planned(&told), ["Leads", "Runbook", "Desk"]);
}

/// What was done is moot when it is planned again, and a webhook is told of each raised severity.
#[test]
fn a_step_is_done_once_and_a_program_told_each_time() {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    told.after(1, channel()).expect("noted");
    let leads = step("Leads", Occasion::Opened, StepKind::UserGroup);
    assert!(told.plans(&leads) && !leads.is_moot(&told.incident));

    let done = StepDone {
        step: "Leads".into(),
        on: Occasion::Opened,
        kind: StepKind::UserGroup,
        left: None,
    };
    told.after(1, Command::Note(Receipt::Step(done))).expect("noted");
    assert!(leads.is_moot(&told.incident));

    let webhook = step("Program", Occasion::SeverityRaised, StepKind::Webhook);
    assert!(!webhook.is_moot(&told.incident));
}

/// The leads are called for payments at SEV2: what moves there calls them, and nothing twice.
#[test]
fn what_becomes_what_a_step_is_for_plans_it() {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    told.after(1, Command::SetSeverity(severity(3))).expect("lowered");
    told.after(1, channel()).expect("noted");
    assert_eq!(planned(&told), ["Runbook"], "it is too mild for the leads");

    told.after(1, Command::SetSeverity(severity(2))).expect("raised");
    assert_eq!(planned(&told), ["Leads", "Call"]);

    let edit = |domain: &str| Command::Edit {
        summary: None,
        description: None,
        domain: Some(DomainKey(domain.into())),
    };
    told.after(1, edit("email")).expect("moved");
    assert_eq!(planned(&told), Vec::<&str>::new());
    told.after(1, edit("payments")).expect("moved back");
    assert_eq!(planned(&told), ["Leads"], "it may have failed; done, it would be moot");
}

/// Nobody is called together, and nothing is published, for what is over by then.
#[test]
fn what_comes_too_late_is_moot() {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    told.after(1, Command::Recover { at: None }).expect("recovered");
    for (effect, moot) in [
        (step("Leads", Occasion::Opened, StepKind::UserGroup), true),
        (step("Page", Occasion::Acknowledged, StepKind::StatusPage), true),
        (step("Program", Occasion::Recovered, StepKind::Webhook), false),
        (step("Runbook", Occasion::Opened, StepKind::Bookmark), false),
        (Effect::FollowStatusPage { step: "Page".into() }, true),
    ] {
        assert_eq!(effect.is_moot(&told.incident), moot, "{effect:?}");
    }
    let done = StepDone {
        step: "Page".into(),
        on: Occasion::Acknowledged,
        kind: StepKind::StatusPage,
        left: Some(Left { id: "p1".into(), url: None }),
    };
    told.after(1, Command::Note(Receipt::Step(done))).expect("noted");
    assert!(!Effect::FollowStatusPage { step: "Page".into() }.is_moot(&told.incident));
}

/// A step of the same name and another kind is another step.
#[test]
fn what_was_taken_out_or_changed_its_kind_is_gone() {
    let told = Told::begins("Queue is not draining", Kind::Real);
    let gone = |effect: &Effect| effect.is_gone(&told.incident, &told.policy);
    assert!(!gone(&step("Leads", Occasion::Opened, StepKind::UserGroup)));
    assert!(gone(&step("Leads", Occasion::Opened, StepKind::Post)));
    assert!(gone(&step("Nobody", Occasion::Opened, StepKind::Post)));
    assert!(!gone(&Effect::FollowStatusPage { step: "Page".into() }));
    assert!(gone(&Effect::FollowStatusPage { step: "Leads".into() }));
    assert!(!gone(&Effect::PostBrief));
}
