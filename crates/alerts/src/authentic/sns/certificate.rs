//! The two things an X.509 certificate is asked here: its RSA key, and from when to when it holds.
//!
//! They lie behind five elements of known kinds, so reading them takes no library; the key itself is
//! read by `ring`, as strictly as it does.
//!
//! Source: RFC 5280, section 4.1.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::{Timestamp, civil::DateTime, tz::TimeZone};

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OBJECT_IDENTIFIER: u8 = 0x06;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
/// The version, in brackets since it may be left out.
const VERSION: u8 = 0xA0;

/// 1.2.840.113549.1.1.1, `rsaEncryption`.
const RSA: [u8; 9] = [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

/// What a certificate says of its key.
#[derive(Debug)]
pub(super) struct Certificate {
    not_before: Timestamp,
    not_after: Timestamp,
    /// An `RSAPublicKey` in DER.
    pub public_key: Vec<u8>,
}

impl Certificate {
    /// Reads the first certificate of a PEM file, if it holds an RSA key.
    pub fn read(pem: &[u8]) -> Option<Self> {
        let pem = std::str::from_utf8(pem).ok()?;
        let (_, rest) = pem.split_once("-----BEGIN CERTIFICATE-----")?;
        let (lines, _) = rest.split_once("-----END CERTIFICATE-----")?;
        let lines: String = lines.split_ascii_whitespace().collect();
        let der = STANDARD.decode(lines).ok()?;
        let mut signed = Der(Der(Der(&der).element(SEQUENCE)?).element(SEQUENCE)?);
        if signed.0.first() == Some(&VERSION) {
            signed.element(VERSION)?;
        }
        signed.element(INTEGER)?;
        let (_algorithm, _issuer) = (signed.element(SEQUENCE)?, signed.element(SEQUENCE)?);
        let mut validity = Der(signed.element(SEQUENCE)?);
        let _subject = signed.element(SEQUENCE)?;
        let mut key = Der(signed.element(SEQUENCE)?);
        let is_rsa = Der(key.element(SEQUENCE)?).element(OBJECT_IDENTIFIER)? == RSA;
        let (0, public_key) = key.element(BIT_STRING)?.split_first()? else { return None };
        is_rsa.then_some(Self {
            not_before: validity.time()?,
            not_after: validity.time()?,
            public_key: public_key.to_vec(),
        })
    }

    /// Whether it holds at that time.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.not_before <= now && now <= self.not_after
    }
}

/// Elements in DER that have not been read yet.
struct Der<'a>(&'a [u8]);

impl<'a> Der<'a> {
    /// What the next element holds, if it is of that kind.
    fn element(&mut self, kind: u8) -> Option<&'a [u8]> {
        let (found, rest) = self.0.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7F => (usize::from(first), rest),
            // So many bytes of length follow; no certificate needs more than three.
            0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
                (digits.iter().fold(0, |length, digit| length << 8 | usize::from(*digit)), rest)
            }
            _ => return None,
        };
        let (held, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        (*found == kind).then_some(held)
    }

    /// The time the next element is.
    fn time(&mut self) -> Option<Timestamp> {
        let is_short = self.0.first() == Some(&UTC_TIME);
        let text = self.element(if is_short { UTC_TIME } else { GENERALIZED_TIME })?;
        let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
        let text = match text.get(..2).filter(|_| is_short) {
            Some(year) if year < "50" => format!("20{text}"),
            Some(_) => format!("19{text}"),
            None => text.to_owned(),
        };
        let on_the_clock = DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
        Some(on_the_clock.to_zoned(TimeZone::UTC).ok()?.timestamp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_kinds_are_read() {
        let time = |kind: u8, text: &str| {
            let mut der = vec![kind, text.len() as u8];
            der.extend(text.bytes());
            Der(&der).time().map(|time| time.to_string())
        };
        let nine = |text: &str| Some(text.to_owned());
        assert_eq!(time(UTC_TIME, "260822090000Z"), nine("2026-08-22T09:00:00Z"));
        assert_eq!(time(UTC_TIME, "991231235959Z"), nine("1999-12-31T23:59:59Z"));
        assert_eq!(time(GENERALIZED_TIME, "20500101000000Z"), nine("2050-01-01T00:00:00Z"));
        for odd in ["", "Z", "260822090000", "261322090000Z", "é60822090000Z"] {
            assert_eq!(time(UTC_TIME, odd), None, "{odd}");
        }
    }

    #[test]
    fn an_element_that_is_cut_is_none() {
        for der in
            [&[][..], &[2], &[2, 1], &[2, 0x81], &[2, 0x82, 1], &[2, 0x84, 0, 0, 0, 0], &[2, 0x80]]
        {
            assert_eq!(Der(der).element(INTEGER), None, "{der:?}");
        }
        assert_eq!(Der(&[2, 1, 5]).element(INTEGER), Some(&[5][..]));
        assert_eq!(Der(&[2, 1, 5]).element(SEQUENCE), None);
    }
}
