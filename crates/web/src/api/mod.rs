//! The HTTP API for programs: open and read incidents, send alerts, ask the deploy gate.
//!
//! To add a route: write its handler with `#[utoipa::path]` in the file of its noun, and name it in
//! [`documented`]: that one list makes both the routes and the OpenAPI document.

mod alerts;
mod body;
mod gate;
mod incidents;
mod problem;
mod shapes;
#[cfg(test)]
mod tests;

use axum::{
    Json, Router,
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Response, StatusCode, Uri, header},
    middleware::{self, Next},
    response::IntoResponse as _,
    routing::{any, get},
};
use secrecy::SecretString;
use sima_incident::Severity;
use utoipa::{
    Modify, OpenApi,
    openapi::security::{Http, HttpAuthScheme, SecurityScheme},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::problem::Problem;
use crate::{App, guard};

/// Where the document is.
const DOCUMENT_PATH: &str = "/api/v1/openapi.json";

/// What the API needs beside the desk.
#[derive(Clone)]
pub struct Api {
    /// The bearer token; without one the API is closed.
    pub token: Option<SecretString>,
    /// The mildest severity that closes the deploy gate.
    pub gate: Severity,
}

/// The head of the OpenAPI document.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "SIMA",
        description = "Open and read incidents, send alerts, and ask whether one may deploy."
    ),
    modifiers(&Bearer)
)]
struct Head;

/// Says in the document how one is let in.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let mut http = Http::new(HttpAuthScheme::Bearer);
        http.description = Some("The token configured as `api.token`.".to_owned());
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(http));
    }
}

/// Every documented route.
fn documented() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Head::openapi())
        .routes(routes!(incidents::open, incidents::list))
        .routes(routes!(incidents::read))
        .routes(routes!(alerts::send))
        .routes(routes!(gate::ask))
}

/// The API's paths. All but the document ask for the token.
pub fn routes(app: &App) -> Router<App> {
    let (routes, document) = documented().split_for_parts();
    let document = document.to_json().unwrap_or_default();
    routes
        .method_not_allowed_fallback(wrong_method)
        .route_layer(middleware::from_fn_with_state(app.clone(), let_in))
        .route(DOCUMENT_PATH, get(move || std::future::ready(shown(&document))))
        .route("/api/", any(nothing_here))
        .route("/api/{*rest}", any(nothing_here))
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::map_response(not_stored))
}

/// Lets in those who have the token.
async fn let_in(State(app): State<App>, request: Request, next: Next) -> Response<Body> {
    let Some(token) = &app.api.token else {
        let what_to_do = "set api.token (SIMA_API__TOKEN) in the configuration, then restart SIMA";
        return Problem::new("api_closed", "the API is closed: it has no token", what_to_do)
            .with(StatusCode::FORBIDDEN);
    };
    let given = guard::authorization(request.headers());
    if given.is_some_and(|given| guard::is_secret(&given, token)) {
        return next.run(request).await;
    }
    let what_to_do = "send the header Authorization: Bearer … with the value of api.token";
    let problem = Problem::new("token_wrong", "the token is missing or wrong", what_to_do);
    let challenge = [(header::WWW_AUTHENTICATE, "Bearer realm=\"SIMA\"")];
    (challenge, problem.with(StatusCode::UNAUTHORIZED)).into_response()
}

fn shown(document: &str) -> Response<Body> {
    ([(header::CONTENT_TYPE, "application/json")], document.to_owned()).into_response()
}

async fn nothing_here(uri: Uri) -> Response<Body> {
    let message = format!("there is nothing at {}", uri.path());
    Problem::new("no_such_path", message, format!("{DOCUMENT_PATH} lists every path"))
        .with(StatusCode::NOT_FOUND)
}

async fn wrong_method(request: Request) -> Response<Body> {
    let message = format!("{} cannot be done here", request.method());
    let what_to_do = format!("use a method that the header Allow or {DOCUMENT_PATH} names");
    Problem::new("wrong_method", message, what_to_do).with(StatusCode::METHOD_NOT_ALLOWED)
}

/// What is so now is no answer later.
async fn not_stored(mut answer: Response<Body>) -> Response<Body> {
    let no_store = HeaderValue::from_static("no-store");
    answer.headers_mut().insert(header::CACHE_CONTROL, no_store);
    answer
}

/// An answer as JSON.
fn json(status: StatusCode, answer: impl serde::Serialize) -> Response<Body> {
    (status, Json(answer)).into_response()
}
