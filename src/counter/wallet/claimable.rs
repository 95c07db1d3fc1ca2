//! Vouchers of the campaign: what can be claimed, how many are left, and what becomes of a claim.

use leptos::prelude::*;
use oolong_protocol::{
    counter::FromCounter,
    shop::{Millis, Problem},
};

use super::{
    refresh,
    state::{self, Look, Stock},
};
use crate::{
    desk::{Desk, use_desk},
    identity,
    outbox::{Outcome, State},
    show::voucher_name,
    worth::{terms, worth},
};

/// How long a refusal is news, milliseconds.
const NEWS: Millis = 24 * 3_600_000;

/// In the conversation: vouchers to choose from.
#[component]
pub(crate) fn VouchersCard(ids: Vec<String>) -> impl IntoView {
    let desk = use_desk();
    refresh(desk);
    view! {
        <div class="counter-card" data-testid="vouchers">
            <h2>{move || desk.words().wallet.choose}</h2>
            <ul class="tickets">{ids.into_iter().map(|id| view! { <ClaimableRow id/> }).collect_view()}</ul>
        </div>
    }
}

/// One voucher of the campaign, by its id.
#[component]
pub(super) fn ClaimableRow(id: String) -> impl IntoView {
    let desk = use_desk();
    let id = StoredValue::new(id);
    let stock = Memo::new(move |_| id.with_value(|id| stock(desk, id)));
    let held = Memo::new(move |_| id.with_value(|id| usable_count(desk, id)));
    // The claim that this row made, and any other that is on its way.
    let wish = RwSignal::new(None::<String>);
    let claim = Memo::new(move |_| {
        let own = wish.get().and_then(|wish| desk.outbox.standings.with(|known| known.get(&wish).cloned()));
        own.or_else(|| id.with_value(|id| desk.outbox.open_claim(id))).map(|standing| standing.state)
    });
    // The answer to a claim that was made offline comes when nobody may be looking: it is told at the next look.
    let earlier = Memo::new(move |_| id.with_value(|id| earlier(desk, id)));
    let under_way = Memo::new(move |_| claim.with(|claim| matches!(claim, Some(State::Sending | State::Waiting(_)))));
    let can_claim = Memo::new(move |_| !under_way.get() && matches!(stock.get(), None | Some(Stock::Left(_))));
    let name = move || id.with_value(|id| voucher_name(&desk.campaign(), id, desk.language.get()));
    let shown =
        move |text: fn(&oolong_catalog::Campaign, &oolong_catalog::Voucher, crate::words::Language) -> String| {
            let campaign = desk.campaign();
            let voucher = id.with_value(|id| campaign.voucher(id).cloned());
            voucher.map(|voucher| text(&campaign, &voucher, desk.language.get())).unwrap_or_default()
        };
    let on_claim = move |_| {
        let made = identity::fresh_key();
        wish.set(Some(made.clone()));
        desk.outbox.claim(desk, id.get_value(), made);
    };
    let news = move || {
        let words = &desk.words().wallet;
        match claim.get() {
            None => earlier.get().map_or_else(String::new, |(at, problem)| {
                format!("{} {}", (words.refused_then)(&desk.clock_time(at)), refusal(desk, &problem).join(" "))
            }),
            Some(State::Sending) => (words.sending)(&name()),
            Some(State::Waiting(failure)) => waiting(desk, &name(), &failure).0,
            Some(State::Decided(Outcome::Granted(_))) => (words.yours)(&name()),
            Some(State::Decided(Outcome::Refused(problem))) => refusal(desk, &problem).join(" "),
        }
    };
    view! {
        <li
            class="ticket"
            data-testid="claimable"
            data-voucher=id.get_value()
            data-state=move || stock.get().map_or("unknown", Stock::name)
        >
            <div class="ticket-what">
                <b>{move || shown(|campaign, voucher, language| worth(campaign, &voucher.discount, language))}</b>
                <span>{name}</span>
                <small>{move || shown(terms)}</small>
                <small data-testid="stock">{move || stock_line(desk, stock.get(), held.get())}</small>
                <small role="status" data-testid="claim-news">{news}</small>
            </div>
            <div class="ticket-do">
                <button
                    type="button"
                    class="quiet"
                    data-testid="claim"
                    disabled=move || !can_claim.get()
                    aria-label=move || format!("{} · {}", label(desk, stock.get()), name())
                    on:click=on_claim
                >
                    {move || label(desk, stock.get())}
                </button>
                {move || (held.get() > 0).then(|| view! {
                    <button
                        type="button"
                        class="quiet"
                        data-testid="use-voucher"
                        aria-label=move || format!("{} · {}", desk.words().wallet.use_it, name())
                        on:click=move |_| desk.tell(&FromCounter::UseVoucher { voucher: id.get_value() })
                    >
                        {move || desk.words().wallet.use_it}
                    </button>
                })}
            </div>
        </li>
    }
}

/// How many of a voucher the shopper could use now.
pub(super) fn usable_count(desk: Desk, id: &str) -> usize {
    let now = desk.now.get();
    desk.vouchers.with(|vouchers| {
        let status = vouchers.value.as_deref().and_then(|vouchers| state::status(vouchers, id));
        desk.wallet.with(|wallet| {
            let own = wallet.value.iter().flat_map(|wallet| &wallet.grants).filter(|grant| grant.voucher == id);
            own.filter(|grant| state::look(grant, status, now) == Look::Usable).count()
        })
    })
}

/// That a claim waits, and for what; nothing is to be done.
pub(super) fn waiting(desk: Desk, name: &str, failure: &crate::failure::Failure) -> (String, String) {
    let words = &desk.words().wallet;
    if failure.reason().is_none() {
        let kept = if desk.outbox.unkept.get() { words.waiting_unkept } else { words.waiting_kept };
        ((words.waiting)(name), kept.to_owned())
    } else {
        let (what, _) = failure.advice(desk.language.get());
        ((words.sending)(name), format!("{what} {}", words.waiting_busy))
    }
}

/// A refusal in the page's language, and the next step.
pub(super) fn refusal(desk: Desk, problem: &Problem) -> [String; 2] {
    let failure = crate::failure::Failure::Refused { problem: Box::new(problem.clone()), retry_after: None };
    failure.advice(desk.language.get()).into()
}

/// The refusal of the last claim, while it is news and nothing has been granted since, be it to another browser.
fn earlier(desk: Desk, id: &str) -> Option<(Millis, Problem)> {
    let granted = desk.wallet.with(|wallet| {
        let own = wallet.value.iter().flat_map(|wallet| &wallet.grants).filter(|grant| grant.voucher == id);
        own.map(|grant| grant.claimed_at).max()
    });
    desk.outbox.refused(id, granted.unwrap_or(Millis::MIN).max(desk.now.get() - NEWS))
}

fn stock(desk: Desk, id: &str) -> Option<Stock> {
    let now = desk.now.get();
    let grants =
        |wallet: &oolong_protocol::shop::Wallet| wallet.grants.iter().filter(|grant| grant.voucher == id).count();
    let claimed = desk.wallet.with(|wallet| wallet.value.as_ref().map_or(0, grants));
    desk.vouchers
        .with(|vouchers| state::status(vouchers.value.as_deref()?, id).map(|status| state::stock(status, claimed, now)))
}

fn label(desk: Desk, stock: Option<Stock>) -> &'static str {
    let words = &desk.words().wallet;
    match stock {
        Some(Stock::Full) => words.full,
        Some(Stock::SoldOut) => words.sold_out,
        Some(Stock::Over) => words.over,
        Some(Stock::Left(_) | Stock::Suspended | Stock::NotYet(_)) | None => words.claim,
    }
}

fn stock_line(desk: Desk, stock: Option<Stock>, held: usize) -> String {
    let words = &desk.words().wallet;
    let line = match stock {
        Some(Stock::Left(count)) => Some((words.left)(count)),
        Some(Stock::Suspended) => Some(words.paused.to_owned()),
        Some(Stock::NotYet(Some(from))) => Some((words.starts)(&desk.clock_time(from))),
        Some(Stock::NotYet(None)) => Some(words.not_yet.to_owned()),
        Some(Stock::Full | Stock::SoldOut | Stock::Over) | None => None,
    };
    let held = (held > 0).then(|| (words.held)(held));
    [line, held].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
