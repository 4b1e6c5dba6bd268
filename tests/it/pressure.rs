//! Many changes at once: a server that refuses what comes too fast, and bounded use of this machine.

use crate::support::{Folder, Program, Server};

fn config(count: usize) -> String {
    let entries: String = (0..count).map(|index| format!("  - {{name: e{index}, description: d, locations: [s3://{index}]}}\n")).collect();
    format!("experiences:\n{entries}")
}

#[test]
fn rate_limit_is_kept_without_a_failure_and_with_few_refusals() {
    let server = Server::start(None, &["projects/**=rate:150"]);
    let folder = Folder::with_config(&config(450));
    let applied = Program::new(&folder, &["apply"]).with(&server).ends_with(0);
    assert!(applied.stdout.contains("450 of 450 actions done, verified"), "{}", applied.stdout);
    let journal = server.journal();
    let refused = journal.iter().filter(|entry| entry["status"] == 429).count();
    // Beyond the limit at most what was under way, each second.
    assert!(refused * 5 <= journal.len(), "{refused} of {} requests were refused", journal.len());
}

#[cfg(target_os = "linux")]
#[test]
fn file_descriptors_are_bounded_by_requests_in_flight() {
    let held = "POST experiences#64-=hang-before";
    let server = Server::start(None, &[held]);
    let folder = Folder::with_config(&config(500));
    let mut child = Program::new(&folder, &["apply", "--parallel", "64"]).with(&server).start();
    server.wait_for_fault(held);
    let open = std::fs::read_dir(format!("/proc/{}/fd", child.id())).expect("it runs").count();
    child.kill().expect("it runs");
    child.wait().expect("it ends");
    assert!(open <= 64 + 32, "{open} file descriptors are open");
}
