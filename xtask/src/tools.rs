//! The pinned tools, installed once per user and version, outside of the repository.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, bail};

use crate::{process, workspace};

/// A tool of the Rust ecosystem that is built from source.
pub struct Tool {
    /// Package name.
    pub package: &'static str,
    /// Executable.
    pub program: &'static str,
    /// Exact version; `None` takes that of the library of the same family in `Cargo.lock`.
    version: Option<&'static str>,
    /// Minutes that the installation takes on two cores.
    minutes: u32,
}

/// Builds the site.
pub const TRUNK: Tool = Tool { package: "trunk", program: "trunk", version: Some("0.21.14"), minutes: 6 };
/// Joins WebAssembly and JavaScript; its version must be exactly that of the library.
pub const WASM_BINDGEN: Tool = Tool { package: "wasm-bindgen-cli", program: "wasm-bindgen", version: None, minutes: 4 };
/// Checks licences and sources.
pub const CARGO_DENY: Tool = Tool { package: "cargo-deny", program: "cargo-deny", version: Some("0.20.2"), minutes: 5 };

impl Tool {
    /// The version to use.
    ///
    /// # Errors
    /// When it should come from `Cargo.lock` and is not there.
    pub fn version(&self) -> Result<String> {
        self.version.map_or_else(|| workspace::locked_version("wasm-bindgen"), |version| Ok(version.to_owned()))
    }

    /// The folder with the tool's programs, installed now if it is missing.
    ///
    /// # Errors
    /// When the installation fails.
    pub fn bin(&self) -> Result<PathBuf> {
        let cache = cache()?;
        let version = self.version()?;
        let home = cache.join(format!("{}-{version}", self.package));
        let bin = home.join("bin");
        if !bin.join(self.program).with_extension(env::consts::EXE_EXTENSION).is_file() {
            self.install(&version, &home, &cache.join("build"))?;
        }
        Ok(bin)
    }

    fn install(&self, version: &str, home: &Path, build: &Path) -> Result<()> {
        let package = format!("{}@{version}", self.package);
        println!("Installing {package} (once; about {} minutes on two cores) …", self.minutes);
        let install = |locked: bool| {
            let mut command = process::cargo(["install", "--quiet", &package]);
            command.args(locked.then_some("--locked")).arg("--root").arg(home).arg("--target-dir").arg(build);
            process::run(fast_build(&mut command))
        };
        // A lock file may name a version that was withdrawn since; then the newest compatible ones must do.
        install(true).or_else(|error| {
            println!("{error:#}; trying without the tool's own lock file …");
            install(false)
        })
    }
}

/// These tools run for seconds a day: whole-program optimisation would only make everybody wait for their build.
fn fast_build(command: &mut Command) -> &mut Command {
    command
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
        // Flags meant for the project's own code.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
}

/// Minutes until the missing ones among `tools` are installed.
///
/// # Errors
/// When the place for tools or a version is unknown.
pub fn minutes_to_install(tools: &[&Tool]) -> Result<u32> {
    let cache = cache()?;
    let mut minutes = 0;
    for tool in tools {
        let home = cache.join(format!("{}-{}", tool.package, tool.version()?));
        if !home.join("bin").join(tool.program).with_extension(env::consts::EXE_EXTENSION).is_file() {
            minutes += tool.minutes;
        }
    }
    Ok(minutes)
}

/// `PATH` with `folders` in front.
///
/// # Errors
/// When a folder's name cannot be part of `PATH`.
pub fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    env::join_paths(folders.iter().cloned().chain(env::split_paths(&rest))).context("cannot extend PATH")
}

/// Adds the WebAssembly target where rustup can.
///
/// # Errors
/// When the target is missing and cannot be added.
pub fn wasm_target() -> Result<()> {
    const TARGET: &str = "wasm32-unknown-unknown";
    let sysroot = process::output(Command::new("rustc").args(["--print", "sysroot"]).current_dir(workspace::root()))?;
    if Path::new(sysroot.trim()).join("lib/rustlib").join(TARGET).is_dir() {
        return Ok(());
    }
    let added = process::run(Command::new("rustup").args(["target", "add", TARGET]).current_dir(workspace::root()));
    added.with_context(|| format!("the Rust toolchain lacks {TARGET}: install it and try again"))
}

/// Where tools are kept; `OOLONG_TOOLS` points at another folder.
///
/// # Errors
/// When there is no place for them.
pub fn cache() -> Result<PathBuf> {
    if let Some(folder) = env::var_os("OOLONG_TOOLS") {
        return Ok(folder.into());
    }
    let caches = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|folder| folder.is_absolute());
    let home = || env::home_dir().map(|home| home.join(".cache"));
    match caches.or_else(home) {
        Some(folder) => Ok(folder.join("oolong/tools")),
        None => bail!("no place for tools: set OOLONG_TOOLS to a folder"),
    }
}
