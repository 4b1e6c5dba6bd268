//! From YAML files to [`Desired`](crate::desired::Desired), and back into the files in place.

mod custom_field;
mod document;
pub mod edit;
mod entry;
mod files;
mod fix;
pub mod keys;
mod load;
mod merge;
mod problems;
mod read;
mod reference;
mod scalar;
mod schema;
mod suite;
mod syntax;
mod validate;
mod view;
pub mod yaml;

pub(crate) use custom_field::problem as custom_field_problem;
pub use custom_field::{TimestampError, is_decimal, parse_timestamp};
pub use edit::{EditError, FileEdit, insert_ids};
pub use fix::{Mended, fix, fix_all};
#[cfg(any(test, fuzzing))]
pub(crate) use load::load_bytes;
pub use load::{LoadOptions, Loaded, UnlistedMember, load, load_texts};
pub use reference::reference_markdown;
pub use schema::json_schema;
pub(crate) use view::brief;
