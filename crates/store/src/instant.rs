//! Times as stored: whole microseconds since 1970, UTC.

use jiff::Timestamp;

use crate::StoreError;

/// A time as stored. Anything finer than a microsecond is cut off.
pub fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

/// A stored time.
pub fn timestamp(micros: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_microsecond(micros)
        .map_err(|error| StoreError::Fault(sqlx::Error::Decode(error.into())))
}
