//! In the conversation: one claim, from the wish to the server's decision.

use leptos::prelude::*;
use oolong_protocol::counter::FromCounter;

use super::{
    claimable::{refusal, usable_count, waiting},
    grant::GrantRow,
    scan::Enlarged,
};
use crate::{
    desk::use_desk,
    outbox::{Outcome, State},
    show::voucher_name,
};

/// Claims a voucher once per wish, now or when the network is back, and shows what becomes of it.
#[component]
pub(crate) fn ClaimCard(voucher: String, wish: String) -> impl IntoView {
    let desk = use_desk();
    if desk.campaign().voucher(&voucher).is_none() {
        return view! {
            <div class="counter-card" data-testid="claim-card">
                <p data-testid="claim-state" data-state="unknown">{move || desk.words().wallet.unknown}</p>
            </div>
        }
        .into_any();
    }
    desk.outbox.claim(desk, voucher.clone(), wish.clone());
    let id = StoredValue::new(voucher);
    let scanned = RwSignal::new(None);
    let state = Memo::new(move |_| {
        let known = desk.outbox.standings.with(|standings| standings.get(&wish).map(|standing| standing.state.clone()));
        known.unwrap_or(State::Sending)
    });
    let name = move || id.with_value(|id| voucher_name(&desk.campaign(), id, desk.language.get()));
    let text = move || {
        let words = &desk.words().wallet;
        match state.get() {
            State::Sending => ((words.sending)(&name()), String::new()),
            State::Waiting(failure) => waiting(desk, &name(), &failure),
            State::Decided(Outcome::Granted(_)) => ((words.yours)(&name()), String::new()),
            State::Decided(Outcome::Refused(problem)) => ((words.refused)(&name()), refusal(desk, &problem).join(" ")),
        }
    };
    let kind = move || {
        state.with(|state| match state {
            State::Sending => "sending",
            State::Waiting(_) => "waiting",
            State::Decided(Outcome::Granted(_)) => "granted",
            State::Decided(Outcome::Refused(_)) => "refused",
        })
    };
    // The wallet may be another one by now: of a code that was restored since.
    let granted = Memo::new(move |_| {
        let id = state.with(|state| match state {
            State::Decided(Outcome::Granted(grant)) => Some(grant.id.clone()),
            State::Sending | State::Waiting(_) | State::Decided(Outcome::Refused(_)) => None,
        })?;
        let held =
            desk.wallet.with(|wallet| wallet.value.as_ref()?.grants.iter().any(|grant| grant.id == id).then_some(()));
        held.map(|()| id)
    });
    let waits = Memo::new(move |_| kind() == "waiting");
    // Refused, but there is one in the wallet: most often exactly that is why.
    let has_other = Memo::new(move |_| kind() == "refused" && id.with_value(|id| usable_count(desk, id)) > 0);
    view! {
        <div class="counter-card" data-testid="claim-card" data-state=kind>
            <div role="status" data-testid="claim-state" data-state=kind>
                <h2>
                    {move || text().0}
                    {move || (kind() == "sending").then(|| view! { <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span> })}
                </h2>
                <p>{move || text().1}</p>
            </div>
            {move || granted.get().map(|id| view! { <ul class="tickets"><GrantRow id scanned/></ul> })}
            <Enlarged scanned/>
            {move || waits.get().then(|| view! {
                <div class="buttons">
                    <button type="button" class="quiet" data-testid="claim-retry" on:click=move |_| desk.outbox.retry(desk)>
                        {move || desk.words().wallet.try_now}
                    </button>
                </div>
            })}
            {move || has_other.get().then(|| view! {
                <div class="buttons">
                    <button
                        type="button"
                        class="main"
                        data-testid="use-voucher"
                        on:click=move |_| desk.tell(&FromCounter::UseVoucher { voucher: id.get_value() })
                    >
                        {move || desk.words().wallet.use_it}
                    </button>
                </div>
            })}
        </div>
    }
    .into_any()
}
