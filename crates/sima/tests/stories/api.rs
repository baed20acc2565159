//! Programs: they open incidents, read them, send alerts and ask whether one may deploy.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sima_alerts::{Rule, Rules};

use crate::story::Story;

/// The token of the sandbox.
const TOKEN: &str = "sandbox";

const INCIDENTS: &str = "/api/v1/incidents";

/// What a program was answered.
struct Told {
    status: u16,
    body: Value,
    allow: Option<String>,
}

impl Told {
    /// The code of the problem.
    fn code(&self) -> &str {
        let error = &self.body["error"];
        assert!(error["message"].is_string() && error["what_to_do"].is_string(), "{}", self.body);
        error["code"].as_str().unwrap()
    }
}

impl Story {
    fn api_request(&self, method: Method, path: &str) -> RequestBuilder {
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10));
        http.build().unwrap().request(method, self.url() + path)
    }

    /// A request of the API, with the token.
    fn api(&self, method: Method, path: &str) -> RequestBuilder {
        self.api_request(method, path).bearer_auth(TOKEN)
    }

    async fn api_gets(&self, path: &str) -> Told {
        told(self.api(Method::GET, path)).await
    }

    async fn api_posts(&self, path: &str, body: &Value) -> Told {
        told(self.api(Method::POST, path).json(body)).await
    }

    async fn api_posts_under(&self, key: &str, body: &Value) -> Told {
        told(self.api(Method::POST, INCIDENTS).header("idempotency-key", key).json(body)).await
    }

    /// An incident is opened over the API; its number.
    async fn api_opens(&self, body: &Value) -> u64 {
        let opened = self.api_posts(INCIDENTS, body).await;
        assert_eq!(opened.status, 201, "{}", opened.body);
        opened.body["number"].as_u64().unwrap()
    }
}

async fn told(request: RequestBuilder) -> Told {
    let answer = request.send().await.expect("SIMA answers");
    let status = answer.status().as_u16();
    let allow = answer.headers().get("allow").map(|allow| allow.to_str().unwrap().to_owned());
    let body = answer.text().await.unwrap();
    let body = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{status}: {body}"));
    Told { status, body, allow }
}

/// A program opens an incident with all it knows: everything follows as if a person had.
#[tokio::test]
async fn a_program_opens_an_incident_and_reads_it() {
    let story = Story::begins().await;
    let opened = story
        .api_posts(
            INCIDENTS,
            &json!({
                "summary": "Queue is not draining",
                "description": "Mails leave an hour late.",
                "domain": "outbound-email",
                "severity": 1,
                "impact": 120,
                "started_at": "2026-01-05T09:00:00Z",
                "detected_at": "2026-01-05T10:04:30+01:00",
                "links": ["https://grafana.example.com/d/queues"],
                "reporter": "nightly checks",
            }),
        )
        .await;
    assert_eq!(opened.status, 201, "{}", opened.body);
    let incident = &opened.body;
    assert_eq!((&incident["number"], &incident["name"]), (&json!(1), &json!("INC-1")));
    assert_eq!((&incident["stage"], &incident["live"]), (&json!("open"), &json!(true)));
    assert_eq!(incident["channel"], Value::Null);
    assert_eq!((&incident["severity"], &incident["impact"]), (&json!(1), &json!(120)));
    assert_eq!(incident["times"]["started_at"], "2026-01-05T09:00:00Z");
    assert_eq!(incident["times"]["detected_at"], "2026-01-05T09:04:30Z");
    assert_eq!(incident["url"], format!("{}/i/INC-1", story.url()));

    story.is_quiet().await;
    let channel = story.incident_channels().remove(0);
    let brief = story.brief_reads(&channel, "Queue is not draining").await;
    assert!(crate::seen::words(&brief.text, &brief.blocks).contains("nightly checks (API)"));
    story.pages(1).await;
    for path in ["/api/v1/incidents/INC-1", "/api/v1/incidents/1"] {
        let read = story.api_gets(path).await;
        assert_eq!((read.status, &read.body["channel"]["name"]), (200, &json!(channel)));
        assert_eq!(read.body["id"], incident["id"]);
    }
    story.ends().await;
}

/// The network lost the answer, and the program sends its request again.
#[tokio::test]
async fn the_same_request_under_the_same_key_opens_one_incident() {
    let mut story = Story::begins().await;
    let asked = json!({ "summary": "Queue is not draining", "severity": 2, "private": false });
    let sends = (0..8).map(|_| story.api_posts_under("key-1", &asked));
    let answers = futures_util::future::join_all(sends).await;
    let made = answers.iter().filter(|answer| answer.status == 201).count();
    let before = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((made, before), (1, 7));
    let number = answers[0].body["number"].clone();
    assert!(answers.iter().all(|answer| answer.body["number"] == number));

    // Written otherwise, and with what is the default anyway, it is still the same.
    let same =
        json!({ "severity": "SEV2", "summary": " Queue is  not draining", "domain": "global" });
    assert_eq!(story.api_posts_under("key-1", &same).await.status, 200);
    for other in [
        json!({ "summary": "Queue is not draining", "severity": 1 }),
        json!({ "summary": "Queue is not draining", "severity": 2, "private": true }),
        json!({ "summary": "Queue is not draining", "severity": 2, "reporter": "somebody" }),
        json!({ "summary": "Another", "severity": 2 }),
    ] {
        let refused = story.api_posts_under("key-1", &other).await;
        assert_eq!((refused.status, refused.code()), (409, "key_used"), "{other}");
    }
    // Not even after a night, and without using up a number.
    story.is_quiet().await;
    story.restarts().await;
    for _ in 0..3 {
        let again = story.api_posts_under("key-1", &asked).await;
        assert_eq!((again.status, &again.body["number"]), (200, &number));
    }
    assert_eq!(number, json!(1));
    assert_eq!(story.api_posts_under("key-3", &asked).await.body["number"], 2);
    assert_eq!(story.api_posts_under("key-4", &asked).await.body["number"], 3);
    for bad in ["", &"x".repeat(256)] {
        let refused = story.api_posts_under(bad, &asked).await;
        assert_eq!((refused.status, refused.code()), (400, "bad_key"));
    }
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 3);
    story.ends().await;
}

/// What is wrong with a request is said, and where, and what to do; nothing is opened by it.
#[tokio::test]
async fn a_wrong_request_is_told_what_is_wrong() {
    let story = Story::begins().await;
    for (body, status, code, path) in [
        (json!({ "sumary": "x" }), 400, "unknown_field", "sumary"),
        (json!({}), 400, "missing_field", "summary"),
        (json!({ "summary": 4 }), 400, "wrong_type", "summary"),
        (json!({ "summary": "x", "severity": "bad" }), 400, "wrong_type", "severity"),
        (json!({ "summary": "x", "severity": 0 }), 400, "wrong_type", "severity"),
        (json!({ "summary": "x", "impact": -1 }), 400, "wrong_type", "impact"),
        (json!({ "summary": "x", "drill": "yes" }), 400, "wrong_type", "drill"),
        (
            json!({ "summary": "x", "links": ["https://a.example", 2] }),
            400,
            "wrong_type",
            "links[1]",
        ),
        (json!({ "summary": "x", "started_at": "yesterday" }), 400, "wrong_type", "started_at"),
        (json!({ "summary": "x", "links": ["javascript:alert(1)"] }), 422, "bad_link", "links[0]"),
    ] {
        let refused = story.api_posts(INCIDENTS, &body).await;
        assert_eq!((refused.status, refused.code()), (status, code), "{body}");
        assert_eq!(refused.body["error"]["path"], path, "{body}");
    }
    for (body, code) in [
        (json!({ "summary": " \n" }), "summary_missing"),
        (json!({ "summary": "x", "domain": "nowhere" }), "unknown_domain"),
        (json!({ "summary": "x", "severity": 9 }), "unknown_severity"),
        (json!({ "summary": "x", "started_at": "2999-01-01T00:00:00Z" }), "in_the_future"),
        (
            json!({
                "summary": "x",
                "started_at": "2026-01-05T09:00:00Z",
                "detected_at": "2026-01-05T08:00:00Z",
            }),
            "out_of_order",
        ),
    ] {
        let refused = story.api_posts(INCIDENTS, &body).await;
        assert_eq!((refused.status, refused.code()), (422, code), "{body}");
    }
    for text in ["", "{", "{}x", "[\"a\"]", "null", "\"summary\"", "{\"summary\":\"\u{1}\"}"] {
        let request = story.api(Method::POST, INCIDENTS).header("content-type", "application/json");
        assert_eq!(told(request.body(text.to_owned())).await.status, 400, "{text:?}");
    }
    let huge = json!({ "summary": "x".repeat(2 * 1024 * 1024) });
    let refused = story.api_posts(INCIDENTS, &huge).await;
    assert_eq!((refused.status, refused.code()), (413, "too_large"));
    let form = story.api(Method::POST, INCIDENTS).form(&[("summary", "x")]);
    let refused = told(form).await;
    assert_eq!((refused.status, refused.code()), (415, "not_json"));
    let refused = told(story.api(Method::DELETE, INCIDENTS)).await;
    assert_eq!((refused.status, refused.code()), (405, "wrong_method"));
    assert_eq!(refused.allow.as_deref(), Some("POST,GET,HEAD"));
    for path in [
        "/api/v1/incidents/INC-1",
        "/api/v1/incidents/x",
        "/api/v1/incidents/%ff",
        "/api/v1/incidents/1/2",
        "/api/v2/incidents",
        "/api/",
    ] {
        let refused = story.api_gets(path).await;
        assert_eq!(refused.status, 404, "{path}");
        refused.code();
    }
    for query in ["limit=0", "limit=201", "limit=x", "state=over", "before=-1", "what=1"] {
        let refused = story.api_gets(&format!("{INCIDENTS}?{query}")).await;
        assert_eq!((refused.status, refused.code()), (400, "bad_query"), "{query}");
    }
    story.is_quiet().await;
    assert_eq!(story.incident_channels(), Vec::<String>::new());
    story.ends().await;
}

/// Without the token nothing is told; without a configured one nobody is let in.
#[tokio::test]
async fn the_api_is_for_those_who_have_the_token() {
    let story = Story::begins().await;
    let asked = json!({ "summary": "x" });
    for path in ["/api/v1/incidents", "/api/v1/alerts"] {
        let without = told(story.api_request(Method::POST, path).json(&asked)).await;
        assert_eq!((without.status, without.code()), (401, "token_wrong"));
        let wrong = story.api_request(Method::POST, path).bearer_auth("guess").json(&asked);
        assert_eq!(told(wrong).await.status, 401);
    }
    let document = told(story.api_request(Method::GET, "/api/v1/openapi.json")).await;
    assert_eq!(document.status, 200);
    story.ends().await;

    let story = Story::begins_with(|config| config.api.token = "".into()).await;
    for token in ["", "guess"] {
        let request = story.api_request(Method::GET, "/api/v1/gate/api").bearer_auth(token);
        let refused = told(request).await;
        assert_eq!((refused.status, refused.code()), (403, "api_closed"));
        assert!(refused.body.to_string().contains("SIMA_API__TOKEN"));
    }
    story.ends().await;
}

/// Lists go on where the page before ended, and what is private is on none.
#[tokio::test]
async fn lists_come_in_pages_and_leave_out_what_is_private() {
    let story = Story::begins().await;
    for number in 1..=5 {
        let private = number == 3;
        let summary = format!("Trouble {number}");
        story.api_opens(&json!({ "summary": summary, "private": private, "severity": 4 })).await;
    }
    story.is_quiet().await;
    for state in ["all", "live"] {
        let mut seen = Vec::new();
        let mut path = format!("{INCIDENTS}?state={state}&limit=2");
        loop {
            let page = story.api_gets(&path).await.body;
            for incident in page["incidents"].as_array().unwrap() {
                seen.push(incident["number"].as_u64().unwrap());
            }
            let Some(before) = page["next_before"].as_u64() else { break };
            path = format!("{INCIDENTS}?state={state}&limit=2&before={before}");
        }
        assert_eq!(seen, [5, 4, 2, 1], "{state}");
    }
    let private = story.api_gets("/api/v1/incidents/3").await;
    assert_eq!((private.status, private.code()), (404, "no_such_incident"));
    story.ends().await;
}

/// A monitor without a source of its own tells of a trouble, again, and of its end.
#[tokio::test]
async fn an_alert_over_the_api_opens_an_incident_once() {
    let story = Story::begins().await;
    let mut alert = json!({ "title": "Disk is full on db-1", "dedup_key": "disk/db-1" });
    let first = story.api_posts("/api/v1/alerts", &alert).await;
    let expected = json!({ "alert": 1, "result": "opened", "incident": 1, "why": null });
    assert_eq!((first.status, first.body), (200, expected));
    let again = story.api_posts("/api/v1/alerts", &alert).await;
    assert_eq!((&again.body["result"], &again.body["incident"]), (&json!("attached"), &json!(1)));
    alert["status"] = "resolved".into();
    assert_eq!(story.api_posts("/api/v1/alerts", &alert).await.body["result"], "attached");
    let unknown = json!({ "title": "Another", "status": "resolved" });
    assert_eq!(story.api_posts("/api/v1/alerts", &unknown).await.body["result"], "nothing");
    let refused = story.api_posts("/api/v1/alerts", &json!({ "status": "firing" })).await;
    assert_eq!((refused.status, refused.code()), (400, "not_an_alert"));
    assert_eq!(story.came_of_alerts().await.len(), 4);
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 1);
    story.ends().await;
}

/// The network lost the answer, and the program sends its alert again under the same key: it is the
/// same, however late. Another alert under that key is a mistake, and is said to be one.
#[tokio::test]
async fn the_same_alert_under_the_same_key_is_taken_in_once() {
    let story = Story::begins().await;
    let sends = |alert: Value| {
        let request = story.api(Method::POST, "/api/v1/alerts").header("idempotency-key", "key-1");
        told(request.json(&alert))
    };
    let alert = json!({ "title": "Disk is full", "labels": { "host": "db-1" } });
    let first = sends(alert.clone()).await;
    assert_eq!((first.status, &first.body["result"]), (200, &json!("opened")));
    story.time_passes(Duration::from_hours(1)).await;
    let again = sends(json!({ "labels": { "host": "db-1" }, "title": " Disk is  full" })).await;
    assert_eq!((again.status, again.body), (200, first.body));
    for other in [
        json!({ "title": "Disk is full" }),
        json!({ "title": "Disk is full", "labels": { "host": "db-2" } }),
        json!({ "title": "Disk is full", "labels": { "host": "db-1" }, "status": "resolved" }),
        json!({ "title": "Disk is full", "labels": { "host": "db-1" }, "starts_at": "2026-01-05T09:00:00Z" }),
    ] {
        let refused = sends(other.clone()).await;
        assert_eq!((refused.status, refused.code()), (409, "key_used"), "{other}");
    }
    assert_eq!(story.came_of_alerts().await, ["opened INC-1"]);
    story.is_quiet().await;
    story.ends().await;
}

/// Who may send alerts need not be a member of a private incident: it is not said that there is one.
#[tokio::test]
async fn who_sends_an_alert_is_not_told_of_a_private_incident() {
    let story = Story::begins_with(|config| {
        let private = Rule { private: true, ..Rule::default() };
        config.alerts.rules = Rules(vec![private]);
    })
    .await;
    let alert = json!({ "title": "Somebody reads what they must not", "dedup_key": "leak" });
    for number in 1..3 {
        let taken = story.api_posts("/api/v1/alerts", &alert).await;
        let expected = json!({
            "alert": number, "result": "taken_in", "incident": null,
            "why": "it is recorded, and judged",
        });
        assert_eq!((taken.status, taken.body), (200, expected));
    }
    assert_eq!(story.came_of_alerts().await, ["opened INC-1", "attached INC-1"]);
    story.is_quiet().await;
    story.ends().await;
}

/// A pipeline asks before it deploys.
#[tokio::test]
async fn the_gate_is_closed_while_a_severe_incident_is_live() {
    let story = Story::begins().await;
    let ask = async |domain: &str| story.api_gets(&format!("/api/v1/gate/{domain}")).await;
    let open = ask("api").await;
    assert_eq!((open.status, &open.body["open"]), (200, &json!(true)));

    // Too mild, for practice, or elsewhere: one may deploy.
    story.api_opens(&json!({ "summary": "Slow", "domain": "api", "severity": 3 })).await;
    story
        .api_opens(&json!({ "summary": "Play", "domain": "api", "severity": 1, "drill": true }))
        .await;
    let payments = json!({ "summary": "No payments", "domain": "payments", "severity": 2 });
    let severe = story.api_opens(&payments).await;
    assert_eq!(ask("api").await.status, 200);
    let closed = ask("payments").await;
    assert_eq!((closed.status, &closed.body["open"]), (423, &json!(false)));
    assert_eq!(closed.body["blocked_by"][0]["number"], severe);
    assert_eq!(closed.body["blocked_by"][0]["summary"], "No payments");
    assert_eq!(closed.body["message"], "closed by INC-3 (SEV2)");

    // Nobody knows yet what it affects: nobody deploys.
    let everywhere = story.api_opens(&json!({ "summary": "All is dark", "severity": 1 })).await;
    let closed = ask("api").await;
    assert_eq!((closed.status, &closed.body["blocked_by"][0]["number"]), (423, &json!(everywhere)));
    story.is_quiet().await;
    let channel = story.incident_channels().into_iter().find(|name| name.contains("dark")).unwrap();
    story.joins("malik", &channel).await;
    story.types("malik", &channel, "recover").await;
    assert_eq!(ask("api").await.status, 200);

    let secret =
        json!({ "summary": "Stolen keys", "domain": "api", "severity": 1, "private": true });
    story.api_opens(&secret).await;
    let closed = ask("api").await;
    assert_eq!((closed.status, &closed.body["blocked_by"]), (423, &json!([])));
    assert_eq!(closed.body["blocked_privately"], true);
    assert_eq!(closed.body["message"], "closed by a private incident");
    assert!(!closed.body.to_string().contains("Stolen"));

    let unknown = ask("nowhere").await;
    assert_eq!((unknown.status, unknown.code()), (404, "unknown_domain"));
    story.is_quiet().await;
    story.ends().await;
}

/// Somebody at a terminal opens an incident, and scripts can tell what became of it.
#[tokio::test]
async fn an_incident_is_opened_from_a_terminal() {
    let story = Story::begins().await;
    let types = |arguments: &[&str], token: &str, url: String| {
        let mut sima = tokio::process::Command::new(env!("CARGO_BIN_EXE_sima"));
        sima.env_clear().env("SIMA_HTTP__PUBLIC_URL", url).env("SIMA_API__TOKEN", token);
        sima.args(["--config", "/dev/null", "open"]).args(arguments);
        async move {
            let done = sima.output().await.expect("sima runs");
            let said = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap());
            (done.status.code().unwrap(), said.concat().trim().to_owned())
        }
    };
    let words = ["Queue is not draining", "--severity", "SEV2", "--domain", "outbound-email"];
    let opened = types(&words, TOKEN, story.url()).await;
    assert_eq!(opened, (0, format!("INC-1 {}/i/INC-1", story.url())));
    let read = story.api_gets("/api/v1/incidents/1").await.body;
    assert_eq!((&read["severity"], &read["domain"]), (&json!(2), &json!("outbound-email")));

    let keyed = ["Again and again", "--key", "k", "--link", "https://ci.example.com/7"];
    for _ in 0..2 {
        assert_eq!(
            types(&keyed, TOKEN, story.url()).await.1,
            format!("INC-2 {}/i/INC-2", story.url())
        );
    }
    for (words, token, code, expected) in [
        (["x", "--domain", "nowhere"], TOKEN, 1, "there is no domain \"nowhere\"; known are"),
        (["x", "--severity", "9"], TOKEN, 1, "there is no severity SEV9"),
        (["x", "--link", "ftp://a"], TOKEN, 1, "a link begins with https://"),
        (["x", "--severity", "bad"], TOKEN, 2, "is not a severity"),
        (["x", "--domain", "api"], "guess", 1, "the token is missing or wrong"),
        (["x", "--domain", "api"], "", 1, "api.token is not set"),
    ] {
        let (status, said) = types(&words, token, story.url()).await;
        assert_eq!(status, code, "{said}");
        assert!(said.contains(expected), "{said}");
        assert!(!said.contains("guess"), "{said}");
    }
    let (status, said) = types(&["x"], TOKEN, story.sandbox.url()).await;
    assert!(status == 3 && said.contains("is not SIMA") && said.contains("--key"), "{said}");
    let (status, said) = types(&["x"], TOKEN, "http://127.0.0.1:9".to_owned()).await;
    assert!(status == 3 && said.contains("nobody answered at http://127.0.0.1:9"), "{said}");
    story.is_quiet().await;
    assert_eq!(story.incident_channels().len(), 2);
    story.ends().await;
}

/// The guide's examples are run as they stand, and answer as it says.
#[tokio::test]
async fn the_examples_of_the_guide_are_true() {
    let story = Story::begins().await;
    let guide = include_str!("../../../../docs/api.md");
    let mut run = 0;
    for block in guide.split("```sh\n").skip(1) {
        let (status, command) =
            block.split("```").next().unwrap().split_once('\n').expect("two lines");
        let expected: u16 = status.strip_prefix("# answers ").unwrap().trim().parse().unwrap();
        let answered = told(curl(&story, command)).await;
        assert_eq!(answered.status, expected, "{command}\n{}", answered.body);
        run += 1;
    }
    assert_eq!(run, 6);
    story.is_quiet().await;
    story.ends().await;
}

/// The request that a line of curl makes, as far as the guide uses it.
fn curl(story: &Story, command: &str) -> RequestBuilder {
    let mut words = shell_words(story, command).into_iter();
    assert_eq!(words.next().as_deref(), Some("curl"));
    let (mut url, mut headers, mut body) = (None, Vec::new(), None);
    while let Some(word) = words.next() {
        match word.as_str() {
            "-H" => headers.push(words.next().unwrap()),
            "-d" => body = words.next(),
            "--fail" => {}
            _ => url = Some(word),
        }
    }
    let url = url.unwrap();
    let method = if body.is_some() { Method::POST } else { Method::GET };
    let mut request = story.api_request(method, url.strip_prefix(&story.url()).unwrap());
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    match body {
        Some(body) => request.body(body),
        None => request,
    }
}

/// The words of a command as a shell reads them: quotes, variables, lines that go on.
fn shell_words(story: &Story, command: &str) -> Vec<String> {
    let command = command
        .replace("\\\n", " ")
        .replace("$SIMA_HTTP__PUBLIC_URL", &story.url())
        .replace("$SIMA_API__TOKEN", TOKEN);
    let (mut words, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for letter in command.chars() {
        match (quote, letter) {
            (Some(open), _) if open == letter => quote = None,
            (None, '"' | '\'') => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            (None, _) if letter.is_whitespace() => words.extend(word.take()),
            (Some(_) | None, _) => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    words
}

/// Whoever writes rules asks what they would do, before an alert does.
#[tokio::test]
async fn rules_are_tried_from_a_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let rules = r#"
        [[alerts.rules]]
        name = "noise"
        labels = { severity = "info*" }
        then = "ignore"

        [[alerts.rules]]
        source = "alertmanager"
        title = "Queue*"
        severity = 1

        [[alerts.rules]]
        source = "generic"
        title = "*flaky*"
        then = "record"
    "#;
    std::fs::write(at("sima.toml"), rules).unwrap();
    let said = async |source: &str, body: &Value| {
        std::fs::write(at("body.json"), body.to_string()).unwrap();
        let mut sima = tokio::process::Command::new(env!("CARGO_BIN_EXE_sima"));
        sima.env_clear().arg("--config").arg(at("sima.toml")).args(["rules", "test"]);
        let done = sima.arg(at("body.json")).args(["--source", source]).output().await.unwrap();
        let text = [done.stdout, done.stderr].map(|text| String::from_utf8(text).unwrap());
        (done.status.code().unwrap(), text.concat())
    };
    let queue = json!({
        "version": "4",
        "status": "firing",
        "alerts": [{
            "status": "firing",
            "labels": { "alertname": "QueueStuck", "severity": "critical" },
            "annotations": { "summary": "Queue is not draining" },
            "startsAt": "2026-01-05T09:00:00Z",
            "fingerprint": "c0ffee",
        }],
    });
    let (code, text) = said("alertmanager", &queue).await;
    assert_eq!(code, 0, "{text}");
    for expected in [
        "Queue is not draining\n",
        "firing since 2026-01-05T09:00:00Z",
        "noise: not for it: the label severity is \"critical\", not like \"info*\"",
        "rule 2: decides",
        "so: it opens an incident in Global at SEV1 and pages nobody",
    ] {
        assert!(text.contains(expected), "{expected} is not in\n{text}");
    }
    assert!(!text.contains("rule 3"), "{text}");
    for (body, expected) in [
        (json!({ "title": "A flaky test" }), "rule 3: decides\n  so: it is noted"),
        (
            json!({ "title": "x", "labels": { "severity": "info" } }),
            "noise: decides\n  so: it is ign",
        ),
        (json!({ "title": "x" }), "no rule is for it"),
        (json!({ "title": "x", "status": "resolved" }), "what is over opens none"),
        (json!({ "test": true }), "nothing would happen: it is a test"),
    ] {
        let (code, text) = said("generic", &body).await;
        assert!(code == 0 && text.contains(expected), "{body}: {text}");
    }
    for (source, body, expected) in [
        ("generic", json!({ "titel": "x" }), "`title` is missing"),
        ("nagios", json!({ "title": "x" }), "nagios"),
    ] {
        let (code, text) = said(source, &body).await;
        assert!(code == 1 && text.contains(expected), "{body}: {text}");
    }
}
