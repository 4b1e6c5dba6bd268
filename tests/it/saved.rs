//! Plans and states in files: what was reviewed is what is applied, rehearsals, and the undo.

use crate::support::{Folder, Program, Server};

const CONFIG: &str = include_str!("../../examples/demo/experiences.yaml");
const STATE: &str = include_str!("../../examples/demo/state.json");

/// The program, allowed to create what the example's config manages and its state lacks.
fn example(folder: &Folder, args: &[&str]) -> Program {
    Program::new(folder, args).env("RESIM_SYNC_CREATE_MISSING", "true")
}

fn start() -> (Server, Folder) {
    (Server::with_state(STATE), Folder::with_config(CONFIG))
}

fn digest(folder: &Folder, server: &Server) -> String {
    let plan = example(folder, &["plan", "--format", "json"]).with(server).ends_with(0);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).expect("JSON");
    plan["digest"].as_str().expect("a digest").to_owned()
}

#[test]
fn saved_plan_is_applied_while_it_is_still_the_plan() {
    let (server, folder) = start();
    example(&folder, &["plan", "--out", "plan.json"]).with(&server).ends_with(0);
    example(&folder, &["apply", "--plan", "plan.json"]).with(&server).ends_with(0);
    example(&folder, &["plan", "--detailed-exitcode"]).with(&server).ends_with(0);
}

#[test]
fn changed_plan_is_refused_and_the_difference_told() {
    let (server, folder) = start();
    example(&folder, &["plan", "--out", "plan.json"]).with(&server).ends_with(0);
    folder.write(
        "experiences.yaml",
        &CONFIG.replace("The canyon at night", "The canyon by moonlight").replace("s3://drone-demo/maps/v2", "s3://drone-demo/maps/v3"),
    );
    let refused = example(&folder, &["apply", "--plan", "plan.json"]).with(&server).ends_with(4);
    assert!(refused.stderr.contains("planner-smoke") && refused.stderr.contains("canyon-night"), "{}", refused.stderr);
    assert!(server.writes().is_empty());
}

#[test]
fn digest_that_was_reviewed_is_demanded() {
    let (server, folder) = start();
    let digest = digest(&folder, &server);
    let other = example(&folder, &["apply", "--expect-digest", &"0".repeat(64)]).with(&server).ends_with(4);
    assert!(other.stderr.contains(&digest), "the right digest is told: {}", other.stderr);
    assert!(server.writes().is_empty());
    example(&folder, &["apply", "--expect-digest", &digest]).with(&server).ends_with(0);
    let again = example(&folder, &["apply", "--expect-digest", &digest]).with(&server).ends_with(4);
    assert!(again.stdout.contains("No changes"), "{}", again.stdout);
}

#[test]
fn file_that_is_no_plan_is_refused_before_anything_is_read() {
    let (server, folder) = start();
    folder.write("plan.json", "{}");
    example(&folder, &["apply", "--plan", "plan.json"]).with(&server).ends_with(1);
    assert!(server.journal().is_empty());
}

#[test]
fn plan_against_a_snapshot_equals_the_plan_against_resim() {
    let (server, folder) = start();
    example(&folder, &["snapshot", "--out", "saved.json"]).with(&server).ends_with(0);
    let live = example(&folder, &["plan", "--format", "json"]).with(&server).ends_with(0);
    let offline = example(&folder, &["plan", "--format", "json", "--from-snapshot", "saved.json"]).ends_with(0);
    assert_eq!(offline.stdout, live.stdout);
}

#[cfg(unix)]
#[test]
fn snapshot_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (server, folder) = start();
    example(&folder, &["snapshot", "--out", "saved.json"]).with(&server).ends_with(0);
    let mode = std::fs::metadata(folder.file("saved.json")).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn apply_is_rehearsed_on_a_copy() {
    let (server, folder) = start();
    example(&folder, &["snapshot", "--out", "copy.json"]).with(&server).ends_with(0);
    example(&folder, &["apply", "--sandbox=copy.json"]).ends_with(0);
    example(&folder, &["plan", "--sandbox=copy.json", "--detailed-exitcode"]).ends_with(0);
    assert!(server.writes().is_empty(), "the original is untouched");
}

#[test]
fn apply_is_undone_from_the_state_it_saved() {
    let (server, folder) = start();
    let before = server.state();
    example(&folder, &["apply", "--snapshot-out", "before.json"]).with(&server).ends_with(0);
    example(&folder, &["clone", "--from-snapshot", "before.json", "--config", "undo.yaml"]).ends_with(0);
    example(&folder, &["apply", "--config", "undo.yaml", "--force"]).with(&server).ends_with(0);
    let after = server.state();
    let live = |state: &serde_json::Value| -> Vec<serde_json::Value> {
        let rows = state["experiences"].as_array().cloned().unwrap_or_default();
        rows.into_iter()
            .filter(|row| row["archived"] == false)
            .map(|mut row| {
                row.as_object_mut().expect("an object").remove("updatedAt");
                row
            })
            .collect()
    };
    assert_eq!(live(&after), live(&before));
}

#[test]
fn ids_are_written_back_with_comments_and_layout_kept() {
    let (server, folder) = start();
    example(&folder, &["apply", "--update-config"]).with(&server).ends_with(0);
    let text = folder.read("experiences.yaml");
    assert_eq!(text.matches("experienceID:").count(), 5, "{text}");
    let without: String = text
        .lines()
        .filter(|line| !line.contains("experienceID: ") || line.contains("0a6a1c9d7e01"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(without, CONFIG, "nothing else is touched");
    example(&folder, &["plan", "--detailed-exitcode"]).with(&server).ends_with(0);
}

#[test]
fn ledger_has_a_line_before_and_after_each_write() {
    let (server, folder) = start();
    example(&folder, &["apply", "--ledger", "ledger.jsonl"]).with(&server).ends_with(0);
    let lines: Vec<serde_json::Value> = folder.read("ledger.jsonl").lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(lines.len() > 2 * server.writes().len(), "a header, and two lines a write");
}
