//! Loading a unit's rows: locked, in the order that all units keep, and in as few round trips as can be.
//!
//! One round trip where no orders are asked for: then all queries are sent at once. Orders draw in stores and wallets by
//! name, so they come first; the next stretch of a walk as well.

use std::collections::BTreeSet;

use oolong_protocol::shop::{GrantState, Millis};
use tokio_postgres::{Error, Row, Statement, types::ToSql};

use super::row;
use super::session::{Session, statements};
use super::{NOW, TIME, writer::Writing};
use crate::LedgerError;
use crate::backend::{FORGOTTEN, Keys, Rows, Walk};
use crate::rows::grant_key;

statements! {
    /// What loads.
    Loading {
        begin_unit = "UPDATE writers SET unit = $2 WHERE id = $1",
        orders = format!("SELECT {} FROM orders WHERE id = ANY($1) ORDER BY id FOR UPDATE", row::ORDER),
        // What another process is about to send is not waited for. Nor can it be waited for in this order.
        due = format!(
            "SELECT {} FROM orders WHERE state = 'confirmed' AND starts_at <= greatest({NOW}, $3)
             ORDER BY starts_at, id LIMIT $2 FOR UPDATE SKIP LOCKED",
            row::ORDER
        ),
        lapsed = format!(
            "SELECT {} FROM orders WHERE state = 'reserved' AND hold_until < greatest({NOW}, $3)
             ORDER BY hold_until, id LIMIT $2 FOR UPDATE SKIP LOCKED",
            row::ORDER
        ),
        forgotten = format!(
            "SELECT {} FROM orders WHERE state IN ('sent', 'ready') AND sent_at < greatest({NOW}, $3) - {FORGOTTEN}
             ORDER BY sent_at, id LIMIT $2 FOR UPDATE SKIP LOCKED",
            row::ORDER
        ),
        walking = "SELECT id, walk FROM vouchers WHERE walk IS NOT NULL ORDER BY id LIMIT 1",
        stretch = "SELECT shopper, voucher, n, state FROM grants WHERE (shopper, voucher, n) > ($1, $2, $3)
             ORDER BY shopper, voucher, n LIMIT $4",
        stores = format!("SELECT {} FROM stores WHERE id = ANY($1) ORDER BY id FOR UPDATE", row::STORE),
        wallets = format!(
            "SELECT {} FROM grants WHERE shopper = ANY($1) ORDER BY shopper, voucher, n FOR UPDATE",
            row::GRANT
        ),
        wallets_and_walk = format!(
            "SELECT {} FROM grants
                 JOIN (SELECT shopper, voucher, n FROM grants WHERE shopper = ANY($1)
                       UNION SELECT * FROM unnest($2::text[], $3::text[], $4::bigint[])) AS wanted
                 USING (shopper, voucher, n)
             ORDER BY shopper, voucher, n FOR UPDATE OF grants",
            row::GRANT
        ),
        vouchers = format!(
            "SELECT {} FROM vouchers
             WHERE $1 OR id = ANY($2) OR id IN (SELECT voucher FROM grants WHERE shopper = ANY($3))
             ORDER BY id FOR UPDATE",
            row::VOUCHER
        ),
        outbox = format!(
            "SELECT {} FROM outbox WHERE order_id = ANY($1) AND state <> 'delivered' ORDER BY order_id, seq FOR UPDATE",
            row::OUTBOX
        ),
        replies = format!("SELECT {} FROM replies WHERE digest = ANY($1)", row::REPLY),
        now = TIME,
    }
}

/// Why rows could not be loaded.
pub(super) enum NotLoaded {
    /// The database said so.
    Database(Error),
    /// A row changed between two looks at it.
    Changed,
    /// No answer came.
    Silent,
    /// They are not what is expected.
    Strange(LedgerError),
}

impl From<Error> for NotLoaded {
    fn from(error: Error) -> Self {
        Self::Database(error)
    }
}

impl From<LedgerError> for NotLoaded {
    fn from(error: LedgerError) -> Self {
        Self::Strange(error)
    }
}

/// Begins a transaction as unit `unit` of `writer` and loads. `clock` is a time for tests to use instead of the
/// database's, and the time that it is at least. The time that is returned is that at which all rows were locked.
pub(super) async fn load(
    session: &Session<Writing>,
    writer: &str,
    unit: i64,
    keys: &Keys,
    clock: (Option<Millis>, Millis),
) -> Result<(Rows, Millis), NotLoaded> {
    let wants_orders = !keys.orders.is_empty() || keys.due > 0 || keys.lapsed > 0 || keys.forgotten > 0;
    let mut rows = Rows::default();
    let now = if wants_orders || keys.walk > 0 {
        let (begun, orders) =
            tokio::join!(biased; begin(session, writer, unit), orders(session, keys, clock, &mut rows));
        begun?;
        orders?;
        let walk = if keys.walk > 0 { Stretch::next(session, keys.walk).await? } else { None };
        others(session, keys, clock.0, walk, &mut rows).await?
    } else {
        let (begun, now) =
            tokio::join!(biased; begin(session, writer, unit), others(session, keys, clock.0, None, &mut rows));
        begun?;
        now?
    };
    Ok((rows, now))
}

/// The row of the writer is locked first of all: should the connection break, its successor waits here until the server
/// has noticed, and then knows whether this unit was committed.
async fn begin(session: &Session<Writing>, writer: &str, unit: i64) -> Result<(), NotLoaded> {
    let (begun, marked) = tokio::join!(
        biased;
        session.client.batch_execute("BEGIN"),
        async { session.client.execute(&session.statements.loading.begin_unit, &[&writer, &unit]).await },
    );
    begun?;
    match marked? {
        1 => Ok(()),
        _ => Err(LedgerError::Mismatch("the row of this process in the table `writers` is gone".to_owned()).into()),
    }
}

async fn orders(
    session: &Session<Writing>,
    keys: &Keys,
    (clock, reckoned): (Option<Millis>, Millis),
    rows: &mut Rows,
) -> Result<(), NotLoaded> {
    let loading = &session.statements.loading;
    let ids = names(&keys.orders);
    let [most_due, most_lapsed, most_forgotten] = [keys.due, keys.lapsed, keys.forgotten].map(limit);
    let (named, due, lapsed, forgotten) = tokio::join!(
        biased;
        query_if(session, !ids.is_empty(), &loading.orders, [&ids]),
        query_if(session, most_due > 0, &loading.due, [&clock, &most_due, &reckoned]),
        query_if(session, most_lapsed > 0, &loading.lapsed, [&clock, &most_lapsed, &reckoned]),
        query_if(session, most_forgotten > 0, &loading.forgotten, [&clock, &most_forgotten, &reckoned]),
    );
    rows.orders = read(&named?, row::order)?;
    let found = [(due?, &mut rows.due), (lapsed?, &mut rows.lapsed), (forgotten?, &mut rows.forgotten)];
    for (found, ids) in found {
        for order in read(&found, row::order)? {
            ids.push(order.order.id.clone());
            if rows.orders.iter().all(|known| known.order.id != order.order.id) {
                rows.orders.push(order);
            }
        }
    }
    Ok(())
}

/// Everything but the orders. Replies come last: by then whoever is working on the same key has usually committed.
async fn others(
    session: &Session<Writing>,
    keys: &Keys,
    clock: Option<Millis>,
    walk: Option<Stretch>,
    rows: &mut Rows,
) -> Result<Millis, NotLoaded> {
    let loading = &session.statements.loading;
    let mut stores = keys.stores.clone();
    let mut shoppers = keys.wallets.clone();
    let mut vouchers = keys.vouchers.clone();
    for order in &rows.orders {
        stores.insert(order.order.store.clone());
        shoppers.insert(order.shopper.clone());
    }
    vouchers.extend(walk.iter().map(|walk| walk.voucher.clone()));
    let (stores, shoppers, vouchers) = (names(&stores), names(&shoppers), names(&vouchers));
    let outbox = names(&keys.outbox);
    let digests: Vec<&[u8]> = keys.replies.iter().map(<[u8; 16]>::as_slice).collect();
    let wallets = async {
        match &walk {
            None => query_if(session, !shoppers.is_empty(), &loading.wallets, [&shoppers]).await,
            Some(Stretch { shoppers: owners, vouchers, numbers, .. }) => {
                let wanted: [&(dyn ToSql + Sync); 4] = [&shoppers, owners, vouchers, numbers];
                session.client.query(&loading.wallets_and_walk, &wanted).await
            }
        }
    };
    let any_voucher = keys.every_voucher || !vouchers.is_empty() || !shoppers.is_empty();
    let all = keys.every_voucher;
    let (stores, grants, vouchers, outbox, replies, now) = tokio::join!(
        biased;
        query_if(session, !stores.is_empty(), &loading.stores, [&stores]),
        wallets,
        query_if(session, any_voucher, &loading.vouchers, [&all, &vouchers, &shoppers]),
        query_if(session, !outbox.is_empty(), &loading.outbox, [&outbox]),
        query_if(session, !digests.is_empty(), &loading.replies, [&digests]),
        async { session.client.query_one(&loading.now, &[&clock]).await },
    );
    rows.stores = read(&stores?, row::store)?;
    rows.grants = read(&grants?, row::grant)?;
    rows.vouchers = read(&vouchers?, row::voucher)?;
    rows.outbox = read(&outbox?, row::outbox)?;
    rows.replies = read(&replies?, row::reply)?;
    if let Some(walk) = walk {
        rows.walk = Some(walk.locked(rows)?);
    }
    Ok(row::get(&now?, 0)?)
}

/// The next stretch of a walk, before its rows are locked.
struct Stretch {
    voucher: String,
    from: String,
    next: Option<String>,
    shoppers: Vec<String>,
    vouchers: Vec<String>,
    numbers: Vec<i64>,
}

impl Stretch {
    async fn next(session: &Session<Writing>, length: usize) -> Result<Option<Self>, NotLoaded> {
        let loading = &session.statements.loading;
        let Some(walking) = session.client.query_opt(&loading.walking, &[]).await? else {
            return Ok(None);
        };
        let (voucher, from): (String, String) = (row::get(&walking, 0)?, row::get(&walking, 1)?);
        let (shopper, of, n) = grant_key(&from).unwrap_or(("", "", 0));
        let found = session.client.query(&loading.stretch, &[&shopper, &of, &n, &limit(length)]).await?;
        let mut stretch = Self { voucher, from, next: None, shoppers: vec![], vouchers: vec![], numbers: vec![] };
        let whole = found.len() == length;
        for (place, row) in found.iter().enumerate() {
            let (shopper, voucher, n): (String, String, i64) =
                (row::get(row, 0)?, row::get(row, 1)?, row::get(row, 2)?);
            if whole && place + 1 == length {
                stretch.next = Some(crate::rows::grant_id(&shopper, &voucher, n));
            }
            if voucher == stretch.voucher && is_walked(row::known(crate::rows::grant_from_code, row::get(row, 3)?)?) {
                stretch.shoppers.push(shopper);
                stretch.vouchers.push(voucher);
                stretch.numbers.push(n);
            }
        }
        Ok(Some(stretch))
    }

    /// What is left of it once its rows are locked: states may have changed between.
    fn locked(self, rows: &Rows) -> Result<Walk, NotLoaded> {
        let voucher = rows.vouchers.iter().find(|row| row.id == self.voucher);
        if voucher.and_then(|voucher| voucher.walk.as_ref()) != Some(&self.from) {
            return Err(NotLoaded::Changed);
        }
        let wanted: BTreeSet<(&str, i64)> =
            self.shoppers.iter().map(String::as_str).zip(self.numbers.iter().copied()).collect();
        let in_stretch = |row: &&crate::rows::GrantRow| {
            row.voucher == self.voucher && is_walked(row.state) && wanted.contains(&(row.shopper.as_str(), row.n))
        };
        let grants = rows.grants.iter().filter(in_stretch).map(crate::rows::GrantRow::id).collect();
        Ok(Walk { voucher: self.voucher, grants, next: self.next })
    }
}

fn is_walked(state: GrantState) -> bool {
    matches!(state, GrantState::Claimed | GrantState::Expired)
}

async fn query_if<const N: usize>(
    session: &Session<Writing>,
    wanted: bool,
    statement: &Statement,
    parameters: [&(dyn ToSql + Sync); N],
) -> Result<Vec<Row>, Error> {
    if wanted { session.client.query(statement, &parameters).await } else { Ok(Vec::new()) }
}

fn read<T>(found: &[Row], read: impl Fn(&Row) -> Result<T, LedgerError>) -> Result<Vec<T>, LedgerError> {
    found.iter().map(read).collect()
}

fn names(names: &BTreeSet<String>) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}

fn limit(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
