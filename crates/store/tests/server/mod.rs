//! A PostgreSQL server for one test: copied from a template, on a socket in a folder of its own, gone
//! with the test.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader},
    os::unix::{fs::chown, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use tempfile::TempDir;

/// A running server; it ends when this is dropped, or when the test's thread does.
pub struct Server {
    postmaster: Child,
    folder: TempDir,
}

/// Who the server runs as: never root, which PostgreSQL refuses.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Server {
    /// Starts a server with an empty database and waits until it takes connections.
    ///
    /// Call it on the test's own thread: the server ends with the thread that started it.
    pub fn start() -> Self {
        let lasts_no_longer_than_the_test = ["fsync=off", "full_page_writes=off", "autovacuum=off"];
        Self::start_with(&[&lasts_no_longer_than_the_test[..], &["shared_buffers=16MB"]].concat())
    }

    /// The same with what a company's server has: what it has answered outlives a power cut.
    #[allow(dead_code, reason = "a benchmark, which shares this file, asks for it")]
    pub fn durable() -> Self {
        Self::start_with(&["fsync=on", "shared_buffers=128MB", "max_wal_size=1GB"])
    }

    fn start_with(settings: &[&str]) -> Self {
        let programs = programs();
        let account = account();
        let template = template(&programs, account);
        let folder = tempfile::tempdir().expect("a folder for the server");
        give(folder.path(), account);
        let cluster = folder.path().join("cluster");
        let copied = command(Path::new("cp"), account)
            .args(["-R", "--reflink=auto"])
            .args([&template, &cluster])
            .status();
        assert!(copied.expect("cp").success(), "the template can be copied");

        let mut postgres = command(&programs.join("postgres"), account);
        postgres.arg("-D").arg(&cluster).arg("-k").arg(folder.path());
        for setting in ["listen_addresses=", "max_connections=40", "lc_messages=C"] {
            postgres.args(["-c", setting]);
        }
        for setting in settings {
            postgres.args(["-c", setting]);
        }
        end_with_this_thread(&mut postgres);
        let mut postmaster =
            postgres.stderr(Stdio::piped()).spawn().expect("postgres can be started");
        let mut log = BufReader::new(postmaster.stderr.take().expect("its log is a pipe")).lines();
        let mut said = Vec::new();
        loop {
            let line = log.next().and_then(Result::ok).unwrap_or_else(|| {
                panic!("the server ended before it was ready:\n{}", said.join("\n"))
            });
            if line.contains("database system is ready to accept connections") {
                break;
            }
            said.push(line);
        }
        // A full pipe would stop the server.
        thread::spawn(move || log.for_each(drop));
        Self { postmaster, folder }
    }

    /// Where its database is.
    pub fn url(&self) -> String {
        let socket = self.folder.path().display();
        format!("postgres://sima@localhost/postgres?host={socket}")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        quit(&self.postmaster);
        let _ = self.postmaster.wait();
    }
}

/// The folder with `initdb` and `postgres`; the newest if there are several.
fn programs() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut packaged: Vec<_> = packaged.map(|version| version.path().join("bin")).collect();
    packaged.sort();
    let all = std::env::split_paths(&path).chain(packaged.into_iter().rev());
    // A link such as /usr/local/bin/initdb leads to where the other programs are.
    all.filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
        .filter_map(|initdb| initdb.parent().map(Path::to_owned))
        .find(|folder| folder.join("postgres").exists())
        .expect("build.rs saw them")
}

/// `postgres` or `nobody` for root, whoever we are otherwise.
fn account() -> Option<Account> {
    let users = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let root =
        fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
    if !root {
        return None;
    }
    let find = |name: &str| {
        let fields = users.lines().map(|line| line.split(':').collect::<Vec<_>>());
        let fields = fields.into_iter().find(|fields| fields.first() == Some(&name))?;
        Some(Account { user: fields.get(2)?.parse().ok()?, group: fields.get(3)?.parse().ok()? })
    };
    Some(find("postgres").or_else(|| find("nobody")).expect("somebody else than root"))
}

fn command(program: &Path, account: Option<Account>) -> Command {
    let mut command = Command::new(program);
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null());
    if let Some(Account { user, group }) = account {
        command.uid(user).gid(group);
    }
    command
}

fn give(folder: &Path, account: Option<Account>) {
    if let Some(Account { user, group }) = account {
        chown(folder, Some(user), Some(group)).expect("root may give folders away");
    }
}

/// A cluster made once for each version and account and then copied, which is quicker.
fn template(programs: &Path, account: Option<Account>) -> PathBuf {
    let version = programs.display().to_string().replace('/', "-");
    let user = account.map_or_else(|| "own".to_owned(), |account| account.user.to_string());
    let folder = std::env::temp_dir().join(format!("sima-postgres-template{version}-{user}"));
    fs::create_dir_all(&folder).expect("a folder for the template");
    give(&folder, account);
    let lock = File::create(folder.join("lock")).expect("a file to lock");
    lock.lock().expect("the lock");
    let cluster = folder.join("cluster");
    if !cluster.exists() {
        // Made under another name, so that one begun and not finished is never taken for whole.
        let begun = folder.join("begun");
        let _ = fs::remove_dir_all(&begun);
        let made = command(&programs.join("initdb"), account)
            .arg("-D")
            .arg(&begun)
            .args(["-U", "sima", "-A", "trust", "-E", "UTF8", "--locale=C"])
            .args(["--no-sync", "--wal-segsize=1"])
            .output()
            .expect("initdb can be started");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        fs::rename(&begun, &cluster).expect("the template can be put in place");
    }
    cluster
}

/// Lets the server end even if the test is killed and cannot tell it to.
#[allow(unsafe_code, reason = "the standard library has no word for PR_SET_PDEATHSIG")]
fn end_with_this_thread(command: &mut Command) {
    // SAFETY: prctl is a system call, allowed between fork and exec.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGQUIT);
            Ok(())
        });
    }
}

/// Ends the server at once, but so that it gives its shared memory back, as SIGKILL would not.
#[allow(unsafe_code, reason = "the standard library can only send SIGKILL")]
fn quit(postmaster: &Child) {
    // SAFETY: a system call; the child was not waited for, so its id is still its own.
    unsafe {
        libc::kill(postmaster.id().cast_signed(), libc::SIGQUIT);
    }
}
