//! SIMA is killed (SIGKILL) at every step of opening an incident and started again: everything that
//! belongs to the incident comes to be, and nothing twice.
//!
//! SIMA is a process of its own here. A vendor's call is stopped where the case says, the process is
//! killed, and another starts on its database and port. `cargo xtask sweep` opens many more, killed
//! at random moments; `SEED` repeats one such run.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a case that cannot go on has failed, and says how long it took"
)]

mod alerts;
mod at_random;
mod cases;
mod process;
mod questions;
mod scene;

use std::{sync::Arc, time::Instant};

use tokio::{sync::Semaphore, task::JoinSet};

use cases::{CALLS, Case, MOMENTS};

/// How many SIMAs are alive side by side.
const SIDE_BY_SIDE: usize = 6;

/// Every call of an opening, killed at every moment of it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_any_step_everything_completes_once() {
    let of_calls = CALLS.iter().flat_map(|call| {
        MOMENTS.iter().map(move |moment| Case { call: Some(call), moment: *moment })
    });
    let after_the_form = std::iter::once(Case::AFTER_THE_FORM);
    side_by_side(after_the_form.chain(of_calls).map(|case| (case.to_string(), case.plays()))).await;
}

/// Killed when nobody planned it, some of them twice.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_at_random_moments_everything_completes_once() {
    let run = at_random::Run::wanted();
    println!("SEED={} SWEEP_OPENINGS={}", run.seed, run.openings);
    side_by_side(run.lives().map(|life| (life.to_string(), life.plays()))).await;
}

/// Alerts come all the time, and SIMA is killed the moment after it answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_alerts_come_each_that_was_answered_is_judged_once() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    alerts::what_was_answered_is_judged_once().await;
}

/// A monitor's alert is asked about, and two people answer at once: killed at every moment of the
/// question and of what one of the answers begins.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_people_are_asked_there_is_one_question_and_one_incident() {
    let of_calls = [&cases::QUESTION, &CALLS[0]].into_iter().flat_map(|call| {
        MOMENTS.iter().map(move |moment| Case { call: Some(call), moment: *moment })
    });
    side_by_side(of_calls.map(|case| (format!("asked: {case}"), questions::plays(case)))).await;
}

/// Plays cases, some at a time, with a line for each; fails if one did.
async fn side_by_side(
    cases: impl Iterator<Item = (String, impl Future<Output = ()> + Send + 'static)>,
) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let places = Arc::new(Semaphore::new(SIDE_BY_SIDE));
    let mut playing = JoinSet::new();
    for (name, case) in cases {
        let places = places.clone();
        playing.spawn(async move {
            let _place = places.acquire_owned().await.expect("a place");
            let began = Instant::now();
            let played = tokio::spawn(case).await;
            let verdict = if played.is_ok() { "complete, once" } else { "FAILED" };
            println!("{name:<66} {verdict}, {:.1} s", began.elapsed().as_secs_f64());
            played.err().map(|_| name)
        });
    }
    let count = playing.len();
    let failed: Vec<String> = playing.join_all().await.into_iter().flatten().collect();
    assert!(failed.is_empty(), "{} of {count} failed: {failed:#?}", failed.len());
    println!("{count} cases, all complete, nothing twice");
}
