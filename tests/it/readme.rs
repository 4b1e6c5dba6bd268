//! The README says what the program does: its generated parts are kept equal, its examples work.
//!
//! `UPDATE_GOLDEN=1` writes the generated parts anew.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fmt::Write as _;

use resim_sync::apply::Interrupt;
use resim_sync::cli::{Environment, parse};
use resim_sync::config::{LoadOptions, load_texts, reference_markdown};
use resim_sync::diagnostics::Code;
use resim_sync::failure::{Ending, FailureKind};
use serde_yaml::Value;

use crate::ci_runner::{Runner, state_with};
use crate::github::events;
use crate::pages::{self, Block, PAGES, blocks, cell, check_generated, prose, text};
use crate::workflows::{self, check_workflow};

/// The examples that the README shows: title, file beside it, name to save it under.
const SHOWN: [(&str, &str); 4] =
    [("Plan on pull requests", "plan"), ("Apply after a merge", "apply"), ("Clone by hand", "clone"), ("Drift on a schedule", "drift")];

/// Every kind of failure, by its name in the code.
const KINDS: [(&str, FailureKind); 17] = [
    ("ConfigInvalid", FailureKind::ConfigInvalid),
    ("NoCredentials", FailureKind::NoCredentials),
    ("AuthFailed", FailureKind::AuthFailed),
    ("ApiError", FailureKind::ApiError),
    ("StateMoved", FailureKind::StateMoved),
    ("PlanChanged", FailureKind::PlanChanged),
    ("StaleCommit", FailureKind::StaleCommit),
    ("BranchTaken", FailureKind::BranchTaken),
    ("Guard", FailureKind::Guard),
    ("EventCannotWrite", FailureKind::EventCannotWrite),
    ("PartialApply", FailureKind::PartialApply),
    ("NotConverged", FailureKind::NotConverged),
    ("GitHubError", FailureKind::GitHubError),
    ("Interrupted", FailureKind::Interrupted(Interrupt::Int)),
    ("InterruptedApply", FailureKind::InterruptedApply(Interrupt::Int)),
    ("Usage", FailureKind::Usage),
    ("Local", FailureKind::Local),
];

/// The variants of an enum in the sources: name, and what its comment says.
fn variants(path: &str, opening: &str) -> Vec<(String, String)> {
    let source = text(path);
    let body = source.split_once(opening).unwrap_or_else(|| panic!("{path} has no `{opening}`")).1;
    let body = body.split_once("\n}").expect("it ends").0;
    let mut found = Vec::new();
    let mut comment: Vec<&str> = Vec::new();
    for line in body.lines().map(str::trim) {
        if let Some(words) = line.strip_prefix("///") {
            comment.push(words.trim());
        } else if let Some(name) = line.split(|c: char| !c.is_alphanumeric()).next().filter(|name| !name.is_empty()) {
            found.push((name.to_owned(), comment.join(" ")));
            comment.clear();
        }
    }
    found
}

fn action() -> Value {
    serde_yaml::from_str(&text("action.yml")).expect("action.yml is YAML")
}

fn inputs() -> String {
    let mut table = "| Input | Default | Meaning |\n| --- | --- | --- |\n".to_owned();
    for (name, input) in action()["inputs"].as_mapping().expect("inputs") {
        let name = name.as_str().expect("a name");
        let default = input["default"].as_str().unwrap_or_default();
        let default = if default.is_empty() { String::new() } else { format!("`{default}`") };
        writeln!(table, "| `{name}` | {default} | {} |", cell(input["description"].as_str().expect("a description"))).expect("a String");
    }
    table
}

fn outputs() -> String {
    let mut table = "| Output | Meaning |\n| --- | --- |\n".to_owned();
    for (name, output) in action()["outputs"].as_mapping().expect("outputs") {
        writeln!(table, "| `{}` | {} |", name.as_str().expect("a name"), cell(output["description"].as_str().expect("a description")))
            .expect("a String");
    }
    table
}

fn shown_workflows() -> String {
    let mut shown = String::new();
    for (title, name) in SHOWN {
        let workflow = text(&format!("examples/workflows/{name}.yml"));
        write!(shown, "### {title}\n\n`.github/workflows/resim-{name}.yml`:\n\n```yaml workflow\n{workflow}```\n\n").expect("a String");
    }
    shown
}

/// One row for each permission that an example asks for, with the reason that stands beside it; `root` leads to the repository's.
pub(crate) fn permissions(root: &str) -> String {
    let mut table = "| Workflow | Job | Environment | Permission | Why |\n| --- | --- | --- | --- | --- |\n".to_owned();
    for path in workflows::examples() {
        let file = path.rsplit('/').next().expect("a name");
        for permission in workflows::permissions(&path) {
            let workflows::Permission { job, environment, scope, access, reason } = permission;
            writeln!(table, "| [{file}]({root}{path}) | `{job}` | `{environment}` | `{scope}: {access}` | {} |", cell(&reason))
                .expect("a String");
        }
    }
    table
}

/// The table of all codes.
pub(crate) fn codes() -> String {
    let documented = variants("src/diagnostics.rs", "\ncodes! {");
    assert_eq!(documented.len(), Code::ALL.len());
    let mut table = "| Code | What is wrong |\n| --- | --- |\n".to_owned();
    for (code, (name, comment)) in Code::ALL.iter().zip(documented) {
        assert_eq!(format!("{code:?}"), name);
        writeln!(table, "| `{}` | {} |", code.as_str(), cell(&comment)).expect("a String");
    }
    table
}

/// The table of all exit codes.
pub(crate) fn exit_codes() -> String {
    let meanings = BTreeMap::from([
        (0, "Done, or no changes"),
        (1, "Failed"),
        (2, "Changes are pending, where that was asked for (`--detailed-exitcode`, `fail-on`)"),
        (3, "The config is invalid, in itself or against ReSim"),
        (4, "Refused: nothing was written"),
        (64, "Wrong usage, or an event that must not write"),
        (130, "Interrupted by SIGINT"),
        (143, "Interrupted by SIGTERM"),
    ]);
    let mut reasons: BTreeMap<u8, Vec<&str>> = BTreeMap::new();
    reasons.insert(Ending::Done.exit_code(), Vec::new());
    reasons.insert(Ending::ChangesPending.exit_code(), Vec::new());
    let kinds = KINDS
        .into_iter()
        .map(|(_, kind)| kind)
        .chain([FailureKind::Interrupted(Interrupt::Term), FailureKind::InterruptedApply(Interrupt::Term)]);
    for kind in kinds {
        let words = reasons.entry(kind.exit_code()).or_default();
        if !words.contains(&kind.reason()) {
            words.push(kind.reason());
        }
    }
    assert_eq!(reasons.keys().collect::<Vec<_>>(), meanings.keys().collect::<Vec<_>>(), "an exit code that nobody explains");
    let mut table = "| Exit code | Meaning | `failure-reason` |\n| --- | --- | --- |\n".to_owned();
    for (code, words) in reasons {
        let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
        writeln!(table, "| {code} | {} | {} |", meanings[&code], words.join(", ")).expect("a String");
    }
    table
}

/// The table of all reasons.
pub(crate) fn failure_reasons() -> String {
    let documented = variants("src/failure.rs", "pub enum FailureKind {");
    let names: Vec<&str> = documented.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, KINDS.map(|(name, _)| name), "a kind of failure that this table lacks");
    let mut rows: Vec<(&str, Vec<&str>)> = Vec::new();
    for ((_, kind), (_, comment)) in KINDS.iter().zip(&documented) {
        match rows.iter_mut().find(|(word, _)| *word == kind.reason()) {
            Some((_, comments)) => comments.push(comment),
            None => rows.push((kind.reason(), vec![comment])),
        }
    }
    let mut table = "| `failure-reason` | What happened |\n| --- | --- |\n".to_owned();
    for (word, comments) in rows {
        writeln!(table, "| `{word}` | {} |", cell(&comments.join(" "))).expect("a String");
    }
    table
}

#[test]
fn generated_parts_are_up_to_date() {
    check_generated(
        "README.md",
        &[
            ("workflows", shown_workflows()),
            ("inputs", inputs()),
            ("outputs", outputs()),
            ("config", reference_markdown()),
            ("exit-codes", exit_codes()),
        ],
    );
}

#[test]
fn blocks_are_marked_as_what_they_are() {
    for page in PAGES {
        for Block { kind, text } in blocks(page) {
            let known = [
                "sh",
                "text",
                "json",
                "yaml config",
                "yaml workflow",
                "yaml pre-commit",
                "yaml input",
                "yaml gitlab",
                "groovy",
                "markdown",
            ];
            assert!(known.contains(&kind.as_str()), "{page}: a block is marked `{kind}`:\n{text}");
        }
    }
}

#[test]
fn configs_shown_are_valid() {
    let mut seen = 0;
    for page in PAGES {
        for block in blocks(page).into_iter().filter(|block| block.kind == "yaml config") {
            let loaded = load_texts(vec![(page.to_owned(), block.text.clone())], &LoadOptions::default());
            assert!(loaded.diagnostics.is_empty(), "{page}: {}\n{:?}", block.text, loaded.diagnostics);
            seen += 1;
        }
    }
    assert!(seen >= 2, "only {seen} configs");
}

#[test]
fn workflows_shown_keep_the_rules() {
    let mut seen = 0;
    for page in PAGES {
        for block in blocks(page).into_iter().filter(|block| block.kind == "yaml workflow") {
            check_workflow(page, &block.text);
            seen += 1;
        }
    }
    assert!(seen > SHOWN.len(), "only {seen} workflows");
}

#[test]
fn command_lines_shown_are_understood() {
    let mut commands = BTreeSet::new();
    for page in PAGES {
        for words in pages::command_lines(page) {
            let line = words.join(" ");
            if let Err(error) = parse(words.iter().map(OsString::from).collect(), &Environment::default()) {
                assert!(!error.use_stderr(), "{page}: {line}\n{error}");
            }
            commands.insert(words[1].clone());
        }
    }
    for command in ["validate", "plan", "apply", "clone", "drift", "snapshot", "schema", "sandbox", "completions", "experiences"] {
        assert!(commands.contains(command), "no page shows `resim-sync {command}`");
    }
}

#[test]
fn the_two_commands_stand_on_lines_of_their_own_and_the_demo_exists() {
    let readme = text("README.md");
    for line in ["cargo run --locked --example demo", "cargo test --workspace --locked"] {
        assert_eq!(readme.lines().filter(|found| *found == line).count(), 1, "{line}");
    }
    assert!(crate::support::repository_file("examples/demo/main.rs").exists());
}

#[test]
fn links_lead_somewhere() {
    for page in PAGES {
        pages::check_links(page);
    }
}

#[test]
fn first_screen_is_tight() {
    let readme = text("README.md");
    let first: Vec<&str> = readme.lines().take(45).collect();
    for needed in ["# resim-sync", "cargo run --locked --example demo", "cargo test --workspace --locked"] {
        assert!(first.contains(&needed), "`{needed}` comes too late");
    }
    let picture = first.iter().position(|line| line.starts_with("[![")).expect("the picture comes too late");
    let commands = first.iter().position(|line| line.starts_with("cargo run")).expect("found above");
    assert!(picture < commands && commands < 25, "the first screen is what is seen first");
    // A picture that is higher than a screen hides the commands.
    let png = std::fs::read(crate::support::repository_file("docs/images/pull-request-comment-top.png")).expect("readable");
    let height = u32::from_be_bytes(png[20..24].try_into().expect("four bytes"));
    assert!(height <= 500, "the picture is {height} high");
}

#[test]
fn exit_codes_in_sentences_are_those_of_the_code() {
    let codes: BTreeSet<(&str, u8)> = KINDS.iter().map(|(_, kind)| (kind.reason(), kind.exit_code())).collect();
    let mut seen = 0;
    for page in PAGES {
        let prose = prose(page).replace('\n', " ");
        for after in prose.split("exit code ").skip(1) {
            let digits = after.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
            let Ok(code) = digits.parse::<u8>() else { continue };
            let known = [0, 2, 143].contains(&code) || codes.iter().any(|(_, known)| *known == code);
            assert!(known, "{page}: no run ends with exit code {code}");
            // As in: exit code 4, `guard`.
            if let Some(word) = after[digits.len()..].strip_prefix(", `").and_then(|rest| rest.split('`').next()) {
                assert!(codes.contains(&(word, code)), "{page}: exit code {code}, `{word}`");
                seen += 1;
            }
        }
    }
    assert!(seen >= 4, "only {seen} exit codes with their words");
}

#[test]
fn permit_shown_lifts_the_guard() {
    let shown = blocks("README.md").into_iter().find(|block| block.text.starts_with("ReSim-Allow-Archive: ")).expect("the README shows it");
    let runner = Runner::new("experiences: []\n", &state_with("a"));
    let mut opened = events::pull_request("opened", "main");
    for (body, code) in [(String::new(), 4), (format!("Retires the old fleet.\n\n{}", shown.text), 0)] {
        opened.payload.as_mut().expect("a payload")["pull_request"]["body"] = body.into();
        runner.run(runner.program(&opened).env("RESIM_SYNC_MAX_ARCHIVE", "0"), code);
    }
}

#[test]
fn several_files_shown_for_the_action_are_taken() {
    let shown = blocks("docs/teams.md").into_iter().find(|block| block.kind == "yaml input").expect("the page shows it");
    let input: Value = serde_yaml::from_str(&shown.text).expect("YAML");
    let runner = Runner::new("", &state_with("a"));
    std::fs::remove_file(runner.folder.file("experiences.yaml")).expect("it is there");
    runner.folder.write("common.yaml", "experiences:\n  - {name: a, description: d, locations: [s3://a]}\n");
    runner.folder.write("teams/x.yaml", "experiences:\n  - {name: b, description: d, locations: [s3://b]}\n");
    let program = runner.program(&events::pull_request("opened", "main"));
    let ran = runner.run(program.env("RESIM_SYNC_CONFIG", input["config"].as_str().expect("a text")), 0);
    assert_eq!((ran.outputs["creates"].as_str(), ran.outputs["archives"].as_str()), ("1", "0"));
}

#[test]
fn hooks_of_ones_own_run_a_command_that_is_understood() {
    let mut seen = 0;
    for block in PAGES.into_iter().flat_map(blocks).filter(|block| block.kind == "yaml pre-commit") {
        let config: Value = serde_yaml::from_str(&block.text).expect("YAML");
        for entry in config["repos"][0]["hooks"].as_sequence().expect("hooks").iter().filter_map(|hook| hook["entry"].as_str()) {
            parse(entry.split(' ').map(OsString::from).collect(), &Environment::default()).expect("it is understood");
            seen += 1;
        }
    }
    assert_eq!(seen, 1);
}
