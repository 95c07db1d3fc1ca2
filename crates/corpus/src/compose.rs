//! A whole utterance: one wish or two, with words around them, in a context.

use oolong_intent::{Asked, Intent};
use oolong_nlu::{AlignedFrame, Sample};
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

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
    slot::Slot,
    words::language,
    writer::Writer,
};

/// Draws samples from the lexicon.
#[derive(Debug)]
pub struct Generator<'a> {
    lexicon: &'a Lexicon,
    /// Sentences from elsewhere that this agent can do nothing with.
    elsewhere: Vec<String>,
}

impl<'a> Generator<'a> {
    /// A generator that also uses the out-of-scope sentences `elsewhere`.
    #[must_use]
    pub fn new(lexicon: &'a Lexicon, elsewhere: Vec<String>) -> Self {
        Self { lexicon, elsewhere }
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
        let mut drawn: Vec<Drawn> = Vec::new();
        for &intent in &intents {
            drawn.push(draw_line(sentences, intent, &intents, rng)?);
        }
        let mut scene = scene::draw(world, self.lexicon, lang, &drawn, rng)?;
        let mut writer = Writer::default();
        let wordy = !matches!(intents[0], Intent::Chat | Intent::Confirm | Intent::Deny | Intent::Other);
        if rng.random_bool(if wordy { 0.4 } else { 0.12 }) {
            chatter(sentences, "before", &mut writer, rng);
            if lang == Lang::En {
                writer.words(" ");
            }
        }
        let mut frames = if let ([Intent::Other], Lang::En, Some(text)) =
            (&intents[..], lang, self.elsewhere.choose(rng))
            && rng.random_bool(0.35)
        {
            writer.words(text);
            vec![AlignedFrame::new(Intent::Other)]
        } else {
            self.wishes(&mut scene, &drawn, &mut writer, rng)?
        };
        if rng.random_bool(if wordy { 0.25 } else { 0.08 }) {
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
        writer: &mut Writer,
        rng: &mut SmallRng,
    ) -> Result<Vec<AlignedFrame>, Reject> {
        let sentences = language(self.lexicon, scene.lang);
        let mut clauses = Vec::new();
        let pair = drawn.len() > 1;
        for (section, line) in drawn {
            let around = section.intent == Intent::Order && rng.random_bool(0.35);
            let head = around && !pair && rng.random_bool(0.3);
            // Chinese clauses before an order end in its verb, so that the bare goods must follow.
            let bare = head && scene.lang == Lang::Zh;
            let tokens = if bare { vec![Token::Slot(Slot::Items)] } else { line.expand(rng) };
            let mut clause = Clause {
                intent: section.intent,
                shared: section.shared,
                asked: section.asked,
                tokens: phrases::goods(sentences, tokens, scene.lang, pair, rng),
                effects: if bare { Vec::new() } else { line.effects.clone() },
            };
            if around {
                around::add(&mut clause, sentences, scene.lang, head, rng);
            }
            clauses.push(clause);
        }
        if let [first, second] = &clauses[..] {
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
            if !frames.is_empty() {
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
