//! Bulk requests that are refused are taken apart until the guilty pair is alone; what is so already is done.

use super::*;
use crate::apply::Outcome;

/// So many experiences, each with these further keys.
fn config(count: usize, keys: &str, rest: &str) -> String {
    let entries: String =
        (0..count).map(|index| format!("- {{name: e{index:02}, description: d, locations: [s3://x/{index}]{keys}}}\n")).collect();
    format!("experiences:\n{entries}managedExperienceTags: [t, u]\n{rest}")
}

fn requests<'a>(writes: &'a [String], request: &'a str) -> impl Iterator<Item = &'a str> {
    writes.iter().filter_map(move |write| write.strip_prefix(request)).map(str::trim)
}

#[tokio::test]
async fn tags_that_somebody_else_put_on_meanwhile_are_done() {
    let world = World::new(&config(8, "", "")).await;
    world.fault(
        "POST experienceTags/addExperiences#1=edit:POST experienceTags/addExperiences \
         {\"experienceTagIDs\": [\"{tag:t}\"], \"experiences\": [\"{experience:e03}\", \"{experience:e05}\"]}",
    );
    let wanted = config(8, ", tags: [t, u]", "");
    let report = world.apply(&wanted).await;
    assert!(report.succeeded(), "{:?}", outcomes(&report));
    let writes = world.writes();
    assert_eq!(requests(&writes, "POST experienceTags/addExperiences").collect::<Vec<_>>(), ["409", "201", "201"]);
    world.assert_converged(&wanted).await;
}

#[tokio::test]
async fn halving_leaves_the_guilty_pair_alone() {
    let world = World::new(&config(9, "", "")).await;
    let id = world.row("experiences", "e04")["id"].as_str().expect("an ID").to_owned();
    world.fault(&format!("POST experienceTags/addExperiences~{id}=404:message=no such experience"));
    world.fault(&format!("POST systems/addExperiences~{id}=400:message=not this one"));
    let report = world.apply(&config(9, ", tags: [t], systems: [sys]", "")).await;
    let failed: Vec<String> = outcomes(&report).into_iter().filter(|outcome| !outcome.ends_with(": done")).collect();
    assert_eq!(failed, ["e04 +t: failed 404 Not Found", "e04 @sys: failed 400 Bad Request"]);
    assert_eq!(report.actions.len(), 18);
    let guilty = report.actions.iter().find(|action| action.outcome != Outcome::Done).expect("one");
    assert!(format!("{:?}", guilty.outcome).contains("no such experience"));
    let writes = world.writes();
    assert!(requests(&writes, "POST experienceTags/addExperiences").count() <= 9, "{writes:?}");
    assert_eq!(world::residues(&report), ["t experience e04: \"member\" -> no member", "sys experience e04: \"member\" -> no member"]);
}

#[tokio::test]
async fn refused_pair_of_one_experience_is_told_by_its_tag() {
    let world = World::new(&config(3, "", "")).await;
    let tag = world.row("tags", "u")["id"].as_str().expect("an ID").to_owned();
    world.fault(&format!("POST experienceTags/addExperiences~{tag}=400"));
    let report = world.apply(&config(3, ", tags: [t, u]", "")).await;
    let failed = outcomes(&report).into_iter().filter(|outcome| outcome.contains("failed")).count();
    assert_eq!((failed, outcomes(&report).len()), (3, 6), "{:?}", outcomes(&report));
    assert!(outcomes(&report).iter().all(|outcome| outcome.contains("+u") == outcome.contains("failed")));
}

#[tokio::test]
async fn tag_that_is_gone_costs_no_halving() {
    let world = World::new(&config(40, "", "")).await;
    world.fault("POST experienceTags/addExperiences#1=edit:DELETE experienceTags/{tag:t}");
    let report = world.apply(&config(40, ", tags: [t, u]", "")).await;
    let failed = outcomes(&report).into_iter().filter(|outcome| outcome.contains("+t: failed 404")).count();
    assert_eq!(failed, 40, "{:?}", outcomes(&report));
    let writes = world.writes();
    assert_eq!(requests(&writes, "POST experienceTags/addExperiences").collect::<Vec<_>>(), ["404", "201"]);
    let crate::apply::Verification::NotConverged { left, .. } = &report.verification else { panic!("{:?}", report.verification) };
    assert!(left.tags[0].id.is_none(), "with leave to create it, the next run would");
}

#[tokio::test]
async fn limit_on_bulk_lists_is_met_by_halving() {
    let world = World::new(&config(10, "", "")).await;
    world.fault("bulk-limit=4");
    let wanted = config(10, ", tags: [t], systems: [sys]", "");
    assert!(world.apply(&wanted).await.succeeded());
    let report = world.apply("experiences: []").await;
    assert!(report.succeeded(), "{:?}", outcomes(&report));
}

#[tokio::test]
async fn present_pairs_that_a_server_passes_over_are_no_trouble() {
    let world = World::new(&config(4, "", "")).await;
    world.fault("bulk-present=skip");
    world.fault("POST experienceTags/addExperiences#1=edit:POST experienceTags/{tag:t}/experiences/{experience:e01}");
    assert!(world.apply(&config(4, ", tags: [t]", "")).await.succeeded());
}

#[tokio::test]
async fn removals_that_are_so_already_are_done_and_others_fail() {
    let world = World::new(&config(4, ", tags: [t]", "")).await;
    let id = |name: &str| world.row("experiences", name)["id"].as_str().expect("an ID").to_owned();
    world.fault("DELETE experienceTags/*/experiences/*#1=edit:DELETE experienceTags/{tag:t}/experiences/{experience:e02}");
    world.fault(&format!("DELETE experienceTags/*/experiences/{}=404", id("e01")));
    let report = world.apply(&config(4, "", "")).await;
    assert_eq!(outcomes(&report), ["e00 -t: done", "e01 -t: failed 404 Not Found", "e02 -t: done", "e03 -t: done"]);
    assert_eq!(world::residues(&report), ["t experience e01: \"no member\" -> member"]);
}

#[tokio::test]
async fn archives_that_somebody_else_made_are_done_and_the_guilty_one_is_found() {
    let world = World::new(&config(9, "", "")).await;
    let id = |name: &str| world.row("experiences", name)["id"].as_str().expect("an ID").to_owned();
    world.fault("POST experiences/archive#1=edit:DELETE experiences/{experience:e02}");
    world.fault(&format!("POST experiences/archive~{}=400", id("e02")));
    world.fault(&format!("POST experiences/archive~{}=400:message=in use", id("e07")));
    let report = world.apply("experiences: []").await;
    let failed: Vec<String> = outcomes(&report).into_iter().filter(|outcome| !outcome.ends_with(": done")).collect();
    assert_eq!(failed, ["archive e07: failed 400 Bad Request"]);
    assert_eq!(world::residues(&report), ["e07 archived: \"true\" -> false"]);
}

#[tokio::test]
async fn archive_that_counts_too_few_is_looked_into() {
    let world = World::new(&config(3, "", "")).await;
    world.fault("POST experiences/archive#1=body:2");
    assert!(world.apply("experiences: []").await.succeeded(), "all are archived, whatever the answer counts");
    let world = World::new(&config(3, "", "")).await;
    // The answer comes before the effect, and one of the three is restored in between.
    world.fault("POST experiences/archive#1=edit-after:POST experiences/{experience:e01}/restore");
    world.fault("POST experiences/archive#1=body:2");
    let report = world.apply("experiences: []").await;
    assert_eq!(outcomes(&report)[1], "archive e01: failed the answer counts 2 of 3");
}

#[tokio::test]
async fn suite_is_revised_once_though_its_member_is_archived() {
    let world = World::new(&config(3, "", "managedTestSuites: [{name: S, system: sys, experiences: [e00, e01, e02]}]")).await;
    let report = world.apply(&config(1, "", "managedTestSuites: [{name: S, system: sys, experiences: [e00]}]")).await;
    assert!(report.succeeded(), "{:?}", outcomes(&report));
    assert_eq!(outcomes(&report), ["archive e01: done", "archive e02: done"]);
    assert_eq!((world.row("suites", "S")["revision"].clone(), world.writes().len()), (1.into(), 1));
}

#[tokio::test]
async fn reading_that_served_one_refused_removal_is_not_taken_for_news_about_another() {
    let world = World::with(&config(2, ", tags: [t]", ""), 1, std::time::Duration::from_secs(600)).await;
    world.fault("DELETE experienceTags/*/experiences/*#1=edit:DELETE experienceTags/{tag:t}/experiences/{experience:e00}");
    // The first attempt takes effect unseen, so the second is refused.
    world.fault("DELETE experienceTags/*/experiences/*#2=cut-after");
    let report = world.apply(&config(2, "", "")).await;
    assert!(report.succeeded(), "{:?}", outcomes(&report));
}
