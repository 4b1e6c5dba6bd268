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
        case.script("made/resim-sync", &format!("touch '{}'\necho released", case.text("ran")));
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

    /// A cargo that writes down arguments and environment of each call, and "builds".
    fn with_cargo(self) -> Self {
        let body = format!(
            "pwd >> '{folder}'\necho \"$*\" >> '{args}'\nenv > '{env}'-$1\n[ \"$1\" = build ] || exit 0\n\
             while [ \"$1\" != --target-dir ]; do shift; done\n\
             mkdir -p \"$2/release\"\nprintf '#!/bin/sh\\necho built\\n' > \"$2/release/resim-sync\"\nchmod +x \"$2/release/resim-sync\"",
            folder = self.text("cargo-folder"),
            args = self.text("cargo-args"),
            env = self.text("cargo-env"),
        );
        self.script("bin/cargo", &body);
        self
    }

    /// A `PATH` with only the usual tools that are named, and what the case itself has in `bin`.
    fn with_tools(&mut self, tools: &[&str]) {
        for tool in tools {
            let found = ["/usr/bin", "/bin"].iter().map(|folder| Path::new(folder).join(tool)).find(|path| path.exists());
            std::os::unix::fs::symlink(found.expect("a usual tool"), self.path("bin").join(tool)).expect("a link");
        }
        self.variables.insert("PATH", self.text("bin"));
    }

    fn cached(&self) -> PathBuf {
        let folder = self.path("cache/resim-sync").join(format!("1.2.3-{}", self.digest()));
        folder.join("archive.tar.gz")
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

    /// Why nothing was installed: no output, no build, nothing executed.
    fn refused(&self) -> String {
        let output = self.install();
        assert!(!output.status.success(), "{output:?}");
        assert!(!self.path("output").exists(), "an output in spite of the failure");
        assert!(!self.path("cargo-args").exists(), "cargo was called in spite of the failure");
        assert!(!self.path("ran").exists(), "the archive's program was executed");
        let said = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(said.lines().any(|line| line.starts_with("::error title=resim-sync cannot be installed::")), "{said}");
        said
    }
}

/// What is said of an archive that is not the one that was released.
pub(crate) fn what_another_archive_says() -> String {
    let case = Case::new();
    fs::write(case.archive(), "another").expect("writable");
    case.refused()
}

/// What is said on a platform without an archive and without a toolchain.
pub(crate) fn what_an_unknown_platform_says() -> String {
    let mut case = Case::new();
    case.variables.insert("RUNNER_ARCH", "RISCV".to_owned());
    case.with_tools(&["bash", "sed", "tr", "mktemp"]);
    case.refused()
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
fn poisoned_cache_is_fetched_again() {
    let case = Case::new();
    case.installed();
    let good = fs::read(case.cached()).expect("cached");
    // As a job on the same runner would: a whole archive, with another program in it.
    case.script("made/resim-sync", "echo poisoned");
    let tar = ["-czf", &case.cached().display().to_string(), "-C", &case.text("made"), "resim-sync"].map(str::to_owned);
    assert!(Command::new("tar").args(tar).status().expect("tar runs").success());
    assert_eq!(case.installed(), "released");
    assert_eq!(fs::read(case.cached()).expect("cached"), good);
}

#[test]
fn poisoned_cache_stops_when_the_release_is_gone() {
    let mut case = Case::new().with_cargo();
    case.variables.insert("RESIM_SYNC_INSTALL", "release".to_owned());
    fs::create_dir_all(case.cached().parent().expect("a folder")).expect("a folder");
    fs::write(case.cached(), "poison").expect("writable");
    fs::remove_file(case.archive()).expect("there");
    assert!(case.refused().contains("the release has no archive"));
}

#[test]
fn cache_that_cannot_be_written_is_no_failure() {
    let mut case = Case::new();
    fs::write(case.path("file"), "").expect("writable");
    case.variables.insert("RUNNER_TOOL_CACHE", case.text("file"));
    assert_eq!(case.installed(), "released");
}

#[test]
fn wrong_digest_stops_whatever_the_mode() {
    for mode in ["auto", "release"] {
        for at in [0, 40, usize::MAX] {
            let mut case = Case::new().with_cargo();
            case.variables.insert("RESIM_SYNC_INSTALL", mode.to_owned());
            let mut bytes = fs::read(case.archive()).expect("there");
            let at = at.min(bytes.len() - 1);
            bytes[at] ^= 1;
            fs::write(case.archive(), bytes).expect("writable");
            assert!(case.refused().contains("SHA-256 differs"));
            assert!(!case.path("cache/resim-sync").exists(), "the wrong archive was cached");
        }
    }
}

#[test]
fn source_build_without_an_asset_sees_no_credential() {
    let mut case = Case::new().with_cargo();
    fs::remove_file(case.archive()).expect("there");
    let secrets = [
        "RESIM_CLIENT_ID",
        "RESIM_CLIENT_SECRET",
        "RESIM_PASSWORD",
        "RESIM_SYNC_TOKEN",
        "GITHUB_TOKEN",
        "ACTIONS_RUNTIME_TOKEN",
        "AWS_SECRET_ACCESS_KEY",
        "CARGO_REGISTRY_TOKEN",
        "SSH_AUTH_SOCK",
    ];
    for name in secrets {
        case.variables.insert(name, "canary".to_owned());
    }
    // The proxy's address can hold a password. Fetching needs it, and runs nobody's code.
    case.variables.insert("HTTPS_PROXY", "http://user:proxy-canary@127.0.0.1:9".to_owned());
    case.variables.insert("CARGO_HOME", case.text("cargo-home"));
    assert_eq!(case.installed(), "built");

    let environment = |call: &str| fs::read_to_string(case.path(&format!("cargo-env-{call}"))).expect("cargo was called");
    let (fetching, building) = (environment("fetch"), environment("build"));
    assert!(fetching.contains("proxy-canary") && !fetching.contains("=canary"), "{fetching}");
    assert!(building.contains("CARGO_HOME=") && !building.contains("canary"), "{building}");
    let names = fetching.lines().chain(building.lines()).filter_map(|line| line.split('=').next());
    for name in names {
        let suspicious = ["TOKEN", "KEY", "SECRET", "PASS", "CLIENT", "AUTH", "RESIM", "GITHUB"];
        assert!(!suspicious.iter().any(|word| name.to_uppercase().contains(word)), "cargo sees {name}");
    }

    let calls = fs::read_to_string(case.path("cargo-args")).expect("cargo was called");
    let calls: Vec<&str> = calls.lines().collect();
    assert_eq!(calls.len(), 2, "{calls:?}");
    assert_eq!(calls[0], "fetch --locked");
    assert!(calls[1].starts_with("build --release --locked --offline --bin resim-sync --target-dir "), "{calls:?}");
    let folders = fs::read_to_string(case.path("cargo-folder")).expect("cargo was called");
    let action = case.path("action").canonicalize().expect("there");
    assert!(folders.lines().all(|folder| Path::new(folder) == action), "{folders}");
}

#[test]
fn build_that_fails_or_leaves_nothing_is_told() {
    let case = Case::new();
    case.pin("1.2.3", None);
    case.script("bin/cargo", "[ \"$1\" = fetch ]");
    assert!(case.refused().contains("the build from source failed"));
    case.script("bin/cargo", "[ \"$1\" = build ]");
    assert!(case.refused().contains("cannot be fetched"));
    case.script("bin/cargo", "exit 0");
    assert!(case.refused().contains("the build left no binary"));
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
    case.with_tools(&["bash", "sed", "tr"]);
    let said = case.refused();
    assert!(said.contains("no release") && said.contains("cargo is not there"), "{said}");
}

#[test]
fn unknown_platform_is_built_where_cargo_is() {
    let mut case = Case::new().with_cargo();
    case.variables.insert("RUNNER_ARCH", "RISCV64".to_owned());
    assert_eq!(case.installed(), "built");
}

#[test]
fn nothing_is_installed_that_cannot_be_checked() {
    let mut case = Case::new();
    case.with_tools(&["bash", "sed", "tr", "mktemp", "curl", "tar", "gzip", "cut", "cp", "mv", "mkdir", "rm", "chmod"]);
    assert!(case.refused().contains("neither sha256sum nor shasum"));
}

#[test]
fn other_platforms_take_their_own_archive() {
    for (os, arch, target) in [
        ("Linux", "ARM64", "aarch64-unknown-linux-musl"),
        ("macOS", "X64", "x86_64-apple-darwin"),
        ("macOS", "ARM64", "aarch64-apple-darwin"),
        ("Windows", "X64", "x86_64-pc-windows-msvc"),
    ] {
        let mut case = Case::new();
        let archive = case.path(&format!("release/v1.2.3/resim-sync-1.2.3-{target}.tar.gz"));
        let digest = case.digest();
        fs::rename(case.archive(), archive).expect("there");
        fs::write(case.path("action/action/RELEASE"), format!("version 1.2.3\r\n{target} {digest}\r\n")).expect("writable");
        case.variables.extend([("RUNNER_OS", os.to_owned()), ("RUNNER_ARCH", arch.to_owned())]);
        assert_eq!(case.installed(), "released", "{target}");
    }
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
