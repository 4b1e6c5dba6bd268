//! A runner for tests of `ci`: a checkout, a fake GitHub, the embedded ReSim API.

use std::collections::BTreeMap;
use std::path::Path;

use tokio::runtime::Runtime;

use crate::github::{Delivery, FakeGitHub, State, TOKEN};
use crate::runner_protocol::read_outputs;
use crate::support::{Folder, Output, Program, Server};

const HEAD: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const COMMIT: &str = "cccccccccccccccccccccccccccccccccccccccc";
const SECRET: &str = "canary-93f1c0-of-the-client";

/// A checkout on a runner.
pub(crate) struct Runner {
    // Dropped before the runtime that serves it.
    pub(crate) fake: FakeGitHub,
    _runtime: Runtime,
    pub(crate) server: Server,
    pub(crate) folder: Folder,
}

/// What a run left behind.
pub(crate) struct Ran {
    pub(crate) output: Output,
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) summary: String,
}

impl Runner {
    /// A checkout of this config, ReSim in this state, and an open pull request.
    pub(crate) fn new(config: &str, state: &str) -> Self {
        let folder = Folder::with_config(config);
        folder.write(".git/HEAD", "ref: refs/heads/main\n");
        folder.write("temp/keep", "");
        let runtime = Runtime::new().expect("a runtime");
        let fake = runtime.block_on(FakeGitHub::start());
        fake.state(|state| {
            state.pull(7, HEAD);
        });
        Self { fake, _runtime: runtime, server: Server::with_state(state), folder }
    }

    /// The merged pull request of the pushed commit, and the config at the tip of `main`.
    pub(crate) fn merged(&self) {
        let config = self.folder.read("experiences.yaml");
        self.fake.state(|state| {
            let pull = state.pull(7, HEAD);
            pull.open = false;
            pull.merged_at = Some("2026-11-25T10:00:00Z".to_owned());
            state.pulls_of_commits.entry(COMMIT.to_owned()).or_default().push(7);
            state.commit("main", "Add the fleet (#7)", State::files(&[("experiences.yaml", &config)]));
        });
    }

    /// The program as the runner starts it on an event.
    pub(crate) fn program(&self, delivery: &Delivery) -> Program {
        let env = delivery.env(self.folder.path());
        let text = |path: &Path| path.to_str().expect("UTF-8").to_owned();
        for name in ["output", "summary"] {
            self.folder.write(name, "");
        }
        let options = self.fake.options();
        Program::new(&self.folder, &["ci"])
            .with(&self.server)
            .env("GITHUB_ACTIONS", "true")
            .env("CI", "true")
            .env("GITHUB_EVENT_NAME", delivery.name)
            .env("GITHUB_EVENT_PATH", &text(&env.event_path.expect("a path")))
            .env("GITHUB_REPOSITORY", "octo/config")
            .env("GITHUB_SHA", COMMIT)
            .env("GITHUB_REF", delivery.full_ref)
            .env("GITHUB_API_URL", options.api_url.as_str().trim_end_matches('/'))
            .env("GITHUB_GRAPHQL_URL", options.graphql_url.as_str())
            .env("GITHUB_SERVER_URL", &options.server_url)
            .env("GITHUB_RUN_ID", "8812345")
            .env("GITHUB_RUN_ATTEMPT", "1")
            .env("GITHUB_WORKSPACE", &text(self.folder.path()))
            .env("RUNNER_TEMP", &text(&self.folder.file("temp")))
            .env("GITHUB_OUTPUT", &text(&self.folder.file("output")))
            .env("GITHUB_STEP_SUMMARY", &text(&self.folder.file("summary")))
            .env("RESIM_SYNC_GITHUB_TOKEN", TOKEN)
            .env("RESIM_SYNC_CREATE_MISSING", "true")
            .env("RESIM_CLIENT_SECRET", SECRET)
    }

    /// Runs it to an exit code; no credential is shown anywhere.
    pub(crate) fn run(&self, program: Program, code: i32) -> Ran {
        let output = program.ends_with(code);
        let outputs = read_outputs(&self.folder.read("output")).expect("the runner can read the outputs");
        let ran = Ran { output, outputs, summary: self.folder.read("summary") };
        for text in [&ran.output.stdout, &ran.output.stderr, &ran.summary, &format!("{:?}{:?}", ran.outputs, self.bodies())] {
            assert!(!text.contains(SECRET) && !text.contains(TOKEN), "a secret is shown:\n{text}");
        }
        ran
    }

    /// Both.
    pub(crate) fn ends(&self, delivery: &Delivery, code: i32) -> Ran {
        self.run(self.program(delivery), code)
    }

    /// The comments of the pull request.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.fake.state(|state| state.bodies(7).into_iter().map(str::to_owned).collect())
    }

    /// ReSim was not written to.
    pub(crate) fn wrote_nothing(&self) {
        assert_eq!(self.server.writes(), Vec::<serde_json::Value>::new());
    }

    /// ReSim was not asked for anything.
    pub(crate) fn asked_nothing(&self) {
        assert_eq!(self.server.journal(), Vec::<serde_json::Value>::new());
    }
}

/// A project with one live experience.
pub(crate) fn state_with(name: &str) -> String {
    format!(
        r#"{{"formatVersion":"state/v1","project":{{"id":"22222222-2222-4222-8222-222222222222","name":"drones"}},
            "read":{{"archivedExperiences":true,"archivedSuites":true}},
            "experiences":[{{"id":"33333333-3333-4333-8333-333333333333","name":{},"description":"d","locations":["s3://a"],"profile":"",
            "environmentVariables":[],"containerTimeoutSeconds":3600,"cacheExempt":false,"customFields":[],"archived":false}}],
            "tags":[],"systems":[],"suites":[]}}"#,
        serde_json::Value::from(name)
    )
}
