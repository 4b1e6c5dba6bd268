use super::*;
use crate::apply::{Interrupt, Outcome, Report, Verification};
use crate::desired::{CustomFieldKind, Setting};
use crate::diagnostics::{Code, Diagnostic, Diagnostics};
use crate::plan::{Delta, FieldChange, Note, Percent};
use crate::render::testing::{
    DIGEST, at, create, done, empty, example, field, had, known, partly_done, refused, residues, settings, sources, update, wanted, wants,
};
use crate::snapshot::{CurrentVariable, Observed};

fn view(plan: &Plan) -> PlanView {
    PlanView::new(plan, DIGEST, &sources("experiences.yaml"), ShowValues::Safe)
}

/// The diff of one changed field.
fn diff(change: FieldChange, show: ShowValues) -> FieldDiff {
    let plan = Plan { experiences: vec![update("a", 1, 1, vec![change])], ..empty() };
    let mut view = PlanView::new(&plan, DIGEST, &sources("experiences.yaml"), show);
    view.experiences.remove(0).fields.remove(0).diff
}

fn shown(text: &str) -> Shown {
    Shown::Text(text.to_owned())
}

#[test]
fn destructive_rows_come_first() {
    let mut plan = example();
    plan.experiences.reverse();
    let kinds: Vec<ActionKind> = view(&plan).experiences.iter().map(|row| row.kind).collect();
    let mut sorted = kinds.clone();
    sorted.sort();
    assert_eq!(kinds, sorted);
    assert_eq!((kinds.first(), kinds.last()), (Some(&ActionKind::Archive), Some(&ActionKind::Create)));
}

#[test]
fn row_holds_the_tags_and_systems_of_its_experience() {
    let view = view(&example());
    let row = |name: &str| view.experiences.iter().find(|row| row.name == name).expect("a row");
    assert_eq!(row("canyon-01").tags_added, ["nightly", "regression"]);
    assert_eq!(row("canyon-01").systems_added, ["hil-rig-2"]);
    assert_eq!(row("planner-smoke").tags_removed, ["regression"]);
    assert_eq!(row("planner-smoke").place, Some(Place { path: "experiences.yaml".to_owned(), line: 31 }));
}

#[test]
fn restored_experience_can_be_renamed() {
    let mut plan = example();
    let ExperienceAction::Update { id, fields } = plan.experiences[2].action.clone() else { panic!("an update") };
    plan.experiences[2].action = ExperienceAction::Restore { id, fields: Some(fields) };
    let view = view(&plan);
    let row = view.of_kind(ActionKind::Restore).find(|row| row.name == "scenario-survey-alpha").expect("a row");
    assert_eq!((row.renamed_from.as_deref(), row.fields.len()), (Some("survey-a"), 1));
}

#[test]
fn variables_are_compared_by_name_and_hidden_by_look() {
    let change = || {
        FieldChange::EnvironmentVariables(Delta {
            before: vec![had("A", "1"), had("API_KEY", "old"), had("GONE", "https://u:p@h"), had("KEYBOARD", "qwerty"), had("SAME", "x")],
            after: vec![wants("SAME", "x"), wants("API_KEY", "new"), wants("KEYBOARD", "azerty"), wants("A", "ghp_0123456789")],
        })
    };
    let row = |name: &str, before: Option<Shown>, after: Option<Shown>| VariableDiff { name: name.to_owned(), before, after };
    assert_eq!(
        diff(change(), ShowValues::Safe),
        FieldDiff::Variables {
            changed: vec![
                row("A", Some(shown("1")), Some(Shown::Hidden)),
                row("API_KEY", Some(Shown::Hidden), Some(Shown::Hidden)),
                row("GONE", Some(Shown::Hidden), None),
                row("KEYBOARD", Some(shown("qwerty")), Some(shown("azerty"))),
            ],
            kept: 1
        }
    );
    let FieldDiff::Variables { changed, .. } = diff(change(), ShowValues::None) else { panic!("variables") };
    let values = |row: &VariableDiff| [row.before.clone(), row.after.clone()];
    assert!(changed.iter().flat_map(values).flatten().all(|value| value == Shown::Hidden));
    let FieldDiff::Variables { changed, .. } = diff(change(), ShowValues::All) else { panic!("variables") };
    assert!(changed.iter().flat_map(values).flatten().all(|value| value != Shown::Hidden));
}

#[test]
fn doubled_variable_of_resim_is_told_as_one_that_goes() {
    let change = FieldChange::EnvironmentVariables(Delta { before: vec![had("A", "1"), had("A", "2")], after: vec![wants("A", "1")] });
    let gone = VariableDiff { name: "A".to_owned(), before: Some(shown("2")), after: None };
    assert_eq!(diff(change, ShowValues::Safe), FieldDiff::Variables { changed: vec![gone], kept: 1 });
}

#[test]
fn what_was_never_read_is_compared_with_nothing_and_stays_hidden() {
    let hidden = |name: &str| CurrentVariable { name: name.to_owned(), value: Observed::Hidden };
    let before = vec![hidden("GOES"), hidden("STAYS"), had("X", "1")];
    let change = FieldChange::EnvironmentVariables(Delta { before, after: vec![wants("STAYS", "1"), wants("X", "2")] });
    let goes = VariableDiff { name: "GOES".to_owned(), before: Some(Shown::Hidden), after: None };
    let changed = VariableDiff { name: "X".to_owned(), before: Some(shown("1")), after: Some(shown("2")) };
    assert_eq!(diff(change, ShowValues::All), FieldDiff::Variables { changed: vec![goes, changed], kept: 1 });
    let mut before = known(&["a"]);
    before.extend([Observed::Hidden, Observed::Hidden]);
    let change = FieldChange::Locations(Delta { before, after: wanted(&["a", "b", "https://u:p@h"]) });
    assert_eq!(diff(change, ShowValues::All), FieldDiff::Set { removed: vec![Shown::Hidden], added: vec![shown("b")], kept: 2 });
}

#[test]
fn secret_looking_texts_are_hidden_wherever_they_stand() {
    let secret = "see https://u:hunter2@h/x";
    let mut new = settings(secret, &[secret]);
    new.profile = Setting::Set(secret.to_owned());
    new.custom_fields = Setting::Set(vec![field("f", CustomFieldKind::Text, &[secret])]);
    let mut plan = Plan { experiences: vec![create("a", 1, new)], ..empty() };
    plan.suites = example().suites;
    if let SuiteAction::Create { description, .. } = &mut plan.suites[1].action {
        *description = secret.to_owned();
    }
    let (suite, current, desired) = (plan.suites[0].name.clone(), secret.to_owned(), secret.to_owned());
    plan.notes = vec![Note::SuiteDiffers { suite, field: "description", current, desired }];
    assert!(!format!("{:?}", view(&plan)).contains("hunter2"));
    let all = PlanView::new(&plan, DIGEST, &sources("experiences.yaml"), ShowValues::All);
    assert_eq!(format!("{all:?}").matches("hunter2").count(), 9);
}

#[test]
fn custom_fields_are_compared_by_folded_name_and_values_in_any_order() {
    let change = FieldChange::CustomFields(Delta {
        before: vec![field("Wind", CustomFieldKind::Number, &["1.50", "2"]), field("x", CustomFieldKind::Text, &["1"])],
        after: vec![field("wind", CustomFieldKind::Number, &["2.0", "1.5"]), field("X", CustomFieldKind::Number, &["1"])],
    });
    let FieldDiff::CustomFields { changed, kept } = diff(change, ShowValues::Safe) else { panic!("custom fields") };
    assert_eq!((changed.len(), changed[0].name.as_str(), kept), (1, "X", 1));
}

#[test]
fn warnings_come_before_other_notes() {
    let mut plan = example();
    plan.notes.reverse();
    let weights: Vec<NoteWeight> = view(&plan).notes.iter().map(|note| note.weight).collect();
    assert!(weights.is_sorted() && weights[0] == NoteWeight::Warning && weights[weights.len() - 1] == NoteWeight::Information);
}

#[test]
fn refusal_names_number_limit_experiences_and_ways_on() {
    let refusal = view(&refused()).refusal.expect("refused");
    assert_eq!(refusal.sentence.plain(), "This plan archives 2 of 412 live experiences, more than 0.4 %, the limit of `--max-archive`.");
    assert_eq!(refusal.experiences, ["legacy-hover-01", "legacy-hover-02"]);
    let ways: Vec<String> = refusal.ways.iter().map(crate::render::sentence::Sentence::plain).collect();
    assert!(ways.iter().any(|way| way.contains("`--force`")) && ways.iter().any(|way| way.contains("`ReSim-Allow-Archive: 2`")));
}

#[test]
fn percentages_keep_the_decimals_of_their_user() {
    let text = |numerator, scale| percent(Percent { numerator, scale });
    assert_eq!([text(30, 0), text(305, 1), text(5, 2), text(50, 2), text(0, 1)], ["30", "30.5", "0.05", "0.50", "0.0"]);
    assert_eq!(text(u64::MAX, 20), "0.18446744073709551615");
}

#[test]
fn counts_leave_zeros_out() {
    assert_eq!(view(&empty()).headline().plain(), "No changes. ReSim matches the config: 412 experiences unchanged.");
    let plan = Plan { experiences: vec![create("a", 1, settings("d", &[]))], ..empty() };
    assert_eq!(view(&plan).headline().plain(), "1 create · 412 unchanged.");
}

fn report(report: &Report) -> ReportView {
    ReportView::new(report, &sources("experiences.yaml"), ShowValues::Safe)
}

#[test]
fn nothing_partial_is_called_applied() {
    let headline = |of: Report| report(&of).headline().plain();
    assert_eq!(headline(done()), "Applied: 14 of 14 actions done, verified.");
    assert_eq!(headline(partly_done()), "Partly applied: 2 of 6 actions done, 1 failed, 1 unknown, 1 blocked, 1 not attempted.");
    let unread = Report { verification: Verification::NotRead("why".to_owned()), ..done() };
    assert_eq!(headline(unread), "Applied, but not verified: 14 of 14 actions done.");
    let mut none = partly_done();
    none.actions.drain(..2);
    assert_eq!(headline(none), "Not applied: 0 of 4 actions done, 1 failed, 1 unknown, 1 blocked, 1 not attempted.");
    assert_eq!(headline(Report { actions: Vec::new(), verification: Verification::NotNeeded, ..done() }), "Nothing to apply.");
    let mut stopped = Report { interrupted: Some(Interrupt::Term), verification: Verification::NotNeeded, ..done() };
    stopped.actions.truncate(3);
    stopped.actions.iter_mut().for_each(|action| action.outcome = Outcome::NotAttempted);
    assert_eq!(headline(stopped), "Interrupted: 0 of 3 actions done, 3 not attempted; nothing was written.");
    let stopped = Report { interrupted: Some(Interrupt::Term), ..partly_done() };
    assert_eq!(headline(stopped), "Interrupted: 2 of 6 actions done, 1 failed, 1 unknown, 1 blocked, 1 not attempted.");
}

#[test]
fn server_messages_lose_their_secrets() {
    assert!(!format!("{:?}", report(&partly_done())).contains("hunter2"));
}

#[test]
fn config_that_no_longer_fits_is_told_with_its_places() {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(Diagnostic::error(Code::UnknownTag, at(7), "unknown tag `x`"));
    let view = report(&Report { verification: Verification::NoLongerValid(diagnostics), ..done() });
    assert_eq!(view.verification.reasons, ["experiences.yaml:7: unknown tag `x`"]);
    assert!(!view.succeeded);
}

#[test]
fn residues_show_no_secret_value() {
    let left = view(&example());
    let views: Vec<ResidueView> = residues().iter().map(|residue| verification::residue_view(residue, &left, ShowValues::Safe)).collect();
    assert!(!format!("{views:?}").contains("hunter"));
    assert_eq!((views[0].sent.as_deref(), views[0].returned.as_str()), (Some("full_stack"), "planner"));
    assert_eq!(views[1].returned, "API_TOKEN=(hidden, changed), MAX_ALTITUDE_M=100, OLD=x y");
    assert_eq!(views[1].sent.as_deref(), Some("API_TOKEN=(hidden, changed), MAX_ALTITUDE_M=120, NEW="));
    assert!(views[2].sent.is_none() && views[2].by_others);
    let unknown = verification::residue_view(&residues()[1], &view(&empty()), ShowValues::Safe);
    assert_eq!((unknown.sent.as_deref(), unknown.returned.as_str()), (Some(HIDDEN), HIDDEN));
}

#[test]
fn apply_that_did_not_converge_holds_what_is_left() {
    let left = Plan { experiences: example().experiences.into_iter().take(1).collect(), ..empty() };
    let verification = Verification::NotConverged { left: Box::new(left.clone()), residues: residues() };
    let view = report(&Report { verification, ..done() });
    assert!(!view.succeeded);
    assert_eq!(view.headline().plain(), "Applied, but not converged: 14 of 14 actions done.");
    assert_eq!(view.verification.sentence.plain(), "Not converged: ReSim was read again and still differs from the config (1 archive).");
    assert_eq!(view.verification.left.expect("a plan").digest, crate::plan::digest(&left));
}
