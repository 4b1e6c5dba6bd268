//! Cloning by hand: ReSim's live state as a pull request, made through the API.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::job::{Job, Verdict};
use crate::client::Scope;
use crate::clone::{CloneOptions, CloneOutcome, CloneSummary, clone_new, clone_onto};
use crate::commands::clone::failure as clone_failure;
use crate::commands::connect::connect;
use crate::config::{LoadOptions, load_texts};
use crate::failure::{Failure, FailureKind};
use crate::github::{CloneBase, CloneError, CloneOutcome as Published, CloneReference, CloneRequest, GitHub, Output, RepositoryPattern};
use crate::ids::TagName;
use crate::render::markdown::{CloneChange, CloneText, Context, Failed, Medium, render_clone};
use crate::render::sentence::Sentence;
use crate::snapshot::Snapshot;

pub(super) async fn run(job: &mut Job<'_>) -> Result<Verdict, Failure> {
    let Some(github) = job.github.take() else {
        return Err(Failure::new(FailureKind::GitHubError, "a clone needs a GitHub token").hint("pass `github-token` to the action"));
    };
    let (base, snapshot, outcome) = match prepare(job, &github).await {
        Ok(prepared) => prepared,
        Err(failure) => return Err(job.summarize_failure(Failed::Clone, failure)),
    };
    let surroundings = job.surroundings(None, &snapshot.project.name, false);
    let published = publish(job, &github, &base, &outcome, &surroundings.context(Medium::Comment)).await;
    job.github = Some(github);
    job.summarize(&surroundings, |context| body(context, &outcome.summary));
    for line in outcome.summary.lines() {
        job.context.console.say(&line);
    }
    match published.map_err(|error| published_failure(&error))? {
        Published::NoDifference { closed } => {
            if let Some(closed) = closed {
                point_at(job, &closed);
            }
            job.context.console.say("no difference: the config says what ReSim has");
            Ok(Verdict::Ok)
        }
        Published::Opened(reference) | Published::Updated(reference) | Published::Unchanged(reference) => {
            job.outputs.set(Output::Changed, "true");
            point_at(job, &reference);
            Ok(Verdict::Ok)
        }
    }
}

/// Everything that comes before the first write to GitHub.
async fn prepare(job: &mut Job<'_>, github: &GitHub) -> Result<(CloneBase, Snapshot, CloneOutcome), Failure> {
    let patterns = patterns(job)?;
    let base = github.read_clone_base(job.args.base.as_deref(), &patterns).await.map_err(|error| published_failure(&error))?;
    let snapshot = read(job).await?;
    let outcome = clone(job, &base, &patterns, &snapshot)?;
    Ok((base, snapshot, outcome))
}

fn point_at(job: &mut Job<'_>, reference: &CloneReference) {
    job.outputs.set(Output::PrNumber, reference.number.to_string());
    job.outputs.set(Output::PrUrl, reference.url.clone());
}

fn patterns(job: &Job<'_>) -> Result<Vec<RepositoryPattern>, Failure> {
    let Some(checkout) = &job.checkout else {
        return Err(Failure::usage("the working directory is in no checkout").hint("run actions/checkout before this step"));
    };
    let outside = |pattern: &String| Failure::usage(format!("`{pattern}` leads outside the repository"));
    job.args.config.config.iter().map(|pattern| checkout.pattern(pattern).ok_or_else(|| outside(pattern))).collect()
}

async fn read(job: &Job<'_>) -> Result<Snapshot, Failure> {
    let connection = connect(&job.args.online, job.context).await?;
    let read = async {
        let scope = Scope::Live { archived_experiences: true };
        connection.resim.read(scope).await.map_err(|error| Failure::from(error).context("reading ReSim's state"))
    };
    let read = job.context.unless_stopped(read).await;
    connection.close(read)
}

/// The files at the base's tip, as they must be to say what ReSim has.
fn clone(job: &mut Job<'_>, base: &CloneBase, patterns: &[RepositoryPattern], snapshot: &Snapshot) -> Result<CloneOutcome, Failure> {
    let only_tagged = job.args.scope.archive_tag.as_deref().map(TagName::new);
    let load = LoadOptions { archive_tag: only_tagged.clone(), ..LoadOptions::default() };
    let options =
        CloneOptions { manage_suites: true, manage_tags: true, ids: true, only_tagged, keep_secrets: false, defaults: false, load };
    if base.files.values().all(|text| text.trim().is_empty()) {
        let path = base.files.keys().next().cloned().or_else(|| patterns.first().and_then(RepositoryPattern::plain));
        let Some(path) = path else { return Err(Failure::usage("the config's pattern names no file at the base branch")) };
        return clone_new(snapshot, &path, PathBuf::from(&path), &options).map_err(clone_failure);
    }
    let texts = base.files.iter().map(|(path, text)| (path.clone(), text.clone())).collect();
    let loaded = load_texts(texts, &options.load);
    if loaded.desired.is_none() {
        job.annotate(&loaded.sources, &loaded.diagnostics)?;
        return Err(Failure::told(FailureKind::ConfigInvalid));
    }
    clone_onto(&loaded, snapshot, None, &options).map_err(clone_failure)
}

async fn publish(
    job: &Job<'_>,
    github: &GitHub,
    base: &CloneBase,
    outcome: &CloneOutcome,
    context: &Context<'_>,
) -> Result<Published, CloneError> {
    let files: BTreeMap<String, String> = outcome.files.iter().map(|edit| (edit.path.clone(), edit.new.clone())).collect();
    let body = body(context, &outcome.summary);
    let title = "Adopt ReSim's live state into the config";
    let closing = "The config says what ReSim has: there is nothing to adopt any more.";
    let branch = job.args.clone_branch();
    github.publish_clone(&CloneRequest { base, branch: &branch, files: &files, title, body: &body, closing }).await
}

fn body(context: &Context<'_>, summary: &CloneSummary) -> String {
    let change = |noun, verb, names| CloneChange { noun, verb, names };
    let changes = [
        change("experience", "removed", &summary.removed),
        change("suite", "removed", &summary.removed_suites),
        change("managed tag", "removed", &summary.removed_tags),
        change("experience", "changed", &summary.changed),
        change("suite", "changed", &summary.changed_suites),
        change("experience", "added", &summary.added),
    ];
    let changes: Vec<CloneChange<'_>> = changes.into_iter().filter(|change| !change.names.is_empty()).collect();
    let mut warnings: Vec<Sentence> = Vec::new();
    for name in &summary.without_variables {
        let text = Sentence::new("The environment variables of ").code(name).text(" were left out, because a value looks secret.");
        warnings.push(text);
    }
    warnings.extend(summary.warnings.iter().map(|warning| Sentence::new("").code(warning)));
    for (names, what) in [(&summary.unlisted_suites, "live suites are not listed: "), (&summary.unlisted_tags, "tags are not managed: ")] {
        if !names.is_empty() {
            warnings.push(Sentence::new(format!("{} {what}", names.len())).code(names.join(", ")).text("."));
        }
    }
    render_clone(context, &CloneText { changes: &changes, warnings: &warnings })
}

fn published_failure(error: &CloneError) -> Failure {
    let kind = match error {
        CloneError::BranchTaken { .. } => FailureKind::BranchTaken,
        CloneError::NotUtf8 { .. } => FailureKind::ConfigInvalid,
        CloneError::GitHub(_) | CloneError::MayNotOpen { .. } => FailureKind::GitHubError,
    };
    error.hints().into_iter().fold(Failure::new(kind, error.to_string()), Failure::hint)
}
