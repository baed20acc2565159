//! What a pager is asked, as data: pure, so that each kind says what it sends and nothing else.

use reqwest::header::HeaderName;
use secrecy::SecretString;
use serde_json::Value;

/// One request to a pager.
#[derive(Debug)]
pub(crate) struct Call {
    /// What follows the pager's address, a segment each.
    pub path: Vec<String>,
    /// Whether the path ends in a slash: some pagers answer nothing else.
    pub slash: bool,
    /// What follows the path, after a question mark.
    pub query: Vec<(&'static str, &'static str)>,
    /// How the pager knows that it is us.
    pub authorization: Authorization,
    /// What it is told.
    pub body: Value,
}

/// How a pager knows that it is us.
#[derive(Debug)]
pub(crate) enum Authorization {
    /// By what is in the path.
    InThePath,
    /// By a header: its name, what stands before the secret, the secret.
    Header(HeaderName, &'static str, SecretString),
    /// By a signature over the message, under an id that is the same at every try.
    Signed {
        /// The id.
        id: String,
    },
}

/// What is to become of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Page,
    Acknowledge,
    Resolve,
}
