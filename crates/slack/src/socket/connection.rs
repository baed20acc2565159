//! One connection from its greeting to its end.

use std::{pin::pin, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use super::{
    Line, Taken, Taker,
    frame::{self, Envelope, Frame},
    open::{Stream, repair},
};

/// After this long without a word the other side is asked whether it is there.
const QUIET: Duration = Duration::from_secs(10);
/// So many times it may be asked without an answer.
const UNANSWERED: u32 = 3;
/// How long a connection that Slack is about to close may go on.
const FAREWELL: Duration = Duration::from_secs(30);
/// How long a request may take before it is left to come again.
const TIME_LIMIT: Duration = Duration::from_secs(20);
/// How long what is under way may take once the server stops.
const GRACE: Duration = Duration::from_secs(3);

/// Why another connection is needed.
#[derive(Debug)]
pub(super) enum Leaving {
    /// Slack will cut this one soon, as it does every few hours.
    Rotation,
    /// It is cut.
    Cut {
        /// Whether it was open before.
        greeted: bool,
    },
    /// Slack refuses it.
    Refused {
        /// What is wrong and what to do about it.
        why: String,
    },
}

/// Serves a connection until it ends; says once why another is needed. Says nothing when told to stop.
pub(super) async fn serve(
    mut stream: Stream,
    taker: Taker,
    line: Line,
    leaving: oneshot::Sender<Leaving>,
    stop: CancellationToken,
) {
    let mut leaving = Some(leaving);
    let mut leaves = move |why: Leaving| {
        if let Some(leaving) = leaving.take() {
            // Whoever asked may have stopped.
            let _ = leaving.send(why);
        }
    };
    let (acknowledge, mut acknowledged) = mpsc::unbounded_channel::<String>();
    let mut under_way = JoinSet::new();
    let mut greeted = false;
    let mut unanswered = 0;
    let mut farewell = pin!(None);
    loop {
        tokio::select! {
            read = timeout(QUIET, stream.next()) => match read {
                Ok(Some(Ok(message))) => {
                    unanswered = 0;
                    let Message::Text(text) = message else { continue };
                    match frame::read(&text) {
                        Frame::Hello => {
                            if !std::mem::replace(&mut greeted, true) {
                                line.opened();
                            }
                        }
                        Frame::Disconnect(reason) => {
                            leaves(why(&reason, greeted));
                            farewell.set(Some(sleep(FAREWELL)));
                        }
                        Frame::Envelope(envelope) => {
                            under_way.spawn(take(*envelope, taker.clone(), acknowledge.clone()));
                        }
                        Frame::Other => tracing::debug!("a frame that is not known"),
                    }
                }
                Ok(Some(Err(_)) | None) => break,
                Err(_) => {
                    unanswered += 1;
                    if unanswered > UNANSWERED || stream.send(Message::Ping("sima".into())).await.is_err() {
                        break;
                    }
                }
            },
            Some(text) = acknowledged.recv() => {
                if stream.send(Message::text(text)).await.is_err() {
                    break;
                }
            }
            Some(_) = under_way.join_next() => {}
            () = ended(farewell.as_mut().as_pin_mut()) => break,
            () = stop.cancelled() => {
                finish(&mut stream, &mut under_way, &mut acknowledged).await;
                break;
            }
        }
    }
    if greeted {
        line.closed();
    }
    if !stop.is_cancelled() {
        leaves(Leaving::Cut { greeted });
    }
    // What is still under way is recorded all the same; Slack sends it again, and it is recognised.
    while under_way.join_next().await.is_some() {}
}

/// Takes one request and acknowledges it when it is taken.
async fn take(envelope: Envelope, taker: Taker, acknowledge: mpsc::UnboundedSender<String>) {
    let Envelope { id, request, takes_payload } = envelope;
    let taken = match request {
        Ok(request) => {
            let taken = timeout(TIME_LIMIT, taker(request)).await;
            taken.unwrap_or_else(|_| {
                tracing::error!("a request of Slack's took too long");
                Taken::No
            })
        }
        // It would be as unreadable again.
        Err(unreadable) => {
            tracing::warn!(why = %unreadable, "a request of Slack's could not be read");
            Taken::Yes(None)
        }
    };
    if let Taken::Yes(payload) = taken {
        let payload = payload.filter(|_| takes_payload);
        // The connection may have ended: then the request comes again.
        let _ = acknowledge.send(frame::acknowledgement(&id, payload.as_ref()));
    }
}

/// Acknowledges what is under way, and says goodbye.
async fn finish(
    stream: &mut Stream,
    under_way: &mut JoinSet<()>,
    acknowledged: &mut mpsc::UnboundedReceiver<String>,
) {
    let all = async { while under_way.join_next().await.is_some() {} };
    let _ = timeout(GRACE, all).await;
    while let Ok(text) = acknowledged.try_recv() {
        if stream.send(Message::text(text)).await.is_err() {
            return;
        }
    }
    let _ = timeout(GRACE, stream.close(None)).await;
}

/// What a farewell means.
fn why(reason: &str, greeted: bool) -> Leaving {
    match reason {
        "link_disabled" => Leaving::Refused {
            why: format!(
                "Slack has switched it off: {}",
                repair("link_disabled").unwrap_or_default()
            ),
        },
        "too_many_websockets" => Leaving::Refused {
            why: "the app has more than ten connections: lower slack.connections, or run fewer \
                  replicas; does another installation use the same app?"
                .to_owned(),
        },
        // `warning` and `refresh_requested`, and whatever Slack calls it next.
        _ if greeted => Leaving::Rotation,
        _ => Leaving::Cut { greeted },
    }
}

/// Completes with a wait, if there is one.
async fn ended(wait: Option<impl Future<Output = ()>>) {
    match wait {
        Some(wait) => wait.await,
        None => std::future::pending().await,
    }
}
