//! The WebAssembly modules beside the page: the two workers, what the page falls back to, and the counter.
//!
//! Trunk builds the page. These are built here, because they need what trunk cannot give them: the workers' inference
//! kernels are written for 128-bit SIMD, which the page must do without (a browser that lacks it still gets the page), and
//! all of them lie in folders named by their content, so that a page never meets a module of another build.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{model, process, tools, workspace};

/// A module and where the page learns of it.
struct Module {
    package: &'static str,
    bin: &'static str,
    /// Name of the meta tag in the page.
    meta: &'static str,
    simd: bool,
    /// Whether it is started as a worker, by a script of two lines, instead of by the page's own script.
    worker: bool,
    /// What its own stylesheet is put together from, below the workspace's root.
    styles: &'static [&'static str],
}

const MODULES: [Module; 4] = [
    Module {
        package: "oolong-worker",
        bin: "oolong-worker",
        meta: "oolong-worker",
        simd: true,
        worker: true,
        styles: &[],
    },
    Module { package: "oolong-worker", bin: "oolong-lab", meta: "oolong-lab", simd: true, worker: true, styles: &[] },
    Module {
        package: "oolong-fallback",
        bin: "oolong-fallback",
        meta: "oolong-fallback",
        simd: false,
        worker: false,
        styles: &[],
    },
    Module {
        package: "oolong",
        bin: "oolong-counter",
        meta: "oolong-counter",
        simd: false,
        worker: false,
        styles: &["src/counter.css", "src/counter/stores.css"],
    },
];

/// What the workers' compiler is told; also needed by tests of the engine in a browser.
pub const SIMD: (&str, &str) = ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-C target-feature=+simd128");

/// Builds the modules into `site`, and writes into the page's head where they lie.
///
/// # Errors
/// When a tool is missing and cannot be installed, the build fails, or `site` holds no page.
pub fn build(site: &Path) -> Result<()> {
    tools::wasm_target()?;
    // One package at a time: together they would share features, and the page's own libraries be built once more.
    let mut built = Vec::new();
    for module in &MODULES {
        if !built.contains(&module.package) {
            compile(module.package, module.simd)?;
            built.push(module.package);
        }
    }
    let page = site.join("index.html");
    let mut html = fs::read_to_string(&page).with_context(|| format!("cannot read {}", page.display()))?;
    for module in &MODULES {
        let folder = module.bind(site)?;
        let (script, wasm) = (format!("{folder}/{}.js", module.bin), format!("{folder}/{}_bg.wasm", module.bin));
        let style = if module.styles.is_empty() { String::new() } else { format!(" {folder}/{}.css", module.bin) };
        let content = if module.worker { format!("{folder}/start.js") } else { format!("{script} {wasm}{style}") };
        html = with_meta(&html, module.meta, &content)?;
    }
    html = with_meta(&html, "oolong-model", &format!("{}/", name_model(site)?))?;
    fs::write(&page, html).with_context(|| format!("cannot write {}", page.display()))
}

fn compile(package: &str, simd: bool) -> Result<()> {
    let mut cargo = process::cargo(["build", "--locked", "--profile", "web", "--target", "wasm32-unknown-unknown"]);
    cargo.args(["--package", package]);
    for module in MODULES.iter().filter(|module| module.package == package) {
        cargo.args(["--bin", module.bin]);
    }
    if simd {
        cargo.env(SIMD.0, SIMD.1);
    }
    process::run(&mut cargo)
}

/// Moves the model into a folder named by its content, as all that may be kept for ever; returns the folder's name.
fn name_model(site: &Path) -> Result<String> {
    let manifest = model::verify(&site.join("model"))?;
    let folder = format!("model-{}", &manifest.sha256[..16]);
    fs::rename(site.join("model"), site.join(&folder)).with_context(|| format!("cannot make {folder}"))?;
    Ok(folder)
}

impl Module {
    /// Joins the module with its JavaScript and its stylesheet, in a folder of `site`; returns the folder's name.
    fn bind(&self, site: &Path) -> Result<String> {
        let wasm = workspace::target().join("wasm32-unknown-unknown/web").join(self.bin).with_extension("wasm");
        let fresh = site.join(format!(".{}", self.bin));
        let program = tools::WASM_BINDGEN.bin()?.join("wasm-bindgen");
        let mut bind = std::process::Command::new(program);
        bind.args(["--target", "web", "--no-typescript", "--out-name", self.bin, "--out-dir"]).arg(&fresh).arg(&wasm);
        process::run(&mut bind)?;
        if self.worker {
            let start = format!("import init from './{}.js';await init();\n", self.bin);
            fs::write(fresh.join("start.js"), start)?;
        }
        if !self.styles.is_empty() {
            let read = |file: &&str| {
                fs::read_to_string(workspace::root().join(file)).with_context(|| format!("cannot read {file}"))
            };
            let styles: Vec<String> = self.styles.iter().map(read).collect::<Result<_>>()?;
            fs::write(fresh.join(format!("{}.css", self.bin)), styles.concat())?;
        }
        let folder = format!("{}-{}", self.bin, hash(&fresh)?);
        let place = site.join(&folder);
        if place.exists() {
            fs::remove_dir_all(&place)?;
        }
        fs::rename(&fresh, &place).with_context(|| format!("cannot make {}", place.display()))?;
        Ok(folder)
    }
}

/// A hash over the names and contents of a folder's files.
fn hash(folder: &Path) -> Result<String> {
    let mut files: Vec<PathBuf> =
        folder.read_dir()?.map(|entry| Ok(entry?.path())).collect::<Result<_, std::io::Error>>()?;
    files.sort();
    let mut hash = Sha256::new();
    for file in files {
        hash.update(file.file_name().unwrap_or_default().as_encoded_bytes());
        hash.update(fs::read(&file)?);
    }
    Ok(model::hex(&hash.finalize())[..16].to_owned())
}

/// The page with another content of `<meta name="…" content="…">`.
fn with_meta(html: &str, name: &str, content: &str) -> Result<String> {
    let begin = format!("<meta name=\"{name}\" content=\"");
    let Some((before, rest)) = html.split_once(&begin) else { bail!("index.html: expected {begin}…") };
    let Some((_, after)) = rest.split_once('"') else { bail!("index.html: expected an end of {begin}…") };
    Ok(format!("{before}{begin}{content}\"{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_learns_where_its_modules_lie() {
        let html = "<meta name=\"a\" content=\"\"><meta name=\"b\" content=\"old.js\">";
        let html = with_meta(html, "b", "new.js").expect("b is there");
        assert_eq!(html, "<meta name=\"a\" content=\"\"><meta name=\"b\" content=\"new.js\">");
        assert!(with_meta(&html, "c", "x").is_err());
    }
}
