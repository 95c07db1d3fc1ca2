//! Claiming: one of the available pieces becomes a grant in the shopper's wallet.

use oolong_protocol::shop::{Grant, GrantState, Millis, Reason};

use super::{Ctx, Done, Refusal, refuse, view};
use crate::page::Page;
use crate::rows::{EventKind, GrantRow, VoucherRow, grant_id};

/// How old a grant that was signed before the unit of work may be.
const SIGNED_BEFORE: Millis = 10_000;

pub(crate) fn claim(page: &mut Page, ctx: &Ctx<'_>, shopper: &str, id: &str) -> Result<Done, Refusal> {
    let now = page.now;
    let Some(voucher) = page.voucher(id) else {
        return refuse(Reason::DiscountCodeInvalid, format!("expected the id of a voucher, found {id:?}"));
    };
    usable(voucher, now)?;
    let held: Vec<i64> = page.wallet(shopper).filter(|grant| grant.voucher == id).map(|grant| grant.n).collect();
    if i64::try_from(held.len()).unwrap_or(i64::MAX) >= voucher.per_shopper {
        return refuse(
            Reason::DiscountCodeUsageLimitReached,
            format!("expected fewer than {} claims, found {}", voucher.per_shopper, held.len()),
        );
    }
    if voucher.available <= 0 {
        return refuse(Reason::VoucherSoldOut, format!("all {} are claimed", voucher.issued));
    }
    let n = held.iter().max().map_or(1, |last| last + 1);
    let grant_id = grant_id(shopper, id, n);
    let signed = ctx.signed.filter(|signed| fits(signed, &grant_id, voucher, now)).cloned();
    // A claim after "revoke all" is a new one, also within the same millisecond.
    let after = voucher.revoked_at.map_or(now, |revoked| now.max(revoked + 1));
    let claimed_at = signed.as_ref().map_or(after, |signed| signed.claimed_at);
    let row = GrantRow {
        shopper: shopper.to_owned(),
        voucher: id.to_owned(),
        n,
        state: GrantState::Claimed,
        claimed_at,
        order: None,
        store: None,
        changed_at: now,
    };
    let grant = signed.unwrap_or_else(|| {
        let mut grant = view::grant(&row, voucher, GrantState::Claimed);
        grant.token = Some((ctx.book.settings.sign)(&grant, shopper));
        grant
    });
    page.add_grant(row);
    if let Some(voucher) = page.voucher_mut(id) {
        voucher.available -= 1;
        voucher.claimed += 1;
    }
    let mut event = ctx.event(page, EventKind::Claimed);
    event.voucher = Some(id.to_owned());
    event.grant = Some(grant_id.clone());
    page.add_event(event);
    Ok(Done { grant: Some(grant_id), ..Done::json(201, &grant) })
}

/// Whether a voucher can be claimed and used at `now`, its stock aside.
pub(crate) fn usable(voucher: &VoucherRow, now: Millis) -> Result<(), Refusal> {
    if let Some(until) = voucher.valid_until.filter(|until| now > *until) {
        return refuse(Reason::DiscountCodeExpired, format!("it ended at {until}, now is {now}"));
    }
    if voucher.suspended {
        return refuse(Reason::VoucherSuspended, "");
    }
    if let Some(from) = voucher.valid_from.filter(|from| now < *from) {
        return refuse(Reason::DiscountCodeNotYetValid, format!("it begins at {from}, now is {now}"));
    }
    Ok(())
}

/// Whether what was signed beforehand is just what is given.
fn fits(signed: &Grant, id: &str, voucher: &VoucherRow, now: Millis) -> bool {
    signed.id == id
        && signed.valid_until == voucher.valid_until
        && (now - SIGNED_BEFORE..=now).contains(&signed.claimed_at)
        && voucher.revoked_at.is_none_or(|revoked| signed.claimed_at > revoked)
}
