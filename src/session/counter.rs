//! What the conversation leaves to the counter, and what it hears from there.

use leptos::prelude::*;
use oolong_commerce::{Action, Answer, Order, Placed, StoreWish};
use oolong_protocol::{
    counter::{Card, FromCounter, StoreSearch, Wanted},
    shop::Goods,
};

use super::Session;
use crate::{listen, seen::Seen, words::Words};

/// What waits can wait for the first picture and the model's start.
const OPENS_AFTER: std::time::Duration = std::time::Duration::from_secs(2);

/// A panel behind a button of the header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Panel {
    Wallet,
    Stores,
    Orders,
}

/// How many things are behind the buttons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    wallet: u32,
    waiting: u32,
    orders: u32,
}

impl Panel {
    pub(crate) const ALL: [Self; 3] = [Self::Wallet, Self::Stores, Self::Orders];

    pub(crate) fn tag(self) -> &'static str {
        match self {
            Self::Wallet => "open-wallet",
            Self::Stores => "open-stores",
            Self::Orders => "open-orders",
        }
    }

    pub(crate) fn name(self, words: &Words) -> &'static str {
        match self {
            Self::Wallet => words.shop.wallet,
            Self::Stores => words.shop.stores,
            Self::Orders => words.shop.orders,
        }
    }

    /// A path in a square of 24.
    pub(crate) fn icon(self) -> &'static str {
        match self {
            Self::Wallet => "M3 7h18v3a2 2 0 0 0 0 4v3H3v-3a2 2 0 0 0 0-4zM14 7v10",
            Self::Stores => {
                "M12 21s7-6.2 7-11a7 7 0 1 0-14 0c0 4.8 7 11 7 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z"
            }
            Self::Orders => "M6 3h12v18l-3-2-3 2-3-2-3 2zM9 8h6M9 12h6",
        }
    }

    pub(crate) fn card(self) -> Card {
        match self {
            Self::Wallet => Card::Wallet,
            Self::Stores => Card::Stores(StoreSearch::default()),
            Self::Orders => Card::Orders,
        }
    }
}

impl Session {
    /// Counts with what the counter said last, hears of it from now on, and opens it once the page has settled, if there
    /// is anything to do: a first-time visitor is spared the module until a card or a panel needs it.
    pub(super) fn open_counter(&self) {
        let Some(counter) = self.counter() else { return };
        let session = *self;
        counter.listen(move |news| session.heard(news));
        let campaign = self.campaign().id.clone();
        let Seen { wallet, orders, waiting } = Seen::load(&campaign);
        self.heard(FromCounter::Wallet { vouchers: wallet });
        self.counts.update(|counts| (counts.orders, counts.waiting) = (orders, waiting));
        let open = move || {
            let counter = counter.clone();
            if Seen::load(&campaign).calls() {
                wasm_bindgen_futures::spawn_local(async move {
                    counter.open().await;
                });
            }
        };
        set_timeout(open.clone(), OPENS_AFTER);
        // Another tab may have left a claim, and at the start there may have been no network.
        listen::shown(open.clone());
        listen::window("online", move |_| open());
    }

    /// The card of the counter that answers in the page's place, or the answer back.
    /// `wish` is the answer's own name, so that what it asks for is done once however often it is shown.
    #[allow(clippy::result_large_err, reason = "the answer itself comes back, no error")]
    pub(crate) fn at_counter(&self, answer: Answer, wish: &str) -> Result<(&'static str, Card), Answer> {
        let wish = wish.to_owned();
        if self.counter().is_none() {
            return Err(answer);
        }
        Ok(match answer {
            Answer::Vouchers { ids, .. } => ("vouchers", Card::Vouchers { ids }),
            // Without the voucher's id, which may be in letters that no header carries: an answer claims one voucher.
            Answer::Claimed { voucher, .. } => ("claim", Card::Claim { voucher, wish }),
            Answer::Stores(wanted) => ("stores", Card::FoundStores(search(wanted))),
            Answer::Placed(placed) => ("placed", Card::Order { order: Box::new(wanted(&placed)), wish }),
            Answer::Status(_) => ("status", Card::Status),
            Answer::Cancelled { placed: true } => ("cancelled", Card::Cancel { wish }),
            other => return Err(other),
        })
    }

    /// How many things are behind a button.
    pub(crate) fn count(&self, panel: Panel) -> u32 {
        self.counts.with(|counts| match panel {
            Panel::Wallet => counts.wallet + counts.waiting,
            Panel::Stores => 0,
            Panel::Orders => counts.orders,
        })
    }

    /// Claims that wait for the network, in words, for the button of the wallet.
    pub(crate) fn waiting_claims(&self, panel: Panel) -> Option<String> {
        let waiting = self.counts.with(|counts| counts.waiting);
        (panel == Panel::Wallet && waiting > 0).then(|| (self.words().shop.waiting)(waiting))
    }

    /// What stands below the cart and before an order.
    pub(crate) fn order_note(&self) -> &'static str {
        let words = self.words();
        if self.counter().is_some() { words.shop.note } else { words.demo_note }
    }

    fn heard(&self, news: FromCounter) {
        match news {
            FromCounter::Wallet { vouchers } => {
                self.counts.update(|counts| counts.wallet = u32::try_from(vouchers.len()).unwrap_or(u32::MAX));
                self.dialogue.update(|dialogue| dialogue.set_wallet(vouchers));
            }
            FromCounter::Waiting { count } => self.counts.update(|counts| counts.waiting = count),
            FromCounter::Orders { count } => self.counts.update(|counts| counts.orders = count),
            FromCounter::UseVoucher { voucher } => {
                self.panel.set(None);
                self.act(Action::UseVoucher(voucher));
            }
            FromCounter::Store { .. } => self.panel.set(None),
            FromCounter::Back { order } => self.take_back(&order),
        }
    }

    /// Goods that could not be had as they were wanted go back to the cart.
    fn take_back(&self, order: &Wanted) {
        for goods in &order.goods {
            self.act(Action::Add {
                item: goods.item.clone(),
                quantity: goods.quantity,
                modifiers: goods.modifiers.iter().filter_map(|text| text.parse().ok()).collect(),
                replace: None,
            });
        }
        if let Some(way) = order.fulfilment {
            self.act(Action::SetFulfilment(way));
        }
    }
}

/// A name that nothing else has.
pub(super) fn fresh_name() -> String {
    let mut bytes = [0_u8; 16];
    let crypto = web_sys::window().and_then(|window| window.crypto().ok());
    if crypto.and_then(|crypto| crypto.get_random_values_with_u8_array(&mut bytes).ok()).is_none() {
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn search(wish: StoreWish) -> StoreSearch {
    let StoreWish { brand, place, prefer, open_now, items } = wish;
    StoreSearch { brand, place, prefer, open_now, items }
}

fn wanted(placed: &Placed) -> Wanted {
    let Order { cart, fulfilment, place, when, vouchers } = &placed.order;
    let goods = cart.lines().iter().map(|line| Goods {
        item: line.item.clone(),
        quantity: line.quantity,
        modifiers: line.modifiers.iter().map(ToString::to_string).collect(),
    });
    Wanted {
        goods: goods.collect(),
        fulfilment: *fulfilment,
        place: place.clone(),
        when: when.map(|when| when.to_string()),
        vouchers: vouchers.clone(),
    }
}
