//! Finds the page of an incident that may have been made already.

use reqwest::Method;
use serde_json::{Value, json};
use sima_incident::{Attempt, postmortem::Document};

use crate::{
    client::Client,
    perform::{Deed, Fault, tell},
    properties::{INCIDENT, SIMA_ID, link},
    target::{Kind, Target},
    wire::{List, Page},
};

/// Asks for the page by what tells it best: its own property, its link, or else its title.
pub(crate) async fn find(
    client: &Client,
    target: &Target,
    attempt: &Attempt<'_>,
    document: &Document,
) -> Result<Option<Page>, Fault> {
    let query = json!({
        "filter": filter(target, attempt, document),
        // Should there be two, everybody has been told of the first.
        "sorts": [{ "timestamp": "created_time", "direction": "ascending" }],
        "page_size": 10,
    });
    let pages: List<Page> = tell(client, Method::POST, &target.query, &query, Deed::Read).await?;
    Ok(pages.results.into_iter().find(|page| !page.in_trash && !page.archived))
}

fn filter(target: &Target, attempt: &Attempt<'_>, document: &Document) -> Value {
    let schema = &target.schema;
    if let Some((name, Kind::RichText)) = schema.named(SIMA_ID) {
        let id = attempt.incident.id.to_string();
        return json!({ "property": name, "rich_text": { "equals": id } });
    }
    if let Some((name, Kind::Url)) = schema.named(INCIDENT) {
        let link = link(attempt.incident, attempt.policy);
        return json!({ "property": name, "url": { "equals": link } });
    }
    tracing::warn!(
        "the Notion database has neither a text property \"SIMA ID\" nor a URL property \
         \"Incident\": the page is looked for by its title, which people may change"
    );
    json!({ "property": schema.title, "title": { "equals": document.title } })
}
