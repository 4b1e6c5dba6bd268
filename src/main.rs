//! Parses the command line, runs the command, turns its end into an exit code.

use std::ffi::OsString;
use std::io::{self, IsTerminal as _, Write};
use std::process::ExitCode;

use resim_sync::apply::{Interrupt, Stop};
use resim_sync::cli::{self, ColorChoice, Environment};
use resim_sync::commands::{Console, Context, ci_wrong_usage, run};
use resim_sync::failure::FailureKind;
use resim_sync::render::diagnostics::Style;
use resim_sync::render::terminal_safe;
use resim_sync::render::text::Width;
use tokio::sync::watch;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

fn main() -> ExitCode {
    let environment = Environment::of_process();
    let args: Vec<OsString> = std::env::args_os().collect();
    let cli = match cli::parse(args.clone(), &environment) {
        Ok(cli) => cli,
        Err(error) => {
            tell_usage(&error, &args, &environment);
            return ExitCode::from(if error.use_stderr() { FailureKind::Usage.exit_code() } else { 0 });
        }
    };
    let console = console(&cli, &environment);
    log(cli.verbosity());
    let runtime = match tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: cannot start: {error}");
            return ExitCode::from(FailureKind::Local.exit_code());
        }
    };
    let code = runtime.block_on(async {
        let context = Context { console, environment, stop: listen_for_signals() };
        match run(cli, &context).await {
            Ok(ending) => ending.exit_code(),
            Err(failure) => {
                context.console.tell(&failure);
                failure.kind.exit_code()
            }
        }
    });
    // What still runs has been given up; waiting for it would keep the process.
    runtime.shutdown_background();
    ExitCode::from(code)
}

/// Tells wrong usage; help and version are what was asked for. A stream that is gone has nobody to tell.
fn tell_usage(error: &clap::Error, args: &[OsString], environment: &Environment) {
    let text = error.to_string();
    // Values that come from variables may hold what acts on a terminal or on a runner.
    if text.lines().all(|line| terminal_safe(line) == line) {
        let _ = error.print();
    } else {
        let _ = text.lines().try_for_each(|line| writeln!(io::stderr(), "{}", terminal_safe(line)));
    }
    let command = args.iter().skip(1).find(|arg| !arg.to_string_lossy().starts_with('-'));
    if error.use_stderr() && command.is_some_and(|command| command == "ci") {
        let text = text.trim().trim_start_matches("error: ");
        let _ = ci_wrong_usage(environment, text, &mut io::stdout());
    }
}

fn console(cli: &cli::Cli, environment: &Environment) -> Console {
    let colours = |terminal: bool| match cli.color() {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let plain = ["NO_COLOR", "CI"].iter().any(|name| environment.get(name).is_some()) || environment.get("TERM") == Some("dumb");
            terminal && !plain
        }
    };
    let style = |colours| if colours { Style::Coloured } else { Style::Plain };
    let (out, err) = (colours(io::stdout().is_terminal()), colours(io::stderr().is_terminal()));
    let choice = |colours| if colours { anstream::ColorChoice::Always } else { anstream::ColorChoice::Never };
    // On old Windows consoles colours become calls; elsewhere they pass.
    let stdout: Box<dyn Write + Send> =
        if out { Box::new(anstream::AutoStream::new(io::stdout(), choice(out))) } else { Box::new(io::stdout()) };
    let stderr: Box<dyn Write + Send> =
        if err { Box::new(anstream::AutoStream::new(io::stderr(), choice(err))) } else { Box::new(io::stderr()) };
    let mut console = Console::new(stdout, stderr);
    console.stdout_style = style(out);
    console.stderr_style = style(err);
    console.quiet = cli.is_quiet();
    console.bars = io::stderr().is_terminal() && !cli.hides_progress() && environment.get("CI").is_none();
    // Each stream for itself: what goes to a file does not depend on the terminal beside it.
    let width = |size: Option<(terminal_size::Width, terminal_size::Height)>| match size {
        Some((terminal_size::Width(width), _)) if width > 0 => Width::Terminal(usize::from(width)),
        Some(_) | None => Width::Endless,
    };
    console.stdout_width = width(terminal_size::terminal_size_of(io::stdout()));
    console.stderr_width = width(terminal_size::terminal_size_of(io::stderr()));
    console
}

/// Sends this program's own events to stderr, made inert like all text from elsewhere.
fn log(verbosity: u8) {
    let level = match verbosity {
        0 => return,
        1 => LevelFilter::INFO,
        _ => LevelFilter::DEBUG,
    };
    let own = Targets::new().with_target("resim_sync", level);
    let lines = fmt::layer().with_ansi(false).without_time().with_writer(Inert);
    tracing_subscriber::registry().with(lines.with_filter(own)).init();
}

struct Inert;

impl<'a> MakeWriter<'a> for Inert {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl Write for Inert {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // One event is one call.
        let text = String::from_utf8_lossy(bytes);
        writeln!(io::stderr(), "{}", terminal_safe(text.trim_end()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// The first signal asks the run to stop, a second one to hurry.
fn listen_for_signals() -> watch::Receiver<Option<Stop>> {
    let (sender, receiver) = watch::channel(None);
    // Heard from now on, not from when the task gets its turn.
    let mut signals = Signals::new();
    tokio::spawn(async move {
        let Some(first) = signals.next().await else { return };
        let _ = sender.send(Some(Stop { signal: first, hurry: first == Interrupt::Term }));
        while signals.next().await.is_some() {
            let _ = sender.send(Some(Stop { signal: first, hurry: true }));
        }
    });
    receiver
}

#[cfg(unix)]
struct Signals(Option<(tokio::signal::unix::Signal, tokio::signal::unix::Signal)>);

#[cfg(unix)]
impl Signals {
    fn new() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        Self(signal(SignalKind::interrupt()).and_then(|int| Ok((int, signal(SignalKind::terminate())?))).ok())
    }

    async fn next(&mut self) -> Option<Interrupt> {
        let (int, term) = self.0.as_mut()?;
        tokio::select! {
            signal = int.recv() => signal.map(|()| Interrupt::Int),
            signal = term.recv() => signal.map(|()| Interrupt::Term),
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Self {
        Self
    }

    async fn next(&mut self) -> Option<Interrupt> {
        tokio::signal::ctrl_c().await.ok().map(|()| Interrupt::Int)
    }
}
