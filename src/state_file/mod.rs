//! `state/v1`: one project's state as JSON, saved by `snapshot` and read by `--from-snapshot`.
//!
//! The embedded API reads and writes the same format with code of its own. Lists that were not read are
//! absent, never empty; a value that looks secret can be hidden, and is then compared with nothing.

mod need;
mod read;
mod rows;
mod write;

pub use need::{Need, missing_list};
pub use read::{StateFileError, read};
pub use write::{Secrets, write};

const FORMAT: &str = "state/v1";

#[cfg(test)]
mod tests;
