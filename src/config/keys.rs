//! The one table of all keys that a config can have.
//!
//! Parser, spelling suggestions, JSON Schema and the README's reference are all made from it, so that
//! they cannot disagree.

/// The keys of one kind of mapping.
#[derive(Debug)]
pub struct Table {
    /// What such a mapping is called in messages, with its article.
    pub noun: &'static str,
    /// Its name among the definitions of the JSON Schema.
    pub definition: &'static str,
    /// One line for editors.
    pub doc: &'static str,
    /// In the order of the documentation.
    pub keys: &'static [Key],
    /// Whether keys that begin with `x-` are ignored, as a home for anchors.
    pub extensions: bool,
}

/// One key.
#[derive(Debug)]
pub struct Key {
    /// The camelCase spelling.
    pub name: &'static str,
    /// The older spelling, the same as [`Key::name`] where that is one word.
    pub snake: &'static str,
    /// What its value is.
    pub value: Value,
    /// Whether it must be there.
    pub required: bool,
    /// One or two sentences for editors and the README.
    pub doc: &'static str,
}

/// What a key's value is.
#[derive(Clone, Copy, Debug)]
pub enum Value {
    /// Any text, the empty one included.
    Text,
    /// Text that is more than blanks.
    Name,
    /// A UUID.
    Uuid,
    /// Whole seconds, from 1 to 2³¹−1.
    Seconds,
    /// A boolean.
    Boolean,
    /// The word for a custom field's type.
    FieldType,
    /// A list of any texts.
    Texts,
    /// A list of texts that are more than blanks.
    Names,
    /// As [`Value::Names`], each once.
    Locations,
    /// A list of mappings.
    Mappings(&'static Table),
}

impl Key {
    const fn new(name: &'static str, snake: &'static str, value: Value, doc: &'static str) -> Self {
        Self { name, snake, value, required: false, doc }
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// All accepted spellings.
    pub fn spellings(&self) -> impl Iterator<Item = &'static str> {
        let older = (self.snake != self.name).then_some(self.snake);
        std::iter::once(self.name).chain(older)
    }
}

impl Table {
    /// The index of the key with that spelling.
    pub fn index(&self, spelling: &str) -> Option<usize> {
        self.keys.iter().position(|key| key.name == spelling || key.snake == spelling)
    }

    /// The index of a key by its camelCase name, for code that knows the name exists.
    pub(crate) fn known(&self, name: &str) -> usize {
        self.index(name).expect("callers name keys of this very table")
    }

    /// The key that was probably meant by an unknown spelling.
    pub fn nearest(&self, spelling: &str) -> Option<usize> {
        let folded = fold(spelling);
        if folded.is_empty() || folded.len() > 64 {
            return None;
        }
        let synonym = SYNONYMS.iter().find(|(_, word)| *word == folded).and_then(|(key, _)| self.index(key));
        synonym.or_else(|| {
            let scored = self.keys.iter().enumerate().map(|(index, key)| (strsim::osa_distance(&folded, &fold(key.name)), index));
            let (distance, index) = scored.min()?;
            // About one slip in three letters: `nmae`, `desciption`, `location`.
            let allowed = (fold(self.keys[index].name).chars().count() / 3).max(1);
            (distance <= allowed && distance < folded.chars().count()).then_some(index)
        })
    }
}

/// Spelling without what people vary: case, `_`, `-` and blanks.
fn fold(spelling: &str) -> String {
    spelling.chars().filter(|c| !matches!(c, '_' | '-' | ' ')).flat_map(char::to_lowercase).collect()
}

/// Words that are too far from their key for a distance, by key.
const SYNONYMS: &[(&str, &str)] = &[
    ("experienceID", "id"),
    ("experienceID", "uuid"),
    ("environmentVariables", "env"),
    ("environmentVariables", "envvars"),
    ("environmentVariables", "environment"),
    ("environmentVariables", "variables"),
    ("containerTimeoutSeconds", "timeout"),
    ("containerTimeoutSeconds", "timeoutseconds"),
    ("containerTimeoutSeconds", "containertimeout"),
    ("managedTestSuites", "testsuites"),
    ("managedTestSuites", "suites"),
    ("managedTestSuites", "managedsuites"),
    ("managedExperienceTags", "tags"),
    ("managedExperienceTags", "managedtags"),
    ("managedExperienceTags", "experiencetags"),
];

/// The top level of a file.
pub static CONFIG: Table = Table {
    noun: "the config",
    definition: "config",
    doc: "Experiences, test suites and tags of a ReSim project.",
    extensions: true,
    keys: &[
        Key::new("experiences", "experiences", Value::Mappings(&EXPERIENCE), "Every experience that is to be live. Live experiences that are not listed are archived, unless `--no-archive` or `--archive-tag` says otherwise.").required(),
        Key::new("managedTestSuites", "managed_test_suites", Value::Mappings(&SUITE), "Test suites that end with exactly the experiences they list. Other suites are left alone."),
        Key::new("managedExperienceTags", "managed_experience_tags", Value::Names, "Tags that are removed from listed experiences which do not list them. Other tags are only ever added."),
    ],
};

/// One item of `experiences`.
pub static EXPERIENCE: Table = Table {
    noun: "an experience",
    definition: "experience",
    doc: "One experience (a simulation test scenario).",
    extensions: false,
    keys: &[
        Key::new("name", "name", Value::Name, "The experience's name, unique over all files.").required(),
        Key::new("description", "description", Value::Text, "What the experience tests.").required(),
        Key::new(
            "locations",
            "locations",
            Value::Locations,
            "Where the experience's data lies, such as `s3://bucket/path`. Compared without order.",
        )
        .required(),
        Key::new(
            "experienceID",
            "experience_id",
            Value::Uuid,
            "Follow this experience of ReSim, whatever its name is there: makes a rename out of a new name.",
        ),
        Key::new("profile", "profile", Value::Text, "The run profile. Absent keeps what ReSim has; the empty text clears it."),
        Key::new("tags", "tags", Value::Names, "Tags that the experience must have."),
        Key::new("systems", "systems", Value::Names, "Systems that the experience must be registered with. Never removed."),
        Key::new(
            "environmentVariables",
            "environment_variables",
            Value::Mappings(&VARIABLE),
            "Variables of the experience's containers. Absent keeps what ReSim has; `[]` clears them.",
        ),
        Key::new(
            "containerTimeoutSeconds",
            "container_timeout_seconds",
            Value::Seconds,
            "How long the experience's container may run, in seconds. Absent keeps what ReSim has.",
        ),
        Key::new(
            "cacheExempt",
            "cache_exempt",
            Value::Boolean,
            "Whether results are never taken from the cache. Absent keeps what ReSim has.",
        ),
        Key::new(
            "customFields",
            "custom_fields",
            Value::Mappings(&CUSTOM_FIELD),
            "Custom fields. Absent keeps what ReSim has; `[]` clears them.",
        ),
        Key::new("archived", "archived", Value::Boolean, "`true`: the experience is to be archived, and nothing else of it is changed."),
    ],
};

/// One item of `environmentVariables`.
pub static VARIABLE: Table = Table {
    noun: "an environment variable",
    definition: "environmentVariable",
    doc: "One environment variable.",
    extensions: false,
    keys: &[
        Key::new("name", "name", Value::Name, "The variable's name, unique in its experience.").required(),
        Key::new("value", "value", Value::Text, "The variable's value; a plain scalar keeps its source text.").required(),
    ],
};

/// One item of `customFields`.
pub static CUSTOM_FIELD: Table = Table {
    noun: "a custom field",
    definition: "customField",
    doc: "One custom field.",
    extensions: false,
    keys: &[
        Key::new("name", "name", Value::Name, "The field's name, unique in its experience whatever the case.").required(),
        Key::new("type", "type", Value::FieldType, "What the values are: `text`, `number`, `timestamp` or `json`.").required(),
        Key::new(
            "values",
            "values",
            Value::Texts,
            "The field's values: numbers are decimal, timestamps ISO 8601 with an offset (or a date alone), JSON is given as text.",
        )
        .required(),
    ],
};

/// One item of `managedTestSuites`.
pub static SUITE: Table = Table {
    noun: "a test suite",
    definition: "testSuite",
    doc: "One managed test suite.",
    extensions: false,
    keys: &[
        Key::new("name", "name", Value::Name, "The suite's name.").required(),
        Key::new("experiences", "experiences", Value::Names, "Names of exactly the experiences that the suite is to hold.").required(),
        Key::new("system", "system", Value::Name, "The system of the suite. Used only to create it (`--create-missing`)."),
        Key::new("description", "description", Value::Text, "What the suite is for. Used only to create it (`--create-missing`)."),
    ],
};

/// No table has more keys.
pub(crate) const MAX_KEYS: usize = 12;

const _: () = {
    let mut table = 0;
    while table < TABLES.len() {
        assert!(TABLES[table].keys.len() <= MAX_KEYS, "a table has more keys than MAX_KEYS says");
        table += 1;
    }
};

/// All tables, outermost first.
pub static TABLES: [&Table; 5] = [&CONFIG, &EXPERIENCE, &VARIABLE, &CUSTOM_FIELD, &SUITE];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn older_spelling_is_the_snake_case_of_the_name() {
        for key in TABLES.iter().flat_map(|table| table.keys) {
            let mut snake = String::new();
            for (at, c) in key.name.replace("ID", "Id").chars().enumerate() {
                if c.is_ascii_uppercase() && at > 0 {
                    snake.push('_');
                }
                snake.push(c.to_ascii_lowercase());
            }
            assert_eq!(key.snake, snake);
        }
    }

    #[test]
    fn slips_and_short_forms_find_their_key() {
        let meant = |table: &Table, word| table.nearest(word).map(|index| table.keys[index].name);
        assert_eq!(meant(&EXPERIENCE, "nmae"), Some("name"));
        assert_eq!(meant(&EXPERIENCE, "desciption"), Some("description"));
        assert_eq!(meant(&EXPERIENCE, "location"), Some("locations"));
        assert_eq!(meant(&EXPERIENCE, "env"), Some("environmentVariables"));
        assert_eq!(meant(&EXPERIENCE, "experience-id"), Some("experienceID"));
        assert_eq!(meant(&CONFIG, "Experiences"), Some("experiences"));
        assert_eq!(meant(&CONFIG, "test_suites"), Some("managedTestSuites"));
    }

    #[test]
    fn other_words_find_none() {
        for word in ["owner", "priority", "x", "", "zzzzzzzzzzzz"] {
            assert_eq!(EXPERIENCE.nearest(word), None, "{word}");
        }
    }
}
