//! Where the shopper speaks: a box that grows, example chips, and the microphone where the browser has one.

use leptos::{html::Textarea, prelude::*};
use oolong_intent::MAX_CHARS;

use crate::{examples::examples, session::use_session, speech};

/// From how many characters left on the counter is shown.
const NEAR_THE_END: usize = 120;

#[component]
pub(crate) fn Composer() -> impl IntoView {
    let session = use_session();
    let text = RwSignal::new(String::new());
    let listening = RwSignal::new(false);
    let input = NodeRef::<Textarea>::new();
    let length = Memo::new(move |_| text.with(|text| text.trim().chars().count()));
    let send = move || {
        if session.say(&text.get_untracked()) {
            text.set(String::new());
        }
        if let Some(input) = input.get_untracked() {
            // Losing the focus is a nuisance, not a failure.
            let _ = input.focus();
        }
    };
    let on_key = move |event: web_sys::KeyboardEvent| {
        // While an input method composes Chinese, Enter chooses characters and must not send.
        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
            event.prevent_default();
            send();
        }
    };
    let listen = move |_| {
        listening.set(true);
        let heard = move |said: String| {
            text.set(said);
            send();
        };
        speech::listen(session.language.get_untracked().tag(), heard, move || listening.set(false));
    };
    view! {
        <div class="composer">
            <Chips/>
            <form
                class="say"
                on:submit=move |event| {
                    event.prevent_default();
                    send();
                }
            >
                <label class="unseen" for="say">{move || session.words().say_label}</label>
                <div class="grow" data-text=move || text.get()>
                    <textarea
                        id="say"
                        node_ref=input
                        rows="1"
                        data-testid="composer-input"
                        autocomplete="off"
                        enterkeyhint="send"
                        aria-describedby="left"
                        placeholder=move || {
                            let words = session.words();
                            if listening.get() { words.listening } else { words.placeholder }
                        }
                        prop:value=move || text.get()
                        on:input=move |event| text.set(event_target_value(&event))
                        on:keydown=on_key
                    ></textarea>
                </div>
                <Show when=speech::available>
                    <button
                        type="button"
                        class="mic"
                        class:on=move || listening.get()
                        data-testid="composer-speak"
                        aria-pressed=move || listening.get().to_string()
                        aria-label=move || session.words().speak
                        title=move || session.words().speak
                        on:click=listen
                    >
                        <svg viewBox="0 0 24 24" aria-hidden="true">
                            <rect x="9" y="3" width="6" height="11" rx="3"/>
                            <path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>
                        </svg>
                    </button>
                </Show>
                <button
                    type="submit"
                    class="send"
                    data-testid="composer-send"
                    aria-label=move || session.words().send
                    disabled=move || length.get() == 0
                >
                    <svg viewBox="0 0 24 24" aria-hidden="true"><path d="M12 19V5M5.5 11.5 12 5l6.5 6.5"/></svg>
                </button>
            </form>
            <p id="left" class="left" class:over=move || { length.get() > MAX_CHARS } role="status">
                {move || match length.get() {
                    length if length > MAX_CHARS => (session.words().too_long)(length, MAX_CHARS),
                    length if length + NEAR_THE_END > MAX_CHARS => (session.words().left)(MAX_CHARS - length),
                    _ => String::new(),
                }}
            </p>
        </div>
    }
}

/// Sentences to tap, made from the campaign and the cart.
#[component]
fn Chips() -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let sentences = Memo::new(move |_| {
        session
            .dialogue
            .with(|dialogue| examples(&campaign, dialogue.state().order.cart.lines(), session.language.get()))
    });
    view! {
        <ul class="chips" aria-label=move || session.words().try_saying>
            <For each=move || sentences.get() key=String::clone let:sentence>
                <li>
                    <button
                        type="button"
                        class="chip"
                        data-testid="chip"
                        on:click={
                            let sentence = sentence.clone();
                            move |_| {
                                session.say(&sentence);
                            }
                        }
                    >
                        {sentence.clone()}
                    </button>
                </li>
            </For>
        </ul>
    }
}
