//! `completions`: a script for a shell.

use super::Context;
use crate::cli::{self, CompletionsArgs};
use crate::failure::{Ending, Failure};

pub(super) fn run(args: &CompletionsArgs, context: &Context) -> Result<Ending, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "resim-sync", &mut script);
    context.console.out(|out| out.write_all(&script))?;
    Ok(Ending::Done)
}
