//! Vouchers that would make an order cheaper: one to claim, or one for which a little is missing.

use oolong_catalog::Campaign;
use oolong_commerce::{Held, Misfit, Reason as Why, Wanted, best};
use oolong_intent::ModifierChoice;
use oolong_protocol::shop::{Grant, GrantState, Millis, Order, Reason, VoucherState, VoucherStatus};

/// What could be done about the price of an order that is not confirmed yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hint {
    /// This one is free to claim, and saves that much more.
    Claim { voucher: String, saves: i64 },
    /// For this one, which the shopper has, so much is missing.
    AddMore { voucher: String, missing: i64 },
}

/// The best hint for `order`, if there is one. The server's price is what counts: this only says what to try.
pub(crate) fn hint(
    campaign: &Campaign,
    order: &Order,
    wallet: &[Grant],
    vouchers: &[VoucherStatus],
    now: Millis,
) -> Option<Hint> {
    claimable(campaign, order, wallet, vouchers, now).or_else(|| add_more(campaign, order, wallet, now))
}

fn claimable(
    campaign: &Campaign,
    order: &Order,
    wallet: &[Grant],
    vouchers: &[VoucherStatus],
    now: Millis,
) -> Option<Hint> {
    let held = held(order, wallet);
    let saves = |status: &VoucherStatus| {
        let had = wallet.iter().filter(|grant| grant.voucher == status.id).count();
        let more = had < usize::try_from(status.per_shopper).unwrap_or(usize::MAX);
        if status.state != VoucherState::Available || !more {
            return None;
        }
        let mut held = held.clone();
        held.push(Held { grant: String::new(), voucher: status.id.clone(), expires: None });
        let saves = order.price.total - total(campaign, order, &held, now)?;
        (saves > 0).then(|| Hint::Claim { voucher: status.id.clone(), saves })
    };
    vouchers.iter().filter_map(saves).max_by_key(|hint| match hint {
        Hint::Claim { saves, .. } => *saves,
        Hint::AddMore { .. } => 0,
    })
}

fn add_more(campaign: &Campaign, order: &Order, wallet: &[Grant], now: Millis) -> Option<Hint> {
    let goods = Lines::of(order);
    let missing = |unused: &oolong_protocol::shop::Unused| {
        if unused.reason != Reason::DiscountCodeMinimumNotMet || !wallet.iter().any(|grant| grant.id == unused.grant) {
            return None;
        }
        let held = [Held { grant: unused.grant.clone(), voucher: unused.voucher.clone(), expires: None }];
        let found = best(campaign, &goods.wanted(), Some(order.fulfilment), &held, Some(now / 1000));
        match found.unused.first() {
            Some((_, Why::Misfit(Misfit::MinSpend { missing }))) => {
                Some(Hint::AddMore { voucher: unused.voucher.clone(), missing: *missing })
            }
            _ => None,
        }
    };
    order.price.unused.iter().filter_map(missing).min_by_key(|hint| match hint {
        Hint::AddMore { missing, .. } => *missing,
        Hint::Claim { .. } => i64::MAX,
    })
}

/// What can be used for the order: what is free, and what the order itself holds.
fn held(order: &Order, wallet: &[Grant]) -> Vec<Held> {
    let mine = |grant: &&Grant| {
        grant.state == GrantState::Claimed
            || grant.state == GrantState::Reserved && grant.order.as_deref() == Some(order.id.as_str())
    };
    let held = |grant: &Grant| Held {
        grant: grant.id.clone(),
        voucher: grant.voucher.clone(),
        expires: grant.valid_until.map(|until| until / 1000),
    };
    wallet.iter().filter(mine).map(held).collect()
}

fn total(campaign: &Campaign, order: &Order, held: &[Held], now: Millis) -> Option<i64> {
    let goods = Lines::of(order);
    let price = best(campaign, &goods.wanted(), Some(order.fulfilment), held, Some(now / 1000)).price;
    // A campaign file that disagrees with the server about the goods cannot say what is saved.
    (price.subtotal == order.price.subtotal).then_some(price.total)
}

/// Lines with their modifiers read, for pricing.
struct Lines<'a>(Vec<(&'a str, u16, Vec<ModifierChoice>)>);

impl<'a> Lines<'a> {
    fn of(order: &'a Order) -> Self {
        let modifiers = |texts: &[String]| texts.iter().filter_map(|text| text.parse().ok()).collect();
        Self(order.goods.iter().map(|line| (line.item.as_str(), line.quantity, modifiers(&line.modifiers))).collect())
    }

    fn wanted(&self) -> Vec<Wanted<'_>> {
        self.0.iter().map(|(item, quantity, modifiers)| Wanted { item, quantity: *quantity, modifiers }).collect()
    }
}

#[cfg(test)]
mod tests {
    use oolong_intent::Fulfilment;
    use oolong_protocol::shop::{Goods, OrderState, PriceView, Saving, Unused};

    use super::*;

    const CAMPAIGN: &str = r#"{
        "id": "c", "names": ["c"], "currency": "CNY",
        "brands": [{ "id": "leaf", "names": ["Leaf"], "menu": [{ "id": "tea", "names": ["tea"], "category": "t", "price": 2000 }] }],
        "vouchers": [
            { "id": "off3", "names": ["3 off"], "discount": { "type": "amount", "amount": 300 }, "stock": 9 },
            { "id": "off5", "names": ["5 off"], "discount": { "type": "amount", "amount": 500 }, "stock": 9 },
            { "id": "big", "names": ["20 off 50"], "discount": { "type": "amount", "amount": 2000 }, "min_spend": 5000, "stock": 9 }
        ]
    }"#;

    fn grant(id: &str, state: GrantState, order: Option<&str>) -> Grant {
        Grant {
            id: format!("g-{id}"),
            voucher: id.to_owned(),
            state,
            claimed_at: 0,
            valid_until: None,
            order: order.map(str::to_owned),
            token: None,
        }
    }

    fn status(id: &str, state: VoucherState) -> VoucherStatus {
        VoucherStatus { id: id.to_owned(), state, available: 9, per_shopper: 1, valid_from: None, valid_until: None }
    }

    /// An order of so many teas at 20.00, with 3.00 off.
    fn order(quantity: u16, unused: &[&str]) -> Order {
        let subtotal = i64::from(quantity) * 2000;
        let price = PriceView {
            subtotal,
            total: subtotal - 300,
            savings: vec![Saving { grant: "g-off3".into(), voucher: "off3".into(), amount: 300, allocation: vec![] }],
            unused: unused
                .iter()
                .map(|id| Unused {
                    grant: format!("g-{id}"),
                    voucher: (*id).to_owned(),
                    reason: Reason::DiscountCodeMinimumNotMet,
                })
                .collect(),
            ..PriceView::default()
        };
        Order {
            id: "o".into(),
            number: "A1".into(),
            state: OrderState::Reserved,
            store: "s".into(),
            store_names: vec![],
            goods: vec![Goods { item: "tea".into(), quantity, modifiers: vec![] }],
            fulfilment: Fulfilment::Pickup,
            place: None,
            price,
            placed_at: 0,
            ready_at: 0,
            reserved_until: None,
            changed_at: 0,
        }
    }

    #[track_caller]
    fn check(quantity: u16, wallet: &[&str], statuses: &[(&str, VoucherState)], expected: &Option<Hint>) {
        let campaign = Campaign::from_json(CAMPAIGN.as_bytes()).unwrap();
        let mut grants = vec![grant("off3", GrantState::Reserved, Some("o"))];
        grants.extend(wallet.iter().map(|id| grant(id, GrantState::Claimed, None)));
        let statuses: Vec<VoucherStatus> = statuses.iter().map(|(id, state)| status(id, *state)).collect();
        assert_eq!(hint(&campaign, &order(quantity, wallet), &grants, &statuses, 0), *expected);
    }

    #[test]
    fn only_what_saves_more_is_hinted_at() {
        use VoucherState::{Available, SoldOut};
        let claim = |voucher: &str, saves| Some(Hint::Claim { voucher: voucher.to_owned(), saves });
        check(1, &[], &[("off5", Available)], &claim("off5", 200));
        check(1, &[], &[("off5", SoldOut)], &None);
        // One that the shopper has as often as allowed.
        check(1, &[], &[("off3", Available)], &None);
        check(1, &[], &[("big", Available)], &None);
        check(3, &[], &[("off5", Available), ("big", Available)], &claim("big", 1700));
        check(2, &["big"], &[], &Some(Hint::AddMore { voucher: "big".into(), missing: 1000 }));
        check(2, &["big"], &[("off5", Available)], &claim("off5", 200));
        check(1, &[], &[], &None);
    }
}
