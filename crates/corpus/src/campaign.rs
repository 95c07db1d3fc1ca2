//! Campaigns that never existed, so that a model learns the structure of sentences and not the names of a menu.

use std::collections::HashSet;

use oolong_catalog::{Brand, Campaign, Category, MenuItem};
use rand::{Rng, seq::IndexedRandom};

use crate::{
    lexicon::Lexicon,
    names::{Lang, lang_of, plural, pseudo_han, pseudo_name, pseudo_word},
    stock::{Spoken, draw_groups, draw_stock, renamed, slug},
    trades::Trade,
    vouchers,
};

/// A campaign and what the contract's shape has no place for.
#[derive(Debug)]
pub struct World {
    /// The campaign.
    pub campaign: Campaign,
    /// All items in file order.
    pub products: Vec<Product>,
    /// What each modifier group is about, in the order of the campaign's groups.
    pub kinds: Vec<String>,
    /// Every name in lower case, of anything.
    pub phrases: Vec<Phrase>,
}

/// A name of something in the campaign.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phrase {
    /// The name in lower case.
    pub text: String,
    /// Whether it names something that a frame must not miss; a modifier's word may be said of the weather too.
    pub telling: bool,
}

/// An item and where it stands.
#[derive(Clone, Debug)]
pub struct Product {
    /// Its brand's position.
    pub brand: usize,
    /// Its position in the brand's menu.
    pub place: usize,
    /// Its groups' positions.
    pub groups: Vec<usize>,
    /// Measure words.
    pub measures: Vec<String>,
}

impl World {
    /// Draws a campaign.
    pub fn draw(lexicon: &Lexicon, rng: &mut impl Rng) -> Self {
        let spoken = match rng.random_range(0..20) {
            0 => Spoken::Only(Lang::En),
            1 => Spoken::Only(Lang::Zh),
            _ => Spoken::Both,
        };
        let pseudo = rng.random_bool(0.25);
        let trades: Vec<&Trade> = {
            let count = if rng.random_bool(0.7) { 1 } else { 2 };
            lexicon.trades.choose_multiple(rng, count).collect()
        };
        let mut campaign = Campaign {
            id: pseudo_word(rng),
            names: vec![pseudo_name(rng)],
            currency: "CNY".to_owned(),
            note: None,
            categories: Vec::new(),
            modifier_groups: Vec::new(),
            brands: Vec::new(),
            vouchers: Vec::new(),
            delivery_fee: None,
        };
        let mut kinds = Vec::new();
        let mut stock = Vec::new();
        for (index, trade) in trades.iter().enumerate() {
            let mark = if index == 0 { String::new() } else { format!("{}-", trade.trade) };
            let groups = draw_groups(trade, &mark, spoken, &mut campaign, &mut kinds, rng);
            stock.push(draw_stock(trade, &mark, &groups, pseudo, lexicon, rng));
            for category in &trade.categories {
                let names = renamed(&category.names, spoken, 0.25, rng);
                campaign.categories.push(Category { id: format!("{mark}{}", category.id), names });
            }
        }
        let brands = rng.random_range(1..=3);
        let mut ids = HashSet::new();
        let mut products = Vec::new();
        for brand in 0..brands {
            let mut menu = Vec::new();
            let sources: Vec<usize> = match stock.len() {
                2 if rng.random_bool(0.4) => vec![0, 1],
                count => vec![rng.random_range(0..count)],
            };
            let wanted = rng.random_range(5..=14);
            for turn in 0..wanted {
                let source = &mut stock[sources[turn % sources.len()]];
                let Some(draft) = source.choose(rng) else { continue };
                let item = MenuItem {
                    id: fresh_id(&draft.names, &mut ids, rng),
                    names: renamed(&draft.names, spoken, 0.25, rng),
                    category: draft.category.clone(),
                    price: draft.price + 100 * rng.random_range(-2..=4),
                    modifier_groups: draft.groups.iter().filter(|_| rng.random_bool(0.93)).cloned().collect(),
                    includes: Vec::new(),
                };
                if menu.iter().any(|other: &MenuItem| other.names == item.names) {
                    continue;
                }
                let groups = &item.modifier_groups;
                let at = |id: &String| campaign.modifier_groups.iter().position(|group| group.id == *id);
                products.push(Product {
                    brand,
                    place: menu.len(),
                    groups: groups.iter().filter_map(at).collect(),
                    measures: draft.measures.clone(),
                });
                menu.push(MenuItem { includes: included(&campaign, &item, rng), ..item });
            }
            let names = renamed(&brand_names(lexicon, rng), spoken, 0.2, rng);
            campaign.brands.push(Brand {
                id: fresh_id(&names, &mut HashSet::new(), rng) + &brand_mark(brand),
                names,
                menu,
                delivery_fee: None,
            });
        }
        trim(&mut campaign, rng);
        campaign.vouchers = vouchers::draw(lexicon, &campaign, rng);
        let phrases = phrases(&campaign);
        Self { campaign, products, kinds, phrases }
    }

    /// The menu entry of a product.
    pub fn item(&self, product: usize) -> &MenuItem {
        let Product { brand, place, .. } = self.products[product];
        &self.campaign.brands[brand].menu[place]
    }

    /// Products that can be meant when `brand` is said or known.
    pub fn scope(&self, brand: Option<usize>) -> Vec<usize> {
        (0..self.products.len()).filter(|&at| brand.is_none_or(|brand| self.products[at].brand == brand)).collect()
    }

    /// What the contract says that a name means: the first item of that name in scope.
    pub fn resolve(&self, name: &str, brand: Option<usize>) -> Option<usize> {
        let wanted = name.to_lowercase();
        let named = |at: &usize| self.item(*at).names.iter().any(|name| name.to_lowercase() == wanted);
        self.scope(brand).into_iter().find(named)
    }

    /// The product with this item id.
    pub fn product(&self, id: &str) -> Option<usize> {
        (0..self.products.len()).find(|&at| self.item(at).id == id)
    }
}

fn brand_mark(brand: usize) -> String {
    if brand == 0 { String::new() } else { format!("-{}", brand + 1) }
}

fn brand_names(lexicon: &Lexicon, rng: &mut impl Rng) -> Vec<String> {
    match lexicon.brands.choose(rng) {
        Some(names) if rng.random_bool(0.55) => names.clone(),
        _ => {
            let length = rng.random_range(2..=3);
            let word = pseudo_name(rng);
            let end = ["", "", " Tea", " Coffee", " & Co", "'s", " House", " Bakery"].choose(rng).unwrap_or(&"");
            let han = pseudo_han(&lexicon.characters, length, rng);
            vec![format!("{word}{end}"), word.to_lowercase(), han]
        }
    }
}

fn included(campaign: &Campaign, item: &MenuItem, rng: &mut impl Rng) -> Vec<String> {
    if !rng.random_bool(0.1) {
        return Vec::new();
    }
    let many = item.modifier_groups.iter().filter_map(|id| campaign.group(id));
    let many: Vec<_> = many.filter(|group| group.select == oolong_catalog::Select::Many).collect();
    let choice =
        many.choose(rng).and_then(|group| group.modifiers.choose(rng).map(|it| format!("{}:{}", group.id, it.id)));
    choice.into_iter().collect()
}

fn fresh_id(names: &[String], taken: &mut HashSet<String>, rng: &mut impl Rng) -> String {
    let english = names.iter().find(|name| lang_of(name) == Lang::En);
    let mut id = match english {
        Some(name) if rng.random_bool(0.85) => slug(name),
        _ => format!("{}{}", ["i", "sku-", "p"].choose(rng).unwrap_or(&"i"), rng.random_range(10..9999)),
    };
    while matches!(id.as_str(), "unknown" | "last" | "all") || !taken.insert(id.clone()) {
        id = format!("{id}-{}", rng.random_range(2..99));
    }
    id
}

/// Drops what no menu uses, and now and then a category's entry, so that its id is its only name.
fn trim(campaign: &mut Campaign, rng: &mut impl Rng) {
    let used: HashSet<String> = campaign.items().map(|(_, item)| item.category.clone()).collect();
    campaign.categories.retain(|category| used.contains(&category.id));
    let words = |id: &str| id.replace('-', " ");
    if rng.random_bool(0.15) {
        for item in campaign.brands.iter_mut().flat_map(|brand| &mut brand.menu) {
            item.category = words(&item.category);
        }
        for category in &mut campaign.categories {
            category.id = words(&category.id);
        }
        campaign.categories.retain(|_| rng.random_bool(0.7));
    }
}

fn phrases(campaign: &Campaign) -> Vec<Phrase> {
    let items = campaign.items().flat_map(|(_, item)| &item.names);
    let brands = campaign.brands.iter().flat_map(|brand| &brand.names);
    let vouchers = campaign.vouchers.iter().flat_map(|voucher| &voucher.names);
    let mut telling: Vec<String> = items.chain(brands).chain(vouchers).map(|name| name.to_lowercase()).collect();
    telling.extend(campaign.categories().iter().flat_map(|(_, names)| names.iter().map(|name| name.to_lowercase())));
    let modifiers = campaign.modifier_groups.iter().flat_map(|group| group.modifiers.iter().flat_map(|it| &it.names));
    let told = telling.into_iter().map(|text| (text, true)).chain(modifiers.map(|name| (name.to_lowercase(), false)));
    let mut all: Vec<Phrase> =
        told.flat_map(|(text, telling)| [Phrase { text: plural(&text), telling }, Phrase { text, telling }]).collect();
    all.sort();
    all.dedup();
    all
}
