//! From goods to an order that the ledger has: where, which store, what it answers, and the ways out.

use oolong_intent::Fulfilment;
use oolong_protocol::shop::{
    Availability, Millis, OrderReply, OrderRequest, OrderState, Reason, StoreView, VoucherChoice,
};

use super::{super::standing::state_at, Flow, Remedy, Stage, trouble};
use crate::{failure::Failure, stores::nearby::HERE};

impl Flow {
    /// The ways out of where it stands.
    pub(crate) fn remedies(&self, now: Millis) -> Vec<Remedy> {
        use Remedy::{Again, Back, BestVouchers, Delivery, OtherStore, Pickup};
        match &self.stage {
            Stage::Place { .. } | Stage::Finding { .. } | Stage::New => vec![Back],
            Stage::Asking { .. } if self.waiting => vec![Back],
            Stage::Offered { .. } => vec![OtherStore, Back],
            Stage::Refused { .. } => match self.reason() {
                Some(Reason::FulfilmentUnavailable) => {
                    vec![if self.delivers() { Pickup } else { Delivery }, OtherStore, Back]
                }
                Some(
                    Reason::StoreUnknown
                    | Reason::StoreBusy
                    | Reason::StorePaused
                    | Reason::StoreClosed
                    | Reason::StorePermanentlyClosed
                    | Reason::StoreStateUnknown
                    | Reason::OrderTooFarAhead
                    | Reason::ItemUnavailable
                    | Reason::ItemOtherBrand,
                ) => vec![OtherStore, Back],
                Some(Reason::OrderInvalid | Reason::RequestTooLarge) => vec![Back],
                _ if matches!(self.vouchers, VoucherChoice::Grants(_)) => vec![BestVouchers, Back],
                _ => vec![Again, Back],
            },
            Stage::Placed { order, doing: None } => match state_at(order, now) {
                OrderState::Lapsed | OrderState::Failed | OrderState::Cancelled => vec![Again, Back],
                OrderState::Reserved
                | OrderState::Confirmed
                | OrderState::Sent
                | OrderState::Ready
                | OrderState::Collected => Vec::new(),
            },
            Stage::Asking { .. } | Stage::Placed { .. } | Stage::Returned => Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, chosen: Option<String>, now: Millis) {
        let place = self.wanted.place.clone();
        // Where to pick it up was said for this very order; where to bring it leaves the store open.
        match (chosen.filter(|_| place.is_none() || self.delivers()), place) {
            (Some(store), _) => self.chosen(store, now),
            (None, Some(place)) => self.go(Stage::Finding { place }),
            (None, None) => self.go(Stage::Place { unknown: None }),
        }
    }

    pub(super) fn near(&mut self, place: String, now: Millis) {
        // Where the shopper is finds a store, but is no address.
        if self.delivers() && place != HERE {
            self.wanted.place = Some(place.clone());
        }
        if self.delivers() && self.wanted.place.is_none() {
            return;
        }
        match self.store.take() {
            Some(store) => self.ask(store, now),
            None => self.go(Stage::Finding { place }),
        }
    }

    pub(super) fn chosen(&mut self, store: String, now: Millis) {
        if self.delivers() && self.wanted.place.is_none() {
            self.store = Some(store);
            return self.go(Stage::Place { unknown: None });
        }
        self.ask(store, now);
    }

    pub(super) fn found(&mut self, found: Result<Vec<StoreView>, Failure>, now: Millis) {
        let Stage::Finding { place } = &self.stage else { return };
        let place = place.clone();
        match found {
            Ok(stores) => match self.pick(&stores, now) {
                Some(store) => self.ask(store, now),
                None => self.go(Stage::Place { unknown: Some(place) }),
            },
            Err(failure) if failure.is_passing() => self.waiting = true,
            Err(failure) => {
                self.go(Stage::Place { unknown: None });
                self.trouble = trouble(failure);
            }
        }
    }

    /// The first that takes orders and has everything; else the first that may, as its server knows of others near by.
    fn pick(&self, stores: &[StoreView], now: Millis) -> Option<String> {
        let later = self.ready_at.is_some_and(|at| at - now > 60 * 60_000);
        let takes = |store: &&StoreView| {
            let way = self.wanted.fulfilment.unwrap_or(Fulfilment::Pickup);
            let has = |item: &str| !store.unavailable.iter().any(|gone| gone == item);
            let open = matches!(store.live.state, Availability::Open | Availability::Busy);
            (open || later) && store.fulfilment.contains(&way) && self.wanted.goods.iter().all(|line| has(&line.item))
        };
        let mut there = stores.iter().filter(|store| store.live.state != Availability::PermanentlyClosed);
        there.clone().find(takes).or_else(|| there.next()).map(|store| store.id.clone())
    }

    pub(super) fn ask(&mut self, store: String, now: Millis) {
        self.step += 1;
        self.ready_at = self.ready_at.filter(|at| *at > now);
        let fulfilment = self.wanted.fulfilment.unwrap_or(Fulfilment::Pickup);
        let request = OrderRequest {
            store,
            goods: self.wanted.goods.clone(),
            fulfilment,
            place: self.wanted.place.clone().filter(|_| fulfilment == Fulfilment::Delivery),
            ready_at: self.ready_at,
            vouchers: self.vouchers.clone(),
        };
        self.go(Stage::Asking { request });
    }

    pub(super) fn replied(&mut self, reply: Result<OrderReply, Failure>) {
        let Stage::Asking { request } = &self.stage else { return };
        let request = request.clone();
        match reply {
            Ok(OrderReply::Reserved(order)) => self.go(Stage::Placed { order, doing: None }),
            Ok(OrderReply::Offer(offer)) => self.go(Stage::Offered { request, offer }),
            Err(failure) if failure.is_passing() => self.waiting = true,
            Err(failure) => {
                self.go(Stage::Refused { request });
                self.trouble = trouble(failure);
            }
        }
    }

    pub(super) fn pressed(&mut self, remedy: Remedy, now: Millis) {
        let store = match &self.stage {
            Stage::Refused { request } | Stage::Offered { request, .. } => Some(request.store.clone()),
            Stage::Placed { order, .. } => Some(order.store.clone()),
            Stage::New | Stage::Place { .. } | Stage::Finding { .. } | Stage::Asking { .. } | Stage::Returned => None,
        };
        match (remedy, store) {
            (Remedy::Back, _) => self.go(Stage::Returned),
            (Remedy::OtherStore, _) | (_, None) => self.go(Stage::Place { unknown: None }),
            (Remedy::Again, Some(store)) => self.ask(store, now),
            (Remedy::Pickup, Some(store)) => {
                self.wanted.fulfilment = Some(Fulfilment::Pickup);
                self.ask(store, now);
            }
            (Remedy::Delivery, Some(store)) => {
                self.wanted.fulfilment = Some(Fulfilment::Delivery);
                // Near which place it was to be picked up is no address.
                self.wanted.place = None;
                self.chosen(store, now);
            }
            (Remedy::BestVouchers, Some(store)) => {
                self.vouchers = VoucherChoice::Best;
                self.ask(store, now);
            }
        }
    }
}
