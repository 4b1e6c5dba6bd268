//! Whole plans.

use super::*;

/// A plan without changes.
pub(crate) fn empty() -> Plan {
    Plan {
        project: Project { id: ProjectId(uuid(1)), name: "drone-missions".to_owned() },
        experiences: Vec::new(),
        tags: Vec::new(),
        systems: Vec::new(),
        suites: Vec::new(),
        notes: Vec::new(),
        left_alone: Vec::new(),
        unchanged: 412,
        live_before: 412,
        refusal: None,
        permitted: None,
    }
}

/// A plan with one of everything.
pub(crate) fn example() -> Plan {
    let mut requested = archive("legacy-hover-02", 2);
    requested.action = ExperienceAction::Archive { id: id(2), reason: ArchiveReason::Requested };
    requested.origin = Some(at(40));
    let restored =
        FieldChanges::new(vec![FieldChange::Description(text_delta("Ridge wind\nSteady.\n", "Ridge wind\nGusts up to 15 m/s.\n"))]);
    let mut canyon = settings("Canyon, low pass", &["s3://drone-missions/canyon/1", "s3://drone-missions/maps/v2"]);
    canyon.profile = Setting::Set("full_stack".to_owned());
    canyon.environment_variables = Setting::Set(vec![wants("API_TOKEN", "hunter2"), wants("MODE", "fast")]);
    canyon.container_timeout_seconds = Setting::Set(900);
    canyon.cache_exempt = Setting::Set(true);
    canyon.custom_fields = Setting::Set(vec![field("Wind", CustomFieldKind::Number, &["3.5"])]);
    Plan {
        experiences: vec![
            archive("legacy-hover-01", 1),
            requested,
            update(
                "scenario-survey-alpha",
                3,
                14,
                vec![
                    FieldChange::Name(delta(&name("survey-a"), name("scenario-survey-alpha"))),
                    FieldChange::ContainerTimeoutSeconds(Delta { before: 3600, after: 5400 }),
                ],
            ),
            ExperienceChange {
                name: name("ridge-wind-07"),
                action: ExperienceAction::Restore { id: id(4), fields: restored },
                origin: Some(at(88)),
            },
            update(
                "planner-long",
                5,
                52,
                vec![
                    FieldChange::EnvironmentVariables(Delta {
                        before: vec![had("API_TOKEN", "hunter1"), had("MAX_ALTITUDE_M", "100"), had("OLD", "x y"), had("MODE", "fast")],
                        after: vec![wants("API_TOKEN", "hunter2"), wants("MAX_ALTITUDE_M", "120"), wants("MODE", "fast"), wants("NEW", "")],
                    }),
                    FieldChange::CacheExempt(Delta { before: false, after: true }),
                    FieldChange::CustomFields(Delta {
                        before: vec![
                            field("Wind", CustomFieldKind::Number, &["3"]),
                            field("Kept", CustomFieldKind::Text, &["b", "a"]),
                            field("Gone", CustomFieldKind::Json, &["{}"]),
                        ],
                        after: vec![
                            field("wind", CustomFieldKind::Number, &["3", "4"]),
                            field("kept", CustomFieldKind::Text, &["a", "b"]),
                            field("Day", CustomFieldKind::Timestamp, &["2026-03-01"]),
                        ],
                    }),
                ],
            ),
            update(
                "planner-smoke",
                6,
                31,
                vec![
                    FieldChange::Locations(Delta {
                        before: known(&["s3://drone-missions/maps/v1", "s3://drone-missions/base"]),
                        after: wanted(&["s3://drone-missions/base", "s3://drone-missions/maps/v2", "https://u:hunter2@h/x"]),
                    }),
                    FieldChange::Profile(text_delta("full_stack", "")),
                ],
            ),
            create("canyon-01", 120, canyon),
            create("canyon-02", 131, settings("Canyon, high pass", &["s3://drone-missions/canyon/2"])),
        ],
        tags: vec![
            TagChange {
                name: TagName::new("nightly"),
                id: Some(TagId(uuid(21))),
                managed: false,
                added: [existing("survey-beta", 9), created("canyon-01")].into(),
                removed: [].into(),
            },
            TagChange {
                name: TagName::new("progression"),
                id: None,
                managed: true,
                added: [created("canyon-02")].into(),
                removed: [].into(),
            },
            TagChange {
                name: TagName::new("regression"),
                id: Some(TagId(uuid(22))),
                managed: true,
                added: [created("canyon-01"), created("canyon-02")].into(),
                removed: [existing("planner-smoke", 6)].into(),
            },
        ],
        systems: vec![SystemChange { name: SystemName::new("hil-rig-2"), id: SystemId(uuid(31)), added: [created("canyon-01")].into() }],
        suites: vec![
            SuiteChange {
                name: SuiteName::new("Basic Suite"),
                action: SuiteAction::Revise { id: SuiteId(uuid(41)), revision: 12 },
                size_before: 3,
                members: [existing("planner-smoke", 6), created("canyon-01"), created("canyon-02")].into(),
                added: [created("canyon-01"), created("canyon-02")].into(),
                removed: [existing("planner-long", 5)].into(),
                archived: [existing("legacy-hover-01", 1)].into(),
                origin: at(150),
            },
            SuiteChange {
                name: SuiteName::new("Canyon Suite"),
                action: SuiteAction::Create {
                    system: SystemId(uuid(31)),
                    system_name: SystemName::new("hil-rig-2"),
                    description: "All of the canyon".to_owned(),
                },
                size_before: 0,
                members: [created("canyon-01")].into(),
                added: [created("canyon-01")].into(),
                removed: [].into(),
                archived: [].into(),
                origin: at(155),
            },
            SuiteChange {
                name: SuiteName::new("Old Suite"),
                action: SuiteAction::Restore { id: SuiteId(uuid(42)), revision: 3, revise: false },
                size_before: 1,
                members: [existing("planner-smoke", 6)].into(),
                added: [].into(),
                removed: [].into(),
                archived: [].into(),
                origin: at(160),
            },
        ],
        notes: vec![
            Note::LooksLikeRename { archived: name("legacy-hover-01"), id: id(1), created: name("canyon-02"), origin: at(131) },
            Note::UnmanagedSuiteLoses {
                suite: SuiteName::new("Nightly Full"),
                experiences: vec![name("legacy-hover-02")],
                becomes_empty: true,
            },
            Note::SuiteBecomesEmpty { suite: SuiteName::new("Empty Suite") },
            Note::LocationOrder { experience: name("survey-beta") },
            Note::NothingToArchive { experience: name("never-was"), origin: at(60) },
            Note::AmbiguousArchived { experience: name("ridge-wind-07"), restored: id(4), others: vec![id(14), id(15)] },
            Note::SuiteDiffers {
                suite: SuiteName::new("Basic Suite"),
                field: "description",
                current: String::new(),
                desired: "What merges must pass".to_owned(),
            },
        ],
        left_alone: vec![name("alice-scratch-1"), name("alice-scratch-2")],
        unchanged: 405,
        live_before: 412,
        ..empty()
    }
}

/// The example, refused by the guard.
pub(crate) fn refused() -> Plan {
    let limit = ExceededLimit::Percent(Percent { numerator: 4, scale: 1 });
    Plan { refusal: Some(Refusal { archives: 2, live: 412, limit }), ..example() }
}

/// A plan in which every text from outside is one of the hostile ones.
pub(crate) fn hostile(text: &str) -> Plan {
    let mut new = settings(text, &[text]);
    new.profile = Setting::Set(text.to_owned());
    new.environment_variables = Setting::Set(vec![wants(text, text)]);
    new.custom_fields = Setting::Set(vec![field(text, CustomFieldKind::Text, &[text])]);
    let other = format!("{text}2");
    let members = || [existing(text, 3), existing(&other, 4)];
    Plan {
        project: Project { id: ProjectId(uuid(1)), name: text.to_owned() },
        experiences: vec![
            archive(text, 1),
            update(
                text,
                3,
                14,
                vec![
                    FieldChange::Name(delta(&name(text), name(text))),
                    FieldChange::Description(text_delta(text, &other)),
                    FieldChange::Locations(Delta { before: known(&[text]), after: wanted(&[&other]) }),
                    FieldChange::Profile(text_delta("", text)),
                    FieldChange::EnvironmentVariables(Delta { before: vec![had(text, text)], after: vec![wants(text, &other)] }),
                    FieldChange::CustomFields(Delta {
                        before: vec![field(text, CustomFieldKind::Text, &[text])],
                        after: vec![field(text, CustomFieldKind::Text, &[&other, text])],
                    }),
                ],
            ),
            update(text, 5, 14, vec![FieldChange::Description(text_delta(&format!("{text}\n{other}"), &format!("{other}\n{text}")))]),
            create(text, 20, new),
        ],
        tags: vec![TagChange {
            name: TagName::new(text),
            id: Some(TagId(uuid(21))),
            managed: true,
            added: members().into(),
            removed: members().into(),
        }],
        systems: vec![SystemChange { name: SystemName::new(text), id: SystemId(uuid(31)), added: members().into() }],
        suites: vec![SuiteChange {
            name: SuiteName::new(text),
            action: SuiteAction::Create { system: SystemId(uuid(31)), system_name: SystemName::new(text), description: text.to_owned() },
            size_before: 0,
            members: members().into(),
            added: members().into(),
            removed: members().into(),
            archived: members().into(),
            origin: at(30),
        }],
        notes: vec![
            Note::LooksLikeRename { archived: name(text), id: id(1), created: name(text), origin: at(5) },
            Note::UnmanagedSuiteLoses { suite: SuiteName::new(text), experiences: vec![name(text), name(text)], becomes_empty: false },
            Note::SuiteBecomesEmpty { suite: SuiteName::new(text) },
            Note::LocationOrder { experience: name(text) },
            Note::NothingToArchive { experience: name(text), origin: at(6) },
            Note::AmbiguousArchived { experience: name(text), restored: id(1), others: vec![id(2)] },
            Note::SuiteDiffers { suite: SuiteName::new(text), field: "system", current: text.to_owned(), desired: other.clone() },
        ],
        left_alone: vec![name(text), name(&other)],
        refusal: Some(Refusal { archives: 1, live: 1, limit: ExceededLimit::NothingLeft }),
        permitted: None,
        ..empty()
    }
}

/// So many experiences of every kind, with one tag, system and suite for all.
pub(crate) fn large(each: usize) -> Plan {
    let names = |word: &str| (0..each).map(|number| format!("{word}-{number:05}")).collect::<Vec<_>>();
    let number = |number: usize| u128::try_from(number).expect("a usize fits");
    let mut experiences: Vec<ExperienceChange> = names("gone").iter().enumerate().map(|(n, name)| archive(name, number(n))).collect();
    let same = |n: usize| if n.is_multiple_of(10) { format!("planner-{n}") } else { "planner".to_owned() };
    let updated = names("same").into_iter().enumerate();
    experiences
        .extend(updated.map(|(n, name)| update(&name, number(n), 7, vec![FieldChange::Profile(text_delta(&same(n), "full_stack"))])));
    experiences.extend(names("new").iter().map(|name| create(name, 9, settings("New", &["s3://b/x"]))));
    let all: Vec<ExperienceRef> = names("new").iter().map(|name| created(name)).collect();
    Plan {
        experiences,
        tags: vec![TagChange {
            name: TagName::new("nightly"),
            id: Some(TagId(uuid(21))),
            managed: true,
            added: all.iter().cloned().collect(),
            removed: names("same").iter().enumerate().map(|(n, name)| existing(name, number(n))).collect(),
        }],
        suites: vec![SuiteChange {
            name: SuiteName::new("Basic Suite"),
            action: SuiteAction::Revise { id: SuiteId(uuid(41)), revision: 12 },
            size_before: 0,
            members: all.iter().cloned().collect(),
            added: all.into_iter().collect(),
            removed: [].into(),
            archived: [].into(),
            origin: at(150),
        }],
        left_alone: names("left").iter().map(|text| name(text)).collect(),
        ..empty()
    }
}
