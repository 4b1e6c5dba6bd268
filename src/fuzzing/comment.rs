//! Whole plans out of any text: from a state and a config to everything that is shown of the change.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::config::document;
use super::dice::Dice;
use super::inert::{lines_are_inert, written};
use super::parts;
use crate::config::{LoadOptions, load_texts};
use crate::desired::{
    CustomField, CustomFieldKind, Desired, DesiredExperience, DesiredSuite, EnvironmentVariable, ExperienceSettings, Setting,
};
use crate::ids::{ExperienceId, ExperienceName, ProjectId, SuiteId, SuiteName, SystemId, SystemName, TagId, TagName};
use crate::listed::Listed;
use crate::plan::{Policy, destructive_changes, digest, plan};
use crate::render::diagnostics::Style;
use crate::render::escape::json_text;
use crate::render::html::{HtmlContext, render_html};
use crate::render::json::PlanJson;
use crate::render::markdown::{
    Basis, Context, DriftText, FileLinks, Marker, Medium, PlanText, Run, RunId, inert::check, render_drift, render_plan,
};
use crate::render::text::{Width, render_plan as render_text};
use crate::render::view::{PlanView, ShowValues};
use crate::snapshot::{
    CurrentExperience, CurrentSuite, CurrentSystem, CurrentTag, CurrentVariable, Lists, Members, Observed, Project, Snapshot,
};
use crate::source::{Origin, SourceId, Span};

const CONFIG: &str = "experiences: []\n";

/// Decisions, which name texts.
pub fn comment(data: &[u8]) {
    let [decisions, around] = parts(data, 2)[..] else { return };
    let around = String::from_utf8_lossy(around);
    let mut dice = Dice::new(decisions);
    let (desired, snapshot) = (desired(&mut dice), snapshot(&mut dice));
    let loaded = load_texts(vec![(around.to_string(), CONFIG.to_owned())], &LoadOptions::default());
    let policy = Policy { create_missing: true, ..Policy::default() };
    let Ok(plan) = plan(&desired, &snapshot, &policy) else { return };
    let (digest, destructive) = (digest(&plan), destructive_changes(&plan));
    for show in [ShowValues::Safe, ShowValues::All] {
        let view = PlanView::new(&plan, &digest, &loaded.sources, show);
        lines_are_inert(&written(|out| render_text(&view, Style::Plain, Width::Terminal(80), out)));
        lines_are_inert(&json_text(&PlanJson::new(&view)).expect("JSON"));
        let html = written(|out| render_html(&view, &HtmlContext::default(), out));
        assert!(!html.to_lowercase().contains("<img") && html.matches("<script").count() <= 1, "{html}");
        for medium in [Medium::Comment, Medium::Document] {
            let context = surroundings(medium, &around);
            let plan = PlanText { view: &view, destructive: &destructive, basis: Basis::Live, problems: None, previous: Some(&around) };
            let out = render_plan(&context, &plan);
            check(&out);
            assert_eq!(Marker::parse(&out).map(|marker| marker.label), (medium == Medium::Comment).then(|| around.to_string()));
            let drift = DriftText { view: &view, destructive: &destructive, apply_url: Some(&around), clone_url: Some(&around) };
            check(&render_drift(&context, &drift));
        }
    }
}

fn surroundings(medium: Medium, text: &str) -> Context<'_> {
    let files = FileLinks { server: "https://github.com", repository: text, commit: text, folder: text };
    Context {
        project: text,
        label: text,
        files: Some(files),
        head: Some(text),
        base: Some((text, Some(text))),
        run: Some(Run { id: RunId { id: 1, attempt: 2 }, url: text }),
        read_at: Some(text),
        on_merge: true,
        ..document(medium)
    }
}

fn origin() -> Origin {
    Origin { source: SourceId(0), span: Span { start: 0, end: 1 } }
}

fn settings(dice: &mut Dice<'_>) -> ExperienceSettings {
    ExperienceSettings {
        description: dice.text(),
        locations: vec![dice.text()],
        profile: Setting::Set(dice.text()),
        environment_variables: Setting::Set(vec![EnvironmentVariable { name: dice.text(), value: dice.text() }]),
        container_timeout_seconds: Setting::Set(1 + i32::try_from(dice.one_of(9)).unwrap_or_default()),
        cache_exempt: Setting::Set(dice.is()),
        custom_fields: Setting::Set(vec![CustomField { name: dice.text(), kind: CustomFieldKind::Json, values: vec![dice.text()] }]),
    }
}

fn desired(dice: &mut Dice<'_>) -> Desired {
    let mut experiences = BTreeMap::new();
    for _ in 0..=dice.one_of(3) {
        let tags = (0..dice.one_of(3)).map(|_| (TagName::new(dice.text()), origin())).collect();
        let systems = Listed::default();
        let settings = settings(dice);
        let entry = DesiredExperience { origin: origin(), id: None, settings, tags, systems, archived: dice.one_of(8) == 7 };
        experiences.insert(ExperienceName::new(dice.text()), entry);
    }
    let managed_tags = (0..dice.one_of(3)).map(|_| (TagName::new(dice.text()), origin())).collect();
    let members: Listed<ExperienceName> =
        experiences.iter().filter(|(_, entry)| !entry.archived).map(|(name, _)| (name.clone(), origin())).collect();
    let suite = DesiredSuite { origin: origin(), experiences: members, system: None, description: Some(dice.text()) };
    Desired { experiences, managed_tags, suites: BTreeMap::from([(SuiteName::new("suite"), suite)]) }
}

fn snapshot(dice: &mut Dice<'_>) -> Snapshot {
    let id = |number: usize| Uuid::from_u128(0x5f0c_0000 + number as u128);
    let mut experiences = BTreeMap::new();
    let mut names = BTreeSet::new();
    for number in 0..dice.one_of(5) {
        let name = ExperienceName::new(dice.text());
        if !names.insert(name.clone()) {
            continue;
        }
        let current = CurrentExperience {
            name,
            description: dice.text(),
            locations: vec![if dice.is() { Observed::Hidden } else { Observed::Known(dice.text()) }],
            profile: dice.text(),
            environment_variables: vec![CurrentVariable { name: dice.text(), value: Observed::Known(dice.text()) }],
            container_timeout_seconds: 60,
            cache_exempt: dice.is(),
            custom_fields: Vec::new(),
            archived: dice.one_of(4) == 3,
            updated_at: String::new(),
        };
        experiences.insert(ExperienceId(id(number)), current);
    }
    let side = |archived: bool| experiences.iter().filter(|(_, one)| one.archived == archived).map(|(id, _)| *id).collect();
    let members = || Members { live: Some(side(false)), archived: Some(side(true)) };
    let mut tags = BTreeMap::new();
    for number in 0..dice.one_of(3) {
        tags.insert(
            TagId(id(100 + number)),
            CurrentTag { name: TagName::new(dice.text()), description: String::new(), members: members() },
        );
    }
    let system = SystemId(id(200));
    let systems =
        BTreeMap::from([(system, CurrentSystem { name: SystemName::new(dice.text()), description: String::new(), members: members() })]);
    let suite = |name: &str| CurrentSuite {
        name: SuiteName::new(name),
        description: "d".to_owned(),
        system,
        revision: 0,
        archived: false,
        members: side(false),
    };
    let other = dice.text();
    let mut suites = BTreeMap::from([(SuiteId(id(300)), suite("suite"))]);
    if other != "suite" {
        suites.insert(SuiteId(id(301)), suite(&other));
    }
    Snapshot {
        project: Project { id: ProjectId(id(400)), name: dice.text() },
        read: Lists { archived_experiences: true, archived_suites: true },
        experiences,
        tags,
        systems,
        suites,
    }
}
