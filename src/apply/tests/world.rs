//! A ReSim of one test, and applies to it as the program makes them.

use std::path::Path;
use std::time::Duration;

use resim_sandbox::{Options, Sandbox};
use secrecy::SecretString;
use serde_json::Value;
use tokio::sync::watch;

use crate::apply::execute::Grace;
use crate::apply::run::apply_within;
use crate::apply::{Action, ApplyRequest, Outcome, Report, Stop, Subject, Verification, Write};
use crate::client::tests::{options, quick};
use crate::client::{ConnectOptions, Credentials, ReSim, Scope, Session};
use crate::config::{LoadOptions, load_texts};
use crate::desired::Desired;
use crate::plan::{Plan, Policy, demand, plan};
use crate::progress::{Progress, Silent};
use crate::snapshot::Snapshot;

/// A fresh project, its server, and a connection.
pub(super) struct World {
    pub(super) sandbox: Sandbox,
    pub(super) resim: ReSim,
}

/// A config, read against the state as it is.
pub(super) struct Planned {
    pub(super) desired: Desired,
    pub(super) current: Snapshot,
    pub(super) plan: Plan,
}

pub(super) fn policy() -> Policy {
    Policy { create_missing: true, force: true, ..Policy::default() }
}

impl World {
    /// A project with the system `sys`, and with all that the config says.
    pub(super) async fn new(config: &str) -> Self {
        Self::with(config, 16, Duration::from_secs(600)).await
    }

    /// The same with so many requests in flight and so much time.
    pub(super) async fn with(config: &str, parallel: usize, deadline: Duration) -> Self {
        let sandbox = Sandbox::start(Options { project: Some("drones".to_owned()), ..Options::default() }).await.expect("a server");
        let system = r#"{"name": "sys", "description": "", "architecture": "AMD64", "build_vcpus": 1, "build_gpus": 0, "build_memory_mib": 1,
            "build_shared_memory_mb": 1, "metrics_build_vcpus": 1, "metrics_build_gpus": 0, "metrics_build_memory_mib": 1,
            "metrics_build_shared_memory_mb": 1}"#;
        sandbox.edit(&format!("POST systems {}", system.replace('\n', " "))).expect("a system");
        let resim = connect(&sandbox, parallel, deadline).await;
        let world = Self { sandbox, resim };
        if !config.is_empty() {
            let report = world.apply(config).await;
            assert!(report.succeeded(), "{report:?}");
        }
        world.sandbox.clear_journal();
        world
    }

    pub(super) fn fault(&self, specification: &str) {
        self.sandbox.add_fault(specification).expect("a fault");
    }

    pub(super) fn edit(&self, edit: &str) {
        self.sandbox.edit(edit).expect("an edit");
    }

    pub(super) async fn plan(&self, config: &str) -> Planned {
        let loaded = load_texts(vec![("experiences.yaml".to_owned(), config.to_owned())], &LoadOptions::default());
        let desired = loaded.desired.unwrap_or_else(|| panic!("{:?}", loaded.diagnostics));
        let policy = policy();
        let current = self.resim.read(Scope::Demanded(&|live| demand(&desired, live, &policy))).await.expect("a snapshot");
        let plan = plan(&desired, &current, &policy).unwrap_or_else(|diagnostics| panic!("{diagnostics:?}"));
        Planned { desired, current, plan }
    }

    pub(super) async fn apply(&self, config: &str) -> Report {
        let planned = self.plan(config).await;
        self.carry_out(&planned, None, never()).await
    }

    pub(super) async fn carry_out(&self, planned: &Planned, ledger: Option<&Path>, stop: watch::Receiver<Option<Stop>>) -> Report {
        self.carry_out_told(planned, ledger, stop, &Silent, Grace::default()).await
    }

    pub(super) async fn carry_out_told(
        &self,
        planned: &Planned,
        ledger: Option<&Path>,
        stop: watch::Receiver<Option<Stop>>,
        progress: &dyn Progress,
        grace: Grace,
    ) -> Report {
        let Planned { desired, current, plan } = planned;
        let policy = policy();
        let request = ApplyRequest { resim: &self.resim, desired, policy: &policy, plan, current, ledger, stop, progress };
        apply_within(request, grace).await.expect("a ledger")
    }

    /// The writing requests so far, within the project, with the statuses that were sent.
    pub(super) fn writes(&self) -> Vec<String> {
        let written = self.sandbox.journal().into_iter().filter(|entry| entry.method != "GET");
        written
            .map(|entry| {
                let path: Vec<&str> =
                    entry.path.split('/').skip(4).map(|segment| if segment.len() == 36 { "*" } else { segment }).collect();
                let status = entry.status.map_or("cut".to_owned(), |status| status.to_string());
                format!("{} {} {status}", entry.method, path.join("/"))
            })
            .collect()
    }

    /// Rows of the state, by list.
    pub(super) fn rows(&self, list: &str) -> Vec<Value> {
        self.sandbox.state_json()[list].as_array().cloned().unwrap_or_default()
    }

    pub(super) fn row(&self, list: &str, name: &str) -> Value {
        self.rows(list).into_iter().find(|row| row["name"] == name).unwrap_or_else(|| panic!("no {name} in {list}"))
    }

    /// The config is what the server has: a second apply writes nothing.
    pub(super) async fn assert_converged(&self, config: &str) {
        let Planned { plan, .. } = self.plan(config).await;
        assert!(plan.is_empty(), "{plan:?}");
    }
}

async fn connect(sandbox: &Sandbox, parallel: usize, deadline: Duration) -> ReSim {
    let url = sandbox.api_url().parse().expect("a URL");
    let options =
        ConnectOptions { credentials: Credentials::Token(SecretString::from(sandbox.token())), parallel, deadline, ..options(&url) };
    let session = Session::connect_with(&options, quick()).await.expect("a session");
    session.open_project("drones").await.expect("the project")
}

/// Nobody asks to stop.
pub(super) fn never() -> watch::Receiver<Option<Stop>> {
    watch::channel(None).1
}

/// Each action in a few words, with how it ended.
pub(super) fn outcomes(report: &Report) -> Vec<String> {
    report.actions.iter().map(|action| format!("{}: {}", words(action), outcome(&action.outcome))).collect()
}

pub(super) fn residues(report: &Report) -> Vec<String> {
    let Verification::NotConverged { left: _, residues } = &report.verification else { panic!("{:?}", report.verification) };
    residues
        .iter()
        .map(|residue| {
            let who = if residue.by_others { " by others" } else { "" };
            format!(
                "{} {}: {:?} -> {}{who}",
                subject(&residue.subject),
                residue.what,
                residue.sent.as_deref().unwrap_or("-"),
                residue.returned
            )
        })
        .collect()
}

pub(super) fn subject(subject: &Subject) -> String {
    match subject {
        Subject::Experience(name, _) => name.to_string(),
        Subject::Tag(name) => name.to_string(),
        Subject::System(name) => name.to_string(),
        Subject::Suite(name) => name.to_string(),
    }
}

fn words(action: &Action) -> String {
    let subject = subject(&action.subject);
    match &action.write {
        Write::Restore | Write::RestoreSuite => format!("restore {subject}"),
        Write::Park { parking: _ } => format!("park {subject}"),
        Write::Update { renamed_from, fields } => {
            let from = renamed_from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
            format!("update {subject}{from} {}", fields.join("+"))
        }
        Write::Create { .. } | Write::CreateTag | Write::CreateSuite { .. } => format!("create {subject}"),
        Write::Archive => format!("archive {subject}"),
        Write::AddTag(name) => format!("{name} +{subject}"),
        Write::RemoveTag(name) => format!("{name} -{subject}"),
        Write::Register(name) => format!("{name} @{subject}"),
        Write::ReviseSuite { members } => format!("revise {subject} to {members}"),
    }
}

fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Failed(why) => format!("failed {}", why.split(": ").nth(1).unwrap_or(why)),
        Outcome::Blocked { by } => format!("blocked by {by}"),
        Outcome::NotAttempted => "not attempted".to_owned(),
        Outcome::Unknown(_) => "unknown".to_owned(),
    }
}
