//! Where the program meets GitHub: the event, the comment, the runner's files, pull requests and issues.
//!
//! What is pure ([`decide()`], [`write_permission`], [`allowed_archives`], [`sort_by_review`]) stands apart
//! from what talks to GitHub's API.

mod checkout;
mod client;
mod clone_branch;
mod clone_pull_request;
mod comment;
mod decide;
mod drift_issue;
mod event;
mod files;
mod git_tree;
mod merged_pull_request;
mod ours;
mod outputs;
mod permit;
mod pull_request;
mod review;
mod runner_env;
mod tip;
mod workflow_commands;

pub use checkout::{Checkout, RepositoryPattern};
pub use client::*;
pub use clone_pull_request::*;
pub use comment::*;
pub use decide::*;
pub use drift_issue::*;
pub use event::*;
pub use files::*;
pub use outputs::*;
pub use permit::*;
pub use pull_request::PullRequest;
pub use review::*;
pub use runner_env::*;
pub use tip::*;
pub use workflow_commands::*;

pub(crate) use client::{Document, MAX_PAGES, Request};
