//! Which fields differ.

use super::planned;
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable, ExperienceSettings, Setting};
use crate::plan::testing::{config, notes, state};
use crate::plan::{ExperienceAction, Plan};
use crate::snapshot::{CurrentExperience, CurrentVariable, Observed};

fn plan_of(wanted: impl FnOnce(&mut ExperienceSettings), current: impl FnOnce(&mut CurrentExperience)) -> Plan {
    planned(config().entry_with("a", |entry| wanted(&mut entry.settings)), state().experience(1, "a", current))
}

/// The names of the fields that change.
fn changed(wanted: impl FnOnce(&mut ExperienceSettings), current: impl FnOnce(&mut CurrentExperience)) -> Vec<&'static str> {
    let plan = plan_of(wanted, current);
    let fields = plan.experiences.iter().flat_map(|change| match &change.action {
        ExperienceAction::Update { fields, .. } => fields.iter().map(|field| field.json_name()).collect(),
        ExperienceAction::Archive { .. } | ExperienceAction::Restore { .. } | ExperienceAction::Create { .. } => Vec::new(),
    });
    fields.collect()
}

fn unchanged(wanted: impl FnOnce(&mut ExperienceSettings), current: impl FnOnce(&mut CurrentExperience)) -> bool {
    changed(wanted, current).is_empty()
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn known(values: &[&str]) -> Vec<Observed<String>> {
    values.iter().map(|value| Observed::Known((*value).to_owned())).collect()
}

fn variables(pairs: &[(&str, &str)]) -> Vec<EnvironmentVariable> {
    pairs.iter().map(|(name, value)| EnvironmentVariable { name: (*name).into(), value: (*value).into() }).collect()
}

fn current_variables(pairs: &[(&str, &str)]) -> Vec<CurrentVariable> {
    pairs.iter().map(|(name, value)| CurrentVariable { name: (*name).into(), value: Observed::Known((*value).into()) }).collect()
}

fn field(name: &str, kind: CustomFieldKind, values: &[&str]) -> CustomField {
    CustomField { name: name.into(), kind, values: texts(values) }
}

#[test]
fn changed_fields_come_in_one_order_and_no_others() {
    let all = changed(
        |wanted| {
            *wanted = ExperienceSettings {
                description: "new".into(),
                locations: texts(&["s3://new"]),
                profile: Setting::Set("new".into()),
                environment_variables: Setting::Set(variables(&[("NEW", "1")])),
                container_timeout_seconds: Setting::Set(60),
                cache_exempt: Setting::Set(true),
                custom_fields: Setting::Set(vec![field("new", CustomFieldKind::Text, &["1"])]),
            }
        },
        |_| {},
    );
    let expected =
        ["description", "locations", "profile", "environmentVariables", "containerTimeoutSeconds", "cacheExempt", "customFields"];
    assert_eq!(all, expected);
    assert_eq!(changed(|wanted| wanted.profile = Setting::Set("new".into()), |_| {}), ["profile"]);
}

#[test]
fn absent_optional_fields_are_left_alone() {
    assert!(unchanged(
        |_| {},
        |current| {
            current.profile = "full".into();
            current.environment_variables = current_variables(&[("A", "1")]);
            current.container_timeout_seconds = 60;
            current.cache_exempt = true;
            current.custom_fields = vec![field("area", CustomFieldKind::Text, &["hall"])];
        },
    ));
}

#[test]
fn empty_optional_fields_clear() {
    let cleared = changed(
        |wanted| {
            wanted.profile = Setting::Set(String::new());
            wanted.environment_variables = Setting::Set(Vec::new());
            wanted.custom_fields = Setting::Set(Vec::new());
        },
        |current| {
            current.profile = "full".into();
            current.environment_variables = current_variables(&[("A", "1")]);
            current.custom_fields = vec![field("area", CustomFieldKind::Text, &["hall"])];
        },
    );
    assert_eq!(cleared, ["profile", "environmentVariables", "customFields"]);
}

#[test]
fn description_and_locations_follow_the_config_even_if_empty() {
    let cleared = changed(
        |wanted| {
            wanted.description = String::new();
            wanted.locations = Vec::new();
        },
        |_| {},
    );
    assert_eq!(cleared, ["description", "locations"]);
}

#[test]
fn timeout_beyond_the_config_s_range_differs() {
    let wanted = |wanted: &mut ExperienceSettings| wanted.container_timeout_seconds = Setting::Set(1);
    assert_eq!(changed(wanted, |current| current.container_timeout_seconds = (1 << 32) + 1), ["containerTimeoutSeconds"]);
}

#[test]
fn locations_in_another_order_are_a_note_alone() {
    let plan =
        plan_of(|wanted| wanted.locations = texts(&["s3://1", "s3://2"]), |current| current.locations = known(&["s3://2", "s3://1"]));
    assert!(plan.is_empty());
    assert_eq!(notes(&plan), ["a has its locations in another order"]);
}

#[test]
fn locations_that_the_server_holds_twice_are_a_set_still() {
    let plan = plan_of(
        |wanted| wanted.locations = texts(&["s3://1", "s3://2"]),
        |current| current.locations = known(&["s3://1", "s3://2", "s3://1"]),
    );
    assert!(plan.is_empty() && plan.notes.is_empty());
}

#[test]
fn one_location_more_or_less_is_a_change() {
    let wanted = |wanted: &mut ExperienceSettings| wanted.locations = texts(&["s3://1", "s3://2"]);
    assert_eq!(changed(wanted, |current| current.locations = known(&["s3://1"])), ["locations"]);
    assert_eq!(changed(wanted, |current| current.locations = known(&["s3://1", "s3://2", "s3://3"])), ["locations"]);
}

#[test]
fn hidden_location_is_no_difference_and_stands_for_no_two() {
    let current = |current: &mut CurrentExperience| current.locations = vec![Observed::Known("s3://1".into()), Observed::Hidden];
    let wanted = |locations: &'static [&'static str]| move |wanted: &mut ExperienceSettings| wanted.locations = texts(locations);
    assert!(unchanged(wanted(&["s3://1", "https://u:p@2"]), current));
    assert!(unchanged(wanted(&["s3://1"]), current));
    assert!(plan_of(wanted(&["https://u:p@2", "s3://1"]), current).notes.is_empty());
    assert_eq!(changed(wanted(&["https://u:p@2"]), current), ["locations"]);
    assert_eq!(changed(wanted(&["s3://1", "https://u:p@2", "s3://3"]), current), ["locations"]);
}

#[test]
fn variables_are_compared_by_name_whatever_their_order() {
    let wanted = |wanted: &mut ExperienceSettings| wanted.environment_variables = Setting::Set(variables(&[("B", "2"), ("A", "1")]));
    let with = |pairs: &'static [(&'static str, &'static str)]| {
        move |current: &mut CurrentExperience| current.environment_variables = current_variables(pairs)
    };
    assert!(unchanged(wanted, with(&[("A", "1"), ("B", "2")])));
    for other in [&[("A", "1"), ("B", "3")][..], &[("A", "1")], &[("A", "1"), ("B", "2"), ("C", "3")], &[("a", "1"), ("B", "2")]] {
        assert_eq!(changed(wanted, with(other)), ["environmentVariables"], "{other:?}");
    }
}

#[test]
fn variable_that_the_server_holds_twice_is_a_change() {
    let wanted = |wanted: &mut ExperienceSettings| wanted.environment_variables = Setting::Set(variables(&[("A", "1")]));
    assert_eq!(
        changed(wanted, |current| current.environment_variables = current_variables(&[("A", "1"), ("A", "1")])),
        ["environmentVariables"]
    );
}

#[test]
fn hidden_variable_is_no_difference_but_its_name_is() {
    let hidden = |current: &mut CurrentExperience| {
        current.environment_variables = vec![CurrentVariable { name: "API_KEY".into(), value: Observed::Hidden }];
    };
    assert!(unchanged(|wanted| wanted.environment_variables = Setting::Set(variables(&[("API_KEY", "x")])), hidden));
    assert_eq!(
        changed(|wanted| wanted.environment_variables = Setting::Set(variables(&[("OTHER", "x")])), hidden),
        ["environmentVariables"]
    );
}

fn custom_fields_differ(wanted: CustomField, current: CustomField) -> bool {
    !unchanged(|settings| settings.custom_fields = Setting::Set(vec![wanted]), |experience| experience.custom_fields = vec![current])
}

#[test]
fn custom_fields_are_compared_by_name_without_case() {
    use CustomFieldKind::Text;
    assert!(!custom_fields_differ(field("Über", Text, &["1"]), field("ÜBER", Text, &["1"])));
    assert!(custom_fields_differ(field("area", Text, &["1"]), field("areas", Text, &["1"])));
}

#[test]
fn custom_fields_may_come_in_another_order() {
    let (one, two) = (field("one", CustomFieldKind::Text, &["1"]), field("two", CustomFieldKind::Text, &["2"]));
    let reversed = vec![two.clone(), one.clone()];
    assert!(unchanged(|wanted| wanted.custom_fields = Setting::Set(vec![one, two]), |current| current.custom_fields = reversed));
}

#[test]
fn values_are_a_multiset() {
    use CustomFieldKind::Text;
    assert!(!custom_fields_differ(field("f", Text, &["x", "y", "x"]), field("f", Text, &["y", "x", "x"])));
    assert!(custom_fields_differ(field("f", Text, &["x", "y", "x"]), field("f", Text, &["x", "y"])));
    assert!(custom_fields_differ(field("f", Text, &["x", "y", "x"]), field("f", Text, &["x", "y", "y"])));
}

#[test]
fn type_of_a_custom_field_is_part_of_it() {
    assert!(custom_fields_differ(field("f", CustomFieldKind::Text, &["1"]), field("f", CustomFieldKind::Number, &["1"])));
}

#[test]
fn numbers_are_compared_as_decimals_and_texts_are_not() {
    assert!(!custom_fields_differ(field("f", CustomFieldKind::Number, &["1.50"]), field("f", CustomFieldKind::Number, &["15e-1"])));
    assert!(custom_fields_differ(
        field("f", CustomFieldKind::Number, &["0.1"]),
        field("f", CustomFieldKind::Number, &["0.10000000000000001"])
    ));
    assert!(custom_fields_differ(field("f", CustomFieldKind::Text, &["1.50"]), field("f", CustomFieldKind::Text, &["1.5"])));
}

#[test]
fn timestamps_are_compared_as_instants() {
    use CustomFieldKind::Timestamp;
    assert!(!custom_fields_differ(field("f", Timestamp, &["2026-01-31"]), field("f", Timestamp, &["2026-01-31T01:00:00.000+01:00"])));
    assert!(custom_fields_differ(field("f", Timestamp, &["2026-01-31"]), field("f", Timestamp, &["2026-01-31T00:00:00.001Z"])));
}

#[test]
fn json_is_compared_as_it_was_written() {
    use CustomFieldKind::Json;
    assert!(!custom_fields_differ(field("f", Json, &["{\"a\": 1}"]), field("f", Json, &["{\"a\": 1}"])));
    assert!(custom_fields_differ(field("f", Json, &["{\"a\": 1}"]), field("f", Json, &["{\"a\":1}"])));
}
