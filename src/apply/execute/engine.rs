//! Which step begins when, and how a wish to stop is met.

use std::collections::BTreeSet;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until};

use super::board::{Board, Phase};
use super::{Execution, Run, Stop};
use crate::apply::ledger::{Ended, Ledger};
use crate::apply::report::{Interrupt, Outcome};
use crate::apply::schedule::{ActionId, Request, Schedule, Stage, Step};
use crate::client::ReSim;
use crate::progress::Progress;
use crate::snapshot::Snapshot;

/// How long requests in flight may go on after the wish to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Grace {
    /// After an interrupt from the keyboard.
    pub(crate) long: Duration,
    /// After a termination or a second signal.
    pub(crate) short: Duration,
}

impl Default for Grace {
    fn default() -> Self {
        Self { long: Duration::from_secs(5), short: Duration::from_millis(1500) }
    }
}

impl Grace {
    fn after(self, stop: Stop) -> Duration {
        match stop {
            Stop { signal: Interrupt::Int, hurry: false } => self.long,
            Stop { signal: Interrupt::Int, hurry: true } | Stop { signal: Interrupt::Term, hurry: _ } => self.short,
        }
    }
}

/// Sends everything that the schedule holds, as far as it can be done.
pub(crate) async fn execute(
    resim: &ReSim,
    schedule: &Schedule,
    current: &Snapshot,
    ledger: Option<&Ledger>,
    progress: &dyn Progress,
    stop: watch::Receiver<Option<Stop>>,
    grace: Grace,
) -> Execution {
    let board = Board::new(schedule.actions.len());
    let run = Run { resim, schedule, current, ledger, board, writes: AtomicU64::new(0), tag_members: Mutex::default() };
    progress.begin("applying", Some(schedule.actions.len()));
    let interrupted = drive(&run, progress, stop, grace).await;
    progress.advance(run.board.ended());
    progress.end();
    conclude(run, interrupted).await
}

async fn drive(run: &Run<'_>, progress: &dyn Progress, mut stop: watch::Receiver<Option<Stop>>, grace: Grace) -> Option<Interrupt> {
    let mut queue = Queue::new(run.schedule);
    let mut running = FuturesUnordered::new();
    let mut opened: BTreeSet<usize> = BTreeSet::new();
    let mut interrupted = None;
    let mut until: Option<Instant> = None;
    let mut watching = true;
    loop {
        progress.advance(run.board.ended());
        if let Some(wish) = *stop.borrow_and_update() {
            run.board.stop();
            interrupted.get_or_insert(wish.signal);
            let end = Instant::now() + grace.after(wish);
            until = Some(until.map_or(end, |until| until.min(end)));
        }
        while running.len() < run.resim.parallel() {
            let Some(index) = queue.take(|step| run.board.may_start(step.cycle.is_some_and(|cycle| opened.contains(&cycle)))) else {
                break;
            };
            let step = &run.schedule.steps[index];
            let todo = run.sort_out(step);
            if todo.is_empty() {
                queue.end(index);
                continue;
            }
            if let (Request::Park { .. }, Some(cycle)) = (&step.request, step.cycle) {
                opened.insert(cycle);
            }
            running.push(async move {
                run.send(step, todo).await;
                index
            });
        }
        tokio::select! {
            step = running.next() => match step {
                Some(index) => queue.end(index),
                None => return interrupted,
            },
            changed = stop.changed(), if watching => watching = changed.is_ok(),
            () = sleep_until(until.unwrap_or_else(Instant::now)), if until.is_some() => return interrupted,
        }
    }
}

/// Names the outcome of whatever did not end by itself.
async fn conclude(run: Run<'_>, interrupted: Option<Interrupt>) -> Execution {
    let mut state = run.board.into_state();
    if let Some(ledger) = run.ledger {
        for write in &state.open_writes {
            // The report says the same; a ledger that cannot be written has been told of already.
            let _ = ledger.ended(*write, Ended::Unknown(None)).await;
        }
    }
    let mut outcomes = Vec::with_capacity(state.actions.len());
    for phase in state.actions {
        outcomes.push(match phase {
            Phase::Waiting => Outcome::NotAttempted,
            Phase::Sent(words) => {
                state.written = true;
                Outcome::Unknown(format!("{words}: the run was stopped before its answer came"))
            }
            Phase::Ended(outcome) => outcome,
        });
    }
    state.foreign.sort_by(|(a, x), (b, y)| (a, &x.what).cmp(&(b, &y.what)));
    // A parked experience has two answers that tell the same.
    let mut told = BTreeSet::new();
    let foreign = state.foreign.into_iter().map(|(_, change)| change);
    let meanwhile = foreign.filter(|change| told.insert((change.subject.clone(), change.what.clone()))).collect();
    Execution {
        outcomes,
        created: state.experiences,
        experiences: state.experience_answers,
        suites: state.suite_answers,
        meanwhile,
        written: state.written,
        interrupted,
    }
}

impl Run<'_> {
    /// The step's actions that can be done now; the others end here, for what they need did not.
    fn sort_out(&self, step: &Step) -> Vec<ActionId> {
        let mut todo = Vec::new();
        for action in step.actions.clone().map(ActionId) {
            match self.obstacle(action) {
                None => todo.push(action),
                Some(outcome) => self.board.end(action, outcome),
            }
        }
        todo
    }

    fn obstacle(&self, action: ActionId) -> Option<Outcome> {
        let mut obstacle = None;
        for need in &self.schedule.actions[action.0].needs {
            match self.board.outcome(*need) {
                Some(Outcome::Done) => {}
                Some(Outcome::Failed(_) | Outcome::Unknown(_)) => {
                    return Some(Outcome::Blocked { by: self.schedule.actions[need.0].describe() });
                }
                Some(Outcome::Blocked { by }) => return Some(Outcome::Blocked { by }),
                Some(Outcome::NotAttempted) | None => obstacle = Some(Outcome::NotAttempted),
            }
        }
        obstacle
    }
}

/// The steps that may begin: their stage has come, and whatever they need has ended.
struct Queue<'a> {
    schedule: &'a Schedule,
    /// For each step, how many others it still waits for.
    waits: Vec<usize>,
    /// For each step, who waits for it.
    dependents: Vec<Vec<usize>>,
    ready: BTreeSet<usize>,
    /// The steps of the present stage that have not ended.
    unfinished: usize,
    stages: std::iter::Peekable<std::array::IntoIter<Stage, 4>>,
    stage: Option<Stage>,
}

impl<'a> Queue<'a> {
    fn new(schedule: &'a Schedule) -> Self {
        let mut step_of = vec![0; schedule.actions.len()];
        for (index, step) in schedule.steps.iter().enumerate() {
            step.actions.clone().for_each(|action| step_of[action] = index);
        }
        let mut waits = Vec::with_capacity(schedule.steps.len());
        let mut dependents = vec![Vec::new(); schedule.steps.len()];
        for (index, step) in schedule.steps.iter().enumerate() {
            let needs = schedule.actions[step.actions.clone()].iter().flat_map(|action| &action.needs);
            let needed: BTreeSet<usize> = needs.map(|need| step_of[need.0]).filter(|needed| *needed != index).collect();
            waits.push(needed.len());
            needed.into_iter().for_each(|needed| dependents[needed].push(index));
        }
        let stages = Stage::ALL.into_iter().peekable();
        let mut queue = Self { schedule, waits, dependents, ready: BTreeSet::new(), unfinished: 0, stages, stage: None };
        queue.next_stage();
        queue
    }

    /// Goes on to the next stage that has steps.
    fn next_stage(&mut self) {
        while self.unfinished == 0 {
            let Some(stage) = self.stages.next() else { return };
            self.stage = Some(stage);
            for (index, _) in self.schedule.steps.iter().enumerate().filter(|(_, step)| step.stage == stage) {
                self.unfinished += 1;
                if self.waits[index] == 0 {
                    self.ready.insert(index);
                }
            }
        }
    }

    /// The first step that may begin.
    fn take(&mut self, allowed: impl Fn(&Step) -> bool) -> Option<usize> {
        let index = self.ready.iter().copied().find(|index| allowed(&self.schedule.steps[*index]))?;
        self.ready.remove(&index);
        Some(index)
    }

    /// A step has ended, however it did.
    fn end(&mut self, index: usize) {
        self.unfinished = self.unfinished.saturating_sub(1);
        for dependent in std::mem::take(&mut self.dependents[index]) {
            self.waits[dependent] = self.waits[dependent].saturating_sub(1);
            if self.waits[dependent] == 0 && Some(self.schedule.steps[dependent].stage) == self.stage {
                self.ready.insert(dependent);
            }
        }
        self.next_stage();
    }
}
