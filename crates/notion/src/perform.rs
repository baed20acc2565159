//! Carries out the one effect of the post-mortem's lane: makes the page, whole and once.

use std::sync::Arc;

use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde::{Serialize, de::DeserializeOwned};
use sima_incident::{Attempt, Effect, Receipt, Setback, postmortem::Document};
use tokio::sync::Mutex;

use crate::{
    Unusable,
    client::{Answer, Client},
    find::find,
    pages::{blocks, requests},
    properties::properties,
    resume::already_there,
    target::{Target, id_in},
    wire::{Append, Block, NewPage, Page, Problem},
};

/// What it takes to make pages.
#[derive(Debug)]
pub struct Settings {
    /// The API, without `/v1`: `https://api.notion.com`.
    pub base_url: String,
    /// The version to speak: `2026-03-11`, `2025-09-03` or `2022-06-28`.
    pub version: String,
    /// The connection's secret.
    pub token: SecretString,
    /// The database pages are made in: its id or address; or the id of one of its data sources.
    pub database_id: String,
}

/// The place of the post-mortem pages.
#[derive(Debug)]
pub struct Notion {
    pub(crate) client: Client,
    pub(crate) database_id: String,
    target: Mutex<Option<Arc<Target>>>,
}

impl Notion {
    /// Makes ready to write pages. Calls nobody.
    ///
    /// # Errors
    /// [`Unusable`] if the address is no URL, or this machine has no certificates to trust.
    pub fn new(settings: Settings) -> Result<Self, Unusable> {
        let client = Client::new(&settings.base_url, &settings.version, settings.token)?;
        let database_id = id_in(&settings.database_id);
        Ok(Self { client, database_id, target: Mutex::new(None) })
    }

    /// Makes the page of an incident's post-mortem from its document.
    ///
    /// If an earlier try may have made it, it is looked for first, and what it lacks is appended.
    ///
    /// # Errors
    /// [`Setback::Retry`] when Notion could not be reached, was busy or gave no answer; it is unsure
    /// as soon as there may be a page. [`Setback::Refused`] when Notion will not take it, or the
    /// incident is private.
    pub async fn create(
        &self,
        attempt: &Attempt<'_>,
        document: &Document,
    ) -> Result<Receipt, Setback> {
        if *attempt.effect != Effect::DraftPostmortem {
            let words = attempt.effect.in_words();
            return Err(Setback::refused(format!("the post-mortem pages cannot {words}")));
        }
        if attempt.incident.is_private() {
            return Err(Setback::refused("a private incident's post-mortem stays with SIMA"));
        }
        let blocks = blocks(document);
        let first = requests(&blocks, 0).first().map_or(0, |request| request.end);
        let found = if attempt.unsure { self.found(attempt, document).await? } else { None };
        let (page, held) = match found {
            Some(page) if first == blocks.len() => (page, first),
            Some(page) => {
                let held = already_there(&self.client, &page.id, &blocks).await?;
                // The page was made with the first of them; people may have changed those.
                (page, held.max(first))
            }
            None => (self.make(attempt, document, &blocks[..first]).await?, first),
        };
        self.append(&page, &blocks, held).await.map_err(|fault| of_a_page(fault.into(), &page))?;
        Ok(Receipt::Postmortem { url: page.url, page_id: page.id })
    }

    async fn found(
        &self,
        attempt: &Attempt<'_>,
        document: &Document,
    ) -> Result<Option<Page>, Setback> {
        let target = self.target().await?;
        match find(&self.client, &target, attempt, document).await {
            // A property was renamed since the database was read.
            Err(Fault::Invalid(_)) => {
                self.forget().await;
                let target = self.target().await?;
                Ok(find(&self.client, &target, attempt, document).await?)
            }
            other => Ok(other?),
        }
    }

    async fn make(
        &self,
        attempt: &Attempt<'_>,
        document: &Document,
        children: &[Block],
    ) -> Result<Page, Setback> {
        let written = |target: &Target| {
            properties(&target.schema, attempt.incident, attempt.policy, &document.title)
        };
        let target = self.target().await?;
        let made = self.post(&target, written(&target), children).await;
        let Err(Fault::Invalid(why)) = made else { return Ok(made?) };
        // The database may have changed since it was read; if not, asking again would not help.
        self.forget().await;
        let fresh = self.target().await?;
        if fresh.parent == target.parent && written(&fresh) == written(&target) {
            return Err(Fault::Invalid(why).into());
        }
        Ok(self.post(&fresh, written(&fresh), children).await?)
    }

    async fn post(
        &self,
        target: &Target,
        properties: std::collections::BTreeMap<String, serde_json::Value>,
        children: &[Block],
    ) -> Result<Page, Fault> {
        let page = NewPage { parent: &target.parent, properties, children };
        tell(&self.client, Method::POST, "pages", &page, Deed::Write).await
    }

    /// Appends what is not there yet, in order, one request after the other.
    async fn append(&self, page: &Page, blocks: &[Block], from: usize) -> Result<(), Fault> {
        let path = format!("blocks/{}/children", page.id);
        for request in requests(blocks, from) {
            let append = Append { children: &blocks[request] };
            let _: serde::de::IgnoredAny =
                tell(&self.client, Method::PATCH, &path, &append, Deed::Write).await?;
        }
        Ok(())
    }

    /// The database, read once.
    async fn target(&self) -> Result<Arc<Target>, Setback> {
        let mut known = self.target.lock().await;
        if let Some(target) = &*known {
            return Ok(target.clone());
        }
        let target = Arc::new(Target::read(&self.client, &self.database_id).await?);
        *known = Some(target.clone());
        Ok(target)
    }

    async fn forget(&self) {
        *self.target.lock().await = None;
    }
}

/// Whether a request changes anything: only then a lost answer leaves doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    Read,
    Write,
}

/// Why a request did not succeed, as far as this crate acts on it.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The request does not fit the database.
    Invalid(String),
    /// It is not there, or not shared with the connection.
    NotFound(String),
    /// Anything else.
    Setback(Setback),
}

impl From<Setback> for Fault {
    fn from(setback: Setback) -> Self {
        Self::Setback(setback)
    }
}

impl From<Fault> for Setback {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Invalid(why) | Fault::NotFound(why) => Self::refused(why),
            Fault::Setback(setback) => setback,
        }
    }
}

/// Once there is a page it must be found again, and people may want to see it as it is.
fn of_a_page(setback: Setback, page: &Page) -> Setback {
    match setback {
        Setback::Retry { why, after, .. } => Setback::Retry { why, after, unsure: true },
        Setback::Refused { why } => {
            Setback::Refused { why: format!("the page {} is incomplete: {why}", page.url) }
        }
    }
}

/// Sends a request without a body and reads the answer.
pub(crate) async fn ask<T: DeserializeOwned>(
    client: &Client,
    method: Method,
    path: &str,
    deed: Deed,
) -> Result<T, Fault> {
    read(client.call(method, path, None::<&()>).await, deed)
}

/// Sends a request with a body and reads the answer.
pub(crate) async fn tell<T: DeserializeOwned>(
    client: &Client,
    method: Method,
    path: &str,
    body: &(impl Serialize + Sync),
    deed: Deed,
) -> Result<T, Fault> {
    read(client.call(method, path, Some(body)).await, deed)
}

fn read<T: DeserializeOwned>(
    called: Result<Answer, reqwest::Error>,
    deed: Deed,
) -> Result<T, Fault> {
    let lost = |why: &str| match deed {
        Deed::Read => Setback::later(why),
        Deed::Write => Setback::unsure(why),
    };
    let answer = match called {
        Ok(answer) => answer,
        Err(error) if error.is_connect() => {
            return Err(Setback::later("Notion could not be reached").into());
        }
        Err(error) if error.is_builder() => {
            let why = "the request to Notion could not be written: check notion.version and token";
            return Err(Setback::refused(why).into());
        }
        Err(error) if error.is_timeout() => {
            return Err(lost("Notion gave no answer in time").into());
        }
        Err(_) => return Err(lost("Notion's answer was lost").into()),
    };
    if !answer.status.is_success() {
        return Err(judge(&answer, deed));
    }
    serde_json::from_slice(&answer.body)
        .map_err(|_| lost("Notion answered something that is not its JSON").into())
}

/// Reads a refusal: the one place where Notion's codes are known.
///
/// Source: `developers.notion.com/reference/status-codes` (read 2026-08-22).
fn judge(answer: &Answer, deed: Deed) -> Fault {
    let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
    let is_notion = problem.is_some();
    let Problem { code, message } = problem.unwrap_or_default();
    let message: String = message.chars().take(300).collect();
    let status = answer.status.as_u16();
    let setback = match (status, code.as_str()) {
        (400, _) => return Fault::Invalid(format!("Notion does not take it: {message}")),
        (404, _) => {
            return Fault::NotFound(
                "Notion does not know the database, or it is not shared with SIMA's connection: \
                 check notion.database_id, and add the connection to the database under \
                 \"Connections\""
                    .into(),
            );
        }
        (401, _) => Setback::refused(
            "Notion does not accept the token: make a new one and set notion.token",
        ),
        // A refusal that is not JSON comes from the edge, not from Notion.
        (403, _) if !is_notion => Setback::refused(
            "a network rule in front of Notion forbids it: ask whoever runs the network",
        ),
        (403, _) => Setback::refused(format!(
            "Notion forbids it: give SIMA's connection the capabilities to read, insert and update \
             content ({message})"
        )),
        (409, "row_limit_exceeded") => Setback::refused(format!("the database is full: {message}")),
        (409, _) => Setback::later("somebody else is writing into the page"),
        (429 | 529, _) => answer
            .retry_after
            .map_or_else(|| Setback::later("Notion is rate limiting"), Setback::rate_limited),
        _ if answer.status.is_server_error() || answer.status == StatusCode::REQUEST_TIMEOUT => {
            Setback::Retry {
                why: format!("Notion answered {status}"),
                after: answer.retry_after,
                unsure: deed == Deed::Write,
            }
        }
        _ => Setback::refused(format!("Notion answered {status}: {message}")),
    };
    Fault::Setback(setback)
}
