//! Keeps to the pace the vendors publish, so that a storm is spread before they refuse it.

use std::num::NonZeroU32;

use governor::{
    Quota, RateLimiter, clock::Clock as _, clock::DefaultClock,
    state::keyed::DefaultKeyedStateStore,
};
use jiff::SignedDuration;
use sima_incident::{Effect, IncidentId, StepKind};

/// A budget for each key.
type Limiter<K> = RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>;

/// A limiter for each kind of effect, and for each channel that is posted to.
pub struct Pace {
    by_kind: Vec<(Tier, Limiter<&'static str>)>,
    by_channel: Limiter<IncidentId>,
    clock: DefaultClock,
}

/// How many calls a minute a vendor grants (Slack, "Rate limits"; PagerDuty, Events API v2
/// "Rate limits", both read 2026).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tier {
    Twenty,
    Fifty,
    Hundred,
}

impl Pace {
    /// A pace with full budgets.
    pub fn new() -> Self {
        let limiter =
            |tier, per_minute| (tier, RateLimiter::keyed(Quota::per_minute(nonzero(per_minute))));
        Self {
            by_kind: vec![
                limiter(Tier::Twenty, 20),
                limiter(Tier::Fifty, 50),
                limiter(Tier::Hundred, 100),
            ],
            by_channel: RateLimiter::keyed(Quota::per_second(nonzero(1)).allow_burst(nonzero(6))),
            clock: DefaultClock::default(),
        }
    }

    /// Takes one call's worth of budget; if there is none, says how long to wait.
    pub fn take(&self, effect: &Effect, incident: IncidentId) -> Option<SignedDuration> {
        let now = self.clock.now();
        let tier = tier(effect);
        let by_kind = self.by_kind.iter().find(|(of, _)| *of == tier);
        let wait = by_kind
            .and_then(|(_, limiter)| limiter.check_key(&effect.kind()).err())
            .map(|refusal| refusal.wait_time_from(now));
        let wait = wait.or_else(|| {
            let posts = matches!(effect, Effect::PostNotice { .. } | Effect::PostBrief);
            posts
                .then(|| self.by_channel.check_key(&incident).err())
                .flatten()
                .map(|refusal| refusal.wait_time_from(now))
        });
        wait.and_then(|wait| SignedDuration::try_from(wait).ok())
    }
}

fn tier(effect: &Effect) -> Tier {
    match effect {
        Effect::OpenChannel
        | Effect::PinBrief
        | Effect::SetTopic
        | Effect::ShowNotCaptured { .. } => Tier::Twenty,
        Effect::EditBrief
        | Effect::EditBroadcast
        | Effect::WithdrawBroadcast
        | Effect::Invite { .. }
        | Effect::InviteResponder { .. }
        | Effect::ReadMessage { .. }
        | Effect::ShowCaptured { .. }
        | Effect::WithdrawReminder { .. } => Tier::Fifty,
        Effect::PostBrief
        | Effect::PostBroadcast
        | Effect::PostNotice { .. }
        | Effect::ReplyUnderBroadcast { .. }
        | Effect::Greet { .. }
        | Effect::Tell { .. }
        | Effect::Remind { .. }
        | Effect::WatchPromise { .. }
        | Effect::TellReporter { .. }
        | Effect::LinkBack { .. }
        | Effect::PageOnCall
        | Effect::PageAgain { .. }
        | Effect::Escalate { .. }
        | Effect::WatchPage { .. }
        | Effect::AcknowledgePage
        | Effect::ResolvePage
        | Effect::DraftPostmortem
        | Effect::FollowStatusPage { .. }
        | Effect::EndStabilityWindow { .. } => Tier::Hundred,
        // Bookmarks and user groups are of the second tier, and take more than one call.
        Effect::Step { kind, .. } => match kind {
            StepKind::UserGroup | StepKind::Bookmark | StepKind::VideoCall => Tier::Twenty,
            // A status page grants sixty a minute, and takes a call or two.
            StepKind::StatusPage => Tier::Fifty,
            StepKind::Post | StepKind::Webhook => Tier::Hundred,
        },
    }
}

fn nonzero(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn a_storm_of_channels_is_spread_and_says_how_long_to_wait() {
        let pace = Pace::new();
        let incident = IncidentId(Uuid::nil());
        let at_once =
            (0..40).filter(|_| pace.take(&Effect::OpenChannel, incident).is_none()).count();
        assert_eq!(at_once, 20);
        let wait = pace.take(&Effect::OpenChannel, incident).expect("no budget is left");
        assert!(wait > SignedDuration::ZERO && wait <= SignedDuration::from_secs(3), "{wait:?}");
    }

    #[test]
    fn pages_do_not_wait_for_channels() {
        let pace = Pace::new();
        let incident = IncidentId(Uuid::nil());
        while pace.take(&Effect::OpenChannel, incident).is_none() {}
        assert_eq!(pace.take(&Effect::PageOnCall, incident), None);
    }
}
