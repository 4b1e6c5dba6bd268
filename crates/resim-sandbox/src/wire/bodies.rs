//! Bodies of requests. Unknown keys are refused: a misspelt one must not pass for an absent one.

use serde::Deserialize;
use uuid::Uuid;

/// The fields of an experience, in a creation and in an update.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ExperienceFields {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) location: Option<String>,
    pub(crate) locations: Option<Vec<String>>,
    pub(crate) container_timeout_seconds: Option<i32>,
    pub(crate) profile: Option<String>,
    pub(crate) environment_variables: Option<Vec<VariableBody>>,
    pub(crate) cache_exempt: Option<bool>,
    pub(crate) custom_fields: Option<Vec<FieldBody>>,
    #[serde(rename = "experienceTagIDs")]
    pub(crate) experience_tag_ids: Option<Vec<Uuid>>,
    #[serde(rename = "systemIDs")]
    pub(crate) system_ids: Option<Vec<Uuid>>,
}

/// An environment variable.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VariableBody {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// A custom field.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldBody {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) values: Vec<String>,
}

/// The body of an update.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateExperience {
    pub(crate) experience: Option<ExperienceFields>,
    pub(crate) update_mask: Option<Vec<String>>,
}

/// The body of a tag's creation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateTag {
    pub(crate) name: String,
    pub(crate) description: String,
}

/// The body of a system's creation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateSystem {
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) architecture: Option<String>,
    pub(crate) build_vcpus: i64,
    pub(crate) build_gpus: i64,
    pub(crate) build_memory_mib: i64,
    pub(crate) build_shared_memory_mb: i64,
    pub(crate) metrics_build_vcpus: i64,
    pub(crate) metrics_build_gpus: i64,
    pub(crate) metrics_build_memory_mib: i64,
    pub(crate) metrics_build_shared_memory_mb: i64,
}

/// A filter over experiences.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    pub(crate) name: Option<String>,
    pub(crate) text: Option<String>,
    pub(crate) search: Option<String>,
}

/// The experiences that a request is about.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Selection {
    pub(crate) experiences: Option<Vec<Uuid>>,
    pub(crate) all_experiences: Option<bool>,
    pub(crate) filters: Option<Filter>,
}

/// The body of a bulk archive.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BulkArchive {
    #[serde(rename = "experienceIDs")]
    pub(crate) experience_ids: Vec<Uuid>,
    pub(crate) experiences: Option<Vec<Uuid>>,
    pub(crate) all_experiences: Option<bool>,
    pub(crate) filters: Option<Filter>,
}

/// The body of a bulk tagging.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BulkTags {
    #[serde(rename = "experienceTagIDs")]
    pub(crate) experience_tag_ids: Vec<Uuid>,
    pub(crate) experiences: Option<Vec<Uuid>>,
    pub(crate) all_experiences: Option<bool>,
    pub(crate) filters: Option<Filter>,
}

/// The body of a bulk registration or removal.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BulkSystems {
    #[serde(rename = "systemIDs")]
    pub(crate) system_ids: Vec<Uuid>,
    pub(crate) experiences: Option<Vec<Uuid>>,
    pub(crate) all_experiences: Option<bool>,
    pub(crate) filters: Option<Filter>,
}

/// The body of an addition to several suites.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BulkSuites {
    #[serde(rename = "testSuiteIDs")]
    pub(crate) test_suite_ids: Vec<Uuid>,
    pub(crate) experiences: Option<Vec<Uuid>>,
    pub(crate) all_experiences: Option<bool>,
    pub(crate) filters: Option<Filter>,
}

/// The body of a suite's creation.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateSuite {
    pub(crate) name: String,
    pub(crate) description: String,
    #[serde(rename = "systemID")]
    pub(crate) system_id: Uuid,
    pub(crate) experiences: Vec<Uuid>,
    pub(crate) all_experiences: Option<bool>,
    #[serde(rename = "excludedExperienceIDs")]
    pub(crate) excluded_experience_ids: Option<Vec<Uuid>>,
    pub(crate) filters: Option<Filter>,
    #[serde(rename = "metricsBuildID")]
    pub(crate) metrics_build_id: Option<Uuid>,
    pub(crate) metrics_set_name: Option<String>,
    pub(crate) show_on_summary: Option<bool>,
    pub(crate) summary_reference_date: Option<String>,
}

/// The body of a suite's revision.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReviseSuite {
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    #[serde(rename = "systemID")]
    pub(crate) system_id: Option<Uuid>,
    pub(crate) experiences: Option<Vec<Uuid>>,
    pub(crate) all_experiences: Option<bool>,
    #[serde(rename = "excludedExperienceIDs")]
    pub(crate) excluded_experience_ids: Option<Vec<Uuid>>,
    pub(crate) filters: Option<Filter>,
    pub(crate) update_metrics_build: bool,
    #[serde(rename = "metricsBuildID")]
    pub(crate) metrics_build_id: Option<Uuid>,
    pub(crate) update_metrics_set: Option<bool>,
    pub(crate) metrics_set_name: Option<String>,
    pub(crate) adhoc: Option<bool>,
    #[serde(rename = "show_on_summary")]
    pub(crate) show_on_summary: Option<bool>,
}

/// The body of a location check.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Location {
    pub(crate) location: Option<String>,
    pub(crate) project_id: Option<Uuid>,
}
