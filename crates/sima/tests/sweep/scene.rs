//! A workspace with a SIMA over it that is killed and started again, and what must be there in the end.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;
use sima_sandbox::{Channel, Limits, Message, Options, Sandbox, State};

use crate::process::{Home, Process};

/// How long anything may take before a case has failed.
pub const PATIENCE: Duration = Duration::from_secs(40);

/// The id of the channel everybody is told in.
pub const BROADCAST: &str = "C0PRODISSU";

/// Who belongs into the channel: the reporter and the domain's stakeholders.
const INVITED: [&str; 3] = ["ines", "lea", "sam"];

/// How much quicker the workspace repeats events that were not taken than Slack does.
const REPEATS_SOONER: u32 = 100;

/// One workspace, and the SIMA over it.
pub struct Scene {
    pub sandbox: Sandbox,
    home: Home,
    process: Option<Process>,
    /// Whether SIMA was killed with a form in its hands.
    form_unanswered: bool,
}

impl Scene {
    /// SIMA runs, and Inès has the form before her.
    pub async fn begins() -> Self {
        Self::begins_with(Duration::ZERO).await
    }

    /// The same, with vendors that take their time.
    pub async fn begins_with(latency: Duration) -> Self {
        let options = Options { latency, ..Options::default() };
        let sandbox = sima_sandbox::start(options).await.expect("the sandbox listens");
        sandbox.faults().rate_limits(Limits::Off);
        sandbox.faults().retry_pace(REPEATS_SOONER);
        let home = Home::over(&sandbox);
        let process = Some(home.starts().await);
        let scene = Self { sandbox, home, process, form_unanswered: false };
        let asked = scene.sandbox.slash("ines", "general", "/incident", "open").await;
        assert!(asked.is_fine(), "{asked:?}");
        let shown = scene.sandbox.wait_for(PATIENCE, |state| state.modal("ines").map(drop)).await;
        shown.expect("the form is shown");
        scene
    }

    /// Inès submits the form; whether SIMA answered.
    pub async fn submits(&self) -> bool {
        let values = json!({ "summary": "Checkout is down", "domain": "payments" });
        self.sandbox.submit("ines", "", &values).await.is_fine()
    }

    /// Inès opens the incident.
    pub async fn opens(&self) {
        assert!(self.submits().await, "the form is not answered");
    }

    /// Inès submits the form to a SIMA that is killed after so long; whether it still answered.
    pub async fn submits_to_one_who_dies_after(&mut self, after: Duration) -> bool {
        let process = self.process.take().expect("SIMA runs");
        let dies = async {
            tokio::time::sleep(after).await;
            drop(process);
        };
        let (answered, ()) = tokio::join!(self.submits(), dies);
        self.form_unanswered = !answered;
        answered
    }

    /// SIMA is killed.
    pub fn dies(&mut self) {
        drop(self.process.take().expect("SIMA runs"));
    }

    /// Another process starts on the same database and port.
    pub async fn starts_again(&mut self) {
        self.process = Some(self.home.starts().await);
    }

    /// Waits until nothing is left to be done, and looks whether everything is there, once.
    pub async fn completes_once(self, case: &str) {
        let found = tokio::time::timeout(PATIENCE, self.comes_to_rest()).await;
        let wrong = match found {
            Ok(()) => self.sandbox.read(wrong),
            Err(_) => vec!["it does not come to rest".to_owned()],
        };
        let mut problems = self.sandbox.problems();
        // That the dead do not answer is no fault of theirs.
        let excused = |problem: &String| problem.starts_with("view_submission got no proper");
        problems.retain(|problem| !(self.form_unanswered && excused(problem)));
        let mut wrong = [wrong, problems].concat();
        if self.outbox().await.contains_key("given_up") {
            wrong.push("something was given up".to_owned());
        }
        assert!(
            wrong.is_empty(),
            "{case}: {wrong:#?}\ncalls: {:#?}\nlog:\n{}",
            self.sandbox
                .calls()
                .iter()
                .map(|call| format!("{:>9} {} {}", call.at, call.method, call.outcome))
                .collect::<Vec<_>>(),
            self.home.log()
        );
        self.sandbox.stop();
    }

    /// Everything is there, every event was taken, and SIMA has nothing more to do.
    async fn comes_to_rest(&self) {
        let there = self.sandbox.wait_for(PATIENCE, |state| is_complete(state).then_some(()));
        there.await.expect("everything comes to be");
        loop {
            self.sandbox.events_settle(PATIENCE).await.expect("every event is taken");
            let outbox = self.outbox().await;
            if !outbox.contains_key("ready") && !outbox.contains_key("leased") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// How many effects SIMA counts in each state; states without any are left out, and so is what it
    /// does itself at a later time.
    async fn outbox(&self) -> BTreeMap<String, u64> {
        outbox(&self.home).await
    }
}

/// How many effects a SIMA counts in each state, as [`Scene::outbox`].
pub async fn outbox(home: &Home) -> BTreeMap<String, u64> {
    let read = reqwest::get(format!("{}/metrics", home.url())).await;
    let text = read.expect("an answer").text().await.expect("a body");
    let mut counts = BTreeMap::new();
    let outside = |line: &&str| {
        line.starts_with("sima_outbox_effects{") && !line.contains("destination=\"desk\"")
    };
    for line in text.lines().filter(outside) {
        let state = line.split("state=\"").nth(1).and_then(|rest| rest.split('"').next());
        let count = line.rsplit(' ').next().and_then(|count| count.parse::<u64>().ok());
        let (state, count) = (state.expect("a state"), count.expect("a count"));
        if count > 0 {
            *counts.entry(state.to_owned()).or_default() += count;
        }
    }
    counts
}

/// Whether everything is there at least once, but for words that may be lost.
fn is_complete(state: &State) -> bool {
    let Some(channel) = incident_channels(state).pop() else { return false };
    let invited = INVITED
        .iter()
        .all(|name| state.person(name).is_some_and(|person| channel.members.contains(&person.id)));
    invited
        && !said(channel).is_empty()
        && !channel.pins.is_empty()
        && !channel.topic.is_empty()
        && state.channel(BROADCAST).is_some_and(|all| !said(all).is_empty())
        && !state.pager.incidents.is_empty()
}

/// What is not as it would be if SIMA had never been killed.
fn wrong(state: &State) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut once = |what: &str, count: usize| {
        if count != 1 {
            wrong.push(format!("{what}: {count} times"));
        }
    };
    let channels = incident_channels(state);
    once("an incident channel", channels.len());
    let Some(channel) = channels.first() else { return wrong };

    let said_there = said(channel);
    once("a message of SIMA's in the channel", said_there.len());
    let is_brief = |message: &&&Message| message.text.contains("Checkout is down");
    once("the brief", said_there.iter().filter(is_brief).count());
    once("a pin", channel.pins.len());
    let pinned = |message: &&&Message| channel.pins.iter().any(|pin| pin.ts == message.ts);
    once("the pinned brief", said_there.iter().filter(pinned).count());
    once("the topic", remarks(channel, "channel_topic", None));
    if !channel.topic.contains("Checkout is down") {
        once("the right topic", 0);
    }
    for name in INVITED {
        let person = state.person(name).map(|person| person.id.as_str());
        once(&format!("the arrival of {name}"), remarks(channel, "channel_join", person));
    }
    once("the broadcast", state.channel(BROADCAST).map_or(0, |all| said(all).len()));
    // The same key rings nobody twice; the pager only notes that it came again.
    once("a page", state.pager.incidents.len());

    // Words to one person are said at most once.
    let mut whispers = BTreeMap::<_, usize>::new();
    for one in &state.ephemerals {
        *whispers.entry((&one.user, &one.channel)).or_default() += 1;
    }
    for ((person, place), count) in whispers.into_iter().filter(|(_, count)| *count > 1) {
        wrong.push(format!("private words to {person} in {place}: {count} times"));
    }
    wrong
}

fn incident_channels(state: &State) -> Vec<&Channel> {
    state.channels.iter().filter(|channel| channel.name.starts_with("incident_")).collect()
}

/// What SIMA said in a channel, for everybody.
fn said(channel: &Channel) -> Vec<&Message> {
    channel.messages.iter().filter(|message| message.bot && message.subtype.is_none()).collect()
}

/// How many lines of one kind Slack itself wrote there, about one person or anybody.
fn remarks(channel: &Channel, subtype: &str, about: Option<&str>) -> usize {
    let is_one = |message: &&Message| {
        message.subtype.as_deref() == Some(subtype)
            && about.is_none_or(|person| message.user == person)
    };
    channel.messages.iter().filter(is_one).count()
}
