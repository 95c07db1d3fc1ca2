//! Storing what a unit changed: one statement for each kind of row, whatever their number, all sent at once with the
//! commit behind them. A statement that fails makes the commit a rollback.

use tokio_postgres::{Error, Statement, types::Json, types::ToSql};

use super::row::{GRANT, OUTBOX, REPLY, STORE, VOUCHER};
use super::session::{Session, statements};
use super::writer::Writing;
use crate::backend::{Changes, Rows};
use crate::rows::{
    EventKind, GrantRow, OrderRow, StoreRow, VoucherRow, availability_code, grant_code, order_code, outbox_code,
    pack_times,
};

const ORDER_COLUMNS: &str =
    "id, shopper, store, brand, state, placed_at, starts_at, hold_until, sent_at, announced, grants, body";
const ORDER_ARRAYS: &str = "$1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], \
     $8::bigint[], $9::bigint[], $10::bigint[], $11::json[], $12::json[]";
const VOUCHER_ARRAYS: &str = "$1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], \
     $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::boolean[], $13::bigint[], \
     $14::bigint[], $15::text[]";
const GRANT_ARRAYS: &str = "$1::text[], $2::text[], $3::bigint[], $4::text[], $5::bigint[], $6::text[], $7::text[], \
     $8::bigint[]";
const STORE_ARRAYS: &str = "$1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], \
     $7::bigint[], $8::bigint[], $9::bytea[], $10::bytea[], $11::bigint[], $12::bigint[], $13::text[]";

/// Inserts; a key that is taken is an error.
fn insert(table: &str, columns: &str, arrays: &str) -> String {
    format!("INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays})")
}

/// Replaces the rows with the same `key`, which are locked since they were loaded.
fn update(table: &str, columns: &str, key: &[&str], arrays: &str) -> String {
    let names = columns.split(", ");
    let set: Vec<String> =
        names.filter(|name| !key.contains(name)).map(|name| format!("{name} = new.{name}")).collect();
    let found: Vec<String> = key.iter().map(|name| format!("{table}.{name} = new.{name}")).collect();
    format!(
        "UPDATE {table} SET {} FROM unnest({arrays}) AS new ({columns}) WHERE {}",
        set.join(", "),
        found.join(" AND ")
    )
}

statements! {
    /// What stores.
    Storing {
        orders = update("orders", ORDER_COLUMNS, &["id"], ORDER_ARRAYS),
        new_orders = insert("orders", ORDER_COLUMNS, ORDER_ARRAYS),
        stores = update("stores", STORE, &["id"], STORE_ARRAYS),
        new_stores = insert("stores", STORE, STORE_ARRAYS),
        grants = update("grants", GRANT, &["shopper", "voucher", "n"], GRANT_ARRAYS),
        new_grants = insert("grants", GRANT, GRANT_ARRAYS),
        vouchers = update("vouchers", VOUCHER, &["id"], VOUCHER_ARRAYS),
        new_vouchers = insert("vouchers", VOUCHER, VOUCHER_ARRAYS),
        outbox = format!(
            "INSERT INTO outbox ({OUTBOX}) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[], $4::text[],
                 $5::bigint[], $6::bigint[], $7::text[], $8::bigint[], $9::text[])
             ON CONFLICT (order_id, seq) DO UPDATE SET url = EXCLUDED.url, payload = EXCLUDED.payload,
                 due_at = EXCLUDED.due_at, attempts = EXCLUDED.attempts, state = EXCLUDED.state, error = EXCLUDED.error"
        ),
        replies = insert("replies", REPLY, "$1::bytea[], $2::bytea[], $3::integer[], $4::bytea[], $5::text[], $6::bigint[]"),
        // Taken last and held until the commit, so that changes of stores become visible in the order of their numbers:
        // who has read number 7 will never find a 6 that was not there before.
        in_sequence = "SELECT pg_advisory_xact_lock(7309940820846403955)",
        events = "INSERT INTO events
                 (at, kind, actor_kind, actor, voucher, grant_id, order_id, store, count, detail)
             SELECT at, kind, actor_kind, actor, voucher, grant_id, order_id, store, count, detail
             FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                 $8::text[], $9::bigint[], $10::text[]) WITH ORDINALITY
                 AS new (at, kind, actor_kind, actor, voucher, grant_id, order_id, store, count, detail, place)
             ORDER BY place",
    }
}

/// The names of the rows that were loaded: those of vouchers and stores that were not are new.
pub(super) struct Loaded {
    vouchers: Vec<String>,
    stores: Vec<String>,
}

impl Loaded {
    /// Notes them.
    pub(super) fn of(rows: &Rows) -> Self {
        Self {
            vouchers: rows.vouchers.iter().map(|row| row.id.clone()).collect(),
            stores: rows.stores.iter().map(|row| row.id.clone()).collect(),
        }
    }
}

/// Stores and commits. After an error nothing was stored, unless the connection was lost: then nobody knows.
pub(super) async fn store(session: &Session<Writing>, mut changes: Changes, loaded: &Loaded) -> Result<(), Error> {
    // Rows are inserted in the order of their keys: who waits for another's key holds no later one.
    changes.grants.sort_by(|(one, _), (other, _)| key(one).cmp(&key(other)));
    changes.orders.sort_by(|(one, _), (other, _)| one.order.id.cmp(&other.order.id));
    changes.vouchers.sort_by(|one, other| one.id.cmp(&other.id));
    changes.stores.sort_by(|one, other| one.id.cmp(&other.id));
    changes.outbox.sort_by(|one, other| (&one.order, one.seq).cmp(&(&other.order, other.seq)));
    changes.replies.sort_by_key(|reply| reply.digest);

    let storing = &session.statements.storing;
    let (new_orders, orders) = split(changes.orders.iter().map(|(row, new)| (row, *new)));
    let (new_grants, grants) = split(changes.grants.iter().map(|(row, new)| (row, *new)));
    let (new_stores, stores) = split(changes.stores.iter().map(|row| (row, !loaded.stores.contains(&row.id))));
    let (new_vouchers, vouchers) = split(changes.vouchers.iter().map(|row| (row, !loaded.vouchers.contains(&row.id))));
    let in_sequence = async {
        if changes.events.iter().any(|event| event.kind == EventKind::StoreState) {
            session.client.execute(&storing.in_sequence, &[]).await?;
        }
        Ok(())
    };
    let all = tokio::join!(
        biased;
        store_orders(session, &storing.orders, &orders),
        store_orders(session, &storing.new_orders, &new_orders),
        store_stores(session, &storing.stores, &stores),
        store_stores(session, &storing.new_stores, &new_stores),
        store_grants(session, &storing.grants, &grants),
        store_grants(session, &storing.new_grants, &new_grants),
        store_vouchers(session, &storing.vouchers, &vouchers),
        store_vouchers(session, &storing.new_vouchers, &new_vouchers),
        store_outbox(session, &changes),
        store_replies(session, &changes),
        in_sequence,
        store_events(session, &changes),
        session.client.batch_execute("COMMIT"),
    );
    let (a, b, c, d, e, f, g, h, i, j, k, l, committed) = all;
    // The first error is the cause of the others.
    [a, b, c, d, e, f, g, h, i, j, k, l, committed].into_iter().collect()
}

fn key(row: &GrantRow) -> (&str, &str, i64) {
    (&row.shopper, &row.voucher, row.n)
}

/// The new ones and the others.
fn split<'a, T>(rows: impl Iterator<Item = (&'a T, bool)>) -> (Vec<&'a T>, Vec<&'a T>) {
    let (new, old): (Vec<_>, Vec<_>) = rows.partition(|(_, new)| *new);
    let only = |rows: Vec<(&'a T, bool)>| rows.into_iter().map(|(row, _)| row).collect();
    (only(new), only(old))
}

/// One value of each row: an array for the database.
fn column<'a, R, T>(rows: &'a [R], value: impl FnMut(&'a R) -> T) -> Vec<T> {
    rows.iter().map(value).collect()
}

/// Nothing is sent where there are no rows.
async fn run(
    session: &Session<Writing>,
    statement: &Statement,
    rows: usize,
    columns: &[&(dyn ToSql + Sync)],
) -> Result<(), Error> {
    if rows == 0 {
        return Ok(());
    }
    session.client.execute(statement, columns).await.map(drop)
}

async fn store_orders(session: &Session<Writing>, statement: &Statement, rows: &[&OrderRow]) -> Result<(), Error> {
    run(
        session,
        statement,
        rows.len(),
        &[
            &column(rows, |row| &row.order.id),
            &column(rows, |row| &row.shopper),
            &column(rows, |row| &row.order.store),
            &column(rows, |row| &row.brand),
            &column(rows, |row| order_code(row.order.state)),
            &column(rows, |row| row.order.placed_at),
            &column(rows, |row| row.starts_at),
            &column(rows, |row| row.hold_until),
            &column(rows, |row| row.sent_at),
            &column(rows, |row| row.announced),
            &column(rows, |row| Json(&row.grants)),
            &column(rows, |row| Json(&row.order)),
        ],
    )
    .await
}

async fn store_stores(session: &Session<Writing>, statement: &Statement, rows: &[&StoreRow]) -> Result<(), Error> {
    run(
        session,
        statement,
        rows.len(),
        &[
            &column(rows, |row| &row.id),
            &column(rows, |row| row.said.map(availability_code)),
            &column(rows, |row| row.minutes),
            &column(rows, |row| row.until),
            &column(rows, |row| row.said_at),
            &column(rows, |row| row.pace),
            &column(rows, |row| row.cap),
            &column(rows, |row| row.prep),
            &column(rows, |row| pack_times(&row.booked)),
            &column(rows, |row| pack_times(&row.sent)),
            &column(rows, |row| row.day),
            &column(rows, |row| row.number),
            &column(rows, |row| row.shown.map(availability_code)),
        ],
    )
    .await
}

async fn store_grants(session: &Session<Writing>, statement: &Statement, rows: &[&GrantRow]) -> Result<(), Error> {
    run(
        session,
        statement,
        rows.len(),
        &[
            &column(rows, |row| &row.shopper),
            &column(rows, |row| &row.voucher),
            &column(rows, |row| row.n),
            &column(rows, |row| grant_code(row.state)),
            &column(rows, |row| row.claimed_at),
            &column(rows, |row| &row.order),
            &column(rows, |row| &row.store),
            &column(rows, |row| row.changed_at),
        ],
    )
    .await
}

async fn store_vouchers(session: &Session<Writing>, statement: &Statement, rows: &[&VoucherRow]) -> Result<(), Error> {
    run(
        session,
        statement,
        rows.len(),
        &[
            &column(rows, |row| &row.id),
            &column(rows, |row| row.issued),
            &column(rows, |row| row.available),
            &column(rows, |row| row.claimed),
            &column(rows, |row| row.reserved),
            &column(rows, |row| row.redeemed),
            &column(rows, |row| row.expired),
            &column(rows, |row| row.revoked),
            &column(rows, |row| row.per_shopper),
            &column(rows, |row| row.valid_from),
            &column(rows, |row| row.valid_until),
            &column(rows, |row| row.suspended),
            &column(rows, |row| row.revoked_at),
            &column(rows, |row| row.ended),
            &column(rows, |row| &row.walk),
        ],
    )
    .await
}

async fn store_outbox(session: &Session<Writing>, changes: &Changes) -> Result<(), Error> {
    let rows = changes.outbox.as_slice();
    run(
        session,
        &session.statements.storing.outbox,
        rows.len(),
        &[
            &column(rows, |row| &row.order),
            &column(rows, |row| row.seq),
            &column(rows, |row| &row.url),
            &column(rows, |row| &row.payload),
            &column(rows, |row| row.due_at),
            &column(rows, |row| row.attempts),
            &column(rows, |row| outbox_code(row.state)),
            &column(rows, |row| row.created_at),
            &column(rows, |row| &row.error),
        ],
    )
    .await
}

async fn store_replies(session: &Session<Writing>, changes: &Changes) -> Result<(), Error> {
    let rows = changes.replies.as_slice();
    run(
        session,
        &session.statements.storing.replies,
        rows.len(),
        &[
            &column(rows, |row| row.digest.as_slice()),
            &column(rows, |row| row.fingerprint.as_slice()),
            &column(rows, |row| i32::from(row.status)),
            &column(rows, |row| &*row.body),
            &column(rows, |row| &row.grant),
            &column(rows, |row| row.at),
        ],
    )
    .await
}

async fn store_events(session: &Session<Writing>, changes: &Changes) -> Result<(), Error> {
    let rows = changes.events.as_slice();
    run(
        session,
        &session.statements.storing.events,
        rows.len(),
        &[
            &column(rows, |row| row.at),
            &column(rows, |row| row.kind.code()),
            &column(rows, |row| row.actor_kind),
            &column(rows, |row| &row.actor),
            &column(rows, |row| &row.voucher),
            &column(rows, |row| &row.grant),
            &column(rows, |row| &row.order),
            &column(rows, |row| &row.store),
            &column(rows, |row| row.count),
            &column(rows, |row| &row.detail),
        ],
    )
    .await
}
