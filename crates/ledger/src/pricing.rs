//! What an order costs with which vouchers: the bridge to the prices of `oolong_commerce`.

use oolong_catalog::{Campaign, Voucher};
use oolong_commerce as commerce;
use oolong_intent::{Fulfilment, ModifierChoice};
use oolong_protocol::shop::{Allocation, Goods, PriceLine, PriceView, Reason, Saving, Unused};

use crate::rules::{Refusal, refuse};

/// A voucher that may be used: grant, voucher, end in milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Usable {
    pub(crate) grant: String,
    pub(crate) voucher: String,
    pub(crate) ends: Option<i64>,
}

/// The goods of a request, with their modifiers read.
#[derive(Clone, Debug)]
pub(crate) struct Basket<'a> {
    goods: &'a [Goods],
    modifiers: Vec<Vec<ModifierChoice>>,
}

impl<'a> Basket<'a> {
    /// Reads goods and checks that the campaign sells them like that.
    pub(crate) fn read(campaign: &Campaign, goods: &'a [Goods]) -> Result<Self, Refusal> {
        let mut modifiers = Vec::with_capacity(goods.len());
        for (line, entry) in goods.iter().enumerate() {
            let mut choices = Vec::with_capacity(entry.modifiers.len());
            for (at, text) in entry.modifiers.iter().enumerate() {
                match text.parse::<ModifierChoice>() {
                    Ok(choice) => choices.push(choice),
                    Err(error) => {
                        return refuse(Reason::OrderInvalid, format!("`goods[{line}].modifiers[{at}]`: {error}"));
                    }
                }
            }
            modifiers.push(choices);
        }
        let basket = Self { goods, modifiers };
        match commerce::check_goods(campaign, &basket.wanted()) {
            Ok(()) => Ok(basket),
            // The field is called `goods` in the request.
            Err(error) => refuse(Reason::OrderInvalid, error.to_string().replacen("lines", "goods", 1)),
        }
    }

    fn wanted(&self) -> Vec<commerce::Wanted<'_>> {
        let lines = self.goods.iter().zip(&self.modifiers);
        lines
            .map(|(goods, modifiers)| commerce::Wanted { item: &goods.item, quantity: goods.quantity, modifiers })
            .collect()
    }

    /// The price with the set of vouchers that makes it cheapest, and the grants of that set.
    pub(crate) fn best(
        &self,
        campaign: &Campaign,
        fulfilment: Fulfilment,
        usable: &[Usable],
    ) -> (PriceView, Vec<String>) {
        let held: Vec<commerce::Held> = usable
            .iter()
            .map(|usable| commerce::Held {
                grant: usable.grant.clone(),
                voucher: usable.voucher.clone(),
                expires: usable.ends.map(|ends| ends.div_euclid(1000)),
            })
            .collect();
        // Times were checked before, by the ledger's clock and the ends that the operator may have moved.
        let best = commerce::best(campaign, &self.wanted(), Some(fulfilment), &held, None);
        let used: Vec<&Usable> = best.used.iter().filter_map(|at| usable.get(*at)).collect();
        let mut view = shown(campaign, &best.price, &used);
        view.unused = best
            .unused
            .iter()
            .filter_map(|(at, why)| Some((usable.get(*at)?, why)))
            .map(|(usable, why)| unused(usable, why))
            .collect();
        (view, used.iter().map(|usable| usable.grant.clone()).collect())
    }

    /// The price with exactly these vouchers.
    pub(crate) fn exactly(
        &self,
        campaign: &Campaign,
        fulfilment: Fulfilment,
        chosen: &[Usable],
    ) -> Result<PriceView, Refusal> {
        let mut vouchers: Vec<&Voucher> = Vec::with_capacity(chosen.len());
        for usable in chosen {
            match campaign.voucher(&usable.voucher) {
                Some(voucher) => vouchers.push(voucher),
                None => {
                    return refuse(Reason::DiscountCodeInvalid, format!("{:?} has left the campaign", usable.voucher));
                }
            }
        }
        let priced = commerce::price(campaign, &self.wanted(), Some(fulfilment), &vouchers, None);
        if let Some((at, why)) = priced.unused.first() {
            let grant = chosen.get(*at).map_or("", |usable| usable.grant.as_str());
            return refuse(reason(why), format!("{grant}: {}", why.code()));
        }
        Ok(shown(campaign, &priced.price, &chosen.iter().collect::<Vec<_>>()))
    }
}

fn unused(usable: &Usable, why: &commerce::Reason) -> Unused {
    Unused { grant: usable.grant.clone(), voucher: usable.voucher.clone(), reason: reason(why) }
}

fn shown(campaign: &Campaign, price: &commerce::Price, used: &[&Usable]) -> PriceView {
    let allocation = |part: &commerce::Allocation| Allocation {
        line: match part.target {
            commerce::AllocationTarget::Line(line) => Some(line),
            commerce::AllocationTarget::Delivery => None,
        },
        amount: part.amount,
    };
    let saving = |discount: &commerce::AppliedDiscount| {
        let grant = used.iter().find(|usable| usable.voucher == discount.voucher)?;
        Some(Saving {
            grant: grant.grant.clone(),
            voucher: discount.voucher.clone(),
            amount: discount.amount,
            allocation: discount.allocations.iter().map(allocation).collect(),
        })
    };
    PriceView {
        currency: campaign.currency.clone(),
        lines: price.lines.iter().map(|line| PriceLine { unit: line.unit_price, amount: line.amount }).collect(),
        subtotal: price.subtotal,
        delivery_fee: price.delivery_fee,
        savings: price.discounts.iter().filter_map(saving).collect(),
        unused: Vec::new(),
        total: price.total,
    }
}

/// The shop's code for a reason of the price.
fn reason(why: &commerce::Reason) -> Reason {
    use commerce::Misfit;
    match why {
        commerce::Reason::Misfit(Misfit::MinSpend { .. } | Misfit::Pieces { .. }) => Reason::DiscountCodeMinimumNotMet,
        commerce::Reason::Misfit(Misfit::Brand { .. }) => Reason::VoucherOtherBrand,
        commerce::Reason::Misfit(Misfit::NotYet) => Reason::DiscountCodeNotYetValid,
        commerce::Reason::Misfit(Misfit::Over) => Reason::DiscountCodeExpired,
        commerce::Reason::Misfit(Misfit::EmptyCart | Misfit::Goods { .. } | Misfit::NotDelivered)
        | commerce::Reason::NoSaving => Reason::DiscountCodeItemIneligible,
        commerce::Reason::Unknown => Reason::DiscountCodeInvalid,
        commerce::Reason::AlreadyApplied | commerce::Reason::Combination { .. } => {
            Reason::DiscountCodeCombinationDisallowed
        }
    }
}
