//! An embedded, stateful ReSim API: real HTTP on loopback, for rehearsals and tests.
//!
//! Shares no types with the client: it is written from the API's description, so that a wrong JSON key
//! fails instead of cancelling out.
//!
//! # Faults and switches
//!
//! One grammar serves [`Options::faults`], [`Sandbox::add_fault`] and the command line; [`fault_help`] lists
//! every kind and switch. Several specifications stand on lines of their own.
//!
//! ```text
//! SWITCH  NAME=VALUE
//! FAULT   [METHOD ]PATH[?QUERY][~TEXT][#WHICH]=KIND[:ARGUMENT]
//! ```
//!
//! A switch answers a question that ReSim's documentation leaves open: `page-cap=100`, `bulk-present=skip`,
//! `end-token=absent`, `token-ttl=20req`. A fault names requests, then what happens to them. Its path is
//! meant within the project, after `/v1/`, or whole after a slash; `*` is any text in a segment, `**` any
//! number of segments, a lone `*` every request.
//!
//! | Example | What it does |
//! | --- | --- |
//! | `*=latency:20ms` | every request waits |
//! | `POST experiences#3=cut-after` | the third creation happens, its answer is lost |
//! | `PATCH experiences/*#1-2=503:html` | the first two updates meet a proxy's error page |
//! | `GET experiences?archived=true=429:2` | refused, with `Retry-After: 2` |
//! | `POST experiences~survey-alpha=409` | hits the request whose body holds that text, whatever its turn |
//! | `GET projects/*#1=refuse:2s` | answered, but whatever comes next cannot connect for two seconds |
//! | `GET suites#1=edit:DELETE experiences/{experience:a}` | somebody else archives `a` just before |
//!
//! # State
//!
//! State files are `state/v1`. A request for a list that the file does not hold is refused with 400 and a
//! message that names the list. IDs come from seed and name, instants from a clock that counts writes: the
//! same requests give the same state.

mod auth;
mod clock;
mod delivery;
mod door;
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
