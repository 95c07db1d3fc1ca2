//! The way of one order from goods to handing over, as a machine without clock, network or words.
//!
//! The shell tells it what happens ([`Flow::hear`]) and does what it asks for ([`Flow::due`]). What is asked for follows
//! from the state alone, so a flow that was stored in the middle of something goes on from there, under the same key.

use oolong_intent::Fulfilment;
use oolong_protocol::{
    counter::Wanted,
    shop::{
        Availability, Millis, Offer, Order, OrderReply, OrderRequest, OrderState, Problem, Reason, Slot, StoreView,
        VoucherChoice,
    },
};
use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// The order of one brand's goods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flow {
    /// What its idempotency keys begin with: the wish and which of its orders.
    pub(crate) id: String,
    pub(crate) brand: String,
    pub(crate) wanted: Wanted,
    pub(crate) vouchers: VoucherChoice,
    /// When it should be ready, where something was said.
    pub(crate) ready_at: Option<Millis>,
    /// How many requests were made.
    step: u32,
    /// The store that was chosen, while it is not clear yet where to deliver.
    store: Option<String>,
    pub(crate) stage: Stage,
    /// Whether the last attempt got no answer and is being repeated.
    pub(crate) waiting: bool,
    /// Why the last attempt came to nothing.
    pub(crate) trouble: Option<Trouble>,
}

/// How far it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Stage {
    /// Nothing was asked yet.
    New,
    /// The shopper has to say where.
    Place {
        /// Near this there was nothing.
        unknown: Option<String>,
    },
    /// A store near this place is looked for.
    Finding { place: String },
    /// The store is asked.
    Asking { request: OrderRequest },
    /// Not like that, but otherwise.
    Offered { request: OrderRequest, offer: Offer },
    /// Refused for good.
    Refused { request: OrderRequest },
    /// The ledger has it.
    Placed { order: Order, doing: Option<Act> },
    /// The goods are in the cart again.
    Returned,
}

/// Something that the shopper wants done with an order that the ledger has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Act {
    Confirm,
    Cancel,
    /// Called off, to be asked for again at once, with the vouchers that are there by then.
    Replace,
    /// Called off, and its goods go back to the cart.
    Return,
}

/// Why something came to nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Trouble {
    Refused(Box<Problem>),
    /// The answer could not be read.
    Garbled,
}

/// What happened.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The card is shown; with the store of the brand that was chosen on the map before.
    Begin { chosen: Option<String> },
    /// The shopper said where.
    Near(String),
    /// These stores are near, nearest first.
    Found(Result<Vec<StoreView>, Failure>),
    /// The shopper chose this store.
    Chosen(String),
    /// The server answered a request.
    Replied { step: u32, reply: Result<OrderReply, Failure> },
    /// The shopper took an offer: another store, or the same one, at this time.
    Took { store: Option<String>, slot: Slot },
    /// The shopper took another way out.
    Pressed(Remedy),
    /// The shopper wants this done.
    Wants(Act),
    /// The server answered to that.
    Done { act: Act, reply: Result<Order, Failure> },
    /// How the order stands.
    News(Order),
}

/// Ways out that are no offers of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The same once more.
    Again,
    /// Somewhere else.
    OtherStore,
    /// Fetch it instead of having it brought.
    Pickup,
    /// With whichever vouchers fit.
    BestVouchers,
    /// The goods go back to the cart.
    Back,
}

/// What the shell has to do now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Due {
    Find { place: String },
    Post { key: String, step: u32, request: OrderRequest },
    Act { act: Act, key: String, order: String },
}

impl Flow {
    pub(crate) fn new(
        id: String,
        brand: String,
        wanted: Wanted,
        vouchers: VoucherChoice,
        ready_at: Option<Millis>,
    ) -> Self {
        Self {
            id,
            brand,
            wanted,
            vouchers,
            ready_at,
            step: 0,
            store: None,
            stage: Stage::New,
            waiting: false,
            trouble: None,
        }
    }

    /// The flow of an order that the ledger has already.
    pub(crate) fn of(order: Order, brand: String) -> Self {
        let wanted = Wanted {
            goods: order.goods.clone(),
            fulfilment: Some(order.fulfilment),
            place: order.place.clone(),
            when: None,
            vouchers: Vec::new(),
        };
        let flow = Self::new(format!("again.{}", order.id), brand, wanted, VoucherChoice::Best, None);
        Self { stage: Stage::Placed { order, doing: None }, ..flow }
    }

    /// What the shell has to do; nothing where the shopper's or the ledger's turn it is.
    pub(crate) fn due(&self) -> Option<Due> {
        match &self.stage {
            Stage::Finding { place } => Some(Due::Find { place: place.clone() }),
            Stage::Asking { request } => {
                Some(Due::Post { key: format!("{}.{}", self.id, self.step), step: self.step, request: request.clone() })
            }
            Stage::Placed { order, doing: Some(act) } => {
                Some(Due::Act { act: *act, key: act_key(*act, &order.id), order: order.id.clone() })
            }
            Stage::New
            | Stage::Place { .. }
            | Stage::Offered { .. }
            | Stage::Refused { .. }
            | Stage::Placed { doing: None, .. }
            | Stage::Returned => None,
        }
    }

    /// Takes in what happened at `now`. What does not fit the stage is late or doubled, and changes nothing.
    pub(crate) fn hear(&mut self, event: Event, now: Millis) {
        match event {
            Event::Begin { chosen } => {
                if self.stage == Stage::New {
                    self.begin(chosen, now);
                }
            }
            Event::Near(place) => {
                if matches!(self.stage, Stage::Place { .. }) {
                    self.near(place, now);
                }
            }
            Event::Found(found) => self.found(found, now),
            Event::Chosen(store) => {
                if self.can_choose() {
                    self.chosen(store, now);
                }
            }
            Event::Replied { step, reply } => {
                if step == self.step {
                    self.replied(reply);
                }
            }
            Event::Took { store, slot } => {
                if let Stage::Offered { request, .. } = &self.stage {
                    let store = store.unwrap_or_else(|| request.store.clone());
                    self.ready_at = Some(slot.ready_at);
                    self.ask(store, now);
                }
            }
            Event::Pressed(remedy) => {
                if self.remedies(now).contains(&remedy) {
                    self.pressed(remedy, now);
                }
            }
            Event::Wants(act) => self.wants(act, now),
            Event::Done { act, reply } => self.done(act, reply, now),
            Event::News(news) => self.news(news),
        }
    }

    /// The ways out of where it stands.
    pub(crate) fn remedies(&self, now: Millis) -> Vec<Remedy> {
        use Remedy::{Again, Back, BestVouchers, OtherStore, Pickup};
        match &self.stage {
            Stage::Place { .. } | Stage::Finding { .. } | Stage::New => vec![Back],
            Stage::Asking { .. } if self.waiting => vec![Back],
            Stage::Offered { .. } => vec![OtherStore, Back],
            Stage::Refused { .. } => match self.reason() {
                Some(Reason::FulfilmentUnavailable) => vec![Pickup, OtherStore, Back],
                Some(
                    Reason::StoreUnknown
                    | Reason::StoreBusy
                    | Reason::StorePaused
                    | Reason::StoreClosed
                    | Reason::StorePermanentlyClosed
                    | Reason::StoreStateUnknown
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

    /// The order, once the ledger has it.
    pub(crate) fn order(&self) -> Option<&Order> {
        match &self.stage {
            Stage::Placed { order, .. } => Some(order),
            _ => None,
        }
    }

    /// Whether nothing of it is in the ledger or back in the cart yet.
    pub(crate) fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Placed { .. } | Stage::Returned)
    }

    /// Whether a store that is chosen on the map is for this order.
    pub(crate) fn can_choose(&self) -> bool {
        matches!(
            self.stage,
            Stage::Place { .. } | Stage::Finding { .. } | Stage::Offered { .. } | Stage::Refused { .. }
        )
    }

    fn reason(&self) -> Option<Reason> {
        match &self.trouble {
            Some(Trouble::Refused(problem)) => Some(problem.code),
            Some(Trouble::Garbled) | None => None,
        }
    }

    fn delivers(&self) -> bool {
        self.wanted.fulfilment == Some(Fulfilment::Delivery)
    }

    fn begin(&mut self, chosen: Option<String>, now: Millis) {
        let place = self.wanted.place.clone();
        match (chosen, place) {
            (Some(store), _) => self.chosen(store, now),
            (None, Some(place)) => self.go(Stage::Finding { place }),
            (None, None) => self.go(Stage::Place { unknown: None }),
        }
    }

    fn near(&mut self, place: String, now: Millis) {
        if self.delivers() {
            self.wanted.place = Some(place.clone());
        }
        match self.store.take() {
            Some(store) => self.ask(store, now),
            None => self.go(Stage::Finding { place }),
        }
    }

    fn chosen(&mut self, store: String, now: Millis) {
        if self.delivers() && self.wanted.place.is_none() {
            self.store = Some(store);
            return self.go(Stage::Place { unknown: None });
        }
        self.ask(store, now);
    }

    fn found(&mut self, found: Result<Vec<StoreView>, Failure>, now: Millis) {
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

    fn ask(&mut self, store: String, now: Millis) {
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

    fn replied(&mut self, reply: Result<OrderReply, Failure>) {
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

    fn pressed(&mut self, remedy: Remedy, now: Millis) {
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
            (Remedy::BestVouchers, Some(store)) => {
                self.vouchers = VoucherChoice::Best;
                self.ask(store, now);
            }
        }
    }

    fn wants(&mut self, act: Act, now: Millis) {
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

    fn done(&mut self, act: Act, reply: Result<Order, Failure>, now: Millis) {
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

    fn news(&mut self, news: Order) {
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

    fn go(&mut self, stage: Stage) {
        self.stage = stage;
        self.waiting = false;
        self.trouble = None;
    }
}

/// The key of an act: an order is confirmed once and called off once, from wherever it is asked.
pub(crate) fn act_key(act: Act, order: &str) -> String {
    match act {
        Act::Confirm => format!("confirm.{order}"),
        Act::Cancel | Act::Replace | Act::Return => format!("cancel.{order}"),
    }
}

/// The state at `now`: what is held no longer has lapsed, whether or not the server could say so yet.
pub(crate) fn state_at(order: &Order, now: Millis) -> OrderState {
    let over = order.reserved_until.is_some_and(|until| until <= now);
    if order.state == OrderState::Reserved && over { OrderState::Lapsed } else { order.state }
}

/// Whether the shopper can still call it off.
pub(crate) fn is_cancellable(state: OrderState) -> bool {
    matches!(state, OrderState::Reserved | OrderState::Confirmed)
}

/// Whether it is placed and not over.
pub(crate) fn is_under_way(state: OrderState) -> bool {
    matches!(state, OrderState::Reserved | OrderState::Confirmed | OrderState::Sent | OrderState::Ready)
}

/// Whether `news` is later than `known`: a repeated answer is as old as the first one was.
pub(crate) fn is_newer(known: &Order, news: &Order) -> bool {
    (news.changed_at, rank(news.state)) >= (known.changed_at, rank(known.state))
}

fn rank(state: OrderState) -> u8 {
    match state {
        OrderState::Reserved => 0,
        OrderState::Confirmed => 1,
        OrderState::Sent => 2,
        OrderState::Ready => 3,
        OrderState::Collected | OrderState::Cancelled | OrderState::Lapsed | OrderState::Failed => 4,
    }
}

fn trouble(failure: Failure) -> Option<Trouble> {
    Some(match failure {
        Failure::Refused { problem, .. } => Trouble::Refused(problem),
        Failure::Unreachable | Failure::Late | Failure::Garbled { .. } => Trouble::Garbled,
    })
}
