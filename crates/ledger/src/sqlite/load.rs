//! Loading rows.

use std::collections::{BTreeSet, HashSet};

use oolong_protocol::shop::{Millis, Order};
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Result, Row, Statement, ToSql, params};

use crate::backend::{FORGOTTEN, Keys, Rows, Walk};
use crate::rows::{
    GrantRow, OrderRow, OutboxRow, ReplyRow, StoreRow, VoucherRow, availability_from_code, grant_from_code, grant_id,
    grant_key, outbox_from_code, unpack_times,
};

const GRANT: &str = "shopper, voucher, n, state, claimed_at, order_id, store, changed_at";
const REPLY: &str = "digest, fingerprint, status, body, grant_id, at";
pub(super) const ORDER: &str = "body, shopper, brand, grants, starts_at, hold_until, sent_at, announced";
pub(super) const OUTBOX: &str = "order_id, seq, url, payload, due_at, attempts, state, created_at, error";

/// Loads what `keys` name and what that draws in.
pub(super) fn rows(connection: &Connection, keys: &Keys, now: Millis) -> Result<Rows> {
    let mut rows = Rows::default();
    let digests: HashSet<&[u8; 16]> = keys.replies.iter().collect();
    if !keys.replies.is_empty() {
        let sql = format!("SELECT {REPLY} FROM replies WHERE digest = ?1 AND (status <> 201 OR grant_id IS NULL)");
        let mut statement = connection.prepare_cached(&sql)?;
        for digest in &keys.replies {
            rows.replies.extend(reply(&mut statement, digest)?);
        }
    }
    let mut orders: BTreeSet<String> = keys.orders.clone();
    if keys.due > 0 {
        let sql = "SELECT id FROM orders WHERE state = 'confirmed' AND starts_at <= ?1 ORDER BY starts_at, id LIMIT ?2";
        rows.due = ids(connection, sql, now, keys.due)?;
        orders.extend(rows.due.iter().cloned());
    }
    if keys.lapsed > 0 {
        let sql = "SELECT id FROM orders WHERE state = 'reserved' AND hold_until < ?1 ORDER BY hold_until LIMIT ?2";
        rows.lapsed = ids(connection, sql, now, keys.lapsed)?;
        orders.extend(rows.lapsed.iter().cloned());
    }
    if keys.forgotten > 0 {
        let sql = "SELECT id FROM orders WHERE state IN ('sent', 'ready') AND sent_at < ?1 ORDER BY sent_at LIMIT ?2";
        rows.forgotten = ids(connection, sql, now - FORGOTTEN, keys.forgotten)?;
        orders.extend(rows.forgotten.iter().cloned());
    }
    for id in &orders {
        rows.orders.extend(order(connection, id)?);
    }
    let mut wanted: BTreeSet<&String> = keys.stores.iter().collect();
    wanted.extend(rows.orders.iter().map(|row| &row.order.store));
    rows.stores = stores(connection, wanted.into_iter())?;
    let mut shoppers: BTreeSet<&String> = keys.wallets.iter().collect();
    shoppers.extend(rows.orders.iter().map(|row| &row.shopper));
    let (grants, replies) = wallets_and_replies(connection, &shoppers, &digests)?;
    rows.grants = grants;
    if keys.walk > 0 {
        let stretch = walk(connection, keys.walk)?;
        if let Some((walk, grants)) = stretch {
            rows.grants.extend(grants.into_iter().filter(|row| !shoppers.contains(&row.shopper)));
            rows.walk = Some(walk);
        }
    }
    rows.replies.extend(replies);
    if keys.every_voucher {
        rows.vouchers = all_vouchers(connection)?;
    } else {
        let mut wanted: BTreeSet<&String> = keys.vouchers.iter().collect();
        wanted.extend(rows.grants.iter().map(|row| &row.voucher));
        let mut statement = connection.prepare_cached("SELECT * FROM vouchers WHERE id = ?1")?;
        for id in wanted {
            rows.vouchers.extend(statement.query_row([id], voucher_row).optional()?);
        }
    }
    for order in &keys.outbox {
        let sql = format!("SELECT {OUTBOX} FROM outbox WHERE order_id = ?1 AND state <> 'delivered' ORDER BY seq");
        let mut statement = connection.prepare_cached(&sql)?;
        for row in statement.query_map([order], outbox_row)? {
            rows.outbox.push(row?);
        }
    }
    Ok(rows)
}

fn ids(connection: &Connection, sql: &str, now: Millis, limit: usize) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map(params![now, i64::try_from(limit).unwrap_or(i64::MAX)], |row| row.get(0))?.collect()
}

/// A stored reply, by the one parameter of a query for [`REPLY`].
fn reply(statement: &mut Statement<'_>, found_by: impl ToSql) -> Result<Option<ReplyRow>> {
    let read = |row: &Row<'_>| -> Result<ReplyRow> {
        Ok(ReplyRow {
            digest: row.get(0)?,
            fingerprint: row.get(1)?,
            status: row.get(2)?,
            body: row.get_ref(3)?.as_blob().map_err(|error| corrupt(3, &error))?.into(),
            grant: row.get(4)?,
            at: row.get(5)?,
        })
    };
    statement.query_row([found_by], read).optional()
}

/// Shoppers' grants; and the replies to those claims of theirs that are repeated.
fn wallets_and_replies(
    connection: &Connection,
    shoppers: &BTreeSet<&String>,
    digests: &HashSet<&[u8; 16]>,
) -> Result<(Vec<GrantRow>, Vec<ReplyRow>)> {
    let sql = format!("SELECT {GRANT}, digest, reply FROM grants WHERE shopper = ?1 ORDER BY voucher, n");
    let mut wallet = connection.prepare_cached(&sql)?;
    let mut by_number = connection.prepare_cached(&format!("SELECT {REPLY} FROM replies WHERE seq = ?1"))?;
    let (mut grants, mut replies) = (Vec::new(), Vec::new());
    for shopper in shoppers {
        let mut found = wallet.query([shopper])?;
        while let Some(row) = found.next()? {
            grants.push(grant_row(row)?);
            let digest: Option<[u8; 16]> = row.get(8)?;
            if digest.is_some_and(|digest| digests.contains(&digest)) {
                replies.extend(reply(&mut by_number, row.get::<_, i64>(9)?)?);
            }
        }
    }
    Ok((grants, replies))
}

/// One order.
pub(super) fn order(connection: &Connection, id: &str) -> Result<Option<OrderRow>> {
    let sql = format!("SELECT {ORDER} FROM orders WHERE id = ?1");
    connection.prepare_cached(&sql)?.query_row([id], order_row).optional()
}

/// A shopper's grants.
pub(super) fn wallet(connection: &Connection, shopper: &str) -> Result<Vec<GrantRow>> {
    let sql = format!("SELECT {GRANT} FROM grants WHERE shopper = ?1 ORDER BY voucher, n");
    let mut statement = connection.prepare_cached(&sql)?;
    statement.query_map([shopper], grant_row)?.collect()
}

/// All vouchers.
pub(super) fn all_vouchers(connection: &Connection) -> Result<Vec<VoucherRow>> {
    connection.prepare_cached("SELECT * FROM vouchers ORDER BY id")?.query_map([], voucher_row)?.collect()
}

/// These stores.
pub(super) fn stores<'a>(connection: &Connection, ids: impl Iterator<Item = &'a String>) -> Result<Vec<StoreRow>> {
    let mut statement = connection.prepare_cached("SELECT * FROM stores WHERE id = ?1")?;
    let mut stores = Vec::new();
    for id in ids {
        stores.extend(statement.query_row([id], store_row).optional()?);
    }
    Ok(stores)
}

/// The next stretch of grants for the first voucher whose `walk` is set.
fn walk(connection: &Connection, limit: usize) -> Result<Option<(Walk, Vec<GrantRow>)>> {
    let sql = "SELECT id, walk FROM vouchers WHERE walk IS NOT NULL ORDER BY id LIMIT 1";
    let found: Option<(String, String)> =
        connection.prepare_cached(sql)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((voucher, from)) = found else { return Ok(None) };
    let (shopper, after, n) = grant_key(&from).unwrap_or(("", "", 0));
    let sql = format!(
        "SELECT {GRANT} FROM grants WHERE (shopper, voucher, n) > (?1, ?2, ?3) ORDER BY shopper, voucher, n LIMIT ?4"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let (mut seen, mut next, mut grants) = (0, None, Vec::new());
    let mut looked = statement.query(params![shopper, after, n, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    while let Some(row) = looked.next()? {
        seen += 1;
        if seen == limit {
            next = Some(grant_id(&row.get::<_, String>(0)?, &row.get::<_, String>(1)?, row.get(2)?));
        }
        let state = row.get_ref(3)?.as_str().map_err(|error| corrupt(3, &error))?;
        if row.get_ref(1)?.as_str() == Ok(&voucher) && matches!(state, "claimed" | "expired") {
            grants.push(grant_row(row)?);
        }
    }
    Ok(Some((Walk { voucher, grants: grants.iter().map(GrantRow::id).collect(), next }, grants)))
}

pub(super) fn voucher_row(row: &Row<'_>) -> Result<VoucherRow> {
    Ok(VoucherRow {
        id: row.get("id")?,
        issued: row.get("issued")?,
        available: row.get("available")?,
        claimed: row.get("claimed")?,
        reserved: row.get("reserved")?,
        redeemed: row.get("redeemed")?,
        expired: row.get("expired")?,
        revoked: row.get("revoked")?,
        per_shopper: row.get("per_shopper")?,
        valid_from: row.get("valid_from")?,
        valid_until: row.get("valid_until")?,
        suspended: row.get("suspended")?,
        revoked_at: row.get("revoked_at")?,
        ended: row.get("ended")?,
        walk: row.get("walk")?,
    })
}

/// Of the columns [`GRANT`].
pub(super) fn grant_row(row: &Row<'_>) -> Result<GrantRow> {
    let state = row.get_ref(3)?.as_str().map_err(|error| corrupt(3, &error))?;
    Ok(GrantRow {
        shopper: row.get(0)?,
        voucher: row.get(1)?,
        n: row.get(2)?,
        state: grant_from_code(state).ok_or_else(|| unknown(3, state))?,
        claimed_at: row.get(4)?,
        order: row.get(5)?,
        store: row.get(6)?,
        changed_at: row.get(7)?,
    })
}

/// Of the columns [`ORDER`].
pub(super) fn order_row(row: &Row<'_>) -> Result<OrderRow> {
    let order: Order = serde_json::from_str(row.get_ref(0)?.as_str()?).map_err(|error| corrupt(0, &error))?;
    let grants: Vec<String> = serde_json::from_str(row.get_ref(3)?.as_str()?).map_err(|error| corrupt(3, &error))?;
    Ok(OrderRow {
        order,
        shopper: row.get(1)?,
        brand: row.get(2)?,
        grants,
        starts_at: row.get(4)?,
        hold_until: row.get(5)?,
        sent_at: row.get(6)?,
        announced: row.get(7)?,
    })
}

pub(super) fn store_row(row: &Row<'_>) -> Result<StoreRow> {
    let state = |name: &str| -> Result<_> {
        let code: Option<String> = row.get(name)?;
        code.map(|code| availability_from_code(&code).ok_or_else(|| unknown(0, &code))).transpose()
    };
    let times = |name: &str| -> Result<Vec<Millis>> {
        let packed: Vec<u8> = row.get(name)?;
        unpack_times(&packed).ok_or_else(|| unknown(0, name))
    };
    Ok(StoreRow {
        id: row.get("id")?,
        said: state("said")?,
        minutes: row.get("minutes")?,
        until: row.get("until")?,
        said_at: row.get("said_at")?,
        pace: row.get("pace")?,
        cap: row.get("cap")?,
        prep: row.get("prep")?,
        booked: times("booked")?,
        sent: times("sent")?,
        day: row.get("day")?,
        number: row.get("number")?,
        shown: state("shown")?,
    })
}

/// Of the columns [`OUTBOX`].
pub(super) fn outbox_row(row: &Row<'_>) -> Result<OutboxRow> {
    let state: String = row.get(6)?;
    Ok(OutboxRow {
        order: row.get(0)?,
        seq: row.get(1)?,
        url: row.get(2)?,
        payload: row.get(3)?,
        due_at: row.get(4)?,
        attempts: row.get(5)?,
        state: outbox_from_code(&state).ok_or_else(|| unknown(6, &state))?,
        created_at: row.get(7)?,
        error: row.get(8)?,
    })
}

fn corrupt(column: usize, error: &dyn std::error::Error) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.to_string().into())
}

pub(super) fn unknown(column: usize, found: &str) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, format!("unknown value {found:?}").into())
}
