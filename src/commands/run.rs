//! Which story belongs to a command line, and what all stories share.

use tokio::sync::watch;

use super::{Console, apply, ci, clone, completions, drift, man, plan, sandbox, schema, snapshot, validate};
use crate::apply::Stop;
use crate::cli::{Cli, CloneArgs, Command, Environment, ExperiencesCommand};
use crate::failure::{Ending, Failure, FailureKind};

/// What a command has at hand besides its options.
pub struct Context {
    /// Where output goes.
    pub console: Console,
    /// The process's variables.
    pub environment: Environment,
    /// Becomes a signal when the run is asked to stop.
    pub stop: watch::Receiver<Option<Stop>>,
}

impl Context {
    /// Waits for work that can be dropped at any point, because it only reads.
    pub(super) async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let mut stop = self.stop.clone();
        tokio::select! {
            result = work => result,
            signal = stop.wait_for(Option::is_some) => match signal.map(|stop| *stop) {
                Ok(Some(stop)) => Err(Failure::new(FailureKind::Interrupted(stop.signal), "interrupted; nothing was written")),
                // Nobody listens for signals any more, so none can come.
                Ok(None) | Err(_) => std::future::pending().await,
            },
        }
    }
}

/// Runs the command that the command line names.
///
/// # Errors
/// Why it did not end as it should; what is worth saying has a message.
pub async fn run(cli: Cli, context: &Context) -> Result<Ending, Failure> {
    match cli.command {
        Command::Validate(args) => validate::run(&args, context).await,
        Command::Plan(args) => plan::run(&args, context).await,
        Command::Apply(args) => apply::run(&args, context).await,
        Command::Clone(args) => clone::run(&args, context).await,
        Command::Drift(args) => drift::run(&args, context).await,
        Command::Ci(args) => ci::run(&args, context).await,
        Command::Snapshot(args) => snapshot::run(&args, context).await,
        Command::Schema => schema::run(context),
        Command::Sandbox(args) => sandbox::run(args, context).await,
        Command::Completions(args) => completions::run(&args, context),
        Command::Man(args) => man::run(&args, context),
        Command::Experiences(args) => match args.command {
            ExperiencesCommand::Sync(args) if args.clone => clone::run(&CloneArgs::from(args.apply), context).await,
            ExperiencesCommand::Sync(args) => apply::run(&args.apply, context).await,
        },
    }
}
