//! How many alerts a second SIMA takes in so that they outlive its death, and how soon each sender is
//! answered. Run it by `cargo xtask bench intake`; what came out is kept in `docs/measurements.md`.
//!
//! SIMA is whole here: its router, its store, and the intake that judges what was taken in meanwhile.
//! The senders are in the same process and take their share of the machine. What is compared with, in
//! the same run: how often a second the disk makes a small write last, and how many requests a second
//! a server answers that does nothing.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a benchmark measures time, and ends when it cannot go on"
)]

mod disk;
#[path = "../opening/figures.rs"]
#[allow(dead_code, reason = "the other benchmark counts in round trips too")]
mod figures;
mod sender;
#[allow(dead_code, reason = "the tests start one that forgets")]
#[path = "../../../store/tests/server/mod.rs"]
mod server;

use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use axum::{Router, body::Bytes, routing::post};
use jiff::Timestamp;
use sima::{
    config::Config,
    serve::{self, system_clock},
};
use tokio::{net::TcpListener, task::JoinSet};

use figures::Figures;
use sender::Sender;

/// How many send at once, each over a connection it keeps.
const SENDERS: usize = 64;

/// How often each is measured, and for how long.
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(5);

/// The bearer token of the senders.
const TOKEN: &str = "benchmark";

#[tokio::main]
async fn main() {
    println!(
        "{SENDERS} senders at once, {ROUNDS} rounds of {} s, load {}\n",
        ROUND.as_secs(),
        load()
    );
    println!("{:<34}{:>10}  {}", "", "a second", Figures::heading(None));
    for _ in 0..ROUNDS {
        let folder = tempfile::tempdir().expect("a folder");
        let synced = disk::syncs(folder.path(), Duration::from_secs(1));
        print("disk: fdatasync of 8 KiB", &synced, Duration::from_secs(1));
        let address = does_nothing().await;
        print("a server that does nothing", &send(address).await, ROUND);
        sqlite(folder.path()).await;
        postgres().await;
    }
}

async fn sqlite(folder: &Path) {
    let url = format!("sqlite:{}", folder.join("sima.db").display());
    sima_at(&url, "SIMA, SQLite").await;
}

async fn postgres() {
    let server = server::Server::durable();
    sima_at(&server.url(), "SIMA, PostgreSQL").await;
}

/// Measures SIMA over one database, and how long it then takes until all is judged.
async fn sima_at(url: &str, name: &str) {
    let mut config = Config::default();
    config.database.url = url.to_owned().into();
    config.alerts.token = TOKEN.into();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    config.http.listen = listener.local_addr().expect("an address");
    let running = serve::start_on(listener, &config, system_clock()).await.expect("SIMA starts");
    let took = send(running.address()).await;
    let began = Instant::now();
    print(name, &took, ROUND);
    let store = running.desk().store();
    while !store.waiting_alerts(1).await.expect("the log").is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let behind = began.elapsed();
    let last = store.alert_log(Timestamp::MIN, took.len() as i64 - 1, 2).await.expect("the log");
    assert_eq!(last.last().map(|alert| alert.id), Some(took.len() as i64), "each is there, once");
    let incidents = store.live_incidents().await.expect("the incidents");
    let total: u32 = incidents.iter().map(|incident| incident.tally().total).sum();
    assert_eq!(total as usize, took.len(), "each belongs to an incident");
    println!(
        "  all {total} judged {:.2} s after the last, {} incident(s)",
        behind.as_secs_f64(),
        incidents.len()
    );
    running.stop().await;
}

/// A server that reads a request and answers.
async fn does_nothing() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let read = |body: Bytes| async move { format!("{} bytes\n", body.len()) };
    let router = Router::new().route("/alerts/alertmanager", post(read));
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Sends for one round; how long each request took.
async fn send(address: SocketAddr) -> Vec<Duration> {
    let until = Instant::now() + ROUND;
    let mut senders = JoinSet::new();
    for number in 0..SENDERS {
        senders.spawn(async move {
            let mut sender = Sender::connects(address, number).await;
            let mut took = Vec::with_capacity(10_000);
            while Instant::now() < until {
                took.push(sender.sends(TOKEN).await);
            }
            took
        });
    }
    senders.join_all().await.into_iter().flatten().collect()
}

fn print(name: &str, took: &[Duration], span: Duration) {
    let rate = took.len() as f64 / span.as_secs_f64();
    println!("{name:<34}{rate:>10.0}  {}", Figures::of(took.iter().copied()).row("", None));
}

fn load() -> String {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    load.split(' ').next().unwrap_or_default().to_owned()
}
