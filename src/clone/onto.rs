//! A clone onto files: only what differs from ReSim changes, everything else stays byte for byte.

use std::collections::{BTreeMap, BTreeSet};

use super::CloneOptions;
use super::fresh::members;
use super::live::{self, Complaints, Live, Unwritten, is_blank};
use super::outcome::{CloneError, CloneOutcome, CloneSummary};
use crate::config::edit::meaning::{EntryMeaning, Meaning, SuiteMeaning};
use crate::config::edit::rewrite::{Intent, rewrite};
use crate::config::{EditError, Loaded};
use crate::desired::{ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, SuiteName, TagName};
use crate::plan::{FieldChange, field_differences};
use crate::snapshot::{CurrentExperience, CurrentSuite, Snapshot};
use crate::source::SourceId;

/// The edits that make existing files say what is live in ReSim; a plan with them is empty.
///
/// # Errors
/// An invalid config, experiences that no config can say, and layouts that cannot be edited in place.
pub fn clone_onto(loaded: &Loaded, snapshot: &Snapshot, add_to: Option<&str>, options: &CloneOptions) -> Result<CloneOutcome, CloneError> {
    let desired = loaded.desired.as_ref().ok_or(EditError::InvalidConfig)?;
    let meaning = Meaning::of(desired);
    let live = Live::of(snapshot);
    let mut clone =
        Clone { snapshot, live: &live, meaning: &meaning, options, summary: CloneSummary::default(), complaints: Complaints::default() };
    let mut intent = Intent::keep(&meaning);
    intent.add_to = target(loaded, add_to)?;
    let matches = clone.matches();
    clone.entries(&matches, &mut intent)?;
    clone.suites(&mut intent);
    clone.managed_tags(&mut intent);
    let Clone { mut summary, .. } = clone;
    for names in [&mut summary.added, &mut summary.changed, &mut summary.removed, &mut summary.without_variables, &mut summary.warnings] {
        names.sort();
    }
    Ok(CloneOutcome { files: rewrite(loaded, intent, &options.load)?, summary })
}

/// The file that gets new entries: the one named, else the first that has any.
fn target(loaded: &Loaded, add_to: Option<&str>) -> Result<SourceId, CloneError> {
    let Some(wanted) = add_to else {
        let first = loaded.desired.iter().flat_map(|desired| desired.experiences.values()).map(|entry| entry.origin.source).min();
        return Ok(first.unwrap_or(SourceId(0)));
    };
    let resolved = std::path::Path::new(wanted).canonicalize().ok();
    let same =
        |id: SourceId, path: &str| path == wanted || resolved.as_ref().is_some_and(|resolved| loaded.files.get(id.0) == Some(resolved));
    let found = loaded.sources.iter().find(|(id, source)| same(*id, &source.path));
    found.map(|(id, _)| id).ok_or_else(|| CloneError::NoSuchFile(wanted.to_owned()))
}

/// Whether an entry's locations are to be others.
fn writes_locations(name: &ExperienceName, entry: &EntryMeaning, current: &CurrentExperience) -> bool {
    let changes = field_differences(name, &entry.settings, current);
    changes.iter().flat_map(|changes| changes.iter()).any(|change| matches!(change, FieldChange::Locations(_)))
}

struct Clone<'a> {
    snapshot: &'a Snapshot,
    live: &'a Live<'a>,
    meaning: &'a Meaning,
    options: &'a CloneOptions,
    summary: CloneSummary,
    complaints: Complaints,
}

impl<'a> Clone<'a> {
    /// The live experience of each entry: by its ID alone if it has one, else by name.
    fn matches(&self) -> BTreeMap<&'a ExperienceName, ExperienceId> {
        let mut matches = BTreeMap::new();
        let mut taken = BTreeSet::new();
        for (name, entry) in &self.meaning.experiences {
            if let Some(id) = entry.id.filter(|id| self.live.experiences.contains_key(id)) {
                matches.insert(name, id);
                taken.insert(id);
            }
        }
        let by_name: BTreeMap<&ExperienceName, ExperienceId> = self.live.experiences.iter().map(|(id, live)| (&live.name, *id)).collect();
        for (name, entry) in &self.meaning.experiences {
            if let Some(id) = by_name.get(name).filter(|id| entry.id.is_none() && !taken.contains(*id)) {
                matches.insert(name, *id);
            }
        }
        matches
    }

    fn entries(&mut self, matches: &BTreeMap<&ExperienceName, ExperienceId>, intent: &mut Intent) -> Result<(), CloneError> {
        let names: BTreeSet<&ExperienceName> = self.live.experiences.values().map(|live| &live.name).collect();
        let doubled = self.live.doubled_names();
        let known: BTreeSet<&str> =
            self.meaning.experiences.values().flat_map(|entry| &entry.settings.locations).map(String::as_str).collect();
        for (name, entry) in &self.meaning.experiences {
            let fate = match matches.get(name) {
                Some(id) if !self.live.is_wanted(*id, self.options) => {
                    let what = "is taken out, because the experience no longer has the tag that every entry must list";
                    self.summary.warnings.push(format!("the entry `{name}` {what}"));
                    None
                }
                Some(id) => {
                    let current = self.live.experiences[id];
                    live::check_name(*id, current, &doubled, &mut self.complaints);
                    // What a plan takes for equal is not written, and so may be hidden or secret.
                    if writes_locations(name, entry, current) {
                        live::check_locations(*id, current, &known, self.options, &mut self.complaints);
                    }
                    let wanted = self.wanted(*id, name, entry, current);
                    if current.name != *name || wanted != *entry {
                        self.summary.changed.push(current.name.to_string());
                    }
                    Some((current.name.clone(), wanted))
                }
                // Wanted archived, and it can still be that.
                None if entry.archived
                    && !names.contains(name)
                    && entry.id.is_none_or(|id| self.snapshot.experiences.contains_key(&id)) =>
                {
                    Some((name.clone(), entry.clone()))
                }
                None => {
                    self.summary.removed.push(name.to_string());
                    None
                }
            };
            intent.entries.insert(name.clone(), fate);
        }
        let matched: BTreeSet<ExperienceId> = matches.values().copied().collect();
        let with_ids = self.options.ids && self.meaning.experiences.values().any(|entry| entry.id.is_some());
        let mut added: Vec<(ExperienceName, EntryMeaning)> = Vec::new();
        for (id, current) in &self.live.experiences {
            if matched.contains(id) || !self.live.is_wanted(*id, self.options) {
                continue;
            }
            live::check_name(*id, current, &doubled, &mut self.complaints);
            live::check_locations(*id, current, &known, self.options, &mut self.complaints);
            let settings = live::settings(current, self.options, &mut self.summary);
            let (tags, systems) = (self.live.tags(*id), self.live.systems(*id));
            added.push((current.name.clone(), EntryMeaning { id: with_ids.then_some(*id), settings, tags, systems, archived: false }));
        }
        added.sort_by(|(one, _), (other, _)| one.cmp(other));
        self.summary.added = added.iter().map(|(name, _)| name.to_string()).collect();
        intent.added = added;
        std::mem::take(&mut self.complaints).into_result()
    }

    /// What an entry is to mean so that a plan sees no difference.
    fn wanted(&mut self, id: ExperienceId, name: &ExperienceName, entry: &EntryMeaning, current: &CurrentExperience) -> EntryMeaning {
        let mut settings = entry.settings.clone();
        // An entry that was wanted archived says nothing yet of what the live experience is.
        for change in field_differences(name, &entry.settings, current).iter().flat_map(|changes| changes.iter()) {
            self.adopt(change, &mut settings, entry, current);
        }
        // What a plan ignores is no difference: tags that are neither listed nor managed, systems that are not listed.
        let decides = |tag: &TagName| {
            entry.tags.contains(tag) || self.meaning.managed_tags.contains(tag) || self.options.only_tagged.as_ref() == Some(tag)
        };
        let tags = self.live.tags(id).into_iter().filter(decides).collect();
        let systems = self.live.systems(id).into_iter().filter(|system| entry.systems.contains(system)).collect();
        EntryMeaning { id: entry.id, settings, tags, systems, archived: false }
    }

    fn adopt(&mut self, change: &FieldChange, settings: &mut ExperienceSettings, entry: &EntryMeaning, current: &CurrentExperience) {
        match change {
            FieldChange::Name(_) => {}
            FieldChange::Description(delta) => settings.description = delta.before.clone(),
            FieldChange::Locations(delta) => settings.locations = live::each_once(&delta.before),
            FieldChange::Profile(delta) => settings.profile = Setting::Set(delta.before.clone()),
            FieldChange::CacheExempt(delta) => settings.cache_exempt = Setting::Set(delta.before),
            FieldChange::ContainerTimeoutSeconds(delta) => {
                settings.container_timeout_seconds = match i32::try_from(delta.before) {
                    Ok(seconds) if seconds >= 1 => Setting::Set(seconds),
                    Ok(_) | Err(_) => self.left_out(current, "containerTimeoutSeconds", "it is out of range"),
                };
            }
            FieldChange::CustomFields(delta) => {
                settings.custom_fields = match live::sayable_fields(&delta.before) {
                    Ok(fields) => Setting::Set(fields),
                    Err(why) => self.left_out(current, "customFields", why),
                };
            }
            FieldChange::EnvironmentVariables(delta) => {
                let present = entry.settings.environment_variables.as_set().map(Vec::as_slice);
                settings.environment_variables = match live::sayable_variables(&delta.before, present, self.options) {
                    Ok(variables) => Setting::Set(variables),
                    Err(Unwritten::Secret) => {
                        self.summary.without_variables.push(current.name.to_string());
                        Setting::Keep
                    }
                    Err(Unwritten::Refused(why)) => self.left_out(current, "environmentVariables", why),
                };
            }
        }
    }

    fn left_out<T>(&mut self, current: &CurrentExperience, field: &str, why: &str) -> Setting<T> {
        self.summary.warnings.push(format!("`{}` is written without `{field}`, because {why}", current.name));
        Setting::Keep
    }

    /// Listed suites get their live members; those that ReSim lacks are taken out.
    fn suites(&mut self, intent: &mut Intent) {
        let outcome = intent.outcome();
        let mut live: BTreeMap<&SuiteName, Vec<&CurrentSuite>> = BTreeMap::new();
        for suite in self.snapshot.suites.values().filter(|suite| !suite.archived) {
            live.entry(&suite.name).or_default().push(suite);
        }
        for (name, suite) in &self.meaning.suites {
            let wanted = match live.get(name).map(Vec::as_slice) {
                None | Some([]) => {
                    self.summary.removed_suites.push(name.to_string());
                    None
                }
                Some([current]) => {
                    let members = members(current, self.live, &outcome.experiences);
                    if members.is_none() {
                        let what = "is taken out, because it holds experiences that are not in the config";
                        self.summary.warnings.push(format!("the suite `{name}` {what}"));
                    }
                    members.map(|experiences| SuiteMeaning {
                        experiences,
                        system: suite.system.clone(),
                        description: suite.description.clone(),
                    })
                }
                Some(_) => {
                    self.summary.warnings.push(format!("the suite `{name}` is taken out, because two live suites have this name"));
                    None
                }
            };
            if wanted.as_ref().is_some_and(|wanted| wanted != suite) {
                self.summary.changed_suites.push(name.to_string());
            }
            intent.suites.insert(name.clone(), wanted);
        }
        let unlisted = live.keys().filter(|name| !self.meaning.suites.contains_key(**name));
        self.summary.unlisted_suites = unlisted.map(ToString::to_string).collect();
    }

    /// Managed tags that ReSim lacks are taken out.
    fn managed_tags(&mut self, intent: &mut Intent) {
        let present: BTreeSet<_> = self.snapshot.tags.values().map(|tag| &tag.name).filter(|name| !is_blank(name.as_str())).collect();
        let lacking = self.meaning.managed_tags.iter().filter(|tag| !present.contains(tag));
        self.summary.removed_tags = lacking.map(ToString::to_string).collect();
        intent.managed_tags.retain(|tag| present.contains(tag));
        let unlisted = present.iter().filter(|tag| !self.meaning.managed_tags.contains(**tag));
        self.summary.unlisted_tags = unlisted.map(ToString::to_string).collect();
    }
}
