//! What people wrote stays text, whatever it looks like.

use serde_json::json;

use crate::{chromium::Chromium, stage::Stage};

const HOSTILE: &str =
    "<script>window.struck=1</script><img src=x onerror=window.struck=1> &amp; <!channel> *b*";

/// Markup in a summary is read as it was written, in the workspace and on the dashboard, and does nothing.
#[tokio::test]
async fn markup_in_a_summary_stays_text_everywhere() {
    let Some(chromium) = Chromium::starts().await else { return };
    let stage = Stage::opens().await;
    let channel = stage.incident(HOSTILE, "global", "SEV2").await;
    let workspace = stage.sandbox.url();
    let id = stage.sandbox.channel(&channel);
    let company = stage.sandbox.channel("production-issues-bot");

    let tab = chromium.opens(&format!("{workspace}/?channel={id}")).await;
    let places = [
        format!("{workspace}/?channel={id}"),
        format!("{workspace}/?channel={company}"),
        format!("{workspace}/?tab=pager"),
        format!("{}/", stage.sima_url),
        format!("{}/incidents", stage.sima_url),
        format!("{}/incidents/1", stage.sima_url),
    ];
    for place in places {
        tab.goes(&place).await;
        tab.reads(HOSTILE).await;
        let struck = "window.struck ?? document.querySelectorAll('img[src=x]').length";
        assert_eq!(tab.evaluates(struck).await, json!(0), "in {place}");
        tab.is_unharmed().await;
    }
    chromium.ends().await;
    stage.closes().await;
}
