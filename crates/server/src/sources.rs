//! Files that the operator names, or what this program carries with it.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result};
use oolong_catalog::Campaign;
use oolong_general::GeneralModel;
use oolong_nlu::{Engine, special_tokens};

use crate::clock::milliseconds;
use crate::engines::Build;
use crate::general::TaughtModel;
use crate::local::LocalModel;
use crate::task::Wares;
use crate::{Config, Model};

static CAMPAIGN: &[u8] = include_bytes!("../../../public/campaign.json");
static MODEL: &[u8] = include_bytes!("../../../public/model/oolong.gguf");
/// The vocabulary of our models lies in so many first bytes.
const VOCABULARY: usize = 2 << 20;

/// The campaign of the shop, and for plain words: read and checked once, at the start.
///
/// # Errors
/// When the file cannot be read or is no sound campaign.
pub(crate) fn campaign(config: &Config) -> Result<Arc<Campaign>> {
    let campaign = match &config.campaign {
        None => Campaign::from_json(CAMPAIGN).context("the built-in campaign"),
        Some(path) => Campaign::from_json(&read(path)?).with_context(|| path.display().to_string()),
    };
    campaign.map(Arc::new)
}

/// How threads get the model, and how many there are to be.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn model(config: &Config, campaign: Arc<Campaign>) -> Result<(Build, usize)> {
    let Some(path) = config.model.clone() else {
        let build = move || local(MODEL, &campaign).context("the built-in model");
        return Ok((Arc::new(build), config.workers(false)));
    };
    // Every thread reads the file anew: its bytes would else stay in memory beside the models.
    if is_ours(&read(&path)?) {
        let build = move || local(&read(&path)?, &campaign).with_context(|| path.display().to_string());
        return Ok((Arc::new(build), config.workers(false)));
    }
    let wares = Arc::new(Wares::new(Campaign::clone(&campaign)));
    let build = move || {
        let model = GeneralModel::load(&read(&path)?).with_context(|| path.display().to_string())?;
        Ok(Box::new(TaughtModel::new(model, Arc::clone(&wares))) as Box<dyn Model>)
    };
    Ok((Arc::new(build), config.workers(true)))
}

/// Whether each engine is to compute on its own thread alone. candle's own threads serve one engine at a time, behind a
/// lock that does not survive a panic: they are for a single engine with a large model.
#[must_use]
pub fn one_thread_each(config: &Config) -> bool {
    if config.upstream.is_some() {
        return false;
    }
    let ours = config.model.as_deref().is_none_or(|path| read(path).is_ok_and(|bytes| is_ours(&bytes)));
    ours || config.workers(true) > 1
}

fn local(bytes: &[u8], campaign: &Campaign) -> Result<Box<dyn Model>> {
    let engine = Engine::load(bytes, campaign.clone(), milliseconds)?;
    Ok(Box::new(LocalModel::new(engine, campaign.clone())))
}

/// Whether the head of a file has the vocabulary of this project's own models. Loading it to see would take minutes and
/// gigabytes if it is another's.
fn is_ours(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(VOCABULARY)];
    let mark = special_tokens().into_iter().max_by_key(String::len).unwrap_or_default();
    head.windows(mark.len()).any(|window| window == mark.as_bytes())
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_models_are_told_from_others() {
        assert!(is_ours(MODEL));
        assert!(!is_ours(b"GGUF general.architecture qwen3"));
        assert!(!is_ours(b""));
    }
}
