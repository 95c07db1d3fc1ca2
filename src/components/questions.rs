//! Cards that ask: which line was meant, and what must be known before going on.

use leptos::prelude::*;
use oolong_commerce::{Action, Line, MenuScope, Question};
use oolong_intent::{Item, ModifierChoice};

use super::thumb::Thumb;
use crate::{
    session::use_session,
    show::{item_name, modifiers, name},
};

/// Several lines of the cart fit.
#[component]
pub(crate) fn WhichLineCard(lines: Vec<Line>, wish: Item, remove: bool) -> impl IntoView {
    let session = use_session();
    let lines = lines
        .into_iter()
        .map(|line| {
            let campaign = session.campaign();
            let action = Action::Aim { line: line.id, wish: wish.clone(), remove };
            let (item, made) = (line.item.clone(), line.modifiers.clone());
            let title = move || {
                let language = session.language.get();
                let made = modifiers(&campaign, &line, language);
                format!("{} × {} {}", line.quantity, item_name(&campaign, &line.item, language), made.join(" · "))
            };
            view! {
                <li>
                    <button type="button" class="option" data-testid="choice" on:click=move |_| session.act(action.clone())>
                        <Thumb item modifiers=made/>
                        <span class="option-name">{title}</span>
                    </button>
                </li>
            }
        })
        .collect_view();
    view! {
        <article class="card" data-testid="answer-card" data-kind="which-line">
            <h2>{move || session.words().which_line}</h2>
            <ul class="options">{lines}</ul>
        </article>
    }
}

/// Something must be known first.
#[component]
pub(crate) fn QuestionCard(question: Question) -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    let body = match question {
        Question::Item => view! {
            <h2>{move || session.words().ask}</h2>
            <div class="buttons">
                <button type="button" class="quiet" on:click=move |_| session.act(Action::ShowMenu(MenuScope::default()))>
                    {move || session.words().menu_button}
                </button>
            </div>
        }
        .into_any(),
        Question::Place => view! {
            <h2>{move || session.words().ask_place}</h2>
            <p>{move || session.words().ask_place_hint}</p>
        }
        .into_any(),
        Question::Group { line, item, group } => {
            let found = campaign.group(&group).cloned();
            let title = {
                let found = found.clone();
                let campaign = campaign.clone();
                move || {
                    let language = session.language.get();
                    let group = found.as_ref().map_or("", |group| name(&group.names, language));
                    (session.words().ask_group)(&item_name(&campaign, &item, language), group)
                }
            };
            let choices = found.into_iter().flat_map(|group| {
                let id = group.id;
                group.modifiers.into_iter().map(move |modifier| (id.clone(), modifier))
            });
            let choices = choices.map(|(group, modifier)| {
                let choice = ModifierChoice { group, modifier: modifier.id, portions: 1 };
                let wish = Item { modifiers: vec![choice], ..Item::default() };
                let press = move |_| session.act(Action::Aim { line, wish: wish.clone(), remove: false });
                view! {
                    <button type="button" class="chip" data-testid="choice" on:click=press>
                        {move || name(&modifier.names, session.language.get()).to_owned()}
                    </button>
                }
            });
            view! { <h2>{title}</h2> <div class="buttons">{choices.collect_view()}</div> }.into_any()
        }
    };
    view! { <article class="card" data-testid="answer-card" data-kind="question">{body}</article> }
}
