//! A whole utterance: one wish or two, with words around them, in a context.

use oolong_intent::{Asked, Intent};
use oolong_nlu::{AlignedFrame, Sample};
use rand::{
    Rng,
    rngs::SmallRng,
    seq::{IndexedRandom, IteratorRandom},
};

use crate::{
    around,
    campaign::World,
    check::check,
    choose::Reject,
    fill::{Clause, Scene, fill},
    label::Labelled,
    lexicon::{Drawn, Language, Lexicon, Section},
    mix::{MIX, PAIRS},
    names::Lang,
    noise,
    pattern::Token,
    phrases,
    plan::slot,
    scene,
    seed::Seed,
    slot::Slot,
    words::language,
    writer::Writer,
};

/// How often a sentence is one of the seed corpus; else it is made of patterns.
const SEEDED: f64 = 0.5;

/// Draws samples from the lexicon.
#[derive(Debug)]
pub struct Generator<'a> {
    lexicon: &'a Lexicon,
    /// Sentences from elsewhere that this agent can do nothing with.
    elsewhere: Vec<String>,
    held_out: bool,
}

impl<'a> Generator<'a> {
    /// A generator that also uses the out-of-scope sentences `elsewhere`. With `held_out` it says nothing but the
    /// sentences of the seed corpus that are held out, else all others.
    #[must_use]
    pub fn new(lexicon: &'a Lexicon, elsewhere: Vec<String>, held_out: bool) -> Self {
        Self { lexicon, elsewhere, held_out }
    }

    /// Draws one utterance about the campaign.
    ///
    /// # Errors
    /// Why this draw cannot be used; the next one may.
    pub fn sample(&self, world: &World, rng: &mut SmallRng) -> Result<Labelled, Reject> {
        let lang = if rng.random() { Lang::En } else { Lang::Zh };
        let sentences = language(self.lexicon, lang);
        let mut intents = Vec::new();
        if rng.random_bool(0.08) {
            let (first, second) = *PAIRS.choose(rng).ok_or("no pairs")?;
            intents.extend([first, second]);
        } else {
            intents.push(MIX.choose_weighted(rng, |(_, weight)| *weight).map_err(|_| "no intents")?.0);
        }
        let whole = self.held_out || rng.random_bool(SEEDED);
        let seed = whole.then(|| self.seed(sentences, &intents, rng)).flatten();
        let drawn: Vec<Drawn> = match seed {
            Some(seed) => seed.wishes.iter().map(|(section, line)| (section, line)).collect(),
            None if self.held_out => return Err("nothing held out"),
            None => {
                let lines = intents.iter().map(|&intent| draw_line(sentences, intent, &intents, rng));
                lines.collect::<Result<_, _>>()?
            }
        };
        self.compose(world, lang, &drawn, seed.is_some(), rng)
    }

    /// Says one sentence of the seed corpus about the campaign.
    ///
    /// # Errors
    /// Why this draw cannot be used; the next one may.
    pub fn say(&self, world: &World, lang: Lang, seed: &Seed, rng: &mut SmallRng) -> Result<Labelled, Reject> {
        let drawn: Vec<Drawn> = seed.wishes.iter().map(|(section, line)| (section, line)).collect();
        self.compose(world, lang, &drawn, true, rng)
    }

    /// A sentence of the seed corpus; whatever two wishes it has where two are wanted.
    fn seed<'s>(&self, sentences: &'s Language, intents: &[Intent], rng: &mut SmallRng) -> Option<&'s Seed> {
        let fits = |seed: &&Seed| {
            seed.held_out == self.held_out
                && seed.wishes.len() == intents.len()
                && (intents.len() > 1 || seed.intents().eq(intents.iter().copied()))
        };
        sentences.seeds.iter().filter(fits).choose(rng)
    }

    fn compose(
        &self,
        world: &World,
        lang: Lang,
        drawn: &[Drawn],
        whole: bool,
        rng: &mut SmallRng,
    ) -> Result<Labelled, Reject> {
        let sentences = language(self.lexicon, lang);
        let intents: Vec<Intent> = drawn.iter().map(|(section, _)| section.intent).collect();
        let mut scene = scene::draw(world, self.lexicon, lang, drawn, rng)?;
        let mut writer = Writer::default();
        let wordy = !matches!(intents[0], Intent::Chat | Intent::Confirm | Intent::Deny | Intent::Other);
        // A whole sentence mostly has its chatter already.
        let (before, after) = if whole { (0.1, 0.1) } else { (0.4, 0.25) };
        if rng.random_bool(if wordy { before } else { before / 3.0 }) {
            chatter(sentences, "before", &mut writer, rng);
            if lang == Lang::En {
                writer.words(" ");
            }
        }
        let mut frames = if let ([Intent::Other], Lang::En, Some(text)) =
            (&intents[..], lang, self.elsewhere.choose(rng))
            && !whole
            && rng.random_bool(0.5)
        {
            writer.words(text);
            vec![AlignedFrame::new(Intent::Other)]
        } else {
            self.wishes(&mut scene, drawn, whole, &mut writer, rng)?
        };
        if rng.random_bool(if wordy { after } else { after / 3.0 }) {
            let joints = if lang == Lang::En { [", ", " ", ". ", " "] } else { ["，", "，", " ", ""] };
            writer.words(joints.choose(rng).unwrap_or(&" "));
            chatter(sentences, "after", &mut writer, rng);
        }
        noise::finish(&mut writer, &mut frames, lang, rng);
        let sample = Sample { text: writer.text, context: scene.context, frames };
        check(world, &sample, &writer.fixed)?;
        let labelled = Labelled { sample, values: writer.values };
        labelled.frames(&world.campaign)?;
        Ok(labelled)
    }

    fn wishes(
        &self,
        scene: &mut Scene,
        drawn: &[Drawn],
        whole: bool,
        writer: &mut Writer,
        rng: &mut SmallRng,
    ) -> Result<Vec<AlignedFrame>, Reject> {
        let sentences = language(self.lexicon, scene.lang);
        let mut clauses = Vec::new();
        let pair = drawn.len() > 1;
        for (section, line) in drawn {
            let around = section.intent == Intent::Order && rng.random_bool(if whole { 0.06 } else { 0.35 });
            let head = around && !pair && !whole && rng.random_bool(0.3);
            // Chinese clauses before an order end in its verb, so that the bare goods must follow.
            let bare = head && scene.lang == Lang::Zh;
            let tokens = if bare { vec![Token::Slot(Slot::Items)] } else { line.expand(rng) };
            let mut clause = Clause {
                intent: section.intent,
                grouping: section.grouping,
                asked: section.asked,
                tokens: phrases::goods(sentences, tokens, scene.lang, pair, rng),
                effects: if bare { Vec::new() } else { line.effects.clone() },
            };
            if around {
                around::add(&mut clause, sentences, scene.lang, head, rng);
            }
            clauses.push(clause);
        }
        if let ([first, second], false) = (&clauses[..], whole) {
            let says_brand = |clause: &Clause| clause.tokens.contains(&Token::Slot(Slot::Brand));
            let two_brands = says_brand(first) && says_brand(second);
            let orders = first.intent == Intent::Order && second.intent == Intent::Order;
            let unclear = (says_brand(first) && names_goods(second)) || (says_brand(second) && names_goods(first));
            if (orders && !two_brands) || (unclear && !orders) {
                return Err("whose brand is it");
            }
            if names_goods(second) && !orders && !second.intent.points() && !starts_with_words(&second.tokens) {
                return Err("the second wish has no verb");
            }
        }
        let mut frames = Vec::new();
        for clause in &clauses {
            if whole && !frames.is_empty() {
                if scene.lang == Lang::En && !writer.text.ends_with(' ') {
                    writer.words(" ");
                }
            } else if !frames.is_empty() {
                let joiner = sentences.joiners.choose(rng).map_or("，", String::as_str);
                let blank = scene.lang == Lang::En;
                if blank && !joiner.starts_with([',', ';', '.']) {
                    writer.words(" ");
                }
                writer.words(joiner);
                if blank {
                    writer.words(" ");
                }
            }
            frames.push(fill(scene, clause, writer, rng)?);
        }
        if let [first, second] = &frames[..]
            && first.intent == second.intent
            && brand_of(first) == brand_of(second)
        {
            return Err("two wishes that are one");
        }
        Ok(frames)
    }
}

fn draw_line<'a>(
    sentences: &'a Language,
    intent: Intent,
    intents: &[Intent],
    rng: &mut SmallRng,
) -> Result<Drawn<'a>, Reject> {
    let pair = intents.len() > 1;
    let orders = intents == [Intent::Order; 2];
    let usable = |section: &&Section| {
        section.intent == intent && !(pair && (section.brand || section.asked.is_some_and(|it| it != Asked::Confirm)))
    };
    let lines: Vec<Drawn> = sentences
        .sections
        .iter()
        .filter(usable)
        .flat_map(|section| section.lines.iter().map(move |line| (section, line)))
        .filter(|(_, line)| !orders || line.mentions(|slot| slot == Slot::Brand))
        .collect();
    lines.choose_weighted(rng, |(_, line)| line.weight).copied().map_err(|_| "no sentence of this intent")
}

fn brand_of(frame: &AlignedFrame) -> Option<&String> {
    frame.brand.as_ref().map(|(id, _)| id)
}

fn names_goods(clause: &Clause) -> bool {
    clause.tokens.iter().any(|token| {
        matches!(token, Token::Group(..))
            || matches!(slot(token), Some(Slot::Item | Slot::Category | Slot::Unknown | Slot::New))
    })
}

fn starts_with_words(tokens: &[Token]) -> bool {
    matches!(tokens.first(), Some(Token::Text(text)) if text.chars().filter(|c| c.is_alphabetic()).count() > 1 || !text.is_ascii())
}

fn chatter(sentences: &Language, part: &str, writer: &mut Writer, rng: &mut SmallRng) {
    let Some(line) = sentences.part(part, rng) else { return };
    for token in line.expand(rng) {
        if let Token::Text(text) = token {
            writer.words(&text);
        }
    }
}
