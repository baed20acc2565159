//! A page is made whole and once, whatever happens on the way, and as the recordings say.

mod stage;

use serde_json::{Value, json};
use sima_incident::{Receipt, Setback, Visibility};
use stage::{
    document, incident, long_document,
    notion::{Mood, Stage, contract},
};

fn receipt() -> Receipt {
    Receipt::Postmortem {
        url: "https://app.notion.example/INC-42-aa000000000000000000000000000001".into(),
        page_id: "aa000000-0000-0000-0000-000000000001".into(),
    }
}

fn refused(answer: Result<Receipt, Setback>) -> String {
    match answer {
        Err(Setback::Refused { why }) => why,
        other => panic!("a refusal, not {other:?}"),
    }
}

fn unsure(answer: Result<Receipt, Setback>) -> bool {
    match answer {
        Err(Setback::Retry { unsure, .. }) => unsure,
        other => panic!("to be tried again, not {other:?}"),
    }
}

fn lines(count: usize) -> Vec<String> {
    (1..=count).map(|line| format!("line {line}")).collect()
}

#[tokio::test]
async fn a_short_page_is_made_in_one_request_as_recorded() {
    let stage = Stage::new().await;
    assert_eq!(stage.create(&document(), false).await, Ok(receipt()));
    let asked = stage.asked().await;
    assert_eq!(
        asked,
        [
            "GET /v1/databases/db000000000000000000000000000001",
            "GET /v1/data_sources/d5000000-0000-0000-0000-000000000001",
            "POST /v1/pages",
        ]
    );
    assert_eq!(stage.world.lock().await.heard[2].1, contract("create"));
    // The database is known now.
    stage.create(&document(), false).await.expect("made");
    assert_eq!(stage.asked().await[3..], ["POST /v1/pages"]);
}

#[tokio::test]
async fn versions_differ_in_where_a_page_is_made() {
    let stage = Stage::of_version("2022-06-28").await;
    assert_eq!(stage.create(&document(), true).await, Ok(receipt()));
    assert_eq!(
        stage.asked().await,
        [
            "GET /v1/databases/db000000000000000000000000000001",
            "POST /v1/databases/db000000000000000000000000000001/query",
            "POST /v1/pages",
        ]
    );
    let parent =
        json!({ "type": "database_id", "database_id": "db000000000000000000000000000001" });
    assert_eq!(stage.world.lock().await.heard[2].1["parent"], parent);

    let stage = Stage::of_version("2025-09-03").await;
    assert_eq!(stage.create(&document(), false).await, Ok(receipt()));
    assert_eq!(stage.world.lock().await.heard[2].1["parent"]["type"], "data_source_id");
}

#[tokio::test]
async fn a_long_page_is_made_in_order() {
    let stage = Stage::new().await;
    assert_eq!(stage.create(&long_document(250), false).await, Ok(receipt()));
    assert_eq!(stage.lines().await, lines(250));
    let appends = stage.asked().await.iter().filter(|asked| asked.starts_with("PATCH")).count();
    assert_eq!(appends, 2);
}

#[tokio::test]
async fn a_lost_answer_doubles_nothing_and_loses_nothing() {
    // The requests of the first try: database, data source, page, append, append.
    for lost in 0..5 {
        for done in [true, false] {
            let stage = Stage::new().await;
            let document = long_document(250);
            let mut moods = vec![Mood::Well; lost];
            moods.push(if done { Mood::Loses } else { Mood::Answers(503, Value::Null) });
            stage.moods(moods).await;
            // Reading leaves no doubt; writing does, done or not.
            let is_unsure = unsure(stage.create(&document, false).await);
            assert_eq!(is_unsure, lost >= 2, "request {lost}");
            assert_eq!(stage.create(&document, is_unsure).await, Ok(receipt()), "request {lost}");
            assert_eq!(stage.lines().await, lines(250), "request {lost}, done: {done}");
            assert_eq!(stage.world.lock().await.pages.len(), 1, "request {lost}, done: {done}");
        }
    }
}

#[tokio::test]
async fn what_people_wrote_meanwhile_is_left_alone() {
    let stage = Stage::new().await;
    let document = long_document(150);
    // All is well up to the page; the append is lost, done.
    stage.moods([Mood::Well, Mood::Well, Mood::Well, Mood::Loses]).await;
    assert!(unsure(stage.create(&document, false).await));
    stage.world.lock().await.children.insert(
        60,
        json!({ "type": "paragraph", "paragraph": { "rich_text": [{ "plain_text": "It was DNS." }] } }),
    );
    assert_eq!(stage.create(&document, true).await, Ok(receipt()));
    assert_eq!(stage.lines().await, lines(150));
}

#[tokio::test]
async fn without_its_property_a_page_is_found_by_link_or_title() {
    let without_id = |data_source: &mut Value, incident: Value| {
        let properties = data_source["properties"].as_object_mut().expect("properties");
        properties.remove("SIMA ID");
        properties.remove("Incident");
        properties.insert("Name".into(), json!({ "type": "title" }));
        properties.insert("Incident".into(), incident);
    };
    for (incident, asked_by) in
        [(json!({ "type": "url" }), "url"), (json!({ "type": "button" }), "title")]
    {
        let stage = Stage::new().await;
        without_id(&mut stage.world.lock().await.data_source, incident);
        stage.moods([Mood::Well, Mood::Well, Mood::Loses]).await;
        assert!(unsure(stage.create(&document(), false).await));
        assert_eq!(stage.create(&document(), true).await, Ok(receipt()));
        let world = stage.world.lock().await;
        assert_eq!(world.pages.len(), 1);
        let (_, query) = world.heard.last().expect("it was asked for");
        assert!(query["filter"][asked_by]["equals"].is_string(), "{query}");
    }
}

#[tokio::test]
async fn a_page_in_the_trash_is_made_again() {
    let stage = Stage::new().await;
    stage.create(&document(), false).await.expect("made");
    stage.world.lock().await.pages[0]["in_trash"] = json!(true);
    assert_eq!(stage.create(&document(), true).await, Ok(receipt()));
    assert_eq!(stage.world.lock().await.pages.len(), 2);
}

#[tokio::test]
async fn a_database_that_has_changed_is_read_again() {
    let stage = Stage::new().await;
    stage.create(&document(), false).await.expect("made");
    let mut world = stage.world.lock().await;
    let properties = world.data_source["properties"].as_object_mut().expect("properties");
    let id = properties.remove("SIMA ID").expect("it was there");
    properties.insert("Sima Id".into(), id);
    properties.remove("Impact");
    drop(world);
    assert_eq!(stage.create(&document(), false).await, Ok(receipt()));
    assert_eq!(stage.create(&document(), true).await, Ok(receipt()));
    let world = stage.world.lock().await;
    let properties = world.pages[1]["properties"].as_object().expect("properties");
    assert!(properties.contains_key("Sima Id") && !properties.contains_key("Impact"));
    assert_eq!(world.pages.len(), 2);
}

#[tokio::test]
async fn a_page_that_is_not_taken_says_why_and_is_not_sent_for_ever() {
    let stage = Stage::new().await;
    let invalid = Mood::Answers(400, contract("validation_error"));
    stage.moods([Mood::Well, Mood::Well, invalid]).await;
    let why = refused(stage.create(&document(), false).await);
    assert!(why.contains("should be ≤ 2000"), "{why}");
    assert_eq!(stage.asked().await.iter().filter(|asked| *asked == "POST /v1/pages").count(), 1);
}

#[tokio::test]
async fn a_page_that_cannot_be_completed_is_named() {
    let stage = Stage::new().await;
    let invalid = Mood::Answers(400, contract("validation_error"));
    stage.moods([Mood::Well, Mood::Well, Mood::Well, invalid]).await;
    let why = refused(stage.create(&long_document(150), false).await);
    assert!(why.contains("https://app.notion.example/INC-42"), "{why}");
}

#[tokio::test]
async fn each_refusal_says_what_to_mend() {
    let cases = [
        (404, contract("object_not_found"), "Connections"),
        (401, json!({ "code": "unauthorized", "message": "" }), "notion.token"),
        (403, json!({ "code": "restricted_resource", "message": "" }), "capabilities"),
        (403, json!("<html>"), "network rule"),
        (409, json!({ "code": "row_limit_exceeded", "message": "" }), "full"),
    ];
    for (status, body, expected) in cases {
        let stage = Stage::new().await;
        // The second try of a 404 asks for a data source of that id.
        stage.moods([Mood::Answers(status, body.clone()), Mood::Answers(status, body)]).await;
        let why = refused(stage.create(&document(), false).await);
        assert!(why.contains(expected), "{status}: {why}");
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    for status in [429, 529] {
        let stage = Stage::new().await;
        stage.moods([Mood::Well, Mood::Well, Mood::AsksToWait(status, 9)]).await;
        let answer = stage.create(&document(), false).await;
        let Err(Setback::Retry { after, unsure: false, .. }) = answer else { panic!("{answer:?}") };
        assert_eq!(after.map(|wait| wait.as_secs()), Some(9));
    }
    // With the page made, even a polite refusal leaves something to look for.
    let stage = Stage::new().await;
    let page = [Mood::Well, Mood::Well, Mood::Well];
    stage.moods(page.into_iter().chain([Mood::AsksToWait(429, 9)])).await;
    assert!(unsure(stage.create(&long_document(150), false).await));
    let conflict = json!({ "code": "conflict_error", "message": "" });
    stage.moods([Mood::Well, Mood::Well, Mood::Answers(409, conflict)]).await;
    assert!(unsure(stage.create(&long_document(150), true).await));
    assert_eq!(stage.create(&long_document(150), true).await, Ok(receipt()));
    assert_eq!(stage.lines().await, lines(150));
}

#[tokio::test]
async fn of_several_data_sources_one_must_be_named() {
    let stage = Stage::new().await;
    let sources = json!([{ "id": "d1", "name": "Old" }, { "id": "d2", "name": "New" }]);
    stage.world.lock().await.database["data_sources"] = sources;
    let why = refused(stage.create(&document(), false).await);
    assert!(why.contains("Old (d1), New (d2)"), "{why}");
    // Its id stands where the database's stood.
    stage.world.lock().await.database = Value::Null;
    assert_eq!(stage.create(&document(), false).await, Ok(receipt()));
}

#[tokio::test]
async fn a_private_incident_stays_with_sima() {
    let stage = Stage::new().await;
    let mut incident = incident();
    incident.visibility = Visibility::Private;
    refused(stage.create_for(&incident, &document(), false).await);
    assert!(stage.asked().await.is_empty());
}
