//! The format's JSON, key by key.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct StateFile {
    pub(super) format_version: String,
    pub(super) project: ProjectRow,
    pub(super) read: ReadRow,
    pub(super) experiences: Vec<ExperienceRow>,
    pub(super) tags: Vec<GroupRow>,
    pub(super) systems: Vec<GroupRow>,
    pub(super) suites: Vec<SuiteRow>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectRow {
    pub(super) id: Uuid,
    pub(super) name: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ReadRow {
    pub(super) archived_experiences: bool,
    pub(super) archived_suites: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ExperienceRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) locations: Vec<Value>,
    pub(super) profile: String,
    pub(super) environment_variables: Vec<VariableRow>,
    pub(super) container_timeout_seconds: i64,
    pub(super) cache_exempt: bool,
    pub(super) custom_fields: Vec<FieldRow>,
    pub(super) archived: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated_at: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VariableRow {
    pub(super) name: String,
    pub(super) value: Value,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FieldRow {
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: FieldKind,
    pub(super) values: Vec<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum FieldKind {
    Text,
    Number,
    Timestamp,
    Json,
}

/// A tag or a system.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct GroupRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) description: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) experiences: Option<Vec<Uuid>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) archived_experiences: Option<Vec<Uuid>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SuiteRow {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) system_id: Uuid,
    pub(super) revision: i64,
    pub(super) archived: bool,
    pub(super) experiences: Vec<Uuid>,
}

/// A text, or `{"hidden": true}`.
pub(super) enum Value {
    Text(String),
    Hidden,
}

impl Serialize for Value {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Hidden => BTreeMap::from([("hidden", true)]).serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Value;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, or {\"hidden\": true}")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                match map.next_entry::<String, bool>()? {
                    Some((key, true)) if key == "hidden" && map.next_key::<String>()?.is_none() => Ok(Value::Hidden),
                    _ => Err(serde::de::Error::custom("expected {\"hidden\": true}")),
                }
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}
