//! Whole runs of the built program against the embedded API in this process, as the tables of `benches/README.md`.
//!
//! `cargo bench --bench round_trips -- [requests] [time] [writes] [memory] [from=N] [up-to=N]`;
//! all tables without a name.

mod run;
mod world;

use std::fs;
use std::io::{self, Write as _};
use std::ops::RangeInclusive;
use std::path::Path;
use std::time::Duration;

use run::{Run, Watch, run};
use world::{Config, Server, Traffic, changed, config};

const SIZES: [usize; 3] = [100, 1_000, 10_000];
/// Long enough for all requests of a row to arrive before the first is answered, in milliseconds.
const LATENCY: u64 = 150;
const MANY: usize = 100_000;
/// Of so many runs the fastest is told: what makes one slower is other work of the machine.
const RUNS: usize = 15;
/// Lets everything that may go out at once do so.
const UNLIMITED: &str = "256";

fn main() -> io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| !arg.starts_with('-')).collect();
    let number = |key: &str| args.iter().find_map(|arg| arg.strip_prefix(key)).map(|number| number.parse().expect("a number"));
    let sizes = number("from=").unwrap_or(0)..=number("up-to=").unwrap_or(usize::MAX);
    let named: Vec<&String> = args.iter().filter(|arg| !arg.contains('=')).collect();
    let asked = |table: &str| named.is_empty() || named.iter().any(|name| *name == table);
    let folder = tempfile::tempdir()?;
    if asked("requests") {
        requests(folder.path(), &sizes)?;
    }
    if asked("time") {
        time(folder.path(), &sizes)?;
    }
    if asked("writes") {
        writes(folder.path())?;
    }
    if asked("memory") {
        memory(folder.path(), &sizes)?;
    }
    Ok(())
}

fn tell(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

fn put(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join(name), text).expect("writable");
}

/// Requests of each command beside the fewest that the API allows.
fn requests(folder: &Path, sizes: &RangeInclusive<usize>) -> io::Result<()> {
    tell("\n| Live | Archived | Tags named | Command | Fewest | Ours | Of these writes | Depth | The vendor's CLI |")?;
    tell("| ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |")?;
    for live in SIZES.into_iter().filter(|live| sizes.contains(live)) {
        for archived in [0, MANY] {
            let server = Server::generated(folder, live, archived);
            let state = server.state();
            server.set_latency(LATENCY);
            for named in [10, 50] {
                let about = config(&state, named);
                let row = |command: &str, fewest: usize, traffic: Traffic, rival: &str| {
                    let Traffic { requests, writes, depth } = traffic;
                    tell(&format!("| {live} | {archived} | {named} | {command} | {fewest} | {requests} | {writes} | {depth} | {rival} |"))
                };
                let go = |server: &Server, args: &[&str]| {
                    server.requests();
                    run(server, folder, &[args, &["--parallel", UNLIMITED]].concat(), Watch::Time);
                    server.requests()
                };
                // What writes nothing goes thrice: a busy machine makes requests late, and chains look longer.
                let thrice =
                    |server: &Server, args: &[&str]| (0..3).map(|_| go(server, args)).min_by_key(|run| run.depth).unwrap_or_default();
                put(folder, "experiences.yaml", &about.text);
                put(folder, "changed.yaml", &changed(&about.text));
                let Config { reads, lists, all_reads, suites, rival: (rival_reads, rival_writes), .. } = about;
                row("plan", 2 + reads, thrice(&server, &["plan"]), "")?;
                let rival = format!("{rival_reads} + {rival_writes} writes");
                row("apply, no change", 2 + reads, thrice(&server, &["apply"]), &rival)?;
                row("apply, one field", 2 + 2 * reads + 1, go(&server, &["apply", "--config", "changed.yaml"]), &rival)?;
                run(&server, folder, &["apply"], Watch::Time);
                if named == 50 {
                    let _ = fs::remove_file(folder.join("cloned.yaml"));
                    row("clone", 2 + all_reads, go(&server, &["clone", "--config", "cloned.yaml"]), "")?;
                }
                let empty = Server::emptied(folder, state.clone());
                empty.set_latency(LATENCY);
                // The four lists and the archived one, then everything, then the state again.
                let fewest = 2 + lists + 1 + live + suites + reads;
                row("first apply", fewest, go(&empty, &["apply"]), "")?;
                row("apply after it", 2 + reads, thrice(&empty, &["apply"]), "")?;
                empty.stop();
            }
            server.stop();
        }
    }
    Ok(())
}

/// Time of a plan beside what its depth and latency make unavoidable.
fn time(folder: &Path, sizes: &RangeInclusive<usize>) -> io::Result<()> {
    tell("\n| Live | Tags named | Latency | `--parallel` | Depth | Depth × latency | Plan takes | Ratio | Processor, program |")?;
    tell("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    for live in SIZES.into_iter().filter(|live| sizes.contains(live)) {
        let server = Server::generated(folder, live, 0);
        let state = server.state();
        for named in [10, 50] {
            put(folder, "experiences.yaml", &config(&state, named).text);
            for latency in [20, 100] {
                server.set_latency(latency);
                for parallel in ["16", "64", UNLIMITED] {
                    let best = |runs: Vec<(Run, Traffic)>| runs.into_iter().min_by_key(|(run, _)| run.wall).unwrap_or_default();
                    let once = |_| {
                        server.requests();
                        let run = run(&server, folder, &["plan", "--parallel", parallel], Watch::Time);
                        (run, server.requests())
                    };
                    let (Run { wall, memory: _, processor }, Traffic { depth, .. }) = best((0..RUNS).map(once).collect());
                    let least = Duration::from_millis(latency) * u32::try_from(depth).unwrap_or(u32::MAX);
                    let (least, wall) = (least.as_secs_f64() * 1e3, wall.as_secs_f64() * 1e3);
                    let (ratio, processor) = (wall / least, processor.as_millis());
                    tell(&format!(
                        "| {live} | {named} | {latency} ms | {parallel} | {depth} | {least:.0} ms | {wall:.0} ms | {ratio:.2} | {processor} ms |"
                    ))?;
                }
            }
        }
        server.stop();
    }
    Ok(())
}

/// Time of a thousand creations beside what the number of requests in flight makes unavoidable.
fn writes(folder: &Path) -> io::Result<()> {
    const COUNT: usize = 1_000;
    tell("\n| Creations | Latency | `--parallel` | Ideal | Creations take | Of the ideal | Processor, program |")?;
    tell("| ---: | ---: | ---: | ---: | ---: | ---: | ---: |")?;
    let source = Server::generated(folder, COUNT, 0);
    let state = source.state();
    source.stop();
    put(folder, "experiences.yaml", &config(&state, 10).text);
    for (latency, parallel) in [(20, 16), (100, 16), (100, 64), (500, 64)] {
        let server = Server::emptied(folder, state.clone());
        server.set_latency(latency);
        server.requests();
        let (whole, took) = std::thread::scope(|scope| {
            let watch = scope.spawn(|| server.time_of_creations());
            let parallel = parallel.to_string();
            (run(&server, folder, &["apply", "--parallel", &parallel], Watch::Time), watch.join().expect("the watch ends"))
        });
        let ideal = (COUNT as f64 / f64::from(parallel)).ceil() * latency as f64;
        let (wall, processor) = (took.as_secs_f64() * 1e3, whole.processor.as_millis());
        let share = ideal / wall * 100.0;
        tell(&format!("| {COUNT} | {latency} ms | {parallel} | {ideal:.0} ms | {wall:.0} ms | {share:.0} % | {processor} ms |"))?;
        server.stop();
    }
    Ok(())
}

/// Memory and time of whole runs without latency.
fn memory(folder: &Path, sizes: &RangeInclusive<usize>) -> io::Result<()> {
    tell("\n| Live | Archived | Command | Requests | Takes | Processor, program | Peak memory |")?;
    tell("| ---: | ---: | --- | ---: | ---: | ---: | ---: |")?;
    for (live, archived) in [(10_000, 0), (10_000, MANY), (MANY, 0)].into_iter().filter(|(live, _)| sizes.contains(live)) {
        let server = Server::generated(folder, live, archived);
        put(folder, "experiences.yaml", &config(&server.state(), 50).text);
        server.requests();
        for args in [&["plan"][..], &["apply"]] {
            let Run { wall, memory, processor } = run(&server, folder, args, Watch::Memory);
            let requests = server.requests().requests;
            let (wall, processor) = (wall.as_millis(), processor.as_millis());
            tell(&format!("| {live} | {archived} | {} | {requests} | {wall} ms | {processor} ms | {memory} MiB |", args[0]))?;
        }
        server.stop();
    }
    Ok(())
}
