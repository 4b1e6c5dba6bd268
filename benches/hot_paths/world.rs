//! A config of any size and the states of ReSim that go with it, the same at every run.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use resim_sync::config::{LoadOptions, Loaded, load_texts};
use resim_sync::desired::{Desired, DesiredExperience, ExperienceSettings, Setting};
use resim_sync::ids::{ExperienceId, ExperienceName, ProjectId, SuiteId, SystemId, SystemName, TagId, TagName};
use resim_sync::plan::{Plan, Policy, digest, plan};
use resim_sync::render::view::{PlanView, ShowValues};
use resim_sync::snapshot::{
    CurrentExperience, CurrentSuite, CurrentSystem, CurrentTag, CurrentVariable, Lists, Members, Observed, Project, Snapshot,
};
use uuid::Uuid;

const TAGS: usize = 50;
const SYSTEMS: usize = 5;
const SUITES: usize = 20;
const PATH: &str = "experiences.yaml";

/// Kinds of things, as the upper half of their IDs.
const EXPERIENCE: u64 = 1;
const TAG: u64 = 2;
const SYSTEM: u64 = 3;
const SUITE: u64 = 4;

/// Everything the benchmarks of one size begin with.
pub(crate) struct World {
    /// A config with comments, in which every entry has its ID.
    pub(crate) text: String,
    /// The same, loaded.
    pub(crate) loaded: Loaded,
    /// What it wants.
    pub(crate) desired: Desired,
    /// ReSim as the config wants it.
    pub(crate) equal: Snapshot,
    /// ReSim with each experience different.
    pub(crate) different: Snapshot,
    /// The plan for that.
    pub(crate) plan: Plan,
    /// The same, as the renderers see it.
    pub(crate) view: PlanView,
}

impl World {
    /// A world of so many experiences.
    pub(crate) fn new(count: usize) -> Self {
        let text = config(count, Ids::Written);
        let loaded = load(&text);
        let desired = loaded.desired.clone().expect("the config is valid");
        let (equal, different) = (state(&desired, false), state(&desired, true));
        let plan = plan(&desired, &different, &Policy::default()).expect("the config fits the state");
        let view = view(&plan, &digest(&plan), &loaded);
        Self { text, loaded, desired, equal, different, plan, view }
    }
}

/// A plan as the renderers see it.
pub(crate) fn view(plan: &Plan, digest: &str, loaded: &Loaded) -> PlanView {
    PlanView::new(plan, digest, &loaded.sources, ShowValues::Safe)
}

/// Whether the entries of a config have their IDs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ids {
    Written,
    Absent,
}

/// Loads a text as `validate` does.
pub(crate) fn load(text: &str) -> Loaded {
    load_texts(vec![(PATH.to_owned(), text.to_owned())], &LoadOptions::default())
}

/// The IDs of a config's experiences, for those that have none in it.
pub(crate) fn ids(count: usize) -> BTreeMap<ExperienceName, ExperienceId> {
    (0..count).map(|n| (ExperienceName::new(name(n)), ExperienceId(id(EXPERIENCE, n)))).collect()
}

fn id(kind: u64, n: usize) -> Uuid {
    // Spread, so that the order of IDs is not that of names.
    Uuid::from_u64_pair(kind << 48 | 0x4000, (n as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) & !(0b11 << 62) | 0b10 << 62)
}

fn name(n: usize) -> String {
    format!("survey-{n:06}-{}", ["alpha", "bravo", "charlie"][n % 3])
}

/// The text of a config: about 290 bytes for each experience.
pub(crate) fn config(count: usize, ids: Ids) -> String {
    let mut text = "# What our drones fly over.\nexperiences:\n".to_owned();
    // Writing to a String cannot fail.
    for n in 0..count {
        let weather = ["rain", "fog", "sun"][n % 3];
        let _ = write!(text, "  - name: {}\n    description: Aerial survey of field {n} in {weather}\n", name(n));
        let _ = writeln!(text, "    locations: [s3://drone-missions/{n:06}/log]");
        if ids == Ids::Written {
            let _ = writeln!(text, "    experienceID: {}", id(EXPERIENCE, n));
        }
        let _ = write!(text, "    tags: [tag-{:02}]\n    systems: [system-{}]\n", n % TAGS, n % SYSTEMS);
        if n.is_multiple_of(4) {
            let _ = writeln!(text, "    environmentVariables: [{{name: MAX_ALTITUDE_M, value: \"{}\"}}]", 100 + n % 50);
        }
        if n.is_multiple_of(3) {
            text.push_str("    containerTimeoutSeconds: 7200 # Two hours.\n");
        }
        if n.is_multiple_of(10) {
            text.push_str("    # Flown again in spring.\n");
        }
    }
    text.push_str("managedTestSuites:\n");
    for suite in 0..SUITES {
        let _ = write!(text, "  - name: Suite {suite:02}\n    system: system-{}\n    experiences:\n", suite % SYSTEMS);
        (suite..count).step_by(SUITES).for_each(|n| text.push_str(&format!("      - {}\n", name(n))));
    }
    let tags: Vec<String> = (0..TAGS).map(|tag| format!("tag-{tag:02}")).collect();
    let _ = writeln!(text, "managedExperienceTags: [{}]", tags.join(", "));
    text
}

/// ReSim's state, equal to the config or different from it in every experience.
fn state(desired: &Desired, different: bool) -> Snapshot {
    let numbered: BTreeMap<&ExperienceName, ExperienceId> =
        desired.experiences.iter().filter_map(|(name, entry)| Some((name, entry.id.as_ref()?.value))).collect();
    let members = |has: &dyn Fn(&DesiredExperience) -> bool| {
        let live = desired.experiences.values().filter(|entry| has(entry)).filter_map(|entry| Some(entry.id.as_ref()?.value));
        // Every seventh is not where it is wanted.
        let live: BTreeSet<ExperienceId> = live.enumerate().filter(|(n, _)| !different || n % 7 > 0).map(|(_, id)| id).collect();
        Members { live: Some(live), archived: Some(BTreeSet::new()) }
    };
    let tags = (0..TAGS).map(|n| {
        let name = TagName::new(format!("tag-{n:02}"));
        let members = members(&|entry| entry.tags.contains_key(&name));
        (TagId(id(TAG, n)), CurrentTag { name, description: String::new(), members })
    });
    let systems = (0..SYSTEMS).map(|n| {
        let name = SystemName::new(format!("system-{n}"));
        let members = members(&|entry| entry.systems.contains_key(&name));
        (SystemId(id(SYSTEM, n)), CurrentSystem { name, description: String::new(), members })
    });
    let suites = desired.suites.iter().enumerate().map(|(n, (name, suite))| {
        let members = suite.experiences.keys().filter_map(|member| numbered.get(member).copied());
        let members = members.enumerate().filter(|(n, _)| !different || n % 7 > 0).map(|(_, id)| id).collect();
        let system = SystemId(id(SYSTEM, n % SYSTEMS));
        (
            SuiteId(id(SUITE, n)),
            CurrentSuite { name: name.clone(), description: String::new(), system, revision: 1, archived: false, members },
        )
    });
    Snapshot {
        project: Project { id: ProjectId(Uuid::from_u64_pair(5, 5)), name: "drones".to_owned() },
        read: Lists { archived_experiences: true, archived_suites: true },
        tags: tags.collect(),
        systems: systems.collect(),
        suites: suites.collect(),
        experiences: desired
            .experiences
            .iter()
            .filter_map(|(name, entry)| Some((entry.id.as_ref()?.value, current(name, &entry.settings, different))))
            .collect(),
    }
}

fn current(name: &ExperienceName, settings: &ExperienceSettings, different: bool) -> CurrentExperience {
    let old = if different { " (old)" } else { "" };
    let ExperienceSettings {
        description,
        locations,
        profile: _,
        environment_variables,
        container_timeout_seconds,
        cache_exempt: _,
        custom_fields: _,
    } = settings;
    let variables = environment_variables.as_set().map(Vec::as_slice).unwrap_or_default();
    CurrentExperience {
        name: name.clone(),
        description: format!("{description}{old}"),
        locations: locations.iter().map(|location| Observed::Known(format!("{location}{old}"))).collect(),
        profile: String::new(),
        environment_variables: variables
            .iter()
            .map(|variable| CurrentVariable { name: variable.name.clone(), value: Observed::Known(format!("{}{old}", variable.value)) })
            .collect(),
        container_timeout_seconds: match container_timeout_seconds {
            Setting::Set(seconds) if !different => i64::from(*seconds),
            Setting::Set(_) | Setting::Keep => 3600,
        },
        cache_exempt: false,
        custom_fields: Vec::new(),
        archived: false,
        updated_at: String::new(),
    }
}
