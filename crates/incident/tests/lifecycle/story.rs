//! One life of an incident: requests come, and after each every promise is looked at.

use jiff::{SignedDuration, Timestamp};
use proptest::{prelude::*, test_runner::TestCaseError};
use sima_incident::{Connected, Incident, Policy, Recorded, decide, runbook};

use crate::{
    ask::{Ask, Step},
    coverage::Coverage,
    policy::policy,
    promises,
};

/// One life so far.
pub struct Story {
    /// The clock of whoever asked last.
    pub now: Timestamp,
    /// The rules of the moment.
    pub policy: Policy,
    /// The incident, once declared.
    pub incident: Option<Incident>,
    /// All that became true.
    pub events: Vec<Recorded>,
}

impl Story {
    /// Before anything is asked.
    pub fn begins(connected: Connected) -> Self {
        let now = "2026-08-22T09:00:00Z".parse().expect("a time");
        Self { now, policy: policy(connected), incident: None, events: Vec::new() }
    }

    /// One more request, answered as the desk answers it.
    pub fn goes_on(&mut self, step: &Step, seen: &mut Coverage) -> Result<(), TestCaseError> {
        let moved = self.now.checked_add(SignedDuration::from_secs(step.passes));
        self.now = moved.expect("a time of this century");
        if let Ask::Reconfigure(connected) = step.ask {
            self.policy.connected = connected;
        }
        let Some(command) = step.ask.at(self.now, self.incident.as_ref()) else { return Ok(()) };
        let before = self.incident.clone();
        let decided = decide(before.as_ref(), command.clone(), &step.by, self.now, &self.policy);
        let again = decide(before.as_ref(), command, &step.by, self.now, &self.policy);
        prop_assert_eq!(&decided, &again, "the same question has the same answer");
        let new = match decided {
            Ok(new) => new,
            Err(refusal) => {
                seen.refusal(&refusal);
                let words = refusal.to_string();
                prop_assert!(!words.is_empty() && !words.ends_with('.'), "{}", words);
                return Ok(());
            }
        };
        self.events.extend(new.iter().cloned());
        self.incident = Incident::replay(before.clone(), &new);
        let incident = self.incident.as_ref().expect("something became true of an incident");
        promises::of_the_record(incident, &self.events)?;
        promises::of_the_times(incident, &self.events)?;
        promises::of_the_pages(before.as_ref(), &new, &self.events)?;
        let planned = runbook(incident, &new, &self.policy);
        promises::of_the_runbook(incident, &new, &planned, &self.policy)?;
        seen.step(incident, &new, &planned);
        Ok(())
    }
}
