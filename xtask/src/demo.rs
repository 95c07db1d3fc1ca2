//! `cargo xtask demo`.

use std::{io::ErrorKind, net::TcpListener};

use anyhow::{Context, Result, bail};
use xtask::{
    process::{self, cargo},
    site, workspace,
};

/// Builds the site and the server, unless `built` before, and serves page, agent and shop on `port`. What the shop keeps
/// lies in the target folder.
pub(crate) fn run(port: u16, built: bool) -> Result<()> {
    // The port is asked for first: nobody should wait for a build to learn that it is taken.
    match TcpListener::bind(("127.0.0.1", port)) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let other = port.checked_add(1).unwrap_or(8081);
            bail!("port {port} is in use: stop the other program, or run `cargo xtask demo --port {other}`");
        }
        Err(error) => return Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{port}")),
    }
    if !built {
        site::build()?;
    }
    if !workspace::dist().join("index.html").is_file() {
        bail!("nothing is built yet: run `cargo xtask demo` without --no-build");
    }
    let data = workspace::target().join("demo-data");
    println!("Oolong is about to be served: page, remote agent and shop; Ctrl+C stops it.");
    println!("What the shop keeps lies in {}; delete it to begin anew.", data.display());
    let mut server = cargo(["run", "--quiet", "--locked", "--release", "--package", "oolong-server", "--"]);
    server.args(["--listen", &format!("127.0.0.1:{port}"), "--site"]).arg(workspace::dist());
    server.args(["--demo", "--data"]).arg(data);
    process::run(&mut server)
}
