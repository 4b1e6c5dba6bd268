//! Which requests a fault hits: `[METHOD ]PATH[?QUERY][~TEXT][#WHICH]`.

use super::pattern::{PathPattern, fits};
use crate::service::Incoming;

/// What begins every path that this server knows.
const FIRST_SEGMENTS: [&str; 10] =
    ["projects", "experiences", "experienceTags", "systems", "suites", "oauth", "health", "quota", "validateExperienceLocation", "v1"];
const METHODS: [&str; 8] = ["GET", "POST", "PATCH", "DELETE", "PUT", "HEAD", "WRITE", "*"];

/// Which requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Matcher {
    /// `None` for any; `WRITE` for every one that is not there to read.
    method: Option<String>,
    path: PathPattern,
    /// Parameters that must be there, with patterns of their values.
    query: Vec<(String, String)>,
    /// What the body must hold.
    text: Option<String>,
    /// Of the requests that fit, counted from 1.
    which: Which,
}

/// Which of the requests that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Every,
    /// From the first number to the last, both included.
    Range(u64, u64),
}

impl Matcher {
    /// Parses a matcher and the equals sign after it; also what comes after that.
    pub(crate) fn parse(text: &str) -> Result<(Self, &str), String> {
        let (method, rest) = match text.split_once(' ') {
            Some((word, rest)) if word == "*" || (!word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase())) => {
                if !METHODS.contains(&word) {
                    return Err(format!("unknown method `{word}`: one of {}", METHODS.join(", ")));
                }
                ((word != "*").then(|| word.to_owned()), rest.trim_start())
            }
            _ => (None, text),
        };
        let (path, mut rest) = until(rest, &['?', '~', '#', '=']);
        check_path(path)?;
        let mut query = Vec::new();
        if let Some(pairs) = rest.strip_prefix('?') {
            rest = pairs;
            loop {
                let (name, after) = rest.split_once('=').ok_or("a query parameter needs a value: ?NAME=VALUE")?;
                let (value, after) = until(after, &['&', '~', '#', '=']);
                query.push((name.to_owned(), value.to_owned()));
                rest = after;
                match rest.strip_prefix('&') {
                    Some(more) => rest = more,
                    None => break,
                }
            }
        }
        let mut wanted = None;
        if let Some(after) = rest.strip_prefix('~') {
            let (found, after) = match after.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or("the quote after ~ is not closed")?,
                None => until(after, &['#', '=']),
            };
            wanted = Some(found.to_owned());
            rest = after;
        }
        let mut which = Which::Every;
        if let Some(after) = rest.strip_prefix('#') {
            let (range, after) = until(after, &['=']);
            which = parse_which(range)?;
            rest = after;
        }
        let kind = rest.strip_prefix('=').ok_or("expected =KIND after the request that it hits")?;
        Ok((Self { method, path: PathPattern::new(path), query, text: wanted, which }, kind))
    }

    /// Whether a request fits, whatever its number.
    pub(crate) fn fits(&self, request: &Incoming) -> bool {
        let Self { method, path, query, text, which: _ } = self;
        let writes = !["GET", "HEAD"].contains(&request.method.as_str());
        method.as_ref().is_none_or(|method| *method == request.method || (method == "WRITE" && writes))
            && path.fits(&request.path)
            && (query.is_empty() || has_all(query, &request.query))
            && text.as_ref().is_none_or(|text| holds(&request.body, text.as_bytes()))
    }

    /// Whether the `nth` request that fits is meant.
    pub(crate) fn means(&self, nth: u64) -> bool {
        match self.which {
            Which::Every => true,
            Which::Range(first, last) => (first..=last).contains(&nth),
        }
    }
}

fn has_all(wanted: &[(String, String)], query: &str) -> bool {
    let given: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    wanted.iter().all(|(name, pattern)| given.iter().any(|(key, value)| key == name && fits(pattern, value)))
}

fn holds(body: &[u8], text: &[u8]) -> bool {
    text.is_empty() || body.windows(text.len()).any(|window| window == text)
}

/// Splits before the first of some characters.
fn until<'a>(text: &'a str, ends: &[char]) -> (&'a str, &'a str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

fn check_path(path: &str) -> Result<(), String> {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    if path.is_empty() || path.contains(char::is_whitespace) {
        return Err("expected a path".to_owned());
    }
    if first.contains('*') || FIRST_SEGMENTS.contains(&first) || uuid::Uuid::try_parse(first).is_ok() {
        return Ok(());
    }
    Err(format!("no path begins with `{first}`: paths begin with one of {}, or *", FIRST_SEGMENTS.join(", ")))
}

fn parse_which(text: &str) -> Result<Which, String> {
    let number = |text: &str| text.parse::<u64>().ok().filter(|number| *number > 0);
    let range = match text.split_once('-') {
        None => number(text).map(|only| (only, only)),
        Some((first, "")) => number(first).map(|first| (first, u64::MAX)),
        Some((first, last)) => number(first).zip(number(last)).filter(|(first, last)| first <= last),
    };
    match range {
        Some((first, last)) => Ok(Which::Range(first, last)),
        None => Err(format!("`#{text}` says nothing: #3 is the third, #2-4 the second to fourth, #5- all from the fifth on")),
    }
}
