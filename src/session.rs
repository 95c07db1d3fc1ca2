//! The conversation's state and everything that happens to it. Components read signals and call methods, no more.

mod counter;

use std::time::Duration;
use std::{collections::VecDeque, sync::Arc};

use leptos::prelude::*;
use oolong_catalog::Campaign;
use oolong_commerce::{Action, Answer, Dialogue, Heard, State, format_money};
use oolong_intent::{Utterance, UtteranceError};
use oolong_protocol::Trouble;

pub(crate) use self::counter::{Counts, Panel};
use crate::{
    campaign::Loaded,
    parsers::{self, Answered, Consent, Parsers, Tally},
    shop::Counter,
    storage,
    understanding::Phase,
    updates,
    words::{Language, Words},
};

/// Something said or pressed, and what came of it.
#[derive(Clone)]
pub(crate) struct Turn {
    pub(crate) id: u32,
    /// A name that no other turn has, in any tab or visit.
    pub(crate) name: Arc<str>,
    /// What the shopper said; `None` when a button was pressed.
    pub(crate) said: Option<String>,
    /// Counted, not owned by whatever was pressed: a chip that is gone must not take its turn along.
    pub(crate) progress: ArcRwSignal<Progress>,
}

/// How far a turn is.
#[derive(Clone)]
pub(crate) enum Progress {
    /// Waits for the turns before it.
    Waiting,
    /// It is being read.
    Reading,
    /// Answered; with how it was understood, where something was said.
    Answered(Arc<Vec<Answer>>, Option<Arc<Answered>>),
    /// Not understood because something broke; the cart is as before.
    Failed(Trouble),
    /// Not sent to the model at all.
    Unfit(UtteranceError),
}

/// One conversation: cheap to copy, because everything in it is a handle.
#[derive(Clone, Copy)]
pub(crate) struct Session {
    pub(crate) dialogue: RwSignal<Dialogue>,
    pub(crate) turns: RwSignal<Vec<Turn>>,
    pub(crate) phase: RwSignal<Arc<Phase>>,
    pub(crate) language: RwSignal<Language>,
    /// Whether the browser refused to keep the cart.
    pub(crate) unkept: RwSignal<bool>,
    /// Whether sentences may be sent to the remote agent.
    pub(crate) consent: RwSignal<Consent>,
    /// What the server was spared, over all visits.
    pub(crate) tally: RwSignal<Tally>,
    /// Whether a new version of the page waits.
    pub(crate) update: RwSignal<bool>,
    /// The panel that is open.
    pub(crate) panel: RwSignal<Option<Panel>>,
    pub(crate) counts: RwSignal<Counts>,
    counter: StoredValue<Option<Counter>, LocalStorage>,
    campaign: StoredValue<Loaded>,
    parsers: StoredValue<Parsers, LocalStorage>,
    queue: StoredValue<VecDeque<u32>>,
    busy: StoredValue<bool>,
}

impl Session {
    /// Starts a conversation, with the cart of the last visit, and begins to load the model.
    pub(crate) fn start(loaded: Loaded, language: RwSignal<Language>) -> Self {
        let state: State = storage::load(&key(&loaded.campaign)).unwrap_or_default();
        let phase = RwSignal::new(Arc::new(Phase::Idle));
        let parsers = Parsers::new(move |now| phase.set(Arc::new(now)));
        // The first picture comes first: setting up a worker costs the main thread time that it needs for that.
        let (starting, text) = (parsers.clone(), loaded.text.clone());
        request_animation_frame(move || set_timeout(move || starting.start(text), Duration::from_millis(30)));
        let mut dialogue = Dialogue::new(loaded.campaign.clone(), state);
        dialogue.set_now(now());
        let counter = Counter::find(&loaded.text, language.get_untracked());
        if counter.is_some() {
            dialogue.use_ledger();
        }
        let session = Self {
            dialogue: RwSignal::new(dialogue),
            turns: RwSignal::new(Vec::new()),
            phase,
            language,
            unkept: RwSignal::new(false),
            consent: RwSignal::new(Consent::load()),
            tally: RwSignal::new(parsers::load_tally()),
            update: updates::watch(),
            panel: RwSignal::new(None),
            counts: RwSignal::default(),
            counter: StoredValue::new_local(counter),
            campaign: StoredValue::new(loaded),
            parsers: StoredValue::new_local(parsers),
            queue: StoredValue::new(VecDeque::new()),
            busy: StoredValue::new(false),
        };
        session.open_counter();
        session
    }

    pub(crate) fn campaign(&self) -> Arc<Campaign> {
        self.campaign.with_value(|loaded| loaded.campaign.clone())
    }

    /// The counter, where the site has a shop server.
    pub(crate) fn counter(&self) -> Option<Counter> {
        self.counter.get_value()
    }

    /// The words of the language in use.
    pub(crate) fn words(&self) -> &'static Words {
        self.language.get().words()
    }

    pub(crate) fn money(&self, minor: i64) -> String {
        self.campaign.with_value(|loaded| format_money(minor, &loaded.campaign.currency))
    }

    /// Loads the model again: after a cancel, a failure, or when it was set aside.
    pub(crate) fn load_model(&self) {
        let text = self.campaign.with_value(|loaded| loaded.text.clone());
        self.parsers.with_value(|parsers| parsers.load_model(text));
    }

    /// Stops the download of the model.
    pub(crate) fn stop_loading(&self) {
        self.parsers.with_value(Parsers::stop_loading);
    }

    /// Takes what the shopper said; it waits its turn. `false` when it cannot be read, so that the box keeps it.
    pub(crate) fn say(&self, text: &str) -> bool {
        match Utterance::new(text) {
            Ok(utterance) => {
                self.parsers.with_value(Parsers::abandon);
                let id = self.push(Some(utterance.as_str().to_owned()), Progress::Waiting);
                self.queue.update_value(|queue| queue.push_back(id));
                self.read_on();
                true
            }
            Err(UtteranceError::Empty) => false,
            Err(error @ UtteranceError::TooLong { .. }) => {
                // It is shown shortened, so that ten thousand characters do not become the conversation.
                let shown = text.trim().chars().take(120).chain(['…']).collect();
                self.push(Some(shown), Progress::Unfit(error));
                false
            }
        }
    }

    /// Reads a failed turn again.
    pub(crate) fn retry(&self, id: u32) {
        let Some(turn) = self.turn(id) else { return };
        turn.progress.set(Progress::Waiting);
        self.queue.update_value(|queue| queue.push_back(id));
        self.read_on();
    }

    /// Does what a button says; answers of it become a turn without words.
    pub(crate) fn act(&self, action: Action) {
        let answers = self.dialogue.try_update(|dialogue| {
            dialogue.set_now(now());
            dialogue.act(action)
        });
        self.keep();
        if let Some(answers) = answers.filter(|answers| !answers.is_empty()) {
            self.push(None, Progress::Answered(Arc::new(answers), None));
        }
    }

    /// Whether the site has a remote agent that may be asked about.
    pub(crate) fn has_remote(&self) -> bool {
        self.parsers.with_value(Parsers::has_remote)
    }

    /// Allows the remote agent, or not any more.
    pub(crate) fn allow(&self, allowed: bool) {
        let consent = if allowed { Consent::Given } else { Consent::Refused };
        consent.keep();
        self.consent.set(consent);
        if !allowed {
            self.parsers.with_value(Parsers::abandon);
        }
    }

    pub(crate) fn set_language(&self, language: Language) {
        self.language.set(language);
        if let Some(counter) = self.counter() {
            counter.speak(language);
        }
        language.keep();
    }

    fn turn(&self, id: u32) -> Option<Turn> {
        self.turns.with_untracked(|turns| turns.iter().find(|turn| turn.id == id).cloned())
    }

    fn push(&self, said: Option<String>, progress: Progress) -> u32 {
        let id = self.turns.with_untracked(|turns| turns.last().map_or(0, |turn| turn.id + 1));
        self.turns.update(|turns| {
            turns.push(Turn { id, name: counter::fresh_name().into(), said, progress: ArcRwSignal::new(progress) })
        });
        id
    }

    /// Reads the waiting turns one after another, each in the context that the ones before it left.
    fn read_on(&self) {
        if self.busy.get_value() {
            return;
        }
        self.busy.set_value(true);
        let session = *self;
        wasm_bindgen_futures::spawn_local(async move {
            while let Some(id) = session.queue.try_update_value(VecDeque::pop_front).flatten() {
                session.read(id).await;
            }
            session.busy.set_value(false);
        });
    }

    async fn read(&self, id: u32) {
        let Some(Turn { said: Some(text), progress, .. }) = self.turn(id) else { return };
        progress.set(Progress::Reading);
        let context = self.dialogue.with_untracked(Dialogue::context);
        let (phase, consent) = (self.phase.get_untracked(), self.consent.get_untracked());
        match self.parsers.get_value().understand(&text, &context, &phase, consent).await {
            Err(trouble) => progress.set(Progress::Failed(trouble)),
            Ok(answered) => {
                let heard = Heard {
                    frames: &answered.parse.frames,
                    confidence: answered.parse.confidence,
                    threshold: answered.threshold,
                    evidence: Some(&answered.parse.evidence),
                };
                let answers = self.dialogue.try_update(|dialogue| {
                    dialogue.set_now(now());
                    dialogue.answer(&heard)
                });
                self.keep();
                self.tally.update(|tally| *tally = parsers::keep_tally(*tally, answered.calls));
                progress.set(Progress::Answered(Arc::new(answers.unwrap_or_default()), Some(Arc::new(answered))));
            }
        }
    }

    fn keep(&self) {
        let kept = self.dialogue.with_untracked(|dialogue| storage::save(&key(dialogue.campaign()), dialogue.state()));
        if self.unkept.get_untracked() == kept {
            self.unkept.set(!kept);
        }
    }
}

/// The session of the component that asks.
pub(crate) fn use_session() -> Session {
    expect_context()
}

fn key(campaign: &Campaign) -> String {
    format!("oolong:order:{}", campaign.id)
}

fn now() -> i64 {
    (js_sys::Date::now() / 1000.0) as i64
}
