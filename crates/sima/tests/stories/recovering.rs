//! Recovering: the page is resolved, the wait begins, and the learning follows once.

use secrecy::SecretString;
use serde_json::json;
use sima_sandbox::NotionPage;

use crate::{
    seen::{button, says},
    story::{COMPANY, Story, mins},
};

/// Malik says it is over, nobody presses anything more: a quarter of an hour later the post-mortem
/// is there, filled in with what SIMA knows, and linked where people look.
#[tokio::test]
async fn a_quarter_of_an_hour_after_recovery_the_post_mortem_is_there() {
    let story = Story::begins().await;
    let channel = story
        .opens(
            "ines",
            json!({
                "summary": "Checkout is down",
                "domain": "payments",
                "severity": "SEV2",
                "description": "Cards are refused in every shop",
                "impact": "1200",
            }),
        )
        .await;
    story.is_quiet().await;
    story.joins("malik", &channel).await;
    story.types("malik", &channel, "ack").await;
    story.types("malik", &channel, "role im @nour").await;
    story.time_passes(mins(20)).await;
    story.types("malik", &channel, "update The certificate is replaced").await;
    let answer = story.types("malik", &channel, "recover").await;
    assert!(answer.contains("Recovered"), "{answer}");

    story.page_is("resolved").await;
    let notice = story.reads(&channel, "if it holds for 15 min").await;
    assert!(button(&notice.blocks, "It holds").is_some(), "{notice:?}");
    story.followers_read("Recovered").await;
    story.brief_reads(&channel, "✅ SEV2 · Recovered").await;
    story.broadcast_reads("Back to normal since").await;
    story.is_quiet().await;
    assert!(notion(&story).is_empty(), "not before the window is over");

    story.time_passes(mins(15)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.followers_read("The post-mortem is ready").await;
    let page = the_page(&story);
    let text = page.text();
    for expected in [
        "Checkout is down",
        "Cards are refused in every shop",
        "Payments",
        "SEV2",
        "1,200 clients",
        "Reporter: Inès Aubert",
        "Incident manager: Nour Haddad",
        "Also took part: Malik Diop",
        "The certificate is replaced",
        "Timeline",
        "Root cause",
    ] {
        assert!(text.contains(expected), "{expected} is not in the page:\n{text}");
    }
    assert!(page.title.contains("INC-1") && page.title.contains("Checkout is down"));
    assert!(!text.contains("U0MALIK001"), "people are named, not numbered:\n{text}");
    let ready = story.reads(&channel, "The post-mortem is ready").await;
    let link = button(&ready.blocks, "Read and complete it").expect("a link");
    assert_eq!(link["url"], page.url);
    let brief = story.brief_reads(&channel, "Post-mortem").await;
    assert!(says(&brief, &page.url), "{brief:?}");
    story.ends().await;
}

/// Nobody has to wait: the button of the notice begins the learning at once, and a second press
/// (Malik was as quick as Nour) does no harm.
#[tokio::test]
async fn the_wait_can_be_skipped_and_the_page_comes_once() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.joins("malik", &channel).await;
    story.joins("nour", &channel).await;
    story.types("malik", &channel, "recover").await;
    let notice = story.reads(&channel, "if it holds for").await;

    story.presses("malik", &channel, &notice, "It holds").await;
    story.presses("nour", &channel, &notice, "It holds").await;
    story.sees_privately("nour", &channel, "already ended").await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.time_passes(mins(16)).await;
    story.is_quiet_but_for(&[]).await;
    the_page(&story);
    story.ends().await;
}

/// It was not over: the first window no longer counts, and the second one is a whole one.
#[tokio::test]
async fn reopened_within_the_window_the_old_one_is_moot() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("malik", &channel, "ack").await;
    story.types("malik", &channel, "recover").await;
    story.reads(&channel, "if it holds for").await;
    story.time_passes(mins(10)).await;
    story.types("ines", &channel, "reopen Errors are back").await;
    let reopened = story.reads(&channel, "it was not over").await;
    assert!(says(&reopened, "Errors are back"), "{reopened:?}");
    story.followers_read("Errors are back").await;
    story.brief_reads(&channel, "Investigating").await;

    story.time_passes(mins(6)).await;
    story.is_quiet_but_for(&[]).await;
    assert!(notion(&story).is_empty(), "the old window is moot");

    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(14)).await;
    story.is_quiet().await;
    assert!(notion(&story).is_empty(), "the new window is a whole one");
    story.time_passes(mins(1)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.is_quiet().await;
    let page = the_page(&story);
    assert!(page.text().contains("more than one spell"), "{}", page.text());
    story.ends().await;
}

/// Reopened after the page was made, it is the same page that serves.
#[tokio::test]
async fn an_incident_has_one_post_mortem_however_often_it_is_reopened() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "recover").await;
    story.time_passes(mins(15)).await;
    story.reads(&channel, "The post-mortem is ready").await;
    story.types("ines", &channel, "reopen It came back").await;
    story.is_quiet().await;
    story.types("ines", &channel, "recover").await;
    story.is_quiet().await;
    story.time_passes(mins(16)).await;
    story.is_quiet_but_for(&[]).await;
    the_page(&story);
    let answer = story.types("ines", &channel, "close").await;
    assert!(answer.contains("Closed"), "{answer}");
    story.brief_reads(&channel, "🏁 SEV3 · Closed").await;
    story.ends().await;
}

/// Where the company has no Notion, SIMA keeps the same document itself.
#[tokio::test]
async fn without_notion_the_post_mortem_is_a_page_of_simas_own() {
    let story = Story::begins_with(|config| config.notion.token = SecretString::default()).await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.types("ines", &channel, "recover").await;
    story.time_passes(mins(15)).await;
    let ready = story.reads(&channel, "The post-mortem is ready").await;
    let link = button(&ready.blocks, "Read and complete it").expect("a link")["url"].clone();
    let link = link.as_str().expect("an address");
    assert!(link.ends_with("/incidents/1/postmortem"), "{link}");
    story.followers_read("The post-mortem is ready").await;
    let page = story.gets("/incidents/1/postmortem").await;
    assert_eq!(page.status, 200);
    for expected in ["Checkout is down", "Inès Aubert", "Timeline", "Root cause"] {
        assert!(page.body.contains(expected), "{expected} is not in {}", page.body);
    }
    assert!(story.calls_of("pages.create").is_empty());
    story.ends().await;
}

/// A mild one owes nobody a post-mortem: it closes by itself when it has held.
#[tokio::test]
async fn a_mild_incident_closes_by_itself() {
    let story = Story::begins().await;
    let channel = story.opens("ines", json!({ "summary": "A typo", "severity": "SEV4" })).await;
    story.is_quiet().await;
    story.types("ines", &channel, "recover").await;
    story.time_passes(mins(15)).await;
    story.brief_reads(&channel, "Closed").await;
    story.is_quiet_but_for(&[]).await;
    assert!(notion(&story).is_empty());
    story.ends().await;
}

/// It healed a while ago and somebody says so only now: the time is the true one.
#[tokio::test]
async fn recovery_may_be_told_late() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    story.time_passes(mins(40)).await;
    story.types("ines", &channel, "recover 30m ago").await;
    story.reads(&channel, "It lasted 10 min").await;
    // The window began when it was true, so it is over already.
    story.reads(&channel, "The post-mortem is ready").await;
    let answer = story.types("ines", &channel, "metrics").await;
    assert!(answer.contains("Time to recover") && answer.contains("10 min"), "{answer}");
    assert_eq!(story.sandbox.read(|state| state.messages(COMPANY).len()), 3);
    story.ends().await;
}

fn notion(story: &Story) -> Vec<NotionPage> {
    story.sandbox.read(|state| state.notion.pages.clone())
}

fn the_page(story: &Story) -> NotionPage {
    let mut pages = notion(story);
    assert_eq!(pages.len(), 1, "{pages:?}");
    pages.remove(0)
}
