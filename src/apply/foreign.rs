//! What an answer tells of changes that somebody else made.

use crate::snapshot::{CurrentExperience, CurrentVariable};

/// The fields in which two states of one experience differ, by JSON name; the server may reorder lists.
pub(crate) fn changed_fields(read: &CurrentExperience, answer: &CurrentExperience) -> Vec<&'static str> {
    // Nobody archives what an update is about, and then updates it; restores are our own. The time of the last
    // update differs after every update.
    let CurrentExperience {
        name,
        description,
        locations,
        profile,
        environment_variables,
        container_timeout_seconds,
        cache_exempt,
        custom_fields,
        archived,
        updated_at: _,
    } = read;
    let differences = [
        ("name", *name != answer.name),
        ("description", *description != answer.description),
        ("locations", sorted(locations) != sorted(&answer.locations)),
        ("profile", *profile != answer.profile),
        ("environmentVariables", sorted::<CurrentVariable>(environment_variables) != sorted(&answer.environment_variables)),
        ("containerTimeoutSeconds", *container_timeout_seconds != answer.container_timeout_seconds),
        ("cacheExempt", *cache_exempt != answer.cache_exempt),
        ("customFields", sorted(custom_fields) != sorted(&answer.custom_fields)),
        ("archived", !archived && answer.archived),
    ];
    differences.into_iter().filter(|(_, differs)| *differs).map(|(field, _)| field).collect()
}

fn sorted<T: Ord>(list: &[T]) -> Vec<&T> {
    let mut sorted: Vec<&T> = list.iter().collect();
    sorted.sort();
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::fixtures::current;

    #[test]
    fn another_value_is_told_by_its_field_and_another_order_is_not() {
        let read = current("a", false);
        let mut answer = read.clone();
        answer.updated_at = "2026-02-02T00:00:00Z".to_owned();
        answer.locations.reverse();
        assert!(changed_fields(&read, &answer).is_empty());
        answer.profile = "other".to_owned();
        answer.container_timeout_seconds += 1;
        assert_eq!(changed_fields(&read, &answer), ["profile", "containerTimeoutSeconds"]);
    }

    #[test]
    fn archive_is_somebody_elses_and_a_restore_our_own() {
        let (live, archived) = (current("a", false), current("a", true));
        assert_eq!(changed_fields(&live, &archived), ["archived"]);
        assert!(changed_fields(&archived, &live).is_empty());
    }
}
