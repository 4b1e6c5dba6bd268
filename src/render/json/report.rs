//! `report/v1`: `schemas/report-v1.schema.json`.

use serde::Serialize;

use super::{PlaceJson, PlanJson, ProjectJson};
use crate::apply::{EarlierRun, EarlierWrite, ForeignChangeKind, Interrupt, Write};
use crate::render::view::{ActionRow, ForeignView, OutcomeCounts, OutcomeKind, ReportView, ResidueView, SubjectView, VerificationView};

/// The value of `formatVersion`.
pub const REPORT_FORMAT: &str = "report/v1";

/// What an apply did.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportJson<'a> {
    format_version: &'static str,
    project: ProjectJson<'a>,
    digest: &'a str,
    succeeded: bool,
    counts: CountsJson,
    actions: Vec<ActionJson<'a>>,
    meanwhile: Vec<ForeignJson<'a>>,
    verification: VerificationJson<'a>,
    interrupted: Option<&'static str>,
    requests: u64,
    retries: u64,
    earlier: Vec<EarlierJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CountsJson {
    done: usize,
    failed: usize,
    blocked: usize,
    not_attempted: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct SubjectJson<'a> {
    kind: &'static str,
    name: &'a str,
    id: Option<&'a str>,
}

#[derive(Serialize)]
struct ActionJson<'a> {
    subject: SubjectJson<'a>,
    write: WriteJson<'a>,
    outcome: &'static str,
    detail: Option<&'a str>,
    place: Option<PlaceJson<'a>>,
}

/// What does not belong to a kind of write is null.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct WriteJson<'a> {
    kind: &'static str,
    sentence: String,
    experience: Option<&'a str>,
    renamed_from: Option<&'a str>,
    parking: Option<&'a str>,
    fields: Option<&'a [&'static str]>,
    tags: Option<usize>,
    systems: Option<usize>,
    members: Option<usize>,
}

#[derive(Serialize)]
struct ForeignJson<'a> {
    subject: SubjectJson<'a>,
    sentence: String,
    field: Option<&'static str>,
    revision: Option<RevisionJson>,
}

#[derive(Serialize)]
struct RevisionJson {
    read: i64,
    answered: i64,
}

#[derive(Serialize)]
struct VerificationJson<'a> {
    kind: &'static str,
    sentence: String,
    reasons: &'a [String],
    residues: Vec<ResidueJson<'a>>,
    left: Option<PlanJson<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResidueJson<'a> {
    subject: SubjectJson<'a>,
    what: &'a str,
    sent: Option<&'a str>,
    returned: &'a str,
    by_others: bool,
}

#[derive(Serialize)]
struct EarlierJson<'a> {
    at: &'a str,
    digest: &'a str,
    finished: bool,
    writes: Vec<EarlierWriteJson<'a>>,
}

#[derive(Serialize)]
struct EarlierWriteJson<'a> {
    write: u64,
    operation: &'a str,
    things: &'a [String],
    on: &'a [String],
    outcome: &'static str,
}

impl<'a> ReportJson<'a> {
    /// The public form of a view.
    pub fn new(view: &'a ReportView) -> Self {
        let ReportView { project, digest, succeeded, counts, actions, meanwhile, verification, interrupted, requests, retries, earlier } =
            view;
        let OutcomeCounts { done, failed, blocked, not_attempted, unknown } = *counts;
        Self {
            format_version: REPORT_FORMAT,
            project: ProjectJson::new(project),
            digest,
            succeeded: *succeeded,
            counts: CountsJson { done, failed, blocked, not_attempted, unknown },
            actions: actions.iter().map(action_json).collect(),
            meanwhile: meanwhile.iter().map(foreign_json).collect(),
            verification: verification_json(verification),
            interrupted: interrupted.map(|signal| match signal {
                Interrupt::Int => "SIGINT",
                Interrupt::Term => "SIGTERM",
            }),
            requests: *requests,
            retries: *retries,
            earlier: earlier.iter().map(earlier_json).collect(),
        }
    }
}

fn earlier_json(run: &EarlierRun) -> EarlierJson<'_> {
    let EarlierRun { at, digest, finished, writes } = run;
    EarlierJson { at, digest, finished: *finished, writes: writes.iter().map(earlier_write_json).collect() }
}

fn earlier_write_json(write: &EarlierWrite) -> EarlierWriteJson<'_> {
    let EarlierWrite { number, operation, things, on, end } = write;
    EarlierWriteJson { write: *number, operation, things, on, outcome: end.as_str() }
}

fn subject_json(subject: &SubjectView) -> SubjectJson<'_> {
    let SubjectView { kind, name, id } = subject;
    SubjectJson { kind: kind.as_str(), name, id: id.as_deref() }
}

fn action_json(row: &ActionRow) -> ActionJson<'_> {
    let ActionRow { subject, write, what, experience, data, outcome, detail, place } = row;
    let mut json = WriteJson { kind: write.as_str(), sentence: what.plain(), experience: experience.as_deref(), ..WriteJson::default() };
    match data {
        Write::Restore
        | Write::Archive
        | Write::CreateTag
        | Write::AddTag(_)
        | Write::RemoveTag(_)
        | Write::Register(_)
        | Write::RestoreSuite => {}
        Write::Park { parking } => json.parking = Some(parking.as_str()),
        Write::Update { renamed_from, fields } => {
            json.renamed_from = renamed_from.as_ref().map(|name| name.as_str());
            json.fields = Some(fields);
        }
        Write::Create { tags, systems } => {
            json.tags = Some(*tags);
            json.systems = Some(*systems);
        }
        Write::CreateSuite { members } | Write::ReviseSuite { members } => json.members = Some(*members),
    }
    let outcome = match outcome {
        OutcomeKind::NotAttempted => "not-attempted",
        OutcomeKind::Failed | OutcomeKind::Unknown | OutcomeKind::Blocked | OutcomeKind::Done => outcome.as_str(),
    };
    ActionJson {
        subject: subject_json(subject),
        write: json,
        outcome,
        detail: detail.as_deref(),
        place: place.as_ref().map(PlaceJson::new),
    }
}

fn foreign_json(change: &ForeignView) -> ForeignJson<'_> {
    let ForeignView { subject, sentence, what } = change;
    let (field, revision) = match what {
        ForeignChangeKind::Field(field) => (Some(*field), None),
        ForeignChangeKind::Revision { read, answered } => (None, Some(RevisionJson { read: *read, answered: *answered })),
    };
    ForeignJson { subject: subject_json(subject), sentence: sentence.plain(), field, revision }
}

fn verification_json(verification: &VerificationView) -> VerificationJson<'_> {
    let VerificationView { kind, sentence, left, residues, reasons } = verification;
    VerificationJson {
        kind: kind.as_str(),
        sentence: sentence.plain(),
        reasons,
        residues: residues.iter().map(residue_json).collect(),
        left: left.as_deref().map(PlanJson::new),
    }
}

fn residue_json(residue: &ResidueView) -> ResidueJson<'_> {
    let ResidueView { subject, what, sent, returned, by_others } = residue;
    ResidueJson { subject: subject_json(subject), what, sent: sent.as_deref(), returned, by_others: *by_others }
}
