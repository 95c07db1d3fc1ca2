//! The reference server as a process of its own, as an operator runs it.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
};

use xtask::workspace;

/// A running server; killed when dropped.
pub struct Agent {
    server: Child,
    /// Where it listens.
    pub address: SocketAddr,
}

impl Agent {
    /// Starts the server that `cargo xtask test` has built, serving the built site, with further flags.
    ///
    /// # Panics
    /// When it is not built or does not come up.
    #[must_use]
    pub fn start(flags: &[&str]) -> Self {
        Self::start_at(0, flags)
    }

    /// As [`Self::start`], on the port of a server that is gone.
    ///
    /// # Panics
    /// When it is not built or does not come up.
    #[must_use]
    pub fn start_at(port: u16, flags: &[&str]) -> Self {
        // What is tested with these is the agent; shops have data, see `crate::shop`.
        let flags: Vec<&str> = ["--no-shop"].into_iter().chain(flags.iter().copied()).collect();
        Self::start_program(&program(), port, &flags, Stdio::inherit())
    }

    /// As [`Self::start_at`], of any build of the server, with its log wherever it is wanted.
    ///
    /// # Panics
    /// When it is not built or does not come up.
    #[must_use]
    pub fn start_program(program: &Path, port: u16, flags: &[&str], log: Stdio) -> Self {
        let mut server = Command::new(program);
        server.args(["--listen", &format!("127.0.0.1:{port}")]);
        // Measurements of the shop need no page.
        if workspace::dist().is_dir() {
            server.arg("--site").arg(workspace::dist());
        }
        server.args(flags).stdout(Stdio::piped()).stderr(log);
        let mut server = server.spawn().unwrap_or_else(|error| {
            panic!("{}: {error}: build it with `cargo build --bin oolong-server`", program.display())
        });
        let mut lines = BufReader::new(server.stdout.take().expect("its output")).lines();
        let url = lines.by_ref().map_while(Result::ok).find_map(|line| {
            let at = line.find("http://127.0.0.1:")?;
            Some(line[at + "http://".len()..].trim_end_matches('/').to_owned())
        });
        // Its pipe must not fill up.
        thread::spawn(move || lines.for_each(drop));
        let url = url.expect("the server prints its address");
        let address = url.split(['/', ' ', '"']).next().and_then(|address| address.parse().ok());
        Self { server, address: address.unwrap_or_else(|| panic!("expected an address, found {url}")) }
    }

    /// The root's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Its process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.server.id()
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The server's program as the tests build it; `OOLONG_SERVER` points at another one.
#[must_use]
pub fn program() -> PathBuf {
    built("debug")
}

/// The server's program as measurements want it; `OOLONG_SERVER` points at another one.
#[must_use]
pub fn release() -> PathBuf {
    built("release")
}

fn built(profile: &str) -> PathBuf {
    let built =
        || workspace::target().join(profile).join("oolong-server").with_extension(std::env::consts::EXE_EXTENSION);
    std::env::var_os("OOLONG_SERVER").map_or_else(built, PathBuf::from)
}
