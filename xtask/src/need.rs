//! What the checks need on the machine, where it is looked for, and how it is brought.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::program;

/// Where Debian keeps PostgreSQL's server programs, out of `PATH`, one folder a version.
const DEBIANS_POSTGRES: &str = "/usr/lib/postgresql";

/// The names under which Chromium is installed.
const CHROMIUM: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Something a step needs and a fresh machine may not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Formats the source.
    Rustfmt,
    /// Judges the source.
    Clippy,
    /// The server programs, for the store's suite on PostgreSQL.
    Postgres,
    /// A browser, for the dashboard's and the sandbox's pages.
    Chromium,
    /// Prometheus and its Alertmanager, which raise real alerts.
    Prometheus,
    /// The authorities that HTTPS trusts: without them an HTTP client cannot even be built.
    Certificates,
}

/// Who can bring it.
enum Source {
    /// A component of the Rust toolchain.
    Rustup(&'static str),
    /// Debian packages.
    Apt(&'static [&'static str]),
}

impl Need {
    /// What it is, for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rustfmt => "rustfmt",
            Self::Clippy => "clippy",
            Self::Postgres => "PostgreSQL",
            Self::Chromium => "Chromium",
            Self::Prometheus => "Prometheus",
            Self::Certificates => "certificates",
        }
    }

    /// The module or test target in which the tests live that cannot run without it.
    pub fn room(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some("postgres"),
            Self::Chromium => Some("browser"),
            Self::Prometheus => Some("prometheus"),
            Self::Rustfmt | Self::Clippy | Self::Certificates => None,
        }
    }

    /// What a person types to get it.
    pub fn how(self) -> String {
        match self.source() {
            Source::Rustup(component) => format!("rustup component add {component}"),
            Source::Apt(packages) => format!("apt-get install {}", packages.join(" ")),
        }
    }

    /// Looks for it; answers with its version or its place.
    pub fn find(self, root: &Path) -> Option<String> {
        match self {
            Self::Rustfmt => program::says(program::cargo(root).args(["fmt", "--version"])),
            Self::Clippy => program::says(program::cargo(root).args(["clippy", "--version"])),
            Self::Postgres => {
                program::says(Command::new(initdb(Path::new(DEBIANS_POSTGRES))?).arg("--version"))
            }
            // Some distributions have a `chromium` that only says where to get it: it must run.
            Self::Chromium => {
                let named = env::var_os("CHROME").map(PathBuf::from);
                let found = CHROMIUM.iter().filter_map(|name| program::in_path(name));
                named
                    .into_iter()
                    .chain(found)
                    .find_map(|file| program::says(Command::new(file).arg("--version")))
            }
            Self::Prometheus => {
                program::in_path("prometheus-alertmanager")?;
                program::says(Command::new(program::in_path("prometheus")?).arg("--version"))
            }
            Self::Certificates => {
                let usual = PathBuf::from("/etc/ssl/certs/ca-certificates.crt");
                let named = env::var_os("SSL_CERT_FILE").map(PathBuf::from);
                let found = named.into_iter().chain([usual]).find(|file| file.is_file())?;
                Some(found.display().to_string())
            }
        }
    }

    fn source(self) -> Source {
        match self {
            Self::Rustfmt => Source::Rustup("rustfmt"),
            Self::Clippy => Source::Rustup("clippy"),
            Self::Postgres => Source::Apt(&["postgresql"]),
            Self::Chromium => Source::Apt(&["chromium"]),
            Self::Prometheus => Source::Apt(&["prometheus", "prometheus-alertmanager"]),
            Self::Certificates => Source::Apt(&["ca-certificates"]),
        }
    }
}

/// Tries to bring what is missing; whether it worked is seen by looking again.
pub fn bring(missing: &[Need]) {
    let mut components = Vec::new();
    let mut packages: Vec<&str> = Vec::new();
    for need in missing {
        match need.source() {
            Source::Rustup(component) => components.push(component),
            Source::Apt(all) => packages.extend(all),
        }
    }
    if !components.is_empty() && program::in_path("rustup").is_some() {
        install(Command::new("rustup").args(["component", "add"]).args(&components));
    }
    if packages.is_empty() {
        return;
    }
    if program::in_path("apt-get").is_none() {
        println!("   not installing: there is no apt-get on this machine");
    } else if !program::is_root() {
        println!("   not installing: that takes root");
    } else if install(apt().arg("update")) {
        install(apt().args(["install", "--no-install-recommends"]).args(&packages));
    }
}

fn apt() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").args(["--yes", "--quiet=2"]);
    apt
}

fn install(command: &mut Command) -> bool {
    println!("   {}", shown(command));
    let done = command.status().is_ok_and(|status| status.success());
    if !done {
        println!("   that did not work");
    }
    done
}

/// A command as one would type it.
pub fn shown(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let mut words = vec![program.to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

/// Finds PostgreSQL's `initdb` in `PATH`, or the newest below Debian's folder.
fn initdb(debians: &Path) -> Option<PathBuf> {
    if let Some(found) = program::in_path("initdb") {
        return Some(found);
    }
    let versions = fs::read_dir(debians).ok()?.filter_map(Result::ok);
    let installed = versions.map(|version| version.path().join("bin/initdb"));
    installed.filter(|file| program::is_program(file)).max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_need_says_how_to_get_it() {
        assert_eq!(Need::Clippy.how(), "rustup component add clippy");
        assert_eq!(Need::Postgres.how(), "apt-get install postgresql");
        assert_eq!(Need::Prometheus.how(), "apt-get install prometheus prometheus-alertmanager");
    }

    #[test]
    fn a_command_is_shown_as_one_would_type_it() {
        let mut command = Command::new("/usr/bin/apt-get");
        command.args(["install", "chromium"]);
        assert_eq!(shown(&command), "apt-get install chromium");
    }
}
