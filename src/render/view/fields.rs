//! The fields of an experience before and after, with what looks secret gone.

use std::collections::{BTreeMap, BTreeSet};

use super::{HIDDEN, ShowValues};
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable, ExperienceSettings};
use crate::plan::{Delta, FieldChange, same_custom_field};
use crate::secrets::{is_secret_location, is_secret_variable, looks_secret};
use crate::snapshot::{CurrentVariable, Observed};

/// A value that may be shown, or that may not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    /// Untrusted text, perhaps of several lines, perhaps empty.
    Text(String),
    /// A number.
    Number(i64),
    /// A truth value.
    Flag(bool),
    /// Looks secret, or is hidden by wish: shown as [`HIDDEN`].
    Hidden,
}

impl Shown {
    /// The value as text, not escaped; [`HIDDEN`] for a hidden one.
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
            Self::Hidden => HIDDEN.to_owned(),
        }
    }
}

/// One field that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldView {
    /// Its name in config and API (`containerTimeoutSeconds`).
    pub field: &'static str,
    /// How it differs.
    pub diff: FieldDiff,
}

/// How a field differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldDiff {
    /// A single value.
    Scalar {
        /// `None` for a new experience.
        before: Option<Shown>,
        /// Wanted.
        after: Shown,
    },
    /// A set of texts (`locations`).
    Set {
        /// Taken out, sorted.
        removed: Vec<Shown>,
        /// Put in, sorted.
        added: Vec<Shown>,
        /// How many stay.
        kept: usize,
    },
    /// `environmentVariables`.
    Variables {
        /// Those that differ, by name.
        changed: Vec<VariableDiff>,
        /// How many stay.
        kept: usize,
    },
    /// `customFields`.
    CustomFields {
        /// Those that differ, by name.
        changed: Vec<CustomFieldDiff>,
        /// How many stay.
        kept: usize,
    },
}

/// One environment variable that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct VariableDiff {
    /// Its name.
    pub name: String,
    /// `None` if it is new.
    pub before: Option<Shown>,
    /// `None` if it goes.
    pub after: Option<Shown>,
}

/// One custom field that differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CustomFieldDiff {
    /// Its name as the config spells it, or as ReSim does if it goes.
    pub name: String,
    /// `None` if it is new.
    pub before: Option<CustomFieldView>,
    /// `None` if it goes.
    pub after: Option<CustomFieldView>,
}

/// A custom field's type and values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CustomFieldView {
    /// What the values are.
    pub kind: CustomFieldKind,
    /// In their order.
    pub values: Vec<Shown>,
}

impl FieldView {
    /// `None` for the name, which a row tells apart.
    pub(super) fn new(change: &FieldChange, show: ShowValues) -> Option<Self> {
        let diff = match change {
            FieldChange::Name(_) => return None,
            FieldChange::Description(Delta { before, after }) | FieldChange::Profile(Delta { before, after }) => {
                FieldDiff::Scalar { before: Some(text(before, show)), after: text(after, show) }
            }
            FieldChange::Locations(Delta { before, after }) => locations(before, after, show),
            FieldChange::EnvironmentVariables(Delta { before, after }) => variables(before, after, show),
            FieldChange::ContainerTimeoutSeconds(Delta { before, after }) => {
                FieldDiff::Scalar { before: Some(Shown::Number(*before)), after: Shown::Number(i64::from(*after)) }
            }
            FieldChange::CacheExempt(Delta { before, after }) => {
                FieldDiff::Scalar { before: Some(Shown::Flag(*before)), after: Shown::Flag(*after) }
            }
            FieldChange::CustomFields(Delta { before, after }) => custom_fields(before, after, show),
        };
        Some(Self { field: change.json_name(), diff })
    }
}

/// What a new experience begins with: what its entry says.
pub(super) fn of_new(settings: &ExperienceSettings, show: ShowValues) -> Vec<FieldView> {
    let ExperienceSettings {
        description,
        locations: wanted,
        profile,
        environment_variables,
        container_timeout_seconds,
        cache_exempt,
        custom_fields: wanted_fields,
    } = settings;
    let scalar = |after| FieldDiff::Scalar { before: None, after };
    let set = |field, diff: Option<FieldDiff>| diff.map(|diff| FieldView { field, diff });
    [
        set("description", Some(scalar(text(description, show)))),
        set("locations", Some(locations(&[], wanted, show))),
        set("profile", profile.as_set().map(|profile| scalar(text(profile, show)))),
        set("environmentVariables", environment_variables.as_set().map(|wanted| variables(&[], wanted, show))),
        set("containerTimeoutSeconds", container_timeout_seconds.as_set().map(|seconds| scalar(Shown::Number(i64::from(*seconds))))),
        set("cacheExempt", cache_exempt.as_set().map(|exempt| scalar(Shown::Flag(*exempt)))),
        set("customFields", wanted_fields.as_set().map(|wanted| custom_fields(&[], wanted, show))),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Any text but a variable's value.
pub(super) fn text(text: &str, show: ShowValues) -> Shown {
    if show != ShowValues::All && looks_secret(text) { Shown::Hidden } else { Shown::Text(text.to_owned()) }
}

fn variable(name: &str, value: &str, show: ShowValues) -> Shown {
    let shown = match show {
        ShowValues::All => true,
        ShowValues::Safe => !is_secret_variable(name, value),
        ShowValues::None => false,
    };
    if shown { Shown::Text(value.to_owned()) } else { Shown::Hidden }
}

fn locations(before: &[Observed<String>], after: &[String], show: ShowValues) -> FieldDiff {
    let location = |location: &&String| {
        let hidden = show != ShowValues::All && is_secret_location(location);
        if hidden { Shown::Hidden } else { Shown::Text((*location).clone()) }
    };
    let known: BTreeSet<&String> = before
        .iter()
        .filter_map(|location| match location {
            Observed::Known(location) => Some(location),
            Observed::Hidden => None,
        })
        .collect();
    let wanted: BTreeSet<&String> = after.iter().collect();
    let mut kept = known.intersection(&wanted).count();
    // What a snapshot hides looks secret, so it may be one of the wanted ones that do: compared with nothing.
    let mut unknown = before.iter().filter(|location| **location == Observed::Hidden).count();
    let mut added = Vec::new();
    for new in wanted.difference(&known) {
        if unknown > 0 && is_secret_location(new) {
            unknown -= 1;
            kept += 1;
        } else {
            added.push(location(new));
        }
    }
    let mut removed: Vec<Shown> = known.difference(&wanted).map(location).collect();
    removed.extend(std::iter::repeat_n(Shown::Hidden, unknown));
    FieldDiff::Set { removed, added, kept }
}

fn variables(before: &[CurrentVariable], after: &[EnvironmentVariable], show: ShowValues) -> FieldDiff {
    // ReSim may hold one name twice: then the values are paired in order, and the rest goes.
    let mut pairs: BTreeMap<&str, (Vec<&Observed<String>>, Vec<&String>)> = BTreeMap::new();
    for CurrentVariable { name, value } in before {
        pairs.entry(name).or_default().0.push(value);
    }
    for EnvironmentVariable { name, value } in after {
        pairs.entry(name).or_default().1.push(value);
    }
    let mut kept = 0;
    let mut changed = Vec::new();
    for (name, (before, after)) in pairs {
        for index in 0..before.len().max(after.len()) {
            let (before, after) = (before.get(index), after.get(index));
            let kept_one = match (before, after) {
                (Some(Observed::Known(before)), Some(after)) => before == *after,
                // Compared with nothing.
                (Some(Observed::Hidden), Some(_)) => true,
                (None, _) | (_, None) => false,
            };
            if kept_one {
                kept += 1;
                continue;
            }
            let before = before.map(|value| match value {
                Observed::Known(value) => variable(name, value, show),
                Observed::Hidden => Shown::Hidden,
            });
            changed.push(VariableDiff { name: name.to_owned(), before, after: after.map(|value| variable(name, value, show)) });
        }
    }
    FieldDiff::Variables { changed, kept }
}

fn custom_fields(before: &[CustomField], after: &[CustomField], show: ShowValues) -> FieldDiff {
    let mut pairs: BTreeMap<String, (Option<&CustomField>, Option<&CustomField>)> = BTreeMap::new();
    for field in before {
        pairs.entry(field.name.to_lowercase()).or_default().0 = Some(field);
    }
    for field in after {
        pairs.entry(field.name.to_lowercase()).or_default().1 = Some(field);
    }
    let mut kept = 0;
    let mut changed = Vec::new();
    for (before, after) in pairs.into_values() {
        if before.zip(after).is_some_and(|(before, after)| same_custom_field(before, after)) {
            kept += 1;
            continue;
        }
        let name = after.or(before).map(|field| field.name.clone()).unwrap_or_default();
        changed.push(CustomFieldDiff {
            name,
            before: before.map(|field| custom_field(field, show)),
            after: after.map(|field| custom_field(field, show)),
        });
    }
    FieldDiff::CustomFields { changed, kept }
}

fn custom_field(field: &CustomField, show: ShowValues) -> CustomFieldView {
    let CustomField { name: _, kind, values } = field;
    CustomFieldView { kind: *kind, values: values.iter().map(|value| text(value, show)).collect() }
}
