//! Filling, first half: everything that a group of tokens will name is chosen before a word is written.

use oolong_intent::Intent;
use oolong_nlu::AlignedEntry;
use rand::{Rng, rngs::SmallRng, seq::IndexedRandom};

use crate::{
    choose::{self, Called, Choice, Need, Reject},
    fill::Filler,
    names,
    pattern::Token,
    plan::{EntryPlan, Plan, portion, slot},
    slot::{Effect, Portion, Slot},
    words,
};

/// What an entry is about, once chosen.
#[derive(Clone, Debug)]
pub enum Pick {
    /// An item of the menu.
    Product {
        /// Which.
        product: usize,
        /// By which name.
        name: Called,
    },
    /// A category.
    Category {
        /// Which.
        id: String,
        /// By which name.
        name: String,
    },
    /// Something that cannot be had.
    Unknown(String),
    /// Entries of the cart.
    Cart {
        /// Their positions.
        entries: Vec<usize>,
        /// By which name.
        name: Option<Called>,
    },
}

/// A group of tokens with everything chosen.
#[derive(Clone, Debug)]
pub struct Chosen {
    /// What belongs to what.
    pub plan: Plan,
    /// What each entry is about.
    pub picks: Vec<Pick>,
    /// What each entry is swapped for.
    pub swaps: Vec<Option<(usize, Called)>>,
    /// The modifiers of each entry.
    pub choices: Vec<Vec<Choice>>,
    /// The modifier of each token.
    pub by_token: Vec<Option<Choice>>,
    /// The number of each token.
    pub counts: Vec<u32>,
    /// What the entries have become so far.
    pub entries: Vec<AlignedEntry>,
}

impl Filler<'_, '_> {
    /// Chooses goods, numbers and modifiers.
    ///
    /// # Errors
    /// What the campaign or the cart has too little of.
    pub fn choose(
        &mut self,
        tokens: &[Token],
        effects: &[Effect],
        mut plan: Plan,
        rng: &mut SmallRng,
    ) -> Result<Chosen, Reject> {
        let split = plan.split;
        let mut picks = Vec::new();
        for entry in &plan.entries {
            let pick = match picks.first() {
                Some(first) if split => Pick::clone(first),
                _ => self.pick(entry, effects, &plan, &picks, rng)?,
            };
            picks.push(pick);
        }
        let counts = self.counts(tokens, &mut plan, &mut picks, effects, rng);
        let entries = vec![AlignedEntry::default(); plan.entries.len()];
        let mut chosen = Chosen {
            swaps: vec![None; plan.entries.len()],
            choices: vec![Vec::new(); plan.entries.len()],
            by_token: vec![None; tokens.len()],
            plan,
            picks,
            counts,
            entries,
        };
        for (at, token) in tokens.iter().enumerate() {
            if slot(token) == Some(Slot::New) {
                let entry = *chosen.plan.owners[at].first().ok_or("a swap of nothing")?;
                let need = (chosen.plan.entries[entry].mods, chosen.plan.entries[entry].tops);
                let taken = self.scene.cart.iter().copied().collect();
                let new = choose::product(self.scene.world, self.scope, self.scene.lang, need, &taken, rng)?;
                chosen.swaps[entry] = Some(new);
            }
        }
        let alike = split && rng.random_bool(0.7);
        for (at, token) in tokens.iter().enumerate() {
            let Some((slot, portion)) = slot(token).and_then(|slot| portion(slot).map(|portion| (slot, portion)))
            else {
                continue;
            };
            let owners = chosen.plan.owners[at].clone();
            let choice = self.choose_modifier(&chosen, &owners, slot, portion, alike, rng)?;
            for entry in owners {
                chosen.choices[entry].push(choice);
            }
            chosen.by_token[at] = Some(choice);
        }
        Ok(chosen)
    }

    fn choose_modifier(
        &self,
        chosen: &Chosen,
        owners: &[usize],
        slot: Slot,
        portion: Portion,
        alike: bool,
        rng: &mut SmallRng,
    ) -> Result<Choice, Reject> {
        let world = self.scene.world;
        let first = *owners.first().ok_or("a modifier of nothing")?;
        let mut pool = self.groups(chosen, first);
        let mut known = pool.clone();
        for &other in &owners[1..] {
            let theirs = self.groups(chosen, other);
            pool.retain(|group| theirs.contains(group));
            known.extend(theirs);
        }
        let used: Vec<Choice> = owners.iter().flat_map(|&entry| chosen.choices[entry].clone()).collect();
        let many = matches!(slot, Slot::Top(..));
        let need = Need { many, portion, asked: self.asked.filter(|&asked| choose::asks_for_modifier(asked)) };
        // Versions of one item mostly differ in the same respect: "one hot, one iced".
        let versions: Vec<Choice> = chosen.choices.iter().flatten().copied().collect();
        if alike
            && let Some(&(group, _)) = versions.first().filter(|&&(group, _)| choose::is_many(world, group) == many)
        {
            let options = 0..world.campaign.modifier_groups[group].modifiers.len();
            let left: Vec<usize> = options.filter(|&index| !versions.contains(&(group, index))).collect();
            return left.choose(rng).map(|&index| (group, index)).ok_or("no other version");
        }
        let barred = if chosen.plan.split { &versions[..] } else { &[] };
        choose::modifier(world, &pool, &known, (&used, barred), need, rng)
    }

    /// The groups that an entry's modifiers come from.
    fn groups(&self, chosen: &Chosen, entry: usize) -> Vec<usize> {
        let world = self.scene.world;
        if let Some((product, _)) = &chosen.swaps[entry] {
            return world.products[*product].groups.clone();
        }
        let common = |products: &mut dyn Iterator<Item = usize>| {
            let mut all = products.map(|product| world.products[product].groups.clone());
            let first = all.next().unwrap_or_default();
            all.fold(first, |left, groups| left.into_iter().filter(|group| groups.contains(group)).collect())
        };
        match &chosen.picks[entry] {
            Pick::Product { product, .. } => world.products[*product].groups.clone(),
            Pick::Category { id, .. } => {
                let scope = world.scope(self.scope).into_iter();
                common(&mut scope.filter(|&product| world.item(product).category == *id))
            }
            Pick::Unknown(_) => Vec::new(),
            Pick::Cart { entries, .. } => common(&mut entries.iter().map(|&entry| self.scene.cart[entry])),
        }
    }

    fn pick(
        &mut self,
        entry: &EntryPlan,
        effects: &[Effect],
        plan: &Plan,
        picks: &[Pick],
        rng: &mut SmallRng,
    ) -> Result<Pick, Reject> {
        let (world, lang) = (self.scene.world, self.scene.lang);
        let need = (entry.mods, entry.tops);
        match entry.anchor {
            Some(Slot::Item) => {
                if need == (0, 0) && matches!(self.intent, Intent::Order | Intent::CheckStock | Intent::AskMenu) {
                    match self.scope {
                        Some(brand) if rng.random_bool(0.09) && world.campaign.brands.len() > 1 => {
                            return choose::elsewhere(world, brand, lang, rng).map(Pick::Unknown);
                        }
                        _ if rng.random_bool(0.07) => {
                            return Ok(Pick::Unknown(words::unknown(self.scene.lexicon, lang, rng)));
                        }
                        _ => {}
                    }
                }
                let need = if plan.split {
                    (need.0.max(1), plan.entries.iter().map(|it| it.tops).max().unwrap_or(0))
                } else {
                    need
                };
                let (product, name) = choose::product(world, self.scope, lang, need, &self.taken, rng)?;
                self.taken.insert(product);
                Ok(Pick::Product { product, name })
            }
            Some(Slot::Category) => {
                let categories = world.campaign.categories();
                let sold = |id: &str| world.scope(self.scope).iter().any(|&at| world.item(at).category == id);
                let sold: Vec<_> = categories.iter().filter(|(id, _)| sold(id)).collect();
                let (id, names) = *sold.choose(rng).ok_or("no category")?;
                let all: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
                let name = names::pick(&all, lang, rng).ok_or("no name")?.clone();
                if world.resolve(&name, self.scope).is_some() {
                    return Err("an item has the category's name");
                }
                Ok(Pick::Category { id: (*id).to_owned(), name })
            }
            Some(Slot::Unknown) => Ok(Pick::Unknown(words::unknown(self.scene.lexicon, lang, rng))),
            Some(Slot::Cart | Slot::Ordinal) => {
                let taken = |at: &usize| {
                    picks.iter().any(|pick| matches!(pick, Pick::Cart { entries, .. } if entries.contains(at)))
                };
                let free: Vec<usize> = (0..self.scene.cart.len()).filter(|at| !taken(at)).collect();
                let at = *free.choose(rng).ok_or("the cart is too small")?;
                let named = entry.anchor == Some(Slot::Cart);
                let name = if named { Some(choose::cart_name(world, &self.scene.cart, at, lang, rng)?) } else { None };
                Ok(Pick::Cart { entries: vec![at], name })
            }
            _ => {
                let count = self.scene.cart.len();
                let all = effects.contains(&Effect::TargetAll);
                let entries = if all { (0..count).collect() } else { count.checked_sub(1).into_iter().collect() };
                Ok(Pick::Cart { entries, name: None })
            }
        }
    }
}
