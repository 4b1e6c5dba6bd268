//! What is sent to ReSim. An absent setting is left out: nothing is ever sent as null, and nothing selects
//! experiences other than by their IDs.

use serde::Serialize;
use uuid::Uuid;

use super::{NewExperience, NewSuite};
use crate::desired::{CustomField, EnvironmentVariable, ExperienceSettings};
use crate::ids::{ExperienceId, ExperienceName, SystemId, TagId};
use crate::plan::{Delta, FieldChange};

/// The fields of schemas `CreateExperience` and `UpdateExperienceFields`.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExperienceBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locations: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    profile: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    environment_variables: Option<Vec<VariableBody<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container_timeout_seconds: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_exempt: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_fields: Option<Vec<CustomFieldBody<'a>>>,
    #[serde(rename = "experienceTagIDs", skip_serializing_if = "Vec::is_empty")]
    tags: Vec<Uuid>,
    #[serde(rename = "systemIDs", skip_serializing_if = "Vec::is_empty")]
    systems: Vec<Uuid>,
}

#[derive(Debug, Serialize)]
struct VariableBody<'a> {
    name: &'a str,
    value: &'a str,
}

#[derive(Debug, Serialize)]
struct CustomFieldBody<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    values: &'a [String],
}

/// Schema `UpdateExperience`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UpdateBody<'a> {
    experience: ExperienceBody<'a>,
    update_mask: Vec<&'static str>,
}

/// Schema `BulkArchiveExperiences`.
#[derive(Debug, Serialize)]
pub(crate) struct ArchiveBody {
    #[serde(rename = "experienceIDs")]
    experiences: Vec<Uuid>,
}

/// Schema `CreateExperienceTag`.
#[derive(Debug, Serialize)]
pub(crate) struct TagBody<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
}

/// Schema `AddTagsToExperiences`.
#[derive(Debug, Serialize)]
pub(crate) struct AddTagsBody {
    #[serde(rename = "experienceTagIDs")]
    tags: Vec<Uuid>,
    experiences: Vec<Uuid>,
}

/// Schema `SystemsAndExperiences`.
#[derive(Debug, Serialize)]
pub(crate) struct AddSystemsBody {
    #[serde(rename = "systemIDs")]
    systems: Vec<Uuid>,
    experiences: Vec<Uuid>,
}

/// Schema `CreateTestSuite`.
#[derive(Debug, Serialize)]
pub(crate) struct SuiteBody<'a> {
    name: &'a str,
    description: &'a str,
    #[serde(rename = "systemID")]
    system: Uuid,
    experiences: Vec<Uuid>,
}

/// Schema `ReviseTestSuite`: new members, and the metrics build stays.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReviseBody {
    experiences: Vec<Uuid>,
    update_metrics_build: bool,
}

impl<'a> ExperienceBody<'a> {
    pub(crate) fn new(new: &'a NewExperience) -> Self {
        let NewExperience { name, settings, tags, systems } = new;
        let ExperienceSettings {
            description,
            locations,
            profile,
            environment_variables,
            container_timeout_seconds,
            cache_exempt,
            custom_fields,
        } = settings;
        Self {
            name: Some(name.as_str()),
            description: Some(description),
            locations: Some(locations),
            profile: profile.as_set().map(String::as_str),
            environment_variables: environment_variables.as_set().map(|list| variables(list)),
            container_timeout_seconds: container_timeout_seconds.as_set().copied(),
            cache_exempt: cache_exempt.as_set().copied(),
            custom_fields: custom_fields.as_set().map(|list| self::custom_fields(list)),
            tags: tags.iter().map(|TagId(id)| *id).collect(),
            systems: systems.iter().map(|SystemId(id)| *id).collect(),
        }
    }
}

impl<'a> UpdateBody<'a> {
    /// Exactly these fields, in mask and values.
    pub(crate) fn new(fields: &'a [FieldChange]) -> Self {
        let mut experience = ExperienceBody::default();
        for field in fields {
            match field {
                FieldChange::Name(Delta { before: _, after }) => experience.name = Some(after.as_str()),
                FieldChange::Description(Delta { before: _, after }) => experience.description = Some(after),
                FieldChange::Locations(Delta { before: _, after }) => experience.locations = Some(after),
                FieldChange::Profile(Delta { before: _, after }) => experience.profile = Some(after),
                FieldChange::EnvironmentVariables(Delta { before: _, after }) => experience.environment_variables = Some(variables(after)),
                FieldChange::ContainerTimeoutSeconds(Delta { before: _, after }) => experience.container_timeout_seconds = Some(*after),
                FieldChange::CacheExempt(Delta { before: _, after }) => experience.cache_exempt = Some(*after),
                FieldChange::CustomFields(Delta { before: _, after }) => experience.custom_fields = Some(custom_fields(after)),
            }
        }
        Self { experience, update_mask: fields.iter().map(FieldChange::json_name).collect() }
    }

    /// The name alone.
    pub(crate) fn rename(name: &'a ExperienceName) -> Self {
        Self { experience: ExperienceBody { name: Some(name.as_str()), ..ExperienceBody::default() }, update_mask: vec!["name"] }
    }
}

impl ArchiveBody {
    pub(crate) fn new(experiences: &[ExperienceId]) -> Self {
        Self { experiences: ids(experiences) }
    }
}

impl AddTagsBody {
    pub(crate) fn new(tags: &[TagId], experiences: &[ExperienceId]) -> Self {
        Self { tags: tags.iter().map(|TagId(id)| *id).collect(), experiences: ids(experiences) }
    }
}

impl AddSystemsBody {
    pub(crate) fn new(systems: &[SystemId], experiences: &[ExperienceId]) -> Self {
        Self { systems: systems.iter().map(|SystemId(id)| *id).collect(), experiences: ids(experiences) }
    }
}

impl<'a> SuiteBody<'a> {
    pub(crate) fn new(new: &'a NewSuite) -> Self {
        let NewSuite { name, description, system: SystemId(system), experiences } = new;
        Self { name: name.as_str(), description, system: *system, experiences: ids(experiences) }
    }
}

impl ReviseBody {
    pub(crate) fn new<'b>(experiences: impl IntoIterator<Item = &'b ExperienceId>) -> Self {
        Self { experiences: ids(experiences), update_metrics_build: false }
    }
}

fn ids<'b>(experiences: impl IntoIterator<Item = &'b ExperienceId>) -> Vec<Uuid> {
    experiences.into_iter().map(|ExperienceId(id)| *id).collect()
}

fn variables(list: &[EnvironmentVariable]) -> Vec<VariableBody<'_>> {
    list.iter().map(|EnvironmentVariable { name, value }| VariableBody { name, value }).collect()
}

fn custom_fields(list: &[CustomField]) -> Vec<CustomFieldBody<'_>> {
    list.iter().map(|CustomField { name, kind, values }| CustomFieldBody { name, kind: kind.as_str(), values }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::desired::{CustomFieldKind, Setting};

    fn value(body: &impl Serialize) -> Value {
        serde_json::to_value(body).unwrap()
    }

    fn kept() -> ExperienceSettings {
        ExperienceSettings {
            description: "d".into(),
            locations: vec!["s3://a".into()],
            profile: Setting::Keep,
            environment_variables: Setting::Keep,
            container_timeout_seconds: Setting::Keep,
            cache_exempt: Setting::Keep,
            custom_fields: Setting::Keep,
        }
    }

    #[test]
    fn a_creation_leaves_out_what_the_config_does_not_say() {
        let new = NewExperience { name: ExperienceName::new("x"), settings: kept(), tags: vec![], systems: vec![] };
        assert_eq!(value(&ExperienceBody::new(&new)), json!({"name": "x", "description": "d", "locations": ["s3://a"]}));
    }

    #[test]
    fn a_creation_carries_everything_else() {
        let settings = ExperienceSettings {
            profile: Setting::Set(String::new()),
            environment_variables: Setting::Set(vec![EnvironmentVariable { name: "A".into(), value: "1".into() }]),
            container_timeout_seconds: Setting::Set(60),
            cache_exempt: Setting::Set(false),
            custom_fields: Setting::Set(vec![CustomField { name: "n".into(), kind: CustomFieldKind::Json, values: vec!["{}".into()] }]),
            ..kept()
        };
        let id = Uuid::from_u128(7);
        let new = NewExperience { name: ExperienceName::new("x"), settings, tags: vec![TagId(id)], systems: vec![SystemId(id)] };
        let expected = json!({
            "name": "x", "description": "d", "locations": ["s3://a"], "profile": "",
            "environmentVariables": [{"name": "A", "value": "1"}], "containerTimeoutSeconds": 60, "cacheExempt": false,
            "customFields": [{"name": "n", "type": "json", "values": ["{}"]}],
            "experienceTagIDs": [id], "systemIDs": [id]
        });
        assert_eq!(value(&ExperienceBody::new(&new)), expected);
    }

    #[test]
    fn an_update_holds_its_fields_alone_and_clears_with_empty_values() {
        let fields = [
            FieldChange::Name(Delta { before: ExperienceName::new("a"), after: ExperienceName::new("b") }),
            FieldChange::Description(Delta { before: "x".into(), after: String::new() }),
            FieldChange::Locations(Delta { before: vec![], after: vec!["s3://a".into()] }),
            FieldChange::Profile(Delta { before: "x".into(), after: String::new() }),
            FieldChange::EnvironmentVariables(Delta { before: vec![], after: vec![] }),
            FieldChange::ContainerTimeoutSeconds(Delta { before: 1, after: 2 }),
            FieldChange::CacheExempt(Delta { before: true, after: false }),
            FieldChange::CustomFields(Delta { before: vec![], after: vec![] }),
        ];
        let all = json!({
            "name": "b", "description": "", "locations": ["s3://a"], "profile": "", "environmentVariables": [],
            "containerTimeoutSeconds": 2, "cacheExempt": false, "customFields": []
        });
        let whole = value(&UpdateBody::new(&fields));
        assert_eq!(whole["experience"], all);
        for field in &fields {
            let name = field.json_name();
            let body = value(&UpdateBody::new(std::slice::from_ref(field)));
            assert_eq!(body, json!({"experience": {name: all[name]}, "updateMask": [name]}));
        }
    }

    #[test]
    fn a_rename_holds_the_name_alone() {
        assert_eq!(value(&UpdateBody::rename(&ExperienceName::new("b"))), json!({"experience": {"name": "b"}, "updateMask": ["name"]}));
    }

    #[test]
    fn bulk_bodies_select_by_id_alone() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let experiences = [ExperienceId(a), ExperienceId(b)];
        assert_eq!(value(&ArchiveBody::new(&experiences)), json!({"experienceIDs": [a, b]}));
        assert_eq!(value(&AddTagsBody::new(&[TagId(a)], &experiences)), json!({"experienceTagIDs": [a], "experiences": [a, b]}));
        assert_eq!(value(&AddSystemsBody::new(&[SystemId(a)], &experiences)), json!({"systemIDs": [a], "experiences": [a, b]}));
        assert_eq!(value(&ReviseBody::new(&experiences)), json!({"experiences": [a, b], "updateMetricsBuild": false}));
        assert_eq!(value(&ReviseBody::new([])), json!({"experiences": [], "updateMetricsBuild": false}));
    }
}
