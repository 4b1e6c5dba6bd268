//! One story for each command: read, call, render.

mod apply;
mod begin;
mod ci;
mod clone;
mod completions;
mod connect;
mod console;
mod drift;
mod load;
mod man;
mod permissions;
mod plan;
mod planning;
mod policy;
mod progress;
mod run;
mod sandbox;
mod schema;
mod show;
mod snapshot;
mod update_config;
mod validate;

pub use ci::ci_wrong_usage;
pub use console::Console;
pub use run::{Context, run};
