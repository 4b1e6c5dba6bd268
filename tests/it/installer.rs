//! `action/install.sh`, run as the action runs it, with a release on disk and a `cargo` that only tells.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sha2::{Digest, Sha256};

const TARGET: &str = "x86_64-unknown-linux-musl";
const ARCHIVE: &str = "resim-sync-1.2.3-x86_64-unknown-linux-musl.tar.gz";

/// A checkout of the action, a release, a runner.
struct Case {
    folder: tempfile::TempDir,
    variables: BTreeMap<&'static str, String>,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut case = Self { folder, variables: BTreeMap::new() };
        for path in ["action/action", "release/v1.2.3", "temp", "cache", "bin", "made"] {
            fs::create_dir_all(case.path(path)).expect("a folder");
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("action/install.sh");
        fs::copy(script, case.path("action/action/install.sh")).expect("copied");
        fs::write(case.path("action/Cargo.toml"), "[workspace.package]\nversion = \"1.2.3\"\n").expect("writable");
        case.script("made/resim-sync", "echo released");
        let tar = ["-czf", &case.text(&format!("release/v1.2.3/{ARCHIVE}")), "-C", &case.text("made"), "resim-sync"].map(str::to_owned);
        assert!(Command::new("tar").args(tar).status().expect("tar runs").success());
        case.pin("1.2.3", Some(&case.digest()));
        case.variables = BTreeMap::from([
            ("GITHUB_ACTION_PATH", case.text("action")),
            ("GITHUB_OUTPUT", case.text("output")),
            ("RUNNER_TEMP", case.text("temp")),
            ("RUNNER_TOOL_CACHE", case.text("cache")),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_ARCH", "X64".to_owned()),
            ("RESIM_SYNC_INSTALL", "auto".to_owned()),
            ("RESIM_SYNC_DOWNLOAD_BASE", format!("file://{}", case.text("release"))),
        ]);
        case
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn text(&self, path: &str) -> String {
        self.path(path).to_str().expect("UTF-8").to_owned()
    }

    fn script(&self, path: &str, body: &str) {
        fs::write(self.path(path), format!("#!/bin/sh\n{body}\n")).expect("writable");
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).expect("allowed");
    }

    fn archive(&self) -> PathBuf {
        self.path(&format!("release/v1.2.3/{ARCHIVE}"))
    }

    fn digest(&self) -> String {
        Sha256::digest(fs::read(self.archive()).expect("there")).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Writes what the commit says of its release.
    fn pin(&self, version: &str, digest: Option<&str>) {
        let digest = digest.map(|digest| format!("{TARGET} {digest}\n")).unwrap_or_default();
        fs::write(self.path("action/action/RELEASE"), format!("# A comment.\nversion {version}\n{digest}")).expect("writable");
    }

    /// A cargo that writes down its environment, and "builds".
    fn with_cargo(self) -> Self {
        let body = format!(
            "env > '{}'\nwhile [ \"$1\" != --target-dir ]; do echo \"$1\" >> '{}'; shift; done\n\
             mkdir -p \"$2/release\"\nprintf '#!/bin/sh\\necho built\\n' > \"$2/release/resim-sync\"\nchmod +x \"$2/release/resim-sync\"",
            self.text("cargo-env"),
            self.text("cargo-args")
        );
        self.script("bin/cargo", &body);
        self
    }

    fn install(&self) -> Output {
        let path = format!("{}:/usr/local/bin:/usr/bin:/bin", self.text("bin"));
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", &self.text("action/action/install.sh")]);
        command.env_clear().env("PATH", path).envs(&self.variables).output().expect("bash runs")
    }

    /// Installs, and runs what was installed.
    fn installed(&self) -> String {
        let output = self.install();
        assert!(output.status.success(), "{output:?}");
        let outputs = fs::read_to_string(self.path("output")).expect("written");
        let binary = outputs.lines().filter_map(|line| line.strip_prefix("binary=")).next_back().expect("the output is set");
        let ran = Command::new(binary).output().expect("it runs");
        String::from_utf8(ran.stdout).expect("UTF-8").trim().to_owned()
    }

    /// Why nothing was installed.
    fn refused(&self) -> String {
        let output = self.install();
        assert!(!output.status.success(), "{output:?}");
        assert!(!self.path("output").exists(), "an output in spite of the failure");
        assert!(!self.path("cargo-env").exists(), "built from source in spite of the failure");
        String::from_utf8(output.stdout).expect("UTF-8")
    }
}

#[test]
fn release_of_the_commit_is_installed() {
    assert_eq!(Case::new().with_cargo().installed(), "released");
}

#[test]
fn cache_serves_when_the_release_is_gone() {
    let case = Case::new();
    case.installed();
    fs::remove_file(case.archive()).expect("there");
    assert_eq!(case.installed(), "released");
}

#[test]
fn poisoned_cache_is_not_trusted() {
    let case = Case::new();
    case.installed();
    let cached = case.path("cache/resim-sync").read_dir().expect("there").next().expect("one").expect("readable").path();
    fs::write(cached.join("archive.tar.gz"), "poison").expect("writable");
    assert_eq!(case.installed(), "released");
}

#[test]
fn wrong_digest_stops_whatever_the_mode() {
    for mode in ["auto", "release"] {
        let mut case = Case::new().with_cargo();
        case.variables.insert("RESIM_SYNC_INSTALL", mode.to_owned());
        let mut bytes = fs::read(case.archive()).expect("there");
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        fs::write(case.archive(), bytes).expect("writable");
        assert!(case.refused().contains("SHA-256 differs"));
    }
}

#[test]
fn source_build_without_an_asset_sees_no_credential() {
    let mut case = Case::new().with_cargo();
    fs::remove_file(case.archive()).expect("there");
    for name in ["RESIM_CLIENT_SECRET", "RESIM_SYNC_TOKEN", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "CARGO_REGISTRY_TOKEN"] {
        case.variables.insert(name, "canary".to_owned());
    }
    assert_eq!(case.installed(), "built");
    let environment = fs::read_to_string(case.path("cargo-env")).expect("cargo ran");
    assert!(environment.contains("PATH=") && !environment.contains("canary"), "{environment}");
    let arguments = fs::read_to_string(case.path("cargo-args")).expect("cargo ran");
    assert!(arguments.lines().any(|argument| argument == "--locked"), "{arguments}");
}

#[test]
fn sources_ahead_of_the_release_are_built() {
    let case = Case::new().with_cargo();
    fs::write(case.path("action/Cargo.toml"), "version = \"1.3.0\"\n").expect("writable");
    assert_eq!(case.installed(), "built");
}

#[test]
fn version_without_archives_is_built() {
    let case = Case::new().with_cargo();
    case.pin("1.2.3", None);
    assert_eq!(case.installed(), "built");
}

#[test]
fn source_build_can_be_asked_for() {
    let mut case = Case::new().with_cargo();
    case.variables.insert("RESIM_SYNC_INSTALL", "source".to_owned());
    assert_eq!(case.installed(), "built");
}

#[test]
fn release_alone_fails_without_an_asset() {
    let mut case = Case::new().with_cargo();
    case.variables.insert("RESIM_SYNC_INSTALL", "release".to_owned());
    fs::remove_file(case.archive()).expect("there");
    assert!(case.refused().contains("the release has no archive"));
}

#[test]
fn unknown_platform_without_cargo_fails_with_the_reason() {
    let mut case = Case::new();
    case.variables.insert("RUNNER_ARCH", "RISCV64".to_owned());
    // A PATH without any cargo of this machine.
    for tool in ["bash", "sed", "head", "tr", "cut", "env", "uname", "mktemp", "cat", "dirname"] {
        let found = ["/usr/bin", "/bin"].iter().map(|folder| Path::new(folder).join(tool)).find(|path| path.exists());
        std::os::unix::fs::symlink(found.expect("a usual tool"), case.path("bin").join(tool)).expect("a link");
    }
    case.variables.insert("PATH", case.text("bin"));
    let said = case.refused();
    assert!(said.contains("no release") && said.contains("cargo is not there"), "{said}");
}

#[test]
fn unknown_mode_is_refused() {
    let mut case = Case::new().with_cargo();
    case.variables.insert("RESIM_SYNC_INSTALL", "latest".to_owned());
    assert!(case.refused().contains("auto, release or source"));
}

#[test]
fn curl_that_fails_for_another_reason_is_no_reason_to_build() {
    let case = Case::new().with_cargo();
    // As when no host can be reached.
    case.script("bin/curl", "printf 000; exit 6");
    assert!(case.refused().contains("curl ended with 6"));
}
