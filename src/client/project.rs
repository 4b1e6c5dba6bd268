//! Finds the project that a run is about, by ID or by name.

use std::sync::Arc;

use uuid::Uuid;

use super::pages::List;
use super::wire::ProjectRow;
use super::{ProjectError, ReSim, Session};
use crate::ids::ProjectId;
use crate::snapshot::Project;

/// So many near names are offered.
const NEAR: usize = 5;
/// Names less alike than this are not near.
const ALIKE: f64 = 0.75;

impl Session {
    /// Opens a project by ID (if it looks like one and exists), else by exact name. An archived project is
    /// opened by ID alone: by name, it neither stands for a live one nor makes its name ambiguous.
    ///
    /// # Errors
    /// No such project, several of that name, or a request that fails.
    pub async fn open_project(&self, name_or_id: &str) -> Result<ReSim, ProjectError> {
        let project = match self.project_of_id(name_or_id).await? {
            Some(project) => project,
            None => {
                let list = List { path: "projects", query: &[], archived: None, large: false };
                choose(self.connection.list(&list).await?, name_or_id)?
            }
        };
        Ok(ReSim { connection: self.connection.clone(), project: Arc::new(project) })
    }

    async fn project_of_id(&self, id: &str) -> Result<Option<Project>, ProjectError> {
        let Ok(id) = Uuid::try_parse(id.trim()) else { return Ok(None) };
        match self.connection.get::<ProjectRow>(&format!("projects/{id}"), &[]).await {
            Ok(row) => Ok(Some(project(row))),
            Err(error) if error.status() == Some(404) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The one live project of exactly this name.
fn choose(rows: Vec<ProjectRow>, asked: &str) -> Result<Project, ProjectError> {
    let mut live: Vec<Project> = rows.into_iter().filter(|row| row.archived != Some(true)).map(project).collect();
    live.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
    let mut candidates: Vec<Project> = live.iter().filter(|project| project.name == asked).cloned().collect();
    match candidates.pop() {
        None => Err(ProjectError::NotFound { asked: asked.to_owned(), near: near(&live, asked) }),
        Some(only) if candidates.is_empty() => Ok(only),
        Some(last) => {
            candidates.push(last);
            Err(ProjectError::Ambiguous { asked: asked.to_owned(), candidates })
        }
    }
}

/// The names most like the one asked for, nearest first.
fn near(projects: &[Project], asked: &str) -> Vec<String> {
    let asked = asked.trim().to_lowercase();
    let alike = |project: &Project| {
        let name = project.name.to_lowercase();
        let part = !asked.is_empty() && (name.contains(&asked) || asked.contains(&name)) && !name.is_empty();
        let score = strsim::jaro_winkler(&name, &asked);
        (part || score >= ALIKE).then(|| (score, project.name.clone()))
    };
    let mut near: Vec<(f64, String)> = projects.iter().filter_map(alike).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    near.dedup();
    near.into_iter().take(NEAR).map(|(_, name)| name).collect()
}

fn project(row: ProjectRow) -> Project {
    let ProjectRow { id, name, archived: _ } = row;
    Project { id: ProjectId(id), name }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(names: &[&str]) -> Vec<ProjectRow> {
        let row = |(index, name): (usize, &&str)| ProjectRow {
            id: Uuid::from_u128(index as u128),
            name: name.trim_start_matches('-').to_owned(),
            archived: Some(name.starts_with('-')),
        };
        names.iter().enumerate().map(row).collect()
    }

    #[test]
    fn a_name_is_exact() {
        assert_eq!(choose(rows(&["a", "A", "ab"]), "A").unwrap().id, ProjectId(Uuid::from_u128(1)));
    }

    #[test]
    fn archived_projects_have_no_name() {
        assert_eq!(choose(rows(&["-a", "a"]), "a").unwrap().id, ProjectId(Uuid::from_u128(1)));
        assert!(matches!(choose(rows(&["-a"]), "a"), Err(ProjectError::NotFound { near, .. }) if near.is_empty()));
    }

    #[test]
    fn a_name_held_twice_lists_all() {
        let error = choose(rows(&["a", "b", "a"]), "a").unwrap_err();
        assert!(error.to_string().contains("2 projects are called `a`"), "{error}");
        let ProjectError::Ambiguous { candidates, .. } = error else { panic!("{error}") };
        assert_eq!(candidates.iter().map(|project| project.id.0.as_u128()).collect::<Vec<_>>(), [0, 2]);
    }

    #[test]
    fn near_names_come_nearest_first() {
        let projects = ["drone-missions", "Drone Mission", "warehouse", "drone"];
        let Err(ProjectError::NotFound { near, .. }) = choose(rows(&projects), "drone-mission") else { panic!() };
        assert_eq!(near, ["drone-missions", "Drone Mission", "drone"]);
    }
}
