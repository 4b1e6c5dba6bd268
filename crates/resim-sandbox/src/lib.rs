//! An embedded, stateful ReSim API: real HTTP on loopback, for rehearsals and tests.
//!
//! Shares no types with the client: it is written from the API's description, so that a wrong JSON key
//! fails instead of cancelling out.

mod auth;
mod clock;
mod delivery;
mod edit;
mod exchange;
mod faults;
mod generate;
mod help;
mod journal;
mod paging;
mod reply;
mod request;
mod routes;
mod rules;
mod sandbox;
mod schemas;
mod search;
mod server;
mod service;
mod state_file;
mod store;
mod switches;
mod wire;

pub use help::fault_help;
pub use journal::Entry;
pub use sandbox::{Options, Sandbox, SandboxError};
pub use schemas::{answer_schema, request_schema, schemas, success_status};
