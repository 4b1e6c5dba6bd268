//! The classes of faults, with what the rules need to know of each.

/// A class of faults.
pub(super) struct Class {
    /// As the grammar of faults has it; also its name.
    pub(super) fault: &'static str,
    pub(super) meaning: Meaning,
    /// Whether another class stands for it where a read meets it for good.
    pub(super) variant: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Slow, or oddly labelled, but an answer.
    Harmless,
    /// May pass by itself.
    Passing { took_effect: bool, answered: Answered },
    /// No connection for what comes next.
    Refused,
    /// Nothing comes for as long as anybody waits.
    Silent { cuts_body: bool },
    /// To be asked again when the run is long over.
    TooLate,
    /// The token is not taken.
    Unauthorized,
    /// A refusal of what the request says.
    Final(u16),
    /// A success that cannot be understood.
    Unreadable,
    /// A page without its rows.
    NoArray,
    /// A page that leads to itself.
    RepeatToken,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Answered {
    /// With 429: certainly not done.
    Busy,
    /// With an error of the server.
    Error,
    /// Not at all.
    Not,
    /// With the beginning of a body.
    Half,
}

/// Every class of faults.
pub(super) fn classes() -> Vec<Class> {
    use Answered::{Busy, Error, Half, Not};
    use Meaning::*;
    let class = |fault, meaning| Class { fault, meaning, variant: false };
    let passing = |fault, took_effect, answered| class(fault, Passing { took_effect, answered });
    let variant = |fault, took_effect, answered| Class { variant: true, ..passing(fault, took_effect, answered) };
    vec![
        class("slow:300ms", Harmless),
        class("content-type:text/html", Harmless),
        passing("429", false, Busy),
        variant("429:1", false, Busy),
        passing("503", false, Error),
        variant("502:html", false, Error),
        variant("500:after", true, Error),
        passing("cut-before", false, Not),
        variant("cut-after", true, Not),
        variant("truncate", true, Half),
        class("refused", Refused),
        class("hang-after", Silent { cuts_body: false }),
        class("stall", Silent { cuts_body: true }),
        class("429:3600", TooLate),
        class("401", Unauthorized),
        class("expire-token", Unauthorized),
        class("400", Final(400)),
        class("403", Final(403)),
        class("404", Final(404)),
        class("409", Final(409)),
        class("422", Final(422)),
        class("body:<html>Sign in</html>", Unreadable),
        class("no-array", NoArray),
        class("repeat-token", RepeatToken),
    ]
}
