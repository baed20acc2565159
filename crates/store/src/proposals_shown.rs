//! Showing proposals: whose message is due, who is at it, and where it is shown.
//!
//! A proposal has one message, which shall say what is so. It is *due* while what people should see
//! is newer than what they were shown, so however often it changed, one edit does. A worker shows it
//! under a lease, as it carries out an effect.

use jiff::Timestamp;
use sima_incident::{MessageRef, Proposal};

use crate::{
    Claim, Store, StoreError,
    dialect::{Statement, statement},
    instant::{micros, timestamp},
    ledger::Arg,
    proposals::read,
    rows::plain,
};

/// A proposal on loan to a worker that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeasedProposal {
    /// It as it was when it was taken.
    pub proposal: Proposal,
    /// How often it was tried, this time included.
    pub attempts: u32,
    /// Whether an earlier try may have posted it.
    pub unsure: bool,
    /// Who has it.
    pub owner: String,
}

/// A proposal that people could not be asked so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnshownProposal {
    /// It.
    pub proposal: Proposal,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried again.
    pub run_at: Timestamp,
    /// Why it did not work.
    pub last_setback: String,
}

const CLAIM: Statement = statement!(
    "WITH due AS (
       SELECT due.id
       FROM proposals AS due
       WHERE due.seen_version > due.shown_version
         AND ((due.lease_owner IS NULL AND due.run_at <= $1)
           OR due.lease_until < $1)
       ORDER BY due.run_at, due.id
       LIMIT $4
       " skip_locked "
     )
     UPDATE proposals
     SET unsure = (unsure OR lease_owner IS NOT NULL),
       attempts = attempts + 1,
       lease_owner = $2,
       lease_until = $3
     WHERE id IN (SELECT id FROM due)
     RETURNING body, message_channel, message_ts, attempts, unsure"
);
const SHOWN: Statement = statement!(
    "UPDATE proposals
     SET shown_version = $4,
       message_channel = NULLIF($5, ''),
       message_ts = NULLIF($6, ''),
       run_at = $7,
       attempts = 0,
       unsure = FALSE,
       lease_owner = NULL,
       lease_until = NULL
     WHERE id = $1
       AND lease_owner = $2
       AND attempts = $3"
);
const NOT_SHOWN: Statement = statement!(
    "UPDATE proposals
     SET run_at = $4,
       unsure = (unsure OR $5),
       last_setback = $6,
       lease_owner = NULL,
       lease_until = NULL
     WHERE id = $1
       AND lease_owner = $2
       AND attempts = $3"
);
const UNSHOWN: Statement = statement!(
    "SELECT body, attempts, run_at, last_setback
     FROM proposals
     WHERE answer = 'awaited'
       AND message_channel IS NULL
       AND last_setback IS NOT NULL
     ORDER BY made_at, id
     LIMIT 500"
);
const NEXT_DUE: Statement = statement!(
    "SELECT MIN(CASE WHEN lease_owner IS NULL THEN run_at ELSE lease_until END)
     FROM proposals
     WHERE seen_version > shown_version"
);
impl Store {
    /// Takes proposals whose message is due; nobody else gets them until they are shown, given back
    /// or their lease ends.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; nothing was taken.
    pub async fn claim_proposals(
        &self,
        claim: Claim<'_>,
    ) -> Result<Vec<LeasedProposal>, StoreError> {
        let owner = plain(claim.owner);
        let args = [
            Arg::Int(micros(claim.now)),
            Arg::Text(&owner),
            Arg::Int(micros(claim.lease_until)),
            Arg::Int(claim.limit.into()),
        ];
        let mut writer = self.ledger().writer().await?;
        writer
            .all::<(String, Option<String>, Option<String>, i64, bool)>(CLAIM, &args)
            .await?
            .into_iter()
            .map(|(body, channel, ts, attempts, unsure)| {
                Ok(LeasedProposal {
                    proposal: read((body, channel, ts))?,
                    attempts: attempts as u32,
                    unsure,
                    owner: claim.owner.to_owned(),
                })
            })
            .collect()
    }

    /// Notes where a proposal is shown as it was when it was taken, if anywhere; a later change is
    /// shown from `next_at` on. `false`: the lease was not the worker's any more.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails; the lease stands until it ends.
    pub async fn proposal_shown(
        &self,
        leased: &LeasedProposal,
        message: Option<&MessageRef>,
        next_at: Timestamp,
    ) -> Result<bool, StoreError> {
        let (id, owner) = (leased.proposal.id.to_string(), plain(&leased.owner));
        let args = [
            Arg::Text(&id),
            Arg::Text(&owner),
            Arg::Int(leased.attempts.into()),
            Arg::Int(leased.proposal.seen_version.into()),
            Arg::Text(message.map_or("", |message| &message.channel)),
            Arg::Text(message.map_or("", |message| &message.ts)),
            Arg::Int(micros(next_at)),
        ];
        let changed = self.ledger().writer().await?.run(SHOWN, &args).await?;
        Ok(self.moved_proposals(changed))
    }

    /// Puts a proposal back to be shown at `run_at`. Once it may have been posted (`unsure`), that
    /// stays so until it is shown. `false`: the lease was not the worker's any more.
    ///
    /// # Errors
    /// As [`Self::proposal_shown`].
    pub async fn proposal_not_shown(
        &self,
        leased: &LeasedProposal,
        run_at: Timestamp,
        why: &str,
        unsure: bool,
    ) -> Result<bool, StoreError> {
        let (id, owner) = (leased.proposal.id.to_string(), plain(&leased.owner));
        let why = plain(why);
        let args = [
            Arg::Text(&id),
            Arg::Text(&owner),
            Arg::Int(leased.attempts.into()),
            Arg::Int(micros(run_at)),
            Arg::Flag(unsure),
            Arg::Text(&why),
        ];
        let changed = self.ledger().writer().await?.run(NOT_SHOWN, &args).await?;
        Ok(self.moved_proposals(changed))
    }

    /// The proposals that people could not be asked so far, oldest first.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn unshown_proposals(&self) -> Result<Vec<UnshownProposal>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let found = reader.all::<(String, i64, i64, String)>(UNSHOWN, &[]).await?;
        found
            .into_iter()
            .map(|(body, attempts, run_at, last_setback)| {
                Ok(UnshownProposal {
                    proposal: read((body, None, None))?,
                    attempts: attempts as u32,
                    run_at: timestamp(run_at)?,
                    last_setback,
                })
            })
            .collect()
    }

    /// When the next proposal is to be shown.
    ///
    /// # Errors
    /// [`StoreError`] when the database fails.
    pub async fn next_proposal_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let mut reader = self.ledger().reader().await?;
        let next = reader.first::<(Option<i64>,)>(NEXT_DUE, &[]).await?;
        next.and_then(|(due,)| due).map(timestamp).transpose()
    }
}
