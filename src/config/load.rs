//! From paths or texts to [`Loaded`]: all files, what they mean together, and all that is wrong.

use std::path::PathBuf;

use super::document::{self, Parts};
use super::files::{self, Files};
use super::problems::Problems;
use super::yaml::Document;
use super::{merge, validate};
use crate::desired::Desired;
use crate::diagnostics::{Code, Diagnostic, Diagnostics, Severity};
use crate::ids::{ExperienceName, SuiteName, TagName};
use crate::source::{Origin, Sources, Span};

/// Which files to load, and how to judge them.
#[derive(Clone, Debug, Default)]
pub struct LoadOptions {
    /// Paths and glob patterns, in order.
    pub patterns: Vec<String>,
    /// Folders in which every file must lie, symbolic links resolved; empty: anywhere.
    pub confine_to: Vec<PathBuf>,
    /// Experiences that the config does not list are left alone, so a suite may name them.
    pub no_archive: bool,
    /// Every entry must list this tag.
    pub archive_tag: Option<TagName>,
    /// The one plain path may be missing, because the caller is going to write it.
    pub allow_missing: bool,
}

/// A suite member that no file defines, where that is allowed: the plan looks for it in ReSim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnlistedMember {
    /// The suite that lists it.
    pub suite: SuiteName,
    /// The experience's name.
    pub experience: ExperienceName,
    /// Where it is listed.
    pub origin: Origin,
}

/// The outcome of loading.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// All files that could be read, in order.
    pub sources: Sources,
    /// The trees of those files that are YAML, in order.
    pub documents: Vec<Document>,
    /// For each source, the file to write to, symbolic links resolved.
    pub files: Vec<PathBuf>,
    /// For each source, whether its text is the whole file: of one that is no text, only the beginning is kept.
    pub whole: Vec<bool>,
    /// The one plain path, where it was allowed to be missing and is.
    pub missing: Option<PathBuf>,
    /// What the files want; `None` if there is any error.
    pub desired: Option<Desired>,
    /// Suite members that were left for the plan to check.
    pub unlisted_members: Vec<UnlistedMember>,
    /// All errors and warnings.
    pub diagnostics: Diagnostics,
}

/// Reads, merges and checks all files that the options name.
pub fn load(options: &LoadOptions) -> Loaded {
    let mut problems = Problems::default();
    let files = files::read(options, &mut problems);
    interpret(files, options, problems)
}

/// Merges and checks texts under the paths by which they are shown; of the options, only how to judge
/// them matters. No file is read.
pub fn load_texts(texts: Vec<(String, String)>, options: &LoadOptions) -> Loaded {
    load_bytes(texts.into_iter().map(|(path, text)| (path, text.into_bytes())), options)
}

/// The same for contents that may be no text.
pub(crate) fn load_bytes(contents: impl IntoIterator<Item = (String, Vec<u8>)>, options: &LoadOptions) -> Loaded {
    let mut problems = Problems::default();
    let mut files = Files::default();
    for (path, bytes) in contents {
        files.add_bytes(path.clone(), PathBuf::from(path), bytes, &mut problems);
    }
    interpret(files, options, problems)
}

fn interpret(files: Files, options: &LoadOptions, mut problems: Problems) -> Loaded {
    let Files { sources, paths, missing, readable } = files;
    let mut documents = Vec::new();
    let mut parts = Vec::new();
    for (id, source) in sources.iter().filter(|(id, _)| readable[id.0]) {
        match Document::parse(id, source) {
            Ok(document) => {
                parts.push(document::read(&document, &mut problems));
                documents.push(document);
            }
            Err(diagnostic) => problems.push(*diagnostic),
        }
    }
    // A file that could not be read may define what seems to be missing.
    let all_read = documents.len() == paths.len() && !problems.is_full() && !(paths.is_empty() && problems.has_errors());
    let defined = parts.iter().any(|parts| parts.has_experiences);
    let complete = all_read && defined && parts.iter().all(|parts| parts.complete);
    if all_read && missing.is_none() && !defined {
        problems.push(no_experiences(&sources, &parts));
    }
    let desired = merge::merge(parts, &mut problems);
    let unlisted_members = validate::check_members(&desired, options.no_archive, complete, &mut problems);
    if complete {
        validate::check_managed_tags(&desired, &mut problems);
    }
    if let Some(tag) = &options.archive_tag {
        validate::check_archive_tag(&desired, tag, &mut problems);
    }
    let desired = (!problems.has_errors()).then_some(desired);
    Loaded {
        sources,
        documents,
        files: paths,
        whole: readable,
        missing,
        desired,
        unlisted_members,
        diagnostics: problems.into_diagnostics(),
    }
}

fn no_experiences(sources: &Sources, parts: &[Parts]) -> Diagnostic {
    let message = match parts {
        [one] if one.experiences_is_null => "the key `experiences` has no value, and so counts as absent",
        [_] => "the config has no key `experiences`",
        _ => "no file has the key `experiences`",
    };
    let mut diagnostic = Diagnostic::new(Severity::Error, Code::NoExperiences, message);
    if let Some((id, _)) = sources.iter().next() {
        let start = Origin { source: id, span: Span { start: 0, end: 0 } };
        diagnostic = diagnostic.at(parts.first().and_then(|parts| parts.start).unwrap_or(start), "");
    }
    diagnostic.help("list the experiences under `experiences:`; for none at all, write `experiences: []`")
}

#[cfg(test)]
mod tests;
