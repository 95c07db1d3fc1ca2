//! Who may depend on whom: one line of data per rule, checked against `cargo tree`.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use anyhow::{Result, bail};

use crate::process;

/// How far a rule looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Anywhere in the dependency tree.
    Anywhere,
    /// Among the direct dependencies only.
    Directly,
}
use Reach::{Anywhere, Directly};

/// `package` must not depend on any of `forbidden`.
struct Arrow {
    package: &'static str,
    reach: Reach,
    forbidden: &'static [&'static str],
    why: &'static str,
}

const ENGINES: &[&str] = &[
    "oolong-nlu",
    "oolong-commerce",
    "oolong-remote",
    "oolong-cascade",
    "oolong-general",
    "oolong-stores",
    "oolong-map",
    "oolong-token",
];
const SHELLS: &[&str] =
    &["oolong", "oolong-worker", "oolong-cli", "oolong-corpus", "oolong-fallback", "oolong-server", "oolong-ledger"];
const BROWSER: &[&str] = &["web-sys", "js-sys", "wasm-bindgen", "wasm-bindgen-futures", "gloo-net"];
const CANDLE: &[&str] = &["candle-core", "candle-transformers", "tokenizers", "llguidance"];

const ARROWS: &[Arrow] = &[
    arrow("oolong", Anywhere, CANDLE, "the page stays small: the model lives in the worker"),
    arrow("oolong", Anywhere, &["oolong-nlu"], "the page talks to the worker through oolong-protocol"),
    arrow("oolong", Anywhere, &["oolong-report"], "reports are made in the lab's worker"),
    arrow("oolong", Anywhere, &["oolong-keyword", "oolong-remote"], "the page falls back to a module of its own"),
    arrow("oolong-intent", Anywhere, ENGINES, "nouns know no engine"),
    arrow("oolong-catalog", Anywhere, ENGINES, "nouns know no engine"),
    arrow("oolong-protocol", Anywhere, ENGINES, "nouns know no engine"),
    arrow("oolong-intent", Anywhere, SHELLS, "arrows point down"),
    arrow("oolong-catalog", Anywhere, SHELLS, "arrows point down"),
    arrow("oolong-protocol", Anywhere, SHELLS, "arrows point down"),
    arrow("oolong-protocol", Anywhere, &["oolong-catalog", "oolong-report"], "messages carry text, files and figures"),
    arrow("oolong-nlu", Anywhere, SHELLS, "arrows point down"),
    arrow("oolong-commerce", Anywhere, SHELLS, "arrows point down"),
    arrow("oolong-nlu", Anywhere, &["oolong-commerce"], "understanding knows no cart"),
    arrow("oolong-commerce", Anywhere, &["oolong-nlu"], "the cart does not care who understood"),
    arrow("oolong-commerce", Anywhere, CANDLE, "the server prices without a model"),
    arrow("oolong-commerce", Anywhere, BROWSER, "no clock, files, network or browser in an engine"),
    arrow("oolong-nlu", Directly, BROWSER, "no clock, files, network or browser in an engine"),
    arrow("oolong-nlu", Anywhere, &["tokio", "reqwest", "ureq", "hf-hub"], "bytes in, values out"),
    arrow("oolong-commerce", Anywhere, &["tokio", "reqwest", "ureq"], "pure functions"),
    arrow("oolong-keyword", Anywhere, CANDLE, "the last resort runs where no model does"),
    arrow("oolong-keyword", Anywhere, BROWSER, "no clock, files, network or browser in an engine"),
    arrow("oolong-report", Anywhere, CANDLE, "reports are made where no model is"),
    arrow("oolong-report", Anywhere, BROWSER, "no clock, files, network or browser in an engine"),
    arrow("oolong-benchmark", Anywhere, CANDLE, "a benchmark takes any parser"),
    arrow("oolong-intent", Anywhere, BROWSER, "nouns run everywhere"),
    arrow("oolong-catalog", Anywhere, BROWSER, "nouns run everywhere"),
    arrow("oolong-protocol", Anywhere, BROWSER, "nouns run everywhere"),
    arrow("oolong-worker", Anywhere, &["oolong-commerce", "leptos"], "the worker understands, the page sells"),
    arrow("oolong-cascade", Anywhere, BROWSER, "no clock, dice, network or browser in an engine"),
    arrow(
        "oolong-cascade",
        Anywhere,
        &["oolong-catalog", "tokio", "rand"],
        "a policy needs no campaign, clock or dice",
    ),
    arrow("oolong-remote", Anywhere, BROWSER, "no clock, files, network or browser in an engine"),
    arrow("oolong-remote", Anywhere, CANDLE, "asking takes no model"),
    arrow("oolong-remote", Anywhere, &["oolong-nlu", "tokio", "reqwest", "ureq"], "text in, frames out"),
    arrow("oolong-general", Anywhere, &["oolong-catalog", "tokio", "reqwest", "ureq"], "bytes in, text out"),
    arrow("oolong-fallback", Anywhere, CANDLE, "it is what remains where no model runs"),
    arrow("oolong-fallback", Anywhere, &["leptos", "oolong-commerce"], "it understands, the page sells"),
    arrow("oolong-stores", Directly, BROWSER, "no clock, files, network or browser in an engine"),
    arrow("oolong-map", Anywhere, BROWSER, "what to draw is reckoned, not drawn"),
    arrow("oolong-token", Anywhere, BROWSER, "signed on the server, verified at the till"),
    arrow("oolong-token", Anywhere, &["tokio", "getrandom"], "dice and clock are the caller's"),
    arrow("oolong-ledger", Anywhere, CANDLE, "the ledger needs no model"),
    arrow("oolong-ledger", Anywhere, &["axum", "hyper", "reqwest", "leptos"], "the ledger speaks no HTTP"),
    arrow("oolong-ledger", Directly, &["oolong-stores", "oolong-token"], "the ledger is told of stores and signatures"),
    arrow("oolong-commerce", Anywhere, &["oolong-ledger", "oolong-stores"], "prices need no shop"),
    arrow("oolong-server", Anywhere, &["leptos"], "the server needs no page"),
    arrow("oolong-server", Directly, BROWSER, "the server runs natively"),
    arrow("oolong-cli", Anywhere, &["leptos"], "the command line needs no page"),
];

const fn arrow(package: &'static str, reach: Reach, forbidden: &'static [&'static str], why: &'static str) -> Arrow {
    Arrow { package, reach, forbidden, why }
}

/// Checks every rule; returns how many hold.
///
/// # Errors
/// Names all rules that are broken, with their reasons.
pub fn check() -> Result<usize> {
    let mut broken = Vec::new();
    let mut trees = BTreeMap::new();
    for arrow in ARROWS {
        let tree = match trees.entry((arrow.package, arrow.reach)) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(dependencies(arrow.package, arrow.reach)?),
        };
        for name in arrow.forbidden.iter().filter(|name| tree.contains(**name)) {
            broken.push(format!(
                "{} must not depend on {name}: {} (see `cargo tree --package {} --edges normal --target all --invert {name}`)",
                arrow.package, arrow.why, arrow.package
            ));
        }
    }
    if !broken.is_empty() {
        bail!("{}", broken.join("\n"));
    }
    Ok(ARROWS.len())
}

/// Names of the packages that `package` depends on, on any platform, without those of its tests.
fn dependencies(package: &str, reach: Reach) -> Result<BTreeSet<String>> {
    let depth = if reach == Directly { "1" } else { "1000" };
    let tree = process::output(&mut process::cargo([
        "tree",
        "--locked",
        "--package",
        package,
        "--edges",
        "normal",
        "--target",
        "all",
        "--prefix",
        "none",
        "--format",
        "{p}",
        "--depth",
        depth,
    ]))?;
    let names = tree.lines().filter_map(|line| line.split(' ').next()).filter(|name| *name != package);
    Ok(names.map(str::to_owned).collect())
}
