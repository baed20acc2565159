//! Every form: as it is shown, and what is read of what was filled in.

use jiff::SignedDuration;
use serde_json::{Value, json};
use sima_incident::{
    Dismissal, DomainKey, EscalateTo, Impact, IncidentNumber, MAX_SUMMARY, MAX_TEXT, MessageRef,
    StageName,
};
use sima_slack::{
    actions::Action,
    commands::When,
    modals::{self, Form, Kept, Prefill, Promise, Rejected},
    requests::{Request, View, read},
};

use crate::{
    cast::{Life, incident_id, malik, policy, sev},
    limits::check_view,
    reading::reading,
};

pub fn shows(name: &str, view: &Value) {
    check_view(name, view);
    let read = format!(
        "{} [{}]\n\n{}",
        view["title"]["text"].as_str().expect("a title"),
        view["submit"]["text"].as_str().expect("a button"),
        reading(view["blocks"].as_array().expect("blocks"))
    );
    insta::assert_snapshot!(format!("{name}_reads"), read);
    insta::assert_json_snapshot!(format!("{name}_view"), view);
}

/// The form as Slack sends it back, with what was filled in.
pub fn filled(view: &Value, values: &Value) -> View {
    let payload = json!({
        "type": "view_submission",
        "user": { "id": "U0INES0001" },
        "trigger_id": "1.2.3",
        "view": {
            "id": "V1",
            "type": "modal",
            "hash": "h",
            "callback_id": view["callback_id"],
            "private_metadata": view["private_metadata"],
            "state": { "values": values },
        },
    });
    match read(Some("application/json"), payload.to_string().as_bytes()) {
        Ok(Request::Submission(submission)) => submission.view,
        other => panic!("{other:?}"),
    }
}

fn typed(text: &str) -> Value {
    json!({ "x": { "type": "plain_text_input", "value": text } })
}

fn chosen(value: &str) -> Value {
    json!({ "x": { "type": "static_select", "selected_option": { "value": value } } })
}

#[test]
fn the_form_to_escalate_offers_who_can_be_called() {
    let life = Life::begins().set_up();
    let policy = &life.policy;
    let person = EscalateTo::Person(malik());
    shows("modal_escalate", &modals::escalate(&life.incident, policy, None));
    shows("modal_escalate_person", &modals::escalate(&life.incident, policy, Some(&person)));
    let view = modals::escalate(&life.incident, policy, None);
    let picked = |id: &str| json!({ "x": { "type": "users_select", "selected_user": id } });
    let nobody = json!({ "x": { "type": "users_select", "selected_user": null } });
    for (values, expected) in [
        (
            json!({ "to": chosen("next"), "person": nobody, "reason": typed("Help") }),
            Ok(EscalateTo::NextLevel),
        ),
        (
            json!({ "to": chosen("domain:payments"), "reason": typed("Help") }),
            Ok(EscalateTo::Domain(DomainKey("payments".into()))),
        ),
        // Who is named counts, whatever the list stands on.
        (
            json!({ "to": chosen("next"), "person": picked("U0MALIK001"), "reason": typed("Help") }),
            Ok(person.clone()),
        ),
        (
            json!({ "to": chosen("next"), "policy": typed(" Database "), "reason": typed("Help") }),
            Ok(EscalateTo::Policy("Database".into())),
        ),
        (json!({ "to": chosen("next"), "reason": typed("  ") }), Err("reason")),
        (json!({ "reason": typed("Help") }), Err("person")),
        (
            json!({ "person": picked("U1"), "policy": typed("x"), "reason": typed("Help") }),
            Err("policy"),
        ),
    ] {
        match (modals::read(&filled(&view, &values)), expected) {
            (Ok(Form::Escalate(form)), Ok(to)) => {
                assert_eq!(
                    (form.incident, form.to, form.reason.as_str()),
                    (incident_id(), to, "Help")
                );
            }
            (Err(Rejected::Fields(errors)), Err(field)) => {
                assert_eq!(errors.0.keys().copied().collect::<Vec<_>>(), [field]);
            }
            (read, expected) => panic!("{values}: {read:?}, not {expected:?}"),
        }
    }
}

#[test]
fn what_is_noted_has_words_and_a_time() {
    let life = Life::begins().set_up();
    let clock = When::Clock(jiff::civil::Time::constant(10, 4, 0, 0));
    let view = modals::note(&life.incident, clock);
    assert!(view.to_string().contains("\"initial_value\":\"10:04\""), "{view}");
    for (text, when, expected) in [
        ("It is back", "", Ok(When::Now)),
        ("It is back", "10:04", Ok(clock)),
        ("It is back", "10m", Ok(When::Ago(SignedDuration::from_mins(10)))),
        ("It is back", "tomorrow", Err("when")),
        (" ", "10:04", Err("text")),
    ] {
        let values = json!({ "text": typed(text), "when": typed(when) });
        match (modals::read(&filled(&view, &values)), expected) {
            (Ok(Form::Note(form)), Ok(when)) => {
                let (id, said) = (incident_id(), form.text.as_str());
                assert_eq!((form.incident, said, form.when), (id, text, when));
            }
            (Err(Rejected::Fields(errors)), Err(field)) => {
                assert_eq!(errors.0.keys().copied().collect::<Vec<_>>(), [field]);
            }
            (read, expected) => panic!("{values}: {read:?}, not {expected:?}"),
        }
    }
}

#[test]
fn forms_are_shown_with_what_is_usual_chosen() {
    let life = Life::begins().set_up().manned();
    shows("modal_open", &modals::open(&life.policy, &Prefill::default(), &Kept::default()));
    shows("modal_update", &modals::update(&life.incident, &life.policy));
    shows("modal_note", &modals::note(&life.incident, When::Now));
    shows("modal_reopen", &modals::reopen(&life.incident));
    shows("modal_dismiss", &modals::dismiss(&life.incident));
}

#[test]
fn what_is_filled_in_opens_an_incident() {
    let kept = Kept {
        response_url: Some("https://hooks.slack.com/commands/1".to_owned()),
        channel: Some("C1".to_owned()),
        link: None,
        message: Some(MessageRef { channel: "C1".to_owned(), ts: "1700000000.000100".to_owned() }),
    };
    let form = modals::open(&policy(), &Prefill::default(), &kept);
    let view = filled(
        &form,
        &json!({
            "summary": typed("  API returns 500 <!here> "),
            "domain": chosen("api"),
            "severity": chosen("SEV1"),
            "description": typed("Since 09:00"),
            "impact": typed("1200"),
            "marks": { "x": { "type": "checkboxes", "selected_options": [{ "value": "private" }] } },
        }),
    );
    let Ok(Form::Open(opened)) = modals::read(&view) else { panic!() };
    assert_eq!(opened.summary, "API returns 500 <!here>");
    assert_eq!(opened.domain, Some(DomainKey("api".to_owned())));
    assert_eq!(opened.severity, Some(sev(1)));
    assert_eq!(opened.answers, []);
    assert_eq!(opened.impact, Impact::Clients(1200));
    assert!(opened.private && !opened.drill);
    assert_eq!(opened.kept, kept);
}

#[test]
fn only_the_summary_must_be_filled_in() {
    let form = modals::open(&policy(), &Prefill::default(), &Kept::default());
    let view = filled(&form, &json!({ "summary": typed("Down") }));
    let Ok(Form::Open(opened)) = modals::read(&view) else { panic!() };
    assert_eq!((opened.domain, opened.severity, opened.description), (None, None, None));
    assert_eq!(opened.impact, Impact::Unknown);

    for (values, fields) in [
        (json!({}), vec!["summary"]),
        (json!({ "summary": typed("  ") }), vec!["summary"]),
        (json!({ "summary": typed("x"), "impact": typed("-1") }), vec!["impact"]),
        (json!({ "summary": typed("x"), "impact": typed("1.5") }), vec!["impact"]),
        (json!({ "summary": typed("x"), "impact": typed("many") }), vec!["impact"]),
        (json!({ "impact": typed("many") }), vec!["impact", "summary"]),
    ] {
        let Err(Rejected::Fields(errors)) = modals::read(&filled(&form, &values)) else {
            panic!("{values}")
        };
        assert_eq!(errors.0.keys().copied().collect::<Vec<_>>(), fields, "{values}");
        let answer = errors.answer();
        assert_eq!(answer["response_action"], "errors");
        // Slack shows errors at inputs alone; another key would be "trouble connecting".
        let inputs: Vec<&Value> = form["blocks"]
            .as_array()
            .expect("blocks")
            .iter()
            .map(|block| &block["block_id"])
            .collect();
        assert!(fields.iter().all(|field| inputs.contains(&&json!(field))));
    }
}

#[test]
fn a_form_keeps_the_limits_whatever_it_is_given() {
    let mut policy = policy();
    let domain = policy.domains[0].clone();
    policy.domains = (0..150)
        .map(|number| {
            let mut domain = domain.clone();
            domain.key = DomainKey(format!("domain-{number}"));
            domain.name = format!("{number} {}", "الدفع & 👩‍👧 ".repeat(30));
            domain
        })
        .collect();
    policy.domains[3].key = DomainKey("k".repeat(200));
    policy.default_domain = DomainKey("domain-140".to_owned());
    policy.severities[0].meaning = "long ".repeat(100);
    let prefill = Prefill {
        summary: "🇫🇷".repeat(1500),
        description: String::new(),
        private: true,
        drill: true,
        ..Prefill::default()
    };
    let kept = Kept {
        response_url: Some("x".repeat(5000)),
        channel: Some("C1".to_owned()),
        link: Some("https://a.example/".to_owned() + &"x".repeat(1200)),
        message: Some(MessageRef {
            channel: "C0GENERAL01".to_owned(),
            ts: "1700000000.000100".to_owned(),
        }),
    };
    let form = modals::open(&policy, &prefill, &kept);
    check_view("a crowded form", &form);
    let domains = &form["blocks"][1]["element"];
    assert_eq!(domains["initial_option"]["value"], "domain-140");
    let summary = form["blocks"][0]["element"]["initial_value"].as_str().expect("a summary");
    assert_eq!(summary.chars().count(), MAX_SUMMARY);
    let blocks = form["blocks"].as_array().expect("blocks");
    let description = blocks.iter().find(|block| block["block_id"] == "description");
    let description = description.and_then(|block| block["element"]["initial_value"].as_str());
    let description = description.expect("the rest");
    assert!(description.chars().count() > MAX_SUMMARY, "what is too long is not lost");

    policy.domains.clear();
    policy.severities.clear();
    check_view("a form of nothing", &modals::open(&policy, &Prefill::default(), &Kept::default()));
}

#[test]
fn an_update_is_read_with_its_promise() {
    let life = Life::begins().set_up().manned();
    let form = modals::update(&life.incident, &life.policy);
    let blocks = form["blocks"].as_array().expect("blocks");
    assert_eq!(blocks[0]["element"]["initial_option"]["value"], "investigating");
    assert_eq!(blocks[2]["element"]["initial_option"]["value"], "30", "as SEV2 asks");
    let values =
        json!({ "stage": chosen("fixing"), "text": typed(" Rolled back "), "next": chosen("20") });
    let Ok(Form::Update(update)) = modals::read(&filled(&form, &values)) else { panic!() };
    assert_eq!(update.incident, incident_id());
    assert_eq!(update.stage, Some(StageName::Fixing));
    assert_eq!(update.text, "Rolled back");
    assert_eq!(update.next, Promise::In(jiff::SignedDuration::from_mins(20)));

    let values = json!({ "text": typed("Still looking"), "next": chosen("none") });
    let Ok(Form::Update(update)) = modals::read(&filled(&form, &values)) else { panic!() };
    assert_eq!((update.stage, update.next), (None, Promise::Nothing));

    let empty = modals::read(&filled(&form, &json!({ "text": typed("") })));
    let Err(Rejected::Fields(errors)) = empty else { panic!() };
    assert!(errors.0.contains_key("text"));
}

#[test]
fn reasons_are_read() {
    let life = Life::begins().set_up();
    let form = modals::reopen(&life.incident);
    let Ok(Form::Reopen(reopen)) =
        modals::read(&filled(&form, &json!({ "reason": typed("Back") })))
    else {
        panic!()
    };
    assert_eq!(reopen.reason, "Back");
    assert!(modals::read(&filled(&form, &json!({}))).is_err());

    let form = modals::dismiss(&life.incident);
    for (values, expected) in [
        (json!({ "reason": chosen("false_positive") }), Some(Dismissal::FalsePositive)),
        (json!({ "reason": chosen("mistake") }), Some(Dismissal::Mistake)),
        (
            json!({ "reason": chosen("duplicate"), "original": typed("INC-7") }),
            Some(Dismissal::DuplicateOf(IncidentNumber(7))),
        ),
        (json!({ "reason": chosen("duplicate") }), None),
        (json!({ "reason": chosen("duplicate"), "original": typed("seven") }), None),
        (json!({ "reason": chosen("nonsense") }), None),
        (json!({}), None),
    ] {
        let found = match modals::read(&filled(&form, &values)) {
            Ok(Form::Dismiss(dismiss)) => Some(dismiss.reason),
            Err(Rejected::Fields(errors)) if !errors.0.is_empty() => None,
            other => panic!("{other:?}"),
        };
        assert_eq!(found, expected, "{values}");
    }
}

#[test]
fn what_a_form_kept_is_not_trusted() {
    let life = Life::begins().set_up();
    let mut form = modals::update(&life.incident, &life.policy);
    for kept in ["", "{", "[]", "{\"incident\":42}", "{\"incident\":\"x\"}"] {
        form["private_metadata"] = json!(kept);
        let read = modals::read(&filled(&form, &json!({ "text": typed("x") })));
        assert!(matches!(read, Err(Rejected::Unknown(_))), "{kept}");
    }
    form["callback_id"] = json!("somebody_elses");
    assert!(matches!(modals::read(&filled(&form, &json!({}))), Err(Rejected::Unknown(_))));

    let mut form = modals::open(&policy(), &Prefill::default(), &Kept::default());
    for kept in ["", "{", "[]", "{\"response_url\":{}}"] {
        form["private_metadata"] = json!(kept);
        let Ok(Form::Open(opened)) =
            modals::read(&filled(&form, &json!({ "summary": typed("x") })))
        else {
            panic!("{kept}")
        };
        assert_eq!(opened.kept, Kept::default());
    }
}

/// While it is filled in, what looks alike is shown; what was typed stays, and what the form was
/// given to keep.
#[test]
fn look_alikes_are_shown_beside_what_was_typed() {
    let life = Life::begins().set_up();
    let kept = Kept { channel: Some("C1".to_owned()), ..Kept::default() };
    let form = modals::open(&life.policy, &Prefill::default(), &kept);
    let typed_so_far = json!({
        "summary": typed("Queue stuck"),
        "domain": chosen("api"),
        "severity": chosen("SEV1"),
        "description": typed("Since 09:00"),
        "impact": typed("12"),
        "marks": { "x": { "type": "checkboxes", "selected_options": [{ "value": "drill" }] } },
    });
    let view = filled(&form, &typed_so_far);
    let draft = modals::draft(&view, "summary").expect("the form to open");
    assert_eq!((draft.kept.clone(), draft.alike.len()), (kept, 0));
    let prefill = Prefill { alike: vec![life.incident.clone()], ..draft.prefill };
    let again = modals::open(&life.policy, &prefill, &draft.kept);
    shows("modal_open_alike", &again);
    let shown = modals::draft(&filled(&again, &typed_so_far), "summary").expect("the same form");
    assert_eq!((shown.alike, shown.prefill.impact), (vec![life.incident.id], "12".to_owned()));
    assert_eq!(modals::draft(&view, "marks"), None, "only what is asked to be heard");
    let other = filled(&modals::reopen(&life.incident), &json!({}));
    assert_eq!(modals::draft(&other, "summary"), None);
}

/// A message is quoted with its author, whatever stands in it.
#[test]
fn a_message_is_quoted() {
    let quoted = modals::quoting("*Checkout* &amp; cards fail\nsince <!here> 9", Some("Inès"));
    assert_eq!(quoted.summary, "*Checkout* & cards fail");
    assert_eq!(quoted.description, "Message by Inès:\n“*Checkout* & cards fail\nsince @here 9”");
    let long = modals::quoting(&"x".repeat(10_000), None);
    assert!(long.summary.chars().count() <= MAX_SUMMARY && long.summary.ends_with('…'));
    assert!(long.description.chars().count() <= MAX_TEXT);
    assert_eq!(modals::quoting(" ", Some("Inès")), Prefill::default());
    let form = modals::open(&policy(), &long, &Kept::default());
    check_view("a long message", &form);
}

/// What a form was given to keep is believed only as far as it can be what it was given.
#[test]
fn a_form_that_was_tampered_with_replies_nowhere() {
    let form = modals::open(&policy(), &Prefill::default(), &Kept::default());
    for message in [
        json!(["C1", "1 OR 1=1"]),
        json!(["https://evil.test", "1.2"]),
        json!(["U0INES0001", "1.2"]),
        json!(["C1"]),
        json!("C1"),
        json!({ "channel": "C1" }),
    ] {
        let mut view = filled(&form, &json!({ "summary": typed("Down") }));
        view.private_metadata = json!({ "message": message, "alike": ["x", 1, null] }).to_string();
        let Ok(Form::Open(opened)) = modals::read(&view) else { panic!() };
        assert_eq!(opened.kept, Kept::default(), "{message}");
        assert_eq!(modals::draft(&view, "summary").expect("a draft").alike, []);
    }
}

/// A form that came too late is one press away.
#[test]
fn every_form_can_be_asked_for_again() {
    let life = Life::begins().set_up();
    let (incident, policy) = (&life.incident, &life.policy);
    let id = incident.id;
    for (view, expected) in [
        (modals::open(policy, &Prefill::default(), &Kept::default()), Action::OpenForm),
        (modals::update(incident, policy), Action::OpenUpdateForm(id)),
        (modals::reopen(incident), Action::OpenReopenForm(id)),
        (modals::dismiss(incident), Action::OpenDismissForm(id)),
        (modals::escalate(incident, policy, None), Action::OpenEscalateForm(id)),
    ] {
        assert_eq!(modals::again(&view), Some(expected));
    }
}

/// The answers propose how bad it is, shown while the form is filled in; whoever fills it in may
/// choose otherwise.
#[test]
fn how_bad_it_is_follows_from_the_answers_unless_somebody_says_so() {
    let policy = policy();
    let form = modals::open(&policy, &Prefill::default(), &Kept::default());
    let answered = json!({
        "summary": typed("Down"),
        "question:What fails?": chosen("A part"),
        "question:Is it spreading?": chosen("Yes"),
        "severity": chosen("as_answered"),
    });
    let view = filled(&form, &answered);
    let draft = modals::draft(&view, "question:What fails?").expect("a field that is heard");
    assert_eq!(draft.proposed, None, "nothing was shown yet");
    let again = modals::open(&policy, &draft.prefill, &draft.kept);
    shows("modal_open_answered", &again);
    let shown = modals::draft(&filled(&again, &answered), "summary").expect("the same form");
    assert_eq!(shown.proposed, Some(sev(2)));
    let Ok(Form::Open(opened)) = modals::read(&view) else { panic!() };
    assert_eq!((opened.severity, opened.answers.len()), (None, 2));

    let mut overridden = answered.clone();
    overridden["severity"] = chosen("SEV1");
    let Ok(Form::Open(opened)) = modals::read(&filled(&again, &overridden)) else { panic!() };
    assert_eq!(opened.severity, Some(sev(1)), "what somebody chooses counts");

    let mut unasked = policy.clone();
    unasked.impact_questions.clear();
    let form = modals::open(&unasked, &Prefill::default(), &Kept::default());
    let blocks = form["blocks"].as_array().expect("blocks");
    let severity = blocks.iter().find(|block| block["block_id"] == "severity").expect("a list");
    assert_eq!(severity["element"]["initial_option"]["value"], "SEV3");
}
