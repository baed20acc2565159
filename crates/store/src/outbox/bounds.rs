//! How much a worker can do something about now: where it is busy already, and what vendors still
//! grant.

use serde_json::{Value, json};
use sima_incident::Destination;

/// What a claim is kept to. By default to nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// Where nothing more can be begun.
    pub full: Vec<Destination>,
    /// What is left of the budgets that are nearly used up; of others there is enough.
    pub budgets: Vec<Budget>,
}

/// What is left of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Whose ([`sima_incident::Effect::budget`]).
    pub bucket: &'static str,
    /// How many calls.
    pub left: u32,
    /// How many of them for what only a monitor asked for.
    pub left_for_calm: u32,
}

impl Bounds {
    /// The bounds as statements read them.
    pub(super) fn objects(&self) -> String {
        let full = self.full.iter().map(|full| json!({ "destination": full.to_string() }));
        let budgets = self.budgets.iter().map(|budget| {
            let Budget { bucket, left, left_for_calm } = budget;
            json!({ "bucket": bucket, "left": left, "left_for_calm": left_for_calm })
        });
        full.chain(budgets).collect::<Value>().to_string()
    }
}
