//! The till: the shop's own page, at `till`.

use leptos::prelude::*;

use crate::desk::use_desk;

#[component]
pub(crate) fn Till() -> impl IntoView {
    let desk = use_desk();
    view! { <main class="till" data-testid="till"><h1>{move || desk.words().till.title}</h1></main> }
}
