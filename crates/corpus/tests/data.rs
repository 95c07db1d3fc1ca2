//! Every sentence of the data files can be said, and what it means is sound.

use std::path::Path;

use oolong_catalog::Campaign;
use oolong_corpus::names::Lang;
use oolong_corpus::{
    Generator, Labelled, Lexicon, World,
    fill::{Clause, fill},
    label, phrases, scene,
    words::language,
    writer::Writer,
};
use oolong_nlu::{AlignedGoods, Sample};
use rand::{SeedableRng, rngs::SmallRng};

fn lexicon() -> Lexicon {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Lexicon::read(&root.join("data"), &root.join("seed")).expect("the data files are sound")
}

fn samples(seed: u64, count: usize) -> Vec<(Campaign, Labelled)> {
    let lexicon = lexicon();
    let generator = Generator::new(&lexicon, Vec::new(), false);
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut found = Vec::new();
    while found.len() < count {
        let world = World::draw(&lexicon, &mut rng);
        let some: Vec<Labelled> = (0..40).filter_map(|_| generator.sample(&world, &mut rng).ok()).collect();
        found.extend(some.into_iter().map(|labelled| (world.campaign.clone(), labelled)));
    }
    found
}

#[test]
fn every_line_can_be_said() {
    let lexicon = lexicon();
    let mut rng = SmallRng::seed_from_u64(7);
    let worlds: Vec<World> = (0..60).map(|_| World::draw(&lexicon, &mut rng)).collect();
    let mut mute = Vec::new();
    for lang in [Lang::En, Lang::Zh] {
        let sentences = language(&lexicon, lang);
        for section in &sentences.sections {
            for line in &section.lines {
                let mut said = 0;
                for world in &worlds[..20] {
                    let Ok(mut scene) = scene::draw(world, &lexicon, lang, &[(section, line)], &mut rng) else {
                        continue;
                    };
                    let clause = Clause {
                        intent: section.intent,
                        grouping: section.grouping,
                        asked: section.asked,
                        tokens: phrases::goods(sentences, line.expand(&mut rng), lang, true, &mut rng),
                        effects: line.effects.clone(),
                    };
                    let mut writer = Writer::default();
                    let Ok(frame) = fill(&mut scene, &clause, &mut writer, &mut rng) else { continue };
                    let sample = Sample { text: writer.text, context: scene.context, frames: vec![frame] };
                    let labelled = label::Labelled { sample, values: writer.values };
                    match labelled.frames(&world.campaign) {
                        Ok(_) => said += 1,
                        Err(reason) => panic!("{reason}: {line:?} {labelled:?}"),
                    }
                }
                if said == 0 {
                    mute.push(format!("{line:?}"));
                }
            }
        }
    }
    // Questions about a modifier alone have no frame to say them, and a few lines need more than most carts hold.
    assert!(mute.len() < 40, "{} lines cannot be said:\n{}", mute.len(), mute.join("\n"));
}

#[test]
fn campaigns_pass_the_check_of_real_ones() {
    let lexicon = lexicon();
    let mut rng = SmallRng::seed_from_u64(11);
    for _ in 0..200 {
        let world = World::draw(&lexicon, &mut rng);
        let json = serde_json::to_vec(&world.campaign).expect("campaigns are plain data");
        let read = Campaign::from_json(&json).expect("a sound campaign");
        assert_eq!(read, world.campaign);
    }
}

#[test]
fn labels_lie_on_the_words_that_say_them() {
    let mut names = 0;
    for (campaign, labelled) in samples(13, 1500) {
        labelled.frames(&campaign).expect("a sound label");
        let Sample { text, frames, .. } = &labelled.sample;
        for (said, _) in &labelled.values {
            let words = &text[said.clone()];
            assert!(!words.is_empty() && words.trim() == words, "{words:?} in {text}");
        }
        for entry in frames.iter().flat_map(|frame| &frame.entries) {
            if let Some(AlignedGoods::Item(id, said)) = &entry.goods {
                let (_, item) = campaign.item(id).expect("an item of the campaign");
                let words = text[said.clone()].to_lowercase();
                names += usize::from(item.names.iter().any(|name| name.to_lowercase() == words));
            }
        }
    }
    assert!(names > 500, "only {names} items are called by their exact names");
}

#[test]
fn the_same_seed_gives_the_same_samples() {
    let texts = |seed| samples(seed, 100).into_iter().map(|(_, labelled)| labelled.sample).collect::<Vec<_>>();
    assert_eq!(texts(3), texts(3));
    assert_ne!(texts(3), texts(4));
}
