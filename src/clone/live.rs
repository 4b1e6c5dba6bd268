//! Live experiences as a config would say them, and what of them it cannot say.

use std::collections::{BTreeMap, BTreeSet};

use super::CloneOptions;
use super::outcome::{CloneError, CloneSummary, Unsayable};
use crate::config::custom_field_problem;
use crate::desired::{CustomField, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, SystemName, TagName};
use crate::secrets::{is_secret_location, is_secret_variable};
use crate::snapshot::{CurrentExperience, CurrentVariable, Members, Observed, Snapshot};

/// ReSim's usual timeout, in seconds: what its own program gives a new experience.
const USUAL_TIMEOUT: i64 = 3600;

/// The live experiences with their tags and systems.
pub(super) struct Live<'a> {
    pub(super) experiences: BTreeMap<ExperienceId, &'a CurrentExperience>,
    tags: BTreeMap<ExperienceId, BTreeSet<TagName>>,
    systems: BTreeMap<ExperienceId, BTreeSet<SystemName>>,
}

impl<'a> Live<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let experiences =
            snapshot.experiences.iter().filter(|(_, experience)| !experience.archived).map(|(id, live)| (*id, live)).collect();
        let tags = by_member(snapshot.tags.values().filter(|tag| !is_blank(tag.name.as_str())).map(|tag| (&tag.name, &tag.members)));
        let systems = by_member(
            snapshot.systems.values().filter(|system| !is_blank(system.name.as_str())).map(|system| (&system.name, &system.members)),
        );
        Self { experiences, tags, systems }
    }

    pub(super) fn tags(&self, id: ExperienceId) -> BTreeSet<TagName> {
        self.tags.get(&id).cloned().unwrap_or_default()
    }

    pub(super) fn systems(&self, id: ExperienceId) -> BTreeSet<SystemName> {
        self.systems.get(&id).cloned().unwrap_or_default()
    }

    /// Whether an experience belongs into the config at all.
    pub(super) fn is_wanted(&self, id: ExperienceId, options: &CloneOptions) -> bool {
        options.only_tagged.as_ref().is_none_or(|tag| self.tags.get(&id).is_some_and(|tags| tags.contains(tag)))
    }

    /// Names that more than one live experience has.
    pub(super) fn doubled_names(&self) -> BTreeSet<&'a ExperienceName> {
        let mut seen = BTreeSet::new();
        self.experiences.values().map(|live| &live.name).filter(|name| !seen.insert(*name)).collect()
    }
}

fn by_member<'a, N: Clone + Ord + 'a>(groups: impl Iterator<Item = (&'a N, &'a Members)>) -> BTreeMap<ExperienceId, BTreeSet<N>> {
    let mut found: BTreeMap<ExperienceId, BTreeSet<N>> = BTreeMap::new();
    for (name, members) in groups {
        for id in members.live.iter().flatten() {
            found.entry(*id).or_default().insert(name.clone());
        }
    }
    found
}

pub(super) fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Collects what cannot be said, so that all of it is told at once.
#[derive(Default)]
pub(super) struct Complaints(Vec<Unsayable>);

impl Complaints {
    pub(super) fn push(&mut self, id: ExperienceId, live: &CurrentExperience, what: &'static str) {
        self.0.push(Unsayable { id: id.to_string(), name: live.name.to_string(), what });
    }

    pub(super) fn into_result(mut self) -> Result<(), CloneError> {
        if self.0.is_empty() {
            return Ok(());
        }
        self.0.sort_by(|a, b| (&a.name, &a.id, a.what).cmp(&(&b.name, &b.id, b.what)));
        Err(CloneError::Unsayable(self.0))
    }
}

/// Complains about a name that no entry can have.
pub(super) fn check_name(id: ExperienceId, live: &CurrentExperience, doubled: &BTreeSet<&ExperienceName>, complaints: &mut Complaints) {
    if is_blank(live.name.as_str()) {
        complaints.push(id, live, "its name is blank");
    }
    if doubled.contains(&live.name) {
        complaints.push(id, live, "another live experience has the same name");
    }
}

/// Complains about locations that cannot be written; `known` are those that the files hold already.
pub(super) fn check_locations(
    id: ExperienceId,
    live: &CurrentExperience,
    known: &BTreeSet<&str>,
    options: &CloneOptions,
    complaints: &mut Complaints,
) {
    let mut worst = None;
    for location in &live.locations {
        match location {
            Observed::Known(text) if is_blank(text) => worst = Some("a location is blank"),
            Observed::Known(text) if !options.keep_secrets && is_secret_location(text) && !known.contains(text.as_str()) => {
                worst = Some("a location looks secret; `--show-values all` writes it");
            }
            Observed::Known(_) => {}
            Observed::Hidden => worst = Some("a location is hidden in the saved state"),
        }
    }
    if let Some(what) = worst {
        complaints.push(id, live, what);
    }
}

/// The settings of a new entry: what it cannot say is left out and told.
pub(super) fn settings(live: &CurrentExperience, options: &CloneOptions, summary: &mut CloneSummary) -> ExperienceSettings {
    let CurrentExperience {
        name,
        description,
        locations,
        profile,
        environment_variables,
        container_timeout_seconds,
        cache_exempt,
        custom_fields,
        archived: _,
        updated_at: _,
    } = live;
    let keep = |is_default: bool| is_default && !options.defaults;
    let left_out = |summary: &mut CloneSummary, field: &str, why: &str| {
        summary.warnings.push(format!("`{name}` is written without `{field}`, because {why}"));
    };
    ExperienceSettings {
        description: description.clone(),
        locations: each_once(locations),
        profile: if keep(profile.is_empty()) { Setting::Keep } else { Setting::Set(profile.clone()) },
        environment_variables: match sayable_variables(environment_variables, None, options) {
            Ok(variables) if keep(variables.is_empty()) => Setting::Keep,
            Ok(variables) => Setting::Set(variables),
            Err(Unwritten::Secret) => {
                summary.without_variables.push(name.to_string());
                Setting::Keep
            }
            Err(Unwritten::Refused(why)) => {
                left_out(summary, "environmentVariables", why);
                Setting::Keep
            }
        },
        container_timeout_seconds: match i32::try_from(*container_timeout_seconds) {
            Ok(_) if keep(*container_timeout_seconds == USUAL_TIMEOUT) => Setting::Keep,
            Ok(seconds) if seconds >= 1 => Setting::Set(seconds),
            Ok(_) | Err(_) => {
                left_out(summary, "containerTimeoutSeconds", "it is out of range");
                Setting::Keep
            }
        },
        cache_exempt: if keep(!*cache_exempt) { Setting::Keep } else { Setting::Set(*cache_exempt) },
        custom_fields: match sayable_fields(custom_fields) {
            Ok(fields) if keep(fields.is_empty()) => Setting::Keep,
            Ok(fields) => Setting::Set(fields),
            Err(why) => {
                left_out(summary, "customFields", why);
                Setting::Keep
            }
        },
    }
}

/// The locations, each once; hidden ones have been complained about.
pub(super) fn each_once(locations: &[Observed<String>]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let known = locations.iter().filter_map(|location| match location {
        Observed::Known(text) => Some(text),
        Observed::Hidden => None,
    });
    known.filter(|text| seen.insert(*text)).cloned().collect()
}

/// Why a field is not written.
pub(super) enum Unwritten {
    /// A value looks secret, or is hidden.
    Secret,
    /// `validate` would refuse it.
    Refused(&'static str),
}

/// The variables as an entry can have them; a secret-looking value only if the entry has that very value.
pub(super) fn sayable_variables(
    variables: &[CurrentVariable],
    present: Option<&[EnvironmentVariable]>,
    options: &CloneOptions,
) -> Result<Vec<EnvironmentVariable>, Unwritten> {
    let mut names = BTreeSet::new();
    let mut sayable = Vec::with_capacity(variables.len());
    for CurrentVariable { name, value } in variables {
        if is_blank(name) || !names.insert(name) {
            return Err(Unwritten::Refused("a variable has no name, or the name of another"));
        }
        let Observed::Known(value) = value else { return Err(Unwritten::Secret) };
        let is_there = present.is_some_and(|present| present.iter().any(|other| other.name == *name && other.value == *value));
        if !options.keep_secrets && !is_there && is_secret_variable(name, value) {
            return Err(Unwritten::Secret);
        }
        sayable.push(EnvironmentVariable { name: name.clone(), value: value.clone() });
    }
    Ok(sayable)
}

/// The custom fields as an entry can have them.
pub(super) fn sayable_fields(fields: &[CustomField]) -> Result<Vec<CustomField>, &'static str> {
    let mut names = BTreeSet::new();
    for CustomField { name, kind, values } in fields {
        if is_blank(name) || !names.insert(name.to_lowercase()) {
            return Err("a field has no name, or the name of another but for case");
        }
        if values.iter().any(|value| custom_field_problem(*kind, value).is_some()) {
            return Err("a value is not of its field's type");
        }
    }
    Ok(fields.to_vec())
}
