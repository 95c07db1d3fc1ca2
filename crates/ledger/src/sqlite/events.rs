//! The history: appended, followed, and shown to the auditor.

use rusqlite::{Connection, OptionalExtension, Result, Row, Statement, params};

use super::load;
use super::read::count;
use crate::audit::Auditor;
use crate::backend::AuditRow;
use crate::rows::{EventKind, EventRow, order_from_code};

/// What [`append`] does.
pub(super) const APPEND: &str =
    "INSERT INTO events (at, kind, actor_kind, actor, voucher, grant_id, order_id, store, count, detail)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";

/// Appends one event by a prepared [`APPEND`].
pub(super) fn append(statement: &mut Statement<'_>, event: &EventRow) -> Result<()> {
    statement.execute(params![
        event.at,
        event.kind.code(),
        event.actor_kind,
        event.actor,
        event.voucher,
        event.grant,
        event.order,
        event.store,
        event.count,
        event.detail,
    ])?;
    Ok(())
}

/// Changes of stores' states after an event.
pub(super) fn changes(connection: &Connection, after: i64, limit: usize) -> Result<Vec<(i64, String, String)>> {
    let sql = "SELECT seq, store, detail FROM events WHERE kind = 'store_state' AND seq > ?1 ORDER BY seq LIMIT ?2";
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    connection.prepare_cached(sql)?.query_map(params![after, count(limit)], read)?.collect()
}

/// The sequence of the last event.
pub(super) fn last(connection: &Connection) -> Result<i64> {
    let sql = "SELECT seq FROM events ORDER BY seq DESC LIMIT 1";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Shows everything to the auditor. SQLite sorts; nothing is kept here.
pub(super) fn audit(connection: &Connection, auditor: &mut Auditor) -> Result<()> {
    load::all_vouchers(connection)?.into_iter().for_each(|row| auditor.see(AuditRow::Voucher(row)));
    each(connection, "SELECT voucher, count FROM events WHERE kind = 'issued' ORDER BY seq", |row| {
        auditor.see(AuditRow::Issued(row.get(0)?, row.get(1)?));
        Ok(())
    })?;
    grants(connection, auditor)?;
    orders(connection, auditor)?;
    let sent = "SELECT store, at, count FROM events WHERE kind = 'order_sent' ORDER BY store, at, seq";
    each(connection, sent, |row| {
        auditor.see(AuditRow::Sent { store: row.get(0)?, at: row.get(1)?, cap: row.get(2)? });
        Ok(())
    })?;
    each(connection, "SELECT * FROM stores ORDER BY id", |row| {
        auditor.see(AuditRow::Store(load::store_row(row)?));
        Ok(())
    })
}

/// By grant: events, replies, row.
fn grants(connection: &Connection, auditor: &mut Auditor) -> Result<()> {
    let sql = "SELECT shopper, voucher, n, state, claimed_at, order_id, store, changed_at, id, source, seq, kind, held
        FROM (
            SELECT NULL AS shopper, NULL AS voucher, NULL AS n, NULL AS state, NULL AS claimed_at, order_id,
                NULL AS store, NULL AS changed_at, grant_id AS id, 0 AS source, seq, kind, NULL AS held
            FROM events WHERE grant_id IS NOT NULL
            UNION ALL
            SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, grant_id, 1, seq, NULL, NULL
            FROM replies WHERE grant_id IS NOT NULL
            UNION ALL
            SELECT grants.shopper, voucher, n, grants.state, claimed_at, order_id, grants.store, changed_at,
                grants.shopper || ':' || voucher || ':' || n, 2, 0, NULL, orders.state
            FROM grants LEFT JOIN orders ON grants.state = 'reserved' AND orders.id = grants.order_id
        ) ORDER BY id, source, seq";
    each(connection, sql, |row| {
        let id: String = row.get(8)?;
        auditor.see(match row.get(9)? {
            0 => AuditRow::GrantEvent { grant: id, seq: row.get(10)?, kind: kind(row, 11)?, order: row.get(5)? },
            1 => AuditRow::GrantReply(id),
            _ => {
                let held: Option<String> = row.get(12)?;
                AuditRow::Grant(load::grant_row(row)?, held.as_deref().and_then(order_from_code))
            }
        });
        Ok(())
    })
}

/// By order: events, row.
fn orders(connection: &Connection, auditor: &mut Auditor) -> Result<()> {
    let sql = "SELECT body, shopper, brand, grants, starts_at, hold_until, sent_at, announced, id, source, seq, kind,
            announcements
        FROM (
            SELECT NULL AS body, NULL AS shopper, NULL AS brand, NULL AS grants, NULL AS starts_at,
                NULL AS hold_until, NULL AS sent_at, NULL AS announced, order_id AS id, 0 AS source, seq, kind,
                0 AS announcements
            FROM events WHERE order_id IS NOT NULL AND kind GLOB 'order_*'
            UNION ALL
            SELECT body, shopper, brand, grants, starts_at, hold_until, sent_at, announced, id, 1, 0, NULL,
                (SELECT count(*) FROM outbox WHERE order_id = orders.id)
            FROM orders
        ) ORDER BY id, source, seq";
    each(connection, sql, |row| {
        auditor.see(match row.get(9)? {
            0 => AuditRow::OrderEvent { order: row.get(8)?, seq: row.get(10)?, kind: kind(row, 11)? },
            _ => AuditRow::Order(load::order_row(row)?, row.get(12)?),
        });
        Ok(())
    })
}

fn each(connection: &Connection, sql: &str, mut see: impl FnMut(&Row<'_>) -> Result<()>) -> Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        see(row)?;
    }
    Ok(())
}

fn kind(row: &Row<'_>, column: usize) -> Result<EventKind> {
    let code = row.get_ref(column)?.as_str()?;
    EventKind::from_code(code).ok_or_else(|| load::unknown(column, code))
}
