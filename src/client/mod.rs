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
mod members;
mod pages;
mod project;
mod read;
mod retry;
mod scrub;
mod transport;
mod wire;

pub use api::*;
pub use connect::*;
pub use error::*;
pub use hosts::{GOVCLOUD_API_URL, PRODUCTION_API_URL, auth_url_for, check_url};
#[allow(unused_imports, reason = "used by the GitHub part")]
pub(crate) use http::http_client;

#[cfg(test)]
pub(crate) mod tests;
