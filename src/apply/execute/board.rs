//! What is known at any moment: how far each action is, and what answers told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::apply::report::{ForeignChange, Outcome};
use crate::apply::schedule::ActionId;
use crate::ids::{ExperienceId, ExperienceName, SuiteName, TagId, TagName};
use crate::snapshot::{CurrentExperience, CurrentSuite};

/// How far an action is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Waiting,
    /// In a request that has no answer yet; its words.
    Sent(String),
    Ended(Outcome),
}

/// Shared by all steps; locked only for moments.
#[derive(Debug, Default)]
pub(super) struct Board {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) actions: Vec<Phase>,
    pub(super) ended: usize,
    pub(super) experiences: BTreeMap<ExperienceName, ExperienceId>,
    pub(super) tags: BTreeMap<TagName, TagId>,
    pub(super) experience_answers: BTreeMap<ExperienceId, CurrentExperience>,
    pub(super) suite_answers: BTreeMap<SuiteName, CurrentSuite>,
    pub(super) foreign: Vec<(ActionId, ForeignChange)>,
    /// Writes that are in the ledger without their end.
    pub(super) open_writes: BTreeSet<u64>,
    pub(super) written: bool,
    pub(super) stopping: bool,
    pub(super) halted: bool,
}

impl Board {
    pub(super) fn new(actions: usize) -> Self {
        Self { state: Mutex::new(State { actions: vec![Phase::Waiting; actions], ..State::default() }) }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn into_state(self) -> State {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing new is to be sent, but for the rest of what must not be left half done.
    pub(super) fn stop(&self) {
        self.lock().stopping = true;
    }

    /// Nothing new is to be sent at all: it could not succeed.
    pub(super) fn halt(&self) {
        let mut state = self.lock();
        state.stopping = true;
        state.halted = true;
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.lock().stopping
    }

    /// Whether a step may begin; `must_end` if it belongs to something that was opened.
    pub(super) fn may_start(&self, must_end: bool) -> bool {
        let state = self.lock();
        !state.halted && (must_end || !state.stopping)
    }

    /// How many actions have ended.
    pub(super) fn ended(&self) -> usize {
        self.lock().ended
    }

    /// The actions are in a request that is about to be sent.
    pub(super) fn sent(&self, actions: &[ActionId], words: &str) {
        self.set(actions, &Phase::Sent(words.to_owned()));
    }

    /// The actions are in no request any more and have not ended either.
    pub(super) fn wait(&self, actions: &[ActionId]) {
        self.set(actions, &Phase::Waiting);
    }

    fn set(&self, actions: &[ActionId], phase: &Phase) {
        let mut state = self.lock();
        for action in actions {
            state.actions[action.0] = phase.clone();
        }
    }

    /// Something was written, or may have been.
    pub(super) fn wrote(&self) {
        self.lock().written = true;
    }

    pub(super) fn end(&self, action: ActionId, outcome: Outcome) {
        let mut state = self.lock();
        if !matches!(state.actions[action.0], Phase::Ended(_)) {
            state.ended += 1;
        }
        state.actions[action.0] = Phase::Ended(outcome);
    }

    /// The outcome, if there is one by now.
    pub(super) fn outcome(&self, action: ActionId) -> Option<Outcome> {
        match &self.lock().actions[action.0] {
            Phase::Ended(outcome) => Some(outcome.clone()),
            Phase::Waiting | Phase::Sent(_) => None,
        }
    }
}
