//! Saved plans: read or refused, the same as themselves, shown as text that does nothing.

use super::inert::{lines_are_inert, written};
use super::parts;
use crate::render::compare::{compare_plans, read_saved_plan};
use crate::render::diagnostics::Style;
use crate::render::terminal_safe;
use crate::render::text::{Width, render_difference};

/// One or two plans.
pub fn plan(data: &[u8]) {
    let mut plans = Vec::new();
    for part in parts(data, 2) {
        let Ok(text) = std::str::from_utf8(part) else { return };
        match read_saved_plan(text) {
            Ok(plan) => plans.push(plan),
            Err(error) => lines_are_inert(&terminal_safe(&error)),
        }
    }
    for one in &plans {
        assert!(compare_plans(one, one).is_empty(), "differs from itself: {one:?}");
        for other in &plans {
            let difference = compare_plans(one, other);
            lines_are_inert(&written(|out| render_difference(&difference, Style::Plain, Width::Terminal(80), out)));
            let back = compare_plans(other, one);
            assert_eq!((difference.gone.len(), difference.new.len()), (back.new.len(), back.gone.len()));
            assert_eq!(difference.changed.len(), back.changed.len());
        }
    }
}
