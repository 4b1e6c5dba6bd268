//! The read after the writes, and what others do meanwhile.

use super::*;
use crate::apply::{ForeignChangeKind, Verification};

const TWO: &str = "experiences:
- {name: a, description: d, locations: [s3://x/a]}
- {name: b, description: d, locations: [s3://x/b]}
managedTestSuites: [{name: S, system: sys, experiences: [a]}]
";

fn foreign(report: &crate::apply::Report) -> Vec<String> {
    let changes = report.meanwhile.iter();
    changes
        .map(|change| {
            let what = match change.what {
                ForeignChangeKind::Field(field) => field.to_owned(),
                ForeignChangeKind::Revision { read, answered } => format!("{read} -> {answered}"),
            };
            format!("{} {what}", world::subject(&change.subject))
        })
        .collect()
}

#[tokio::test]
async fn fields_that_others_changed_show_in_the_answer_and_stay() {
    let world = World::new(TWO).await;
    world.fault(
        "PATCH experiences/*#1=edit:PATCH experiences/{experience:a} \
         {\"experience\": {\"profile\": \"theirs\"}, \"updateMask\": [\"profile\"]}",
    );
    let report = world.apply(&TWO.replacen("description: d", "description: D", 1)).await;
    assert!(report.succeeded(), "{report:?}");
    assert_eq!(foreign(&report), ["a profile"]);
    assert_eq!(world.row("experiences", "a")["profile"], "theirs");
}

#[tokio::test]
async fn revision_that_others_made_shows_in_the_answer() {
    let world = World::new(TWO).await;
    world.fault("PATCH suites/*#1=edit:PATCH suites/{suite:S} {\"updateMetricsBuild\": false, \"experiences\": []}");
    let report = world.apply(&TWO.replace("[a]}", "[a, b]}")).await;
    assert!(report.succeeded(), "{report:?}");
    assert_eq!(foreign(&report), ["S 0 -> 2"]);
}

#[tokio::test]
async fn revisions_of_our_own_are_nobody_elses() {
    let world = World::new(TWO).await;
    for config in
        [TWO.replace("[a]}", "[a, b]}"), TWO.replace("[a]}", "[b]}"), TWO.replace("- {name: a", "- {name: c").replace("[a]}", "[b, c]}")]
    {
        let report = world.apply(&config).await;
        assert!(report.succeeded() && report.meanwhile.is_empty(), "{report:?}");
    }
}

#[tokio::test]
async fn value_that_others_changed_after_the_write_is_left_and_theirs() {
    let world = World::new(TWO).await;
    world.fault(
        "PATCH experiences/*#1=edit-after:PATCH experiences/{experience:a} \
         {\"experience\": {\"description\": \"theirs\"}, \"updateMask\": [\"description\"]}",
    );
    world.fault(
        "PATCH experiences/*#1=edit-after:PATCH experiences/{experience:b} \
         {\"experience\": {\"locations\": [\"s3://theirs\"]}, \"updateMask\": [\"locations\"]}",
    );
    world.fault("PATCH experiences/*#1=edit-after:PATCH suites/{suite:S} {\"updateMetricsBuild\": false, \"experiences\": []}");
    world.fault("PATCH experiences/*#1=edit-after:POST experiences {\"name\": \"c\", \"description\": \"\", \"locations\": []}");
    let report = world.apply(&TWO.replacen("description: d", "description: D", 1)).await;
    assert_eq!(outcomes(&report), ["update a description: done"]);
    assert_eq!(
        world::residues(&report),
        [
            "c archived: \"-\" -> false by others",
            "a description: \"D\" -> theirs by others",
            "b locations: \"-\" -> s3://theirs by others",
            "S experiences: \"-\" -> 0 experiences, without a by others",
        ]
    );
    assert!(!report.succeeded());
}

#[tokio::test]
async fn what_others_undo_is_told_from_the_answers() {
    let world = World::new(TWO).await;
    world.edit("POST experiences/archive {\"experienceIDs\": [\"{experience:b}\"]}");
    world.fault("PATCH suites/*#1=edit-after:PATCH suites/{suite:S} {\"updateMetricsBuild\": false, \"experiences\": []}");
    world.fault("PATCH suites/*#1=edit-after:DELETE experiences/{experience:b}");
    world.fault("PATCH suites/*#1=edit-after:DELETE experiences/{experience:n}");
    let config = "experiences:
- {name: a, description: d, locations: [s3://x/a]}
- {name: b, description: D, locations: [s3://x/b]}
- {name: n, description: d, locations: [s3://x/n]}
managedTestSuites: [{name: S, system: sys, experiences: [a, b]}]
";
    let report = world.apply(config).await;
    assert_eq!(outcomes(&report), ["restore b: done", "update b description: done", "create n: done", "revise S to 2: done"]);
    assert_eq!(
        world::residues(&report),
        [
            "b archived: \"false\" -> true by others",
            "n archived: \"-\" -> true by others",
            "S experiences: \"2 experiences\" -> 0 experiences, without a, b by others",
        ]
    );
}

#[tokio::test]
async fn config_that_no_longer_fits_is_told_with_its_diagnostics() {
    let world = World::new("").await;
    world.edit("POST experienceTags {\"name\": \"theirs\", \"description\": \"\"}");
    let config = "experiences: [{name: a, description: d, locations: [s3://x/a], tags: [theirs]}]";
    assert!(world.apply(config).await.succeeded());
    world.fault("PATCH experiences/*#1=edit-after:DELETE experienceTags/{tag:theirs}");
    let report = world.apply(&config.replace("description: d", "description: D")).await;
    let Verification::NoLongerValid(diagnostics) = &report.verification else { panic!("{:?}", report.verification) };
    assert_eq!(diagnostics.sorted()[0].code.as_str(), "unknown-tag");
}

#[tokio::test]
async fn second_read_that_fails_is_told_with_the_reason() {
    let world = World::new(TWO).await;
    let planned = world.plan(&TWO.replacen("description: d", "description: D", 1)).await;
    world.fault("GET suites=403");
    let report = world.carry_out(&planned, None, world::never()).await;
    let Verification::NotRead(why) = &report.verification else { panic!("{:?}", report.verification) };
    assert!(why.contains("403"), "{why}");
    assert!(!report.succeeded());
}

#[tokio::test]
async fn same_report_whatever_the_concurrency() {
    let mut reports = Vec::new();
    for parallel in [1, 3, 64] {
        let world = World::with("", parallel, std::time::Duration::from_secs(600)).await;
        let entries: String = (0..30)
            .map(|index| format!("- {{name: e{index}, description: d{index}, locations: [s3://x], tags: [t{}]}}\n", index % 3))
            .collect();
        world.fault("POST experiences~d7=400");
        world.fault("POST experienceTags~t2=403");
        let report = world.apply(&format!("experiences:\n{entries}managedExperienceTags: [t0, t1, t2]")).await;
        reports.push(outcomes(&report));
    }
    assert_eq!(reports[0], reports[1]);
    assert_eq!(reports[0], reports[2]);
}
