//! Who this is: our mark, the campaign, the model's state, the language.

use leptos::prelude::*;

use super::{counter::PanelButtons, model::ModelStatus};
use crate::{mark::Mark, session::use_session, show::name};

#[component]
pub(crate) fn Header() -> impl IntoView {
    let session = use_session();
    let campaign = session.campaign();
    view! {
        <header class="top">
            <div class="brand">
                <Mark/>
                <span class="brand-name">"Oolong"</span>
                <h1 class="campaign-name">{move || name(&campaign.names, session.language.get()).to_owned()}</h1>
            </div>
            <PanelButtons/>
            <ModelStatus/>
            <button
                type="button"
                class="lang"
                data-testid="lang-switch"
                lang=move || session.language.get().other().tag()
                aria-label=move || session.words().switch_label
                on:click=move |_| session.set_language(session.language.get_untracked().other())
            >
                {move || session.words().switch_to}
            </button>
        </header>
    }
}
