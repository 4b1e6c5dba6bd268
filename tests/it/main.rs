//! Tests of the whole program.

mod config_cases;
mod credentials;
mod saved;
mod support;
mod sync_cases;
mod validate;
mod whole_path;
