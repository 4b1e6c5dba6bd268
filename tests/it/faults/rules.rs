//! What must come of a fault: nothing here is looked up in the program.
//!
//! - What may pass is sent again, five times at most; nothing else is.
//! - A creation or a suite's revision is looked for before it is sent again, so that a lost answer costs nothing.
//! - A lost answer that nobody looks into is `unknown`; an error of the server, or a refusal, is `failed`.
//! - One failed page fails the read, and then nothing is written.
//! - A list that contradicts itself is read once more.
//! - A refused bulk request is taken apart, so that one refusal alone costs nothing.
//! - One failure stops nothing but what needs it; a refused token or the deadline stops everything after it.

use super::classes::{Answered, Class, Meaning};
use super::kinds::{Body, Kind, List, Nature, Write};

/// What must come of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expected {
    /// Everything is done and verified, exit 0.
    Recovers,
    /// Nothing is written; the exit code.
    ReadFails(i32),
    /// Everything is done, and nobody knows it, exit 1.
    NotVerified,
    /// The effects of the request end so, what needs them is blocked, all others are done; exit 1.
    Fails(Ends),
    /// The effects of the request end so, and what comes later is not attempted; exit 1.
    Halts(Ends),
}

/// How an effect ends that is not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ends {
    Failed,
    Unknown,
}

/// How often a fault hits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Often {
    Once,
    Always,
}

/// What must come of this fault; `None` where there is no such thing.
pub(super) fn expected(kind: &Kind, class: &Class, often: Often) -> Option<Expected> {
    match &kind.nature {
        Nature::Token => token(class, often),
        Nature::One => one(class.meaning, often),
        Nature::List(shape) => list(*shape, class.meaning, often),
        Nature::Verification => list(List::Large, class.meaning, often).map(|expected| match expected {
            Expected::ReadFails(_) => Expected::NotVerified,
            Expected::Recovers | Expected::NotVerified | Expected::Fails(_) | Expected::Halts(_) => expected,
        }),
        Nature::Write(request) => write(request, class.meaning, often),
    }
}

fn token(class: &Class, often: Often) -> Option<Expected> {
    match class.meaning {
        // Nothing comes before it, and it carries no token.
        Meaning::Refused | Meaning::NoArray | Meaning::RepeatToken => None,
        Meaning::Unauthorized if class.fault == "expire-token" => None,
        // A token that is refused when it is asked for is refused.
        Meaning::Unauthorized => Some(Expected::ReadFails(1)),
        Meaning::Harmless
        | Meaning::Passing { .. }
        | Meaning::Silent { .. }
        | Meaning::TooLate
        | Meaning::Final(_)
        | Meaning::Unreadable => one(class.meaning, often),
    }
}

/// Any request that reads one thing.
fn one(meaning: Meaning, often: Often) -> Option<Expected> {
    match (meaning, often) {
        (Meaning::NoArray | Meaning::RepeatToken, _) => None,
        (Meaning::Harmless, _) => Some(Expected::Recovers),
        (Meaning::Passing { .. } | Meaning::Refused | Meaning::Unauthorized, Often::Once) => Some(Expected::Recovers),
        (
            Meaning::Passing { .. }
            | Meaning::Refused
            | Meaning::Unauthorized
            | Meaning::Silent { .. }
            | Meaning::TooLate
            | Meaning::Final(_)
            | Meaning::Unreadable,
            _,
        ) => Some(Expected::ReadFails(1)),
    }
}

fn list(shape: List, meaning: Meaning, often: Often) -> Option<Expected> {
    if let (List::Plain { unknown }, Meaning::NoArray) = (shape, meaning) {
        return Some(Expected::ReadFails(unknown));
    }
    match (meaning, often) {
        // The size of the page may be what it refuses; a smaller one is asked for.
        (Meaning::Final(400 | 422), Often::Once) if shape == List::Large => Some(Expected::Recovers),
        (Meaning::NoArray | Meaning::RepeatToken, Often::Once) => Some(Expected::Recovers),
        (Meaning::NoArray | Meaning::RepeatToken, Often::Always) => Some(Expected::ReadFails(1)),
        (
            Meaning::Harmless
            | Meaning::Passing { .. }
            | Meaning::Refused
            | Meaning::Silent { .. }
            | Meaning::TooLate
            | Meaning::Unauthorized
            | Meaning::Final(_)
            | Meaning::Unreadable,
            _,
        ) => one(meaning, often),
    }
}

fn write(request: &Write, meaning: Meaning, often: Often) -> Option<Expected> {
    let Write { effects: _, once, answer, bulk } = *request;
    // A body that is not there can be neither cut nor held back.
    let cuts_body = matches!(meaning, Meaning::Passing { answered: Answered::Half, .. } | Meaning::Silent { cuts_body: true });
    if cuts_body && answer == Body::None {
        return Some(Expected::Recovers);
    }
    match (meaning, often) {
        (Meaning::NoArray | Meaning::RepeatToken, _) => None,
        (Meaning::Harmless, _) => Some(Expected::Recovers),
        (Meaning::Passing { .. } | Meaning::Refused | Meaning::Unauthorized, Often::Once) => Some(Expected::Recovers),
        (Meaning::Passing { took_effect: true, answered: _ }, Often::Always) if once => Some(Expected::Recovers),
        (Meaning::Passing { took_effect: _, answered }, Often::Always) => Some(Expected::Fails(match answered {
            Answered::Busy | Answered::Error => Ends::Failed,
            // It was looked for after each attempt, and is not there.
            Answered::Not | Answered::Half if once => Ends::Failed,
            Answered::Not | Answered::Half => Ends::Unknown,
        })),
        (Meaning::Refused | Meaning::Unauthorized, Often::Always) | (Meaning::TooLate, _) => Some(Expected::Halts(Ends::Failed)),
        (Meaning::Silent { .. }, _) => Some(Expected::Halts(Ends::Unknown)),
        (Meaning::Final(400 | 404 | 409), Often::Once) if bulk => Some(Expected::Recovers),
        (Meaning::Final(_), _) => Some(Expected::Fails(Ends::Failed)),
        (Meaning::Unreadable, _) if once || answer != Body::Read => Some(Expected::Recovers),
        (Meaning::Unreadable, _) => Some(Expected::Fails(Ends::Unknown)),
    }
}
