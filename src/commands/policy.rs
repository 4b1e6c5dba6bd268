//! From options to how a plan is to be made.

use crate::cli::{GuardArgs, ScopeArgs, ShowValuesChoice};
use crate::failure::Failure;
use crate::ids::TagName;
use crate::plan::{Policy, Unlisted};
use crate::state_file::Secrets;

/// What happens to unlisted experiences.
///
/// # Errors
/// Both ways of leaving some alone: options are checked by their parser, but variables can meet them.
pub(super) fn unlisted(scope: &ScopeArgs) -> Result<Unlisted, Failure> {
    match (scope.no_archive, &scope.archive_tag) {
        (true, Some(_)) => Err(Failure::usage("--no-archive and --archive-tag exclude each other")
            .hint("one of them may come from a variable: RESIM_SYNC_NO_ARCHIVE, RESIM_NO_ARCHIVE or RESIM_SYNC_ARCHIVE_TAG")),
        (true, None) => Ok(Unlisted::Keep),
        (false, Some(tag)) => Ok(Unlisted::ArchiveTagged(TagName::new(tag.as_str()))),
        (false, None) => Ok(Unlisted::Archive),
    }
}

/// A policy whose guard is the options'.
pub(super) fn guarded(scope: &ScopeArgs, guard: &GuardArgs, create_missing: bool) -> Result<Policy, Failure> {
    let GuardArgs { max_archive, force } = *guard;
    Ok(Policy { unlisted: unlisted(scope)?, max_archive, force, permitted_archives: None, create_missing })
}

/// A policy without a guard, for plans that nobody applies.
pub(super) fn unguarded(scope: &ScopeArgs, create_missing: bool) -> Result<Policy, Failure> {
    Ok(Policy { unlisted: unlisted(scope)?, force: true, create_missing, ..Policy::default() })
}

/// Whether a file that is written holds secrets.
pub(super) fn secrets(show: ShowValuesChoice) -> Secrets {
    match show {
        ShowValuesChoice::All => Secrets::Kept,
        ShowValuesChoice::Safe | ShowValuesChoice::None => Secrets::Hidden,
    }
}
