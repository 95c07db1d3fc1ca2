//! Vouchers: the wallet, what can be claimed, and what the conversation shows of both.
//!
//! What the server said last is kept in the browser, so that vouchers can be shown and scanned without network.

mod claim;
mod claimable;
mod code;
pub(crate) mod countdown;
mod grant;
mod panel;
pub(crate) mod qr;
mod scan;
mod state;

use std::{cell::Cell, future::Future, thread::LocalKey, time::Duration};

use leptos::prelude::*;
use oolong_protocol::{
    counter::FromCounter,
    shop::{Grant, VoucherList, Wallet},
};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;

pub(crate) use self::{claim::ClaimCard, claimable::VouchersCard, panel::WalletPanel};
use crate::{
    api::Who,
    desk::{Desk, Fetched},
    identity, listen, seen, storage,
};

/// How often the server is asked while the page is looked at.
const AGAIN: Duration = Duration::from_secs(90);

/// The wallet of one shopper, as kept in the browser.
#[derive(Serialize, Deserialize)]
struct Copy {
    shopper: String,
    wallet: Wallet,
}

#[derive(Clone, Copy, Default)]
struct Asking {
    busy: bool,
    again: bool,
}

thread_local! {
    static WALLET: Cell<Asking> = const { Cell::new(Asking { busy: false, again: false }) };
    static VOUCHERS: Cell<Asking> = const { Cell::new(Asking { busy: false, again: false }) };
}

/// Shows what is kept, sends what waits, and keeps up with the server from now on.
pub(crate) fn open(desk: Desk) {
    load_wallet(desk);
    if let Some(list) = storage::load::<VoucherList>(&vouchers_key(desk)) {
        desk.vouchers.set(Fetched { value: Some(list.vouchers), as_of: list.as_of, ..Fetched::default() });
    }
    desk.outbox.start(desk);
    refresh(desk);
    set_interval(
        move || {
            if listen::is_shown() {
                refresh(desk);
            }
        },
        AGAIN,
    );
    listen::window("online", move |_| refresh(desk));
    listen::shown(move || refresh(desk));
    listen::window("storage", move |event| hear_other_tab(desk, &event));
    let usable = Memo::new(move |_| {
        let now = desk.now.get();
        desk.vouchers.with(|vouchers| {
            let vouchers = vouchers.value.as_deref().unwrap_or_default();
            let usable = |wallet: &Wallet| state::usable(&wallet.grants, vouchers, now);
            desk.wallet.with(|wallet| wallet.value.as_ref().map(usable))
        })
    });
    Effect::new(move |_| {
        if let Some(vouchers) = usable.get() {
            desk.tell(&FromCounter::Wallet { vouchers });
        }
    });
}

/// Asks the server for the wallet and for how the vouchers stand.
pub(crate) fn refresh(desk: Desk) {
    refresh_wallet(desk);
    ask(&VOUCHERS, move || async move {
        desk.vouchers.update(|vouchers| vouchers.busy = true);
        match desk.api.get::<VoucherList>("vouchers", &Who::Anybody).await {
            Ok(list) => {
                storage::save(&vouchers_key(desk), &list);
                desk.vouchers.set(Fetched { value: Some(list.vouchers), as_of: list.as_of, ..Fetched::default() });
            }
            Err(failure) => desk.vouchers.update(|vouchers| {
                vouchers.busy = false;
                vouchers.trouble = Some(failure);
            }),
        }
    });
}

/// Asks the server for the wallet only.
pub(crate) fn refresh_wallet(desk: Desk) {
    ask(&WALLET, move || async move {
        desk.wallet.update(|wallet| wallet.busy = true);
        let shopper = identity::code();
        let outcome = desk.api.get::<Wallet>("wallet", &Who::Bearer(shopper.clone())).await;
        if shopper != identity::code() {
            return refresh_wallet(desk);
        }
        match outcome {
            Ok(wallet) => set_wallet(desk, wallet),
            Err(failure) => desk.wallet.update(|wallet| {
                wallet.busy = false;
                wallet.trouble = Some(failure);
            }),
        }
    });
}

/// Puts a grant that the server has just given into the wallet, ahead of the next look at all of it.
pub(crate) fn take(desk: Desk, grant: Grant) {
    let known = desk.wallet.with_untracked(|wallet| wallet.value.clone());
    let mut wallet = known.unwrap_or_else(|| Wallet { as_of: desk.server_now(), grants: Vec::new() });
    wallet.grants.retain(|held| held.id != grant.id);
    wallet.grants.push(grant);
    set_wallet(desk, wallet);
}

/// Goes over to the wallet of another code.
pub(crate) fn restore(desk: Desk, code: &str) {
    identity::restore(code);
    desk.wallet.set(Fetched::default());
    desk.orders.set(Fetched::default());
    refresh(desk);
}

fn set_wallet(desk: Desk, wallet: Wallet) {
    let copy = Copy { shopper: identity::code(), wallet };
    storage::save(&wallet_key(desk), &copy);
    let as_of = copy.wallet.as_of;
    desk.wallet.set(Fetched { value: Some(copy.wallet), as_of, ..Fetched::default() });
}

fn load_wallet(desk: Desk) {
    let copy = storage::load::<Copy>(&wallet_key(desk)).filter(|copy| copy.shopper == identity::code());
    let value = copy.map(|copy| copy.wallet);
    let as_of = value.as_ref().map_or(0, |wallet| wallet.as_of);
    desk.wallet.set(Fetched { value, as_of, ..Fetched::default() });
}

/// Another tab has claimed, restored a code, or heard from the server.
fn hear_other_tab(desk: Desk, event: &web_sys::Event) {
    let Some(key) = event.dyn_ref::<web_sys::StorageEvent>().and_then(web_sys::StorageEvent::key) else { return };
    if key == identity::KEY {
        load_wallet(desk);
        refresh(desk);
    } else if key == wallet_key(desk) {
        load_wallet(desk);
    } else if key == seen::WAITING {
        desk.outbox.look();
    }
}

/// Runs one question at a time; what is asked meanwhile is asked once more afterwards.
fn ask<F: Future<Output = ()> + 'static>(asking: &'static LocalKey<Cell<Asking>>, question: impl Fn() -> F + 'static) {
    if asking.get().busy {
        return asking.set(Asking { busy: true, again: true });
    }
    asking.set(Asking { busy: true, again: false });
    spawn_local(async move {
        loop {
            question().await;
            let again = asking.get().again;
            asking.set(Asking { busy: again, again: false });
            if !again {
                break;
            }
        }
    });
}

fn wallet_key(desk: Desk) -> String {
    format!("oolong:wallet:{}", desk.campaign().id)
}

fn vouchers_key(desk: Desk) -> String {
    format!("oolong:vouchers:{}", desk.campaign().id)
}
