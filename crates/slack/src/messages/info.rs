//! The incident as it is, for one person: everything the brief says, and what it leaves out.

use sima_incident::{AlertState, Incident, Page, Policy, Postmortem, Role, Update};

use super::{
    Message, assessed, badge, blocks, buttons,
    escape::line,
    frontline, mention,
    moment::{moment, span, time},
};

/// The longest list of alerts or troubles shown; the rest is counted.
const MOST: usize = 4;
/// The most links shown.
const MOST_LINKS: usize = 3;

/// An incident in full.
pub fn info(incident: &Incident, policy: &Policy) -> Message {
    let mut shown =
        vec![blocks::header(&badge::headline(incident)), blocks::title(&incident.summary, 300)];
    if let Some(description) = &incident.description {
        shown.push(blocks::words(description, 2900));
    }
    let meaning = policy.severity(incident.severity).map(|rule| rule.meaning.as_str());
    let severity = meaning.map_or_else(
        || incident.severity.to_string(),
        |meaning| format!("{}: {}", incident.severity, line(meaning, 200)),
    );
    shown.push(blocks::fields(&[
        ("Domain", line(policy.domain_name(&incident.domain), 80)),
        ("Impact", badge::impact(incident.impact)),
        ("Incident manager", mention::holder(incident, Role::IncidentManager)),
        ("Communication lead", mention::holder(incident, Role::CommunicationLead)),
        ("Severity", severity),
        ("On-call", paged(incident)),
    ]));
    shown.extend(assessed::why(incident).map(|why| blocks::context(&why)));
    if let Some(update) = &incident.update {
        shown.push(blocks::words(&update.text, 1200));
        shown.push(blocks::context(&said(update, incident)));
    }
    shown.push(blocks::context(&clock(incident)));
    shown.extend(alerts(incident).map(|alerts| blocks::section(&alerts)));
    shown.extend(reports(incident).map(|reports| blocks::section(&reports)));
    shown.extend(troubles(incident).map(|troubles| blocks::section(&troubles)));
    shown.extend(links(incident).map(|links| blocks::context(&links)));
    let channel = incident.channel.as_ref();
    if let Some(channel) = channel {
        shown.push(blocks::context(&format!("The work happens in {}", mention::channel(channel))));
    }
    let mut steps = buttons::next_steps(incident);
    steps.extend(buttons::escalation(incident));
    steps.extend(frontline::answer_waiting(incident));
    steps.extend(incident.stage.is_live().then(|| buttons::invite(incident)));
    steps.extend(buttons::dismissal(incident));
    steps.push(buttons::catch_up(incident));
    steps.push(buttons::timeline(incident));
    steps.push(buttons::note(incident));
    steps.extend(buttons::page(incident, policy));
    steps.push(buttons::help(Some(incident)));
    shown.extend(blocks::actions(steps));
    Message {
        text: format!("{}: {}", badge::headline(incident), line(&incident.summary, 500)),
        blocks: shown,
    }
}

/// Who said the last update, and when the next is due while people are at work.
pub(super) fn said(update: &Update, incident: &Incident) -> String {
    let next = next_update(incident);
    format!("📣 {} · {}{next}", mention::actor(&update.by), moment(update.at))
}

/// When the next update is due, or was, with its own separator.
pub(super) fn next_update(incident: &Incident) -> String {
    match incident.next_update_due() {
        Some(due) if incident.is_overdue() => {
            format!(" · ⏱️ next update was promised by {}", time(due))
        }
        Some(due) => format!(" · ⏱️ next update by {}", time(due)),
        None => String::new(),
    }
}

/// When each thing was true, as far as it was.
pub(super) fn clock(incident: &Incident) -> String {
    let times = &incident.times;
    let reporter = mention::actor(&incident.reporter);
    let mut told = vec![format!("Opened {} by {reporter}", moment(times.opened_at))];
    let passed = [
        ("started", times.started_at),
        ("acknowledged", times.acknowledged_at),
        ("identified", times.identified_at),
        ("mitigated", times.mitigated_at),
        ("recovered", times.recovered_at),
        ("closed", times.closed_at),
    ];
    told.extend(passed.into_iter().filter_map(|(word, at)| Some(format!("{word} {}", time(at?)))));
    told.extend(times.recovered_at.map(|recovered_at| {
        format!("lasted {}", span(recovered_at.duration_since(times.started())))
    }));
    told.join(" · ")
}

/// Where the page is.
fn paged(incident: &Incident) -> String {
    // Whoever was called last is the one to wait for.
    let last = incident.repages.last().map_or(&incident.page, |repage| &repage.page);
    let how_often = match incident.repages.len() {
        0 => String::new(),
        again => format!(", {} times in all", again + 1),
    };
    match last {
        Page::None => "Nobody was paged".to_owned(),
        Page::Sent => format!("Being paged{how_often}"),
        Page::Accepted { at, .. } => format!("Paged {}{how_often}", time(*at)),
        Page::Failed => "⚠️ The page failed: call them".to_owned(),
    }
}

/// How many alerts belong to it, once there is more than the one it was opened for.
pub(super) fn tally(incident: &Incident) -> Option<String> {
    let tally = incident.tally();
    let firing = match tally.firing {
        0 => "all cleared".to_owned(),
        firing if firing == tally.total => "all firing".to_owned(),
        firing => format!("{} still firing", badge::grouped(firing.into())),
    };
    let total = badge::grouped(tally.total.into());
    (tally.total > 1).then(|| format!("🔔 {total} alerts, {firing}"))
}

/// The alerts that belong to it.
fn alerts(incident: &Incident) -> Option<String> {
    let told = incident.alerts.iter().map(|alert| {
        let title = line(&alert.title, 120);
        let of_them = alert.members.filter(|members| members.total > 1);
        let group = match (alert.state, of_them) {
            (_, None) => String::new(),
            (AlertState::Firing { .. }, Some(all)) => {
                format!(" ({} of {} firing)", all.firing, all.total)
            }
            (AlertState::Resolved { .. }, Some(all)) => format!(" (all {})", all.total),
        };
        match alert.state {
            AlertState::Firing { since } => {
                format!("🔥 firing since {}: {title}{group}", time(since))
            }
            AlertState::Resolved { since } => format!("☑️ cleared {}: {title}{group}", time(since)),
        }
    });
    let heading = tally(incident).unwrap_or_else(|| "Alerts".to_owned());
    some_of(&heading, told.collect())
}

/// What customers say.
fn reports(incident: &Incident) -> Option<String> {
    let heading = frontline::tally(incident)?;
    let told = frontline::reports(incident);
    if told.is_empty() { Some(heading) } else { some_of(&heading, told) }
}

/// What could not be done.
fn troubles(incident: &Incident) -> Option<String> {
    let told = incident.troubles.iter().map(|trouble| {
        format!("⚠️ Could not {}: {}", line(&trouble.what, 100), line(&trouble.why, 150))
    });
    some_of("Troubles", told.collect())
}

/// A headed list, with what is too much of it counted. The last ones count most.
fn some_of(heading: &str, mut lines: Vec<String>) -> Option<String> {
    if lines.is_empty() {
        return None;
    }
    let more = lines.len().saturating_sub(MOST);
    let mut shown = lines.split_off(more);
    if more > 0 {
        shown.push(format!("and {more} more before"));
    }
    Some(format!("*{heading}*\n{}", shown.join("\n")))
}

/// Where it came from and where it leads.
pub(super) fn links(incident: &Incident) -> Option<String> {
    let mut told: Vec<String> = incident
        .links
        .iter()
        .take(MOST_LINKS)
        .enumerate()
        .map(|(at, url)| {
            let label = if at == 0 { "Opened from".to_owned() } else { format!("Link {}", at + 1) };
            mention::link(url, &label)
        })
        .collect();
    // What steps left elsewhere: a call to join, the public status page.
    let left = incident.steps.iter().filter_map(|done| Some((done, done.left.as_ref()?)));
    told.extend(
        left.filter_map(|(done, left)| {
            left.url.as_deref().map(|url| mention::link(url, &done.step))
        }),
    );
    match &incident.postmortem {
        Postmortem::Drafted { url, .. } => told.push(mention::link(url, "Post-mortem")),
        Postmortem::Owed => told.push("Post-mortem: being drafted".to_owned()),
        Postmortem::None => {}
    }
    (!told.is_empty()).then(|| format!("🔗 {}", told.join(" · ")))
}
