//! The binary as a user starts it, with nothing of this machine's environment.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::{Folder, Server};

/// A run that has not started.
pub(crate) struct Program {
    command: Command,
}

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Output {
    /// The exit code; `None` after a signal that the program does not handle.
    pub(crate) code: Option<i32>,
    /// Data.
    pub(crate) stdout: String,
    /// Everything else.
    pub(crate) stderr: String,
}

impl Program {
    /// The binary with arguments, in a folder.
    pub(crate) fn new(folder: &Folder, args: &[&str]) -> Self {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("resim-sync"));
        command.args(args).current_dir(folder.path()).env_clear().stdin(Stdio::null());
        // Windows cannot open sockets without it.
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        // Where the system keeps its certificates, as far as a variable says so.
        for name in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        Self { command }
    }

    /// Sets a variable.
    #[must_use]
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Adds arguments.
    #[must_use]
    pub(crate) fn args(mut self, args: &[&str]) -> Self {
        self.command.args(args);
        self
    }

    /// Talks to a server, with credentials that it takes.
    #[must_use]
    pub(crate) fn with(self, server: &Server) -> Self {
        self.env("RESIM_URL", &server.api_url())
            .env("RESIM_AUTH_URL", &server.auth_url())
            .env("RESIM_CLIENT_ID", "test-client")
            .env("RESIM_CLIENT_SECRET", "test-secret")
            .env("RESIM_PROJECT", &server.project())
    }

    /// Starts it, with its output kept for later.
    pub(crate) fn start(mut self) -> Child {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary starts")
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Output {
        let output = self.start().wait_with_output().expect("the binary ends");
        Output {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }

    /// Runs it, and demands an exit code.
    pub(crate) fn ends_with(self, code: i32) -> Output {
        let output = self.run();
        assert_eq!(output.code, Some(code), "stdout:\n{}\nstderr:\n{}", output.stdout, output.stderr);
        output
    }
}

/// A file of this repository.
pub(crate) fn repository_file(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(path)
}
