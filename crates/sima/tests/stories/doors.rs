//! What reaches SIMA from outside, as the story's own hand writes it: requests good and bad.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;
use sima_sandbox::signature;

use crate::story::Story;

/// What SIMA answered.
#[derive(Debug)]
pub struct Answered {
    pub status: u16,
    pub body: String,
    /// Where it leads, if it leads on.
    pub location: Option<String>,
    /// Every header, by its name in lower case.
    pub headers: BTreeMap<String, String>,
}

/// A request at one of Slack's URLs that is signed as Slack would, unless something is changed.
pub struct Signed<'s> {
    story: &'s Story,
    path: &'static str,
    content_type: &'static str,
    body: String,
    secret: String,
    age_secs: i64,
    signature: bool,
    timestamp: bool,
}

impl Story {
    /// A request with a JSON body, as events are.
    pub fn event(&self, body: &Value) -> Signed<'_> {
        self.signed("/slack/events", "application/json", body.to_string())
    }

    /// A request with a body of any kind.
    pub fn signed(
        &self,
        path: &'static str,
        content_type: &'static str,
        body: impl Into<String>,
    ) -> Signed<'_> {
        Signed {
            story: self,
            path,
            content_type,
            body: body.into(),
            secret: self.sandbox.signing_secret().to_owned(),
            age_secs: 0,
            signature: true,
            timestamp: true,
        }
    }

    /// A POST of JSON to SIMA.
    pub async fn posts(&self, path: &str, token: Option<&str>, body: &Value) -> Answered {
        self.posts_text(path, token, body.to_string()).await
    }

    /// A POST of anything to SIMA.
    pub async fn posts_text(&self, path: &str, token: Option<&str>, body: String) -> Answered {
        let mut request = http().post(self.at(path)).header("content-type", "application/json");
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        answered(request.body(body)).await
    }

    /// An alert of the Alertmanager arrives, with the right token.
    pub async fn alert(&self, body: &Value) -> Answered {
        self.posts("/alerts/alertmanager", Some(&self.alerts_token()), body).await
    }

    /// An alert of the Alertmanager arrives and is judged; what came of it: `opened INC-1`.
    pub async fn comes_of_alert(&self, body: &Value) -> String {
        let answered = self.alert(body).await;
        assert_eq!((answered.status, answered.body.trim()), (200, "1 alert is recorded"));
        self.came_of_alerts().await.pop().expect("it was recorded")
    }

    /// A GET from SIMA. Redirections are not followed.
    pub async fn gets(&self, path: &str) -> Answered {
        answered(http().get(self.at(path))).await
    }

    /// Anything sent to SIMA: with these headers, and no other but those HTTP needs.
    pub async fn sends(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Vec<u8>>,
    ) -> Answered {
        let method = method.parse().expect("a method");
        let mut request = http().request(method, self.at(path)).body(body.into());
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        answered(request).await
    }

    fn at(&self, path: &str) -> String {
        self.url() + path
    }
}

impl Signed<'_> {
    /// Signed by somebody who does not know the secret.
    pub fn by_somebody_else(mut self) -> Self {
        "not the secret".clone_into(&mut self.secret);
        self
    }

    /// Signed so long ago.
    pub fn secs_ago(mut self, secs: i64) -> Self {
        self.age_secs = secs;
        self
    }

    /// Without the header that carries the signature.
    pub fn without_signature(mut self) -> Self {
        self.signature = false;
        self
    }

    /// Without the header that says when it was signed.
    pub fn without_timestamp(mut self) -> Self {
        self.timestamp = false;
        self
    }

    /// Sends it.
    pub async fn arrives(self) -> Answered {
        let now_secs = self.story.sandbox.now_micros() / 1_000_000;
        let timestamp = (now_secs - self.age_secs).to_string();
        let mut request =
            http().post(self.story.at(self.path)).header("content-type", self.content_type);
        if self.signature {
            let signature = signature(&self.secret, &timestamp, self.body.as_bytes());
            request = request.header("x-slack-signature", signature);
        }
        if self.timestamp {
            request = request.header("x-slack-request-timestamp", timestamp);
        }
        answered(request.body(self.body)).await
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(10))
        .build()
        .expect("an HTTP client")
}

async fn answered(request: reqwest::RequestBuilder) -> Answered {
    let answer = request.send().await.expect("SIMA answers");
    let status = answer.status().as_u16();
    let location = answer
        .headers()
        .get("location")
        .and_then(|location| location.to_str().ok())
        .map(str::to_owned);
    let text = |value: &reqwest::header::HeaderValue| value.to_str().unwrap_or_default().to_owned();
    let headers = answer.headers().iter().map(|(name, value)| (name.to_string(), text(value)));
    let headers = headers.collect();
    Answered { status, location, headers, body: answer.text().await.expect("a body") }
}
