//! What surrounds the texts of a run: commit, links, the run itself.

use super::job::now;
use crate::github::{Checkout, PullRequest, RunnerEnv};
use crate::render::markdown::{Context, FileLinks, Medium, Run};

/// Owns what a [`Context`] borrows.
pub(super) struct Surroundings {
    project: String,
    label: String,
    server: String,
    repository: Option<String>,
    folder: Option<String>,
    head: Option<String>,
    base: Option<(String, Option<String>)>,
    run: Option<(crate::render::markdown::RunId, String)>,
    read_at: String,
    on_merge: bool,
}

impl Surroundings {
    pub(super) fn new(
        runner: &RunnerEnv,
        checkout: Option<&Checkout>,
        pull_request: Option<&PullRequest>,
        project: &str,
        label: &str,
        on_merge: bool,
    ) -> Self {
        let own = runner.repository.as_ref().map(ToString::to_string);
        let open = pull_request.filter(|_| on_merge);
        Self {
            project: project.to_owned(),
            label: label.to_owned(),
            server: runner.server_url.as_deref().unwrap_or("https://github.com").trim_end_matches('/').to_owned(),
            repository: open.map_or_else(|| own.clone(), |open| open.head_repository.clone()),
            folder: checkout.map(Checkout::prefix),
            head: open.map(|open| open.head_sha.clone()).or_else(|| runner.sha.clone()),
            base: open.map(|open| (open.base_branch.clone(), Some(open.base_sha.clone()))),
            run: runner.run().zip(runner.run_url()),
            read_at: now(),
            on_merge,
        }
    }

    pub(super) fn context(&self, medium: Medium) -> Context<'_> {
        let files = match (&self.repository, &self.folder, &self.head) {
            (Some(repository), Some(folder), Some(commit)) => Some(FileLinks { server: &self.server, repository, commit, folder }),
            _ => None,
        };
        Context {
            medium,
            project: &self.project,
            label: &self.label,
            files,
            head: self.head.as_deref(),
            base: self.base.as_ref().map(|(branch, commit)| (branch.as_str(), commit.as_deref())),
            run: self.run.as_ref().map(|(id, url)| Run { id: *id, url }),
            read_at: Some(&self.read_at),
            on_merge: self.on_merge,
        }
    }
}
