//! The files of the page, carried in the binary.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../page/", $name)))),*]
    };
}

/// Every file in `page/` but the frame; a test sees to it that none is missing here.
const FILES: &[(&str, &str)] = files![
    "blocks.js",
    "browser.js",
    "channel.js",
    "chooser.js",
    "composer.js",
    "documents.js",
    "dom.js",
    "elements.js",
    "emoji.js",
    "faults.js",
    "guide.js",
    "home.js",
    "icons.js",
    "links.js",
    "markdown.js",
    "menu.js",
    "message.js",
    "messages.js",
    "modal.js",
    "mrkdwn.js",
    "outside.js",
    "page.js",
    "pager.js",
    "server.js",
    "shortcuts.js",
    "side.js",
    "sidebar.js",
    "style.css",
    "time.js",
    "values.js",
];

/// Answers `/`.
pub(crate) async fn index() -> Response {
    ([(header::CACHE_CONTROL, "no-cache")], Html(include_str!("../../page/index.html")))
        .into_response()
}

/// Answers `/{name}`.
pub(crate) async fn asset(Path(name): Path<String>) -> Response {
    let Some((_, text)) = FILES.iter().find(|(file, _)| *file == name) else {
        return (StatusCode::NOT_FOUND, "There is nothing here.").into_response();
    };
    let kind = if name == "style.css" { "text/css" } else { "text/javascript" };
    let headers = [
        (header::CONTENT_TYPE, format!("{kind}; charset=utf-8")),
        (header::CACHE_CONTROL, "no-cache".to_owned()),
    ];
    (headers, *text).into_response()
}
