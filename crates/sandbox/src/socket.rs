//! Slack's end of Socket Mode: sockets that the app opens, envelopes that it has to acknowledge.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::core::Core;
use crate::delivery::{Delivered, Failure, PATIENCE};
use crate::hold::Moment;
use crate::{cast, form, random};

/// How many sockets an app may have.
const MOST: usize = 10;
/// How long after its announcement a socket is closed.
const NOTICE_MICROS: i64 = 10_000_000;
/// How often the app is asked whether it is there.
const PING: Duration = Duration::from_secs(5);

/// What one socket is told to do.
enum Order {
    Send(String),
    Cut,
    Close,
}

/// One socket that is open.
struct Socket {
    id: u64,
    orders: mpsc::UnboundedSender<Order>,
    /// Said to be closed soon: nothing new goes there.
    leaving: bool,
}

/// What waits for an acknowledgement.
struct Awaited {
    socket: u64,
    cut_when_acknowledged: bool,
    acknowledged: oneshot::Sender<Value>,
}

/// Every socket, and what goes wrong with them.
#[derive(Default)]
struct Inner {
    last_id: u64,
    sockets: Vec<Socket>,
    awaited: BTreeMap<(String, u64), Awaited>,
    cut_at: Option<(String, Moment)>,
    twice: bool,
}

/// The sockets the app has open.
#[derive(Default)]
pub(crate) struct Sockets {
    inner: Mutex<Inner>,
    opened: Notify,
}

impl std::fmt::Debug for Sockets {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_struct("Sockets").field("open", &self.count()).finish_non_exhaustive()
    }
}

impl Sockets {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many are open and stay so.
    pub(crate) fn count(&self) -> usize {
        self.lock().sockets.iter().filter(|socket| !socket.leaving).count()
    }

    pub(crate) fn cut_all(&self) {
        let mut inner = self.lock();
        for socket in std::mem::take(&mut inner.sockets) {
            let _ = socket.orders.send(Order::Cut);
        }
        inner.awaited.clear();
    }

    pub(crate) fn cut_at(&self, kind: &str, moment: Moment) {
        self.lock().cut_at = Some((kind.to_owned(), moment));
    }

    pub(crate) fn send_twice(&self, on: bool) {
        self.lock().twice = on;
    }

    fn add(&self, orders: mpsc::UnboundedSender<Order>) -> (u64, usize) {
        let mut inner = self.lock();
        inner.last_id += 1;
        let id = inner.last_id;
        inner.sockets.push(Socket { id, orders, leaving: false });
        let open = inner.sockets.len();
        drop(inner);
        self.opened.notify_waiters();
        (id, open)
    }

    /// Forgets one that ended; what it had not acknowledged has failed.
    fn remove(&self, id: u64) {
        let mut inner = self.lock();
        inner.sockets.retain(|socket| socket.id != id);
        inner.awaited.retain(|(_, socket), _| *socket != id);
    }

    /// Hears an acknowledgement.
    fn hear(&self, socket: u64, text: &str) -> Result<(), String> {
        let json: Value =
            serde_json::from_str(text).map_err(|_| format!("no JSON on the socket: {text}"))?;
        let envelope = json["envelope_id"].as_str().unwrap_or_default().to_owned();
        let mut inner = self.lock();
        if !inner.sockets.iter().any(|open| open.id == socket) {
            // It was cut meanwhile: what was still on its way is lost.
            return Ok(());
        }
        let Some(awaited) = inner.awaited.remove(&(envelope.clone(), socket)) else {
            return Err(format!("nothing of the id {envelope:?} was to be acknowledged there"));
        };
        if awaited.cut_when_acknowledged {
            cut(&mut inner, socket);
        } else {
            let _ = awaited.acknowledged.send(json.get("payload").cloned().unwrap_or_default());
        }
        Ok(())
    }

    /// Sends an envelope over sockets of chance; none when there is no socket.
    fn dispatch(&self, kind: &str, id: &str, text: &str) -> Option<Vec<oneshot::Receiver<Value>>> {
        let mut inner = self.lock();
        let mut staying: Vec<u64> =
            inner.sockets.iter().filter(|one| !one.leaving).map(|one| one.id).collect();
        if staying.is_empty() {
            return None;
        }
        let cut_at = inner.cut_at.take_if(|(meant, _)| meant == kind).map(|(_, moment)| moment);
        let mut receivers = Vec::new();
        for _ in 0..if inner.twice { 2 } else { 1 } {
            if staying.is_empty() {
                break;
            }
            let socket = staying.swap_remove(random::below(staying.len()));
            let (acknowledged, receiver) = oneshot::channel();
            receivers.push(receiver);
            let awaited = Awaited {
                socket,
                cut_when_acknowledged: cut_at == Some(Moment::AfterDeed),
                acknowledged,
            };
            inner.awaited.insert((id.to_owned(), socket), awaited);
            if cut_at == Some(Moment::BeforeDeed) {
                cut(&mut inner, socket);
            } else if let Some(open) = inner.sockets.iter().find(|open| open.id == socket) {
                let _ = open.orders.send(Order::Send(text.to_owned()));
            }
        }
        Some(receivers)
    }
}

/// Cuts one socket; what it had not acknowledged has failed.
fn cut(inner: &mut Inner, id: u64) {
    if let Some(at) = inner.sockets.iter().position(|socket| socket.id == id) {
        let _ = inner.sockets.swap_remove(at).orders.send(Order::Cut);
    }
    inner.awaited.retain(|_, awaited| awaited.socket != id);
}

/// Announces on every socket that it will be closed, and closes it when the notice is over.
pub(crate) fn disconnect_all(core: &Arc<Core>, reason: &str) {
    let text = json!({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}});
    let mut orders = Vec::new();
    for socket in &mut core.sockets.lock().sockets {
        socket.leaving = true;
        let _ = socket.orders.send(Order::Send(text.to_string()));
        orders.push(socket.orders.clone());
    }
    let core = core.clone();
    tokio::spawn(async move {
        let due = core.clock.micros() + NOTICE_MICROS;
        tokio::select! {
            () = core.clock.reaches(due) => {}
            () = core.stopped.cancelled() => {}
        }
        for socket in orders {
            let _ = socket.send(Order::Close);
        }
    });
}

/// Answers `/slack/link`: each ticket is good for one socket.
pub(crate) async fn connect(
    Shared(core): Shared<Arc<Core>>,
    Query(query): Query<BTreeMap<String, String>>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let known = core.change(|state| {
        let given = query.get("ticket").map(String::as_str).unwrap_or_default();
        let Some(tickets) = &mut state.socket_tickets else { return false };
        let at = tickets.iter().position(|ticket| ticket == given);
        at.map(|at| tickets.swap_remove(at)).is_some()
    });
    if !known {
        return (StatusCode::FORBIDDEN, "the ticket is unknown or used").into_response();
    }
    upgrade.on_upgrade(move |socket| serve(core, socket))
}

/// Serves one socket until it ends.
async fn serve(core: Arc<Core>, mut socket: WebSocket) {
    let (orders, mut ordered) = mpsc::unbounded_channel();
    let open_before = core.sockets.lock().sockets.len();
    if open_before >= MOST {
        let text = json!({"type": "disconnect", "reason": "too_many_websockets"});
        let _ = socket.send(Message::text(text.to_string())).await;
        return;
    }
    let hello = json!({
        "type": "hello",
        "num_connections": open_before + 1,
        "debug_info": {
            "host": "sandbox", "build_number": 1, "approximate_connection_time": 18_060,
        },
        "connection_info": {"app_id": cast::APP},
    });
    if socket.send(Message::text(hello.to_string())).await.is_err() {
        return;
    }
    let (id, _) = core.sockets.add(orders);
    core.change(|_| {});
    let mut ping = tokio::time::interval(PING);
    loop {
        tokio::select! {
            order = ordered.recv() => match order {
                Some(Order::Send(text)) => {
                    if socket.send(Message::text(text)).await.is_err() {
                        break;
                    }
                }
                Some(Order::Close) => {
                    let _ = socket.send(Message::Close(None)).await;
                    break;
                }
                Some(Order::Cut) | None => break,
            },
            read = socket.recv() => match read {
                Some(Ok(Message::Text(text))) => {
                    if let Err(problem) = core.sockets.hear(id, &text) {
                        core.change(|state| state.problem(problem));
                        break;
                    }
                }
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Binary(_))) => {}
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
            },
            _ = ping.tick() => {
                if socket.send(Message::Ping("sandbox".into())).await.is_err() {
                    break;
                }
            }
            () = core.stopped.cancelled() => break,
        }
    }
    core.sockets.remove(id);
    core.change(|_| {});
}

/// Sends what would go to one of the app's paths as an envelope, and again over another socket when one
/// was cut under it.
pub(crate) async fn send(
    core: &Core,
    path: &str,
    body: &str,
    headers: &[(&str, String)],
) -> Result<Delivered, Failure> {
    let (kind, payload, takes_payload) = match path {
        "/slack/commands" => {
            let fields = form::read(body.as_bytes());
            let fields = fields.into_iter().map(|(name, value)| (name, json!(value)));
            ("slash_commands", Value::Object(fields.collect()), true)
        }
        "/slack/interactions" => {
            let fields = form::read(body.as_bytes());
            let payload = fields.iter().find(|(name, _)| name == "payload");
            let payload = payload.and_then(|(_, text)| serde_json::from_str(text).ok());
            ("interactive", payload.unwrap_or_default(), true)
        }
        _ => ("events_api", serde_json::from_str(body).unwrap_or_default(), false),
    };
    let header = |name: &str| headers.iter().find(|(one, _)| *one == name).map(|(_, value)| value);
    let mut attempt: u32 =
        header("x-slack-retry-num").and_then(|number| number.parse().ok()).unwrap_or_default();
    let id = random::uuid();
    let late = || Failure { reason: "timeout", status: None };
    let delivered = async {
        loop {
            let mut envelope = json!({
                "envelope_id": id, "type": kind, "payload": payload,
                "accepts_response_payload": takes_payload,
            });
            if attempt > 0 {
                envelope["retry_attempt"] = json!(attempt);
                envelope["retry_reason"] = json!("timeout");
            }
            let opened = core.sockets.opened.notified();
            let Some(receivers) = core.sockets.dispatch(kind, &id, &envelope.to_string()) else {
                opened.await;
                continue;
            };
            let mut answers = Vec::new();
            for receiver in receivers {
                answers.extend(receiver.await);
            }
            if !answers.is_empty() {
                return answers.swap_remove(0);
            }
            attempt += 1;
        }
    };
    let payload = tokio::select! {
        payload = tokio::time::timeout(PATIENCE, delivered) => payload.map_err(|_| late())?,
        () = core.stopped.cancelled() => return Err(late()),
    };
    let body = if payload.is_null() { String::new() } else { payload.to_string() };
    Ok(Delivered { status: 200, content_type: "application/json".to_owned(), body })
}
