//! Signatures, by the recorded vectors.

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;
use sima_slack::signature::{BadSignature, verify};

#[derive(Deserialize)]
struct Vector {
    name: String,
    secret: String,
    timestamp: String,
    body: String,
    signature: String,
    now: i64,
    valid: bool,
}

/// Spoils a good request.
type Spoil = fn(&mut Vector);

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../contract/signing_vectors.json")).expect("vectors")
}

fn check(vector: &Vector) -> Result<(), BadSignature> {
    let secret = SecretString::from(vector.secret.clone());
    let now = Timestamp::from_second(vector.now).expect("a time");
    let (timestamp, signature) = (Some(vector.timestamp.as_str()), Some(vector.signature.as_str()));
    verify(&secret, timestamp, signature, vector.body.as_bytes(), now)
}

#[test]
fn every_recorded_vector_is_judged_as_recorded() {
    let vectors = vectors();
    assert_eq!(vectors.len(), 10);
    for vector in &vectors {
        assert_eq!(check(vector).is_ok(), vector.valid, "{}", vector.name);
    }
}

#[test]
fn what_is_wrong_is_named_for_the_log() {
    let good = || vectors().remove(0);
    let cases: [(Spoil, BadSignature); 6] = [
        (|vector| vector.timestamp.push('x'), BadSignature::Unreadable),
        (|vector| vector.timestamp.insert(0, '+'), BadSignature::Unreadable),
        (|vector| vector.timestamp.clear(), BadSignature::Unreadable),
        (|vector| vector.now += 301, BadSignature::Stale),
        (|vector| vector.body.push(' '), BadSignature::Wrong),
        (|vector| vector.signature.truncate(10), BadSignature::Wrong),
    ];
    for (spoil, expected) in cases {
        let mut vector = good();
        spoil(&mut vector);
        assert_eq!(check(&vector), Err(expected));
    }
    let secret = SecretString::from("s");
    let now = Timestamp::UNIX_EPOCH;
    assert_eq!(verify(&secret, None, Some("v0=0"), b"", now), Err(BadSignature::Missing));
    assert_eq!(verify(&secret, Some("0"), None, b"", now), Err(BadSignature::Missing));
}
