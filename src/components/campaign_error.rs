//! The page without a campaign: which file, which field, what is wrong with it, and what to do.

use leptos::prelude::*;

use crate::{campaign::NoCampaign, mark::Mark, words::Language};

#[component]
pub(crate) fn CampaignError(
    why: NoCampaign,
    language: RwSignal<Language>,
    retry: impl Fn() + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let why = StoredValue::new(why);
    let words = move || language.get().words();
    let content = move || {
        let words = words();
        let (title, next, rows) = match why.get_value() {
            NoCampaign::Refused { url, path, reason } => (
                words.campaign_refused,
                words.campaign_next,
                vec![(words.campaign_field, path), (words.campaign_reason, reason), (words.campaign_file, url)],
            ),
            NoCampaign::Unreachable { url, reason } => (
                words.campaign_unreachable,
                words.campaign_unreachable_next,
                vec![(words.campaign_file, url), (words.campaign_reason, reason)],
            ),
            NoCampaign::Foreign { url } => {
                (words.campaign_foreign, words.campaign_foreign_next, vec![(words.campaign_file, url)])
            }
        };
        let rows =
            rows.into_iter().map(|(term, value)| view! { <div><dt>{term}</dt><dd><code>{value}</code></dd></div> });
        view! {
            <h1>{title}</h1>
            <dl class="facts">{rows.collect_view()}</dl>
            <p>{next}</p>
        }
    };
    view! {
        <main class="opening" data-testid="campaign-error" role="alert">
            <Mark/>
            {content}
            <div class="buttons">
                <button type="button" class="main" data-testid="campaign-retry" on:click=move |_| retry()>
                    {move || words().retry}
                </button>
                <button
                    type="button"
                    class="quiet"
                    data-testid="lang-switch"
                    on:click=move |_| language.update(|language| *language = language.other())
                >
                    {move || words().switch_to}
                </button>
            </div>
        </main>
    }
}
