//! The plan of an earlier text, kept in a later one: reviewers must still see what they reviewed.
//!
//! Our own text is taken over as it is. It lies between two lines that no name can look like, as names
//! never have a line of their own.

use super::escape::html_code;
use super::ladder::Detail;
use super::marker::{Marker, MarkerKind};
use super::page::Page;

const BEGIN: &str = "<!-- resim-sync:kept -->";
const END: &str = "<!-- resim-sync:/kept -->";

/// A plan that was shown before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    /// The marker of the plan itself, or of the text that kept it.
    pub(crate) marker: Marker,
    /// The commit that the plan was made for.
    head: String,
    text: String,
}

impl Kept {
    /// The plan in a body, or the one that it kept; none if somebody took the text apart.
    pub(crate) fn of(body: &str) -> Option<Self> {
        let body = body.replace("\r\n", "\n");
        let marker = Marker::parse(&body)?;
        let visible = Marker::visible(&body);
        let (head, text) = match marker.kind {
            MarkerKind::Plan | MarkerKind::Offline => (marker.head.clone().unwrap_or_default(), visible),
            MarkerKind::Error | MarkerKind::Apply => {
                let (_, rest) = visible.split_once(&format!("\n{BEGIN}\n"))?;
                let (kept, _) = rest.split_once(&format!("\n{END}\n"))?;
                let (head, text) = kept.split_once('\n')?;
                (head.strip_prefix("<!-- ")?.strip_suffix(" -->")?.to_owned(), text)
            }
            MarkerKind::Invalid | MarkerKind::Drift | MarkerKind::Clone => return None,
        };
        let harmless = head.len() <= 64 && head.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (harmless && is_whole(text)).then(|| Self { marker, head, text: text.trim().to_owned() })
    }

    /// The plan folded, and in less detail if need be.
    pub(crate) fn show(&self, page: &mut Page<'_>, title: &str, detail: KeptDetail) {
        let at = if self.head.is_empty() {
            String::new()
        } else {
            format!(" of commit {}", html_code(self.head.get(..7).unwrap_or(&self.head)))
        };
        let text = match detail {
            KeptDetail::All => self.text.clone(),
            KeptDetail::Unfolded => without_folded(&self.text),
            KeptDetail::None => {
                page.paragraph("_The plan before this does not fit here any more; it is in the edit history._");
                return;
            }
        };
        page.details(false, &format!("{title}{at}"), |page| {
            page.paragraph(&format!("{BEGIN}\n<!-- {} -->\n{text}\n{END}", self.head));
        });
    }
}

/// How much of a kept plan is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptDetail {
    /// All of it.
    All,
    /// What was not folded.
    Unfolded,
    /// None.
    None,
}

impl KeptDetail {
    /// What is kept beside a text of this detail: the plan gives way first.
    pub(crate) fn steps(kept: bool) -> &'static [Self] {
        if kept { &[Self::All, Self::Unfolded, Self::None] } else { &[Self::None] }
    }
}

/// Whether all that a text opens it also closes, so that it cannot swallow what follows.
fn is_whole(text: &str) -> bool {
    let mut fence: Option<&str> = None;
    let mut open = 0_usize;
    for line in text.lines() {
        match fence {
            Some(mark) if line.trim_end() == mark => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line.trim_end_matches(|c| c != '`')),
            None if line.starts_with("<details") => open += 1,
            None if line == "</details>" => match open.checked_sub(1) {
                Some(left) => open = left,
                None => return false,
            },
            // Whatever else is no text of ours.
            None if line.starts_with('<') && !line.starts_with("<sub>") && !line.starts_with("<!-- ") => return false,
            None => {}
        }
    }
    fence.is_none() && open == 0
}

/// A text without its outermost folded parts.
fn without_folded(text: &str) -> String {
    let mut depth = 0_usize;
    let mut fence: Option<&str> = None;
    let mut out = String::new();
    for line in text.lines() {
        match fence {
            Some(mark) if line.trim_end() == mark => fence = None,
            Some(_) => {}
            None if line.starts_with("```") => fence = Some(line.trim_end_matches(|c| c != '`')),
            None if line.starts_with("<details") => depth += 1,
            None => {}
        }
        if depth == 0 && !(line.is_empty() && out.ends_with("\n\n")) {
            out.push_str(line);
            out.push('\n');
        }
        if fence.is_none() && line == "</details>" {
            depth = depth.saturating_sub(1);
        }
    }
    out
}

/// The first text that fits, with as much of the kept plan as goes beside it in full.
pub(crate) fn fit_with(context: &super::context::Context<'_>, kept: bool, render: impl Fn(&Detail, KeptDetail) -> String) -> String {
    let steps = KeptDetail::steps(kept);
    for step in steps {
        let text = render(&Detail::full(context.medium), *step);
        if text.len() <= context.medium.bytes() {
            return text;
        }
    }
    super::ladder::fit(context.medium, |detail| render(detail, KeptDetail::None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_somebody_took_apart_is_not_kept() {
        assert!(is_whole("a\n```diff\n<img>\n</details>\n```\n<details><summary>x</summary>\n\n</details>\n"));
        assert!(is_whole("````\n```\n````"));
        for broken in ["```\nx", "<details>", "</details>", "</details>\n<details>", "<img src=x>", "```\n````"] {
            assert!(!is_whole(broken), "{broken}");
        }
    }

    #[test]
    fn folded_parts_can_be_left_out() {
        let text = "a\n\n<details><summary>x</summary>\n\n```\n</details>\n```\n\n<details>\nb\n</details>\nc\n</details>\n\nd\n";
        assert_eq!(without_folded(text), "a\n\nd\n");
    }
}
