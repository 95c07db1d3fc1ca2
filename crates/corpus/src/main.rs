//! Writes training and test text: `oolong-corpus --count 600000 --seed 1 --out train.jsonl`.

use std::{
    collections::BTreeMap,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
    sync::mpsc,
};

use anyhow::{Context as _, Result, ensure};
use clap::Parser;
use oolong_catalog::Gazetteer;
use oolong_corpus::{
    Generator, Labelled, Lexicon, World,
    names::{Lang, is_han},
};
use oolong_nlu::{MAX_UNITS, Rejected, training_line};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use serde_json::json;

/// How many utterances share a campaign.
const CHUNK: u64 = 30;

/// Endless labelled utterances from synthetic campaigns.
#[derive(Debug, Parser)]
struct Options {
    /// How many samples to write.
    #[arg(long, default_value_t = 1000)]
    count: u64,
    /// The same seed gives the same text.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write test cases (text, context, frames) instead of training lines (prompt, output).
    #[arg(long)]
    cases: bool,
    /// Writes the model's special tokens, one a line, to this file, for the tokenizer.
    #[arg(long)]
    special_tokens: Option<PathBuf>,
    /// Where to write JSON lines; `-` is standard output.
    #[arg(long, default_value = "-")]
    out: String,
    /// Print this many samples for reading instead.
    #[arg(long)]
    show: Option<u64>,
    /// The folder of data files.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/data"))]
    data: PathBuf,
    /// The folder of the seed corpus.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/seed"))]
    seeds: PathBuf,
    /// Use only the sentences of the seed corpus that are never trained on, to measure and to calibrate with.
    #[arg(long)]
    held_out: bool,
    /// JSON lines `{"text", "gold": {"intent"}}` of sentences out of scope.
    #[arg(long)]
    oos: Vec<PathBuf>,
    /// Try every sentence of the seed corpus and list those that hardly ever become a sample, with the reasons.
    #[arg(long)]
    check_seeds: bool,
    /// Write test cases into this folder, each campaign and its cases in a folder of their own, to measure the engine with.
    #[arg(long)]
    worlds: Option<PathBuf>,
    /// Threads.
    #[arg(long, default_value_t = 2)]
    threads: u64,
}

/// How a sample is written; the number is where its units are counted from.
type Form = fn(&World, &Gazetteer, &Labelled, usize) -> Result<String, &'static str>;

/// What came of one campaign.
#[derive(Default)]
struct Chunk {
    campaign: String,
    lines: Vec<String>,
    rejects: BTreeMap<&'static str, u64>,
}

fn main() -> Result<()> {
    let options = Options::parse();
    ensure!(options.threads > 0, "--threads must be at least 1");
    let lexicon = Lexicon::read(&options.data, &options.seeds).context("the data files")?;
    let generator = Generator::new(&lexicon, elsewhere(&options)?, options.held_out);
    if options.check_seeds {
        return check_seeds(&lexicon, &generator, options.seed);
    }
    let count = options.show.unwrap_or(options.count);
    let mut out: Box<dyn Write> = match options.out.as_str() {
        "-" => Box::new(std::io::stdout().lock()),
        path => Box::new(BufWriter::new(std::fs::File::create(path).with_context(|| format!("cannot write {path}"))?)),
    };
    if let Some(path) = &options.special_tokens {
        let tokens = oolong_nlu::special_tokens().join("\n") + "\n";
        std::fs::write(path, tokens).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let write = match (options.show, options.cases || options.worlds.is_some()) {
        (Some(_), _) => readable,
        (None, true) => case,
        (None, false) => line,
    };
    let mut rejects = BTreeMap::new();
    let mut written = 0;
    std::thread::scope(|scope| -> Result<()> {
        let chunks = count.div_ceil(CHUNK);
        let mut sources = Vec::new();
        for thread in 0..options.threads {
            let (sender, receiver) = mpsc::sync_channel(64);
            sources.push(receiver);
            let (lexicon, generator, seed, threads) = (&lexicon, &generator, options.seed, options.threads);
            scope.spawn(move || {
                let mut index = thread;
                while index < chunks && sender.send(chunk(lexicon, generator, seed, index, write)).is_ok() {
                    index += threads;
                }
            });
        }
        // Taking turns keeps the order, whatever the number of threads.
        for index in 0..chunks {
            let turn = usize::try_from(index % options.threads)?;
            let chunk = sources[turn].recv().context("a generating thread stopped")?;
            for (reason, times) in chunk.rejects {
                *rejects.entry(reason).or_insert(0) += times;
            }
            let lines = &chunk.lines[..chunk.lines.len().min(usize::try_from(count - written)?)];
            written += lines.len() as u64;
            if let Some(folder) = &options.worlds {
                write_world(&folder.join(format!("{index:04}")), &chunk.campaign, lines)?;
                continue;
            }
            for text in lines {
                writeln!(out, "{text}")?;
            }
        }
        Ok(())
    })?;
    out.flush()?;
    let thrown: u64 = rejects.values().sum();
    eprintln!("{written} samples, {thrown} draws thrown away");
    for (reason, times) in rejects {
        eprintln!("{times:>9} {reason}");
    }
    Ok(())
}

/// A campaign and its cases, numbered.
fn write_world(folder: &Path, campaign: &str, lines: &[String]) -> Result<()> {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    std::fs::write(folder.join("campaign.json"), campaign)?;
    let cases = lines
        .iter()
        .enumerate()
        .map(|(index, line)| line.replacen('{', &format!("{{\"id\":\"{name}-{index}\","), 1) + "\n");
    std::fs::write(folder.join("cases.jsonl"), cases.collect::<String>())?;
    Ok(())
}

/// All samples of one campaign. Each has its own seed, so that any number of threads gives the same text.
fn chunk(lexicon: &Lexicon, generator: &Generator, seed: u64, index: u64, write: Form) -> Chunk {
    let mut rng = SmallRng::seed_from_u64(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(index));
    let world = World::draw(lexicon, &mut rng);
    let gazetteer = Gazetteer::new(&world.campaign);
    let campaign = serde_json::to_string(&world.campaign).unwrap_or_default();
    let mut chunk = Chunk { campaign, ..Chunk::default() };
    let mut draws = 0;
    while (chunk.lines.len() as u64) < CHUNK && draws < 100 * CHUNK {
        draws += 1;
        match generator.sample(&world, &mut rng) {
            Ok(labelled) => {
                // Most utterances are counted from 0, as they will be; some from elsewhere, so that every pointer is learnt.
                let first = if rng.random_bool(0.7) { 0 } else { rng.random_range(0..MAX_UNITS) };
                match write(&world, &gazetteer, &labelled, first) {
                    Ok(text) => chunk.lines.push(text),
                    Err(reason) => *chunk.rejects.entry(reason).or_insert(0) += 1,
                }
            }
            Err(reason) => *chunk.rejects.entry(reason).or_insert(0) += 1,
        }
    }
    chunk
}

/// Lists the sentences of which fewer than one draw in five can be used.
fn check_seeds(lexicon: &Lexicon, generator: &Generator, seed: u64) -> Result<()> {
    const DRAWS: usize = 40;
    let mut rng = SmallRng::seed_from_u64(seed);
    let worlds: Vec<World> = (0..DRAWS).map(|_| World::draw(lexicon, &mut rng)).collect();
    let gazetteers: Vec<Gazetteer> = worlds.iter().map(|world| Gazetteer::new(&world.campaign)).collect();
    let mut poor = 0;
    for (lang, language) in [(Lang::En, &lexicon.en), (Lang::Zh, &lexicon.zh)] {
        for sentence in &language.seeds {
            let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
            for (world, gazetteer) in worlds.iter().zip(&gazetteers) {
                let said = generator.say(world, lang, sentence, &mut rng);
                if let Err(reason) = said.and_then(|labelled| answer(world, gazetteer, &labelled, 0)) {
                    *reasons.entry(reason).or_insert(0) += 1;
                }
            }
            if reasons.values().sum::<usize>() * 5 > DRAWS * 4 {
                poor += 1;
                println!("{lang:?} {}: {reasons:?}", sentence.place);
            }
        }
    }
    println!("{poor} of {} sentences", lexicon.en.seeds.len() + lexicon.zh.seeds.len());
    Ok(())
}

/// Prompt and output for training.
fn line(world: &World, gazetteer: &Gazetteer, labelled: &Labelled, first: usize) -> Result<String, &'static str> {
    let (prompt, output) = answer(world, gazetteer, labelled, first)?;
    Ok(json!({"text": labelled.sample.text, "prompt": prompt, "output": output}).to_string())
}

/// A test case without its id.
fn case(world: &World, gazetteer: &Gazetteer, labelled: &Labelled, first: usize) -> Result<String, &'static str> {
    answer(world, gazetteer, labelled, first)?;
    let frames = labelled.frames(&world.campaign).map_err(|_| "label: unsound frame")?;
    let sample = &labelled.sample;
    let lang = match (sample.text.chars().any(is_han), sample.text.chars().any(|c| c.is_ascii_alphabetic())) {
        (true, true) => "mixed",
        (true, false) => "zh",
        _ => "en",
    };
    Ok(json!({"lang": lang, "text": sample.text, "context": sample.context, "frames": frames}).to_string())
}

/// For people.
fn readable(world: &World, gazetteer: &Gazetteer, labelled: &Labelled, _first: usize) -> Result<String, &'static str> {
    let frames = labelled.frames(&world.campaign).map_err(|_| "label: unsound frame")?;
    let mut text = labelled.sample.text.clone();
    if let Ok(context) = serde_json::to_string(&labelled.sample.context)
        && context != "{}"
    {
        text += &format!("\n    in {context}");
    }
    for frame in frames {
        text += &format!("\n    {}", serde_json::to_string(&frame).unwrap_or_default());
    }
    match answer(world, gazetteer, labelled, 0) {
        Ok((prompt, output)) => text += &format!("\n    {prompt}\n    {output}"),
        Err(reason) => text += &format!("\n    REJECTED: {reason}"),
    }
    Ok(text)
}

fn answer(
    world: &World,
    gazetteer: &Gazetteer,
    labelled: &Labelled,
    first: usize,
) -> Result<(String, String), &'static str> {
    let frames = labelled.frames(&world.campaign).map_err(|_| "label: unsound frame")?;
    training_line(&labelled.sample, &frames, &world.campaign, gazetteer, first).map_err(|reason| match reason {
        Rejected::Text => "notation: text is no utterance or too long",
        Rejected::Pointer => "notation: the gazetteer misses a part",
        Rejected::Meaning => "notation: means something else when read back",
    })
}

/// Sentences out of scope, without the intents that this agent does know.
fn elsewhere(options: &Options) -> Result<Vec<String>> {
    let path = options.data.join("oos_skip.txt");
    let skip = std::fs::read_to_string(&path).with_context(|| format!("no {}", path.display()))?;
    let skip: Vec<&str> = skip.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let skipped = |intent: &str| {
        skip.iter().any(|name| name.strip_suffix('*').map_or(intent == *name, |start| intent.starts_with(start)))
    };
    let mut found = Vec::new();
    for path in &options.oos {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let value: serde_json::Value = serde_json::from_str(line).with_context(|| path.display().to_string())?;
            let intent = value["gold"]["intent"].as_str().unwrap_or("oos");
            if let Some(text) = value["text"].as_str().filter(|_| !skipped(intent)) {
                found.push(text.to_owned());
            }
        }
    }
    Ok(found)
}
