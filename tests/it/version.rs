//! The commit in the program's version, as the build script finds it.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::{Folder, Program, repository_file};

#[path = "../../build.rs"]
#[allow(dead_code, reason = "its main part runs when the program is built")]
mod build_script;

use build_script::version_text;

const COMMIT: &str = "0123456789abcdef0123456789abcdef01234567";

fn folder_with(name: &str, text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join(name), text).expect("writable");
    folder
}

fn git(folder: &Path, args: &[&str]) -> String {
    let identity = ["-c", "user.name=test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"];
    let output = Command::new("git").arg("-C").arg(folder).args(identity).args(args).output().expect("git runs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("UTF-8").trim().to_owned()
}

#[test]
fn sources_that_came_without_a_commit_claim_none() {
    let folder = folder_with(".git-archival.txt", "node: $Format:%H$\n");
    assert_eq!(version_text("1.2.3", folder.path(), None, true), "1.2.3");
    assert_eq!(version_text("1.2.3", folder.path(), Some(""), true), "1.2.3");
}

#[test]
fn whoever_builds_can_name_the_commit() {
    let folder = folder_with(".git-archival.txt", "node: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n");
    assert_eq!(version_text("1.2.3", folder.path(), Some(COMMIT), false), "1.2.3 (012345678)");
}

#[test]
fn archive_of_git_names_its_commit() {
    let folder = folder_with(".git-archival.txt", &format!("node: {COMMIT}\n"));
    assert_eq!(version_text("1.2.3", folder.path(), None, false), "1.2.3 (012345678)");
}

#[test]
fn package_of_cargo_names_its_commit() {
    let info = format!("{{\n  \"git\": {{\n    \"sha1\": \"{COMMIT}\"\n  }},\n  \"path_in_vcs\": \"\"\n}}");
    let folder = folder_with(".cargo_vcs_info.json", &info);
    assert_eq!(version_text("1.2.3", folder.path(), None, false), "1.2.3 (012345678)");
    let info = info.replace("\"\n  },", "\",\n    \"dirty\": true\n  },");
    let folder = folder_with(".cargo_vcs_info.json", &info);
    assert_eq!(version_text("1.2.3", folder.path(), None, false), "1.2.3 (012345678, modified)");
}

#[test]
fn clone_is_asked_for_release_builds_and_tells_changes_of_what_is_built() {
    let folder = folder_with("Cargo.toml", "[package]\n");
    let folder = folder.path();
    git(folder, &["init", "--quiet"]);
    git(folder, &["add", "Cargo.toml"]);
    git(folder, &["commit", "--quiet", "--message", "first"]);
    let commit = git(folder, &["rev-parse", "HEAD"]);
    assert_eq!(version_text("1.2.3", folder, None, false), "1.2.3");
    assert_eq!(version_text("1.2.3", folder, None, true), format!("1.2.3 ({})", &commit[..9]));
    fs::write(folder.join("notes.md"), "Not built.").expect("writable");
    assert_eq!(version_text("1.2.3", folder, None, true), format!("1.2.3 ({})", &commit[..9]));
    fs::write(folder.join("Cargo.toml"), "[workspace]\n").expect("writable");
    assert_eq!(version_text("1.2.3", folder, None, true), format!("1.2.3 ({}, modified)", &commit[..9]));
    // What lies in a clone of something else is not that.
    fs::create_dir(folder.join("within")).expect("a folder");
    assert_eq!(version_text("1.2.3", &folder.join("within"), None, true), "1.2.3");
}

#[test]
fn git_puts_the_commit_into_archives() {
    let attributes = fs::read_to_string(repository_file(".gitattributes")).expect("readable");
    assert!(attributes.lines().any(|line| line == "/.git-archival.txt export-subst"));
    let placeholder = fs::read_to_string(repository_file(".git-archival.txt")).expect("readable");
    assert!(placeholder.starts_with("node: ") && placeholder.contains("%H"), "{placeholder}");
}

#[test]
fn version_begins_with_that_of_the_package() {
    let said = Program::new(&Folder::new(), &["--version"]).ends_with(0);
    let version = said.stdout.strip_prefix("resim-sync ").expect("name and version").trim_end();
    assert_eq!(version.split(' ').next(), Some(env!("CARGO_PKG_VERSION")));
}
