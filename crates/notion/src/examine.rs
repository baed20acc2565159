//! Looking at the database as a doctor would: which of the properties SIMA fills in has it?

use sima_incident::Setback;

use crate::{
    Notion,
    properties::{INCIDENT, NAMES, SIMA_ID},
    target::{Kind, Target},
};

/// How the database fits what SIMA writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    /// The properties that would be filled in if they were there.
    pub missing: Vec<&'static str>,
    /// Whether a page can be found again, so that none is made twice.
    pub finds_pages_again: bool,
}

impl Notion {
    /// Reads the database anew.
    ///
    /// # Errors
    /// [`Setback`] when it could not be read, with what to mend.
    pub async fn examine(&self) -> Result<Fit, Setback> {
        let target = Target::read(&self.client, &self.database_id).await?;
        let kind = |name: &str| target.schema.named(name).map(|(_, kind)| kind.clone());
        let missing = NAMES.iter().copied().filter(|name| kind(name).is_none()).collect();
        let finds_pages_again =
            kind(SIMA_ID) == Some(Kind::RichText) || kind(INCIDENT) == Some(Kind::Url);
        Ok(Fit { missing, finds_pages_again })
    }
}
