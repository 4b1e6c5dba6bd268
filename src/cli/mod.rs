//! The command line: what can be said, and how the environment adds to it.

mod args;
mod ci_args;
mod command_args;
mod environment;
mod shared_args;
mod values;

pub use args::*;
pub use ci_args::*;
pub(crate) use command_args::*;
pub(crate) use environment::command;
pub use environment::{Environment, parse};
pub(crate) use shared_args::*;
pub use values::*;
