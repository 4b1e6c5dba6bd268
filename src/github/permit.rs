//! A reviewer's consent to many archives: the line `ReSim-Allow-Archive: N` in a description. Pure.

use super::PullRequest;

const KEY: &str = "resim-allow-archive:";

/// How many archives the pull request's description allows. A fork's description allows none: whoever
/// wrote it has no say here. Of several lines the smallest number holds.
pub fn allowed_archives(pull_request: &PullRequest) -> Option<u64> {
    if pull_request.fork {
        return None;
    }
    visible_lines(&pull_request.body).iter().filter_map(|line| permit(line)).min()
}

fn permit(line: &str) -> Option<u64> {
    // Four blanks make a code block in Markdown.
    let line = if line.starts_with("    ") || line.starts_with('\t') { return None } else { line.trim() };
    let key = line.get(..KEY.len())?;
    let number = line.get(KEY.len()..)?.trim();
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if digits && key.eq_ignore_ascii_case(KEY) { number.parse().ok() } else { None }
}

/// The lines that a reader of the description sees as text: no comments, no fenced code.
fn visible_lines(body: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut fence: Option<&str> = None;
    for line in without_comments(body).lines() {
        let start = line.trim_start();
        match fence {
            Some(mark) if start.starts_with(mark) => fence = None,
            Some(_) => {}
            None if start.starts_with("```") => fence = Some("```"),
            None if start.starts_with("~~~") => fence = Some("~~~"),
            None => lines.push(line.to_owned()),
        }
    }
    lines
}

fn without_comments(body: &str) -> String {
    let mut visible = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, comment)) = rest.split_once("<!--") {
        visible.push_str(before);
        // An open comment hides everything that follows.
        rest = comment.split_once("-->").map_or("", |(_, after)| after);
    }
    visible.push_str(rest);
    visible
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(body: &str, fork: bool) -> Option<u64> {
        let wire = serde_json::json!({
            "number": 7,
            "body": body,
            "head": { "sha": "a", "ref": "topic", "repo": { "id": if fork { 2 } else { 1 } } },
            "base": { "sha": "b", "ref": "main", "repo": { "id": 1 } },
        });
        let wire: crate::github::pull_request::PullRequestWire = serde_json::from_value(wire).expect("a pull request");
        allowed_archives(&wire.into())
    }

    #[test]
    fn line_of_its_own_allows_its_number() {
        assert_eq!(allowed("Removes the old fleet.\r\n\r\nReSim-Allow-Archive: 40\r\nThanks", false), Some(40));
        assert_eq!(allowed("  resim-allow-archive:7  ", false), Some(7));
    }

    #[test]
    fn forks_description_allows_nothing() {
        assert_eq!(allowed("ReSim-Allow-Archive: 40", true), None);
    }

    #[test]
    fn smallest_of_several_numbers_holds() {
        assert_eq!(allowed("ReSim-Allow-Archive: 40\nReSim-Allow-Archive: 4", false), Some(4));
    }

    #[test]
    fn what_readers_do_not_see_as_text_allows_nothing() {
        for body in [
            "",
            "add ReSim-Allow-Archive: 40",
            "> ReSim-Allow-Archive: 40",
            "ReSim-Allow-Archive: 40 experiences",
            "ReSim-Allow-Archive: -1",
            "ReSim-Allow-Archive: 30%",
            "ReSim-Allow-Archive:",
            "ReSim-Allow-Archive: 99999999999999999999999",
            "<!-- ReSim-Allow-Archive: 40 -->",
            "<!--\nReSim-Allow-Archive: 40\n-->",
            "<!--\nReSim-Allow-Archive: 40",
            "```\nReSim-Allow-Archive: 40\n```",
            "~~~text\n```\nReSim-Allow-Archive: 40\n~~~",
            "    ReSim-Allow-Archive: 40",
            "ReSim-Allow-Archivé: 40",
        ] {
            assert_eq!(allowed(body, false), None, "{body}");
        }
    }

    #[test]
    fn text_after_a_fence_or_a_comment_counts_again() {
        assert_eq!(allowed("```\nx\n```\nReSim-Allow-Archive: 3", false), Some(3));
        assert_eq!(allowed("<!-- x -->\nReSim-Allow-Archive: 3", false), Some(3));
    }
}
