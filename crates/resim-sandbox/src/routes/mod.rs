//! From method and path to the store, one file for each resource.

mod experiences;
mod misc;
mod projects;
mod suites;
mod systems;
mod table;
mod tags;

pub(crate) use table::{Route, dispatch, find};
