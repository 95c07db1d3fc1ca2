//! Building the release site into `dist/`.

use std::path::Path;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::{model, process, tools, workspace};

/// Placeholder in `sw.js` for the files to keep for a visit without network.
const ASSETS: &str = "/*ASSETS*/[]";
/// Placeholder in `sw.js` for the build that these files belong to.
const VERSION: &str = "/*VERSION*/''";
/// Placeholder in `sw.js` for the model of the build.
const MODEL: &str = "/*MODEL*/null";
/// Sends `lab/` to the lab, on hosts that look for a folder: paths in the page are relative, and it lies one up.
const LAB_FOLDER: &str =
    "<!doctype html>\n<meta http-equiv=\"refresh\" content=\"0; url=../lab.html\">\n<title>Oolong lab</title>\n";

/// Builds the site as a visitor gets it; returns nothing, the site lies in [`workspace::dist`].
///
/// # Errors
/// When a tool is missing and cannot be installed, or the build fails.
pub fn build() -> Result<()> {
    let minutes = tools::minutes_to_install(&[&tools::TRUNK, &tools::WASM_BINDGEN])?;
    if !workspace::target().join("wasm32-unknown-unknown").exists() {
        println!("The first build takes about {} minutes on two cores; later ones take one.", minutes + 12);
    }
    tools::wasm_target()?;
    let path = tools::path_with(&[tools::TRUNK.bin()?, tools::WASM_BINDGEN.bin()?])?;
    // Trunk is told to stay offline, so that it takes the pinned tools; the libraries must be there by then.
    process::run(&mut process::cargo(["fetch", "--quiet", "--locked"]))?;
    let dist = workspace::root().join("dist");
    let mut trunk = std::process::Command::new("trunk");
    trunk.args(["build", "--release", "--offline", "--locked", "--dist"]).arg(&dist);
    // Trunk reads NO_COLOR as its own flag and refuses the customary value `1`.
    trunk.env("PATH", path).env_remove("NO_COLOR").current_dir(workspace::root());
    process::run(&mut trunk)?;
    add_lab(&dist)?;
    finish(&dist)
}

/// Whether only the lab asks for a file of the site. Visitors of the shop never download such files.
#[must_use]
pub fn is_of_lab(file: &str) -> bool {
    file.starts_with("lab/") || file.starts_with("lab.") || file.starts_with("oolong-lab")
}

/// Files below `folder` with `/` between names, sorted.
///
/// # Errors
/// When a folder cannot be read.
pub fn files(folder: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut open = vec![String::new()];
    while let Some(prefix) = open.pop() {
        let here = folder.join(&prefix);
        for entry in here.read_dir().with_context(|| format!("cannot list {}", here.display()))? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let file = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if entry.file_type()?.is_dir() {
                open.push(file);
            } else {
                found.push(file);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Writes the lab's HTML: the page's own, whose script sees by its address that it is the lab.
fn add_lab(dist: &Path) -> Result<()> {
    let page = std::fs::read_to_string(dist.join("index.html")).context("cannot read the page that was built")?;
    std::fs::create_dir_all(dist.join("lab"))?;
    for (file, text) in [("lab.html", lab_html(&page)), ("lab/index.html", LAB_FOLDER.to_owned())] {
        std::fs::write(dist.join(file), text).with_context(|| format!("cannot write {file}"))?;
    }
    Ok(())
}

/// The page without what makes browsers fetch the shop's program before any script runs.
fn lab_html(page: &str) -> String {
    let mut lab = page.to_owned();
    for begin in ["<link rel=\"modulepreload\"", "<link rel=\"preload\""] {
        while let Some(start) = lab.find(begin)
            && let Some(length) = lab[start..].find('>')
        {
            lab.replace_range(start..=start + length, "");
        }
    }
    lab
}

/// Tells the service worker which files belong to this build.
fn finish(dist: &Path) -> Result<()> {
    let path = dist.join("sw.js");
    let script = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    // The model is not among them: the worker keeps it itself, after checking its hash. Nor is the lab.
    let mut kept = files(dist)?;
    let model = kept.iter().find(|file| file.ends_with(".gguf")).cloned();
    let model = model.context("expected a model in the site, found none")?;
    let manifest = model::verify(&dist.join(&model).with_file_name(""))?;
    let model = serde_json::json!({"path": model, "sha256": manifest.sha256});
    kept.retain(|file| !file.starts_with("sw") && !file.ends_with(".gguf") && !is_of_lab(file));
    let mut hash = Sha256::new();
    for file in &kept {
        hash.update(file.as_bytes());
        hash.update(std::fs::read(dist.join(file))?);
    }
    let version = &model::hex(&hash.finalize())[..16];
    std::fs::write(&path, filled(&script, &kept, version, &model)?)
        .with_context(|| format!("cannot write {}", path.display()))
}

fn filled(script: &str, kept: &[String], version: &str, model: &serde_json::Value) -> Result<String> {
    if [ASSETS, VERSION, MODEL].iter().any(|place| !script.contains(place)) {
        bail!("sw.js: expected the placeholders {ASSETS}, {VERSION} and {MODEL}");
    }
    let (kept, version) = (serde_json::to_string(kept)?, serde_json::to_string(version)?);
    Ok(script.replace(ASSETS, &kept).replace(VERSION, &version).replace(MODEL, &model.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lab_does_not_preload_the_shop() {
        let page = "<link rel=\"stylesheet\" href=\"a.css\"><link rel=\"modulepreload\" href=\"a.js\"><link \
                    rel=\"preload\" href=\"a.wasm\" as=\"fetch\"></head>";
        assert_eq!(lab_html(page), "<link rel=\"stylesheet\" href=\"a.css\"></head>");
    }

    #[test]
    fn files_of_the_lab_are_known() {
        for (file, expected) in [
            ("lab.html", true),
            ("lab.css", true),
            ("lab/index.html", true),
            ("oolong-lab.js", true),
            ("oolong-lab-page_bg.wasm", true),
            ("index.html", false),
            ("oolong-page-0123456789abcdef.js", false),
            ("model/label.json", false),
        ] {
            assert_eq!(is_of_lab(file), expected, "{file}");
        }
    }

    #[test]
    fn the_service_worker_learns_its_files() {
        let script = "const ASSETS = /*ASSETS*/[]; const VERSION = /*VERSION*/''; const MODEL = /*MODEL*/null;";
        let model = serde_json::json!({"path": "a.gguf"});
        let kept = ["index.html".to_owned(), "a.js".to_owned()];
        let expected =
            r#"const ASSETS = ["index.html","a.js"]; const VERSION = "12ab"; const MODEL = {"path":"a.gguf"};"#;
        assert_eq!(filled(script, &kept, "12ab", &model).expect("all placeholders are there"), expected);
        assert!(filled("const ASSETS = [];", &kept, "12ab", &model).is_err());
    }
}
