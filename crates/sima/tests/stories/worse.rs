//! Worse: what a monitor says is worse than it was is heard once, whoever lowered it meanwhile.

use serde_json::{Value, json};

use crate::{
    seen::{buttons, words},
    story::Story,
};

/// A warning becomes critical under the same key while nobody is on it: somebody is called.
#[tokio::test]
async fn an_alert_that_becomes_worse_calls_somebody() {
    let story = Story::begins().await;
    assert_eq!(says(&story, "warning", "firing").await, "opened INC-1");
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.brief_reads(&channel, "SEV3").await;
    let called = story.times_asked_of_the_pager("trigger");
    assert_eq!(says(&story, "critical", "firing").await, "attached INC-1");
    story.brief_reads(&channel, "SEV1").await;
    story.is_quiet().await;
    assert_eq!(story.times_asked_of_the_pager("trigger"), called + 1);
    for _ in 0..5 {
        says(&story, "critical", "firing").await;
    }
    story.is_quiet().await;
    assert_eq!(story.times_asked_of_the_pager("trigger"), called + 1);
    story.ends().await;
}

/// Somebody is on it: nobody is called, and one line says it, with what one can do. A person who then
/// lowers it is not overruled by what is only repeated, but by what is worse than was said.
#[tokio::test]
async fn those_who_are_on_it_read_that_it_is_worse() {
    let story = Story::begins().await;
    says(&story, "warning", "firing").await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.joins("malik", &channel).await;
    story.types("malik", &channel, "ack").await;
    let called = story.times_asked_of_the_pager("trigger");
    says(&story, "critical", "firing").await;
    let line = story.reads(&channel, "SEV1 now").await;
    let read = words(&line.text, &line.blocks);
    assert!(read.contains("it was SEV3"), "{read}");
    assert!(buttons(&line.blocks).len() > 1, "{:?}", line.blocks);

    story.types("malik", &channel, "severity sev3").await;
    story.brief_reads(&channel, "SEV3").await;
    // Repeated, and over and begun again: it is no worse than Malik knew.
    says(&story, "critical", "firing").await;
    says(&story, "critical", "resolved").await;
    says(&story, "critical", "firing").await;
    story.is_quiet().await;
    story.brief_reads(&channel, "SEV3").await;
    says(&story, "warning", "firing").await;
    says(&story, "critical", "firing").await;
    story.brief_reads(&channel, "SEV1").await;
    story.is_quiet().await;
    let lines = story.sandbox.read(|state| {
        let messages = state.messages(&channel);
        messages.iter().filter(|message| message.text.contains("SEV1 now")).count()
    });
    assert_eq!(lines, 2);
    assert_eq!(story.times_asked_of_the_pager("trigger"), called, "Malik is on it");
    story.ends().await;
}

/// A group of warnings is joined by one that is critical.
#[tokio::test]
async fn one_that_is_critical_joins_a_group_of_warnings() {
    let story = Story::begins().await;
    let began = story.now().to_string();
    let mut warnings = crate::groups::group("firing", &[("a", &began, None)]);
    warnings["commonLabels"]["severity"] = json!("warning");
    warnings["alerts"][0]["labels"]["severity"] = json!("warning");
    story.comes_of_alert(&warnings).await;
    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    story.brief_reads(&channel, "SEV3").await;
    let mut joined = crate::groups::group("firing", &[("a", &began, None), ("b", &began, None)]);
    joined["commonLabels"].as_object_mut().unwrap().remove("severity");
    joined["alerts"][0]["labels"]["severity"] = json!("warning");
    assert_eq!(story.comes_of_alert(&joined).await, "attached INC-1");
    story.brief_reads(&channel, "SEV1").await;
    story.ends().await;
}

/// Says it under the one key of these stories; what came of it.
async fn says(story: &Story, severity: &str, status: &str) -> String {
    let body: Value = json!({
        "title": "Mails are late",
        "status": status,
        "severity": severity,
        "service": "outbound-email",
        "dedup_key": "mails/late",
    });
    let answered = story.posts("/alerts/generic", Some("sandbox"), &body).await;
    assert_eq!(answered.status, 200, "{answered:?}");
    story.came_of_alerts().await.pop().expect("it was judged")
}
