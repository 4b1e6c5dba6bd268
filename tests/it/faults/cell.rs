//! One cell: one run with one fault, what must come of it, and the run after it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::classes::{Class, Meaning};
use super::journal;
use super::kinds::{Kind, Nature};
use super::rules::{Ends, Expected, Often};
use super::scenario::{CONFIG, EFFECTS, PROJECT_NAME, before, comparable, holds};
use crate::support::{Folder, Output, Program, Server};

/// A fault of one kind of request, and what must come of it.
pub(super) struct Cell<'a> {
    pub(super) kind: &'a Kind,
    pub(super) class: &'a Class,
    pub(super) often: Often,
    pub(super) expected: Expected,
}

/// What an undisturbed run with one request at a time showed.
pub(super) struct Scout {
    /// The state after it.
    pub(super) wanted: Value,
    /// For each kind, which requests it was, counted from 1.
    pub(super) turns: BTreeMap<&'static str, Vec<u64>>,
}

/// What is not as it must be.
pub(super) type Complaints = Vec<String>;

impl Cell<'_> {
    pub(super) fn name(&self) -> String {
        format!("{} × {} {:?}", self.kind.name, self.class.fault, self.often)
    }

    /// The requests that are hit, and by what.
    fn fault(&self, scout: &Scout) -> String {
        let verification = matches!(self.kind.nature, Nature::Verification);
        let (turn, which) = match (verification, self.often) {
            (false, Often::Once) => (0, "#1"),
            (false, Often::Always) => (0, ""),
            (true, Often::Once) => (1, "#2"),
            (true, Often::Always) => (1, "#2-"),
        };
        if self.class.meaning == Meaning::Refused {
            // The request before it ends its connection, and no other is to be had.
            let time = if self.often == Often::Once { "300ms" } else { "1m" };
            return format!("*#{}=refuse:{time}", scout.turns[self.kind.name][turn] - 1);
        }
        format!("{}{which}={}", self.kind.request, self.class.fault)
    }

    /// Time for the whole run: little where it is going to be used up.
    fn deadline(&self) -> u64 {
        match (self.class.meaning, self.often) {
            (Meaning::Silent { .. }, _) => 6,
            (Meaning::Refused, Often::Always) => 4,
            (Meaning::Passing { .. }, Often::Always) if !matches!(self.kind.nature, Nature::Write(_)) => 8,
            _ => 60,
        }
    }

    /// Plays it; on a machine that is too busy to get as far as the fault, once more with more time.
    pub(super) fn play(&self, scout: &Scout) -> Complaints {
        let mut deadline = self.deadline();
        loop {
            let server = Server::start(Some(&before().to_string()), &[&self.fault(scout)]);
            let folder = Folder::with_config(CONFIG);
            let started = Instant::now();
            let output = self.program(&server, &folder, deadline).run();
            let time = started.elapsed();
            let hit = server.journal().iter().any(|entry| entry["faults"].as_array().is_some_and(|faults| !faults.is_empty()));
            if !hit && deadline < 60 {
                deadline *= 3;
                continue;
            }
            let mut complaints = self.judge(&server, &output, scout);
            if !hit {
                complaints.push("the fault hit nothing".to_owned());
            }
            // Far more than a busy machine needs to end the program.
            if time > Duration::from_secs(deadline + 30) {
                complaints.push(format!("it took {} s, with a deadline of {deadline} s", time.as_secs()));
            }
            if !complaints.is_empty() {
                let stderr: Vec<&str> = output.stderr.lines().rev().take(6).collect();
                complaints.push(format!("exit {:?}; stderr, last first: {stderr:?}", output.code));
            }
            return complaints;
        }
    }

    fn program(&self, server: &Server, folder: &Folder, deadline: u64) -> Program {
        let program = apply(server, folder).args(&["--deadline", &format!("{deadline}s")]);
        let program = if self.kind.name == "projects" { program.env("RESIM_PROJECT", PROJECT_NAME) } else { program };
        // A refusal is met by whoever comes next, so only one may come at a time.
        if self.class.meaning == Meaning::Refused { program.args(&["--parallel", "1"]) } else { program }
    }

    fn judge(&self, server: &Server, output: &Output, scout: &Scout) -> Complaints {
        let mut complaints = Vec::new();
        let state = server.state();
        let code = match self.expected {
            Expected::Recovers => 0,
            Expected::ReadFails(code) => code,
            Expected::NotVerified | Expected::Fails(_) | Expected::Halts(_) => 1,
        };
        if output.code != Some(code) {
            complaints.push(format!("exit {:?}, not {code}", output.code));
        }
        match self.expected {
            Expected::ReadFails(_) => {
                if !server.writes().is_empty() || comparable(&state) != comparable(&before()) {
                    complaints.push("something was written".to_owned());
                }
                return complaints;
            }
            Expected::Recovers | Expected::NotVerified if comparable(&state) != scout.wanted => {
                complaints.push("the state is not the wanted one".to_owned());
            }
            Expected::Recovers | Expected::NotVerified | Expected::Fails(_) | Expected::Halts(_) => {}
        }
        match serde_json::from_str(&output.stdout) {
            Ok(report) => self.judge_report(&report, &state, scout, &mut complaints),
            Err(error) => complaints.push(format!("no report: {error}")),
        }
        let most = if let Meaning::Final(_) | Meaning::TooLate = self.class.meaning { 1 } else { 5 };
        complaints.extend(journal::complaints(&server.journal(), most));
        complaints.extend(complete(server, scout));
        complaints
    }

    fn judge_report(&self, report: &Value, state: &Value, scout: &Scout, complaints: &mut Complaints) {
        let outcomes = outcomes(report);
        let keys: BTreeSet<&str> = EFFECTS.iter().map(|effect| effect.key).collect();
        if outcomes.keys().map(String::as_str).collect::<BTreeSet<_>>() != keys {
            complaints.push(format!("the report is about {:?}", outcomes.keys()));
            return;
        }
        let took_effect = matches!(self.class.meaning, Meaning::Passing { took_effect: true, .. });
        complaints.extend(untrue(&outcomes, state, took_effect));
        let wanted = comparable(state) == scout.wanted;
        let verification = report["verification"]["kind"].as_str().unwrap_or_default();
        let unwritten = comparable(state) == comparable(&before());
        let must_be: &[&str] = match self.expected {
            Expected::Recovers => &["verified"],
            Expected::NotVerified => &["not-read"],
            Expected::Fails(_) if wanted => &["verified"],
            Expected::Fails(_) => &["not-converged"],
            // Where nothing was written, there is nothing to verify.
            Expected::Halts(_) if unwritten => &["not-needed", "not-read"],
            Expected::Halts(_) if self.class.meaning == Meaning::TooLate => &["not-converged"],
            // Other requests may have found out that the token is good.
            Expected::Halts(_) if self.class.meaning == Meaning::Unauthorized => &["not-converged", "not-read"],
            Expected::Halts(_) => &["not-read"],
            Expected::ReadFails(_) => &[],
        };
        if !must_be.contains(&verification) {
            complaints.push(format!("the final read says {verification}, not {must_be:?}"));
        }
        if report["succeeded"] != (self.expected == Expected::Recovers) {
            complaints.push(format!("succeeded: {}", report["succeeded"]));
        }
        complaints.extend(miscounted(report, &outcomes));
        match self.expected {
            Expected::Recovers | Expected::NotVerified => {
                complaints
                    .extend(outcomes.iter().filter(|(_, (outcome, _))| outcome != "done").map(|(key, end)| format!("{key}: {end:?}")));
            }
            Expected::Fails(ends) => self.judge_failure(&outcomes, ends, complaints),
            Expected::Halts(ends) => self.judge_halt(&outcomes, ends, complaints),
            Expected::ReadFails(_) => {}
        }
    }

    fn guilty(&self) -> &'static [&'static str] {
        match &self.kind.nature {
            Nature::Write(write) => write.effects,
            Nature::Token | Nature::One | Nature::List(_) | Nature::Verification => &[],
        }
    }

    /// The guilty ones end so, what needs them is blocked by them, and all others are done.
    fn judge_failure(&self, outcomes: &Outcomes, ends: Ends, complaints: &mut Complaints) {
        // From what is blocked to what blocks it.
        let mut stuck: BTreeMap<&str, &str> = self.guilty().iter().map(|key| (*key, *key)).collect();
        for effect in &EFFECTS {
            if let Some(by) = effect.needs.iter().find_map(|need| stuck.get(need)).copied() {
                stuck.entry(effect.key).or_insert(by);
            }
        }
        for (key, (outcome, detail)) in outcomes {
            let (must_be, words) = match stuck.get(key.as_str()) {
                Some(by) if by == key => (ends.word(), self.words()),
                Some(by) => ("blocked", format!("`{}`", by.split(' ').nth(1).unwrap_or_default())),
                None => ("done", String::new()),
            };
            if outcome != must_be || !detail.contains(&words) {
                complaints.push(format!("{key} is {outcome} ({detail}), not {must_be} ({words})"));
            }
        }
    }

    /// What the reason of a failure must name.
    fn words(&self) -> String {
        if let Meaning::Final(status) = self.class.meaning { status.to_string() } else { String::new() }
    }

    /// The guilty ones end so, and nothing of a later stage is done.
    fn judge_halt(&self, outcomes: &Outcomes, ends: Ends, complaints: &mut Complaints) {
        let stage = EFFECTS.iter().filter(|effect| self.guilty().contains(&effect.key)).map(|effect| effect.stage).max();
        for effect in &EFFECTS {
            let (outcome, detail) = &outcomes[effect.key];
            let guilty = self.guilty().contains(&effect.key);
            // One that waits for an earlier step was never sent.
            if (guilty && outcome != ends.word()) || (Some(effect.stage) > stage && outcome == "done") {
                complaints.push(format!("{} is {outcome} ({detail})", effect.key));
            }
        }
    }
}

impl Ends {
    fn word(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// How each effect ended, and why.
pub(super) type Outcomes = BTreeMap<String, (String, String)>;

/// Outcomes that are not what the server has. What is called failed may be so if the server's error came after it.
pub(super) fn untrue(outcomes: &Outcomes, state: &Value, took_effect: bool) -> Complaints {
    let known = outcomes.iter().filter(|(key, _)| EFFECTS.iter().any(|effect| effect.key == key.as_str()));
    known
        .filter_map(|(key, (outcome, detail))| {
            let there = holds(key, state);
            let agrees = match outcome.as_str() {
                "done" => there,
                "blocked" | "not-attempted" => !there,
                "failed" => !there || took_effect,
                _ => true,
            };
            (!agrees).then(|| format!("{key} is called {outcome} ({detail}), and {}", if there { "it is so" } else { "it is not so" }))
        })
        .collect()
}

pub(super) fn outcomes(report: &Value) -> Outcomes {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let actions = report["actions"].as_array().into_iter().flatten();
    actions
        .map(|action| {
            let words = [&action["write"]["kind"], &action["subject"]["name"], &action["write"]["experience"]];
            let key: Vec<&str> = words.iter().filter_map(|word| word.as_str()).collect();
            (key.join(" "), (text(&action["outcome"]), text(&action["detail"])))
        })
        .collect()
}

fn miscounted(report: &Value, outcomes: &Outcomes) -> Option<String> {
    let count = |word: &str| outcomes.values().filter(|(outcome, _)| outcome == word).count();
    let wrong = [("done", "done"), ("failed", "failed"), ("blocked", "blocked"), ("notAttempted", "not-attempted"), ("unknown", "unknown")]
        .into_iter()
        .find(|(key, word)| report["counts"][key] != count(word));
    wrong.map(|(key, word)| format!("{key} is counted {}, and is {}", report["counts"][key], count(word)))
}

/// The program, about to apply.
pub(super) fn apply(server: &Server, folder: &Folder) -> Program {
    Program::new(folder, &["apply", "--create-missing", "--format", "json", "--no-progress"]).with(server)
}

/// Undisturbed, the next run does the rest.
fn complete(server: &Server, scout: &Scout) -> Complaints {
    if comparable(&server.state()) == scout.wanted {
        return Vec::new(); // From here, a plan was found to be empty.
    }
    server.clear_faults();
    let output = apply(server, &Folder::with_config(CONFIG)).run();
    let mut complaints = Vec::new();
    if output.code != Some(0) {
        complaints.push(format!("the next run ends with {:?}: {}", output.code, output.stderr));
    }
    let state = comparable(&server.state());
    for list in ["experiences", "tags", "systems", "suites"] {
        if state[list] != scout.wanted[list] {
            complaints.push(format!("after the next run, {list} are {:#}", state[list]));
        }
    }
    complaints
}
