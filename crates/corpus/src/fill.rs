//! One wish: a sentence pattern becomes text, and the frame that it means.

use std::{collections::HashSet, ops::Range};

use oolong_intent::{Asked, Context, Intent};
use oolong_nlu::{AlignedFrame, AlignedGoods, AlignedPlace, AlignedPortions, AlignedTarget, AlignedWhen};
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    campaign::World,
    choose::Reject,
    lexicon::Lexicon,
    names::{Lang, lang_of, pick},
    noise, numbers,
    pattern::{Grouping, Token},
    plan::{Plan, slot},
    slot::{Effect, Slot},
    times, words,
    writer::{Value, Writer},
};

/// A sentence with all its draws made but those of the slots.
#[derive(Clone, Debug)]
pub struct Clause {
    /// What it means.
    pub intent: Intent,
    /// How modifiers and goods, or modifiers and targets, belong together.
    pub grouping: Grouping,
    /// What was asked, when the sentence answers it.
    pub asked: Option<Asked>,
    /// Its pieces.
    pub tokens: Vec<Token>,
    /// Its effects.
    pub effects: Vec<Effect>,
}

/// Where a sentence is said.
#[derive(Debug)]
pub struct Scene<'a> {
    /// The campaign.
    pub world: &'a World,
    /// The words.
    pub lexicon: &'a Lexicon,
    /// The language.
    pub lang: Lang,
    /// What the agent knows.
    pub context: Context,
    /// The products of the cart's entries.
    pub cart: Vec<usize>,
}

/// Writes the clause and says what it means.
///
/// # Errors
/// Why this draw cannot be: no item with so many choices, a name that two items share …
pub fn fill(
    scene: &mut Scene,
    clause: &Clause,
    writer: &mut Writer,
    rng: &mut SmallRng,
) -> Result<AlignedFrame, Reject> {
    let mut frame = AlignedFrame::new(clause.intent);
    let known = scene.context.brand.as_ref();
    let known = known.and_then(|id| scene.world.campaign.brands.iter().position(|brand| brand.id == *id));
    let named = clause.tokens.iter().any(|token| slot(token) == Some(Slot::Brand));
    let scope = match known {
        Some(brand) if !named || rng.random_bool(0.3) => Some(brand),
        _ if named => Some(rng.random_range(0..scene.world.campaign.brands.len())),
        _ => None,
    };
    let mut filler = Filler { scene, intent: clause.intent, asked: clause.asked, scope, taken: HashSet::new() };
    let plan = if clause.intent.points() {
        Plan::targets(&clause.tokens, &clause.effects, clause.grouping == Grouping::Shared)
    } else {
        Plan::goods(&clause.tokens, clause.grouping)
    };
    filler.group(&clause.tokens, &clause.effects, plan, writer, &mut frame, rng)?;
    for effect in &clause.effects {
        match *effect {
            Effect::Here => frame.place = Some(AlignedPlace::Here),
            Effect::Prefer(prefer) => frame.prefer = Some(prefer),
            Effect::OpenNow => frame.open_now = true,
            Effect::Now => frame.when = Some(AlignedWhen::Now),
            Effect::Fulfilment(fulfilment) => frame.fulfilment = Some(fulfilment),
            Effect::TargetLast | Effect::TargetAll | Effect::Quantity(_) => {}
        }
    }
    if !clause.intent.points() {
        frame.entries.sort_by_key(|entry| {
            let goods = match &entry.goods {
                Some(AlignedGoods::Item(_, said) | AlignedGoods::Category(_, said) | AlignedGoods::Unknown(said)) => {
                    said.start
                }
                None => 0,
            };
            (goods, entry.modifiers.first().map_or(0, |modifier| modifier.said.start))
        });
    }
    if clause.intent == Intent::Other {
        return Ok(AlignedFrame { entries: Vec::new(), brand: None, voucher: None, place: None, when: None, ..frame });
    }
    Ok(frame)
}

/// The state of filling one clause.
#[derive(Debug)]
pub struct Filler<'a, 'b> {
    /// Where it is said.
    pub scene: &'a mut Scene<'b>,
    /// What it means.
    pub intent: Intent,
    /// What was asked.
    pub asked: Option<Asked>,
    /// The brand that is said or known.
    pub scope: Option<usize>,
    /// Products that have been named already.
    pub taken: HashSet<usize>,
}

impl Filler<'_, '_> {
    fn group(
        &mut self,
        tokens: &[Token],
        effects: &[Effect],
        plan: Plan,
        writer: &mut Writer,
        frame: &mut AlignedFrame,
        rng: &mut SmallRng,
    ) -> Result<(), Reject> {
        let mut chosen = self.choose(tokens, effects, plan, rng)?;
        let start = writer.text.len();
        if let (true, Some(entry)) = (self.intent.points(), chosen.entries.first_mut()) {
            entry.target = effects.iter().find_map(|effect| match effect {
                Effect::TargetLast => Some(AlignedTarget::Last),
                Effect::TargetAll => Some(AlignedTarget::All),
                _ => None,
            });
        }
        let mut portions: Vec<Range<usize>> = Vec::new();
        for (at, token) in tokens.iter().enumerate() {
            match token {
                Token::Text(text) => writer.words(text),
                Token::Group(grouping, inner, effects) => {
                    self.group(inner, effects, Plan::goods(inner, *grouping), writer, frame, rng)?;
                }
                Token::Slot(slot) if is_of_frame(*slot) => self.frame_slot(*slot, writer, frame, rng)?,
                Token::Slot(Slot::PortionCount) => {
                    let count = rng.random_range(2..=4);
                    let text = numbers::number(self.scene.lang, count, rng);
                    portions.push(writer.value(&text, Value::Count(count), rng));
                }
                Token::Slot(_) => self.entry_slot(tokens, at, &mut chosen, writer, rng)?,
            }
        }
        let mut portions = portions.into_iter();
        let mut counted = Vec::new();
        for modifier in chosen.entries.iter_mut().flat_map(|entry| &mut entry.modifiers) {
            if let AlignedPortions::Said(said) = &mut modifier.portions {
                // Modifiers of several entries share their words, and so their count.
                let count =
                    counted.iter().find(|(words, _)| *words == modifier.said).map(|(_, count)| Range::clone(count));
                let count = count.or_else(|| portions.next()).ok_or("portions without a number")?;
                counted.push((modifier.said.clone(), count.clone()));
                *said = count;
            }
        }
        if let Some(count) = spoken(effects) {
            self.note_spoken(count, start, &mut chosen, writer)?;
        }
        frame.entries.append(&mut chosen.entries);
        Ok(())
    }

    fn frame_slot(
        &mut self,
        slot: Slot,
        writer: &mut Writer,
        frame: &mut AlignedFrame,
        rng: &mut SmallRng,
    ) -> Result<(), Reject> {
        let (world, lang) = (self.scene.world, self.scene.lang);
        match slot {
            Slot::Brand => {
                let brand = &world.campaign.brands[self.scope.ok_or("no brand")?];
                let name = pick(&brand.names, lang, rng).ok_or("no name")?;
                let said = writer.part(&noise::name(name, self.scene.lexicon, rng), rng);
                frame.brand = Some((brand.id.clone(), said));
            }
            Slot::Voucher => {
                let voucher = world.campaign.vouchers.choose(rng).ok_or("no voucher")?;
                let name = pick(&voucher.names, lang, rng).ok_or("no name")?;
                if writer.repeats(name) {
                    return Err("a voucher's name repeats a word");
                }
                let said = writer.part(&noise::name(name, self.scene.lexicon, rng), rng);
                frame.voucher = Some((voucher.id.clone(), said));
            }
            Slot::Place => {
                let place = words::place(self.scene.lexicon, lang, rng);
                let place =
                    if writer.text.ends_with("the ") { place.trim_start_matches("the ").to_owned() } else { place };
                let place = if lang_of(&place) == Lang::En && rng.random() { place.to_lowercase() } else { place };
                frame.place = Some(AlignedPlace::Words(writer.part(&place, rng)));
            }
            Slot::Time => {
                let (text, minutes) = times::time(lang, rng);
                frame.when = Some(AlignedWhen::Words(writer.value(&text, Value::At(minutes), rng)));
            }
            Slot::Duration => {
                let (text, minutes) = times::duration(lang, rng);
                frame.when = Some(AlignedWhen::Words(writer.value(&text, Value::In(minutes), rng)));
            }
            _ => {
                let (text, amount) = times::price(lang, rng);
                frame.max_price = Some(writer.value(&text, Value::Price(amount), rng));
            }
        }
        Ok(())
    }
}

fn is_of_frame(slot: Slot) -> bool {
    matches!(slot, Slot::Brand | Slot::Voucher | Slot::Place | Slot::Time | Slot::Duration | Slot::Price)
}

/// The number that a line says without a slot.
pub fn spoken(effects: &[Effect]) -> Option<u32> {
    effects.iter().find_map(|effect| if let Effect::Quantity(count) = effect { Some(*count) } else { None })
}
