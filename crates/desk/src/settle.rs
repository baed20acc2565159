//! The worker comes back with what came of an effect.

use sima_incident::{Actor, Command, Effect, Minding, Receipt};
use sima_store::{Leased, Settled, Settlement};

use crate::{Desk, DeskError, carry_out::Beside, open::new_uuid};

impl Desk {
    /// Records the receipt of an effect, and the digest of what it left to be seen if that is known,
    /// and settles it, in one transaction.
    ///
    /// # Errors
    /// [`DeskError::Fault`] when the store could not do its part; the lease will run out and the
    /// effect be tried again, which looks like once.
    pub async fn note_receipt(
        &self,
        leased: &Leased,
        receipt: Receipt,
        shows: Option<String>,
    ) -> Result<(), DeskError> {
        let by = author(&receipt).unwrap_or_else(Actor::sima);
        let result = shows.map_or(Settled::Done, |shows| Settled::Shown { shows });
        self.settle_with(leased, Command::Note(receipt), &by, result).await
    }

    /// Records that an effect was given up, for people to see, and settles it.
    ///
    /// # Errors
    /// As [`Self::note_receipt`].
    pub async fn note_given_up(&self, leased: &Leased, why: &str) -> Result<(), DeskError> {
        let command = Command::NoteGivenUp {
            effect: leased.effect.kind().to_owned(),
            what: leased.effect.in_words().into_owned(),
            why: why.to_owned(),
        };
        let result = Settled::GivenUp { why: why.to_owned() };
        self.settle_with(leased, command, &Actor::sima(), result).await
    }

    /// Settles an effect that the incident has moved past.
    ///
    /// # Errors
    /// As [`Self::note_receipt`].
    pub async fn note_moot(&self, leased: &Leased) -> Result<(), DeskError> {
        self.store.settle(settlement(leased, Settled::Moot), self.clock.now()).await?;
        Ok(())
    }

    /// Something waited for its time, and the time has come: the stability window is over, or a page
    /// has gone untaken for long enough.
    ///
    /// # Errors
    /// As [`Self::note_receipt`].
    pub async fn come_due(&self, leased: &Leased) -> Result<(), DeskError> {
        let command = match leased.effect {
            Effect::WatchPage { after } => Command::PageAgain { after },
            Effect::WatchPromise { update, .. } => {
                return self.look_at_promise(leased, update).await;
            }
            _ => self.settling(),
        };
        match self.settle_with(leased, command, &Actor::clock(), Settled::Done).await {
            // Somebody skipped the wait at the same moment: there is nothing left to do.
            Err(DeskError::Refused(_)) => self.note_moot(leased).await,
            settled => settled,
        }
    }

    /// Looks whether a promised update is still owed. While people write, it looks again later.
    async fn look_at_promise(&self, leased: &Leased, update: u32) -> Result<(), DeskError> {
        let id = leased.incident_id;
        let spoken_at = self.store.talked_at(id).await?;
        let incident = self.store.incident(id).await?;
        let now = self.clock.now();
        let minding = incident.map_or(Minding::Nothing, |incident| {
            incident.mind_promise(update, spoken_at, now, &self.policy)
        });
        match minding {
            Minding::Nothing => self.note_moot(leased).await,
            Minding::Later(at) => {
                self.store.try_again(leased, at, "people are writing", false).await?;
                Ok(())
            }
            Minding::Act { .. } => {
                let command = Command::MindPromise { update, spoken_at };
                self.settle_with(leased, command, &Actor::clock(), Settled::Done).await
            }
        }
    }

    /// The command that ends the stability window, with a key nobody can guess.
    pub fn settling(&self) -> Command {
        Command::Settle { link_key: new_uuid(self.clock.now()).simple().to_string() }
    }

    /// The command that makes an incident private, with a key nobody can guess.
    pub fn making_private(&self) -> Command {
        Command::MakePrivate { link_key: new_uuid(self.clock.now()).simple().to_string() }
    }

    async fn settle_with(
        &self,
        leased: &Leased,
        command: Command,
        by: &Actor,
        result: Settled,
    ) -> Result<(), DeskError> {
        let settles = Some(settlement(leased, result));
        let beside = Beside { settles, delivery: None };
        self.carry_out_beside(leased.incident_id, command, by, beside).await.map(drop)
    }
}

/// Who wrote the message that was read: it stands on the timeline as theirs.
fn author(receipt: &Receipt) -> Option<Actor> {
    let Receipt::Message(read) = receipt else { return None };
    read.found.as_ref().filter(|found| found.is_marked).map(|found| found.author.clone())
}

fn settlement(leased: &Leased, result: Settled) -> Settlement {
    Settlement { effect_id: leased.id, owner: leased.owner.clone(), result }
}
