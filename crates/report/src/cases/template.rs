//! A first file of test cases for a campaign, to be edited.

use oolong_catalog::{Brand, Campaign, MenuItem};
use oolong_intent::{Asked, Case, Context, Frame, Goods, Intent, Item, ModifierChoice, Quantity, Target};

/// Sample cases that name what `campaign` has: one of each kind that people ask how to write.
#[must_use]
pub fn template(campaign: &Campaign) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |lang: &str, text: String, context: Context, frames: Vec<Frame>, tag: &str| {
        let id = format!("{lang}-{:03}", cases.len() + 1);
        cases.push(Case { id, lang: lang.to_owned(), text, context, frames, tags: vec![tag.to_owned()] });
    };
    let none = Context::default;
    if let Some((brand, item)) = campaign.items().next() {
        let (name, shop) = (english(&item.names), english(&brand.names));
        let choice = choice(campaign, item);
        let modifiers: Vec<ModifierChoice> = choice.iter().map(|(choice, _)| choice.clone()).collect();
        let with = choice.as_ref().map(|(_, name)| format!(", {}", english(name))).unwrap_or_default();
        let order = Frame { items: vec![entry(item, 2, modifiers)], ..Frame::new(Intent::Order) };
        let from = Frame { brand: Some(brand.id.clone()), ..order };
        add("en", format!("two {name}{with}, from {shop}"), none(), vec![from], "order");

        let one = Frame { items: vec![entry(item, 1, Vec::new())], ..Frame::new(Intent::Order) };
        add("zh", format!("来一份{}", chinese(&item.names)), none(), vec![one.clone()], "order");

        let cart = Context { cart: vec![entry(item, 1, Vec::new())], ..none() };
        let last = Item { target: Some(Target::Last), ..Item::default() };
        let remove = Frame { items: vec![last], ..Frame::new(Intent::Remove) };
        add("en", "take that one out again".to_owned(), cart.clone(), vec![remove.clone()], "cart");
        let twice = format!("take that one out and add a {name}");
        add("en", twice, cart, vec![remove, one], "two-frames");
        add("en", format!("where is the nearest {shop}"), none(), vec![nearest(brand)], "store");
    }
    if let Some(voucher) = campaign.vouchers.first() {
        let claim = Frame { voucher: Some(voucher.id.clone()), ..Frame::new(Intent::ClaimVoucher) };
        add("en", format!("get me the {} voucher", english(&voucher.names)), none(), vec![claim], "voucher");
    }
    let unknown = Item { goods: Some(Goods::Unknown), said: Some("unicorn steak".to_owned()), ..Item::default() };
    let stock = Frame { items: vec![unknown], ..Frame::new(Intent::CheckStock) };
    add("en", "do you have unicorn steak?".to_owned(), none(), vec![stock], "unknown-item");
    let asked = Context { asked: Some(Asked::Confirm), ..none() };
    add("zh", "好的，就这样".to_owned(), asked, vec![Frame::new(Intent::Confirm)], "answer");
    add("zh", "明天会下雨吗".to_owned(), none(), vec![Frame::new(Intent::Other)], "out-of-scope");
    cases
}

fn entry(item: &MenuItem, count: u32, modifiers: Vec<ModifierChoice>) -> Item {
    Item { goods: Some(Goods::Item(item.id.clone())), quantity: Quantity::new(count), modifiers, ..Item::default() }
}

fn nearest(brand: &Brand) -> Frame {
    Frame {
        brand: Some(brand.id.clone()),
        prefer: Some(oolong_intent::Prefer::Nearest),
        ..Frame::new(Intent::FindStore)
    }
}

/// The first modifier that the item offers, and what it is called.
fn choice<'a>(campaign: &'a Campaign, item: &MenuItem) -> Option<(ModifierChoice, &'a Vec<String>)> {
    let group = campaign.group(item.modifier_groups.first()?)?;
    let modifier = group.modifiers.first()?;
    Some((ModifierChoice { group: group.id.clone(), modifier: modifier.id.clone(), portions: 1 }, &modifier.names))
}

fn english(names: &[String]) -> &str {
    names.first().map_or("", String::as_str)
}

fn chinese(names: &[String]) -> &str {
    let chinese = names.iter().find(|name| name.chars().any(|letter| letter >= '\u{2e80}'));
    chinese.map_or_else(|| english(names), String::as_str)
}
