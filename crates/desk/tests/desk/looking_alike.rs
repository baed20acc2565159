//! What looks like what is about to be opened, and joining it instead.

use jiff::SignedDuration;
use sima_desk::{DeskError, Opened, Opening};
use sima_incident::{
    Command, Dismissal, Effect, Incident, Kind, PersonId, Refusal, Sketch, Visibility,
};

use crate::stage::{Stage, ines};

async fn opens(stage: &Stage, opening: Opening) -> Incident {
    match stage.desk.open(opening, &ines(), None).await.expect("it is allowed") {
        Opened::New(incident) => incident,
        other => panic!("{other:?}"),
    }
}

async fn alike(stage: &Stage, summary: &str, drill: bool) -> Vec<u32> {
    let sketch = Sketch { summary, ..Sketch::default() };
    let found = stage.desk.look_alikes(sketch, drill).await.expect("they are read");
    found.into_iter().map(|incident| incident.number.0).collect()
}

/// Private ones, practice, and what was dismissed are not offered to somebody who may be anybody;
/// what is over is offered for some hours, what is not for as long as it lasts.
#[tokio::test]
async fn only_what_may_be_joined_looks_alike() {
    let stage = Stage::begins().await;
    let words = "Checkout answers 502";
    let hidden = Opening { visibility: Visibility::Private, ..Opening::of(words) };
    opens(&stage, hidden).await;
    let drill = opens(&stage, Opening { kind: Kind::Drill, ..Opening::of(words) }).await;
    assert_eq!(alike(&stage, words, false).await, [0_u32; 0]);
    assert_eq!(alike(&stage, words, true).await, [drill.number.0]);

    let live = stage.opens(words).await;
    let over = stage.opens(words).await;
    let mistaken = stage.opens(words).await;
    let does = |incident: &Incident, command| {
        let id = incident.id;
        let desk = stage.desk.clone();
        async move { desk.carry_out(id, command, &ines(), None).await.expect("allowed") }
    };
    does(&over, Command::Recover { at: None }).await;
    does(&mistaken, Command::Dismiss(Dismissal::Mistake)).await;
    assert_eq!(alike(&stage, words, false).await, [over.number.0, live.number.0]);
    stage.desk.clock().advance(SignedDuration::from_hours(7));
    assert_eq!(alike(&stage, words, false).await, [live.number.0]);
}

/// Who joins is invited, once however often they press; nobody is let into what is private.
#[tokio::test]
async fn who_would_rather_join_is_invited() {
    let stage = Stage::begins().await;
    let incident = stage.opens("Checkout answers 502").await;
    let theo = PersonId("UTHEO".into());
    let press = || sima_store::Delivery { door: "slack".into(), id: "trigger:1".into() };
    for _ in 0..2 {
        let let_in = stage.desk.let_in(incident.id, theo.clone(), Some(press())).await;
        assert_eq!(let_in.expect("allowed").number, incident.number);
    }
    let invited = stage
        .claims()
        .await
        .into_iter()
        .filter(|leased| leased.effect == Effect::Invite { people: vec![theo.0.clone()] });
    assert_eq!(invited.count(), 1);
    assert_eq!(stage.events(incident.id).await.len(), 1, "nothing became true by asking");

    let hidden = Opening { visibility: Visibility::Private, ..Opening::of("A leak") };
    let hidden = opens(&stage, hidden).await;
    let refused = stage.desk.let_in(hidden.id, theo.clone(), None).await;
    assert!(matches!(refused, Err(DeskError::Refused(Refusal::NoSuchIncident))), "{refused:?}");
}
