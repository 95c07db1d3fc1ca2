//! Goods of several brands become one order for each, and vouchers that were asked for become those of the wallet.

use oolong_catalog::Campaign;
use oolong_protocol::{
    counter::Wanted,
    shop::{Goods, Grant, GrantState, Millis, VoucherChoice},
};

use super::{flow::Flow, time};

/// One flow for each brand, in the order in which the brands come up in the goods. `offset` is that of the shopper's
/// clock.
pub(crate) fn split(
    campaign: &Campaign,
    wanted: &Wanted,
    wish: &str,
    wallet: &[Grant],
    now: Millis,
    offset: impl Fn(Millis) -> Millis,
) -> Vec<Flow> {
    let ready_at = wanted.when.as_deref().and_then(|when| time::ready_at(when, now, offset));
    let mut parts: Vec<(String, Vec<Goods>)> = Vec::new();
    for line in &wanted.goods {
        // Goods that the campaign has no longer go along: the server says what is wrong with them.
        let brand = campaign.item(&line.item).map_or("", |(brand, _)| brand.id.as_str());
        match parts.iter_mut().find(|(known, _)| known == brand) {
            Some((_, goods)) => goods.push(line.clone()),
            None => parts.push((brand.to_owned(), vec![line.clone()])),
        }
    }
    let mut taken = Vec::new();
    let flow = |(at, (brand, goods)): (usize, (String, Vec<Goods>))| {
        let vouchers = choose(campaign, &wanted.vouchers, &brand, wallet, &mut taken);
        let wanted = Wanted { goods, ..wanted.clone() };
        Flow::new(format!("{wish}.{at}"), brand, wanted, vouchers, ready_at)
    };
    parts.into_iter().enumerate().map(flow).collect()
}

/// The grants for the vouchers that were asked for, each used for one order only; the best ones where none was asked for
/// or none is in the wallet.
fn choose(
    campaign: &Campaign,
    asked: &[String],
    brand: &str,
    wallet: &[Grant],
    taken: &mut Vec<String>,
) -> VoucherChoice {
    let mut grants = Vec::new();
    for id in asked {
        let takes = |voucher: &oolong_catalog::Voucher| {
            voucher.brands.is_empty() || voucher.brands.iter().any(|it| it == brand)
        };
        if !campaign.voucher(id).is_some_and(takes) {
            continue;
        }
        let free =
            |grant: &&Grant| grant.voucher == *id && grant.state == GrantState::Claimed && !taken.contains(&grant.id);
        // Of several the one that ends first.
        let found = wallet.iter().filter(free).min_by_key(|grant| grant.valid_until.unwrap_or(Millis::MAX));
        if let Some(grant) = found {
            taken.push(grant.id.clone());
            grants.push(grant.id.clone());
        }
    }
    if grants.is_empty() { VoucherChoice::Best } else { VoucherChoice::Grants(grants) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMPAIGN: &str = r#"{
        "id": "c", "names": ["c"], "currency": "CNY",
        "brands": [
            { "id": "leaf", "names": ["Leaf"], "menu": [{ "id": "tea", "names": ["tea"], "category": "t", "price": 1000 }] },
            { "id": "bean", "names": ["Bean"], "menu": [{ "id": "latte", "names": ["latte"], "category": "c", "price": 2000 }] }
        ],
        "vouchers": [
            { "id": "any5", "names": ["5 off"], "discount": { "type": "amount", "amount": 500 }, "stock": 9 },
            { "id": "bean3", "names": ["3 off"], "brands": ["bean"], "discount": { "type": "amount", "amount": 300 }, "stock": 9 }
        ]
    }"#;

    fn goods(items: &[&str]) -> Vec<Goods> {
        items.iter().map(|item| Goods { item: (*item).to_owned(), quantity: 1, modifiers: Vec::new() }).collect()
    }

    fn grant(id: &str, voucher: &str, state: GrantState, until: Millis) -> Grant {
        Grant {
            id: id.to_owned(),
            voucher: voucher.to_owned(),
            state,
            claimed_at: 0,
            valid_until: Some(until),
            order: None,
            token: None,
        }
    }

    /// Each order as `brand: items: grants`.
    #[track_caller]
    fn check(items: &[&str], vouchers: &[&str], expected: &[&str]) {
        let campaign = Campaign::from_json(CAMPAIGN.as_bytes()).unwrap();
        let vouchers = vouchers.iter().map(|id| (*id).to_owned()).collect();
        let wanted = Wanted { goods: goods(items), fulfilment: None, place: None, when: Some("+30".into()), vouchers };
        let wallet = [
            grant("late", "any5", GrantState::Claimed, 9),
            grant("soon", "any5", GrantState::Claimed, 5),
            grant("used", "bean3", GrantState::Redeemed, 9),
            grant("free", "bean3", GrantState::Claimed, 9),
        ];
        let flows = split(&campaign, &wanted, "wish", &wallet, 1000, |_| 0);
        let shown: Vec<String> = flows
            .iter()
            .map(|flow| {
                let items: Vec<&str> = flow.wanted.goods.iter().map(|line| line.item.as_str()).collect();
                let vouchers = match &flow.vouchers {
                    VoucherChoice::Best => "best".to_owned(),
                    VoucherChoice::None => "none".to_owned(),
                    VoucherChoice::Grants(grants) => grants.join("+"),
                };
                format!("{} {}: {}: {vouchers}", flow.id, flow.brand, items.join("+"))
            })
            .collect();
        assert_eq!(shown, expected);
        assert!(flows.iter().all(|flow| flow.ready_at == Some(1000 + 30 * time::MINUTE)));
    }

    #[test]
    fn each_brand_gets_its_own_order_and_vouchers() {
        check(&["tea"], &[], &["wish.0 leaf: tea: best"]);
        check(&["tea", "latte", "tea"], &[], &["wish.0 leaf: tea+tea: best", "wish.1 bean: latte: best"]);
        check(&["latte", "tea"], &["bean3"], &["wish.0 bean: latte: free", "wish.1 leaf: tea: best"]);
        check(&["tea", "latte"], &["any5"], &["wish.0 leaf: tea: soon", "wish.1 bean: latte: late"]);
        check(&["latte"], &["any5", "bean3"], &["wish.0 bean: latte: soon+free"]);
        check(&["latte"], &["nonsense"], &["wish.0 bean: latte: best"]);
        check(&["gone", "tea"], &[], &["wish.0 : gone: best", "wish.1 leaf: tea: best"]);
    }
}
