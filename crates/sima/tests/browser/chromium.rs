//! A Chromium of the test's own: found, started without a word to the network, and ended.

use std::{
    env, io,
    path::{Path, PathBuf},
};

use chromiumoxide::{Browser, BrowserConfig};
use futures_util::StreamExt as _;
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::tab::Tab;

/// The names under which Chromium is installed; `$CHROME` goes before them.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// A browser that runs until [`Chromium::ends`], or until the test has failed.
pub struct Chromium {
    browser: Browser,
    events: JoinHandle<()>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts one; `None` when there is none on this machine, which is said by the test's name.
    pub async fn starts() -> Option<Self> {
        let Some(program) = program() else {
            skipped();
            return None;
        };
        let profile = tempfile::tempdir().expect("a folder for the profile");
        let settings = BrowserConfig::builder()
            .chrome_executable(program)
            .user_data_dir(profile.path())
            .new_headless_mode()
            .no_sandbox()
            .viewport(None)
            .window_size(1280, 800)
            .args(["disable-background-networking", "disable-component-update", "disable-sync"])
            .args(["hide-scrollbars", "mute-audio", "disable-gpu"])
            // With a mouse, as on a desk: without one Chromium takes the machine for a phone.
            .arg((
                "blink-settings",
                "primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4",
            ))
            .build()
            .expect("settings that fit together");
        let (browser, mut handler) = Browser::launch(settings).await.expect("Chromium starts");
        // What Chromium says must be read all the time; what it says wrongly is its own affair.
        let events = tokio::spawn(async move { while handler.next().await.is_some() {} });
        Some(Self { browser, events, _profile: profile })
    }

    /// Opens an address in a new tab.
    pub async fn opens(&self, address: &str) -> Tab {
        let page = self.browser.new_page("about:blank").await.expect("a new tab");
        let tab = Tab::new(page).await;
        tab.goes(address).await;
        tab
    }

    /// Closes it and waits until it is gone.
    pub async fn ends(mut self) {
        self.browser.close().await.expect("Chromium closes");
        self.browser.wait().await.expect("Chromium has ended");
        self.events.abort();
    }
}

/// `$CHROME`, or the first of the usual names in `PATH`.
fn program() -> Option<PathBuf> {
    let named = env::var_os("CHROME").map(PathBuf::from).filter(|file| file.is_file());
    let folders: Vec<PathBuf> =
        env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default();
    let found = |name: &str| {
        folders
            .iter()
            .map(|folder: &PathBuf| folder.join(name))
            .find(|file: &PathBuf| is_program(file))
    };
    named.or_else(|| NAMES.iter().find_map(|name| found(name)))
}

fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// Says that the running test was skipped; where everything must be tested it fails.
fn skipped() {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a browser test");
    let why =
        format!("{test}: no Chromium; install one ({}) or name it in $CHROME", NAMES.join(", "));
    let everything = env::var("CI").is_ok_and(|ci| !matches!(ci.as_str(), "" | "0" | "false"));
    assert!(!everything, "{why}");
    // Not by `eprintln!`, which the test runner keeps to itself when a test passes.
    let mut stderr = io::stderr().lock();
    io::Write::write_fmt(&mut stderr, format_args!("skipped: {why}\n")).unwrap();
}
