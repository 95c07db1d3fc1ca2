//! What all cards share: campaign, language, the server and its clock, and what it last said about the wallet.

use std::{sync::Arc, time::Duration};

use leptos::prelude::*;
use oolong_catalog::Campaign;
use oolong_commerce::format_money;
use oolong_protocol::{
    counter::FromCounter,
    shop::{Millis, Order, VoucherStatus, Wallet},
};

use crate::{
    api::Api,
    bridge, listen,
    outbox::Outbox,
    seen::Seen,
    storage,
    words::{Language, Words},
};

const CLOCK: &str = "oolong:clock";

/// Something of the server's: what it last said, and whether that is still so.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fetched<T> {
    /// What it said last, in this visit or an earlier one.
    pub(crate) value: Option<T>,
    /// When it said so, by its own clock.
    pub(crate) as_of: Millis,
    /// Why there is nothing newer.
    pub(crate) trouble: Option<crate::failure::Failure>,
    /// Whether it is being asked.
    pub(crate) busy: bool,
}

impl<T> Default for Fetched<T> {
    fn default() -> Self {
        Self { value: None, as_of: 0, trouble: None, busy: false }
    }
}

/// The desk; cheap to copy, because everything on it is a handle.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    /// The page's language.
    pub(crate) language: RwSignal<Language>,
    /// The shop server.
    pub(crate) api: Api,
    /// The server's time, once a second.
    pub(crate) now: RwSignal<Millis>,
    /// What the browser says about its network.
    pub(crate) online: RwSignal<bool>,
    /// The shopper's vouchers.
    pub(crate) wallet: RwSignal<Fetched<Wallet>>,
    /// How the campaign's vouchers stand.
    pub(crate) vouchers: RwSignal<Fetched<Vec<VoucherStatus>>>,
    /// The shopper's orders, newest first.
    pub(crate) orders: RwSignal<Fetched<Vec<Order>>>,
    /// Claims on their way.
    pub(crate) outbox: Outbox,
    ahead: RwSignal<i64>,
    campaign: StoredValue<Arc<Campaign>>,
}

impl Desk {
    /// Sets the desk up, under the reactive owner that is current. Timers and listeners live as long as the page.
    pub(crate) fn open(campaign: Campaign, shop: &str, language: RwSignal<Language>) -> Self {
        let ahead = RwSignal::new(storage::load(CLOCK).unwrap_or_default());
        let desk = Self {
            language,
            api: Api::new(shop, ahead),
            now: RwSignal::new(device_now() + ahead.get_untracked()),
            online: RwSignal::new(listen::is_online()),
            wallet: RwSignal::default(),
            vouchers: RwSignal::default(),
            orders: RwSignal::default(),
            outbox: Outbox::default(),
            ahead,
            campaign: StoredValue::new(Arc::new(campaign)),
        };
        Effect::new(move |_| {
            storage::save(CLOCK, &ahead.get());
            desk.tick();
        });
        set_interval(move || desk.tick(), Duration::from_secs(1));
        for event in ["online", "offline"] {
            listen::window(event, move |_| desk.online.set(listen::is_online()));
        }
        desk
    }

    /// The campaign.
    pub(crate) fn campaign(&self) -> Arc<Campaign> {
        self.campaign.get_value()
    }

    /// The words of the language in use; follows it.
    pub(crate) fn words(&self) -> &'static Words {
        self.language.get().words()
    }

    /// An amount in the campaign's currency.
    pub(crate) fn money(&self, minor: i64) -> String {
        self.campaign.with_value(|campaign| format_money(minor, &campaign.currency))
    }

    /// The server's time at this moment, milliseconds since 1970. For views, [`Self::now`] is the signal.
    pub(crate) fn server_now(&self) -> Millis {
        device_now() + self.ahead.get_untracked()
    }

    /// A time of the server as it reads on the shopper's own clock: `14:05`, and with the day if that is not today.
    pub(crate) fn clock_time(&self, at: Millis) -> String {
        let (at, today) = (date(at), date(self.server_now()));
        let time = format!("{:02}:{:02}", at.get_hours(), at.get_minutes());
        if at.to_date_string() == today.to_date_string() {
            time
        } else {
            format!("{}-{:02}-{:02} {time}", at.get_full_year(), at.get_month() + 1, at.get_date())
        }
    }

    /// Tells the page, that of the next visit too.
    pub(crate) fn tell(&self, event: &FromCounter) {
        self.campaign.with_value(|campaign| Seen::hear(&campaign.id, event));
        bridge::tell(event);
    }

    fn tick(&self) {
        self.now.set(self.server_now());
    }
}

/// The desk of the component that asks.
pub(crate) fn use_desk() -> Desk {
    expect_context()
}

fn device_now() -> Millis {
    js_sys::Date::now() as Millis
}

fn date(at: Millis) -> js_sys::Date {
    js_sys::Date::new(&(at as f64).into())
}
