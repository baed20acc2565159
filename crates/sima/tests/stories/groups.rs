//! Groups: a monitor repeats many alerts under one key, and each that begins is heard.

use serde_json::{Value, json};
use sima_incident::{AlertTally, IncidentNumber};

use crate::story::{Story, mins};

/// A silence ends, or an inhibition: one joins that began before the others ended. People have said that
/// it is over and gone, so it calls somebody. Word of the first that comes late calls nobody.
#[tokio::test]
async fn one_that_joins_late_is_heard() {
    let story = Story::begins().await;
    let [first, second, ended] = [60, 40, 20].map(|ago| story.ago(ago).to_string());
    story.comes_of_alert(&group("firing", &[("a", &first, None)])).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.comes_of_alert(&group("resolved", &[("a", &first, Some(&ended))])).await;
    story.types("malik", &channel, "recover").await;
    story.page_is("resolved").await;

    let late = story.comes_of_alert(&group("firing", &[("a", &first, None)])).await;
    assert_eq!(late, "attached INC-1");
    let joined = story.comes_of_alert(&group("firing", &[("b", &second, None)])).await;
    assert_eq!(joined, "opened INC-2");
    story.pages(2).await;
    let late = story.comes_of_alert(&group("firing", &[("a", &first, None)])).await;
    assert_eq!(late, "attached INC-2");
    story.is_quiet().await;
    let opened = incident(&story, 2).await;
    assert_eq!(opened.times.started_at.map(|at| at.to_string()), Some(second));
    assert_eq!(opened.tally(), AlertTally { total: 1, firing: 1 });
    story.ends().await;
}

/// While people are at work, the members of the group are counted: those that join, end, are listed no
/// more because they are over, and those the monitor left out.
#[tokio::test]
async fn the_members_of_a_group_are_counted() {
    let story = Story::begins().await;
    let [early, late, ended] = [90, 30, 5].map(|ago| story.ago(ago).to_string());
    story.comes_of_alert(&group("firing", &[("a", &late, None)])).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);

    // Long after the time in which alerts of one rule are one trouble.
    story.time_passes(mins(30)).await;
    let came = group("firing", &[("a", &late, None), ("b", &early, None)]);
    assert_eq!(story.comes_of_alert(&came).await, "attached INC-1");
    story.brief_reads(&channel, "2 alerts, all firing").await;
    let came = group("firing", &[("a", &late, Some(&ended)), ("b", &early, None)]);
    story.comes_of_alert(&came).await;
    story.brief_reads(&channel, "2 alerts, 1 still firing").await;
    let mut many = group("firing", &[("b", &early, None)]);
    many["truncatedAlerts"] = json!(10);
    story.comes_of_alert(&many).await;
    story.brief_reads(&channel, "12 alerts, 11 still firing").await;
    let info = story.types("malik", &channel, "info").await;
    assert!(info.contains("11 of 12 firing"), "{info}");

    story.comes_of_alert(&group("resolved", &[("b", &early, Some(&ended))])).await;
    story.reads(&channel, "alerts cleared").await;
    story.brief_reads(&channel, "all cleared").await;
    story.pages(1).await;
    assert_eq!(story.incident_channels().len(), 1);
    story.ends().await;
}

/// A clock is wrong, or it was silent for long: when customers first felt it is not known then. What the
/// monitor says is shown as it says it.
#[tokio::test]
async fn a_beginning_that_cannot_be_is_no_key_time() {
    let story = Story::begins().await;
    let came = story.comes_of_alert(&group("firing", &[("a", "1975-05-01T00:00:00Z", None)])).await;
    assert_eq!(came, "opened INC-1");
    story.is_quiet().await;
    assert_eq!(incident(&story, 1).await.times.started_at, None);
    let channel = story.incident_channels().remove(0);
    let info = story.types("malik", &channel, "info").await;
    assert!(info.contains("firing since") && !info.contains("started"), "{info}");
    story.ends().await;
}

async fn incident(story: &Story, number: u32) -> sima_incident::Incident {
    let store = story.sima().desk().store();
    store.incident_numbered(IncidentNumber(number)).await.unwrap().unwrap()
}

/// What Alertmanager sends of a group: each member by its fingerprint, its start, and its end if it has
/// one.
pub fn group(status: &str, members: &[(&str, &str, Option<&str>)]) -> Value {
    let labels = json!({
        "alertname": "QueueStuck", "severity": "critical", "service": "outbound-email",
    });
    let listed = members.iter().map(|(fingerprint, began, ended)| {
        json!({
            "status": if ended.is_some() { "resolved" } else { "firing" },
            "labels": labels,
            "annotations": {},
            "startsAt": began,
            "endsAt": ended.unwrap_or("0001-01-01T00:00:00Z"),
            "fingerprint": fingerprint,
        })
    });
    json!({
        "version": "4",
        "groupKey": "{}:{alertname=\"QueueStuck\"}",
        "status": status,
        "receiver": "sima",
        "groupLabels": { "alertname": "QueueStuck" },
        "commonLabels": labels,
        "commonAnnotations": { "summary": "Queues are not draining" },
        "externalURL": "http://alertmanager.example",
        "alerts": listed.collect::<Vec<Value>>(),
    })
}
