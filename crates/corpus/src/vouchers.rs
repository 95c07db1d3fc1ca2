//! Vouchers of a synthetic campaign.

use oolong_catalog::{Campaign, Discount, Voucher};
use rand::{
    Rng,
    seq::{IndexedRandom, SliceRandom},
};
use serde_json::Value;

use crate::{
    lexicon::Lexicon,
    names::{Lang, lang_of},
    trades::VoucherKind,
};

/// Two to six vouchers, no two with a name in common.
pub fn draw(lexicon: &Lexicon, campaign: &Campaign, rng: &mut impl Rng) -> Vec<Voucher> {
    let mut found: Vec<Voucher> = Vec::new();
    let count = rng.random_range(2..=6);
    for kind in lexicon.vouchers.choose_multiple(rng, count) {
        let Some(mut voucher) = one(kind, campaign, found.len(), rng) else { continue };
        let taken =
            |name: &String| found.iter().any(|other| other.names.iter().any(|it| it.eq_ignore_ascii_case(name)));
        voucher.names.retain(|name| !taken(name));
        let short = |name: &String| name.chars().count() <= 80;
        if !voucher.names.is_empty() && voucher.names.iter().all(short) {
            found.push(voucher);
        }
    }
    found.shuffle(rng);
    found
}

fn one(kind: &VoucherKind, campaign: &Campaign, index: usize, rng: &mut impl Rng) -> Option<Voucher> {
    let (brand, item) = campaign.items().collect::<Vec<_>>().choose(rng).copied()?;
    let categories = campaign.categories();
    let (category, category_names) = categories.iter().find(|(id, _)| *id == item.category)?.clone();
    let value = |key: &str, rng: &mut _| kind.values.get(key).and_then(|list| list.choose(rng)).map(plain);
    let amount = value("a", rng);
    let least = (0..8).find_map(|_| {
        let wanted = value("m", rng)?;
        let over = |least: f64| amount.as_ref().and_then(|text| text.parse().ok()).is_none_or(|a: f64| least > a);
        wanted.parse().is_ok_and(over).then_some(wanted)
    });
    let percent: u8 = value("p", rng).and_then(|text| text.parse().ok()).unwrap_or(50);
    let price = value("x", rng);
    let nth: u8 = value("n", rng).and_then(|text| text.parse().ok()).unwrap_or(2);
    let fill = |name: &String| {
        let lang = lang_of(name);
        let mut text = name.clone();
        let parts = [
            ("{a}", amount.clone()),
            ("{m}", least.clone()),
            ("{p}", Some(percent.to_string())),
            ("{z}", Some(tenths(percent))),
            ("{x}", price.clone()),
            ("{n}", Some(nth.to_string())),
            ("{cat}", in_lang(&category_names, lang)),
            ("{item}", in_lang(&item.names.iter().map(String::as_str).collect::<Vec<_>>(), lang)),
            ("{brand}", in_lang(&brand.names.iter().map(String::as_str).collect::<Vec<_>>(), lang)),
        ];
        for (slot, part) in parts {
            if text.contains(slot) {
                text = text.replace(slot, &part?);
            }
        }
        Some(text)
    };
    let mut names: Vec<String> = kind.names.iter().filter_map(fill).filter(|_| rng.random_bool(0.85)).collect();
    names.dedup();
    let minor = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok()).map(to_minor);
    let item_id = (kind.scope == "item").then(|| item.id.clone());
    let category = (kind.scope == "category").then(|| category.to_owned());
    let discount = match kind.kind.as_str() {
        "amount" => Discount::Amount { amount: minor(&amount).unwrap_or(500) },
        "percent" => Discount::Percent { percent, max_amount: None },
        "item" => Discount::Item { category, item: item_id, max_amount: None },
        "fixed_price" => Discount::FixedPrice { category, item: item_id, price: minor(&price).unwrap_or(990) },
        "nth_item_percent" => Discount::NthItemPercent { n: nth, percent },
        _ => Discount::Delivery,
    };
    Some(Voucher {
        id: format!("{}-{}", kind.kind.replace('_', "-"), index + 1),
        names,
        brands: if kind.scope == "brand" || rng.random_bool(0.2) { vec![brand.id.clone()] } else { Vec::new() },
        discount,
        min_spend: minor(&least).unwrap_or(0),
        per_user: 1,
        stock: 1000,
        stackable: rng.random_bool(0.3),
        valid_from: None,
        valid_until: None,
    })
}

fn in_lang(names: &[&str], lang: Lang) -> Option<String> {
    names.iter().find(|name| lang_of(name) == lang).or(names.first()).map(|name| (*name).to_owned())
}

/// Chinese discounts say what is left to pay, in tenths: 20% off is 8折, 15% off is 85折.
fn tenths(percent: u8) -> String {
    let left = 100_u8.saturating_sub(percent);
    if left.is_multiple_of(10) { (left / 10).to_string() } else { left.to_string() }
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[expect(clippy::cast_possible_truncation, reason = "amounts of the data files are small")]
fn to_minor(yuan: f64) -> i64 {
    (yuan * 100.0).round() as i64
}
