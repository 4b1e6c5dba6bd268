//! One step's request on its way: IDs filled in, the ledger told, the outcome named.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::io;
use std::sync::atomic::Ordering;

use super::Run;
use super::bulk::Pair;
use crate::apply::ledger::{Ended, Named, Sent};
use crate::apply::report::{Outcome, Subject, Write};
use crate::apply::schedule::{ActionId, Request, Step, TagRef};
use crate::client::{ApiError, ApiErrorKind, NewExperience, NewSuite};
use crate::ids::{ExperienceId, TagId};
use crate::plan::ExperienceRef;

/// A writing request as report and ledger speak of it.
pub(super) struct Letter<'a> {
    pub(super) actions: &'a [ActionId],
    /// Method and path.
    pub(super) words: &'a str,
    pub(super) sent: Sent,
}

/// Why a write did not end well.
pub(super) enum Trouble {
    Api(ApiError),
    Ledger(io::Error),
}

/// What stands for something whose ID should be known by now.
const NO_ID: &str = "the ID of something that it needs is not known";

impl Run<'_> {
    /// Carries out a step for the given ones of its actions.
    pub(super) async fn send(&self, step: &Step, todo: Vec<ActionId>) {
        let first = todo[0];
        let outcome = match &step.request {
            Request::CreateTag(name) => self.create_tag(first, name).await,
            Request::Restore(id) => self.restore(first, *id).await,
            Request::Park { id, parking } => self.park(first, *id, parking).await,
            Request::Update { id, fields } => self.update(first, *id, fields).await,
            Request::Create { name, settings, tags, systems } => match self.tag_ids(tags) {
                Some(tags) => {
                    let new = NewExperience { name: name.clone(), settings: settings.clone(), tags, systems: systems.clone() };
                    self.create(first, &new).await
                }
                None => Outcome::Failed(NO_ID.to_owned()),
            },
            Request::RemoveTag { tag, experience } => self.remove_tag(first, *tag, *experience).await,
            Request::RestoreSuite(id) => self.restore_suite(first, *id).await,
            Request::CreateSuite { name, description, system, members } => match self.experience_ids(members) {
                Some(experiences) => {
                    let new = NewSuite { name: name.clone(), description: description.clone(), system: *system, experiences };
                    self.create_suite(first, &new).await
                }
                None => Outcome::Failed(NO_ID.to_owned()),
            },
            Request::ReviseSuite { id, revision, members } => match self.experience_ids(members) {
                Some(members) => self.revise_suite(first, *id, *revision, &members).await,
                None => Outcome::Failed(NO_ID.to_owned()),
            },
            Request::AddTags(pairs) => return self.add_tags(self.pick(step, &todo, pairs, |tag| self.tag_id(tag))).await,
            Request::Register(pairs) => return self.register(self.pick(step, &todo, pairs, |system| Some(*system))).await,
            Request::Archive(ids) => {
                let pairs: Vec<((), ExperienceId)> = ids.iter().map(|id| ((), *id)).collect();
                return self.archive(self.pick(step, &todo, &pairs, |()| Some(()))).await;
            }
        };
        self.board.end(first, outcome);
    }

    /// The pairs of those actions that are to be done.
    fn pick<A, B>(&self, step: &Step, todo: &[ActionId], pairs: &[(A, ExperienceId)], resolve: impl Fn(&A) -> Option<B>) -> Vec<Pair<B>> {
        let mut picked = Vec::new();
        for action in todo {
            let Some((thing, experience)) = pairs.get(action.0 - step.actions.start) else { continue };
            match resolve(thing) {
                Some(thing) => picked.push(Pair { action: *action, thing, experience: *experience }),
                None => self.board.end(*action, Outcome::Failed(NO_ID.to_owned())),
            }
        }
        picked
    }

    /// Sends one request, with the ledger told before and after.
    pub(super) async fn write<T>(&self, letter: &Letter<'_>, request: impl Future<Output = Result<T, ApiError>>) -> Result<T, Trouble> {
        let number = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        if let Some(ledger) = self.ledger {
            ledger.sent(number, &letter.sent).await.map_err(Trouble::Ledger)?;
            self.board.lock().open_writes.insert(number);
        }
        self.board.sent(letter.actions, letter.words);
        let result = request.await;
        if result.as_ref().map_or_else(ApiError::may_have_happened, |_| true) {
            self.board.wrote();
        }
        if let Some(ledger) = self.ledger {
            let ended = match &result {
                Ok(_) => Ended::Done,
                Err(error) if error.may_have_happened() => Ended::Unknown(error.status()),
                Err(error) => Ended::Failed(error.status()),
            };
            // What was sent cannot be taken back; a ledger that fails now stops the next write instead.
            let _ = ledger.ended(number, ended).await;
            self.board.lock().open_writes.remove(&number);
        }
        result.map_err(Trouble::Api)
    }

    /// The outcome of a write that did not end well, as far as its own answer tells.
    pub(super) fn outcome(&self, trouble: Trouble) -> Outcome {
        match trouble {
            Trouble::Ledger(error) => {
                self.board.halt();
                Outcome::Failed(format!("not sent, because the ledger cannot be written: {error}"))
            }
            Trouble::Api(error) => match &error.kind {
                ApiErrorKind::NoAnswer(_) | ApiErrorKind::Malformed(_) => Outcome::Unknown(error.to_string()),
                // Whatever comes next would fail for the same reason.
                ApiErrorKind::Unauthorized(_) | ApiErrorKind::Deadline(_) => {
                    self.board.halt();
                    Outcome::Failed(error.to_string())
                }
                ApiErrorKind::Status { .. } | ApiErrorKind::Connect(_) | ApiErrorKind::StateMoved(_) => Outcome::Failed(error.to_string()),
            },
        }
    }

    fn tag_id(&self, tag: &TagRef) -> Option<TagId> {
        match tag {
            TagRef::Existing(id) => Some(*id),
            TagRef::New(name) => self.board.lock().tags.get(name).copied(),
        }
    }

    fn tag_ids(&self, tags: &[TagRef]) -> Option<Vec<TagId>> {
        tags.iter().map(|tag| self.tag_id(tag)).collect()
    }

    fn experience_ids(&self, members: &[ExperienceRef]) -> Option<BTreeSet<ExperienceId>> {
        let state = self.board.lock();
        members
            .iter()
            .map(|member| match member {
                ExperienceRef::Existing { id, name: _ } => Some(*id),
                ExperienceRef::New { name } => state.experiences.get(name).copied(),
            })
            .collect()
    }

    /// The name of what an action is about.
    pub(super) fn subject_name(&self, action: ActionId) -> String {
        match &self.schedule.actions[action.0].subject {
            Subject::Experience(name, _) => name.to_string(),
            Subject::Tag(name) => name.to_string(),
            Subject::System(name) => name.to_string(),
            Subject::Suite(name) => name.to_string(),
        }
    }

    /// The experiences of pairs, for the ledger.
    pub(super) fn named_experiences<T>(&self, pairs: &[Pair<T>]) -> Vec<Named> {
        named(pairs.iter().map(|pair| {
            let action = &self.schedule.actions[pair.action.0];
            let name = match &action.write {
                Write::AddTag(name) | Write::RemoveTag(name) | Write::Register(name) => name.to_string(),
                Write::Restore
                | Write::Park { .. }
                | Write::Update { .. }
                | Write::Create { .. }
                | Write::Archive
                | Write::CreateTag
                | Write::CreateSuite { .. }
                | Write::RestoreSuite
                | Write::ReviseSuite { .. } => self.subject_name(pair.action),
            };
            (pair.experience.to_string(), name)
        }))
    }
}

/// Things by ID, each once, for the ledger.
pub(super) fn named(things: impl Iterator<Item = (String, String)>) -> Vec<Named> {
    let by_id: BTreeMap<String, String> = things.collect();
    by_id.into_iter().map(|(id, name)| Named { id: Some(id), name: Some(name) }).collect()
}
