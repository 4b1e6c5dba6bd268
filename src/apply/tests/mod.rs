//! Whole applies over real sockets against the embedded API, with the faults that a network and other people make.

mod convergence;
mod failures;
mod memberships;
mod stopping;
mod unknown;
mod world;

use world::{World, outcomes};
