//! Asked to stop in the middle of a large apply: the report says how far it came, and the next run does the rest.

use std::process::Command;

use serde_json::Value;

use super::world;
use crate::support::{Program, comparable};

/// The writes from this one on have no answer.
const HELD: &str = "WRITE projects/**#60-=hang-before";

fn stopped(signal: &str, code: i32, name: &str, wanted: &Value) {
    let (server, folder) = world::start(&[HELD]);
    let before = server.state();
    let child = Program::new(&folder, &["apply", "--create-missing", "--format", "json"]).with(&server).start();
    server.wait_for_fault(HELD);
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().expect("kill runs").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).expect("a report");
    assert_eq!((report["interrupted"].as_str(), report["succeeded"].as_bool()), (Some(name), Some(false)));
    let count = |outcome: &str| report["counts"][outcome].as_u64().expect("a number");
    assert!(count("done") > 0 && count("unknown") > 0 && count("notAttempted") > 0, "{}", report["counts"]);
    let held = server.writes().iter().filter(|write| write["status"].is_null()).count();
    assert!(held <= 16, "nothing new starts: {held} writes were under way");

    server.clear_faults();
    Program::new(&folder, &["apply", "--create-missing"]).with(&server).ends_with(0);
    assert_eq!(&comparable(&server.state(), &before), wanted);
    Program::new(&folder, &["plan", "--create-missing", "--detailed-exitcode"]).with(&server).ends_with(0);
}

#[test]
fn stopped_apply_of_many_changes_reports_and_is_completed() {
    let (server, folder) = world::start(&[]);
    let before = server.state();
    Program::new(&folder, &["apply", "--create-missing"]).with(&server).ends_with(0);
    let wanted = comparable(&server.state(), &before);
    // They mostly wait.
    std::thread::scope(|scope| {
        scope.spawn(|| stopped("-INT", 130, "SIGINT", &wanted));
        scope.spawn(|| stopped("-TERM", 143, "SIGTERM", &wanted));
    });
}
