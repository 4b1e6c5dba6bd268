//! The kinds of requests, with what the rules need to know of each.

use super::scenario::{NEW, OLD};

/// A kind of request.
pub(super) struct Kind {
    pub(super) name: &'static str,
    /// The request, in the grammar of faults.
    pub(super) request: &'static str,
    pub(super) nature: Nature,
}

pub(super) enum Nature {
    /// The token of the run.
    Token,
    /// The project alone.
    One,
    List(List),
    /// The same list once more, after the writes.
    Verification,
    Write(Write),
}

/// What a page of a list tells.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum List {
    /// Asked for in large pages, with a total.
    Large,
    /// With a total.
    Counted,
    /// Rows alone: as the API describes it, a page without rows may lack their key. What the config names is then
    /// unknown, which ends the run with this exit code.
    Plain { unknown: i32 },
}

pub(super) struct Write {
    /// What it brings about.
    pub(super) effects: &'static [&'static str],
    /// Whether twice makes two, so that a lost answer is looked into.
    pub(super) once: bool,
    /// Whether its answer holds anything that is read.
    pub(super) answer: Body,
    /// Whether it is about several pairs, and is taken apart if it is refused.
    pub(super) bulk: bool,
}

/// The body of a success.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Read,
    /// There may be one, and it says nothing.
    Ignored,
    /// The status says that there is none.
    None,
}

/// Every kind of request that an apply sends, lookups apart.
pub(super) fn kinds() -> Vec<Kind> {
    let kind = |name, request, nature| Kind { name, request, nature };
    let list = |name, request, list| kind(name, request, Nature::List(list));
    let write = |name, request, effects: &'static [&'static str], once, answer| {
        kind(name, request, Nature::Write(Write { effects, once, answer, bulk: effects.len() > 1 }))
    };
    vec![
        kind("token", "POST oauth/token", Nature::Token),
        kind("project", "GET projects/*", Nature::One),
        list("projects", "GET projects", List::Plain { unknown: 1 }),
        list("experiences", "GET experiences?archived=false", List::Large),
        list("archived experiences", "GET experiences?archived=true", List::Large),
        list("tags", "GET experienceTags", List::Plain { unknown: 3 }),
        list("systems", "GET systems", List::Plain { unknown: 3 }),
        list("suites", "GET suites?archived=false", List::Counted),
        list("archived suites", "GET suites?archived=true", List::Counted),
        list("members of a tag", leak(format!("GET experienceTags/{OLD}/experiences?archived=false")), List::Counted),
        list("members of a system", "GET systems/*/experiences?archived=false", List::Counted),
        kind("final read", "GET experiences?archived=false", Nature::Verification),
        write("create a tag", "POST experienceTags", &["create-tag fresh"], true, Body::Read),
        write("create", "POST experiences", &["create n"], true, Body::Read),
        write("update", "PATCH experiences/*", &["update a"], false, Body::Read),
        write("restore", "POST experiences/*/restore", &["restore c"], false, Body::None),
        write("archive", "POST experiences/archive", &["archive d", "archive g"], false, Body::Read),
        write("tag", leak(format!("POST experienceTags/addExperiences~{NEW}")), &["add-tag new c", "add-tag new e"], false, Body::Ignored),
        write("untag", "DELETE experienceTags/*/experiences/*", &["remove-tag old b"], false, Body::None),
        write("add to a system", "POST systems/addExperiences", &["register sys e", "register sys f"], false, Body::Ignored),
        write("create a suite", "POST suites", &["create-suite N"], true, Body::Read),
        write("restore a suite", "POST suites/*/restore", &["restore-suite R"], true, Body::None),
        write("revise a suite", "PATCH suites/*", &["revise-suite S"], true, Body::Read),
    ]
}

/// The table is made once for the whole test.
fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}
