//! What all jobs share: the runner, GitHub, the outputs so far.

use std::path::PathBuf;

use chrono::Utc;
use secrecy::SecretString;

use super::surroundings::Surroundings;
use crate::apply::Report;
use crate::cli::{CiArgs, PlanFormat};
use crate::commands::load::{self, Problems};
use crate::commands::planning::Planned;
use crate::commands::{Context, policy, show};
use crate::config::Loaded;
use crate::desired::Desired;
use crate::diagnostics::Diagnostics;
use crate::failure::{Failure, FailureKind};
use crate::github::{
    Checkout, GitHub, GitHubOptions, MessageKind, Output, Outputs, PullRequest, RunnerEnv, RunnerFiles, begin_group, end_group,
    write_message,
};
use crate::plan::Policy;
use crate::private_file;
use crate::render::annotations::render_annotations;
use crate::render::escape::json_text;
use crate::render::json::{PlanJson, ReportJson};
use crate::render::markdown::{Failed, FailureText, Medium, Problems as Shown, render_failure};
use crate::render::view::{PlanView, ReportView};
use crate::source::Sources;

/// How a job ended that did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Done, or nothing to do.
    Ok,
    /// A plan has changes.
    Changes,
    /// ReSim was not contacted, as there are no credentials.
    Offline,
    /// A newer commit's run applies it.
    Superseded,
}

impl Verdict {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Changes => "changes",
            Self::Offline => "offline",
            Self::Superseded => "superseded",
        }
    }

    /// Whether the changes that the outputs tell of are still to be made.
    pub(super) fn is_pending(self) -> bool {
        match self {
            Self::Changes | Self::Offline => true,
            Self::Ok | Self::Superseded => false,
        }
    }
}

/// One run of the action.
pub(super) struct Job<'a> {
    pub(super) args: &'a CiArgs,
    pub(super) context: &'a Context,
    pub(super) runner: RunnerEnv,
    pub(super) files: RunnerFiles,
    pub(super) outputs: Outputs,
    /// `None` without a token, or where it cannot be set up: warned of once.
    pub(super) github: Option<GitHub>,
    pub(super) checkout: Option<Checkout>,
    /// Whether Git does not hold the config as it was read: there is nothing to link to.
    pub(super) generated: bool,
    /// Whether anything was warned of.
    pub(super) warned: bool,
}

impl<'a> Job<'a> {
    pub(super) fn new(args: &'a CiArgs, context: &'a Context, runner: RunnerEnv, files: RunnerFiles) -> Self {
        let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
        let checkout = Checkout::find(&folder, runner.workspace.as_deref());
        Self { args, context, runner, files, outputs: Outputs::default(), github: None, checkout, generated: false, warned: false }
    }

    /// Without GitHub there are no comments, and the job goes on.
    pub(super) async fn connect_to_github(&mut self) {
        let environment = &self.context.environment;
        let Some(token) = environment.get("RESIM_SYNC_GITHUB_TOKEN").or_else(|| environment.get("GITHUB_TOKEN")) else { return };
        let connected = match GitHubOptions::from_env(&self.runner, SecretString::from(token)) {
            Ok(options) => GitHub::connect(options).await,
            Err(error) => Err(error),
        };
        match connected {
            Ok(github) => self.github = Some(github),
            Err(error) => self.warn(&format!("GitHub cannot be reached: {error}")),
        }
    }

    pub(super) fn message(&self, kind: MessageKind, text: &str) -> Result<(), Failure> {
        self.context.console.out(|out| write_message(kind, text, out))
    }

    /// Warns where GitHub shows it; a log that cannot be written to is told of by whatever comes next.
    pub(super) fn warn(&mut self, text: &str) {
        self.warned = true;
        let _ = self.message(MessageKind::Warning, text);
    }

    /// Loads the config; what is wrong is annotated and logged.
    pub(super) async fn load(&mut self) -> Result<(Loaded, Option<Desired>), Failure> {
        policy::unlisted(&self.args.scope)?;
        let options = load::options(&self.args.config, &self.args.scope, &self.context.environment)?;
        let mut loaded = load::read(&options, self.context).await?;
        self.annotate(&loaded.sources, &loaded.diagnostics)?;
        let desired = loaded.desired.take();
        Ok((loaded, desired))
    }

    /// Shows problems beside the lines and in the log.
    pub(super) fn annotate(&mut self, sources: &Sources, diagnostics: &Diagnostics) -> Result<(), Failure> {
        self.warned |= !diagnostics.is_empty();
        let prefix = self.checkout.as_ref().map(Checkout::prefix).unwrap_or_default();
        load::tell(sources, diagnostics, self.context);
        self.context.console.out(|out| render_annotations(sources, diagnostics, &prefix, out))
    }

    /// How to plan; a pull request's own permit counts.
    pub(super) fn policy(&self, permitted_archives: Option<u64>) -> Result<Policy, Failure> {
        Ok(Policy {
            unlisted: policy::unlisted(&self.args.scope)?,
            max_archive: self.args.max_archive,
            force: false,
            permitted_archives,
            create_missing: self.args.create_missing,
        })
    }

    pub(super) fn surroundings(&self, pull_request: Option<&PullRequest>, project: &str, on_merge: bool) -> Surroundings {
        let checkout = self.checkout.as_ref().filter(|_| !self.generated);
        Surroundings::new(&self.runner, checkout, pull_request, project, &self.args.label, on_merge)
    }

    /// What the project is called before it is known.
    pub(super) fn project(&self) -> &str {
        self.args.online.project.as_deref().unwrap_or("(no project)")
    }

    /// The plan in the log, in a file and in the outputs.
    pub(super) fn record_plan(&mut self, planned: &Planned) -> Result<PlanView, Failure> {
        let view = show::view(planned, self.args.show_values);
        self.context.console.out(|out| begin_group("Plan", out))?;
        show::plan(&view, PlanFormat::Text, self.context)?;
        self.context.console.out(end_group)?;
        let counts = view.counts;
        for (output, count) in [
            (Output::Creates, counts.creates),
            (Output::Updates, counts.updates),
            (Output::Renames, counts.renames),
            (Output::Restores, counts.restores),
            (Output::Archives, counts.archives),
        ] {
            self.outputs.set(output, count.to_string());
        }
        self.outputs.set(Output::Changed, (!view.is_empty()).to_string());
        self.outputs.set(Output::PlanDigest, view.digest.clone());
        let json = json_text(&PlanJson::new(&view));
        self.keep("plan.json", json, Output::PlanFile)?;
        Ok(view)
    }

    /// The report in a file and in the outputs.
    pub(super) fn record_report(&mut self, report: &Report, planned: &Planned) -> Result<ReportView, Failure> {
        let view = ReportView::new(report, &planned.loaded.sources, show::values(self.args.show_values));
        let json = json_text(&ReportJson::new(&view));
        self.keep("report.json", json, Output::ReportFile)?;
        Ok(view)
    }

    fn keep(&mut self, name: &str, json: std::io::Result<String>, output: Output) -> Result<(), Failure> {
        let kept = json.and_then(|json| {
            let Some(folder) = self.files.folder()? else { return Ok(None) };
            let path = folder.join(name);
            private_file::write(&path, json.as_bytes())?;
            Ok(Some(path))
        });
        match kept {
            Ok(Some(path)) => self.outputs.set(output, path.display().to_string()),
            Ok(None) => {}
            Err(error) => return Err(Failure::new(FailureKind::Local, format!("cannot write {name}: {error}"))),
        }
        Ok(())
    }

    /// Appends to the job summary; a summary that cannot be written is worth a warning only.
    pub(super) fn summarize(&mut self, surroundings: &Surroundings, render: impl Fn(&crate::render::markdown::Context<'_>) -> String) {
        let text = render(&surroundings.context(Medium::Summary));
        if let Err(error) = self.files.append_summary(&text) {
            self.warn(&format!("the job summary cannot be written: {error}"));
        }
    }

    /// Why nothing was planned or cloned, where there is no comment to say it in.
    pub(super) fn summarize_failure(&mut self, what: Failed, failure: Failure) -> Failure {
        if !failure.message.is_empty() {
            let surroundings = self.surroundings(None, self.project(), false);
            let help: Vec<String> = failure.details.iter().chain(&failure.hints).cloned().collect();
            let text = FailureText { what, message: &failure.message, help: &help, previous: None };
            self.summarize(&surroundings, |context| render_failure(context, &text));
        }
        failure
    }

    /// The problems of a config, for Markdown.
    pub(super) fn shown<'b>(sources: &'b Sources, diagnostics: &'b Diagnostics) -> Shown<'b> {
        Shown { sources, diagnostics }
    }

    /// Problems are annotated by the job itself.
    pub(super) const PROBLEMS: Problems = Problems::Told;
}

/// The present time, for people.
pub(super) fn now() -> String {
    Utc::now().format("%Y-%m-%d %H:%M UTC").to_string()
}
