//! Chromium and its driver: found, or installed on Debian.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Result, bail};

use crate::process;

/// A browser and the program that drives it.
#[derive(Clone, Debug)]
pub struct Chromium {
    /// The browser; `CHROMIUM` overrides it.
    pub browser: PathBuf,
    /// The driver; `CHROMEDRIVER` overrides it.
    pub driver: PathBuf,
}

/// Looks for both in the environment and in `PATH`.
#[must_use]
pub fn find() -> Option<Chromium> {
    let browser = named("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])?;
    let driver = named("CHROMEDRIVER", &["chromedriver"])?;
    Some(Chromium { browser, driver })
}

/// Finds both; where they are missing, installs them on Debian as root, or says how.
///
/// # Errors
/// When they are missing and cannot be installed here.
pub fn ensure() -> Result<Chromium> {
    if let Some(found) = find() {
        return Ok(found);
    }
    let debian = Path::new("/etc/debian_version").exists();
    if !debian {
        bail!("Chromium and chromedriver are missing: install both, or set CHROMIUM and CHROMEDRIVER to their paths");
    }
    if !is_root() {
        bail!(
            "Chromium is missing: run `sudo apt-get update && sudo apt-get install -y chromium chromium-driver`, then this again"
        );
    }
    println!("Installing Chromium (about a minute) …");
    let apt = || {
        let mut command = Command::new("apt-get");
        command.env("DEBIAN_FRONTEND", "noninteractive");
        command
    };
    process::output(apt().args(["update", "--quiet"]))?;
    process::output(apt().args([
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        "chromium",
        "chromium-driver",
    ]))?;
    match find() {
        Some(found) => Ok(found),
        None => bail!("Chromium was installed but is not in PATH: set CHROMIUM and CHROMEDRIVER"),
    }
}

fn named(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = env::var_os(variable) {
        return Some(path.into());
    }
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}
