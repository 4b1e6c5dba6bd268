//! Identifiers and names, each a type of its own so that they cannot be mixed up. A plan says one name in many places: a copy of
//! it is a reference.

use std::fmt;
use std::sync::Arc;

use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }
    };
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Wraps a name as it is; names are compared byte for byte.
            pub fn new(name: impl Into<Arc<str>>) -> Self {
                Self(name.into())
            }

            /// The name as text. Untrusted: escape it for the medium it is written to.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// A ReSim project's UUID.
    ProjectId
);
id!(
    /// An experience's UUID; it survives renames and archiving.
    ExperienceId
);
id!(
    /// An experience tag's UUID.
    TagId
);
id!(
    /// A system's UUID.
    SystemId
);
id!(
    /// A test suite's UUID, the same over all its revisions.
    SuiteId
);
name!(
    /// An experience's name, unique in its project.
    ExperienceName
);
name!(
    /// An experience tag's name, unique in its project.
    TagName
);
name!(
    /// A system's name, unique in its project.
    SystemName
);
name!(
    /// A test suite's name.
    SuiteName
);

impl ExperienceId {
    /// The first eight hexadecimal digits, used in parking names and short displays.
    pub fn short(&self) -> String {
        let mut text = self.to_string();
        text.truncate(8);
        text
    }
}
