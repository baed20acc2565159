//! The dashboard: live, with figures, and without scripts.

use crate::{chromium::Chromium, stage::Stage};

/// Whoever has it open sees an incident begin, move and end, and its figures, without a reload.
#[tokio::test]
async fn the_dashboard_follows_an_incident_live() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let tab = chromium.opens(&format!("{}/", stage.sima_url)).await;
    tab.finds("heading", "All quiet").await;
    // A page that is loaded again forgets this.
    tab.evaluates("window.kept = true").await;

    let channel = stage.incident("Card payments are refused", "payments", "SEV1").await;
    tab.finds("heading", "1 incident live").await;
    for fact in ["INC-1", "Card payments are refused", "SEV1", "Payments"] {
        tab.reads(fact).await;
    }
    stage.types("malik", &channel, "ack").await;
    tab.reads("Investigating").await;
    stage.types("malik", &channel, "recover").await;
    tab.finds("heading", "All quiet").await;
    tab.reads("from 1 of 1 incident").await;
    tab.reads("Recovered").await;
    assert_eq!(tab.evaluates("window.kept").await, true, "the page was loaded again");

    tab.clicks("link", "Card payments are refused").await;
    tab.finds("heading", "Card payments are refused").await;
    tab.reads("Inès Aubert").await;
    tab.is_unharmed().await;
    chromium.ends().await;
    stage.closes().await;
}

/// Everything can be read with scripts forbidden; only the pages do not renew themselves.
#[tokio::test]
async fn the_dashboard_is_read_without_scripts() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let channel = stage.incident("Card payments are refused", "payments", "SEV2").await;
    stage.types("malik", &channel, "recover").await;

    let tab = chromium.opens("about:blank").await;
    tab.forbids_scripts().await;
    tab.goes(&format!("{}/", stage.sima_url)).await;
    tab.finds("heading", "All quiet").await;
    tab.reads("from 1 of 1 incident").await;
    tab.goes(&format!("{}/incidents", stage.sima_url)).await;
    tab.finds("heading", "Incidents").await;
    tab.finds("link", "Card payments are refused").await;
    tab.goes(&format!("{}/incidents/1", stage.sima_url)).await;
    tab.finds("heading", "Card payments are refused").await;
    tab.reads("Inès Aubert").await;
    chromium.ends().await;
    stage.closes().await;
}

/// A browser keeps few lines to one server: pages that were left must not hold on to theirs.
#[tokio::test]
async fn pages_that_were_left_do_not_keep_others_waiting() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let tab = chromium.opens(&format!("{}/", stage.sima_url)).await;
    for _ in 0..5 {
        for place in [&stage.sima_url, &stage.sandbox.url()] {
            tab.goes(&format!("{place}/?again")).await;
            tab.finds("link", "SIMA").await;
        }
        tab.goes(&format!("{}/incidents", stage.sima_url)).await;
        tab.finds("heading", "Incidents").await;
    }
    // One that is gone back to is live again, and shows what it missed.
    stage.incident("Card payments are refused", "payments", "SEV1").await;
    tab.evaluates("history.go(-2)").await;
    tab.finds("heading", "1 incident live").await;
    tab.is_unharmed().await;
    chromium.ends().await;
    stage.closes().await;
}
