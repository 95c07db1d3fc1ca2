//! Storing rows, events and replies.

use std::collections::HashMap;

use rusqlite::{Connection, Result, Statement, ToSql, params, params_from_iter};

use super::events;
use crate::backend::Changes;
use crate::rows::{
    GrantRow, OrderRow, OutboxRow, ReplyRow, StoreRow, VoucherRow, availability_code, grant_code, order_code,
    outbox_code, pack_times,
};

const NEW_GRANT: &str =
    "INSERT INTO grants (shopper, voucher, n, state, claimed_at, order_id, store, changed_at, digest, reply)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const CHANGED_GRANT: &str = "UPDATE grants SET state = ?4, claimed_at = ?5, order_id = ?6, store = ?7, changed_at = ?8
        WHERE shopper = ?1 AND voucher = ?2 AND n = ?3";
const NEW_REPLY: &str =
    "INSERT INTO replies (digest, fingerprint, status, grant_id, at, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

/// The status of a reply to a claim that was granted; no other reply about a grant has it.
const GRANTED: u16 = 201;

/// Stores all of it, within the transaction that is open.
pub(super) fn changes(connection: &Connection, changes: &Changes) -> Result<()> {
    let mut claims = HashMap::new();
    // Of grants, replies and events there are many in a unit: their statements are looked up once.
    let mut new_reply = connection.prepare_cached(NEW_REPLY)?;
    for row in &changes.replies {
        let granted = row.grant.as_ref().filter(|_| row.status == GRANTED);
        let seq = reply(&mut new_reply, row)?;
        claims.extend(granted.map(|id| (id.clone(), (row.digest, seq))));
    }
    changes.vouchers.iter().try_for_each(|row| voucher(connection, row))?;
    let mut granting = connection.prepare_cached(NEW_GRANT)?;
    let mut changing = connection.prepare_cached(CHANGED_GRANT)?;
    for (row, new) in &changes.grants {
        match new {
            // With the digest and the number of the reply to its claim, unless that claim cannot be repeated.
            true => {
                let (digest, reply) = claims.remove(&row.id()).unzip();
                grant(&mut granting, row, &[&digest, &reply])?;
            }
            false => grant(&mut changing, row, &[])?,
        }
    }
    changes.orders.iter().try_for_each(|(row, new)| order(connection, row, *new))?;
    changes.stores.iter().try_for_each(|row| store(connection, row))?;
    changes.outbox.iter().try_for_each(|row| outbox(connection, row))?;
    let mut appending = connection.prepare_cached(events::APPEND)?;
    changes.events.iter().try_for_each(|event| events::append(&mut appending, event))
}

fn voucher(connection: &Connection, row: &VoucherRow) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO vouchers
        (id, issued, available, claimed, reserved, redeemed, expired, revoked, per_shopper, valid_from, valid_until,
         suspended, revoked_at, ended, walk) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
    connection.prepare_cached(sql)?.execute(params![
        row.id,
        row.issued,
        row.available,
        row.claimed,
        row.reserved,
        row.redeemed,
        row.expired,
        row.revoked,
        row.per_shopper,
        row.valid_from,
        row.valid_until,
        row.suspended,
        row.revoked_at,
        row.ended,
        row.walk,
    ])?;
    Ok(())
}

/// By a statement whose first eight parameters are the row's columns; `more` are those after them.
fn grant(statement: &mut Statement<'_>, row: &GrantRow, more: &[&dyn ToSql]) -> Result<()> {
    let state = grant_code(row.state);
    let columns: [&dyn ToSql; 8] =
        [&row.shopper, &row.voucher, &row.n, &state, &row.claimed_at, &row.order, &row.store, &row.changed_at];
    statement.execute(params_from_iter(columns.iter().chain(more)))?;
    Ok(())
}

fn order(connection: &Connection, row: &OrderRow, new: bool) -> Result<()> {
    let verb = if new { "INSERT" } else { "REPLACE" };
    let sql = format!(
        "{verb} INTO orders (id, shopper, store, brand, state, placed_at, starts_at, hold_until, sent_at, announced,
         grants, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"
    );
    let order = &row.order;
    connection.prepare_cached(&sql)?.execute(params![
        order.id,
        row.shopper,
        order.store,
        row.brand,
        order_code(order.state),
        order.placed_at,
        row.starts_at,
        row.hold_until,
        row.sent_at,
        row.announced,
        serde_json::to_string(&row.grants).unwrap_or_default(),
        serde_json::to_string(order).unwrap_or_default(),
    ])?;
    Ok(())
}

fn store(connection: &Connection, row: &StoreRow) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO stores
        (id, said, minutes, until, said_at, pace, cap, prep, booked, sent, day, number, shown)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
    connection.prepare_cached(sql)?.execute(params![
        row.id,
        row.said.map(availability_code),
        row.minutes,
        row.until,
        row.said_at,
        row.pace,
        row.cap,
        row.prep,
        pack_times(&row.booked),
        pack_times(&row.sent),
        row.day,
        row.number,
        row.shown.map(availability_code),
    ])?;
    Ok(())
}

fn outbox(connection: &Connection, row: &OutboxRow) -> Result<()> {
    let sql = "INSERT OR REPLACE INTO outbox
        (order_id, seq, url, payload, due_at, attempts, state, created_at, error)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    connection.prepare_cached(sql)?.execute(params![
        row.order,
        row.seq,
        row.url,
        row.payload,
        row.due_at,
        row.attempts,
        outbox_code(row.state),
        row.created_at,
        row.error,
    ])?;
    Ok(())
}

/// Gives its number.
fn reply(statement: &mut Statement<'_>, row: &ReplyRow) -> Result<i64> {
    statement.insert(params![row.digest, row.fingerprint, row.status, row.grant, row.at, &row.body[..],])
}
