//! One run of the program: time, memory, processor.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::{PROJECT, Server};

/// What one run took.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Run {
    pub(crate) wall: Duration,
    /// MiB; 0 where the system does not tell.
    pub(crate) memory: u64,
    /// Of the program alone.
    pub(crate) processor: Duration,
}

/// Runs the program to its end, which must be a success.
pub(crate) fn run(server: &Server, folder: &Path, args: &[&str]) -> Run {
    let (api, auth) = server.urls();
    let mut command = Command::new(env!("CARGO_BIN_EXE_resim-sync"));
    command.args(args).arg("--quiet").current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::inherit());
    command.env("RESIM_URL", api).env("RESIM_AUTH_URL", auth).env("RESIM_PROJECT", PROJECT);
    command.env("RESIM_CLIENT_ID", "any").env("RESIM_CLIENT_SECRET", "any");
    let started = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let mut run = Run::default();
    let status = loop {
        if let Some((memory, processor)) = usage(child.id()) {
            run.memory = run.memory.max(memory);
            run.processor = run.processor.max(processor);
        }
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    run.wall = started.elapsed();
    assert!(status.success(), "{args:?}: {status}");
    run
}

/// Peak memory in MiB, and time on a processor, as Linux tells.
fn usage(process: u32) -> Option<(u64, Duration)> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse::<u64>().ok()?;
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some((peak.div_ceil(1024), Duration::from_millis(ticks * 10)))
}
