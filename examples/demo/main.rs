//! The main job against the embedded ReSim API, without an account and without a network:
//! `cargo run --locked --example demo`.
//!
//! Each step is a real command line, run as the binary would run it, on copies of the files beside this
//! one in a temporary folder.

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;

use resim_sync::cli::{self, Environment};
use resim_sync::commands::{Console, Context, run};
use tokio::sync::watch;

const STEPS: [(&str, &[&str]); 5] = [
    ("Is the config right?", &["validate"]),
    ("What would apply do?", &["plan", "--sandbox=state.json", "--create-missing"]),
    ("Do it, and read again to be sure.", &["apply", "--sandbox=state.json", "--create-missing"]),
    ("Is anything left to do?", &["plan", "--sandbox=state.json", "--detailed-exitcode"]),
    ("Write the live state as a config.", &["clone", "--sandbox=state.json", "--config", "cloned.yaml"]),
];

#[tokio::main]
async fn main() -> ExitCode {
    match demo().await {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn demo() -> io::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("experiences.yaml"), include_str!("experiences.yaml"))?;
    std::fs::write(folder.path().join("state.json"), include_str!("state.json"))?;
    std::env::set_current_dir(folder.path())?;
    for (question, args) in STEPS {
        writeln!(io::stdout(), "\n# {question}\n$ resim-sync {}", args.join(" "))?;
        let code = step(args).await;
        if code != 0 {
            writeln!(io::stderr(), "the step ended with exit code {code}")?;
            return Ok(ExitCode::from(code));
        }
    }
    show(Path::new("cloned.yaml"))?;
    // Windows does not remove a folder that somebody stands in.
    std::env::set_current_dir(std::env::temp_dir())?;
    Ok(ExitCode::SUCCESS)
}

async fn step(args: &[&str]) -> u8 {
    let line: Vec<OsString> = std::iter::once("resim-sync").chain(args.iter().copied()).map(OsString::from).collect();
    let environment = Environment::default();
    let cli = match cli::parse(line, &environment) {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return 64;
        }
    };
    let (_sender, stop) = watch::channel(None);
    let context = Context { console: Console::new(Box::new(io::stdout()), Box::new(io::stdout())), environment, stop };
    match run(cli, &context).await {
        Ok(ending) => ending.exit_code(),
        Err(failure) => {
            context.console.tell(&failure);
            failure.kind.exit_code()
        }
    }
}

/// The beginning of a file.
fn show(path: &Path) -> io::Result<()> {
    const LINES: usize = 24;
    let text = std::fs::read_to_string(path)?;
    writeln!(io::stdout(), "\n$ head -n {LINES} {}", path.display())?;
    text.lines().take(LINES).try_for_each(|line| writeln!(io::stdout(), "{line}"))
}
