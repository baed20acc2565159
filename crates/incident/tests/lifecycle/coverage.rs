//! How far the lives got: a property that never reaches a stage says nothing about it.

use std::{collections::BTreeMap, fmt};

use sima_incident::{Event, Incident, Planned, Recorded, Refusal, StageName};

/// How often each thing was seen.
#[derive(Debug, Default)]
pub struct Coverage {
    stages: BTreeMap<StageName, usize>,
    events: BTreeMap<&'static str, usize>,
    effects: BTreeMap<&'static str, usize>,
    refusals: BTreeMap<String, usize>,
    reopened_twice: usize,
}

/// How often each stage must have been seen.
const OFTEN: usize = 100;

impl Coverage {
    /// Notes what one request led to.
    pub fn step(&mut self, incident: &Incident, new: &[Recorded], planned: &[Planned]) {
        *self.stages.entry(incident.stage.name()).or_default() += 1;
        for recorded in new {
            *self.events.entry(recorded.event.kind()).or_default() += 1;
            if matches!(recorded.event, Event::Reopened { .. }) && incident.reopened >= 2 {
                self.reopened_twice += 1;
            }
        }
        for planned in planned {
            *self.effects.entry(planned.effect.kind()).or_default() += 1;
        }
    }

    /// Notes a refusal by its name.
    pub fn refusal(&mut self, refusal: &Refusal) {
        let debug = format!("{refusal:?}");
        let name = debug.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
        *self.refusals.entry(name).or_default() += 1;
    }

    /// Fails unless the lives got everywhere.
    pub fn require_every_corner(&self) {
        for stage in StageName::ALL {
            let seen = self.stages.get(&stage).copied().unwrap_or_default();
            assert!(seen >= OFTEN, "{stage} was seen {seen} times only");
        }
        assert_eq!(self.events.len(), 48, "every kind of event: {:?}", self.events.keys());
        // Nobody answers a reporter from the runbook: that belongs to the door.
        assert_eq!(self.effects.len(), 35, "every kind of effect: {:?}", self.effects.keys());
        assert_eq!(self.refusals.len(), 22, "every refusal: {:?}", self.refusals.keys());
        assert!(self.reopened_twice > 0, "no incident was reopened twice");
    }
}

impl fmt::Display for Coverage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "stages   {:?}", self.stages)?;
        writeln!(f, "events   {:?}", self.events)?;
        writeln!(f, "effects  {:?}", self.effects)?;
        write!(f, "refusals {:?}", self.refusals)
    }
}
