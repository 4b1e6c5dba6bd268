//! The JSON of the API, as types of this server's own.

mod answers;
mod bodies;

pub(crate) use answers::{ExperienceRow, ProjectRow, SuiteRow, SystemRow, TagRow};
pub(crate) use bodies::{
    BulkArchive, BulkSuites, BulkSystems, BulkTags, CreateSuite, CreateSystem, CreateTag, ExperienceFields, FieldBody, Filter, Location,
    ReviseSuite, Selection, UpdateExperience, VariableBody,
};
