//! Carries out a schedule: each step as soon as what it needs is done, several at a time.
//!
//! In: a [`Schedule`], the open project, the state that the plan was made from, the wish to stop. Out: an
//! [`Execution`], the outcome of every action and what answers told. It decides nothing about experiences:
//! what is sent stands in the schedule, and whatever it must look at is a request of unknown or refused
//! outcome.

mod board;
mod bulk;
mod engine;
mod once;
mod send;
mod single;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicU64;

use tokio::sync::Mutex;

use super::Stop;
use super::ledger::Ledger;
use super::report::{ForeignChange, Interrupt, Outcome};
use super::schedule::Schedule;
use crate::client::ReSim;
use crate::ids::{ExperienceId, ExperienceName, SuiteName, TagId};
use crate::snapshot::{CurrentExperience, CurrentSuite, Snapshot};
use board::Board;

pub(crate) use engine::{Grace, execute};

/// What came of a schedule.
#[derive(Debug, Default)]
pub(crate) struct Execution {
    /// One for each action.
    pub(crate) outcomes: Vec<Outcome>,
    /// The IDs of created experiences.
    pub(crate) created: BTreeMap<ExperienceName, ExperienceId>,
    /// The last answer about each experience that was created or updated.
    pub(crate) experiences: BTreeMap<ExperienceId, CurrentExperience>,
    /// The last answer about each suite that was created or revised.
    pub(crate) suites: BTreeMap<SuiteName, CurrentSuite>,
    /// What answers told of others, in the order of the schedule.
    pub(crate) meanwhile: Vec<ForeignChange>,
    /// Whether anything was written, or may have been.
    pub(crate) written: bool,
    pub(crate) interrupted: Option<Interrupt>,
}

/// What all steps of one execution share.
pub(crate) struct Run<'a> {
    resim: &'a ReSim,
    schedule: &'a Schedule,
    current: &'a Snapshot,
    ledger: Option<&'a Ledger>,
    board: Board,
    writes: AtomicU64,
    /// Members of tags as read after a refused removal.
    tag_members: Mutex<BTreeMap<TagId, BTreeSet<ExperienceId>>>,
}
