//! The code of a voucher, for a scanner.

use std::time::Duration;

use leptos::{html::Dialog, prelude::*};

use super::{
    grant::{Countdown, Row},
    qr, refresh_wallet,
    state::{self, Look},
};
use crate::desk::use_desk;

/// How often the wallet is looked at while a code is held before a scanner.
const SCANNING: Duration = Duration::from_secs(3);

/// The code of the grant in `scanned`, as large as the screen allows, black on white whatever the theme, for a scanner.
/// It stands beside the rows, not in them: a row goes elsewhere when its voucher is used, which is when somebody looks here.
#[component]
pub(super) fn Enlarged(scanned: RwSignal<Option<String>>) -> impl IntoView {
    move || scanned.get().map(|id| view! { <Code id scanned/> })
}

/// A code without its frame.
#[component]
pub(super) fn Drawn(drawing: qr::Drawing) -> impl IntoView {
    let size = drawing.size;
    view! {
        <svg viewBox=format!("0 0 {size} {size}") shape-rendering="crispEdges" aria-hidden="true">
            <path d=drawing.path/>
        </svg>
    }
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
