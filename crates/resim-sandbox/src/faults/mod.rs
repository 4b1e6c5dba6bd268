//! Faults on demand: which requests they hit, and what then happens.

mod active;
mod kind;
mod matcher;
mod pattern;

pub(crate) use active::{Fault, Faults, Hit};
pub(crate) use kind::{Alteration, Delivery, Failure, KINDS, Kind, Moment, ReplyBody, Status};

#[cfg(test)]
mod tests;
