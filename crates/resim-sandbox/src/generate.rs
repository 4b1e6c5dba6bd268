//! Projects of any size, made up from a seed: the same seed and sizes give the same project.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use crate::clock::derived_id;
use crate::store::{
    Architecture, CustomField, Experience, FieldKind, Group, Members, Project, Resources, Revision, Store, Suite, System, Tag, Text,
    Variable, Write,
};

/// How much of what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    experiences: usize,
    archived: usize,
    tags: usize,
    systems: usize,
    suites: usize,
    /// The most members of a tag or suite.
    members: usize,
}

/// The most of anything: enough for any test, little enough for any machine.
const MOST: usize = 1_000_000;

const SITES: [&str; 12] =
    ["canyon", "ridge", "harbour", "orchard", "quarry", "meadow", "depot", "rooftop", "tunnel", "valley", "warehouse", "shoreline"];
const MANEUVERS: [&str; 12] =
    ["survey", "landing", "takeoff", "hover", "handover", "pickup", "dropoff", "return", "inspection", "crossing", "docking", "avoidance"];
const CONDITIONS: [&str; 10] = ["dawn", "noon", "dusk", "night", "fog", "rain", "gusts", "snow", "glare", "calm"];
const PROFILES: [&str; 4] = ["", "planner", "full_stack", "perception"];
const TAGS: [&str; 10] = ["regression", "smoke", "nightly", "progression", "release", "field", "perception", "planning", "safety", "demo"];
const SYSTEMS: [&str; 5] = ["flight-stack", "planner", "perception", "controller", "localization"];
const SUITES: [&str; 5] = ["Merge Gate", "Release Gate", "Nightly", "Field Trial", "Safety Case"];

/// Fills the main project, which is empty.
pub(crate) fn generate(store: &mut Store, spec: &str) -> Result<(), String> {
    let sizes = parse(spec)?;
    let mut random = fastrand::Rng::with_seed(store.seed);
    let main = store.main;
    let mut experiences = [Vec::new(), Vec::new()];
    for nth in 0..sizes.experiences + sizes.archived {
        let (project, write) = store.write(main, "generator").map_err(|refusal| refusal.message)?;
        let one = experience(&write, project.id, &mut random, nth, sizes.experiences);
        experiences[usize::from(one.archived)].push(one.id);
        project.insert(one);
    }
    let [live, archived] = &experiences;
    let systems = systems(store, &mut random, sizes, &experiences)?;
    for nth in 0..sizes.tags {
        let (project, write) = store.write(main, "generator").map_err(|refusal| refusal.message)?;
        let name = numbered(&TAGS, nth);
        let id = derived_id(write.seed, &["tag", &project.id.to_string(), &name], 0);
        let description = format!("Scenarios of the {name} kind");
        project.tags.insert(id, Tag { id, name, description, stamp: write.stamp(), members: Members::none() });
        let few = random.usize(0..=sizes.members.min(live.len()));
        let fewer = random.usize(0..=sizes.members.min(archived.len()) / 4);
        join(project, Group::Tag, id, &sample(&mut random, live, few));
        join(project, Group::Tag, id, &sample(&mut random, archived, fewer));
    }
    for nth in 0..sizes.suites {
        let (project, write) = store.write(main, "generator").map_err(|refusal| refusal.message)?;
        let Some(system) = systems.get(nth % systems.len().max(1)) else { return Err("suites need a system".to_owned()) };
        let suite = suite(&write, project, &mut random, nth, *system, sizes.members);
        project.suites.insert(suite.id, suite);
    }
    Ok(())
}

fn parse(spec: &str) -> Result<Sizes, String> {
    let mut sizes = Sizes { experiences: 0, archived: 0, tags: 0, systems: 0, suites: 0, members: 500 };
    for part in spec.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let wrong = || format!("`{part}`: expected NAME=NUMBER, with experiences, archived, tags, systems, suites or members");
        let (name, number) = part.split_once('=').ok_or_else(wrong)?;
        let number: usize = number.trim().parse().map_err(|_| wrong())?;
        if number > MOST {
            return Err(format!("`{part}`: at most {MOST}"));
        }
        match name.trim() {
            "experiences" => sizes.experiences = number,
            "archived" => sizes.archived = number,
            "tags" => sizes.tags = number,
            "systems" => sizes.systems = number,
            "suites" => sizes.suites = number,
            "members" => sizes.members = number,
            _ => return Err(wrong()),
        }
    }
    Ok(sizes)
}

fn experience(write: &Write, project: Uuid, random: &mut fastrand::Rng, nth: usize, live: usize) -> Experience {
    let (site, maneuver, condition) = (one_of(random, &SITES), one_of(random, &MANEUVERS), one_of(random, &CONDITIONS));
    let name = format!("{site}-{maneuver}-{condition}-{nth:05}");
    let mut locations = vec![Text::Shown(format!("s3://drone-scenarios/{site}/{maneuver}/{nth:05}"))];
    if random.u8(..) < 40 {
        locations.push(Text::Shown(format!("s3://drone-maps/{site}/v{}", random.u8(1..9))));
    }
    Experience {
        id: derived_id(write.seed, &["experience", &project.to_string(), &name], 0),
        description: format!("{maneuver} at the {site}, {condition}"),
        name,
        locations,
        profile: one_of(random, &PROFILES).to_owned(),
        environment_variables: variables(random),
        container_timeout_seconds: [600, 900, 1800, 3600][random.usize(..4)],
        cache_exempt: random.u8(..) < 25,
        custom_fields: fields(random, condition),
        archived: nth >= live,
        stamp: write.stamp(),
        tags: BTreeSet::new(),
        systems: BTreeSet::new(),
        left_suites: BTreeSet::new(),
    }
}

fn variables(random: &mut fastrand::Rng) -> Vec<Variable> {
    let all = [
        ("MAX_ALTITUDE_M", random.u16(20..400).to_string()),
        ("WIND_MPS", format!("{}.{}", random.u8(0..25), random.u8(0..10))),
        ("RANDOM_SEED", random.u32(..).to_string()),
    ];
    let few = random.usize(0..=all.len());
    all.into_iter().take(few).map(|(name, value)| Variable { name: name.to_owned(), value: Text::Shown(value) }).collect()
}

fn fields(random: &mut fastrand::Rng, condition: &str) -> Vec<CustomField> {
    let day = format!("2025-{:02}-{:02}T{:02}:00:00Z", random.u8(1..=12), random.u8(1..=28), random.u8(..24));
    let all = [
        ("Condition", FieldKind::Text, vec![condition.to_owned()]),
        ("Difficulty", FieldKind::Number, vec![random.u8(1..10).to_string()]),
        ("Recorded", FieldKind::Timestamp, vec![day]),
        ("Waypoints", FieldKind::Json, vec![format!("{{\"count\": {}}}", random.u8(2..40))]),
    ];
    let few = random.usize(0..=all.len());
    all.into_iter().take(few).map(|(name, kind, values)| CustomField { name: name.to_owned(), kind, values }).collect()
}

/// Makes the systems; most experiences belong to one of them, some to two.
fn systems(store: &mut Store, random: &mut fastrand::Rng, sizes: Sizes, experiences: &[Vec<Uuid>; 2]) -> Result<Vec<Uuid>, String> {
    let mut ids = Vec::new();
    let main = store.main;
    for nth in 0..sizes.systems {
        let (project, write) = store.write(main, "generator").map_err(|refusal| refusal.message)?;
        let name = numbered(&SYSTEMS, nth);
        let id = derived_id(write.seed, &["system", &project.id.to_string(), &name], 0);
        let description = format!("The {name} under test");
        let system = System {
            id,
            name,
            description,
            architecture: Architecture::Amd64,
            build: Resources::SMALL,
            metrics_build: Resources::SMALL,
            stamp: write.stamp(),
            members: Members::none(),
        };
        project.systems.insert(id, system);
        ids.push(id);
    }
    if ids.is_empty() {
        return Ok(ids);
    }
    let (project, _) = store.write(main, "generator").map_err(|refusal| refusal.message)?;
    for experience in experiences.iter().flatten() {
        let few = if random.u8(..) < 25 { 2 } else { 1 };
        for _ in 0..few {
            project.join(Group::System, ids[random.usize(..ids.len())], *experience);
        }
    }
    Ok(ids)
}

fn suite(write: &Write, project: &Project, random: &mut fastrand::Rng, nth: usize, system: Uuid, most: usize) -> Suite {
    let name = numbered(&SUITES, nth);
    let candidates: Vec<Uuid> =
        project.systems.get(&system).and_then(|system| system.members.half(false)).into_iter().flatten().copied().collect();
    let few = random.usize(0..=most.min(candidates.len()));
    Suite {
        id: derived_id(write.seed, &["suite", &project.id.to_string(), &name], 0),
        archived: false,
        adhoc: false,
        stamp: write.stamp(),
        number: random.i32(0..30),
        latest: Revision {
            description: format!("What the {name} runs"),
            name,
            system,
            experiences: Arc::new(sample(random, &candidates, few).into_iter().collect()),
            metrics_build: None,
            metrics_set: None,
            show_on_summary: random.bool(),
            summary_reference_date: None,
        },
        past: Default::default(),
    }
}

fn join(project: &mut Project, group: Group, id: Uuid, experiences: &[Uuid]) {
    for experience in experiences {
        project.join(group, id, *experience);
    }
}

fn sample(random: &mut fastrand::Rng, from: &[Uuid], count: usize) -> Vec<Uuid> {
    random.choose_multiple(from, count).into_iter().copied().collect()
}

fn one_of<'a>(random: &mut fastrand::Rng, words: &[&'a str]) -> &'a str {
    random.choice(words).copied().unwrap_or_default()
}

/// A word for each number: `smoke`, and after all words were used `smoke-2`.
fn numbered(words: &[&str], nth: usize) -> String {
    let word = words.get(nth % words.len()).copied().unwrap_or_default();
    match nth / words.len() {
        0 => word.to_owned(),
        round => format!("{word}-{}", round + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state_file::save;

    fn generated(seed: u64, spec: &str) -> Store {
        let mut store = Store::new(seed, Project::named(seed, "p"));
        generate(&mut store, spec).unwrap();
        store
    }

    #[test]
    fn sizes_are_as_asked_and_no_tag_is_larger_than_allowed() {
        let store = generated(1, "experiences=300,archived=60,tags=12,systems=6,suites=7,members=40");
        let project = store.main().unwrap();
        assert_eq!((project.live, project.experiences.len()), (300, 360));
        assert_eq!((project.tags.len(), project.systems.len(), project.suites.len()), (12, 6, 7));
        assert!(project.tags.values().all(|tag| tag.members.live.as_ref().unwrap().len() <= 40));
        assert!(project.tags.values().any(|tag| !tag.members.archived.as_ref().unwrap().is_empty()));
        for suite in project.suites.values() {
            for member in suite.latest.experiences.iter() {
                assert!(project.experiences[member].systems.contains(&suite.latest.system));
            }
        }
    }

    #[test]
    fn same_seed_gives_the_same_project_and_another_seed_another() {
        let spec = "experiences=50,archived=5,tags=3,systems=2,suites=2";
        let text = |seed| serde_json::to_string(&save(generated(seed, spec).main().unwrap())).unwrap();
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }

    #[test]
    fn bad_specification_names_what_is_known() {
        let mut store = Store::new(0, Project::named(0, "p"));
        for spec in ["experience=1", "tags", "tags=x", "tags=-1"] {
            assert!(generate(&mut store, spec).unwrap_err().contains("experiences, archived, tags"), "{spec}");
        }
        assert!(generate(&mut store, "experiences=9999999").is_err());
        assert!(generate(&mut store, "experiences=1,suites=1").is_err());
    }
}
