//! Counterparts that other people wrote: the official `openai` client, and llama.cpp's server.
//!
//! Both are Python packages, installed once into a folder of their own outside of the repository.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{model, process, tools, workspace};

/// What llama.cpp is built with where there is no ready package of it.
const BUILD_TOOLS: [&str; 3] = ["scikit-build-core", "cmake", "ninja"];
/// How often an installation is tried: networks break.
const TRIES: u32 = 3;

/// A Python with the packages of `tests/interop/requirements.txt`, installed now if they are missing.
///
/// # Errors
/// When there is no Python, or the packages cannot be installed.
pub fn python() -> Result<PathBuf> {
    let requirements = workspace::root().join("tests/interop/requirements.txt");
    let text = std::fs::read(&requirements).with_context(|| format!("cannot read {}", requirements.display()))?;
    let home = tools::cache()?.join(format!("interop-{}", &model::hex(&Sha256::digest(&text))[..16]));
    let (python, ready) = (home.join("bin/python"), home.join("ready"));
    if ready.is_file() {
        return Ok(python);
    }
    println!("Installing the openai client and llama.cpp's server (once; about 10 minutes on two cores) …");
    make(&home)?;
    // Built without isolation, so that a network that breaks does not cost the whole build.
    install(&python, &BUILD_TOOLS.map(OsString::from))?;
    install(&python, &["--no-build-isolation".into(), "--requirement".into(), requirements.into()])?;
    std::fs::write(&ready, "")?;
    Ok(python)
}

fn make(home: &Path) -> Result<()> {
    if home.exists() {
        std::fs::remove_dir_all(home)?;
    }
    let venv = |python: &str| process::output(Command::new(python).args(["-m", "venv"]).arg(home));
    if venv("python3").is_ok() {
        return Ok(());
    }
    let debian = Path::new("/etc/debian_version").exists();
    if !debian || process::output(Command::new("id").arg("-u")).map_or(true, |id| id.trim() != "0") {
        bail!("Python 3.9 or later with venv, and a C++ compiler, are missing: install them, then run this again");
    }
    let apt =
        |words: &[&str]| process::output(Command::new("apt-get").env("DEBIAN_FRONTEND", "noninteractive").args(words));
    apt(&["update", "--quiet"])?;
    apt(&[
        "install",
        "--yes",
        "--quiet",
        "--no-install-recommends",
        "python3",
        "python3-dev",
        "python3-venv",
        "g++",
        "make",
    ])?;
    venv("python3").map(|_| ()).context("Python was installed but makes no virtual environment")
}

fn install(python: &Path, what: &[OsString]) -> Result<()> {
    let mut tried = 0;
    loop {
        tried += 1;
        let mut pip = Command::new(python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]).args(what);
        // Pictures and sound are no business of a shop.
        pip.env("CMAKE_ARGS", "-DLLAVA_BUILD=OFF").env("CMAKE_BUILD_PARALLEL_LEVEL", "2");
        match process::run(&mut pip) {
            Err(error) if tried < TRIES => println!("{error:#}; trying again …"),
            outcome => return outcome,
        }
    }
}
