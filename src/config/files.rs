//! Finds and reads the files that paths and patterns name. Each file is read once, within limits.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::load::LoadOptions;
use super::problems::Problems;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::source::{Origin, Source, Sources, Span};

/// Larger files are refused.
pub(crate) const MAX_BYTES: u64 = 64 << 20;

/// The files that were read.
#[derive(Debug, Default)]
pub(crate) struct Files {
    pub(crate) sources: Sources,
    /// For each source, its real path.
    pub(crate) paths: Vec<PathBuf>,
    /// For each source, whether its text is whole; one that is not serves only to show where it breaks.
    pub(crate) readable: Vec<bool>,
    /// The path that may be missing and is.
    pub(crate) missing: Option<PathBuf>,
}

/// Reads all files that the options name; what cannot be read is reported.
pub(crate) fn read(options: &LoadOptions, problems: &mut Problems) -> Files {
    let mut files = Files::default();
    let mut seen = BTreeSet::new();
    let confines: Vec<PathBuf> =
        options.confine_to.iter().map(|folder| fs::canonicalize(folder).unwrap_or_else(|_| folder.clone())).collect();
    for pattern in &options.patterns {
        let may_be_missing = options.allow_missing && options.patterns.len() == 1;
        for path in find(pattern, may_be_missing, &mut files, &confines, problems) {
            files.read(&path, &confines, &mut seen, problems);
        }
    }
    files
}

/// The paths that a pattern names, sorted; a path that exists as written is no pattern.
fn find(pattern: &str, may_be_missing: bool, files: &mut Files, confines: &[PathBuf], problems: &mut Problems) -> Vec<PathBuf> {
    let plain = PathBuf::from(pattern);
    let is_pattern = pattern.contains(['*', '?', '[']);
    if plain.exists() {
        return vec![plain];
    }
    if !is_pattern {
        if pattern.trim().is_empty() {
            problems.push(no_place(Code::FileUnreadable, "the path of a config file is empty").help("name a file with `--config`"));
        } else if !may_be_missing || fs::symlink_metadata(&plain).is_ok() {
            let diagnostic = no_place(Code::FileUnreadable, format!("`{}` does not exist", shown(&plain)));
            problems.push(diagnostic.help("name the config with `--config`, or write one from what ReSim has: `resim-sync clone`"));
        } else if confined(&parent(&plain), confines) {
            files.missing = Some(plain);
        } else {
            problems.push(outside(&plain));
        }
        return Vec::new();
    }
    let paths = match glob::glob(pattern) {
        Ok(paths) => paths,
        Err(error) => {
            let diagnostic = no_place(Code::FileUnreadable, format!("`{pattern}` is not a pattern: {}", error.msg));
            problems
                .push(diagnostic.help("`*` stands for part of a name, `**` for any folders, `?` for a character, `[ab]` for one of some"));
            return Vec::new();
        }
    };
    let mut found = Vec::new();
    for path in paths {
        match path {
            // A pattern means files; a folder that fits it is passed over.
            Ok(path) if path.is_dir() => {}
            Ok(path) => found.push(path),
            Err(error) => problems.push(unreadable(error.path(), error.error())),
        }
    }
    found.sort();
    if found.is_empty() {
        problems.push(
            no_place(Code::FileUnreadable, format!("the pattern `{pattern}` matches no file"))
                .help("patterns count from the working directory"),
        );
    }
    found
}

impl Files {
    fn read(&mut self, path: &Path, confines: &[PathBuf], seen: &mut BTreeSet<PathBuf>, problems: &mut Problems) {
        let real = match fs::canonicalize(path) {
            Ok(real) => real,
            Err(error) => return problems.push(unreadable(path, &error)),
        };
        if !seen.insert(real.clone()) {
            return;
        }
        if !confined(&real, confines) {
            return problems.push(outside(path));
        }
        if real.is_dir() {
            let diagnostic = no_place(Code::FileUnreadable, format!("`{}` is a folder", shown(path)));
            return problems.push(diagnostic.help(format!("name the files in it: `{}/*.yaml`", shown(path).trim_end_matches('/'))));
        }
        if !confines.is_empty() && !real.is_file() {
            // A pipe would keep the job waiting for a writer.
            let diagnostic = no_place(Code::FileUnreadable, format!("`{}` is no regular file", shown(path)));
            return problems
                .push(diagnostic.help("in a job, a config is a file: of the repository, or one that a step before has written"));
        }
        match read_limited(&real) {
            Ok(Some(bytes)) => self.add_bytes(shown(path), real, bytes, problems),
            Ok(None) => {
                let message = format!("`{}` is larger than {} MiB", shown(path), MAX_BYTES >> 20);
                problems.push(no_place(Code::FileTooLarge, message).help("is it a config at all? If so, split it into several files"));
            }
            Err(error) => problems.push(unreadable(path, &error)),
        }
    }

    /// Adds a file's content under the path by which it is shown.
    pub(crate) fn add_bytes(&mut self, shown: String, real: PathBuf, bytes: Vec<u8>, problems: &mut Problems) {
        self.paths.push(real);
        if bytes.len() as u64 > MAX_BYTES {
            self.readable.push(false);
            let message = format!("`{shown}` is larger than {} MiB", MAX_BYTES >> 20);
            self.sources.add(Source::new(shown, String::new()));
            return problems.push(no_place(Code::FileTooLarge, message).help("is it a config at all? If so, split it into several files"));
        }
        let utf16 = bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]);
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                let byte = bytes[at];
                // Only the broken line is kept, for the message.
                let end = bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length);
                let end = end.min(at + if utf16 { 2 } else { 200 });
                let text = String::from_utf8_lossy(&bytes[..end]).into_owned();
                let message = format!("not UTF-8: the byte 0x{byte:02x} here is no text");
                let help = if utf16 { "the file is UTF-16: save it as UTF-8" } else { "save the file as UTF-8" };
                return self.broken(shown, text, Span { start: at, end: at + '\u{fffd}'.len_utf8() }, message, help, problems);
            }
        };
        if let Some(at) = text.find('\0') {
            let help = "remove it; a file with many of them is binary or UTF-16, not a config";
            return self.broken(shown, text, Span { start: at, end: at + 1 }, "a NUL byte".into(), help, problems);
        }
        self.readable.push(true);
        self.sources.add(Source::new(shown, text));
    }

    fn broken(&mut self, shown: String, text: String, span: Span, message: String, help: &str, problems: &mut Problems) {
        self.readable.push(false);
        let id = self.sources.add(Source::new(shown, text));
        problems.push(Diagnostic::error(Code::NotText, Origin { source: id, span }, message).help(help));
    }
}

/// The content, or `None` if it is over the limit. Also ends for devices that never do.
fn read_limited(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > MAX_BYTES {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= MAX_BYTES).then_some(bytes))
}

fn confined(real: &Path, confines: &[PathBuf]) -> bool {
    confines.is_empty() || confines.iter().any(|folder| real.starts_with(folder))
}

/// The real folder that a file to be written lies in.
fn parent(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned())
}

fn outside(path: &Path) -> Diagnostic {
    let message = format!("`{}` lies outside the folders that a config may be read from", shown(path));
    no_place(Code::FileOutside, message).help("in a job, keep the config in the checked-out repository or in a folder that the job made under `RUNNER_TEMP`; links count by what they point at")
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    no_place(Code::FileUnreadable, format!("cannot read `{}`: {error}", shown(path)))
}

fn no_place(code: Code, message: impl Into<String>) -> Diagnostic {
    Diagnostic::new(Severity::Error, code, message)
}

/// A path as shown to people, the same on every platform.
fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if cfg!(windows) { text.replace('\\', "/") } else { text.into_owned() }
}
