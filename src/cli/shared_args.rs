//! Options that several commands have.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::values::{self, SandboxChoice, ShowValuesChoice};
use crate::plan::ArchiveLimit;

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
