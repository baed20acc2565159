//! Deliveries that somebody else vouches for: messages of SNS by a certificate of AWS, and action
//! groups of Azure by a token of Entra ID. What is forged is not recorded, and leads SIMA nowhere.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{
    doors::Answered,
    hosts::{CERTIFICATE, Hosts, public_key, signature},
    signed::integration,
    story::Story,
};

const TOPIC: &str = "arn:aws:sns:eu-west-1:123456789012:sima";
const HANDSHAKE: &str =
    "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336";
const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const KEYS: &str =
    "https://login.microsoftonline.com/72f988bf-86f1-41af-91ab-2d7cd011db47/discovery/v2.0/keys";

/// SIMA with an integration for a topic of SNS, and one for an action group.
pub async fn begins(hosts: &Hosts) -> Story {
    let amazon = format!("name = \"aws\"\nsource = \"cloudwatch\"\ntopics = [\"{TOPIC}\"]");
    let azure = format!(
        "name = \"azure\"\nsource = \"azure\"\ntenant = \"{TENANT}\"\naudience = \"api://sima\""
    );
    Story::begins_in(hosts.world(), |config, _| {
        config.alerts.integrations = vec![integration(&amazon), integration(&azure)];
    })
    .await
}

/// A message as SNS sends it, with a change made before it is signed.
pub fn message(story: &Story, kind: &str, change: impl FnOnce(&mut Value)) -> Value {
    let alarm = json!({
        "AlarmName": "Queue is not draining", "NewStateValue": "ALARM", "OldStateValue": "OK",
        "AWSAccountId": "123456789012", "Region": "EU (Ireland)",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:123456789012:alarm:queue",
    });
    let mut message = json!({
        "Type": kind, "MessageId": "8a14e4f3-f3ab-4be0-a12f-681ee8fe214f", "TopicArn": TOPIC,
        "Message": alarm.to_string(), "SignatureVersion": "2", "SigningCertURL": CERTIFICATE,
        "Timestamp": story.now().strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string(),
    });
    if kind != "Notification" {
        message["Token"] = json!("2336");
        message["SubscribeURL"] = json!(HANDSHAKE);
    }
    change(&mut message);
    let names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
    let lines =
        names.iter().filter_map(|name| Some(format!("{name}\n{}\n", message[*name].as_str()?)));
    let signed: String = lines.collect();
    message["Signature"] = json!(STANDARD.encode(signature(signed.as_bytes())));
    message
}

fn notification(story: &Story) -> Value {
    message(story, "Notification", |_| {})
}

/// SNS says that its JSON is text.
pub async fn from_sns(story: &Story, message: &Value) -> Answered {
    let headers = [("content-type", "text/plain; charset=UTF-8")];
    story.sends("POST", "/alerts/aws", &headers, message.to_string()).await
}

/// The first message fetches the certificate, later ones find it; a handshake is completed once it
/// is known to be AWS that asks.
#[tokio::test]
async fn what_aws_signed_is_believed() {
    let hosts = Hosts::begin();
    hosts.has_certificate();
    hosts.answer(HANDSHAKE, 200, "<ConfirmSubscriptionResponse/>");
    let story = begins(&hosts).await;

    let asked = from_sns(&story, &message(&story, "SubscriptionConfirmation", |_| {})).await;
    assert_eq!((asked.status, asked.body.trim()), (200, "the subscription is confirmed"));
    assert_eq!(hosts.asked(), [CERTIFICATE, HANDSHAKE]);

    let fired = from_sns(&story, &notification(&story)).await;
    assert_eq!(fired.status / 100, 2, "{fired:?}");
    story
        .until("it is open", |state| {
            let mut named = state.channels.iter().map(|channel| channel.name.as_str());
            named.any(|name| name.ends_with("_queue-is-not-draining")).then_some(())
        })
        .await;
    story.is_quiet().await;
    let ended = from_sns(&story, &message(&story, "UnsubscribeConfirmation", |_| {})).await;
    assert_eq!((ended.status, ended.body.trim()), (200, "the subscription was ended"));
    assert_eq!(hosts.asked().len(), 2, "{:?}", hosts.asked());
    story.ends().await;
}

/// Nothing that AWS did not sign for one of our topics is recorded, and no address in it is visited
/// that does not lead to SNS.
#[tokio::test]
async fn what_aws_did_not_sign_is_turned_away_and_leads_nowhere() {
    let hosts = Hosts::begin();
    hosts.has_certificate();
    let story = begins(&hosts).await;
    let good = notification(&story);
    assert_eq!(
        from_sns(&story, &message(&story, "UnsubscribeConfirmation", |_| {})).await.status,
        200
    );
    let visited = hosts.asked();
    assert_eq!(visited, [CERTIFICATE]);

    let after = |change: &dyn Fn(&mut Value)| {
        let mut forged = good.clone();
        change(&mut forged);
        forged
    };
    let before = |kind: &str, name: &str, value: Value| {
        message(&story, kind, |message| message[name] = value)
    };
    let long_ago = story.now() - SignedDuration::from_mins(61);
    let mut forgeries = vec![
        (after(&|it| it["Message"] = json!("{}")), 401, "AWS"),
        (after(&|it| it["MessageId"] = json!("another")), 401, "AWS"),
        (after(&|it| it["SignatureVersion"] = json!("1")), 401, "AWS"),
        (after(&|it| it["SignatureVersion"] = json!("3")), 401, "SNS"),
        (after(&|it| it["Signature"] = json!("AAAA")), 401, "AWS"),
        (after(&|it| it["Signature"] = Value::Null), 401, "SNS"),
        (before("Notification", "TopicArn", json!(format!("{TOPIC}2"))), 401, "topic"),
        (before("Notification", "Timestamp", json!(long_ago.to_string())), 401, "out of time"),
        (
            before("Notification", "Timestamp", json!("2099-01-01T00:00:00.000Z")),
            401,
            "out of time",
        ),
        (json!({ "AlarmName": "a", "NewStateValue": "ALARM" }), 400, "raw message delivery"),
        (json!({ "hello": "world" }), 400, "SNS"),
        (json!([]), 401, "SNS"),
    ];
    for address in [
        "http://sns.eu-west-1.amazonaws.com/a.pem",
        "https://sns.us-east-1.amazonaws.com/a.pem",
        "https://sns.xx-nowhere-9.amazonaws.com/a.pem",
        "https://169.254.169.254/latest/meta-data/a.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/a.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/a.pem",
        "https://evil.example/?sns.eu-west-1.amazonaws.com/a.pem",
        "file:///etc/passwd.pem",
        "https://localhost/a.pem",
    ] {
        let url = json!(address);
        forgeries.push((before("Notification", "SigningCertURL", url.clone()), 401, "SNS"));
        let visit = message(&story, "SubscriptionConfirmation", |it| it["SubscribeURL"] = url);
        forgeries.push((visit, 401, "SNS"));
    }
    for (forged, status, says) in &forgeries {
        let answered = from_sns(&story, forged).await;
        assert_eq!(answered.status, *status, "{forged}: {answered:?}");
        assert!(answered.body.contains(says), "{forged}: {answered:?}");
        assert_eq!(answered.body.trim().lines().count(), 1, "{answered:?}");
    }
    let raw = [("x-amz-sns-rawdelivery", "true")];
    let raw = story.sends("POST", "/alerts/aws", &raw, good.to_string()).await;
    assert_eq!(raw.status, 400, "{raw:?}");
    assert!(raw.body.contains("raw message delivery"), "{raw:?}");
    assert_eq!(hosts.asked(), visited, "no address in a forgery is visited");
    assert!(story.incident_channels().is_empty());

    assert_eq!(from_sns(&story, &good).await.status / 100, 2, "a good one still is taken");
    story.ends().await;
}

/// What the signature is checked with is out of reach: SNS is asked to send it again, and when it is
/// there, it is believed. A certificate that is not there, or leads on, is no certificate.
#[tokio::test]
async fn a_certificate_that_cannot_be_fetched_is_waited_for() {
    let hosts = Hosts::begin();
    let story = begins(&hosts).await;
    let of = |url: &str| message(&story, "Notification", |it| it["SigningCertURL"] = json!(url));
    let elsewhere = |name: &str| format!("https://sns.eu-west-1.amazonaws.com/{name}.pem");
    hosts.answer(&elsewhere("moved"), 302, "");
    hosts.answer(&elsewhere("nonsense"), 200, "this is no certificate");
    hosts.answer(&elsewhere("down"), 500, "");
    hosts.answer(&elsewhere("huge"), 200, vec![b'x'; 300 * 1024]);
    for (name, status) in
        [("absent", 401), ("moved", 401), ("nonsense", 401), ("down", 503), ("huge", 503)]
    {
        let answered = from_sns(&story, &of(&elsewhere(name))).await;
        assert_eq!(answered.status, status, "{name}: {answered:?}");
    }
    assert_eq!(hosts.asked().len(), 5, "no redirect is followed: {:?}", hosts.asked());

    hosts.answer(CERTIFICATE, 503, "");
    let message = notification(&story);
    let early = from_sns(&story, &message).await;
    assert_eq!(early.status, 503, "{early:?}");
    assert!(early.body.contains("send it again"), "{early:?}");
    assert!(story.incident_channels().is_empty());
    hosts.has_certificate();
    story.time_passes(std::time::Duration::from_secs(20)).await;
    assert_eq!(from_sns(&story, &message).await.status / 100, 2);

    let asked = crate::vouched::message(&story, "SubscriptionConfirmation", |_| {});
    hosts.answer(HANDSHAKE, 503, "");
    assert_eq!(from_sns(&story, &asked).await.status, 503);
    hosts.answer(HANDSHAKE, 403, "");
    let refused = from_sns(&story, &asked).await;
    assert_eq!(refused.status, 400, "{refused:?}");
    assert!(refused.body.contains("request the confirmation again"), "{refused:?}");
    story.is_quiet().await;
    story.ends().await;
}

/// A token of Entra ID, with changes to what it claims and to what it says of itself.
fn token(story: &Story, header: &Value, claims: &Value) -> String {
    let now = story.now().as_second();
    let mut whole = json!({
        "aud": "api://sima", "iss": format!("https://sts.windows.net/{TENANT}/"), "tid": TENANT,
        "appid": "461e8683-5575-4561-ac7f-899cc907d62a", "roles": ["ActionGroupsSecureWebhook"],
        "iat": now, "nbf": now, "exp": now + 3600,
    });
    let mut head = json!({ "typ": "JWT", "alg": "RS256", "kid": "of-the-stories" });
    for (whole, changes) in [(&mut whole, claims), (&mut head, header)] {
        for (name, value) in changes.as_object().expect("changes") {
            whole[name] = value.clone();
        }
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&head), part(&whole));
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature(signed.as_bytes())))
}

async fn from_azure(story: &Story, token: &str) -> Answered {
    let body = json!({ "schemaId": "azureMonitorCommonAlertSchema", "data": { "essentials": {
        "alertId": "/subscriptions/1/alerts/2", "alertRule": "Queue is not draining",
        "severity": "Sev1", "monitorCondition": "Fired",
        "firedDateTime": "2026-01-05T09:00:00.1234567Z" } } });
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    story.sends("POST", "/alerts/azure", &headers, body.to_string()).await
}

/// An action group with a secure webhook is believed by the token that Entra ID made for it.
#[tokio::test]
async fn what_entra_signed_is_believed_and_nothing_else() {
    let hosts = Hosts::begin();
    let (modulus, exponent) = public_key();
    let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let keys = json!({ "keys": [
        { "kty": "EC", "kid": "another" },
        { "kty": "RSA", "use": "sig", "kid": "of-the-stories", "n": number(&modulus),
          "e": number(&exponent) },
    ] });
    let story = begins(&hosts).await;
    let good = token(&story, &json!({}), &json!({}));
    hosts.answer(KEYS, 503, "");
    let early = from_azure(&story, &good).await;
    assert_eq!(early.status, 503, "{early:?}");
    hosts.answer(KEYS, 200, keys.to_string());
    story.time_passes(std::time::Duration::from_secs(5)).await;

    let now = story.now().as_second();
    let same = json!({});
    let forged_end = format!("{}AAAA", &good[..good.len() - 4]);
    let (signed, _) = good.rsplit_once('.').expect("a signature");
    let mut forgeries = vec![
        forged_end,
        format!("{signed}."),
        signed.to_owned(),
        String::new(),
        "a.b.c".to_owned(),
        "x".repeat(20_000),
        token(&story, &json!({ "alg": "none" }), &same),
        token(&story, &json!({ "alg": "HS256" }), &same),
        token(&story, &json!({ "kid": "another" }), &same),
        token(&story, &json!({ "kid": null }), &same),
        token(&story, &json!({ "crit": ["b64"] }), &same),
    ];
    for claims in [
        json!({ "aud": "api://others" }),
        json!({ "aud": ["api://sima"] }),
        json!({ "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000000/" }),
        json!({ "appid": "00000000-0000-0000-0000-000000000000" }),
        json!({ "roles": ["Reader"] }),
        json!({ "roles": null }),
        json!({ "exp": now - 61 }),
        json!({ "exp": null }),
        json!({ "nbf": now + 120 }),
    ] {
        forgeries.push(token(&story, &same, &claims));
    }
    for forged in &forgeries {
        let answered = from_azure(&story, forged).await;
        let shown: String = forged.chars().take(200).collect();
        assert_eq!(answered.status, 401, "{shown}: {answered:?}");
        assert!(answered.body.contains("secure webhook"), "{answered:?}");
    }
    let general = story.posts("/alerts/azure", Some("sandbox"), &json!({})).await;
    assert_eq!(general.status, 401, "{general:?}");
    assert!(hosts.asked().iter().all(|url| url == KEYS));
    assert!(hosts.asked().len() <= 3, "a stranger cannot have the keys fetched at will");
    assert!(story.incident_channels().is_empty());

    let version_2 = json!({ "iss": format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
        "appid": null, "azp": "461e8683-5575-4561-ac7f-899cc907d62a" });
    for good in [good, token(&story, &same, &version_2)] {
        let taken = from_azure(&story, &good).await;
        assert_eq!(taken.status / 100, 2, "{taken:?}");
    }
    story
        .until("it is open", |state| {
            let mut named = state.channels.iter().map(|channel| channel.name.as_str());
            named.any(|name| name.ends_with("_queue-is-not-draining")).then_some(())
        })
        .await;
    story.is_quiet().await;
    story.ends().await;
}
