//! `oolong stores`: from an owner's GeoJSON to packed stores, and a look into them.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};
use oolong_catalog::Campaign;
use oolong_stores::{
    Fulfilment, Hours, Names, Order, Pack, Packed, Point, Problem, Query, Report, Seller, Store, feature, generate,
    pack, read_geojson,
};

use crate::load::CampaignSource;
use crate::outputs::print;
use crate::stores_bench;

/// How many problems are printed in full.
const SHOWN: usize = 50;

/// What to do with stores.
#[derive(Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Checks a GeoJSON file of stores: a line for every problem.
    Check {
        /// A FeatureCollection of points.
        stores: PathBuf,
    },
    /// Packs a GeoJSON file into a country for servers and tiles for browsers.
    Pack(PackArguments),
    /// Writes a plausible sample country as GeoJSON.
    Generate(GenerateArguments),
    /// Finds stores in a packed country.
    Find(Box<FindArguments>),
    /// Measures generating, packing and searching.
    #[command(hide = true)]
    Bench(GenerateArguments),
}

#[derive(Args)]
struct PackArguments {
    /// A FeatureCollection of points.
    stores: PathBuf,
    /// Folder for the packed files.
    #[arg(short, long)]
    output: PathBuf,
    /// Local day of packing, YYYY-MM-DD; today (UTC) if left out.
    #[arg(long, value_parser = day)]
    date: Option<i32>,
    /// Packs the stores that can be taken although others cannot.
    #[arg(long)]
    skip_bad: bool,
}

#[derive(Args)]
pub(crate) struct GenerateArguments {
    /// How many stores.
    #[arg(long, default_value_t = 300_000)]
    pub(crate) count: u32,
    /// The same seed gives the same stores.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    #[command(flatten)]
    pub(crate) campaign: CampaignSource,
    /// The file to write; standard output if left out.
    #[arg(short, long)]
    output: Option<PathBuf>,
}

#[derive(Args)]
struct FindArguments {
    /// `stores.pack`, as `oolong stores pack` writes it.
    pack: PathBuf,
    /// Nearest to this point: LONGITUDE,LATITUDE, or the name of a place.
    #[arg(long, allow_hyphen_values = true)]
    near: Option<String>,
    /// Names, brands, cities, districts or landmarks.
    #[arg(long)]
    text: Option<String>,
    /// Id of a brand.
    #[arg(long)]
    brand: Option<String>,
    /// Open at this moment: `now`, or seconds since 1970.
    #[arg(long)]
    open_at: Option<String>,
    /// `pickup` or `delivery`.
    #[arg(long, value_parser = fulfilment)]
    fulfilment: Option<Fulfilment>,
    /// Id of an item that the store sells.
    #[arg(long)]
    item: Option<String>,
    /// The shortest wait first, not the shortest way.
    #[arg(long)]
    by_wait: bool,
    /// How many.
    #[arg(long, default_value_t = 10)]
    limit: usize,
}

/// Does it; 2 if a file has errors.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.task {
        Task::Check { stores } => {
            let (_, report) = read(stores)?;
            Ok(if report.errors.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(2) })
        }
        Task::Pack(arguments) => run_pack(arguments),
        Task::Generate(arguments) => run_generate(arguments),
        Task::Find(arguments) => find(arguments),
        Task::Bench(arguments) => stores_bench::run(arguments, (now()? / 86_400) as i32),
    }
}

fn run_pack(arguments: &PackArguments) -> Result<ExitCode> {
    let (stores, report) = read(&arguments.stores)?;
    if !report.errors.is_empty() && !arguments.skip_bad {
        bail!("nothing was packed: {} errors; repair them, or leave them out with --skip-bad", report.errors.len());
    }
    let date = match arguments.date {
        Some(date) => date,
        None => (now()? / 86_400) as i32,
    };
    let packed = pack(&stores, date);
    let folder = &arguments.output;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))
    };
    for (name, bytes) in &packed.tiles {
        write(name, bytes)?;
    }
    write(&packed.header_file, &packed.header)?;
    write("stores.pack", &packed.country)?;
    // Last, so that whoever reads it finds all the others.
    write("stores.json", format!("{{\"directory\":\"{}\"}}\n", packed.header_file).as_bytes())?;
    print(&sizes(&packed))?;
    Ok(ExitCode::SUCCESS)
}

/// What visitors download, as lines.
pub(crate) fn sizes(packed: &Packed) -> String {
    let (kilo, sizes) = (|bytes: u32| f64::from(bytes) / 1000.0, &packed.sizes);
    format!(
        "country {:.1} MB, {} tiles\nwith brotli: header {:.1} kB, median tile {:.1} kB, largest tile {:.1} kB\n\
         a 12 x 12 km view with header: at most {:.1} kB; without clusters {:.1} kB ({}, {} stores in its tiles)\n",
        packed.country.len() as f64 / 1e6,
        packed.tiles.len(),
        kilo(sizes.header),
        kilo(sizes.median_tile),
        kilo(sizes.largest_tile),
        kilo(sizes.city_view),
        kilo(sizes.whole_view),
        sizes.city.shown(false),
        sizes.city_stores
    )
}

fn run_generate(arguments: &GenerateArguments) -> Result<ExitCode> {
    let (campaign, _) = arguments.campaign.read()?;
    let sellers = sellers(&campaign);
    let stores = generate(arguments.count, arguments.seed, &sellers);
    match &arguments.output {
        Some(path) => {
            let file = File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            write_collection(BufWriter::new(file), stores)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        None => write_collection(std::io::stdout().lock(), stores).context("cannot write to standard output")?,
    }
    Ok(ExitCode::SUCCESS)
}

fn write_collection(mut out: impl Write, stores: impl Iterator<Item = Store>) -> std::io::Result<()> {
    write!(out, "{{\"type\":\"FeatureCollection\",\"features\":[")?;
    for (at, store) in stores.enumerate() {
        out.write_all(if at == 0 { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut out, &feature(&store))?;
    }
    out.write_all(b"\n]}\n")?;
    out.flush()
}

/// The campaign's brands, as stores are generated for them.
pub(crate) fn sellers(campaign: &Campaign) -> Vec<Seller> {
    let han = |name: &&String| name.chars().any(oolong_catalog::text::is_han);
    let brands = campaign.brands.iter().map(|brand| {
        let zh = brand.names.iter().find(han).cloned().unwrap_or_default();
        let en = brand.names.iter().find(|name| !han(name)).cloned().unwrap_or_default();
        let items = brand.menu.iter().map(|item| item.id.clone()).collect();
        Seller { id: brand.id.clone(), names: Names::new(en, zh), items }
    });
    brands.collect()
}

fn find(arguments: &FindArguments) -> Result<ExitCode> {
    let path = arguments.pack.display();
    let bytes = std::fs::read(&arguments.pack).with_context(|| format!("cannot read {path}"))?;
    let pack = Pack::read(&bytes).with_context(|| format!("cannot use {path}"))?;
    let near = arguments.near.as_deref().map(|near| point(&pack, near)).transpose()?;
    let now = now()?;
    let open_at = match arguments.open_at.as_deref() {
        Some("now") => Some(now),
        Some(seconds) => Some(seconds.parse().context("--open-at takes `now` or seconds since 1970")?),
        None => None,
    };
    let query = Query {
        near,
        text: arguments.text.clone(),
        brand: arguments.brand.clone(),
        open_at,
        fulfilment: arguments.fulfilment,
        item: arguments.item.clone(),
        order: if arguments.by_wait { Order::Wait } else { Order::Distance },
        limit: arguments.limit,
        ..Query::default()
    };
    let mut lines = String::new();
    for hit in pack.index.find(&query, &|_| None) {
        let Some(store) = pack.index.store(hit.store) else { continue };
        let state = match pack.index.hours(hit.store, open_at.unwrap_or(now)) {
            Some(Hours::Open { .. }) => "open",
            Some(Hours::Closed { .. }) => "closed",
            Some(Hours::Unknown) | None => "hours unknown",
        };
        let (en, zh) = (store.names.shown(false), store.names.shown(true));
        lines +=
            &format!("{:>9.0} m  {}  {en}  {zh}  {}  {state}  {}\n", hit.meters, store.id, store.address, store.hours);
    }
    print(if lines.is_empty() { "no store fits\n" } else { &lines })?;
    Ok(ExitCode::SUCCESS)
}

fn point(pack: &Pack, near: &str) -> Result<Point> {
    if let Some((lon, lat)) = near.split_once(',')
        && let (Ok(lon), Ok(lat)) = (lon.trim().parse(), lat.trim().parse())
    {
        return Ok(Point { lon, lat });
    }
    let places = pack.place(near, None);
    places
        .first()
        .map(|place| place.point)
        .with_context(|| format!("no place is called {near:?}; give LONGITUDE,LATITUDE"))
}

/// Reads a file of stores and prints what is wrong with it.
fn read(path: &Path) -> Result<(Vec<Store>, Report)> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let (stores, report) = read_geojson(file);
    let mut lines = String::new();
    for (kind, problems) in [("error", &report.errors), ("warning", &report.warnings)] {
        lines += &listing(kind, problems);
    }
    let (errors, warnings) = (report.errors.len(), report.warnings.len());
    lines += &format!("{}: {} features, {} taken; ", path.display(), report.read, report.taken);
    lines += &format!("{errors} errors, {warnings} warnings\n");
    print(&lines)?;
    Ok((stores, report))
}

fn listing(kind: &str, problems: &[Problem]) -> String {
    let mut lines: String = problems.iter().take(SHOWN).map(|problem| format!("{kind}: {problem}\n")).collect();
    if problems.len() > SHOWN {
        lines += &format!("{kind}: and {} more\n", problems.len() - SHOWN);
    }
    lines
}

fn day(text: &str) -> Result<i32, String> {
    let mut parts = text.splitn(3, '-');
    let mut next = || parts.next().and_then(|part| part.parse::<u32>().ok());
    let date = next()
        .zip(next())
        .zip(next())
        .and_then(|((year, month), day)| oolong_stores::day(i32::try_from(year).ok()?, month, day));
    date.ok_or_else(|| "expected a date, YYYY-MM-DD".to_owned())
}

fn fulfilment(text: &str) -> Result<Fulfilment, String> {
    match text {
        "pickup" => Ok(Fulfilment::Pickup),
        "delivery" => Ok(Fulfilment::Delivery),
        _ => Err("expected `pickup` or `delivery`".to_owned()),
    }
}

#[expect(clippy::disallowed_methods, reason = "a native program's clock")]
fn now() -> Result<i64> {
    let since =
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).context("the clock is before 1970")?;
    Ok(since.as_secs() as i64)
}
