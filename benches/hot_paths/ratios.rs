//! What can be compared from machine to machine: ratios of times that were taken in turns.

use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::time::{Duration, Instant};

use crate::work::{self, EDITING, LOADING, PLANNING, RENDERING, Work};
use crate::world::{Ids, World, config, ids, load};

/// Of so many rounds the shortest time of each work counts: what disturbs a machine only ever adds.
const ROUNDS: usize = 7;

/// Prints each work's time against that of the bare YAML parser over the config of the same size, and how many
/// times longer it takes for ten times as much.
pub(crate) fn print(measured: bool) -> io::Result<()> {
    let (small, large, rounds) = if measured { (1_000, 10_000, ROUNDS) } else { (50, 500, 1) };
    let sides: Vec<Side> = [small, large].into_iter().map(Side::new).collect();
    let best = shortest(&sides, rounds);
    let mut out = io::stdout().lock();
    writeln!(out, "\n{:<14} {:>16} {:>16} {:>8}", "", format!("× events {small}"), format!("× events {large}"), "× 10")?;
    for (row, (name, _)) in works().enumerate() {
        let at = |side: usize| best[&(side, row)].as_secs_f64();
        let parser = |side: usize| best[&(side, 0)].as_secs_f64();
        writeln!(out, "{name:<14} {:>16.2} {:>16.2} {:>8.1}", at(0) / parser(0), at(1) / parser(1), at(1) / at(0))?;
    }
    Ok(())
}

/// One size.
struct Side {
    world: World,
    bare: resim_sync::config::Loaded,
    ids: BTreeMap<resim_sync::ids::ExperienceName, resim_sync::ids::ExperienceId>,
}

impl Side {
    fn new(size: usize) -> Self {
        Self { world: World::new(size), bare: load(&config(size, Ids::Absent)), ids: ids(size) }
    }

    fn run(&self, work: Option<fn(&World)>) {
        match work {
            Some(work) => work(&self.world),
            None => work::update_config(&self.bare, &self.ids),
        }
    }
}

/// All works, the bare parser first; the last one has a config of its own.
fn works() -> impl Iterator<Item = (&'static str, Option<fn(&World)>)> {
    let all = LOADING.into_iter().chain(PLANNING).chain(RENDERING).chain(EDITING);
    all.map(|(name, work): Work| (name, Some(work))).chain([("update-config", None)])
}

/// The shortest time of each work at each size.
fn shortest(sides: &[Side], rounds: usize) -> BTreeMap<(usize, usize), Duration> {
    let mut best = BTreeMap::new();
    for _ in 0..rounds {
        for (row, (_, work)) in works().enumerate() {
            for (index, side) in sides.iter().enumerate() {
                let start = Instant::now();
                side.run(work);
                let time = start.elapsed();
                best.entry((index, row)).and_modify(|best: &mut Duration| *best = time.min(*best)).or_insert(time);
            }
        }
    }
    best
}
