//! What the GitHub runner tells a step through variables: read once, then passed around as data.
//!
//! Nothing else in this folder looks at variables.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::cli::Environment;
use crate::render::markdown::RunId;

/// The runner's variables, as they were at the start. An empty variable counts as absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunnerEnv {
    /// `GITHUB_ACTIONS` is `true`: a runner started this process.
    pub actions: bool,
    /// `GITHUB_EVENT_NAME`.
    pub event_name: Option<String>,
    /// `GITHUB_EVENT_PATH`, the payload; the file may be missing.
    pub event_path: Option<PathBuf>,
    /// `GITHUB_REPOSITORY`, the repository whose workflow runs.
    pub repository: Option<RepositoryName>,
    /// `GITHUB_SHA`, the commit that started the run.
    pub sha: Option<String>,
    /// `GITHUB_REF`, in full: `refs/heads/main`, `refs/pull/7/merge`.
    pub full_ref: Option<String>,
    /// `GITHUB_API_URL`.
    pub api_url: Option<String>,
    /// `GITHUB_GRAPHQL_URL`; never derived from the API's URL.
    pub graphql_url: Option<String>,
    /// `GITHUB_SERVER_URL`.
    pub server_url: Option<String>,
    /// `GITHUB_WORKFLOW`.
    pub workflow: Option<String>,
    /// `GITHUB_RUN_ID`.
    pub run_id: Option<u64>,
    /// `GITHUB_RUN_ATTEMPT`, from 1.
    pub run_attempt: Option<u32>,
    /// `GITHUB_WORKSPACE`.
    pub workspace: Option<PathBuf>,
    /// `RUNNER_TEMP`.
    pub runner_temp: Option<PathBuf>,
    /// `GITHUB_OUTPUT`.
    pub output: Option<PathBuf>,
    /// `GITHUB_STEP_SUMMARY`.
    pub step_summary: Option<PathBuf>,
}

impl RunnerEnv {
    /// Takes the runner's variables from the process's.
    pub fn new(environment: &Environment) -> Self {
        let text = |name| environment.get(name).map(str::to_owned);
        let path = |name| environment.get(name).map(PathBuf::from);
        Self {
            actions: environment.is_true("GITHUB_ACTIONS"),
            event_name: text("GITHUB_EVENT_NAME"),
            event_path: path("GITHUB_EVENT_PATH"),
            repository: environment.get("GITHUB_REPOSITORY").and_then(|name| name.parse().ok()),
            sha: text("GITHUB_SHA"),
            full_ref: text("GITHUB_REF"),
            api_url: text("GITHUB_API_URL"),
            graphql_url: text("GITHUB_GRAPHQL_URL"),
            server_url: text("GITHUB_SERVER_URL"),
            workflow: text("GITHUB_WORKFLOW"),
            run_id: environment.get("GITHUB_RUN_ID").and_then(|id| id.parse().ok()),
            run_attempt: environment.get("GITHUB_RUN_ATTEMPT").and_then(|attempt| attempt.parse().ok()),
            workspace: path("GITHUB_WORKSPACE"),
            runner_temp: path("RUNNER_TEMP"),
            output: path("GITHUB_OUTPUT"),
            step_summary: path("GITHUB_STEP_SUMMARY"),
        }
    }

    /// The branch that `GITHUB_REF` names; a tag or a pull request's merge is none.
    pub fn branch(&self) -> Option<&str> {
        self.full_ref.as_deref().and_then(|full| full.strip_prefix("refs/heads/"))
    }

    /// Whether somebody started this run again.
    pub fn is_rerun(&self) -> bool {
        self.run_attempt.is_some_and(|attempt| attempt > 1)
    }

    /// The run and its attempt, for markers.
    pub fn run(&self) -> Option<RunId> {
        Some(RunId { id: self.run_id?, attempt: self.run_attempt.unwrap_or(1) })
    }

    /// Where people see the run.
    pub fn run_url(&self) -> Option<String> {
        let (server, repository, run) = (self.server_url.as_deref()?, self.repository.as_ref()?, self.run_id?);
        Some(format!("{}/{repository}/actions/runs/{run}", server.trim_end_matches('/')))
    }

    /// The folders in which config files may lie: the workspace, and what the job itself made under
    /// `RUNNER_TEMP` (the runner's own folders there begin with an underscore). `None` without a
    /// workspace: anywhere.
    ///
    /// # Errors
    /// `RUNNER_TEMP` cannot be read.
    pub fn config_folders(&self) -> io::Result<Option<Vec<PathBuf>>> {
        let Some(workspace) = &self.workspace else { return Ok(None) };
        let mut folders = vec![workspace.clone()];
        if let Some(temp) = &self.runner_temp {
            folders.extend(own_folders(temp)?);
        }
        Ok(Some(folders))
    }
}

fn own_folders(temp: &Path) -> io::Result<Vec<PathBuf>> {
    let entries = match temp.read_dir() {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut folders = Vec::new();
    for entry in entries {
        let entry = entry?;
        let foreign = entry.file_name().to_string_lossy().starts_with('_');
        // A symbolic link is no folder here: it could lead anywhere.
        if !foreign && entry.file_type()?.is_dir() {
            folders.push(entry.path());
        }
    }
    folders.sort();
    Ok(folders)
}

/// A repository's owner and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RepositoryName {
    owner: String,
    name: String,
}

/// A text that is no `owner/name`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a repository is written owner/name")]
pub struct NoRepositoryName;

impl RepositoryName {
    /// The user or organisation.
    pub fn owner(&self) -> &str {
        &self.owner
    }

    /// The name without its owner.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a full name means this repository; GitHub's names ignore case.
    pub fn is(&self, full_name: &str) -> bool {
        self.to_string().eq_ignore_ascii_case(full_name)
    }
}

impl FromStr for RepositoryName {
    type Err = NoRepositoryName;

    fn from_str(text: &str) -> Result<Self, NoRepositoryName> {
        let (owner, name) = text.split_once('/').ok_or(NoRepositoryName)?;
        let plain = |part: &str| {
            let dots = part.chars().all(|c| c == '.');
            !dots && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        if plain(owner) && plain(name) { Ok(Self { owner: owner.to_owned(), name: name.to_owned() }) } else { Err(NoRepositoryName) }
    }
}

impl fmt::Display for RepositoryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(variables: &[(&str, &str)]) -> RunnerEnv {
        RunnerEnv::new(&variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn empty_variable_counts_as_absent() {
        assert_eq!(env(&[("GITHUB_OUTPUT", ""), ("GITHUB_EVENT_NAME", ""), ("GITHUB_RUN_ID", "")]), RunnerEnv::default());
    }

    #[test]
    fn tag_called_like_a_branch_is_no_branch() {
        assert_eq!(env(&[("GITHUB_REF", "refs/heads/a/b")]).branch(), Some("a/b"));
        assert_eq!(env(&[("GITHUB_REF", "refs/tags/main")]).branch(), None);
    }

    #[test]
    fn first_attempt_is_no_rerun() {
        assert!(!env(&[]).is_rerun());
        assert!(!env(&[("GITHUB_RUN_ATTEMPT", "1")]).is_rerun());
        assert!(env(&[("GITHUB_RUN_ATTEMPT", "2")]).is_rerun());
    }

    #[test]
    fn repository_name_that_could_change_a_path_is_refused() {
        for text in ["", "a", "a/", "/b", "../b", "a/..", "a/b/c", "a/b?c", "a/b c", "a/b%2f"] {
            assert_eq!(text.parse::<RepositoryName>(), Err(NoRepositoryName), "{text}");
        }
        let name: RepositoryName = "Octo-Org/resim.sync_1".parse().expect("a name");
        assert!(name.is("octo-org/RESIM.sync_1") && !name.is("octo-org/other"));
    }

    #[test]
    fn run_url_keeps_a_servers_own_host() {
        let env = env(&[("GITHUB_SERVER_URL", "https://ghe.example/"), ("GITHUB_REPOSITORY", "octo/config"), ("GITHUB_RUN_ID", "12")]);
        assert_eq!(env.run_url().as_deref(), Some("https://ghe.example/octo/config/actions/runs/12"));
    }

    #[test]
    fn runners_own_folders_hold_no_config() {
        let temp = tempfile::tempdir().expect("a folder");
        for name in ["_runner_file_commands", "made-by-the-job"] {
            std::fs::create_dir(temp.path().join(name)).expect("a folder");
        }
        std::fs::write(temp.path().join("file"), "").expect("a file");
        let env = RunnerEnv { workspace: Some(PathBuf::from("ws")), runner_temp: Some(temp.path().to_owned()), ..RunnerEnv::default() };
        let folders = env.config_folders().expect("readable").expect("confined");
        assert_eq!(folders, [PathBuf::from("ws"), temp.path().join("made-by-the-job")]);
        assert_eq!(RunnerEnv::default().config_folders().expect("nothing to read"), None);
    }
}
