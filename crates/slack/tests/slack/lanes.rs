//! Who may know of it, and what is said where there is no command of its own.

use serde_json::json;
use sima_incident::{Absentee, Actor, Command, Kind, Notice, Visibility};
use sima_slack::{
    commands::{Asked, Instead, parse},
    messages::{self, Audience},
    modals::{self, Form, Rejected},
};

use crate::{
    cast::{Life, malik, nour, policy},
    messages::shows,
    modals::{filled, shows as shows_form},
};

#[test]
fn what_making_it_private_means_is_said_before_and_after() {
    let life = Life::begins().set_up().manned();
    shows("make_private", &messages::make_private(&life.incident));
    let private =
        life.does(&Actor::in_slack(nour()), "09:20", Command::MakePrivate { link_key: "k".into() });
    let notice = Notice::MadePrivate { by: Actor::in_slack(nour()) };
    let told = messages::notice(&notice, &private.incident, &private.policy, Audience::Channel);
    shows("notice_made_private", &told);
    shows("broadcast_withdrawn", &messages::withdrawn());
    let left = serde_json::to_string(&messages::withdrawn().blocks).expect("JSON");
    for secret in ["INC-42", "Queue", "Outbound", "SEV2"] {
        assert!(!left.contains(secret), "{left}");
    }
}

#[test]
fn whoever_was_asked_for_by_name_is_in_no_configuration() {
    let people = vec![malik().0];
    let life = Life::begins().set_up().does(
        &Actor::in_slack(nour()),
        "09:20",
        Command::Invite { people: people.clone() },
    );
    let absent = Absentee { who: malik().0, why: "the account is deactivated".into() };
    let notice = Notice::NotInvited { people: vec![absent] };
    let told = messages::notice(&notice, &life.incident, &life.policy, Audience::Channel);
    shows("notice_guest_not_invited", &told);
}

#[test]
fn where_the_post_mortem_is_follows_the_stage() {
    let show = |name: &str, life: &Life| {
        shows(name, &messages::postmortem(&life.incident, &life.policy));
    };
    show("postmortem_to_come", &Life::begins().set_up().manned());
    show("postmortem_soon", &Life::begins().set_up().manned().recovered());
    show("postmortem_being_drafted", &Life::begins().set_up().manned().recovered().settled());
    let learnt = Life::begins().set_up().manned().recovered().settled().has_a_postmortem();
    show("postmortem_there", &learnt);
    let drill = Life::begins_as(Kind::Drill, Visibility::Company).set_up().manned();
    show("postmortem_of_a_drill", &drill);
}

#[test]
fn what_has_no_command_says_what_to_do_instead() {
    let life = Life::begins().set_up().manned();
    for (what, name) in [
        (Instead::RootCause, "rootcause"),
        (Instead::Tasks, "tasks"),
        (Instead::Feedback, "feedback"),
        (Instead::Tutorial, "tutorial"),
    ] {
        let told = messages::instead(what, Some(&life.incident), &policy());
        shows(&format!("instead_{name}"), &told);
        shows(&format!("instead_{name}_nowhere"), &messages::instead(what, None, &policy()));
    }
}

#[test]
fn whom_to_invite_is_read_from_marks() {
    let invites = |people: &[&str]| Asked::Invite {
        people: people.iter().map(|person| (*person).to_owned()).collect(),
    };
    for (typed, expected) in [
        ("invite", invites(&[])),
        ("bring <@U1|nour>", invites(&["U1"])),
        ("invite <@U1|nour> and <@U2>, <!subteam^S1|@support>", invites(&["U1", "U2", "S1"])),
        ("invite <@U1><@U2>", invites(&["U1", "U2"])),
        ("private", Asked::Private { confirmed: false }),
        ("hide now", Asked::Private { confirmed: true }),
        ("post-mortem", Asked::Postmortem),
        ("rca", Asked::Instead(Instead::RootCause)),
        ("todo", Asked::Instead(Instead::Tasks)),
        ("drill", Asked::Practise { line: String::new() }),
        ("practise Checkout is down", Asked::Practise { line: "Checkout is down".to_owned() }),
    ] {
        assert_eq!(parse(typed), expected, "{typed}");
    }
    for typed in ["invite nour", "invite <@U1> nour", "invite <#C1>", "private please"] {
        assert!(matches!(parse(typed), Asked::Incomplete { .. }), "{typed}");
    }
}

#[test]
fn the_form_asks_for_at_least_one_person() {
    let life = Life::begins().set_up();
    let form = modals::invite(&life.incident);
    shows_form("modal_invite", &form);
    let chosen = |people: &[&str]| {
        let element = json!({ "type": "multi_users_select", "selected_users": people });
        modals::read(&filled(&form, &json!({ "people": { "people": element } })))
    };
    let Ok(Form::Invite(read)) = chosen(&["U1", "U2"]) else { panic!("two people") };
    assert_eq!((read.incident, read.people), (life.incident.id, vec!["U1".into(), "U2".into()]));
    assert!(matches!(chosen(&[]), Err(Rejected::Fields(_))));
}
