use std::path::Path;

use super::{HtmlContext, render_html};
use crate::plan::Plan;
use crate::render::markdown::github::{Piece, elements, pieces};
use crate::render::markdown::sample::{archive, empty, plan, refused, view};

fn page(plan: &Plan) -> String {
    let mut out = Vec::new();
    let context = HtmlContext { read_at: Some("2026-08-23 09:14 UTC"), ..HtmlContext::default() };
    render_html(&view(plan), &context, &mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

/// The page without its style and script, which hold `<` and `>` of their own.
fn markup(page: &str) -> String {
    let style = page.split_once("</style>").expect("a style").1;
    style.split_once("<script>").map_or(style, |(markup, _)| markup).to_owned()
}

#[test]
fn page_of_every_kind() {
    let page = page(&plan());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/html/page_of_every_kind.html");
    let body = markup(&page);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &body).expect("the file can be written");
    }
    if let Some(folder) = std::env::var_os("GOLDEN_HTML") {
        std::fs::write(Path::new(&folder).join("page.html"), &page).expect("the page can be written");
        let large = self::page(&refused(10_000));
        std::fs::write(Path::new(&folder).join("large_page.html"), &large).expect("the page can be written");
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(wanted == body, "the page differs; UPDATE_GOLDEN=1 writes it anew");
}

#[test]
fn page_without_changes_is_whole() {
    let page = page(&empty());
    assert!(page.contains("No changes.") && page.ends_with("</html>\n") && !page.contains("<script>"));
}

#[test]
fn page_needs_no_network_and_allows_only_itself() {
    let page = page(&plan());
    assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("url("), "nothing is loaded");
    assert!(!page.contains("unsafe-inline"));
    for (begin, end, directive) in [("<style>", "</style>", "style-src"), ("<script>", "</script>", "script-src")] {
        let content = page.split_once(begin).and_then(|(_, rest)| rest.split_once(end)).expect("an element").0;
        assert!(!content.contains("</"), "nothing in it can end it");
        use base64::Engine as _;
        use sha2::Digest as _;
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(content.as_bytes()));
        assert!(page.contains(&format!("{directive} 'sha256-{hash}'")), "{directive}");
    }
}

#[test]
fn nothing_written_by_users_becomes_markup() {
    let hostile = [
        "</code></details></li></ul>",
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\" onclick=\"alert(1)",
        "' data-action='x",
        "<!--",
        "]]>",
        "&lt;b&gt;",
        "\u{202e}\u{1b}[31m\n\0",
        "",
    ];
    let named = |name: &str| {
        use crate::ids::{SuiteName, SystemName, TagName};
        let mut plan = plan();
        plan.project.name = name.to_owned();
        for (index, change) in plan.experiences.iter_mut().enumerate() {
            change.name = crate::ids::ExperienceName::new(format!("{name}{}", "x".repeat(index)));
        }
        plan.experiences.push(archive(name, 99));
        plan.left_alone = vec![crate::ids::ExperienceName::new(name)];
        plan.tags.iter_mut().for_each(|tag| tag.name = TagName::new(name));
        plan.systems.iter_mut().for_each(|system| system.name = SystemName::new(name));
        plan.suites.iter_mut().for_each(|suite| suite.name = SuiteName::new(name));
        plan.suites[0].added = [crate::plan::ExperienceRef::New { name: crate::ids::ExperienceName::new(name) }].into();
        markup(&page(&plan))
    };
    let tags = |html: &str| -> Vec<String> {
        let tag = |piece: Piece| match piece {
            Piece::Tag(tag) => Some(tag),
            Piece::Text(_) => None,
        };
        pieces(html).into_iter().filter_map(tag).collect()
    };
    let harmless = named("n");
    for name in hostile {
        let html = named(name);
        if name.is_empty() {
            assert!(html.contains("(empty)"));
            continue;
        }
        assert_eq!(elements(&html), elements(&harmless), "{name:?}");
        assert_eq!(tags(&html), tags(&harmless), "attributes of {name:?}");
        assert!(!html.chars().any(|c| c != '\n' && crate::render::quote::is_active(c)));
    }
}

#[test]
fn every_opened_element_is_closed() {
    for plan in [plan(), refused(100), empty()] {
        let html = markup(&page(&plan));
        for element in ["li", "ul", "details", "summary", "code", "pre", "del", "ins", "span", "table", "td", "th", "section", "form", "p"]
        {
            let opened = elements(&html).iter().filter(|name| *name == element).count();
            assert_eq!(opened, html.matches(&format!("</{element}>")).count(), "<{element}>");
        }
    }
}

#[test]
fn many_rows_are_parted_into_short_lists() {
    let html = markup(&page(&refused(1_234)));
    let lists: Vec<usize> =
        html.split("<ul class=\"rows\"").skip(1).map(|list| list.split_once("</ul>").expect("an end").0.matches("<li ").count()).collect();
    assert_eq!(lists.iter().sum::<usize>(), 1_234);
    assert!(lists.iter().all(|rows| (1..=100).contains(rows)), "{lists:?}");
    assert!(html.contains("aria-label=\"Experiences 1,201 to 1,234\""));
}
