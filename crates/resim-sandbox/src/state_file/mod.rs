//! State files in the format `state/v1`: this server's own reader and writer of it.

mod file;
mod format;
mod load;
mod save;

pub(crate) use file::{read, write};
pub(crate) use load::load;
pub(crate) use save::save;

#[cfg(test)]
mod tests;
