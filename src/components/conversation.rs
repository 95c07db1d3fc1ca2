//! What was said and answered, newest at the bottom.

use leptos::{html::Section, prelude::*};
use oolong_commerce::Action;
use oolong_intent::{MAX_CHARS, UtteranceError};
use oolong_protocol::{Trouble, TroubleKind};
use web_sys::{ScrollIntoViewOptions, ScrollLogicalPosition};

use super::{agent::ReadBy, answers::AnswerCard, thumb::Thumb, understood::HowUnderstood};
use crate::{
    examples::shelf,
    session::{Progress, Turn, use_session},
    show::item_name,
};

#[component]
pub(crate) fn Conversation() -> impl IntoView {
    let session = use_session();
    let log = NodeRef::<Section>::new();
    // Whatever is new is brought into view once it has been laid out; of a long answer the beginning.
    Effect::new(move |_| {
        session.turns.with(|turns| turns.last().map(|turn| turn.progress.with(|_| ())));
        request_animation_frame(move || {
            let newest = log.get_untracked().and_then(|log| log.query_selector(".turn:last-child").ok().flatten());
            if let Some(newest) = newest {
                let nearest = ScrollIntoViewOptions::new();
                nearest.set_block(ScrollLogicalPosition::Nearest);
                newest.scroll_into_view_with_scroll_into_view_options(&nearest);
            }
        });
    });
    view! {
        <section class="log" node_ref=log aria-label=move || session.words().conversation tabindex="0">
            <Welcome/>
            <ol class="turns" aria-live="polite" aria-relevant="additions text">
                <For each=move || session.turns.get() key=|turn| turn.id let:turn>
                    <TurnView turn/>
                </For>
            </ol>
        </section>
    }
}

/// The empty counter: one question, and a shelf of what there is.
#[component]
fn Welcome() -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let folded = Memo::new(move |_| session.turns.with(|turns| !turns.is_empty()));
    view! {
        <div class="welcome" class:folded=move || folded.get()>
            <p class="ask">{move || session.words().ask}</p>
            <p class="ask-more">{move || session.words().ask_more}</p>
            <ul class="shelf">
                {shelf(&campaign, 8)
                    .into_iter()
                    .map(|id| {
                        let (shown, pressed) = (id.clone(), id.clone());
                        let campaign = session.campaign();
                        let price = campaign.item(&id).map_or(0, |(_, item)| item.price);
                        view! {
                            <li>
                                <button
                                    type="button"
                                    on:click=move |_| session.act(Action::ShowItem(pressed.clone()))
                                >
                                    <Thumb item=id modifiers=Vec::new()/>
                                    <span class="shelf-name">
                                        {move || item_name(&campaign, &shown, session.language.get())}
                                    </span>
                                    <span class="shelf-price">{session.money(price)}</span>
                                </button>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </div>
    }
}

#[component]
fn TurnView(turn: Turn) -> impl IntoView {
    let session = use_session();
    let Turn { id, name, said, progress } = turn;
    let answer = move || match progress.get() {
        Progress::Waiting => view! { <p class="wait">{move || session.words().waiting}<Dots/></p> }.into_any(),
        Progress::Reading => view! { <p class="wait">{move || session.words().reading}<Dots/></p> }.into_any(),
        Progress::Failed(trouble) => view! { <TroubleCard id trouble/> }.into_any(),
        Progress::Unfit(error) => view! { <UnfitCard error/> }.into_any(),
        Progress::Answered(answers, answered) => view! {
            {answers
                .iter()
                .cloned()
                .enumerate()
                .map(|(at, answer)| view! { <AnswerCard answer wish=format!("{name}.{at}")/> })
                .collect_view()}
            {answered.map(|answered| view! {
                <ReadBy id answers=answers.clone() answered=answered.clone()/>
                <HowUnderstood answered/>
            })}
        }
        .into_any(),
    };
    view! {
        <li class="turn">
            {said.map(|said| view! { <p class="said" dir="auto">{said}</p> })}
            <div class="answer" data-testid="answer">{answer}</div>
        </li>
    }
}

/// Something broke: what, and the button that helps.
#[component]
fn TroubleCard(id: u32, trouble: Trouble) -> impl IntoView {
    let session = use_session();
    let kind = trouble.kind;
    let needs_model = matches!(
        kind,
        TroubleKind::Cancelled
            | TroubleKind::Download
            | TroubleKind::Integrity
            | TroubleKind::Model
            | TroubleKind::GaveUp
    );
    let again = move |_| {
        if needs_model {
            session.load_model();
        }
        session.retry(id);
    };
    view! {
        <article class="card trouble" data-testid="answer-card" data-kind="trouble">
            <h2>{move || (session.words().trouble)(kind).what}</h2>
            <p>{move || (session.words().trouble)(kind).next}</p>
            <details class="small"><summary>{move || session.words().details}</summary><code lang="en">{trouble.detail.clone()}</code></details>
            <div class="buttons">
                <button type="button" class="main" data-testid="retry" on:click=again>
                    {move || {
                        let words = session.words();
                        if kind == TroubleKind::Cancelled { words.resume } else { words.retry }
                    }}
                </button>
                <button type="button" class="quiet" on:click=move |_| session.act(Action::ShowMenu(Default::default()))>
                    {move || session.words().menu_button}
                </button>
            </div>
        </article>
    }
}

/// A text that no model is asked to read.
#[component]
fn UnfitCard(error: UtteranceError) -> impl IntoView {
    let session = use_session();
    view! {
        <article class="card trouble" data-testid="answer-card" data-kind="unfit">
            <p>
                {move || match error {
                    UtteranceError::TooLong { found } => (session.words().too_long)(found, MAX_CHARS),
                    UtteranceError::Empty => session.words().placeholder.to_owned(),
                }}
            </p>
        </article>
    }
}

#[component]
fn Dots() -> impl IntoView {
    view! { <span class="dots" aria-hidden="true"><i></i><i></i><i></i></span> }
}
