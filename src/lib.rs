//! `resim-sync` keeps the experiences, test suites and tags of a ReSim project equal to a YAML file.
//!
//! Four stages, each its own: load ([`config`] → [`desired`]), read ([`client`] → [`snapshot`]), plan
//! ([`plan`], pure), apply ([`apply`]).

pub mod apply;
pub mod cli;
pub mod client;
pub mod clone;
pub mod commands;
pub mod config;
pub mod desired;
pub mod diagnostics;
pub mod failure;
#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;
pub mod github;
pub mod ids;
pub mod listed;
mod near;
pub mod plan;
pub mod private_file;
pub mod progress;
pub mod render;
pub mod secrets;
pub mod snapshot;
pub mod source;
pub mod state_file;
pub mod version;
