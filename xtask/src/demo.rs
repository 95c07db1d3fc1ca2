//! `cargo xtask demo`.

use std::io::ErrorKind;

use anyhow::{Context, Result, bail};
use xtask::{serve::Server, site, workspace};

/// Builds the site, unless `built` before, and serves it on `port`.
pub(crate) fn run(port: u16, built: bool) -> Result<()> {
    // The port is asked for first: nobody should wait for a build to learn that it is taken.
    let server = match Server::folder(&workspace::dist(), port) {
        Ok(server) => server,
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let other = port.checked_add(1).unwrap_or(8081);
            bail!("port {port} is in use: stop the other program, or run `cargo xtask demo --port {other}`");
        }
        Err(error) => return Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{port}")),
    };
    if !built {
        site::build()?;
    }
    if !workspace::dist().join("index.html").is_file() {
        bail!("nothing is built yet: run `cargo xtask demo` without --no-build");
    }
    println!("Oolong is served; Ctrl+C stops it.");
    println!("{}", server.url());
    server.wait();
    Ok(())
}
