//! The stage: an incident with its document, and a Notion with limits and moods.

pub mod notion;

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sima_incident::{
    Actor, ChannelRef, Command, Connected, Declaration, Domain, DomainKey, Impact, Incident,
    IncidentId, IncidentNumber, Kind, PersonId, Policy, Severity, SeverityRule, Visibility, decide,
    postmortem::{Block, Document, Fact, Section, Span, Text, TimelineRow},
};

pub fn policy() -> Policy {
    let severity = Severity::new(1).expect("1 to 9");
    Policy {
        domains: vec![Domain {
            key: DomainKey("email".into()),
            name: "Email, bulk and single".into(),
            stakeholders: Vec::new(),
            pages: true,
            channel: None,
        }],
        severities: vec![SeverityRule {
            severity,
            meaning: "It hurts".into(),
            pages: true,
            postmortem: true,
            update_every: SignedDuration::from_mins(30),
        }],
        default_domain: DomainKey("email".into()),
        default_severity: severity,
        impact_questions: Vec::new(),
        stability_window: SignedDuration::from_mins(15),
        page_patience: SignedDuration::from_secs(1),
        repage_after: SignedDuration::from_mins(5),
        remind_before: SignedDuration::from_mins(5),
        steps: Vec::new(),
        connected: Connected { chat: true, broadcast: true, pager: true, pages: true },
        time_zone: TimeZone::get("Europe/Rome").expect("a zone of the bundled database"),
        public_url: "https://sima.example".into(),
        slash_command: "/incident".into(),
    }
}

/// INC-42, opened by Inès.
pub fn incident() -> Incident {
    let declaration = Declaration {
        assessment: None,
        id: IncidentId("0190a5c0-0000-7000-8000-00000000002a".parse().expect("a UUID")),
        number: IncidentNumber(42),
        summary: "Outbound email is down".into(),
        description: None,
        domain: DomainKey("email".into()),
        severity: Severity::new(1).expect("1 to 9"),
        impact: Impact::Clients(1200),
        kind: Kind::Real,
        visibility: Visibility::Company,
        started_at: Some(time("2022-06-30T09:00:00Z")),
        detected_at: None,
        channel_name: "incident_06_30_outbound-email".into(),
        alert: None,
        links: Vec::new(),
    };
    let by = Actor::in_slack(PersonId("U0INES".into()));
    let command = Command::Declare(Box::new(declaration));
    let events = decide(None, command, &by, time("2022-06-30T09:09:00Z"), &policy());
    let events = events.expect("the declaration is complete");
    let mut incident = Incident::replay(None, &events).expect("it was declared");
    incident.times.recovered_at = Some(time("2022-06-30T10:02:15Z"));
    incident.channel =
        Some(ChannelRef { id: "C0INC42".into(), name: "incident_06_30_outbound-email".into() });
    incident
}

/// A document with one block of each kind.
pub fn document() -> Document {
    let mut summary = Text::bold("Down");
    summary.0.push(Span::Plain(", see ".into()));
    let summary = summary.and(Text::link("graph", "https://grafana.example/d/abc"));
    document_of(vec![
        Block::Paragraph(summary),
        Block::Facts(vec![Fact { label: "Domain".into(), value: Text::plain("Email") }]),
        Block::Timeline(vec![TimelineRow {
            at: time("2022-06-30T10:05:00Z"),
            happened_at: time("2022-06-30T10:02:00Z"),
            who: "Malik".into(),
            what: "said that the system is back to normal".into(),
        }]),
        Block::Prompt("Why?".into()),
        Block::ToDo(vec![Text::plain("Mend it")]),
    ])
}

/// A document of so many numbered lines, and the heading.
pub fn long_document(lines: usize) -> Document {
    let lines = (1..=lines).map(|line| Text::plain(format!("line {line}"))).collect();
    document_of(vec![Block::Bullets(lines)])
}

fn document_of(blocks: Vec<Block>) -> Document {
    Document {
        title: "INC-42: Outbound email is down".into(),
        zone: policy().time_zone,
        sections: vec![Section { heading: "Summary".into(), blocks }],
    }
}

pub fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}
