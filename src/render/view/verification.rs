//! What the read after the writes said, for display.

use super::report::{SubjectView, subject_view};
use super::{FieldDiff, HIDDEN, Place, PlanView, ShowValues, Shown, VariableDiff};
use crate::apply::{Residue, Subject, Verification};
use crate::diagnostics::Diagnostic;
use crate::render::sentence::Sentence;
use crate::secrets::without_secrets;
use crate::source::Sources;

/// What the second read said, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VerificationKind {
    /// Nothing was written.
    NotNeeded,
    /// A second plan is empty.
    Verified,
    /// A second plan is not empty.
    NotConverged,
    /// The config no longer fits ReSim.
    NoLongerValid,
    /// The second read failed or was not tried.
    NotRead,
}

impl VerificationKind {
    /// The word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotNeeded => "not-needed",
            Self::Verified => "verified",
            Self::NotConverged => "not-converged",
            Self::NoLongerValid => "no-longer-valid",
            Self::NotRead => "not-read",
        }
    }
}

/// What the second read said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationView {
    /// In one word.
    pub kind: VerificationKind,
    /// In one sentence.
    pub sentence: Sentence,
    /// What is still to do, where the second plan is not empty.
    pub left: Option<Box<PlanView>>,
    /// What was written and is not so.
    pub residues: Vec<ResidueView>,
    /// Why the config no longer fits, or why nothing was read; untrusted.
    pub reasons: Vec<String>,
}

/// A difference that is still there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResidueView {
    /// What it is about.
    pub subject: SubjectView,
    /// The field, by JSON name, or what else is left.
    pub what: String,
    /// What was sent, if anything was; untrusted.
    pub sent: Option<String>,
    /// What came back; untrusted.
    pub returned: String,
    /// Whether others changed it in the meantime.
    pub by_others: bool,
}

pub(super) fn verification_view(verification: &Verification, sources: &Sources, show: ShowValues) -> VerificationView {
    let view = |kind, sentence| VerificationView { kind, sentence, left: None, residues: Vec::new(), reasons: Vec::new() };
    match verification {
        Verification::NotNeeded => view(VerificationKind::NotNeeded, Sentence::new("Nothing was written.")),
        Verification::Verified => view(VerificationKind::Verified, Sentence::new("Verified: ReSim was read again and matches the config.")),
        Verification::NotConverged { left, residues } => {
            let left = PlanView::new(left, &crate::plan::digest(left), sources, show);
            let sentence = Sentence::new("Not converged: ReSim was read again and still differs from the config (")
                .text(left.count_groups().join(" · "))
                .text(").");
            VerificationView {
                residues: residues.iter().map(|residue| residue_view(residue, &left, show)).collect(),
                left: Some(Box::new(left)),
                ..view(VerificationKind::NotConverged, sentence)
            }
        }
        Verification::NoLongerValid(diagnostics) => VerificationView {
            reasons: diagnostics.sorted().into_iter().map(|diagnostic| reason(diagnostic, sources)).collect(),
            ..view(VerificationKind::NoLongerValid, Sentence::new("Not verified: ReSim was read again and the config no longer fits it."))
        },
        Verification::NotRead(why) => VerificationView {
            reasons: vec![message(why, show)],
            ..view(VerificationKind::NotRead, Sentence::new("Not verified: ReSim was not read again after the writes."))
        },
    }
}

fn reason(diagnostic: &Diagnostic, sources: &Sources) -> String {
    match diagnostic.labels.first() {
        Some(label) => {
            let Place { path, line } = Place::new(sources, label.origin);
            format!("{path}:{line}: {}", diagnostic.message)
        }
        None => diagnostic.message.clone(),
    }
}

pub(super) fn residue_view(residue: &Residue, left: &PlanView, show: ShowValues) -> ResidueView {
    let Residue { subject, what, sent, returned, by_others } = residue;
    let (sent, returned) = if show != ShowValues::All && what == "environmentVariables" {
        // A text of them does not tell which name a value belongs to; the second plan does.
        let variables = |side: fn(&VariableDiff) -> &Option<Shown>| variables(subject, left, side);
        (sent.as_ref().map(|_| variables(|variable| &variable.after)), variables(|variable| &variable.before))
    } else {
        (sent.as_ref().map(|sent| message(sent, show)), message(returned, show))
    };
    ResidueView { subject: subject_view(subject), what: what.clone(), sent, returned, by_others: *by_others }
}

/// One side of the variables that still differ, as far as they may be shown.
fn variables(subject: &Subject, left: &PlanView, side: fn(&VariableDiff) -> &Option<Shown>) -> String {
    let SubjectView { kind: _, name, id } = subject_view(subject);
    let row = left.experiences.iter().find(|row| row.name == name && row.id == id);
    let diff = row.and_then(|row| {
        row.fields.iter().find_map(|field| match &field.diff {
            FieldDiff::Variables { changed, kept: _ } => Some(changed),
            FieldDiff::Scalar { .. } | FieldDiff::Set { .. } | FieldDiff::CustomFields { .. } => None,
        })
    });
    let Some(changed) = diff else { return HIDDEN.to_owned() };
    let shown = changed.iter().filter_map(|variable| Some(format!("{}={}", variable.name, side(variable).as_ref()?.to_text())));
    let shown: Vec<String> = shown.collect();
    if shown.is_empty() { "none of those that differ".to_owned() } else { shown.join(", ") }
}

/// A message of a server or of this program, with secret-looking words hidden.
pub(super) fn message(text: &str, show: ShowValues) -> String {
    match show {
        ShowValues::All => text.to_owned(),
        ShowValues::Safe | ShowValues::None => without_secrets(text).into_owned(),
    }
}
