//! The escapers: whatever a text holds, it does nothing where it is written.

use std::collections::BTreeMap;

use serde_json::Value;

use super::inert::{commands_are_ours, lines_are_inert, written};
use super::texts;
use crate::github::{MessageKind, Output, Outputs, begin_group, write_message};
use crate::render::escape::{command_data, command_property, json_text};
use crate::render::markdown::escape::{code, fenced, html, html_code, line, link, message, text, url, url_path};
use crate::render::markdown::github::{acting, code_texts, elements, to_html};
use crate::render::terminal_safe;
use crate::secrets::{looks_secret, without_secrets};

/// One text, or two.
pub fn escape(data: &[u8]) {
    let texts = texts(data, 2);
    for one in &texts {
        terminal(one);
        commands(one);
        markdown(one);
        html_text(one);
        json(one);
        assert!(!looks_secret(&without_secrets(one)), "{one:?}");
    }
    outputs(&texts);
}

fn terminal(text: &str) {
    let safe = terminal_safe(text);
    assert!(!safe.contains('\n'), "{safe:?}");
    lines_are_inert(&safe);
    assert_eq!(terminal_safe(&safe), safe, "not the same twice");
}

fn commands(text: &str) {
    commands_are_ours(&format!("::error file={}::{}", command_property(text), command_data(text)), &["error"]);
    let property = command_property(text);
    assert!(!property.contains([':', ',']), "{property:?}");
    commands_are_ours(&written(|out| write_message(MessageKind::Warning, text, out)), &["warning"]);
    commands_are_ours(&written(|out| begin_group(text, out)), &["group"]);
}

fn markdown(name: &str) {
    let html = to_html(&format!("before {} after", code(name)));
    if name.is_empty() {
        assert_eq!(elements(&html), ["p"], "{html}");
    } else {
        assert_eq!(elements(&html), ["p", "code"], "{html}");
        assert_eq!(acting(&html), Vec::<String>::new(), "{html}");
        assert_eq!(code_texts(&html).len(), 1, "{html}");
    }
    for written in [text(name), message(name)] {
        assert!(!written.contains('\n'), "{written:?}");
        let html = to_html(&written);
        assert!(elements(&html).iter().all(|element| element == "p" || element == "code"), "{written:?}: {html}");
        assert_eq!(acting(&html), Vec::<String>::new(), "{html}");
    }
    let row = to_html(&format!("| a | b |\n|---|---|\n| {} | {} |\n", code(name).replace('|', "\\|"), "end"));
    assert_eq!(elements(&row).iter().filter(|element| *element == "td").count(), 2, "{row}");
    let lines: String = name.split('\n').map(|text| format!("+ {}\n", line(text))).collect();
    let block = to_html(&format!("<details><summary>{}</summary>\n\n{}\n</details>\n\nafter", html_code(name), fenced("diff", &lines)));
    let summary: &[&str] = if name.is_empty() { &[] } else { &["code"] };
    let wanted: Vec<&str> = ["details", "summary"].iter().chain(summary).chain(&["pre", "code", "p"]).copied().collect();
    assert_eq!(elements(&block), wanted, "{block}");
    let there = to_html(&link("run", &format!("https://example.com/{name}")));
    assert_eq!(elements(&there), ["p", "a"], "{there}");
    let there = to_html(&link(&code(name), &format!("https://example.com/{}#L1", url_path(name))));
    assert_eq!(elements(&there).get(..2), Some(&["p".to_owned(), "a".to_owned()][..]), "{there}");
    assert!(url(name).is_ascii() && url_path(name).is_ascii());
}

fn html_text(text: &str) {
    let safe = html(text);
    assert!(!safe.contains(['<', '>', '"', '\'', '\n']), "{safe}");
    let plain = safe.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
    assert_eq!(plain, terminal_safe(text));
}

fn json(text: &str) {
    let value = serde_json::json!({ text: [text] });
    let written = json_text(&value).expect("JSON");
    lines_are_inert(&written);
    assert_eq!(serde_json::from_str::<Value>(&written).ok(), Some(value));
}

/// The runner reads every output as it was set, and no other.
fn outputs(texts: &[String]) {
    let mut outputs = Outputs::default();
    for (output, text) in Output::ALL.into_iter().zip(texts) {
        outputs.set(output, text.clone());
    }
    let wanted: BTreeMap<String, String> =
        Output::ALL.into_iter().zip(texts).map(|(output, text)| (output.name().to_owned(), text.clone())).collect();
    assert_eq!(read_outputs(&outputs.text()), wanted);
}

/// As the runner reads its file: only the long form is ever written.
fn read_outputs(text: &str) -> BTreeMap<String, String> {
    let mut outputs = BTreeMap::new();
    let mut lines = text.split('\n');
    while let Some(line) = lines.next() {
        if line.is_empty() {
            continue;
        }
        let (name, delimiter) = line.split_once("<<").expect("the long form");
        let value: Vec<&str> = lines.by_ref().take_while(|line| *line != delimiter).collect();
        assert!(outputs.insert(name.to_owned(), value.join("\n")).is_none(), "twice: {name}");
    }
    outputs
}
