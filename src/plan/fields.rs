//! Which fields of an experience differ from its entry, compared as the server may return them.

use std::collections::BTreeSet;

use super::canonical::custom_fields;
use super::{Delta, FieldChange, FieldChanges};
use crate::desired::{CustomField, EnvironmentVariable, ExperienceSettings};
use crate::ids::ExperienceName;
use crate::snapshot::{CurrentExperience, CurrentVariable, Observed};

/// The fields that must change for the experience to be what the entry wants; absent ones keep.
pub(crate) fn differences(name: &ExperienceName, wanted: &ExperienceSettings, current: &CurrentExperience) -> Option<FieldChanges> {
    let ExperienceSettings {
        description,
        locations,
        profile,
        environment_variables,
        container_timeout_seconds,
        cache_exempt,
        custom_fields: wanted_fields,
    } = wanted;
    // Whether it is archived is no field of the config's entry that is compared here.
    let CurrentExperience {
        name: current_name,
        description: current_description,
        locations: current_locations,
        profile: current_profile,
        environment_variables: current_variables,
        container_timeout_seconds: current_timeout,
        cache_exempt: current_cache_exempt,
        custom_fields: current_fields,
        archived: _,
        updated_at: _,
    } = current;

    let mut changes = Vec::new();
    if current_name != name {
        changes.push(FieldChange::Name(delta(current_name, name)));
    }
    if current_description != description {
        changes.push(FieldChange::Description(delta(current_description, description)));
    }
    if !same_locations(current_locations, locations) {
        changes.push(FieldChange::Locations(delta(current_locations, locations)));
    }
    if let Some(profile) = profile.as_set().filter(|wanted| *wanted != current_profile) {
        changes.push(FieldChange::Profile(delta(current_profile, profile)));
    }
    if let Some(variables) = environment_variables.as_set().filter(|wanted| !same_variables(current_variables, wanted)) {
        changes.push(FieldChange::EnvironmentVariables(delta(current_variables, variables)));
    }
    if let Some(seconds) = container_timeout_seconds.as_set().filter(|wanted| i64::from(**wanted) != *current_timeout) {
        changes.push(FieldChange::ContainerTimeoutSeconds(delta(current_timeout, seconds)));
    }
    if let Some(exempt) = cache_exempt.as_set().filter(|wanted| *wanted != current_cache_exempt) {
        changes.push(FieldChange::CacheExempt(delta(current_cache_exempt, exempt)));
    }
    // Most are spelled alike, which is seen at a glance.
    let differ = |wanted: &&Vec<CustomField>| *wanted != current_fields && custom_fields(wanted) != custom_fields(current_fields);
    if let Some(fields) = wanted_fields.as_set().filter(differ) {
        changes.push(FieldChange::CustomFields(delta(current_fields, fields)));
    }
    FieldChanges::new(changes)
}

/// Whether the locations are the same, but for their order; where one is hidden, nobody can tell.
pub(super) fn only_order_differs(wanted: &ExperienceSettings, current: &CurrentExperience) -> bool {
    let mut first_of_each = Vec::with_capacity(current.locations.len());
    let mut seen = BTreeSet::new();
    for location in &current.locations {
        match location {
            Observed::Known(location) if seen.insert(location.as_str()) => first_of_each.push(location.as_str()),
            Observed::Known(_) => {}
            Observed::Hidden => return false,
        }
    }
    !first_of_each.iter().eq(wanted.locations.iter()) && seen == wanted.locations.iter().map(String::as_str).collect()
}

/// As sets. A hidden location may be any of those that are wanted and not seen.
fn same_locations(current: &[Observed<String>], wanted: &[String]) -> bool {
    let mut known = BTreeSet::new();
    let mut hidden = 0;
    for location in current {
        match location {
            Observed::Known(location) => {
                known.insert(location.as_str());
            }
            Observed::Hidden => hidden += 1,
        }
    }
    let wanted: BTreeSet<&str> = wanted.iter().map(String::as_str).collect();
    known.is_subset(&wanted) && wanted.len() - known.len() <= hidden
}

/// By name, whatever the order. A hidden value may be the wanted one.
fn same_variables(current: &[CurrentVariable], wanted: &[EnvironmentVariable]) -> bool {
    let mut current: Vec<&CurrentVariable> = current.iter().collect();
    let mut wanted: Vec<&EnvironmentVariable> = wanted.iter().collect();
    current.sort_unstable();
    wanted.sort_unstable();
    current.len() == wanted.len()
        && current.iter().zip(wanted).all(|(current, wanted)| {
            let CurrentVariable { name, value } = current;
            *name == wanted.name
                && match value {
                    Observed::Known(value) => *value == wanted.value,
                    Observed::Hidden => true,
                }
        })
}

fn delta<Before: Clone, After: Clone>(before: &Before, after: &After) -> Delta<Before, After> {
    Delta { before: before.clone(), after: after.clone() }
}

/// Whether an experience is as an entry of that name wants it.
pub(crate) fn is_as_wanted(name: &ExperienceName, wanted: &ExperienceSettings, current: &CurrentExperience) -> bool {
    differences(name, wanted, current).is_none()
}
