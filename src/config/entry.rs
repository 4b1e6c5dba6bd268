//! One item of `experiences`: from its mapping to a [`DesiredExperience`].

use std::collections::BTreeMap;

use super::custom_field;
use super::keys::{CUSTOM_FIELD, EXPERIENCE, VARIABLE};
use super::read::{Present, repeats};
use super::view::{Fields, Reader, brief};
use super::yaml::NodeId;
use crate::desired::{CustomField, CustomFieldKind, DesiredExperience, EnvironmentVariable, ExperienceSettings, Setting};
use crate::diagnostics::{Code, Diagnostic};
use crate::ids::{ExperienceId, ExperienceName};
use crate::listed::Listed;
use crate::source::{Located, Origin};

/// An entry, read as far as it can be. Where a field is wrong, it holds its default: then there is an
/// error, and nobody acts on the entry.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Absent if it is missing or wrong.
    pub(crate) name: Option<ExperienceName>,
    pub(crate) experience: DesiredExperience,
}

impl Reader<'_> {
    /// Reads one item of `experiences`.
    pub(crate) fn entry(&mut self, item: NodeId) -> Option<Entry> {
        let fields = self.mapping_item(&EXPERIENCE, "experiences", item)?;
        let present = |reader: &Self, name| reader.present(&EXPERIENCE, &fields, name);

        let name_field = present(self, "name");
        let name = name_field.and_then(|field| self.name(field));
        let at = name_field.map_or(fields.start, |field| self.document.origin(field.value));
        let at = if fields.merged { self.document.origin(item) } else { at };
        let who = || name.as_ref().map_or_else(|| "this experience".to_owned(), |name| format!("experience `{}`", brief(name.value)));
        self.require(&EXPERIENCE, &fields, who, at);

        let settings = self.settings(&fields);
        let id = present(self, "experienceID").and_then(|field| self.uuid(field));
        let tags = present(self, "tags").map(|field| self.names(field)).unwrap_or_default();
        let systems = present(self, "systems").map(|field| self.names(field)).unwrap_or_default();
        let archived = present(self, "archived").and_then(|field| self.boolean(field)).unwrap_or(false);
        let origin = name.as_ref().map_or(at, |name| name.origin);
        let experience = DesiredExperience {
            origin,
            id: id.map(|id| Located { value: ExperienceId(id.value), origin: id.origin }),
            settings,
            tags: listed(&tags, |name| self.tag(name)),
            systems: listed(&systems, |name| self.system(name)),
            archived,
        };
        Some(Entry { name: name.map(|name| ExperienceName::new(name.value)), experience })
    }

    fn settings(&mut self, fields: &Fields) -> ExperienceSettings {
        let present = |reader: &Self, name| reader.present(&EXPERIENCE, fields, name);
        let description = present(self, "description").and_then(|field| {
            let text = self.text(field)?;
            if text.value.is_empty() {
                let diagnostic = Diagnostic::warning(Code::EmptyValue, text.origin, "the description is empty");
                self.problems.push(diagnostic.help("say what the experience tests"));
            }
            Some(text.value.to_owned())
        });
        ExperienceSettings {
            description: description.unwrap_or_default(),
            locations: present(self, "locations").map(|field| self.locations(field)).unwrap_or_default(),
            profile: setting(present(self, "profile").map(|field| self.text(field).map(|text| text.value.to_owned()))),
            environment_variables: setting(present(self, "environmentVariables").map(|field| Some(self.variables(field)))),
            container_timeout_seconds: setting(present(self, "containerTimeoutSeconds").map(|field| self.seconds(field))),
            cache_exempt: setting(present(self, "cacheExempt").map(|field| self.boolean(field))),
            custom_fields: setting(present(self, "customFields").map(|field| Some(self.custom_fields(field)))),
        }
    }

    fn locations(&mut self, field: Present) -> Vec<String> {
        let Some(items) = self.items(field) else { return Vec::new() };
        if self.is_empty_list(field.value) {
            let diagnostic = Diagnostic::warning(Code::EmptyValue, self.document.origin(field.value), "the experience has no locations");
            self.problems.push(diagnostic.help("name where its data lies, such as `locations: [s3://bucket/path]`"));
        }
        let locations = self.texts_of(field, items);
        for location in &locations {
            if location.value.trim().is_empty() {
                let diagnostic = Diagnostic::error(Code::BlankLocation, location.origin, "a location is blank");
                self.problems.push(diagnostic.help("remove the item or write the location, such as `s3://bucket/path`"));
            }
        }
        for (first, again) in repeats(&locations) {
            let mut diagnostic = Diagnostic::error(Code::RepeatedLocation, again.origin, "a location is listed twice");
            diagnostic.labels[0].text = "again here".into();
            self.problems.push(diagnostic.at(first, "first here").help("remove one of them"));
        }
        locations.into_iter().map(|location| location.value.to_owned()).collect()
    }

    fn variables(&mut self, field: Present) -> Vec<EnvironmentVariable> {
        let mut variables = Vec::new();
        let mut names = Vec::new();
        for item in self.items(field).unwrap_or_default() {
            let Some(fields) = self.mapping_item(&VARIABLE, field.key.name, item) else { continue };
            let name = self.present(&VARIABLE, &fields, "name").and_then(|field| self.name(field));
            let who = || {
                let named = name.as_ref().map(|name| format!("environment variable `{}`", brief(name.value)));
                named.unwrap_or_else(|| "this environment variable".to_owned())
            };
            self.require(&VARIABLE, &fields, who, name.as_ref().map_or(fields.start, |name| name.origin));
            let value = self.present(&VARIABLE, &fields, "value").and_then(|field| self.text(field));
            let Some(name) = name else { continue };
            variables.push(EnvironmentVariable {
                name: name.value.to_owned(),
                value: value.map(|value| value.value.to_owned()).unwrap_or_default(),
            });
            names.push(name);
        }
        for (first, again) in repeats(&names) {
            let message = format!("environment variable `{}` is set twice", brief(again.value));
            let mut diagnostic = Diagnostic::error(Code::DuplicateVariable, again.origin, message);
            diagnostic.labels[0].text = "again here".into();
            self.problems.push(diagnostic.at(first, "first here").help("keep one of them"));
        }
        variables
    }

    fn custom_fields(&mut self, field: Present) -> Vec<CustomField> {
        let mut custom_fields = Vec::new();
        let mut names: BTreeMap<String, Origin> = BTreeMap::new();
        for item in self.items(field).unwrap_or_default() {
            let Some(fields) = self.mapping_item(&CUSTOM_FIELD, field.key.name, item) else { continue };
            let name = self.present(&CUSTOM_FIELD, &fields, "name").and_then(|field| self.name(field));
            let who =
                || name.as_ref().map_or_else(|| "this custom field".to_owned(), |name| format!("custom field `{}`", brief(name.value)));
            self.require(&CUSTOM_FIELD, &fields, who, name.as_ref().map_or(fields.start, |name| name.origin));
            let kind = self.present(&CUSTOM_FIELD, &fields, "type").and_then(|field| self.field_type(field));
            let values = self.present(&CUSTOM_FIELD, &fields, "values").map(|field| self.texts(field)).unwrap_or_default();
            if let Some(kind) = kind {
                values.iter().for_each(|value| self.check_value(kind, value));
            }
            let Some(name) = name else { continue };
            if let Some(first) = names.get(&name.value.to_lowercase()) {
                let mut diagnostic = Diagnostic::error(
                    Code::DuplicateCustomField,
                    name.origin,
                    format!("custom field `{}` is set twice; upper and lower case are one", brief(name.value)),
                );
                diagnostic.labels[0].text = "again here".into();
                self.problems.push(diagnostic.at(*first, "first here").help("put all values into one field's `values`, or rename one"));
            } else {
                names.insert(name.value.to_lowercase(), name.origin);
            }
            let values = values.into_iter().map(|value| value.value.to_owned()).collect();
            custom_fields.push(CustomField { name: name.value.to_owned(), kind: kind.unwrap_or(CustomFieldKind::Text), values });
        }
        custom_fields
    }

    fn field_type(&mut self, field: Present) -> Option<CustomFieldKind> {
        let word = self.text(field)?;
        let kind = CustomFieldKind::parse(word.value);
        if kind.is_none() {
            let known = CustomFieldKind::ALL.map(CustomFieldKind::as_str);
            let mut diagnostic =
                self.error(Code::CustomFieldType, field.value, format!("unknown custom field type `{}`", brief(word.value)), "");
            let lower = word.value.to_lowercase();
            let near =
                known.iter().find(|kind| **kind == lower || strsim::osa_distance(&lower.chars().take(20).collect::<String>(), kind) <= 2);
            diagnostic = match (near, lower.as_str()) {
                (Some(near), _) => diagnostic.help(format!("did you mean `{near}`?")),
                (None, "string" | "str") => diagnostic.help("did you mean `text`?"),
                (None, "int" | "integer" | "float") => diagnostic.help("did you mean `number`?"),
                (None, "date" | "datetime" | "time") => diagnostic.help("did you mean `timestamp`?"),
                (None, _) => diagnostic.help(format!("the types are {}", known.map(|kind| format!("`{kind}`")).join(", "))),
            };
            self.problems.push(diagnostic);
        }
        kind
    }

    fn check_value(&mut self, kind: CustomFieldKind, value: &Located<&str>) {
        if let Some((problem, help)) = custom_field::problem(kind, value.value) {
            let message = format!("a value of a `{}` field {problem}", kind.as_str());
            self.problems.push(Diagnostic::error(Code::CustomFieldValue, value.origin, message).help(help));
        }
    }
}

/// A present key's value; one that is wrong was reported, so nobody reads what it is here.
fn setting<T>(value: Option<Option<T>>) -> Setting<T> {
    value.flatten().map_or(Setting::Keep, Setting::Set)
}

/// The listed names, wrapped.
pub(crate) fn listed<'a, T: Ord>(items: &[Located<&'a str>], wrap: impl FnMut(&'a str) -> T) -> Listed<T> {
    items.iter().map(|item| item.value).map(wrap).zip(items.iter().map(|item| item.origin)).collect()
}
