//! Where a webhook may go: over TLS, or no further than this machine.

use std::{fmt, net::IpAddr, str::FromStr};

use reqwest::Url;

/// The address of a receiver, `https` or on loopback. Only its host is ever shown: what follows is
/// often a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// What is wrong with an address, as a fragment that follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadAddress {
    /// It cannot be read.
    #[error("is not a URL")]
    NoUrl,
    /// Everybody on the way could read it.
    #[error("is plain http, which is accepted on loopback alone")]
    Plain,
    /// It is no web address.
    #[error("does not begin with https://")]
    Scheme,
    /// Passwords in addresses end up in logs.
    #[error("has a name or a password in it")]
    Password,
}

impl Address {
    /// The receiver's host, for people.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or("the receiver")
    }

    /// The whole of it, for the call.
    pub(crate) fn url(&self) -> Url {
        self.0.clone()
    }
}

impl FromStr for Address {
    type Err = BadAddress;

    fn from_str(text: &str) -> Result<Self, BadAddress> {
        let url = Url::parse(text.trim()).map_err(|_| BadAddress::NoUrl)?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(BadAddress::Password);
        }
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_loopback(&url) => Ok(Self(url)),
            "http" => Err(BadAddress::Plain),
            _ => Err(BadAddress::Scheme),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({}://{}/…)", self.0.scheme(), self.host())
    }
}

/// Whether a URL leads to this very machine.
fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        let host = host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_over_tls_or_no_further_than_this_machine() {
        let read = |text: &str| text.parse::<Address>().map(|address| address.host().to_owned());
        let cases = [
            ("https://hooks.example.com/sima?k=1", Ok("hooks.example.com")),
            ("http://127.0.0.1:8080/in", Ok("127.0.0.1")),
            ("http://[::1]:8080/in", Ok("[::1]")),
            ("http://localhost/in", Ok("localhost")),
            ("http://hooks.example.com/in", Err(BadAddress::Plain)),
            ("http://127.0.0.1.example.com/in", Err(BadAddress::Plain)),
            ("http://127.0.0.1@evil.example/in", Err(BadAddress::Password)),
            ("https://user:pass@hooks.example.com/", Err(BadAddress::Password)),
            ("ftp://hooks.example.com/in", Err(BadAddress::Scheme)),
            ("hooks.example.com", Err(BadAddress::NoUrl)),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text), expected.map(str::to_owned), "{text}");
        }
    }

    #[test]
    fn an_address_shows_its_host_and_no_more() {
        let address: Address = "https://hooks.example.com/secret-path".parse().unwrap();

        assert_eq!(format!("{address:?}"), "Address(https://hooks.example.com/…)");
    }
}
