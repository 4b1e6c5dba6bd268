use super::*;
use crate::render::markdown::golden::golden;
use crate::render::markdown::sample::{HEAD, context, destructive, empty, plan, refused, view};

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
