//! The shopper's orders, as the ledger has them: asked for while somebody looks and something is under way.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use leptos::prelude::*;
use oolong_protocol::{
    counter::FromCounter,
    shop::{Millis, Order, OrderState},
};
use serde::{Deserialize, Serialize};
use wasm_bindgen_futures::spawn_local;

use super::standing::{is_newer, is_under_way, state_at};
use crate::{
    api::{Who, encoded},
    desk::{Desk, Fetched},
    identity, listen, storage, wallet,
};

const KEY: &str = "oolong:orders";
/// So many are kept for a visit without network.
const KEPT: usize = 20;
/// Seconds between two questions: at first, and at most.
const SOONEST: f64 = 2.0;
const LATEST: f64 = 10.0;

/// `GET /v1/orders`.
#[derive(Deserialize)]
struct OrderList {
    as_of: Millis,
    orders: Vec<Order>,
}

/// The orders of one shopper, as kept in the browser.
#[derive(Serialize, Deserialize)]
struct Kept {
    shopper: String,
    orders: Vec<Order>,
}

thread_local! {
    /// Whose orders are on the desk.
    static SHOPPER: RefCell<String> = const { RefCell::new(String::new()) };
    static PACE: Pace = const { Pace { wait: Cell::new(SOONEST), timer: Cell::new(0), asking: Cell::new(false) } };
}

struct Pace {
    /// Seconds until the next question.
    wait: Cell<f64>,
    /// Which timer counts; a newer one makes older ones void.
    timer: Cell<u32>,
    asking: Cell<bool>,
}

/// Keeps the desk's orders up to date from now on, and tells the page how many are under way.
pub(crate) fn open(desk: Desk) {
    if let Some(kept) = storage::load::<Kept>(KEY).filter(|kept| kept.shopper == identity::code()) {
        desk.orders.update(|orders| orders.value = Some(kept.orders));
        SHOPPER.set(kept.shopper);
    }
    Effect::new(move |told: Option<u32>| {
        // What is held lapses by the clock alone.
        let now = desk.now.get();
        let count = desk.orders.with(|orders| {
            let orders = orders.value.iter().flatten();
            orders.filter(|order| is_under_way(state_at(order, now))).count() as u32
        });
        if told != Some(count) {
            desk.tell(&FromCounter::Orders { count });
        }
        count
    });
    listen::shown(move || refresh(desk));
    listen::window("online", move |_| refresh(desk));
    refresh(desk);
}

/// Asks now, and often for a while.
pub(crate) fn refresh(desk: Desk) {
    PACE.with(|pace| pace.wait.set(SOONEST));
    ask(desk);
}

/// Takes in an order that the server told about elsewhere.
pub(crate) fn take(desk: Desk, order: Order) {
    merge(desk, vec![order], None);
    PACE.with(|pace| pace.wait.set(SOONEST));
    plan(desk);
}

fn ask(desk: Desk) {
    if PACE.with(|pace| pace.asking.replace(true)) {
        return;
    }
    spawn_local(async move {
        desk.orders.update(|orders| orders.busy = true);
        let failed = round(desk).await;
        desk.orders.update(|orders| {
            orders.busy = false;
            orders.trouble = failed;
        });
        PACE.with(|pace| pace.asking.set(false));
        plan(desk);
    });
}

async fn round(desk: Desk) -> Option<crate::failure::Failure> {
    // Another browser's code may have been taken over.
    let shopper = identity::code();
    if SHOPPER.replace(shopper.clone()) != shopper {
        desk.orders.set(Fetched { busy: true, ..Fetched::default() });
    }
    let (asked_before, open) = desk.orders.with_untracked(|orders| {
        let open = orders.value.iter().flatten().filter(|order| is_under_way(order.state));
        (orders.as_of > 0, open.map(|order| order.id.clone()).collect::<Vec<_>>())
    });
    // One order is asked for by itself; of several, and at first, all.
    let news = match open.as_slice() {
        [one] if asked_before => {
            let order = desk.api.get::<Order>(&format!("orders/{}", encoded(one)), &Who::Shopper).await;
            order.map(|order| (vec![order], None))
        }
        _ => {
            let list = desk.api.get::<OrderList>("orders", &Who::Shopper).await;
            list.map(|list| {
                desk.orders.update(|orders| orders.as_of = list.as_of);
                (list.orders, Some(list.as_of))
            })
        }
    };
    match news {
        // It was taken over while the server was asked.
        Ok(_) if shopper != identity::code() => None,
        Ok((orders, as_of)) => {
            let wait = PACE.with(|pace| pace.wait.get());
            let next = if merge(desk, orders, as_of) { SOONEST } else { (wait * 1.5).min(LATEST) };
            PACE.with(|pace| pace.wait.set(next));
            None
        }
        Err(failure) => {
            let asked = failure.server_wait().map_or(0.0, |wait| wait / 1000.0);
            PACE.with(|pace| pace.wait.set(LATEST.max(asked)));
            Some(failure)
        }
    }
}

/// The next question, while there is something to ask about and somebody to look; coming back asks at once.
fn plan(desk: Desk) {
    let open =
        desk.orders.with_untracked(|orders| orders.value.iter().flatten().any(|order| is_under_way(order.state)));
    if !open || !listen::is_shown() {
        return;
    }
    let (timer, wait) = PACE.with(|pace| {
        pace.timer.set(pace.timer.get() + 1);
        (pace.timer.get(), pace.wait.get())
    });
    let ring = move || {
        if PACE.with(|pace| pace.timer.get()) == timer && listen::is_shown() {
            ask(desk);
        }
    };
    set_timeout(ring, Duration::from_millis((wait * 1000.0) as u64));
}

/// Puts news among what is known; whether anything is different.
fn merge(desk: Desk, news: Vec<Order>, all_at: Option<Millis>) -> bool {
    let before = desk.orders.with_untracked(|orders| orders.value.clone());
    let after = merged(before.clone().unwrap_or_default(), news, all_at);
    if before.as_ref() == Some(&after) {
        return false;
    }
    if vouchers_moved(before.as_deref().unwrap_or_default(), &after) {
        wallet::refresh(desk);
    }
    let orders = after.iter().take(KEPT).cloned().collect();
    storage::save(KEY, &Kept { shopper: identity::code(), orders });
    desk.orders.update(|orders| orders.value = Some(after));
    true
}

/// What is known with the news, newest order first. `all_at`: the news are all orders of that moment, so that whatever is
/// missing and not newer is no more.
fn merged(known: Vec<Order>, news: Vec<Order>, all_at: Option<Millis>) -> Vec<Order> {
    let mut merged: Vec<Order> = Vec::with_capacity(known.len() + news.len());
    for order in news {
        let newer = known.iter().find(|known| known.id == order.id && !is_newer(known, &order));
        merged.push(newer.cloned().unwrap_or(order));
    }
    let stays = |order: &Order| all_at.is_none_or(|at| order.changed_at >= at);
    let rest: Vec<Order> =
        known.into_iter().filter(|known| stays(known) && merged.iter().all(|new| new.id != known.id)).collect();
    merged.extend(rest);
    merged.sort_by_key(|order| std::cmp::Reverse(order.placed_at));
    merged
}

/// Whether the wallet is another by now: an order took vouchers, gave them back or used them up.
fn vouchers_moved(before: &[Order], after: &[Order]) -> bool {
    let state = |orders: &[Order], id: &str| orders.iter().find(|order| order.id == id).map(|order| order.state);
    after.iter().any(|order| {
        let was = state(before, &order.id);
        !order.price.savings.is_empty()
            && was != Some(order.state)
            && (was.is_none() || !matches!(order.state, OrderState::Sent | OrderState::Ready))
    })
}

#[cfg(test)]
mod tests {
    use oolong_intent::Fulfilment;
    use oolong_protocol::shop::PriceView;

    use super::*;

    fn order(id: &str, placed_at: Millis, state: OrderState, changed_at: Millis) -> Order {
        Order {
            id: id.into(),
            number: String::new(),
            state,
            store: String::new(),
            store_names: vec![],
            goods: vec![],
            fulfilment: Fulfilment::Pickup,
            place: None,
            price: PriceView::default(),
            placed_at,
            ready_at: 0,
            reserved_until: None,
            changed_at,
        }
    }

    #[test]
    fn news_are_sorted_in_and_never_older_than_what_is_known() {
        use OrderState::{Confirmed, Ready, Reserved, Sent};
        let known = vec![order("b", 2, Sent, 9), order("a", 1, Confirmed, 5)];
        let old = merged(known.clone(), vec![order("b", 2, Confirmed, 4)], None);
        assert_eq!(old, known);
        let new = merged(known.clone(), vec![order("c", 3, Reserved, 3), order("a", 1, Ready, 8)], None);
        assert_eq!(new, [order("c", 3, Reserved, 3), order("b", 2, Sent, 9), order("a", 1, Ready, 8)]);
        let all = vec![order("a", 1, Confirmed, 5)];
        assert_eq!(merged(known.clone(), all.clone(), Some(10)), all);
        // An order that was placed while the server was asked stays.
        assert_eq!(merged(known.clone(), all, Some(9)), known);
    }
}
