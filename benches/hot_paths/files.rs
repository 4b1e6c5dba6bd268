//! The same worlds as files, for whole processes under a profiler.

use std::fs;
use std::io;
use std::path::Path;

use resim_sync::snapshot::Snapshot;
use resim_sync::state_file::{self, Secrets};

use crate::work;
use crate::world::{Ids, World, config};

/// Writes configs of 1,000, 10,000 and 100,000 experiences into a folder, and for the smaller ones the states of
/// ReSim that are equal to them, and different in each experience.
pub(crate) fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let state = |name: &str, size: usize, state: &Snapshot| {
        fs::write(folder.join(format!("{name}-{size}.json")), state_file::write(state, Secrets::Kept))
    };
    for size in [1_000, 10_000] {
        let World { text, equal, different, .. } = World::new(size);
        fs::write(folder.join(format!("config-{size}.yaml")), text)?;
        state("equal", size, &equal)?;
        state("different", size, &different)?;
    }
    fs::write(folder.join("config-100000.yaml"), config(100_000, Ids::Written))
}

/// The bare YAML parser over a file.
pub(crate) fn parse(file: &Path) -> io::Result<()> {
    work::events(&fs::read_to_string(file)?);
    Ok(())
}
