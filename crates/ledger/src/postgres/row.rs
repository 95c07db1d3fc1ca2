//! Rows of the database as rows of the ledger: columns are read by their place in the lists here.

use std::fmt::Display;
use std::sync::Arc;

use tokio_postgres::{Row, types::Json};

use crate::LedgerError;
use crate::rows::{self, GrantRow, OrderRow, OutboxRow, ReplyRow, StoreRow, VoucherRow};

/// Columns of a voucher.
pub(super) const VOUCHER: &str = "id, issued, available, claimed, reserved, redeemed, expired, revoked, per_shopper, \
     valid_from, valid_until, suspended, revoked_at, ended, walk";
/// Columns of a grant.
pub(super) const GRANT: &str = "shopper, voucher, n, state, claimed_at, order_id, store, changed_at";
/// Columns of an order.
pub(super) const ORDER: &str = "body, shopper, brand, grants, starts_at, hold_until, sent_at, announced";
/// Columns of a store.
pub(super) const STORE: &str = "id, said, minutes, until, said_at, pace, cap, prep, booked, sent, day, number, shown";
/// Columns of an announcement.
pub(super) const OUTBOX: &str = "order_id, seq, url, payload, due_at, attempts, state, created_at, error";
/// Columns of a reply.
pub(super) const REPLY: &str = "digest, fingerprint, status, body, grant_id, at";

/// Reads a voucher.
pub(super) fn voucher(row: &Row) -> Result<VoucherRow, LedgerError> {
    Ok(VoucherRow {
        id: get(row, 0)?,
        issued: get(row, 1)?,
        available: get(row, 2)?,
        claimed: get(row, 3)?,
        reserved: get(row, 4)?,
        redeemed: get(row, 5)?,
        expired: get(row, 6)?,
        revoked: get(row, 7)?,
        per_shopper: get(row, 8)?,
        valid_from: get(row, 9)?,
        valid_until: get(row, 10)?,
        suspended: get(row, 11)?,
        revoked_at: get(row, 12)?,
        ended: get(row, 13)?,
        walk: get(row, 14)?,
    })
}

/// Reads a grant.
pub(super) fn grant(row: &Row) -> Result<GrantRow, LedgerError> {
    Ok(GrantRow {
        shopper: get(row, 0)?,
        voucher: get(row, 1)?,
        n: get(row, 2)?,
        state: known(rows::grant_from_code, get(row, 3)?)?,
        claimed_at: get(row, 4)?,
        order: get(row, 5)?,
        store: get(row, 6)?,
        changed_at: get(row, 7)?,
    })
}

/// Reads an order.
pub(super) fn order(row: &Row) -> Result<OrderRow, LedgerError> {
    let Json(order) = get(row, 0)?;
    let Json(grants) = get(row, 3)?;
    Ok(OrderRow {
        order,
        shopper: get(row, 1)?,
        brand: get(row, 2)?,
        grants,
        starts_at: get(row, 4)?,
        hold_until: get(row, 5)?,
        sent_at: get(row, 6)?,
        announced: get(row, 7)?,
    })
}

/// Reads a store.
pub(super) fn store(row: &Row) -> Result<StoreRow, LedgerError> {
    let state = |column| match get::<Option<&str>>(row, column)? {
        Some(code) => known(rows::availability_from_code, code).map(Some),
        None => Ok(None),
    };
    let times =
        |column| rows::unpack_times(get(row, column)?).ok_or_else(|| strange("ascending times, packed", "other bytes"));
    Ok(StoreRow {
        id: get(row, 0)?,
        said: state(1)?,
        minutes: get(row, 2)?,
        until: get(row, 3)?,
        said_at: get(row, 4)?,
        pace: get(row, 5)?,
        cap: get(row, 6)?,
        prep: get(row, 7)?,
        booked: times(8)?,
        sent: times(9)?,
        day: get(row, 10)?,
        number: get(row, 11)?,
        shown: state(12)?,
    })
}

/// Reads an announcement.
pub(super) fn outbox(row: &Row) -> Result<OutboxRow, LedgerError> {
    Ok(OutboxRow {
        order: get(row, 0)?,
        seq: get(row, 1)?,
        url: get(row, 2)?,
        payload: get(row, 3)?,
        due_at: get(row, 4)?,
        attempts: get(row, 5)?,
        state: known(rows::outbox_from_code, get(row, 6)?)?,
        created_at: get(row, 7)?,
        error: get(row, 8)?,
    })
}

/// Reads a reply.
pub(super) fn reply(row: &Row) -> Result<ReplyRow, LedgerError> {
    Ok(ReplyRow {
        digest: bytes(row, 0)?,
        fingerprint: bytes(row, 1)?,
        status: u16::try_from(get::<i32>(row, 2)?).map_err(|error| strange("a status of HTTP", error))?,
        body: Arc::from(get::<&[u8]>(row, 3)?),
        grant: get(row, 4)?,
        at: get(row, 5)?,
    })
}

/// A column's value.
pub(super) fn get<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, LedgerError> {
    row.try_get(column).map_err(|error| strange("a value of the ledger", error))
}

/// The value that a text of the ledger stands for.
pub(super) fn known<T>(read: impl Fn(&str) -> Option<T>, code: &str) -> Result<T, LedgerError> {
    read(code).ok_or_else(|| strange("a state or kind that this version knows", code))
}

fn bytes<const N: usize>(row: &Row, column: usize) -> Result<[u8; N], LedgerError> {
    get::<&[u8]>(row, column)?.try_into().map_err(|_| strange(&format!("{N} bytes"), "another number of bytes"))
}

fn strange(expected: &str, found: impl Display) -> LedgerError {
    LedgerError::Mismatch(format!("expected {expected}, found {found}: was the database changed by hand?"))
}
