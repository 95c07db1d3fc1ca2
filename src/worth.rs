//! What a voucher is worth, and who takes it from what amount: "20% off", "HEYTEA · from ¥30.00".
//! For the page and for the counter, which are programs of their own; therefore with words of its own.

use oolong_catalog::{Campaign, Discount, Voucher};
use oolong_commerce::format_money;

use crate::{
    language::Language,
    show::{brand_name, category_name, item_name},
};

/// "20% off", "One milk tea free".
pub(crate) fn worth(campaign: &Campaign, discount: &Discount, language: Language) -> String {
    let words = words(language);
    let money = |minor: i64| format_money(minor, &campaign.currency);
    let what = |category: &Option<String>, item: &Option<String>| match (item, category) {
        (Some(id), _) => item_name(campaign, id, language),
        (None, Some(id)) => category_name(campaign, id, language),
        (None, None) => any_item(language).to_owned(),
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

/// Who takes it, and from what amount. Until when is the campaign's to say, or the server's where there is one.
pub(crate) fn terms(campaign: &Campaign, voucher: &Voucher, language: Language) -> String {
    let words = words(language);
    let brands = brands(campaign, &voucher.brands, language);
    let spend = match voucher.min_spend {
        0 => words.any_spend.to_owned(),
        least => (words.from_spend)(&format_money(least, &campaign.currency)),
    };
    format!("{brands} · {spend}")
}

/// Those that take a voucher: all of them where none is named.
pub(crate) fn brands(campaign: &Campaign, ids: &[String], language: Language) -> String {
    let names: Vec<String> = ids.iter().map(|id| brand_name(campaign, id, language)).collect();
    if names.is_empty() { words(language).all_brands.to_owned() } else { names.join(", ") }
}

/// Goods of which nothing more is said.
pub(crate) fn any_item(language: Language) -> &'static str {
    words(language).any_item
}

struct WorthWords {
    off_percent: fn(u8) -> String,
    off_amount: fn(&str) -> String,
    at_most: fn(&str, &str) -> String,
    one_free: fn(&str) -> String,
    one_for: fn(&str, &str) -> String,
    nth_off: fn(u8, u8) -> String,
    delivery_free: &'static str,
    from_spend: fn(&str) -> String,
    any_spend: &'static str,
    any_item: &'static str,
    all_brands: &'static str,
}

fn words(language: Language) -> &'static WorthWords {
    match language {
        Language::English => &ENGLISH,
        Language::Chinese => &CHINESE,
    }
}

static ENGLISH: WorthWords = WorthWords {
    off_percent: |percent| format!("{percent}% off"),
    off_amount: |money| format!("{money} off"),
    at_most: |what, money| format!("{what}, up to {money}"),
    one_free: |what| format!("One {what} free"),
    one_for: |what, money| format!("One {what} for {money}"),
    nth_off: |n, percent| match n {
        2 => format!("Every second item {percent}% off"),
        3 => format!("Every third item {percent}% off"),
        n => format!("Every {n}th item {percent}% off"),
    },
    delivery_free: "Free delivery",
    from_spend: |money| format!("from {money}"),
    any_spend: "any amount",
    any_item: "item",
    all_brands: "all brands",
};

static CHINESE: WorthWords = WorthWords {
    // What is paid is said in tenths: 20% off are 8 折, 15% off are 8.5 折.
    off_percent: |percent| {
        let paid = 100_u8.saturating_sub(percent);
        match (paid / 10, paid % 10) {
            (0, 0) => "免单".to_owned(),
            (tens, 0) => format!("{tens} 折"),
            (tens, ones) => format!("{tens}.{ones} 折"),
        }
    },
    off_amount: |money| format!("减 {money}"),
    at_most: |what, money| format!("{what}，最多减 {money}"),
    one_free: |what| format!("一份{what}免单"),
    one_for: |what, money| format!("一份{what} {money}"),
    nth_off: |n, percent| match percent {
        50 => format!("第 {n} 份半价"),
        percent => format!("第 {n} 份减 {percent}%"),
    },
    delivery_free: "免配送费",
    from_spend: |money| format!("满 {money} 可用"),
    any_spend: "无门槛",
    any_item: "商品",
    all_brands: "所有品牌",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_paid_is_said_in_tenths() {
        let said = [20, 15, 95, 100].map(CHINESE.off_percent);
        assert_eq!(said, ["8 折", "8.5 折", "0.5 折", "免单"]);
    }
}
