//! Whether the names of the outcome can be: each that the plan gives belongs to one experience alone.
//!
//! Any set of renames whose outcome has unique names works, chains and swaps included: only what is
//! held in the end counts, not what is held today.

use super::matching::{Entry, Matching, Target};
use super::outcome::{End, Fate, Outcome};
use crate::config::brief;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::ids::ExperienceName;

/// A name that the plan gives to an experience.
pub(super) struct Given<'a> {
    pub(super) name: &'a ExperienceName,
    /// It is restored under the name that it already has.
    keeps: bool,
}

/// The name that the plan gives for an entry: in a creation, a rename or a restore.
pub(super) fn given<'a>(entry: &Entry<'a>) -> Option<Given<'a>> {
    if !entry.wants_live() {
        return None;
    }
    let name = entry.name;
    match entry.target {
        Target::New => Some(Given { name, keeps: false }),
        Target::Existing(_, current) if current.name != *name => Some(Given { name, keeps: false }),
        Target::Existing(_, current) if current.archived => Some(Given { name, keeps: true }),
        Target::Existing(..) | Target::Nothing | Target::Unknown => None,
    }
}

/// Reports every given name that another experience holds in the outcome.
pub(super) fn check(matching: &Matching<'_>, outcome: &Outcome<'_>, problems: &mut Diagnostics) {
    let given: Vec<(&Entry<'_>, Given<'_>)> = matching.entries.iter().filter_map(|entry| Some((entry, given(entry)?))).collect();
    if given.is_empty() {
        return;
    }
    let mut held: Vec<&Fate<'_>> = outcome.fates.iter().collect();
    held.sort_unstable_by_key(|fate| (fate.name, fate.id));
    for (entry, given) in given {
        let own = entry.existing().map(|(id, _)| id);
        let start = held.partition_point(|fate| fate.name < given.name);
        let holders = held[start..].iter().take_while(|fate| fate.name == given.name);
        // A server that lets archived experiences share a name lets one of them be restored.
        let in_the_way = |fate: &&&Fate<'_>| Some(fate.id) != own && !(given.keeps && fate.end == End::StaysArchived);
        if let Some(holder) = holders.clone().find(in_the_way) {
            problems.push(taken(entry, holder, matching));
        }
    }
}

fn taken(entry: &Entry<'_>, holder: &Fate<'_>, matching: &Matching<'_>) -> Diagnostic {
    let name = brief(entry.name.as_str());
    let what = match entry.target {
        Target::Existing(id, current) if current.archived => format!("restoring {id} as `{name}`"),
        Target::Existing(id, current) => format!("renaming `{}` ({id}) to `{name}`", brief(current.name.as_str())),
        Target::New | Target::Nothing | Target::Unknown => format!("creating `{name}`"),
    };
    let state = match holder.end {
        End::Live => "which stays live",
        End::Archives => "which is archived by this plan and keeps its name",
        End::StaysArchived => "which is archived and keeps its name",
    };
    let message = format!("{what} is impossible: the name belongs to {}, {state}", holder.id);
    let mut diagnostic = Diagnostic::error(Code::NameTaken, entry.desired.origin, message);
    if let Some(other) = matching.entry_of(holder.id).filter(|other| other.desired.origin != entry.desired.origin) {
        diagnostic = diagnostic.at(other.desired.origin, format!("this entry stands for {}", holder.id));
    }
    // Only an entry that wants its experience archived leaves it a name that another entry gives.
    let takeover = match (holder.listed, &entry.desired.id) {
        (true, _) => format!("to keep {} live instead, make it `experienceID: {}` here and remove the other entry", holder.id, holder.id),
        (false, Some(_)) => format!("to go on with {} instead, make it `experienceID: {}` here", holder.id, holder.id),
        (false, None) => format!("to go on with {} instead, add `experienceID: {}` here", holder.id, holder.id),
    };
    diagnostic.help("choose another name here").help(takeover).help(format!("or give {} another name in ReSim first", holder.id))
}
