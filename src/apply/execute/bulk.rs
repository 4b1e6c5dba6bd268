//! Requests about many pairs at once. One that is refused is taken apart until the guilty pair is alone.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::Run;
use super::send::{Letter, Trouble};
use crate::apply::ledger::Sent;
use crate::apply::report::Outcome;
use crate::apply::schedule::ActionId;
use crate::client::ApiError;
use crate::ids::{ExperienceId, SystemId, TagId};

/// One effect of a bulk request: the thing put on the experience.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<T> {
    pub(super) action: ActionId,
    pub(super) thing: T,
    pub(super) experience: ExperienceId,
}

/// Whether a request was refused for what it says, so that a part of it may be accepted.
pub(super) fn is_refusal(error: &ApiError) -> bool {
    matches!(error.status(), Some(400 | 404 | 409))
}

/// One kind of bulk request.
trait Bulk<T> {
    /// What it is called in the ledger.
    fn sent(&self, run: &Run<'_>, pairs: &[Pair<T>]) -> Sent;
    /// Method and path, for people.
    const WORDS: &'static str;
    /// Sends it: every thing on every experience.
    async fn send(&self, run: &Run<'_>, things: &[T], experiences: &[ExperienceId]) -> Result<(), ApiError>;
    /// Those of the pairs that are so already.
    async fn already(&self, run: &Run<'_>, pairs: &[Pair<T>]) -> Result<BTreeSet<ActionId>, ApiError>;
}

struct Tagging;
struct Registering;
struct Archiving;

impl Bulk<TagId> for Tagging {
    const WORDS: &'static str = "POST …/experienceTags/addExperiences";

    fn sent(&self, run: &Run<'_>, pairs: &[Pair<TagId>]) -> Sent {
        let tags = pairs.iter().map(|pair| (pair.thing.to_string(), run.subject_name(pair.action)));
        Sent { operation: "add-tags", tags: super::send::named(tags), experiences: run.named_experiences(pairs), ..Sent::default() }
    }

    async fn send(&self, run: &Run<'_>, things: &[TagId], experiences: &[ExperienceId]) -> Result<(), ApiError> {
        run.resim.tag_experiences(things, experiences).await
    }

    async fn already(&self, run: &Run<'_>, pairs: &[Pair<TagId>]) -> Result<BTreeSet<ActionId>, ApiError> {
        members(pairs, async |tag| run.resim.tag_members(tag).await).await
    }
}

impl Bulk<SystemId> for Registering {
    const WORDS: &'static str = "POST …/systems/addExperiences";

    fn sent(&self, run: &Run<'_>, pairs: &[Pair<SystemId>]) -> Sent {
        let systems = pairs.iter().map(|pair| (pair.thing.to_string(), run.subject_name(pair.action)));
        Sent { operation: "register", systems: super::send::named(systems), experiences: run.named_experiences(pairs), ..Sent::default() }
    }

    async fn send(&self, run: &Run<'_>, things: &[SystemId], experiences: &[ExperienceId]) -> Result<(), ApiError> {
        run.resim.register_experiences(things, experiences).await
    }

    async fn already(&self, run: &Run<'_>, pairs: &[Pair<SystemId>]) -> Result<BTreeSet<ActionId>, ApiError> {
        members(pairs, async |system| run.resim.system_members(system).await).await
    }
}

impl Bulk<()> for Archiving {
    const WORDS: &'static str = "POST …/experiences/archive";

    fn sent(&self, run: &Run<'_>, pairs: &[Pair<()>]) -> Sent {
        Sent { operation: "archive", experiences: run.named_experiences(pairs), ..Sent::default() }
    }

    async fn send(&self, run: &Run<'_>, _things: &[()], experiences: &[ExperienceId]) -> Result<(), ApiError> {
        run.resim.archive_experiences(experiences).await.map(|_| ())
    }

    /// There is no list of members to read: each is looked at.
    async fn already(&self, run: &Run<'_>, pairs: &[Pair<()>]) -> Result<BTreeSet<ActionId>, ApiError> {
        let looks = pairs.iter().map(|pair| async move {
            let current = run.resim.experience(pair.experience).await?;
            Ok(current.is_some_and(|current| current.archived).then_some(pair.action))
        });
        let found: Vec<Option<ActionId>> = stream::iter(looks).buffered(run.resim.parallel()).try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    }
}

/// The pairs whose experience is a member of their thing.
async fn members<T: Copy + Ord>(
    pairs: &[Pair<T>],
    read: impl AsyncFn(T) -> Result<BTreeSet<ExperienceId>, ApiError>,
) -> Result<BTreeSet<ActionId>, ApiError> {
    let mut known = BTreeMap::new();
    for pair in pairs {
        if !known.contains_key(&pair.thing) {
            known.insert(pair.thing, read(pair.thing).await?);
        }
    }
    let is_member = |pair: &&Pair<T>| known.get(&pair.thing).is_some_and(|members| members.contains(&pair.experience));
    Ok(pairs.iter().filter(is_member).map(|pair| pair.action).collect())
}

/// Part of a bulk request that is still to be sent.
struct Part<T> {
    pairs: Vec<Pair<T>>,
    /// Whether what was so already has been dropped.
    looked: bool,
}

impl Run<'_> {
    pub(super) async fn add_tags(&self, pairs: Vec<Pair<TagId>>) {
        self.in_bulk(&Tagging, pairs).await;
    }

    pub(super) async fn register(&self, pairs: Vec<Pair<SystemId>>) {
        self.in_bulk(&Registering, pairs).await;
    }

    pub(super) async fn archive(&self, pairs: Vec<Pair<()>>) {
        self.in_bulk(&Archiving, pairs).await;
    }

    /// Sends pairs in as few requests as they need, and ends their actions.
    async fn in_bulk<T: Copy + Ord, B: Bulk<T>>(&self, bulk: &B, pairs: Vec<Pair<T>>) {
        let mut parts: Vec<Part<T>> = rectangles(pairs).into_iter().rev().map(|pairs| Part { pairs, looked: false }).collect();
        let mut first = true;
        while let Some(part) = parts.pop() {
            let actions: Vec<ActionId> = part.pairs.iter().map(|pair| pair.action).collect();
            if !first && self.board.is_stopping() {
                self.board.wait(&actions);
                continue;
            }
            first = false;
            let (things, experiences) = sides(&part.pairs);
            let letter = Letter { actions: &actions, words: B::WORDS, sent: bulk.sent(self, &part.pairs) };
            match self.write(&letter, bulk.send(self, &things, &experiences)).await {
                Ok(()) => actions.iter().for_each(|action| self.board.end(*action, Outcome::Done)),
                Err(Trouble::Api(error)) if is_refusal(&error) => self.take_apart(bulk, part, error, &mut parts).await,
                Err(trouble) => {
                    let outcome = self.outcome(trouble);
                    actions.iter().for_each(|action| self.board.end(*action, outcome.clone()));
                }
            }
        }
    }

    /// Ends what is so already, and puts the rest back in smaller parts; a pair that stands alone is guilty.
    async fn take_apart<T: Copy + Ord, B: Bulk<T>>(&self, bulk: &B, part: Part<T>, error: ApiError, parts: &mut Vec<Part<T>>) {
        let Part { mut pairs, looked } = part;
        let mut dropped = false;
        // What was dropped once is not looked for again, but for the last pair: somebody else may have been faster.
        if !looked || pairs.len() == 1 {
            // If that cannot be read either, halving finds the guilty one all the same.
            let already = bulk.already(self, &pairs).await.unwrap_or_default();
            already.iter().for_each(|action| self.board.end(*action, Outcome::Done));
            dropped = !already.is_empty();
            pairs.retain(|pair| !already.contains(&pair.action));
        }
        match pairs.as_slice() {
            [] => {}
            [alone] if looked || !dropped => self.board.end(alone.action, Outcome::Failed(error.to_string())),
            _ if dropped => parts.extend(rectangles(pairs).into_iter().rev().map(|pairs| Part { pairs, looked: true })),
            _ => {
                let (left, right) = halves(pairs);
                parts.push(Part { pairs: right, looked: true });
                parts.push(Part { pairs: left, looked: true });
            }
        }
    }
}

/// Pairs in groups that hold every thing with every experience, as one request says it.
fn rectangles<T: Copy + Ord>(pairs: Vec<Pair<T>>) -> Vec<Vec<Pair<T>>> {
    let mut by_experience: BTreeMap<ExperienceId, Vec<Pair<T>>> = BTreeMap::new();
    for pair in pairs {
        by_experience.entry(pair.experience).or_default().push(pair);
    }
    let mut groups: BTreeMap<Vec<T>, Vec<Pair<T>>> = BTreeMap::new();
    for pairs in by_experience.into_values() {
        let mut things: Vec<T> = pairs.iter().map(|pair| pair.thing).collect();
        things.sort();
        groups.entry(things).or_default().extend(pairs);
    }
    groups.into_values().collect()
}

/// The things and the experiences of a rectangle, each once.
fn sides<T: Copy + Ord>(pairs: &[Pair<T>]) -> (Vec<T>, Vec<ExperienceId>) {
    let things: BTreeSet<T> = pairs.iter().map(|pair| pair.thing).collect();
    let experiences: BTreeSet<ExperienceId> = pairs.iter().map(|pair| pair.experience).collect();
    (things.into_iter().collect(), experiences.into_iter().collect())
}

/// Two smaller rectangles: half of the experiences each or, for one experience, half of the things.
fn halves<T: Copy + Ord>(pairs: Vec<Pair<T>>) -> (Vec<Pair<T>>, Vec<Pair<T>>) {
    let (things, experiences) = sides(&pairs);
    if experiences.len() > 1 {
        let left: BTreeSet<ExperienceId> = experiences[..experiences.len() / 2].iter().copied().collect();
        pairs.into_iter().partition(|pair| left.contains(&pair.experience))
    } else {
        let left: BTreeSet<T> = things[..things.len() / 2].iter().copied().collect();
        pairs.into_iter().partition(|pair| left.contains(&pair.thing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::fixtures::id;

    fn pairs(list: &[(u8, u32)]) -> Vec<Pair<u8>> {
        list.iter().enumerate().map(|(index, (thing, experience))| Pair { action: ActionId(index), thing: *thing, experience: id(*experience) }).collect()
    }

    #[test]
    fn rectangles_hold_every_pair_once_and_nothing_else() {
        let groups = rectangles(pairs(&[(1, 1), (2, 1), (1, 2), (2, 2), (1, 3)]));
        let shown: Vec<(Vec<u8>, usize)> = groups.iter().map(|group| (sides(group).0, sides(group).1.len())).collect();
        assert_eq!(shown, [(vec![1], 1), (vec![1, 2], 2)]);
        assert!(groups.iter().all(|group| group.len() == sides(group).0.len() * sides(group).1.len()));
    }

    #[test]
    fn halves_are_smaller_rectangles() {
        for list in [&[(1, 1), (2, 1), (1, 2), (2, 2)][..], &[(1, 1), (2, 1), (3, 1)]] {
            let (left, right) = halves(pairs(list));
            assert!(!left.is_empty() && !right.is_empty() && left.len() + right.len() == list.len());
            for half in [left, right] {
                assert_eq!(half.len(), sides(&half).0.len() * sides(&half).1.len());
            }
        }
    }
}
