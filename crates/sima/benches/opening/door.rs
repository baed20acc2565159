//! How soon SIMA answers people while Slack itself takes half a second for every call.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::{
    figures::Figures,
    opening::{PATIENCE, Stage},
};

/// What every vendor call takes meanwhile.
const SLOW: Duration = Duration::from_millis(500);

/// Who opens incidents, side by side, and how many each.
const PEOPLE: [&str; 5] = ["ines", "malik", "lea", "sam", "theo"];
const EACH: usize = 20;

/// Measures and prints.
pub async fn measure() {
    let stage = Stage::new(SLOW).await;
    let stage = &stage;
    let (mut commands, mut forms) = (Vec::new(), Vec::new());
    let people = PEOPLE.map(|person| opens_many(stage, person));
    for (asked, submitted) in futures_util::future::join_all(people).await {
        commands.extend(asked);
        forms.extend(submitted);
    }
    println!(
        "How soon SIMA answers while each vendor call takes {} ms, {} people at once, in ms:\n",
        SLOW.as_millis(),
        PEOPLE.len()
    );
    println!("{}", Figures::heading(None));
    println!("{}", Figures::of(commands).row("slash command", None));
    println!("{}\n", Figures::of(forms).row("submitted form", None));
}

/// One person opens incidents, one after the other; how long commands and forms took.
async fn opens_many(stage: &Stage, person: &str) -> (Vec<Duration>, Vec<Duration>) {
    let sandbox = &stage.sandbox;
    let (mut commands, mut forms) = (Vec::new(), Vec::new());
    for _ in 0..EACH {
        let asked = Instant::now();
        let answer = sandbox.slash(person, "general", "/incident", "open").await;
        commands.push(asked.elapsed());
        assert!(answer.is_fine(), "{answer:?}");
        let shown = sandbox.wait_for(PATIENCE, |state| state.modal(person).map(drop)).await;
        shown.expect("the form is shown");
        let submitted = Instant::now();
        let answer = sandbox.submit(person, "", &json!({ "summary": "Checkout is down" })).await;
        forms.push(submitted.elapsed());
        assert!(answer.is_fine(), "{answer:?}");
    }
    (commands, forms)
}
