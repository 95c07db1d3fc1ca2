//! Redeeming at a till: once, where the voucher is taken, while it may be used.

use oolong_protocol::shop::{GrantState, Reason, Redemption};

use super::claim::usable;
use super::shift::{effective, key_of, settle, shift};
use super::{Ctx, Done, Refusal, refuse};
use crate::page::Page;
use crate::rows::{EventKind, grant_key};

pub(crate) fn redeem(page: &mut Page, ctx: &Ctx<'_>, store: &str, id: &str, brand: &str) -> Result<Done, Refusal> {
    let now = page.now;
    let unknown = || Refusal { reason: Reason::VoucherTokenInvalid, detail: "there is no such grant".to_owned() };
    let row = grant_key(id).and_then(|key| page.grant(key)).ok_or_else(unknown)?;
    let voucher = page.voucher(&row.voucher).ok_or_else(unknown)?;
    // A voucher that has left the campaign file keeps its grants; nobody is left who could limit its brands.
    if let Some(known) = ctx.book.campaign.voucher(&row.voucher)
        && !known.brands.is_empty()
        && !known.brands.iter().any(|taken| taken == brand)
    {
        return refuse(Reason::VoucherOtherBrand, format!("expected one of {:?}, found {brand:?}", known.brands));
    }
    match effective(row, voucher, now) {
        GrantState::Claimed => usable(voucher, now)?,
        GrantState::Reserved if row.store.as_deref() != Some(store) => {
            return refuse(Reason::VoucherOtherStore, "");
        }
        // What an order holds was held in time: only the operator can stop it.
        GrantState::Reserved if voucher.suspended => return refuse(Reason::VoucherSuspended, ""),
        GrantState::Reserved => {}
        GrantState::Redeemed => return refuse(Reason::VoucherRedeemed, format!("at {}", row.changed_at)),
        GrantState::Expired => return refuse(Reason::DiscountCodeExpired, ""),
        GrantState::Revoked => return refuse(Reason::VoucherRevoked, ""),
    }
    let (key, order) = (key_of(row), row.order.clone());
    let body =
        Redemption { grant: id.to_owned(), voucher: row.voucher.clone(), order: order.clone(), redeemed_at: now };
    settle(page, ctx, &key);
    shift(page, ctx, &key, GrantState::Redeemed, EventKind::Redeemed, Some((order.as_deref().unwrap_or(""), store)));
    Ok(Done { grant: Some(id.to_owned()), ..Done::json(200, &body) })
}
