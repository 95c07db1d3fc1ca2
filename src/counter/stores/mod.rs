//! Stores: map, list, and what the conversation shows of them.
//!
//! ```text
//! stock    directory and tiles, fetched once          live   one event stream for what is in view
//!   └──────────────┬──────────────────────────────────┘
//!              finder   view, conditions ──search──► dots (map) and list, in the page, without the server
//!                  ├── map      canvas, pointers, keys        (oolong-map says what to draw)
//!                  ├── list     the same stores, as rows
//!                  ├── details  one of them
//!                  └── place, filters
//! nearby   what the server finds: for the conversation and for orders
//! ```

mod details;
mod easel;
mod filters;
mod finder;
mod focus;
mod following;
mod found;
mod gesture;
mod hands;
mod labels;
mod list;
mod live;
mod map;
pub(crate) mod nearby;
mod paint;
mod place;
mod rasters;
mod say;
mod search;
mod sieve;
mod standing;
mod standings;
mod stock;
mod timeline;
mod travel;
mod trust;
mod watch;
mod week;
pub(crate) mod whereabouts;

use leptos::prelude::*;
use oolong_protocol::counter::StoreSearch;

pub(crate) use self::found::FoundStores;
use self::{
    details::Details,
    filters::Filters,
    finder::{Finder, use_finder},
    list::StoreList,
    map::StoresMap,
    place::PlaceField,
};
use crate::desk::use_desk;

/// The panel with map and list.
#[component]
pub(crate) fn StoresPanel(search: StoreSearch) -> impl IntoView {
    let desk = use_desk();
    view! {
        <section data-testid="stores" aria-labelledby="finder-title">
            <h2 id="finder-title" class="unseen">{move || desk.words().stores.title}</h2>
            <Panel search start=None/>
        </section>
    }
}

/// Map and list; `start` is a store to begin with, and where it is.
#[component]
fn Panel(search: StoreSearch, start: Option<(String, (f64, f64))>) -> impl IntoView {
    let finder = Finder::open(use_desk(), &search, start);
    provide_context(finder);
    view! {
        <div class="finder" data-testid="finder">
            <PlaceField/>
            <Filters/>
            <Notices/>
            <div class="finder-body">
                <StoresMap/>
                <div class="finder-side">
                    <Details/>
                    <StoreList/>
                </div>
            </div>
        </div>
    }
}

/// What is on its way, what did not come, what is old.
#[component]
fn Notices() -> impl IntoView {
    let finder = use_finder();
    let desk = finder.desk;
    let progress = finder.stock().progress;
    let busy = {
        let progress = progress.clone();
        move || {
            progress.with(|progress| {
                progress.is_busy().then(|| {
                    let (done, all) = progress.files;
                    let size = format!("{} kB", progress.bytes.div_ceil(1000));
                    view! {
                        <p class="finder-loading" role="status" data-testid="stores-loading">
                            <span>{(desk.words().stores.loading)(done, all, &size)}</span>
                            <progress max=all.to_string() value=done.to_string()></progress>
                        </p>
                    }
                })
            })
        }
    };
    let trouble = move || {
        let trouble = progress.with(|progress| progress.trouble.clone()).filter(|_| desk.online.get())?;
        let (what, next) = trouble.advice(desk.language.get());
        Some(view! {
            <div class="finder-trouble" role="alert" data-testid="stores-trouble">
                <p><b>{what}</b>" "{next}</p>
                <button type="button" class="quiet" data-testid="stores-retry" on:click=move |_| finder.retry()>
                    {desk.words().retry}
                </button>
            </div>
        })
    };
    let note = move || {
        let words = &desk.words().stores;
        if !desk.online.get() {
            Some(words.offline)
        } else if live::broken().get() {
            Some(words.interrupted)
        } else if finder.sieve.with(sieve::Sieve::is_any) && finder.hidden() > 0 {
            Some(words.all_brands_counted)
        } else {
            None
        }
    };
    view! {
        {busy}
        {trouble}
        <p class="small" role="status" data-testid="stores-note">{note}</p>
    }
}
