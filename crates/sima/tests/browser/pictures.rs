//! The pictures in the README, taken when asked for.

use std::{fs, path::Path};

use crate::{chromium::Chromium, stage::Stage};

/// Writes `docs/pictures/` anew when `SIMA_PICTURES=write` is set; otherwise only looks that the
/// pictures are there and small.
///
/// ```sh
/// SIMA_PICTURES=write cargo test -p sima --test browser pictures
/// ```
#[tokio::test]
async fn the_pictures_of_the_readme_are_there_and_small() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/pictures");
    if std::env::var("SIMA_PICTURES").as_deref() == Ok("write") {
        let Some(chromium) = Chromium::starts().await else { return };
        takes(&chromium, &folder).await;
        chromium.ends().await;
    }
    for scheme in ["light", "dark"] {
        let file = folder.join(format!("sandbox-{scheme}.png"));
        let size = fs::metadata(&file).expect("the picture is there").len();
        assert!(size < 300_000, "{} has {size} bytes", file.display());
    }
}

/// An incident in the middle of its life, as Inès sees it.
async fn takes(chromium: &Chromium, folder: &Path) {
    let stage = Stage::opens().await;
    let channel = stage.incident("Checkout answers 502", "payments", "SEV2").await;
    for person in ["malik", "nour", "theo"] {
        stage.sandbox.join(person, &channel).expect("a public channel");
    }
    stage.types("malik", &channel, "ack").await;
    stage.types("nour", &channel, "im").await;
    stage.types("theo", &channel, "cl").await;
    stage.types("nour", &channel, "impact 1200").await;
    let update = "update Release 4.12.3 broke the card gateway. We roll it back.";
    stage.types("nour", &channel, update).await;
    stage
        .until("the update is posted", |state| {
            let said = &state.channel(&channel)?.messages;
            said.iter().skip(1).find(|one| one.text.contains("card gateway")).map(drop)
        })
        .await;
    let said = "The rollback is running, errors are falling.";
    stage.sandbox.say("malik", &channel, said).expect("he is in the channel");

    fs::create_dir_all(folder).expect("a folder for the pictures");
    let tab = chromium.opens("about:blank").await;
    tab.lives_in("en-GB", "Europe/Paris").await;
    tab.is_sized(1280, 900).await;
    tab.goes(&stage.sandbox.url()).await;
    tab.clicks("button", "Hide these hints").await;
    tab.clicks("link", "incident_").await;
    // Her own greeting is not what the picture is about.
    tab.clicks("button", "Dismiss").await;
    tab.until("it is gone", "!document.querySelector('.ephemeral')").await;
    tab.reads("errors are falling").await;
    for scheme in ["light", "dark"] {
        tab.prefers(scheme).await;
        let file = folder.join(format!("sandbox-{scheme}.png"));
        fs::write(file, tab.picture().await).expect("the picture is written");
    }
    stage.closes().await;
}
