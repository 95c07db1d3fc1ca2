//! Filling, second half: slots of entries become words, and the entries learn where they are said.

use std::ops::Range;

use oolong_nlu::{AlignedGoods, AlignedModifier, AlignedPortions, AlignedTarget};
use rand::{Rng, rngs::SmallRng};

use crate::{
    choose::{self, Called, Reject},
    fill::Filler,
    names::{Lang, is_measured, lang_of, leads, plural},
    noise, numbers,
    pattern::Token,
    plan::{portion, slot},
    select::{Chosen, Pick},
    slot::{Portion, Slot},
    writer::{Value, Writer},
};

impl Filler<'_, '_> {
    /// Writes the slot at `at`.
    ///
    /// # Errors
    /// What cannot be said here.
    pub fn entry_slot(
        &mut self,
        tokens: &[Token],
        at: usize,
        chosen: &mut Chosen,
        writer: &mut Writer,
        rng: &mut SmallRng,
    ) -> Result<(), Reject> {
        let Some(slot) = slot(&tokens[at]) else { return Ok(()) };
        let lang = self.scene.lang;
        let owners = chosen.plan.owners[at].clone();
        match slot {
            Slot::Item | Slot::Category | Slot::Unknown | Slot::Cart => {
                self.write_goods(tokens, &owners, chosen, writer, rng)?
            }
            Slot::Ordinal => {
                let entry = *owners.first().ok_or("an ordinal of nothing")?;
                let Pick::Cart { entries, .. } = &chosen.picks[entry] else { return Err("an ordinal of nothing") };
                let position = entries.first().map_or(1, |position| position + 1);
                let text = numbers::ordinal(lang, position, rng);
                let nth = u16::try_from(position).map_err(|_| "a very long cart")?;
                let said = writer.value(&text, Value::Count(nth.into()), rng);
                chosen.entries[entry].target = Some(AlignedTarget::Nth(nth, said));
            }
            Slot::New => {
                let entry = *owners.first().ok_or("a swap of nothing")?;
                let (product, name) = chosen.swaps[entry].clone().ok_or("a swap of nothing")?;
                let said = self.write_called(&name, false, writer, rng);
                let id = self.scene.world.item(product).id.clone();
                chosen.entries[entry].goods = Some(AlignedGoods::Item(id, said));
            }
            Slot::Mod(_) | Slot::Top(..) => self.write_modifier(tokens, at, slot, &owners, chosen, writer, rng)?,
            Slot::WrongMod => {
                let next = owners.first().and_then(|&entry| chosen.choices[entry].first());
                let other = next.and_then(|&choice| choose::other_modifier(self.scene.world, choice, rng));
                let other = other.ok_or("no wrong modifier")?;
                let name = choose::modifier_name(self.scene.world, other, lang, |name| !writer.repeats(name), rng)?;
                writer.part(&noise::name(&name, self.scene.lexicon, rng), rng);
            }
            Slot::WrongItem => {
                let (product, name) = choose::product(self.scene.world, self.scope, lang, (0, 0), &self.taken, rng)?;
                self.taken.insert(product);
                self.write_called(&name, false, writer, rng);
            }
            _ => self.write_count(tokens, at, slot, &owners, chosen, writer, rng),
        }
        Ok(())
    }

    fn write_goods(
        &mut self,
        tokens: &[Token],
        owners: &[usize],
        chosen: &mut Chosen,
        writer: &mut Writer,
        rng: &mut SmallRng,
    ) -> Result<(), Reject> {
        let entry = *owners.first().ok_or("goods of no entry")?;
        let counting = |at: &usize| {
            let counts = matches!(
                slot(&tokens[*at]),
                Some(Slot::Quantity | Slot::Number | Slot::Total(_) | Slot::Each | Slot::Part(_))
            );
            counts && chosen.plan.owners[*at].iter().any(|owner| owners.contains(owner))
        };
        let count = (0..tokens.len()).filter(counting).map(|at| chosen.counts[at]).max();
        let counted =
            count.unwrap_or_else(|| if chosen.counts.iter().all(|&n| n == chosen.counts[0] && n > 1) { 2 } else { 1 });
        let after = ["any ", "those ", "some ", "your ", "more "].iter().any(|word| writer.text.ends_with(word));
        let many = (counted > 1 && rng.random_bool(0.85)) || (after && rng.random_bool(0.5));
        let one = writer.text.ends_with(" a ") || writer.text.ends_with(" an ") || writer.text == "a ";
        match chosen.picks[entry].clone() {
            Pick::Product { name, .. } => {
                let said = self.write_called(&name, many, writer, rng);
                for &owner in owners {
                    if let Pick::Product { product, .. } = &chosen.picks[owner] {
                        let id = self.scene.world.item(*product).id.clone();
                        chosen.entries[owner].goods = Some(AlignedGoods::Item(id, said.clone()));
                    }
                }
            }
            Pick::Category { id, name } => {
                let ends = name.ends_with('s') && !name.ends_with("ss");
                let name = if one && ends { name[..name.len() - 1].to_owned() } else { name };
                let name = if many { plural(&name) } else { name };
                let said = writer.part(&noise::name(&name, self.scene.lexicon, rng), rng);
                chosen.entries[entry].goods = Some(AlignedGoods::Category(id, said));
            }
            Pick::Unknown(words) => {
                let words = if many && rng.random() { plural(&words) } else { words };
                chosen.entries[entry].goods = Some(AlignedGoods::Unknown(writer.part(&words, rng)));
            }
            Pick::Cart { entries, name } => {
                let said = self.write_called(&name.ok_or("a target without a name")?, many, writer, rng);
                let id = entries.first().map(|&at| self.scene.world.item(self.scene.cart[at]).id.clone());
                chosen.entries[entry].target = id.map(|id| AlignedTarget::Item(id, said));
            }
        }
        Ok(())
    }

    /// A name, or a part of one with the word that makes it a noun: "the strawberry one", 葡萄的.
    fn write_called(&self, called: &Called, many: bool, writer: &mut Writer, rng: &mut SmallRng) -> Range<usize> {
        if !called.part {
            let name = if many { plural(&called.words) } else { called.words.clone() };
            return writer.part(&noise::name(&name, self.scene.lexicon, rng), rng);
        }
        let pointed = writer.text.ends_with("the ") || writer.text.ends_with("a ") || writer.text.ends_with("that ");
        let said = writer.part(&called.words.to_lowercase(), rng);
        match lang_of(&called.words) {
            Lang::En if many => writer.words(" ones"),
            Lang::En if pointed => writer.words(" one"),
            Lang::Zh if rng.random_bool(0.35) => writer.words(if rng.random_bool(0.7) { "的" } else { "那个" }),
            Lang::En | Lang::Zh => {}
        }
        said
    }

    #[expect(clippy::too_many_arguments, reason = "all of them are one state of writing")]
    fn write_modifier(
        &mut self,
        tokens: &[Token],
        at: usize,
        slot_here: Slot,
        owners: &[usize],
        chosen: &mut Chosen,
        writer: &mut Writer,
        rng: &mut SmallRng,
    ) -> Result<(), Reject> {
        let world = self.scene.world;
        let choice = chosen.by_token[at].ok_or("no modifier chosen")?;
        let before_noun = match (tokens.get(at + 1), tokens.get(at + 2)) {
            (Some(Token::Text(text)), Some(Token::Slot(Slot::Item | Slot::Category | Slot::New))) => {
                text.trim().is_empty()
            }
            _ => false,
        };
        let measured = matches!(slot_here, Slot::Top(_, Portion::Without | Portion::Double));
        let fits = |name: &str| {
            let odd = writer.repeats(name) || (before_noun && !leads(name)) || (measured && is_measured(name));
            !odd
        };
        let name = choose::modifier_name(world, choice, self.scene.lang, fits, rng)?;
        let counted = matches!(slot_here, Slot::Top(_, Portion::Said)) && !writer.text.ends_with("of ");
        let name = if counted && rng.random_bool(0.7) { plural(&name) } else { name };
        let said = writer.part(&noise::name(&name, self.scene.lexicon, rng), rng);
        let group = &world.campaign.modifier_groups[choice.0];
        for &owner in owners {
            chosen.entries[owner].modifiers.push(AlignedModifier {
                group: group.id.clone(),
                modifier: group.modifiers[choice.1].id.clone(),
                said: said.clone(),
                portions: match portion(slot_here) {
                    Some(Portion::Without) => AlignedPortions::Without,
                    Some(Portion::Double) => AlignedPortions::Double,
                    Some(Portion::Said) => AlignedPortions::Said(0..0),
                    _ => AlignedPortions::One,
                },
            });
        }
        Ok(())
    }
}
