//! Texts stay within their limits, whatever the plan: tests of the ladder with every layout.

use super::context::{Context, Medium};
use super::golden::check;
use super::marker::{Destructive, Marker};
use super::sample::{
    archive, context, delta, destructive, empty, existing, fields, id, name, new, origin, refused, settings, sources, view,
};
use super::{ApplyResult, ApplyText, Basis, DriftText, PlanText, render_apply, render_drift, render_plan};
use crate::apply::{Action, Interrupt, Outcome, Report, Residue, Subject, Verification, Write};
use crate::ids::{ExperienceId, SuiteId, SuiteName, TagId, TagName};
use crate::plan::{DestructiveChange, ExperienceAction, ExperienceChange, FieldChange, Note, Plan, SuiteAction, SuiteChange, TagChange};
use crate::render::view::{ReportView, ShowValues};

const MEDIA: [(Medium, usize); 2] = [(Medium::Comment, 60_000), (Medium::Summary, 1_000_000)];

fn rendered(plan: &Plan, destructive: &[DestructiveChange], medium: Medium, previous: Option<&str>) -> String {
    let text = PlanText { view: &view(plan), destructive, basis: Basis::Live, problems: None, previous };
    render_plan(&context(medium), &text)
}

fn fits(text: &str, limit: usize) {
    check(text);
    assert!(text.len() <= limit, "{} bytes", text.len());
}

/// A plan with so many changes of each kind, whose names begin and whose texts are as given.
fn large(number: usize, prefix: &str, text: &str) -> Plan {
    let numbered = |kind: &str, n: usize| format!("{prefix}{kind}-{n:05}");
    let mut experiences = Vec::new();
    let entry = Some(origin("canyon-01"));
    let description = |text: String| FieldChange::Description(delta("before".to_owned(), text));
    for n in 0..number {
        experiences.push(archive(&numbered("archived", n), n as u128));
        let renamed =
            vec![FieldChange::Name(delta(name(&numbered("old", n)), name(&numbered("renamed", n)))), description(text.to_owned())];
        for (kind, changes) in [("renamed", renamed), ("updated", vec![description(text.to_owned())])] {
            let action = ExperienceAction::Update { id: ExperienceId(id(n as u128)), fields: fields(changes) };
            experiences.push(ExperienceChange { name: name(&numbered(kind, n)), action, origin: entry });
        }
        let action = ExperienceAction::Create { settings: settings(text, "s3://somewhere") };
        experiences.push(ExperienceChange { name: name(&numbered("created", n)), action, origin: entry });
    }
    let members = |kind: &str| (0..number).map(|n| existing(&numbered(kind, n), n as u128)).collect();
    let suite = |n: usize| SuiteChange {
        name: SuiteName::new(numbered("suite", n)),
        action: SuiteAction::Revise { id: SuiteId(id(n as u128)), revision: 1 },
        size_before: number,
        members: [new("x")].into(),
        added: [new("x")].into(),
        removed: if n == 0 { members("updated") } else { [existing("y", 1)].into() },
        archived: if n == 0 { members("archived") } else { [].into() },
        origin: origin("Basic Suite"),
    };
    let tag = |n: usize| TagChange {
        name: TagName::new(numbered("tag", n)),
        id: Some(TagId(id(n as u128))),
        managed: true,
        added: if n == 0 { members("created") } else { [].into() },
        removed: if n == 0 { members("updated") } else { [existing("y", 1)].into() },
    };
    let looks = |n: usize| Note::LooksLikeRename {
        archived: name(&numbered("archived", n)),
        id: ExperienceId(id(n as u128)),
        created: name(&numbered("created", n)),
        origin: origin("canyon-01"),
    };
    let loses = |n: usize| Note::UnmanagedSuiteLoses {
        suite: SuiteName::new(numbered("unmanaged", n)),
        experiences: (0..number.min(20)).map(|n| name(&numbered("archived", n))).collect(),
        becomes_empty: true,
    };
    let order = |n: usize| Note::LocationOrder { experience: name(&numbered("order", n)) };
    Plan {
        experiences,
        tags: (0..number).map(tag).collect(),
        suites: (0..number).map(suite).collect(),
        notes: (0..number).flat_map(|n| [looks(n), loses(n), order(n)]).collect(),
        left_alone: (0..number).map(|n| name(&numbered("left", n))).collect(),
        live_before: 4 * number,
        ..empty()
    }
}

#[test]
fn ten_thousand_changes_fit_with_true_totals() {
    let plan = large(2_500, "scenario-", "after");
    for (medium, limit) in MEDIA {
        let text = rendered(&plan, &destructive(&plan), medium, None);
        fits(&text, limit);
        assert!(text.len() > limit / 4, "{} bytes: too little is shown", text.len());
        assert!(text.contains("**Merging archives 2,500, renames 2,500, updates 2,500 and creates 2,500 experiences.**"));
        assert!(text.contains("**2,500 of 10,000 live experiences are archived**: `scenario-archived-00000`"));
        assert!(text.contains(" of 7,501 rows shown, all in "), "{}", &text[..5_000]);
        assert!(text.contains(" of 5,000 warnings shown, all in "));
    }
}

#[test]
fn ten_thousand_refused_archives_fit_and_name_the_ways_on() {
    let plan = refused(10_000);
    for (medium, limit) in MEDIA {
        let text = rendered(&plan, &destructive(&plan), medium, None);
        fits(&text, limit);
        assert!(text.contains("This plan archives 10,000 of 15,000 live experiences, more than 30 %"));
        assert!(text.contains("`ReSim-Allow-Archive: 10000`") && text.contains("`--force`"));
        assert!(text.contains("`night-flight-00099`"), "names are shown as far as they fit");
        assert_eq!(Marker::parse(&text).and_then(|marker| marker.destructive), None, "too many for a record");
    }
}

#[test]
fn full_record_leaves_room_for_the_plan() {
    let plan = refused(2_000);
    let changes = destructive(&plan);
    let text = rendered(&plan, &changes, Medium::Comment, None);
    fits(&text, 60_000);
    let marker = Marker::parse(&text).expect("a marker");
    assert_eq!(marker.destructive, Destructive::new(changes.iter().map(|change| change.fingerprint)));
    assert!(text.contains("`night-flight-00999`"), "{}", text.len());
    // What was not seen before is named, as far as it is few.
    let previous = Marker { head: Some("0".repeat(40)), plan: Some("1".repeat(64)), destructive: Destructive::new([]), ..marker };
    let text = rendered(&plan, &changes, Medium::Comment, Some(&previous.render()));
    fits(&text, 60_000);
    assert!(text.contains("**New: 2,000 destructive changes**: archive `night-flight-00000`; "));
}

#[test]
fn hostile_long_names_and_values_fit() {
    let long = |c: char, n: usize| c.to_string().repeat(n);
    for prefix in [long('x', 65_000), long('`', 65_000), long('\u{202e}', 20_000), long('|', 65_000), long('&', 65_000)] {
        let plan = large(1, &prefix, &long('y', 200_000));
        for (medium, limit) in MEDIA {
            fits(&rendered(&plan, &destructive(&plan), medium, None), limit);
        }
    }
    let hostile = "\u{202e}".repeat(150);
    let plan = large(100, &hostile, &"\u{1b}\n".repeat(300));
    for (medium, limit) in MEDIA {
        fits(&rendered(&plan, &destructive(&plan), medium, None), limit);
    }
}

#[test]
fn single_huge_value_is_shortened_with_a_note() {
    let mut plan = large(0, "", "");
    let changes = vec![FieldChange::Description(delta("a".to_owned(), "z".repeat(1_000_000)))];
    let action = ExperienceAction::Update { id: ExperienceId(id(1)), fields: fields(changes) };
    plan.experiences.push(ExperienceChange { name: name("huge"), action, origin: None });
    let text = rendered(&plan, &[], Medium::Comment, None);
    fits(&text, 60_000);
    assert!(text.contains("… (1,000,000 characters in all)"), "{text}");
}

#[test]
fn less_detail_comes_by_steps() {
    // Diffs go first, then rows, then names; the first sentence never does.
    let shown = |number: usize| rendered(&large(number, "scenario-", "after"), &[], Medium::Comment, None);
    let (few, some, many) = (shown(10), shown(40), shown(2_000));
    assert!(few.contains("(20 changed experiences)") && !few.contains("shown, all in"), "{few}");
    assert!(some.contains(" changed experiences shown, all in ") && some.contains("`scenario-created-00039`"), "{some}");
    assert!(many.contains("_0 of 4,000 changed experiences shown"), "{}", &many[..3_000]);
}

#[test]
fn large_drift_fits() {
    let plan = large(2_500, "scenario-", "after");
    let drift = DriftText { view: &view(&plan), destructive: &destructive(&plan), apply_url: None, clone_url: None };
    fits(&render_drift(&context(Medium::Comment), &drift), 60_000);
}

#[test]
fn large_results_fit_and_the_plan_gives_way() {
    let number = 5_000;
    let outcomes = [
        Outcome::Done,
        Outcome::Failed("`PATCH …`: 409 Conflict: name already exists | `x`".to_owned()),
        Outcome::Blocked { by: "create experience x".repeat(500) },
        Outcome::NotAttempted,
        Outcome::Unknown("\u{1b}[31m".repeat(500)),
    ];
    let action = |n: usize| Action {
        subject: Subject::Experience(name(&format!("scenario-{n:05}")), Some(ExperienceId(id(n as u128)))),
        write: Write::Archive,
        outcome: outcomes[n % 5].clone(),
        origin: Some(origin("canyon-01")),
    };
    let residue = |n: usize| Residue {
        subject: Subject::Tag(TagName::new(format!("tag-{n:05}"))),
        what: "members".to_owned(),
        sent: Some("a".repeat(1_000)),
        returned: "b".repeat(1_000),
        by_others: n.is_multiple_of(2),
    };
    let report = Report {
        project: empty().project,
        digest: String::new(),
        actions: (0..number).map(action).collect(),
        meanwhile: Vec::new(),
        verification: Verification::NotConverged { left: Box::new(empty()), residues: (0..number).map(residue).collect() },
        interrupted: Some(Interrupt::Int),
        requests: 1,
        retries: 0,
        earlier: Vec::new(),
    };
    let report = ReportView::new(&report, &sources(), ShowValues::Safe);
    let plan = refused(1_500);
    let earlier = rendered(&plan, &destructive(&plan), Medium::Comment, None);
    for (medium, limit) in MEDIA {
        let context = Context { on_merge: false, ..context(medium) };
        let apply = ApplyText { result: ApplyResult::Report(&report), unreviewed: &destructive(&plan), previous: Some(&earlier) };
        let text = render_apply(&context, &apply);
        fits(&text, limit);
        assert!(
            text.contains("**Interrupted: 1,000 of 5,000 actions done, 1,000 failed, 1,000 unknown, 1,000 blocked, 1,000 not attempted.**")
        );
        assert!(text.contains("edit history"), "the report comes before the plan");
    }
}
