//! What may happen, and how often.

use proptest::prelude::*;

use super::config::{Edit, NAMES};

/// One thing that happens.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The author changes the file.
    Edit(Edit),
    /// An apply that nobody disturbs.
    Apply,
    /// An apply of which a write goes wrong once.
    Disturbed(usize, Disturbance),
    /// An apply that is killed at a write, before its effect or after it.
    Killed(usize, bool),
    /// Somebody else changes ReSim.
    Outside(Outside),
}

/// What goes wrong.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Disturbance {
    /// The server is busy: nothing was done.
    Busy,
    /// It fails before the effect, or after it.
    Fails(bool),
    /// The connection ends before the effect, or after it.
    Cut(bool),
    /// It is refused for good.
    Refused,
}

impl Disturbance {
    /// As the embedded API is told.
    pub(crate) fn fault(self) -> &'static str {
        match self {
            Self::Busy => "429:0",
            Self::Fails(false) => "500",
            Self::Fails(true) => "500:after",
            Self::Cut(false) => "cut-before",
            Self::Cut(true) => "cut-after",
            Self::Refused => "422",
        }
    }
}

/// What somebody else does. Numbers choose among names; what cannot be done is left out.
#[derive(Clone, Debug)]
pub(crate) enum Outside {
    Create(usize),
    Rename(usize, usize),
    Describe(usize, u8),
    Archive(usize),
    Restore(usize),
    Untag(usize),
    Empty,
}

/// Any step.
pub(crate) fn step() -> impl Strategy<Value = Step> {
    let name = || 0..NAMES.len();
    let edit = prop_oneof![
        3 => name().prop_map(Edit::Add),
        1 => name().prop_map(Edit::Drop),
        2 => (name(), name()).prop_map(|(entry, name)| Edit::Rename(entry, name)),
        2 => (name(), name()).prop_map(|(one, other)| Edit::Swap(one, other)),
        2 => (name(), 0..4_u8).prop_map(|(entry, text)| Edit::Describe(entry, text)),
        3 => (name(), any::<bool>()).prop_map(|(entry, managed)| Edit::Tag(entry, managed)),
        1 => name().prop_map(Edit::Archive),
        3 => name().prop_map(Edit::Member),
    ];
    let disturbance = prop_oneof![
        Just(Disturbance::Busy),
        any::<bool>().prop_map(Disturbance::Fails),
        any::<bool>().prop_map(Disturbance::Cut),
        Just(Disturbance::Refused),
    ];
    let outside = prop_oneof![
        name().prop_map(Outside::Create),
        (name(), name()).prop_map(|(one, name)| Outside::Rename(one, name)),
        (name(), 0..4_u8).prop_map(|(one, text)| Outside::Describe(one, text)),
        name().prop_map(Outside::Archive),
        name().prop_map(Outside::Restore),
        name().prop_map(Outside::Untag),
        Just(Outside::Empty),
    ];
    prop_oneof![
        8 => edit.prop_map(Step::Edit),
        2 => Just(Step::Apply),
        2 => (1..5_usize, disturbance).prop_map(|(write, what)| Step::Disturbed(write, what)),
        2 => (1..5_usize, any::<bool>()).prop_map(|(write, after)| Step::Killed(write, after)),
        3 => outside.prop_map(Step::Outside),
    ]
}
