//! Names and values that do something where they are not escaped, in every layout.

use super::context::{Context, FileLinks, Medium, Run};
use super::escape::tests::HOSTILE;
use super::golden::check;
use super::marker::{Marker, RunId};
use super::problems::{Against, Problems, render_invalid};
use super::sample::{archive, context, delta, destructive, existing, id, name, new, origin, plan, sources, update, view};
use super::{
    ApplyResult, ApplyText, Basis, CloneChange, CloneText, DriftText, Failed, FailureText, PlanText, ValidText, render_apply, render_clone,
    render_drift, render_failure, render_plan, render_valid,
};
use crate::apply::{Action, ForeignChange, ForeignChangeKind, Outcome, Report, Residue, Subject, Verification, Write};
use crate::config::{LoadOptions, load_texts};
use crate::desired::{CustomField, CustomFieldKind, EnvironmentVariable};
use crate::ids::{ExperienceId, SuiteName, SystemName, TagName};
use crate::plan::{FieldChange, Note, Plan};
use crate::render::sentence::Sentence;
use crate::render::view::{ReportView, ShowValues};
use crate::snapshot::{CurrentVariable, Observed};

/// A plan in which every text from outside is this one.
fn hostile_plan(text: &str) -> Plan {
    let mut plan = plan();
    let owned = || text.to_owned();
    let known = || Observed::Known(owned());
    plan.project.name = owned();
    plan.experiences.iter_mut().for_each(|change| change.name = name(text));
    let mut changed = update("canyon-01", 50, {
        vec![
            FieldChange::Name(delta(name(text), name(text))),
            FieldChange::Description(delta(owned(), format!("{text}\n{text}"))),
            FieldChange::Locations(delta(vec![known()], vec![format!("{text}2")])),
            FieldChange::Profile(delta("a".to_owned(), owned())),
            FieldChange::EnvironmentVariables(delta(
                vec![CurrentVariable { name: owned(), value: known() }],
                vec![EnvironmentVariable { name: owned(), value: format!("{text}2") }],
            )),
            FieldChange::CustomFields(delta(
                Vec::new(),
                vec![CustomField { name: owned(), kind: CustomFieldKind::Json, values: vec![owned(), owned()] }],
            )),
        ]
    });
    changed.name = name(text);
    plan.experiences.insert(2, changed);
    plan.experiences.insert(0, archive(text, 51));
    for tag in &mut plan.tags {
        tag.name = TagName::new(text);
        tag.added = [new(text)].into();
        tag.removed = [existing(text, 50)].into();
    }
    plan.systems.iter_mut().for_each(|system| (system.name, system.added) = (SystemName::new(text), [new(text)].into()));
    for suite in &mut plan.suites {
        suite.name = SuiteName::new(text);
        (suite.added, suite.removed, suite.archived) = ([new(text)].into(), [existing(text, 1)].into(), [existing(text, 2)].into());
    }
    let suite = || SuiteName::new(text);
    plan.notes = vec![
        Note::LooksLikeRename { archived: name(text), id: ExperienceId(id(1)), created: name(text), origin: origin("canyon-01") },
        Note::UnmanagedSuiteLoses { suite: suite(), experiences: vec![name(text)], becomes_empty: true },
        Note::SuiteDiffers { suite: suite(), field: "description", current: owned(), desired: owned() },
    ];
    plan.left_alone = vec![name(text), name(text)];
    plan
}

fn surroundings(medium: Medium, text: &str) -> Context<'_> {
    let files = FileLinks { server: "https://github.com", repository: text, commit: text, folder: text };
    let run = Run { id: RunId { id: 1, attempt: 2 }, url: text };
    Context {
        project: text,
        label: text,
        files: Some(files),
        head: Some(text),
        base: Some((text, Some(text))),
        run: Some(run),
        read_at: Some(text),
        ..context(medium)
    }
}

#[test]
fn plan_is_made_of_our_own_elements_alone() {
    for text in HOSTILE {
        let plan = hostile_plan(text);
        let view = view(&plan);
        let destructive = destructive(&plan);
        for medium in [Medium::Comment, Medium::Summary, Medium::Document] {
            let context = surroundings(medium, text);
            for basis in [Basis::Live, Basis::Snapshot { taken: text, age: text }] {
                let plan = PlanText { view: &view, destructive: &destructive, basis, problems: None, previous: Some(text) };
                let out = render_plan(&context, &plan);
                check(&out);
                let marker = Marker::parse(&out);
                assert_eq!(marker.map(|marker| marker.label), (medium == Medium::Comment).then(|| (*text).to_owned()), "{text:?}");
            }
            let drift = DriftText { view: &view, destructive: &destructive, apply_url: Some(text), clone_url: Some(text) };
            check(&render_drift(&context, &drift));
        }
    }
}

#[test]
fn results_are_made_of_our_own_elements_alone() {
    for text in HOSTILE {
        let owned = || (*text).to_owned();
        let experience = || Subject::Experience(name(text), Some(ExperienceId(id(1))));
        let action = |subject, write, outcome| Action { subject, write, outcome, origin: Some(origin("canyon-01")) };
        let report = Report {
            project: plan().project,
            digest: owned(),
            actions: vec![
                action(experience(), Write::Update { renamed_from: Some(name(text)), fields: vec!["name"] }, Outcome::Done),
                action(Subject::Tag(TagName::new(*text)), Write::AddTag(name(text)), Outcome::Failed(owned())),
                action(Subject::Suite(SuiteName::new(*text)), Write::RestoreSuite, Outcome::Blocked { by: owned() }),
                action(Subject::System(SystemName::new(*text)), Write::Register(name(text)), Outcome::Unknown(owned())),
            ],
            meanwhile: vec![ForeignChange { subject: experience(), what: ForeignChangeKind::Field("name") }],
            verification: Verification::NotConverged {
                left: Box::new(hostile_plan(text)),
                residues: vec![Residue { subject: experience(), what: owned(), sent: Some(owned()), returned: owned(), by_others: false }],
            },
            interrupted: None,
            requests: 1,
            retries: 1,
            earlier: Vec::new(),
        };
        let unread = Report { verification: Verification::NotRead(owned()), ..report.clone() };
        let plan = hostile_plan(text);
        let view = view(&plan);
        let unreviewed = destructive(&plan);
        let plan_text = PlanText { view: &view, destructive: &unreviewed, basis: Basis::Live, problems: None, previous: None };
        let context = surroundings(Medium::Comment, text);
        let earlier = render_plan(&context, &plan_text);
        let reports = [report, unread].map(|report| ReportView::new(&report, &sources(), ShowValues::Safe));
        let results = [
            ApplyResult::Report(&reports[0]),
            ApplyResult::Report(&reports[1]),
            ApplyResult::Refused(&view),
            ApplyResult::PlanChanged { view: &view, expected: text },
            ApplyResult::Superseded { tip: Some(text) },
            ApplyResult::Stale { tip: Some(text) },
        ];
        for result in results {
            check(&render_apply(&context, &ApplyText { result, unreviewed: &unreviewed, previous: Some(&earlier) }));
        }
    }
}

#[test]
fn other_texts_are_made_of_our_own_elements_alone() {
    for text in HOSTILE {
        let context = surroundings(Medium::Comment, text);
        let owned = [(*text).to_owned()];
        check(&render_failure(&context, &FailureText { what: Failed::Plan, message: text, help: &owned, previous: Some(text) }));
        let changes = [CloneChange { noun: "experience", verb: "added", names: &owned }];
        let warnings = [Sentence::new("The suite ").code(text).text(" was left out.")];
        check(&render_clone(&context, &CloneText { changes: &changes, warnings: &warnings }));
        check(&render_valid(&context, &ValidText { unread: None, experiences: 1, suites: 1, managed_tags: 1, problems: None }));
        let quoted: String = text.chars().map(|c| format!("\\U{:08x}", u32::from(c))).collect();
        let config = format!("experiences:\n- name: \"{quoted}\"\n  \"{quoted}k\": 1\n  tags: [\"{quoted}\", \"{quoted}\"]\n");
        let loaded = load_texts(vec![((*text).to_owned(), config)], &LoadOptions::default());
        let problems = Problems { sources: &loaded.sources, diagnostics: &loaded.diagnostics };
        for against in [Against::Itself, Against::ReSim] {
            check(&render_invalid(&context, problems, against));
        }
    }
}

#[test]
fn sample_holds_the_text_all_over() {
    // The sample must reach the layout at all, or the tests above say nothing.
    let out = render_plan(
        &surroundings(Medium::Comment, "@team"),
        &PlanText { view: &view(&hostile_plan("@team")), destructive: &[], basis: Basis::Live, problems: None, previous: None },
    );
    assert!(out.matches("`@team`").count() > 20, "{out}");
}
