//! One voucher of the wallet: what it is worth, how it stands, how long, and its code to scan.

use std::time::Duration;

use leptos::{html::Dialog, prelude::*};
use oolong_protocol::{
    counter::FromCounter,
    shop::{Grant, Millis, VoucherStatus},
};

use super::{
    countdown::{Left, left, spoken_minutes},
    qr, refresh_wallet,
    state::{self, Look},
};
use crate::{
    desk::{Desk, use_desk},
    show::voucher_name,
    worth::{terms, worth},
};

/// How often the wallet is looked at while a code is held before a scanner.
const SCANNING: Duration = Duration::from_secs(3);

/// A grant with all that its row shows, kept up to date.
#[derive(Clone, Copy)]
struct Row {
    desk: Desk,
    grant: Memo<Option<Grant>>,
    status: Memo<Option<VoucherStatus>>,
    look: Memo<Option<Look>>,
}

impl Row {
    fn new(desk: Desk, id: String) -> Self {
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

    fn name(&self) -> String {
        voucher_name(&self.desk.campaign(), &self.voucher(), self.desk.language.get())
    }

    fn worth(&self) -> String {
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
    fn ends(&self) -> Option<Millis> {
        let open = self.look.get().is_some_and(|look| !look.is_past());
        let ends = self.grant.with(|grant| self.status.with(|status| state::ends(grant.as_ref()?, status.as_ref())));
        ends.filter(|_| open)
    }

    /// How it stands, in words.
    fn standing(&self) -> String {
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
    fn scannable(&self) -> bool {
        matches!(self.look.get(), Some(Look::Usable | Look::Reserved))
    }

    fn drawing(&self) -> Option<qr::Drawing> {
        self.grant.with(|grant| qr::draw(grant.as_ref()?.token.as_ref()?))
    }
}

/// A voucher of the wallet, by the grant's id. Its code is asked for by way of `scanned`; see [`Enlarged`].
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

#[component]
fn Drawn(drawing: qr::Drawing) -> impl IntoView {
    let size = drawing.size;
    view! {
        <svg viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges" aria-hidden="true">
            <path d=drawing.path/>
        </svg>
    }
}

/// The code of the grant in `scanned`, as large as the screen allows, black on white whatever the theme, for a scanner.
/// It stands beside the rows, not in them: a row goes elsewhere when its voucher is used, which is when somebody looks here.
#[component]
pub(super) fn Enlarged(scanned: RwSignal<Option<String>>) -> impl IntoView {
    move || scanned.get().map(|id| view! { <Code id scanned/> })
}

#[component]
fn Code(id: String, scanned: RwSignal<Option<String>>) -> impl IntoView {
    let desk = use_desk();
    let row = Row::new(desk, id);
    let dialog = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        if let Some(dialog) = dialog.get() {
            // A dialog that is open already, or not in the page any more, stays as it is.
            let _ = dialog.show_modal();
        }
    });
    // The shop's scan changes the voucher's state; whoever holds the phone waits for that.
    let timer = set_interval_with_handle(move || refresh_wallet(desk), SCANNING).ok();
    on_cleanup(move || {
        if let Some(timer) = timer {
            timer.clear();
        }
    });
    let close = move || {
        if let Some(dialog) = dialog.get_untracked() {
            dialog.close();
        }
    };
    let code = move || {
        match (row.scannable(), row.drawing()) {
        (true, Some(drawing)) => view! {
            <div class="qr-large" role="img" data-testid="qr-large" aria-label=move || (desk.words().wallet.qr_label)(&row.name())>
                <Drawn drawing/>
            </div>
            <p>{move || desk.words().wallet.qr_hint}</p>
        }
        .into_any(),
        (true, None) => view! { <p data-testid="qr-none">{move || desk.words().wallet.qr_none}</p> }.into_any(),
        (false, _) => ().into_any(),
    }
    };
    let number = move || row.grant.with(|grant| grant.as_ref().map(|grant| state::short_code(&grant.id)));
    view! {
        <dialog
            node_ref=dialog
            class="qr-dialog"
            data-testid="qr-dialog"
            aria-label=move || row.name()
            on:close=move |_| scanned.set(None)
        >
            <h2>{move || row.name()}</h2>
            <p class="qr-worth">{move || row.worth()}</p>
            {code}
            <p class="qr-number">{move || desk.words().wallet.short_code} " " <b data-testid="short-code">{number}</b></p>
            <p role="status" class="grant-state" data-testid="qr-state" data-state=move || row.look.get().map(Look::name)>
                {move || row.standing()}
            </p>
            <p><Countdown ends=Signal::derive(move || row.ends())/></p>
            <button type="button" class="main" data-testid="qr-close" on:click=move |_| close()>
                {move || desk.words().close}
            </button>
        </dialog>
    }
}
