//! What the operator does to vouchers, and their first issue.

use oolong_protocol::shop::{GrantState, Millis, Reason};

use super::shift::{effective, key_of, settle, shift};
use super::{Ctx, Done, Refusal, refuse, view};
use crate::page::Page;
use crate::rows::{EventKind, VoucherRow, grant_key};

/// The most pieces of one voucher: far below where sums could run over.
const MOST: i64 = 1 << 50;

/// Issues the vouchers of the campaign that the ledger does not know yet.
pub(crate) fn issue(page: &mut Page, ctx: &Ctx<'_>) -> Done {
    let mut issued = 0_u32;
    for voucher in &ctx.book.campaign.vouchers {
        if page.voucher(&voucher.id).is_some() {
            continue;
        }
        let stock = i64::try_from(voucher.stock).unwrap_or(MOST).min(MOST);
        let time = |text: &Option<String>| text.as_deref().and_then(oolong_commerce::seconds).map(|time| time * 1000);
        page.add_voucher(VoucherRow {
            id: voucher.id.clone(),
            issued: stock,
            available: stock,
            per_shopper: voucher.per_user.into(),
            valid_from: time(&voucher.valid_from),
            valid_until: time(&voucher.valid_until),
            ..VoucherRow::default()
        });
        write(page, ctx, EventKind::Issued, &voucher.id, stock, String::new());
        issued += 1;
    }
    Done::json(200, &serde_json::json!({ "issued": issued }))
}

pub(crate) fn suspend(page: &mut Page, ctx: &Ctx<'_>, id: &str, suspended: bool) -> Result<Done, Refusal> {
    let voucher = known(page, id)?;
    if voucher.suspended != suspended {
        voucher.suspended = suspended;
        let kind = if suspended { EventKind::Suspended } else { EventKind::Resumed };
        write(page, ctx, kind, id, 1, String::new());
    }
    shown(page, id)
}

pub(crate) fn extend(page: &mut Page, ctx: &Ctx<'_>, id: &str, until: Millis) -> Result<Done, Refusal> {
    let before = known(page, id)?.valid_until;
    let Some(before) = before.filter(|before| until > *before) else {
        let found = before.map_or_else(|| "no end".to_owned(), |before| before.to_string());
        return refuse(Reason::RequestInvalid, format!("expected an end before {until}, found {found}"));
    };
    let voucher = known(page, id)?;
    voucher.valid_until = Some(until);
    voucher.walk = Some(String::new());
    begin_anew(page, id);
    write(page, ctx, EventKind::Extended, id, 1, format!(r#"{{"from":{before},"until":{until}}}"#));
    shown(page, id)
}

pub(crate) fn add_stock(page: &mut Page, ctx: &Ctx<'_>, id: &str, count: u64) -> Result<Done, Refusal> {
    let count = i64::try_from(count).unwrap_or(MOST);
    let voucher = known(page, id)?;
    if count < 1 || voucher.issued + count.min(MOST) > MOST {
        return refuse(Reason::RequestInvalid, format!("expected a number of pieces from 1, found {count}"));
    }
    voucher.issued += count;
    voucher.available += count;
    write(page, ctx, EventKind::Issued, id, count, String::new());
    shown(page, id)
}

pub(crate) fn revoke(page: &mut Page, ctx: &Ctx<'_>, id: &str, grant: Option<&str>) -> Result<Done, Refusal> {
    let now = page.now;
    let voucher = known(page, id)?.clone();
    let Some(grant) = grant else {
        let all = known(page, id)?;
        all.revoked_at = Some(now);
        all.walk = Some(String::new());
        begin_anew(page, id);
        write(page, ctx, EventKind::Revoked, id, 1, r#"{"all":true}"#.to_owned());
        return shown(page, id);
    };
    let row = grant_key(grant).and_then(|key| page.grant(key)).filter(|row| row.voucher == id);
    let Some(row) = row else {
        return refuse(Reason::DiscountCodeInvalid, format!("expected a grant of {id:?}, found {grant:?}"));
    };
    let key = key_of(row);
    match effective(row, &voucher, now) {
        GrantState::Claimed | GrantState::Expired => {}
        GrantState::Reserved => return refuse(Reason::VoucherReserved, "cancel its order first"),
        GrantState::Redeemed => return refuse(Reason::VoucherRedeemed, ""),
        GrantState::Revoked => return refuse(Reason::VoucherRevoked, ""),
    }
    settle(page, ctx, &key);
    shift(page, ctx, &key, GrantState::Revoked, EventKind::Revoked, None);
    shown(page, id)
}

/// A stretch that was loaded before is no longer where to go on.
fn begin_anew(page: &mut Page, id: &str) {
    page.walk.take_if(|walk| walk.voucher == id);
}

fn known<'a>(page: &'a mut Page, id: &str) -> Result<&'a mut VoucherRow, Refusal> {
    if page.voucher(id).is_none() {
        return refuse(Reason::DiscountCodeInvalid, format!("expected the id of a voucher, found {id:?}"));
    }
    page.voucher_mut(id).ok_or_else(|| Refusal { reason: Reason::DiscountCodeInvalid, detail: String::new() })
}

fn shown(page: &Page, id: &str) -> Result<Done, Refusal> {
    match page.voucher(id) {
        Some(row) => Ok(Done::json(200, &view::status(row, page.now))),
        None => refuse(Reason::DiscountCodeInvalid, ""),
    }
}

fn write(page: &mut Page, ctx: &Ctx<'_>, kind: EventKind, voucher: &str, count: i64, detail: String) {
    let mut event = ctx.event(page, kind);
    event.voucher = Some(voucher.to_owned());
    event.count = count;
    if !detail.is_empty() {
        event.detail = detail;
    }
    page.add_event(event);
}
