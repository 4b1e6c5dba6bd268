//! A release's archives and its publication, with a `gh` that only tells what it was asked.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::pages::text;
use crate::support::repository_file;

const SHA: &str = "0123456789abcdef0123456789abcdef01234567";

fn targets() -> Vec<String> {
    let workflow: Value = serde_yaml::from_str(&text(".github/workflows/release.yml")).expect("YAML");
    let matrix = workflow["jobs"]["archives"]["strategy"]["matrix"]["include"].as_array().expect("a list").clone();
    matrix.iter().map(|row| row["target"].as_str().expect("a target").to_owned()).collect()
}

/// What the manifest tells binstall, for one target.
fn binstall(key: &str, version: &str, target: &str) -> String {
    let manifest = text("Cargo.toml");
    let section = manifest.split("\n[package.metadata.binstall]\n").nth(1).expect("the section");
    let value = section.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).expect("the key");
    let extension = if target.contains("windows") { ".exe" } else { "" };
    let known = [("repo", "https://github.com/resim-sync/resim-sync"), ("version", version), ("target", target), ("bin", "resim-sync")];
    let filled = known.iter().fold(value.trim_matches('"').to_owned(), |text, (name, value)| text.replace(&format!("{{ {name} }}"), value));
    filled.replace("{ binary-ext }", extension)
}

fn run(program: &str, args: &[&str], folder: &Path) -> Output {
    Command::new(program).args(args).current_dir(folder).output().expect("it runs")
}

#[test]
fn archives_are_what_both_installers_look_for() {
    let script = repository_file(".ci/archive");
    for target in targets() {
        let folder = tempfile::tempdir().expect("a folder");
        let binary = binstall("bin-dir", "1.2.3", &target);
        let built = folder.path().join("target").join(&target).join("release");
        fs::create_dir_all(&built).expect("a folder");
        // As cargo leaves them.
        for name in [binary.as_str(), "resim-sync.d", "resim_sync.pdb"] {
            fs::write(built.join(name), "x").expect("writable");
        }
        for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
            fs::copy(repository_file(licence), folder.path().join(licence)).expect("copied");
        }
        let made = run("bash", &[script.to_str().expect("UTF-8"), "1.2.3", &target], folder.path());
        assert!(made.status.success(), "{made:?}");
        let url = binstall("pkg-url", "1.2.3", &target);
        let name = url.strip_prefix("https://github.com/resim-sync/resim-sync/releases/download/v1.2.3/").expect("a release's file");
        let listed = run("tar", &["-tzf", name], folder.path());
        assert!(listed.status.success(), "{target}: there is no {name}");
        assert_eq!(String::from_utf8_lossy(&listed.stdout), format!("{binary}\nLICENSE-APACHE\nLICENSE-MIT\n"), "{target}");
    }
}

/// A checkout of a tagged commit, a draft with one archive, and a `gh`.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new() -> Self {
        let case = Self { folder: tempfile::tempdir().expect("a folder") };
        for path in ["action", "bin", "draft"] {
            fs::create_dir(case.path(path)).expect("a folder");
        }
        case.write("Cargo.toml", "[workspace.package]\nversion = \"1.2.3\"\n");
        let archive = "resim-sync-1.2.3-x86_64-unknown-linux-musl.tar.gz";
        case.write(&format!("draft/{archive}"), "bytes");
        let digest: String = Sha256::digest("bytes").iter().map(|byte| format!("{byte:02x}")).collect();
        case.write("action/RELEASE", &format!("# A comment.\nversion 1.2.3\nx86_64-unknown-linux-musl {digest}\n"));
        for (name, answer) in [("version", "gh version 2.81.0 (2025-10-01)"), ("immutable", "true"), ("tagged", SHA)] {
            case.write(name, answer);
        }
        case.write(
            "bin/gh",
            &format!(
                "#!/bin/sh\ncd '{}'\necho \"$*\" >>asked\n[ ! -e refused ] || case \"$*\" in \"$(cat refused)\"*) exit 1 ;; esac\n\
                 case \"$*\" in\n--version) cat version ;;\n'release download'*) cp draft/* assets ;;\n\
                 *--jq\\ .immutable) cat immutable ;;\n*--jq\\ .sha) cat tagged ;;\nesac\n",
                case.folder.path().display()
            ),
        );
        fs::set_permissions(case.path("bin/gh"), fs::Permissions::from_mode(0o755)).expect("allowed");
        case
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::write(self.path(path), text).expect("writable");
    }

    fn publish(&self) -> (bool, String) {
        let output = Command::new("bash")
            .arg(repository_file(".ci/publish"))
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", format!("{}:/usr/local/bin:/usr/bin:/bin", self.path("bin").display()))
            .env("GITHUB_REPOSITORY", "octo/config")
            .env("GITHUB_REF_NAME", "v1.2.3")
            .env("GITHUB_SHA", SHA)
            .env("RESIM_SYNC_PAUSE", "0")
            .output()
            .expect("bash runs");
        (output.status.success(), String::from_utf8(output.stdout).expect("UTF-8"))
    }

    fn asked(&self, what: &str) -> usize {
        let asked = fs::read_to_string(self.path("asked")).unwrap_or_default();
        asked.lines().filter(|line| line.starts_with(what)).count()
    }

    /// Whether the draft was published when the release was given up; the major version's tag stays in any case.
    fn refused(&self, why: &str) -> bool {
        let (done, said) = self.publish();
        assert!(!done && said.lines().any(|line| line.starts_with("::error title=not released::") && line.contains(why)), "{why}: {said}");
        assert_eq!((self.asked("api --method PATCH"), self.asked("api --method POST")), (0, 0), "{why}");
        self.asked("release edit") == 1
    }
}

#[test]
fn verified_draft_is_published_and_the_major_tag_follows_last() {
    let case = Case::new();
    let (done, said) = case.publish();
    assert!(done, "{said}");
    for what in ["release edit v1.2.3 ", "attestation verify ", "release verify v1.2.3 ", "release verify-asset v1.2.3 "] {
        assert_eq!(case.asked(what), 1, "{what}");
    }
    let asked = fs::read_to_string(case.path("asked")).expect("asked");
    let last = asked.lines().next_back().expect("a request");
    assert!(last.starts_with("api --method PATCH repos/octo/config/git/refs/tags/v1 ") && last.contains(SHA), "{asked}");
}

#[test]
fn draft_that_is_not_what_the_commit_names_stays_a_draft() {
    let changed = |change: &dyn Fn(&Case), why: &str| {
        let case = Case::new();
        change(&case);
        assert!(!case.refused(why), "published: {why}");
    };
    changed(&|case| case.write("version", "gh version 2.80.0 (2025-09-01)"), "gh is 2.80.0; 2.81.0 or newer is needed");
    changed(&|case| case.write("version", "something"), "gh is of an unknown version");
    changed(&|case| case.write("Cargo.toml", "version = \"1.2.4\"\n"), "tag, Cargo.toml and action/RELEASE differ");
    changed(&|case| case.write("draft/resim-sync-1.2.3-x86_64-unknown-linux-musl.tar.gz", "others"), "is not what action/RELEASE names");
    changed(&|case| case.write("draft/more.tar.gz", "more"), "files that action/RELEASE does not name");
    changed(&|case| case.write("action/RELEASE", "version 1.2.3\n"), "action/RELEASE names no archive");
    changed(&|case| case.write("refused", "attestation verify"), "was not built by this repository's release workflow");
}

#[test]
fn release_that_is_not_what_it_claims_is_red_and_followed_by_nobody() {
    let changed = |name: &str, answer: &str, why: &str| {
        let case = Case::new();
        case.write(name, answer);
        assert!(case.refused(why), "not published: {why}");
        case
    };
    changed("immutable", "false", "turn on immutable releases");
    changed("immutable", "null", "turn on immutable releases");
    changed("tagged", "ffffffffffffffffffffffffffffffffffffffff", "not at 0123456789");
    let case = changed("refused", "release verify v1.2.3", "has no attestation");
    assert_eq!(case.asked("release verify v1.2.3"), 6);
    changed("refused", "release verify-asset", "is not in the release's attestation");
}
