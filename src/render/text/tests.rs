use super::*;
use crate::apply::{Interrupt, Report, Verification};
use crate::plan::{Delta, FieldChange, Plan};
use crate::render::compare::{SavedPlan, compare_plans};
use crate::render::diagnostics::Style;
use crate::render::testing::{self, DIGEST, HOSTILE, at, delta, done, empty, example, hostile, large, name, partly_done, refused, sources};
use crate::render::view::{PlanView, ReportView, ShowValues};

fn view(plan: &Plan, show: ShowValues) -> PlanView {
    PlanView::new(plan, DIGEST, &sources("experiences.yaml"), show)
}

fn text(plan: &Plan) -> String {
    styled(plan, ShowValues::Safe, Style::Plain, Width::Endless)
}

fn styled(plan: &Plan, show: ShowValues, style: Style, width: Width) -> String {
    let mut out = Vec::new();
    render_plan(&view(plan, show), style, width, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

fn report_text(report: &Report, style: Style) -> String {
    let mut out = Vec::new();
    let view = ReportView::new(report, &sources("experiences.yaml"), ShowValues::Safe);
    render_report(&view, style, Width::Endless, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

#[test]
fn plan_shows_what_is_taken_away_first_and_counts_last() {
    insta::assert_snapshot!(text(&example()));
}

#[test]
fn refused_plan_says_so_at_both_ends() {
    let text = text(&refused());
    let lines: Vec<&str> = text.lines().collect();
    insta::assert_snapshot!([&lines[..8], &["..."], &lines[lines.len() - 6..]].concat().join("\n"));
}

#[test]
fn plan_without_changes_is_one_sentence() {
    insta::assert_snapshot!(text(&empty()));
}

#[test]
fn plan_of_tens_of_thousands_of_changes_is_grouped() {
    let text = text(&large(4_000));
    assert!(text.lines().count() < 4_000, "{}", text.lines().count());
    assert!(text.lines().all(|line| line.chars().count() <= 160));
    assert!(text.contains("  ~ 3,600 experiences: same-00001, same-00002,"));
    assert!(text.contains("      profile: planner → full_stack\n"));
    // Every change is there by name, and what is taken away in full.
    assert!((0..4_000).all(|number| text.contains(&format!("gone-{number:05}")) && text.contains(&format!("new-{number:05}"))));
    assert!(text.contains("  + nightly: new-00000,"));
    assert!(text.contains("and 3,950 more (all in --format json)"));
}

#[test]
fn lists_keep_to_the_width() {
    let narrow = styled(&large(300), ShowValues::Safe, Style::Plain, Width::Terminal(60));
    let wide = styled(&large(300), ShowValues::Safe, Style::Plain, Width::Terminal(200));
    let lists = |text: &str| text.lines().filter(|line| line.trim_start().starts_with("gone-")).map(|line| line.chars().count()).max();
    assert!(lists(&narrow) <= Some(60) && lists(&wide) > Some(150) && lists(&wide) <= Some(200));
}

/// A plan that changes one description.
fn described(before: &str, after: &str) -> Plan {
    let delta = Delta { before: before.to_owned(), after: after.to_owned() };
    Plan { experiences: vec![testing::update("a", 1, 1, vec![FieldChange::Description(delta)])], ..empty() }
}

const LONG: &str = "The vehicle approaches the pad from the north-east at 40 knots with a crosswind of 15 knots, descends along a glide \
                    slope of three degrees, and touches down within two metres of its centre while others hold at waypoint bravo.";

#[test]
fn changed_words_of_a_long_text_are_marked() {
    let plan = described(LONG, &LONG.replace("15", "18"));
    let shown = text(&plan);
    assert!(shown.contains("        - … 40 knots with a crosswind of [-15-] knots, descends along a glide …\n"), "{shown}");
    assert!(shown.contains("        + … 40 knots with a crosswind of {+18+} knots, descends along a glide …\n"), "{shown}");
    let coloured = styled(&plan, ShowValues::Safe, Style::Coloured, Width::Endless);
    assert!(coloured.contains("of \u{1b}[0m\u{1b}[1m\u{1b}[4m\u{1b}[31m15\u{1b}[0m"), "{coloured:?}");
    assert!(!coloured.contains("[-"), "{coloured:?}");
}

#[test]
fn changed_words_of_one_line_among_several_are_marked() {
    let shown = text(&described("Stays.\nA typo in teh middle.\nStays too.\nGoes.", "Stays.\nA typo in the middle.\nStays too."));
    insta::assert_snapshot!(shown);
}

#[test]
fn change_beyond_what_is_shown_of_a_long_text_is_seen() {
    let filler = "word ".repeat(1_000);
    let shown = text(&described(&format!("{filler}old {filler}"), &format!("{filler}new {filler}")));
    assert!(shown.contains("[-old-]") && shown.contains("{+new+}") && shown.lines().all(|line| line.len() < 120), "{shown}");
}

#[test]
fn values_stand_below_each_other() {
    let shown = text(&example());
    assert!(shown.contains("        ~ API_TOKEN:      (hidden, changed)\n        ~ MAX_ALTITUDE_M: 100 → 120\n"), "{shown}");
}

#[test]
fn every_line_keeps_to_a_terminals_width() {
    use unicode_width::UnicodeWidthStr as _;
    let mut plan = example();
    let wide = "車両は北東から接近し、着陸パッドの中心から二メートル以内に着地しなければなりません。";
    plan.experiences.extend(described(LONG, &LONG.replace("15", "18")).experiences);
    plan.experiences.extend(described(wide, &wide.replace("北東", "北西")).experiences);
    for columns in [40, 60, 80, 100] {
        for style in [Style::Plain, Style::Coloured] {
            let shown = anstream::adapter::strip_str(&styled(&plan, ShowValues::Safe, style, Width::Terminal(columns))).to_string();
            // What has no blank is left to the terminal: it can still be copied.
            let fits = |line: &str| line.width() <= columns || !line.trim_start().trim_start_matches(['-', '+', ' ', '`']).contains(' ');
            assert!(shown.lines().all(fits), "{columns}\n{shown}");
        }
    }
    insta::assert_snapshot!(styled(&plan, ShowValues::Safe, Style::Plain, Width::Terminal(40)));
}

#[test]
fn plan_that_goes_to_a_file_has_whole_lines() {
    let shown = text(&described("x", LONG));
    assert!(shown.contains(&format!("        + {LONG}\n")), "{shown}");
}

#[test]
fn hidden_values_are_shown_on_demand_alone() {
    let hidden = |show| {
        let text = styled(&example(), show, Style::Plain, Width::Endless);
        (text.contains("hunter2"), text.contains("MAX_ALTITUDE_M: 100 → 120"))
    };
    assert_eq!(hidden(ShowValues::Safe), (false, true));
    assert_eq!(hidden(ShowValues::None), (false, false));
    assert_eq!(hidden(ShowValues::All), (true, true));
}

#[test]
fn report_of_a_full_success() {
    insta::assert_snapshot!(report_text(&done(), Style::Plain));
}

#[test]
fn report_shows_what_went_wrong_first() {
    insta::assert_snapshot!(report_text(&partly_done(), Style::Plain));
}

#[test]
fn report_lists_what_is_left_with_sent_and_returned_values() {
    let verification = Verification::NotConverged { left: Box::new(example()), residues: testing::residues() };
    let text = report_text(&Report { verification, ..done() }, Style::Plain);
    let from = text.find("Not converged").expect("the verification");
    insta::assert_snapshot!(&text[from..]);
}

#[test]
fn interrupted_report_says_how_to_go_on() {
    let report = Report { interrupted: Some(Interrupt::Term), verification: Verification::NotRead("stopped".to_owned()), ..done() };
    let text = report_text(&report, Style::Plain);
    assert!(text.contains("Stopped by SIGTERM. Run it again to complete the job"), "{text}");
    assert!(text.contains("Interrupted: 14 of 14 actions done.\n"), "{text}");
}

#[test]
fn memberships_that_ended_alike_are_one_line() {
    let mut report = done();
    report.actions.retain(|action| matches!(action.write, crate::apply::Write::AddTag(_)));
    let one = report.actions[0].clone();
    report.actions = (0..500)
        .map(|number| crate::apply::Action { write: crate::apply::Write::AddTag(name(&format!("e{number}"))), ..one.clone() })
        .collect();
    let text = report_text(&report, Style::Plain);
    assert!(text.contains("  + tag regression  add to 500 experiences: e0, e1,"), "{text}");
    assert!(text.contains("and 450 more"), "{text}");
}

/// Whether nothing in a text acts on a terminal or a runner.
fn is_inert(text: &str) -> bool {
    let acts = |c: char| c != '\n' && crate::render::quote::is_active(c);
    let command = |line: &str| line.trim_start().starts_with("::") || line.contains("##[");
    !text.chars().any(acts) && !text.lines().any(command)
}

#[test]
fn hostile_names_and_values_are_inert() {
    for text in HOSTILE {
        let plan = hostile(text);
        for width in [Width::Terminal(0), Width::Terminal(40), Width::Terminal(100), Width::Endless] {
            for show in [ShowValues::All, ShowValues::Safe] {
                let out = PlanView::new(&plan, DIGEST, &sources(text), show);
                let mut bytes = Vec::new();
                render_plan(&out, Style::Plain, width, &mut bytes).expect("a Vec takes everything");
                let shown = String::from_utf8(bytes).expect("UTF-8");
                assert!(is_inert(&shown), "{text:?}\n{shown}");
            }
        }
    }
}

#[test]
fn hostile_reports_are_inert() {
    use crate::apply::{Action, Outcome, Subject, Write};
    use crate::ids::TagName;
    for text in HOSTILE {
        let action = |write, outcome| Action { subject: Subject::Tag(TagName::new(text)), write, outcome, origin: Some(at(3)) };
        let report = Report {
            project: hostile(text).project,
            actions: vec![
                action(Write::AddTag(name(text)), Outcome::Done),
                action(Write::AddTag(name(text)), Outcome::Done),
                action(Write::RemoveTag(name(text)), Outcome::Failed(text.to_owned())),
                action(Write::Register(name(text)), Outcome::Blocked { by: text.to_owned() }),
                action(Write::Park { parking: name(text) }, Outcome::Unknown(text.to_owned())),
                action(Write::Update { renamed_from: Some(name(text)), fields: vec!["name", "profile"] }, Outcome::NotAttempted),
            ],
            verification: Verification::NotRead(text.to_owned()),
            ..done()
        };
        let mut bytes = Vec::new();
        render_report(&ReportView::new(&report, &sources(text), ShowValues::All), Style::Plain, Width::Terminal(80), &mut bytes)
            .expect("a Vec takes everything");
        let shown = String::from_utf8(bytes).expect("UTF-8");
        assert!(is_inert(&shown), "{text:?}\n{shown}");
    }
}

#[test]
fn colours_are_only_in_the_coloured_style_and_change_no_word() {
    let coloured = styled(&example(), ShowValues::Safe, Style::Coloured, Width::Endless);
    assert!(coloured.contains("\u{1b}["));
    let without_marks = |text: String| ["[-", "-]", "{+", "+}"].iter().fold(text, |text, mark| text.replace(mark, ""));
    assert_eq!(anstream::adapter::strip_str(&coloured).to_string(), without_marks(text(&example())));
    let report = report_text(&partly_done(), Style::Coloured);
    assert_eq!(anstream::adapter::strip_str(&report).to_string(), report_text(&partly_done(), Style::Plain));
}

#[test]
fn long_values_are_cut_with_their_length() {
    let long = "é".repeat(5_000);
    let plan = Plan {
        experiences: vec![testing::update(
            "a",
            1,
            1,
            vec![
                FieldChange::Description(Delta { before: long.clone(), after: format!("x\n{long}") }),
                FieldChange::Profile(delta(&long, "x".to_owned())),
            ],
        )],
        ..empty()
    };
    let text = text(&plan);
    assert_eq!(text.matches("… (3,000 more characters)").count(), 2, "{text}");
}

#[test]
fn stale_plan_tells_what_is_gone_new_and_changed() {
    let saved = SavedPlan::of(&view(&example(), ShowValues::Safe)).expect("a plan of ours");
    let mut fresh = example();
    fresh.experiences.remove(0);
    fresh.experiences.push(testing::create("canyon-03", 140, testing::settings("Canyon", &[])));
    fresh.suites[0].added.clear();
    fresh.tags.remove(0);
    let fresh = SavedPlan::of(&view(&fresh, ShowValues::Safe)).expect("a plan of ours");
    let mut out = Vec::new();
    render_difference(&compare_plans(&saved, &fresh), Style::Plain, Width::Endless, &mut out).expect("a Vec takes everything");
    insta::assert_snapshot!(String::from_utf8(out).expect("UTF-8"));
}
