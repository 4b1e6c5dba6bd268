//! Plans and states for tests, as small as the claim allows.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use crate::desired::{ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, ProjectId, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::plan::{
    ArchiveReason, Delta, ExperienceAction, ExperienceChange, ExperienceRef, FieldChange, FieldChanges, Plan, SuiteAction, SuiteChange,
    SystemChange, TagChange,
};
use crate::snapshot::{CurrentExperience, Lists, Observed, Project, Snapshot};
use crate::source::{Origin, SourceId, Span};

pub(crate) const ORIGIN: Origin = Origin { source: SourceId(0), span: Span { start: 0, end: 0 } };

/// IDs whose order is that of the numbers and whose first eight digits differ.
pub(crate) fn id(number: u32) -> ExperienceId {
    ExperienceId(Uuid::from_u128(u128::from(number) << 96 | 1))
}

pub(crate) fn tag_id(number: u32) -> TagId {
    TagId(Uuid::from_u128(u128::from(number) << 96 | 2))
}

pub(crate) fn name(name: &str) -> ExperienceName {
    ExperienceName::new(name)
}

pub(crate) fn existing(text: &str, number: u32) -> ExperienceRef {
    ExperienceRef::Existing { name: name(text), id: id(number) }
}

pub(crate) fn new(text: &str) -> ExperienceRef {
    ExperienceRef::New { name: name(text) }
}

pub(crate) fn settings() -> ExperienceSettings {
    ExperienceSettings {
        description: "d".to_owned(),
        locations: vec!["s3://b/a".to_owned()],
        profile: Setting::Keep,
        environment_variables: Setting::Keep,
        container_timeout_seconds: Setting::Keep,
        cache_exempt: Setting::Keep,
        custom_fields: Setting::Keep,
    }
}

pub(crate) fn current(text: &str, archived: bool) -> CurrentExperience {
    CurrentExperience {
        name: name(text),
        description: "d".to_owned(),
        locations: vec![Observed::Known("s3://b/a".to_owned())],
        profile: String::new(),
        environment_variables: Vec::new(),
        container_timeout_seconds: 3600,
        cache_exempt: false,
        custom_fields: Vec::new(),
        archived,
        updated_at: String::new(),
    }
}

pub(crate) fn project() -> Project {
    Project { id: ProjectId(Uuid::from_u128(7)), name: "p".to_owned() }
}

pub(crate) fn snapshot(experiences: impl IntoIterator<Item = (u32, CurrentExperience)>) -> Snapshot {
    Snapshot {
        project: project(),
        read: Lists { archived_experiences: true, archived_suites: true },
        experiences: experiences.into_iter().map(|(number, experience)| (id(number), experience)).collect(),
        tags: BTreeMap::new(),
        systems: BTreeMap::new(),
        suites: BTreeMap::new(),
    }
}

pub(crate) fn plan(experiences: Vec<ExperienceChange>) -> Plan {
    Plan {
        project: project(),
        experiences,
        tags: Vec::new(),
        systems: Vec::new(),
        suites: Vec::new(),
        notes: Vec::new(),
        left_alone: Vec::new(),
        unchanged: 0,
        live_before: 0,
        refusal: None,
        permitted: None,
    }
}

fn change(text: &str, action: ExperienceAction) -> ExperienceChange {
    ExperienceChange { name: name(text), action, origin: Some(ORIGIN) }
}

pub(crate) fn field_changes(from: Option<&str>, to: &str, profile: bool) -> Option<FieldChanges> {
    let mut fields = Vec::new();
    fields.extend(from.map(|from| FieldChange::Name(Delta { before: name(from), after: name(to) })));
    if profile {
        fields.push(FieldChange::Profile(Delta { before: String::new(), after: "fast".to_owned() }));
    }
    FieldChanges::new(fields)
}

pub(crate) fn archive(text: &str, number: u32) -> ExperienceChange {
    change(text, ExperienceAction::Archive { id: id(number), reason: ArchiveReason::Unlisted })
}

pub(crate) fn update(text: &str, number: u32) -> ExperienceChange {
    change(text, ExperienceAction::Update { id: id(number), fields: field_changes(None, text, true).expect("one field") })
}

pub(crate) fn rename(from: &str, to: &str, number: u32) -> ExperienceChange {
    change(to, ExperienceAction::Update { id: id(number), fields: field_changes(Some(from), to, false).expect("the name") })
}

pub(crate) fn restore(from: &str, to: &str, number: u32, profile: bool) -> ExperienceChange {
    let fields = field_changes((from != to).then_some(from), to, profile);
    change(to, ExperienceAction::Restore { id: id(number), fields })
}

pub(crate) fn create(text: &str) -> ExperienceChange {
    change(text, ExperienceAction::Create { settings: settings() })
}

pub(crate) fn tag(text: &str, number: Option<u32>, added: &[ExperienceRef], removed: &[ExperienceRef]) -> TagChange {
    TagChange {
        name: TagName::new(text),
        id: number.map(tag_id),
        managed: true,
        added: added.iter().cloned().collect(),
        removed: removed.iter().cloned().collect(),
    }
}

pub(crate) fn system(text: &str, number: u32, added: &[ExperienceRef]) -> SystemChange {
    let id = SystemId(Uuid::from_u128(u128::from(number) << 96 | 3));
    SystemChange { name: SystemName::new(text), id, added: added.iter().cloned().collect() }
}

pub(crate) fn suite(action: SuiteAction, members: &[ExperienceRef], added: &[ExperienceRef], archived: &[ExperienceRef]) -> SuiteChange {
    let set = |members: &[ExperienceRef]| members.iter().cloned().collect::<BTreeSet<_>>();
    SuiteChange {
        name: SuiteName::new("suite"),
        action,
        size_before: 0,
        members: set(members),
        added: set(added),
        removed: BTreeSet::new(),
        archived: set(archived),
        origin: ORIGIN,
    }
}

pub(crate) fn revise() -> SuiteAction {
    SuiteAction::Revise { id: SuiteId(Uuid::from_u128(9)), revision: 3 }
}
