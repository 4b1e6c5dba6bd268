//! The drift issue: what differs between Git and ReSim, and both ways out.

use super::context::Context;
use super::escape::{code, link};
use super::ladder::fit;
use super::marker::{Destructive, Marker, MarkerKind};
use super::page::Page;
use crate::plan::DestructiveChange;
use crate::render::view::PlanView;

/// A drift to show.
#[derive(Clone, Copy, Debug)]
pub struct DriftText<'a> {
    /// What applying the config would do; not empty.
    pub view: &'a PlanView,
    /// Its destructive changes.
    pub destructive: &'a [DestructiveChange],
    /// The page of the workflow that applies, if known.
    pub apply_url: Option<&'a str>,
    /// The page of the workflow that clones, if known.
    pub clone_url: Option<&'a str>,
}

/// The body.
pub fn render_drift(context: &Context<'_>, drift: &DriftText<'_>) -> String {
    let DriftText { view, destructive, apply_url, clone_url } = *drift;
    let marker = Marker {
        plan: Some(view.digest.clone()),
        destructive: Destructive::new(destructive.iter().map(|change| change.fingerprint)),
        ..context.marker(MarkerKind::Drift)
    };
    fit(context.medium, |detail| {
        let mut page = Page::new(context, detail, &marker, &format!("ReSim has drifted from the config: {}", code(context.project)));
        page.paragraph(&super::plan::answer(view, "Applying the config as it is"));
        let way = |url: Option<&str>, words: &str| url.map_or_else(|| words.to_owned(), |url| link(words, url));
        page.paragraph(&format!(
            "Somebody changed ReSim, or a change of the config was never applied. There are two ways out:\n\n\
             - **The config is right**: {}. It does what is listed here.\n\
             - **ReSim is right**: {}. It opens a pull request that writes ReSim's state into the config.",
            way(apply_url, "run the apply workflow"),
            way(clone_url, "run the clone workflow")
        ));
        super::plan::body(&mut page, view);
        page.finish(&[format!("plan {}", context.digest(&view.digest))])
    })
}

/// The comment with which the issue is closed.
pub fn render_drift_gone(context: &Context<'_>) -> String {
    let project = code(context.project);
    let text = format!("**No drift any more.** ReSim's project {project} matches the config.\n\n{}", context.footer(&[]));
    text.trim_end().to_owned() + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::markdown::context::Medium;
    use crate::render::markdown::golden::golden;
    use crate::render::markdown::sample::{context, destructive, plan, view};

    fn surroundings() -> Context<'static> {
        Context { on_merge: false, base: None, ..context(Medium::Comment) }
    }

    #[test]
    fn drift_shows_both_ways_out_first() {
        let plan = plan();
        let drift = DriftText {
            view: &view(&plan),
            destructive: &destructive(&plan),
            apply_url: Some("https://github.com/acme/missions/actions/workflows/apply.yml"),
            clone_url: Some("https://github.com/acme/missions/actions/workflows/clone.yml"),
        };
        golden("drift_shows_both_ways_out_first", &render_drift(&surroundings(), &drift));
    }

    #[test]
    fn drift_that_is_gone_is_one_sentence() {
        golden("drift_that_is_gone_is_one_sentence", &render_drift_gone(&surroundings()));
    }
}
