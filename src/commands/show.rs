//! Plans and reports on stdout, in the format that was asked for.

use std::path::Path;

use super::Context;
use super::planning::Planned;
use crate::apply::Report;
use crate::cli::{Format, PlanFormat, ShowValuesChoice};
use crate::config::Loaded;
use crate::failure::{Failure, FailureKind};
use crate::private_file;
use crate::render::compare::{SavedPlan, compare_plans};
use crate::render::escape::write_json;
use crate::render::html::{HtmlContext, render_html};
use crate::render::json::{PlanJson, ReportJson};
use crate::render::markdown::{self, Against, ApplyResult, ApplyText, Basis, Medium, PlanText, Problems, ValidText};
use crate::render::text;
use crate::render::view::{PlanView, ReportView, ShowValues};

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
    let console = &context.console;
    console.out(|out| match format {
        PlanFormat::Text => text::render_plan(view, console.stdout_style, console.stdout_width, out),
        PlanFormat::Markdown => out.write_all(plan_markdown(view).as_bytes()),
        PlanFormat::Json => write_json(&PlanJson::new(view), out),
        PlanFormat::Html => render_html(view, &HtmlContext::default(), out),
    })
}

fn plan_markdown(view: &PlanView) -> String {
    let plan = PlanText { view, destructive: &[], basis: Basis::Live, problems: None, previous: None };
    markdown::render_plan(&document(&view.project.name), &plan)
}

/// Whether a config is valid in itself, as Markdown.
pub(super) fn validity_markdown(loaded: &Loaded) -> String {
    let problems = Problems { sources: &loaded.sources, diagnostics: &loaded.diagnostics };
    let context = document("");
    match &loaded.desired {
        None => markdown::render_invalid(&context, problems, Against::Itself),
        Some(desired) => {
            let valid = ValidText {
                unread: None,
                experiences: desired.experiences.len(),
                suites: desired.suites.len(),
                managed_tags: desired.managed_tags.len(),
                problems: Some(problems),
            };
            markdown::render_valid(&context, &valid)
        }
    }
}

/// Markdown that belongs to no pull request.
fn document(project: &str) -> markdown::Context<'_> {
    markdown::Context {
        medium: Medium::Document,
        project,
        label: "",
        files: None,
        head: None,
        base: None,
        run: None,
        read_at: None,
        on_merge: false,
    }
}

/// Saves a plan as JSON, for `apply --plan`.
pub(super) fn save_plan(view: &PlanView, path: &Path) -> Result<(), Failure> {
    let mut json = Vec::new();
    write_json(&PlanJson::new(view), &mut json)
        .and_then(|()| private_file::write(path, &json))
        .map_err(|error| Failure::new(FailureKind::Local, format!("cannot write {}: {error}", path.display())))
}

/// Tells how the plan differs from a saved one.
pub(super) fn plan_difference(saved: &SavedPlan, view: &PlanView, context: &Context) -> Result<(), Failure> {
    let fresh = SavedPlan::of(view).map_err(|error| Failure::new(FailureKind::Local, error))?;
    let difference = compare_plans(saved, &fresh);
    let console = &context.console;
    console.err(|err| text::render_difference(&difference, console.stderr_style, console.stderr_width, err));
    Ok(())
}

/// Writes what an apply did to stdout.
pub(super) fn report(report: &Report, planned: &Planned, show: ShowValuesChoice, format: Format, context: &Context) -> Result<(), Failure> {
    let view = ReportView::new(report, &planned.loaded.sources, values(show));
    let console = &context.console;
    console.out(|out| match format {
        Format::Text => text::render_report(&view, console.stdout_style, console.stdout_width, out),
        Format::Markdown => {
            let apply = ApplyText { result: ApplyResult::Report(&view), unreviewed: &[], previous: None };
            out.write_all(markdown::render_apply(&document(&view.project.name), &apply).as_bytes())
        }
        Format::Json => write_json(&ReportJson::new(&view), out),
    })
}
