//! What becomes of an order that the ledger has: confirmed, called off, handed over.

use oolong_protocol::shop::{Millis, Order, OrderState, Reason, VoucherChoice};

use super::{
    super::standing::{is_cancellable, is_newer, state_at},
    Act, Flow, Stage, trouble,
};
use crate::failure::Failure;

/// The key of an act: an order is confirmed once and called off once, from wherever it is asked.
pub(super) fn act_key(act: Act, order: &str) -> String {
    match act {
        Act::Confirm => format!("confirm.{order}"),
        Act::Cancel | Act::Replace | Act::Return => format!("cancel.{order}"),
    }
}

impl Flow {
    pub(super) fn wants(&mut self, act: Act, now: Millis) {
        let Stage::Placed { order, doing } = &mut self.stage else { return };
        let fits = match act {
            Act::Confirm | Act::Replace | Act::Return => state_at(order, now) == OrderState::Reserved,
            Act::Cancel => is_cancellable(order.state),
        };
        if doing.is_none() && fits {
            *doing = Some(act);
            (self.waiting, self.trouble) = (false, None);
        }
    }

    pub(super) fn done(&mut self, act: Act, reply: Result<Order, Failure>, now: Millis) {
        let Stage::Placed { order, doing } = &mut self.stage else { return };
        if *doing != Some(act) {
            return;
        }
        match reply {
            Ok(news) => {
                *doing = None;
                if is_newer(order, &news) {
                    *order = news;
                }
                let (store, ready_at) = (order.store.clone(), order.ready_at);
                (self.waiting, self.trouble) = (false, None);
                match act {
                    Act::Confirm | Act::Cancel => {}
                    Act::Return => self.go(Stage::Returned),
                    Act::Replace => {
                        self.vouchers = VoucherChoice::Best;
                        self.ready_at = Some(ready_at);
                        self.ask(store, now);
                    }
                }
            }
            Err(failure) if failure.is_passing() => self.waiting = true,
            Err(failure) => {
                *doing = None;
                if failure.reason() == Some(Reason::OrderLapsed) {
                    order.state = OrderState::Lapsed;
                }
                (self.waiting, self.trouble) = (false, trouble(failure));
                if act == Act::Return && self.reason() == Some(Reason::OrderLapsed) {
                    self.go(Stage::Returned);
                }
            }
        }
    }

    pub(super) fn news(&mut self, news: Order) {
        let Stage::Placed { order, doing } = &mut self.stage else { return };
        if news.id != order.id || !is_newer(order, &news) {
            return;
        }
        *order = news;
        let settled = match doing {
            Some(Act::Confirm) => order.state != OrderState::Reserved,
            Some(Act::Cancel) => !is_cancellable(order.state),
            // What follows these still has to happen; it does when the answer comes.
            Some(Act::Replace | Act::Return) | None => false,
        };
        if settled {
            *doing = None;
            self.waiting = false;
        }
        if doing.is_none() {
            self.trouble = None;
        }
    }
}
