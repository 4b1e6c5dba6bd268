//! Benchmarks of everything that is not I/O: `cargo bench --bench hot_paths`.
//!
//! `-- ratios` prints what can be compared from machine to machine: each piece of work against the bare YAML
//! parser, and how it grows from one size to ten times that. `-- files FOLDER` writes the same worlds as files, and
//! `-- events FILE` runs the bare parser alone over one.

mod files;
mod ratios;
mod work;
mod world;

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion};
use work::{EDITING, LOADING, PLANNING, RENDERING, Work};
use world::{Ids, World};

fn main() -> io::Result<()> {
    let mut args = std::env::args().skip_while(|arg| arg != "files" && arg != "events");
    match (args.next().as_deref(), args.next().filter(|path| !path.starts_with('-')).map(PathBuf::from)) {
        (Some("files"), Some(folder)) => return files::write(&folder),
        (Some("events"), Some(file)) => return files::parse(&file),
        _ => {}
    }
    // Cargo says `--bench` only where something is to be measured.
    let measured = std::env::args().any(|arg| arg == "--bench");
    if std::env::args().any(|arg| arg == "ratios") {
        return ratios::print(measured);
    }
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    // Unoptimised code, as a test of the benchmarks runs it, is much slower.
    let size = if measured { 10_000 } else { 100 };
    let world = World::new(size);
    for (group, works) in [("load", &LOADING[..]), ("plan", &PLANNING), ("render", &RENDERING), ("edit", &EDITING)] {
        run(&mut criterion, group, works, size, &world);
    }
    let (loaded, ids) = (world::load(&world::config(size, Ids::Absent)), world::ids(size));
    criterion.bench_function(&format!("edit/update-config/{size}"), |bencher| bencher.iter(|| work::update_config(&loaded, &ids)));
    criterion.final_summary();
    if measured { Ok(()) } else { ratios::print(measured) }
}

fn run(criterion: &mut Criterion, group: &str, works: &[Work], size: usize, world: &World) {
    let mut group = criterion.benchmark_group(group);
    for (name, work) in works {
        group.bench_with_input(BenchmarkId::new(*name, size), world, |bencher, world| bencher.iter(|| work(world)));
    }
    group.finish();
}
