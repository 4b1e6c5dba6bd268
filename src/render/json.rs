//! Plans and reports for programs: `plan/v1` and `report/v1`.
//!
//! The types here are the public format, described by the schemas in `schemas/`; they are made from the
//! views, so what is hidden there is hidden here. Write them with [`super::escape::write_json`].

mod plan;
mod report;

use serde::Serialize;

pub use plan::{PLAN_FORMAT, PlanJson};
pub use report::{REPORT_FORMAT, ReportJson};

use super::view::{Place, ProjectView};

#[derive(Serialize)]
struct ProjectJson<'a> {
    id: &'a str,
    name: &'a str,
}

impl<'a> ProjectJson<'a> {
    fn new(project: &'a ProjectView) -> Self {
        let ProjectView { id, name } = project;
        Self { id, name }
    }
}

#[derive(Serialize)]
struct PlaceJson<'a> {
    path: &'a str,
    line: usize,
}

impl<'a> PlaceJson<'a> {
    fn new(place: &'a Place) -> Self {
        let Place { path, line } = place;
        Self { path, line: *line }
    }
}

#[cfg(test)]
mod tests;
