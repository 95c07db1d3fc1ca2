//! The shopper's code: shown, copied, and taken over from another browser.

use js_sys::Reflect;
use leptos::{
    ev::SubmitEvent,
    html::{self, Input},
    prelude::*,
};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};

use super::restore;
use crate::{desk::use_desk, identity};

/// What came of the last press of a button.
#[derive(Clone, Copy, PartialEq, Eq)]
enum News {
    None,
    Copied,
    NotCopied,
    NoCode,
    SameCode,
    Restored,
}

/// The code, folded away until asked for.
#[component]
pub(super) fn ShopperCodeBox() -> impl IntoView {
    let desk = use_desk();
    let open = RwSignal::new(false);
    let news = RwSignal::new(News::None);
    let code = RwSignal::new(String::new());
    let asked = RwSignal::new(None::<String>);
    let (shown, typed) = (NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let details = NodeRef::<html::Details>::new();
    // The code is put into the page only while it is to be seen. Another tab may have changed it meanwhile.
    let on_toggle = move |_| {
        let now = details.get_untracked().is_some_and(|details| details.open());
        code.set(if now { identity::code() } else { String::new() });
        open.set(now);
    };
    let copy = move |_| {
        spawn_local(async move {
            let copied = copy(&code.get_untracked()).await;
            if !copied && let Some(shown) = shown.get_untracked() {
                shown.select();
            }
            news.set(if copied { News::Copied } else { News::NotCopied });
        });
    };
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let text = typed.get_untracked().map(|typed| typed.value()).unwrap_or_default();
        let read = identity::read(&text);
        news.set(match &read {
            None => News::NoCode,
            Some(read) if *read == identity::code() => News::SameCode,
            Some(_) => News::None,
        });
        asked.set(read.filter(|read| *read != identity::code()));
    };
    let replace = move |_| {
        let Some(wanted) = asked.get_untracked() else { return };
        restore(desk, &wanted);
        code.set(wanted);
        asked.set(None);
        if let Some(typed) = typed.get_untracked() {
            typed.set_value("");
        }
        news.set(News::Restored);
    };
    let said = move || {
        let words = &desk.words().wallet;
        match news.get() {
            News::None => "",
            News::Copied => words.copied,
            News::NotCopied => words.copy_by_hand,
            News::NoCode => words.restore_bad,
            News::SameCode => words.restore_same,
            News::Restored => words.restored,
        }
    };
    let held = move || desk.wallet.with(|wallet| wallet.value.as_ref().map_or(0, |wallet| wallet.grants.len()));
    view! {
        <details class="code" node_ref=details data-testid="code" on:toggle=on_toggle>
            <summary>{move || desk.words().wallet.code}</summary>
            {move || open.get().then(|| view! {
                <p>{move || desk.words().wallet.code_about}</p>
                {(!identity::is_kept()).then(|| view! {
                    <p class="refused" data-testid="code-unkept">{move || desk.words().wallet.code_unkept}</p>
                })}
                <div class="code-row">
                    <input
                        type="text"
                        readonly
                        node_ref=shown
                        data-testid="recovery-code"
                        aria-label=move || desk.words().wallet.code
                        prop:value=move || code.get()
                    />
                    <button type="button" class="quiet" data-testid="copy-code" on:click=copy>
                        {move || desk.words().wallet.copy}
                    </button>
                </div>
                <form class="code-row" on:submit=submit>
                    <label>
                        <span>{move || desk.words().wallet.restore_label}</span>
                        <input type="text" node_ref=typed data-testid="restore-code" autocomplete="off" autocapitalize="characters" spellcheck="false"/>
                    </label>
                    <button type="submit" class="quiet" data-testid="restore">{move || desk.words().wallet.restore}</button>
                </form>
                <p role="status" data-testid="code-news">{said}</p>
                {move || asked.get().map(|_| view! {
                    <div class="refused" role="alert" data-testid="restore-ask">
                        <p>{move || (desk.words().wallet.restore_ask)(held())}</p>
                        <div class="buttons">
                            <button type="button" class="main" data-testid="restore-yes" on:click=replace>
                                {move || desk.words().wallet.restore_yes}
                            </button>
                            <button type="button" class="quiet" data-testid="restore-no" on:click=move |_| asked.set(None)>
                                {move || desk.words().wallet.restore_no}
                            </button>
                        </div>
                    </div>
                })}
            })}
        </details>
    }
}

/// Puts a text on the clipboard; not all browsers have one for pages, and shoppers may forbid it.
async fn copy(text: &str) -> bool {
    let Some(navigator) = web_sys::window().map(|window| window.navigator()) else { return false };
    if !Reflect::get(&navigator, &"clipboard".into()).is_ok_and(|clipboard: JsValue| clipboard.is_object()) {
        return false;
    }
    JsFuture::from(navigator.clipboard().write_text(text)).await.is_ok()
}
