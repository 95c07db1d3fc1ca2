//! Grants: the way that each has gone, against its row.

use oolong_protocol::shop::{GrantState, OrderState};

use super::Auditor;
use crate::rows::{EventKind, GrantRow, grant_code, grant_key, order_code};

/// One grant as the history tells it.
#[derive(Debug, Default)]
pub(super) struct GrantTrace {
    id: String,
    state: Option<GrantState>,
    order: Option<String>,
    pub(super) replies: u32,
    row: bool,
}

impl Auditor {
    /// The trace of this grant; that of another one is ended.
    pub(super) fn trace(&mut self, id: &str) -> &mut GrantTrace {
        if self.grant.as_ref().is_none_or(|trace| trace.id != id) {
            self.end_grant();
            self.grant = Some(GrantTrace { id: id.to_owned(), ..GrantTrace::default() });
        }
        self.grant.get_or_insert_default()
    }

    /// The next event of a grant.
    pub(super) fn grant_event(&mut self, id: &str, seq: i64, kind: EventKind, order: Option<String>) {
        use GrantState::{Claimed, Expired, Redeemed, Reserved, Revoked};
        self.count("events");
        let trace = self.trace(id);
        let from = trace.state;
        let to = match (kind, from) {
            (EventKind::Claimed, None)
            | (EventKind::Released, Some(Reserved))
            | (EventKind::Restored, Some(Expired)) => Some(Claimed),
            (EventKind::Reserved, Some(Claimed)) => Some(Reserved),
            (EventKind::Redeemed, Some(Claimed | Reserved)) => Some(Redeemed),
            (EventKind::Expired, Some(Claimed)) => Some(Expired),
            (EventKind::Revoked, Some(Claimed | Expired)) => Some(Revoked),
            _ => None,
        };
        match to {
            Some(to) => {
                trace.state = Some(to);
                trace.order = if to == Claimed { None } else { order };
            }
            None => {
                let from = from.map_or("nothing", grant_code);
                self.breach(format!("event {seq}: grant {id:?} cannot be {} from {from}", kind.code()));
            }
        }
        if kind == EventKind::Claimed
            && let Some(tally) = grant_key(id).and_then(|key| self.vouchers.get_mut(key.1))
        {
            tally.claims += 1;
        }
    }

    /// The row of a grant, after its events, with the state of the order that it names.
    pub(super) fn grant_row(&mut self, row: &GrantRow, order: Option<OrderState>) {
        self.count("grants");
        let id = row.id();
        let trace = self.trace(&id);
        trace.row = true;
        let (state, named) = (trace.state, trace.order.clone());
        if state != Some(row.state) {
            let told = state.map_or("nothing", grant_code);
            self.breach(format!("grant {id:?} is {}, its history says {told}", grant_code(row.state)));
        }
        if row.state == GrantState::Reserved {
            if named != row.order {
                self.breach(format!("grant {id:?} is held by {:?}, its history says {named:?}", row.order));
            }
            if !order.is_some_and(holds) {
                let found = order.map_or("missing", order_code);
                self.breach(format!("grant {id:?} is reserved, but its order is {found}"));
            }
        }
        let Some(tally) = self.vouchers.get_mut(&row.voucher) else {
            return self.breach(format!("grant {id:?} is of a voucher that has no row"));
        };
        *tally.by_rows.entry(grant_code(row.state)).or_default() += 1;
        let most = tally.row.per_shopper;
        if row.n > most || row.n < 1 {
            self.breach(format!("grant {id:?}: a shopper may have {most} of its voucher"));
        }
    }

    /// No more comes of the grant that is looked at.
    pub(super) fn end_grant(&mut self) {
        let Some(trace) = self.grant.take() else { return };
        if !trace.row {
            let by = if trace.replies > 0 { "a reply" } else { "the history" };
            self.breach(format!("grant {:?} is named by {by} and has no row", trace.id));
        }
        let tally = grant_key(&trace.id).and_then(|key| self.vouchers.get_mut(key.1));
        match (tally, trace.state) {
            (Some(tally), Some(state)) => *tally.by_history.entry(grant_code(state)).or_default() += 1,
            (None, Some(_)) => self.breach(format!("grant {:?} is of no voucher that has a row", trace.id)),
            (_, None) => {}
        }
    }
}

/// Whether an order in this state can hold vouchers.
fn holds(state: OrderState) -> bool {
    matches!(state, OrderState::Reserved | OrderState::Confirmed | OrderState::Sent | OrderState::Ready)
}
