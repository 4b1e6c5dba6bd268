//! Command lines that pages show one after the other, run one after the other.

use crate::ci_runner::state_with;
use crate::pages::{blocks_below, words};
use crate::support::{Folder, Program, Server};

const CONFIG: &str = "experiences:\n  - {name: a, description: new, locations: [s3://a]}\n";

/// Runs what a page shows below a heading; the project there is the server's.
fn works(page: &str, heading: &str, steps: usize) -> (Folder, Server) {
    let server = Server::with_state(&state_with("a"));
    let folder = Folder::with_config(CONFIG);
    let mut seen = 0;
    for line in blocks_below(page, heading).iter().flat_map(|block| block.lines()).filter(|line| line.starts_with("resim-sync ")) {
        let args = words(line);
        let args: Vec<&str> = args.iter().skip(1).map(|word| if word == "my-project" { "drones" } else { word }).collect();
        let output = Program::new(&folder, &args).with(&server).run();
        // Drift that is asked for as an exit code is no failure.
        let expected = if args.contains(&"--detailed-exitcode") { 2 } else { 0 };
        assert_eq!(output.code, Some(expected), "{page}, {heading}: {line}\n{}\n{}", output.stdout, output.stderr);
        seen += 1;
    }
    assert_eq!(seen, steps, "{page}: below {heading}");
    (folder, server)
}

#[test]
fn first_try_writes_nothing_to_resim() {
    let (folder, server) = works("README.md", "Use it", 8);
    // The first four are the plain commands; of these only the apply writes.
    let writes = server.writes();
    assert!(writes.len() == 1 && writes[0]["method"] == "PATCH", "{writes:?}");
    assert!(folder.file("state.json").exists() && folder.file("trial.yaml").exists());
}

#[test]
fn undo_brings_back_what_was() {
    let (folder, server) = works("README.md", "Undo an apply", 3);
    let state = server.state();
    assert_eq!(state["experiences"][0]["description"], "d");
    assert_eq!(server.writes().len(), 2, "one there and one back");
    assert!(folder.read("experiences.yaml").contains("description: d"));
}

#[test]
fn rehearsal_leaves_resim_alone() {
    let (_folder, server) = works("docs/recipes.md", "Rehearse on a copy", 3);
    assert!(server.writes().is_empty());
}

#[test]
fn other_recipes_work_as_shown() {
    works("docs/recipes.md", "Clone", 1);
    works("docs/recipes.md", "Look for drift", 1);
    let (_folder, server) = works("docs/recipes.md", "Approve the very plan", 2);
    assert_eq!(server.writes().len(), 1);
}
