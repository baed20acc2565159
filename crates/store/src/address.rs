//! Where the database is: reading `sqlite:path` and `postgres://…`.

use std::{path::PathBuf, str::FromStr};

use sqlx::postgres::PgConnectOptions;

use crate::StoreError;

/// What to write, for those who wrote something else.
const WRITE: &str = "write sqlite:path/to/sima.db or postgres://user:password@host/database";

/// A database's address, read.
#[derive(Clone, Debug)]
pub enum Address {
    /// A file on this machine.
    Sqlite(PathBuf),
    /// A server. Options of the URL such as `sslmode` and `statement-cache-capacity` count: the
    /// latter must be 0 behind a PgBouncer that pools transactions.
    Postgres(Box<PgConnectOptions>),
}

impl FromStr for Address {
    type Err = StoreError;

    fn from_str(url: &str) -> Result<Self, StoreError> {
        let Some((scheme, rest)) = url.split_once(':') else {
            return Err(StoreError::Address(format!(
                "the database's address has no scheme: {WRITE}"
            )));
        };
        match scheme {
            "sqlite" => {
                let path = rest.strip_prefix("//").unwrap_or(rest);
                if path.is_empty() || path.starts_with(":memory:") {
                    return Err(StoreError::Address(
                        "the database needs a file that outlives the process: \
                         write sqlite:path/to/sima.db"
                            .into(),
                    ));
                }
                if path.contains('?') {
                    return Err(StoreError::Address(
                        "sqlite: takes a path and no options: write sqlite:path/to/sima.db".into(),
                    ));
                }
                Ok(Self::Sqlite(path.into()))
            }
            "postgres" | "postgresql" => PgConnectOptions::from_str(url)
                .map(|options| Self::Postgres(Box::new(options.application_name("sima"))))
                .map_err(|_| {
                    // The reason may quote the address, and with it the password.
                    StoreError::Address(
                        "the database's address cannot be read: write \
                         postgres://user:password@host:5432/database, with special characters of \
                         the password as %XX"
                            .into(),
                    )
                }),
            // Not even the scheme is repeated: in a mistyped address it may be the password.
            _ => Err(StoreError::Address(format!(
                "the database's address has an unknown scheme: {WRITE}"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_may_have_slashes_in_front_or_not() {
        for (url, path) in [
            ("sqlite:sima.db", "sima.db"),
            ("sqlite://sima.db", "sima.db"),
            ("sqlite:/var/lib/sima.db", "/var/lib/sima.db"),
            ("sqlite:///var/lib/sima.db", "/var/lib/sima.db"),
        ] {
            match url.parse() {
                Ok(Address::Sqlite(read)) => assert_eq!(read, PathBuf::from(path), "{url}"),
                other => panic!("{url}: {other:?}"),
            }
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_what_to_write() {
        for url in [
            "",
            "sima.db",
            "mysql://nour:hunter2@db/sima",
            "hunter2:postgres://db",
            "sqlite:",
            "sqlite::memory:",
            "sqlite:sima.db?mode=ro",
            "postgres://nour:hunter2@db:port/sima",
            "postgres://nour:hunter2@[::/sima",
        ] {
            let refusal = match Address::from_str(url) {
                Err(refusal) => refusal.to_string(),
                Ok(read) => panic!("{url} was read as {read:?}"),
            };
            assert!(refusal.contains("write "), "{url}: {refusal}");
            assert!(!refusal.contains("hunter2"), "{url}: {refusal}");
        }
    }
}
