//! Requests to GitHub's two APIs: over octocrab, on the HTTP client that all of the program uses.

mod error;
mod options;
mod pause;
mod request;
mod send;

pub use error::*;
pub use options::*;
pub use pause::Waits;
pub use send::GitHub;

pub(crate) use request::{Document, Request};
pub(crate) use send::MAX_PAGES;
