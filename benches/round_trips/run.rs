//! One run of the program: time, memory, processor.

use std::io;
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

/// What is looked at besides the time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Watch {
    /// Nothing while it runs: looking takes a share of the processors, which the program and the server need.
    Time,
    /// Its memory, every millisecond.
    Memory,
}

/// Runs the program to its end, which must be a success.
pub(crate) fn run(server: &Server, folder: &Path, args: &[&str], watch: Watch) -> Run {
    let (api, auth) = server.urls();
    let mut command = Command::new(env!("CARGO_BIN_EXE_resim-sync"));
    command.args(args).arg("--quiet").current_dir(folder).env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
    command.env("RESIM_URL", api).env("RESIM_AUTH_URL", auth).env("RESIM_PROJECT", PROJECT);
    command.env("RESIM_CLIENT_ID", "any").env("RESIM_CLIENT_SECRET", "any");
    let started = Instant::now();
    let mut child = command.spawn().expect("the program starts");
    let process = child.id();
    let mut run = Run::default();
    let mut output = child.stdout.take().expect("a pipe");
    std::thread::scope(|scope| {
        // Its output ends with it.
        let end = scope.spawn(move || io::copy(&mut output, &mut io::sink()).map(|_| Instant::now()));
        while watch == Watch::Memory && !end.is_finished() {
            run.memory = run.memory.max(peak_memory(process).unwrap_or_default());
            std::thread::sleep(Duration::from_millis(1));
        }
        run.wall = end.join().expect("the reader ends").expect("the pipe can be read") - started;
    });
    // Until it is waited for, the system still knows what it took.
    run.processor = processor_time(process).unwrap_or_default();
    let status = child.wait().expect("a child can be waited for");
    assert!(status.success(), "{args:?}: {status}");
    run
}

/// Peak memory in MiB, as Linux tells.
fn peak_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().trim_end_matches(" kB").parse::<u64>().ok()?;
    Some(peak.div_ceil(1024))
}

/// Time on a processor, as Linux tells.
fn processor_time(process: u32) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let fields: Vec<&str> = stat.rsplit(')').next()?.split_whitespace().collect();
    let ticks: u64 = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}
