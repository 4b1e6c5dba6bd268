use serde_json::{Value, json};

use super::*;
use crate::apply::{Interrupt, Report, Verification};
use crate::plan::{ExceededLimit, Plan, Refusal};
use crate::render::compare::{compare_plans, read_saved_plan};
use crate::render::escape::json_text;
use crate::render::testing::{DIGEST, HOSTILE, done, empty, example, hostile, partly_done, refused, residues, sources};
use crate::render::view::{PlanView, ReportView, ShowValues};

fn view(plan: &Plan, show: ShowValues) -> PlanView {
    PlanView::new(plan, DIGEST, &sources("experiences.yaml"), show)
}

fn text(plan: &Plan, show: ShowValues) -> String {
    json_text(&PlanJson::new(&view(plan, show))).expect("JSON")
}

fn json(plan: &Plan) -> Value {
    serde_json::from_str(&text(plan, ShowValues::Safe)).expect("JSON")
}

fn report_json(report: &Report) -> Value {
    let view = ReportView::new(report, &sources("experiences.yaml"), ShowValues::Safe);
    serde_json::to_value(ReportJson::new(&view)).expect("JSON")
}

fn plan_schema() -> Value {
    serde_json::from_str(include_str!("../../../schemas/plan-v1.schema.json")).expect("the schema is JSON")
}

fn problems(schema: &Value, value: &Value) -> Vec<String> {
    let registry = jsonschema::Registry::new()
        .add("json-schema:///plan-v1.schema.json", plan_schema())
        .and_then(jsonschema::RegistryBuilder::prepare)
        .expect("the schema is a resource");
    let validator = jsonschema::options().with_registry(&registry).build(schema).expect("the schema is a schema");
    validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn plan_fits_its_schema() {
    let schema = plan_schema();
    let limit = |limit| Plan { refusal: Some(Refusal { archives: 2, live: 412, limit }), ..example() };
    let mut plans = vec![empty(), example(), refused(), limit(ExceededLimit::Number(1)), limit(ExceededLimit::NothingLeft)];
    plans.extend(HOSTILE.map(hostile));
    for plan in plans {
        assert_eq!(problems(&schema, &json(&plan)), Vec::<String>::new());
    }
    assert!(!problems(&schema, &json!({ "formatVersion": "plan/v2" })).is_empty());
}

#[test]
fn schemas_permit_no_further_members() {
    fn objects(schema: &Value, path: &str) {
        if schema.get("properties").is_some_and(Value::is_object) && schema.get("type").is_some() {
            assert_eq!(schema["additionalProperties"], json!(false), "{path}");
            let names: Vec<&String> = schema["properties"].as_object().expect("an object").keys().collect();
            let mut required: Vec<&str> = schema["required"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
            required.sort_unstable();
            let mut names: Vec<&str> = names.into_iter().map(String::as_str).collect();
            names.sort_unstable();
            assert_eq!(required, names, "{path}");
        }
        match schema {
            Value::Object(members) => members.iter().for_each(|(key, value)| objects(value, &format!("{path}/{key}"))),
            Value::Array(items) => items.iter().for_each(|value| objects(value, path)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    objects(&plan_schema(), "plan");
    objects(&report_schema(), "report");
}

fn report_schema() -> Value {
    serde_json::from_str(include_str!("../../../schemas/report-v1.schema.json")).expect("the schema is JSON")
}

#[test]
fn report_fits_its_schema() {
    let schema = report_schema();
    let interrupted = Report { interrupted: Some(Interrupt::Int), verification: Verification::NotNeeded, ..done() };
    let invalid = Report { verification: Verification::NoLongerValid(crate::diagnostics::Diagnostics::default()), ..done() };
    for report in [done(), partly_done(), interrupted, invalid] {
        assert_eq!(problems(&schema, &report_json(&report)), Vec::<String>::new());
    }
}

#[test]
fn report_that_did_not_converge_holds_the_plan_that_is_left() {
    let verification = Verification::NotConverged { left: Box::new(example()), residues: residues() };
    let mut report = report_json(&Report { verification, ..done() });
    assert_eq!(problems(&report_schema(), &report), Vec::<String>::new());
    assert_eq!(report["verification"]["left"]["formatVersion"], json!(PLAN_FORMAT));
    assert!(!report.to_string().contains("hunter"));
    report["verification"]["left"] = json!({});
    assert!(!problems(&report_schema(), &report).is_empty());
}

#[test]
fn plan_json_of_the_example() {
    insta::assert_snapshot!(text(&example(), ShowValues::Safe));
}

#[test]
fn report_json_of_a_partial_apply() {
    insta::assert_snapshot!(json_text(&report_json(&partly_done())).expect("JSON"));
}

#[test]
fn secret_values_are_in_no_json_unless_all_are_asked_for() {
    assert!(!text(&example(), ShowValues::Safe).contains("hunter2") && !text(&example(), ShowValues::Safe).contains("hunter1"));
    assert!(text(&example(), ShowValues::All).contains("hunter2"));
    assert!(text(&example(), ShowValues::Safe).contains("\"before\": \"(hidden, changed)\""));
    assert!(!report_json(&partly_done()).to_string().contains("hunter2"));
}

#[test]
fn hostile_names_come_back_as_they_are_and_act_on_nothing() {
    for name in HOSTILE {
        let text = text(&hostile(name), ShowValues::All);
        assert!(!text.contains("##[") && !text.contains(['\u{1b}', '\u{202e}', '\u{9b}']), "{text}");
        assert!(!text.lines().any(|line| line.trim_start().starts_with("::")), "{text}");
        let back: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(back["experiences"][0]["name"], json!(name));
    }
}

#[test]
fn saved_plan_is_read_back_and_differs_in_nothing() {
    for plan in [empty(), example(), refused(), hostile(HOSTILE[6])] {
        let saved = read_saved_plan(&text(&plan, ShowValues::Safe)).expect("a plan of ours");
        assert_eq!((saved.digest.as_str(), saved.project.as_str()), (DIGEST, plan.project.id.to_string().as_str()));
        let fresh = crate::render::compare::SavedPlan::of(&view(&plan, ShowValues::Safe)).expect("a plan of ours");
        assert!(compare_plans(&saved, &fresh).is_empty());
        let shown = read_saved_plan(&text(&plan, ShowValues::All)).expect("a plan of ours");
        assert!(compare_plans(&shown, &fresh).is_empty(), "values that one side hides are no difference");
    }
}

#[test]
fn what_is_no_plan_is_refused_with_the_reason() {
    let error = |text: &str| read_saved_plan(text).expect_err("not a plan");
    assert!(error("nonsense").starts_with("not JSON: "));
    assert_eq!(error("[]"), "not a JSON object");
    assert_eq!(error("{}"), "formatVersion is missing");
    assert_eq!(error("{\"formatVersion\": \"plan/v9\"}"), "formatVersion is plan/v9, not plan/v1");
    let whole = json(&example());
    let members = whole.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    for member in
        members.iter().filter(|member| ["project", "digest", "experiences", "tags", "systems", "suites"].contains(&member.as_str()))
    {
        let mut part = whole.clone();
        part.as_object_mut().expect("an object").remove(member);
        assert_eq!(error(&part.to_string()), format!("{member} is missing"));
    }
    let _ = error(&"[".repeat(100_000));
}

#[test]
fn files_and_lines_make_no_difference() {
    let saved = read_saved_plan(&text(&example(), ShowValues::Safe)).expect("a plan of ours");
    let mut moved = json(&example());
    moved["experiences"][1]["place"] = json!({ "path": "other.yaml", "line": 1 });
    moved["suites"][0]["revision"] = json!(99);
    moved["suites"][0]["sizeBefore"] = json!(99);
    let moved = read_saved_plan(&moved.to_string()).expect("a plan of ours");
    assert!(compare_plans(&saved, &moved).is_empty());
    let mut changed = json(&example());
    changed["experiences"][2]["fields"][0]["after"] = json!(1);
    let changed = read_saved_plan(&changed.to_string()).expect("a plan of ours");
    let difference = compare_plans(&saved, &changed);
    assert_eq!((difference.gone.len(), difference.new.len(), difference.changed.len()), (0, 0, 1));
    assert_eq!(difference.changed[0].title, "rename experience scenario-survey-alpha from survey-a");
}
