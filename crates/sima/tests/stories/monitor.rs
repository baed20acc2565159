//! A real Prometheus with a real Alertmanager, watching queues of the test's own.

use std::{
    collections::BTreeSet,
    env,
    fmt::Write as _,
    fs,
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use axum::{Router, extract::State, routing::get};
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::story::PATIENCE;

/// Both, and what they watch. They end when this is dropped.
pub struct Monitor {
    stuck: Stuck,
    alertmanager: Server,
    _prometheus: Server,
    _folder: TempDir,
}

/// The queues that do not drain.
type Stuck = Arc<Mutex<BTreeSet<u32>>>;

/// One of their processes.
struct Server {
    process: Child,
    address: String,
}

/// How both see the queues: each that is stuck is an alert of its own, of a group of its own, told
/// at once and repeated every second.
const RULES: &str = "
groups:
- name: queues
  rules:
  - alert: QueueIsNotDraining
    expr: queue_stuck > 0
    labels: { severity: critical, service: api }
    annotations: { summary: 'Queue {{ $labels.queue }} is not draining' }
";

impl Monitor {
    /// Starts both; `None` if they are not on this machine, which is said by the test's name.
    pub async fn starts(sima: &str, token: &str) -> Option<Self> {
        let programs = ["prometheus-alertmanager", "prometheus"].map(program);
        let [Some(alertmanager), Some(prometheus)] = programs else {
            skipped();
            return None;
        };
        let stuck = Stuck::default();
        let exporter = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let watched = exporter.local_addr().expect("an address");
        let page = Router::new().route("/metrics", get(exposition)).with_state(stuck.clone());
        tokio::spawn(async move { axum::serve(exporter, page).await });

        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let write = |name: &str, text: &str| fs::write(at(name), text).expect("a file");
        write(
            "alertmanager.yml",
            &format!(
                "route: {{ receiver: sima, group_by: ['...'], group_wait: 0s, \
                 group_interval: 300ms, repeat_interval: 1s }}\n\
                 receivers:\n- name: sima\n  webhook_configs:\n  \
                 - url: {sima}/alerts/alertmanager\n    \
                 http_config: {{ authorization: {{ credentials: '{token}' }} }}\n"
            ),
        );
        let alertmanager = Server::starts(
            Command::new(alertmanager)
                .arg(setting("--config.file", &at("alertmanager.yml")))
                .arg(setting("--storage.path", &at("alertmanager")))
                .arg("--cluster.listen-address="),
        );
        write("rules.yml", RULES);
        write(
            "prometheus.yml",
            &format!(
                "global: {{ scrape_interval: 200ms, scrape_timeout: 200ms, \
                 evaluation_interval: 200ms }}\n\
                 rule_files: [rules.yml]\n\
                 scrape_configs:\n- job_name: queues\n  \
                 static_configs: [{{ targets: ['{watched}'] }}]\n\
                 alerting:\n  alertmanagers:\n  \
                 - static_configs: [{{ targets: ['{}'] }}]\n",
                alertmanager.address
            ),
        );
        let prometheus = Server::starts(
            Command::new(prometheus)
                .arg(setting("--config.file", &at("prometheus.yml")))
                .arg(setting("--storage.tsdb.path", &at("prometheus"))),
        );
        Some(Self { stuck, alertmanager, _prometheus: prometheus, _folder: folder })
    }

    /// These queues do not drain from here on, and all others do.
    pub fn sees_stuck(&self, queues: impl IntoIterator<Item = u32>) {
        *self.stuck.lock().expect("the queues") = queues.into_iter().collect();
    }

    /// Waits until Alertmanager has had so many more notifications taken.
    pub async fn has_told(&self, more: u64) {
        let before = self.told().await;
        let told = async {
            let mut look = tokio::time::interval(Duration::from_millis(50));
            while self.told().await < before + more {
                look.tick().await;
            }
        };
        let told = tokio::time::timeout(PATIENCE, told).await;
        told.unwrap_or_else(|_| panic!("Alertmanager did not tell {more} times"));
    }

    /// How many notifications SIMA has taken, by Alertmanager's own count.
    async fn told(&self) -> u64 {
        let page = format!("http://{}/metrics", self.alertmanager.address);
        let page = reqwest::get(page).await.expect("Alertmanager").text().await.expect("a page");
        let count = |name: &str| {
            let name = format!("{name}{{integration=\"webhook\"");
            let lines = page.lines().filter(|line| line.starts_with(&name));
            let counts = lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok());
            counts.sum::<f64>() as u64
        };
        let [all, failed] =
            ["alertmanager_notifications_total", "alertmanager_notifications_failed_total"]
                .map(count);
        all - failed
    }
}

impl Server {
    /// Starts it on a port of its own choice, and waits until it listens.
    fn starts(command: &mut Command) -> Self {
        end_with_this_thread(command);
        let mut process = command
            .arg("--web.listen-address=127.0.0.1:0")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it can be started");
        let mut log = BufReader::new(process.stderr.take().expect("its log is a pipe")).lines();
        let mut said = Vec::new();
        let address = loop {
            let line = log.next().and_then(Result::ok).unwrap_or_else(|| {
                panic!("it ended before it listened:\n{}", said.join("\n"));
            });
            if let Some((_, address)) = line.split_once("msg=\"Listening on\" address=") {
                break address.to_owned();
            }
            said.push(line);
        };
        // A full pipe would stop it.
        thread::spawn(move || log.for_each(drop));
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A test that dies must not leave them behind.
#[allow(unsafe_code, reason = "the standard library cannot ask for it")]
fn end_with_this_thread(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    // SAFETY: prctl is a system call, allowed between fork and exec.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        });
    }
}

/// What Prometheus reads.
async fn exposition(State(stuck): State<Stuck>) -> String {
    stuck.lock().expect("the queues").iter().fold(String::new(), |mut text, queue| {
        let _ = writeln!(text, "queue_stuck{{queue=\"{queue}\"}} 1");
        text
    })
}

fn setting(name: &str, file: &Path) -> String {
    format!("{name}={}", file.display())
}

fn program(name: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// Says that the running test was skipped; where everything must be tested it fails.
fn skipped() {
    let thread = thread::current();
    let test = thread.name().unwrap_or("a test with Prometheus");
    let why = format!(
        "{test}: no Prometheus with Alertmanager; \
         install prometheus and prometheus-alertmanager"
    );
    let everything = env::var("CI").is_ok_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"));
    assert!(!everything, "{why}");
    // Not by `eprintln!`, which the test runner keeps to itself when a test passes.
    let mut stderr = io::stderr().lock();
    let _ = writeln!(stderr, "skipped: {why}");
}
