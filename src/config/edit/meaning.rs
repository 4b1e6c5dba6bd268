//! What a config means, without its places and without orders that mean nothing: two configs with one
//! meaning plan alike.

use std::collections::{BTreeMap, BTreeSet};

use super::pairs::{Change, in_order};
use super::value::{Fields, Texts, Value, key};
use crate::config::keys::{CUSTOM_FIELD, EXPERIENCE, SUITE, VARIABLE};
use crate::desired::{CustomField, Desired, DesiredExperience, DesiredSuite, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, SuiteName, SystemName, TagName};

/// What all files of a config mean together.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Meaning {
    pub(crate) experiences: BTreeMap<ExperienceName, EntryMeaning>,
    pub(crate) suites: BTreeMap<SuiteName, SuiteMeaning>,
    pub(crate) managed_tags: BTreeSet<TagName>,
}

/// What an entry means, its name apart.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct EntryMeaning {
    pub(crate) id: Option<ExperienceId>,
    pub(crate) settings: ExperienceSettings,
    pub(crate) tags: BTreeSet<TagName>,
    pub(crate) systems: BTreeSet<SystemName>,
    pub(crate) archived: bool,
}

/// What a suite's entry means, its name apart.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SuiteMeaning {
    pub(crate) experiences: BTreeSet<ExperienceName>,
    pub(crate) system: Option<SystemName>,
    pub(crate) description: Option<String>,
}

impl Meaning {
    /// The meaning of a loaded config.
    pub(crate) fn of(desired: &Desired) -> Self {
        let Desired { experiences, managed_tags, suites } = desired;
        Self {
            experiences: experiences.iter().map(|(name, experience)| (name.clone(), EntryMeaning::of(experience))).collect(),
            suites: suites.iter().map(|(name, suite)| (name.clone(), SuiteMeaning::of(suite))).collect(),
            managed_tags: managed_tags.keys().cloned().collect(),
        }
    }

    /// The first thing that two meanings do not have in common, in words.
    pub(crate) fn difference(&self, other: &Self) -> Option<String> {
        let Self { experiences, suites, managed_tags } = self;
        let name = first_difference(experiences, &other.experiences, |one, other| one.sorted() == other.sorted());
        if let Some(name) = name {
            return Some(format!("experience `{name}`"));
        }
        if let Some(name) = first_difference(suites, &other.suites, |one, other| one == other) {
            return Some(format!("test suite `{name}`"));
        }
        (*managed_tags != other.managed_tags).then(|| "`managedExperienceTags`".to_owned())
    }
}

fn first_difference<'a, K: Ord, V>(one: &'a BTreeMap<K, V>, other: &'a BTreeMap<K, V>, same: fn(&V, &V) -> bool) -> Option<&'a K> {
    let lacks = |(name, value): &(&'a K, &V)| !other.get(name).is_some_and(|found| same(value, found));
    one.iter().find(lacks).map(|(name, _)| name).or_else(|| other.keys().find(|name| !one.contains_key(name)))
}

impl EntryMeaning {
    /// The meaning of an entry.
    pub(crate) fn of(experience: &DesiredExperience) -> Self {
        let DesiredExperience { origin: _, id, settings, tags, systems, archived } = experience;
        Self {
            id: id.as_ref().map(|id| id.value),
            settings: settings.clone(),
            tags: tags.keys().cloned().collect(),
            systems: systems.keys().cloned().collect(),
            archived: *archived,
        }
    }

    /// Lists whose order means nothing in one order.
    fn sorted(&self) -> Self {
        let mut sorted = self.clone();
        let ExperienceSettings {
            description: _,
            locations,
            profile: _,
            environment_variables,
            container_timeout_seconds: _,
            cache_exempt: _,
            custom_fields,
        } = &mut sorted.settings;
        locations.sort();
        if let Setting::Set(variables) = environment_variables {
            variables.sort();
        }
        if let Setting::Set(fields) = custom_fields {
            fields.iter_mut().for_each(|field| field.values.sort());
            fields.sort();
        }
        sorted
    }

    /// What must change in an entry that means this for it to mean something else.
    pub(crate) fn changes(&self, wanted: &Self) -> Vec<Change> {
        let (current, wanted) = (self.sorted(), (wanted, wanted.sorted()));
        let Self { id, settings, tags, systems, archived } = &current;
        let ExperienceSettings {
            description,
            locations,
            profile,
            environment_variables,
            container_timeout_seconds,
            cache_exempt,
            custom_fields,
        } = settings;
        // Compared sorted, written in the order wanted.
        let (exact, sorted) = (wanted.0, &wanted.1);
        let mut changes = Vec::new();
        let mut change = |differs: bool, name: &str, value: Option<Value>| {
            if differs {
                changes.push((key(&EXPERIENCE, name), value));
            }
        };
        let is = &sorted.settings;
        change(*id != sorted.id, "experienceID", exact.id.map(|id| Value::Text(id.to_string())));
        change(*description != is.description, "description", Some(Value::Text(exact.settings.description.clone())));
        change(
            *locations != is.locations,
            "locations",
            Some(Value::Texts(location_texts(&self.settings.locations, &exact.settings.locations))),
        );
        let optional = optional_fields(&exact.settings);
        let mut optional_change = |differs: bool, name: &str| {
            let value = optional.iter().find(|(key, _)| key.name == name).map(|(_, value)| value.clone());
            change(differs, name, value);
        };
        optional_change(*profile != is.profile, "profile");
        optional_change(*environment_variables != is.environment_variables, "environmentVariables");
        optional_change(*container_timeout_seconds != is.container_timeout_seconds, "containerTimeoutSeconds");
        optional_change(*cache_exempt != is.cache_exempt, "cacheExempt");
        optional_change(*custom_fields != is.custom_fields, "customFields");
        change(*tags != sorted.tags, "tags", Some(Value::Texts(Texts::of(exact.tags.iter().map(TagName::as_str)))));
        change(*systems != sorted.systems, "systems", Some(Value::Texts(Texts::of(exact.systems.iter().map(SystemName::as_str)))));
        change(*archived != sorted.archived, "archived", Some(Value::Boolean(exact.archived)));
        changes
    }

    /// The keys of a new entry, in the usual order.
    pub(crate) fn fields(&self, name: &ExperienceName) -> Fields {
        let Self { id, settings, tags, systems, archived } = self;
        let mut fields: Fields = vec![
            (key(&EXPERIENCE, "name"), Value::Text(name.as_str().to_owned())),
            (key(&EXPERIENCE, "description"), Value::Text(settings.description.clone())),
            (key(&EXPERIENCE, "locations"), Value::Texts(Texts::of(&settings.locations))),
        ];
        fields.extend(id.map(|id| (key(&EXPERIENCE, "experienceID"), Value::Text(id.to_string()))));
        fields.extend(optional_fields(settings));
        if !tags.is_empty() {
            fields.push((key(&EXPERIENCE, "tags"), Value::Texts(Texts::of(tags.iter().map(TagName::as_str)))));
        }
        if !systems.is_empty() {
            fields.push((key(&EXPERIENCE, "systems"), Value::Texts(Texts::of(systems.iter().map(SystemName::as_str)))));
        }
        if *archived {
            fields.push((key(&EXPERIENCE, "archived"), Value::Boolean(true)));
        }
        in_order(&EXPERIENCE, fields)
    }
}

/// The optional settings that are set, as keys.
fn optional_fields(settings: &ExperienceSettings) -> Fields {
    let ExperienceSettings {
        description: _,
        locations: _,
        profile,
        environment_variables,
        container_timeout_seconds,
        cache_exempt,
        custom_fields,
    } = settings;
    let mut fields = Fields::new();
    let mut set = |name: &str, value: Option<Value>| fields.extend(value.map(|value| (key(&EXPERIENCE, name), value)));
    set("profile", profile.as_set().map(|profile| Value::Text(profile.clone())));
    set(
        "environmentVariables",
        environment_variables.as_set().map(|variables| Value::Items(&VARIABLE, variables.iter().map(variable).collect())),
    );
    set("containerTimeoutSeconds", container_timeout_seconds.as_set().map(|seconds| Value::Whole(i64::from(*seconds))));
    set("cacheExempt", cache_exempt.as_set().map(|exempt| Value::Boolean(*exempt)));
    set("customFields", custom_fields.as_set().map(|fields| Value::Items(&CUSTOM_FIELD, fields.iter().map(custom_field).collect())));
    fields
}

fn variable(variable: &EnvironmentVariable) -> Fields {
    let EnvironmentVariable { name, value } = variable;
    vec![(key(&VARIABLE, "name"), Value::Text(name.clone())), (key(&VARIABLE, "value"), Value::Text(value.clone()))]
}

fn custom_field(field: &CustomField) -> Fields {
    let CustomField { name, kind, values } = field;
    vec![
        (key(&CUSTOM_FIELD, "name"), Value::Text(name.clone())),
        (key(&CUSTOM_FIELD, "type"), Value::Text(kind.as_str().to_owned())),
        (key(&CUSTOM_FIELD, "values"), Value::Texts(Texts::of(values))),
    ]
}

/// Where as many locations come as go, each takes the place of one, with its comments.
fn location_texts(current: &[String], wanted: &[String]) -> Texts {
    let (before, after): (BTreeSet<&String>, BTreeSet<&String>) = (current.iter().collect(), wanted.iter().collect());
    let gone: Vec<&String> = current.iter().filter(|location| !after.contains(location)).collect();
    let new: Vec<&String> = wanted.iter().filter(|location| !before.contains(location)).collect();
    let instead = if gone.len() == new.len() { gone.into_iter().cloned().zip(new.into_iter().cloned()).collect() } else { BTreeMap::new() };
    Texts { items: wanted.to_vec(), instead }
}

impl SuiteMeaning {
    /// The meaning of a suite's entry.
    pub(crate) fn of(suite: &DesiredSuite) -> Self {
        let DesiredSuite { origin: _, experiences, system, description } = suite;
        Self {
            experiences: experiences.keys().cloned().collect(),
            system: system.as_ref().map(|system| system.value.clone()),
            description: description.clone(),
        }
    }

    /// What must change in a suite's entry; `renamed` says which member has which name now.
    pub(crate) fn changes(&self, wanted: &Self, renamed: &BTreeMap<String, String>) -> Vec<Change> {
        let Self { experiences, system, description } = self;
        let mut changes = Vec::new();
        if *experiences != wanted.experiences {
            let items = wanted.experiences.iter().map(|name| name.as_str().to_owned()).collect();
            changes.push((key(&SUITE, "experiences"), Some(Value::Texts(Texts { items, instead: renamed.clone() }))));
        }
        if *system != wanted.system {
            changes.push((key(&SUITE, "system"), wanted.system.as_ref().map(|system| Value::Text(system.as_str().to_owned()))));
        }
        if *description != wanted.description {
            changes.push((key(&SUITE, "description"), wanted.description.clone().map(Value::Text)));
        }
        changes
    }

    /// The keys of a new suite, in the usual order.
    pub(crate) fn fields(&self, name: &SuiteName) -> Fields {
        let Self { experiences, system, description } = self;
        let mut fields: Fields = vec![
            (key(&SUITE, "name"), Value::Text(name.as_str().to_owned())),
            (key(&SUITE, "experiences"), Value::Texts(Texts::of(experiences.iter().map(ExperienceName::as_str)))),
        ];
        fields.extend(system.as_ref().map(|system| (key(&SUITE, "system"), Value::Text(system.as_str().to_owned()))));
        fields.extend(description.as_ref().map(|text| (key(&SUITE, "description"), Value::Text(text.clone()))));
        fields
    }
}
