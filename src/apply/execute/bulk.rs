//! Requests about many pairs at once. One that is refused is taken apart until the guilty pair is alone.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use super::Run;
use super::send::{Letter, Trouble};
use crate::apply::ledger::Sent;
use crate::apply::report::Outcome;
use crate::apply::schedule::ActionId;
use crate::client::ApiError;
use crate::ids::{ExperienceId, SystemId, TagId};
use crate::snapshot::CurrentExperience;

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
    /// Sends it: every thing on every experience. A success that does not tell of all comes with the reason to
    /// doubt it.
    async fn send(&self, run: &Run<'_>, things: &[T], experiences: &[ExperienceId]) -> Result<Option<String>, ApiError>;
    /// Reads how things are.
    async fn look(&self, run: &Run<'_>, pairs: &[Pair<T>]) -> Result<Look, ApiError>;
}

/// What reading told about pairs.
#[derive(Default)]
struct Look {
    /// They are so already.
    so: BTreeSet<ActionId>,
    /// They can never be: the thing, or the experience, is gone.
    hopeless: BTreeSet<ActionId>,
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

    async fn send(&self, run: &Run<'_>, things: &[TagId], experiences: &[ExperienceId]) -> Result<Option<String>, ApiError> {
        run.resim.tag_experiences(things, experiences).await.map(|()| None)
    }

    async fn look(&self, run: &Run<'_>, pairs: &[Pair<TagId>]) -> Result<Look, ApiError> {
        members(pairs, async |tag| run.resim.tag_members(tag).await).await
    }
}

impl Bulk<SystemId> for Registering {
    const WORDS: &'static str = "POST …/systems/addExperiences";

    fn sent(&self, run: &Run<'_>, pairs: &[Pair<SystemId>]) -> Sent {
        let systems = pairs.iter().map(|pair| (pair.thing.to_string(), run.subject_name(pair.action)));
        Sent { operation: "register", systems: super::send::named(systems), experiences: run.named_experiences(pairs), ..Sent::default() }
    }

    async fn send(&self, run: &Run<'_>, things: &[SystemId], experiences: &[ExperienceId]) -> Result<Option<String>, ApiError> {
        run.resim.register_experiences(things, experiences).await.map(|()| None)
    }

    async fn look(&self, run: &Run<'_>, pairs: &[Pair<SystemId>]) -> Result<Look, ApiError> {
        members(pairs, async |system| run.resim.system_members(system).await).await
    }
}

impl Bulk<()> for Archiving {
    const WORDS: &'static str = "POST …/experiences/archive";

    fn sent(&self, run: &Run<'_>, pairs: &[Pair<()>]) -> Sent {
        Sent { operation: "archive", experiences: run.named_experiences(pairs), ..Sent::default() }
    }

    async fn send(&self, run: &Run<'_>, _things: &[()], experiences: &[ExperienceId]) -> Result<Option<String>, ApiError> {
        let archived = run.resim.archive_experiences(experiences).await?;
        let all = usize::try_from(archived).is_ok_and(|archived| archived >= experiences.len());
        Ok((!all).then(|| format!("{}: the answer counts {archived} of {}", Self::WORDS, experiences.len())))
    }

    /// There is no list of members to read: each is looked at.
    async fn look(&self, run: &Run<'_>, pairs: &[Pair<()>]) -> Result<Look, ApiError> {
        let looks = pairs.iter().map(|pair| async move { Ok((pair.action, run.resim.experience(pair.experience).await?)) });
        let found: Vec<(ActionId, Option<CurrentExperience>)> = stream::iter(looks).buffered(run.resim.parallel()).try_collect().await?;
        let mut look = Look::default();
        for (action, current) in found {
            match current {
                Some(current) if current.archived => look.so.insert(action),
                Some(_) => false,
                None => look.hopeless.insert(action),
            };
        }
        Ok(look)
    }
}

/// Looks at pairs by the members of their things.
async fn members<T: Copy + Ord>(
    pairs: &[Pair<T>],
    read: impl AsyncFn(T) -> Result<BTreeSet<ExperienceId>, ApiError>,
) -> Result<Look, ApiError> {
    let mut known: BTreeMap<T, Option<BTreeSet<ExperienceId>>> = BTreeMap::new();
    let mut look = Look::default();
    for pair in pairs {
        let members = match known.entry(pair.thing) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(match read(pair.thing).await {
                Ok(members) => Some(members),
                Err(error) if error.status() == Some(404) => None,
                Err(error) => return Err(error),
            }),
        };
        match members {
            Some(members) if members.contains(&pair.experience) => look.so.insert(pair.action),
            Some(_) => false,
            None => look.hopeless.insert(pair.action),
        };
    }
    Ok(look)
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
                return; // What is left waits, and is not attempted any more.
            }
            first = false;
            let (things, experiences) = sides(&part.pairs);
            let letter = Letter { actions: &actions, words: B::WORDS, sent: bulk.sent(self, &part.pairs) };
            match self.write(&letter, bulk.send(self, &things, &experiences)).await {
                Ok(None) => self.end_all(&actions, &Outcome::Done),
                Ok(Some(doubt)) => self.settle(bulk, &part.pairs, doubt).await,
                Err(Trouble::Api(error)) if is_refusal(&error) => self.take_apart(bulk, part, error, &mut parts).await,
                Err(trouble) => self.end_all(&actions, &self.outcome(trouble)),
            }
        }
    }

    fn end_all<'a>(&self, actions: impl IntoIterator<Item = &'a ActionId>, outcome: &Outcome) {
        actions.into_iter().for_each(|action| self.board.end(*action, outcome.clone()));
    }

    /// Ends pairs by how things are now, after a success that may not be one for all.
    async fn settle<T: Copy + Ord, B: Bulk<T>>(&self, bulk: &B, pairs: &[Pair<T>], doubt: String) {
        let look = bulk.look(self, pairs).await;
        for Pair { action, thing: _, experience: _ } in pairs {
            self.board.end(
                *action,
                match &look {
                    Ok(look) if look.so.contains(action) => Outcome::Done,
                    Ok(_) => Outcome::Failed(doubt.clone()),
                    Err(_) => Outcome::Unknown(doubt.clone()),
                },
            );
        }
    }

    /// Ends what is so already, and puts the rest back in smaller parts; a pair that stands alone is guilty.
    async fn take_apart<T: Copy + Ord, B: Bulk<T>>(&self, bulk: &B, part: Part<T>, error: ApiError, parts: &mut Vec<Part<T>>) {
        let Part { mut pairs, looked } = part;
        let mut dropped = false;
        // What was dropped once is not looked for again, but for a conflict about one pair: somebody else may have
        // been faster meanwhile.
        if !looked || (pairs.len() == 1 && error.status() == Some(409)) {
            // If that cannot be read either, halving finds the guilty one all the same.
            let Look { so, hopeless } = bulk.look(self, &pairs).await.unwrap_or_default();
            self.end_all(&so, &Outcome::Done);
            self.end_all(&hopeless, &Outcome::Failed(error.to_string()));
            dropped = !so.is_empty() || !hopeless.is_empty();
            pairs.retain(|pair| !so.contains(&pair.action) && !hopeless.contains(&pair.action));
        }
        self.board.wait(&pairs.iter().map(|pair| pair.action).collect::<Vec<_>>());
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
        list.iter()
            .enumerate()
            .map(|(index, (thing, experience))| Pair { action: ActionId(index), thing: *thing, experience: id(*experience) })
            .collect()
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
