//! What a wish says beside goods: brand, voucher, time, price, how the goods come, which shop.

use oolong_catalog::{Campaign, Entity};
use oolong_intent::{Frame, Fulfilment, Intent, Prefer, When};

use crate::cues::Cue;
use crate::signs::Signs;
use crate::units::{Kind, Unit};

/// Fills the fields of `frame` that `units` speak of; the brand is given as a position in the campaign.
pub(crate) fn fill(frame: &mut Frame, units: &[Unit], signs: &Signs, campaign: &Campaign) -> Option<usize> {
    let has = |cue| signs.has(cue);
    let mut brand = None;
    for unit in units {
        for entity in unit.entities() {
            match *entity {
                Entity::Brand(index) if brand.is_none() && !unit.is_goods() => brand = Some(index),
                // Of two vouchers the one said last is meant: "not this, that one".
                Entity::Voucher(index) if !unit.is_item() => {
                    frame.voucher = campaign.vouchers.get(index).map(|voucher| voucher.id.clone());
                }
                _ => {}
            }
        }
    }
    if takes_details(frame.intent) {
        frame.when = when(units).or_else(|| (has(Cue::Now) && !has(Cue::Open)).then_some(When::Now));
        frame.fulfilment = if has(Cue::DeliverTo) || has(Cue::Delivery) {
            Some(Fulfilment::Delivery)
        } else {
            has(Cue::Pickup).then_some(Fulfilment::Pickup)
        };
        frame.max_price = price(units, signs, frame.intent, &campaign.currency);
        let prefers =
            [(Cue::Nearest, Prefer::Nearest), (Cue::Fastest, Prefer::Fastest), (Cue::Cheapest, Prefer::Cheapest)];
        frame.prefer = prefers.into_iter().find(|(cue, _)| has(*cue)).map(|(_, prefer)| prefer);
        frame.open_now = has(Cue::Open) && frame.intent == Intent::FindStore;
    }
    brand
}

/// Whether time, price and the like mean anything with this intent.
pub(crate) fn takes_details(intent: Intent) -> bool {
    use Intent::{AskMenu, Change, CheckStock, FindStore, FindVoucher, Order};
    matches!(intent, Order | Change | FindStore | CheckStock | FindVoucher | AskMenu)
}

fn when(units: &[Unit]) -> Option<When> {
    let timed = units.iter().find_map(|unit| match unit.kind {
        Kind::Clock(minutes) => Some(When::At(minutes)),
        Kind::Duration(minutes) => Some(When::In(minutes)),
        _ => None,
    });
    // "Pick up at 6": a bare number is an hour only after the word for fetching.
    let bare = || {
        units.windows(3).find_map(|part| match (&part[0], &part[1].kind, &part[2].kind) {
            (fetch, Kind::Cue(at), Kind::Number(hour, _)) if fetch.has(Cue::Pickup) && at.has(Cue::Near) => {
                oolong_catalog::bare_hour(*hour).and_then(|minutes| u16::try_from(minutes).ok()).map(When::At)
            }
            _ => None,
        })
    };
    timed.or_else(bare)
}

fn price(units: &[Unit], signs: &Signs, intent: Intent, currency: &str) -> Option<u32> {
    let near = |index: usize| {
        let around = index.saturating_sub(2)..(index + 3).min(units.len());
        units[around].iter().any(|unit| unit.has(Cue::AtMost))
    };
    let hundredths = units.iter().enumerate().find_map(|(index, unit)| match unit.kind {
        Kind::Price(hundredths) if near(index) => Some(hundredths),
        Kind::Number(whole, false) if intent != Intent::Change && index > 0 && units[index - 1].has(Cue::AtMost) => {
            Some(whole * 100)
        }
        // Without a word for "at most", a price in a question is still a bound, in an order it may be anything.
        Kind::Price(hundredths) if intent != Intent::Order && signs.goods == 0 => Some(hundredths),
        _ => None,
    })?;
    Some(if matches!(currency, "JPY" | "KRW" | "VND") { hundredths / 100 } else { hundredths })
}
