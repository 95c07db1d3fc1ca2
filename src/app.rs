//! The page's three states: the campaign is loading, refused, or there.

#![expect(unreachable_pub, reason = "the component macro writes `pub` where it is told `pub(crate)`")]

use leptos::prelude::*;

use crate::{
    campaign::{self, Loaded, NoCampaign},
    components::{CampaignError, Cart, Composer, Conversation, Header, ModelStrip, OpenPanel},
    mark::Mark,
    session::Session,
    words::Language,
};

#[derive(Clone)]
enum Campaign {
    Loading,
    Failed(NoCampaign),
    There(Loaded),
}

/// The whole page.
#[component]
pub(crate) fn App() -> impl IntoView {
    let language = RwSignal::new(Language::at_first());
    Effect::new(move |_| language.get().declare());
    let campaign = RwSignal::new(Campaign::Loading);
    let load = move || {
        campaign.set(Campaign::Loading);
        wasm_bindgen_futures::spawn_local(async move {
            campaign.set(campaign::load().await.map_or_else(Campaign::Failed, Campaign::There));
        });
    };
    load();
    move || match campaign.get() {
        Campaign::Loading => view! {
            <div class="opening" role="status">
                <Mark/>
                <p>{move || language.get().words().campaign_loading}</p>
            </div>
        }
        .into_any(),
        Campaign::Failed(why) => view! { <CampaignError why language retry=load/> }.into_any(),
        Campaign::There(loaded) => view! { <Counter loaded language/> }.into_any(),
    }
}

/// The page with a campaign: talk on one side, the order on the other.
#[component]
fn Counter(loaded: Loaded, language: RwSignal<Language>) -> impl IntoView {
    let session = Session::start(loaded, language);
    provide_context(session);
    view! {
        <a class="skip" href="#say">{move || session.words().skip}</a>
        <div class="page">
            <Header/>
            <ModelStrip/>
            <main class="talk">
                <Conversation/>
                <Composer/>
            </main>
            <Cart/>
        </div>
        <OpenPanel/>
    }
}
