//! The format as types. Unknown keys are refused: what is not understood would be lost at the next save.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::store::Text;

/// What `formatVersion` says.
pub(crate) const VERSION: &str = "state/v1";

/// A whole file.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StateFile {
    pub(crate) format_version: String,
    pub(crate) project: ProjectEntry,
    pub(crate) read: ReadEntry,
    pub(crate) experiences: Vec<ExperienceEntry>,
    pub(crate) tags: Vec<GroupEntry>,
    pub(crate) systems: Vec<GroupEntry>,
    pub(crate) suites: Vec<SuiteEntry>,
}

/// Whose state it is.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ProjectEntry {
    pub(crate) id: Uuid,
    pub(crate) name: String,
}

/// Which lists are complete.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReadEntry {
    pub(crate) archived_experiences: bool,
    pub(crate) archived_suites: bool,
}

/// An experience.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ExperienceEntry {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) locations: Vec<TextEntry>,
    pub(crate) profile: String,
    pub(crate) environment_variables: Vec<VariableEntry>,
    pub(crate) container_timeout_seconds: i32,
    pub(crate) cache_exempt: bool,
    pub(crate) custom_fields: Vec<FieldEntry>,
    pub(crate) archived: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) updated_at: Option<String>,
}

/// An environment variable.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct VariableEntry {
    pub(crate) name: String,
    pub(crate) value: TextEntry,
}

/// A custom field.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FieldEntry {
    pub(crate) name: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) values: Vec<String>,
}

/// A tag or a system; members that were not read are absent.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct GroupEntry {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) experiences: Option<Vec<Uuid>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) archived_experiences: Option<Vec<Uuid>>,
}

/// A suite at its latest revision.
#[derive(Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SuiteEntry {
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) system_id: Uuid,
    pub(crate) revision: i32,
    pub(crate) archived: bool,
    pub(crate) experiences: Vec<Uuid>,
}

/// A text, or `{"hidden": true}`.
#[derive(Debug)]
pub(crate) struct TextEntry(pub(crate) Text);

impl<'de> Deserialize<'de> for TextEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) => Ok(Self(Text::Shown(text))),
            hidden if hidden == json!({ "hidden": true }) => Ok(Self(Text::Hidden)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
                Err(D::Error::custom("expected a string or {\"hidden\": true}"))
            }
        }
    }
}

impl Serialize for TextEntry {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            Text::Shown(text) => serializer.serialize_str(text),
            Text::Hidden => json!({ "hidden": true }).serialize(serializer),
        }
    }
}
