//! Every message: as Block Kit, as a person reads it, and within Slack's limits whatever was written.

use sima_incident::{
    Absentee, Actor, AlertState, Assessment, ChannelRef, Command, Dismissal, DomainKey, EscalateTo,
    Event, Impact, ImpactReply, Incident, IncidentNumber, Kind, LinkedAlert, Notice, PersonId,
    Placeholder, Policy, Postmortem, Recorded, Refusal, Role, Said, SharedFile, Stage, StageName,
    Template, Trouble, Update, Visibility, assess, told,
};
use sima_slack::{
    actions::Action,
    commands::{REGISTRY, understand},
    messages::{
        self, Audience, FigureRow, FiguresSummary, Message, News, OnCallPerson, OnCallRow,
        Standing, TimelinePage,
    },
};

use crate::{
    cast::{Life, at, ines, malik, nour, policy, theo},
    limits::{check_message, check_view},
    reading::{reading, seen},
};

/// Compares a message with what it was, as Block Kit and as a person reads it.
pub fn shows(name: &str, message: &Message) {
    check_message(name, &message.text, &message.blocks);
    let read = format!("{}\n\n{}", seen(&message.text), reading(&message.blocks));
    insta::assert_snapshot!(format!("{name}_reads"), read);
    insta::assert_json_snapshot!(format!("{name}_blocks"), message.blocks);
}

#[test]
fn the_brief_says_where_it_stands() {
    let show =
        |name: &str, life: &Life| shows(name, &messages::brief(&life.incident, &life.policy));
    show("brief_open", &Life::begins().set_up());
    show("brief_fixing", &Life::begins().set_up().manned().updated().fixing());
    show("brief_recovered", &Life::begins().set_up().manned().recovered());
    let learnt = Life::begins().set_up().manned().recovered().settled();
    show("brief_with_postmortem", &learnt.has_a_postmortem());
    show("brief_private_drill", &Life::begins_as(Kind::Drill, Visibility::Private).set_up());
}

#[test]
fn the_broadcast_is_short() {
    let show =
        |name: &str, life: &Life| shows(name, &messages::broadcast(&life.incident, &life.policy));
    show("broadcast_open", &Life::begins().set_up());
    show("broadcast_updated", &Life::begins().set_up().manned().updated());
    show("broadcast_recovered", &Life::begins().set_up().manned().recovered());
    let dismiss = Command::Dismiss(Dismissal::DuplicateOf(IncidentNumber(7)));
    let dismissed = Life::begins().set_up().does(&Actor::in_slack(nour()), "09:20", dismiss);
    show("broadcast_dismissed", &dismissed);
}

fn notices() -> Vec<(&'static str, Notice)> {
    let by = Actor::in_slack(theo());
    vec![
        (
            "update",
            Notice::Update {
                text: "Rolling back 4.12.3.\nNone is <lost>.".to_owned(),
                by: by.clone(),
                stage: StageName::Fixing,
                next_due: Some(at("09:40")),
            },
        ),
        ("update_wanted", Notice::UpdateWanted { due: at("09:40") }),
        ("recovered", Notice::Recovered { by: by.clone(), at: at("10:02") }),
        ("reopened", Notice::Reopened { by: by.clone(), reason: "Errors are back".to_owned() }),
        ("dismissed", Notice::Dismissed { by, reason: Dismissal::FalsePositive }),
        (
            "postmortem_ready",
            Notice::PostmortemReady { url: "https://notion.example.com/inc-42".to_owned() },
        ),
        (
            "alert_resolved",
            Notice::AlertResolved { title: "OutboundQueueGrowing".to_owned(), at: at("10:01") },
        ),
        (
            "escalated_person",
            Notice::Escalated {
                by: Actor::in_slack(nour()),
                to: EscalateTo::Person(malik()),
                reason: "You know the *queue*".to_owned(),
            },
        ),
        (
            "escalated_domain",
            Notice::Escalated {
                by: Actor::in_slack(nour()),
                to: EscalateTo::Domain(DomainKey("payments".to_owned())),
                reason: "Every card is declined".to_owned(),
            },
        ),
        (
            "not_invited",
            Notice::NotInvited {
                people: vec![
                    Absentee {
                        who: "lea@example.com".to_owned(),
                        why: "nobody active in the workspace has this address".to_owned(),
                    },
                    Absentee { who: nour().0, why: "the account is deactivated".to_owned() },
                ],
            },
        ),
        (
            "trouble",
            Notice::Trouble {
                what: "page the on-call person".to_owned(),
                why: "PagerDuty answered 500 for ten minutes".to_owned(),
            },
        ),
    ]
}

#[test]
fn notices_tell_the_channel_and_those_who_follow() {
    let life = Life::begins().set_up().manned();
    for (name, notice) in notices() {
        for (reader, audience) in
            [("channel", Audience::Channel), ("followers", Audience::Followers)]
        {
            let message = messages::notice(&notice, &life.incident, &life.policy, audience);
            shows(&format!("notice_{name}_{reader}"), &message);
        }
    }
}

/// The words are the company's; what people wrote fills its places and marks nothing.
#[test]
fn a_step_tells_another_channel_in_the_words_configured() {
    let text = "*{number}* {severity} in {domain}: {summary}\nQuestions in {channel} · {link}";
    let template = Template::read(text, &Placeholder::ALL).expect("a template");
    let life = Life::begins().set_up();
    shows("step_post", &messages::step_post(&template, &life.incident, &life.policy));
}

#[test]
fn a_reminder_says_what_is_due_and_offers_a_later_one() {
    let life = Life::begins().set_up().manned().updated();
    shows("reminder_before", &messages::reminder(&life.incident, at("09:35")));
    shows("reminder_snoozed", &messages::snoozed(&life.incident, at("09:45")));
    let minded = Command::MindPromise { update: 1, spoken_at: None };
    let missed = life.does(&Actor::clock(), "09:44", minded);
    shows("reminder_late", &messages::reminder(&missed.incident, at("09:44")));
    shows("brief_overdue", &messages::brief(&missed.incident, &missed.policy));
    shows("broadcast_overdue", &messages::broadcast(&missed.incident, &missed.policy));
    let private = Life::begins_as(Kind::Real, Visibility::Private).set_up().manned().updated();
    shows("reminder_private", &messages::reminder(&private.incident, at("09:35")));
}

#[test]
fn who_is_on_call_is_shown_with_what_is_not_known() {
    let person = |level, person: Option<PersonId>, name: &str, until| OnCallPerson {
        level,
        person,
        name: name.to_owned(),
        schedule: Some("Primary <week>".to_owned()),
        until,
    };
    let row = |domain: &str, standing| OnCallRow { domain: DomainKey(domain.to_owned()), standing };
    let rows = [
        row(
            "outbound-email",
            Standing::People(vec![
                person(1, Some(malik()), "Malik Diop", Some(at("17:00"))),
                person(2, None, "Alex *of* the agency", None),
            ]),
        ),
        row("payments", Standing::Unpaged),
        row("api", Standing::People(Vec::new())),
        row("gone", Standing::Unknown("PagerDuty could not be reached".to_owned())),
    ];
    let life = Life::begins().set_up();
    let shown = messages::on_call(&rows, Some(&life.incident), &life.policy);
    shows("on_call_in_an_incident", &shown);
    shows("on_call_elsewhere", &messages::on_call(&rows, None, &life.policy));
    let many: Vec<OnCallRow> = (0..200)
        .map(|at| {
            let crowd = (1..40).map(|level| person(level, None, &"<&>".repeat(200), None));
            row(&format!("domain-{at}"), Standing::People(crowd.collect()))
        })
        .collect();
    let shown = messages::on_call(&many, Some(&life.incident), &life.policy);
    check_message("on call, far too many", &shown.text, &shown.blocks);
}

#[test]
fn a_greeting_fits_who_comes() {
    let greet = |life: &Life, person: &PersonId| {
        messages::greeting(&life.incident, &life.policy, person, None, at("09:20"))
    };
    shows("greeting_without_manager", &greet(&Life::begins().set_up(), &nour()));
    let manned = Life::begins().set_up().manned().updated();
    shows("greeting_manned", &greet(&manned, &ines()));
    shows("greeting_holder", &greet(&manned, &nour()));
}

#[test]
fn the_rest_answers_one_person() {
    let policy = policy();
    let life = Life::begins().set_up().manned().updated();
    let incident = &life.incident;
    shows("info", &messages::info(incident, &policy));
    let asked = |answer: &str| ("What fails?".to_owned(), answer.to_owned());
    let assessment = assess(&policy.impact_questions, &[asked("A part")]);
    let assessed = Incident { assessment, ..incident.clone() };
    shows("info_assessed", &messages::info(&assessed, &policy));
    shows("help", &messages::help(None, None, &policy));
    shows("help_in_incident", &messages::help(None, Some(incident), &policy));
    let recover = REGISTRY.iter().find(|spec| spec.word == "recover");
    shows("help_on_recover", &messages::help(recover, Some(incident), &policy));
    let severity = REGISTRY.iter().find(|spec| spec.word == "severity").expect("a command");
    let why = "Say which severity, such as sev2.";
    shows("incomplete", &messages::incomplete(severity, why, Some(incident), &policy));
    let mistyped =
        |nearest, rest, about| messages::mistyped("reslove", nearest, rest, about, &policy);
    shows("mistyped_near", &mistyped(Some("resolve"), "10m ago", Some(incident)));
    shows("mistyped_far", &mistyped(None, "", None));
    shows("mistyped_sentence", &mistyped(None, "is down", None));
    shows("refusal", &messages::refusal(&Refusal::AlreadyThere(StageName::Fixing), Some(incident)));
    shows("refusal_nowhere", &messages::refusal(&Refusal::NoSuchIncident, None));
    shows("fault", &messages::fault("0b5c11aa", Some(incident)));
    shows("not_shown", &messages::not_shown(None));
    let again = Action::OpenUpdateForm(incident.id);
    shows("not_shown_for_update", &messages::not_shown(Some(&again)));
    shows("offered", &messages::offered("recover 10m ago", Some(incident), &policy));
    shows("let_in", &messages::let_in(incident));
    shows("link_back", &messages::link_back(incident, &policy));
    shows("not_linked_back", &messages::not_linked_back(incident));
    shows("opening", &messages::opening(incident, &policy));
    let line = "Queue is not draining sve2 outbuond-email";
    let typed = |line: &str, alike: &[Incident]| {
        messages::opening_by_line(incident, &understand(line, &policy), alike, &policy)
    };
    shows("opening_by_line", &typed(line, std::slice::from_ref(incident)));
    shows("opening_by_bare_line", &typed("The API loses outbound-email", &[]));
    let hidden = Life::begins_as(Kind::Drill, Visibility::Private).incident;
    let understood = understand("Queue is not draining private --drill", &policy);
    shows("opening_private", &messages::opening_by_line(&hidden, &understood, &[], &policy));
    shows("which_domain", &messages::which_domain("mials", &[], incident, &policy));
    shows("opened", &messages::opened(incident));
    shows("done", &messages::done("You are incident manager now.", incident));
    shows("posted", &messages::posted(incident));
    shows("noted", &messages::noted("The *deploy* ended", at("09:04"), incident));
    shows("list", &messages::list(std::slice::from_ref(incident), &policy));
    shows("list_empty", &messages::list(&[], &policy));
    shows("choose", &messages::choose(std::slice::from_ref(incident), "ack"));
    shows("choose_none", &messages::choose(&[], "ack"));
    shows("figures", &messages::figures(&figures()));
    assert_eq!(
        messages::topic(incident, &policy),
        "🟠 SEV2 · INC-42 · Outbound Email Delivery · Queue is not draining & mails ‹are› late"
    );
    let hidden = Incident { visibility: Visibility::Private, ..incident.clone() };
    let live = [incident.clone(), hidden];
    for (name, person) in
        [("home", ines()), ("home_of_manager", nour()), ("home_of_nobody", malik())]
    {
        let home = messages::home(&live, &person, &policy);
        check_view(name, &home);
        let read = reading(home["blocks"].as_array().expect("blocks"));
        insta::assert_snapshot!(format!("{name}_reads"), read);
        insta::assert_json_snapshot!(format!("{name}_view"), home);
    }
}

fn figures() -> FiguresSummary {
    let row = |label: &str, value: &str| FigureRow {
        label: label.to_owned(),
        value: value.to_owned(),
        beside: "90 % within 12 min · mean 5 min · 17 of 20 measured".to_owned(),
    };
    FiguresSummary {
        heading: "All incidents: 20 real, 1 open".to_owned(),
        rows: vec![
            row("Time to acknowledge", "median 4 min"),
            row("Time to recover", "median 50 min"),
        ],
        notes: vec!["Not in these: 2 false positives, 1 drill.".to_owned()],
        url: Some("https://sima.example.com".to_owned()),
    }
}

/// Text of so many characters that goes wrong wherever it is cut, turned or not escaped.
pub fn nasty(length: usize) -> String {
    "<!channel> الدفع & 👩‍👧‍👦 *x* `y` ~z~ <@U0NOUR0001> 🇫🇷 \u{202e} > _支付_ "
        .chars()
        .cycle()
        .take(length)
        .collect()
}

/// An incident about which everybody wrote as much as they could.
fn crowded(stage: Stage, policy: &Policy) -> Incident {
    let mut incident = Life::begins().set_up().manned().incident;
    incident.stage = stage;
    incident.summary = nasty(3000);
    incident.description = Some(nasty(3000));
    incident.domain = policy.domains[0].key.clone();
    incident.impact = Impact::Clients(u64::MAX);
    incident.times.recovered_at = Some(at("10:02"));
    incident.update = Some(Update {
        text: nasty(3000),
        by: Actor::monitor(nasty(300)),
        at: at("09:30"),
        next_due: Some(at("10:00")),
    });
    incident.roles.values_mut().for_each(|person| *person = PersonId(nasty(300)));
    incident.channel = Some(ChannelRef { id: "C0INC00042".to_owned(), name: nasty(80) });
    incident.alerts = (0..40)
        .map(|number| LinkedAlert {
            source: "alertmanager".to_owned(),
            key: number.to_string(),
            title: nasty(1000),
            state: AlertState::Firing { since: at("09:00") },
            members: None,
        })
        .collect();
    let trouble = Trouble { what: nasty(500), why: nasty(2000), at: at("09:00") };
    incident.troubles = vec![trouble; 40];
    incident.links = vec![format!("https://a.example/{}", "x".repeat(380)), nasty(3000)];
    let given =
        ImpactReply { question: nasty(150), answer: nasty(75), severity: incident.severity };
    incident.assessment = Some(Assessment { proposed: incident.severity, answers: vec![given; 5] });
    incident.postmortem = Postmortem::Drafted {
        url: format!("https://notion.example.com/{}", "x".repeat(370)),
        page_id: String::new(),
    };
    incident
}

#[test]
fn whatever_people_write_every_message_keeps_the_limits_and_pings_nobody() {
    let mut policy = policy();
    policy.domains[0].name = nasty(500);
    policy.severities[1].meaning = nasty(500);
    policy.slash_command = "/incident".to_owned();
    let over = (at("10:02"), at("11:00"));
    let stages = [
        Stage::Open,
        Stage::Investigating,
        Stage::Fixing,
        Stage::Monitoring,
        Stage::Recovered { recovered_at: over.0, settled: false },
        Stage::Recovered { recovered_at: over.0, settled: true },
        Stage::Closed { recovered_at: over.0, closed_at: over.1 },
        Stage::Dismissed { dismissed_at: over.1, reason: Dismissal::FalsePositive },
    ];
    for stage in stages {
        let incident = crowded(stage, &policy);
        let mut vacant = incident.clone();
        vacant.roles.clear();
        let wordy = nasty(3000);
        let crowd = News { since: at("09:00"), events: crowd_of_events() };
        let unknown = Refusal::UnknownDomain { given: nasty(3000), known: nasty(3000) };
        let mut sent = vec![
            messages::brief(&incident, &policy),
            messages::brief(&vacant, &policy),
            messages::broadcast(&incident, &policy),
            messages::info(&incident, &policy),
            messages::info(&vacant, &policy),
            messages::greeting(&incident, &policy, &malik(), None, at("09:20")),
            messages::greeting(&vacant, &policy, &malik(), None, at("09:20")),
            messages::greeting(&vacant, &policy, &malik(), Some(&crowd), at("09:20")),
            messages::catch_up(&incident, &crowd.events, Some(&crowd), &policy, at("09:20")),
            messages::timeline(
                &incident,
                &crowd.events,
                &policy,
                TimelinePage { back: 2, all: true },
                at("09:20"),
            ),
            messages::refusal(&unknown, Some(&incident)),
            messages::fault(&wordy, Some(&incident)),
            messages::opening(&incident, &policy),
            messages::opening_by_line(
                &incident,
                &understand(&wordy, &policy),
                &[incident.clone(), incident.clone(), incident.clone()],
                &policy,
            ),
            messages::offered(&wordy, Some(&incident), &policy),
            messages::let_in(&incident),
            messages::link_back(&incident, &policy),
            messages::not_linked_back(&incident),
            messages::which_domain(
                &wordy,
                &policy.domains.iter().collect::<Vec<_>>(),
                &incident,
                &policy,
            ),
            messages::opened(&incident),
            messages::done(&wordy, &incident),
            messages::posted(&incident),
            messages::noted(&wordy, at("09:04"), &incident),
            messages::snoozed(&incident, at("09:50")),
            messages::reminder(&incident, at("09:50")),
            messages::help(None, Some(&incident), &policy),
            messages::incomplete(&REGISTRY[0], &wordy, Some(&incident), &policy),
            messages::mistyped(&wordy, Some("resolve"), &wordy, Some(&incident), &policy),
            messages::mistyped(&wordy, None, &wordy, None, &policy),
            messages::list(&vec![incident.clone(); 40], &policy),
            messages::choose(&vec![incident.clone(); 40], &wordy),
            messages::figures(&FiguresSummary {
                heading: wordy.clone(),
                rows: vec![
                    FigureRow {
                        label: wordy.clone(),
                        value: wordy.clone(),
                        beside: wordy.clone()
                    };
                    40
                ],
                notes: vec![wordy.clone(); 40],
                url: Some(wordy.clone()),
            }),
        ];
        let by = Actor::in_slack(PersonId(nasty(300)));
        let notices = [
            Notice::Update {
                text: wordy.clone(),
                by: by.clone(),
                stage: StageName::Fixing,
                next_due: Some(at("09:40")),
            },
            Notice::UpdateWanted { due: at("09:40") },
            Notice::Recovered { by: by.clone(), at: at("10:02") },
            Notice::Reopened { by: by.clone(), reason: wordy.clone() },
            Notice::Dismissed { by, reason: Dismissal::Mistake },
            Notice::PostmortemReady { url: wordy.clone() },
            Notice::AlertResolved { title: wordy.clone(), at: at("10:01") },
            Notice::NotInvited {
                people: vec![Absentee { who: wordy.clone(), why: wordy.clone() }; 40],
            },
            Notice::Trouble { what: wordy.clone(), why: wordy.clone() },
        ];
        let all = "{number} {severity} {domain} {summary} {channel} {link} ".repeat(25);
        let longest = Template::read(&all, &Placeholder::ALL).expect("a template");
        sent.push(messages::step_post(&longest, &incident, &policy));
        for notice in &notices {
            for audience in [Audience::Channel, Audience::Followers] {
                sent.push(messages::notice(notice, &incident, &policy, audience));
            }
        }
        for (position, message) in sent.iter().enumerate() {
            let name = format!("message {position} at {}", incident.stage.name());
            check_message(&name, &message.text, &message.blocks);
            let acts = message
                .blocks
                .iter()
                .any(|block| block["type"] == "actions" || block.get("accessory").is_some());
            assert!(acts, "{name}: no next action");
            // Isolated text closes what it opens, or all that follows would be turned.
            let shown = reading(&message.blocks);
            assert_eq!(
                shown.matches('\u{2068}').count(),
                shown.matches('\u{2069}').count(),
                "{name}"
            );
            assert!(!shown.contains('\u{202e}'), "{name}");
        }
        let topic = messages::topic(&incident, &policy);
        assert!(topic.chars().count() <= 250 && !topic.contains(['<', '>', '\n']), "{topic}");
        check_view("home", &messages::home(&vec![incident.clone(); 40], &nour(), &policy));
    }
}

/// What is new since a moment, to somebody who looked then.
fn news(life: &Life, since: &str) -> News {
    let since = at(since);
    let events = told(&life.events).into_iter().filter(|event| event.at > since);
    News { since, events: events.collect() }
}

#[test]
fn what_happened_is_told_in_order_and_in_pages() {
    let life = Life::begins().set_up().manned().updated().noted().fixing();
    let events = told(&life.events);
    let page = |back, all| {
        let page = TimelinePage { back, all };
        messages::timeline(&life.incident, &events, &life.policy, page, at("09:20"))
    };
    shows("timeline", &page(0, false));
    shows("timeline_all_earlier", &page(1, true));
    assert_eq!(page(9, true), page(1, true), "a page that is gone is the nearest there is");
    let days_later = "2022-07-02T09:20:00Z".parse().expect("a time");
    let page = TimelinePage::default();
    let later = messages::timeline(&life.incident, &events, &life.policy, page, days_later);
    assert!(later.text.contains("{date_short_pretty}"), "with its day: {}", later.text);
}

#[test]
fn catching_up_tells_what_one_has_to_know_and_what_is_new() {
    let life = Life::begins().set_up().manned().updated().noted().fixing();
    let shown = |news: Option<&News>| {
        let (incident, policy) = (&life.incident, &life.policy);
        messages::catch_up(incident, &told(&life.events), news, policy, at("09:20"))
    };
    shows("catch_up", &shown(None));
    shows("catch_up_again", &shown(Some(&news(&life, "09:10"))));
    let nothing = reading(&shown(Some(&news(&life, "09:15"))).blocks);
    assert!(nothing.contains("Nothing is new since you last looked at"), "{nothing}");
    let (open, policy) = (Life::begins().set_up(), &life.policy);
    let open = messages::catch_up(&open.incident, &told(&open.events), None, policy, at("09:04"));
    shows("catch_up_open", &open);
}

#[test]
fn who_returns_is_told_what_is_new_to_them() {
    let life = Life::begins().set_up().manned().updated().noted();
    let news = news(&life, "09:10");
    let (incident, policy) = (&life.incident, &life.policy);
    let greeting = messages::greeting(incident, policy, &ines(), Some(&news), at("09:20"));
    shows("greeting_returning", &greeting);
}

/// Events about which everybody wrote as much as they could.
fn crowd_of_events() -> Vec<Recorded> {
    let wordy = || nasty(3000);
    let files = vec![SharedFile { name: wordy(), link: Some(wordy()) }; 10];
    let said = Said { text: wordy(), files, edited: None };
    let ts = "1656580080.000400".to_owned();
    let kinds = [
        Event::NoteAdded { text: wordy() },
        Event::MessageCaptured { ts, said, link: Some(wordy()) },
        Event::UpdatePosted { text: wordy(), next_due: None },
        Event::GivenUp { effect: "invite".to_owned(), what: wordy(), why: wordy() },
        Event::RoleTaken { role: Role::IncidentManager, person: PersonId(nasty(300)) },
    ];
    let recorded = |(version, event): (u32, Event)| Recorded {
        version,
        at: at("09:10"),
        happened_at: at("09:10"),
        by: Actor::monitor(nasty(300)),
        event,
    };
    (0..).zip(kinds.into_iter().cycle().take(60)).map(recorded).collect()
}

#[test]
fn a_summary_of_usual_length_comes_through_intact() {
    let mut life = Life::begins().set_up();
    let summary = "الدفع متوقف & <b>checkout</b> 👩‍👧 snake_case *x* ".repeat(4);
    let summary = summary.trim();
    assert!(summary.chars().count() <= 200);
    summary.clone_into(&mut life.incident.summary);
    for message in [
        messages::brief(&life.incident, &life.policy),
        messages::broadcast(&life.incident, &life.policy),
        messages::info(&life.incident, &life.policy),
        messages::greeting(&life.incident, &life.policy, &malik(), None, at("09:20")),
        messages::opened(&life.incident),
    ] {
        assert!(reading(&message.blocks).contains(summary));
        assert!(seen(&message.text).contains(summary));
    }
}

#[test]
fn a_domain_that_is_no_longer_configured_is_shown_by_its_key() {
    let mut life = Life::begins().set_up();
    life.incident.domain = DomainKey("gone".to_owned());
    assert!(
        reading(&messages::brief(&life.incident, &life.policy).blocks).contains("Domain* gone")
    );
}
