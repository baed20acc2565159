//! What every page promises, whatever was written into an incident.

use jiff::SignedDuration;
use maud::Markup;
use sima_incident::{Command, Incident, PersonId, Visibility, postmortem::draft};

use super::{
    Context, GivenUp, Home, List, Refused, Which, channel_on_its_way, home, incident, list,
    not_found, postmortem, refused,
    sample::{Company, Opening, TYPICAL, Told},
};

fn incidents(told: &[Told]) -> Vec<Incident> {
    told.iter().map(|one| one.incident.clone()).collect()
}

fn front(company: &Company, live: &[Told], ended: &[Told], given_up: &[GivenUp]) -> String {
    let figures = company.figures(live.iter().chain(ended));
    let (live, ended) = (incidents(live), incidents(ended));
    let shown = Home {
        live: &live,
        ended: &ended,
        figures: &figures,
        period: "the last 90 days",
        given_up,
    };
    home(&company.context(), &shown).into_string()
}

fn document(context: &Context<'_>, told: &Told) -> Markup {
    let name_of = |person: &PersonId| context.name(person).to_owned();
    let document = draft(&told.incident, &told.events, context.policy, &name_of);
    postmortem(context, &told.incident, &document)
}

/// Every page there is, over a full history.
fn every_page() -> Vec<String> {
    let company = Company::new();
    let context = company.context();
    let (live, ended) = (company.live(), company.ended(12));
    let listed = incidents(&ended);
    let listed = List {
        incidents: &listed,
        which: Which::All,
        older: Some("/incidents?before=20".into()),
        newer: None,
    };
    let mut pages = vec![
        front(&company, &live, &ended, &[]),
        list(&context, &listed).into_string(),
        not_found().into_string(),
        refused(Refused::Closed).into_string(),
        refused(Refused::WrongPassword).into_string(),
        channel_on_its_way(live[0].incident.number).into_string(),
    ];
    for told in live.iter().chain(&ended) {
        pages.push(incident(&context, &told.incident, &told.events).into_string());
        pages.push(document(&context, told).into_string());
    }
    pages
}

#[test]
fn every_page_has_a_language_a_title_one_main_heading_and_a_way_past_the_navigation() {
    for page in every_page() {
        for needed in ["<html lang=\"en\">", "<title>", "<main id=\"main\"", "href=\"#main\""] {
            assert!(page.contains(needed), "{needed} is missing in {page}");
        }
        assert_eq!(page.matches("<h1").count(), 1, "{page}");
    }
}

#[test]
fn no_page_needs_an_inline_style_or_script() {
    for page in every_page() {
        assert!(!page.contains("style="), "{page}");
        assert!(!page.contains("<style"), "{page}");
        assert_eq!(page.matches("<script").count(), 1, "only the one that is served: {page}");
        assert!(page.contains("<script defer src=\"/assets/page.js\"></script>"), "{page}");
    }
}

#[test]
fn what_people_wrote_is_shown_as_they_wrote_it() {
    let company = Company::new();
    let live = company.live();
    let page = front(&company, &live, &[], &[]);
    assert!(page.contains("الدفع متوقف &lt;b&gt;للجميع&lt;/b&gt;"), "{page}");
    let page = incident(&company.context(), &live[0].incident, &live[0].events).into_string();
    assert!(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{page}");
}

#[test]
fn a_link_that_is_no_web_page_leads_nowhere() {
    let company = Company::new();
    let mut told = company.live().remove(0);
    told.incident.links = vec!["javascript:alert(1)".into(), "https://grafana.example/d".into()];
    let page = incident(&company.context(), &told.incident, &told.events).into_string();
    assert!(!page.contains("href=\"javascript:"), "{page}");
    assert!(page.contains("href=\"https://grafana.example/d\""), "{page}");
}

#[test]
fn a_private_incident_is_on_no_page_that_everybody_sees() {
    let company = Company::new();
    let secret = |minutes_ago, then: &[(i64, &str, Command)]| {
        let opening = Opening {
            number: 99,
            minutes_ago,
            summary: "Keys were stolen",
            visibility: Visibility::Private,
            ..TYPICAL
        };
        company.tells(&opening, then)
    };
    let live = [secret(10, &[])];
    let ended = [secret(100, &[(5, "U0MALIK", Command::Recover { at: None })])];
    let shown = incidents(&ended);
    let listed = List { incidents: &shown, which: Which::All, older: None, newer: None };
    let pages =
        [front(&company, &live, &ended, &[]), list(&company.context(), &listed).into_string()];
    for page in pages {
        assert!(!page.contains("stolen") && !page.contains("INC-99"), "{page}");
    }
}

#[test]
fn little_data_is_called_that() {
    let company = Company::new();
    let nothing = front(&company, &[], &[], &[]);
    assert!(nothing.contains("All quiet"), "{nothing}");
    assert_eq!(nothing.matches("Not enough data").count(), 4, "{nothing}");

    let three = front(&company, &[], &company.ended(3), &[]);
    assert!(three.contains("from 4 of 5 incidents"), "{three}");
    assert_eq!(three.matches("not enough data").count(), 3, "no tail of so few: {three}");
    assert!(!three.contains("<svg"), "nor a drawing: {three}");
}

#[test]
fn what_is_missing_is_said_with_its_reason() {
    let company = Company::new();
    let page = front(&company, &company.live(), &company.ended(8), &[]);
    assert!(page.contains("2 still running, 1 without a recorded time"), "{page}");
    assert!(page.contains("1 false positive, 1 dismissed otherwise, 1 drill"), "{page}");
}

#[test]
fn a_promise_says_how_late_it_is() {
    let company = Company::new();
    let page = front(&company, &company.live(), &[], &[]);
    assert!(page.contains("in 14 min"), "{page}");
    assert!(page.contains("5 min late"), "{page}");
}

#[test]
fn one_whose_name_is_not_known_is_shown_by_id() {
    let company = Company::new();
    let late = &company.live()[1];
    let page = incident(&company.context(), &late.incident, &late.events).into_string();
    assert!(page.contains("<bdi>U0UNKNOWN</bdi> acknowledged it"), "{page}");
}

#[test]
fn what_was_given_up_stands_at_the_head() {
    let company = Company::new();
    let at = company.now - SignedDuration::from_mins(4);
    let given_up = [
        GivenUp {
            incident: Some(company.live()[0].incident.number),
            what: "page the on-call person".into(),
            why: Some("the pager refused the routing key".into()),
            at,
        },
        GivenUp { incident: None, what: "post the brief".into(), why: None, at },
    ];
    let page = front(&company, &company.live(), &[], &given_up);
    let (alarm, heading) = (page.find("Could not page the on-call person"), page.find("<h1"));
    assert!(alarm.is_some() && alarm < heading, "{page}");
    assert!(page.contains("for a private incident"), "{page}");
}

#[test]
fn times_are_the_workspaces_and_machines_read_them_too() {
    let company = Company::new();
    let told = &company.live()[0];
    let page = incident(&company.context(), &told.incident, &told.events).into_string();
    assert!(page.contains("Times are in Europe/Paris."), "{page}");
    // Opened at 08:50:12 UTC, which is 10:50 in Paris.
    assert!(page.contains("<time datetime=\"2022-06-30T08:50:12Z\""), "{page}");
    assert!(page.contains(">10:50</time>"), "{page}");
}

#[test]
fn which_incidents_are_listed_is_read_from_the_address() {
    for which in Which::ALL {
        assert_eq!(Which::from_key(which.key()), which);
    }
    assert_eq!(Which::from_key("<script>"), Which::All);
}
