//! Writing numbers: with an article or a measure word, before or after a noun, or in the words of the pattern itself.

use oolong_intent::Intent;
use oolong_nlu::AlignedQuantity;
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    campaign::Product,
    choose::Reject,
    fill::Filler,
    names::Lang,
    numbers,
    pattern::Token,
    select::{Chosen, Pick},
    slot::Slot,
    writer::{Value, Writer},
};

impl Filler<'_, '_> {
    /// Finds the words for a quantity that the pattern itself says: "a couple of".
    ///
    /// # Errors
    /// There are none.
    pub fn note_spoken(
        &self,
        count: u32,
        start: usize,
        chosen: &mut Chosen,
        writer: &mut Writer,
    ) -> Result<(), Reject> {
        let found = numbers::find_spoken(&writer.text[start..], count).map(|said| said.start + start..said.end + start);
        match (found, chosen.entries.first_mut()) {
            (Some(said), Some(entry)) if !writer.is_fixed(said.start) => {
                entry.quantity = Some(AlignedQuantity::Said(said.clone()));
                writer.note(said, Value::Count(count));
                Ok(())
            }
            (None, Some(_)) if count == 1 && self.intent == Intent::Order => Ok(()),
            _ => Err("no words for the quantity"),
        }
    }

    /// Writes a number where its entries need it.
    #[expect(clippy::too_many_arguments, reason = "all of them are one state of writing")]
    pub fn write_count(
        &mut self,
        tokens: &[Token],
        at: usize,
        slot_here: Slot,
        owners: &[usize],
        chosen: &mut Chosen,
        writer: &mut Writer,
        rng: &mut SmallRng,
    ) {
        let count = chosen.counts[at];
        let next = if let Some(Token::Text(text)) = tokens.get(at + 1) { text.as_str() } else { "" };
        let times = next.starts_with(['x', '×']) || writer.text.trim_end().ends_with(['x', '*', '×']);
        let bare = matches!(slot_here, Slot::Number | Slot::Total(_) | Slot::Part(_) | Slot::PartOne(_));
        let said = match self.scene.lang {
            _ if times && bare => writer.value(&count.to_string(), Value::Count(count), rng),
            Lang::En => {
                let article =
                    matches!(slot_here, Slot::Quantity | Slot::WrongQuantity) && count == 1 && rng.random_bool(0.75);
                if article {
                    writer.words("a");
                    return;
                }
                writer.value(&numbers::number(Lang::En, count, rng), Value::Count(count), rng)
            }
            Lang::Zh if bare => writer.value(&numbers::number(Lang::Zh, count, rng), Value::Count(count), rng),
            Lang::Zh => {
                let measures = owners.first().map_or(&[][..], |&entry| self.measures(&chosen.picks[entry]));
                let measure = measures.choose(rng).map_or("份", String::as_str);
                let verb = writer
                    .text
                    .ends_with(['来', '要', '点', '喝', '整', '搞', '买', '弄', '加', '做', '订', '叫', '我']);
                let ordered = self.intent == Intent::Order && slot_here == Slot::Quantity;
                if count == 1 && ordered && verb && rng.random_bool(0.35) {
                    writer.words(if rng.random_bool(0.3) { "个" } else { measure });
                    return;
                }
                if count == 2 && rng.random_bool(0.05) {
                    writer.value("俩", Value::Count(2), rng)
                } else {
                    let said = writer.value(&numbers::number(Lang::Zh, count, rng), Value::Count(count), rng);
                    writer.words(measure);
                    said
                }
            }
        };
        if slot_here == Slot::WrongQuantity || !self.intent.counts() {
            return;
        }
        for &owner in owners {
            let quantity = &mut chosen.entries[owner].quantity;
            *quantity = Some(if chosen.plan.entries[owner].rest {
                AlignedQuantity::Rest(said.clone())
            } else {
                AlignedQuantity::Said(said.clone())
            });
        }
    }

    fn measures<'a>(&'a self, pick: &Pick) -> &'a [String] {
        let world = self.scene.world;
        match pick {
            Pick::Product { product, .. } => &world.products[*product].measures,
            Pick::Cart { entries, .. } => {
                entries.first().map_or(&[], |&at| &world.products[self.scene.cart[at]].measures)
            }
            Pick::Category { id, .. } => {
                let fits =
                    |product: &&Product| world.campaign.brands[product.brand].menu[product.place].category == *id;
                world.products.iter().find(fits).map_or(&[], |product| &product.measures)
            }
            Pick::Unknown(_) => &[],
        }
    }
}
