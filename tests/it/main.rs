//! Tests of the whole program.

mod action;
mod architecture;
mod ci;
mod ci_edges;
mod ci_runner;
#[cfg(unix)]
mod ci_signals;
mod clone;
mod config_cases;
mod contract;
mod credentials;
mod docs;
mod faults;
mod formats;
mod github;
mod github_client;
mod github_clone;
mod github_comment;
mod github_drift;
mod github_events;
mod github_merge;
mod github_tip;
mod hostile;
#[cfg(unix)]
mod installer;
#[cfg(unix)]
mod kills;
#[cfg(unix)]
mod model;
#[cfg(unix)]
mod other_ci;
mod pages;
mod pressure;
mod readme;
#[cfg(unix)]
mod release;
mod repository;
mod requests;
mod runner_protocol;
mod saved;
mod shown_commands;
#[cfg(unix)]
mod signals;
mod support;
mod sync_cases;
mod teams;
mod troubleshooting;
mod usage;
mod validate;
mod version;
mod whole_path;
mod workflows;
