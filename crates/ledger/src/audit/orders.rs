//! Orders: the way that each has gone, against its row; what stores were sent, against their caps; and their slots.

use oolong_protocol::shop::{Millis, OrderState};

use super::Auditor;
use crate::rows::{EventKind, OrderRow, StoreRow, order_code};

/// What "orders per minute" means.
const MINUTE: Millis = 60_000;

/// One order as the history tells it.
#[derive(Debug, Default)]
pub(super) struct OrderTrace {
    id: String,
    state: Option<OrderState>,
    row: bool,
}

impl Auditor {
    /// The next event of an order.
    pub(super) fn order_event(&mut self, id: &str, seq: i64, kind: EventKind) {
        use OrderState::{Cancelled, Collected, Confirmed, Failed, Lapsed, Ready, Reserved, Sent};
        self.count("events");
        let trace = self.order_trace(id);
        let to = match (kind, trace.state) {
            (EventKind::OrderPlaced, None) => Some(Reserved),
            (EventKind::OrderConfirmed, Some(Reserved)) => Some(Confirmed),
            (EventKind::OrderCancelled, Some(Reserved | Confirmed)) => Some(Cancelled),
            (EventKind::OrderLapsed, Some(Reserved)) => Some(Lapsed),
            (EventKind::OrderSent, Some(Confirmed)) => Some(Sent),
            (EventKind::OrderReady, Some(Sent)) => Some(Ready),
            (EventKind::OrderCollected, Some(Sent | Ready)) => Some(Collected),
            (EventKind::OrderFailed, Some(Sent | Ready)) => Some(Failed),
            (EventKind::OrderAnnounced, Some(state @ (Sent | Ready | Collected))) => Some(state),
            _ => None,
        };
        match (to, trace.state) {
            (Some(to), _) => trace.state = Some(to),
            (None, from) => {
                let from = from.map_or("nothing", order_code);
                self.breach(format!("event {seq}: order {id:?} cannot come to {} from {from}", kind.code()));
            }
        }
    }

    /// The row of an order, after its events.
    pub(super) fn order_row(&mut self, row: &OrderRow, announcements: i64) {
        self.count("orders");
        let order = &row.order;
        let trace = self.order_trace(&order.id);
        trace.row = true;
        if trace.state != Some(order.state) {
            let told = trace.state.map_or("nothing", order_code);
            self.breach(format!("order {:?} is {}, its history says {told}", order.id, order_code(order.state)));
        }
        if announcements != row.announced {
            let (id, told) = (&order.id, row.announced);
            self.breach(format!("order {id:?} has {announcements} announcements, it says {told}"));
        }
        if matches!(order.state, OrderState::Reserved | OrderState::Confirmed) {
            self.booked.entry(order.store.clone()).or_default().push(row.starts_at);
        }
    }

    /// No more comes of the order that is looked at.
    pub(super) fn end_order(&mut self) {
        if let Some(trace) = self.order.take().filter(|trace| !trace.row) {
            self.breach(format!("order {:?} is named by the history and has no row", trace.id));
        }
    }

    /// An order was sent to a store that could begin `cap` of them in a minute.
    pub(super) fn sent(&mut self, store: &str, at: Millis, cap: i64) {
        if self.sent.0 != store {
            self.sent = (store.to_owned(), Vec::new());
        }
        self.sent.1.retain(|before| at - before < MINUTE);
        self.sent.1.push(at);
        let count = self.sent.1.len();
        if i64::try_from(count).unwrap_or(i64::MAX) > cap {
            self.breach(format!("store {store:?} was sent {count} orders in the minute before {at}, at most {cap}"));
        }
    }

    /// The row of a store, after all orders.
    pub(super) fn store(&mut self, row: &StoreRow) {
        self.count("stores");
        let mut held = self.booked.remove(&row.id).unwrap_or_default();
        held.sort_unstable();
        if held != row.booked {
            self.breach(format!(
                "store {:?} has {} slots booked, its orders hold {}, or other times",
                row.id,
                row.booked.len(),
                held.len()
            ));
        }
    }

    /// The trace of this order; that of another one is ended.
    fn order_trace(&mut self, id: &str) -> &mut OrderTrace {
        if self.order.as_ref().is_none_or(|trace| trace.id != id) {
            self.end_order();
            self.order = Some(OrderTrace { id: id.to_owned(), ..OrderTrace::default() });
        }
        self.order.get_or_insert_default()
    }
}
