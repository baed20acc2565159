//! What people do in PagerDuty itself: it is known here, once, and never answered in a circle.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;
use sima_incident::{Actor, Event, IncidentNumber, PagerNews, Recorded};

use crate::{doors::Answered, story::Story};

/// A webhook as PagerDuty would send it, unless something is changed.
struct Webhook {
    id: &'static str,
    signatures: Option<String>,
    body: String,
}

impl Webhook {
    /// A signed one.
    fn new(story: &Story, id: &'static str, body: &Value) -> Self {
        Self::of(story, id, body.to_string())
    }

    fn of(story: &Story, id: &'static str, body: String) -> Self {
        let secret = story.sandbox.pagerduty_webhook_secret();
        Self { id, signatures: Some(signature(secret, &body)), body }
    }

    fn signed_with(mut self, secrets: &[&str]) -> Self {
        let signed = secrets.iter().map(|secret| signature(secret, &self.body));
        self.signatures = (!secrets.is_empty()).then(|| signed.collect::<Vec<_>>().join(", "));
        self
    }

    async fn arrives(self, story: &Story) -> Answered {
        let url = format!("{}/pagerduty/webhooks", story.url());
        let mut request = reqwest::Client::new()
            .post(url)
            .header("content-type", "application/json")
            .header("x-webhook-id", self.id);
        if let Some(signatures) = self.signatures {
            request = request.header("x-pagerduty-signature", signatures);
        }
        let answer = request.body(self.body).send().await.expect("SIMA answers");
        let status = answer.status().as_u16();
        let (location, headers) = (None, BTreeMap::new());
        Answered { status, body: answer.text().await.expect("a body"), location, headers }
    }
}

fn signature(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key of any length");
    mac.update(body.as_bytes());
    format!("v1={}", hex::encode(mac.finalize().into_bytes()))
}

/// An event about one of PagerDuty's incidents, by Nour.
fn event(id: &str, event_type: &str, data: &Value) -> Value {
    json!({ "event": {
        "id": id, "event_type": event_type, "resource_type": "incident",
        "agent": { "id": "PNOUR", "type": "user_reference", "summary": "Nour Haddad" },
        "client": null, "data": data,
    }})
}

/// What became true of INC-1.
async fn timeline(story: &Story) -> Vec<Recorded> {
    let store = story.sima().desk().store();
    let incident = store.incident_numbered(IncidentNumber(1)).await.unwrap().expect("INC-1");
    store.events(incident.id).await.unwrap()
}

/// What the pager told of INC-1, beyond that somebody took it.
async fn told(story: &Story) -> Vec<PagerNews> {
    let news = timeline(story).await.into_iter().filter_map(|recorded| match recorded.event {
        Event::PagerTold { news, .. } => Some(news),
        _ => None,
    });
    news.collect()
}

/// Malik presses the button on his phone: the incident is his, and the pager is not told again.
#[tokio::test]
async fn a_page_acknowledged_in_pagerduty_is_acknowledged_here() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let page = story.page_is("triggered").await;
    story.sandbox.acknowledge_page(&page.id).expect("an open page");
    story.brief_reads(&channel, "Investigating").await;
    story.is_quiet().await;
    let events = timeline(&story).await;
    let taken = events.iter().find(|recorded| recorded.event == Event::Acknowledged);
    assert_eq!(taken.map(|taken| &taken.by), Some(&Actor::in_pager("Malik Diop")));
    assert_eq!(story.times_asked_of_the_pager("acknowledge"), 0, "it knows already");
    story.types("malik", &channel, "recover").await;
    story.page_is("resolved").await;
    story.ends().await;
}

/// Resolving the page closes nothing here: those in the channel are asked whether it is over.
#[tokio::test]
async fn a_page_resolved_in_pagerduty_is_a_hint() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let page = story.page_is("triggered").await;
    story.sandbox.resolve_page(&page.id).expect("an open page");
    let asked = story.reads(&channel, "The page was resolved").await;
    story.is_quiet().await;
    assert_eq!(told(&story).await, [PagerNews::Resolved]);
    story.brief_reads(&channel, "Open").await;
    story.presses("nour", &channel, &asked, "Recovered").await;
    story.brief_reads(&channel, "Recovered").await;
    story.ends().await;
}

/// What SIMA tells PagerDuty comes back from there as webhooks: nothing follows from them.
#[tokio::test]
async fn its_own_words_do_not_echo() {
    let story = Story::begins().await;
    let channel = story.opens_simply("ines", "Checkout is down").await;
    let page = story.page_is("triggered").await;
    let echo = |event_id: &str, event_type: &str| {
        let mut event = event(
            event_id,
            event_type,
            &json!({
                "id": page.id, "type": "incident", "incident_key": page.dedup_key,
            }),
        );
        event["event"]["agent"] =
            json!({ "id": page.service, "type": "service_reference", "summary": "Production" });
        event
    };
    story.types("malik", &channel, "ack").await;
    story.page_is("acknowledged").await;
    story.is_quiet().await;
    let before = timeline(&story).await.len();
    let answer = Webhook::new(&story, "w-1", &echo("e-1", "incident.acknowledged"));
    assert_eq!(answer.arrives(&story).await.body.trim(), "about INC-1");
    assert_eq!(timeline(&story).await.len(), before);

    story.types("malik", &channel, "recover").await;
    story.page_is("resolved").await;
    story.is_quiet().await;
    let before = timeline(&story).await.len();
    let answer = Webhook::new(&story, "w-2", &echo("e-2", "incident.resolved"));
    assert_eq!(answer.arrives(&story).await.status, 200);
    story.is_quiet().await;
    assert_eq!(timeline(&story).await.len(), before);
    assert_eq!(story.times_asked_of_the_pager("acknowledge"), 1);
    assert_eq!(story.times_asked_of_the_pager("resolve"), 1);
    story.ends().await;
}

/// What PagerDuty says about a page stands on the timeline, once however often it is delivered.
#[tokio::test]
async fn what_happens_to_a_page_is_on_the_timeline_once() {
    let story = Story::begins().await;
    story.opens_simply("ines", "Checkout is down").await;
    let page = story.page_is("triggered").await;
    let ours = json!({
        "id": page.id, "type": "incident", "incident_key": page.dedup_key,
        "assignees": [{ "id": "PNOUR", "summary": "Nour Haddad" }],
    });
    let keyless = json!({ "id": page.id, "type": "incident", "incident_key": null });
    let note = json!({
        "id": "PNOTE", "type": "incident_note", "content": "Queue eu1 is stuck",
        "incident": { "id": page.id, "type": "incident_reference" },
    });
    let strange = json!({ "id": "Q0OTHER", "type": "incident", "incident_key": "monitoring/7" });
    let about = "about INC-1";
    for (id, event, answered) in [
        // Nobody knows yet what this one is about.
        ("w-1", event("e-1", "incident.escalated", &keyless), "about no incident of ours"),
        ("w-2", event("e-2", "incident.triggered", &ours), about),
        ("w-3", event("e-3", "incident.escalated", &ours), about),
        ("w-3", event("e-3", "incident.escalated", &ours), about),
        // The same by another subscription; and copied under another id, which is not signed.
        ("w-4", event("e-3", "incident.escalated", &ours), about),
        ("w-5", event("e-5", "incident.annotated", &note), about),
        ("w-6", event("e-6", "incident.unacknowledged", &keyless), about),
        ("w-7", event("e-7", "incident.acknowledged", &strange), "about no incident of ours"),
    ] {
        let answer = Webhook::new(&story, id, &event).arrives(&story).await;
        assert_eq!((answer.status, answer.body.trim()), (200, answered), "{event}");
    }
    let expected = [
        PagerNews::Triggered,
        PagerNews::Escalated { to: vec!["Nour Haddad".into()] },
        PagerNews::Annotated { text: "Queue eu1 is stuck".into() },
        PagerNews::Unacknowledged,
    ];
    assert_eq!(told(&story).await, expected);
    let page = story.gets("/incidents/1").await.body;
    for read in ["Nour Haddad", "Queue eu1 is stuck", "escalated the page", "in PagerDuty"] {
        assert!(page.contains(read), "{read} is not in {page}");
    }
    story.ends().await;
}

/// Whatever PagerDuty signed is taken, or it would stop sending; nothing else is.
#[tokio::test]
async fn the_door_takes_what_is_signed_and_nothing_else() {
    let story = Story::begins().await;
    story.opens_simply("ines", "Checkout is down").await;
    let page = story.page_is("triggered").await;
    let data = json!({ "id": page.id, "type": "incident", "incident_key": page.dedup_key });
    let before = timeline(&story).await.len();
    let acknowledged = event("e-1", "incident.acknowledged", &data);
    let signed = || Webhook::new(&story, "w-1", &acknowledged);
    for (forged, why) in [
        (signed().signed_with(&[]), "unsigned"),
        (signed().signed_with(&["guessed"]), "another secret"),
        (Webhook { body: acknowledged.to_string() + " ", ..signed() }, "changed"),
    ] {
        let answer = forged.arrives(&story).await;
        assert_eq!((answer.status, answer.body.trim().lines().count()), (401, 1), "{why}");
    }
    for body in ["", "{", "[]", "{\"event\":{\"event_type\":\"incident.of.tomorrow\"}}", "\u{0}"] {
        let answer = Webhook::of(&story, "w-2", body.into()).arrives(&story).await;
        assert_eq!(answer.status, 200, "{body:?}: {answer:?}");
    }
    let ping = json!({ "event": { "id": "e-0", "event_type": "pagey.ping", "data": {} } });
    let answer = Webhook::new(&story, "w-3", &ping).arrives(&story).await;
    assert_eq!((answer.status, answer.body.trim()), (200, "SIMA hears you"));
    assert_eq!(timeline(&story).await.len(), before);

    // While the secret is changed PagerDuty signs with both.
    let secret = story.sandbox.pagerduty_webhook_secret();
    let answer = signed().signed_with(&["the-old-one", secret]).arrives(&story).await;
    assert_eq!((answer.status, answer.body.trim()), (200, "about INC-1"));
    story.ends().await;
}

/// What could not be recorded is asked for again: PagerDuty keeps it for two days.
#[tokio::test]
async fn what_could_not_be_recorded_is_asked_for_again() {
    let story = Story::begins().await;
    story.opens_simply("ines", "Checkout is down").await;
    let page = story.page_is("triggered").await;
    story.is_quiet().await;
    story.sima().desk().store().close().await;
    let data = json!({ "id": page.id, "type": "incident", "incident_key": page.dedup_key });
    let event = event("e-1", "incident.acknowledged", &data);
    let answer = Webhook::new(&story, "w-1", &event).arrives(&story).await;
    assert_eq!(answer.status, 503, "{answer:?}");
    story.sandbox.stop();
}

/// Without a secret nobody can be known: the door says what is missing.
#[tokio::test]
async fn without_a_secret_the_door_says_so() {
    let story = Story::begins_with(|config| {
        config.pagerduty.webhook_secret = secrecy::SecretString::default();
    })
    .await;
    let ping = json!({ "event": { "event_type": "pagey.ping" } });
    let answer = Webhook::new(&story, "w-1", &ping).arrives(&story).await;
    assert_eq!(answer.status, 404);
    assert!(answer.body.contains("pagerduty.webhook_secret"), "{answer:?}");
    story.ends().await;
}
