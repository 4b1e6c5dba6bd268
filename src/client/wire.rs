//! What ReSim answers, row by row, and how it becomes what the plan compares.
//!
//! Tolerant: unknown keys are ignored, and an optional value may be absent or null. IDs and names are demanded.

use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use crate::desired::{CustomField, CustomFieldKind};
use crate::ids::{ExperienceId, ExperienceName, SuiteId, SuiteName, SystemId};
use crate::snapshot::{CurrentExperience, CurrentSuite, CurrentVariable, Observed};

/// What the embedded API serves for a value that its state file hides.
const PLACEHOLDER: &str = "(hidden)";

/// Schema `Project`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct ProjectRow {
    #[serde(rename = "projectID")]
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) archived: Option<bool>,
}

/// Schema `Experience`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExperienceRow {
    #[serde(rename = "experienceID")]
    pub(crate) id: Uuid,
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
    #[serde(default, deserialize_with = "or_default")]
    locations: Vec<String>,
    /// The first of `locations`, from the time when there was only one.
    #[serde(default, deserialize_with = "or_default")]
    location: String,
    #[serde(default, deserialize_with = "or_default")]
    profile: String,
    #[serde(default, deserialize_with = "or_default")]
    environment_variables: Vec<VariableRow>,
    #[serde(default, deserialize_with = "or_default")]
    container_timeout_seconds: i64,
    #[serde(default, deserialize_with = "or_default")]
    cache_exempt: bool,
    #[serde(default, deserialize_with = "or_default")]
    custom_fields: Vec<CustomFieldRow>,
    #[serde(default)]
    pub(crate) archived: Option<bool>,
    #[serde(default, deserialize_with = "or_default")]
    update_timestamp: String,
}

/// Schema `EnvironmentVariable`.
#[derive(Clone, Debug, Deserialize)]
struct VariableRow {
    name: String,
    #[serde(default, deserialize_with = "or_default")]
    value: String,
}

/// Schema `CustomField`.
#[derive(Clone, Debug, Deserialize)]
struct CustomFieldRow {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "or_default")]
    values: Vec<String>,
}

/// As much of an experience as a membership list is read for.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct MemberRow {
    #[serde(rename = "experienceID")]
    pub(crate) id: Uuid,
    #[serde(default)]
    pub(crate) archived: Option<bool>,
}

/// Schema `ExperienceTag`.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct TagRow {
    #[serde(rename = "experienceTagID")]
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) description: String,
}

/// Schema `System`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SystemRow {
    #[serde(rename = "systemID")]
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(default, deserialize_with = "or_default")]
    pub(crate) description: String,
    #[serde(default)]
    pub(crate) archived: Option<bool>,
    #[serde(default)]
    pub(crate) num_experiences: Option<i64>,
}

/// Schema `TestSuite`.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SuiteRow {
    #[serde(rename = "testSuiteID")]
    pub(crate) id: Uuid,
    pub(crate) name: String,
    #[serde(default, deserialize_with = "or_default")]
    description: String,
    #[serde(rename = "systemID")]
    system: Uuid,
    #[serde(rename = "testSuiteRevision", default, deserialize_with = "or_default")]
    revision: i64,
    /// May be null, but never absent: a suite must not look empty because its members were left out.
    #[serde(deserialize_with = "or_default")]
    experiences: Vec<Uuid>,
    #[serde(default)]
    pub(crate) archived: Option<bool>,
}

/// Null is the same as absent.
fn or_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(deserializer: D) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

impl ExperienceRow {
    /// The experience; `archived` is what the list was asked for, in case the row does not say.
    ///
    /// # Errors
    /// A custom field of a type that the API does not document, for people.
    pub(crate) fn into_current(self, archived: bool, hidden_placeholder: bool) -> Result<(ExperienceId, CurrentExperience), String> {
        let Self {
            id,
            name,
            description,
            mut locations,
            location,
            profile,
            environment_variables,
            container_timeout_seconds,
            cache_exempt,
            custom_fields,
            archived: says_archived,
            update_timestamp,
        } = self;
        if locations.is_empty() && !location.is_empty() {
            locations.push(location);
        }
        let observe = |value: String| if hidden_placeholder && value == PLACEHOLDER { Observed::Hidden } else { Observed::Known(value) };
        let experience_id = ExperienceId(id);
        let custom_field = |CustomFieldRow { name, kind, values }| match CustomFieldKind::parse(&kind) {
            Some(kind) => Ok(CustomField { name, kind, values }),
            None => Err(format!("experience {experience_id} has a custom field of an unknown type")),
        };
        let current = CurrentExperience {
            name: ExperienceName::new(name),
            description,
            locations: locations.into_iter().map(observe).collect(),
            profile,
            environment_variables: environment_variables
                .into_iter()
                .map(|VariableRow { name, value }| CurrentVariable { name, value: observe(value) })
                .collect(),
            container_timeout_seconds,
            cache_exempt,
            custom_fields: custom_fields.into_iter().map(custom_field).collect::<Result<_, _>>()?,
            archived: says_archived.unwrap_or(archived),
            updated_at: update_timestamp,
        };
        Ok((experience_id, current))
    }
}

impl SuiteRow {
    /// The suite; `archived` is what the list was asked for, in case the row does not say.
    pub(crate) fn into_current(self, archived: bool) -> (SuiteId, CurrentSuite) {
        let Self { id, name, description, system, revision, experiences, archived: says_archived } = self;
        let suite = CurrentSuite {
            name: SuiteName::new(name),
            description,
            system: SystemId(system),
            revision,
            archived: says_archived.unwrap_or(archived),
            members: experiences.into_iter().map(ExperienceId).collect(),
        };
        (SuiteId(id), suite)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "3f2a1b2c-0000-4000-8000-000000000001";

    fn experience(value: serde_json::Value) -> ExperienceRow {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn a_whole_experience_is_read() {
        let row = experience(json!({
            "experienceID": ID, "projectID": ID, "name": "survey", "description": "d", "location": "s3://a", "locations": ["s3://a", "s3://b"],
            "containerTimeoutSeconds": 3600, "profile": "full", "environmentVariables": [{"name": "A", "value": "1"}], "cacheExempt": true,
            "customFields": [{"name": "n", "type": "number", "values": ["32"]}], "archived": false, "updateTimestamp": "2026-01-01T00:00:00Z",
            "somethingNew": {"x": 1}
        }));
        let (id, current) = row.into_current(true, false).unwrap();
        assert_eq!(id.to_string(), ID);
        let expected = CurrentExperience {
            name: ExperienceName::new("survey"),
            description: "d".into(),
            locations: vec![Observed::Known("s3://a".into()), Observed::Known("s3://b".into())],
            profile: "full".into(),
            environment_variables: vec![CurrentVariable { name: "A".into(), value: Observed::Known("1".into()) }],
            container_timeout_seconds: 3600,
            cache_exempt: true,
            custom_fields: vec![CustomField { name: "n".into(), kind: CustomFieldKind::Number, values: vec!["32".into()] }],
            archived: false,
            updated_at: "2026-01-01T00:00:00Z".into(),
        };
        assert_eq!(current, expected);
    }

    #[test]
    fn absent_and_null_are_empty() {
        let bare = experience(json!({"experienceID": ID, "name": "x"})).into_current(true, false).unwrap();
        let null = experience(json!({
            "experienceID": ID, "name": "x", "description": null, "locations": null, "location": null, "profile": null,
            "environmentVariables": null, "containerTimeoutSeconds": null, "cacheExempt": null, "customFields": null, "archived": null,
            "updateTimestamp": null
        }));
        assert_eq!(bare, null.into_current(true, false).unwrap());
        assert!(bare.1.archived, "the list decides where the row is silent");
    }

    #[test]
    fn the_old_single_location_counts_where_the_list_is_missing() {
        let (_, current) = experience(json!({"experienceID": ID, "name": "x", "location": "s3://a"})).into_current(false, false).unwrap();
        assert_eq!(current.locations, [Observed::Known("s3://a".into())]);
    }

    #[test]
    fn the_placeholder_hides_only_where_it_is_said_to() {
        let row = experience(json!({
            "experienceID": ID, "name": "(hidden)", "locations": ["(hidden)", "s3://(hidden)"],
            "environmentVariables": [{"name": "A", "value": "(hidden)"}]
        }));
        let (_, real) = row.clone().into_current(false, false).unwrap();
        assert_eq!(real.locations[0], Observed::Known("(hidden)".into()));
        let (_, embedded) = row.into_current(false, true).unwrap();
        assert_eq!(embedded.locations, [Observed::Hidden, Observed::Known("s3://(hidden)".into())]);
        assert_eq!(embedded.environment_variables[0].value, Observed::Hidden);
        assert_eq!(embedded.name.as_str(), "(hidden)");
    }

    #[test]
    fn an_unknown_custom_field_type_is_not_guessed() {
        let row = experience(json!({"experienceID": ID, "name": "x", "customFields": [{"name": "n", "type": "colour", "values": []}]}));
        assert!(row.into_current(false, false).unwrap_err().contains(ID));
    }

    #[test]
    fn a_suite_without_its_members_is_refused() {
        let read = |value| serde_json::from_value::<SuiteRow>(value);
        assert!(read(json!({"testSuiteID": ID, "name": "s", "systemID": ID})).is_err());
        let (_, suite) = read(json!({"testSuiteID": ID, "name": "s", "systemID": ID, "experiences": null})).unwrap().into_current(false);
        assert!(suite.members.is_empty());
    }

    #[test]
    fn rows_without_id_or_name_are_refused() {
        assert!(serde_json::from_value::<ExperienceRow>(json!({"name": "x"})).is_err());
        assert!(serde_json::from_value::<ExperienceRow>(json!({"experienceID": ID, "name": null})).is_err());
        assert!(serde_json::from_value::<TagRow>(json!({"experienceTagID": "no", "name": "x"})).is_err());
    }
}
