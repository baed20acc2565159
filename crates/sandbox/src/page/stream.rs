//! Word of every change, as server-sent events.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::State as Shared;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::{Stream, StreamExt as _};
use tokio_stream::wrappers::WatchStream;

use crate::core::Core;

/// Answers `/sandbox/events`.
pub(crate) async fn events(
    Shared(core): Shared<Arc<Core>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let changes = WatchStream::new(core.version.subscribe())
        .map(|version| Ok(Event::default().event("changed").data(version.to_string())));
    // An open stream must not keep the server from stopping.
    let stopped = core.stopped.clone();
    let changes = changes.take_until(async move { stopped.cancelled().await });
    Sse::new(changes).keep_alive(KeepAlive::default())
}
