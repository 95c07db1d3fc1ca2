//! What a visitor downloads, raw and compressed, against the budgets.

use std::{io::Write, path::Path};

use anyhow::{Context, Result, bail};

use crate::{model, site};

/// Who asks for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// HTML, CSS, JavaScript and WebAssembly of the page.
    Page,
    /// JavaScript and WebAssembly of the worker.
    Worker,
    /// JavaScript and WebAssembly of what the page falls back to.
    Fallback,
    /// CSS, JavaScript and WebAssembly of wallet, stores, orders and till.
    Counter,
    /// The lab, page and worker: nothing of it reaches shoppers.
    Lab,
    /// The model.
    Model,
    /// Campaign, icons and the like.
    Rest,
}

/// One file of the site.
#[derive(Clone, Debug)]
pub struct Size {
    /// Path below the site's root.
    pub file: String,
    /// Who asks for it.
    pub part: Part,
    /// Bytes on disk.
    pub raw: usize,
    /// Bytes after `brotli -q 11`; models do not shrink and are not tried.
    pub brotli: usize,
}

/// A limit on the compressed bytes of a part.
struct Budget {
    part: Part,
    wasm_only: bool,
    limit: usize,
    name: &'static str,
}

const BUDGETS: [Budget; 6] = [
    Budget { part: Part::Page, wasm_only: false, limit: 350_000, name: "page (HTML, CSS, JS, wasm)" },
    Budget { part: Part::Worker, wasm_only: true, limit: 1_000_000, name: "worker wasm" },
    Budget { part: Part::Fallback, wasm_only: false, limit: 260_000, name: "fallback (names, rules, remote agent)" },
    Budget { part: Part::Counter, wasm_only: false, limit: 580_000, name: "counter (wallet, stores, orders, till)" },
    // Testers wait more patiently; the bar is there so that growth is seen.
    Budget { part: Part::Lab, wasm_only: false, limit: 1_500_000, name: "lab (page and worker)" },
    Budget { part: Part::Model, wasm_only: false, limit: model::LIMIT as usize, name: "model" },
];

/// Sizes of all files below `dist`, in alphabetical order.
///
/// # Errors
/// When a file cannot be read.
pub fn measure(dist: &Path) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    for file in site::files(dist)? {
        let bytes = std::fs::read(dist.join(&file)).with_context(|| format!("cannot read {file}"))?;
        let part = part(&file);
        let brotli = if part == Part::Model { bytes.len() } else { compressed(&bytes)? };
        sizes.push(Size { part, raw: bytes.len(), brotli, file });
    }
    Ok(sizes)
}

/// Prints the files and the budgets.
///
/// # Errors
/// When a budget is exceeded.
pub fn check(sizes: &[Size]) -> Result<()> {
    println!("{:>11} {:>11}  file", "raw", "brotli");
    for size in sizes {
        println!("{:>11} {:>11}  {}", size.raw, size.brotli, size.file);
    }
    let mut over = Vec::new();
    for budget in &BUDGETS {
        let counted = sizes.iter().filter(|size| size.part == budget.part);
        let counted = counted.filter(|size| !budget.wasm_only || size.file.ends_with(".wasm"));
        let (files, total) = counted.fold((0, 0), |(files, total), size| (files + 1, total + size.brotli));
        println!("{}: {total} of {} bytes", budget.name, budget.limit);
        if files == 0 {
            over.push(format!("{}: no such file in the site", budget.name));
        } else if total > budget.limit {
            over.push(format!("{}: {total} bytes, the limit is {}", budget.name, budget.limit));
        }
    }
    if !over.is_empty() {
        bail!("over budget: {}", over.join("; "));
    }
    Ok(())
}

fn part(file: &str) -> Part {
    let name = file.rsplit_once('/').map_or(file, |(_, name)| name);
    if name.ends_with(".gguf") {
        Part::Model
    } else if site::is_of_lab(file) {
        Part::Lab
    } else if file.starts_with("oolong-worker-") {
        Part::Worker
    } else if file.starts_with("oolong-fallback-") {
        Part::Fallback
    } else if file.starts_with("oolong-counter-") {
        Part::Counter
    } else if [".html", ".css", ".js", ".wasm"].iter().any(|end| name.ends_with(end)) {
        Part::Page
    } else {
        Part::Rest
    }
}

fn compressed(bytes: &[u8]) -> Result<usize> {
    let mut out = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut out, 1 << 16, 11, 24);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(out.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_belong_to_parts() {
        for (file, expected) in [
            ("index.html", Part::Page),
            ("sw.js", Part::Page),
            ("oolong-0123456789abcdef_bg.wasm", Part::Page),
            ("oolong-worker-0123456789abcdef/start.js", Part::Worker),
            ("oolong-worker-0123456789abcdef/oolong-worker_bg.wasm", Part::Worker),
            ("oolong-fallback-0123456789abcdef/oolong-fallback.js", Part::Fallback),
            ("oolong-counter-0123456789abcdef/oolong-counter.css", Part::Counter),
            ("lab.html", Part::Lab),
            ("oolong-lab-page_bg.wasm", Part::Lab),
            ("oolong-lab-0123456789abcdef/start.js", Part::Lab),
            ("model/tiny.gguf", Part::Model),
            ("campaign.json", Part::Rest),
        ] {
            assert_eq!(part(file), expected, "{file}");
        }
    }

    #[test]
    fn a_part_over_its_budget_or_missing_is_refused() {
        let size = |file: &str, brotli| Size { file: file.to_owned(), part: part(file), raw: brotli, brotli };
        let site = |page| {
            let others = ["oolong-worker-0/a.wasm", "oolong-fallback-0/a.js", "oolong-counter-0/a.js", "lab.css"];
            let [worker, fallback, counter, lab] = others.map(|file| size(file, 9));
            [size("index.html", page), worker, fallback, counter, lab, size("model/m.gguf", 9)]
        };
        check(&site(350_000)).expect("within the budget");
        assert!(check(&site(350_001)).expect_err("over the budget").to_string().contains("page"));
        assert!(check(&site(9)[..5]).expect_err("no model").to_string().contains("model"));
    }
}
