//! Alerts: one incident holds an alert, however many replicas judge it at once and wherever they end.

use jiff::{SignedDuration, Timestamp};
use sima_desk::{Opening, RuledAlert, Ruling, Wanted};
use sima_incident::{
    AlertEvidence, AlertState, AlertTally, Command, Dismissal, Event, Incident, Members, StageName,
    StormLimit, Visibility,
};
use sima_store::{AlertJudged, NewAlert, Took};

use crate::stage::{Stage, malik};

const LIMIT: StormLimit = StormLimit(5);
const INTEGRATION: &str = "alertmanager";

/// An alert as it comes: its key, its state, and what the rules say.
#[derive(Clone)]
struct Comes {
    key: String,
    state: AlertState,
    ruling: Ruling,
}

impl Stage {
    /// Alerts are taken in and judged; what came of each.
    async fn comes(&self, alerts: &[Comes]) -> Vec<AlertJudged> {
        let waiting = self.takes(alerts).await;
        let ids: Vec<i64> = waiting.iter().map(|alert| alert.id).collect();
        self.judges(waiting).await;
        self.came_of(&ids).await
    }

    /// Alerts are taken in; as they wait.
    async fn takes(&self, alerts: &[Comes]) -> Vec<RuledAlert> {
        let new = alerts.iter().map(|alert| NewAlert {
            source: INTEGRATION.into(),
            key: alert.key.clone(),
            state: alert.state,
            alert: "{}".into(),
        });
        let took = self.desk.take_delivery(INTEGRATION, None, new.collect()).await.unwrap();
        let Took::Recorded(ids) = took else { panic!("they are new") };
        let ruled = ids.zip(alerts).map(|(id, alert)| RuledAlert {
            id,
            source: INTEGRATION.into(),
            evidence: AlertEvidence {
                source: INTEGRATION.into(),
                key: alert.key.clone(),
                title: format!("{} is stuck", alert.key),
                state: alert.state,
                members: None,
            },
            members: Members::default(),
            ruling: alert.ruling.clone(),
        });
        ruled.collect()
    }

    /// What waits is judged, as often as somebody else is faster.
    async fn judges(&self, alerts: Vec<RuledAlert>) {
        for _ in 0..100 {
            let waiting = self.desk.store().waiting_alerts(10_000).await.unwrap();
            let waits = |alert: &&RuledAlert| waiting.iter().any(|one| one.id == alert.id);
            let left: Vec<RuledAlert> = alerts.iter().filter(waits).cloned().collect();
            if left.is_empty() {
                return;
            }
            let taken = self.desk.take_in(INTEGRATION, left, LIMIT).await.unwrap();
            assert_eq!(taken.failed, [] as [i64; 0]);
        }
        panic!("they are still waiting");
    }

    async fn came_of(&self, ids: &[i64]) -> Vec<AlertJudged> {
        let mut came = Vec::new();
        for id in ids {
            came.push(self.desk.store().alert_judged(*id).await.unwrap().expect("it is judged"));
        }
        came
    }

    async fn incidents(&self) -> Vec<Incident> {
        let mut all = self.desk.store().live_incidents().await.unwrap();
        all.sort_by_key(|incident| incident.number);
        all
    }
}

fn outcomes(came: &[AlertJudged]) -> Vec<&str> {
    came.iter().map(|judged| judged.outcome.as_str()).collect()
}

/// It fires since so many seconds, and is grouped by its own key.
fn firing(key: &str, secs: i64) -> Comes {
    grouped(key, key, secs)
}

fn grouped(key: &str, group: &str, secs: i64) -> Comes {
    Comes {
        key: key.into(),
        state: AlertState::Firing { since: since(secs) },
        ruling: Ruling::Open(Box::new(wanted(key, group))),
    }
}

fn wanted(key: &str, group: &str) -> Wanted {
    Wanted {
        opening: Opening::of(format!("{key} is stuck")),
        group: group.into(),
        within: SignedDuration::from_mins(5),
        recovers: false,
    }
}

fn resolved(key: &str, secs: i64) -> Comes {
    Comes { state: AlertState::Resolved { since: since(secs) }, ..firing(key, secs) }
}

/// So many seconds after a quarter to nine: monitors notice before people open.
fn since(secs: i64) -> Timestamp {
    Timestamp::from_second(1_656_578_700).expect("a time") + SignedDuration::from_secs(secs)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_judge_at_once_one_opens_and_the_others_belong_to_it() {
    let stage = Stage::begins().await;
    let waiting = stage.takes(&vec![firing("queue", 0); 12]).await;
    let ids: Vec<i64> = waiting.iter().map(|alert| alert.id).collect();
    // Twelve replicas, each with all of them.
    let mut replicas = tokio::task::JoinSet::new();
    for _ in 0..12 {
        let (desk, waiting) = (stage.desk.clone(), waiting.clone());
        replicas.spawn(async move { desk.take_in(INTEGRATION, waiting, LIMIT).await });
    }
    for taken in replicas.join_all().await {
        assert_eq!(taken.unwrap().failed, [] as [i64; 0]);
    }
    stage.judges(waiting).await;
    let came = stage.came_of(&ids).await;
    assert_eq!(outcomes(&came).iter().filter(|came| **came == "opened").count(), 1);
    assert_eq!(outcomes(&came).iter().filter(|came| **came == "attached").count(), 11);
    assert_eq!(stage.incidents().await.len(), 1);
}

#[tokio::test]
async fn what_is_resolved_before_anybody_heard_of_it_opens_nothing() {
    let stage = Stage::begins().await;
    assert_eq!(outcomes(&stage.comes(&[resolved("queue", 60)]).await), ["nothing"]);
    // The fire itself comes late: it was over by then.
    let late = stage.comes(&[firing("queue", 0)]).await;
    assert_eq!(outcomes(&late), ["nothing"]);
    assert!(late[0].why.as_deref().unwrap().contains("over before"), "{late:?}");
    assert_eq!(outcomes(&stage.comes(&[firing("queue", 61)]).await), ["opened"]);
}

#[tokio::test]
async fn what_ends_and_begins_in_one_batch_is_judged_in_order() {
    let stage = Stage::begins().await;
    let came = stage
        .comes(&[resolved("queue", 60), firing("queue", 0), firing("disk", 0), resolved("disk", 9)])
        .await;
    assert_eq!(outcomes(&came), ["nothing", "nothing", "opened", "attached"]);
    assert_eq!(stage.incidents().await[0].tally(), AlertTally { total: 1, firing: 0 });
}

#[tokio::test]
async fn what_the_rules_only_record_or_ignore_opens_nothing() {
    let stage = Stage::begins().await;
    let note = |comes| Comes { ruling: Ruling::Note { why: "rule 1".into() }, ..comes };
    let ignore = Ruling::Leave { outcome: "ignored", why: "rule 2".into() };
    let came = stage
        .comes(&[note(firing("queue", 0)), Comes { ruling: ignore, ..firing("disk", 0) }])
        .await;
    assert_eq!(outcomes(&came), ["nothing", "ignored"]);
    assert_eq!(came[0].why.as_deref(), Some("rule 1"));
    // It is noted where it belongs, if there is such a place.
    stage.comes(&[firing("queue", 5)]).await;
    assert_eq!(outcomes(&stage.comes(&[note(resolved("queue", 9))]).await), ["attached"]);
}

/// Dismissed by people: the alarm that goes on is not news, the one that began since is.
#[tokio::test]
async fn a_dismissed_alarm_opens_again_only_when_it_began_anew() {
    let stage = Stage::begins().await;
    let first = stage.comes(&[firing("queue", 0)]).await[0].incident.unwrap();
    let mistake = Command::Dismiss(Dismissal::FalsePositive);
    stage.desk.carry_out(first, mistake, &malik(), None).await.unwrap();
    let same = stage.comes(&[firing("queue", 0)]).await;
    assert_eq!((outcomes(&same), same[0].incident), (vec!["attached"], Some(first)));
    let anew = stage.comes(&[firing("queue", 30)]).await;
    assert_eq!(outcomes(&anew), ["opened"]);
    assert_ne!(anew[0].incident, Some(first));
}

/// Within the window and as long as the incident is live, alerts of a group are one trouble.
#[tokio::test]
async fn a_group_is_one_incident_while_it_goes_on() {
    let stage = Stage::begins().await;
    let first = stage.comes(&[grouped("a", "queues", 0)]).await[0].incident;
    // Each alert of the group keeps the window open.
    for key in ["b", "c", "d"] {
        stage.desk.clock().advance(SignedDuration::from_mins(4));
        let came = stage.comes(&[grouped(key, "queues", 0)]).await;
        assert_eq!((outcomes(&came), came[0].incident), (vec!["attached"], first));
    }
    stage.desk.clock().advance(SignedDuration::from_mins(6));
    assert_eq!(outcomes(&stage.comes(&[grouped("a", "queues", 0)]).await), ["attached"]);
    let other = stage.comes(&[grouped("e", "queues", 0)]).await;
    assert_eq!(outcomes(&other), ["opened"]);

    let over = Command::Recover { at: None };
    stage.desk.carry_out(other[0].incident.unwrap(), over, &malik(), None).await.unwrap();
    assert_eq!(outcomes(&stage.comes(&[grouped("f", "queues", 0)]).await), ["opened"]);
}

#[tokio::test]
async fn what_shall_never_be_grouped_stays_alone() {
    let stage = Stage::begins().await;
    let alone = |key: &str| {
        let wanted = Wanted { within: SignedDuration::ZERO, ..wanted(key, "queues") };
        Comes { ruling: Ruling::Open(Box::new(wanted)), ..firing(key, 0) }
    };
    let came = stage.comes(&[alone("a"), alone("b")]).await;
    assert_eq!(outcomes(&came), ["opened", "opened"]);
    assert_eq!(outcomes(&stage.comes(&[alone("c")]).await), ["opened"]);
    assert_eq!(outcomes(&stage.comes(&[alone("c")]).await), ["attached"], "by its own key");
}

/// What is private never goes where others read, in a group or in a storm.
#[tokio::test]
async fn what_is_private_stays_among_its_own() {
    let stage = Stage::begins().await;
    let private = |key: &str, group: &str| {
        let mut wanted = wanted(key, group);
        wanted.opening.visibility = Visibility::Private;
        Comes { ruling: Ruling::Open(Box::new(wanted)), ..firing(key, 0) }
    };
    let came = stage.comes(&[grouped("a", "one", 0), private("b", "one")]).await;
    assert_eq!(outcomes(&came), ["opened", "opened"]);
    let storm: Vec<Comes> = (0..20)
        .map(|n| {
            let key = format!("storm-{n}");
            if n % 2 == 0 { firing(&key, 0) } else { private(&key, &key) }
        })
        .collect();
    stage.comes(&storm).await;
    for incident in stage.incidents().await {
        let private_keys = incident.alerts.iter().filter(|alert| {
            alert.key == "b"
                || alert
                    .key
                    .strip_prefix("storm-")
                    .is_some_and(|n| n.parse::<u32>().unwrap() % 2 == 1)
        });
        let expected = if incident.is_private() { incident.alerts.len() } else { 0 };
        assert_eq!(private_keys.count(), expected, "{}", incident.summary);
    }
}

/// Under the key of a public trouble comes what a rule holds to be private: it is not told there.
#[tokio::test]
async fn what_becomes_private_leaves_the_public_incident() {
    let stage = Stage::begins().await;
    stage.comes(&[firing("scan", 0)]).await;
    stage.comes(&[resolved("scan", 10)]).await;
    let mut secret = wanted("scan", "secrets");
    secret.opening.visibility = Visibility::Private;
    let secret = Comes { ruling: Ruling::Open(Box::new(secret)), ..firing("scan", 20) };
    assert_eq!(outcomes(&stage.comes(std::slice::from_ref(&secret)).await), ["opened"]);
    assert_eq!(outcomes(&stage.comes(&[secret]).await), ["attached"]);
    let incidents = stage.incidents().await;
    let seen: Vec<(bool, usize)> =
        incidents.iter().map(|incident| (incident.is_private(), incident.alerts.len())).collect();
    assert_eq!(seen, [(false, 1), (true, 1)]);
}

/// A thousand different troubles in no time: five incidents, and one for all the others.
#[tokio::test]
async fn a_storm_is_gathered_in_one_incident() {
    let stage = Stage::begins().await;
    let storm: Vec<Comes> = (0..1000).map(|n| firing(&format!("queue-{n}"), n)).collect();
    for part in storm.chunks(300) {
        stage.comes(part).await;
    }
    let incidents = stage.incidents().await;
    assert_eq!(incidents.len(), 6);
    let gathered = &incidents[5];
    assert_eq!(gathered.summary, "Alert storm from alertmanager");
    assert_eq!(gathered.tally(), AlertTally { total: 995, firing: 995 });
    let events = stage.events(gathered.id).await;
    assert!(events.len() <= 6, "{} events", events.len());
    // Each is known by its key all the same.
    let came = stage.comes(&[resolved("queue-2", 2000), resolved("queue-900", 2000)]).await;
    assert_eq!(came[0].incident, Some(incidents[2].id));
    assert_eq!(came[1].incident, Some(gathered.id));
    // Later it is calm again, and what comes is one by one.
    stage.desk.clock().advance(SignedDuration::from_mins(6));
    assert_eq!(outcomes(&stage.comes(&[firing("disk", 0)]).await), ["opened"]);
}

/// One that is worse than the others of its group says how bad it is, and nobody is called twice.
#[tokio::test]
async fn what_comes_together_is_as_bad_as_the_worst_of_it() {
    let stage = Stage::begins().await;
    let bad = |key: &str, level| {
        let mut wanted = wanted(key, "queues");
        wanted.opening.severity = sima_incident::Severity::new(level);
        Comes { ruling: Ruling::Open(Box::new(wanted)), ..firing(key, 0) }
    };
    stage.comes(&[bad("a", 2), bad("b", 1)]).await;
    let incident = stage.incidents().await.remove(0);
    assert_eq!(incident.severity.level(), 1);
    let events = stage.events(incident.id).await;
    let called = events.iter().any(|event| matches!(event, Event::PageCalled { .. }));
    assert!(!called, "the first page says how bad it is: {events:?}");
}

/// Of a storm only a few are listed; one of the others that becomes worse is heard all the same, once.
#[tokio::test]
async fn one_of_a_storm_that_becomes_worse_is_heard_once() {
    let stage = Stage::begins().await;
    let bad = |key: &str, level| {
        let mut wanted = wanted(key, "queues");
        wanted.opening.severity = sima_incident::Severity::new(level);
        Comes { ruling: Ruling::Open(Box::new(wanted)), ..firing(key, 0) }
    };
    let storm: Vec<Comes> = (0..60).map(|n| bad(&format!("queue-{n}"), 2)).collect();
    stage.comes(&storm).await;
    let level = async || stage.incidents().await[0].severity.level();
    assert_eq!(level().await, 2);
    stage.comes(&[bad("queue-50", 1)]).await;
    assert_eq!(level().await, 1);
    let id = stage.incidents().await[0].id;
    let milder = Command::SetSeverity(sima_incident::Severity::new(2).unwrap());
    stage.desk.carry_out(id, milder, &malik(), None).await.unwrap();
    let before = stage.incidents().await[0].version;
    for _ in 0..3 {
        stage.comes(&[bad("queue-50", 1), bad("queue-7", 2)]).await;
    }
    assert_eq!(stage.incidents().await[0].version, before, "what is repeated tells nothing");
}

#[tokio::test]
async fn where_its_rule_says_so_the_monitor_says_that_it_is_over() {
    let stage = Stage::begins().await;
    let recovers = |comes: Comes| {
        let wanted = Wanted { recovers: true, ..wanted(&comes.key, "queues") };
        Comes { ruling: Ruling::Open(Box::new(wanted)), ..comes }
    };
    let first = [recovers(firing("a", 0)), recovers(firing("b", 0)), recovers(resolved("a", 60))];
    let id = stage.comes(&first).await[0].incident.unwrap();
    assert_eq!(stage.incidents().await[0].stage.name(), StageName::Open);
    stage.comes(&[recovers(resolved("b", 30))]).await;
    let incident = stage.desk.store().incident(id).await.unwrap().unwrap();
    assert_eq!(incident.stage.name(), StageName::Recovered);
    assert_eq!(incident.times.recovered_at, Some(since(60)), "when the last of them ended");
}
