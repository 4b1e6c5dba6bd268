//! `man`: manual pages, made from the same description as `--help`.

use std::path::Path;

use clap_mangen::Man;

use super::Context;
use crate::cli::{self, ManArgs};
use crate::failure::{Ending, Failure, FailureKind};

pub(super) fn run(args: &ManArgs, context: &Context) -> Result<Ending, Failure> {
    let mut command = cli::command().disable_help_subcommand(true);
    command.build();
    let Some(folder) = &args.folder else {
        let page = page(&command)?;
        context.console.out(|out| out.write_all(&page))?;
        return Ok(Ending::Done);
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let shown = command.get_subcommands().filter(|command| !command.is_hide_set());
    for command in std::iter::once(&command).chain(shown) {
        // The first one has no name but its own; the others are called `resim-sync-plan` and so on.
        let name = command.get_display_name().unwrap_or(command.get_name());
        let path = folder.join(format!("{name}.1"));
        std::fs::write(&path, page(command)?).map_err(|error| unwritable(&path, &error))?;
    }
    context.console.say(&format!("wrote the manual pages into {}", folder.display()));
    Ok(Ending::Done)
}

fn page(command: &clap::Command) -> Result<Vec<u8>, Failure> {
    let mut page = Vec::new();
    // Without a date, so that a page is the same whenever it is made.
    let source = format!("resim-sync {}", env!("CARGO_PKG_VERSION"));
    let made = Man::new(command.clone()).source(source).manual("resim-sync").render(&mut page);
    made.map_err(|error| Failure::new(FailureKind::Local, format!("cannot make the manual page: {error}")))?;
    Ok(page)
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(FailureKind::Local, format!("cannot write {}: {error}", path.display()))
}
