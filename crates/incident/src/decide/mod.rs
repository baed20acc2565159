//! Decides what a command makes true. Reads nothing but its arguments.
//!
//! To add a command: a variant of [`Command`], an arm in `change`, and its rule in the file of its
//! kind: `stages`, `edits`, `times`, or one of its own.

mod alerts;
mod declare;
mod edits;
mod escalate;
mod frontline;
mod known;
mod outcomes;
mod pager;
mod people;
mod promise;
mod stages;
mod texts;
mod timeline;
mod times;

use jiff::Timestamp;

use crate::{Actor, Command, Event, Incident, Policy, Recorded, Refusal};
use alerts::note_alerts;
use declare::declare;
use edits::{drop_role, edit, set_severity};
use escalate::escalate;
use outcomes::note;
use pager::{note_pager, page_again, page_for_reopening, page_for_severity};
use people::{invite, make_private};
use promise::{made_good, mind_promise, post_update, snooze};
use stages::{
    acknowledge, at_work, close, dismiss, identify, mitigate, not_dismissed, recover, reopen,
    settle,
};
use timeline::{add_note, follow_message, mark_message, unmark_message};
use times::{correct_time, latest};

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
        (Some(incident), command) => change(incident, command, by, now, policy)?,
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

/// Changes an incident that is there.
fn change(
    incident: &Incident,
    command: Command,
    by: &Actor,
    now: Timestamp,
    policy: &Policy,
) -> Result<Vec<Decided>, Refusal> {
    match command {
        Command::Declare(_) => Err(Refusal::AlreadyDeclared),
        Command::Acknowledge => acknowledge(incident).map(|event| at(now, event)),
        Command::Identify => identify(&incident.stage).map(|event| at(now, event)),
        Command::Mitigate => mitigate(&incident.stage).map(|event| at(now, event)),
        Command::Recover { at } => {
            let recovered = recover(incident, at, now)?;
            // Everybody who waits for an update hears that it is over.
            Ok(made_good(incident, now).into_iter().chain(recovered).collect())
        }
        Command::Settle { link_key } => settle(incident, &link_key, now, policy),
        Command::Close => close(&incident.stage).map(|event| at(now, event)),
        Command::Reopen { reason } => {
            let mut decided = at(now, reopen(&incident.stage, &reason)?);
            decided.extend(page_for_reopening(incident, policy).map(|event| (event, now)));
            Ok(decided)
        }
        Command::Dismiss(reason) => dismiss(incident, reason).map(|event| at(now, event)),
        Command::SetSeverity(severity) => {
            let mut decided = at(now, set_severity(incident, severity, policy)?);
            let call = page_for_severity(incident, severity, policy);
            decided.extend(call.map(|event| (event, now)));
            Ok(decided)
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
        Command::TakeRole { role, person } => {
            at_work(&incident.stage)?;
            match incident.holder(role) {
                None => Ok(at(now, Event::RoleTaken { role, person })),
                Some(holder) if *holder == person => {
                    Err(Refusal::AlreadySo(format!("you are {} already", role.name())))
                }
                Some(_) => Err(Refusal::RoleHeld(role)),
            }
        }
        Command::GiveRole { role, to } => {
            at_work(&incident.stage)?;
            if incident.holder(role) == Some(&to) {
                return Err(Refusal::AlreadySo(format!("that person is already {}", role.name())));
            }
            Ok(at(now, Event::RoleTaken { role, person: to }))
        }
        Command::DropRole(role) => drop_role(incident, role).map(|event| at(now, event)),
        Command::PostUpdate { text: given, next_due } => {
            post_update(incident, &given, next_due, now)
        }
        Command::MindPromise { update, spoken_at } => {
            Ok(mind_promise(incident, update, spoken_at, now, policy))
        }
        Command::SnoozeReminder { person, until } => {
            snooze(incident, person, until, now).map(|event| at(now, event))
        }
        Command::AddNote { text, at } => add_note(&text, at, now),
        Command::MarkMessage { ts } => Ok(mark_message(incident, ts, now)),
        Command::UnmarkMessage { ts } => Ok(unmark_message(incident, ts, now)),
        Command::FollowMessage { ts, change } => Ok(follow_message(incident, ts, change, now)),
        Command::Escalate { to, reason } => {
            escalate(incident, to, &reason, policy).map(|event| at(now, event))
        }
        Command::PageAgain { after } => {
            Ok(page_again(incident, after, policy).map_or_else(Vec::new, |event| at(now, event)))
        }
        Command::Invite { people } => invite(incident, people, by).map(|event| at(now, event)),
        Command::MakePrivate { link_key } => make_private(incident, &link_key, now, policy),
        Command::ReportCustomers { customers, example } => {
            frontline::report(incident, customers, example.as_deref(), by)
                .map(|event| at(now, event))
        }
        Command::AskQuestion { text } => frontline::ask(incident, &text, by)
            .map(|asked| asked.map_or_else(Vec::new, |event| at(now, event))),
        Command::AnswerQuestions { questions, text, publicly } => {
            frontline::answer(incident, &questions, &text, publicly, by).map(|event| at(now, event))
        }
        Command::ApproveWording { text } => {
            frontline::approve(incident, &text, by).map(|event| at(now, event))
        }
        Command::NoteJoin(person) => Ok(at(now, Event::PersonJoined { person, invited: false })),
        Command::NoteInvited(person) => Ok(at(now, Event::PersonJoined { person, invited: true })),
        Command::NoteAlerts(alerts) => Ok(note_alerts(incident, alerts, now, policy)),
        Command::NotePager(told) => Ok(note_pager(incident, told, now)),
        Command::Note(receipt) => Ok(note(incident, receipt, now)),
        Command::NoteGivenUp { effect, what, why } => {
            Ok(at(now, Event::GivenUp { effect, what, why }))
        }
    }
}

/// One event that is true from now on.
fn at(now: Timestamp, event: Event) -> Vec<Decided> {
    vec![(event, now)]
}
