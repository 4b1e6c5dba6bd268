//! Which destructive changes a reviewer has seen: the plan against the record in the comment. Pure.

use std::collections::BTreeSet;

use crate::plan::DestructiveChange;

/// The destructive changes of a plan, sorted by whether the review showed them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// Seen by the reviewers.
    pub reviewed: Vec<DestructiveChange>,
    /// New since then.
    pub new: Vec<DestructiveChange>,
}

/// Sorts changes, in their order, by the fingerprints that the comment's marker recorded; without a
/// readable record all are new.
pub fn sort_by_review(changes: &[DestructiveChange], recorded: Option<&BTreeSet<[u8; 6]>>) -> Review {
    let seen = |change: &&DestructiveChange| recorded.is_some_and(|recorded| recorded.contains(&change.fingerprint));
    let (reviewed, new) = changes.iter().partition::<Vec<_>, _>(seen);
    Review { reviewed: reviewed.into_iter().cloned().collect(), new: new.into_iter().cloned().collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::ExperienceName;
    use crate::plan::DestructiveKind;

    fn archive(number: u8) -> DestructiveChange {
        DestructiveChange { kind: DestructiveKind::Archive(ExperienceName::new(format!("e{number}"))), fingerprint: [number; 6] }
    }

    #[test]
    fn change_is_reviewed_by_its_fingerprint_alone() {
        let recorded = BTreeSet::from([[1; 6], [9; 6]]);
        let review = sort_by_review(&[archive(1), archive(2)], Some(&recorded));
        assert_eq!(review, Review { reviewed: vec![archive(1)], new: vec![archive(2)] });
    }

    #[test]
    fn without_a_record_all_changes_are_new() {
        let review = sort_by_review(&[archive(1), archive(2)], None);
        assert_eq!(review, Review { reviewed: Vec::new(), new: vec![archive(1), archive(2)] });
    }
}
