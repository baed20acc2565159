//! How long opening an incident takes when every vendor call takes 100 ms, and what SIMA needs when
//! it does nothing. Run it by `cargo xtask bench`; what came out is kept in `docs/measurements.md`.
//!
//! SIMA is a process of its own over a sandbox in this one, with real HTTP between them. What is
//! compared with is the shortest chain there can be: a bare client that creates a channel, posts and
//! pins, in the same run over the same sandbox.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a benchmark measures time, and ends when it cannot go on"
)]

mod alarm;
mod chart;
mod door;
mod figures;
mod idle;
mod opening;
#[path = "../../tests/sweep/process.rs"]
mod process;
mod reference;

use std::time::Duration;

use figures::Figures;
use opening::{MILESTONES, Opening};

/// What every vendor call takes while openings are measured.
const LATENCY: Duration = Duration::from_millis(100);

/// How often SIMA is started afresh, and how many incidents are opened each time after the one that
/// warms it up. More at a time would meet Slack's limit of twenty new channels a minute.
const ROUNDS: usize = 3;
const OPENINGS: usize = 10;

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    println!("{}\n", machine());
    openings().await;
    alarm::measure(LATENCY).await;
    door::measure().await;
    idle::measure().await;
}

async fn openings() {
    let mut openings = Vec::new();
    let mut cold = Vec::new();
    let mut shortest = Vec::new();
    for _ in 0..ROUNDS {
        let stage = opening::Stage::new(LATENCY).await;
        cold.push(stage.open().await);
        for _ in 0..OPENINGS {
            openings.push(stage.open().await);
            shortest.push(reference::chain(&stage.sandbox).await);
        }
    }

    println!(
        "Opening an incident by the form, {} times in {ROUNDS} rounds; each vendor call takes {} ms.\n\
         From sending the submitted form to the vendor's answer, in ms; RT are round trips.\n",
        openings.len(),
        LATENCY.as_millis()
    );
    println!("{}", Figures::heading(Some(LATENCY)));
    for (position, milestone) in MILESTONES.iter().enumerate() {
        let times = openings.iter().map(|opening| opening.reached[position]);
        println!("{}", Figures::of(times).row(milestone.name, Some(LATENCY)));
    }
    let all = Figures::of(openings.iter().map(Opening::all_done));
    println!("{}", all.row("all of it", Some(LATENCY)));
    let from_answer = openings.iter().map(Opening::after_answer);
    println!("{}", Figures::of(from_answer).row("  from SIMA's 200", Some(LATENCY)));
    let bare = Figures::of(shortest);
    println!("{}", bare.row("bare client's chain", Some(LATENCY)));
    let first = Figures::of(cold.iter().map(Opening::all_done));
    println!("{}", first.row("first after start", Some(LATENCY)));
    println!(
        "\nAll of it takes {:.3} times the bare client's chain.\n",
        all.median.as_secs_f64() / bare.median.as_secs_f64()
    );

    openings.sort_by_key(Opening::all_done);
    let median = &openings[openings.len() / 2];
    println!("The median opening, call by call; 0 is when the form was sent:\n");
    println!("{}", chart::draw(median));
}

/// The machine, in one line.
fn machine() -> String {
    let cpus = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("an unknown processor", |(_, model)| model);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split(' ').next().unwrap_or_default().to_owned();
    format!("{cores} cores of {model}, load {load} at the start")
}
