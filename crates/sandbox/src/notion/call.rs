//! A call to Notion: version, token, path, and the errors in Notion's words.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State as Shared};
use axum::http::{HeaderMap, Method as Verb, StatusCode, Uri, header};
use axum::response::Response;
use serde_json::{Value, json};

use super::store::plain;
use super::{page, query, schema};
use crate::call::Vendor;
use crate::core::Core;
use crate::door::Cut;
use crate::state::State;
use crate::vendor::{self, Denial, Reply, Request};
use crate::{cast, form, random};

const VERSIONS: [&str; 3] = ["2022-06-28", "2025-09-03", "2026-03-11"];

/// An error as Notion gives it.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: &'static str, message: &str) -> Self {
        Self { status, code, message: message.to_owned() }
    }

    pub(crate) fn validation(message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "validation_error", message)
    }

    /// Not there and not shared look the same.
    pub(crate) fn not_found(id: &str) -> Self {
        let message = format!(
            "Could not find object with ID: {id}. Make sure the relevant pages and databases are shared with your integration."
        );
        Self::new(StatusCode::NOT_FOUND, "object_not_found", &message)
    }

    fn reply(&self) -> Reply {
        let request_id = random::uuid();
        let body = json!({
            "object": "error", "status": self.status.as_u16(), "code": self.code,
            "message": self.message, "request_id": request_id,
        });
        let mut reply = Reply::new(self.status, body, self.code);
        reply.headers.push(("x-notion-request-id", request_id));
        reply
    }
}

/// Answers everything under `/notion/v1/`.
pub(crate) async fn call(
    Shared(core): Shared<Arc<Core>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    Path(path): Path<String>,
    verb: Verb,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    let name = name(&verb, &segments);
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let version = header("notion-version");
    let token = header(header::AUTHORIZATION.as_str());
    let asked = form::read(uri.query().unwrap_or_default().as_bytes());
    let args = json!({"path": format!("/v1/{path}"), "body": vendor::for_the_record(&body)});
    let request = Request {
        vendor: Vendor::Notion,
        method: name.to_owned(),
        args,
        deed: Box::new(move |state, _| {
            let outcome = admit(version.as_deref(), token.as_deref()).and_then(|version| {
                let body = read(&verb, &body)?;
                run(state, name, &segments, &body, &asked, version)
            });
            match outcome {
                Ok(body) => Reply::ok(body),
                Err(problem) => problem.reply(),
            }
        }),
        refuse,
    };
    vendor::answer(core, cut, request).await
}

fn refuse(denial: Denial<'_>) -> Reply {
    match denial {
        Denial::Throttled(wait) => {
            let problem = Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                "You have been rate limited. Please try again in a few minutes.",
            );
            let mut reply = problem.reply();
            "http 429".clone_into(&mut reply.outcome);
            reply.headers.push(("retry-after", wait.to_string()));
            reply
        }
        Denial::TokenRevoked => unauthorized().reply(),
        Denial::MissingScope(_) => Problem::new(
            StatusCode::FORBIDDEN,
            "restricted_resource",
            "Insufficient permissions for this endpoint.",
        )
        .reply(),
        Denial::Refused("conflict_error") => Problem::new(
            StatusCode::CONFLICT,
            "conflict_error",
            "Conflict occurred while saving. Please try again.",
        )
        .reply(),
        Denial::Refused("service_unavailable") => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "service_unavailable",
            "Notion is unavailable, please try again later.",
        )
        .reply(),
        Denial::Refused("object_not_found") => Problem::not_found("(by order)").reply(),
        Denial::Refused(why) => Problem::validation(why).reply(),
    }
}

fn unauthorized() -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "API token is invalid.")
}

fn admit(version: Option<&str>, token: Option<&str>) -> Result<&'static str, Problem> {
    if token != Some(&format!("Bearer {}", cast::NOTION_TOKEN)) {
        return Err(unauthorized());
    }
    let missing = |message: &str| Problem::new(StatusCode::BAD_REQUEST, "missing_version", message);
    let version = version.ok_or_else(|| {
        missing("Notion-Version header failed validation: Notion-Version header should be defined, instead was `undefined`.")
    })?;
    let known = VERSIONS.iter().find(|known| **known == version);
    known.copied().ok_or_else(|| {
        missing(&format!("Notion-Version header failed validation: `{version}` is no version."))
    })
}

fn read(verb: &Verb, body: &[u8]) -> Result<Value, Problem> {
    if body.len() > 500 * 1024 {
        return Err(Problem::validation("body failed validation: body is larger than 500KB."));
    }
    if verb == Verb::GET || body.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_slice(body).map_err(|_| {
        Problem::new(StatusCode::BAD_REQUEST, "invalid_json", "Error parsing JSON body.")
    })
}

/// The name a call goes by in the record and in the faults.
fn name(verb: &Verb, segments: &[String]) -> &'static str {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    match (verb.as_str(), segments.as_slice()) {
        ("POST", ["pages"]) => "pages.create",
        ("GET", ["pages", _]) => "pages.retrieve",
        ("PATCH", ["pages", _]) => "pages.update",
        ("PATCH", ["blocks", _, "children"]) => "blocks.children.append",
        ("GET", ["blocks", _, "children"]) => "blocks.children.list",
        ("GET", ["databases", _]) => "databases.retrieve",
        ("POST", ["databases", _, "query"]) => "databases.query",
        ("GET", ["data_sources", _]) => "data_sources.retrieve",
        ("POST", ["data_sources", _, "query"]) => "data_sources.query",
        ("GET", ["users", "me"]) => "users.me",
        _ => "unknown",
    }
}

fn run(
    state: &mut State,
    name: &str,
    segments: &[String],
    body: &Value,
    asked: &[(String, String)],
    version: &'static str,
) -> Result<Value, Problem> {
    let id = segments.get(1).map(String::as_str).unwrap_or_default();
    let has_sources = version >= "2025-09-03";
    let invalid =
        || Problem::new(StatusCode::BAD_REQUEST, "invalid_request_url", "Invalid request URL.");
    match name {
        "pages.create" => page::create(state, body, version),
        "pages.retrieve" => state
            .notion
            .page(id)
            .map(|page| page.describe(version))
            .ok_or_else(|| Problem::not_found(id)),
        "pages.update" => page::update(state, id, body, version),
        "blocks.children.append" => page::append(state, id, body, version),
        "blocks.children.list" => page::children(state, id, asked),
        "databases.retrieve" if plain(id) == plain(cast::NOTION_DATABASE) => {
            Ok(database(state, has_sources))
        }
        "data_sources.retrieve" if has_sources && plain(id) == plain(cast::NOTION_DATA_SOURCE) => {
            Ok(data_source(state))
        }
        "databases.query" if !has_sources && plain(id) == plain(cast::NOTION_DATABASE) => {
            query::run(state.notion.pages.iter(), body, version)
                .map_err(|why| Problem::validation(&why))
        }
        "data_sources.query" if has_sources && plain(id) == plain(cast::NOTION_DATA_SOURCE) => {
            query::run(state.notion.pages.iter(), body, version)
                .map_err(|why| Problem::validation(&why))
        }
        "databases.query" if has_sources => Err(invalid()),
        "data_sources.query" | "data_sources.retrieve" if !has_sources => Err(invalid()),
        "databases.retrieve"
        | "databases.query"
        | "data_sources.retrieve"
        | "data_sources.query" => Err(Problem::not_found(id)),
        "users.me" => Ok(json!({
            "object": "user", "id": "5a11db0c-0000-4000-8000-0000000000aa", "name": "SIMA",
            "avatar_url": null, "type": "bot",
            "bot": {"owner": {"type": "workspace", "workspace": true}, "workspace_name": "SIMA sandbox"},
        })),
        _ => Err(invalid()),
    }
}

fn database(state: &State, has_sources: bool) -> Value {
    let mut database = json!({
        "object": "database", "id": cast::NOTION_DATABASE, "in_trash": false, "is_inline": false,
        "title": [{"type": "text", "text": {"content": "Post-mortems"}, "plain_text": "Post-mortems"}],
        "url": format!("{}/?tab=documents", state.base_url), "parent": {"type": "workspace", "workspace": true},
    });
    if has_sources {
        database["data_sources"] =
            json!([{"id": cast::NOTION_DATA_SOURCE, "name": "Post-mortems"}]);
    } else {
        database["properties"] = schema::describe(&state.notion.options);
    }
    database
}

fn data_source(state: &State) -> Value {
    json!({
        "object": "data_source", "id": cast::NOTION_DATA_SOURCE, "in_trash": false,
        "parent": {"type": "database_id", "database_id": cast::NOTION_DATABASE},
        "title": [{"type": "text", "text": {"content": "Post-mortems"}, "plain_text": "Post-mortems"}],
        "properties": schema::describe(&state.notion.options),
    })
}
