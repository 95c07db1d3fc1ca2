//! Prices as lines of data: goods and vouchers in, what each voucher takes off where and what remains out.

use oolong_catalog::{Campaign, Voucher};
use oolong_commerce::{AllocationTarget, Held, Misfit, Reason, Wanted, best, check_goods, price, seconds};
use oolong_intent::{Fulfilment, ModifierChoice};

/// Coffee of `beans` for 20, 15 and 10, tea of `leaf` for 12; delivery costs 5, with `leaf` 3.
fn campaign(vouchers: &str) -> Campaign {
    let item = |id: &str, category: &str, price: i64| {
        format!(
            r#"{{"id":"{id}","names":["{id}"],"category":"{category}","price":{price},"modifier_groups":["size","top"]}}"#
        )
    };
    let json = format!(
        r#"{{"id":"shop","names":["Shop"],"currency":"CNY","delivery_fee":500,
        "modifier_groups":[
          {{"id":"size","names":["size"],"select":"one","modifiers":[{{"id":"large","names":["large"],"price":300}}]}},
          {{"id":"top","names":["top"],"select":"many","modifiers":[{{"id":"jelly","names":["jelly"],"price":100}}]}}],
        "brands":[
          {{"id":"beans","names":["Beans"],"menu":[{},{},{}]}},
          {{"id":"leaf","names":["Leaf"],"menu":[{}],"delivery_fee":300}}],
        "vouchers":[{vouchers}]}}"#,
        item("mocha", "coffee", 2000),
        item("latte", "coffee", 1500),
        item("bun", "bakery", 1000),
        item("oolong", "tea", 1200),
    );
    Campaign::from_json(json.as_bytes()).expect("a sound campaign")
}

/// `id discount [more]`, as JSON.
fn voucher(id: &str, discount: &str, more: &str) -> String {
    format!(r#"{{"id":"{id}","names":["{id}"],"discount":{{{discount}}},"stackable":true{more}}}"#)
}

fn wanted<'a>(goods: &[(&'a str, u16)]) -> Vec<Wanted<'a>> {
    goods.iter().map(|(item, quantity)| Wanted { item, quantity: *quantity, modifiers: &[] }).collect()
}

/// `v: 300 = 0:200 1:100; w: 500 = delivery:500; total 1700`, with the vouchers named forwards and backwards.
#[track_caller]
fn check(goods: &[(&str, u16)], delivered: bool, vouchers: &[String], expected: &str) {
    let campaign = campaign(&vouchers.join(","));
    let fulfilment = delivered.then_some(Fulfilment::Delivery);
    let mut all: Vec<&Voucher> = campaign.vouchers.iter().collect();
    for _ in 0..2 {
        let price = price(&campaign, &wanted(goods), fulfilment, &all, None).price;
        let mut text = String::new();
        for discount in &price.discounts {
            text += &format!("{}: {} =", discount.voucher, discount.amount);
            for part in &discount.allocations {
                match part.target {
                    AllocationTarget::Line(at) => text += &format!(" {at}:{}", part.amount),
                    AllocationTarget::Delivery => text += &format!(" delivery:{}", part.amount),
                }
            }
            text += "; ";
        }
        assert_eq!(text + &format!("total {}", price.total), expected);
        all.reverse();
    }
}

const CUPS: &[(&str, u16)] = &[("mocha", 1), ("latte", 2), ("oolong", 1)];

fn percent(percent: u8, more: &str) -> String {
    voucher("percent", &format!(r#""type":"percent","percent":{percent}"#), more)
}

fn free_coffee() -> String {
    voucher("item", r#""type":"item","category":"coffee""#, "")
}

fn fixed() -> String {
    voucher("fixed", r#""type":"fixed_price","category":"coffee","price":990"#, "")
}

fn second_half() -> String {
    voucher("nth", r#""type":"nth_item_percent","n":2,"percent":50"#, "")
}

fn amount(amount: i64, more: &str) -> String {
    voucher("amount", &format!(r#""type":"amount","amount":{amount}"#), more)
}

fn delivery(more: &str) -> String {
    voucher("delivery", r#""type":"delivery""#, more)
}

#[test]
fn each_kind_alone() {
    check(CUPS, false, &[], "total 6200");
    check(CUPS, false, &[percent(20, "")], "percent: 1240 = 0:400 1:600 2:240; total 4960");
    check(CUPS, false, &[amount(800, "")], "amount: 800 = 0:258 1:387 2:155; total 5400");
    check(CUPS, false, &[free_coffee()], "item: 2000 = 0:2000; total 4200");
    check(CUPS, false, &[fixed()], "fixed: 1010 = 0:1010; total 5190");
    check(CUPS, false, &[second_half()], "nth: 1350 = 1:750 2:600; total 4850");
    check(CUPS, false, &[delivery("")], "total 6200");
    check(CUPS, true, &[delivery("")], "delivery: 800 = delivery:800; total 6200");
    let capped = voucher("capped", r#""type":"percent","percent":50,"max_amount":1000"#, "");
    check(CUPS, false, &[capped], "capped: 1000 = 0:323 1:484 2:193; total 5200");
    let capped = voucher("capped", r#""type":"item","item":"latte","max_amount":1200"#, "");
    check(CUPS, false, &[capped], "capped: 1200 = 1:1200; total 5000");
}

#[test]
fn two_kinds_in_both_orders() {
    check(
        &[("mocha", 2)],
        false,
        &[percent(50, ""), free_coffee()],
        "item: 2000 = 0:2000; percent: 1000 = 0:1000; total 1000",
    );
    check(&[("mocha", 2)], false, &[free_coffee(), fixed()], "item: 2000 = 0:2000; fixed: 1010 = 0:1010; total 990");
    check(&[("mocha", 2)], false, &[second_half(), free_coffee()], "item: 2000 = 0:2000; total 2000");
    check(&[("mocha", 3)], false, &[second_half(), fixed()], "fixed: 1010 = 0:1010; nth: 1000 = 0:1000; total 3990");
    check(
        &[("mocha", 1), ("oolong", 1)],
        false,
        &[amount(1500, r#","brands":["beans"]"#), percent(50, "")],
        "percent: 1600 = 0:1000 1:600; amount: 1000 = 0:1000; total 600",
    );
    check(
        &[("mocha", 1)],
        true,
        &[delivery(""), amount(9999, "")],
        "amount: 2000 = 0:2000; delivery: 500 = delivery:500; total 0",
    );
}

#[test]
fn delivery_costs_once_a_brand_and_vouchers_pay_for_their_brands() {
    check(&[("mocha", 3), ("latte", 1)], true, &[], "total 8000");
    check(&[("mocha", 1), ("oolong", 1)], true, &[], "total 4000");
    check(&[("mocha", 1), ("oolong", 1)], false, &[], "total 3200");
    let of_leaf = delivery(r#","brands":["leaf"]"#);
    check(&[("mocha", 1), ("oolong", 1)], true, &[of_leaf], "delivery: 300 = delivery:300; total 3700");
    check(&[("mocha", 1)], true, &[amount(9999, "")], "amount: 2000 = 0:2000; total 500");
    check(&[], true, &[], "total 0");
    let wrong =
        r#"{"id":"a","names":["A"],"currency":"CNY","delivery_fee":-1,"brands":[{"id":"b","names":["B"],"menu":[]}]}"#;
    let error = Campaign::from_json(wrong.as_bytes()).unwrap_err().to_string();
    assert_eq!(error, "campaign field `delivery_fee`: expected 0 to 100000000 minor units, found -1");
}

#[test]
fn remainders_go_to_the_largest_and_then_the_first() {
    check(
        &[("mocha", 1), ("mocha", 1), ("mocha", 1)],
        false,
        &[amount(100, "")],
        "amount: 100 = 0:34 1:33 2:33; total 5900",
    );
    check(&[("oolong", 1), ("mocha", 1)], false, &[amount(1, "")], "amount: 1 = 1:1; total 3199");
}

#[track_caller]
fn refused(goods: &[(&str, u16)], voucher: &str, now: Option<&str>, expected: &Misfit, code: &str) {
    let campaign = campaign(voucher);
    let all: Vec<&Voucher> = campaign.vouchers.iter().collect();
    let priced = price(&campaign, &wanted(goods), None, &all, now.and_then(seconds));
    assert_eq!(priced.unused, [(0, Reason::Misfit(expected.clone()))]);
    assert_eq!(priced.unused[0].1.code(), code);
    assert_eq!(priced.price.total, priced.price.subtotal);
}

#[test]
fn what_does_not_fit_says_what_is_missing() {
    let least = |least: i64| amount(100, &format!(r#","min_spend":{least},"brands":["beans"]"#));
    check(&[("mocha", 1), ("oolong", 1)], false, &[least(2000)], "amount: 100 = 0:100; total 3100");
    let mixed = &[("mocha", 1), ("oolong", 1)];
    refused(mixed, &least(2001), None, &Misfit::MinSpend { missing: 1 }, "discount_code_minimum_not_met");
    let brands = vec!["beans".to_owned()];
    refused(&[("oolong", 9)], &least(0), None, &Misfit::Brand { brands }, "discount_code_item_ineligible");
    refused(&[], &least(0), None, &Misfit::EmptyCart, "discount_code_item_ineligible");
    let coffee = Misfit::Goods { category: Some("coffee".to_owned()), item: None };
    refused(&[("bun", 1)], &free_coffee(), None, &coffee, "discount_code_item_ineligible");
    refused(&[("bun", 1)], &second_half(), None, &Misfit::Pieces { missing: 1 }, "discount_code_minimum_not_met");
    refused(mixed, &delivery(""), None, &Misfit::NotDelivered, "discount_code_fulfillment_ineligible");
    let timed = amount(1, r#","valid_from":"2026-02-06T00:00:00Z","valid_until":"2026-02-07T00:00:00Z""#);
    refused(mixed, &timed, Some("2026-02-05T23:59:59Z"), &Misfit::NotYet, "discount_code_not_yet_valid");
    refused(mixed, &timed, Some("2026-02-07T00:00:01Z"), &Misfit::Over, "discount_code_expired");
}

#[test]
fn the_wallet_is_used_as_permitted_and_the_rest_is_explained() {
    let alone = |id: &str, amount: i64| {
        format!(
            r#"{{"id":"{id}","names":["{id}"],"discount":{{"type":"amount","amount":{amount}}},"valid_until":"2027-01-01T00:00:00Z"}}"#
        )
    };
    let campaign = campaign(&[alone("small", 300), alone("big", 700), amount(100, ""), delivery("")].join(","));
    let held =
        |grant: &str, voucher: &str| Held { grant: grant.to_owned(), voucher: voucher.to_owned(), expires: None };
    let mut wallet = vec![
        held("a", "small"),
        held("b", "big"),
        held("c", "amount"),
        held("d", "amount"),
        held("e", "delivery"),
        held("f", "gone"),
    ];
    let found = best(&campaign, &wanted(CUPS), Some(Fulfilment::Pickup), &wallet, None);
    assert_eq!((found.used, found.price.total), (vec![1, 2], 5400));
    let codes: Vec<_> = found.unused.iter().map(|(at, reason)| (*at, reason.code())).collect();
    assert_eq!(
        codes,
        [
            (0, "discount_code_combination_disallowed"),
            (3, "discount_code_already_applied"),
            (4, "discount_code_fulfillment_ineligible"),
            (5, "discount_code_invalid"),
        ]
    );
    assert_eq!(found.unused[0].1, Reason::Combination { with: "big".to_owned() });
    // Of two copies the one that ends first is used.
    wallet[3].expires = Some(2_000_000_000);
    assert_eq!(best(&campaign, &wanted(CUPS), None, &wallet, None).used, [1, 3]);
    assert_eq!(best(&campaign, &wanted(CUPS), None, &wallet, Some(2_000_000_001)).used, [2]);
    // Where one voucher does it all, the others are kept.
    let free = best(&campaign, &wanted(&[("oolong", 0)]), None, &wallet, None);
    assert!(free.used.is_empty());
}

#[test]
fn equal_totals_take_fewer_then_those_that_end_first() {
    let until = |id: &str, amount: i64, year: u16| {
        voucher(
            id,
            &format!(r#""type":"amount","amount":{amount}"#),
            &format!(r#","valid_until":"{year}-01-01T00:00:00Z""#),
        )
    };
    let campaign = campaign(
        &[until("half", 600, 2027), until("rest", 600, 2027), until("late", 1200, 2030), until("soon", 1500, 2029)]
            .join(","),
    );
    let wallet: Vec<Held> = campaign
        .vouchers
        .iter()
        .map(|voucher| Held { grant: voucher.id.clone(), voucher: voucher.id.clone(), expires: None })
        .collect();
    let found = best(&campaign, &wanted(&[("oolong", 1)]), None, &wallet, None);
    assert_eq!((found.used, found.price.total), (vec![3], 0));
    assert!(found.unused.iter().all(|(_, reason)| *reason == Reason::NoSaving));
    assert_eq!(found.unused[0].1.code(), "discount_code_no_saving");
}

#[test]
fn goods_are_checked_with_a_path() {
    let campaign = campaign("");
    let check = |item: &str, quantity: u16, modifiers: &[&str]| {
        let modifiers: Vec<ModifierChoice> = modifiers.iter().map(|text| text.parse().unwrap()).collect();
        let goods = [wanted(&[("bun", 1)])[0], Wanted { item, quantity, modifiers: &modifiers }];
        check_goods(&campaign, &goods).map_err(|error| error.to_string())
    };
    assert_eq!(check("mocha", 1, &["size:large", "top:jelly*3"]), Ok(()));
    assert_eq!(check("mocha", 999, &["top:jelly*0"]), Ok(()));
    for (item, quantity, modifiers, error) in [
        ("sushi", 1, &[][..], "`lines[1].item`: expected an item of the campaign, found sushi"),
        ("mocha", 0, &[], "`lines[1].quantity`: expected 1 to 999, found 0"),
        ("mocha", 1000, &[], "`lines[1].quantity`: expected 1 to 999, found 1000"),
        (
            "mocha",
            1,
            &["size:huge"],
            "`lines[1].modifiers[0]`: expected a modifier that the item offers, found size:huge",
        ),
        (
            "mocha",
            1,
            &["top:jelly", "top:jelly*2"],
            "`lines[1].modifiers[1]`: expected each modifier once, found top:jelly*2",
        ),
        (
            "mocha",
            1,
            &["size:large*2"],
            "`lines[1].modifiers[0]`: expected one portion where one modifier is chosen, found size:large*2",
        ),
    ] {
        assert_eq!(check(item, quantity, modifiers), Err(error.to_owned()));
    }
    assert!(check_goods(&campaign, &[]).is_err());
}

#[test]
fn absurd_prices_are_capped_and_still_add_up() {
    let mut campaign =
        campaign(&[percent(99, ""), amount(i64::MAX, ""), free_coffee(), second_half(), delivery("")].join(","));
    campaign.modifier_groups[0].modifiers[0].price = i64::MAX;
    campaign.delivery_fee = Some(i64::MAX);
    let large: Vec<ModifierChoice> = vec!["size:large".parse().unwrap()];
    let goods: Vec<Wanted<'_>> =
        (0..50).map(|at| Wanted { item: "mocha", quantity: 1 + at * 19, modifiers: &large }).collect();
    let all: Vec<&Voucher> = campaign.vouchers.iter().collect();
    for used in 0..=all.len() {
        let price = price(&campaign, &goods, Some(Fulfilment::Delivery), &all[..used], None).price;
        let off: i128 = price.discounts.iter().map(|discount| i128::from(discount.amount)).sum();
        assert!(price.total >= 0);
        assert_eq!(i128::from(price.subtotal) + i128::from(price.delivery_fee) - off, price.total.into());
    }
}
