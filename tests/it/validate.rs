//! `validate`, through the binary.

use crate::support::{Folder, Program};

const GOOD: &str = "experiences:\n  - {name: a, description: d, locations: [s3://b/a]}\n";

#[test]
fn valid_config_is_counted() {
    let folder = Folder::with_config(GOOD);
    let output = Program::new(&folder, &["validate"]).ends_with(0);
    assert_eq!(output.stdout, "valid: 1 experience, 0 managed suites, 0 managed tags in 1 file\n");
    assert_eq!(output.stderr, "");
}

#[test]
fn all_mistakes_are_told_at_once_with_their_places() {
    let folder = Folder::with_config("experiences:\n  - nmae: a\n    locations: s3://b\n");
    let output = Program::new(&folder, &["validate"]).ends_with(3);
    assert!(output.stderr.contains("experiences.yaml:2:5") && output.stderr.contains("did you mean `name`?"), "{}", output.stderr);
    assert!(output.stderr.contains("experiences.yaml:3:16"), "{}", output.stderr);
    assert_eq!(output.stdout, "");
}

#[test]
fn json_is_valid_against_its_schema_and_alone_on_stdout() {
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../schemas/diagnostics-v1.schema.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    for (config, code) in [(GOOD, 0), ("experiences: 5\n", 3)] {
        let folder = Folder::with_config(config);
        let output = Program::new(&folder, &["validate", "--format", "json"]).ends_with(code);
        let json: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
        assert!(validator.is_valid(&json), "{json:#}");
    }
}

#[test]
fn missing_file_is_an_invalid_config() {
    let folder = Folder::new();
    let output = Program::new(&folder, &["validate", "--config", "nowhere.yaml"]).ends_with(3);
    assert!(output.stderr.contains("nowhere.yaml"), "{}", output.stderr);
}

#[test]
fn in_a_job_files_outside_the_workspace_are_refused() {
    let outside = Folder::with_config(GOOD);
    let workspace = Folder::new();
    let path = outside.file("experiences.yaml");
    let output = Program::new(&workspace, &["validate", "--config"])
        .args(&[path.to_str().expect("UTF-8")])
        .env("GITHUB_WORKSPACE", workspace.path().to_str().expect("UTF-8"))
        .ends_with(3);
    assert!(output.stderr.contains("file-outside"), "{}", output.stderr);
}

#[test]
fn wrong_usage_is_told_apart() {
    let folder = Folder::with_config(GOOD);
    assert!(Program::new(&folder, &["validate", "--nonsense"]).ends_with(64).stderr.contains("--nonsense"));
    assert!(Program::new(&folder, &["vlidate"]).ends_with(64).stderr.contains("validate"));
    Program::new(&folder, &["validate", "--no-archive", "--archive-tag", "x"]).ends_with(64);
    let both = Program::new(&folder, &["validate"]).env("RESIM_NO_ARCHIVE", "1").env("RESIM_SYNC_ARCHIVE_TAG", "x").ends_with(64);
    assert!(both.stderr.contains("cannot be used with"), "{}", both.stderr);
}

#[test]
fn fix_shows_a_diff_and_writes_only_when_asked() {
    let older = "experiences:\n  - name: a\n    description: d\n    locations: [s3://b/a]\n    experience_id: 5f0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01 # keep\n";
    let folder = Folder::with_config(older);
    let shown = Program::new(&folder, &["validate", "--fix"]).ends_with(0).stdout;
    assert!(shown.contains("-    experience_id:") && shown.contains("+    experienceID:") && shown.contains("# keep"), "{shown}");
    assert_eq!(folder.read("experiences.yaml"), older);
    let json = Program::new(&folder, &["validate", "--fix", "--format", "json"]).ends_with(0);
    serde_json::from_str::<serde_json::Value>(&json.stdout).expect("JSON alone");
    Program::new(&folder, &["validate", "--fix", "--write"]).ends_with(0);
    assert_eq!(folder.read("experiences.yaml"), older.replace("experience_id", "experienceID"));
}

#[test]
fn fix_mends_the_older_example_with_tabs() {
    let tabs = "experiences:\n    - name: s\n      description: d\n      locations:\n        - s3://b\n      profile: full_stack\n\t  tags:\n\t    - regression\n      environment_variables:\n        - name: M\n          value: \"120\"\n";
    let folder = Folder::with_config(tabs);
    let shown = Program::new(&folder, &["validate", "--fix"]).ends_with(3);
    // The old lines as they stand, so that the diff is one for `patch` too.
    assert!(shown.stdout.contains("\n-\t  tags:\n-\t    - regression\n"), "{}", shown.stdout);
    assert!(shown.stderr.contains("not saved: `--write` saves what is shown"), "{}", shown.stderr);
    let saved = Program::new(&folder, &["validate", "--fix", "--write"]).ends_with(0);
    assert_eq!(saved.stderr, "saved 1 mended file\n");
    assert!(folder.read("experiences.yaml").contains("      tags:\n        - regression\n      environmentVariables:"));
}

#[test]
fn markdown_says_what_is_wrong_and_what_is_right() {
    let wrong = Folder::with_config("experiences:\n  - {nmae: a, description: d, locations: [s3://b]}\n");
    let output = Program::new(&wrong, &["validate", "--format", "markdown"]).ends_with(3);
    assert!(output.stdout.contains("did you mean `name`?") && output.stdout.contains("not valid"), "{}", output.stdout);
    let right = Folder::with_config(GOOD);
    assert!(Program::new(&right, &["validate", "--format", "markdown"]).ends_with(0).stdout.contains("1 experience"));
}

#[test]
fn fix_leaves_a_file_alone_that_is_no_text() {
    let older = b"experiences:\n  - {name: a, description: d, locations: [s3://a], experience_id: 5f0c9f6e-51a7-4c1e-8f5b-0a6a1c9d7e01}\n";
    for broken in [&b"  # caf\xe9\n"[..], b"  # a\0b\n"] {
        let bytes = [&older[..], broken, b"  - {name: b, description: d, locations: [s3://b]}\n"].concat();
        let folder = Folder::new();
        std::fs::write(folder.file("experiences.yaml"), &bytes).expect("writable");
        Program::new(&folder, &["validate", "--fix", "--write"]).ends_with(3);
        assert_eq!(std::fs::read(folder.file("experiences.yaml")).expect("readable"), bytes, "not a byte is lost");
    }
}
