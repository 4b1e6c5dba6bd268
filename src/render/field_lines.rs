//! The fields of one experience as lines of a diff: what Markdown and HTML show below a row.
//!
//! Lines are not escaped for a medium, but hold no line break: a text of several lines becomes several.

use std::borrow::Cow;

use similar::{ChangeTag, TextDiff};

use super::sentence::{count, thousands};
use super::view::{CustomFieldDiff, CustomFieldView, ExperienceRow, FieldDiff, FieldView, HIDDEN, Shown, VariableDiff};
use super::words::lines_of;

/// Texts are compared line by line up to this size; beyond it they are shown one after the other.
const COMPARED_BYTES: usize = 100_000;
/// Unchanged lines shown around a changed one.
const CONTEXT: usize = 2;

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sign {
    /// Stays, or is a heading of ours.
    Same,
    /// Goes.
    Removed,
    /// Comes.
    Added,
    /// Changes, in a way that must not be shown.
    Hidden,
}

impl Sign {
    /// As in a diff.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Same => " ",
            Self::Removed => "-",
            Self::Added => "+",
            Self::Hidden => "!",
        }
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// What it says.
    pub(crate) sign: Sign,
    /// Untrusted text.
    pub(crate) text: String,
}

/// How much of one value is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Lines.
    pub(crate) lines: usize,
    /// Characters of a line.
    pub(crate) columns: usize,
}

/// All lines of a row; empty if no field changes.
pub(crate) fn field_lines(row: &ExperienceRow, limits: Limits) -> Vec<Line> {
    let mut out = Lines { lines: Vec::new(), limits };
    if let Some(before) = &row.renamed_from {
        out.push(Sign::Removed, "name: ", before);
        out.push(Sign::Added, "name: ", &row.name);
    }
    for FieldView { field, diff } in &row.fields {
        match diff {
            FieldDiff::Scalar { before, after } => out.scalar(&format!("{field}: "), before.as_ref(), Some(after)),
            FieldDiff::Set { removed, added, kept } => {
                out.heading(field, *kept);
                out.set(removed, added);
            }
            FieldDiff::Variables { changed, kept } => {
                out.heading(field, *kept);
                for VariableDiff { name, before, after } in changed {
                    out.scalar(&format!("  {name}: "), before.as_ref(), after.as_ref());
                }
                out.nothing(changed.is_empty());
            }
            FieldDiff::CustomFields { changed, kept } => {
                out.heading(field, *kept);
                for CustomFieldDiff { name, before, after } in changed {
                    out.custom_field(name, Sign::Removed, before.as_ref());
                    out.custom_field(name, Sign::Added, after.as_ref());
                }
                out.nothing(changed.is_empty());
            }
        }
    }
    out.lines
}

struct Lines {
    lines: Vec<Line>,
    limits: Limits,
}

impl Lines {
    fn heading(&mut self, field: &str, kept: usize) {
        let kept = if kept == 0 { String::new() } else { format!(" ({} unchanged)", thousands(kept)) };
        self.lines.push(Line { sign: Sign::Same, text: format!("{field}:{kept}") });
    }

    /// A new experience can begin with an empty list.
    fn nothing(&mut self, nothing: bool) {
        if nothing {
            self.lines.push(Line { sign: Sign::Added, text: "  (none)".to_owned() });
        }
    }

    fn set(&mut self, removed: &[Shown], added: &[Shown]) {
        for (sign, values) in [(Sign::Removed, removed), (Sign::Added, added)] {
            for value in values.iter().take(self.limits.lines) {
                self.value(sign, "  ", value);
            }
            self.more(sign, values.len(), "value");
        }
        self.nothing(removed.is_empty() && added.is_empty());
    }

    fn scalar(&mut self, name: &str, before: Option<&Shown>, after: Option<&Shown>) {
        match (before, after) {
            (Some(Shown::Hidden), Some(Shown::Hidden)) => self.push(Sign::Hidden, name, HIDDEN),
            (Some(Shown::Text(before)), Some(Shown::Text(after)))
                if (before.contains('\n') && after.contains('\n')) && before.len() + after.len() <= COMPARED_BYTES =>
            {
                self.compared(name, before, after);
            }
            (before, after) => {
                if let Some(before) = before {
                    self.value(Sign::Removed, name, before);
                }
                if let Some(after) = after {
                    self.value(Sign::Added, name, after);
                }
            }
        }
    }

    fn value(&mut self, sign: Sign, name: &str, value: &Shown) {
        match value {
            Shown::Text(text) if text.contains('\n') => {
                self.push(sign, name, "|");
                let lines: Vec<&str> = text.lines().collect();
                for line in lines.iter().take(self.limits.lines) {
                    self.push(sign, &inner(name), line);
                }
                self.more(sign, lines.len(), "line");
            }
            // Blanks at the edges could not be seen otherwise.
            Shown::Text(text) if text.is_empty() || text.starts_with(' ') || text.ends_with(' ') => {
                let text = self.shortened(text);
                self.lines.push(Line { sign, text: format!("{name}\"{text}\"") });
            }
            Shown::Text(text) => self.push(sign, name, text),
            Shown::Number(_) | Shown::Flag(_) | Shown::Hidden => self.push(sign, name, &value.to_text()),
        }
    }

    /// Two texts of several lines: only what differs, and a little around it.
    fn compared(&mut self, name: &str, before: &str, after: &str) {
        self.push(Sign::Same, name, "|");
        let (old, new) = lines_of(before, after);
        let diff = TextDiff::from_slices(&old, &new);
        let inner = inner(name);
        let mut total = 0;
        for (index, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
            if index > 0 {
                self.lines.push(Line { sign: Sign::Same, text: format!("{inner}…") });
            }
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                total += 1;
                if total > self.limits.lines {
                    continue;
                }
                let sign = match change.tag() {
                    ChangeTag::Equal => Sign::Same,
                    ChangeTag::Delete => Sign::Removed,
                    ChangeTag::Insert => Sign::Added,
                };
                self.push(sign, &inner, change.value());
            }
        }
        self.more(Sign::Same, total, "line");
    }

    fn custom_field(&mut self, name: &str, sign: Sign, field: Option<&CustomFieldView>) {
        let Some(CustomFieldView { kind, values }) = field else { return };
        let shown: Vec<String> = values.iter().take(self.limits.lines).map(Shown::to_text).collect();
        let more = values.len() - shown.len();
        let more = if more == 0 { String::new() } else { format!(", … ({})", count(values.len(), "value")) };
        // A value with line breaks is made inert later, like every line.
        self.push(sign, &format!("  {name} ({}): ", kind.as_str()), &(shown.join(", ") + &more));
    }

    fn more(&mut self, sign: Sign, total: usize, noun: &str) {
        if total > self.limits.lines {
            self.lines.push(Line { sign, text: format!("    … {} in all", count(total, noun)) });
        }
    }

    fn push(&mut self, sign: Sign, name: &str, text: &str) {
        let text = [self.shortened(name), self.shortened(text)].concat();
        self.lines.push(Line { sign, text });
    }

    fn shortened<'a>(&self, text: &'a str) -> Cow<'a, str> {
        // No text has more characters than bytes.
        if text.len() <= self.limits.columns {
            return Cow::Borrowed(text);
        }
        match text.char_indices().nth(self.limits.columns) {
            None => Cow::Borrowed(text),
            Some((at, _)) => Cow::Owned(format!("{}… ({} characters in all)", &text[..at], thousands(text.chars().count()))),
        }
    }
}

/// The indentation of what stands below a name.
fn inner(name: &str) -> String {
    let own = name.len() - name.trim_start().len();
    " ".repeat(own + 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desired::CustomFieldKind;
    use crate::render::view::ActionKind;

    const LIMITS: Limits = Limits { lines: 5, columns: 40 };

    fn lines(field: &'static str, diff: FieldDiff) -> String {
        let row = ExperienceRow {
            kind: ActionKind::Update,
            name: "n".to_owned(),
            renamed_from: None,
            id: None,
            reason: None,
            place: None,
            fields: vec![FieldView { field, diff }],
            tags_added: Vec::new(),
            tags_removed: Vec::new(),
            systems_added: Vec::new(),
        };
        field_lines(&row, LIMITS).iter().map(|line| format!("{}{}\n", line.sign.as_str(), line.text)).collect()
    }

    fn text(text: &str) -> Shown {
        Shown::Text(text.to_owned())
    }

    fn scalar(before: &str, after: &str) -> FieldDiff {
        FieldDiff::Scalar { before: Some(text(before)), after: text(after) }
    }

    #[test]
    fn empty_values_and_blanks_at_the_edges_are_seen() {
        assert_eq!(lines("profile", scalar("", "a")), "-profile: \"\"\n+profile: a\n");
        assert_eq!(lines("profile", scalar("a", "a ")), "-profile: a\n+profile: \"a \"\n");
    }

    #[test]
    fn hidden_values_are_one_line() {
        let changed = vec![VariableDiff { name: "TOKEN".to_owned(), before: Some(Shown::Hidden), after: Some(Shown::Hidden) }];
        let diff = FieldDiff::Variables { changed, kept: 2 };
        assert_eq!(lines("environmentVariables", diff), " environmentVariables: (2 unchanged)\n!  TOKEN: (hidden, changed)\n");
    }

    #[test]
    fn texts_of_several_lines_show_what_differs() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        assert_eq!(
            lines("description", scalar(before, &before.replace('5', "five"))),
            " description: |\n   3\n   4\n-  5\n+  five\n   6\n     … 6 lines in all\n"
        );
        assert_eq!(lines("description", scalar("a", "a\nb")), "-description: a\n+description: |\n+  a\n+  b\n");
        assert_eq!(lines("description", scalar("a\nb", "a\nb\n")), " description: |\n   a\n   b\n+  \n");
    }

    #[test]
    fn long_values_are_shortened_and_say_so() {
        let shown = lines("description", scalar("a", &"é".repeat(1_000_000)));
        assert_eq!(shown, format!("-description: a\n+description: {}… (1,000,000 characters in all)\n", "é".repeat(40)));
        let shown = lines("description", scalar("a", &"x\n".repeat(500_000)));
        assert_eq!(shown, format!("-description: a\n+description: |\n{}+    … 500,000 lines in all\n", "+  x\n".repeat(5)));
        let added = (0..9).map(|n| text(&n.to_string())).collect();
        let shown = lines("locations", FieldDiff::Set { removed: vec![text("a")], added, kept: 0 });
        assert_eq!(shown, " locations:\n-  a\n+  0\n+  1\n+  2\n+  3\n+  4\n+    … 9 values in all\n");
    }

    #[test]
    fn custom_fields_show_type_and_values() {
        let view = |values: &[&str]| CustomFieldView { kind: CustomFieldKind::Text, values: values.iter().map(|v| text(v)).collect() };
        let changed =
            vec![CustomFieldDiff { name: "Light".to_owned(), before: Some(view(&["Dark"])), after: Some(view(&["Dark", "Dusk"])) }];
        assert_eq!(
            lines("customFields", FieldDiff::CustomFields { changed, kept: 0 }),
            " customFields:\n-  Light (text): Dark\n+  Light (text): Dark, Dusk\n"
        );
    }

    #[test]
    fn empty_lists_of_a_new_experience_are_said() {
        let none = FieldDiff::Set { removed: Vec::new(), added: Vec::new(), kept: 0 };
        assert_eq!(lines("locations", none), " locations:\n+  (none)\n");
    }
}
