//! Members of a group: each is news by itself, whatever came before of the others.

use jiff::{SignedDuration, Timestamp};
use proptest::{collection::vec, prelude::*};
use sima_incident::{AlertState, AlertTally, KnownAlert, Members};

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_656_579_600).expect("a time") + SignedDuration::from_mins(minute)
}

fn fires(minute: i64) -> AlertState {
    AlertState::Firing { since: at(minute) }
}

fn over(minute: i64) -> AlertState {
    AlertState::Resolved { since: at(minute) }
}

/// What a group said so far.
#[derive(Default)]
struct Group {
    known: Option<KnownAlert>,
    began: Option<Timestamp>,
}

impl Group {
    /// One delivery lists these members, and so many more are left out; whether it is news.
    fn says(&mut self, members: &[(&str, AlertState)], left_out: u32) -> bool {
        let listed = members.iter().map(|(mark, state)| ((*mark).to_owned(), *state));
        let told = Members::listed(listed, left_out);
        let any_fires = members.iter().any(|(_, state)| state.fires());
        let of_them = members.iter().filter(|(_, state)| state.fires() == any_fires);
        let since = of_them.map(|(_, state)| state.since()).max().expect("a member");
        let said =
            if any_fires { AlertState::Firing { since } } else { AlertState::Resolved { since } };
        let heard = told.heard_after(self.known.as_ref(), said);
        let before = self.known.as_ref().map(|known| known.state);
        let is_news = before.is_none_or(|before| heard.state.is_news_after(before));
        self.began = heard.began;
        self.known = Some(KnownAlert { members: heard.members, ..KnownAlert::of(heard.state) });
        is_news
    }

    fn tally(&self) -> (u32, u32) {
        let known = self.known.as_ref().expect("it said something");
        let AlertTally { total, firing } = known.members.tally(known.state).expect("a group");
        (firing, total)
    }
}

#[test]
fn one_that_joins_late_is_news_though_it_began_before_another_ended() {
    let mut group = Group::default();
    assert!(group.says(&[("a", fires(0))], 0));
    assert!(group.says(&[("a", over(31))], 0));
    assert!(!group.says(&[("a", fires(0))], 0), "it comes late");
    assert_eq!(group.tally(), (0, 1));
    assert!(group.says(&[("b", fires(10))], 0), "its silence is over");
    assert_eq!((group.tally(), group.began), ((1, 2), Some(at(10))));
    assert!(!group.says(&[("b", fires(10))], 0));
    assert!(group.says(&[("a", fires(40)), ("b", fires(10))], 0), "it began anew");
    assert_eq!((group.tally(), group.began), ((2, 2), Some(at(40))));
}

#[test]
fn what_is_over_is_listed_once_and_stays_over() {
    let mut group = Group::default();
    group.says(&[("a", fires(0)), ("b", fires(1)), ("c", fires(2))], 0);
    assert!(!group.says(&[("a", over(9)), ("b", fires(1)), ("c", fires(2))], 0));
    assert_eq!(group.tally(), (2, 3));
    assert!(!group.says(&[("b", fires(1)), ("c", fires(2))], 0));
    assert_eq!(group.tally(), (2, 3));
    assert!(group.says(&[("b", over(12)), ("c", over(11))], 0));
    assert_eq!(group.tally(), (0, 3));
    assert_eq!(group.known.as_ref().map(|known| known.state), Some(over(12)));
}

/// Silenced while the others end: nobody says that it is over, and when its silence ends it is heard.
#[test]
fn one_that_was_silenced_while_the_group_ended_is_heard_again() {
    let mut group = Group::default();
    group.says(&[("a", fires(0)), ("b", fires(5))], 0);
    assert!(group.says(&[("a", over(30))], 0));
    assert_eq!(group.tally(), (0, 2), "the group says that it is over");
    assert!(group.says(&[("b", fires(5))], 0));
    assert_eq!((group.tally(), group.began), ((1, 2), Some(at(5))));
}

#[test]
fn those_that_are_not_listed_are_counted() {
    let mut group = Group::default();
    group.says(&[("a", fires(0)), ("b", fires(0))], 5);
    assert_eq!(group.tally(), (7, 7));
    // Another two are listed now; those that were are among those left out.
    group.says(&[("c", fires(0)), ("d", fires(0))], 5);
    assert_eq!(group.tally(), (7, 7));
    assert!(group.says(&[("c", over(9)), ("d", over(9))], 5), "the group is over, and so are all");
    assert_eq!(group.tally(), (0, 7));
}

/// It was recorded when only the newest of a group was known: what fires on is no news.
#[test]
fn what_was_recorded_as_one_alert_is_taken_as_its_newest_member() {
    let before = |state| Group { known: Some(KnownAlert::of(state)), began: None };
    let mut lingers = before(fires(5));
    assert!(!lingers.says(&[("a", fires(0)), ("b", fires(5))], 0));
    assert_eq!(lingers.tally(), (2, 2));
    assert!(lingers.says(&[("c", fires(3))], 0));
    let mut ended = before(over(9));
    assert!(!ended.says(&[("a", fires(0))], 0));
    assert!(ended.says(&[("a", fires(10))], 0));
}

#[test]
fn at_another_incident_what_was_over_before_does_not_count() {
    let mut group = Group::default();
    group.says(&[("a", fires(0)), ("b", fires(5))], 0);
    group.says(&[("a", over(30)), ("b", fires(5))], 0);
    let mut known = group.known.take().expect("it said something");
    known.members = known.members.of_another();
    let mut group = Group { known: Some(known), began: None };
    assert_eq!(group.tally(), (1, 1));
    assert!(!group.says(&[("a", fires(0)), ("b", fires(5))], 0), "word of the first comes late");
    assert_eq!(group.tally(), (1, 1));
}

proptest! {
    /// However deliveries repeat and overtake each other: a group fires as long as a member does, counts
    /// no more than it has, and what is said twice in a row is no news the second time.
    #[test]
    fn a_group_fires_as_long_as_a_member_does(
        said in vec((vec((0..4_u8, any::<bool>(), 0..30_i64), 1..5), 0..3_u32), 1..20)
    ) {
        let marks = ["a", "b", "c", "d"];
        let mut group = Group::default();
        for (members, left_out) in said {
            let members: Vec<(&str, AlertState)> = members
                .iter()
                .map(|(mark, fires_now, minute)| {
                    let state = if *fires_now { fires(*minute) } else { over(*minute) };
                    (marks[usize::from(*mark)], state)
                })
                .collect();
            group.says(&members, left_out);
            let (firing, total) = group.tally();
            let known = group.known.clone().expect("it said something");
            prop_assert!(firing <= total);
            prop_assert_eq!(known.state.fires(), firing > 0);
            prop_assert!(!group.says(&members, left_out));
            let again = group.known.clone().expect("it said something");
            prop_assert_eq!(&again.state, &known.state);
            let stored = serde_json::to_string(&again.members).expect("JSON");
            prop_assert_eq!(serde_json::from_str::<Members>(&stored).expect("members"), again.members);
        }
    }
}
