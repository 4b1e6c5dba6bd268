//! An embedded, stateful ReSim API: real HTTP on loopback, for rehearsals and tests.
//!
//! Shares no types with the client: it is written from the API's description, so that a wrong JSON key
//! fails instead of cancelling out.

mod auth;
mod clock;
mod paging;
mod reply;
mod request;
mod routes;
mod rules;
mod sandbox;
mod search;
mod server;
mod service;
mod state_file;
mod store;
mod wire;

pub use sandbox::{Options, Sandbox, SandboxError};
