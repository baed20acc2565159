//! Opening by form: channel, page, brief, people, broadcast.

use serde_json::json;

use crate::{seen::says, story::Story};

/// Inès fills in the form; within a moment everything is there, once, with links between.
#[tokio::test]
async fn a_form_opens_an_incident_with_everything_that_belongs_to_it() {
    let story = Story::begins().await;
    let channel = story
        .opens(
            "ines",
            json!({
                "summary": "Checkout is down",
                "domain": "payments",
                "severity": "SEV2",
                "description": "Cards are refused",
                "impact": "1200",
            }),
        )
        .await;
    assert!(channel.starts_with("incident_") && channel.ends_with("_checkout-is-down"));

    let brief = story.brief_is_pinned(&channel).await;
    for expected in ["INC-1", "SEV2", "Open", "Checkout is down", "Payments", "200"] {
        assert!(says(&brief, expected), "{expected} is not in {brief:?}");
    }
    let page = story.pages(1).await.remove(0);
    assert!(page.title.contains("Checkout is down"), "{page:?}");
    let channel_id = story.sandbox.channel(&channel);
    let links = serde_json::to_string(&page.links).expect("links");
    assert!(links.contains(&channel_id) && links.contains("/i/INC-1"), "{links}");

    story.reads("production-issues-bot", "Checkout is down").await;
    for person in ["ines", "lea", "sam"] {
        let id = story.sandbox.person(person);
        story
            .until(&format!("{person} is invited"), |state| {
                state.channel(&channel)?.members.contains(&id).then_some(())
            })
            .await;
    }
    story.sees_privately("ines", "general", "INC-1").await;
    story.sees_privately("lea", &channel, "Checkout is down").await;
    story.ends().await;
}
