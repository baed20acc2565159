//! One opening, from the submitted form to everything that belongs to it, as the vendors saw it.

use std::time::{Duration, Instant};

use serde_json::json;
use sima_sandbox::{Call, Limits, Options, Sandbox, State};

use crate::process::{Home, Process};

/// How long anything may take before the benchmark is broken.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Something that must be done, and the calls by which it is.
pub struct Milestone {
    /// What it is called in the table.
    pub name: &'static str,
    is_it: fn(&Call, &str) -> bool,
}

/// Everything that belongs to an opening. The text is the broadcast channel's id.
pub const MILESTONES: [Milestone; 7] = [
    Milestone { name: "channel open", is_it: |call, _| call.method == "conversations.create" },
    Milestone { name: "page out", is_it: |call, _| call.method == "enqueue" },
    Milestone {
        name: "brief posted",
        is_it: |call, broadcast| posts(call) && call.args["channel"] != broadcast,
    },
    Milestone { name: "brief pinned", is_it: |call, _| call.method == "pins.add" },
    Milestone {
        name: "broadcast",
        is_it: |call, broadcast| posts(call) && call.args["channel"] == broadcast,
    },
    Milestone { name: "invitations", is_it: |call, _| call.method == "conversations.invite" },
    Milestone { name: "topic", is_it: |call, _| call.method == "conversations.setTopic" },
];

/// A sandbox with a SIMA over it.
pub struct Stage {
    /// The vendors.
    pub sandbox: Sandbox,
    /// Just after the instant that times of calls are counted from: at most too late, so that
    /// nothing looks faster than it was.
    zero: Instant,
    sima: Process,
    home: Home,
}

/// One opening, measured. Times are from sending the submitted form.
pub struct Opening {
    /// When SIMA had answered the form.
    pub answered: Duration,
    /// When each of [`MILESTONES`] was reached.
    pub reached: [Duration; MILESTONES.len()],
    /// Every call it took, with start and end.
    pub calls: Vec<(Call, Duration, Duration)>,
}

impl Opening {
    /// When the last of the milestones was reached.
    pub fn all_done(&self) -> Duration {
        self.reached.iter().max().copied().unwrap_or_default()
    }

    /// The same, from SIMA's answer to the form on.
    pub fn after_answer(&self) -> Duration {
        self.all_done().saturating_sub(self.answered)
    }
}

impl Stage {
    /// A fresh sandbox and a fresh SIMA that has learned who it is.
    pub async fn new(latency: Duration) -> Self {
        let options = Options { latency, ..Options::default() };
        let sandbox = sima_sandbox::start(options).await.expect("the sandbox listens");
        let zero = Instant::now();
        sandbox.faults().rate_limits(Limits::Off);
        let home = Home::over(&sandbox);
        let sima = home.starts().await;
        let known = |calls: &[Call]| {
            let answered = |method| {
                calls.iter().any(|call| call.method == method && call.answered_at.is_some())
            };
            (answered("users.list") && answered("conversations.list")).then_some(())
        };
        sandbox.wait_for_calls(PATIENCE, known).await.expect("SIMA looks around");
        Self { sandbox, zero, sima, home }
    }

    /// The process id of SIMA.
    pub fn process_id(&self) -> u32 {
        self.sima.id()
    }

    /// Where SIMA is reached, without a slash at the end.
    pub fn url(&self) -> String {
        self.home.url()
    }

    /// How long after `sent` a time of the sandbox's is.
    pub fn since(&self, micros: u64, sent: Instant) -> Duration {
        (self.zero + Duration::from_micros(micros)).saturating_duration_since(sent)
    }

    /// Opens one incident and waits until nothing is left to be done about it.
    pub async fn open(&self) -> Opening {
        let sandbox = &self.sandbox;
        let asked = sandbox.slash("ines", "general", "/incident", "open").await;
        assert!(asked.is_fine(), "{asked:?}");
        let shown = sandbox.wait_for(PATIENCE, |state| state.modal("ines").map(drop)).await;
        shown.expect("the form is shown");
        let answered = |calls: &[Call]| {
            calls.iter().all(|call| call.answered_at.is_some()).then_some(calls.len())
        };
        let before = sandbox.wait_for_calls(PATIENCE, answered).await.expect("all is quiet");

        let values = json!({
            "summary": "Checkout is down", "domain": "payments", "severity": "SEV2",
            "description": "Cards are refused", "impact": "1200",
        });
        let whispers = sandbox.read(after_all);
        let sent = Instant::now();
        let answer = sandbox.submit("ines", "", &values).await;
        let answered = sent.elapsed();
        assert!(answer.is_fine() && answer.body.is_empty(), "{answer:?}");

        // Looking at the record of calls copies it: only when the workspace shows that all is done.
        let all_there = |state: &State| (after_all(state) == whispers + 4).then_some(());
        sandbox.wait_for(PATIENCE, all_there).await.expect("everybody is told");
        let broadcast = sandbox.channel("production-issues-bot");
        let done = |calls: &[Call]| {
            let new = &calls[before..];
            let there = MILESTONES.iter().all(|one| ended(new, one, &broadcast).is_some());
            let quiet = new.iter().all(|call| call.answered_at.is_some());
            (there && quiet).then(|| new.to_vec())
        };
        let calls = sandbox.wait_for_calls(PATIENCE, done).await.expect("all of it is done");
        sandbox.events_settle(PATIENCE).await.expect("all events are delivered");
        assert_eq!(sandbox.problems(), Vec::<String>::new());

        let since = |micros: u64| self.since(micros, sent);
        let reached = std::array::from_fn(|position| {
            let at = ended(&calls, &MILESTONES[position], &broadcast);
            at.map(since).expect("it was waited for")
        });
        let timed = |call: Call| {
            let ended = call.answered_at.unwrap_or(call.at);
            let (start, end) = (since(call.at), since(ended));
            (call, start, end)
        };
        Opening { answered, reached, calls: calls.into_iter().map(timed).collect() }
    }
}

/// How many private words there are: one to the reporter and three greetings are an opening's last.
fn after_all(state: &State) -> usize {
    state.ephemerals.len()
}

/// When a milestone's call was answered well.
fn ended(calls: &[Call], milestone: &Milestone, broadcast: &str) -> Option<u64> {
    calls
        .iter()
        .filter(|call| (milestone.is_it)(call, broadcast) && call.outcome == "ok")
        .find_map(|call| call.answered_at)
}

fn posts(call: &Call) -> bool {
    call.method == "chat.postMessage"
}
