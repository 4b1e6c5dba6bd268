//! Talking to ReSim over HTTP: transport, authorization, retries, pages, wire types, the reading of a snapshot.

mod api;
mod connect;
mod error;

pub use api::*;
pub use connect::*;
pub use error::*;
