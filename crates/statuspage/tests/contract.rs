//! What the page is told is as recorded and told once, and each answer is read as what helps.

mod stage;

use std::time::Duration;

use serde_json::{Value, json};
use sima_incident::{Command, Left, Occasion, Receipt, Setback, StepDone, StepKind};
use stage::{Answer, Stage, TOKEN, follow, open};

const CREATE: &str = include_str!("contract/create.json");
const CREATED: &str = include_str!("contract/created.json");
const RESOLVE: &str = include_str!("contract/resolve.json");
const INVALID: &str = include_str!("contract/invalid.json");

const INCIDENTS: &str = "/v1/pages/kctbh9vrtdwd/incidents";

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).expect("a recording")
}

fn done() -> StepDone {
    StepDone {
        step: "Public page".into(),
        on: Occasion::Acknowledged,
        kind: StepKind::StatusPage,
        left: Some(Left {
            id: "p31zjtct2jer".into(),
            url: Some("https://stspg.io/p31zjtct2jer".into()),
        }),
    }
}

#[tokio::test]
async fn an_incident_is_opened_as_recorded() {
    let stage = Stage::that_answers([Answer::of(201, CREATED)]).await;

    assert_eq!(stage.performs(&open(), false).await, Ok(Receipt::Step(done())));

    let heard = stage.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!((heard[0].method.as_str(), heard[0].path.as_str()), ("POST", INCIDENTS));
    assert_eq!(heard[0].authorization, format!("OAuth {TOKEN}"));
    assert_eq!(heard[0].body, json_of(CREATE));
}

#[tokio::test]
async fn what_an_earlier_try_opened_is_found_by_its_metadata() {
    let others = json!([{ "id": "other", "metadata": { "sima": { "incident": "another" } } }]);
    let ours = json!([{ "id": "bare", "metadata": {} }, json_of(CREATED)]);
    let stage = Stage::that_answers([
        Answer::of(200, &others.to_string()),
        Answer::of(200, &ours.to_string()),
    ])
    .await;

    assert_eq!(stage.performs(&open(), true).await, Ok(Receipt::Step(done())));

    let asked: Vec<String> = stage.heard().into_iter().map(|heard| heard.method).collect();
    assert_eq!(asked, ["GET", "GET"], "nothing is opened again");
}

#[tokio::test]
async fn what_cannot_be_looked_for_stays_unsure() {
    let stage = Stage::that_answers([Answer::of(503, "")]).await;

    let setback = stage.performs(&open(), true).await.unwrap_err();

    assert!(matches!(setback, Setback::Retry { unsure: true, .. }), "{setback:?}");
    assert_eq!(stage.heard().len(), 1, "nothing is opened blindly");
}

#[tokio::test]
async fn what_is_over_is_resolved_as_recorded_and_once() {
    let resolved = CREATED.replace("\"investigating\"", "\"resolved\"");
    let mut stage = Stage::that_answers([
        Answer::of(200, CREATED),
        Answer::of(200, &resolved),
        Answer::of(200, &resolved),
    ])
    .await;
    stage.does(Command::Acknowledge);
    stage.does(Command::Note(Receipt::Step(done())));
    stage.does(Command::Recover { at: None });

    assert_eq!(stage.performs(&follow(), false).await, Ok(Receipt::Done));
    assert_eq!(stage.performs(&follow(), true).await, Ok(Receipt::Done));

    let heard = stage.heard();
    let asked: Vec<&str> = heard.iter().map(|heard| heard.method.as_str()).collect();
    assert_eq!(asked, ["GET", "PATCH", "GET"], "what is resolved is not resolved again");
    assert_eq!(heard[1].path, format!("{INCIDENTS}/p31zjtct2jer"));
    assert_eq!(heard[1].body, json_of(RESOLVE));
}

#[tokio::test]
async fn every_answer_is_read_as_what_helps() {
    for (answer, expected) in [
        (Answer::of(429, "").after(7), Setback::rate_limited(Duration::from_secs(7))),
        (Answer::of(420, "").after(60), Setback::rate_limited(Duration::from_mins(1))),
        (Answer::of(429, ""), Setback::later("Statuspage is rate limiting the API key")),
        (Answer::of(502, "<html>"), Setback::unsure("Statuspage answered 502 Bad Gateway")),
        (Answer::of(201, "<html>"), Setback::unsure("Statuspage's answer could not be read")),
    ] {
        let stage = Stage::that_answers([answer]).await;
        assert_eq!(stage.performs(&open(), false).await, Err(expected));
    }
    for (answer, says) in [
        (Answer::of(401, ""), "check statuspage.token"),
        (Answer::of(403, ""), "check statuspage.token"),
        (Answer::of(404, ""), "page_id"),
        (Answer::of(422, INVALID), "Component ids must be of this page. Check the step's page_id"),
        (Answer::of(400, &json!({ "error": format!("bad {TOKEN}") }).to_string()), "bad …"),
    ] {
        let stage = Stage::that_answers([answer]).await;
        let Err(Setback::Refused { why }) = stage.performs(&open(), false).await else {
            panic!("it was not refused: {says}")
        };
        assert!(why.contains(says), "{why}");
        assert!(!why.contains(TOKEN), "{why}");
    }
}
