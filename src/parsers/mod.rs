//! The page's parsers, asked one after the other as `oolong_cascade` decides: model, remote agent, names and rules.
//!
//! This is the shell around that policy: promises and timers, what the browser knows (network, consent), and nothing that
//! decides.

mod consent;
mod fallback;
mod tally;

use std::{cell::Cell, rc::Rc};

use oolong_cascade::{Attempt, Circumstances, Failure, Kind, Local, LocalWas, Next, Remote, RemoteWas, Route};
use oolong_commerce::Dialogue;
use oolong_intent::{Context, Parse};
use oolong_protocol::{FallbackTrouble, FromFallback, ToFallback, Trouble, TroubleKind};

pub(crate) use consent::Consent;
pub(crate) use oolong_cascade::Tally;
pub(crate) use tally::{keep as keep_tally, load as load_tally};

use crate::{
    address,
    clock::now,
    understanding::{Phase, Understanding, Understood},
};
use fallback::Fallback;

/// Confidence from which on an answer of the model is acted upon, until it has said so itself.
const THRESHOLD: f32 = 0.8;

/// An answer, from whichever parser, and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answered {
    /// The frames and how they were read.
    pub(crate) parse: Parse,
    /// What became of each parser.
    pub(crate) route: Route,
    /// Below this, nothing is changed without asking.
    pub(crate) threshold: f32,
    /// From taking the sentence up to the answer, in milliseconds.
    pub(crate) wall_ms: f64,
    /// The model's WebAssembly memory, in bytes, where the model answered.
    pub(crate) memory: Option<u64>,
    /// Calls to the remote agent.
    pub(crate) calls: u32,
}

/// Handles to all parsers; clones speak to the same ones.
#[derive(Clone)]
pub(crate) struct Parsers {
    understanding: Understanding,
    fallback: Rc<Fallback>,
    /// Where the remote agent is, if the site has one.
    remote: Option<Rc<str>>,
    calling: Rc<Cell<bool>>,
}

impl Parsers {
    /// Parsers that report every change of the model's phase. Nothing is loaded yet.
    pub(crate) fn new(on_phase: impl Fn(Phase) + 'static) -> Self {
        let remote = address::named("oolong-remote").map(|path| address::resolve(&path).into());
        Self { understanding: Understanding::new(on_phase), fallback: Rc::default(), remote, calling: Rc::default() }
    }

    /// Whether the site has a remote agent.
    pub(crate) fn has_remote(&self) -> bool {
        self.remote.is_some()
    }

    /// Loads what is needed for `campaign`: first the small module, which can answer at once, then the model.
    pub(crate) fn start(&self, campaign: String) {
        let parsers = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            parsers.fallback.serve(&campaign).await;
            parsers.understanding.start(campaign);
        });
    }

    /// Loads the model again.
    pub(crate) fn load_model(&self, campaign: String) {
        self.understanding.start(campaign);
    }

    /// Stops the download of the model.
    pub(crate) fn stop_loading(&self) {
        self.understanding.cancel();
    }

    /// Something newer was said: a call that is under way is given up.
    pub(crate) fn abandon(&self) {
        if self.calling.get() {
            let fallback = Rc::clone(&self.fallback);
            wasm_bindgen_futures::spawn_local(async move {
                fallback.ask(&ToFallback::Abandon).await;
            });
        }
    }

    /// Understands an utterance with whatever there is, within three seconds.
    ///
    /// # Errors
    /// [`Trouble`] only when not even names and rules could be loaded.
    pub(crate) async fn understand(
        &self,
        text: &str,
        context: &Context,
        phase: &Phase,
        consent: Consent,
    ) -> Result<Answered, Trouble> {
        let began = now();
        let circumstances = self.circumstances(phase, consent).await;
        let mut attempt = Attempt::new(circumstances, began);
        let (mut memory, mut calls) = (None, 0);
        loop {
            match attempt.next(now()) {
                Next::Local { within_ms } => match self.local(text, context, within_ms).await {
                    Ok(understood) => {
                        memory = Some(understood.memory);
                        attempt.local_answered(understood.parse);
                    }
                    Err(trouble) => attempt.local_failed(local_was(&trouble)),
                },
                Next::Remote { within_ms } => {
                    let (outcome, made) = self.call(text, context, within_ms).await;
                    calls += made;
                    match outcome {
                        Ok(parse) => attempt.remote_answered(parse),
                        Err(was) => attempt.remote_failed(was),
                    }
                }
                Next::Keyword => {
                    let keyword = ToFallback::Keyword { text: text.to_owned(), context: context.clone() };
                    attempt.keyword_answered(match self.fallback.ask(&keyword).await {
                        Some(FromFallback::Parsed { parse, .. }) => Some(*parse),
                        _ => None,
                    });
                }
                Next::Answer(answer) => {
                    let wall_ms = now() - began;
                    let threshold = answer.threshold;
                    return Ok(Answered {
                        parse: answer.parse,
                        route: answer.route,
                        threshold,
                        wall_ms,
                        memory,
                        calls,
                    });
                }
                Next::Nothing(route) => {
                    let detail = format!("no parser could be asked: {route:?}");
                    return Err(Trouble { kind: TroubleKind::Download, detail });
                }
            }
        }
    }

    async fn circumstances(&self, phase: &Phase, consent: Consent) -> Circumstances {
        let (local, threshold) = match phase {
            Phase::Ready(model) => (Local::Ready, model.threshold),
            Phase::Verifying | Phase::Starting | Phase::Restarting(_) => (Local::Soon, THRESHOLD),
            Phase::Idle | Phase::Downloading { .. } => (Local::Loading, THRESHOLD),
            Phase::Cancelled | Phase::Failed(_) | Phase::SetAside(_) => (Local::Absent, THRESHOLD),
        };
        let remote = if self.remote.is_none() {
            Remote::None
        } else if consent != Consent::Given {
            Remote::NotAllowed
        } else if !is_online() {
            Remote::Offline
        } else {
            match self.fallback.ask(&ToFallback::Health).await {
                Some(FromFallback::Health { resting: false }) => Remote::Open,
                _ => Remote::Resting,
            }
        };
        Circumstances { local, remote, threshold }
    }

    /// The model's answer; where it found nothing of the kind at the brand settled on, it looks once more at all brands.
    async fn local(&self, text: &str, context: &Context, within_ms: f64) -> Result<Understood, Trouble> {
        let end = now() + within_ms;
        let first = self.understanding.parse(text.to_owned(), context.clone(), within_ms).await?;
        if let Some(wider) = Dialogue::wider(context, &first.parse.frames)
            && let Ok(second) = self.understanding.parse(text.to_owned(), wider, (end - now()).max(0.0)).await
            && Dialogue::better(&first.parse.frames, &second.parse.frames)
        {
            return Ok(second);
        }
        Ok(first)
    }

    /// The remote agent's answer, and how many calls it took.
    async fn call(&self, text: &str, context: &Context, within_ms: f64) -> (Result<Parse, RemoteWas>, u32) {
        let url = self.remote.as_deref().unwrap_or_default().to_owned();
        let remote = ToFallback::Remote { text: text.to_owned(), context: context.clone(), url, within_ms };
        self.calling.set(true);
        let answer = self.fallback.ask(&remote).await;
        self.calling.set(false);
        match answer {
            Some(FromFallback::Parsed { parse, calls }) => (Ok(*parse), calls),
            Some(FromFallback::Failed { why, calls, .. }) => (Err(remote_was(why)), calls),
            _ => (Err(Kind::Connection.into()), 0),
        }
    }
}

fn local_was(trouble: &Trouble) -> LocalWas {
    match trouble.kind {
        TroubleKind::Deadline => LocalWas::Slow,
        TroubleKind::Utterance | TroubleKind::Parse | TroubleKind::Restarted | TroubleKind::Campaign => {
            LocalWas::Broken
        }
        TroubleKind::Download
        | TroubleKind::Cancelled
        | TroubleKind::Integrity
        | TroubleKind::Model
        | TroubleKind::GaveUp
        | TroubleKind::Unsupported => LocalWas::Absent,
    }
}

fn remote_was(why: FallbackTrouble) -> RemoteWas {
    let kind = match why {
        FallbackTrouble::Resting => return RemoteWas::Resting,
        FallbackTrouble::Abandoned => return RemoteWas::Abandoned,
        FallbackTrouble::Connection => Kind::Connection,
        FallbackTrouble::Deadline => Kind::Deadline,
        FallbackTrouble::Status(status) => Kind::Status(status),
        FallbackTrouble::Garbled => Kind::Garbled,
        FallbackTrouble::Useless | FallbackTrouble::Unfit => Kind::Useless,
    };
    Failure::from(kind).into()
}

fn is_online() -> bool {
    web_sys::window().is_none_or(|window| window.navigator().on_line())
}
