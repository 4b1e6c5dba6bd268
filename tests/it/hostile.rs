//! Files that nobody writes by accident: an error. What ran away instead would never end.

use crate::support::{Folder, Program};

fn refused(bytes: &[u8]) -> String {
    let folder = Folder::new();
    std::fs::write(folder.file("experiences.yaml"), bytes).expect("writable");
    let output = Program::new(&folder, &["validate"]).ends_with(3);
    assert!(output.stderr.len() < 1 << 20, "the error is as long as the file");
    output.stderr
}

#[test]
fn nesting_without_end_is_refused() {
    for (open, close) in [("[", "]"), ("{a: ", "}"), ("- ", "")] {
        let text = format!("experiences: \n  {}{}\n", open.repeat(100_000), close.repeat(100_000));
        let error = refused(text.as_bytes());
        assert!(error.contains("too-deep") || error.contains("yaml-syntax"), "{error}");
    }
    let blocks: String = (0..100_000).map(|depth| format!("{}a:\n", " ".repeat(depth.min(200)))).collect();
    refused(blocks.as_bytes());
}

#[test]
fn aliases_that_multiply_are_refused() {
    let mut text = "x-a0: &a0 {name: x, value: y}\n".to_owned();
    for level in 1..12 {
        text.push_str(&format!("x-a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(", ")));
    }
    text.push_str("experiences:\n  - name: a\n    description: d\n    locations: [s3://a]\n    environmentVariables: *a11\n");
    refused(text.as_bytes());
}

#[test]
fn junk_nul_bytes_and_other_encodings_are_refused() {
    let junk: Vec<u8> = (0..100_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    assert!(refused(&junk).contains("file-too-large"));
    refused(&junk[..1 << 20]);
    assert!(refused(b"experiences:\n  - name: a\0b\n").contains("not-text"));
    assert!(refused(b"experiences:\n  - name: \xff\xfe\n").contains("not-text"));
}

#[test]
fn nothing_in_a_config_is_expanded() {
    let config = "experiences:\n  - name: ${HOME} $(id) {{x}}\n    description: $PATH\n    locations: ['`id`']\n";
    let folder = Folder::with_config(config);
    let plan = Program::new(&folder, &["plan", "--sandbox", "--project", "p", "--format", "json"]).env("HOME", "canary").ends_with(0);
    assert!(plan.stdout.contains("${HOME} $(id) {{x}}") && plan.stdout.contains("$PATH") && !plan.stdout.contains("canary"));
}
