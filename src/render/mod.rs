//! Values as text for people and machines.

pub mod diagnostics;
pub mod markdown;
mod quote;
mod redact;
pub mod sentence;
pub mod view;

pub use quote::terminal_safe;
