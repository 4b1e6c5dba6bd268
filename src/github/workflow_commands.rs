//! What is said to the runner through the log: annotations, groups, masks.
//!
//! The runner parses stdout and stderr alike. Everything untrusted in a command is escaped here, so that
//! it stays one command.

use std::collections::BTreeSet;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE};
use secrecy::{ExposeSecret, SecretString};

/// GitHub shows ten annotations of a kind per step; the tenth says how many more there are.
const SHOWN: usize = 9;
/// GitHub cuts longer messages.
const MAX_MESSAGE: usize = 4_000;
/// A mask of a short text would blot out what is no secret, and drop outputs that contain it.
const MIN_MASK: usize = 8;

/// How grave an annotation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnnotationKind {
    /// `error`.
    Error,
    /// `warning`.
    Warning,
    /// `notice`.
    Notice,
}

impl AnnotationKind {
    fn command(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Notice => "notice",
        }
    }
}

/// A message at a place in a file, or without one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// How grave.
    pub kind: AnnotationKind,
    /// A short title; may be empty.
    pub title: String,
    /// The message; may have several lines.
    pub message: String,
    /// Where.
    pub place: Option<AnnotationPlace>,
}

/// A place that GitHub can link to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationPlace {
    /// Relative to the root of the repository, with forward slashes.
    pub file: String,
    /// Lines from 1.
    pub line: usize,
    /// The last line.
    pub end_line: usize,
    /// Column from 1, in characters.
    pub column: usize,
    /// Exclusive.
    pub end_column: usize,
}

/// Writes annotations, errors first, each kind in its order: nine at most, then how many more there are.
///
/// # Errors
/// What the writer says.
pub fn write_annotations(annotations: &[Annotation], out: &mut dyn Write) -> io::Result<()> {
    for kind in [AnnotationKind::Error, AnnotationKind::Warning, AnnotationKind::Notice] {
        let all: Vec<&Annotation> = annotations.iter().filter(|annotation| annotation.kind == kind).collect();
        for annotation in all.iter().take(SHOWN) {
            write_annotation(annotation, out)?;
        }
        let more = all.len().saturating_sub(SHOWN);
        if more > 0 {
            writeln!(out, "::{}::and {more} more, all in the job summary", kind.command())?;
        }
    }
    Ok(())
}

fn write_annotation(annotation: &Annotation, out: &mut dyn Write) -> io::Result<()> {
    let Annotation { kind, title, message, place } = annotation;
    let mut properties = Vec::new();
    if let Some(AnnotationPlace { file, line, end_line, column, end_column }) = place {
        properties.push(format!("file={}", escape_property(file)));
        properties.push(format!("line={line}"));
        if end_line == line {
            properties.push(format!("col={column}"));
            properties.push(format!("endColumn={end_column}"));
        } else {
            // The runner takes columns only within one line.
            properties.push(format!("endLine={end_line}"));
        }
    }
    if !title.is_empty() {
        properties.push(format!("title={}", escape_property(title)));
    }
    let blank = if properties.is_empty() { "" } else { " " };
    writeln!(out, "::{}{blank}{}::{}", kind.command(), properties.join(","), escape_data(&shortened(message)))
}

fn shortened(message: &str) -> String {
    match message.char_indices().nth(MAX_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

/// Begins a foldable group of log lines; groups do not nest.
///
/// # Errors
/// What the writer says.
pub fn begin_group(title: &str, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::group::{}", escape_data(title))
}

/// Ends the group.
///
/// # Errors
/// What the writer says.
pub fn end_group(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "::endgroup::")
}

/// Has the runner blot out secrets in the log, in the forms in which they could come back. For those that
/// the workflow did not pass in (a token obtained at run time): the runner knows the others. Short ones
/// are left out. Only for a runner: it alone reads these lines without showing them.
///
/// # Errors
/// What the writer says.
pub fn add_masks(secrets: &[&SecretString], out: &mut dyn Write) -> io::Result<()> {
    let forms: BTreeSet<String> = secrets.iter().flat_map(|secret| mask_forms(secret.expose_secret())).collect();
    for form in forms {
        writeln!(out, "::add-mask::{}", escape_data(&form))?;
    }
    Ok(())
}

/// A secret of several lines is masked line by line: the log has no other way.
fn mask_forms(secret: &str) -> Vec<String> {
    let mut forms: Vec<String> = secret.lines().map(str::trim).map(str::to_owned).collect();
    if secret.trim().chars().count() >= MIN_MASK {
        let json = serde_json::Value::from(secret).to_string();
        forms.push(json.trim_matches('"').to_owned());
        forms.push(STANDARD.encode(secret));
        forms.push(URL_SAFE.encode(secret));
        forms.push(percent_encoded(secret));
        forms.push(percent_encoded(secret).replace("%20", "+"));
    }
    forms.retain(|form| form.chars().count() >= MIN_MASK);
    forms
}

fn percent_encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

fn escape_data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn escape_property(text: &str) -> String {
    escape_data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn annotation(kind: AnnotationKind, message: &str) -> Annotation {
        Annotation { kind, title: String::new(), message: message.to_owned(), place: None }
    }

    fn written(annotations: &[Annotation]) -> String {
        let mut out = Vec::new();
        write_annotations(annotations, &mut out).expect("a Vec takes everything");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn errors_come_first_and_the_tenth_says_how_many_more() {
        let mut annotations = vec![annotation(AnnotationKind::Notice, "n")];
        annotations.extend((0..12).map(|number| annotation(AnnotationKind::Warning, &format!("w{number}"))));
        annotations.push(annotation(AnnotationKind::Error, "e"));
        let text = written(&annotations);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines[0], lines[1], lines[9]), ("::error::e", "::warning::w0", "::warning::w8"));
        assert_eq!(lines[10..], ["::warning::and 3 more, all in the job summary", "::notice::n"]);
    }

    #[test]
    fn place_is_given_in_properties() {
        let mut one = annotation(AnnotationKind::Error, "100% wrong\nindeed");
        one.title = "a: b, c".to_owned();
        one.place = Some(AnnotationPlace { file: "a,b.yaml".to_owned(), line: 3, end_line: 3, column: 5, end_column: 9 });
        assert_eq!(written(&[one.clone()]), "::error file=a%2Cb.yaml,line=3,col=5,endColumn=9,title=a%3A b%2C c::100%25 wrong%0Aindeed\n");
        if let Some(place) = &mut one.place {
            place.end_line = 4;
        }
        assert!(written(&[one]).starts_with("::error file=a%2Cb.yaml,line=3,endLine=4,title="));
    }

    #[test]
    fn long_message_is_cut_on_a_character() {
        let text = written(&[annotation(AnnotationKind::Error, &"é".repeat(5_000))]);
        assert_eq!(text.chars().count(), "::error::".len() + MAX_MESSAGE + "…\n".chars().count());
    }

    #[test]
    fn masks_are_long_and_cover_the_forms_of_a_secret() {
        let secrets = [SecretString::from("short"), SecretString::from("s3cr\"t/ +value")];
        let mut out = Vec::new();
        add_masks(&secrets.iter().collect::<Vec<_>>(), &mut out).expect("a Vec takes everything");
        let text = String::from_utf8(out).expect("UTF-8");
        let masks: BTreeSet<&str> = text.lines().filter_map(|line| line.strip_prefix("::add-mask::")).collect();
        let expected = [
            "s3cr\"t/ +value",
            "s3cr\\\"t/ +value",
            "czNjciJ0LyArdmFsdWU=",
            "s3cr%2522t%252F%2520%252Bvalue",
            "s3cr%2522t%252F+%252Bvalue",
        ];
        assert_eq!(masks, BTreeSet::from(expected));
    }

    #[test]
    fn short_line_of_a_long_secret_is_not_masked() {
        assert!(mask_forms("{\n  \"a\": \"long enough\"\n}").iter().all(|form| form != "{" && form != "}"));
    }
}
