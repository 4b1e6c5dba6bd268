//! Plans and reports for people at a terminal.
//!
//! Everything from outside is made inert; a line begins with a mark or a word of this program. Long
//! sections lose detail by steps, and say so; names of what changes are never left out.

mod earlier;
mod page;
mod plan;
mod report;
mod values;
mod wrap;

pub use earlier::render_earlier;
pub use page::Width;
pub use plan::{render_difference, render_plan};
pub use report::render_report;

#[cfg(test)]
mod tests;
