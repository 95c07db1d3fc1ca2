//! What the shopper wants ordered, and whoever carries it out: does what a flow asks for, and again while there is no
//! answer, for as long as the page lives.

use std::cell::RefCell;

use leptos::prelude::*;
use oolong_intent::Fulfilment;
use oolong_protocol::{
    counter::{FromCounter, Wanted},
    shop::{Claim, Grant, Millis, Order, OrderReply},
};
use wasm_bindgen_futures::spawn_local;

use super::{
    book,
    flow::{Act, Due, Event, Flow, Stage},
    kept::{self, Kept},
    split::split,
    time::offset,
};
use crate::{
    api::{Who, encoded},
    clock::sleep,
    desk::Desk,
    failure::Failure,
    identity, listen,
    stores::nearby::{self, NoStores},
    wallet,
};

/// Milliseconds between two attempts when nobody answers: at first, and at most.
const SOONEST: f64 = 1_000.0;
const LATEST: f64 = 30_000.0;

/// One wish: an order for each brand. Cheap to copy; lives as long as the page.
#[derive(Clone, Copy)]
pub(crate) struct Wish {
    pub(crate) flows: RwSignal<Vec<Flow>>,
    desk: Desk,
    name: StoredValue<String>,
    at: Millis,
    /// Which flows somebody carries out at the moment.
    busy: StoredValue<Vec<usize>>,
}

struct Register {
    desk: Desk,
    /// Under which the signals of wishes live, as cards come and go.
    owner: Owner,
    /// Oldest first.
    wishes: RwSignal<Vec<Wish>>,
    /// Stores chosen on the map for the next order of their brand: brand and store, the last one last.
    chosen: Vec<(String, String)>,
}

thread_local! {
    static REGISTER: RefCell<Option<Register>> = const { RefCell::new(None) };
}

/// Goes on with what earlier visits left, and follows the orders and the map.
pub(crate) fn open(desk: Desk) {
    let Some(owner) = Owner::current() else { return };
    let register = Register { desk, owner, wishes: RwSignal::new(Vec::new()), chosen: Vec::new() };
    REGISTER.set(Some(register));
    for Kept { wish, at, flows } in kept::wishes(desk.server_now()) {
        if let Some(wish) = add(wish, at, flows) {
            wish.drive_all();
        }
    }
    Effect::new(move |_| {
        let orders = desk.orders.with(|orders| orders.value.clone()).unwrap_or_default();
        for wish in untrack(all) {
            wish.follow(&orders);
        }
    });
    listen::window("oolong-counter", |event| {
        let detail = js_sys::Reflect::get(&event, &"detail".into()).ok().and_then(|detail| detail.as_string());
        if let Some(Ok(FromCounter::Store { store, brand })) = detail.map(|text| serde_json::from_str(&text)) {
            chosen(&store, &brand);
        }
    });
}

/// All wishes, oldest first; follows them.
pub(crate) fn all() -> Vec<Wish> {
    let wishes = REGISTER.with_borrow(|register| register.as_ref().map(|register| register.wishes));
    wishes.map(|wishes| wishes.get()).unwrap_or_default()
}

/// The wish of this name: the one that is known, or a new one that is begun.
pub(crate) fn begin(desk: Desk, name: &str, wanted: &Wanted) -> Option<Wish> {
    if let Some(known) = untrack(all).into_iter().find(|wish| wish.name.with_value(|known| known == name)) {
        return Some(known);
    }
    let now = desk.server_now();
    let grants = desk.wallet.with_untracked(|wallet| wallet.value.clone()).map(|wallet| wallet.grants);
    let flows = split(&desk.campaign(), wanted, name, &grants.unwrap_or_default(), now, offset);
    let wish = add(name.to_owned(), now, flows)?;
    for at in 0..wish.flows.with_untracked(Vec::len) {
        let brand = wish.flows.with_untracked(|flows| flows[at].brand.clone());
        wish.hear(at, Event::Begin { chosen: take_chosen(&brand) });
        nearby::forget(&brand);
    }
    Some(wish)
}

/// The wish that led to an order; one that is only about this order, where none is known.
pub(crate) fn of(desk: Desk, order: &Order) -> Option<(Wish, usize)> {
    let place = |wish: Wish| {
        let at = wish.flows.with_untracked(|flows| {
            flows.iter().position(|flow| flow.order().is_some_and(|known| known.id == order.id))
        });
        at.map(|at| (wish, at))
    };
    if let Some(found) = untrack(all).into_iter().rev().find_map(place) {
        return Some(found);
    }
    let campaign = desk.campaign();
    let brand = order.goods.iter().find_map(|line| campaign.item(&line.item)).map(|(brand, _)| brand.id.clone());
    let flow = Flow::of(identity::fresh_key(), order.clone(), brand.unwrap_or_default());
    let wish = add(flow.id.clone(), desk.server_now(), vec![flow])?;
    Some((wish, 0))
}

impl Wish {
    /// What it is called.
    pub(crate) fn name(&self) -> String {
        self.name.get_value()
    }

    /// One of its flows; follows it.
    pub(crate) fn flow(&self, at: usize) -> Option<Flow> {
        self.flows.with(|flows| flows.get(at).cloned())
    }

    /// Tells a flow what happened, and sees to what follows.
    pub(crate) fn hear(&self, at: usize, event: Event) {
        let now = self.desk.server_now();
        let before = self.flows.with_untracked(|flows| flows.get(at).cloned());
        let Some(mut flow) = before.clone() else { return };
        flow.hear(event, now, identity::fresh_key);
        if before.as_ref() == Some(&flow) {
            return;
        }
        // Only now is it sure that they were not ordered, and it happens once.
        let returned = (flow.stage == Stage::Returned).then(|| flow.wanted.clone());
        let placed = flow.order().cloned();
        let news = placed.filter(|order| before.and_then(|flow| flow.order().cloned()).as_ref() != Some(order));
        self.flows.update(|flows| flows[at] = flow);
        let flows = self.flows.get_untracked();
        kept::keep(Kept { wish: self.name.get_value(), at: self.at, flows }, now);
        if let Some(order) = news {
            book::take(self.desk, order);
        }
        if let Some(wanted) = returned {
            self.desk.tell(&FromCounter::Back { order: Box::new(wanted) });
        }
        self.drive(at);
    }

    /// Claims a voucher and has the order made anew with it. The reservation is kept until the voucher is there.
    pub(crate) async fn claim(self, at: usize, voucher: String) -> Result<(), Failure> {
        let Some(flow) = untrack(|| self.flow(at)) else { return Ok(()) };
        let order = flow.order().map(|order| order.id.clone()).unwrap_or_default();
        let path = format!("vouchers/{}/claims", encoded(&voucher));
        // A key has at most 128 characters; that of the voucher only tells it from others for the same order.
        let short: String = encoded(&voucher).chars().take(64).collect();
        let key = format!("claim.{order}.{short}");
        self.desk.api.post::<_, Grant>(&path, &Claim {}, &key, &Who::Shopper).await?;
        wallet::refresh(self.desk);
        self.hear(at, Event::Wants(Act::Replace));
        Ok(())
    }

    fn follow(&self, orders: &[Order]) {
        for at in 0..self.flows.with_untracked(Vec::len) {
            let id = self.flows.with_untracked(|flows| flows[at].order().map(|order| order.id.clone()));
            if let Some(order) = id.and_then(|id| orders.iter().find(|order| order.id == id)) {
                self.hear(at, Event::News(order.clone()));
            }
        }
    }

    fn drive_all(&self) {
        for at in 0..self.flows.with_untracked(Vec::len) {
            self.drive(at);
        }
    }

    fn drive(&self, at: usize) {
        let wish = *self;
        let due = move || wish.flows.with_untracked(|flows| flows.get(at).and_then(Flow::due));
        if due().is_none() || wish.busy.with_value(|busy| busy.contains(&at)) {
            return;
        }
        wish.busy.update_value(|busy| busy.push(at));
        spawn_local(async move {
            let mut wait = SOONEST;
            while let Some(now_due) = due() {
                let (event, server_wait) = perform(wish.desk, &wish, at, now_due.clone()).await;
                wish.hear(at, event);
                if due().as_ref() == Some(&now_due) {
                    pause(wish.desk, server_wait.unwrap_or(0.0).max(wait), || due().as_ref() == Some(&now_due)).await;
                    wait = (wait * 2.0).min(LATEST);
                } else {
                    wait = SOONEST;
                }
            }
            wish.busy.update_value(|busy| busy.retain(|known| *known != at));
        });
    }
}

async fn perform(desk: Desk, wish: &Wish, at: usize, due: Due) -> (Event, Option<f64>) {
    match due {
        Due::Find { place } => {
            let Some(flow) = untrack(|| wish.flow(at)) else { return (Event::Found(Ok(Vec::new())), None) };
            let items: Vec<String> = flow.wanted.goods.iter().map(|line| line.item.clone()).collect();
            let way = flow.wanted.fulfilment.or(Some(Fulfilment::Pickup));
            let brand = Some(flow.brand.as_str()).filter(|brand| !brand.is_empty());
            match nearby::nearby(&desk, brand, Some(&place), &items, way).await {
                Ok(stores) => (Event::Found(Ok(stores)), None),
                Err(NoStores::NoPlace | NoStores::UnknownPlace(_)) => (Event::Found(Ok(Vec::new())), None),
                Err(NoStores::Failed(failure)) => {
                    let wait = failure.server_wait();
                    (Event::Found(Err(failure)), wait)
                }
            }
        }
        Due::Post { key, step, request } => {
            let reply = desk.api.post_once::<_, OrderReply>("orders", &request, &key, &Who::Shopper).await;
            let wait = reply.as_ref().err().and_then(Failure::server_wait);
            (Event::Replied { step, reply }, wait)
        }
        Due::Act { act, key, order } => {
            let verb = if act == Act::Confirm { "confirm" } else { "cancel" };
            let path = format!("orders/{}/{verb}", encoded(&order));
            let reply = desk.api.post_once::<_, Order>(&path, &Claim {}, &key, &Who::Shopper).await;
            let wait = reply.as_ref().err().and_then(Failure::server_wait);
            if reply.as_ref().is_err_and(|failure| !failure.is_passing()) {
                // What stands in the way is seen by how the order stands.
                book::refresh(desk);
            }
            (Event::Done { act, reply }, wait)
        }
    }
}

/// Waits so many milliseconds, or until the network is back, or for as long as it is still of use.
async fn pause(desk: Desk, wait: f64, of_use: impl Fn() -> bool) {
    let (mut left, mut online) = (wait, desk.online.get_untracked());
    while left > 0.0 && of_use() {
        let slice = left.min(500.0);
        sleep(slice).await;
        left -= slice;
        let now = desk.online.get_untracked();
        if now && !online {
            return;
        }
        online = now;
    }
}

fn add(name: String, at: Millis, flows: Vec<Flow>) -> Option<Wish> {
    REGISTER.with_borrow(|register| {
        let register = register.as_ref()?;
        let wish = register.owner.with(|| Wish {
            flows: RwSignal::new(flows),
            desk: register.desk,
            name: StoredValue::new(name),
            at,
            busy: StoredValue::new(Vec::new()),
        });
        register.wishes.update(|wishes| wishes.push(wish));
        Some(wish)
    })
}

/// A store was chosen on the map: it is for the newest order of its brand that still looks for one, else for the next.
fn chosen(store: &str, brand: &str) {
    take_chosen(brand);
    for wish in untrack(all).into_iter().rev() {
        let looks = |flow: &Flow| flow.brand == brand && flow.can_choose();
        if let Some(at) = wish.flows.with_untracked(|flows| flows.iter().position(looks)) {
            nearby::forget(brand);
            return wish.hear(at, Event::Chosen(store.to_owned()));
        }
    }
    REGISTER.with_borrow_mut(|register| {
        if let Some(register) = register {
            register.chosen.push((brand.to_owned(), store.to_owned()));
        }
    });
}

/// The store chosen for the next order of a brand, which this is.
fn take_chosen(brand: &str) -> Option<String> {
    REGISTER.with_borrow_mut(|register| {
        let chosen = &mut register.as_mut()?.chosen;
        let at = chosen.iter().position(|(known, _)| known == brand)?;
        Some(chosen.remove(at).1)
    })
}

/// Whether a wish still has to be decided by the shopper or the server.
pub(crate) fn is_open(wish: &Wish) -> bool {
    wish.flows.with(|flows| flows.iter().any(|flow| flow.is_open() && flow.stage != Stage::New))
}
