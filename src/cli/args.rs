//! The commands. Which variables fill in what is not given: [`super::environment`].

use clap::{ArgAction, Args, Parser, Subcommand};

use super::ci_args::CiArgs;
use super::command_args::{
    ApplyArgs, CloneArgs, CompletionsArgs, DriftArgs, ExperiencesArgs, ManArgs, PlanArgs, SandboxArgs, SnapshotArgs, ValidateArgs,
};
use super::values::ColorChoice;

const VARIABLES_HELP: &str = "\
Examples:
  resim-sync validate
  resim-sync plan --project my-project
  resim-sync apply --project my-project

Every option has a variable: --some-option is RESIM_SYNC_SOME_OPTION. An option on the command line wins.

Credentials come from the environment alone: RESIM_TOKEN, or RESIM_CLIENT_ID and RESIM_CLIENT_SECRET, or \
RESIM_USERNAME and RESIM_PASSWORD (each also with the prefix RESIM_SYNC_, which wins).

Exit codes: 0 done, or no changes; 1 failed; 2 changes pending, where asked for; 3 the config is invalid; \
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
    #[command(
        after_help = "Examples:\n  resim-sync ci --project my-project\n  resim-sync ci --project my-project --command apply --reviewed guard"
    )]
    Ci(CiArgs),
    /// Save the project's whole state as JSON
    #[command(after_help = "Example:\n  resim-sync snapshot --project my-project --out state.json")]
    Snapshot(SnapshotArgs),
    /// Print the JSON Schema of the config file, for editors
    #[command(after_help = "Example:\n  resim-sync schema > experiences.schema.json")]
    Schema,
    /// Serve the embedded ReSim API on loopback, for rehearsals and tests
    #[command(
        after_help = "Examples:\n  resim-sync sandbox --listen 127.0.0.1:8080 --state state.json\n  resim-sync sandbox --generate experiences=1000,tags=10,suites=3 --seed 1",
        after_long_help = sandbox_help()
    )]
    Sandbox(SandboxArgs),
    /// Print a completion script for a shell
    #[command(
        after_help = "Examples:\n  resim-sync completions bash > ~/.local/share/bash-completion/completions/resim-sync\n  resim-sync completions zsh > ~/.zfunc/_resim-sync\n  resim-sync completions fish > ~/.config/fish/completions/resim-sync.fish"
    )]
    Completions(CompletionsArgs),
    /// Write the manual pages into a folder, or print the first one
    #[command(after_help = "Examples:\n  resim-sync man ~/.local/share/man/man1\n  resim-sync man | man -l -")]
    Man(ManArgs),
    /// The `resim` CLI's own spelling of apply and clone
    #[command(hide = true)]
    Experiences(ExperiencesArgs),
}
