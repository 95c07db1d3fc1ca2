//! What a voucher is worth, and who takes it from what amount: "20% off", "HEYTEA · from ¥30.00".

use oolong_catalog::{Campaign, Discount, Voucher};
use oolong_commerce::format_money;

use crate::{
    show::{brand_name, category_name, item_name},
    words::Language,
};

/// "20% off", "One milk tea free".
pub(crate) fn worth(campaign: &Campaign, discount: &Discount, language: Language) -> String {
    let words = &language.words().wallet;
    let money = |minor: i64| format_money(minor, &campaign.currency);
    let what = |category: &Option<String>, item: &Option<String>| match (item, category) {
        (Some(id), _) => item_name(campaign, id, language),
        (None, Some(id)) => category_name(campaign, id, language),
        (None, None) => words.any_item.to_owned(),
    };
    let capped = |text: String, most: &Option<i64>| match most {
        Some(most) => (words.at_most)(&text, &money(*most)),
        None => text,
    };
    match discount {
        Discount::Percent { percent, max_amount } => capped((words.off_percent)(*percent), max_amount),
        Discount::Amount { amount } => (words.off_amount)(&money(*amount)),
        Discount::Item { category, item, max_amount } => capped((words.one_free)(&what(category, item)), max_amount),
        Discount::FixedPrice { category, item, price } => (words.one_for)(&what(category, item), &money(*price)),
        Discount::NthItemPercent { n, percent } => (words.nth_off)(*n, *percent),
        Discount::Delivery => words.delivery_free.to_owned(),
    }
}

/// Who takes it, and from what amount. Until when is the server's to say.
pub(crate) fn terms(campaign: &Campaign, voucher: &Voucher, language: Language) -> String {
    let words = &language.words().wallet;
    let brands: Vec<String> = voucher.brands.iter().map(|id| brand_name(campaign, id, language)).collect();
    let brands = if brands.is_empty() { words.all_brands.to_owned() } else { brands.join(", ") };
    let spend = match voucher.min_spend {
        0 => words.any_spend.to_owned(),
        least => (words.from_spend)(&format_money(least, &campaign.currency)),
    };
    format!("{brands} · {spend}")
}
