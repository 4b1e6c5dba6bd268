//! Small configs and states for tests, random ones that collide, and a model of what applying a plan does.

mod builders;
mod generate;
mod simulate;
mod summary;

pub(crate) use builders::{ConfigBuilder, StateBuilder, config, experience_id, state, suite_id, system_id, tag_id};
pub(crate) use generate::{Case, case};
pub(crate) use simulate::{Server, apply_to, only_demanded, respelt};
pub(crate) use summary::{notes, problems, summary};
