//! Which effects wait for the same, and what makes one needless.

use jiff::{SignedDuration, Timestamp};

use crate::{Effect, Incident, StepKind};

/// How far apart edits are that only alerts ask for, once they come often.
const BETWEEN_EDITS: SignedDuration = SignedDuration::from_secs(5);

/// How many of them may follow each other at once.
const EDITS_AT_ONCE: i32 = 3;

impl Effect {
    /// The budget of calls it draws on: those of one budget are counted and made to wait together.
    pub fn budget(&self) -> &'static str {
        match self {
            Self::EditBrief | Self::EditBroadcast | Self::WithdrawBroadcast => "edit_message",
            Self::PostBrief
            | Self::PostBroadcast
            | Self::PostNotice { .. }
            | Self::ReplyUnderBroadcast { .. }
            | Self::Step { kind: StepKind::Post, .. } => "post_message",
            Self::Invite { .. } | Self::InviteResponder { .. } => "invite",
            _ => self.kind(),
        }
    }

    /// The kinds of those of which there is one in an incident's life ([`crate::Meeting::Once`]): that
    /// they are done is never forgotten.
    pub fn kinds_done_once() -> [&'static str; 7] {
        [
            Self::OpenChannel.kind(),
            Self::PostBrief.kind(),
            Self::PinBrief.kind(),
            Self::PostBroadcast.kind(),
            Self::WithdrawBroadcast.kind(),
            Self::PageOnCall.kind(),
            Self::DraftPostmortem.kind(),
        ]
    }

    /// The kinds of effects that leave to be seen what this one would, if that could make it needless.
    pub fn brings_up_to_date(&self) -> Option<[&'static str; 2]> {
        match self {
            Self::EditBrief => Some([Self::PostBrief.kind(), self.kind()]),
            Self::EditBroadcast => Some([Self::PostBroadcast.kind(), self.kind()]),
            Self::SetTopic => Some([self.kind(); 2]),
            _ => None,
        }
    }
}

impl Incident {
    /// Notes that alerts ask for an edit of the brief: the first few at once, the next after a while,
    /// and as long as that one waits it does for all.
    pub(crate) fn space_alert_edit(&mut self, now: Timestamp) {
        if self.brief.is_none() || self.alert_edit_due(now) > now {
            return;
        }
        let from = self.alert_edits_until.map_or(now, |until| until.max(now));
        self.alert_edits_until = from.saturating_add(BETWEEN_EDITS).ok();
    }

    /// When the brief is to show what alerts have told by `now`.
    pub(crate) fn alert_edit_due(&self, now: Timestamp) -> Timestamp {
        let at_once = BETWEEN_EDITS * EDITS_AT_ONCE;
        let due = self.alert_edits_until.and_then(|until| until.checked_sub(at_once).ok());
        due.map_or(now, |due| due.max(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Meeting;

    #[test]
    fn what_there_is_once_in_a_life_is_known_by_its_kind() {
        for effect in [
            Effect::OpenChannel,
            Effect::PostBrief,
            Effect::PinBrief,
            Effect::PostBroadcast,
            Effect::WithdrawBroadcast,
            Effect::PageOnCall,
            Effect::DraftPostmortem,
        ] {
            assert_eq!(effect.meeting(), Meeting::Once);
            assert!(Effect::kinds_done_once().contains(&effect.kind()));
        }
    }
}
