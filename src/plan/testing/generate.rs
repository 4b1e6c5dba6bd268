//! Random configs and states from pools so small that names, IDs and memberships collide all the time.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::builders::{ConfigBuilder, StateBuilder, config, experience_id, state};
use super::simulate::Server;
use crate::desired::{CustomField, CustomFieldKind, Desired, EnvironmentVariable, ExperienceSettings, Setting};
use crate::ids::{SystemName, TagName};
use crate::plan::{ArchiveLimit, Percent, Policy, Unlisted};
use crate::snapshot::{CurrentVariable, Observed, Snapshot};
use crate::source::Located;

const NAMES: [&str; 7] = ["a", "b", "c", "d", "e", "f", "g"];
const TAGS: [&str; 3] = ["nightly", "regression", "smoke"];
const SYSTEMS: [&str; 2] = ["planner", "rig"];
const SUITES: [&str; 3] = ["basic", "full", "spare"];
const LOCATIONS: [&str; 3] = ["s3://data/1", "s3://data/2", "https://user:pw@data/3"];
const VARIABLES: [(&str, &str); 4] = [("ALTITUDE", "120"), ("ALTITUDE", "80"), ("API_KEY", "one"), ("API_KEY", "two")];
const TIMES: [&str; 4] = ["", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-01T23:00:00-02:00"];
const FIELDS: [(&str, CustomFieldKind, &[&str]); 5] = [
    ("Area", CustomFieldKind::Text, &["hall", "yard"]),
    ("area", CustomFieldKind::Text, &["yard", "hall"]),
    ("Wind", CustomFieldKind::Number, &["1.50", "20"]),
    ("Wind", CustomFieldKind::Number, &["2e1", "1.5"]),
    ("Since", CustomFieldKind::Timestamp, &["2026-01-31"]),
];

/// One input of planning, and how the server answers what is open.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) desired: Desired,
    pub(crate) current: Snapshot,
    pub(crate) policy: Policy,
    pub(crate) server: Server,
}

/// Any config against any state. Most configs fit; some refer to what is not there.
pub(crate) fn case() -> impl Strategy<Value = Case> {
    let state = (vec(current_experience(), 0..9), memberships(), current_suites())
        .prop_map(|(experiences, memberships, suites)| snapshot(experiences, memberships, suites));
    let server = any::<(bool, bool)>().prop_map(|(reformats, suites_keep_archived)| Server { reformats, suites_keep_archived });
    (state, policy(), server).prop_flat_map(|(current, policy, server)| {
        let desired = desired(&current, policy.unlisted == Unlisted::Keep);
        (desired, Just(current), Just(policy), Just(server)).prop_map(|(desired, current, policy, server)| Case {
            desired,
            current,
            policy,
            server,
        })
    })
}

#[derive(Clone, Debug)]
struct RawExperience {
    name: &'static str,
    archived: bool,
    settings: ExperienceSettings,
    updated_at: &'static str,
    hides: bool,
}

fn current_experience() -> impl Strategy<Value = RawExperience> {
    let archived = prop::bool::weighted(0.35);
    (select(&NAMES[..]), archived, settings(), select(&TIMES[..]), prop::bool::weighted(0.2))
        .prop_map(|(name, archived, settings, updated_at, hides)| RawExperience { name, archived, settings, updated_at, hides })
}

/// Values that both sides draw from, so that they are often equal.
fn settings() -> impl Strategy<Value = ExperienceSettings> {
    let texts = select(&["", "one", "two"][..]).prop_map(str::to_owned);
    let locations = subsequence(LOCATIONS.to_vec(), 0..=2).prop_shuffle();
    let variables = subsequence(VARIABLES.to_vec(), 0..=3).prop_shuffle().prop_map(|pairs| {
        let mut variables: Vec<EnvironmentVariable> = Vec::new();
        for (name, value) in pairs {
            if variables.iter().all(|variable| variable.name != name) {
                variables.push(EnvironmentVariable { name: name.into(), value: value.into() });
            }
        }
        variables
    });
    let fields = subsequence(FIELDS.to_vec(), 0..=3).prop_shuffle().prop_map(|fields| {
        let mut unique: Vec<CustomField> = Vec::new();
        for (name, kind, values) in fields {
            if unique.iter().all(|field| !field.name.eq_ignore_ascii_case(name)) {
                let values = values.iter().map(|value| (*value).to_owned()).collect();
                unique.push(CustomField { name: name.into(), kind, values });
            }
        }
        unique
    });
    (
        texts.clone(),
        locations,
        setting(texts),
        setting(variables),
        setting(select(&[60, 3600][..])),
        setting(any::<bool>()),
        setting(fields),
    )
        .prop_map(
            |(description, locations, profile, environment_variables, container_timeout_seconds, cache_exempt, custom_fields)| {
                let locations = locations.into_iter().map(str::to_owned).collect();
                ExperienceSettings {
                    description,
                    locations,
                    profile,
                    environment_variables,
                    container_timeout_seconds,
                    cache_exempt,
                    custom_fields,
                }
            },
        )
}

fn setting<T: Clone + std::fmt::Debug>(values: impl Strategy<Value = T>) -> impl Strategy<Value = Setting<T>> {
    weighted(0.5, values).prop_map(|value| value.map_or(Setting::Keep, Setting::Set))
}

/// For each tag and each system, whether it exists and whom of the first experiences it has.
type Memberships = (Vec<Option<u16>>, Vec<Option<u16>>);

fn memberships() -> impl Strategy<Value = Memberships> {
    (vec(weighted(0.96, any::<u16>()), TAGS.len()), vec(weighted(0.96, any::<u16>()), SYSTEMS.len()))
}

/// Name, whether archived, members, whether the description is that of the config.
type RawSuite = (&'static str, bool, u16, bool);

/// Most names have one live suite; now and then there is one more of some name.
fn current_suites() -> impl Strategy<Value = Vec<RawSuite>> {
    let suite = |name: &'static str, present: f64, archived: f64| {
        weighted(present, (Just(name), prop::bool::weighted(archived), any::<u16>(), any::<bool>()))
    };
    let again = select(&SUITES[..]).prop_flat_map(move |name| suite(name, 0.3, 0.8));
    (suite(SUITES[0], 0.97, 0.03), suite(SUITES[1], 0.95, 0.05), suite(SUITES[2], 0.8, 0.2), again)
        .prop_map(|(basic, full, spare, again)| [basic, full, spare, again].into_iter().flatten().collect())
}

/// Of several live experiences of one name only the first is live: ReSim's names are unique.
fn snapshot(experiences: Vec<RawExperience>, (tags, systems): Memberships, suites: Vec<RawSuite>) -> Snapshot {
    let count = experiences.len();
    let mut live = BTreeSet::new();
    let mut state = state();
    for (id, raw) in (1..).zip(experiences) {
        let archived = raw.archived || !live.insert(raw.name);
        state = state.experience(id, raw.name, |experience| {
            let hide = |secret: bool, value: String| if secret && raw.hides { Observed::Hidden } else { Observed::Known(value) };
            let ExperienceSettings {
                description,
                locations,
                profile,
                environment_variables,
                container_timeout_seconds,
                cache_exempt,
                custom_fields,
            } = raw.settings;
            experience.archived = archived;
            experience.updated_at = raw.updated_at.into();
            experience.description = description;
            experience.locations = locations.into_iter().map(|location| hide(location.contains('@'), location)).collect();
            experience.profile = profile.as_set().cloned().unwrap_or_default();
            let variables = environment_variables.as_set().cloned().unwrap_or_default().into_iter();
            experience.environment_variables = variables
                .map(|EnvironmentVariable { name, value }| CurrentVariable { value: hide(name == "API_KEY", value), name })
                .collect();
            experience.container_timeout_seconds = container_timeout_seconds.as_set().copied().unwrap_or(3600).into();
            experience.cache_exempt = cache_exempt.as_set().copied().unwrap_or_default();
            experience.custom_fields = custom_fields.as_set().cloned().unwrap_or_default();
        });
    }
    let members = |bits: u16| -> Vec<u128> { (0..count).filter(|index| bits >> index & 1 == 1).map(|index| index as u128 + 1).collect() };
    let add = |state: StateBuilder, (index, bits): (usize, Option<u16>), add: fn(StateBuilder, u128, usize, &[u128]) -> StateBuilder| {
        match bits {
            Some(bits) => add(state, index as u128 + 1, index, &members(bits)),
            None => state,
        }
    };
    for tag in tags.into_iter().enumerate() {
        state = add(state, tag, |state, id, index, members| state.tag(id, TAGS[index], members));
    }
    for system in systems.into_iter().enumerate() {
        state = add(state, system, |state, id, index, members| state.system(id, SYSTEMS[index], members));
    }
    for (id, (name, archived, bits, described)) in (1..).zip(suites) {
        state = state.suite_with(id, name, &members(bits), |suite| {
            suite.archived = archived;
            suite.description = if described { "described".into() } else { String::new() };
        });
    }
    state.done()
}

/// Whether archived, the ID as an index, settings, tags, systems.
type RawEntry = (bool, Option<u128>, ExperienceSettings, Vec<&'static str>, Vec<&'static str>);

fn desired(current: &Snapshot, keeps_unlisted: bool) -> impl Strategy<Value = Desired> + use<> {
    let known = current.experiences.len() as u128;
    // Few IDs are unknown.
    let id = weighted(0.35, (0..200_u32, 1..=known.max(1)));
    let id = id.prop_map(move |id| id.filter(|_| known > 0).map(|(dice, id)| if dice == 0 { 99 } else { id }));
    let tags = subsequence(TAGS.to_vec(), 0..=TAGS.len());
    let systems = subsequence(SYSTEMS.to_vec(), 0..=1);
    let entry = (prop::bool::weighted(0.15), id, settings(), tags, systems);
    let entries = (subsequence(NAMES.to_vec(), 0..=NAMES.len()), vec(entry, NAMES.len()));
    let managed = subsequence(TAGS.to_vec(), 0..=TAGS.len());
    let suite =
        (vec(prop::bool::weighted(0.5), NAMES.len()), weighted(0.6, select(&SYSTEMS[..])), weighted(0.4, Just("described")), any::<u8>());
    let suites = (subsequence(SUITES.to_vec(), 0..=SUITES.len()), vec(suite, SUITES.len()));
    (entries, managed, suites).prop_map(move |((names, entries), managed, (suites, details))| {
        let mut config = managed.into_iter().fold(config(), ConfigBuilder::managed);
        let mut ids = BTreeSet::new();
        let mut live = BTreeMap::new();
        for (name, raw) in names.into_iter().zip(entries) {
            live.insert(name, !raw.0);
            config = add_entry(config, name, raw, &mut ids);
        }
        for (name, (chosen, system, description, stray)) in suites.into_iter().zip(details) {
            // A member that no entry defines.
            let stray = stray < if keeps_unlisted { 100 } else { 4 };
            let listed = |name: &&str| live.get(*name).copied().unwrap_or(stray);
            let members: Vec<&str> = NAMES.iter().zip(chosen).filter(|(_, chosen)| *chosen).map(|(name, _)| *name).filter(listed).collect();
            config = config.suite_with(name, &members, |suite| {
                suite.system = system.map(|system| Located { value: SystemName::new(system), origin: suite.origin });
                suite.description = description.map(str::to_owned);
            });
        }
        config.done()
    })
}

fn add_entry(config: ConfigBuilder, name: &str, raw: RawEntry, ids: &mut BTreeSet<u128>) -> ConfigBuilder {
    let (archived, id, settings, tags, systems) = raw;
    let id = id.filter(|id| ids.insert(*id));
    config.entry_with(name, |entry| {
        entry.archived = archived;
        entry.id = id.map(|id| Located { value: experience_id(id), origin: entry.origin });
        entry.settings = settings;
        entry.tags = tags.into_iter().map(|tag| (TagName::new(tag), entry.origin)).collect();
        entry.systems = systems.into_iter().map(|system| (SystemName::new(system), entry.origin)).collect();
    })
}

fn policy() -> impl Strategy<Value = Policy> {
    let unlisted = prop_oneof![
        Just(Unlisted::Archive),
        Just(Unlisted::Keep),
        select(&TAGS[..]).prop_map(|tag| Unlisted::ArchiveTagged(TagName::new(tag))),
    ];
    let max_archive = prop_oneof![
        (0_u64..5).prop_map(ArchiveLimit::Number),
        (0_u64..1000, 0_u32..3).prop_map(|(numerator, scale)| ArchiveLimit::Percent(Percent { numerator, scale })),
    ];
    (unlisted, max_archive, prop::bool::weighted(0.1), weighted(0.2, 0_u64..4), any::<bool>()).prop_map(
        |(unlisted, max_archive, force, permitted_archives, create_missing)| Policy {
            unlisted,
            max_archive,
            force,
            permitted_archives,
            create_missing,
        },
    )
}
