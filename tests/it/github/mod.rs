//! A GitHub for tests: in this process, with a state, faults on demand, and every message checked against
//! GitHub's own description of its API.

mod data;
pub(crate) mod events;
mod fake;
mod graphql;
mod rest;
mod schema;
mod state;

pub(crate) use events::Delivery;
pub(crate) use fake::{Effect, FakeGitHub, Setup, TOKEN};
pub(crate) use state::{State, Who};
