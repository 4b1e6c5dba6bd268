//! `docs/other-ci.md`: its pipelines are read, and their commands run with the variables that such a CI sets.

use std::collections::BTreeMap;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::ci_runner::state_with;
use crate::pages::{blocks, text};
use crate::support::{Folder, Server};

const PAGE: &str = "docs/other-ci.md";
const CHANGED: &str = "experiences:\n  - {name: a, description: new, locations: [s3://a]}\n";

/// A workspace of some CI, and a ReSim.
struct Job {
    folder: Folder,
    server: Server,
    /// What the CI sets.
    variables: BTreeMap<String, String>,
}

impl Job {
    fn new(config: &str, variables: &[(&str, &str)]) -> Self {
        let folder = Folder::with_config(config);
        let server = Server::with_state(&state_with("a"));
        let mut all: BTreeMap<String, String> = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for (name, value) in [
            ("RESIM_URL", server.api_url()),
            ("RESIM_AUTH_URL", server.auth_url()),
            ("RESIM_CLIENT_ID", "test-client".to_owned()),
            ("RESIM_CLIENT_SECRET", "test-secret".to_owned()),
        ] {
            all.insert(name.to_owned(), value);
        }
        Self { folder, server, variables: all }
    }

    /// Runs a script as the CI's shell does, with the program on its path.
    fn shell(&self, script: &str, more: &[(&str, &str)]) -> Output {
        let binary = assert_cmd::cargo::cargo_bin!("resim-sync");
        let path = format!("{}:/usr/bin:/bin", binary.parent().expect("a folder").display());
        let project = self.server.project();
        let mut command = Command::new("sh");
        command.args(["-e", "-c", script]).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command.env("PATH", path).env("TERM", "xterm-256color").envs(&self.variables).envs(more.iter().copied());
        // The page's own name of the project stands for this one.
        command.env("RESIM_PROJECT", project).output().expect("a shell")
    }

    /// The same, to an exit code; the log is plain.
    fn ends(&self, script: &str, code: i32) -> String {
        let output = self.shell(script, &[]);
        let log = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{script}\n{log}");
        assert!(!log.contains('\u{1b}') && !log.contains('\r') && !log.contains("::group::"), "{log:?}");
        log
    }
}

fn block(kind: &str) -> String {
    let mut found: Vec<String> = blocks(PAGE).into_iter().filter(|block| block.kind == kind).map(|block| block.text).collect();
    assert_eq!(found.len(), 1, "{PAGE} shows {} blocks of {kind}", found.len());
    found.remove(0)
}

/// What happens to a pipeline's plan and apply: changes, approval, nothing left, a wrong config, a changed ReSim.
fn story(job: &Job, validate: &str, plan: &str, apply: &str, changes: i32) {
    job.ends(validate, 0);
    let log = job.ends(plan, changes);
    assert!(log.contains("description: d → new"), "{log}");
    assert!(job.server.writes().is_empty(), "a plan writes nothing");
    let saved: Value = serde_json::from_str(&job.folder.read("plan.json")).expect("JSON");
    assert!(log.contains(saved["digest"].as_str().expect("a digest")), "{log}");

    // Somebody changes the config after the approval.
    job.folder.write("experiences.yaml", &CHANGED.replace("new", "newer"));
    let log = job.ends(apply, 4);
    assert!(log.contains("the plan is not the one asked for") && job.server.writes().is_empty(), "{log}");

    job.folder.write("experiences.yaml", CHANGED);
    let log = job.ends(apply, 0);
    assert!(log.contains("verified"), "{log}");
    assert!(job.folder.file("before.json").exists() && job.folder.file("ledger.jsonl").exists());
    job.ends(plan, 0);

    job.folder.write("experiences.yaml", "experiences: 7\n");
    job.ends(validate, 3);
    job.ends(plan, 3);
}

#[test]
fn gitlab_pipeline_plans_waits_and_applies_what_was_approved() {
    let pipeline: Value = serde_yaml::from_str(&block("yaml gitlab")).expect("YAML");
    let script = |job: &str| {
        let lines = pipeline[job]["script"].as_array().expect("a script").iter().map(|line| line.as_str().expect("a line"));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_eq!(pipeline["plan"]["allow_failure"]["exit_codes"], serde_json::json!([2]), "changes are orange");
    assert_eq!(pipeline["plan"]["artifacts"]["when"], "always", "the artifact of a plan with changes is kept");
    assert_eq!(pipeline["plan"]["artifacts"]["paths"], serde_json::json!(["plan.json"]));
    assert_eq!(pipeline["apply"]["needs"], serde_json::json!(["plan"]), "the artifact comes along");
    assert_eq!((&pipeline["apply"]["rules"][0]["when"], &pipeline["apply"]["interruptible"]), (&"manual".into(), &false.into()));
    assert!(pipeline["apply"]["resource_group"].is_string() && pipeline["apply"]["allow_failure"].is_null());

    let mut variables = vec![("CI", "true"), ("GITLAB_CI", "true"), ("CI_PROJECT_DIR", "/builds/x"), ("CI_JOB_ID", "1")];
    let own: Vec<(&str, &str)> = pipeline["variables"]
        .as_object()
        .expect("variables")
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().expect("a text")))
        .collect();
    variables.extend(own);
    let job = Job::new(CHANGED, &variables);
    story(&job, &script("validate"), &script("plan"), &script("apply"), 2);

    // The digest, given by hand to a manual job, in place of the artifact.
    let job = Job::new(CHANGED, &variables);
    job.ends(&script("plan"), 2);
    let saved: Value = serde_json::from_str(&job.folder.read("plan.json")).expect("JSON");
    let by_hand = script("apply").replace(" --plan plan.json", "");
    let apply = |digest: &str| job.shell(&by_hand, &[("RESIM_SYNC_EXPECT_DIGEST", digest)]).status.code();
    assert_eq!(apply(&"0".repeat(64)), Some(4));
    assert_eq!(apply(saved["digest"].as_str().expect("a digest")), Some(0));
}

#[test]
fn gitlab_pipeline_checks_the_archive_that_the_installer_takes() {
    let pipeline: Value = serde_yaml::from_str(&block("yaml gitlab")).expect("YAML");
    let before: Vec<&str> =
        pipeline["default"]["before_script"].as_array().expect("a script").iter().map(|line| line.as_str().expect("a line")).collect();
    let before = before.join("\n");
    let installer = text("action/install.sh");
    assert!(installer.contains("https://github.com/resim-sync/resim-sync/releases/download"));
    assert!(installer.contains("/v$version/resim-sync-$version-$target.tar.gz"));
    assert!(before.contains("/releases/download/v$RELEASE/$archive") && before.contains("resim-sync-$RELEASE-x86_64-unknown-linux-musl"));
    let (fetched, checked, unpacked) = (before.find("curl"), before.find("sha256sum -c"), before.find("tar -x"));
    assert!(fetched < checked && checked < unpacked && fetched.is_some(), "{before}");
    let version = text("Cargo.toml").lines().find_map(|line| line.strip_prefix("version = \"")).expect("a version").replace('"', "");
    assert_eq!(pipeline["variables"]["RELEASE"], version.as_str());
}

/// The commands of the shell steps of a Jenkinsfile, in order.
fn shell_steps(jenkinsfile: &str) -> Vec<&str> {
    let quoted = |line: &'_ str, opening: &str| -> Option<(usize, usize)> {
        let start = line.find(opening)? + opening.len();
        Some((start, start + line[start..].find('\'')?))
    };
    let step = |line| quoted(line, "sh '").or_else(|| quoted(line, "sh(script: '")).map(|(start, end)| &line[start..end]);
    jenkinsfile.lines().filter_map(step).collect()
}

#[test]
fn jenkins_pipeline_plans_waits_and_applies_what_was_approved() {
    let jenkinsfile = block("groovy");
    for (open, close) in [('{', '}'), ('(', ')'), ('[', ']')] {
        assert_eq!(jenkinsfile.matches(open).count(), jenkinsfile.matches(close).count(), "{open} without {close}");
    }
    let steps = shell_steps(&jenkinsfile);
    let [validate, plan, apply] = steps.as_slice() else { panic!("{steps:?}") };
    assert!(jenkinsfile.find("input message") < jenkinsfile.find(apply), "the apply waits for somebody");
    let variables = [("CI", "true"), ("JENKINS_URL", "https://jenkins.example/"), ("WORKSPACE", "/var/jenkins/x"), ("BUILD_NUMBER", "7")];
    story(&Job::new(CHANGED, &variables), validate, plan, apply, 2);
    // Older ones do not say that they are a CI.
    story(&Job::new(CHANGED, &variables[1..]), validate, plan, apply, 2);
}
