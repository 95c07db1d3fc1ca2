//! Files from the command line, or what this program carries with it.

use std::borrow::Cow;
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
    #[command(flatten)]
    campaign: CampaignSource,
    /// GGUF file; the model of this build if not given.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

/// A campaign file.
#[derive(Args)]
pub(crate) struct CampaignSource {
    /// Campaign file; the sample campaign if not given.
    #[arg(long, value_name = "FILE")]
    campaign: Option<PathBuf>,
}

/// The bytes of a model and what is known about them.
pub(crate) struct Model {
    /// The file.
    pub(crate) bytes: Cow<'static, [u8]>,
    /// Its hash, hexadecimal.
    pub(crate) sha256: String,
    /// Confidence from which on its answers are believed.
    pub(crate) threshold: f32,
    name: String,
}

static CAMPAIGN: &[u8] = include_bytes!("../../../public/campaign.json");
static MODEL: &[u8] = include_bytes!("../../../public/model/oolong.gguf");
static MANIFEST: &str = include_str!("../../../public/model/model.json");

impl Sources {
    /// The campaign and the SHA-256 of its file.
    pub(crate) fn campaign(&self) -> Result<(Campaign, String)> {
        self.campaign.read()
    }

    /// The model file, verified if it is the built-in one.
    pub(crate) fn model(&self) -> Result<Model> {
        let manifest: ModelManifest = serde_json::from_str(MANIFEST).context("public/model/model.json")?;
        let Some(path) = &self.model else {
            let sha256 = sha256(MODEL);
            if sha256 != manifest.sha256 {
                bail!(
                    "built-in model: expected SHA-256 {}, found {sha256}: build again from a clean checkout",
                    manifest.sha256
                );
            }
            let name = "built-in model".to_owned();
            return Ok(Model { bytes: Cow::Borrowed(MODEL), sha256, threshold: manifest.threshold, name });
        };
        let bytes = read(path)?;
        let sha256 = sha256(&bytes);
        // A model has its own threshold if it lies beside its own manifest, as training writes them.
        let beside = std::fs::read_to_string(path.with_file_name("model.json")).ok();
        let beside = beside.and_then(|text| serde_json::from_str::<ModelManifest>(&text).ok());
        let threshold = beside.filter(|beside| beside.sha256 == sha256).unwrap_or(manifest).threshold;
        Ok(Model { bytes: Cow::Owned(bytes), sha256, threshold, name: path.display().to_string() })
    }

    /// An engine that serves the campaign.
    pub(crate) fn engine(&self) -> Result<Engine> {
        self.model()?.engine(self.campaign()?.0)
    }

    /// The files that were named.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &Path> {
        self.campaign.campaign.as_deref().into_iter().chain(self.model.as_deref())
    }
}

impl CampaignSource {
    /// The campaign and the SHA-256 of its file.
    pub(crate) fn read(&self) -> Result<(Campaign, String)> {
        let (bytes, name) = match &self.campaign {
            Some(path) => (Cow::Owned(read(path)?), path.display().to_string()),
            None => (Cow::Borrowed(CAMPAIGN), "built-in campaign".to_owned()),
        };
        Ok((Campaign::from_json(&bytes).context(name)?, sha256(&bytes)))
    }
}

impl Model {
    /// An engine that serves `campaign`.
    pub(crate) fn engine(&self, campaign: Campaign) -> Result<Engine> {
        Engine::load(&self.bytes, campaign, milliseconds).with_context(|| self.name.clone())
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Milliseconds since the first call.
pub(crate) fn milliseconds() -> f64 {
    #[expect(clippy::disallowed_methods, reason = "the command line has a clock; the engine is given it")]
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64() * 1e3
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}
