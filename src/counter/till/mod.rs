//! The till, at `till`: what the shop's own people see. They redeem vouchers, hand over orders and say how the store stands.
//!
//! A voucher is accepted only when the ledger has said so: without network its code can be checked, no more.

mod camera;
mod check;
mod outcome;
mod post;
mod queue;
mod redeem;
mod standing;
mod unanswered;

use leptos::{html, prelude::*};

use self::{
    post::{Post, TillDesk, use_till},
    queue::Queue,
    redeem::Redeem,
    standing::Standing,
};
use crate::{desk::use_desk, show::name};

#[component]
pub(crate) fn Till() -> impl IntoView {
    let desk = use_desk();
    let till = TillDesk::open(desk);
    provide_context(till);
    Effect::new(move |_| document().set_title(desk.words().till.document));
    let at_post = Memo::new(move |_| till.post.with(Option::is_some));
    let store = move || {
        let language = desk.language.get();
        let name = till.store.with(|store| store.as_ref().map(|store| name(&store.names, language).to_owned()));
        name.or_else(|| till.post.with(|post| post.as_ref().map(|post| post.store.clone())))
    };
    let switch = move |_| {
        let other = desk.language.get_untracked().other();
        desk.language.set(other);
        other.keep();
    };
    view! {
        <div class="till" data-testid="till">
            <header class="till-top">
                <h1>"Oolong " <span>{move || desk.words().till.title}</span></h1>
                <p class="till-store" data-testid="till-name">{store}</p>
                <button
                    type="button"
                    class="lang"
                    data-testid="lang-switch"
                    lang=move || desk.language.get().other().tag()
                    aria-label=move || desk.words().till.switch_label
                    on:click=switch
                >
                    {move || desk.words().till.switch_to}
                </button>
                <Show when=move || at_post.get()>
                    <button type="button" class="quiet" data-testid="till-leave" on:click=move |_| till.leave()>
                        {move || desk.words().till.leave}
                    </button>
                </Show>
            </header>
            {move || if at_post.get() {
                view! {
                    <Trouble/>
                    <main class="till-desk">
                        <Redeem/>
                        <Queue/>
                        <Standing/>
                    </main>
                }
                .into_any()
            } else {
                view! { <main class="till-door"><SignIn/></main> }.into_any()
            }}
        </div>
    }
}

/// Why what is shown may be old.
#[component]
fn Trouble() -> impl IntoView {
    let (till, desk) = (use_till(), use_desk());
    let told = Memo::new(move |_| {
        let language = desk.language.get();
        let failure = till.queue.with(|queue| queue.trouble.clone());
        match failure {
            None if desk.online.get() => None,
            Some(failure) if desk.online.get() && failure.reason().is_some() => {
                let (what, next) = failure.advice(language);
                Some(format!("{what} {next}"))
            }
            _ => Some(language.words().till.offline.to_owned()),
        }
    });
    move || told.get().map(|told| view! { <p class="till-strip" role="status" data-testid="till-offline">{told}</p> })
}

#[component]
fn SignIn() -> impl IntoView {
    let (till, desk) = (use_till(), use_desk());
    let (store, key) = (NodeRef::<html::Input>::new(), NodeRef::<html::Input>::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = |field: NodeRef<html::Input>| field.get_untracked().map(|field| field.value().trim().to_owned());
        let post = Post { store: typed(store).unwrap_or_default(), key: typed(key).unwrap_or_default() };
        if !post.store.is_empty() && !post.key.is_empty() {
            till.enter(post);
        }
    };
    let refused = move || {
        let language = desk.language.get();
        till.queue.with(|queue| queue.trouble.as_ref().map(|failure| failure.advice(language)))
    };
    view! {
        <form class="till-card till-signin" on:submit=submit>
            <label class="till-field">
                <span>{move || desk.words().till.store}</span>
                <input node_ref=store name="store" required maxlength="200" autocomplete="off" spellcheck="false" autofocus data-testid="till-store"/>
            </label>
            <label class="till-field">
                <span>{move || desk.words().till.key}</span>
                <input node_ref=key name="key" type="password" required maxlength="300" autocomplete="off" data-testid="till-key"/>
            </label>
            {move || refused().map(|(what, next)| view! {
                <p class="till-refused" role="alert" data-testid="till-refused"><b>{what}</b> " " {next}</p>
            })}
            <button class="main wide" data-testid="till-open">{move || desk.words().till.open}</button>
            <p class="small">{move || desk.words().till.key_note}</p>
        </form>
    }
}
