//! What a flow hears of.

use oolong_protocol::shop::{Order, OrderReply, Slot, StoreView};

use super::{Act, Remedy};
use crate::failure::Failure;

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

impl Event {
    /// Whether it is the shopper's doing, and not what follows from it.
    pub(super) fn is_pressed(&self) -> bool {
        match self {
            Self::Near(_) | Self::Chosen(_) | Self::Took { .. } | Self::Pressed(_) | Self::Wants(_) => true,
            Self::Begin { .. } | Self::Found(_) | Self::Replied { .. } | Self::Done { .. } | Self::News(_) => false,
        }
    }
}
