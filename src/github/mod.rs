//! Where the program meets GitHub: the event, the comment, the runner's files, pull requests and issues.
//!
//! What is pure ([`decide()`], [`write_permission`], [`allowed_archives`], [`sort_by_review`]) stands apart
//! from what talks to GitHub's API.

mod client;
mod decide;
mod event;
mod files;
mod outputs;
mod permit;
mod pull_request;
mod review;
mod runner_env;
mod workflow_commands;

pub use client::*;
pub use decide::*;
pub use event::*;
pub use files::*;
pub use outputs::*;
pub use permit::*;
pub use pull_request::PullRequest;
pub use review::*;
pub use runner_env::*;
pub use workflow_commands::*;
