//! What can only be checked once all files are merged: references between experiences, suites and tags.

use super::load::UnlistedMember;
use super::problems::Problems;
use super::view::brief;
use crate::desired::Desired;
use crate::diagnostics::{Code, Diagnostic};
use crate::ids::{ExperienceName, TagName};
use crate::near::Suggester;
use crate::source::Origin;

/// A suite may list experiences that the config does not define only where those are left alone. They
/// are returned: the plan looks for them in ReSim.
pub(crate) fn check_members(desired: &Desired, no_archive: bool, complete: bool, problems: &mut Problems) -> Vec<UnlistedMember> {
    let mut unlisted = Vec::new();
    let mut suggester = Suggester::default();
    for (suite, wanted) in &desired.suites {
        for (member, origin) in &wanted.experiences {
            match desired.experiences.get(member) {
                Some(experience) if experience.archived => {
                    let message =
                        format!("test suite `{}` lists `{}`, which is to be archived", brief(suite.as_str()), brief(member.as_str()));
                    let diagnostic =
                        Diagnostic::error(Code::ArchivedMember, *origin, message).at(experience.origin, "this entry says `archived: true`");
                    problems.push(diagnostic.help("take it out of the suite, or remove `archived: true`"));
                }
                Some(_) => {}
                None if no_archive => unlisted.push(UnlistedMember { suite: suite.clone(), experience: member.clone(), origin: *origin }),
                None if complete => problems.push(unknown_member(desired, suite.as_str(), member, *origin, &mut suggester)),
                None => {}
            }
        }
    }
    unlisted
}

fn unknown_member(desired: &Desired, suite: &str, member: &ExperienceName, origin: Origin, suggester: &mut Suggester) -> Diagnostic {
    let message = format!("test suite `{}` lists `{}`, which no file defines", brief(suite), brief(member.as_str()));
    let diagnostic = Diagnostic::error(Code::UnknownMember, origin, message);
    match suggester.nearest(member.as_str(), desired.experiences.keys().map(ExperienceName::as_str)) {
        Some(near) => diagnostic.help(format!("did you mean `{}`?", brief(near))),
        None => diagnostic.help("add an entry of that name under `experiences`, or take it out of the suite"),
    }
}

/// A managed tag that no entry lists is removed from every listed experience: seldom meant.
pub(crate) fn check_managed_tags(desired: &Desired, problems: &mut Problems) {
    let used: std::collections::BTreeSet<&TagName> = desired.experiences.values().flat_map(|experience| experience.tags.keys()).collect();
    for (tag, origin) in desired.managed_tags.iter().filter(|(tag, _)| !used.contains(tag)) {
        let message = format!("no experience lists the managed tag `{}`", brief(tag.as_str()));
        problems.push(
            Diagnostic::warning(Code::UnusedManagedTag, *origin, message)
                .help("applying this takes the tag from every listed experience that has it"),
        );
    }
}

/// With an archive tag, what lacks the tag is out of its reach: an entry without it could never be archived.
pub(crate) fn check_archive_tag(desired: &Desired, tag: &TagName, problems: &mut Problems) {
    for (name, experience) in desired.experiences.iter().filter(|(_, experience)| !experience.tags.contains_key(tag)) {
        let message = format!("experience `{}` lacks the archive tag `{}`", brief(name.as_str()), brief(tag.as_str()));
        let help = format!("add `{}` to its `tags`: with `--archive-tag` every entry must list it", brief(tag.as_str()));
        problems.push(Diagnostic::error(Code::ArchiveTagMissing, experience.origin, message).help(help));
    }
}
