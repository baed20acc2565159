//! How soon a built SIMA is ready, and how much memory it holds when nothing happens.

use std::{
    ffi::OsStr,
    time::{Duration, Instant},
};

use crate::{
    figures::Figures,
    opening::Stage,
    process::{Process, answers, free_address, sima},
};

/// How often the sandbox is started.
const STARTS: usize = 10;

/// How long a process is left alone before its memory is read.
const IDLE: Duration = Duration::from_secs(5);

/// Measures and prints.
pub async fn measure() {
    let mut ready = Vec::new();
    let mut resident = 0;
    for start in 0..STARTS {
        let (workspace, server) = (free_address().to_string(), free_address().to_string());
        let words = ["sandbox", "--listen", &workspace, "--sima", &server];
        let began = Instant::now();
        let child = sima(words.map(OsStr::new)).spawn().expect("the sandbox starts");
        let process = Process::from(child);
        answers(&format!("http://{server}"), "/readyz").await;
        answers(&format!("http://{workspace}"), "/").await;
        ready.push(began.elapsed());
        if start + 1 == STARTS {
            tokio::time::sleep(IDLE).await;
            resident = resident_kb(process.id());
        }
    }
    println!("From starting `sima sandbox` to /readyz and the page being answered, in ms:\n");
    println!("{}", Figures::heading(None));
    println!("{}\n", Figures::of(ready).row("sandbox ready", None));

    let stage = Stage::new(Duration::ZERO).await;
    tokio::time::sleep(IDLE).await;
    let serving = resident_kb(stage.process_id());
    println!("Resident memory after {} s of rest:\n", IDLE.as_secs());
    println!("   sima sandbox   {:.1} MB", f64::from(resident) / 1_000.0);
    println!("   sima serve     {:.1} MB", f64::from(serving) / 1_000.0);
}

/// What the kernel says a process holds in memory, in units of 1,000 bytes.
fn resident_kb(process: u32) -> u32 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
    let kib: u32 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1_024 / 1_000
}
