//! Where the model stands: a pill with details, and a strip with the next step while it is not ready.

use std::sync::Arc;

use leptos::prelude::*;
use oolong_protocol::{ModelInfo, Trouble, TroubleKind};

use super::agent::AgentSettings;
use crate::{parsers::Consent, session::use_session, size::size, understanding::Phase, updates, words::Words};

/// The pill in the header; opened, it tells what was loaded and from where.
#[component]
pub(crate) fn ModelStatus() -> impl IntoView {
    let session = use_session();
    let name = move || code(&session.phase.get());
    view! {
        <details class="status">
            <summary data-testid="model-status" data-phase=name>
                <span class="dot" data-phase=name aria-hidden="true"></span>
                <span class="status-model">{move || session.words().model}</span>
                <span class="status-word">{move || label(&session.phase.get(), session.words())}</span>
            </summary>
            <div class="status-card">
                <Show when=move || session.consent.get() != Consent::Given>
                    <p>{move || session.words().private}</p>
                </Show>
                {move || match &*session.phase.get() {
                    Phase::Ready(model) => facts(model, session.words()).into_any(),
                    Phase::Failed(trouble) | Phase::Restarting(trouble) | Phase::SetAside(trouble) => {
                        detail(trouble).into_any()
                    }
                    Phase::Idle | Phase::Downloading { .. } | Phase::Verifying | Phase::Starting | Phase::Cancelled => {
                        ().into_any()
                    }
                }}
                <AgentSettings/>
            </div>
        </details>
    }
}

/// While the model is not ready: what is going on, how far, and the button that helps.
#[component]
pub(crate) fn ModelStrip() -> impl IntoView {
    let session = use_session();
    // Progress changes many times a second; the strip is only built anew when the phase itself changes.
    let kind = Memo::new(move |_| code(&session.phase.get()));
    let stop = move || {
        view! {
            <button type="button" class="quiet" data-testid="model-cancel" on:click=move |_| session.stop_loading()>
                {move || session.words().cancel}
            </button>
        }
    };
    let start = move |label: fn(&Words) -> &'static str| {
        view! {
            <button type="button" class="quiet" data-testid="model-retry" on:click=move |_| session.load_model()>
                {move || label(session.words())}
            </button>
        }
    };
    view! {
        <div class="strips">
        {move || match kind.get() {
            "downloading" => view! {
                <div class="strip">
                    <p>{move || progress_line(&session.phase.get(), session.words())}</p>
                    {stop()}
                    <progress
                        aria-label=move || session.words().model_downloading
                        max="1"
                        value=move || share(&session.phase.get())
                    ></progress>
                </div>
            }
            .into_any(),
            "cancelled" => view! {
                <div class="strip" data-testid="banner" role="status">
                    <p>{move || session.words().cancelled_line}</p>
                    {start(|words| words.resume)}
                </div>
            }
            .into_any(),
            "failed" | "set-aside" => view! {
                <div class="strip trouble" data-testid="banner" role="status">
                    <p>{move || advice(&session.phase.get(), session.words())}</p>
                    {can_retry(&session.phase.get_untracked()).then(|| start(|words| words.retry))}
                </div>
            }
            .into_any(),
            "restarting" => view! {
                <div class="strip" data-testid="banner" role="status">
                    <p>{move || advice(&session.phase.get(), session.words())}</p>
                </div>
            }
            .into_any(),
            _ => ().into_any(),
        }}
        <Show when=move || session.update.get()>
            <div class="strip" data-testid="update" role="status">
                <p>{move || session.words().agent.update}</p>
                <button type="button" class="quiet" data-testid="update-switch" on:click=move |_| updates::switch()>
                    {move || session.words().agent.switch}
                </button>
            </div>
        </Show>
        <Show when=move || session.unkept.get()>
            <div class="strip trouble" data-testid="banner" role="status"><p>{move || session.words().unkept}</p></div>
        </Show>
        </div>
    }
}

/// The phase's name in `data-phase`.
fn code(phase: &Arc<Phase>) -> &'static str {
    match **phase {
        Phase::Idle => "idle",
        Phase::Downloading { .. } => "downloading",
        Phase::Verifying => "verifying",
        Phase::Starting => "starting",
        Phase::Ready(_) => "ready",
        Phase::Cancelled => "cancelled",
        Phase::Failed(_) => "failed",
        Phase::Restarting(_) => "restarting",
        Phase::SetAside(_) => "set-aside",
    }
}

fn label(phase: &Phase, words: &'static Words) -> String {
    match phase {
        Phase::Idle => words.model_idle,
        Phase::Downloading { received, total, .. } if *total > 0 => {
            return format!("{} {:.0}%", words.model_downloading, 100.0 * *received as f64 / *total as f64);
        }
        Phase::Downloading { .. } => words.model_downloading,
        Phase::Verifying => words.model_verifying,
        Phase::Starting => words.model_starting,
        Phase::Ready(_) => words.model_ready,
        Phase::Cancelled => words.model_cancelled,
        Phase::Failed(_) => words.model_failed,
        Phase::Restarting(_) => words.model_restarting,
        Phase::SetAside(_) => words.model_set_aside,
    }
    .to_owned()
}

fn progress_line(phase: &Phase, words: &Words) -> String {
    match phase {
        Phase::Downloading { received, total, bytes_per_second } => {
            (words.download_line)(&size(*received), &size(*total), &size(*bytes_per_second as u64))
        }
        _ => String::new(),
    }
}

fn share(phase: &Phase) -> f64 {
    match phase {
        Phase::Downloading { received, total, .. } if *total > 0 => *received as f64 / *total as f64,
        _ => 0.0,
    }
}

/// Whether trying again could help.
fn can_retry(phase: &Phase) -> bool {
    !matches!(phase, Phase::Failed(trouble) if trouble.kind == TroubleKind::Unsupported)
}

fn advice(phase: &Phase, words: &Words) -> String {
    match phase {
        Phase::Failed(trouble) | Phase::Restarting(trouble) | Phase::SetAside(trouble) => {
            let advice = (words.trouble)(trouble.kind);
            format!("{} {}", advice.what, advice.next)
        }
        _ => String::new(),
    }
}

fn facts(model: &ModelInfo, words: &'static Words) -> impl IntoView + use<> {
    let rows = [
        (words.model_size, size(model.bytes)),
        (words.model_source, if model.cached { words.from_cache } else { words.from_network }.to_owned()),
        (words.model_offline, if model.kept { words.offline_yes } else { words.offline_no }.to_owned()),
        (words.model_loaded_in, format!("{:.1} s", model.load_ms / 1000.0)),
        (words.model_memory, size(model.memory)),
        (words.model_hash, format!("{}…", model.sha256.chars().take(12).collect::<String>())),
    ];
    let rows = rows.into_iter().map(|(term, value)| view! { <div><dt>{term}</dt><dd>{value}</dd></div> });
    view! {
        <p class="status-name">{model.name.clone()}</p>
        <dl class="facts">{rows.collect_view()}</dl>
    }
}

fn detail(trouble: &Trouble) -> impl IntoView + use<> {
    view! { <p class="status-detail" lang="en">{trouble.detail.clone()}</p> }
}
