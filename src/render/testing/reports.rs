//! Whole reports.

use super::*;

pub(crate) fn action(subject: Subject, write: Write, outcome: Outcome) -> Action {
    Action { subject, write, outcome, origin: Some(at(14)) }
}

/// A report on which everything was done.
pub(crate) fn done() -> Report {
    let experience = |text: &str, number: u128| Subject::Experience(name(text), Some(id(number)));
    Report {
        project: empty().project,
        digest: DIGEST.to_owned(),
        actions: vec![
            action(experience("ridge-wind-07", 4), Write::Restore, Outcome::Done),
            action(
                experience("scenario-survey-alpha", 3),
                Write::Update { renamed_from: Some(name("survey-a")), fields: vec!["name", "containerTimeoutSeconds"] },
                Outcome::Done,
            ),
            action(experience("a", 7), Write::Park { parking: name("a~3f2a0000") }, Outcome::Done),
            action(
                experience("planner-smoke", 6),
                Write::Update { renamed_from: None, fields: vec!["locations", "profile"] },
                Outcome::Done,
            ),
            action(experience("canyon-01", 8), Write::Create { tags: 2, systems: 1 }, Outcome::Done),
            action(Subject::Tag(TagName::new("progression")), Write::CreateTag, Outcome::Done),
            action(Subject::Tag(TagName::new("regression")), Write::AddTag(name("planner-long")), Outcome::Done),
            action(Subject::Tag(TagName::new("regression")), Write::AddTag(name("planner-smoke")), Outcome::Done),
            action(Subject::Tag(TagName::new("regression")), Write::RemoveTag(name("survey-beta")), Outcome::Done),
            action(Subject::System(SystemName::new("hil-rig-2")), Write::Register(name("planner-long")), Outcome::Done),
            action(Subject::Suite(SuiteName::new("Canyon Suite")), Write::CreateSuite { members: 1 }, Outcome::Done),
            action(Subject::Suite(SuiteName::new("Old Suite")), Write::RestoreSuite, Outcome::Done),
            action(Subject::Suite(SuiteName::new("Basic Suite")), Write::ReviseSuite { members: 25 }, Outcome::Done),
            Action { origin: None, ..action(experience("legacy-hover-01", 1), Write::Archive, Outcome::Done) },
        ],
        meanwhile: Vec::new(),
        verification: Verification::Verified,
        interrupted: None,
        requests: 31,
        retries: 1,
        earlier: Vec::new(),
    }
}

/// A report with an outcome of every kind, and differences left.
pub(crate) fn partly_done() -> Report {
    let experience = |text: &str, number: u128| Subject::Experience(name(text), Some(id(number)));
    let mut actions = done().actions;
    actions.truncate(2);
    actions.extend([
        action(
            Subject::Experience(name("canyon-02"), None),
            Write::Create { tags: 1, systems: 0 },
            Outcome::Failed("POST …/experiences: 422 Unprocessable Entity: location s3://u:hunter2@h not reachable".to_owned()),
        ),
        action(
            Subject::Suite(SuiteName::new("Basic Suite")),
            Write::ReviseSuite { members: 25 },
            Outcome::Blocked { by: "create experience canyon-02".to_owned() },
        ),
        action(
            experience("planner-smoke", 6),
            Write::Update { renamed_from: None, fields: vec!["profile"] },
            Outcome::Unknown("PATCH …/experiences/3f2a: connection reset".to_owned()),
        ),
        action(experience("legacy-hover-01", 1), Write::Archive, Outcome::NotAttempted),
    ]);
    Report {
        actions,
        meanwhile: vec![
            ForeignChange { subject: experience("planner-smoke", 6), what: ForeignChangeKind::Field("description") },
            ForeignChange {
                subject: Subject::Suite(SuiteName::new("Basic Suite")),
                what: ForeignChangeKind::Revision { read: 12, answered: 14 },
            },
        ],
        verification: Verification::NotRead("GET …/experiences: 503 Service Unavailable".to_owned()),
        ..done()
    }
}

/// Residues of every kind.
pub(crate) fn residues() -> Vec<Residue> {
    let subject = || Subject::Experience(name("planner-long"), Some(id(5)));
    let residue = |what: &str, sent: Option<&str>, returned: &str, by_others: bool| Residue {
        subject: subject(),
        what: what.to_owned(),
        sent: sent.map(ToOwned::to_owned),
        returned: returned.to_owned(),
        by_others,
    };
    vec![
        residue("profile", Some("full_stack"), "planner", false),
        residue("environmentVariables", Some("API_TOKEN=hunter2"), "API_TOKEN=hunter1", false),
        residue("description", None, "Other", true),
    ]
}
