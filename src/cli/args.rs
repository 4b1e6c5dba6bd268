//! Commands and options. Which variables fill in what is not given: [`super::environment`].

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};

use super::ci_args::CiArgs;
use super::values::{self, ColorChoice, Format, ManageChoice, PlanFormat, SandboxChoice, ShowValuesChoice};
use crate::plan::ArchiveLimit;

const VARIABLES_HELP: &str = "\
Every option has a variable: --some-option is RESIM_SYNC_SOME_OPTION. An option on the command line wins.
Credentials come from the environment alone: RESIM_TOKEN, or RESIM_CLIENT_ID and RESIM_CLIENT_SECRET, or
RESIM_USERNAME and RESIM_PASSWORD (each also with the prefix RESIM_SYNC_, which wins).

Exit codes: 0 done, or no changes; 1 failed; 2 changes pending, where asked for; 3 the config is invalid;
4 refused by a guard or stale; 64 wrong usage; 130 and 143 interrupted.";

fn sandbox_help() -> String {
    format!(
        "Examples:\n  resim-sync sandbox --listen 127.0.0.1:8080 --state state.json\n  resim-sync sandbox --generate experiences=1000,tags=10,suites=3 --seed 1\n\n{}",
        resim_sandbox::fault_help()
    )
}

/// Keeps the experiences, test suites and tags of a ReSim project equal to a YAML file.
#[derive(Clone, Debug, Parser)]
#[command(name = "resim-sync", version = crate::version::LONG, about, after_help = VARIABLES_HELP, max_term_width = 110)]
#[command(arg_required_else_help = true, disable_help_subcommand = true, infer_long_args = false)]
pub struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) general: GeneralArgs,
}

impl Cli {
    /// How often `-v` was given.
    pub fn verbosity(&self) -> u8 {
        self.general.verbose
    }

    /// Whether to say nothing but results and errors.
    pub fn is_quiet(&self) -> bool {
        self.general.quiet
    }

    /// When to use colours.
    pub fn color(&self) -> ColorChoice {
        self.general.color
    }

    /// Whether bars are unwanted.
    pub fn hides_progress(&self) -> bool {
        self.general.no_progress
    }
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "General")]
pub(crate) struct GeneralArgs {
    /// Say more about what is being done; twice: every request.
    #[arg(short, long, global = true, action = ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Say nothing but results and errors.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// When to use colours.
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: ColorChoice,
    /// Show no progress bars.
    #[arg(long, global = true)]
    pub(crate) no_progress: bool,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Check the config offline: all mistakes at once, each with its place
    #[command(after_help = "Examples:\n  resim-sync validate\n  resim-sync validate --config 'scenarios/*.yaml' --fix")]
    Validate(ValidateArgs),
    /// Read ReSim and print what apply would do; changes nothing
    #[command(
        after_help = "Examples:\n  resim-sync plan --project my-project\n  resim-sync plan --project my-project --format json --out plan.json\n  resim-sync plan --from-snapshot state.json"
    )]
    Plan(PlanArgs),
    /// Make ReSim equal to the config: plan, then do it; never asks
    #[command(
        after_help = "Examples:\n  resim-sync apply --project my-project\n  resim-sync apply --project my-project --plan plan.json\n  resim-sync apply --project my-project --sandbox=state.json"
    )]
    Apply(ApplyArgs),
    /// Write ReSim's live state as a config file, test suites included
    #[command(
        after_help = "Examples:\n  resim-sync clone --project my-project\n  resim-sync clone --project my-project --config experiences.yaml --manage suites"
    )]
    Clone(CloneArgs),
    /// Plan on a schedule: report differences, never write to ReSim
    #[command(after_help = "Example:\n  resim-sync drift --project my-project --detailed-exitcode")]
    Drift(DriftArgs),
    /// What the GitHub Action runs: picks a command from the GitHub event
    Ci(CiArgs),
    /// Save the project's whole state as JSON
    #[command(after_help = "Example:\n  resim-sync snapshot --project my-project --out state.json")]
    Snapshot(SnapshotArgs),
    /// Print the JSON Schema of the config file, for editors
    Schema,
    /// Serve the embedded ReSim API on loopback, for rehearsals and tests
    #[command(
        after_help = "Examples:\n  resim-sync sandbox --listen 127.0.0.1:8080 --state state.json\n  resim-sync sandbox --generate experiences=1000,tags=10,suites=3 --seed 1",
        after_long_help = sandbox_help()
    )]
    Sandbox(SandboxArgs),
    /// Print a completion script for a shell
    Completions(CompletionsArgs),
    /// The `resim` CLI's own spelling of apply and clone
    #[command(hide = true)]
    Experiences(ExperiencesArgs),
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigArgs {
    /// Config file or glob pattern; may be given several times, the files are merged.
    #[arg(
        long,
        value_name = "PATH",
        aliases = ["experiences-config", "experience-config"],
        default_value = "experiences.yaml"
    )]
    pub(crate) config: Vec<String>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "ReSim")]
pub(crate) struct OnlineArgs {
    /// The project, by name or ID.
    #[arg(long, value_name = "NAME|ID")]
    pub(crate) project: Option<String>,
    /// Base URL of ReSim's API [default: production].
    #[arg(long, value_name = "URL", alias = "url")]
    pub(crate) api_url: Option<String>,
    /// Base URL of the OAuth tenant [default: the API host's].
    #[arg(long, value_name = "URL")]
    pub(crate) auth_url: Option<String>,
    /// Use ReSim's GovCloud deployment.
    #[arg(long)]
    pub(crate) govcloud: bool,
    /// Use the embedded ReSim API in this process: no credentials, no network. With a file, its state is
    /// loaded from there and saved to it.
    #[arg(long, value_name = "STATE.json", num_args = 0..=1, require_equals = true, default_missing_value = "", value_parser = values::sandbox_choice)]
    pub(crate) sandbox: Option<SandboxChoice>,
    /// Requests in flight at most.
    #[arg(long, value_name = "N", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallel: u16,
    /// Time for the whole run, such as 90s, 20m or 1h30m.
    #[arg(long, value_name = "DURATION", default_value = "20m", value_parser = values::duration)]
    pub(crate) deadline: Duration,
    /// Fault that the in-process embedded API is to play.
    #[arg(long, value_name = "SPEC", hide = true)]
    pub(crate) fault: Vec<String>,
    /// Write a JSON line per request to the in-process embedded API.
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) journal: Option<PathBuf>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Scope")]
pub(crate) struct ScopeArgs {
    /// Leave experiences alone that the config does not list.
    #[arg(long, conflicts_with = "archive_tag")]
    pub(crate) no_archive: bool,
    /// Of the unlisted experiences, archive only those with this tag; every entry must list it.
    #[arg(long, value_name = "TAG")]
    pub(crate) archive_tag: Option<String>,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Guard")]
pub(crate) struct GuardArgs {
    /// Refuse a plan that archives more than this: a number, or a percentage of the live ones (30% or 2.5%).
    #[arg(long, value_name = "N|P%", default_value = "30%", value_parser = values::archive_limit)]
    pub(crate) max_archive: ArchiveLimit,
    /// Archive however many the plan says.
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct ShowArgs {
    /// Values of environment variables to show: all, those that do not look secret, or none.
    #[arg(long, value_name = "WHICH", default_value = "safe")]
    pub(crate) show_values: ShowValuesChoice,
}

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
