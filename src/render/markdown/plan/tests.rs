use super::*;
use crate::config::{LoadOptions, load_texts};
use crate::plan::Policy;
use crate::render::markdown::context::{FileLinks, Medium};
use crate::render::markdown::golden::{check, golden};
use crate::render::markdown::sample::{HEAD, context, destructive, empty, plan, refused, view};
use crate::render::view::ShowValues;

fn rendered(plan: &crate::plan::Plan, medium: Medium) -> String {
    let text = PlanText { view: &view(plan), destructive: &destructive(plan), basis: Basis::Live, problems: None, previous: None };
    render_plan(&context(medium), &text)
}

#[test]
fn plan_of_every_kind() {
    golden("plan_of_every_kind", &rendered(&plan(), Medium::Comment));
}

#[test]
fn no_changes_are_one_sentence() {
    golden("no_changes_are_one_sentence", &rendered(&empty(), Medium::Comment));
}

#[test]
fn refused_plan_says_so_first() {
    golden("refused_plan_says_so_first", &rendered(&refused(45), Medium::Comment));
}

#[test]
fn permitted_plan_says_what_was_permitted() {
    let refused = refused(45);
    let plan = crate::plan::Plan { permitted: refused.refusal.clone(), refusal: None, ..refused };
    let out = rendered(&plan, Medium::Comment);
    let sentence =
        "**Permitted by the pull request.** This plan archives 45 of 67 live experiences, more than 30 %, the limit of `--max-archive`.";
    assert!(out.contains(sentence), "{out}");
    assert!(out.contains("`ReSim-Allow-Archive`") && !out.contains("Refused by the guard"), "{out}");
}

#[test]
fn summary_shows_the_whole_digest() {
    golden("summary_shows_the_whole_digest", &rendered(&plan(), Medium::Summary));
}

#[test]
fn plan_against_a_snapshot_says_so_first() {
    let plan = plan();
    let basis = Basis::Snapshot { taken: "2026-08-23 02:10 UTC", age: "3 h" };
    let text = PlanText { view: &view(&plan), destructive: &destructive(&plan), basis, problems: None, previous: None };
    let out = render_plan(&context(Medium::Comment), &text);
    golden("plan_against_a_snapshot_says_so_first", &out);
    assert_eq!(Marker::parse(&out).map(|marker| marker.kind), Some(MarkerKind::Offline));
}

#[test]
fn marker_holds_digest_and_fingerprints() {
    let plan = plan();
    let marker = Marker::parse(&rendered(&plan, Medium::Comment)).expect("a marker");
    assert_eq!((marker.plan.as_deref(), marker.head.as_deref()), (Some(view(&plan).digest.as_str()), Some(HEAD)));
    assert_eq!(marker.destructive.map(|record| record.fingerprints.len()), Some(3));
}

/// The example of the repository, and the picture in its README: see [`golden`].
#[test]
fn plan_of_the_example() {
    let config = include_str!("../../../../examples/demo/experiences.yaml");
    let state = include_str!("../../../../examples/demo/state.json");
    let loaded = load_texts(vec![("experiences.yaml".to_owned(), config.to_owned())], &LoadOptions::default());
    let snapshot = crate::state_file::read(state).expect("a state");
    let policy = Policy { create_missing: true, ..Policy::default() };
    let desired = loaded.desired.expect("a valid config");
    let plan = crate::plan::plan(&desired, &snapshot, &policy).expect("a plan");
    let view = PlanView::new(&plan, &crate::plan::digest(&plan), &loaded.sources, ShowValues::Safe);
    let destructive = crate::plan::destructive_changes(&plan);
    let files = FileLinks { server: "https://github.com", repository: "acme/drone-demo", commit: HEAD, folder: "" };
    let context = Context { project: "drone-demo", files: Some(files), ..context(Medium::Comment) };
    let text = PlanText { view: &view, destructive: &destructive, basis: Basis::Live, problems: None, previous: None };
    golden("plan_of_the_example", &render_plan(&context, &text));
}

#[test]
fn next_plan_says_what_is_new_in_it() {
    let plan = plan();
    let changes = destructive(&plan);
    let later = |previous: &str, digest: &str| {
        let context = Context { head: Some("b2c3d4e5f60718293a4b5c6d7e8f90123456789a"), ..context(Medium::Comment) };
        let view = PlanView { digest: digest.to_owned(), ..view(&plan) };
        let text = PlanText { view: &view, destructive: &changes, basis: Basis::Live, problems: None, previous: Some(previous) };
        render_plan(&context, &text)
    };
    let earlier = rendered(&plan, Medium::Comment);
    assert!(later(&earlier, &view(&plan).digest).contains("\nSame changes as at commit `a1b2c3d`.\n"));
    assert!(later(&earlier, "other").contains("\nOther changes than at commit `a1b2c3d`.\n"));
    let marker = Marker::parse(&earlier).expect("a marker");
    let seen = Destructive::new([changes[0].fingerprint, [0; 6]]);
    let before = Marker { destructive: seen, ..marker.clone() }.render();
    let words = "**New: 2 destructive changes**: archive `legacy-hover-02`; take the tag `regression` off `planner-smoke`. \
                 1 destructive change gone.";
    assert!(later(&before, "other").contains(words));
    assert!(later(&Marker { destructive: None, ..marker.clone() }.render(), "other").contains("Other changes than at commit `a1b2c3d`.\n"));
    for silent in ["nothing of ours", &Marker { kind: MarkerKind::Invalid, ..marker }.render()] {
        assert!(!later(silent, "other").contains("at commit"));
    }
    assert!(!rendered(&plan, Medium::Comment).contains("at commit"));
}

#[test]
fn warnings_about_the_config_are_shown() {
    let config = "experiences:\n- {name: a, description: '', locations: [x]}\n";
    let loaded = load_texts(vec![("a.yaml".to_owned(), config.to_owned())], &LoadOptions::default());
    let problems = Some(Problems { sources: &loaded.sources, diagnostics: &loaded.diagnostics });
    let text = PlanText { view: &view(&empty()), destructive: &[], basis: Basis::Live, problems, previous: None };
    let out = render_plan(&context(Medium::Comment), &text);
    check(&out);
    assert!(out.contains("<b>1 warning about the config</b>") && out.contains("(`empty-value`)"), "{out}");
}
