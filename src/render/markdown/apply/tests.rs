use super::*;
use crate::apply::{Action, ForeignChange, ForeignChangeKind, Interrupt, Outcome, Report, Residue, Subject, Verification, Write};
use crate::ids::{ExperienceId, SuiteName, TagName};
use crate::plan::DestructiveKind;
use crate::render::markdown::golden::{check, golden};
use crate::render::markdown::marker::{Marker, RunId};
use crate::render::markdown::sample::{
    DIGEST, context, destructive, empty, id, name, origin, plan, refused as refused_plan, sources, view,
};
use crate::render::markdown::{Basis, PlanText, render_plan};
use crate::render::view::ShowValues;
use crate::snapshot::Project;

fn surroundings(medium: Medium) -> Context<'static> {
    Context { on_merge: false, read_at: None, ..context(medium) }
}

fn experience(text: &str, number: u128) -> Subject {
    Subject::Experience(name(text), Some(ExperienceId(id(number))))
}

fn report(outcomes: bool) -> Report {
    let action = |subject, write, outcome, origin| Action { subject, write, outcome, origin };
    let or = |outcome: Outcome| if outcomes { outcome } else { Outcome::Done };
    let refused = "`POST \u{2026}/experiences`: 422 Unprocessable Entity: location not reachable: s3://drone-missions/canyon/02".to_owned();
    let update = Write::Update { renamed_from: Some(name("survey-a")), fields: vec!["name", "containerTimeoutSeconds"] };
    let suite = || Subject::Suite(SuiteName::new("Basic Suite"));
    Report {
        project: Project { ..empty().project },
        digest: DIGEST.to_owned(),
        actions: vec![
            action(experience("ridge-wind-07", 4), Write::Restore, Outcome::Done, Some(origin("ridge-wind-07"))),
            action(experience("scenario-survey-alpha", 3), update, Outcome::Done, Some(origin("scenario-survey-alpha"))),
            action(experience("canyon-01", 7), Write::Create { tags: 2, systems: 1 }, Outcome::Done, Some(origin("canyon-01"))),
            action(
                Subject::Experience(name("canyon-02"), None),
                Write::Create { tags: 1, systems: 0 },
                or(Outcome::Failed(refused)),
                Some(origin("canyon-02")),
            ),
            action(
                Subject::Tag(TagName::new("regression")),
                Write::RemoveTag(name("planner-smoke")),
                or(Outcome::Unknown("`DELETE \u{2026}/experienceTags/\u{2026}`: connection closed".to_owned())),
                None,
            ),
            action(
                suite(),
                Write::ReviseSuite { members: 3 },
                or(Outcome::Blocked { by: "create experience canyon-02".to_owned() }),
                Some(origin("Basic Suite")),
            ),
            action(experience("legacy-hover-01", 1), Write::Archive, or(Outcome::NotAttempted), None),
        ],
        meanwhile: Vec::new(),
        verification: Verification::Verified,
        interrupted: None,
        requests: 31,
        retries: 1,
        earlier: Vec::new(),
    }
}

fn rendered(report: &Report, unreviewed: &[DestructiveChange], previous: Option<&str>) -> String {
    let view = ReportView::new(report, &sources(), ShowValues::Safe);
    let text = ApplyText { result: ApplyResult::Report(&view), unreviewed, previous };
    render_apply(&surroundings(Medium::Comment), &text)
}

fn earlier() -> String {
    let plan = plan();
    let text = PlanText { view: &view(&plan), destructive: &destructive(&plan), basis: Basis::Live, problems: None, previous: None };
    render_plan(&context(Medium::Comment), &text)
}

#[test]
fn success_is_verified_and_keeps_the_reviewed_plan() {
    let out = rendered(&report(false), &[], Some(&earlier()));
    golden("success_is_verified_and_keeps_the_reviewed_plan", &out);
}

#[test]
fn partial_apply_shows_what_is_not_done_first() {
    let mut report = report(true);
    report.meanwhile = vec![ForeignChange { subject: experience("planner-long", 5), what: ForeignChangeKind::Field("profile") }];
    report.verification = Verification::NotConverged {
        left: Box::new(plan()),
        residues: vec![Residue {
            subject: experience("planner-long", 5),
            what: "description".to_owned(),
            sent: Some("Long | flight".to_owned()),
            returned: "Long flight".to_owned(),
            by_others: true,
        }],
    };
    golden("partial_apply_shows_what_is_not_done_first", &rendered(&report, &[], None));
}

#[test]
fn interrupted_apply_says_so() {
    let mut report = report(true);
    report.interrupted = Some(Interrupt::Term);
    report.verification = Verification::NotRead("the run was stopped".to_owned());
    golden("interrupted_apply_says_so", &rendered(&report, &[], None));
}

#[test]
fn new_destructive_changes_are_listed_when_applied() {
    let new = &destructive(&plan())[..2];
    golden("new_destructive_changes_are_listed_when_applied", &rendered(&report(false), new, None));
}

fn other(medium: Medium, result: ApplyResult<'_>, unreviewed: &[DestructiveChange]) -> String {
    render_apply(&surroundings(medium), &ApplyText { result, unreviewed, previous: None })
}

#[test]
fn unreviewed_changes_are_refused_with_the_digest_to_go_on() {
    let view = view(&plan());
    let new = [DestructiveChange { kind: DestructiveKind::SuiteRemoval(SuiteName::new("Basic Suite"), name("x")), fingerprint: [1; 6] }];
    let out = other(Medium::Comment, ApplyResult::Refused(&view), &new);
    golden("unreviewed_changes_are_refused_with_the_digest_to_go_on", &out);
    assert!(out.contains(DIGEST));
}

#[test]
fn results_without_a_report_say_why_nothing_was_written() {
    let (empty, view, refused) = (view(&empty()), view(&plan()), view(&refused_plan(20)));
    let tip = Some("ffeeddccbbaa99887766554433221100ffeeddcc");
    let results = [
        ApplyResult::NothingToDo(&empty),
        ApplyResult::Refused(&refused),
        ApplyResult::PlanChanged { view: &view, expected: "0123456789abcdef" },
        ApplyResult::Superseded { tip },
        ApplyResult::Stale { tip },
        ApplyResult::Stale { tip: None },
    ];
    let texts: Vec<String> = results.into_iter().map(|result| other(Medium::Summary, result, &[])).collect();
    texts.iter().for_each(|text| check(text));
    golden("results_without_a_report_say_why_nothing_was_written", &texts.join("\n"));
}

#[test]
fn record_of_the_review_outlives_results_and_failures() {
    let record = Marker::parse(&earlier()).expect("a marker");
    let first = rendered(&report(true), &[], Some(&earlier()));
    let second = rendered(&report(false), &[], Some(&first.replace('\n', "\r\n")));
    for text in [&first, &second] {
        check(text);
        let marker = Marker::parse(text).expect("a marker");
        assert_eq!((&marker.plan, &marker.destructive), (&record.plan, &record.destructive));
        assert_eq!(marker.run, Some(RunId { id: 8_812_345, attempt: 1 }));
        assert_eq!(text.matches("As reviewed").count(), 1);
        assert!(text.contains("| rename | `survey-a` → `scenario-survey-alpha` |"));
    }
    let taken_apart = rendered(&report(false), &[], Some(&format!("{}\n<details>\n", record.render())));
    check(&taken_apart);
    assert_eq!(Marker::parse(&taken_apart).and_then(|marker| marker.destructive), record.destructive);
}
