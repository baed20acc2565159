//! Nobody is shut out: landmarks, names, contrast in light and dark, and room on a phone.

use std::time::Duration;

use crate::{chromium::Chromium, stage::Stage, tab::Tab};

/// Says what is wrong with the page as it is rendered; see the file.
const LOOK: &str = include_str!("accessible.js");

/// The roles of what one uses, and of what one is told about by name.
const NAMED: [&str; 17] = [
    "button",
    "link",
    "textbox",
    "searchbox",
    "combobox",
    "checkbox",
    "radio",
    "listbox",
    "slider",
    "spinbutton",
    "switch",
    "menuitem",
    "menuitemradio",
    "dialog",
    "alertdialog",
    "image",
    "Iframe",
];

/// The sandbox's page in every view, on a desk and on a phone, in light and dark.
#[tokio::test]
async fn the_sandbox_shuts_nobody_out() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let workspace = stage.sandbox.url();
    let tab = chromium.opens(&workspace).await;
    tab.finds("textbox", "Message #general").await;
    let mut complaints = looks(&tab, "first visit").await;

    tab.goes(&format!("{workspace}/?tab=pager")).await;
    tab.reads("Nobody has been woken up").await;
    complaints.extend(looks(&tab, "empty pager").await);
    tab.goes(&format!("{workspace}/?tab=documents")).await;
    tab.reads("Nothing has been written yet").await;
    complaints.extend(looks(&tab, "no post-mortems").await);
    tab.goes(&format!("{workspace}/?tab=outside")).await;
    tab.reads("Nobody outside was told anything").await;
    complaints.extend(looks(&tab, "nobody told outside").await);

    let channel = stage.incident("Card payments are refused", "payments", "SEV2").await;
    stage.types("ines", &channel, "im").await;
    stage.types("ines", &channel, "update Release 4.12.3 is rolled back").await;
    let id = stage.sandbox.channel(&channel);
    let company = stage.sandbox.channel("production-issues-bot");
    let broadcast = stage
        .until("the update is under the broadcast", |state| {
            let said = &state.channel("production-issues-bot")?.messages;
            said.iter().find_map(|message| message.thread_ts.clone())
        })
        .await;

    tab.goes(&format!("{workspace}/?channel={id}")).await;
    tab.reads("Pinned").await;
    tab.clicks("textbox", "Message #").await;
    tab.types("/incident ").await;
    tab.finds("listbox", "").await;
    complaints.extend(looks(&tab, "channel, suggestions").await);
    tab.types("open").await;
    tab.presses("Enter").await;
    tab.finds("dialog", "Open an incident").await;
    complaints.extend(looks(&tab, "form").await);
    tab.clicks("button", "Open").await;
    tab.until("the form complains", "document.querySelector('.input.wrong') !== null").await;
    complaints.extend(looks(&tab, "form with a mistake").await);

    for (view, words, place) in [
        ("browse", "Browse channels", "?view=browse".to_owned()),
        ("home", "Open an incident", "?view=home".to_owned()),
        ("thread", "1 reply", format!("?channel={company}&side=thread&thread={broadcast}")),
        ("pins", "Pinned", format!("?channel={id}&side=pins")),
        ("members", "Members", format!("?channel={id}&side=members")),
        ("pager", "Ringing", "?tab=pager".to_owned()),
    ] {
        tab.goes(&format!("{workspace}/{place}")).await;
        tab.reads(words).await;
        // The form that was left open comes along.
        tab.until("no form is open", CLOSED).await;
        complaints.extend(looks(&tab, view).await);
    }

    stage.types("ines", &channel, "recover").await;
    stage.time_passes(Duration::from_mins(16));
    tab.goes(&format!("{workspace}/?tab=documents")).await;
    tab.finds("article", "Card payments are refused").await;
    complaints.extend(looks(&tab, "post-mortem").await);
    tab.is_unharmed().await;
    assert!(complaints.is_empty(), "{complaints:#?}");
    chromium.ends().await;
    stage.closes().await;
}

/// The dashboard's pages, on a desk and on a phone, in light and dark.
#[tokio::test]
async fn the_dashboard_shuts_nobody_out() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let sima = &stage.sima_url;
    let tab = chromium.opens(&format!("{sima}/")).await;
    tab.finds("heading", "All quiet").await;
    let mut complaints = looks(&tab, "empty front page").await;
    tab.goes(&format!("{sima}/incidents")).await;
    complaints.extend(looks(&tab, "empty list").await);

    let over = stage.incident("Card payments are refused", "payments", "SEV2").await;
    stage.types("malik", &over, "ack").await;
    stage.types("malik", &over, "recover").await;
    stage.time_passes(Duration::from_mins(16));
    let live = stage.incident("Mails leave an hour late", "outbound-email", "SEV1").await;
    stage.types("nour", &live, "im").await;
    stage.types("nour", &live, "update The queue is draining; we added workers.").await;
    stage.incident("A report is empty", "global", "SEV4").await;

    for (view, path) in [
        ("front page", "/"),
        ("list", "/incidents"),
        ("live incident", "/incidents/2"),
        ("incident that is over", "/incidents/1"),
        ("post-mortem", "/incidents/1/postmortem"),
        ("no such page", "/nowhere"),
    ] {
        tab.goes(&format!("{sima}{path}")).await;
        complaints.extend(looks(&tab, view).await);
    }
    assert!(complaints.is_empty(), "{complaints:#?}");
    chromium.ends().await;
    stage.closes().await;
}

/// Looks at one view in every size and theme.
async fn looks(tab: &Tab, view: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for (size, width, height) in [("desk", 1280, 800), ("phone", 390, 844)] {
        tab.is_sized(width, height).await;
        for scheme in ["light", "dark"] {
            tab.prefers(scheme).await;
            // Two frames later everything stands where it will stand.
            tab.evaluates(TWO_FRAMES).await;
            let found = tab.evaluates(LOOK).await;
            let Some(found) = found.as_array() else {
                panic!("{view} could not be looked at: {found}")
            };
            let said = found.iter().filter_map(|one| one.as_str());
            complaints.extend(said.map(|one| format!("{view}, {size}, {scheme}: {one}")));
        }
        let things = tab.things().await;
        let unnamed = things
            .iter()
            .filter(|thing| NAMED.contains(&thing.role.as_str()) && thing.name.is_empty());
        complaints.extend(unnamed.map(|one| format!("{view}, {size}: a {} has no name", one.role)));
        assert!(things.len() > 10, "{view} is empty: {things:?}");
    }
    tab.is_sized(1280, 800).await;
    tab.prefers("light").await;
    complaints
}

const TWO_FRAMES: &str = "new Promise((resolve) =>
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(true))))";

/// Closes a form that is open, if there is one; whether there is none.
const CLOSED: &str = "(() => {
    const form = document.querySelector('dialog');
    form?.querySelector('[aria-label=Close]').click();
    return !form;
})()";
