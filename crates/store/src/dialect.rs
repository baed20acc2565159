//! What the two databases truly say differently, by name and with why.
//!
//! A statement is one text. Where a word of it differs, [`statement!`] puts the word in:
//!
//! - `rows` reads the objects of the JSON array bound as `$1`, each as `value`: one statement writes
//!   a whole batch. The functions have different names; `value->>'x'` and `CAST` mean the same.
//! - `lock_outbox` keeps rows of the outbox that were read as they are until the transaction ends. SQLite has one
//!   writer at a time, so nobody could change them.
//! - `skip_locked` passes over rows another claimer is just taking. SQLite has no other claimer
//!   at the same instant.

/// One statement in both spellings; `$1` placeholders in both.
#[derive(Clone, Copy, Debug)]
pub struct Statement {
    pub sqlite: &'static str,
    pub postgres: &'static str,
}

/// Makes a [`Statement`] of literals and the words explained in [`crate::dialect`].
macro_rules! statement {
    ($($part:tt)+) => {
        $crate::dialect::Statement {
            sqlite: concat!($($crate::dialect::sqlite!($part)),+),
            postgres: concat!($($crate::dialect::postgres!($part)),+),
        }
    };
}

macro_rules! sqlite {
    (rows) => {
        "json_each($1)"
    };
    (lock_outbox) => {
        ""
    };
    (skip_locked) => {
        ""
    };
    ($text:literal) => {
        $text
    };
}

macro_rules! postgres {
    (rows) => {
        "jsonb_array_elements(CAST($1 AS jsonb)) AS value"
    };
    (lock_outbox) => {
        "FOR UPDATE OF outbox"
    };
    (skip_locked) => {
        "FOR UPDATE OF due SKIP LOCKED"
    };
    ($text:literal) => {
        $text
    };
}

pub(crate) use {postgres, sqlite, statement};

/// How a transaction that records begins on SQLite: with the write lock. One that reads first and
/// writes then would fail at once, whatever the busy timeout, if another wrote in between.
pub const BEGIN_ON_SQLITE: &str = "BEGIN IMMEDIATE";

/// What a transaction that records does first on PostgreSQL: it waits for all others that record.
/// So positions of events have no gaps and appear in their order: without it a reader could see
/// event 8 before event 7 exists and would never come back for it.
pub const LOCK_ON_POSTGRES: &str = "SELECT pg_advisory_xact_lock(7239104486527)";

/// Takes the lock of those at work alone, if nobody has it; both words end with their transaction.
/// Never asked of SQLite, where a file's lock does it.
pub const LOCK_ALONE: Statement =
    Statement { sqlite: "", postgres: "SELECT pg_try_advisory_xact_lock(7239104486528)" };

/// Takes the lock of those at work together with others, once nobody has it alone.
pub const LOCK_TOGETHER: Statement =
    Statement { sqlite: "", postgres: "SELECT pg_advisory_xact_lock_shared(7239104486528)" };
