//! Projects of any size behind the embedded API, and configs that describe them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use resim_sandbox::{Options, Sandbox};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// The largest page of a membership list.
const PAGE: usize = 100;
pub(crate) const PROJECT: &str = "measured";
const MANAGED: usize = 10;

/// A running embedded API; each run of the program has its own part of the journal.
pub(crate) struct Server {
    sandbox: Sandbox,
    runtime: Runtime,
    journal: PathBuf,
    seen: AtomicUsize,
}

impl Server {
    /// One with a generated project.
    pub(crate) fn generated(folder: &Path, live: usize, archived: usize) -> Self {
        let generate = Some(format!("experiences={live},archived={archived},tags=50,systems=5,suites=20"));
        Self::start(folder, Options { generate, seed: 1, project: Some(PROJECT.to_owned()), ..Options::default() })
    }

    /// The same project without its live experiences.
    pub(crate) fn emptied(folder: &Path, mut state: Value) -> Self {
        for experience in state["experiences"].as_array_mut().into_iter().flatten() {
            if experience["archived"] == json!(false) {
                *experience = Value::Null;
            }
        }
        if let Some(experiences) = state["experiences"].as_array_mut() {
            experiences.retain(|experience| !experience.is_null());
        }
        for list in ["tags", "systems", "suites"] {
            for one in state[list].as_array_mut().into_iter().flatten() {
                one["experiences"] = json!([]);
            }
        }
        let path = folder.join("emptied.json");
        fs::write(&path, state.to_string()).expect("writable");
        Self::start(folder, Options { state: Some(path), project: Some(PROJECT.to_owned()), ..Options::default() })
    }

    fn start(folder: &Path, options: Options) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let journal = folder.join(format!("journal-{number}.jsonl"));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
        let options = Options { journal: Some(journal.clone()), ..options };
        let sandbox = runtime.block_on(Sandbox::start(options)).expect("the server starts");
        Self { sandbox, runtime, journal, seen: AtomicUsize::new(0) }
    }

    pub(crate) fn urls(&self) -> (String, String) {
        (self.sandbox.api_url(), self.sandbox.auth_url())
    }

    pub(crate) fn state(&self) -> Value {
        self.sandbox.state_json()
    }

    /// Every request waits so long from now on.
    pub(crate) fn set_latency(&self, milliseconds: u64) {
        self.sandbox.clear_faults();
        if milliseconds > 0 {
            self.sandbox.add_fault(&format!("*=latency:{milliseconds}ms")).expect("a fault");
        }
    }

    /// Waits from the end of the first creation to that of the first suite, which begins when the last creation has
    /// ended: so long all creations take.
    pub(crate) fn time_of_creations(&self) -> Duration {
        let end = |method: &'static str, path: &'static str| {
            self.runtime.block_on(self.sandbox.wait_for(|entry| entry.method == method && entry.path.contains(path)));
            Instant::now()
        };
        let begin = end("POST", "/experiences");
        end("PATCH", "/suites/").duration_since(begin)
    }

    /// What was asked since the last call, in the order in which it ended.
    pub(crate) fn requests(&self) -> Traffic {
        self.sandbox.clear_journal();
        let seen = self.seen.load(Ordering::Relaxed);
        let text = fs::read_to_string(&self.journal).expect("the journal is there");
        let lines: Vec<Value> = text.lines().skip(seen).map(|line| serde_json::from_str(line).expect("JSON")).collect();
        self.seen.store(seen + lines.len(), Ordering::Relaxed);
        Traffic::of(&lines, seen)
    }

    pub(crate) fn stop(self) {
        drop(self.sandbox);
        self.runtime.shutdown_background();
    }
}

/// What one run asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traffic {
    pub(crate) requests: usize,
    pub(crate) writes: usize,
    /// The longest chain of requests of which each came after the end of the one before.
    pub(crate) depth: usize,
}

impl Traffic {
    fn of(lines: &[Value], before: usize) -> Self {
        let number = |line: &Value, key: &str| line[key].as_u64().and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
        let mut arrived: Vec<usize> = (0..lines.len()).collect();
        arrived.sort_by_key(|index| number(&lines[*index], "number"));
        // Whatever ended before a request arrived had arrived earlier still.
        let mut depths = vec![0; lines.len()];
        for index in arrived {
            let ended = number(&lines[index], "endedBefore").saturating_sub(before).min(lines.len());
            depths[index] = 1 + depths[..ended].iter().copied().max().unwrap_or_default();
        }
        let writes = |line: &&Value| line["method"] != "GET" && line["path"].as_str().is_some_and(|path| path.contains("/projects/"));
        Self { requests: lines.len(), writes: lines.iter().filter(writes).count(), depth: depths.into_iter().max().unwrap_or_default() }
    }
}

/// A config, and what reading and writing for it takes at least.
pub(crate) struct Config {
    pub(crate) text: String,
    /// Requests that read the state once, but for token and project.
    pub(crate) reads: usize,
    /// How many of them are of lists, not of members.
    pub(crate) lists: usize,
    /// The reads of a clone.
    pub(crate) all_reads: usize,
    /// Suites that have members.
    pub(crate) suites: usize,
    /// The vendor's CLI: requests that read, and that write, on every run.
    pub(crate) rival: (usize, usize),
}

/// Describes the state's live experiences, naming so many of its tags, ten of which it manages, and all suites.
pub(crate) fn config(state: &Value, named: usize) -> Config {
    let list = |key: &str| state[key].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let ids = |value: &Value| value.as_array().into_iter().flatten().map(text).collect::<Vec<_>>();
    let members = |groups: &[Value], key: &str| {
        let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for group in groups {
            ids(&group[key]).into_iter().for_each(|id| of.entry(id).or_default().push(text(&group["name"])));
        }
        of
    };
    let mut tags = list("tags");
    tags.sort_by_key(|tag| text(&tag["name"]));
    let (systems, suites) = (list("systems"), list("suites"));
    let of_tags = members(&tags[..named.min(tags.len())], "experiences");
    let of_systems = members(&systems, "experiences");
    let mut names = BTreeMap::new();
    let mut lines = vec!["experiences:".to_owned()];
    for experience in list("experiences").into_iter().filter(|experience| experience["archived"] == json!(false)) {
        let id = text(&experience["id"]);
        let mut entry = experience.clone();
        let fields = entry.as_object_mut().expect("an experience is an object");
        fields.retain(|key, _| !["id", "archived", "updateTimestamp", "updatedAt"].contains(&key.as_str()));
        fields.insert("tags".to_owned(), json!(of_tags.get(&id)));
        fields.insert("systems".to_owned(), json!(of_systems.get(&id)));
        lines.push(format!("- {entry}"));
        names.insert(id, text(&experience["name"]));
    }
    lines.push("managedTestSuites:".to_owned());
    for suite in &suites {
        let experiences: Vec<&String> = ids(&suite["experiences"]).iter().filter_map(|id| names.get(id)).collect();
        lines.push(format!("- {}", json!({"name": suite["name"], "experiences": experiences})));
    }
    let managed: Vec<&Value> = tags.iter().take(MANAGED).map(|tag| &tag["name"]).collect();
    lines.push(format!("managedExperienceTags: {}\n", json!(managed)));

    let pages = |rows: usize| rows.div_ceil(PAGE).max(1);
    let listed: BTreeSet<&String> = of_tags.values().flatten().collect();
    let is_named = |(index, tag): &(usize, &Value)| *index < MANAGED || listed.contains(&text(&tag["name"]));
    let full = systems.iter().filter(|system| !ids(&system["experiences"]).is_empty()).count();
    let lists = 1 + pages(tags.len()) + pages(systems.len()) + pages(suites.len());
    let archived = list("experiences").len() - names.len();
    let halves = |group: &Value| pages(ids(&group["experiences"]).len()) + pages(ids(&group["archivedExperiences"]).len());
    let memberships: usize = tags.iter().chain(&systems).map(halves).sum();
    Config {
        text: lines.join("\n"),
        reads: lists + tags.iter().enumerate().filter(is_named).count() + full,
        lists,
        all_reads: lists + tags.len() + full,
        suites: suites.iter().filter(|suite| !ids(&suite["experiences"]).is_empty()).count(),
        rival: (2 + pages(names.len()) + pages(archived) + lists - 1 + memberships, names.len() + suites.len()),
    }
}

/// The same with another description of its first experience.
pub(crate) fn changed(config: &str) -> String {
    config.replacen("\"description\":\"", "\"description\":\"Changed: ", 1)
}
