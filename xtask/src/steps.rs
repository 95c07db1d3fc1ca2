//! `cargo xtask test`: named steps, each of which can be run alone.

use std::process::Command;

use anyhow::{Context, Result, bail};
use xtask::{
    architecture, arrows, chromium, interop, model, modules,
    process::{cargo, run as run_program, run_tests},
    site, sizes, tools, workspace,
};

/// One step; its function returns how many checks it made.
struct Step {
    name: &'static str,
    about: &'static str,
    /// Whether `--fast` includes it.
    fast: bool,
    run: fn() -> Result<usize>,
}

const STEPS: &[Step] = &[
    Step { name: "format", about: "rustfmt", fast: true, run: format },
    Step { name: "arrows", about: "who may depend on whom", fast: true, run: arrows::check },
    Step { name: "architecture", about: "ARCHITECTURE.md names every crate", fast: true, run: architecture },
    Step { name: "model", about: "the model is the pinned file", fast: true, run: model },
    Step { name: "clippy", about: "lints, native", fast: true, run: clippy },
    Step { name: "unit", about: "unit and property tests", fast: true, run: unit },
    Step { name: "deny", about: "licences, bans, sources of dependencies", fast: false, run: deny },
    Step { name: "clippy-wasm", about: "lints, wasm32", fast: false, run: clippy_wasm },
    Step { name: "site", about: "the release site builds", fast: false, run: site },
    Step { name: "sizes", about: "download budgets", fast: false, run: sizes },
    Step { name: "wasm", about: "tests in a browser, without the page", fast: false, run: wasm },
    Step { name: "e2e", about: "the built site in Chromium", fast: false, run: e2e },
    Step { name: "crash", about: "the server killed and its power cut", fast: false, run: crash },
    Step { name: "interop", about: "the openai client, llama.cpp's server", fast: false, run: interop },
];

/// Runs all steps, those of `--fast`, or those named in `only`; stops at the first that fails.
pub(crate) fn run(fast: bool, only: &[String]) -> Result<()> {
    if only.iter().any(|name| !STEPS.iter().any(|step| step.name == name)) {
        let names: Vec<String> = STEPS.iter().map(|step| format!("  {:<13} {}", step.name, step.about)).collect();
        bail!("the steps are\n{}", names.join("\n"));
    }
    let mut passed = 0;
    for step in STEPS {
        let wanted = if only.is_empty() { !fast || step.fast } else { only.iter().any(|name| name == step.name) };
        if !wanted {
            continue;
        }
        println!("── {}: {} …", step.name, step.about);
        let start = workspace::now();
        let count = (step.run)()
            .with_context(|| format!("step `{0}` failed; to run it alone: cargo xtask test --only {0}", step.name))?;
        println!("── {}: {count} passed in {:.1} s", step.name, start.elapsed().as_secs_f64());
        passed += count;
    }
    println!("{passed} passed, 0 failed");
    Ok(())
}

/// A program whose success is the check.
fn one(command: &mut Command) -> Result<usize> {
    run_program(command).map(|()| 1)
}

fn format() -> Result<usize> {
    one(&mut cargo(["fmt", "--all", "--check"]))
}

fn architecture() -> Result<usize> {
    architecture::check().map(|()| 1)
}

fn model() -> Result<usize> {
    model::verify(&workspace::root().join("public/model")).map(|_| 1)
}

fn clippy() -> Result<usize> {
    let clippy = |targets: &[&str]| {
        let mut command = cargo(["clippy", "--quiet", "--locked"]);
        command.args(targets).args(["--", "--deny", "warnings"]);
        one(&mut command)
    };
    // The end-to-end tests are no part of `--all-targets`: without the site they cannot run.
    let tests = ["--package", "oolong-tests", "--test", "e2e", "--test", "crash", "--test", "interop"];
    Ok(clippy(&["--workspace", "--all-targets"])? + clippy(&tests)?)
}

fn clippy_wasm() -> Result<usize> {
    tools::wasm_target()?;
    one(&mut cargo([
        "clippy",
        "--quiet",
        "--locked",
        "--package",
        "oolong",
        "--package",
        "oolong-worker",
        "--package",
        "oolong-fallback",
        "--target",
        "wasm32-unknown-unknown",
        "--",
        "--deny",
        "warnings",
    ]))
}

fn unit() -> Result<usize> {
    run_tests(&mut cargo(["test", "--quiet", "--locked", "--workspace"]))
}

fn deny() -> Result<usize> {
    let path = tools::path_with(&[tools::CARGO_DENY.bin()?])?;
    // Advisories need a database from the network; a machine without one must be able to check the rest.
    one(cargo(["deny", "--locked", "check", "--hide-inclusion-graph", "bans", "licenses", "sources"]).env("PATH", path))
}

fn site() -> Result<usize> {
    site::build().map(|()| 1)
}

fn sizes() -> Result<usize> {
    sizes::check(&sizes::measure(&workspace::dist())?).map(|()| 1)
}

fn wasm() -> Result<usize> {
    tools::wasm_target()?;
    let found = chromium::ensure()?;
    let runner = tools::WASM_BINDGEN.bin()?.join("wasm-bindgen-test-runner");
    let mut passed = 0;
    for name in workspace::crates()? {
        if !workspace::root().join("crates").join(&name).join("tests/wasm.rs").is_file() {
            continue;
        }
        let package = format!("oolong-{name}");
        let mut tests = cargo(["test", "--locked", "--package", &package, "--test", "wasm"]);
        // The profile of the site, whose dependencies are built already.
        tests.args(["--target", "wasm32-unknown-unknown", "--profile", "web"]);
        tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner).env(modules::SIMD.0, modules::SIMD.1);
        passed += run_tests(tests.env("CHROMEDRIVER", &found.driver))?;
    }
    if passed == 0 {
        bail!("expected a crate with tests/wasm.rs, found none");
    }
    Ok(passed)
}

fn e2e() -> Result<usize> {
    let found = chromium::ensure()?;
    if !workspace::dist().join("index.html").is_file() {
        bail!("the site is not built: run `cargo xtask test --only site --only e2e`");
    }
    // One of them compares the page with the command line.
    // All with the features of the whole workspace, so that the engine is compiled once.
    let bins = ["--bin", "oolong", "--bin", "oolong-server"];
    run_program(cargo(["build", "--quiet", "--locked", "--workspace"]).args(bins))?;
    let mut tests = cargo(["test", "--locked", "--workspace", "--test", "e2e"]);
    // One after the other: some of them measure time, and each has a browser of its own.
    tests.args(["--", "--test-threads", "1"]);
    run_tests(tests.env("CHROMIUM", found.browser).env("CHROMEDRIVER", found.driver))
}

fn crash() -> Result<usize> {
    run_program(&mut cargo(["build", "--quiet", "--locked", "--workspace", "--bin", "oolong-server"]))?;
    let mut tests = cargo(["test", "--locked", "--workspace", "--test", "crash"]);
    run_tests(tests.args(["--", "--test-threads", "1", "--nocapture"]))
}

fn interop() -> Result<usize> {
    let found = chromium::ensure()?;
    if !workspace::dist().join("index.html").is_file() {
        bail!("the site is not built: run `cargo xtask test --only site --only interop`");
    }
    let python = interop::python()?;
    run_program(&mut cargo(["build", "--quiet", "--locked", "--workspace", "--bin", "oolong-server"]))?;
    let mut tests = cargo(["test", "--locked", "--workspace", "--test", "interop"]);
    tests.args(["--", "--test-threads", "1", "--nocapture"]).env("OOLONG_PYTHON", python);
    run_tests(tests.env("CHROMIUM", found.browser).env("CHROMEDRIVER", found.driver))
}
