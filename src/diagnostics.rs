//! What is wrong with a config, as data: code, severity, message, places, ways out.
//!
//! User mistakes are collected, never thrown: one run reports them all. Rendering is elsewhere.

use crate::source::Origin;

/// How much a diagnostic matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The config cannot be used.
    Error,
    /// Probably not what was meant; does not stop anything.
    Warning,
}

/// One place of a diagnostic, with what to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub origin: Origin,
    /// A few words beside the caret; empty where the message says all.
    pub text: String,
}

/// One problem of a config, in itself or against ReSim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable, kebab-case; documented in the README.
    pub code: Code,
    /// Error or warning.
    pub severity: Severity,
    /// One sentence without a final period; may hold untrusted text, so escape it when written.
    pub message: String,
    /// The first is the primary place; empty only where no file is concerned.
    pub labels: Vec<Label>,
    /// Ways out, one a line.
    pub help: Vec<String>,
}

impl Diagnostic {
    /// An error with its primary place.
    pub fn error(code: Code, origin: Origin, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message).at(origin, "")
    }

    /// A warning with its primary place.
    pub fn warning(code: Code, origin: Origin, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message).at(origin, "")
    }

    /// A diagnostic that has no place yet.
    pub fn new(severity: Severity, code: Code, message: impl Into<String>) -> Self {
        Self { code, severity, message: message.into(), labels: Vec::new(), help: Vec::new() }
    }

    /// Adds a place.
    #[must_use]
    pub fn at(mut self, origin: Origin, text: impl Into<String>) -> Self {
        self.labels.push(Label { origin, text: text.into() });
        self
    }

    /// Adds a way out.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// The problems found so far. Sorted by place when taken out, so that output is deterministic.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds one.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// Adds all of another collection.
    pub fn append(&mut self, other: Diagnostics) {
        self.items.extend(other.items);
    }

    /// Whether any of them is an error.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// Whether there are none at all.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// All of them: by file and place, errors before warnings at one place, without exact repeats.
    pub fn sorted(&self) -> Vec<&Diagnostic> {
        let mut items: Vec<&Diagnostic> = self.items.iter().collect();
        items.sort_by(|a, b| {
            let key = |item: &Diagnostic| {
                let place = item.labels.first().map(|label| label.origin);
                (place.is_none(), place, item.severity, item.code)
            };
            key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
        });
        items.dedup();
        items
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// Stable names of all problems; scripts and documentation may rely on them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// Every code, in the order of the documentation.
            pub const ALL: &[Code] = &[$(Code::$variant,)*];

            /// The name as printed.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Code::$variant => $text,)*
                }
            }
        }
    };
}

codes! {
    /// A file cannot be read, is missing, or a pattern matches none.
    FileUnreadable = "file-unreadable",
    /// A file lies outside the folders it may lie in.
    FileOutside = "file-outside",
    /// A file over the size limit.
    FileTooLarge = "file-too-large",
    /// Not UTF-8, or a NUL byte.
    NotText = "not-text",
    /// YAML that does not parse.
    Syntax = "yaml-syntax",
    /// A tab where YAML wants spaces.
    TabIndentation = "tab-indentation",
    /// More than one YAML document in a file.
    SeveralDocuments = "several-documents",
    /// Nesting deeper than the limit.
    TooDeep = "too-deep",
    /// Aliases that expand to more than the limit.
    AliasLimit = "alias-limit",
    /// More problems than are worth showing.
    TooManyProblems = "too-many-problems",
    /// One key twice in a mapping, in the same or in both spellings.
    DuplicateKey = "duplicate-key",
    /// A key that the format does not have.
    UnknownKey = "unknown-key",
    /// A value of another type than wanted.
    WrongType = "wrong-type",
    /// A required key is absent.
    MissingField = "missing-field",
    /// Null inside a list.
    NullItem = "null-item",
    /// A name that is empty or only blanks.
    BlankName = "blank-name",
    /// A location that is empty or only blanks.
    BlankLocation = "blank-location",
    /// A location twice in one experience.
    RepeatedLocation = "repeated-location",
    /// No file has the key `experiences`.
    NoExperiences = "no-experiences",
    /// A suite without the key `experiences`.
    SuiteWithoutExperiences = "suite-without-experiences",
    /// Two definitions of one name.
    DuplicateName = "duplicate-name",
    /// One experience ID twice.
    DuplicateId = "duplicate-id",
    /// Not a UUID.
    BadUuid = "bad-uuid",
    /// One environment variable twice.
    DuplicateVariable = "duplicate-variable",
    /// Custom fields whose names differ at most in case.
    DuplicateCustomField = "duplicate-custom-field",
    /// A custom field of an unknown type.
    CustomFieldType = "custom-field-type",
    /// A custom field value that is not of its field's type.
    CustomFieldValue = "custom-field-value",
    /// A timeout out of range.
    TimeoutRange = "timeout-range",
    /// A suite member that no file defines.
    UnknownMember = "unknown-member",
    /// A suite member whose entry says `archived: true`.
    ArchivedMember = "archived-member",
    /// Under `--archive-tag`: an entry without that tag.
    ArchiveTagMissing = "archive-tag-missing",
    /// An item twice in a list that only refers.
    RepeatedItem = "repeated-item",
    /// A managed tag that no experience lists.
    UnusedManagedTag = "unused-managed-tag",
    /// An empty description, no locations, or a suite without members.
    EmptyValue = "empty-value",
    /// An experience ID that ReSim does not have.
    UnknownId = "unknown-id",
    /// A tag that ReSim does not have.
    UnknownTag = "unknown-tag",
    /// A system that ReSim does not have.
    UnknownSystem = "unknown-system",
    /// A suite that ReSim does not have.
    UnknownSuite = "unknown-suite",
    /// Two live suites of one managed name.
    AmbiguousSuite = "ambiguous-suite",
    /// A name that another experience holds in the outcome.
    NameTaken = "name-taken",
}
