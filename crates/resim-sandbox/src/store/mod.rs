//! The state and what may be done to it: no HTTP, no clock but its own, no chance.

mod experiences;
mod lookup;
mod members;
mod model;
mod project;
mod select;
mod suites;
mod systems;
mod tags;

pub(crate) use members::Group;
pub(crate) use model::{
    Architecture, CustomField, Experience, FieldKind, Members, Resources, Revision, Stamp, Suite, System, Tag, Text, Variable,
};
pub(crate) use project::{Project, ReadLists, Store, Write};
