//! Units of work on a real server, without rules: rows come back as they were stored, whatever goes wrong between.

mod connections;
mod processes;
mod rows;

use std::sync::{Arc, OnceLock};

use oolong_protocol::shop::{Availability, Goods, GrantState, Order, OrderState, PriceView};
use xtask::postgres::Cluster;

use super::*;
use crate::backend::{Changes, Keys, Rows, Setback};
use crate::rows::{EventKind, EventRow, OutboxState, ReplyRow};

fn cluster() -> &'static Cluster {
    static CLUSTER: OnceLock<Cluster> = OnceLock::new();
    CLUSTER.get_or_init(|| Cluster::start().expect("PostgreSQL is there or can be installed"))
}

fn fresh() -> String {
    cluster().fresh_database().unwrap()
}

async fn opened(url: &str) -> (Arc<dyn Backend>, Box<dyn Writer>) {
    let backend = open(url.to_owned(), "tea".to_owned(), Tuning::default()).await.unwrap();
    let writer = backend.writers().unwrap().remove(0);
    (backend, writer)
}

/// Runs what blocks on a thread of its own, as the ledger does.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap()
}

fn voucher(id: &str, available: i64) -> VoucherRow {
    VoucherRow { id: id.to_owned(), issued: available, available, per_shopper: 1, ..VoucherRow::default() }
}

fn grant(shopper: &str, n: i64) -> GrantRow {
    GrantRow {
        shopper: shopper.to_owned(),
        voucher: "milk tea".to_owned(),
        n,
        state: GrantState::Claimed,
        claimed_at: 5,
        order: None,
        store: None,
        changed_at: 5,
    }
}

fn order(id: &str, state: OrderState, starts_at: Millis) -> OrderRow {
    OrderRow {
        order: Order {
            id: id.to_owned(),
            number: "A1".to_owned(),
            state,
            store: "s1".to_owned(),
            store_names: vec!["Nayuki".to_owned(), "奈雪".to_owned()],
            goods: vec![Goods { item: "tea".to_owned(), quantity: 2, modifiers: vec!["ice:*0".to_owned()] }],
            fulfilment: oolong_intent::Fulfilment::Delivery,
            place: Some("\"Gate\" 4\u{1f375}".to_owned()),
            price: PriceView { currency: "CNY".to_owned(), total: 1800, ..PriceView::default() },
            placed_at: starts_at,
            ready_at: 9,
            reserved_until: None,
            changed_at: 7,
        },
        shopper: "ann".to_owned(),
        brand: "nayuki".to_owned(),
        grants: vec!["ann:milk tea:1".to_owned()],
        starts_at,
        hold_until: starts_at + 10,
        sent_at: None,
        announced: 1,
    }
}

fn event(kind: EventKind, store: Option<&str>) -> EventRow {
    EventRow {
        at: 1,
        kind,
        actor_kind: "clockwork",
        actor: String::new(),
        voucher: None,
        grant: None,
        order: None,
        store: store.map(str::to_owned),
        count: 1,
        detail: "{}".to_owned(),
    }
}

fn all_kinds() -> Changes {
    let store = StoreRow {
        id: "s1".to_owned(),
        said: Some(Availability::Busy),
        minutes: Some(12),
        booked: vec![1, 60_000, 60_000],
        sent: vec![1_790_000_000_000],
        shown: Some(Availability::Open),
        ..StoreRow::default()
    };
    let outbox = OutboxRow {
        order: "o1".to_owned(),
        seq: 1,
        url: "http://partner/".to_owned(),
        payload: "{\"a\": 1}".to_owned(),
        due_at: 3,
        attempts: 0,
        state: OutboxState::Pending,
        created_at: 2,
        error: String::new(),
    };
    let reply = ReplyRow {
        digest: [7; 16],
        fingerprint: [8; 32],
        status: 201,
        body: Arc::from(&b"{\"state\":\"claimed\"}\0\xff"[..]),
        grant: Some("ann:milk tea:1".to_owned()),
        at: 4,
    };
    Changes {
        vouchers: vec![VoucherRow { walk: Some(String::new()), valid_until: Some(9), ..voucher("milk tea", 10) }],
        grants: vec![(grant("bob", 1), true), (grant("ann", 2), true), (grant("ann", 1), true)],
        orders: vec![(order("o1", OrderState::Confirmed, 3), true), (order("o2", OrderState::Reserved, 1), true)],
        stores: vec![store],
        outbox: vec![outbox],
        replies: vec![reply],
        events: vec![event(EventKind::Claimed, None), event(EventKind::StoreState, Some("s1"))],
    }
}

/// All rows that these keys find.
fn load(writer: &mut dyn Writer, keys: &Keys) -> Rows {
    let mut found = Rows::default();
    let unit = writer.unit(keys, &mut |rows, _| {
        found = rows;
        Changes::default()
    });
    unit.unwrap();
    found
}

fn store(writer: &mut dyn Writer, changes: &Changes) -> Result<(), Setback> {
    writer.unit(&Keys::default(), &mut |_, _| changes.clone())
}

fn names<const N: usize>(names: [&str; N]) -> std::collections::BTreeSet<String> {
    names.map(str::to_owned).into()
}
