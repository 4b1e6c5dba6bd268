//! Rows of answers, borrowed from the store.

use serde::Serialize;
use uuid::Uuid;

use crate::clock::rfc3339;
use crate::rules::Rules;
use crate::store::{Architecture, Experience, Project, Revision, Stamp, Suite, System, Tag};

/// The one organization.
const ORG: &str = "sandbox";

/// An experience.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExperienceRow<'a> {
    #[serde(rename = "experienceID")]
    experience_id: Uuid,
    #[serde(rename = "projectID")]
    project_id: Uuid,
    name: &'a str,
    description: &'a str,
    location: &'a str,
    locations: Vec<&'a str>,
    container_timeout_seconds: i32,
    profile: &'a str,
    environment_variables: Vec<VariableRow<'a>>,
    cache_exempt: bool,
    custom_fields: Vec<FieldRow<'a>>,
    archived: bool,
    creation_timestamp: String,
    update_timestamp: String,
    #[serde(rename = "updateUserID")]
    update_user_id: &'a str,
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "orgID")]
    org_id: &'a str,
}

#[derive(Debug, Serialize)]
struct VariableRow<'a> {
    name: &'a str,
    value: &'a str,
}

/// A custom field.
#[derive(Debug, Serialize)]
pub(crate) struct FieldRow<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    values: Vec<&'a str>,
}

impl<'a> ExperienceRow<'a> {
    /// As served; without its custom fields where they were not asked for.
    pub(crate) fn new(rules: &Rules, project: &Project, one: &'a Experience, custom_fields: bool) -> Self {
        let mut locations: Vec<&str> = one.locations.iter().map(|text| text.served()).collect();
        if rules.lists_sorted {
            locations.sort_unstable();
        }
        Self {
            experience_id: one.id,
            project_id: project.id,
            name: &one.name,
            description: &one.description,
            location: locations.first().copied().unwrap_or_default(),
            locations,
            container_timeout_seconds: one.container_timeout_seconds,
            profile: &one.profile,
            environment_variables: one
                .environment_variables
                .iter()
                .map(|variable| VariableRow { name: &variable.name, value: variable.value.served() })
                .collect(),
            cache_exempt: one.cache_exempt,
            custom_fields: if custom_fields { field_rows(rules, one) } else { Vec::new() },
            archived: one.archived,
            creation_timestamp: rfc3339(one.stamp.created),
            update_timestamp: rfc3339(one.stamp.updated_or_created()),
            update_user_id: &one.stamp.updated_by,
            user_id: &one.stamp.created_by,
            org_id: ORG,
        }
    }
}

fn field_rows<'a>(rules: &Rules, one: &'a Experience) -> Vec<FieldRow<'a>> {
    let mut rows: Vec<FieldRow<'a>> = one
        .custom_fields
        .iter()
        .map(|field| {
            let mut values: Vec<&str> = field.values.iter().map(String::as_str).collect();
            if rules.lists_sorted {
                values.sort_unstable();
            }
            FieldRow { name: &field.name, kind: field.kind.word(), values }
        })
        .collect();
    if rules.custom_fields_sorted {
        rows.sort_by_key(|row| row.name);
    }
    rows
}

/// A project.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProjectRow<'a> {
    #[serde(rename = "projectID")]
    project_id: Uuid,
    name: &'a str,
    description: &'a str,
    agent_markdown: &'a str,
    archived: bool,
    creation_timestamp: String,
    #[serde(rename = "orgID")]
    org_id: &'a str,
    #[serde(rename = "userID")]
    user_id: &'a str,
}

impl<'a> ProjectRow<'a> {
    /// As served.
    pub(crate) fn new(project: &'a Project) -> Self {
        Self {
            project_id: project.id,
            name: &project.name,
            description: "",
            agent_markdown: "",
            archived: false,
            creation_timestamp: rfc3339(project.stamp.created),
            org_id: ORG,
            user_id: &project.stamp.created_by,
        }
    }
}

/// A tag.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TagRow<'a> {
    #[serde(rename = "experienceTagID")]
    experience_tag_id: Uuid,
    #[serde(rename = "projectID")]
    project_id: Uuid,
    name: &'a str,
    description: &'a str,
    creation_timestamp: String,
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "orgID")]
    org_id: &'a str,
}

impl<'a> TagRow<'a> {
    /// As served.
    pub(crate) fn new(project: &Project, tag: &'a Tag) -> Self {
        Self {
            experience_tag_id: tag.id,
            project_id: project.id,
            name: &tag.name,
            description: &tag.description,
            creation_timestamp: rfc3339(tag.stamp.created),
            user_id: &tag.stamp.created_by,
            org_id: ORG,
        }
    }
}

/// A system. Its resources are in snake case, as documented.
#[derive(Debug, Serialize)]
pub(crate) struct SystemRow<'a> {
    #[serde(rename = "systemID")]
    system_id: Uuid,
    #[serde(rename = "projectID")]
    project_id: Uuid,
    name: &'a str,
    description: &'a str,
    architecture: &'static str,
    archived: bool,
    build_vcpus: i64,
    build_gpus: i64,
    build_memory_mib: i64,
    build_shared_memory_mb: i64,
    metrics_build_vcpus: i64,
    metrics_build_gpus: i64,
    metrics_build_memory_mib: i64,
    metrics_build_shared_memory_mb: i64,
    #[serde(rename = "numExperiences")]
    num_experiences: usize,
    #[serde(rename = "numTestSuites")]
    num_test_suites: usize,
    #[serde(rename = "numBuilds")]
    num_builds: usize,
    #[serde(rename = "numBatches")]
    num_batches: usize,
    #[serde(rename = "numMetricsBuilds")]
    num_metrics_builds: usize,
    #[serde(rename = "creationTimestamp")]
    creation_timestamp: String,
    #[serde(rename = "updateTimestamp")]
    update_timestamp: String,
    #[serde(rename = "updateUserID")]
    update_user_id: &'a str,
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "orgID")]
    org_id: &'a str,
}

impl<'a> SystemRow<'a> {
    /// As served.
    pub(crate) fn new(rules: &Rules, project: &Project, system: &'a System) -> Self {
        Self {
            system_id: system.id,
            project_id: project.id,
            name: &system.name,
            description: &system.description,
            architecture: match system.architecture {
                Architecture::Amd64 => "AMD64",
                Architecture::Arm64 => "ARM64",
            },
            archived: false,
            build_vcpus: system.build.vcpus,
            build_gpus: system.build.gpus,
            build_memory_mib: system.build.memory_mib,
            build_shared_memory_mb: system.build.shared_memory_mb,
            metrics_build_vcpus: system.metrics_build.vcpus,
            metrics_build_gpus: system.metrics_build.gpus,
            metrics_build_memory_mib: system.metrics_build.memory_mib,
            metrics_build_shared_memory_mb: system.metrics_build.shared_memory_mb,
            num_experiences: project.experience_count(rules, system),
            num_test_suites: project.suite_count(system.id),
            num_builds: 0,
            num_batches: 0,
            num_metrics_builds: 0,
            creation_timestamp: rfc3339(system.stamp.created),
            update_timestamp: rfc3339(system.stamp.updated_or_created()),
            update_user_id: &system.stamp.updated_by,
            user_id: &system.stamp.created_by,
            org_id: ORG,
        }
    }
}

/// A revision of a suite.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SuiteRow<'a> {
    #[serde(rename = "testSuiteID")]
    test_suite_id: Uuid,
    test_suite_revision: i32,
    #[serde(rename = "projectID")]
    project_id: Uuid,
    #[serde(rename = "systemID")]
    system_id: Uuid,
    name: &'a str,
    description: &'a str,
    experiences: &'a std::collections::BTreeSet<Uuid>,
    #[serde(rename = "metricsBuildID")]
    metrics_build_id: Option<Uuid>,
    metrics_set_name: Option<&'a str>,
    show_on_summary: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary_reference_date: Option<&'a str>,
    archived: bool,
    creation_timestamp: String,
    update_timestamp: String,
    #[serde(rename = "updateUserID")]
    update_user_id: &'a str,
    #[serde(rename = "userID")]
    user_id: &'a str,
    #[serde(rename = "orgID")]
    org_id: &'a str,
}

impl<'a> SuiteRow<'a> {
    /// The revision that counts.
    pub(crate) fn latest(project: &Project, suite: &'a Suite) -> Self {
        Self::revision(project, suite, suite.number, &suite.latest, &suite.stamp)
    }

    /// Any revision.
    pub(crate) fn revision(project: &Project, suite: &'a Suite, number: i32, revision: &'a Revision, stamp: &'a Stamp) -> Self {
        let Revision { name, description, system, experiences, metrics_build, metrics_set, show_on_summary, summary_reference_date } =
            revision;
        Self {
            test_suite_id: suite.id,
            test_suite_revision: number,
            project_id: project.id,
            system_id: *system,
            name,
            description,
            experiences,
            metrics_build_id: *metrics_build,
            metrics_set_name: metrics_set.as_deref(),
            show_on_summary: *show_on_summary,
            summary_reference_date: summary_reference_date.as_deref(),
            archived: suite.archived,
            creation_timestamp: rfc3339(stamp.created),
            update_timestamp: rfc3339(stamp.updated_or_created()),
            update_user_id: &stamp.updated_by,
            user_id: &stamp.created_by,
            org_id: ORG,
        }
    }
}
