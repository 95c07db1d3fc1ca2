//! What came of a voucher's code, in large letters.

use leptos::prelude::*;
use oolong_protocol::shop::Millis;

use super::{
    check::{Check, Verdict},
    post::use_till,
    redeem::Scan,
};
use crate::{desk::Desk, orders::problem_text, show::voucher_name};

/// How a result looks, apart from its words.
#[derive(Clone, Copy)]
enum Tone {
    Good,
    Bad,
    Open,
}

#[component]
pub(super) fn Outcome(desk: Desk, scan: Scan) -> impl IntoView {
    let till = use_till();
    let Scan { check, verdict, .. } = scan;
    let language = desk.language.get_untracked();
    let words = &language.words().till;
    let (tone, state, title, mut notes) = match (&verdict, &check) {
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
    if let (Check::Over { until }, Verdict::Looked | Verdict::NoAnswer) = (&check, &verdict) {
        notes.push((words.over)(&full_time(*until)));
    }
    let voucher = match (&verdict, &check) {
        (Verdict::Redeemed(redemption), _) => Some(redemption.voucher.clone()),
        (_, Check::Genuine { voucher, .. }) => Some(voucher.clone()),
        _ => None,
    };
    let voucher = voucher.map(|id| voucher_name(&desk.campaign(), &id, language));
    let until = match &check {
        Check::Genuine { until, .. } => Some(until.map_or(words.without_end.to_owned(), full_time)),
        Check::Over { .. } | Check::Unknown | Check::NotOurs => None,
    };
    let order = match &verdict {
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
    let code = match &verdict {
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
