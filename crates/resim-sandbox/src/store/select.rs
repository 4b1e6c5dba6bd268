//! Which experiences a listing or a bulk request is about.

use std::collections::BTreeSet;
use std::ops::Bound;

use uuid::Uuid;

use super::members::Group;
use super::model::Experience;
use super::project::Project;
use crate::paging::{Key, Order};
use crate::reply::Refusal;
use crate::rules::{NameFilter, Rules, Search};
use crate::search::{Clause, parse};
use crate::wire::{Filter, Selection};

/// A filter over experiences, resolved.
#[derive(Debug)]
pub(crate) struct Matching {
    /// `None` for both.
    archived: Option<bool>,
    name: Option<String>,
    /// Folded.
    text: Option<String>,
    /// All IDs that the search leaves, before the other filters.
    ids: Option<BTreeSet<Uuid>>,
    profiles: Vec<Vec<String>>,
}

impl Project {
    /// Resolves a filter; refuses what the state file does not hold.
    pub(crate) fn matching(&self, rules: &Rules, filter: &Filter, archived: Option<bool>) -> Result<Matching, Refusal> {
        let Filter { name, text, search } = filter;
        let clauses = match (search, rules.search) {
            (None, _) | (Some(_), Search::Ignored) => Vec::new(),
            (Some(text), Search::Supported) => parse(text)?,
            (Some(_), Search::Refused) => return Err(Refusal::bad("search is not supported")),
        };
        let mut archived = if clauses.is_empty() || rules.search_archived { archived } else { None };
        let mut nothing = false;
        for clause in &clauses {
            if let Clause::Archived(values) = clause {
                let wanted = [false, true].into_iter().filter(|half| values.contains(half));
                let left: Vec<bool> = wanted.filter(|half| archived.is_none_or(|asked| asked == *half)).collect();
                match left[..] {
                    [] => nothing = true,
                    [half] => archived = Some(half),
                    _ => {}
                }
            }
        }
        if archived != Some(false) {
            self.need_archived_experiences()?;
        }
        let mut ids: Option<BTreeSet<Uuid>> = nothing.then(BTreeSet::new);
        let mut profiles = Vec::new();
        for clause in clauses {
            let found = match clause {
                Clause::Tag(tags) => self.in_groups(Group::Tag, &tags, archived)?,
                Clause::System(systems) => self.in_groups(Group::System, &systems, archived)?,
                Clause::Suite(suites) => {
                    suites.iter().filter_map(|id| self.suites.get(id)).flat_map(|suite| suite.latest.experiences.iter().copied()).collect()
                }
                Clause::Profile(names) => {
                    profiles.push(names);
                    continue;
                }
                Clause::Archived(_) => continue,
            };
            ids = Some(match ids {
                None => found,
                Some(before) => before.intersection(&found).copied().collect(),
            });
        }
        Ok(Matching { archived, name: name.clone(), text: text.as_ref().map(|text| text.to_lowercase()), ids, profiles })
    }

    fn in_groups(&self, group: Group, ids: &[Uuid], archived: Option<bool>) -> Result<BTreeSet<Uuid>, Refusal> {
        let mut found = BTreeSet::new();
        for id in ids {
            // An ID that names nothing matches nothing.
            if self.members(group, *id).is_err() {
                continue;
            }
            for half in [false, true] {
                if archived.is_none_or(|asked| asked == half) {
                    found.extend(self.known_half(group, *id, half)?);
                }
            }
        }
        Ok(found)
    }

    /// How many experiences match.
    pub(crate) fn count(&self, rules: &Rules, matching: &Matching) -> usize {
        let Matching { archived, name: None, text: None, ids: None, profiles } = matching else {
            return self.rows(rules, matching, Order::Id, None).count();
        };
        if !profiles.is_empty() {
            return self.rows(rules, matching, Order::Id, None).count();
        }
        match archived {
            None => self.experiences.len(),
            Some(false) => self.live,
            Some(true) => self.experiences.len() - self.live,
        }
    }

    /// The matching experiences in order, those after a place in it where one is given.
    pub(crate) fn rows<'a>(
        &'a self,
        rules: &'a Rules,
        matching: &'a Matching,
        order: Order,
        after: Option<Key>,
    ) -> Box<dyn Iterator<Item = &'a Experience> + 'a> {
        let candidates: Box<dyn Iterator<Item = &'a Experience> + 'a> = match (&matching.ids, order) {
            (None, Order::Id | Order::Rank) => {
                let from = after.map_or(Bound::Unbounded, |(_, id)| Bound::Excluded(id));
                Box::new(self.experiences.range((from, Bound::Unbounded)).map(|(_, one)| one))
            }
            (None, Order::Newest) => {
                let from = after.map_or(Bound::Unbounded, Bound::Excluded);
                Box::new(self.by_age.range((from, Bound::Unbounded)).filter_map(|(_, id)| self.experiences.get(id)))
            }
            (Some(ids), Order::Id | Order::Rank) => Box::new(ids.iter().filter_map(|id| self.experiences.get(id))),
            (ids, Order::Newest | Order::Oldest) => {
                let mut rows: Vec<&Experience> = match ids {
                    Some(ids) => ids.iter().filter_map(|id| self.experiences.get(id)).collect(),
                    None => self.experiences.values().collect(),
                };
                rows.sort_by_key(|one| order.key(one.id, &one.stamp));
                Box::new(rows.into_iter())
            }
        };
        let after = after.filter(|_| matching.ids.is_some() || order == Order::Oldest);
        Box::new(
            candidates
                .filter(move |one| after.is_none_or(|after| order.key(one.id, &one.stamp) > after))
                .filter(move |one| self.fits(rules, matching, one)),
        )
    }

    fn fits(&self, rules: &Rules, matching: &Matching, one: &Experience) -> bool {
        let Matching { archived, name, text, ids: _, profiles } = matching;
        archived.is_none_or(|asked| asked == one.archived)
            && name.as_ref().is_none_or(|name| rules.name_fits(&one.name, name))
            && profiles.iter().all(|names| names.contains(&one.profile))
            && text.as_ref().is_none_or(|text| {
                let holds = |value: &str| value.to_lowercase().contains(text.as_str());
                holds(&one.name)
                    || holds(&one.description)
                    || one.tags.iter().filter_map(|tag| self.tags.get(tag)).any(|tag| holds(&tag.name))
            })
    }

    /// The experiences of a bulk request, in the order sent, doubles included. Several ways to say which
    /// are refused: nobody knows how they combine.
    pub(crate) fn selected(&self, rules: &Rules, selection: Selection, more: Vec<Uuid>) -> Result<Vec<Uuid>, Refusal> {
        let Selection { experiences, all_experiences, filters } = selection;
        let listed: Vec<Uuid> = experiences.into_iter().flatten().chain(more).collect();
        let all = all_experiences == Some(true);
        if usize::from(!listed.is_empty()) + usize::from(all) + usize::from(filters.is_some()) > 1 {
            return Err(Refusal::bad("only one of experiences, allExperiences and filters can be used"));
        }
        if all || filters.is_some() {
            let matching = self.matching(rules, &filters.unwrap_or_default(), Some(false))?;
            return Ok(self.rows(rules, &matching, Order::Id, None).map(|one| one.id).collect());
        }
        listed.iter().try_for_each(|id| self.experience(*id).map(|_| ()))?;
        Ok(listed)
    }
}

impl Rules {
    /// Whether a name passes the filter `name`.
    pub(crate) fn name_fits(&self, name: &str, filter: &str) -> bool {
        match self.name_filter {
            NameFilter::Contains => name.to_lowercase().contains(&filter.to_lowercase()),
            NameFilter::Prefix => name.starts_with(filter),
            NameFilter::Exact => name == filter,
        }
    }
}
