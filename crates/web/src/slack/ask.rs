//! What a person asks, typed or pressed, becomes a command at the desk and a reply.

use serde_json::Value;
use sima_desk::{Opened, Opening};
use sima_incident::{
    Actor, Command, Incident, IncidentId, Kind, PersonId, Refusal, Role, Visibility,
};
use sima_slack::{
    commands::{self, Asked, Next},
    messages::{self, TimelinePage},
    modals::{self, Kept, Prefill},
};
use sima_store::{Delivery, StoreError};

use super::{
    drafting, escalate, figures, frontline, look, note, on_call,
    reply::{self, Reply},
};
use crate::App;

/// Who asks, and where.
pub struct Asker {
    /// Who.
    pub person: PersonId,
    /// In which channel, if in one.
    pub channel: Option<String>,
    /// About which incident, if a button said so.
    pub incident: Option<IncidentId>,
    /// Where an answer may be sent.
    pub response_url: Option<String>,
    /// What a form can be opened with, for three seconds.
    pub trigger_id: String,
    /// In which window, if in one: an answer takes its place.
    pub window: Option<String>,
    /// The vendor's id of this request.
    pub delivery: Option<Delivery>,
}

impl Asker {
    /// The person as an actor.
    pub fn actor(&self) -> Actor {
        Actor::in_slack(self.person.clone())
    }
}

/// Does what was asked. `text` is what was typed, for a button that runs it elsewhere.
pub async fn ask(app: &App, asked: Asked, text: &str, asker: &Asker) -> Reply {
    let incident = match incident_meant(app, asker).await {
        Ok(incident) => incident,
        Err(error) => return Reply::Say(reply::to_unread(&error)),
    };
    let policy = app.desk.policy();
    match asked {
        Asked::Open { line } if line.is_empty() => {
            Reply::Show(opening_form(app, asker, &Prefill::default()))
        }
        Asked::Open { line } => open(app, asker, &line, false).await,
        Asked::Practise { line } if line.is_empty() => {
            let prefill = Prefill { drill: true, ..Prefill::default() };
            Reply::Show(opening_form(app, asker, &prefill))
        }
        Asked::Practise { line } => open(app, asker, &line, true).await,
        Asked::Instead(what) => Reply::Say(messages::instead(what, incident.as_ref(), policy)),
        Asked::Info { number: Some(number) }
        | Asked::Timeline { number: Some(number), .. }
        | Asked::CatchUp { number: Some(number) } => {
            match app.desk.store().incident_numbered(number).await {
                Ok(Some(found)) if may_see(&found, incident.as_ref()) => {
                    about(app, asked, asker, &found).await
                }
                Ok(_) => Reply::Say(messages::refusal(&Refusal::NoSuchIncident, None)),
                Err(error) => Reply::Say(reply::to_unread(&error)),
            }
        }
        Asked::List => match app.desk.store().live_incidents().await {
            Ok(live) => Reply::Say(messages::list(&listed(live), policy)),
            Err(error) => Reply::Say(reply::to_unread(&error)),
        },
        Asked::Metrics => figures::reply(app).await,
        Asked::OnCall { domain } => on_call::reply(app, &domain, asker, incident.as_ref()),
        Asked::Help { about } => Reply::Say(messages::help(about, incident.as_ref(), policy)),
        Asked::Incomplete { command, why } => {
            Reply::Say(messages::incomplete(command, &why, incident.as_ref(), policy))
        }
        Asked::Mistyped { given, nearest, rest } => {
            Reply::Say(messages::mistyped(&given, nearest, &rest, incident.as_ref(), policy))
        }
        Asked::Info { number: None }
        | Asked::Timeline { number: None, .. }
        | Asked::CatchUp { number: None }
        | Asked::Update { .. }
        | Asked::Note { .. }
        | Asked::Domain { .. }
        | Asked::Change(_)
        | Asked::Recover { .. }
        | Asked::GiveRole { .. }
        | Asked::Escalate { .. }
        | Asked::Invite { .. }
        | Asked::Private { .. }
        | Asked::Postmortem
        | Asked::Report { .. }
        | Asked::Question { .. }
        | Asked::Answer { .. }
        | Asked::Wording
        | Asked::WordingForm
        | Asked::ApproveWording { .. }
        | Asked::ReopenForm
        | Asked::DismissForm => match incident {
            Some(incident) => about(app, asked, asker, &incident).await,
            None => offer(app, text, &asker.person).await,
        },
    }
}

/// Does what was asked about one incident.
async fn about(app: &App, asked: Asked, asker: &Asker, incident: &Incident) -> Reply {
    let policy = app.desk.policy();
    let now = app.desk.clock().now();
    let command = match asked {
        Asked::Update { text, .. } if text.is_empty() => {
            return Reply::Show(modals::update(incident, policy));
        }
        Asked::Update { text, next } => {
            let usual = policy.severity(incident.severity).map(|rule| rule.update_every);
            let wait = match next {
                Next::Usual => usual.filter(|_| incident.stage.is_live()),
                Next::In(wait) => Some(wait),
                Next::Unpromised => None,
            };
            let next_due = wait.and_then(|wait| now.checked_add(wait).ok());
            Command::PostUpdate { text, next_due }
        }
        Asked::Note { text, when } if text.is_empty() => {
            return Reply::Show(modals::note(incident, when));
        }
        Asked::Note { text, when } => {
            return note::add(app, text, when, asker, incident).await;
        }
        Asked::Timeline { all, .. } => {
            let page = TimelinePage { back: 0, all };
            let shown = look::timeline(app, incident, page, &asker.person).await;
            return shown.map_or_else(|reply| reply, Reply::Say);
        }
        Asked::CatchUp { .. } => {
            let shown = look::catch_up(app, incident, &asker.person).await;
            return shown.map_or_else(|reply| reply, Reply::Say);
        }
        Asked::Change(command) => command,
        Asked::Domain { given } => match commands::domain_named(&given, policy) {
            Ok(domain) => {
                Command::Edit { summary: None, description: None, domain: Some(domain.key.clone()) }
            }
            Err(near) => {
                return Reply::Say(messages::which_domain(&given, &near, incident, policy));
            }
        },
        Asked::Escalate { to, why, page } => {
            match escalate::asked(to, why, page, incident, policy) {
                Ok(command) => command,
                Err(form) => return Reply::Show(form),
            }
        }
        Asked::Recover { ago } if ago.is_zero() => Command::Recover { at: None },
        Asked::Recover { ago } => Command::Recover { at: now.checked_sub(ago).ok() },
        Asked::GiveRole { role, to: Some(to) } => Command::GiveRole { role, to },
        Asked::GiveRole { role, to: None } => {
            Command::TakeRole { role, person: asker.person.clone() }
        }
        Asked::Invite { people } if people.is_empty() => {
            return Reply::Show(modals::invite(incident));
        }
        Asked::Invite { people } => Command::Invite { people },
        Asked::Private { confirmed: false } if !incident.is_private() => {
            return Reply::Say(messages::make_private(incident));
        }
        Asked::Private { .. } => app.desk.making_private(),
        Asked::Report { .. }
        | Asked::Question { .. }
        | Asked::Answer { .. }
        | Asked::Wording
        | Asked::WordingForm
        | Asked::ApproveWording { .. } => {
            return frontline::typed(app, asked, asker, incident).await;
        }
        Asked::Postmortem => return Reply::Say(messages::postmortem(incident, policy)),
        Asked::ReopenForm => return Reply::Show(modals::reopen(incident)),
        Asked::DismissForm => return Reply::Show(modals::dismiss(incident)),
        Asked::Info { .. }
        | Asked::Open { .. }
        | Asked::Practise { .. }
        | Asked::Instead(_)
        | Asked::Metrics
        | Asked::OnCall { .. }
        | Asked::List
        | Asked::Help { .. }
        | Asked::Incomplete { .. }
        | Asked::Mistyped { .. } => {
            app.desk.looked(incident, &asker.person).await;
            return Reply::Say(messages::info(incident, policy));
        }
    };
    change(app, command, asker, incident).await
}

/// Carries out a change and says, to the person alone, what came of it.
pub async fn change(app: &App, command: Command, asker: &Asker, incident: &Incident) -> Reply {
    let told = in_words(&command, &asker.person);
    let posts = matches!(command, Command::PostUpdate { .. });
    let delivery = asker.delivery.clone();
    match app.desk.carry_out(incident.id, command, &asker.actor(), delivery).await {
        Ok(after) if posts => Reply::Say(messages::posted(&after)),
        Ok(after) => Reply::Say(messages::done(&told, &after)),
        Err(error) => Reply::Say(reply::to_error(&error, Some(incident))),
    }
}

/// Opens an incident from one line.
async fn open(app: &App, asker: &Asker, line: &str, drill: bool) -> Reply {
    let policy = app.desk.policy();
    let mut understood = commands::understand(line, policy);
    understood.drill |= drill;
    if understood.summary.is_empty() {
        let prefill = Prefill {
            severity: understood.severity,
            domain: understood.domain,
            private: understood.private,
            drill: understood.drill,
            ..Prefill::default()
        };
        return Reply::Show(opening_form(app, asker, &prefill));
    }
    let opening = Opening {
        severity: understood.severity,
        domain: understood.domain.clone(),
        kind: if understood.drill { Kind::Drill } else { Kind::Real },
        visibility: if understood.private { Visibility::Private } else { Visibility::Company },
        response_url: asker.response_url.clone(),
        ..Opening::of(understood.summary.clone())
    };
    match app.desk.open(opening, &asker.actor(), asker.delivery.clone()).await {
        Ok(Opened::New(incident) | Opened::Before(incident)) => {
            let alike = drafting::alike_but(app, &incident).await;
            Reply::Say(messages::opening_by_line(&incident, &understood, &alike, policy))
        }
        Ok(Opened::HeldBy(_)) => Reply::Nothing,
        Err(error) => Reply::Say(reply::to_error(&error, None)),
    }
}

/// The form that opens an incident; it remembers where the answer goes.
pub fn opening_form(app: &App, asker: &Asker, prefill: &Prefill) -> Value {
    let kept = Kept {
        response_url: asker.response_url.clone(),
        channel: asker.channel.clone(),
        ..Kept::default()
    };
    modals::open(app.desk.policy(), prefill, &kept)
}

/// Offers the live incidents to do it in, for a command typed outside of one.
async fn offer(app: &App, text: &str, person: &PersonId) -> Reply {
    match app.desk.store().live_incidents().await {
        Ok(live) => {
            let mut offered = listed(live);
            // Their own first: those in which they hold a role, and those they opened.
            offered.sort_by_key(|incident| !concerns(incident, person));
            Reply::Say(messages::choose(&offered, text))
        }
        Err(error) => Reply::Say(reply::to_unread(&error)),
    }
}

/// Whether somebody has more to do with an incident than others.
fn concerns(incident: &Incident, person: &PersonId) -> bool {
    incident.roles.values().any(|holder| holder == person)
        || incident.reporter.person() == Some(person)
}

/// The incident a request is about: the one a button names, or the one of the channel.
async fn incident_meant(app: &App, asker: &Asker) -> Result<Option<Incident>, StoreError> {
    let store = app.desk.store();
    match (asker.incident, &asker.channel) {
        (Some(id), _) => {
            let named = store.incident(id).await?;
            Ok(named.filter(|incident| answers_in(incident, asker.channel.as_deref())))
        }
        (None, Some(channel)) => store.incident_in_channel(channel).await,
        (None, None) => Ok(None),
    }
}

/// Whether an incident may be spoken of in a channel. What a button carries could have been made
/// up, so a private incident answers in its own channel alone.
pub fn answers_in(incident: &Incident, channel: Option<&str>) -> bool {
    let own = incident.channel.as_ref().map(|own| own.id.as_str());
    !incident.is_private() || (own.is_some() && own == channel)
}

/// Whether a person may see an incident: a private one only from its own channel, where they are
/// a member or could not have asked.
fn may_see(incident: &Incident, from: Option<&Incident>) -> bool {
    !incident.is_private() || from.is_some_and(|here| here.id == incident.id)
}

/// What may be listed to anybody.
pub fn listed(mut incidents: Vec<Incident>) -> Vec<Incident> {
    incidents.retain(|incident| !incident.is_private());
    incidents
}

/// What was done, for the one who did it.
fn in_words(command: &Command, person: &PersonId) -> String {
    let role = |role: &Role| role.name();
    match command {
        Command::Acknowledge => "You are on it.".into(),
        Command::Identify => "The cause is known: fixing.".into(),
        Command::Mitigate => "The impact has stopped: monitoring.".into(),
        Command::Recover { .. } => "Recovered. The channel is told.".into(),
        Command::Settle { .. } => "The wait is skipped.".into(),
        Command::Close => "Closed.".into(),
        Command::Reopen { .. } => "Reopened.".into(),
        Command::Dismiss(reason) => format!("Dismissed: {reason}."),
        Command::SetSeverity(severity) => format!("It is {severity} now."),
        Command::SetImpact(_) => "The impact is recorded.".into(),
        Command::Edit { .. } => "Changed.".into(),
        Command::CorrectTime { .. } => "The time is corrected.".into(),
        Command::TakeRole { role: of, .. } => format!("You are {} now.", role(of)),
        Command::GiveRole { role: of, to } if to == person => format!("You are {} now.", role(of)),
        Command::GiveRole { role: of, .. } => format!("The {} is named.", role(of)),
        Command::DropRole(of) => format!("Nobody is {} now.", role(of)),
        Command::AddNote { .. } => "It stands on the timeline.".into(),
        Command::PostUpdate { .. } => "Your update is posted.".into(),
        Command::Escalate { .. } => "They are being called, and the channel is told.".into(),
        Command::ReportCustomers { .. } => "Your report is counted.".into(),
        Command::AskQuestion { .. } => "Your question is passed on.".into(),
        Command::AnswerQuestions { .. } => "Answered. All who asked are being told.".into(),
        Command::ApproveWording { .. } => {
            "Approved. Those who follow are told what customers may be told.".into()
        }
        Command::Invite { .. } => "They are being invited.".into(),
        Command::MakePrivate { .. } => {
            "It is private now. The channel says what Slack still shows.".into()
        }
        Command::Declare(_)
        | Command::MindPromise { .. }
        | Command::SnoozeReminder { .. }
        | Command::NoteJoin(_)
        | Command::NoteInvited(_)
        | Command::PageAgain { .. }
        | Command::MarkMessage { .. }
        | Command::UnmarkMessage { .. }
        | Command::FollowMessage { .. }
        | Command::NoteAlerts(_)
        | Command::NotePager(_)
        | Command::Note(_)
        | Command::NoteGivenUp { .. } => "Noted.".into(),
    }
}
