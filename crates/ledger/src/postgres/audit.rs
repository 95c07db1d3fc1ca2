//! All rows and events of one moment, in the order in which they are compared.

use tokio_postgres::{Config, Error, IsolationLevel, Row, Transaction};

use super::row::{self, get, known};
use super::session::{connect, unavailable};
use crate::LedgerError;
use crate::audit::Auditor;
use crate::backend::AuditRow;
use crate::rows::{EventKind, order_from_code};

/// Rows that are held in memory at a time.
const AT_A_TIME: i32 = 4096;

type Read = fn(&Row) -> Result<AuditRow, LedgerError>;

/// Shows them to the auditor, on a connection of its own.
pub(super) async fn audit(config: &Config, mut auditor: Auditor) -> Result<Auditor, LedgerError> {
    let (mut client, driver) = connect(config).await.map_err(|error| unavailable(&error))?;
    // Everything is looked at, which is what other sessions must not do, and it takes its time.
    let settings = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET enable_seqscan = on";
    client.batch_execute(settings).await.map_err(|error| unavailable(&error))?;
    let moment = client.build_transaction().isolation_level(IsolationLevel::RepeatableRead).read_only(true).start();
    let moment = moment.await.map_err(|error| unavailable(&error))?;
    let parts: [(&str, Read); 6] = [
        (&format!("SELECT {} FROM vouchers ORDER BY id", row::VOUCHER), |row| row::voucher(row).map(AuditRow::Voucher)),
        ("SELECT voucher, count FROM events WHERE kind = 'issued' ORDER BY seq", issued),
        (&of_grants(), grant),
        (&of_orders(), order),
        ("SELECT store, at, count FROM events WHERE kind = 'order_sent' ORDER BY store, at, seq", sent),
        (&format!("SELECT {} FROM stores ORDER BY id", row::STORE), |row| row::store(row).map(AuditRow::Store)),
    ];
    for (sql, read) in parts {
        show(&moment, sql, read, &mut auditor).await?;
    }
    drop(moment);
    driver.abort();
    Ok(auditor)
}

async fn show(moment: &Transaction<'_>, sql: &str, read: Read, auditor: &mut Auditor) -> Result<(), LedgerError> {
    let told = |error: Error| unavailable(&error);
    let portal = moment.bind(sql, &[]).await.map_err(told)?;
    loop {
        let found = moment.query_portal(&portal, AT_A_TIME).await.map_err(told)?;
        if found.is_empty() {
            return Ok(());
        }
        for found in &found {
            auditor.see(read(found)?);
        }
    }
}

/// Columns of a grant, then: its id, its place, sequence, kind, and the order of an event or the state of an order.
fn of_grants() -> String {
    let nothing =
        "NULL::text, NULL::text, NULL::bigint, NULL::text, NULL::bigint, NULL::text, NULL::text, NULL::bigint";
    let columns: Vec<String> = row::GRANT.split(", ").map(|column| format!("grants.{column}")).collect();
    format!(
        "SELECT {}, grants.shopper || ':' || grants.voucher || ':' || grants.n AS id, 3 AS place, 0::bigint AS seq,
             NULL::text AS kind, orders.state AS other
         FROM grants LEFT JOIN orders ON orders.id = grants.order_id
         UNION ALL SELECT {nothing}, grant_id, 1, seq, kind, order_id FROM events WHERE grant_id IS NOT NULL
         UNION ALL SELECT {nothing}, grant_id, 2, 0, NULL, NULL FROM replies WHERE grant_id IS NOT NULL
         ORDER BY id, place, seq",
        columns.join(", ")
    )
}

/// Columns of an order, then: its id, its place, sequence, kind, number of announcements.
fn of_orders() -> String {
    format!(
        "SELECT {}, id, 2 AS place, 0::bigint AS seq, NULL::text AS kind,
             (SELECT count(*) FROM outbox WHERE order_id = orders.id)
         FROM orders
         UNION ALL SELECT NULL::json, NULL::text, NULL::text, NULL::json, NULL::bigint, NULL::bigint, NULL::bigint,
             NULL::bigint, order_id, 1, seq, kind, 0::bigint
         FROM events WHERE order_id IS NOT NULL AND kind LIKE 'order\\_%'
         ORDER BY id, place, seq",
        row::ORDER
    )
}

fn issued(row: &Row) -> Result<AuditRow, LedgerError> {
    Ok(AuditRow::Issued(get(row, 0)?, get(row, 1)?))
}

fn grant(row: &Row) -> Result<AuditRow, LedgerError> {
    let id: String = get(row, 8)?;
    Ok(match get::<i32>(row, 9)? {
        1 => AuditRow::GrantEvent {
            grant: id,
            seq: get(row, 10)?,
            kind: known(EventKind::from_code, get(row, 11)?)?,
            order: get(row, 12)?,
        },
        2 => AuditRow::GrantReply(id),
        _ => {
            let state = get::<Option<&str>>(row, 12)?.map(|code| known(order_from_code, code)).transpose()?;
            AuditRow::Grant(super::row::grant(row)?, state)
        }
    })
}

fn order(row: &Row) -> Result<AuditRow, LedgerError> {
    Ok(match get::<i32>(row, 9)? {
        1 => AuditRow::OrderEvent {
            order: get(row, 8)?,
            seq: get(row, 10)?,
            kind: known(EventKind::from_code, get(row, 11)?)?,
        },
        _ => AuditRow::Order(super::row::order(row)?, get(row, 12)?),
    })
}

fn sent(row: &Row) -> Result<AuditRow, LedgerError> {
    Ok(AuditRow::Sent { store: get(row, 0)?, at: get(row, 1)?, cap: get(row, 2)? })
}
