//! The command line: what can be said, and how the environment adds to it.

mod args;
mod ci_args;
mod environment;
mod values;

pub use args::*;
pub use ci_args::*;
pub(crate) use environment::command;
pub use environment::{Environment, parse};
pub use values::*;
