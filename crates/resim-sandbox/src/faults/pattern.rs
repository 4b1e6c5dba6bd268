//! Patterns of paths and texts.

/// Whether a text fits a pattern in which `*` stands for any characters, none included.
pub(crate) fn fits(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return text.is_empty() };
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        // The earliest place leaves the most for what follows.
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A pattern of paths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PathPattern {
    segments: Vec<String>,
    /// Written with a leading slash: the whole path is meant.
    whole: bool,
}

impl PathPattern {
    /// Parses a pattern. A lone `*` means every path.
    pub(crate) fn new(text: &str) -> Self {
        let whole = text.starts_with('/');
        let segments = match text {
            "*" => vec!["**".to_owned()],
            _ => text.trim_start_matches('/').split('/').map(str::to_owned).collect(),
        };
        Self { segments, whole }
    }

    /// Whether a path fits: the whole one, or what stands after `/v1/`, after `projects/`, or after the
    /// project's ID.
    pub(crate) fn fits(&self, path: &str) -> bool {
        let whole: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        if self.whole {
            return self.fits_segments(&whole);
        }
        let mut views = vec![&whole[..]];
        if let ["v1", rest @ ..] = &whole[..] {
            views.push(rest);
            if let ["projects", project_and_rest @ ..] = rest
                && let [_, inside @ ..] = project_and_rest
                && !inside.is_empty()
            {
                views.extend([project_and_rest, inside]);
            }
        }
        views.into_iter().any(|view| self.fits_segments(view))
    }

    fn fits_segments(&self, path: &[&str]) -> bool {
        // reached[n]: the pattern so far can stand for exactly the first n segments.
        let mut reached = vec![false; path.len() + 1];
        reached[0] = true;
        for pattern in &self.segments {
            let mut next = vec![false; path.len() + 1];
            for (at, possible) in reached.iter().enumerate().filter(|(_, possible)| **possible) {
                debug_assert!(possible);
                if pattern == "**" {
                    next[at..].fill(true);
                } else if path.get(at).is_some_and(|segment| fits(pattern, segment)) {
                    next[at + 1] = true;
                }
            }
            reached = next;
        }
        reached[path.len()]
    }
}
