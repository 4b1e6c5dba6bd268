//! Edits config files in place: only what differs changes, everything else stays byte for byte.

mod anchors;
mod check;
mod editor;
pub(crate) mod emit;
mod flow;
mod ids;
mod layout;
mod lines;
mod lists;
pub(crate) mod meaning;
pub(crate) mod new_file;
mod pairs;
pub(crate) mod rewrite;
mod splice;
pub(crate) mod value;

pub use ids::insert_ids;
pub use rewrite::{EditError, FileEdit};

#[cfg(test)]
mod tests;
