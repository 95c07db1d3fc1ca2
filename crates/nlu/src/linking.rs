//! From marks to frames: pointers become ids of the campaign and words of the utterance.
//!
//! Marks that follow the grammar always give sound frames, whatever the weights: what cannot be linked becomes `unknown`
//! or is left out, and what is left out is told.

use oolong_catalog::{Brand, Campaign, Entity, Meaning, MenuItem, Select};
use oolong_intent::{
    Context, Frame, Goods, Intent, Item, ModifierChoice, Quantity, RawFrame, Role, Span, Target, Unfit, When,
};

use crate::marks::Mark;
use crate::reading::{Reading, Unit};

/// Frames and what led to them.
#[derive(Clone, Debug, Default)]
pub struct Linked {
    /// The frames, in the contract's JSON shape: they become sound ones through `Frame::try_from` like any other parser's.
    pub frames: Vec<RawFrame>,
    /// Free text that was pointed at: places and unknown goods.
    pub spans: Vec<Span>,
    /// Modifiers that the item does not offer.
    pub unfit: Vec<Unfit>,
}

/// Links `marks` (an answer of the grammar) in the light of campaign and context.
#[must_use]
pub fn link(marks: &[Mark], reading: &Reading, context: &Context, campaign: &Campaign) -> Linked {
    let mut linker = Linker { reading, context, campaign, linked: Linked::default() };
    for frame in marks.split(|mark| matches!(mark, Mark::Next | Mark::End)) {
        linker.frame(frame);
    }
    linker.linked
}

/// An entry before its items are counted: `rest` is a total from which the other entries of the same goods are taken.
struct Entry {
    item: Item,
    rest: Option<u32>,
}

struct Linker<'a> {
    reading: &'a Reading,
    context: &'a Context,
    campaign: &'a Campaign,
    linked: Linked,
}

impl<'a> Linker<'a> {
    fn frame(&mut self, marks: &[Mark]) {
        let Some((Mark::Intent(intent), rest)) = marks.split_first() else { return };
        let mut frame = Frame::new(*intent);
        let mut parts = rest.split(|mark| *mark == Mark::Entry);
        let mut fields = parts.next().unwrap_or_default().iter().copied();
        let mut brand = None;
        while let Some(field) = fields.next() {
            match field {
                Mark::Unit(index) => self.name_field(index, &mut brand, &mut frame.voucher),
                Mark::Here => frame.place = Some("here".to_owned()),
                Mark::Place => frame.place = self.words(fields.next(), fields.next(), Role::Place),
                Mark::Now => frame.when = Some(When::Now),
                Mark::When => frame.when = fields.next().and_then(|mark| self.unit(mark)).and_then(when),
                Mark::Fulfil(fulfilment) => frame.fulfilment = Some(fulfilment),
                Mark::Prefer(prefer) => frame.prefer = Some(prefer),
                Mark::Open => frame.open_now = true,
                Mark::Max => {
                    frame.max_price = fields
                        .next()
                        .and_then(|mark| self.unit(mark))
                        .and_then(|unit| amount(unit, &self.campaign.currency))
                }
                _ => {}
            }
        }
        let scope = brand.or_else(|| self.context.brand.as_deref().and_then(|id| self.campaign.brand(id)));
        let mut entries: Vec<Entry> = parts.map(|entry| self.entry(*intent, entry, scope)).collect();
        take_rests(&mut entries);
        frame.items = entries.into_iter().map(|entry| entry.item).filter(|item| *item != Item::default()).collect();
        // A brand that the context already gives is not repeated.
        frame.brand = brand.map(|brand| brand.id.clone()).filter(|id| self.context.brand.as_ref() != Some(id));
        self.linked.frames.push(frame.into());
    }

    fn name_field(&self, index: u8, brand: &mut Option<&'a Brand>, voucher: &mut Option<String>) {
        for entity in self.unit(Mark::Unit(index)).map(Unit::entities).unwrap_or_default() {
            match *entity {
                Entity::Brand(index) if brand.is_none() => *brand = self.campaign.brands.get(index),
                Entity::Voucher(index) if voucher.is_none() => {
                    *voucher = self.campaign.vouchers.get(index).map(|voucher| voucher.id.clone())
                }
                _ => {}
            }
        }
    }

    fn entry(&mut self, intent: Intent, marks: &[Mark], scope: Option<&'a Brand>) -> Entry {
        let mut item = Item::default();
        let mut rest = None;
        let mut marks = marks.iter().copied().peekable();
        let mut choices: Vec<(u8, u8)> = Vec::new();
        let mut goods_next = !intent.points();
        while let Some(mark) = marks.next() {
            match mark {
                Mark::Last => item.target = Some(Target::Last),
                Mark::All => item.target = Some(Target::All),
                Mark::To => goods_next = true,
                Mark::Unknown => {
                    item.said = self.words(marks.next(), marks.next(), Role::Unknown);
                    item.goods = item.said.is_some().then_some(Goods::Unknown);
                    goods_next = false;
                }
                Mark::Rest => rest = marks.next().and_then(|mark| self.unit(mark)).and_then(number),
                Mark::Unit(index) => {
                    let Some(unit) = self.unit(mark) else { continue };
                    match unit.quantity() {
                        Some(Meaning::Number(value)) => item.quantity = Quantity::new(*value),
                        Some(Meaning::Ordinal(position)) => item.target = Some(Target::Nth((*position).max(1))),
                        Some(_) => {}
                        None if goods_next => {
                            item.goods = Some(self.goods(unit, scope));
                            item.said = self.reading.text.get(unit.start..unit.end).map(str::to_owned);
                            goods_next = false;
                        }
                        None if intent.points()
                            && item.target.is_none()
                            && choices.is_empty()
                            && is_item(unit)
                            && item.goods.is_none() =>
                        {
                            item.target = self.cart_item(unit, scope).map(Target::Item);
                        }
                        None => {
                            let portions = match marks.peek() {
                                Some(Mark::Without) => Some(0),
                                Some(Mark::Double) => Some(2),
                                Some(&next @ Mark::Unit(_)) => self
                                    .unit(next)
                                    .and_then(number)
                                    .map(|count| u8::try_from(count.min(20)).unwrap_or(20)),
                                _ => None,
                            };
                            if portions.is_some() {
                                marks.next();
                            }
                            choices.push((index, portions.unwrap_or(1)));
                        }
                    }
                }
                _ => {}
            }
        }
        if intent == Intent::Order && item.quantity.is_none() {
            item.quantity = Some(Quantity::ONE);
        }
        if !intent.counts() {
            item.quantity = None;
            rest = None;
        }
        if item.goods != Some(Goods::Unknown) {
            self.choose(&mut item, &choices, scope);
        }
        if intent == Intent::Order && item.goods.is_none() {
            // Goods that could not be read leave nothing to order.
            return Entry { item: Item::default(), rest: None };
        }
        Entry { item, rest }
    }

    /// The item of the scope that the unit names, else its category, else unknown.
    fn goods(&self, unit: &Unit, scope: Option<&Brand>) -> Goods {
        let in_scope = |brand: usize| scope.is_none_or(|scope| self.campaign.brands[brand].id == scope.id);
        let item = unit.entities().iter().find_map(|entity| match *entity {
            Entity::Item(brand, index) if in_scope(brand) => {
                Some(Goods::Item(self.campaign.brands[brand].menu[index].id.clone()))
            }
            _ => None,
        });
        let category = || {
            let categories = self.campaign.categories();
            unit.entities().iter().find_map(|entity| match *entity {
                Entity::Category(index) => categories.get(index).map(|(id, _)| Goods::Category((*id).to_owned())),
                _ => None,
            })
        };
        item.or_else(category).unwrap_or(Goods::Unknown)
    }

    /// The item that the unit names, preferably one that is in the cart.
    fn cart_item(&self, unit: &Unit, scope: Option<&Brand>) -> Option<String> {
        let named: Vec<&str> = unit
            .entities()
            .iter()
            .filter_map(|entity| match *entity {
                Entity::Item(brand, index) => Some(self.campaign.brands[brand].menu[index].id.as_str()),
                _ => None,
            })
            .collect();
        let in_cart = named.iter().find(|id| {
            self.context.cart.iter().any(|entry| matches!(&entry.goods, Some(Goods::Item(known)) if known == *id))
        });
        let found = in_cart.or_else(|| {
            named.iter().find(|id| scope.is_some_and(|brand| brand.menu.iter().any(|item| item.id == **id)))
        });
        found.or(named.first()).map(|id| (*id).to_owned())
    }

    /// Gives the item its modifiers: of a word that several groups know, the group that the item offers.
    fn choose(&mut self, item: &mut Item, choices: &[(u8, u8)], scope: Option<&Brand>) {
        let offers = self.offers(item, scope);
        for &(index, portions) in choices {
            let Some(unit) = self.unit(Mark::Unit(index)) else { continue };
            let named: Vec<(usize, usize)> = unit
                .entities()
                .iter()
                .filter_map(|entity| match *entity {
                    Entity::Modifier(group, modifier) => Some((group, modifier)),
                    _ => None,
                })
                .collect();
            let group_id = |group: usize| self.campaign.modifier_groups[group].id.as_str();
            let offered =
                named.iter().find(|(group, _)| offers.as_ref().is_none_or(|offers| offers.contains(&group_id(*group))));
            let Some(&(group, modifier)) = offered.or_else(|| named.first().filter(|_| item.goods.is_none())) else {
                if let (Some(Goods::Item(id)), Some(said)) = (&item.goods, self.reading.text.get(unit.start..unit.end))
                {
                    self.linked.unfit.push(Unfit { item: id.clone(), said: said.to_owned() });
                }
                continue;
            };
            let group = &self.campaign.modifier_groups[group];
            let (modifier, portions) = match (group.select, portions) {
                (Select::One, 0) => without(group, modifier),
                (Select::One, _) => (modifier, 1),
                (Select::Many, portions) => (modifier, portions),
            };
            // Of a choice of one, and of the same thing said twice, the last word counts.
            item.modifiers.retain(|known| {
                known.group != group.id
                    || (group.select == Select::Many && known.modifier != group.modifiers[modifier].id)
            });
            item.modifiers.push(ModifierChoice {
                group: group.id.clone(),
                modifier: group.modifiers[modifier].id.clone(),
                portions,
            });
        }
    }

    /// The groups that may be chosen from; `None` is any.
    fn offers(&self, item: &Item, scope: Option<&'a Brand>) -> Option<Vec<&'a str>> {
        let groups = |found: &'a MenuItem| found.modifier_groups.iter().map(String::as_str).collect::<Vec<_>>();
        let of = |id: &str| self.campaign.item(id).map(|(_, found)| groups(found));
        let in_cart = |entry: &Item| match &entry.goods {
            Some(Goods::Item(id)) => of(id),
            _ => None,
        };
        match (&item.goods, &item.target) {
            (Some(Goods::Item(id)), _) | (None, Some(Target::Item(id))) => of(id),
            (Some(Goods::Category(category)), _) => {
                let brands = self.campaign.brands.iter().filter(|brand| scope.is_none_or(|scope| scope.id == brand.id));
                let items = brands.flat_map(|brand| &brand.menu).filter(|found| found.category == *category);
                Some(items.flat_map(groups).collect())
            }
            (Some(Goods::Unknown), _) => Some(Vec::new()),
            (None, Some(Target::Nth(position))) => self.context.cart.get(usize::from(*position) - 1).and_then(in_cart),
            (None, Some(Target::Last) | None) => self.context.cart.last().and_then(in_cart),
            (None, Some(Target::All)) => Some(self.context.cart.iter().filter_map(in_cart).flatten().collect()),
        }
    }

    fn words(&mut self, from: Option<Mark>, to: Option<Mark>, role: Role) -> Option<String> {
        let (Some(Mark::Unit(from)), Some(Mark::Unit(to))) = (from, to) else { return None };
        let (start, end, words) = self.reading.words(usize::from(from), usize::from(to))?;
        let words = words.to_owned();
        self.linked.spans.push(Span { start, end, role, value: words.clone(), fuzzy: false });
        Some(words)
    }

    fn unit(&self, mark: Mark) -> Option<&'a Unit> {
        match mark {
            Mark::Unit(index) => self.reading.units.get(usize::from(index)),
            _ => None,
        }
    }
}

/// "No ice" of a choice of one is that group's own word for none, where it has one (去冰, no ice).
fn without(group: &oolong_catalog::ModifierGroup, modifier: usize) -> (usize, u8) {
    const NONE: [&str; 9] = ["no ", "without", "zero", "un", "去", "无", "不", "免", "走"];
    let none = group.modifiers.iter().position(|modifier| {
        modifier.names.iter().any(|name| NONE.iter().any(|start| name.to_lowercase().starts_with(start)))
    });
    none.map_or((modifier, 0), |none| (none, 1))
}

/// "Three flat whites, one of them decaf": the entry with the total keeps what the others leave.
fn take_rests(entries: &mut [Entry]) {
    for index in 0..entries.len() {
        let Some(total) = entries[index].rest else { continue };
        let taken: u32 = entries
            .iter()
            .enumerate()
            .filter(|(other, entry)| {
                *other != index && entry.rest.is_none() && entry.item.goods == entries[index].item.goods
            })
            .filter_map(|(_, entry)| entry.item.quantity)
            .map(|quantity| u32::from(quantity.get()))
            .sum();
        entries[index].item.quantity = Quantity::new(total.saturating_sub(taken).max(1));
    }
}

fn is_item(unit: &Unit) -> bool {
    unit.entities().iter().any(|entity| matches!(entity, Entity::Item(..)))
}

fn number(unit: &Unit) -> Option<u32> {
    match unit.quantity() {
        Some(Meaning::Number(value)) => Some(*value),
        _ => None,
    }
}

fn when(unit: &Unit) -> Option<When> {
    match unit.quantity()? {
        Meaning::Clock(minutes) => Some(When::At((*minutes).min(1439))),
        Meaning::Duration(minutes) => Some(When::In((*minutes).clamp(1, 1440))),
        Meaning::Number(hour) => {
            oolong_catalog::bare_hour(*hour).and_then(|minutes| u16::try_from(minutes).ok()).map(When::At)
        }
        _ => None,
    }
}

/// An amount in minor units of the currency: most have hundredths, some none.
fn amount(unit: &Unit, currency: &str) -> Option<u32> {
    let hundredths = match unit.quantity()? {
        Meaning::Price(hundredths) => *hundredths,
        Meaning::Number(whole) => whole * 100,
        _ => return None,
    };
    Some(if matches!(currency, "JPY" | "KRW" | "VND") { hundredths / 100 } else { hundredths })
}
