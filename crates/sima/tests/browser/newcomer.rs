//! A newcomer's first minutes in the sandbox, by typing and clicking.

use crate::{chromium::Chromium, stage::Stage};

/// Inès opens an incident by the form and sees its channel, the pinned brief, the page and the
/// broadcast; Malik joins, takes it, tells how it stands, and it ends with a post-mortem.
#[tokio::test]
async fn a_newcomer_opens_an_incident_by_typing_and_clicking() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let tab = chromium.opens(&stage.sandbox.url()).await;

    tab.clicks("textbox", "Message #general").await;
    tab.types("/incident open").await;
    tab.presses("Enter").await;
    tab.finds("dialog", "Open an incident").await;
    tab.clicks("textbox", "What is broken?").await;
    tab.types("Checkout answers 502 — déjà vu").await;
    tab.clicks("textbox", "What do you see?").await;
    tab.types("Cards are refused since 10:02").await;
    tab.clicks("textbox", "How many clients are affected?").await;
    tab.types("1200").await;
    tab.clicks("button", "Open").await;

    tab.clicks("link", "incident_").await;
    tab.finds("heading", "checkout-answers-502-deja-vu").await;
    tab.reads("Pinned").await;
    for fact in
        ["INC-1", "Checkout answers 502 — déjà vu", "Cards are refused since 10:02", "Global"]
    {
        tab.reads(fact).await;
    }
    tab.finds("button", "1 pinned").await;

    tab.clicks("link", "Pager").await;
    tab.finds("heading", "Checkout answers 502 — déjà vu").await;
    tab.reads("Ringing").await;
    tab.clicks("link", "#incident_").await;
    tab.finds("heading", "checkout-answers-502-deja-vu").await;

    tab.clicks("link", "production-issues-bot").await;
    tab.reads("Nobody is on it yet").await;
    tab.is_unharmed().await;
    chromium.ends().await;
    stage.closes().await;
}

/// Malik comes in, becomes incident manager, updates and recovers; the figures and the post-mortem follow.
#[tokio::test]
async fn another_person_takes_it_to_its_end_with_the_buttons_they_are_shown() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let channel = stage.incident("Card payments are refused", "payments", "SEV2").await;
    let id = stage.sandbox.channel(&channel);
    let malik = stage.sandbox.person("malik");
    let tab = chromium.opens(&format!("{}/?as={malik}&channel={id}", stage.sandbox.url())).await;

    tab.clicks("button", "Join channel").await;
    tab.reads("Only visible to you").await;
    tab.clicks("button", "Acknowledge").await;
    tab.reads("You are on it").await;
    tab.clicks("button", "Become incident manager").await;
    tab.reads("You are incident manager").await;
    tab.until(
        "the brief names the incident manager",
        "document.querySelector('.message.pinned').innerText.includes('@Malik Diop')",
    )
    .await;

    tab.clicks("textbox", "Message #").await;
    tab.types("/incident update").await;
    tab.presses("Enter").await;
    tab.clicks("textbox", "What shall everybody know?").await;
    tab.types("Release 4.12.3 is being rolled back.").await;
    tab.clicks("button", "Post").await;
    tab.until("the form is gone", "!document.querySelector('dialog')").await;
    tab.clicks("link", "production-issues-bot").await;
    tab.clicks("button", "1 reply").await;
    tab.finds("complementary", "Thread").await;
    tab.reads("Release 4.12.3 is being rolled back.").await;

    tab.clicks("button", "Close thread").await;
    tab.clicks("link", "incident_").await;
    tab.finds("heading", "card-payments-are-refused").await;
    tab.clicks("textbox", "Message #").await;
    tab.types("/incident recover").await;
    tab.presses("Enter").await;
    tab.clicks("button", "It holds").await;
    tab.clicks("link", "Post-mortems").await;
    tab.finds("heading", "INC-1: Card payments are refused").await;

    tab.clicks("link", "Workspace").await;
    tab.clicks("textbox", "Message #").await;
    tab.types("/incident metrics").await;
    tab.presses("Enter").await;
    tab.reads("Time to recover").await;
    tab.is_unharmed().await;
    chromium.ends().await;
    stage.closes().await;
}
