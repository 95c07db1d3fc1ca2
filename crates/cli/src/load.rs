//! Files from the command line, or what this program carries with it.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use oolong_catalog::Campaign;
use oolong_nlu::Engine;
use oolong_protocol::ModelManifest;
use sha2::{Digest, Sha256};

/// Campaign and model; both have defaults that are part of the program.
#[derive(Args)]
pub(crate) struct Sources {
    /// Campaign file; the sample campaign if not given.
    #[arg(long, value_name = "FILE")]
    campaign: Option<PathBuf>,
    /// GGUF file; the model of this build if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

static CAMPAIGN: &[u8] = include_bytes!("../../../public/campaign.json");
static MODEL: &[u8] = include_bytes!("../../../public/model/oolong.gguf");
static MANIFEST: &str = include_str!("../../../public/model/model.json");

impl Sources {
    /// The campaign.
    pub(crate) fn campaign(&self) -> Result<Campaign> {
        match &self.campaign {
            Some(path) => Campaign::from_json(&read(path)?).with_context(|| path.display().to_string()),
            None => Campaign::from_json(CAMPAIGN).context("built-in campaign"),
        }
    }

    /// An engine that serves the campaign.
    pub(crate) fn engine(&self) -> Result<Engine> {
        let campaign = self.campaign()?;
        match &self.model {
            Some(path) => {
                Engine::load(&read(path)?, campaign, milliseconds).with_context(|| path.display().to_string())
            }
            None => {
                let manifest = manifest()?;
                let found = Sha256::digest(MODEL).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
                if found != manifest.sha256 {
                    bail!(
                        "built-in model: expected SHA-256 {}, found {found}: build again from a clean checkout",
                        manifest.sha256
                    );
                }
                Engine::load(MODEL, campaign, milliseconds).context("built-in model")
            }
        }
    }
}

/// The manifest of the built-in model.
pub(crate) fn manifest() -> Result<ModelManifest> {
    serde_json::from_str(MANIFEST).context("public/model/model.json")
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn milliseconds() -> f64 {
    #[expect(clippy::disallowed_methods, reason = "the command line has a clock; the engine is given it")]
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64() * 1e3
}
