//! A clone onto nothing: one new file that manages everything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::CloneOptions;
use super::live::{self, Complaints, Live, is_blank};
use super::outcome::{CloneError, CloneOutcome, CloneSummary};
use crate::config::FileEdit;
use crate::config::edit::meaning::{EntryMeaning, Meaning, SuiteMeaning};
use crate::config::edit::new_file;
use crate::ids::{ExperienceName, SuiteName};
use crate::snapshot::{CurrentSuite, Snapshot};

/// The text of a new config file that says what is live in ReSim; a plan with it is empty.
///
/// # Errors
/// Experiences that no config can say.
pub fn clone_new(snapshot: &Snapshot, path: &str, file: PathBuf, options: &CloneOptions) -> Result<CloneOutcome, CloneError> {
    let live = Live::of(snapshot);
    let mut summary = CloneSummary::default();
    let mut complaints = Complaints::default();
    let doubled = live.doubled_names();
    let mut meaning = Meaning::default();
    for (id, experience) in live.experiences.iter().filter(|(id, _)| live.is_wanted(**id, options)) {
        live::check_name(*id, experience, &doubled, &mut complaints);
        live::check_locations(*id, experience, &BTreeSet::new(), options, &mut complaints);
        let entry = EntryMeaning {
            id: options.ids.then_some(*id),
            settings: live::settings(experience, options, &mut summary),
            tags: live.tags(*id),
            systems: live.systems(*id),
            archived: false,
        };
        meaning.experiences.insert(experience.name.clone(), entry);
    }
    complaints.into_result()?;
    summary.added = meaning.experiences.keys().map(ToString::to_string).collect();
    if options.manage_suites {
        meaning.suites = suites(snapshot, &live, &meaning.experiences, &mut summary);
    } else {
        summary.unlisted_suites = live_suites(snapshot).map(|suite| suite.name.to_string()).collect();
    }
    let tags = snapshot.tags.values().map(|tag| &tag.name).filter(|name| !is_blank(name.as_str()));
    if options.manage_tags {
        meaning.managed_tags = tags.cloned().collect();
    } else {
        summary.unlisted_tags = tags.map(ToString::to_string).collect();
    }
    summary.without_variables.sort();
    summary.warnings.sort();
    summary.unlisted_suites.sort();
    summary.unlisted_tags.sort();
    let new = new_file::text(&meaning, path, &options.load)?;
    Ok(CloneOutcome { files: vec![FileEdit { path: path.to_owned(), file, old: None, new }], summary })
}

fn live_suites(snapshot: &Snapshot) -> impl Iterator<Item = &CurrentSuite> {
    snapshot.suites.values().filter(|suite| !suite.archived)
}

/// All live suites that a config can say.
fn suites(
    snapshot: &Snapshot,
    live: &Live<'_>,
    entries: &BTreeMap<ExperienceName, EntryMeaning>,
    summary: &mut CloneSummary,
) -> BTreeMap<SuiteName, SuiteMeaning> {
    let mut found: BTreeMap<SuiteName, SuiteMeaning> = BTreeMap::new();
    let mut doubled = BTreeSet::new();
    for suite in live_suites(snapshot) {
        if is_blank(suite.name.as_str()) {
            summary.warnings.push("a live suite with a blank name stays out".to_owned());
            continue;
        }
        let Some(members) = members(suite, live, entries) else {
            summary.warnings.push(format!("the suite `{}` stays out, because it holds experiences that are not in the config", suite.name));
            continue;
        };
        let meaning = SuiteMeaning {
            experiences: members,
            system: snapshot.systems.get(&suite.system).map(|system| system.name.clone()).filter(|name| !is_blank(name.as_str())),
            description: (!suite.description.is_empty()).then(|| suite.description.clone()),
        };
        if found.insert(suite.name.clone(), meaning).is_some() {
            doubled.insert(suite.name.clone());
        }
    }
    for name in doubled {
        found.remove(&name);
        summary.warnings.push(format!("the suite `{name}` stays out, because two live suites have this name"));
    }
    found
}

/// The live members by name; `None` if one of them has no entry.
pub(super) fn members(
    suite: &CurrentSuite,
    live: &Live<'_>,
    entries: &BTreeMap<ExperienceName, EntryMeaning>,
) -> Option<BTreeSet<ExperienceName>> {
    let names = suite.members.iter().filter_map(|id| live.experiences.get(id)).map(|member| &member.name);
    names.map(|name| entries.contains_key(name).then(|| name.clone())).collect()
}
