//! What must hold for any bytes from outside: one function for each reader, editor and escaper. Each panics
//! where a claim does not hold. The fuzz targets call them; the tests replay the corpora that they left.

mod comment;
mod config;
mod dice;
mod edit;
mod escape;
mod event;
mod inert;
mod mend;
mod paths;
mod plan;
mod state;
#[cfg(test)]
mod tests;

pub use comment::comment;
pub use config::config;
pub use edit::edit;
pub use escape::escape;
pub use event::event;
pub use mend::fix;
pub use paths::paths;
pub use plan::plan;
pub use state::state;

/// Parts one input into several: a form feed is seldom part of one.
const BETWEEN: u8 = 0x0c;

/// The parts of an input, at most so many.
fn parts(data: &[u8], most: usize) -> Vec<&[u8]> {
    data.splitn(most, |byte| *byte == BETWEEN).collect()
}

/// The parts of an input as texts; what is not UTF-8 is replaced.
fn texts(data: &[u8], most: usize) -> Vec<String> {
    parts(data, most).into_iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect()
}
