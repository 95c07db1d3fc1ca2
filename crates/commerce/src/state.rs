//! What is kept between two utterances, in a shape that can be stored.

use oolong_catalog::Campaign;
use oolong_intent::{Asked, Frame, Fulfilment, Intent, RawFrame, When};
use serde::{Deserialize, Serialize};

use crate::{
    answer::Choice,
    cart::{Cart, LineId},
    modifiers::offers,
};

/// What would be sent to a shop.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Order {
    /// The goods.
    pub cart: Cart,
    /// Pickup or delivery, once said.
    pub fulfilment: Option<Fulfilment>,
    /// Where to, in the shopper's words.
    pub place: Option<String>,
    /// For when.
    #[serde(with = "when")]
    pub when: Option<When>,
    /// Ids of the vouchers to use.
    pub vouchers: Vec<String>,
}

/// An order that the shopper has confirmed. In this build no shop hears of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Placed {
    /// Counts from 1 on this device.
    pub number: u32,
    /// What was ordered.
    pub order: Order,
    /// What was to be paid.
    pub total: i64,
    /// Whether it was called off afterwards.
    pub cancelled: bool,
}

/// All that the agent knows of the shopper.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The order so far.
    pub order: Order,
    /// The brand that the shopper has settled on.
    pub brand: Option<String>,
    /// Ids of claimed vouchers; one that may be had twice can be here twice.
    pub wallet: Vec<String>,
    /// The last order placed.
    pub placed: Option<Placed>,
    /// The line just spoken about.
    pub(crate) focus: Option<LineId>,
    /// What was asked last.
    #[serde(skip)]
    pub(crate) asked: Option<Asked>,
    /// What waits for a yes or a pick.
    #[serde(skip)]
    pub(crate) pending: Option<Pending>,
}

/// What an answer like "yes" or "the second one" would set off.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Pending {
    /// Placing the order.
    Place,
    /// Going on to the summary once the place is known.
    Checkout,
    /// Doing what was understood with doubt.
    Frames(Vec<Frame>),
    /// Taking one of several items.
    Goods(Choice),
}

impl State {
    /// Makes a stored state fit a campaign: whatever the campaign does not have any more is dropped.
    pub(crate) fn mend(&mut self, campaign: &Campaign) {
        mend_order(&mut self.order, campaign);
        if let Some(placed) = &mut self.placed {
            mend_order(&mut placed.order, campaign);
        }
        self.wallet.retain(|id| campaign.voucher(id).is_some());
        self.brand.take_if(|id| campaign.brand(id).is_none());
        let order = &self.order;
        self.focus.take_if(|id| order.cart.line(*id).is_none());
    }
}

fn mend_order(order: &mut Order, campaign: &Campaign) {
    order.cart.mend(|line| {
        let Some((_, item)) = campaign.item(&line.item) else { return false };
        line.modifiers.retain(|choice| offers(campaign, item, choice));
        true
    });
    order.vouchers.retain(|id| campaign.voucher(id).is_some());
}

/// The contract's notation of a time, read by the contract's own reader.
mod when {
    use super::{Frame, Intent, RawFrame, When};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(when: &Option<When>, sink: S) -> Result<S::Ok, S::Error> {
        when.map(|when| when.to_string()).serialize(sink)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(source: D) -> Result<Option<When>, D::Error> {
        let when = Option::<String>::deserialize(source)?;
        let raw = RawFrame { when, ..RawFrame::from(Frame::new(Intent::Order)) };
        Frame::try_from(raw).map(|frame| frame.when).map_err(D::Error::custom)
    }
}
