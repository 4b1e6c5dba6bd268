//! The grammar of faults and switches, for people.

use std::fmt::Write as _;

use crate::faults::KINDS;
use crate::switches::SWITCHES;

const GRAMMAR: &str = "\
A specification is a switch or a fault; several stand on lines of their own.

SWITCH  NAME=VALUE
FAULT   [METHOD ]PATH[?QUERY][~TEXT][#WHICH]=KIND

METHOD  GET, POST, PATCH, DELETE, or WRITE for every one that does not only read; any without it
PATH    experiences, experiences/*, suites/*/restore, projects, oauth/token: the path within the project, or
        after /v1/, or whole after a slash. In a segment * is any text, the segment ** is any number of
        segments, a lone * is every request. */experiences may name the project too.
QUERY   archived=true&pageToken=*: parameters that must be there
TEXT    what the body must hold, as it is or in double quotes
WHICH   3 the third request that fits, 2-4, 5- all from the fifth on; every one without it
";

/// The grammar with all kinds and switches, as plain text for a terminal.
pub fn fault_help() -> String {
    let mut out = GRAMMAR.to_owned();
    out.push_str("\nKINDS\n");
    for (form, about) in KINDS {
        let _ = writeln!(out, "  {form:<24}{about}");
    }
    out.push_str("\nSWITCHES, the default first\n");
    for switch in SWITCHES {
        let form = format!("{}={}", switch.name, switch.values);
        if form.len() < 24 {
            let _ = writeln!(out, "  {form:<24}{}", switch.about);
        } else {
            let _ = writeln!(out, "  {form}\n  {:<24}{}", "", switch.about);
        }
    }
    out
}
