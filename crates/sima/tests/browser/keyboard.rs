//! The sandbox without a mouse.

use crate::{chromium::Chromium, stage::Stage};

/// From the first visit to the page and back to the composer: every step by keyboard alone.
#[tokio::test]
async fn a_newcomer_opens_an_incident_by_keyboard_alone() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let tab = chromium.opens(&stage.sandbox.url()).await;

    // The composer has the focus from the start.
    tab.until("the composer has the focus", "document.activeElement.id === 'composer'").await;
    tab.types("/incident open").await;
    tab.presses("Enter").await;
    tab.finds("dialog", "Open an incident").await;
    tab.tabs_to("What is broken?").await;
    tab.types("Search is empty").await;
    tab.tabs_to("Which part of the business?").await;
    tab.types("Pay").await;
    tab.tabs_to("How bad is it?").await;
    // Past what the answers say, and past the worst.
    tab.presses("ArrowDown").await;
    tab.presses("ArrowDown").await;
    tab.presses("Control+Enter").await;

    // The focus is back where one was.
    tab.until("the form is gone", "!document.querySelector('dialog')").await;
    tab.until("the composer has the focus", "document.activeElement.id === 'composer'").await;
    tab.finds("button", "Go to the channel").await;
    tab.tabs_back_to("Go to the channel").await;
    tab.presses("Enter").await;
    tab.finds("heading", "search-is-empty").await;
    tab.finds("button", "1 pinned").await;
    for fact in ["INC-1", "SEV2", "Payments", "Search is empty"] {
        tab.reads(fact).await;
    }

    // Into the list of messages, to the brief, and to the first of its buttons.
    tab.tabs_to("1 pinned").await;
    tab.presses("Enter").await;
    tab.finds("complementary", "Pinned").await;
    tab.presses("Escape").await;
    tab.until("the pane is closed", "!document.querySelector('.side')").await;

    tab.tabs_to("Pager").await;
    tab.presses("Enter").await;
    tab.finds("heading", "Search is empty").await;
    tab.tabs_to("Acknowledge").await;
    tab.presses("Enter").await;
    tab.until("the page is acknowledged", "document.querySelector('.page.acknowledged') !== null")
        .await;
    tab.is_unharmed().await;
    chromium.ends().await;
    stage.closes().await;
}
