//! Who may know of an incident, told as short stories.

use sima_incident::{
    Actor, ChannelRef, Command, Effect, Event, Kind, MessageRef, Notice, PersonId, Postmortem,
    Receipt, Refusal, Role, decide,
};

use crate::mended::Told;

fn lea() -> Vec<String> {
    vec!["U0LEA".to_owned()]
}

fn told_company() -> Told {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    let channel = ChannelRef { id: "C0".into(), name: "incident_08_22_queue".into() };
    let broadcast = MessageRef { channel: "C1".into(), ts: "1.1".into() };
    told.after(0, Command::Note(Receipt::Channel(channel))).expect("noted");
    told.after(0, Command::Note(Receipt::Broadcast(broadcast))).expect("noted");
    told
}

#[test]
fn guests_come_once_there_is_a_channel() {
    let mut told = Told::begins("Queue is not draining", Kind::Real);
    let people = vec!["U0LEA".to_owned(), " ".to_owned(), "U0LEA".to_owned()];
    told.after(1, Command::Invite { people }).expect("invited");
    assert_eq!(told.incident.guests, lea());
    assert!(told.planned.is_empty(), "there is nowhere to invite them to");
    let channel = ChannelRef { id: "C0".into(), name: "incident_08_22_queue".into() };
    told.after(0, Command::Note(Receipt::Channel(channel))).expect("noted");
    let invited = told.planned.iter().any(|planned| {
        matches!(&planned.effect, Effect::Invite { people } if people.contains(&lea()[0]))
    });
    assert!(invited, "{:?}", told.planned);
    let nobody = Command::Invite { people: vec![String::new()] };
    assert_eq!(told.after(1, nobody), Err(Refusal::TextMissing("the list of people")));
}

/// Of a private incident its manager says who may know; its reporter as long as there is none.
#[test]
fn the_manager_says_who_may_know_of_a_private_incident() {
    let mut told = told_company();
    told.after(1, Command::MakePrivate { link_key: "k".into() }).expect("made private");
    told.after(1, Command::Invite { people: lea() }).expect("she reported it");
    let nour = PersonId("U0NOUR".into());
    let give = Command::GiveRole { role: Role::IncidentManager, to: nour.clone() };
    told.after(1, give).expect("given");
    let ask = Command::Invite { people: lea() };
    assert!(matches!(told.after(1, ask.clone()), Err(Refusal::Reserved(_))));
    let by = |actor: &Actor| {
        decide(Some(&told.incident), ask.clone(), actor, told.now, &told.policy).is_ok()
    };
    assert!(by(&Actor::in_slack(nour)));
    assert!(!by(&Actor::monitor("alertmanager")));
}

#[test]
fn made_private_the_company_hears_no_more() {
    let mut told = told_company();
    told.after(1, Command::MakePrivate { link_key: "k".into() }).expect("made private");
    assert!(told.plans(&Effect::WithdrawBroadcast) && told.plans(&Effect::SetTopic));
    assert!(!Effect::WithdrawBroadcast.is_moot(&told.incident));
    let by = told.events[0].by.clone();
    assert!(told.plans(&Effect::PostNotice { notice: Notice::MadePrivate { by: by.clone() } }));
    // What was on its way is stopped.
    let update = Notice::Recovered { by, at: told.now };
    for effect in [
        Effect::EditBroadcast,
        Effect::ReplyUnderBroadcast { notice: update },
        Effect::DraftPostmortem,
        Effect::InviteResponder { user: "P1".into() },
    ] {
        assert!(effect.is_moot(&told.incident), "{effect:?}");
    }
    let again = told.after(1, Command::MakePrivate { link_key: "l".into() });
    assert!(matches!(again, Err(Refusal::AlreadySo(_))));
}

/// What would have been written where all can read it is kept under an address nobody can guess.
#[test]
fn an_owed_post_mortem_is_kept_here() {
    let mut told = told_company();
    told.after(1, Command::Recover { at: None }).expect("recovered");
    told.after(16, Command::Settle { link_key: "x".into() }).expect("settled");
    assert_eq!(told.incident.postmortem, Postmortem::Owed);
    told.after(1, Command::MakePrivate { link_key: "key".into() }).expect("made private");
    assert!(told.events.iter().any(|recorded| recorded.event == Event::MadePrivate));
    let Postmortem::Drafted { url, page_id } = &told.incident.postmortem else {
        panic!("{:?}", told.incident.postmortem)
    };
    assert!(url.ends_with("/postmortem/key") && url.contains("/private/"), "{url}");
    assert!(page_id.is_empty());
}
