//! The world outside, as the notary of alerts sees it: documents over https, small and soon.

use std::time::Duration;

use futures_util::future::BoxFuture;
use reqwest::{Client, ClientBuilder, redirect};
use sima_web::{Outside, Unreached};

/// How long a document may take. SNS gives its delivery up after 15 seconds.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// The largest document: certificates and keys have a few KiB.
const LARGEST: usize = 256 * 1024;

/// Fetches documents over https.
pub struct World {
    client: Client,
}

impl World {
    /// One that goes out as the builder says, but over https alone, following no redirect.
    ///
    /// # Errors
    /// When this machine knows no certificate authorities.
    pub fn new(builder: ClientBuilder) -> reqwest::Result<Self> {
        let builder = builder.https_only(true).redirect(redirect::Policy::none());
        Ok(Self { client: builder.timeout(TIME_LIMIT).build()? })
    }

    async fn fetch(&self, url: &str) -> Result<Vec<u8>, Unreached> {
        // The error's own text holds the address, and that of a handshake holds its token.
        let failed = |error: reqwest::Error| Unreached::Failed(chain(&error.without_url()));
        let mut answer = self.client.get(url).send().await.map_err(failed)?;
        let status = answer.status();
        if status.is_server_error() {
            return Err(Unreached::Failed(format!("it was answered with {status}")));
        }
        if !status.is_success() {
            return Err(Unreached::Refused(status.as_u16()));
        }
        let mut document = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            document.extend_from_slice(&chunk);
            if document.len() > LARGEST {
                return Err(Unreached::Failed(format!("it is larger than {LARGEST} bytes")));
            }
        }
        Ok(document)
    }
}

impl Outside for World {
    fn get<'a>(&'a self, url: &'a str) -> BoxFuture<'a, Result<Vec<u8>, Unreached>> {
        Box::pin(self.fetch(url))
    }
}

/// An error with what caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let errors = std::iter::successors(Some(error), |error| error.source());
    errors.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
