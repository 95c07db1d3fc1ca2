//! One voucher of the wallet: what it is worth, how it stands, how long, and its code to scan.

use leptos::prelude::*;
use oolong_protocol::{
    counter::FromCounter,
    shop::{Grant, Millis, VoucherStatus},
};

use super::{
    countdown::{Left, left, spoken_minutes},
    qr,
    scan::Drawn,
    state::{self, Look},
};
use crate::{
    desk::{Desk, use_desk},
    show::voucher_name,
    worth::{terms, worth},
};

/// A grant with all that its row shows, kept up to date.
#[derive(Clone, Copy)]
pub(super) struct Row {
    desk: Desk,
    pub(super) grant: Memo<Option<Grant>>,
    status: Memo<Option<VoucherStatus>>,
    pub(super) look: Memo<Option<Look>>,
}

impl Row {
    pub(super) fn new(desk: Desk, id: String) -> Self {
        let grant = Memo::new(move |_| {
            desk.wallet.with(|wallet| wallet.value.as_ref()?.grants.iter().find(|grant| grant.id == id).cloned())
        });
        let status = Memo::new(move |_| {
            let voucher = grant.get()?.voucher;
            desk.vouchers.with(|vouchers| state::status(vouchers.value.as_deref()?, &voucher).cloned())
        });
        let look = Memo::new(move |_| {
            let now = desk.now.get();
            grant.with(|grant| status.with(|status| Some(state::look(grant.as_ref()?, status.as_ref(), now))))
        });
        Self { desk, grant, status, look }
    }

    fn voucher(&self) -> String {
        self.grant.with(|grant| grant.as_ref().map(|grant| grant.voucher.clone())).unwrap_or_default()
    }

    pub(super) fn name(&self) -> String {
        voucher_name(&self.desk.campaign(), &self.voucher(), self.desk.language.get())
    }

    pub(super) fn worth(&self) -> String {
        let (campaign, language) = (self.desk.campaign(), self.desk.language.get());
        campaign
            .voucher(&self.voucher())
            .map(|voucher| worth(&campaign, &voucher.discount, language))
            .unwrap_or_default()
    }

    fn terms(&self) -> String {
        let (campaign, language) = (self.desk.campaign(), self.desk.language.get());
        campaign.voucher(&self.voucher()).map(|voucher| terms(&campaign, voucher, language)).unwrap_or_default()
    }

    /// Until when, as long as that matters.
    pub(super) fn ends(&self) -> Option<Millis> {
        let open = self.look.get().is_some_and(|look| !look.is_past());
        let ends = self.grant.with(|grant| self.status.with(|status| state::ends(grant.as_ref()?, status.as_ref())));
        ends.filter(|_| open)
    }

    /// How it stands, in words.
    pub(super) fn standing(&self) -> String {
        let words = &self.desk.words().wallet;
        let number = || {
            let order = self.grant.with(|grant| grant.as_ref()?.order.clone())?;
            self.desk.orders.with(|orders| {
                let orders = orders.value.as_ref()?;
                orders.iter().find(|known| known.id == order).map(|known| known.number.clone())
            })
        };
        let text = match self.look.get() {
            Some(Look::Usable) => words.usable,
            Some(Look::Reserved) => {
                return number().map_or_else(|| words.reserved_some.to_owned(), |number| (words.reserved)(&number));
            }
            Some(Look::Suspended) => words.suspended,
            Some(Look::NotYet) => {
                let from = self.status.with(|status| status.as_ref()?.valid_from);
                return from
                    .map_or_else(|| words.not_yet.to_owned(), |from| (words.starts)(&self.desk.clock_time(from)));
            }
            Some(Look::Redeemed) => words.redeemed,
            Some(Look::Expired) => words.expired,
            Some(Look::Revoked) => words.revoked,
            None => "",
        };
        text.to_owned()
    }

    /// Whether a shop would take its code now.
    pub(super) fn scannable(&self) -> bool {
        matches!(self.look.get(), Some(Look::Usable | Look::Reserved))
    }

    pub(super) fn drawing(&self) -> Option<qr::Drawing> {
        self.grant.with(|grant| qr::draw(grant.as_ref()?.token.as_ref()?))
    }
}

/// A voucher of the wallet, by the grant's id. Its code is asked for by way of `scanned`; see [`super::scan::Enlarged`].
#[component]
pub(super) fn GrantRow(id: String, scanned: RwSignal<Option<String>>) -> impl IntoView {
    let desk = use_desk();
    let row = Row::new(desk, id.clone());
    let own = StoredValue::new(id.clone());
    let usable = Memo::new(move |_| row.look.get() == Some(Look::Usable));
    let scannable = Memo::new(move |_| row.scannable());
    let use_it = move |_| {
        desk.tell(&FromCounter::UseVoucher {
            voucher: row.grant.get_untracked().map(|grant| grant.voucher).unwrap_or_default(),
        })
    };
    view! {
        <li
            class="ticket grant"
            data-testid="grant"
            data-grant=id
            data-voucher=move || row.voucher()
            data-state=move || row.look.get().map(Look::name)
        >
            <div class="ticket-what">
                <b>{move || row.worth()}</b>
                <span>{move || row.name()}</span>
                <small>{move || row.terms()}</small>
                <p class="grant-state" data-testid="grant-state" data-state=move || row.look.get().map(Look::name)>
                    {move || row.standing()}
                    <Countdown ends=Signal::derive(move || row.ends())/>
                </p>
            </div>
            <div class="ticket-do">
                {move || scannable.get().then(|| view! {
                    <button
                        type="button"
                        class="qr-small"
                        data-testid="qr"
                        aria-label=move || (desk.words().wallet.show_qr)(&row.name())
                        on:click=move |_| scanned.set(Some(own.get_value()))
                    >
                        {move || row.drawing().map(|drawing| view! { <Drawn drawing/> })}
                        <span>{move || desk.words().wallet.qr_short}</span>
                    </button>
                })}
                {move || usable.get().then(|| view! {
                    <button type="button" class="quiet" data-testid="use-voucher" on:click=use_it>
                        {move || desk.words().wallet.use_it}
                    </button>
                })}
            </div>
        </li>
    }
}

/// How long something still holds. Seen it counts every second; heard it speaks a few times in the last hour.
#[component]
pub(super) fn Countdown(#[prop(into)] ends: Signal<Option<Millis>>) -> impl IntoView {
    let desk = use_desk();
    let left = Memo::new(move |_| ends.get().map(|until| left(until, desk.now.get())));
    let seen = move || {
        let words = &desk.words().wallet;
        match left.get() {
            Some(Left::Days(days)) => (words.days_left)(days),
            Some(Left::Hours(hours)) => (words.hours_left)(hours),
            Some(Left::Clock(minutes, seconds)) => (words.clock_left)(&format!("{minutes}:{seconds:02}")),
            Some(Left::Over) | None => String::new(),
        }
    };
    let minutes = Memo::new(move |_| left.get().and_then(spoken_minutes));
    let heard = move || minutes.get().map(|minutes| (desk.words().wallet.spoken_left)(minutes));
    let soon = move || matches!(left.get(), Some(Left::Clock(..)));
    view! {
        <span class="countdown" data-testid="countdown" class:soon=soon aria-hidden=move || soon().then_some("true")>{seen}</span>
        <span class="unseen" aria-live="polite">{heard}</span>
    }
}
