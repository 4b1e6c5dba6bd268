//! The options of each command.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::shared_args::{ConfigArgs, GuardArgs, OnlineArgs, ScopeArgs, ShowArgs};
use super::values::{self, Format, ManageChoice, PlanFormat};

#[derive(Clone, Debug, Args)]
pub(crate) struct ValidateArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// What goes to stdout.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// Show the mended file as a diff: tabs, older key spellings, missing quotes, repeats.
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix: write the mended file.
    #[arg(long, requires = "fix")]
    pub(crate) write: bool,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct PlanArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Create managed tags, and suites that name their system, which ReSim lacks.
    #[arg(long)]
    pub(crate) create_missing: bool,
    /// Plan against a saved state instead of ReSim, offline.
    #[arg(long, value_name = "STATE.json", conflicts_with = "sandbox")]
    pub(crate) from_snapshot: Option<PathBuf>,
    /// What goes to stdout.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: PlanFormat,
    /// Save the plan as JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 2 if there are changes.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    #[command(flatten)]
    pub(crate) guard: GuardArgs,
    #[command(flatten)]
    pub(crate) online: OnlineArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Create managed tags, and suites that name their system, which ReSim lacks.
    #[arg(long)]
    pub(crate) create_missing: bool,
    /// Write only if the plan is still the one saved in this file.
    #[arg(long, value_name = "FILE")]
    pub(crate) plan: Option<PathBuf>,
    /// Write only if the plan has this digest.
    #[arg(long, value_name = "HEX", value_parser = values::digest)]
    pub(crate) expect_digest: Option<String>,
    /// Write each experience's ID back into its config file.
    #[arg(long)]
    pub(crate) update_config: bool,
    /// Save the state before the first write, for an undo with `clone --from-snapshot`.
    #[arg(long, value_name = "FILE")]
    pub(crate) snapshot_out: Option<PathBuf>,
    /// Append a JSON line per write, before and after it.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: Option<PathBuf>,
    /// What goes to stdout.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    #[command(flatten)]
    pub(crate) guard: GuardArgs,
    #[command(flatten)]
    pub(crate) online: OnlineArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CloneArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Add only experiences with this tag.
    #[arg(long, value_name = "TAG")]
    pub(crate) archive_tag: Option<String>,
    /// Clone a saved state instead of ReSim, offline.
    #[arg(long, value_name = "STATE.json", conflicts_with = "sandbox")]
    pub(crate) from_snapshot: Option<PathBuf>,
    /// Onto nothing: what the new config manages.
    #[arg(long, value_name = "WHAT", default_value = "all")]
    pub(crate) manage: ManageChoice,
    /// Onto nothing: leave the experiences' IDs out.
    #[arg(long)]
    pub(crate) no_ids: bool,
    /// The config file that gets new entries [default: the first].
    #[arg(long, value_name = "FILE")]
    pub(crate) add_to: Option<String>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) online: OnlineArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct DriftArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Create managed tags, and suites that name their system, which ReSim lacks.
    #[arg(long)]
    pub(crate) create_missing: bool,
    /// What goes to stdout.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Format,
    /// Exit with 2 if there are changes.
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    #[command(flatten)]
    pub(crate) online: OnlineArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SnapshotArgs {
    /// Save the state there (readable by you alone) instead of printing it.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) show: ShowArgs,
    #[command(flatten)]
    pub(crate) online: OnlineArgs,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SandboxArgs {
    /// Where to listen: a loopback address; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0", value_parser = values::loopback)]
    pub(crate) listen: SocketAddr,
    /// Load the state from this file, and save it there at the end.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Name or ID of the project to create if the state has none.
    #[arg(long, value_name = "NAME|ID", default_value = "sandbox")]
    pub(crate) project: String,
    /// Fill it: experiences=10000,archived=2000,tags=50,systems=5,suites=20.
    #[arg(long, value_name = "SPEC")]
    pub(crate) generate: Option<String>,
    /// Seed of what is generated.
    #[arg(long, value_name = "N", default_value = "1")]
    pub(crate) seed: u64,
    /// A fault to play, or an answer to an open question of the real API.
    #[arg(long, value_name = "SPEC")]
    pub(crate) fault: Vec<String>,
    /// Write a JSON line per request.
    #[arg(long, value_name = "FILE")]
    pub(crate) journal: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell.
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ManArgs {
    /// Folder that gets a page for each command [default: the first page is printed].
    #[arg(value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ExperiencesArgs {
    #[command(subcommand)]
    pub(crate) command: ExperiencesCommand,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ExperiencesCommand {
    /// Make ReSim equal to the config, or with --clone the config equal to ReSim
    Sync(Box<SyncArgs>),
}

impl From<ApplyArgs> for CloneArgs {
    /// What the other program's `--clone` means here: the options that both have, the rest as by default.
    fn from(args: ApplyArgs) -> Self {
        let ApplyArgs {
            config,
            online,
            scope,
            guard: _,
            create_missing: _,
            plan: _,
            expect_digest: _,
            update_config: _,
            snapshot_out: _,
            ledger: _,
            format: _,
            show,
        } = args;
        Self {
            config,
            online,
            archive_tag: scope.archive_tag,
            from_snapshot: None,
            manage: ManageChoice::default(),
            no_ids: false,
            add_to: None,
            show,
        }
    }
}

#[derive(Clone, Debug, Args)]
pub(crate) struct SyncArgs {
    #[command(flatten)]
    pub(crate) apply: ApplyArgs,
    /// Write ReSim's live state into the config file instead.
    #[arg(long, conflicts_with_all = ["update_config", "no_archive"])]
    pub(crate) clone: bool,
}
