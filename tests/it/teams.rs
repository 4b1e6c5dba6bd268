//! Several projects and several teams, by the workflows that `docs/teams.md` shows: run as a runner would.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::ci_runner::{Ran, Runner};
use crate::github::{Delivery, State, events};
use crate::pages::blocks;
use crate::support::{Folder, Program};

const PAGE: &str = "docs/teams.md";
const COMMIT: &str = "cccccccccccccccccccccccccccccccccccccccc";

/// A workflow that the page shows, with a matrix of one dimension.
struct Shown(Value);

impl Shown {
    /// The one of the page with that name and dimension.
    fn find(name: &str, dimension: &str) -> Self {
        let all = blocks(PAGE).into_iter().filter(|block| block.kind == "yaml workflow");
        let parsed = all.map(|block| Self(serde_yaml::from_str(&block.text).expect("YAML")));
        let mut fitting: Vec<Self> =
            parsed.filter(|shown| shown.0["name"] == name && shown.job()["strategy"]["matrix"][dimension].is_array()).collect();
        assert_eq!(fitting.len(), 1, "workflows named {name} with a matrix of {dimension}");
        fitting.remove(0)
    }

    fn job(&self) -> &Value {
        self.0["jobs"].as_object().expect("jobs").values().next().expect("a job")
    }

    fn strategy(&self) -> &Value {
        &self.job()["strategy"]
    }

    /// The inputs of our step for each value of the matrix, secrets left out.
    fn jobs(&self) -> Vec<(String, BTreeMap<String, String>)> {
        let (dimension, values) = self.strategy()["matrix"].as_object().expect("a matrix").iter().next().expect("a dimension");
        let steps = self.job()["steps"].as_array().expect("steps");
        let inputs =
            steps.iter().rfind(|step| step["uses"].as_str().is_some_and(|uses| uses.starts_with("resim-sync/"))).expect("our step");
        let expanded = |value: &str| {
            let inputs = inputs["with"].as_object().expect("inputs").iter();
            let filled = inputs.map(|(name, text)| {
                (name.clone(), text.as_str().expect("a text").replace(&format!("${{{{ matrix.{dimension} }}}}"), value))
            });
            filled.filter(|(_, text)| !text.contains("${{ secrets.")).collect::<BTreeMap<_, _>>()
        };
        let values = values.as_array().expect("values").iter().map(|value| value.as_str().expect("a text"));
        values.map(|value| (value.to_owned(), expanded(value))).collect()
    }
}

/// Runs one job of a matrix.
fn ran(runner: &Runner, delivery: &Delivery, inputs: &BTreeMap<String, String>) -> Ran {
    // Only what the workflow says.
    let mut program = runner.program(delivery).env("RESIM_SYNC_CREATE_MISSING", "");
    for (name, value) in inputs {
        assert!(!value.contains("${{"), "{name}: {value}");
        program = program.env(&format!("RESIM_SYNC_{}", name.to_uppercase().replace('-', "_")), value);
    }
    runner.run(program, 0)
}

/// The pull request is merged, with these files at the tip.
fn merge(runner: &Runner, files: &[&str]) {
    let texts: Vec<(&str, String)> = files.iter().map(|path| (*path, runner.folder.read(path))).collect();
    let texts: Vec<(&str, &str)> = texts.iter().map(|(path, text)| (*path, text.as_str())).collect();
    runner.fake.state(|state| {
        state.commit("main", "Merged", State::files(&texts));
        let pull = state.pulls.get_mut(&7).expect("it is there");
        (pull.open, pull.merged_at) = (false, Some("2026-11-25T10:00:00Z".to_owned()));
        state.pulls_of_commits.insert(COMMIT.to_owned(), vec![7]);
    });
}

fn experience(index: u8, name: &str) -> Value {
    json!({
        "id": format!("33333333-3333-4333-8333-3333333333{index:02}"), "name": name, "description": "d", "locations": ["s3://a"],
        "profile": "", "environmentVariables": [], "containerTimeoutSeconds": 3600, "cacheExempt": false, "customFields": [],
        "archived": false,
    })
}

/// The project `my-project`; the members of a tag by the numbers of the experiences.
fn project(name: &str, experiences: &[Value], tags: &[(&str, &[usize])]) -> String {
    let member = |index: &usize| experiences[*index]["id"].clone();
    let tags = tags.iter().enumerate().map(|(index, (tag, members))| {
        let members: Vec<Value> = members.iter().map(member).collect();
        json!({ "id": format!("44444444-4444-4444-8444-44444444440{index}"), "name": tag, "description": "", "experiences": members, "archivedExperiences": [] })
    });
    json!({
        "formatVersion": "state/v1", "project": { "id": "22222222-2222-4222-8222-222222222222", "name": name },
        "read": { "archivedExperiences": true, "archivedSuites": true },
        "experiences": experiences, "tags": tags.collect::<Vec<_>>(), "systems": [], "suites": [],
    })
    .to_string()
}

#[test]
fn projects_of_a_matrix_keep_comments_and_writes_apart() {
    let (plan, apply) = (Shown::find("resim plan", "project"), Shown::find("resim apply", "project"));
    for shown in [&plan, &apply] {
        assert_eq!(shown.strategy()["fail-fast"], false, "a failure would cancel the other projects");
    }
    assert_eq!(plan.jobs(), apply.jobs(), "the apply finds its comment by the same label");
    let runner = Runner::new("", &project("drones", &[experience(1, "d1")], &[]));
    runner.server.add_fault("also-project=rovers");
    std::fs::remove_file(runner.folder.file("experiences.yaml")).expect("it is there");
    let files = ["scenarios/drones/all.yaml", "scenarios/rovers/all.yaml"];
    runner.folder.write(files[0], "experiences:\n  - {name: d1, description: flies higher, locations: [s3://a]}\n");
    runner.folder.write(files[1], "experiences: []\n");

    // Only the project that the pull request changes gets a comment.
    let opened = events::pull_request("opened", "main");
    let results = |runner: &Runner, shown: &Shown, delivery: &Delivery| -> Vec<(String, String)> {
        shown.jobs().iter().map(|(project, inputs)| (project.clone(), ran(runner, delivery, inputs).outputs["result"].clone())).collect()
    };
    let told = |drones: &str, rovers: &str| vec![("drones".to_owned(), drones.to_owned()), ("rovers".to_owned(), rovers.to_owned())];
    assert_eq!(results(&runner, &plan, &opened), told("changes", "ok"));
    assert!(matches!(runner.bodies().as_slice(), [one] if one.contains("flies higher") && one.contains("drones")), "{:?}", runner.bodies());

    // Then the other one too, in a comment of its own.
    runner.folder.write(files[1], "experiences:\n  - {name: r1, description: drives, locations: [s3://r]}\n");
    assert_eq!(results(&runner, &plan, &opened), told("changes", "changes"));
    let bodies = runner.bodies();
    assert!(bodies.len() == 2 && !bodies[0].contains("r1") && !bodies[1].contains("d1"), "{bodies:?}");

    runner.wrote_nothing();
    merge(&runner, &files);
    for (project, inputs) in apply.jobs() {
        let ran = ran(&runner, &events::push("refs/heads/main"), &inputs);
        assert_eq!(ran.outputs["result"], "ok", "{project}: {}", ran.output.stdout);
        assert!(!ran.output.stdout.contains("no reviewer saw"), "{}", ran.output.stdout);
    }
    assert!(runner.bodies().len() == 2 && runner.bodies().iter().all(|body| body.contains("erified")), "{:?}", runner.bodies());
    assert_eq!(results(&runner, &plan, &opened), told("ok", "ok"), "after an apply the plan is empty");
}

/// Two teams' experiences in one project, one of them nobody's.
fn shared() -> Runner {
    let experiences =
        ["flight-a", "flight-old", "ground-a", "ground-old", "nobodys"].iter().zip(1..).map(|(name, index)| experience(index, name));
    let experiences: Vec<Value> = experiences.collect();
    let runner = Runner::new("", &project("my-project", &experiences, &[("team-flight", &[0, 1]), ("team-ground", &[2, 3])]));
    std::fs::remove_file(runner.folder.file("experiences.yaml")).expect("it is there");
    for team in ["flight", "ground"] {
        let entry = |name: &str| format!("  - {{name: {team}-{name}, description: new, locations: [s3://a], tags: [team-{team}]}}\n");
        let tags = format!("managedExperienceTags: [team-{team}]\n");
        runner.folder.write(&format!("teams/{team}.yaml"), &format!("experiences:\n{}{}{tags}", entry("a"), entry("new")));
    }
    runner
}

/// What ReSim holds of experiences whose names begin so, with their tags.
fn held(runner: &Runner, prefix: &str) -> Vec<Value> {
    let state = runner.server.state();
    let experiences = state["experiences"].as_array().expect("experiences").iter();
    let own = experiences.filter(|one| one["name"].as_str().is_some_and(|name| name.starts_with(prefix)));
    own.map(|one| {
        let tags = state["tags"].as_array().expect("tags").iter();
        let tags = tags.filter(|tag| tag["experiences"].as_array().is_some_and(|members| members.contains(&one["id"])));
        json!([one, tags.map(|tag| &tag["name"]).collect::<Vec<_>>()])
    })
    .collect()
}

#[test]
fn teams_with_tags_never_touch_each_others_experiences() {
    let shown = Shown::find("resim apply", "team");
    assert_eq!((&shown.strategy()["max-parallel"], &shown.strategy()["fail-fast"]), (&json!(1), &json!(false)));
    let runner = shared();
    merge(&runner, &["teams/flight.yaml", "teams/ground.yaml"]);
    let jobs = shown.jobs();
    assert_eq!(jobs.len(), 2);
    for (team, inputs) in &jobs {
        let other = if team == "flight" { "ground" } else { "flight" };
        let before = (held(&runner, other), held(&runner, "nobodys"));
        let own = held(&runner, team);
        let applied = ran(&runner, &events::push("refs/heads/main"), inputs);
        assert_eq!(["creates", "updates", "archives"].map(|name| applied.outputs[name].as_str()), ["1", "1", "1"], "{team}");
        assert_eq!((held(&runner, other), held(&runner, "nobodys")), before, "{team} touched what is not its own");
        assert_ne!(held(&runner, team), own);
    }
    let writes = runner.server.writes().len();
    for (team, inputs) in &jobs {
        let again = ran(&runner, &events::push("refs/heads/main"), inputs);
        assert_eq!((again.outputs["result"].as_str(), again.outputs["changed"].as_str()), ("ok", "false"), "{team}");
    }
    assert_eq!(runner.server.writes().len(), writes, "both are content");
}

#[test]
fn teams_with_files_are_one_config_in_which_nothing_is_lost() {
    let runner = shared();
    let args = ["plan", "--config", "teams/*.yaml", "--max-archive", "100%"];
    let plan = Program::new(&runner.folder, &args).with(&runner.server).ends_with(0);
    // One run of all files archives what no team lists; a run with one team's file alone archives the other team's too.
    assert!(plan.stdout.contains("Archive (3)"), "{}", plan.stdout);
    let alone = ["plan", "--config", "teams/flight.yaml", "--max-archive", "100%"];
    let alone = Program::new(&runner.folder, &alone).with(&runner.server).ends_with(0);
    assert!(alone.stdout.contains("Archive (4)"), "{}", alone.stdout);
}

#[test]
fn name_of_the_other_team_is_seen_in_the_plan() {
    let runner = shared();
    let taken = "experiences:\n  - {name: ground-a, description: d, locations: [s3://a], tags: [team-flight]}\n";
    let folder = Folder::with_config(taken);
    let plan = Program::new(&folder, &["plan", "--archive-tag", "team-flight"]).with(&runner.server).ends_with(0);
    assert!(plan.stdout.contains("+ team-flight (not managed: only added): ground-a"), "{}", plan.stdout);
}

#[test]
fn clone_of_a_team_adds_its_own_alone() {
    let runner = shared();
    let folder = Folder::with_config("experiences: []\n");
    Program::new(&folder, &["clone", "--archive-tag", "team-flight"]).with(&runner.server).ends_with(0);
    let cloned = folder.read("experiences.yaml");
    assert!(cloned.contains("flight-old") && !cloned.contains("ground") && !cloned.contains("nobodys"), "{cloned}");
}

#[test]
fn clones_of_projects_keep_to_pull_requests_of_their_own() {
    let runner = Runner::new("", &project("drones", &[experience(1, "d1")], &[]));
    runner.server.add_fault("also-project=rovers");
    std::fs::remove_file(runner.folder.file("experiences.yaml")).expect("it is there");
    let gone = "experiences:\n  - {name: gone, description: d, locations: [s3://a]}\n";
    runner.fake.state(|state| {
        state.pulls.clear();
        state.commit("main", "Begin", State::files(&[("scenarios/drones/all.yaml", gone), ("scenarios/rovers/all.yaml", gone)]))
    });
    // Twice: what is there already is found again.
    for _ in 0..2 {
        for (project, inputs) in Shown::find("resim plan", "project").jobs() {
            runner.folder.write(&inputs["config"].replace('*', "all"), gone);
            let cloned = ran(&runner, &events::workflow_dispatch(Value::Null), &inputs);
            assert_eq!(cloned.outputs["changed"], "true", "{project}: {}", cloned.output.stdout);
        }
    }
    let heads: Vec<String> = runner.fake.state(|state| state.pulls.values().map(|pull| pull.head_branch.clone()).collect());
    assert_eq!(heads, ["resim-sync/clone-drones", "resim-sync/clone-rovers"]);
    let drones = runner.fake.state(|state| state.texts("resim-sync/clone-drones")["scenarios/drones/all.yaml"].to_owned());
    assert!(drones.contains("d1") && !drones.contains("gone"), "{drones}");
}
