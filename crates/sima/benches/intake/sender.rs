//! A sender: one connection that is kept, and one distinct alert after the other over it.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// One sender.
pub struct Sender {
    stream: TcpStream,
    number: usize,
    sent: usize,
    answer: Vec<u8>,
}

impl Sender {
    /// Opens its connection.
    pub async fn connects(address: SocketAddr, number: usize) -> Self {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket option");
        Self { stream, number, sent: 0, answer: Vec::with_capacity(1024) }
    }

    /// Sends one alert that nobody has sent before; how long it took until it was answered.
    pub async fn sends(&mut self, token: &str) -> Duration {
        let body = body(self.number, self.sent);
        self.sent += 1;
        let request = format!(
            "POST /alerts/alertmanager HTTP/1.1\r\nHost: sima\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let began = Instant::now();
        self.stream.write_all(request.as_bytes()).await.expect("it is sent");
        self.is_answered().await;
        began.elapsed()
    }

    /// Reads one answer, which must be a success.
    async fn is_answered(&mut self) {
        self.answer.clear();
        loop {
            let read = self.stream.read_buf(&mut self.answer).await.expect("an answer");
            assert!(read > 0, "the server has hung up");
            if let Some(length) = whole(&self.answer) {
                assert_eq!(length, self.answer.len(), "one answer to one request");
                break;
            }
        }
        let said = String::from_utf8_lossy(&self.answer);
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    }
}

/// The length of an answer, once its head is there and it is whole.
fn whole(answer: &[u8]) -> Option<usize> {
    let head = answer.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let text = std::str::from_utf8(&answer[..head]).ok()?.to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length: "))?;
    let length = head + length.trim().parse::<usize>().ok()?;
    (answer.len() >= length).then_some(length)
}

/// An alert as an Alertmanager sends it, like no other.
fn body(sender: usize, sent: usize) -> String {
    format!(
        r#"{{"version":"4","groupKey":"{{}}/{{team=\"mail\"}}:{{alertname=\"Queue\",queue=\"{sender}-{sent}\"}}","truncatedAlerts":0,"status":"firing","receiver":"sima","groupLabels":{{"alertname":"Queue","queue":"{sender}-{sent}"}},"commonLabels":{{"alertname":"Queue","queue":"{sender}-{sent}","severity":"critical","job":"relay","instance":"mx-{sender}:9100"}},"commonAnnotations":{{"summary":"Queue {sender}-{sent} is not draining","description":"Mails wait for more than ten minutes.","runbook_url":"https://wiki.example.com/queues"}},"externalURL":"http://alertmanager.example.com","alerts":[{{"status":"firing","labels":{{"alertname":"Queue","queue":"{sender}-{sent}","severity":"critical","job":"relay","instance":"mx-{sender}:9100"}},"annotations":{{"summary":"Queue {sender}-{sent} is not draining"}},"startsAt":"2026-01-05T09:00:00Z","endsAt":"0001-01-01T00:00:00Z","generatorURL":"http://prometheus.example.com/graph?g0.expr=queue","fingerprint":"{sender:08x}{sent:08x}"}}]}}"#
    )
}
