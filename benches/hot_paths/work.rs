//! What is measured: each a piece of work from values to values, as a command does it.

use std::collections::BTreeMap;
use std::hint::black_box;

use resim_sync::clone::{CloneOptions, clone_new, clone_onto};
use resim_sync::config::yaml::Document;
use resim_sync::config::{LoadOptions, Loaded, insert_ids};
use resim_sync::ids::{ExperienceId, ExperienceName};
use resim_sync::plan::{Policy, digest, plan};
use resim_sync::render::diagnostics::Style;
use resim_sync::render::escape::write_json;
use resim_sync::render::html::{HtmlContext, render_html};
use resim_sync::render::json::PlanJson;
use resim_sync::render::markdown::{self, Basis, Medium, PlanText};
use resim_sync::render::text::{self, Width};
use resim_sync::snapshot::Snapshot;
use resim_sync::source::{Source, SourceId};
use yaml_events::Events;

use crate::world::{World, load, view};

/// A name and the work on a world.
pub(crate) type Work = (&'static str, fn(&World));

/// From text to what is wanted.
pub(crate) const LOADING: [Work; 3] = [("events", |world| events(&world.text)), ("tree", tree), ("validate", validate)];

/// From two sides to a plan.
pub(crate) const PLANNING: [Work; 4] = [("equal", equal), ("different", different), ("digest", hash), ("view", viewed)];

/// From a plan to what people and programs read.
pub(crate) const RENDERING: [Work; 4] = [("text", as_text), ("markdown", as_markdown), ("json", as_json), ("html", as_html)];

/// From ReSim's state to files.
pub(crate) const EDITING: [Work; 3] = [("clone-new", onto_nothing), ("clone-onto", onto_files), ("clone-equal", onto_equal)];

/// The YAML parser alone: all its events, looked at by nobody.
pub(crate) fn events(text: &str) {
    for event in Events::of(text) {
        black_box(event.expect("the config is YAML"));
    }
}

fn tree(world: &World) {
    let source = Source::new("experiences.yaml", world.text.clone());
    black_box(Document::parse(SourceId(0), &source).expect("the config is YAML"));
}

pub(crate) fn validate(world: &World) {
    let loaded = load(&world.text);
    assert!(loaded.desired.is_some());
    black_box(loaded);
}

pub(crate) fn equal(world: &World) {
    let plan = plan(&world.desired, &world.equal, &Policy::default()).expect("the config fits the state");
    assert!(plan.is_empty());
}

pub(crate) fn different(world: &World) {
    let plan = plan(&world.desired, &world.different, &Policy::default()).expect("the config fits the state");
    assert_eq!(plan.experiences.len(), world.desired.experiences.len());
}

fn hash(world: &World) {
    black_box(digest(&world.plan));
}

fn viewed(world: &World) {
    black_box(view(&world.plan, &world.view.digest, &world.loaded));
}

pub(crate) fn as_text(world: &World) {
    let mut out = Vec::new();
    text::render_plan(&world.view, Style::Plain, Width::Endless, &mut out).expect("memory takes all");
    black_box(out);
}

pub(crate) fn as_markdown(world: &World) {
    let context = markdown::Context {
        medium: Medium::Document,
        project: "drones",
        label: "",
        files: None,
        head: None,
        base: None,
        run: None,
        read_at: None,
        on_merge: false,
    };
    let plan = PlanText { view: &world.view, destructive: &[], basis: Basis::Live, problems: None, previous: None };
    black_box(markdown::render_plan(&context, &plan));
}

pub(crate) fn as_json(world: &World) {
    let mut out = Vec::new();
    write_json(&PlanJson::new(&world.view), &mut out).expect("memory takes all");
    black_box(out);
}

pub(crate) fn as_html(world: &World) {
    let mut out = Vec::new();
    render_html(&world.view, &HtmlContext::default(), &mut out).expect("memory takes all");
    black_box(out);
}

fn clone_options() -> CloneOptions {
    CloneOptions {
        manage_suites: true,
        manage_tags: true,
        ids: true,
        only_tagged: None,
        keep_secrets: false,
        defaults: false,
        load: LoadOptions::default(),
    }
}

pub(crate) fn onto_nothing(world: &World) {
    let outcome = clone_new(&world.equal, "experiences.yaml", "experiences.yaml".into(), &clone_options()).expect("it can be said");
    assert_eq!(outcome.files.len(), 1);
}

pub(crate) fn onto_files(world: &World) {
    let outcome = clone_from(&world.loaded, &world.different);
    assert_eq!(outcome, 1);
}

fn onto_equal(world: &World) {
    assert_eq!(clone_from(&world.loaded, &world.equal), 0);
}

fn clone_from(loaded: &Loaded, snapshot: &Snapshot) -> usize {
    black_box(clone_onto(loaded, snapshot, None, &clone_options()).expect("it can be said")).files.len()
}

/// `--update-config`: IDs into a config that has none.
pub(crate) fn update_config(loaded: &Loaded, ids: &BTreeMap<ExperienceName, ExperienceId>) {
    let edits = insert_ids(loaded, ids).expect("it can be edited");
    assert_eq!(edits.len(), 1);
}
