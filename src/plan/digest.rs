//! A plan's effects in canonical form, hashed: equal for equal effects, whatever the server's order of
//! lists, the files, the flags and the program's version.

use super::Plan;

/// The plan's digest, in lower-case hexadecimal: SHA-256 over the RFC 8785 JSON of its changes.
pub fn digest(plan: &Plan) -> String {
    let _ = plan;
    todo!()
}

/// One change that takes something away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DestructiveChange {
    /// What it is, as data for messages.
    pub kind: DestructiveKind,
    /// The first 6 bytes of the SHA-256 of the change, as it enters the digest.
    pub fingerprint: [u8; 6],
}

/// What a destructive change takes away.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DestructiveKind {
    /// An experience is archived.
    Archive(crate::ids::ExperienceName),
    /// A tag is taken off an experience.
    TagRemoval(crate::ids::TagName, crate::ids::ExperienceName),
    /// An experience that stays live is taken out of a suite.
    SuiteRemoval(crate::ids::SuiteName, crate::ids::ExperienceName),
}

/// All destructive changes of a plan, sorted.
pub fn destructive_changes(plan: &Plan) -> Vec<DestructiveChange> {
    let _ = plan;
    todo!()
}
