//! The hidden first line by which the program finds its own comments, issues and pull requests again.
//!
//! It also carries what was shown to reviewers: the plan's digest and a fingerprint of each destructive change.
//! A marker proves nothing, as anybody who can write to a repository can write one; it guards against accidents.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::escape::encoded;

const BEGIN: &str = "<!-- resim-sync:v1 ";
const END: &str = " -->";
const FINGERPRINT: usize = 6;

/// What a marked text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerKind {
    /// A plan, refused ones and empty ones included.
    Plan,
    /// A plan without live state.
    Offline,
    /// An invalid config.
    Invalid,
    /// A failure before there was a plan.
    Error,
    /// The result of an apply.
    Apply,
    /// The drift issue.
    Drift,
    /// The body of clone's pull request.
    Clone,
}

impl MarkerKind {
    const ALL: [Self; 7] = [Self::Plan, Self::Offline, Self::Invalid, Self::Error, Self::Apply, Self::Drift, Self::Clone];

    fn as_str(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Offline => "offline",
            Self::Invalid => "invalid",
            Self::Error => "error",
            Self::Apply => "apply",
            Self::Drift => "drift",
            Self::Clone => "clone",
        }
    }
}

/// A run of a workflow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RunId {
    /// `GITHUB_RUN_ID`.
    pub id: u64,
    /// `GITHUB_RUN_ATTEMPT`, from 1.
    pub attempt: u32,
}

/// The destructive changes that reviewers saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Destructive {
    /// The first 6 bytes of each one's SHA-256 (`plan::DestructiveChange`).
    pub fingerprints: BTreeSet<[u8; FINGERPRINT]>,
}

impl Destructive {
    /// A marker holds so many at most; a plan with more has no readable record of them.
    pub const LIMIT: usize = 2_000;

    /// The record of these fingerprints; `None` if there are too many for a marker.
    pub fn new(fingerprints: impl IntoIterator<Item = [u8; FINGERPRINT]>) -> Option<Self> {
        let fingerprints: BTreeSet<_> = fingerprints.into_iter().collect();
        (fingerprints.len() <= Self::LIMIT).then_some(Self { fingerprints })
    }
}

/// The first line of a text that the program keeps up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// Tells several comments of one repository apart; may be empty.
    pub label: String,
    /// What the text is.
    pub kind: MarkerKind,
    /// The commit that it speaks of.
    pub head: Option<String>,
    /// The run that wrote it.
    pub run: Option<RunId>,
    /// The digest of the plan shown (for a drift issue and an apply result too), in hexadecimal.
    pub plan: Option<String>,
    /// The destructive changes shown; absent if they were too many, or no plan was shown.
    pub destructive: Option<Destructive>,
}

impl Marker {
    /// A marker without a plan.
    pub fn new(label: impl Into<String>, kind: MarkerKind) -> Self {
        Self { label: label.into(), kind, head: None, run: None, plan: None, destructive: None }
    }

    /// The line, without a line end.
    pub fn render(&self) -> String {
        let Self { label, kind, head, run, plan, destructive } = self;
        let mut fields = vec![("label", label.clone()), ("kind", kind.as_str().to_owned())];
        fields.extend(head.clone().map(|head| ("head", head)));
        fields.extend(run.map(|RunId { id, attempt }| ("run", format!("{id}.{attempt}"))));
        fields.extend(plan.clone().map(|plan| ("plan", plan)));
        fields.extend(destructive.as_ref().map(|record| {
            let bytes: Vec<u8> = record.fingerprints.iter().flatten().copied().collect();
            ("destructive", STANDARD_NO_PAD.encode(bytes))
        }));
        // Hyphens are encoded so that no value can end the comment.
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._+/".contains(&byte);
        let fields: Vec<String> = fields.iter().map(|(key, value)| format!("{key}={}", encoded(value, allowed))).collect();
        format!("{BEGIN}{}{END}", fields.join(" "))
    }

    /// Reads the marker of a text: only on its first line, and only if every part of it is as [`Self::render`]
    /// writes it. Keys that a later version may add are passed over.
    pub fn parse(body: &str) -> Option<Self> {
        let line = body.split('\n').next()?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        let fields = line.strip_prefix(BEGIN)?.strip_suffix(END)?;
        let (mut label, mut kind, mut head, mut run, mut plan, mut destructive) = (None, None, None, None, None, None);
        for field in fields.split(' ') {
            let (key, value) = field.split_once('=')?;
            let value = decoded(value)?;
            match key {
                "label" => once(&mut label, value)?,
                "kind" => once(&mut kind, MarkerKind::ALL.into_iter().find(|kind| kind.as_str() == value)?)?,
                "head" => once(&mut head, value)?,
                "run" => once(&mut run, parse_run(&value)?)?,
                "plan" => once(&mut plan, value)?,
                "destructive" => once(&mut destructive, parse_fingerprints(&value)?)?,
                _ if !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_lowercase()) => {}
                _ => return None,
            }
        }
        Some(Self { label: label?, kind: kind?, head, run, plan, destructive })
    }

    /// Another marker with the record of this one, of what reviewers saw.
    pub(crate) fn record_for(&self, other: Self) -> Self {
        match self.kind {
            MarkerKind::Plan | MarkerKind::Offline | MarkerKind::Error | MarkerKind::Apply => {
                Self { plan: self.plan.clone(), destructive: self.destructive.clone(), ..other }
            }
            MarkerKind::Invalid | MarkerKind::Drift | MarkerKind::Clone => other,
        }
    }

    /// The text below the marker, as people see it.
    pub fn visible(body: &str) -> &str {
        if Self::parse(body).is_none() {
            return body;
        }
        body.split_once('\n').map_or("", |(_, rest)| rest)
    }
}

/// Sets a value that must not be set yet.
fn once<T>(slot: &mut Option<T>, value: T) -> Option<()> {
    slot.is_none().then(|| *slot = Some(value))
}

fn decoded(value: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                bytes.push(u8::try_from(digit()? * 16 + digit()?).ok()?);
            }
            b'.' | b'_' | b'+' | b'/' => bytes.push(byte),
            _ if byte.is_ascii_alphanumeric() => bytes.push(byte),
            _ => return None,
        }
    }
    String::from_utf8(bytes).ok()
}

fn parse_run(value: &str) -> Option<RunId> {
    let (id, attempt) = value.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    (digits(id) && digits(attempt)).then_some(())?;
    Some(RunId { id: id.parse().ok()?, attempt: attempt.parse().ok()? })
}

fn parse_fingerprints(value: &str) -> Option<Destructive> {
    let bytes = STANDARD_NO_PAD.decode(value).ok()?;
    let (chunks, rest) = bytes.as_chunks::<FINGERPRINT>();
    (rest.is_empty() && chunks.is_sorted_by(|a, b| a < b)).then_some(())?;
    Destructive::new(chunks.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Marker {
        Marker {
            label: "prod eu--> \"é\n".to_owned(),
            kind: MarkerKind::Plan,
            head: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
            run: Some(RunId { id: 8_812_345, attempt: 2 }),
            plan: Some("7f3a".repeat(16)),
            destructive: Destructive::new([[0, 1, 2, 3, 4, 255], [9; 6]]),
        }
    }

    #[test]
    fn marker_reads_back_what_was_written() {
        for kind in MarkerKind::ALL {
            let marker = Marker { kind, ..full() };
            assert_eq!(Marker::parse(&format!("{}\nrest", marker.render())).as_ref(), Some(&marker));
            assert_eq!(Marker::parse(&format!("{}\r\nrest", marker.render())), Some(marker));
        }
        let bare = Marker::new("", MarkerKind::Error);
        assert_eq!(bare.render(), "<!-- resim-sync:v1 label= kind=error -->");
        assert_eq!(Marker::parse(&bare.render()), Some(bare));
    }

    #[test]
    fn no_value_can_end_the_comment() {
        let line = full().render();
        let inner = line.strip_prefix("<!--").and_then(|line| line.strip_suffix("-->")).unwrap();
        assert!(!inner.contains("--") && !inner.contains('>') && !inner.contains('\n'), "{inner}");
    }

    #[test]
    fn marker_counts_on_the_first_line_only() {
        let line = full().render();
        assert_eq!(Marker::parse(&format!("\n{line}")), None);
        assert_eq!(Marker::parse(&format!(" {line}")), None);
        assert_eq!(Marker::parse(&format!("> {line}\n{line}")), None);
    }

    #[test]
    fn what_is_not_exactly_a_marker_is_none() {
        let parse = |fields: &str| Marker::parse(&format!("<!-- resim-sync:v1 {fields} -->"));
        assert!(parse("label=a kind=plan").is_some());
        assert!(parse("label=a kind=plan future=1").is_some());
        for fields in [
            "",
            "kind=plan",
            "label=a",
            "label=a kind=other",
            "label=a kind=plan kind=plan",
            "label=a  kind=plan",
            "label=a-b kind=plan",
            "label=%G0 kind=plan",
            "label=% kind=plan",
            "label=%FF kind=plan",
            "label=é kind=plan",
            "label=a kind=plan run=1",
            "label=a kind=plan run=1.+1",
            "label=a kind=plan run=99999999999999999999.1",
            "label=a kind=plan destructive=AAAA",
            "label=a kind=plan destructive=A",
            "label=a kind=plan destructive=AAAAAAAAAAAAAAAA",
            "label=a kind=plan Upper=1",
            "label=a kind=plan --> <!-- x=y",
        ] {
            assert_eq!(parse(fields), None, "{fields}");
        }
        assert_eq!(Marker::parse("<!-- resim-sync:v2 label=a kind=plan -->"), None);
        assert_eq!(Marker::parse(""), None);
    }

    #[test]
    fn too_many_fingerprints_are_no_record() {
        let prints =
            |count: u32| (0..count).map(|n| [0, 0, n.to_be_bytes()[0], n.to_be_bytes()[1], n.to_be_bytes()[2], n.to_be_bytes()[3]]);
        let record = Destructive::new(prints(2_000));
        assert!(record.is_some());
        assert_eq!(Destructive::new(prints(2_001)), None);
        let marker = Marker { destructive: record, ..full() };
        let line = marker.render();
        assert!(line.len() < 16_500, "{}", line.len());
        assert_eq!(Marker::parse(&line), Some(marker));
    }

    #[test]
    fn visible_part_is_what_follows_the_marker() {
        assert_eq!(Marker::visible(&format!("{}\nrest\nof it", full().render())), "rest\nof it");
        assert_eq!(Marker::visible("no marker\nat all"), "no marker\nat all");
    }
}
