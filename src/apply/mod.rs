//! From a plan to a changed ReSim: schedule (pure), execute, verify, report.

mod report;

pub use report::*;
