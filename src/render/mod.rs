//! Values as text for people and machines.

pub mod annotations;
pub mod compare;
pub mod diagnostics;
pub mod escape;
mod field_lines;
pub mod html;
pub mod json;
pub mod markdown;
pub(crate) mod quote;
mod redact;
pub mod sentence;
#[cfg(test)]
mod testing;
pub mod text;
pub mod view;
mod words;

pub use quote::terminal_safe;
