//! SIMA as a process of its own over a sandbox: started, killed, and started again over the same
//! database and port.

use std::{
    ffi::OsStr,
    fmt::Write as _,
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use sima_sandbox::Sandbox;
use tempfile::TempDir;

/// How long a process may take to be ready.
const READY_WITHIN: Duration = Duration::from_secs(20);

/// The token by which alerts are taken.
pub const ALERTS_TOKEN: &str = "alerts-of-the-stage";

/// Where one SIMA lives: its address, configuration and database, whatever process runs it.
pub struct Home {
    /// Where it listens.
    pub address: SocketAddr,
    folder: TempDir,
    variables: Vec<(&'static str, String)>,
}

/// A running process. Dropping it ends it as the kernel does: at once, wherever it stands (SIGKILL).
pub struct Process(Child);

impl Home {
    /// The same, whose rules ask people about every alert.
    #[allow(dead_code, reason = "the benchmark, which shares this file, asks nobody")]
    pub fn asking(sandbox: &Sandbox) -> Self {
        let home = Self::over(sandbox);
        let mut file = std::fs::read_to_string(home.file()).expect("the configuration");
        file += "[alerts]\nproposals_channel = \"payments\"\n\
                 [[alerts.rules]]\nthen = \"propose\"\n";
        std::fs::write(home.file(), file).expect("the configuration is written");
        home
    }

    /// Writes a configuration that points at the sandbox, as a company's points at its vendors.
    pub fn over(sandbox: &Sandbox) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let address = free_address();
        let lea = sandbox.person("lea");
        let sam = sandbox.person("sam");
        let mut file = String::new();
        write!(
            file,
            "[http]\nlisten = \"{address}\"\n\
             [database]\nurl = \"sqlite:{}\"\n\
             [slack]\nbase_url = \"{}\"\n\
             [pagerduty]\nevents_url = \"{}\"\n\
             [[domains]]\nkey = \"payments\"\nname = \"Payments\"\n\
             stakeholders = [\"{lea}\", \"{sam}\"]\n",
            folder.path().join("sima.db").display(),
            sandbox.slack_base_url(),
            sandbox.pagerduty_events_url(),
        )
        .expect("a text grows");
        let home = Self {
            address,
            folder,
            variables: vec![
                ("SIMA_SLACK__BOT_TOKEN", sandbox.bot_token().to_owned()),
                ("SIMA_SLACK__SIGNING_SECRET", sandbox.signing_secret().to_owned()),
                ("SIMA_ALERTS__TOKEN", ALERTS_TOKEN.to_owned()),
                ("SIMA_PAGERDUTY__ROUTING_KEY", sandbox.routing_key().to_owned()),
                // A call that is due in five minutes would keep SIMA from coming to rest.
                ("SIMA_PAGERDUTY__REPAGE_AFTER", "0s".to_owned()),
            ],
        };
        std::fs::write(home.file(), file).expect("the configuration is written");
        sandbox.set_app_url(home.url());
        home
    }

    /// Starts a process and waits until it takes requests.
    pub async fn starts(&self) -> Process {
        let log = std::fs::File::options().create(true).append(true).open(self.log_file());
        let mut command = sima([OsStr::new("--config"), self.file().as_os_str(), "serve".as_ref()]);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stderr(log.expect("a log"));
        let process = Process(command.spawn().expect("SIMA starts"));
        let is_ready = tokio::time::timeout(READY_WITHIN, answers(&self.url(), "/readyz")).await;
        assert!(is_ready.is_ok(), "SIMA did not get ready\n{}", self.log());
        process
    }

    /// Where it is reached.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The address of its database.
    #[allow(dead_code, reason = "the benchmark, which shares this file, does not look into it")]
    pub fn database(&self) -> String {
        format!("sqlite:{}", self.folder.path().join("sima.db").display())
    }

    /// What its processes have logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("sima.toml")
    }

    fn log_file(&self) -> PathBuf {
        self.folder.path().join("sima.log")
    }
}

impl Process {
    /// Its process id.
    #[allow(dead_code, reason = "the benchmark, which shares this file, asks for it")]
    pub fn id(&self) -> u32 {
        self.0.id()
    }
}

impl From<Child> for Process {
    fn from(child: Child) -> Self {
        Self(child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may be gone already; then there is nothing to kill.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The built program, which sees no configuration of whoever runs this.
pub fn sima<'a>(arguments: impl IntoIterator<Item = &'a OsStr>) -> Command {
    let mut command = Command::new(Path::new(env!("CARGO_BIN_EXE_sima")));
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("SIMA_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// An address nobody listens on, of ports the system gives to nobody by itself, so that it is still
/// free when a process comes back to it.
pub fn free_address() -> SocketAddr {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let mut own = (std::process::id() % 1_000) as u16 * 12;
    loop {
        own = (own + NEXT.fetch_add(1, Ordering::Relaxed)) % 12_000;
        let address = SocketAddr::from(([127, 0, 0, 1], 20_000 + own));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// Completes when a path is answered with success.
pub async fn answers(url: &str, path: &str) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    loop {
        let answered = client.get(format!("{url}{path}")).send().await;
        if answered.is_ok_and(|answer| answer.status().is_success()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
