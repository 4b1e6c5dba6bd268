//! `schema`: the JSON Schema of the config file.

use super::Context;
use crate::config::json_schema;
use crate::failure::{Ending, Failure};

pub(super) fn run(context: &Context) -> Result<Ending, Failure> {
    context.console.out(|out| writeln!(out, "{:#}", json_schema()))?;
    Ok(Ending::Done)
}
