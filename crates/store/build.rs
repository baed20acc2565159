//! Rebuilds when a migration is added, which `migrate!` alone would not see, and finds out whether
//! PostgreSQL's programs are there for the other half of the suite.

use std::{env, fs, path::PathBuf};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=migrations/sqlite");
    println!("cargo::rerun-if-changed=migrations/postgres");

    println!("cargo::rustc-check-cfg=cfg(postgres_here)");
    println!("cargo::rerun-if-env-changed=PATH");
    println!("cargo::rerun-if-env-changed=CI");
    let in_path = env::var_os("PATH").map(|path| env::split_paths(&path).collect::<Vec<_>>());
    let packaged = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let folders: Vec<PathBuf> = packaged
        .map(|version| version.path().join("bin"))
        .chain(in_path.into_iter().flatten())
        .collect();
    // A link such as /usr/local/bin/initdb counts by where it leads: `postgres` lies beside it.
    let here = folders
        .iter()
        .filter_map(|folder| fs::canonicalize(folder.join("initdb")).ok())
        .any(|initdb| initdb.with_file_name("postgres").exists());
    if fs::exists("/usr/lib/postgresql").unwrap_or(false) {
        println!("cargo::rerun-if-changed=/usr/lib/postgresql");
    }
    if here {
        println!("cargo::rustc-cfg=postgres_here");
    }
}
