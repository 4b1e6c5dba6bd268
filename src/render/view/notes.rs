//! The sentences of a plan: notes, refusal, counts. Every renderer takes them from here.

use super::{Place, PlanView, ShowValues, fields};
use crate::plan::{ArchiveReason, Counts, ExceededLimit, Note, Percent, Refusal};
use crate::render::sentence::{Sentence, count, plural, thousands};
use crate::source::Sources;

/// So many names are enough in one sentence.
const MOST_NAMES: usize = 10;

/// What the reader should know beside the changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoteView {
    /// How much it matters.
    pub weight: NoteWeight,
    /// A stable word for programs, such as `looks-like-rename`.
    pub kind: &'static str,
    /// What there is to know.
    pub sentence: Sentence,
    /// What to do about it, where there is something.
    pub help: Option<Sentence>,
    /// Where in the config.
    pub place: Option<Place>,
    /// The note as data, without values that look secret.
    pub data: Note,
}

/// How much a note matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteWeight {
    /// Probably not what was meant, or somebody else is affected.
    Warning,
    /// For information.
    Information,
}

/// The guard's answer, for display.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusalView {
    /// Number and limit.
    pub sentence: Sentence,
    /// The ways on, one a line.
    pub ways: Vec<Sentence>,
    /// How many experiences the plan archives.
    pub archives: usize,
    /// How many are live.
    pub live: usize,
    /// What was exceeded.
    pub limit: ExceededLimit,
    /// The experiences that would be archived, by name.
    pub experiences: Vec<String>,
}

impl NoteView {
    pub(super) fn new(note: &Note, sources: &Sources, show: ShowValues) -> Self {
        let mut view =
            Self { weight: NoteWeight::Information, kind: "", sentence: Sentence::default(), help: None, place: None, data: note.clone() };
        match note {
            Note::LooksLikeRename { archived, id, created, origin } => {
                view.weight = NoteWeight::Warning;
                view.kind = "looks-like-rename";
                view.sentence = Sentence::new("Archiving ").code(archived).text(" and creating ").code(created);
                view.sentence = view.sentence.text(" looks like a rename: they have the same locations.");
                view.help = Some(
                    Sentence::new("To rename it and keep its history, add ").code(format!("experienceID: {id}")).text(" to the entry."),
                );
                view.place = Some(Place::new(sources, *origin));
            }
            Note::UnmanagedSuiteLoses { suite, experiences, becomes_empty } => {
                view.weight = NoteWeight::Warning;
                view.kind = "unmanaged-suite-loses";
                let them = count(experiences.len(), "archived experience");
                view.sentence = Sentence::new("The suite ").code(suite).text(format!(", which the config does not manage, loses {them}: "));
                view.sentence = view.sentence.codes(experiences.iter(), MOST_NAMES);
                view.sentence = view.sentence.text(if *becomes_empty { "; it will be empty." } else { "." });
            }
            Note::SuiteBecomesEmpty { suite } => {
                view.weight = NoteWeight::Warning;
                view.kind = "suite-becomes-empty";
                view.sentence = Sentence::new("The suite ").code(suite).text(" will have no experiences.");
            }
            Note::LocationOrder { experience } => {
                view.kind = "location-order";
                view.sentence =
                    Sentence::new("The locations of ").code(experience).text(" differ in their order alone, which changes nothing.");
            }
            Note::NothingToArchive { experience, origin } => {
                view.kind = "nothing-to-archive";
                view.sentence = Sentence::new("The entry ").code(experience).text(" is marked ").code("archived: true");
                view.sentence = view.sentence.text(", and ReSim has no such experience.");
                view.place = Some(Place::new(sources, *origin));
            }
            Note::AmbiguousArchived { experience, restored, others } => {
                view.weight = NoteWeight::Warning;
                view.kind = "ambiguous-archived";
                view.sentence = Sentence::new("Several archived experiences are named ").code(experience).text(": ");
                view.sentence =
                    view.sentence.code(restored).text(", the last updated, is restored; not ").codes(others.iter(), MOST_NAMES).text(".");
                view.help = Some(Sentence::new("To restore another one, add its ").code("experienceID").text(" to the entry."));
            }
            Note::SuiteDiffers { suite, field, current, desired } => {
                view.kind = "suite-differs";
                let (current, desired) = (fields::text(current, show).to_text(), fields::text(desired, show).to_text());
                view.sentence = Sentence::new("The suite ").code(suite).text(format!(" has the {field} "));
                view.sentence = quoted(quoted(view.sentence, &current).text(", the config says "), &desired);
                view.sentence = view.sentence.text("; an existing suite keeps its own.");
                view.data = Note::SuiteDiffers { suite: suite.clone(), field, current, desired };
            }
        }
        view
    }
}

/// An empty text can't be shown as code.
fn quoted(sentence: Sentence, text: &str) -> Sentence {
    if text.is_empty() { sentence.text("(empty)") } else { sentence.code(text) }
}

impl RefusalView {
    pub(super) fn new(refusal: &Refusal, experiences: Vec<String>) -> Self {
        let Refusal { archives, live, limit } = refusal;
        let sentence = exceeds(refusal);
        let mut ways = Vec::new();
        if !matches!(limit, ExceededLimit::NothingLeft) {
            ways.push(Sentence::new("Permit as many for one run: ").code(format!("--max-archive {archives}")));
        }
        ways.push(Sentence::new("Lift the guard for one run: ").code("--force"));
        let line = format!("ReSim-Allow-Archive: {archives}");
        ways.push(Sentence::new("In GitHub, permit it for one pull request, by a line in its description: ").code(line));
        Self { sentence, ways, archives: *archives, live: *live, limit: limit.clone(), experiences }
    }
}

/// Which limit is exceeded, and by how much.
pub(super) fn exceeds(refusal: &Refusal) -> Sentence {
    let Refusal { archives, live, limit } = refusal;
    match limit {
        ExceededLimit::Number(most) => Sentence::new(format!(
            "This plan archives {} of {}, more than {most}, the limit of ",
            thousands(*archives),
            count(*live, "live experience")
        ))
        .code("--max-archive")
        .text("."),
        ExceededLimit::Percent(most) => Sentence::new(format!(
            "This plan archives {} of {}, more than {} %, the limit of ",
            thousands(*archives),
            count(*live, "live experience"),
            percent(*most)
        ))
        .code("--max-archive")
        .text("."),
        ExceededLimit::NothingLeft => {
            Sentence::new(format!("This plan leaves no live experience: it archives {} of {}.", thousands(*archives), thousands(*live)))
        }
    }
}

/// A percentage as its user wrote it, without the sign.
pub fn percent(percent: Percent) -> String {
    let Percent { numerator, scale } = percent;
    let scale = usize::try_from(scale).unwrap_or(usize::MAX);
    let digits = numerator.to_string();
    if scale == 0 {
        return digits;
    }
    let digits = if digits.len() > scale { digits } else { "0".repeat((scale + 1).saturating_sub(digits.len())) + &digits };
    let (whole, decimals) = digits.split_at(digits.len() - scale);
    format!("{whole}.{decimals}")
}

/// Why an experience is archived, in words for a row.
pub fn archive_reason(reason: ArchiveReason) -> &'static str {
    match reason {
        ArchiveReason::Unlisted => "not in the config",
        ArchiveReason::Requested => "archived: true in the config",
    }
}

pub(super) fn count_groups(counts: &Counts) -> Vec<String> {
    let Counts { creates, updates, renames, restores, archives, tags_added, tags_removed, tags_created, systems_added, suites } = counts;
    let some = |number: &usize, words: String| (*number > 0).then_some(words);
    let action = |number: &usize, noun: &str| some(number, count(*number, noun));
    let many = |number: &usize, noun: &str, what: &str| some(number, format!("{} {what}", count(*number, noun)));
    let groups = [
        vec![
            action(archives, "archive"),
            action(renames, "rename"),
            action(restores, "restore"),
            action(updates, "update"),
            action(creates, "create"),
        ],
        vec![many(tags_removed, "tag", "removed"), many(tags_added, "tag", "added"), many(tags_created, "tag", "created")],
        vec![many(systems_added, "system", "added")],
        vec![some(suites, format!("{} {}", thousands(*suites), plural(*suites, "suite") + " changed"))],
    ];
    groups.into_iter().map(|group| group.into_iter().flatten().collect::<Vec<_>>().join(", ")).filter(|group| !group.is_empty()).collect()
}

pub(super) fn headline(view: &PlanView) -> Sentence {
    let unchanged = format!("{} unchanged", thousands(view.unchanged));
    if view.is_empty() {
        return Sentence::new(format!("No changes. ReSim matches the config: {}.", count(view.unchanged, "experience") + " unchanged"));
    }
    let mut groups = count_groups(&view.counts);
    groups.push(unchanged);
    Sentence::new(groups.join(" · ")).text(".")
}
