//! The wallet's panel: what is held, what can be claimed, the shopper's code.

use leptos::prelude::*;
use oolong_protocol::shop::Grant;

use super::{
    claimable::ClaimableRow,
    code::ShopperCodeBox,
    grant::GrantRow,
    refresh,
    scan::Enlarged,
    state::{self, Look},
};
use crate::desk::{Desk, use_desk};

/// All vouchers of the shopper, and those that can be claimed.
#[component]
pub(crate) fn WalletPanel() -> impl IntoView {
    let desk = use_desk();
    refresh(desk);
    let scanned = RwSignal::new(None);
    let known = Memo::new(move |_| desk.wallet.with(|wallet| wallet.value.is_some()));
    let troubled = Memo::new(move |_| !desk.online.get() || desk.wallet.with(|wallet| wallet.trouble.is_some()));
    let ids = Memo::new(move |_| sorted(desk));
    let now =
        move || ids.with(|ids| ids.iter().filter(|(_, past)| !past).map(|(id, _)| id.clone()).collect::<Vec<_>>());
    let past =
        move || ids.with(|ids| ids.iter().filter(|(_, past)| *past).map(|(id, _)| id.clone()).collect::<Vec<_>>());
    let past_count = Memo::new(move |_| past().len());
    let empty = Memo::new(move |_| known.get() && ids.with(Vec::is_empty));
    let state = move || match (known.get(), troubled.get()) {
        (true, false) if empty.get() => "empty",
        (true, false) => "ready",
        (true, true) => "offline",
        (false, true) => "failed",
        (false, false) => "loading",
    };
    let campaign = desk.campaign();
    let claimable: Vec<String> = campaign.vouchers.iter().map(|voucher| voucher.id.clone()).collect();
    view! {
        <section class="counter-panel" data-testid="wallet" data-state=state>
            <Freshness/>
            {move || (!known.get() && !troubled.get()).then(|| view! {
                <p class="wait" role="status">{move || desk.words().loading} <span class="dots"><i></i><i></i><i></i></span></p>
            })}
            {move || empty.get().then(|| view! { <p data-testid="wallet-empty">{move || desk.words().wallet.empty}</p> })}
            <ul class="tickets">
                <For each=now key=Clone::clone children=move |id| view! { <GrantRow id scanned/> }/>
            </ul>
            {move || (past_count.get() > 0).then(|| view! {
                <details class="past" data-testid="past">
                    <summary>{move || (desk.words().wallet.past)(past_count.get())}</summary>
                    <ul class="tickets">
                        <For each=past key=Clone::clone children=move |id| view! { <GrantRow id scanned/> }/>
                    </ul>
                </details>
            })}
            {(!claimable.is_empty()).then(|| view! {
                <h3>{move || desk.words().wallet.to_claim}</h3>
                <ul class="tickets">
                    {claimable.into_iter().map(|id| view! { <ClaimableRow id/> }).collect_view()}
                </ul>
            })}
            <ShopperCodeBox/>
            <Enlarged scanned/>
        </section>
    }
}

/// Whether what is shown is what the server says now; if not, from when it is, why, and a button.
#[component]
fn Freshness() -> impl IntoView {
    let desk = use_desk();
    let trouble = Memo::new(move |_| {
        let trouble = desk.wallet.with(|wallet| wallet.trouble.clone());
        let trouble = trouble.or_else(|| desk.vouchers.with(|vouchers| vouchers.trouble.clone()));
        trouble.map(|failure| failure.advice(desk.language.get()))
    });
    let as_of = Memo::new(move |_| desk.wallet.with(|wallet| wallet.as_of));
    let stale = Memo::new(move |_| !desk.online.get() || trouble.with(Option::is_some));
    let text = move || {
        let words = desk.words();
        let what = match trouble.get() {
            _ if !desk.online.get() => words.wallet.offline.to_owned(),
            Some((what, next)) => format!("{what} {next}"),
            None => String::new(),
        };
        let when = (as_of.get() > 0).then(|| (words.as_of)(&desk.clock_time(as_of.get())));
        [Some(what), when].into_iter().flatten().collect::<Vec<_>>().join(" · ")
    };
    view! {
        <div role="status">
            {move || stale.get().then(|| view! {
                <p class="stale" data-testid="wallet-stale">
                    <span>{text}</span>
                    <button
                        type="button"
                        class="quiet"
                        data-testid="wallet-retry"
                        disabled=move || desk.wallet.with(|wallet| wallet.busy)
                        on:click=move |_| refresh(desk)
                    >
                        {move || desk.words().retry}
                    </button>
                </p>
            })}
        </div>
    }
}

/// Ids of all grants, those that can be used first, the ones that end soonest before others; and whether they are past.
fn sorted(desk: Desk) -> Vec<(String, bool)> {
    let now = desk.now.get();
    desk.vouchers.with(|vouchers| {
        let vouchers = vouchers.value.as_deref().unwrap_or_default();
        let key = |grant: &Grant| -> (Look, i64, i64) {
            let status = state::status(vouchers, &grant.voucher);
            let ends = state::ends(grant, status).unwrap_or(i64::MAX);
            (state::look(grant, status, now), ends, grant.claimed_at)
        };
        desk.wallet.with(|wallet| {
            let mut grants: Vec<&Grant> = wallet.value.iter().flat_map(|wallet| &wallet.grants).collect();
            grants.sort_by_key(|grant| key(grant));
            grants.into_iter().map(|grant| (grant.id.clone(), key(grant).0.is_past())).collect()
        })
    })
}
