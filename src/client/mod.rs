//! Talking to ReSim over HTTP: transport, authorization, retries, pages, wire types, the reading of a snapshot.

mod answer;
mod api;
mod auth;
mod bodies;
mod check;
mod connect;
mod connection;
mod error;
mod hosts;
mod http;
mod load;
mod members;
mod pages;
mod project;
mod read;
mod retry;
mod scrub;
mod tasks;
mod token;
mod transport;
mod wire;

pub use api::*;
pub use connect::*;
pub use error::*;
pub use hosts::{GOVCLOUD_API_URL, PRODUCTION_API_URL, auth_url_for, check_url};
pub(crate) use http::http_client;
pub(crate) use retry::parse_retry_after;
pub(crate) use scrub::{Scrubber, forms};
pub(crate) use transport::cause;

#[cfg(test)]
pub(crate) mod tests;
