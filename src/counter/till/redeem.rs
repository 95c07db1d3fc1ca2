//! A voucher's code: looked at while it is typed, redeemed with Enter, and what came of it in large letters.

use leptos::{html, prelude::*};
use oolong_protocol::shop::{Millis, Redemption, RedemptionRequest};
use wasm_bindgen_futures::spawn_local;

use super::{
    camera::Camera,
    check::{Check, Verdict, check, cleaned, verdict},
    post::use_till,
    unanswered::Unanswered,
};
use crate::{
    desk::{Desk, use_desk},
    identity, listen,
    orders::problem_text,
    show::voucher_name,
};

/// One code on the desk.
#[derive(Clone, PartialEq)]
struct Scan {
    token: String,
    check: Check,
    verdict: Verdict,
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

/// How a result looks, apart from its words.
#[derive(Clone, Copy)]
enum Tone {
    Good,
    Bad,
    Open,
}

#[component]
fn Outcome(desk: Desk, scan: Scan) -> impl IntoView {
    let till = use_till();
    let language = desk.language.get_untracked();
    let words = &language.words().till;
    let (tone, state, title, mut notes) = match (&scan.verdict, &scan.check) {
        (Verdict::Looked, Check::NotOurs) => {
            (Tone::Bad, "not-ours", words.not_ours.to_owned(), vec![words.not_ours_next.to_owned()])
        }
        (Verdict::Looked, Check::Unknown) => {
            (Tone::Open, "unchecked", words.unchecked.to_owned(), vec![words.unchecked_next.to_owned()])
        }
        (Verdict::Looked, Check::Over { .. } | Check::Genuine { .. }) => {
            (Tone::Open, "genuine", words.genuine.to_owned(), vec![words.genuine_next.to_owned()])
        }
        (Verdict::Asking, _) => (Tone::Open, "asking", words.asking.to_owned(), Vec::new()),
        (Verdict::Redeemed(redemption), _) => {
            let at = desk.clock_time(redemption.redeemed_at);
            (Tone::Good, "redeemed", words.redeemed.to_owned(), vec![(words.redeemed_next)(&at)])
        }
        (Verdict::Refused { problem, used_at }, _) => {
            let (what, next) = problem_text(problem, language);
            let used = used_at.map(|at| (words.used_at)(&full_time(at)));
            (
                Tone::Bad,
                "refused",
                words.refused.to_owned(),
                [Some(what), used, Some(next)].into_iter().flatten().collect(),
            )
        }
        (Verdict::NoAnswer, check) => {
            let genuine = matches!(check, Check::Genuine { .. } | Check::Over { .. });
            let title = if genuine { words.needs_network } else { words.needs_network_unchecked };
            (Tone::Bad, "offline", title.to_owned(), vec![words.needs_network_next.to_owned()])
        }
    };
    if let (Check::Over { until }, Verdict::Looked | Verdict::NoAnswer) = (&scan.check, &scan.verdict) {
        notes.push((words.over)(&full_time(*until)));
    }
    let voucher = match (&scan.verdict, &scan.check) {
        (Verdict::Redeemed(redemption), _) => Some(redemption.voucher.clone()),
        (_, Check::Genuine { voucher, .. }) => Some(voucher.clone()),
        _ => None,
    };
    let voucher = voucher.map(|id| voucher_name(&desk.campaign(), &id, language));
    let until = match &scan.check {
        Check::Genuine { until, .. } => Some(until.map_or(words.without_end.to_owned(), full_time)),
        Check::Over { .. } | Check::Unknown | Check::NotOurs => None,
    };
    let order = match &scan.verdict {
        Verdict::Redeemed(redemption) => redemption.order.clone(),
        Verdict::Looked | Verdict::Asking | Verdict::Refused { .. } | Verdict::NoAnswer => None,
    };
    // By the number that is called out: its id says nothing to anybody here.
    let number = Memo::new(move |_| {
        let id = order.as_deref()?;
        till.queue.with(|queue| {
            let order = queue.value.iter().flat_map(|queue| &queue.orders).find(|known| known.id == id);
            order.map(|order| order.number.clone())
        })
    });
    let (class, icon) = match tone {
        Tone::Good => ("till-result good", "M5 12.5l4.5 4.5L19 7.5"),
        Tone::Bad => ("till-result bad", "M6 6l12 12M18 6L6 18"),
        Tone::Open => ("till-result open", "M12 7v6M12 16.5v.5"),
    };
    let code = match &scan.verdict {
        Verdict::Refused { problem, .. } => serde_json::to_value(problem.code).ok(),
        Verdict::Looked | Verdict::Asking | Verdict::Redeemed(_) | Verdict::NoAnswer => None,
    };
    let code = code.and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
    let row = |term: &'static str, value: Option<String>, tag: &'static str| {
        value.map(|value| view! { <div><dt>{term}</dt><dd data-testid=tag>{value}</dd></div> })
    };
    view! {
        <div class=class data-testid="redeem-result" data-state=state data-code=code>
            <svg viewBox="0 0 24 24" aria-hidden="true"><path d=icon/></svg>
            <div>
                <p class="till-result-title">{title}</p>
                {notes.into_iter().map(|note| view! { <p>{note}</p> }).collect_view()}
                <dl class="facts">
                    {row(words.voucher, voucher, "redeem-voucher")}
                    {row(words.valid_until, until, "redeem-until")}
                    {move || row(words.for_order, number.get(), "redeem-order")}
                </dl>
            </div>
        </div>
    }
}

/// Day and time on the device's own clock.
fn full_time(at: Millis) -> String {
    let date = js_sys::Date::new(&(at as f64).into());
    format!(
        "{}-{:02}-{:02} {:02}:{:02}",
        date.get_full_year(),
        date.get_month() + 1,
        date.get_date(),
        date.get_hours(),
        date.get_minutes()
    )
}
