//! Plans and reports built by hand, for the tests of renderers.

mod plans;
mod reports;

use uuid::Uuid;

use crate::apply::{Action, ForeignChange, ForeignChangeKind, Outcome, Report, Residue, Subject, Verification, Write};
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, ProjectId, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::plan::{
    ArchiveReason, Delta, ExceededLimit, ExperienceAction, ExperienceChange, ExperienceRef, FieldChange, FieldChanges, Note, Percent, Plan,
    Refusal, SuiteAction, SuiteChange, SystemChange, TagChange,
};
use crate::snapshot::{CurrentVariable, Observed, Project};
use crate::source::{Origin, Source, SourceId, Sources, Span};

pub(crate) use plans::*;
pub(crate) use reports::*;

/// A digest that no plan has.
pub(crate) const DIGEST: &str = "7f3a9c1e04d27f3a9c1e04d27f3a9c1e04d27f3a9c1e04d27f3a9c1e04d27f3a";

/// Texts that do something wherever they are not made inert.
pub(crate) const HOSTILE: [&str; 9] = [
    "::error::pwned",
    "  ::warning file=a::pwned",
    "x ##[error]pwned",
    "\u{1b}[2J\u{1b}]8;;http://e\u{7}link",
    "a\u{202e}gpj.exe",
    "a\nb\r\n::set-output name=a::b",
    "<img src=x> @team #123 [a](http://e) | `b` ``` <!-- -->",
    "\u{9b}31m\u{7f}\u{0}",
    "a\u{200b}b\u{feff}\u{e0041}",
];

/// A file of one name, with lines to point at.
pub(crate) fn sources(path: &str) -> Sources {
    let mut sources = Sources::default();
    sources.add(Source::new(path, "line\n".repeat(200)));
    sources
}

/// A line (from 1) of that file.
pub(crate) fn at(line: usize) -> Origin {
    let start = (line - 1) * 5;
    Origin { source: SourceId(0), span: Span { start, end: start + 4 } }
}

fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x3f2a_0000_0000_4000_8000_0000_0000_0000 + number)
}

pub(crate) fn id(number: u128) -> ExperienceId {
    ExperienceId(uuid(number))
}

pub(crate) fn name(name: &str) -> ExperienceName {
    ExperienceName::new(name)
}

pub(crate) fn existing(text: &str, number: u128) -> ExperienceRef {
    ExperienceRef::Existing { name: name(text), id: id(number) }
}

pub(crate) fn created(text: &str) -> ExperienceRef {
    ExperienceRef::New { name: name(text) }
}

pub(crate) fn delta<A: Clone, B>(before: &A, after: B) -> Delta<A, B> {
    Delta { before: before.clone(), after }
}

pub(crate) fn text_delta(before: &str, after: &str) -> Delta<String> {
    Delta { before: before.to_owned(), after: after.to_owned() }
}

pub(crate) fn had(name: &str, value: &str) -> CurrentVariable {
    CurrentVariable { name: name.to_owned(), value: Observed::Known(value.to_owned()) }
}

pub(crate) fn wants(name: &str, value: &str) -> EnvironmentVariable {
    EnvironmentVariable { name: name.to_owned(), value: value.to_owned() }
}

pub(crate) fn field(name: &str, kind: CustomFieldKind, values: &[&str]) -> CustomField {
    CustomField { name: name.to_owned(), kind, values: values.iter().map(ToString::to_string).collect() }
}

pub(crate) fn known(locations: &[&str]) -> Vec<Observed<String>> {
    locations.iter().map(|location| Observed::Known((*location).to_owned())).collect()
}

pub(crate) fn wanted(locations: &[&str]) -> Vec<String> {
    locations.iter().map(ToString::to_string).collect()
}

/// Settings with a description and locations alone.
pub(crate) fn settings(description: &str, locations: &[&str]) -> ExperienceSettings {
    ExperienceSettings {
        description: description.to_owned(),
        locations: wanted(locations),
        profile: Setting::Keep,
        environment_variables: Setting::Keep,
        container_timeout_seconds: Setting::Keep,
        cache_exempt: Setting::Keep,
        custom_fields: Setting::Keep,
    }
}

pub(crate) fn archive(text: &str, number: u128) -> ExperienceChange {
    ExperienceChange {
        name: name(text),
        action: ExperienceAction::Archive { id: id(number), reason: ArchiveReason::Unlisted },
        origin: None,
    }
}

pub(crate) fn update(text: &str, number: u128, line: usize, fields: Vec<FieldChange>) -> ExperienceChange {
    let fields = FieldChanges::new(fields).expect("at least one field");
    ExperienceChange { name: name(text), action: ExperienceAction::Update { id: id(number), fields }, origin: Some(at(line)) }
}

pub(crate) fn create(text: &str, line: usize, settings: ExperienceSettings) -> ExperienceChange {
    ExperienceChange { name: name(text), action: ExperienceAction::Create { settings }, origin: Some(at(line)) }
}
