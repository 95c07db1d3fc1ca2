//! A voucher's code: looked at while it is typed, redeemed with Enter.

use leptos::{html, prelude::*};
use oolong_protocol::shop::{Redemption, RedemptionRequest};
use wasm_bindgen_futures::spawn_local;

use super::{
    camera::Camera,
    check::{Check, Verdict, check, cleaned, verdict},
    outcome::Outcome,
    post::use_till,
    unanswered::Unanswered,
};
use crate::{desk::use_desk, identity, listen};

/// One code on the desk.
#[derive(Clone, PartialEq)]
pub(super) struct Scan {
    token: String,
    pub(super) check: Check,
    pub(super) verdict: Verdict,
    /// The idempotency key: a new one for each scan, the same for each attempt until its outcome was seen.
    key: String,
}

impl Scan {
    fn is_asking(&self, key: &str) -> bool {
        self.verdict == Verdict::Asking && self.key == key
    }
}

#[component]
pub(crate) fn Redeem() -> impl IntoView {
    let (till, desk) = (use_till(), use_desk());
    let field = NodeRef::<html::Input>::new();
    let scan = RwSignal::new(None::<Scan>);
    let unanswered = StoredValue::new(Unanswered::default());
    let look = move |text: &str| {
        let token = cleaned(text);
        let check = untrack(|| check(&token, &till.keys(), &desk.campaign().id, desk.server_now()));
        let key = unanswered.with_value(|unanswered| unanswered.key(&token, identity::fresh_key));
        Scan { token, check, verdict: Verdict::Looked, key }
    };
    let is_asking = move |key: &str| scan.with_untracked(|scan| scan.as_ref().is_some_and(|scan| scan.is_asking(key)));
    // Keys may come after the code.
    Effect::new(move |_| {
        till.keys();
        if let Some(known) = scan.get_untracked().filter(|scan| scan.verdict == Verdict::Looked) {
            let seen = look(&known.token);
            scan.set(Some(Scan { key: known.key, ..seen }));
        }
    });
    let ask = move |asked: Scan| {
        if !asked.check.is_worth_asking() {
            return scan.set(Some(asked));
        }
        if is_asking(&asked.key) {
            return;
        }
        if !listen::is_online() {
            return scan.set(Some(Scan { verdict: Verdict::NoAnswer, ..asked }));
        }
        scan.set(Some(Scan { verdict: Verdict::Asking, ..asked.clone() }));
        unanswered.update_value(|unanswered| unanswered.sent(&asked.token, &asked.key));
        spawn_local(async move {
            let request = RedemptionRequest { token: asked.token.clone(), store: till.store_id() };
            let reply = desk.api.post_once::<_, Redemption>("redemptions", &request, &asked.key, &till.who()).await;
            let verdict = verdict(reply);
            // The next code may be on the desk by now, or the till left; this answer is about the other one.
            let same = scan.try_with_untracked(|scan| scan.as_ref().is_some_and(|scan| scan.key == asked.key));
            if same != Some(true) {
                return;
            }
            if verdict != Verdict::NoAnswer {
                unanswered.update_value(|unanswered| unanswered.seen(&asked.key));
            }
            scan.set(Some(Scan { verdict, ..asked }));
        });
    };
    let redeem = move |text: &str| {
        if !cleaned(text).is_empty() {
            ask(look(text));
            if let Some(field) = field.get_untracked() {
                field.set_value("");
            }
        }
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        // A scanner that sends Enter twice does not redeem twice: the field is empty by then.
        if let Some(field) = field.get_untracked() {
            redeem(&field.value());
        }
    };
    let input = move |event| {
        let text = event_target_value(&event);
        let seen = look(&text);
        // What came of the scan before stays until the next one is all there.
        let before = scan.with_untracked(|scan| scan.as_ref().is_some_and(|scan| scan.verdict != Verdict::Looked));
        if !before || seen.check.is_whole() && !is_asking(&seen.key) {
            scan.set((!seen.token.is_empty()).then_some(seen));
        }
    };
    let focus = move || {
        if let Some(field) = field.get_untracked() {
            // A field that cannot take the focus is reached with Tab.
            let _ = field.focus();
        }
    };
    let next = move |_| {
        scan.set(None);
        if let Some(field) = field.get_untracked() {
            field.set_value("");
        }
        focus();
    };
    // A hand scanner types wherever the focus is; what is typed outside of fields is meant for this one.
    let typing = window_event_listener(leptos::ev::keydown, move |event| {
        let key = event.key();
        let plain =
            key.chars().count() == 1 && key != " " && !event.ctrl_key() && !event.meta_key() && !event.alt_key();
        let active = document().active_element().map(|element| element.tag_name());
        if plain && !matches!(active.as_deref(), Some("INPUT" | "SELECT" | "TEXTAREA")) {
            focus();
        }
    });
    on_cleanup(move || typing.remove());
    Effect::new(move |_| {
        if field.get().is_some() {
            request_animation_frame(focus);
        }
    });
    view! {
        <section class="till-card till-redeem" aria-labelledby="till-redeem-title">
            <h2 id="till-redeem-title">{move || desk.words().till.redeem_title}</h2>
            <form on:submit=submit class="till-scan">
                <label class="till-field">
                    <span>{move || desk.words().till.token}</span>
                    <input
                        node_ref=field
                        name="token"
                        maxlength="4096"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        data-testid="till-token"
                        on:input=input
                    />
                </label>
                <button class="main" data-testid="redeem">{move || desk.words().till.redeem}</button>
            </form>
            <p class="small">{move || desk.words().till.token_note}</p>
            <Camera on_code=Callback::new(move |code: String| redeem(&code))/>
            <div role="status" aria-live="assertive" class="till-result-place">
                {move || {
                    desk.language.track();
                    scan.get().map(|seen| view! { <Outcome desk scan=seen/> })
                }}
            </div>
            {move || {
                let seen = scan.get()?;
                let again = (seen.verdict == Verdict::NoAnswer).then(|| {
                    let seen = seen.clone();
                    view! {
                        <button type="button" class="main" data-testid="redeem-again" on:click=move |_| ask(seen.clone())>
                            {desk.words().till.again}
                        </button>
                    }
                });
                let over = !matches!(seen.verdict, Verdict::Looked | Verdict::Asking);
                over.then(|| view! {
                    <div class="buttons">
                        {again}
                        <button type="button" class="quiet" data-testid="redeem-next" on:click=next>
                            {desk.words().till.next}
                        </button>
                    </div>
                })
            }}
        </section>
    }
}
