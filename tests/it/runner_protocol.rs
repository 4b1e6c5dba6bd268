//! What the runner makes of what the program writes: its two parsers, written down from its behaviour.

use std::collections::BTreeMap;
use std::fs;

use proptest::prelude::*;
use resim_sync::github::{MessageKind, Output, Outputs, RunnerEnv, RunnerFiles, add_masks, begin_group, end_group, write_message};
use secrecy::SecretString;

/// The runner's reading of `GITHUB_OUTPUT`: `name=value`, or `name<<delimiter` and lines up to the delimiter.
pub(crate) fn read_outputs(text: &str) -> Result<BTreeMap<String, String>, String> {
    let mut outputs = BTreeMap::new();
    let mut at = 0;
    while let Some((line, next)) = line_from(text, at) {
        at = next;
        if line.is_empty() {
            continue;
        }
        let (equals, heredoc) = (line.find('='), line.find("<<"));
        let long = heredoc.filter(|heredoc| equals.is_none_or(|equals| *heredoc < equals));
        let (name, value) = match (long, equals) {
            (Some(heredoc), _) => {
                let (name, delimiter) = (&line[..heredoc], &line[heredoc + 2..]);
                let start = at;
                let mut end = at;
                loop {
                    let (line, next) = line_from(text, at).ok_or("no delimiter")?;
                    at = next;
                    if line == delimiter {
                        break;
                    }
                    end = next - 1;
                }
                (name, if end > start { &text[start..end] } else { "" })
            }
            (None, Some(equals)) => (&line[..equals], &line[equals + 1..]),
            (None, None) => return Err(format!("not understood: {line}")),
        };
        if outputs.insert(name.to_owned(), value.to_owned()).is_some() {
            return Err(format!("twice: {name}"));
        }
    }
    Ok(outputs)
}

fn line_from(text: &str, at: usize) -> Option<(&str, usize)> {
    let rest = text.get(at..).filter(|rest| !rest.is_empty())?;
    Some(rest.find('\n').map_or((rest, text.len()), |end| (&rest[..end], at + end + 1)))
}

/// A command that the runner would carry out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Carried {
    pub(crate) name: String,
    pub(crate) properties: BTreeMap<String, String>,
    pub(crate) data: String,
}

const COMMANDS: [&str; 17] = [
    "stop-commands",
    "internal-set-repo-path",
    "set-env",
    "set-output",
    "save-state",
    "add-mask",
    "add-path",
    "add-matcher",
    "remove-matcher",
    "error",
    "warning",
    "notice",
    "debug",
    "group",
    "endgroup",
    "echo",
    "command",
];

fn known(name: &str) -> bool {
    COMMANDS.iter().any(|command| command.eq_ignore_ascii_case(name))
}

/// All commands in a log, in both of the runner's spellings.
pub(crate) fn carried_out(log: &str) -> Vec<Carried> {
    log.split(['\n', '\r']).filter_map(|line| new_spelling(line).or_else(|| old_spelling(line))).collect()
}

/// `::name key=value,…::data` after blanks.
fn new_spelling(line: &str) -> Option<Carried> {
    let (info, data) = line.trim_start().strip_prefix("::")?.split_once("::")?;
    let (name, properties) = info.split_once(' ').unwrap_or((info, ""));
    let plain = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n").replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
    let properties =
        properties.trim().split(',').filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.to_owned(), plain(value)));
    let data = data.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
    known(name).then(|| Carried { name: name.to_owned(), properties: properties.collect(), data })
}

/// `##[name …]data` anywhere in a line.
fn old_spelling(line: &str) -> Option<Carried> {
    let (info, data) = line.split_once("##[")?.1.split_once(']')?;
    let name = info.split(' ').next()?;
    known(name).then(|| Carried { name: name.to_owned(), properties: BTreeMap::new(), data: data.to_owned() })
}

fn written(write: impl FnOnce(&mut Vec<u8>) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("a Vec takes everything");
    String::from_utf8(out).expect("UTF-8")
}

/// Texts made of what means something to the runner.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just("::".to_owned()),
        Just("##[".to_owned()),
        Just("]".to_owned()),
        Just("<<".to_owned()),
        Just("=".to_owned()),
        Just("EOF".to_owned()),
        Just("%0A".to_owned()),
        Just("%25".to_owned()),
        Just(" ".to_owned()),
        Just("result".to_owned()),
        prop::sample::select(&COMMANDS[..]).prop_map(str::to_owned),
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

#[test]
fn ports_recognise_what_they_should() {
    assert_eq!(read_outputs("a=b\n\nc<<X\n1\n2\nX\n"), Ok(BTreeMap::from([("a".into(), "b".into()), ("c".into(), "1\n2".into())])));
    assert!(read_outputs("c<<X\n1\n").is_err());
    let names = |log: &str| carried_out(log).into_iter().map(|command| command.name).collect::<Vec<_>>();
    assert_eq!(names("x\n  ::error::a\nx ##[Group]y\n::nothing::z\r::set-env name=a::b"), ["error", "Group", "set-env"]);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn outputs_come_back_as_they_were(values in prop::collection::vec(hostile(), Output::ALL.len()), before in "(a=b)?(\n)?") {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("output");
        fs::write(&file, &before).expect("writable");
        let mut outputs = Outputs::default();
        let mut expected: BTreeMap<String, String> = BTreeMap::new();
        if before.starts_with("a=b") {
            expected.insert("a".to_owned(), "b".to_owned());
        }
        for (output, value) in Output::ALL.into_iter().zip(values) {
            expected.insert(output.name().to_owned(), value.clone());
            outputs.set(output, value);
        }
        let env = RunnerEnv { output: Some(file.clone()), ..RunnerEnv::default() };
        RunnerFiles::new(&env, "").write_outputs(&outputs).expect("written");
        prop_assert_eq!(read_outputs(&fs::read_to_string(&file).expect("there")), Ok(expected));
    }

    #[test]
    fn message_is_one_command_with_its_words(message in hostile()) {
        let carried = carried_out(&written(|out| write_message(MessageKind::Warning, &message, out)));
        prop_assert_eq!(carried.len(), 1);
        prop_assert_eq!(carried[0].name.as_str(), "warning");
        prop_assert_eq!(&carried[0].properties, &BTreeMap::from([("title".to_owned(), "resim-sync".to_owned())]));
    }

    #[test]
    fn group_is_one_command(title in hostile()) {
        let log = written(|out| begin_group(&title, out).and_then(|()| end_group(out)));
        let names: Vec<String> = carried_out(&log).into_iter().map(|command| command.name).collect();
        prop_assert_eq!(names, ["group", "endgroup"]);
    }

    #[test]
    fn masks_are_commands_that_hide_the_secret_and_nothing_short(secret in hostile()) {
        let secrets = [SecretString::from(secret.clone())];
        let carried = carried_out(&written(|out| add_masks(&secrets.iter().collect::<Vec<_>>(), out)));
        prop_assert!(carried.iter().all(|command| command.name == "add-mask" && command.data.chars().count() >= 8));
        for line in secret.split(['\n', '\r']).map(str::trim).filter(|line| line.chars().count() >= 8) {
            prop_assert!(carried.iter().any(|command| line.contains(&command.data)), "{:?} in {:?}", line, carried);
        }
    }
}

#[test]
fn message_keeps_plain_words_to_the_letter() {
    let carried = carried_out(&written(|out| write_message(MessageKind::Error, "100% wrong: a, b\nindeed", out)));
    assert_eq!(carried[0].data, "100% wrong: a, b\nindeed");
}
