//! The options of `ci`: the action's inputs.

use std::path::PathBuf;

use clap::Args;

use super::shared_args::{ConfigArgs, OnlineArgs, ScopeArgs};
use super::values::{self, ReviewedChoice, ShowValuesChoice};
use crate::plan::ArchiveLimit;

#[derive(Clone, Debug, Args)]
pub(crate) struct CiArgs {
    #[command(flatten)]
    pub(crate) config: ConfigArgs,
    /// Refuse a plan that archives more than this: a number, or a percentage of the live ones.
    #[arg(long, value_name = "N|P%", default_value = "30%", value_parser = values::archive_limit)]
    pub(crate) max_archive: ArchiveLimit,
    /// Create managed tags, and suites that name their system, which ReSim lacks.
    #[arg(long)]
    pub(crate) create_missing: bool,
    /// auto, validate, plan, apply, clone or drift.
    #[arg(long, value_name = "COMMAND", default_value = "auto")]
    pub(crate) command: CiCommand,
    /// Saved state for forks and Dependabot, which have no credentials.
    #[arg(long, value_name = "STATE.json")]
    pub(crate) from_snapshot: Option<PathBuf>,
    /// When to comment on the pull request.
    #[arg(long, value_name = "WHEN", default_value = "changes")]
    pub(crate) comment: CommentChoice,
    /// Tells several comments of one repository apart.
    #[arg(long, value_name = "LABEL", default_value = "", value_parser = values::label)]
    pub(crate) label: String,
    /// Destructive changes that nobody reviewed: apply silently, apply and list, or write nothing.
    #[arg(long, value_name = "HOW", default_value = "warn")]
    pub(crate) reviewed: ReviewedChoice,
    /// Write only if the plan has this digest.
    #[arg(long, value_name = "HEX", value_parser = values::digest)]
    pub(crate) expect_digest: Option<String>,
    /// What makes the job fail.
    #[arg(long, value_name = "WHAT", default_value = "error")]
    pub(crate) fail_on: FailOnChoice,
    /// Branch of the clone's pull request [default: resim-sync/clone, with the label behind it].
    #[arg(long, value_name = "BRANCH")]
    pub(crate) branch: Option<String>,
    /// Base of the clone's pull request [default: the repository's default branch].
    #[arg(long, value_name = "BRANCH")]
    pub(crate) base: Option<String>,
    /// Values of environment variables to show: those that do not look secret, or none.
    #[arg(long, value_name = "WHICH", default_value = "safe")]
    pub(crate) show_values: ShowValuesChoice,
    #[command(flatten)]
    pub(crate) scope: ScopeArgs,
    #[command(flatten)]
    pub(crate) online: OnlineArgs,
}

impl CiArgs {
    /// The branch of the clone's pull request; labels that differ have branches that differ, as far as Git has names for them.
    pub(crate) fn clone_branch(&self) -> String {
        const BRANCH: &str = "resim-sync/clone";
        let kept = |character: char| if character.is_ascii_alphanumeric() || character == '_' { character } else { '-' };
        match &self.branch {
            Some(branch) => branch.clone(),
            None if self.label.is_empty() => BRANCH.to_owned(),
            None => format!("{BRANCH}-{}", self.label.chars().map(kept).collect::<String>()),
        }
    }
}

/// What `ci` is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum CiCommand {
    /// As the event says.
    #[default]
    Auto,
    /// Check the config.
    Validate,
    /// Plan.
    Plan,
    /// Apply.
    Apply,
    /// Clone, as a pull request.
    Clone,
    /// Plan, as an issue.
    Drift,
}

/// When `ci` comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum CommentChoice {
    /// A new comment only if something changes; an old one is always kept up to date.
    #[default]
    Changes,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What makes `ci` fail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum FailOnChoice {
    /// Errors alone.
    #[default]
    Error,
    /// Changes too (exit 2).
    Changes,
    /// Warnings and changes too (exit 2).
    Warnings,
}
