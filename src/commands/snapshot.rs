//! `snapshot`: the whole state as JSON.

use super::Context;
use super::connect::connect;
use super::policy;
use crate::cli::SnapshotArgs;
use crate::client::Scope;
use crate::failure::{Ending, Failure, FailureKind};
use crate::private_file;
use crate::state_file;

pub(super) async fn run(args: &SnapshotArgs, context: &Context) -> Result<Ending, Failure> {
    let connection = connect(&args.online, context).await?;
    let reading =
        async { connection.resim.read(Scope::Everything).await.map_err(|error| Failure::from(error).context("reading ReSim's state")) };
    let read = context.unless_stopped(reading).await;
    let snapshot = connection.close(read)?;
    let text = state_file::write(&snapshot, policy::secrets(args.show.show_values));
    match &args.out {
        None => context.console.out(|out| out.write_all(text.as_bytes()))?,
        Some(path) => {
            private_file::write(path, text.as_bytes())
                .map_err(|error| Failure::new(FailureKind::Local, format!("cannot write {}: {error}", path.display())))?;
            context.console.say(&format!("saved the state of `{}` in {}", snapshot.project.name, path.display()));
        }
    }
    Ok(Ending::Done)
}
