//! The embedded ReSim API on a socket of its own, beside the program under test.

use resim_sandbox::{Options, Sandbox};
use tokio::runtime::Runtime;

use super::Folder;

/// A running server with one project.
pub(crate) struct Server {
    // Dropped before the runtime that serves it.
    sandbox: Sandbox,
    runtime: Runtime,
    folder: Folder,
    project: String,
}

impl Server {
    /// One with an empty project.
    pub(crate) fn empty() -> Self {
        Self::start(None, &[])
    }

    /// One with a state (`state/v1`).
    pub(crate) fn with_state(state: &str) -> Self {
        Self::start(Some(state), &[])
    }

    /// One with a state, and with faults or answers to open questions.
    pub(crate) fn start(state: Option<&str>, faults: &[&str]) -> Self {
        let folder = Folder::new();
        let mut project = "test-project".to_owned();
        if let Some(state) = state {
            folder.write("state.json", state);
            let json: serde_json::Value = serde_json::from_str(state).expect("the state is JSON");
            project = json["project"]["id"].as_str().expect("the state has a project").to_owned();
        }
        let options = Options {
            state: Some(folder.file("state.json")),
            project: Some(project.clone()),
            journal: Some(folder.file("journal.jsonl")),
            faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
            ..Options::default()
        };
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let sandbox = runtime.block_on(Sandbox::start(options)).expect("the server starts");
        Self { sandbox, runtime, folder, project }
    }

    /// Base URL of the API.
    pub(crate) fn api_url(&self) -> String {
        self.sandbox.api_url()
    }

    /// Base URL of the OAuth tenant.
    pub(crate) fn auth_url(&self) -> String {
        self.sandbox.auth_url()
    }

    /// The project's name or ID.
    pub(crate) fn project(&self) -> String {
        self.project.clone()
    }

    /// One more fault, or another answer to an open question.
    pub(crate) fn add_fault(&self, fault: &str) {
        self.sandbox.add_fault(fault).expect("a fault");
    }

    /// Somebody else's request; false if it was refused.
    #[cfg(unix)]
    pub(crate) fn edit(&self, edit: &str) -> bool {
        self.sandbox.edit(edit).is_ok()
    }

    /// Waits until a request has met this fault; one that gets no answer is held by then.
    #[cfg(unix)]
    pub(crate) fn wait_for_fault(&self, fault: &str) {
        self.runtime.block_on(self.sandbox.wait_for(|entry| entry.faults.iter().any(|hit| hit == fault)));
    }

    /// No faults from now on.
    pub(crate) fn clear_faults(&self) {
        self.sandbox.clear_faults();
    }

    /// The state as it is now (`state/v1`).
    pub(crate) fn state(&self) -> serde_json::Value {
        self.sandbox.save().expect("the state can be saved");
        serde_json::from_str(&self.folder.read("state.json")).expect("the state is JSON")
    }

    /// Every request so far, as the journal has it.
    pub(crate) fn journal(&self) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(self.folder.file("journal.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).expect("a journal line is JSON")).collect()
    }

    /// The requests that write to the project, since the start.
    pub(crate) fn writes(&self) -> Vec<serde_json::Value> {
        let writes =
            |entry: &serde_json::Value| entry["method"] != "GET" && entry["path"].as_str().is_some_and(|path| path.contains("/projects/"));
        self.journal().into_iter().filter(writes).collect()
    }
}
