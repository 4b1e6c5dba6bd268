//! Plans and surroundings for the tests of texts.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::context::{Context, FileLinks, Medium, Run};
use super::marker::RunId;
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{ExperienceId, ExperienceName, ProjectId, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::plan::{
    ArchiveReason, Delta, DestructiveChange, DestructiveKind, ExceededLimit, ExperienceAction, ExperienceChange, ExperienceRef,
    FieldChange, FieldChanges, Note, Percent, Plan, Refusal, SuiteAction, SuiteChange, SystemChange, TagChange,
};
use crate::render::view::{PlanView, ShowValues};
use crate::snapshot::{CurrentVariable, Observed, Project};
use crate::source::{Origin, Source, SourceId, Sources, Span};

pub(crate) const DIGEST: &str = "7f3a9c1e04d2b5c86f10a7d93e5b2c4817f6a0d9e8c3b2a15f4e6d7c8b9a0f1e";
pub(crate) const HEAD: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";
const CONFIG: &str = include_str!("sample.yaml");

/// A pull request's surroundings.
pub(crate) fn context(medium: Medium) -> Context<'static> {
    Context {
        medium,
        project: "drone-missions",
        label: "",
        files: Some(FileLinks { server: "https://github.com", repository: "acme/missions", commit: HEAD, folder: "sim" }),
        head: Some(HEAD),
        base: Some(("main", Some("9e8d7c6b5a4f3e2d1c0b9a8f7e6d5c4b3a291807"))),
        run: Some(Run { id: RunId { id: 8_812_345, attempt: 1 }, url: "https://github.com/acme/missions/actions/runs/8812345" }),
        read_at: Some("2026-08-23 09:14 UTC"),
        on_merge: true,
    }
}

pub(crate) fn sources() -> Sources {
    let mut sources = Sources::default();
    sources.add(Source::new("experiences.yaml", CONFIG.to_owned()));
    sources
}

/// Where a name is defined in the sample config.
pub(crate) fn origin(name: &str) -> Origin {
    let start = CONFIG.find(&format!("name: {name}")).expect("the config has the name") + "name: ".len();
    Origin { source: SourceId(0), span: Span { start, end: start + name.len() } }
}

pub(crate) fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x5f0c_2f6e_51a7_4c1e_8f5b_0a6a_1c9d_0000 + number)
}

pub(crate) fn name(name: &str) -> ExperienceName {
    ExperienceName::new(name)
}

pub(crate) fn existing(text: &str, number: u128) -> ExperienceRef {
    ExperienceRef::Existing { name: name(text), id: ExperienceId(id(number)) }
}

pub(crate) fn new(text: &str) -> ExperienceRef {
    ExperienceRef::New { name: name(text) }
}

pub(crate) fn delta<A, B>(before: A, after: B) -> Delta<A, B> {
    Delta { before, after }
}

pub(crate) fn fields(fields: Vec<FieldChange>) -> FieldChanges {
    FieldChanges::new(fields).expect("fields")
}

pub(crate) fn settings(description: &str, location: &str) -> ExperienceSettings {
    ExperienceSettings {
        description: description.to_owned(),
        locations: vec![location.to_owned()],
        profile: Setting::Keep,
        environment_variables: Setting::Keep,
        container_timeout_seconds: Setting::Keep,
        cache_exempt: Setting::Keep,
        custom_fields: Setting::Keep,
    }
}

pub(crate) fn archive(text: &str, number: u128) -> ExperienceChange {
    let action = ExperienceAction::Archive { id: ExperienceId(id(number)), reason: ArchiveReason::Unlisted };
    ExperienceChange { name: name(text), action, origin: None }
}

pub(crate) fn update(text: &str, number: u128, changes: Vec<FieldChange>) -> ExperienceChange {
    let action = ExperienceAction::Update { id: ExperienceId(id(number)), fields: fields(changes) };
    ExperienceChange { name: name(text), action, origin: Some(origin(text)) }
}

/// A plan without changes.
pub(crate) fn empty() -> Plan {
    Plan {
        project: Project { id: ProjectId(id(0)), name: "drone-missions".to_owned() },
        experiences: Vec::new(),
        tags: Vec::new(),
        systems: Vec::new(),
        suites: Vec::new(),
        notes: Vec::new(),
        left_alone: Vec::new(),
        unchanged: 417,
        live_before: 417,
        refusal: None,
        permitted: None,
    }
}

fn set<const N: usize>(members: [ExperienceRef; N]) -> BTreeSet<ExperienceRef> {
    members.into()
}

fn known(location: &str) -> Observed<String> {
    Observed::Known(location.to_owned())
}

fn experiences() -> Vec<ExperienceChange> {
    let variable = |name: &str, value: &str| EnvironmentVariable { name: name.to_owned(), value: value.to_owned() };
    let current = |name: &str, value: &str| CurrentVariable { name: name.to_owned(), value: known(value) };
    let lines = ["Long flight that exercises the planner.", "Three landings, two of them on the moving deck.", "Wind from the west."];
    let after = lines.join("\n") + "\n";
    let restored = fields(vec![FieldChange::Description(delta("Ridge wind".to_owned(), "Ridge crossing, gusts up to 15 m/s".to_owned()))]);
    let lighting = CustomField { name: "Lighting".to_owned(), kind: CustomFieldKind::Text, values: vec!["Dark".to_owned()] };
    vec![
        archive("legacy-hover-01", 1),
        archive("legacy-hover-02", 2),
        update(
            "scenario-survey-alpha",
            3,
            vec![
                FieldChange::Name(delta(name("survey-a"), name("scenario-survey-alpha"))),
                FieldChange::ContainerTimeoutSeconds(delta(3600, 5400)),
            ],
        ),
        ExperienceChange {
            name: name("ridge-wind-07"),
            action: ExperienceAction::Restore { id: ExperienceId(id(4)), fields: Some(restored) },
            origin: Some(origin("ridge-wind-07")),
        },
        update(
            "planner-long",
            5,
            vec![
                FieldChange::Description(delta(after.replace("Three", "Two"), after)),
                FieldChange::EnvironmentVariables(delta(
                    vec![current("MAX_ALTITUDE_M", "100"), current("MAP_API_KEY", "an-older-key"), current("SEED", "7")],
                    vec![variable("MAX_ALTITUDE_M", "120"), variable("MAP_API_KEY", "not-a-real-key"), variable("SEED", "7")],
                )),
            ],
        ),
        update(
            "planner-smoke",
            6,
            vec![
                FieldChange::Locations(delta(
                    vec![known("s3://drone-missions/planner/smoke")],
                    vec!["s3://drone-missions/maps/v2".to_owned(), "s3://drone-missions/planner/smoke".to_owned()],
                )),
                FieldChange::Profile(delta("full_stack".to_owned(), "planner".to_owned())),
            ],
        ),
        ExperienceChange {
            name: name("canyon-01"),
            action: ExperienceAction::Create { settings: settings("Low flight through the canyon", "s3://drone-missions/canyon/01") },
            origin: Some(origin("canyon-01")),
        },
        ExperienceChange {
            name: name("canyon-02"),
            action: ExperienceAction::Create {
                settings: ExperienceSettings {
                    custom_fields: Setting::Set(vec![lighting]),
                    ..settings("Low flight through the canyon at night", "s3://drone-missions/canyon/02")
                },
            },
            origin: Some(origin("canyon-02")),
        },
    ]
}

/// One change of each kind.
pub(crate) fn plan() -> Plan {
    let tag = |tag: &str, number, managed, added, removed| TagChange {
        name: TagName::new(tag),
        id: Some(TagId(id(number))),
        managed,
        added,
        removed,
    };
    let smoke = || existing("planner-smoke", 6);
    let members = set([existing("scenario-survey-alpha", 3), new("canyon-01"), new("canyon-02")]);
    Plan {
        experiences: experiences(),
        tags: vec![
            tag("nightly", 11, false, set([new("canyon-01")]), set([])),
            tag("regression", 12, true, set([new("canyon-01"), new("canyon-02")]), set([smoke()])),
        ],
        systems: vec![SystemChange { name: SystemName::new("hil-rig-2"), id: SystemId(id(21)), added: set([new("canyon-01")]) }],
        suites: vec![SuiteChange {
            name: SuiteName::new("Basic Suite"),
            action: SuiteAction::Revise { id: SuiteId(id(31)), revision: 12 },
            size_before: 2,
            members,
            added: set([new("canyon-01"), new("canyon-02")]),
            removed: set([]),
            archived: set([existing("legacy-hover-01", 1)]),
            origin: origin("Basic Suite"),
        }],
        notes: vec![Note::UnmanagedSuiteLoses {
            suite: SuiteName::new("Nightly Full"),
            experiences: vec![name("legacy-hover-02")],
            becomes_empty: false,
        }],
        unchanged: 411,
        ..empty()
    }
}

/// A plan that the guard refuses: so many archives.
pub(crate) fn refused(archives: usize) -> Plan {
    let live = archives * 3 / 2;
    Plan {
        experiences: (0..archives).map(|n| archive(&format!("night-flight-{n:05}"), 100 + n as u128)).collect(),
        unchanged: live - archives,
        live_before: live,
        refusal: Some(Refusal { archives, live, limit: ExceededLimit::Percent(Percent { numerator: 30, scale: 0 }) }),
        ..empty()
    }
}

pub(crate) fn view(plan: &Plan) -> PlanView {
    PlanView::new(plan, DIGEST, &sources(), ShowValues::Safe)
}

/// A destructive change for each archive and removal of a plan, with made-up fingerprints.
pub(crate) fn destructive(plan: &Plan) -> Vec<DestructiveChange> {
    let mut kinds = Vec::new();
    for change in &plan.experiences {
        if let ExperienceAction::Archive { .. } = change.action {
            kinds.push(DestructiveKind::Archive(change.name.clone()));
        }
    }
    for tag in &plan.tags {
        kinds.extend(tag.removed.iter().map(|member| DestructiveKind::TagRemoval(tag.name.clone(), member.name().clone())));
    }
    kinds.sort();
    let print = |kind: &DestructiveKind| {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        for byte in format!("{kind:?}").bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        let bytes = hash.to_be_bytes();
        [bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]]
    };
    kinds.into_iter().map(|kind| DestructiveChange { fingerprint: print(&kind), kind }).collect()
}
