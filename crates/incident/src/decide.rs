//! Decides what a command makes true. Reads nothing but its arguments.

use jiff::Timestamp;

use crate::{
    Actor, AlertState, Command, Declaration, Dismissal, DomainKey, Event, Incident, KeyTime,
    KeyTimes, Policy, Postmortem, Receipt, Recorded, Refusal, Role, Severity, Stage, StageName,
};

/// The longest summary kept, in characters. Longer ones are cut, with the whole text kept as the
/// description if there is none.
pub const MAX_SUMMARY: usize = 200;

/// The longest text kept of a description, an update or a reason, in characters.
pub const MAX_TEXT: usize = 2900;

/// One event decided on, and when it was true.
type Decided = (Event, Timestamp);

/// Decides what a command makes true, at `now`, asked for by `by`.
///
/// An empty answer means that nothing needs to be recorded: the command was a receipt or an alert
/// that tells nothing new.
///
/// # Errors
/// The [`Refusal`] to show to the person who asked; nothing became true.
pub fn decide(
    incident: Option<&Incident>,
    command: Command,
    by: &Actor,
    now: Timestamp,
    policy: &Policy,
) -> Result<Vec<Recorded>, Refusal> {
    let now = incident.map_or(now, |incident| now.max(latest(incident)));
    let decided = match (incident, command) {
        (None, Command::Declare(declaration)) => declare(*declaration, now, policy)?,
        (Some(_), Command::Declare(_)) => return Err(Refusal::AlreadyDeclared),
        (None, _) => return Err(Refusal::NoSuchIncident),
        (Some(incident), command) => change(incident, command, now, policy)?,
    };
    let first = incident.map_or(0, |incident| incident.version);
    Ok((first..)
        .zip(decided)
        .map(|(version, (event, happened_at))| Recorded {
            version,
            at: now,
            happened_at,
            by: by.clone(),
            event,
        })
        .collect())
}

/// The latest time known of an incident. A clock that runs behind the one that recorded it (another
/// replica's, or one set back) waits there, or the times would come out of order.
fn latest(incident: &Incident) -> Timestamp {
    let times = &incident.times;
    let known = [
        times.acknowledged_at,
        times.identified_at,
        times.mitigated_at,
        times.recovered_at,
        times.closed_at,
        incident.outages.last().map(|spell| spell.until.unwrap_or(spell.from)),
    ];
    known.into_iter().flatten().fold(times.opened_at, Timestamp::max)
}

/// Opens an incident.
fn declare(given: Declaration, now: Timestamp, policy: &Policy) -> Result<Vec<Decided>, Refusal> {
    known_domain(&given.domain, policy)?;
    let rule = known_severity(given.severity, policy)?;
    let (summary, overflow) = summary(&given.summary)?;
    let started_at = past(given.started_at, "the start", now)?;
    let detected_at = past(given.detected_at, "the detection", now)?;
    if let (Some(started), Some(detected)) = (started_at, detected_at) {
        in_order("the start", started, "the detection", detected)?;
    }
    let pages = policy.connected.pager
        && given.kind == crate::Kind::Real
        && rule.pages
        && policy.domain(&given.domain).is_some_and(|domain| domain.pages);
    let declared = Event::Declared {
        id: given.id,
        number: given.number,
        summary,
        description: given.description.as_deref().and_then(text).or(overflow),
        domain: given.domain,
        severity: given.severity,
        impact: given.impact,
        kind: given.kind,
        visibility: given.visibility,
        started_at,
        detected_at,
        channel_name: given.channel_name,
        pages,
        links: given.links,
    };
    let mut decided = vec![(declared, now)];
    if let Some(alert) = given.alert {
        let happened_at = alert.state.since().min(now);
        decided.push((
            Event::AlertSeen {
                source: alert.source,
                key: alert.key,
                title: alert.title,
                state: alert.state,
            },
            happened_at,
        ));
    }
    Ok(decided)
}

/// Changes an incident that is there.
fn change(
    incident: &Incident,
    command: Command,
    now: Timestamp,
    policy: &Policy,
) -> Result<Vec<Decided>, Refusal> {
    match command {
        Command::Declare(_) => Err(Refusal::AlreadyDeclared),
        Command::Acknowledge => acknowledge(&incident.stage).map(|event| at(now, event)),
        Command::Identify => identify(&incident.stage).map(|event| at(now, event)),
        Command::Mitigate => mitigate(&incident.stage).map(|event| at(now, event)),
        Command::Recover { at } => recover(incident, at, now),
        Command::Settle => settle(incident, now, policy),
        Command::Close => close(&incident.stage).map(|event| at(now, event)),
        Command::Reopen { reason } => reopen(&incident.stage, &reason).map(|event| at(now, event)),
        Command::Dismiss(reason) => dismiss(incident, reason).map(|event| at(now, event)),
        Command::SetSeverity(severity) => {
            set_severity(incident, severity, policy).map(|event| at(now, event))
        }
        Command::SetImpact(impact) => {
            not_dismissed(&incident.stage)?;
            if incident.impact == impact {
                return Err(Refusal::AlreadySo("the impact is already recorded so".into()));
            }
            Ok(at(now, Event::ImpactChanged { from: incident.impact, to: impact }))
        }
        Command::Edit { summary, description, domain } => {
            edit(incident, summary, description.as_deref(), domain, policy)
                .map(|event| at(now, event))
        }
        Command::CorrectTime { which, at } => correct_time(incident, which, at, now),
        Command::GiveRole { role, to } => {
            at_work(&incident.stage)?;
            if incident.holder(role) == Some(&to) {
                return Err(Refusal::AlreadySo(format!("that person is already {}", role.name())));
            }
            Ok(at(now, Event::RoleTaken { role, person: to }))
        }
        Command::DropRole(role) => drop_role(incident, role).map(|event| at(now, event)),
        Command::PostUpdate { text: given, next_due } => {
            at_work(&incident.stage)?;
            let text = text(&given).ok_or(Refusal::TextMissing("the update"))?;
            if next_due.is_some_and(|due| due <= now) {
                return Err(Refusal::PromiseInThePast);
            }
            Ok(at(now, Event::UpdatePosted { text, next_due }))
        }
        Command::NoteJoin(person) => Ok(at(now, Event::PersonJoined { person })),
        Command::NoteAlert(alert) => {
            let known = incident
                .alerts
                .iter()
                .find(|known| known.source == alert.source && known.key == alert.key);
            // A repeat while it fires, even one that fires anew, changes nothing for people.
            let still_fires = |known: AlertState| {
                matches!(
                    (known, alert.state),
                    (AlertState::Firing { .. }, AlertState::Firing { .. })
                )
            };
            if known.is_some_and(|known| {
                still_fires(known.state) || !alert.state.is_news_after(known.state)
            }) {
                return Ok(Vec::new());
            }
            let happened_at = alert.state.since().min(now);
            let seen = Event::AlertSeen {
                source: alert.source,
                key: alert.key,
                title: alert.title,
                state: alert.state,
            };
            Ok(vec![(seen, happened_at)])
        }
        Command::Note(receipt) => Ok(note(incident, receipt, now)),
        Command::NoteGivenUp { effect, what, why } => {
            Ok(at(now, Event::GivenUp { effect, what, why }))
        }
    }
}

/// A responder takes it, or people go back to looking for the cause.
fn acknowledge(stage: &Stage) -> Result<Event, Refusal> {
    match stage {
        Stage::Open => Ok(Event::Acknowledged),
        Stage::Investigating => Err(Refusal::AlreadyThere(StageName::Investigating)),
        // The first acknowledgement stands; what was thought to be the cause was not.
        Stage::Fixing | Stage::Monitoring => Ok(Event::SteppedBack),
        Stage::Recovered { .. } | Stage::Closed { .. } => Err(Refusal::Over(stage.name())),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// The cause is known. May skip Investigating, and may come back from Monitoring.
fn identify(stage: &Stage) -> Result<Event, Refusal> {
    match stage {
        Stage::Open | Stage::Investigating | Stage::Monitoring => Ok(Event::Identified),
        Stage::Fixing => Err(Refusal::AlreadyThere(StageName::Fixing)),
        Stage::Recovered { .. } | Stage::Closed { .. } => Err(Refusal::Over(stage.name())),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// The impact has stopped. May skip what lies between.
fn mitigate(stage: &Stage) -> Result<Event, Refusal> {
    match stage {
        Stage::Open | Stage::Investigating | Stage::Fixing => Ok(Event::Mitigated),
        Stage::Monitoring => Err(Refusal::AlreadyThere(StageName::Monitoring)),
        Stage::Recovered { .. } | Stage::Closed { .. } => Err(Refusal::Over(stage.name())),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// The system is back to normal, from any stage of work: it may have healed by itself.
fn recover(
    incident: &Incident,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Vec<Decided>, Refusal> {
    match &incident.stage {
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            let recovered_at = past(at, "the recovery", now)?.unwrap_or(now);
            if at.is_some() {
                let times = KeyTimes { recovered_at: Some(recovered_at), ..incident.times.clone() };
                ordered(&times)?;
                let began = incident.outages.last().map_or(times.started(), |spell| spell.from);
                in_order("the outage's start", began, "the recovery", recovered_at)?;
            }
            Ok(vec![(Event::Recovered, recovered_at)])
        }
        Stage::Recovered { .. } => Err(Refusal::AlreadyThere(StageName::Recovered)),
        Stage::Closed { .. } => Err(Refusal::AlreadyThere(StageName::Closed)),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// Ends the stability window: the post-mortem is owed, or nothing is and the incident closes.
fn settle(incident: &Incident, now: Timestamp, policy: &Policy) -> Result<Vec<Decided>, Refusal> {
    match &incident.stage {
        Stage::Recovered { settled: false, .. } => {}
        Stage::Recovered { settled: true, .. } => {
            return Err(Refusal::AlreadySo("the stability window has already ended".into()));
        }
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            return Err(Refusal::NotRecovered(incident.stage.name()));
        }
        Stage::Closed { .. } => return Err(Refusal::AlreadyThere(StageName::Closed)),
        Stage::Dismissed { .. } => return Err(Refusal::Dismissed),
    }
    if let Postmortem::Drafted { .. } = incident.postmortem {
        // Reopened and recovered again: the page that is there serves.
        return Ok(at(now, Event::Settled { postmortem_owed: true }));
    }
    let owed = !incident.is_drill()
        && policy.severity(incident.worst_severity).is_some_and(|rule| rule.postmortem);
    let mut decided = at(now, Event::Settled { postmortem_owed: owed });
    if !owed {
        decided.push((Event::Closed, now));
    } else if incident.is_private() || !policy.connected.pages {
        // Nothing of a private incident goes to a place that others can read.
        let url = kept_postmortem_url(incident, policy);
        decided.push((Event::PostmortemDrafted { url, page_id: String::new() }, now));
    }
    Ok(decided)
}

/// Where SIMA shows a post-mortem it keeps itself. A private one is found by its identity alone,
/// which nobody can guess and only its channel is told.
fn kept_postmortem_url(incident: &Incident, policy: &Policy) -> String {
    if incident.is_private() {
        format!("{}/private/{}/postmortem", policy.public_url, incident.id)
    } else {
        format!("{}/incidents/{}/postmortem", policy.public_url, incident.number.0)
    }
}

/// The learning is done: only once the system is back to normal.
fn close(stage: &Stage) -> Result<Event, Refusal> {
    match stage {
        Stage::Recovered { .. } => Ok(Event::Closed),
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            Err(Refusal::NotRecovered(stage.name()))
        }
        Stage::Closed { .. } => Err(Refusal::AlreadyThere(StageName::Closed)),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// It is not over after all, with a reason.
fn reopen(stage: &Stage, reason: &str) -> Result<Event, Refusal> {
    match stage {
        Stage::Recovered { .. } | Stage::Closed { .. } => {
            let reason = text(reason).ok_or(Refusal::TextMissing("the reason"))?;
            Ok(Event::Reopened { reason })
        }
        Stage::Open | Stage::Investigating | Stage::Fixing | Stage::Monitoring => {
            Err(Refusal::NotOver(stage.name()))
        }
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// It is no incident. Also said of one that is over: its figures go, its history stays.
fn dismiss(incident: &Incident, reason: Dismissal) -> Result<Event, Refusal> {
    match &incident.stage {
        Stage::Open
        | Stage::Investigating
        | Stage::Fixing
        | Stage::Monitoring
        | Stage::Recovered { .. }
        | Stage::Closed { .. } => {
            if reason == Dismissal::DuplicateOf(incident.number) {
                return Err(Refusal::DuplicateOfItself);
            }
            Ok(Event::Dismissed { reason })
        }
        Stage::Dismissed { .. } => Err(Refusal::AlreadyThere(StageName::Dismissed)),
    }
}

/// How bad it is; may be corrected afterwards too.
fn set_severity(
    incident: &Incident,
    severity: Severity,
    policy: &Policy,
) -> Result<Event, Refusal> {
    not_dismissed(&incident.stage)?;
    known_severity(severity, policy)?;
    if incident.severity == severity {
        return Err(Refusal::AlreadySo(format!("the incident is already {severity}")));
    }
    Ok(Event::SeverityChanged { from: incident.severity, to: severity })
}

/// Changes what it says; what is given but equal is no change.
fn edit(
    incident: &Incident,
    given_summary: Option<String>,
    given_description: Option<&str>,
    given_domain: Option<DomainKey>,
    policy: &Policy,
) -> Result<Event, Refusal> {
    not_dismissed(&incident.stage)?;
    if let Some(domain) = &given_domain {
        known_domain(domain, policy)?;
    }
    let new_summary = given_summary.map(|given| summary(&given)).transpose()?.map(|(kept, _)| kept);
    let summary = new_summary.filter(|new| *new != incident.summary);
    let description =
        given_description.and_then(text).filter(|new| Some(new) != incident.description.as_ref());
    let domain = given_domain.filter(|new| *new != incident.domain);
    if summary.is_none() && description.is_none() && domain.is_none() {
        return Err(Refusal::AlreadySo("nothing was changed".into()));
    }
    Ok(Event::Edited { summary, description, domain })
}

/// Sets a key time that people know better, as long as the times stay in order.
fn correct_time(
    incident: &Incident,
    which: KeyTime,
    at: Timestamp,
    now: Timestamp,
) -> Result<Vec<Decided>, Refusal> {
    not_dismissed(&incident.stage)?;
    past(Some(at), "a key time", now)?;
    let mut times = incident.times.clone();
    let slot = match which {
        KeyTime::Started => &mut times.started_at,
        KeyTime::Detected => &mut times.detected_at,
        KeyTime::Acknowledged => &mut times.acknowledged_at,
        KeyTime::Identified => &mut times.identified_at,
        KeyTime::Mitigated => &mut times.mitigated_at,
        KeyTime::Recovered => &mut times.recovered_at,
    };
    let from = *slot;
    if from == Some(at) {
        return Err(Refusal::AlreadySo("that time is already recorded so".into()));
    }
    // A recovery is made by recovering, so that the stage and its time cannot part.
    if which == KeyTime::Recovered && from.is_none() {
        return Err(Refusal::NotRecovered(incident.stage.name()));
    }
    *slot = Some(at);
    ordered(&times)?;
    if let (KeyTime::Recovered, Some(spell)) = (which, incident.outages.last()) {
        in_order("the outage's start", spell.from, "the recovery", at)?;
    }
    if let (KeyTime::Started, Some(until)) =
        (which, incident.outages.first().and_then(|spell| spell.until))
    {
        in_order("the start", at, "the first recovery", until)?;
    }
    Ok(vec![(Event::TimeCorrected { which, from, to: at }, at)])
}

/// Leaves a role empty.
fn drop_role(incident: &Incident, role: Role) -> Result<Event, Refusal> {
    match incident.holder(role) {
        Some(person) => Ok(Event::RoleDropped { role, person: person.clone() }),
        None => Err(Refusal::RoleEmpty(role)),
    }
}

/// Records what came of an effect; what is known already is not recorded again.
fn note(incident: &Incident, receipt: Receipt, now: Timestamp) -> Vec<Decided> {
    match receipt {
        Receipt::Channel(channel) if incident.channel.is_none() => {
            at(now, Event::ChannelOpened { channel })
        }
        Receipt::Brief(message) if incident.brief.is_none() => {
            at(now, Event::BriefPosted { message })
        }
        Receipt::Broadcast(message) if incident.broadcast.is_none() => {
            at(now, Event::BroadcastPosted { message })
        }
        Receipt::Page { dedup_key } if !matches!(incident.page, crate::Page::Accepted { .. }) => {
            at(now, Event::Paged { dedup_key })
        }
        Receipt::Postmortem { url, page_id }
            if !matches!(incident.postmortem, Postmortem::Drafted { .. }) =>
        {
            at(now, Event::PostmortemDrafted { url, page_id })
        }
        Receipt::Channel(_)
        | Receipt::Brief(_)
        | Receipt::Broadcast(_)
        | Receipt::Page { .. }
        | Receipt::Postmortem { .. }
        | Receipt::Done => Vec::new(),
    }
}

/// One event that is true from now on.
fn at(now: Timestamp, event: Event) -> Vec<Decided> {
    vec![(event, now)]
}

/// Refuses what only makes sense while people are at it or have just been.
fn at_work(stage: &Stage) -> Result<(), Refusal> {
    match stage {
        Stage::Open
        | Stage::Investigating
        | Stage::Fixing
        | Stage::Monitoring
        | Stage::Recovered { .. } => Ok(()),
        Stage::Closed { .. } => Err(Refusal::Over(StageName::Closed)),
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
    }
}

/// Refuses what makes no sense for something that was no incident.
fn not_dismissed(stage: &Stage) -> Result<(), Refusal> {
    match stage {
        Stage::Dismissed { .. } => Err(Refusal::Dismissed),
        Stage::Open
        | Stage::Investigating
        | Stage::Fixing
        | Stage::Monitoring
        | Stage::Recovered { .. }
        | Stage::Closed { .. } => Ok(()),
    }
}

fn known_domain(domain: &DomainKey, policy: &Policy) -> Result<(), Refusal> {
    if policy.domain(domain).is_some() {
        return Ok(());
    }
    let known: Vec<&str> = policy.domains.iter().map(|domain| domain.key.0.as_str()).collect();
    Err(Refusal::UnknownDomain { given: domain.0.clone(), known: known.join(", ") })
}

fn known_severity(severity: Severity, policy: &Policy) -> Result<&crate::SeverityRule, Refusal> {
    policy.severity(severity).ok_or_else(|| Refusal::UnknownSeverity {
        given: severity.to_string(),
        known: policy
            .severities
            .iter()
            .map(|rule| rule.severity.to_string())
            .collect::<Vec<_>>()
            .join(", "),
    })
}

/// The summary as kept, on one line, and the whole text if it had to be cut.
fn summary(given: &str) -> Result<(String, Option<String>), Refusal> {
    let given = legible(given);
    let line = given.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err(Refusal::SummaryMissing);
    }
    if line.chars().count() <= MAX_SUMMARY {
        return Ok((line, None));
    }
    let kept: String = line.chars().take(MAX_SUMMARY - 1).collect();
    Ok((kept.trim_end().to_owned() + "…", text(&given)))
}

/// A longer text as kept: trimmed, cut at [`MAX_TEXT`]; nothing if it says nothing.
fn text(given: &str) -> Option<String> {
    let given = legible(given);
    let given = given.trim();
    if given.is_empty() {
        return None;
    }
    if given.chars().count() <= MAX_TEXT {
        return Some(given.to_owned());
    }
    let kept: String = given.chars().take(MAX_TEXT - 1).collect();
    Some(kept.trim_end().to_owned() + "…")
}

/// Without control characters: nobody sees them, and PostgreSQL stores no NUL.
fn legible(given: &str) -> String {
    given.chars().filter(|letter| !letter.is_control() || letter.is_whitespace()).collect()
}

fn past(
    given: Option<Timestamp>,
    what: &'static str,
    now: Timestamp,
) -> Result<Option<Timestamp>, Refusal> {
    match given {
        Some(at) if at > now => Err(Refusal::InTheFuture(what)),
        other => Ok(other),
    }
}

fn in_order(
    earlier: &'static str,
    first: Timestamp,
    later: &'static str,
    second: Timestamp,
) -> Result<(), Refusal> {
    if first <= second { Ok(()) } else { Err(Refusal::OutOfOrder { earlier, later }) }
}

/// Refuses key times that cannot all be true. An acknowledgement may come after the recovery: it
/// healed before anybody looked.
fn ordered(times: &KeyTimes) -> Result<(), Refusal> {
    let opened = Some(times.opened_at);
    let started = times.started_at.or(times.detected_at).or(opened);
    let pairs = [
        ("the start", times.started_at, "the detection", times.detected_at),
        ("the start", times.started_at, "the opening", opened),
        ("the detection", times.detected_at, "the opening", opened),
        ("the opening", opened, "the acknowledgement", times.acknowledged_at),
        ("the start", started, "the identification", times.identified_at),
        ("the start", started, "the mitigation", times.mitigated_at),
        ("the mitigation", times.mitigated_at, "the recovery", times.recovered_at),
        ("the start", started, "the recovery", times.recovered_at),
        ("the recovery", times.recovered_at, "the closing", times.closed_at),
    ];
    for (earlier, first, later, second) in pairs {
        if let (Some(first), Some(second)) = (first, second) {
            in_order(earlier, first, later, second)?;
        }
    }
    Ok(())
}
