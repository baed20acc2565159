//! What a button means: its `action_id` and `value`, written and read in one place.
//!
//! To add a button: give [`Action`] a variant, write it in [`Action::encode`], read it in
//! [`Action::decode`]; the door says what it does.

use serde_json::Value;
use sima_incident::{IncidentId, ProposalId, Role};

/// What somebody asks by pressing a button.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// I am on it.
    Acknowledge(IncidentId),
    /// Show me the form for an update.
    OpenUpdateForm(IncidentId),
    /// Remind me of the promised update later.
    SnoozeReminder {
        /// Of which incident.
        incident: IncidentId,
        /// In how many minutes.
        minutes: u8,
    },
    /// I take that role.
    TakeRole(Role, IncidentId),
    /// The system is back to normal.
    Recover(IncidentId),
    /// End the stability window now.
    SettleNow(IncidentId),
    /// The learning is done.
    Close(IncidentId),
    /// It is not over: show me the form that asks why.
    OpenReopenForm(IncidentId),
    /// It is no incident: show me the form that asks why.
    OpenDismissForm(IncidentId),
    /// Something is to stand on the timeline: show me the form that asks what and when.
    OpenNoteForm(IncidentId),
    /// Somebody else is wanted: show me the form that asks whom.
    OpenEscalateForm(IncidentId),
    /// Show me the incident as it is.
    ShowInfo(IncidentId),
    /// Tell me what I have to know now.
    CatchUp(IncidentId),
    /// Show me what happened.
    ShowTimeline(IncidentId),
    /// Show me another page of what happened, in the place of this one.
    TurnTimeline {
        /// Of which incident.
        incident: IncidentId,
        /// How many pages before the last.
        back: u32,
        /// Whether everything is wanted, not only what matters.
        all: bool,
    },
    /// Show me the commands; about an incident if the button stood in one.
    ShowHelp(Option<IncidentId>),
    /// Show me the open incidents.
    ListIncidents,
    /// Show me the figures.
    ShowFigures,
    /// Show me the form that opens an incident.
    OpenForm,
    /// Let me into that one instead of opening another.
    JoinInstead(IncidentId),
    /// Do as if I had typed this after the slash command.
    RunCommand {
        /// About which incident, where the button stands for one.
        incident: Option<IncidentId>,
        /// What would have been typed, still as Slack escaped it.
        text: String,
    },
    /// What a monitor saw is an incident.
    OpenProposed(ProposalId),
    /// It is none.
    DismissProposed(ProposalId),
    /// A link was followed: nothing to do.
    FollowLink,
}

/// The longest value of a button, in characters (Block Kit, button, 2026-01).
const MAX_VALUE: usize = 2000;

impl Action {
    /// The `action_id` and the `value`.
    pub fn encode(&self) -> (&'static str, String) {
        let one = |incident: &IncidentId| incident.to_string();
        match self {
            Self::Acknowledge(incident) => ("acknowledge", one(incident)),
            Self::OpenUpdateForm(incident) => ("open_update_form", one(incident)),
            Self::SnoozeReminder { incident, minutes } => {
                ("snooze_reminder", format!("{incident} {minutes}"))
            }
            Self::TakeRole(Role::IncidentManager, incident) => {
                ("take_incident_manager", one(incident))
            }
            Self::TakeRole(Role::CommunicationLead, incident) => {
                ("take_communication_lead", one(incident))
            }
            Self::Recover(incident) => ("recover", one(incident)),
            Self::SettleNow(incident) => ("settle_now", one(incident)),
            Self::Close(incident) => ("close", one(incident)),
            Self::OpenReopenForm(incident) => ("open_reopen_form", one(incident)),
            Self::OpenDismissForm(incident) => ("open_dismiss_form", one(incident)),
            Self::OpenNoteForm(incident) => ("open_note_form", one(incident)),
            Self::OpenEscalateForm(incident) => ("open_escalate_form", one(incident)),
            Self::ShowInfo(incident) => ("show_info", one(incident)),
            Self::CatchUp(incident) => ("catch_up", one(incident)),
            Self::ShowTimeline(incident) => ("show_timeline", one(incident)),
            Self::TurnTimeline { incident, back, all } => {
                ("turn_timeline", format!("{incident} {back} {}", if *all { "all" } else { "-" }))
            }
            Self::ShowHelp(incident) => {
                ("show_help", incident.as_ref().map_or_else(|| "-".to_owned(), one))
            }
            Self::ListIncidents => ("list_incidents", "-".to_owned()),
            Self::ShowFigures => ("show_figures", "-".to_owned()),
            Self::OpenForm => ("open_form", "-".to_owned()),
            Self::JoinInstead(incident) => ("join_instead", one(incident)),
            Self::RunCommand { incident, text } => {
                let incident = incident.as_ref().map_or_else(|| "-".to_owned(), one);
                let value: String = format!("{incident} {text}").chars().take(MAX_VALUE).collect();
                ("run_command", value)
            }
            Self::OpenProposed(proposal) => ("open_proposed", proposal.to_string()),
            Self::DismissProposed(proposal) => ("dismiss_proposed", proposal.to_string()),
            Self::FollowLink => ("follow_link", "-".to_owned()),
        }
    }

    /// Reads a pressed button. Nothing if it is none of ours, or carries what ours never carry.
    pub fn decode(action_id: &str, value: &str) -> Option<Self> {
        // Buttons of one kind side by side are told apart by a number: `run_command:2`.
        let kind = action_id.split_once(':').map_or(action_id, |(kind, _)| kind);
        Some(match kind {
            "acknowledge" => Self::Acknowledge(incident(value)?),
            "open_update_form" => Self::OpenUpdateForm(incident(value)?),
            "snooze_reminder" => {
                let (about, minutes) = value.split_once(' ')?;
                let minutes = minutes.parse().ok().filter(|minutes| *minutes > 0)?;
                Self::SnoozeReminder { incident: incident(about)?, minutes }
            }
            "take_incident_manager" => Self::TakeRole(Role::IncidentManager, incident(value)?),
            "take_communication_lead" => Self::TakeRole(Role::CommunicationLead, incident(value)?),
            "recover" => Self::Recover(incident(value)?),
            "settle_now" => Self::SettleNow(incident(value)?),
            "close" => Self::Close(incident(value)?),
            "open_reopen_form" => Self::OpenReopenForm(incident(value)?),
            "open_dismiss_form" => Self::OpenDismissForm(incident(value)?),
            "open_note_form" => Self::OpenNoteForm(incident(value)?),
            "open_escalate_form" => Self::OpenEscalateForm(incident(value)?),
            "show_info" => Self::ShowInfo(incident(value)?),
            "catch_up" => Self::CatchUp(incident(value)?),
            "show_timeline" => Self::ShowTimeline(incident(value)?),
            "turn_timeline" => {
                let mut words = value.split(' ');
                let (id, back) = (incident(words.next()?)?, words.next()?.parse().ok()?);
                Self::TurnTimeline { incident: id, back, all: words.next()? == "all" }
            }
            "show_help" => Self::ShowHelp(incident(value)),
            "list_incidents" => Self::ListIncidents,
            "show_figures" => Self::ShowFigures,
            "open_form" => Self::OpenForm,
            "join_instead" => Self::JoinInstead(incident(value)?),
            "run_command" => {
                let (about, text) = value.split_once(' ')?;
                Self::RunCommand { incident: incident(about), text: text.to_owned() }
            }
            "open_proposed" => Self::OpenProposed(proposal(value)?),
            "dismiss_proposed" => Self::DismissProposed(proposal(value)?),
            "follow_link" => Self::FollowLink,
            _ => return None,
        })
    }
}

/// Reads an incident's id.
pub(crate) fn incident(text: &str) -> Option<IncidentId> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

/// Reads a proposal's id.
fn proposal(text: &str) -> Option<ProposalId> {
    serde_json::from_value(Value::String(text.to_owned())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_comes_back_as_it_went() {
        let id = incident("0190e000-0000-7000-8000-000000000042").expect("an id");
        let actions = [
            Action::Acknowledge(id),
            Action::OpenUpdateForm(id),
            Action::SnoozeReminder { incident: id, minutes: 15 },
            Action::TakeRole(Role::IncidentManager, id),
            Action::TakeRole(Role::CommunicationLead, id),
            Action::Recover(id),
            Action::SettleNow(id),
            Action::Close(id),
            Action::OpenReopenForm(id),
            Action::OpenDismissForm(id),
            Action::OpenNoteForm(id),
            Action::OpenEscalateForm(id),
            Action::ShowInfo(id),
            Action::CatchUp(id),
            Action::ShowTimeline(id),
            Action::TurnTimeline { incident: id, back: 3, all: true },
            Action::ShowHelp(Some(id)),
            Action::ShowHelp(None),
            Action::ListIncidents,
            Action::ShowFigures,
            Action::OpenForm,
            Action::JoinInstead(id),
            Action::RunCommand { incident: Some(id), text: "role im <@U1|nour>".to_owned() },
            Action::RunCommand { incident: None, text: "open  it is down".to_owned() },
            Action::OpenProposed(ProposalId(id.0)),
            Action::DismissProposed(ProposalId(id.0)),
            Action::FollowLink,
        ];
        for action in actions {
            let (action_id, value) = action.encode();
            assert_eq!(Action::decode(action_id, &value), Some(action.clone()));
            assert_eq!(Action::decode(&format!("{action_id}:3"), &value), Some(action));
        }
    }

    #[test]
    fn what_is_not_ours_is_nothing() {
        for (action_id, value) in [
            ("deploy", "42"),
            ("acknowledge", "42"),
            ("acknowledge", ""),
            ("run_command", ""),
            ("snooze_reminder", "0190e000-0000-7000-8000-000000000042 0"),
            ("open_proposed", "x"),
        ] {
            assert_eq!(Action::decode(action_id, value), None, "{action_id} {value}");
        }
    }
}
