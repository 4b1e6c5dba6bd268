//! What happens to managed suites: a suite ends with exactly the live experiences that it lists.

use std::collections::BTreeSet;

use super::comparison::Comparison;
use super::members::Members;
use super::outcome::End;
use super::{ExperienceRef, Note, SuiteAction, SuiteChange};
use crate::config::brief;
use crate::desired::DesiredSuite;
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::ids::{SuiteId, SuiteName, SystemName};
use crate::near::Suggester;
use crate::snapshot::CurrentSuite;

/// The changes of suites, by name.
pub(super) fn suites(
    comparison: &Comparison<'_>,
    near: &mut Suggester,
    notes: &mut Vec<Note>,
    problems: &mut Diagnostics,
) -> Vec<SuiteChange> {
    let live = Named::new(comparison, false);
    let archived = Named::new(comparison, true);
    let mut changes = Vec::new();
    for (name, wanted) in &comparison.desired.suites {
        let suite = Suite { comparison, name, wanted, members: Members::resolve(comparison, (name, wanted), near, problems) };
        let change = match live.get(name) {
            [one] => suite.revised(*one, notes),
            [] if comparison.policy.create_missing => match (archived.get(name), &wanted.system) {
                ([one], _) => Some(suite.restored(*one, notes)),
                ([], Some(system)) => suite.created(&system.value).or_else(|| {
                    problems.push(comparison.references.unknown_system(&system.value, std::iter::once(system.origin), near));
                    None
                }),
                ([], None) => {
                    problems.push(suite.unknown(&live, near));
                    None
                }
                (several, _) => {
                    problems.push(suite.ambiguous("archived", several));
                    None
                }
            },
            [] => {
                problems.push(suite.unknown(&live, near));
                None
            }
            several => {
                problems.push(suite.ambiguous("live", several));
                None
            }
        };
        changes.extend(change);
    }
    changes
}

/// What suites outside the config lose because the plan archives it, by suite.
pub(super) fn unmanaged_losses<'a>(comparison: &'a Comparison<'_>) -> impl Iterator<Item = Note> + 'a {
    let unmanaged =
        comparison.current.suites.values().filter(|suite| !suite.archived && !comparison.desired.suites.contains_key(&suite.name));
    unmanaged.filter_map(|suite| {
        let fates = || suite.members.iter().filter_map(|id| comparison.outcome.fate(*id));
        let mut experiences: Vec<_> = fates().filter(|fate| fate.end == End::Archives).map(|fate| fate.name.clone()).collect();
        experiences.sort_unstable();
        let becomes_empty = fates().all(|fate| fate.end != End::Live);
        (!experiences.is_empty()).then(|| Note::UnmanagedSuiteLoses { suite: suite.name.clone(), experiences, becomes_empty })
    })
}

type Existing<'a> = (SuiteId, &'a CurrentSuite);

/// The live or the archived suites, by name.
struct Named<'a>(Vec<Existing<'a>>);

impl<'a> Named<'a> {
    fn new(comparison: &Comparison<'a>, archived: bool) -> Self {
        let suites = comparison.current.suites.iter().filter(|(_, suite)| suite.archived == archived);
        let mut suites: Vec<Existing<'a>> = suites.map(|(id, suite)| (*id, suite)).collect();
        suites.sort_unstable_by_key(|(id, suite)| (&suite.name, *id));
        Self(suites)
    }

    fn get(&self, name: &SuiteName) -> &[Existing<'a>] {
        let start = self.0.partition_point(|(_, suite)| suite.name < *name);
        let count = self.0[start..].partition_point(|(_, suite)| suite.name == *name);
        &self.0[start..start + count]
    }
}

/// One managed suite.
struct Suite<'c, 'a> {
    comparison: &'c Comparison<'a>,
    name: &'a SuiteName,
    wanted: &'a DesiredSuite,
    members: Members<'a>,
}

/// How the members of an existing suite differ from those that are wanted.
struct Difference {
    size_before: usize,
    added: BTreeSet<ExperienceRef>,
    removed: BTreeSet<ExperienceRef>,
    archived: BTreeSet<ExperienceRef>,
}

impl Suite<'_, '_> {
    fn revised(&self, (id, suite): Existing<'_>, notes: &mut Vec<Note>) -> Option<SuiteChange> {
        let difference = self.difference(suite, notes);
        let differs = !difference.added.is_empty() || !difference.removed.is_empty();
        differs.then(|| self.change(SuiteAction::Revise { id, revision: suite.revision }, difference))
    }

    fn restored(&self, (id, suite): Existing<'_>, notes: &mut Vec<Note>) -> SuiteChange {
        let difference = self.difference(suite, notes);
        let revise = !difference.added.is_empty() || !difference.removed.is_empty();
        self.change(SuiteAction::Restore { id, revision: suite.revision, revise }, difference)
    }

    /// `None` if ReSim has no such system.
    fn created(&self, system_name: &SystemName) -> Option<SuiteChange> {
        let system = self.comparison.references.system(system_name)?;
        let description = self.wanted.description.clone().unwrap_or_default();
        let action = SuiteAction::Create { system, system_name: system_name.clone(), description };
        let added = self.members.lacking(|_| false).collect();
        let difference = Difference { size_before: 0, added, removed: BTreeSet::new(), archived: BTreeSet::new() };
        Some(self.change(action, difference))
    }

    fn change(&self, action: SuiteAction, difference: Difference) -> SuiteChange {
        let Difference { size_before, added, removed, archived } = difference;
        let members = self.members.lacking(|_| false).collect();
        SuiteChange { name: self.name.clone(), action, size_before, members, added, removed, archived, origin: self.wanted.origin }
    }

    /// Members that end archived are not compared, but told apart from those that are taken out.
    fn difference(&self, suite: &CurrentSuite, notes: &mut Vec<Note>) -> Difference {
        let mut difference = Difference { size_before: 0, added: BTreeSet::new(), removed: BTreeSet::new(), archived: BTreeSet::new() };
        for fate in suite.members.iter().filter_map(|id| self.comparison.outcome.fate(*id)) {
            match fate.end {
                End::StaysArchived => continue,
                End::Archives => {
                    difference.archived.insert(fate.reference());
                }
                End::Live if self.members.contains(fate.id) => {}
                End::Live => {
                    difference.removed.insert(fate.reference());
                }
            }
            difference.size_before += 1;
        }
        difference.added = self.members.lacking(|id| suite.members.contains(&id)).collect();
        if self.members.is_empty() && difference.size_before > 0 {
            notes.push(Note::SuiteBecomesEmpty { suite: self.name.clone() });
        }
        notes.extend(self.kept(suite));
        difference
    }

    /// What the config says of an existing suite and the plan does not change.
    fn kept(&self, suite: &CurrentSuite) -> Vec<Note> {
        let note = |field, current: String, desired: &str| {
            (current != desired).then(|| Note::SuiteDiffers { suite: self.name.clone(), field, current, desired: desired.to_owned() })
        };
        let system = self.comparison.current.systems.get(&suite.system);
        let system = system.map_or_else(|| suite.system.to_string(), |system| system.name.as_str().to_owned());
        let system = self.wanted.system.as_ref().and_then(|wanted| note("system", system, wanted.value.as_str()));
        let description = self.wanted.description.as_ref().and_then(|wanted| note("description", suite.description.clone(), wanted));
        [system, description].into_iter().flatten().collect()
    }

    fn unknown(&self, live: &Named<'_>, near: &mut Suggester) -> Diagnostic {
        let message = format!("ReSim has no live test suite `{}`", brief(self.name.as_str()));
        let diagnostic = Diagnostic::error(Code::UnknownSuite, self.wanted.origin, message);
        let diagnostic = match near.nearest(self.name.as_str(), live.0.iter().map(|(_, suite)| suite.name.as_str())) {
            Some(nearest) => diagnostic.help(format!("did you mean `{}`?", brief(nearest))),
            None => diagnostic,
        };
        diagnostic.help(match (self.comparison.policy.create_missing, &self.wanted.system) {
            (true, _) => "say on which `system` it runs, so that it can be created, or create it in ReSim",
            (false, Some(_)) => "create it in ReSim, or let `--create-missing` do so",
            (false, None) => "create it in ReSim, or say on which `system` it runs and let `--create-missing` do so",
        })
    }

    fn ambiguous(&self, state: &str, several: &[Existing<'_>]) -> Diagnostic {
        let ids: Vec<String> = several.iter().map(|(id, _)| id.to_string()).collect();
        let message = format!("{} {state} test suites are called `{}`: {}", ids.len(), brief(self.name.as_str()), ids.join(", "));
        let diagnostic = Diagnostic::error(Code::AmbiguousSuite, self.wanted.origin, message);
        diagnostic.help(match state {
            "live" => "rename or archive all but one of them in ReSim",
            _ => "restore the one that is meant in ReSim",
        })
    }
}
