//! Lists for shoppers, tills and the partner's messenger.

use oolong_protocol::shop::Millis;
use rusqlite::{Connection, Result, params};

use super::load::{ORDER, OUTBOX, order_row, outbox_row};
use crate::rows::{OrderRow, OutboxRow};

/// A shopper's orders, newest first.
pub(super) fn orders(connection: &Connection, shopper: &str, limit: usize) -> Result<Vec<OrderRow>> {
    let sql = format!("SELECT {ORDER} FROM orders WHERE shopper = ?1 ORDER BY placed_at DESC, id DESC LIMIT ?2");
    connection.prepare_cached(&sql)?.query_map(params![shopper, count(limit)], order_row)?.collect()
}

/// What a store has to make, oldest first, and then what waits to be fetched, latest first: what nobody ever fetches must
/// not hide what comes after it.
pub(super) fn queue(connection: &Connection, store: &str, limit: usize) -> Result<Vec<OrderRow>> {
    let mut orders: Vec<OrderRow> = Vec::new();
    for (state, order) in [("sent", "sent_at, id"), ("ready", "sent_at DESC, id DESC")] {
        let sql =
            format!("SELECT {ORDER} FROM orders WHERE store = ?1 AND state = '{state}' ORDER BY {order} LIMIT ?2");
        for row in connection.prepare_cached(&sql)?.query_map(params![store, count(limit)], order_row)? {
            orders.push(row?);
        }
    }
    Ok(orders)
}

/// The first pending announcement of each order, if it is due.
pub(super) fn outbox_due(connection: &Connection, now: Millis, limit: usize) -> Result<Vec<OutboxRow>> {
    let sql = format!(
        "SELECT {OUTBOX} FROM outbox AS next WHERE state = 'pending' AND due_at <= ?1 AND NOT EXISTS
         (SELECT 1 FROM outbox AS earlier WHERE earlier.order_id = next.order_id AND earlier.seq < next.seq
          AND earlier.state = 'pending') ORDER BY due_at, order_id LIMIT ?2"
    );
    connection.prepare_cached(&sql)?.query_map(params![now, count(limit)], outbox_row)?.collect()
}

/// Announcements that were given up, latest first.
pub(super) fn outbox_dead(connection: &Connection, limit: usize) -> Result<Vec<OutboxRow>> {
    let sql =
        format!("SELECT {OUTBOX} FROM outbox WHERE state = 'dead' ORDER BY created_at DESC, order_id, seq LIMIT ?1");
    connection.prepare_cached(&sql)?.query_map([count(limit)], outbox_row)?.collect()
}

pub(super) fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
