//! Where the stores come from: a pack, a file of the operator's, or a made-up country that is kept for the next start.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use oolong_catalog::{Brand, Campaign};
use oolong_stores::{Names, Pack, Packed, Seller, Store, generate, pack, read_geojson};

use super::settings::ShopSettings;
use super::tiles::{DIRECTORY, Tiles};
use crate::clock::{now, unix_millis};

/// The file of a pack that has all stores.
const COUNTRY: &str = "country";
/// The made-up country is always the same.
const SEED: u64 = 1;
/// The most problems of a file that are told one by one.
const TOLD: usize = 20;

/// Opens the stores, on a thread that may take long.
///
/// # Errors
/// What cannot be read or written, or is no file of stores.
pub(crate) async fn open(settings: &ShopSettings, campaign: &Campaign) -> Result<(Pack, Tiles)> {
    let (settings, brands) = (settings.clone(), campaign.brands.clone());
    tokio::task::spawn_blocking(move || match &settings.stores {
        Some(path) if path.is_dir() => load(path).with_context(|| format!("--stores {}", path.display())),
        Some(path) => read(path).with_context(|| format!("--stores {}", path.display())),
        None => sample(&settings, &brands).context("the made-up stores"),
    })
    .await
    .context("loading the stores")?
}

/// A file of the operator's: packed anew at each start, because it may have changed.
fn read(path: &Path) -> Result<(Pack, Tiles)> {
    let start = now();
    let (stores, report) = read_geojson(BufReader::new(File::open(path)?));
    for problem in report.errors.iter().chain(&report.warnings).take(TOLD) {
        tracing::warn!(%problem, "stores");
    }
    let (read, taken) = (report.read, report.taken);
    tracing::info!(read, taken, errors = report.errors.len(), warnings = report.warnings.len(), "stores read");
    if stores.is_empty() {
        bail!("expected GeoJSON with stores, found none that can be taken of {read} features");
    }
    let packed = pack(&stores, today());
    tracing::info!(ms = start.elapsed().as_millis() as u64, "stores packed");
    open_packed(packed)
}

fn open_packed(packed: Packed) -> Result<(Pack, Tiles)> {
    Ok((Pack::read(&packed.country)?, Tiles::new(files(packed))))
}

/// What browsers ask for.
fn files(packed: Packed) -> Vec<(String, Vec<u8>)> {
    let mut files = packed.tiles;
    files.push((packed.header_file, packed.header.clone()));
    files.push((DIRECTORY.to_owned(), packed.header));
    files
}

/// The made-up country of the data folder; made if it is not there or of another size.
fn sample(settings: &ShopSettings, brands: &[Brand]) -> Result<(Pack, Tiles)> {
    let count = settings.sample_stores.get();
    let folder = settings.data.join(format!("stores-{count}"));
    // A pack of an older build is made anew.
    if let Ok(loaded) = load(&folder)
        && is_fresh(&loaded.0)
    {
        return Ok(loaded);
    }
    let start = now();
    eprintln!("making {count} stores …");
    let sellers: Vec<Seller> = brands.iter().map(seller).collect();
    let stores: Vec<Store> = generate(count, SEED, &sellers).collect();
    let packed = pack(&stores, today());
    drop(stores);
    let pack = Pack::read(&packed.country)?;
    let country = packed.country.clone();
    let files = files(packed);
    keep(&folder, &country, &files).with_context(|| folder.display().to_string())?;
    eprintln!("{count} stores made in {:.1} s, kept in {}", start.elapsed().as_secs_f64(), folder.display());
    Ok((pack, Tiles::new(files)))
}

/// Written beside its place and then put there: a start that is broken off leaves nothing half.
fn keep(folder: &Path, country: &[u8], files: &[(String, Vec<u8>)]) -> std::io::Result<()> {
    let draft = folder.with_extension(format!("draft-{:016x}", rand::random::<u64>()));
    std::fs::create_dir_all(&draft)?;
    std::fs::write(draft.join(COUNTRY), country)?;
    for (name, bytes) in files {
        std::fs::write(draft.join(name), bytes)?;
    }
    if folder.exists() {
        std::fs::remove_dir_all(folder)?;
    }
    std::fs::rename(draft, folder)
}

/// Hours that depend on dates are known for 60 days from packing on.
fn is_fresh(pack: &Pack) -> bool {
    (0..30).contains(&(today() - pack.directory.packed_on()))
}

/// The day before today in UTC, days since 1970: nowhere is it earlier.
fn today() -> i32 {
    i32::try_from(unix_millis().div_euclid(86_400_000)).unwrap_or(i32::MAX) - 1
}

fn seller(brand: &Brand) -> Seller {
    let mut names = brand.names.iter();
    let is_chinese = |name: &&String| !name.is_ascii();
    let zh = names.clone().find(is_chinese).cloned().unwrap_or_default();
    let en = names.find(|name| name.is_ascii()).cloned().unwrap_or_default();
    Seller {
        id: brand.id.clone(),
        names: Names::new(en, zh),
        items: brand.menu.iter().map(|item| item.id.clone()).collect(),
    }
}

fn load(folder: &Path) -> Result<(Pack, Tiles)> {
    let pack = Pack::read(&std::fs::read(folder.join(COUNTRY))?)?;
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name != COUNTRY && entry.file_type()?.is_file() {
            files.push((name, std::fs::read(entry.path())?));
        }
    }
    Ok((pack, Tiles::new(files)))
}
