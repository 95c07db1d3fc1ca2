//! Placing an order: goods checked, price made here, vouchers and a slot held; or an offer of other times and stores.

use oolong_intent::Fulfilment;
use oolong_protocol::shop::{
    GrantState, Millis, Offer, Order, OrderReply, OrderRequest, OrderState, PriceView, Reason, Slot, Unused,
    VoucherChoice,
};

use super::capacity::{insert, trim};
use super::claim::usable;
use super::shift::{effective, key_of, settle, shift};
use super::spread::alternatives;
use super::state::{announce_turn, minutes, remember, start};
use super::{Ctx, Done, Refusal, refuse};
use crate::page::Page;
use crate::pricing::{Basket, Usable};
use crate::rows::{EventKind, OrderRow, grant_key};
use crate::{Candidate, StoreFacts};

/// The longest place, in characters.
const LONGEST_PLACE: usize = 300;

pub(crate) fn place(
    page: &mut Page,
    ctx: &mut Ctx<'_>,
    shopper: &str,
    request: &OrderRequest,
    facts: &StoreFacts,
    near: &[Candidate],
) -> Result<Done, Refusal> {
    let (now, campaign) = (page.now, std::sync::Arc::clone(&ctx.book.campaign));
    let basket = Basket::read(&campaign, &request.goods)?;
    let brand_of = |item: &str| campaign.item(item).map(|(brand, _)| brand.id.as_str());
    if let Some(other) = request.goods.iter().find(|goods| brand_of(&goods.item) != Some(&facts.brand)) {
        return refuse(Reason::ItemOtherBrand, format!("{:?} is not sold by {:?}", other.item, facts.brand));
    }
    check_place(request, facts)?;
    let wished = wish(request, facts, now);
    let (price, grants) = priced(page, ctx, shopper, request, &basket)?;

    let missing = missing(request, facts);
    let ttl = ctx.book.state_ttl();
    let begin = start(page.store(&facts.id), facts, now, ttl, wished.unwrap_or(now));
    let free = wished.and_then(|wish| begin.at(wish)).filter(|_| !missing);
    let seed = (ctx.ids)();
    let Some(time) = free else {
        // Too far ahead: the next time is now, which is sooner than wished but can be had.
        let far = wished.is_none() && begin.time.is_some();
        let reason = match (missing, far) {
            (true, _) => Reason::ItemUnavailable,
            (false, true) => Reason::OrderTooFarAhead,
            (false, false) => begin.reason,
        };
        let later = begin.time.filter(|_| !missing).map(|time| slot(time, facts, now));
        let alternatives = alternatives(page, ctx, request, near, seed);
        return Ok(Done::json(200, &OrderReply::Offer(Offer { reason, later, alternatives })));
    };

    let id = format!("{:012x}{seed:016x}", now.max(0));
    let number = book(page, facts, time);
    let keys: Vec<_> = grants.iter().filter_map(|id| page.grant(grant_key(id)?)).map(key_of).collect();
    for key in &keys {
        settle(page, ctx, key);
        shift(page, ctx, key, GrantState::Reserved, EventKind::Reserved, Some((&id, &facts.id)));
    }
    let hold_until = now + ctx.book.hold();
    let order = Order {
        id: id.clone(),
        number,
        state: OrderState::Reserved,
        store: facts.id.clone(),
        store_names: facts.names.clone(),
        goods: request.goods.clone(),
        fulfilment: request.fulfilment,
        place: request.place.clone().filter(|_| request.fulfilment == Fulfilment::Delivery),
        price,
        placed_at: now,
        ready_at: time + minutes(facts.prep_minutes.into()),
        reserved_until: Some(hold_until),
        changed_at: now,
    };
    let mut event = ctx.event(page, EventKind::OrderPlaced);
    (event.order, event.store) = (Some(id), Some(facts.id.clone()));
    event.detail = format!(r#"{{"starts_at":{time},"total":{}}}"#, order.price.total);
    page.add_event(event);
    let done = Done::json(201, &OrderReply::Reserved(order.clone()));
    page.add_order(OrderRow {
        order,
        shopper: shopper.to_owned(),
        brand: facts.brand.clone(),
        grants,
        starts_at: time,
        hold_until,
        sent_at: None,
        announced: 0,
    });
    announce_turn(page, ctx, &facts.id, Some(facts));
    Ok(done)
}

pub(super) fn check_place(request: &OrderRequest, facts: &StoreFacts) -> Result<(), Refusal> {
    let (possible, expected) = match request.fulfilment {
        Fulfilment::Pickup => (facts.picks_up, "delivery"),
        Fulfilment::Delivery => (facts.delivers, "pickup"),
    };
    if !possible {
        return refuse(Reason::FulfilmentUnavailable, format!("`fulfilment`: expected {expected}"));
    }
    if request.fulfilment == Fulfilment::Pickup {
        return Ok(());
    }
    let length = request.place.as_deref().map_or(0, |place| place.trim().chars().count());
    if !(1..=LONGEST_PLACE).contains(&length) {
        return refuse(
            Reason::OrderInvalid,
            format!("`place`: expected 1 to {LONGEST_PLACE} characters, found {length}"),
        );
    }
    Ok(())
}

/// When the store should begin: in time for the wish, or now; nothing if it does not take orders so far ahead. A wish that
/// has passed means as soon as possible.
pub(super) fn wish(request: &OrderRequest, facts: &StoreFacts, now: Millis) -> Option<Millis> {
    let Some(ready_at) = request.ready_at else { return Some(now) };
    let latest = now + minutes(i64::from(facts.ahead_minutes) + i64::from(facts.prep_minutes));
    (ready_at <= latest).then(|| ready_at.saturating_sub(minutes(facts.prep_minutes.into())).max(now))
}

pub(super) fn missing(request: &OrderRequest, facts: &StoreFacts) -> bool {
    request.goods.iter().any(|goods| facts.unavailable.contains(&goods.item))
}

/// The price and the grants that make it.
fn priced(
    page: &Page,
    ctx: &Ctx<'_>,
    shopper: &str,
    request: &OrderRequest,
    basket: &Basket<'_>,
) -> Result<(PriceView, Vec<String>), Refusal> {
    let campaign = &ctx.book.campaign;
    match &request.vouchers {
        VoucherChoice::None => Ok((basket.exactly(campaign, request.fulfilment, &[])?, Vec::new())),
        VoucherChoice::Grants(ids) => {
            let mut chosen: Vec<Usable> = Vec::with_capacity(ids.len());
            for id in ids {
                let usable = checked(page, shopper, id)?;
                if chosen.contains(&usable) {
                    return refuse(Reason::DiscountCodeCombinationDisallowed, format!("{id} is named twice"));
                }
                chosen.push(usable);
            }
            Ok((basket.exactly(campaign, request.fulfilment, &chosen)?, ids.clone()))
        }
        VoucherChoice::Best => {
            let (mut usable, mut unused) = (Vec::new(), Vec::new());
            for grant in page.wallet(shopper) {
                let id = grant.id();
                match checked(page, shopper, &id) {
                    Ok(fine) => usable.push(fine),
                    // What was used or taken back is no news.
                    Err(refusal) if !matches!(grant.state, GrantState::Redeemed | GrantState::Revoked) => {
                        unused.push(Unused { grant: id, voucher: grant.voucher.clone(), reason: refusal.reason });
                    }
                    Err(_) => {}
                }
            }
            let (mut price, grants) = basket.best(campaign, request.fulfilment, &usable);
            price.unused.extend(unused);
            Ok((price, grants))
        }
    }
}

/// A grant of the shopper, if it may be used now.
fn checked(page: &Page, shopper: &str, id: &str) -> Result<Usable, Refusal> {
    let key = grant_key(id).filter(|key| key.0 == shopper);
    let Some(row) = key.and_then(|key| page.grant(key)) else {
        return refuse(Reason::DiscountCodeUserIneligible, format!("{id:?} is not in this wallet"));
    };
    let Some(voucher) = page.voucher(&row.voucher) else {
        return refuse(Reason::DiscountCodeInvalid, format!("{:?} is unknown", row.voucher));
    };
    match effective(row, voucher, page.now) {
        GrantState::Claimed => usable(voucher, page.now)?,
        GrantState::Reserved => return refuse(Reason::VoucherReserved, id),
        GrantState::Redeemed => return refuse(Reason::VoucherRedeemed, id),
        GrantState::Expired => return refuse(Reason::DiscountCodeExpired, id),
        GrantState::Revoked => return refuse(Reason::VoucherRevoked, id),
    }
    Ok(Usable { grant: id.to_owned(), voucher: row.voucher.clone(), ends: voucher.valid_until })
}

/// Takes the slot; the order's number.
fn book(page: &mut Page, facts: &StoreFacts, time: Millis) -> String {
    let now = page.now;
    let row = page.store_mut(&facts.id);
    remember(row, facts);
    trim(&mut row.sent, now);
    insert(&mut row.booked, time);
    let day = now.div_euclid(86_400_000);
    row.number = if row.day == day { row.number + 1 } else { 1 };
    row.day = day;
    number(row.number)
}

/// `A001` … `Z999`, then `AA001`.
fn number(count: i64) -> String {
    let (thousands, rest) = ((count - 1) / 999, (count - 1) % 999 + 1);
    let letter = |at: i64| char::from(b'A' + u8::try_from(at % 26).unwrap_or(0));
    let more = (thousands >= 26).then(|| letter(thousands / 26 - 1));
    format!("{}{}{rest:03}", more.map(String::from).unwrap_or_default(), letter(thousands))
}

pub(super) fn slot(time: Millis, facts: &StoreFacts, now: Millis) -> Slot {
    let ready_at = time + minutes(facts.prep_minutes.into());
    Slot { ready_at, minutes: u32::try_from((ready_at - now + 59_999) / 60_000).unwrap_or(0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_differ() {
        let check = |count, text| assert_eq!(number(count), text);
        check(1, "A001");
        check(999, "A999");
        check(1_000, "B001");
        check(26 * 999, "Z999");
        check(26 * 999 + 1, "AA001");
        let all: std::collections::BTreeSet<String> = (1..60_000).map(number).collect();
        assert_eq!(all.len(), 59_999);
    }
}
