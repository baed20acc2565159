//! The commands, from the registry: all of them, one of them, or one that was typed incompletely.

use sima_incident::{Incident, Policy};

use super::{
    Message, blocks, buttons,
    escape::{line, plain_line},
};
use crate::{
    actions::Action,
    commands::{REGISTRY, Spec, Where},
};

/// Help on everything, or on one command.
pub fn help(about: Option<&'static Spec>, incident: Option<&Incident>, policy: &Policy) -> Message {
    match about {
        Some(spec) => one(spec, incident, policy),
        None => all(incident, policy),
    }
}

/// Says what a command needs that was typed without.
pub fn incomplete(
    spec: &'static Spec,
    why: &str,
    incident: Option<&Incident>,
    policy: &Policy,
) -> Message {
    let mut message = one(spec, incident, policy);
    if let Some(steps) =
        incident.and_then(|incident| blocks::actions(meant(spec, incident, policy)))
    {
        message.blocks.insert(0, steps);
    }
    let why = line(why, 500);
    message.blocks.insert(0, blocks::section(&why));
    message.text = format!("{why} For example: {}", example(spec, policy));
    message
}

fn all(incident: Option<&Incident>, policy: &Policy) -> Message {
    let mut shown = vec![blocks::header("What you can ask of SIMA")];
    shown.extend(group("Anywhere", Where::Anywhere, policy));
    shown.extend(group("In an incident channel", Where::Incident, policy));
    shown.push(blocks::context(
        "Everything is a button somewhere too. Words like `resolve` or `status` are understood.",
    ));
    let steps = match incident {
        Some(incident) => {
            let mut steps = buttons::next_steps(incident);
            steps.push(buttons::info(incident));
            steps
        }
        None => vec![
            buttons::first("🚨 Open an incident", &Action::OpenForm),
            buttons::button("Open incidents", &Action::ListIncidents),
            buttons::button("Figures", &Action::ShowFigures),
        ],
    };
    shown.extend(blocks::actions(steps));
    let words: Vec<&str> = REGISTRY.iter().map(|spec| spec.word).collect();
    Message {
        text: format!("{} understands: {}", line(&policy.slash_command, 40), words.join(", ")),
        blocks: shown,
    }
}

/// The longest paragraph of commands: Slack takes 3,000 characters.
const PARAGRAPH: usize = 2_500;

/// The commands of one place, under a heading, in as many paragraphs as it takes.
fn group(heading: &str, place: Where, policy: &Policy) -> Vec<serde_json::Value> {
    let mut paragraphs = vec![format!("*{heading}*")];
    for spec in REGISTRY.iter().filter(|spec| spec.place == place) {
        let told = format!("`{}` {}", usage(spec, policy), line(spec.help, 120));
        match paragraphs.last_mut() {
            Some(last) if last.chars().count() + told.chars().count() < PARAGRAPH => {
                last.push('\n');
                last.push_str(&told);
            }
            _ => paragraphs.push(told),
        }
    }
    paragraphs.iter().map(|paragraph| blocks::section(paragraph)).collect()
}

fn one(spec: &'static Spec, incident: Option<&Incident>, policy: &Policy) -> Message {
    let mut lines = vec![
        format!("`{}`", usage(spec, policy)),
        format!("{}.", line(spec.help, 120)),
        format!("For example: `{}`", example(spec, policy)),
    ];
    if !spec.synonyms.is_empty() {
        lines.push(format!("Also: {}", spec.synonyms.join(", ")));
    }
    let told = lines.join("\n");
    let shown = vec![blocks::section(&told)];
    let mut steps = Vec::new();
    if let Some(incident) = incident {
        steps.push(buttons::info(incident));
    }
    steps.push(buttons::button(
        "All commands",
        &Action::ShowHelp(incident.map(|incident| incident.id)),
    ));
    Message {
        text: format!("{}: {}", usage(spec, policy), line(spec.help, 120)),
        blocks: shown.into_iter().chain(blocks::actions(steps)).collect(),
    }
}

/// What somebody probably means who typed a command without what it needs.
fn meant(spec: &Spec, incident: &Incident, policy: &Policy) -> Vec<serde_json::Value> {
    let run = |label: &str, text: String| {
        buttons::button(label, &Action::RunCommand { incident: Some(incident.id), text })
    };
    match spec.word {
        "severity" => policy
            .severities
            .iter()
            .filter(|rule| rule.severity != incident.severity)
            .take(5)
            .map(|rule| run(&rule.severity.to_string(), format!("severity {}", rule.severity)))
            .collect(),
        "domain" => policy
            .domains
            .iter()
            .filter(|domain| domain.key != incident.domain)
            .take(8)
            .map(|domain| run(&domain.name, format!("domain {}", domain.key)))
            .collect(),
        "impact" => vec![run("Nobody knows yet", "impact unknown".to_owned())],
        "role" | "im" | "cl" => buttons::vacancies(incident),
        "stage" | "recover" | "close" => buttons::next_steps(incident),
        "dismiss" => buttons::dismissal(incident).into_iter().collect(),
        _ => Vec::new(),
    }
}

/// How it is typed.
fn usage(spec: &Spec, policy: &Policy) -> String {
    let command = plain_line(&policy.slash_command, 40);
    format!("{command} {} {}", spec.word, spec.arguments).trim_end().to_owned()
}

/// One thing one may type.
fn example(spec: &Spec, policy: &Policy) -> String {
    format!("{} {}", plain_line(&policy.slash_command, 40), spec.example)
}
