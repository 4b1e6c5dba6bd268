//! The lists that are being read, each by a task of its own; some are begun before it is sure that they are wanted.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::{AbortHandle, Id, JoinSet};

use super::check::Part;
use super::load::{Experiences, Loaded};
use super::members::SearchProbes;
use super::{ApiError, ReSim};

/// Lists to read; for members, with how many there may be.
pub(super) type Wanted = BTreeMap<Part, usize>;

/// The lists that are being read. All end when this is dropped.
pub(super) struct Tasks {
    resim: ReSim,
    probes: Arc<SearchProbes>,
    running: JoinSet<(Part, Result<Loaded, ApiError>)>,
    /// All that were ever begun and not given up.
    begun: BTreeMap<Part, Begun>,
    guesses: BTreeMap<Part, Guess>,
    tell: UnboundedSender<Experiences>,
    told: UnboundedReceiver<Experiences>,
}

/// A list that was begun.
struct Begun {
    /// How much there may be.
    expected: usize,
    /// The last task that reads it; of another one nobody wants to hear. None where no request is needed.
    task: Option<Id>,
}

/// A list that was begun before it was sure that it is wanted.
struct Guess {
    stop: AbortHandle,
    /// Why it could not be read, which matters only if it is wanted.
    failure: Option<ApiError>,
}

impl Tasks {
    pub(super) fn new(resim: &ReSim) -> Self {
        let (tell, told) = mpsc::unbounded_channel();
        Self {
            resim: resim.clone(),
            probes: Arc::default(),
            running: JoinSet::new(),
            begun: BTreeMap::new(),
            guesses: BTreeMap::new(),
            tell,
            told,
        }
    }

    /// Begins to read a list.
    pub(super) fn begin(&mut self, part: Part, expected: usize) {
        self.start(part, expected);
    }

    /// Begins to read a list that may turn out not to be wanted.
    pub(super) fn guess(&mut self, part: Part, expected: usize) {
        let stop = self.start(part, expected);
        self.guesses.insert(part, Guess { stop, failure: None });
    }

    /// Reads a list once more.
    pub(super) fn repeat(&mut self, part: Part) {
        let expected = self.begun.get(&part).map_or(0, |begun| begun.expected);
        self.start(part, expected);
    }

    /// A list that needs no request.
    pub(super) fn skip(&mut self, part: Part) {
        self.begun.insert(part, Begun { expected: 0, task: None });
    }

    pub(super) fn has_begun(&self, part: Part) -> bool {
        self.begun.contains_key(&part)
    }

    fn start(&mut self, part: Part, expected: usize) -> AbortHandle {
        let (resim, probes, tell) = (self.resim.clone(), Arc::clone(&self.probes), self.tell.clone());
        let stop = self.running.spawn(async move { (part, resim.load(part, expected, &probes, tell).await) });
        self.begun.insert(part, Begun { expected, task: Some(stop.id()) });
        stop
    }

    /// Whether a task was not given up, be it just after it had ended.
    fn is_awaited(&self, task: Id) -> bool {
        self.begun.values().any(|begun| begun.task == Some(task))
    }

    /// What is wanted is sure: guesses that are not among it are given up, whatever became of them, and told; the
    /// others are guesses no more.
    ///
    /// # Errors
    /// One that is wanted could not be read.
    pub(super) fn settle(&mut self, wanted: &Wanted) -> Result<BTreeSet<Part>, ApiError> {
        let mut given_up = BTreeSet::new();
        for (part, Guess { stop, failure }) in std::mem::take(&mut self.guesses) {
            if !wanted.contains_key(&part) {
                stop.abort();
                self.begun.remove(&part);
                given_up.insert(part);
            } else if let Some(failure) = failure {
                return Err(failure);
            }
        }
        Ok(given_up)
    }

    /// What has been read next, or nothing once all is.
    ///
    /// # Errors
    /// A list that is surely wanted could not be read.
    pub(super) async fn next(&mut self) -> Result<Option<(Part, Loaded)>, ApiError> {
        loop {
            let ended = tokio::select! {
                Some(first) = self.told.recv() => return Ok(Some((Part::Live, Loaded::FirstExperiences(first)))),
                ended = self.running.join_next_with_id() => ended,
            };
            match ended {
                None => return Ok(None),
                Some(Ok((task, _))) if !self.is_awaited(task) => {}
                Some(Ok((_, (part, Ok(loaded))))) => return Ok(Some((part, loaded))),
                Some(Ok((_, (part, Err(failed))))) => match self.guesses.get_mut(&part) {
                    Some(guess) => guess.failure = Some(failed),
                    None => return Err(failed),
                },
                Some(Err(failed)) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
                Some(Err(failed)) if !self.is_awaited(failed.id()) => {}
                // The whole run is ending: whoever waits for this ends with it.
                Some(Err(_)) => std::future::pending().await,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::super::members::Group;
    use super::super::tests::{Reply, open, project_server};
    use super::*;
    use crate::ids::TagId;

    const MEMBERS: Part = Part::Members(Group::Tag(TagId(Uuid::nil())), false);

    #[tokio::test]
    async fn nothing_is_heard_of_what_was_given_up_after_it_had_ended() {
        for status in [200, 403] {
            let server = project_server(move |_, _| Reply::Json(status, json!({"experiences": [], "total": 0}))).await;
            let mut tasks = Tasks::new(&open(&server).await);
            tasks.guess(MEMBERS, 1);
            while !tasks.guesses[&MEMBERS].stop.is_finished() {
                tokio::task::yield_now().await;
            }
            assert_eq!(tasks.settle(&Wanted::new()).unwrap(), BTreeSet::from([MEMBERS]));
            assert!(tasks.next().await.unwrap().is_none());
        }
    }
}
