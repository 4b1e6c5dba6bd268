//! The fields of a plan's experiences, before and after.

use super::context::Medium;
use super::escape::{line, shortened};
use super::ladder::Detail;
use super::page::Page;
use crate::render::field_lines::{Limits, field_lines};
use crate::render::sentence::{count, thousands};
use crate::render::view::{ActionKind, ExperienceRow, PlanView};

/// The fields before and after, of changed experiences first and then of new ones; folded if long.
pub(crate) fn diffs(page: &mut Page<'_>, view: &PlanView) {
    let (new, changed): (Vec<_>, Vec<_>) = view.experiences.iter().partition(|row| row.kind == ActionKind::Create);
    let left = diff(page, &changed, page.detail.diffs, "Field by field", "changed experience", true);
    diff(page, &new, left, "New, in full", "new experience", page.context.medium == Medium::Summary);
}

/// Shows at most so many, and returns how many more may be shown.
fn diff(page: &mut Page<'_>, rows: &[&ExperienceRow], most: usize, title: &str, noun: &str, open: bool) -> usize {
    let Detail { lines, columns, diffs: _, rows: _, losses: _, names: _ } = *page.detail;
    let limits = Limits { lines, columns };
    let mut content = String::new();
    let mut text = String::new();
    let (mut shown, mut total) = (0, 0);
    for row in rows {
        let has_lines = !row.fields.is_empty() || row.renamed_from.is_some();
        total += usize::from(has_lines);
        if !has_lines || shown == most {
            continue;
        }
        shown += 1;
        content.push_str(&heading(row));
        for row_line in field_lines(row, limits) {
            text.clear();
            text.extend([row_line.sign.as_str(), " ", &row_line.text]);
            content.push_str(line(&text).trim_end());
            content.push('\n');
        }
    }
    if total == 0 {
        return most;
    }
    if shown == 0 {
        page.paragraph(&page.part(0, total, &format!("{noun}s")));
        return 0;
    }
    let number = if shown == total { count(total, noun) } else { format!("{} of {}", thousands(shown), count(total, noun)) };
    let open = open && content.lines().count() <= page.context.open_lines();
    page.details(open, &format!("<b>{title}</b> ({number})"), |page| {
        page.code_block("diff", &content);
        if shown < total {
            page.paragraph(&page.part(shown, total, &format!("{noun}s")));
        }
    });
    most - shown
}

fn heading(row: &ExperienceRow) -> String {
    let name = match &row.renamed_from {
        Some(before) => format!("{} → {}", heading_name(before), heading_name(&row.name)),
        None => heading_name(&row.name),
    };
    format!("@@ {} {name} @@\n", row.kind.as_str())
}

fn heading_name(name: &str) -> String {
    let (shown, note) = shortened(name, 160, 40);
    format!("{}{note}", line(&shown))
}
