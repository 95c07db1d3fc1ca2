//! The way of one order from goods to handing over, as a machine without clock, network, dice or words.
//!
//! The shell tells it what happens ([`Flow::hear`]) and does what it asks for ([`Flow::due`]). What is asked for follows
//! from the state alone, so a flow that was stored in the middle of something goes on from there, under the same key.

mod acting;
mod asking;
mod event;

use oolong_intent::Fulfilment;
use oolong_protocol::{
    counter::Wanted,
    shop::{Millis, Offer, Order, OrderRequest, Problem, Reason, VoucherChoice},
};
use serde::{Deserialize, Serialize};

use self::acting::act_key;
pub(crate) use self::event::Event;
use crate::failure::Failure;

/// The order of one brand's goods.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Flow {
    /// What its idempotency keys begin with: the wish and which of its orders; another one after whatever the shopper
    /// presses.
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

/// Ways out that are no offers of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// The same once more.
    Again,
    /// Somewhere else.
    OtherStore,
    /// Fetch it instead of having it brought.
    Pickup,
    /// Have it brought instead of fetching it.
    Delivery,
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
    pub(crate) fn of(id: String, order: Order, brand: String) -> Self {
        let wanted = Wanted {
            goods: order.goods.clone(),
            fulfilment: Some(order.fulfilment),
            place: order.place.clone(),
            when: None,
            vouchers: Vec::new(),
        };
        let flow = Self::new(id, brand, wanted, VoucherChoice::Best, None);
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
    ///
    /// What the shopper presses is a request of its own, whichever tab it is pressed in, so it goes out under a `fresh`
    /// id. What follows by itself does not: tabs that go on from the same state ask under the same key.
    pub(crate) fn hear(&mut self, event: Event, now: Millis, fresh: impl FnOnce() -> String) {
        let before = event.is_pressed().then(|| self.stage.clone());
        self.take(event, now);
        if before.is_some_and(|before| before != self.stage) {
            self.id = fresh();
        }
    }

    fn take(&mut self, event: Event, now: Millis) {
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

    pub(crate) fn delivers(&self) -> bool {
        self.wanted.fulfilment == Some(Fulfilment::Delivery)
    }

    fn go(&mut self, stage: Stage) {
        self.stage = stage;
        self.waiting = false;
        self.trouble = None;
    }
}

fn trouble(failure: Failure) -> Option<Trouble> {
    Some(match failure {
        Failure::Refused { problem, .. } => Trouble::Refused(problem),
        Failure::Unreachable | Failure::Late | Failure::Garbled { .. } => Trouble::Garbled,
    })
}
