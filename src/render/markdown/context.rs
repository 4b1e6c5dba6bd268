//! What surrounds a text: whose plan it is, which commit and run it belongs to, where its links lead.

use super::escape::{code, link, url, url_path};
use super::marker::{Marker, MarkerKind, RunId};
use crate::render::view::Place;

/// Where a text goes: that decides how long it may be, and where what it leaves out is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// A comment, an issue or a pull request's body: with a marker, at most 60,000 bytes.
    Comment,
    /// A job summary: under 1 MiB, less folded.
    Summary,
    /// Standard output: without a limit.
    Document,
}

/// The surroundings of one text. Times are texts of the caller's: nothing here has a clock.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Where the text goes.
    pub medium: Medium,
    /// The project's name or ID, as far as it is known; untrusted.
    pub project: &'a str,
    /// The action's `label`; empty if there is none.
    pub label: &'a str,
    /// Where the config files can be seen; absent where Git does not hold them.
    pub files: Option<FileLinks<'a>>,
    /// The commit that the config was read from.
    pub head: Option<&'a str>,
    /// The branch that a merge or push changes: its name, and its commit.
    pub base: Option<(&'a str, Option<&'a str>)>,
    /// The workflow run.
    pub run: Option<Run<'a>>,
    /// When ReSim was read, for people: `2026-08-23 09:14 UTC`.
    pub read_at: Option<&'a str>,
    /// Whether merging applies: the text is about an open pull request.
    pub on_merge: bool,
}

/// A workflow run.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// Its ID and attempt.
    pub id: RunId,
    /// Its page.
    pub url: &'a str,
}

/// How a path becomes a link: `<server>/<repository>/blob/<commit>/<folder>/<path>#L<line>`.
#[derive(Clone, Copy, Debug)]
pub struct FileLinks<'a> {
    /// `GITHUB_SERVER_URL`, without a slash at its end.
    pub server: &'a str,
    /// `owner/name`; for a fork, the fork's.
    pub repository: &'a str,
    /// The commit to show.
    pub commit: &'a str,
    /// The folder that paths start from, from the root of the repository; empty for the root.
    pub folder: &'a str,
}

impl Context<'_> {
    /// `path:line` of a place, as a link where there is one.
    pub(crate) fn place(&self, place: &Place) -> String {
        let Place { path, line } = place;
        let shown = code(&format!("{path}:{line}"));
        match self.files.and_then(|files| files.url(path, *line)) {
            Some(url) => link(&shown, &url),
            None => shown,
        }
    }

    /// A marker for this text.
    pub(crate) fn marker(&self, kind: MarkerKind) -> Marker {
        Marker { head: self.head.map(str::to_owned), run: self.run.map(|run| run.id), ..Marker::new(self.label, kind) }
    }

    /// A plan's digest: in full where it is to be given to `--expect-digest`.
    pub(crate) fn digest(&self, digest: &str) -> String {
        let length = match self.medium {
            Medium::Comment => 12,
            Medium::Summary | Medium::Document => usize::MAX,
        };
        code(&digest.chars().take(length).collect::<String>())
    }

    /// A commit's first digits.
    pub(crate) fn commit(commit: &str) -> String {
        code(&commit.chars().take(7).collect::<String>())
    }

    /// Where all of it is, if only a part is shown.
    pub(crate) fn elsewhere(&self) -> String {
        match (self.medium, self.run) {
            (Medium::Comment, Some(run)) => format!("all in the {}", link("job summary", run.url)),
            (Medium::Comment, None) => "all in the job summary".to_owned(),
            (Medium::Summary | Medium::Document, _) => "all in `plan.json`".to_owned(),
        }
    }

    /// A diff of so many lines is not folded.
    pub(crate) fn open_lines(&self) -> usize {
        match self.medium {
            Medium::Comment | Medium::Document => 40,
            Medium::Summary => 400,
        }
    }

    /// The last line: where this comes from.
    pub(crate) fn footer(&self, first: &[String]) -> String {
        let mut parts = first.to_vec();
        if let Some(head) = self.head {
            let onto = match self.base {
                Some((branch, Some(commit))) => format!(" onto {} {}", code(branch), Self::commit(commit)),
                Some((branch, None)) => format!(" onto {}", code(branch)),
                None => String::new(),
            };
            parts.push(format!("commit {}{onto}", Self::commit(head)));
        }
        parts.extend(self.read_at.map(|time| format!("state read {}", super::escape::text(time))));
        parts.extend(self.run.map(|run| {
            let attempt = if run.id.attempt > 1 { format!(", attempt {}", run.id.attempt) } else { String::new() };
            format!("{}{attempt}", link("run", run.url))
        }));
        if parts.is_empty() {
            return String::new();
        }
        format!("<sub>{}</sub>\n", parts.join(" · "))
    }
}

impl FileLinks<'_> {
    /// The page of a line; `None` if the path leaves the repository.
    pub(crate) fn url(&self, path: &str, line: usize) -> Option<String> {
        let Self { server, repository, commit, folder } = self;
        let mut parts: Vec<&str> = Vec::new();
        if path.starts_with('/') {
            return None;
        }
        for part in folder.split('/').chain(path.split('/')) {
            match part {
                "" | "." => {}
                // A path that leaves the repository cannot be shown in it.
                ".." => drop(parts.pop()?),
                _ => parts.push(part),
            }
        }
        let path = url_path(&parts.join("/"));
        Some(format!("{}/{}/blob/{}/{path}#L{line}", url(server), url_path(repository), url_path(commit)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_links_from_the_root_of_the_repository() {
        let links = |folder| FileLinks { server: "https://github.com", repository: "o/r", commit: "abc", folder };
        let url = |folder, path| links(folder).url(path, 3);
        assert_eq!(url("", "a.yaml").as_deref(), Some("https://github.com/o/r/blob/abc/a.yaml#L3"));
        assert_eq!(url("sim/", "./x/../a b#?.yaml").as_deref(), Some("https://github.com/o/r/blob/abc/sim/a%20b%23%3F.yaml#L3"));
        assert_eq!(url("sim", "../a.yaml").as_deref(), Some("https://github.com/o/r/blob/abc/a.yaml#L3"));
        assert_eq!((url("sim", "../../a.yaml"), url("", "/tmp/a.yaml")), (None, None));
    }
}
