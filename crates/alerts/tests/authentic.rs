//! What a vendor signed is believed, and nothing else is.

use jiff::Timestamp;
use proptest::prelude::*;
use secrecy::SecretString;
use sima_alerts::authentic::{
    NotAuthentic::{self, Elsewhere, Missing, Stale, Unreadable, Wrong},
    basic, bearer, github, grafana, pagerduty, sentry, sima,
    sns::{Envelope, Kind},
};

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn file(path: &str) -> Vec<u8> {
    let path = format!("{}/tests/{path}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("a file of that name")
}

#[test]
fn a_token_is_believed_in_its_scheme_alone() {
    let cases = [
        (None, Err(Missing)),
        (Some("Bearer abc"), Ok(())),
        (Some("bearer  abc "), Ok(())),
        (Some("Bearer abcd"), Err(Wrong)),
        (Some("Bearer ab"), Err(Wrong)),
        (Some("Bearer "), Err(Unreadable)),
        (Some("Basic abc"), Err(Unreadable)),
        (Some("abc"), Err(Unreadable)),
        (Some(""), Err(Unreadable)),
    ];
    for (header, wanted) in cases {
        assert_eq!(bearer::verify(&secret("abc"), header), wanted, "{header:?}");
    }
    // A secret that was left empty opens to nobody.
    assert_eq!(bearer::verify(&secret(""), Some("Bearer a")), Err(Wrong));
}

#[test]
fn a_password_is_believed_with_its_name() {
    // sima:abc, other:abc, sima:abd, sima:a:b, sima
    let cases = [
        (Some("sima"), "abc", "Basic c2ltYTphYmM=", Ok(())),
        (Some("sima"), "abc", "basic c2ltYTphYmM=", Ok(())),
        (Some("sima"), "abc", "Basic b3RoZXI6YWJj", Err(Wrong)),
        (None, "abc", "Basic b3RoZXI6YWJj", Ok(())),
        (Some("sima"), "abc", "Basic c2ltYTphYmQ=", Err(Wrong)),
        (Some("sima"), "a:b", "Basic c2ltYTphOmI=", Ok(())),
        (Some("sima"), "abc", "Basic c2ltYQ==", Err(Unreadable)),
        (Some("sima"), "abc", "Basic !", Err(Unreadable)),
        (Some("sima"), "abc", "Bearer c2ltYTphYmM=", Err(Unreadable)),
    ];
    for (user, password, header, wanted) in cases {
        assert_eq!(basic::verify(user, &secret(password), Some(header)), wanted, "{header}");
    }
    assert_eq!(basic::verify(None, &secret("abc"), None), Err(Missing));
    // `sima:` with a password that was left empty.
    assert_eq!(basic::verify(None, &secret(""), Some("Basic c2ltYTo=")), Err(Wrong));
}

#[test]
fn github_signs_with_its_prefix() {
    let secret = secret("It's a Secret to Everybody");
    let hex = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
    let body = b"Hello, World!";
    let verify = |header: &str| github::verify(&secret, Some(header), body);
    assert_eq!(verify(&format!("sha256={hex}")), Ok(()));
    assert_eq!(verify(&format!("sha256={}", hex.to_uppercase())), Ok(()));
    assert_eq!(verify(hex), Err(Unreadable));
    assert_eq!(verify(&format!("sha1={hex}")), Err(Unreadable));
    assert_eq!(verify("sha256="), Err(Wrong));
    assert_eq!(verify(&format!("sha256={}", &hex[2..])), Err(Wrong));
    let signature = format!("sha256={hex}");
    assert_eq!(github::verify(&secret, Some(&signature), b"Hello, World?"), Err(Wrong));
    assert_eq!(github::verify(&secret, None, body), Err(Missing));
}

#[test]
fn grafana_signs_with_and_without_the_time() {
    let secret = secret("sima-test-secret");
    let body = br#"{"status":"firing"}"#;
    let bare = "39d7bfb6e9c926032bac3f52bdae2539c0d85540f981dccf30e1b7d9f1f5c3fd";
    assert_eq!(grafana::verify(&secret, Some(bare), body), Ok(()));
    assert_eq!(grafana::verify(&secret, Some("39"), body), Err(Wrong));
    assert_eq!(grafana::verify(&secret, None, body), Err(Missing));

    let timed = "f866c03845ff247f2907886e6da649a0177729547f13eddd69f6021ecdba8778";
    assert_eq!(grafana::verify(&secret, Some(timed), body), Err(Wrong));
    let at = |seconds: i64, time: Option<&str>, signature: &str| {
        let now = Timestamp::from_second(seconds).expect("a time");
        grafana::verify_with_time(&secret, time, Some(signature), body, now)
    };
    assert_eq!(at(1_724_312_043, Some("1724312043"), timed), Ok(()));
    assert_eq!(at(1_724_312_343, Some("1724312043"), timed), Ok(()));
    assert_eq!(at(1_724_312_344, Some("1724312043"), timed), Err(Stale));
    assert_eq!(at(1_724_311_742, Some("1724312043"), timed), Err(Stale));
    assert_eq!(at(1_724_312_043, Some("1724312044"), timed), Err(Wrong));
    assert_eq!(at(1_724_312_043, Some("1724312043"), bare), Err(Wrong));
    assert_eq!(at(1_724_312_043, None, bare), Err(Missing));
    for odd in ["", "+1724312043", "-1", "1724312043.5", "99999999999999999999"] {
        assert_eq!(at(1_724_312_043, Some(odd), timed), Err(Unreadable), "{odd}");
    }
}

#[test]
fn pagerduty_signs_the_bytes_as_they_came() {
    let recorded = file("contract/pagerduty_priority.json");
    let theirs = "lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK";
    let cases: [(&str, &[u8], &str); 3] = [
        (theirs, &recorded, "0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd"),
        (
            "sima-test-secret",
            br#"{"event":{"id":"01SIMA","event_type":"incident.triggered"}}"#,
            "a3dfb603eff222ef5988168a63c84a8c8dff1912de1b023df9197d79de4084a6",
        ),
        (
            "sima-test-secret",
            r#"{"event":{"id":"01SIMA","event_type":"incident.annotated","data":{"content":"café ☃"}}}"#
                .as_bytes(),
            "c9a05d02fc18bf80d5cb26aa4e6aef077cae6f6ea0b795d3cab507afa9c93438",
        ),
    ];
    for (key, body, hex) in cases {
        let verify = |header: &str| pagerduty::verify(&secret(key), Some(header), body);
        assert_eq!(verify(&format!("v1={hex}")), Ok(()));
        // While a secret is being replaced.
        assert_eq!(verify(&format!("v1={}, v1={hex}", "0".repeat(64))), Ok(()));
        assert_eq!(verify(&format!(" v2=x ,v1={hex} ")), Ok(()));
        assert_eq!(verify(&format!("v2={hex}")), Err(Unreadable));
        assert_eq!(verify(hex), Err(Unreadable));
        assert_eq!(verify("v1="), Err(Wrong));
        assert_eq!(verify(&format!("v1={}", "0".repeat(64))), Err(Wrong));
        assert_eq!(pagerduty::verify(&secret(""), Some(&format!("v1={hex}")), body), Err(Wrong));
        assert_eq!(pagerduty::verify(&secret(key), None, body), Err(Missing));
        let header = format!("v1={hex}");
        let longer = [body, b"\n"].concat();
        assert_eq!(pagerduty::verify(&secret(key), Some(&header), &longer), Err(Wrong));
    }
}

#[test]
fn sentry_signs_the_bytes_as_they_came() {
    // The construction is that of the others: hex of HMAC-SHA256 over the body alone.
    let signature = "39d7bfb6e9c926032bac3f52bdae2539c0d85540f981dccf30e1b7d9f1f5c3fd";
    let secret = secret("sima-test-secret");
    assert_eq!(sentry::verify(&secret, Some(signature), br#"{"status":"firing"}"#), Ok(()));
    assert_eq!(sentry::verify(&secret, Some(signature), br#"{"status": "firing"}"#), Err(Wrong));
    assert_eq!(sentry::verify(&secret, Some(""), b"{}"), Err(Wrong));
    assert_eq!(sentry::verify(&secret, None, b"{}"), Err(Missing));
}

#[test]
fn our_own_signature_holds_for_five_minutes() {
    let secret = secret("sima-test-secret");
    let body = br#"{"title":"x"}"#;
    let hex = SIMA_SIGNATURE;
    let at = |seconds: i64, header: &str| {
        let now = Timestamp::from_second(seconds).expect("a time");
        sima::verify(&secret, Some(header), body, now)
    };
    let header = format!("t=1724312043,v1={hex}");
    assert_eq!(at(1_724_312_043, &header), Ok(()));
    assert_eq!(at(1_724_312_343, &header), Ok(()));
    assert_eq!(at(1_724_311_743, &header), Ok(()));
    assert_eq!(at(1_724_312_344, &header), Err(Stale));
    let other = "0".repeat(64);
    assert_eq!(at(1_724_312_043, &format!("t=1724312043, v1={other}, v1={hex}")), Ok(()));
    assert_eq!(at(1_724_312_043, &format!("t=1724312044,v1={hex}")), Err(Wrong));
    assert_eq!(at(1_724_312_043, &format!("t=1724312043,t=1,v1={hex}")), Err(Unreadable));
    assert_eq!(at(1_724_312_043, &format!("v1={hex}")), Err(Unreadable));
    assert_eq!(at(1_724_312_043, "t=1724312043"), Err(Unreadable));
    assert_eq!(at(1_724_312_043, &format!("t=now,v1={hex}")), Err(Unreadable));
    assert_eq!(sima::verify(&secret, None, body, Timestamp::UNIX_EPOCH), Err(Missing));
}

/// HMAC-SHA256 of `1724312043.{"title":"x"}` with `sima-test-secret`, made with OpenSSL.
const SIMA_SIGNATURE: &str = "23d0bcdfaec5f3c3d29b68e926551be9b1d69143299c1e6f0d088f969b35e85b";

fn verify(name: &str, now: &str, change: impl Fn(&str) -> String) -> Result<(), NotAuthentic> {
    let body = String::from_utf8(file(&format!("sns/{name}.json"))).expect("text");
    Envelope::read(change(&body).as_bytes())?.verify(&file("sns/certificate.pem"), time(now))
}

const NOW: &str = "2026-08-22T09:00:30Z";

#[test]
fn what_sns_signed_is_believed_and_nothing_else() {
    let names = [
        "notification_v1",
        "notification_v2",
        "subscription_v1",
        "subscription_v2",
        "unsubscribe_v1",
        "unsubscribe_v2",
    ];
    for name in names {
        assert_eq!(verify(name, NOW, str::to_owned), Ok(()), "{name}");
        let forgeries = [
            ("8a14e4f3", "8a14e4f4"),
            ("123456789012:sima\",", "123456789013:sima\","),
            ("09:00:00.000Z", "09:00:01.000Z"),
            ("\"Message\": \"", "\"Message\": \" "),
        ];
        for (signed, forged) in forgeries {
            let forge = |body: &str| body.replace(signed, forged);
            assert_eq!(verify(name, NOW, forge), Err(Wrong), "{name}: {signed}");
        }
        let of_version = |from: &str, to: &str| {
            let field = |version: &str| format!(r#""SignatureVersion": "{version}""#);
            verify(name, NOW, |body| body.replace(&field(from), &field(to)))
        };
        assert!(of_version("1", "2") == Err(Wrong) || of_version("2", "1") == Err(Wrong));
        assert!(of_version("1", "3") == Err(Unreadable) || of_version("2", "3") == Err(Unreadable));
    }
    // A subject that was not signed is not added, nor one that was taken away.
    let with = |body: &str| body.replacen('{', r#"{"Subject": "x","#, 1);
    assert_eq!(verify("notification_v2", NOW, with), Err(Wrong));
    let without = |body: &str| body.replace("\"Subject\"", "\"Other\"");
    assert_eq!(verify("notification_v1", NOW, without), Err(Wrong));
    let unsigned = |body: &str| body.replace("\"Signature\"", "\"Other\"");
    assert_eq!(verify("notification_v1", NOW, unsigned), Err(Missing));
}

#[test]
fn a_message_of_sns_is_believed_for_an_hour_and_its_certificate_while_it_holds() {
    let at = |now: &str| verify("notification_v2", now, str::to_owned);
    assert_eq!(at("2026-08-22T10:00:00Z"), Ok(()));
    assert_eq!(at("2026-08-22T10:00:01Z"), Err(Stale));
    assert_eq!(at("2026-08-22T08:00:00Z"), Ok(()));
    assert_eq!(at("2026-08-22T07:59:59Z"), Err(Stale));
    assert_eq!(at("2028-08-22T09:00:00Z"), Err(Stale));

    let envelope = Envelope::read(&file("sns/notification_v2.json")).expect("an envelope");
    let with = |certificate: &[u8]| envelope.verify(certificate, time(NOW));
    assert_eq!(with(&file("sns/certificate_of_another_key.pem")), Err(Wrong));
    assert_eq!(with(&file("sns/certificate_of_another_kind.pem")), Err(Unreadable));
    assert_eq!(with(b""), Err(Unreadable));
    assert_eq!(
        with(b"-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----"),
        Err(Unreadable)
    );
}

#[test]
fn addresses_in_a_message_of_sns_lead_to_sns() {
    let envelope = Envelope::read(&file("sns/subscription_v2.json")).expect("an envelope");
    assert_eq!(envelope.kind(), Kind::SubscriptionConfirmation);
    assert_eq!(envelope.topic_arn(), Ok("arn:aws:sns:eu-west-1:123456789012:sima"));
    assert_eq!(envelope.message_id(), Ok("8a14e4f3-f3ab-4be0-a12f-681ee8fe214f"));
    assert!(envelope.subscribe_url().is_ok());
    // Recorded ones, too.
    for name in ["cloudwatch_alarm", "cloudwatch_insufficient_data", "cloudwatch_subscription"] {
        let recorded =
            Envelope::read(&file(&format!("contract/{name}.json"))).expect("an envelope");
        assert!(recorded.signing_cert_url().is_ok(), "{name}");
        let leads = recorded.subscribe_url();
        assert!(if name.ends_with("subscription") { leads.is_ok() } else { leads == Err(Missing) });
    }
    let elsewhere = |body: &str| {
        body.replace("https://sns.eu-west-1.amazonaws.com/S", "https://evil.example/S")
    };
    assert_eq!(verify("notification_v2", NOW, elsewhere), Err(Elsewhere));
}

proptest! {
    #[test]
    fn whatever_is_sent_is_refused(
        header in "\\PC{0,80}",
        body in prop::collection::vec(any::<u8>(), 0..64),
        certificate in prop::collection::vec(any::<u8>(), 0..256),
        cut in 0..1034_usize,
        flipped in 0..1034_usize,
    ) {
        let (secret, now) = (secret("sima-test-secret"), time(NOW));
        let header = Some(header.as_str());
        prop_assert!(bearer::verify(&secret, header).is_err());
        prop_assert!(basic::verify(None, &secret, header).is_err());
        prop_assert!(github::verify(&secret, header, &body).is_err());
        prop_assert!(grafana::verify(&secret, header, &body).is_err());
        prop_assert!(grafana::verify_with_time(&secret, header, header, &body, now).is_err());
        prop_assert!(pagerduty::verify(&secret, header, &body).is_err());
        prop_assert!(sentry::verify(&secret, header, &body).is_err());
        prop_assert!(sima::verify(&secret, header, &body, now).is_err());
        prop_assert!(Envelope::read(&body).is_err());
        let envelope = Envelope::read(&file("sns/notification_v1.json")).expect("an envelope");
        prop_assert!(envelope.verify(&certificate, now).is_err());
        // A certificate that was cut or changed may still hold the key, but never panics.
        let mut real = file("sns/certificate.pem");
        real[flipped] ^= 1;
        let _ = envelope.verify(&real, now);
        prop_assert!(envelope.verify(&real[..cut.min(1000)], now).is_err());
    }
}
