//! Workers, messages and timers of the browser: it carries out what [`super::state`] decides, and decides nothing.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    pin::pin,
    rc::{Rc, Weak},
};

use futures::{
    channel::oneshot,
    future::{Either, select},
};
use oolong_intent::Context;
use oolong_protocol::{FromWorker, ToWorker, Trouble, TroubleKind};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{ErrorEvent, MessageEvent, Worker, WorkerOptions, WorkerType};

use super::{
    Phase, Understood,
    events::{Effect, Event},
    state::State,
};
use crate::{
    address,
    clock::{now, sleep},
};

/// The browser's part of an [`super::Understanding`].
pub(super) struct Plumbing {
    me: Weak<Self>,
    on_phase: Box<dyn Fn(Phase)>,
    state: RefCell<State>,
    worker: RefCell<Option<Running>>,
    generation: Cell<u32>,
    answers: RefCell<HashMap<u32, oneshot::Sender<Result<Understood, Trouble>>>>,
    tickets: Cell<u32>,
    events: RefCell<VecDeque<Event>>,
    busy: Cell<bool>,
}

/// A worker and its listeners; dropping it ends both.
struct Running {
    worker: Worker,
    _listeners: [Closure<dyn FnMut(MessageEvent)>; 3],
}

impl Plumbing {
    pub(super) fn new(on_phase: impl Fn(Phase) + 'static) -> Rc<Self> {
        Rc::new_cyclic(|me| Self {
            me: me.clone(),
            on_phase: Box::new(on_phase),
            state: RefCell::default(),
            worker: RefCell::default(),
            generation: Cell::default(),
            answers: RefCell::default(),
            tickets: Cell::default(),
            events: RefCell::default(),
            busy: Cell::default(),
        })
    }

    /// Takes an event in. What follows from it may bring further ones (the page may call back); they wait their turn.
    pub(super) fn happen(&self, event: Event) {
        self.events.borrow_mut().push_back(event);
        if self.busy.replace(true) {
            return;
        }
        loop {
            let Some(event) = self.events.borrow_mut().pop_front() else { break };
            let effects = self.state.borrow_mut().step(event, now());
            for effect in effects {
                self.carry_out(effect);
            }
        }
        self.busy.set(false);
    }

    pub(super) async fn parse(&self, text: String, context: Context, within_ms: f64) -> Result<Understood, Trouble> {
        let ticket = self.tickets.get() + 1;
        self.tickets.set(ticket);
        let (sender, answer) = oneshot::channel();
        self.answers.borrow_mut().insert(ticket, sender);
        self.happen(Event::Parse { ticket, text, context });
        match select(answer, pin!(sleep(within_ms))).await {
            Either::Left((answer, _)) => answer.unwrap_or_else(|_| {
                Err(Trouble { kind: TroubleKind::Parse, detail: "the page let go of the question".to_owned() })
            }),
            Either::Right(_) => {
                self.answers.borrow_mut().remove(&ticket);
                self.happen(Event::Forget { ticket });
                let detail = format!("expected an answer within {within_ms:.0} ms, found none");
                Err(Trouble { kind: TroubleKind::Deadline, detail })
            }
        }
    }

    fn carry_out(&self, effect: Effect) {
        match effect {
            Effect::Spawn => self.spawn(),
            Effect::Terminate => {
                self.worker.take();
            }
            Effect::Send(message) => self.send(&message),
            Effect::Wake { id, after_ms } => self.wake(id, after_ms),
            Effect::Show(phase) => (self.on_phase)(phase),
            Effect::Answer { ticket, outcome } => {
                // Whoever asked may have stopped waiting; then there is nobody to tell.
                if let Some(sender) = self.answers.borrow_mut().remove(&ticket) {
                    let _ = sender.send(outcome);
                }
            }
        }
    }

    fn spawn(&self) {
        let generation = self.generation.get() + 1;
        self.generation.set(generation);
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let Some(script) = address::named("oolong-worker") else {
            return self.happen(Event::Died("the page was built without its worker".to_owned()));
        };
        let worker = match Worker::new_with_options(&address::resolve(&script), &options) {
            Ok(worker) => worker,
            Err(thrown) => return self.happen(Event::Died(format!("the browser refuses a worker: {thrown:?}"))),
        };
        let on_message = self.listener(generation, |event| {
            let text = event.data().as_string()?;
            serde_json::from_str::<FromWorker>(&text).ok().map(Event::Heard)
        });
        let on_error = self.listener(generation, |event| {
            let event: &ErrorEvent = event.unchecked_ref();
            let message =
                js_sys::Reflect::get(event, &JsValue::from_str("message")).ok().and_then(|text| text.as_string());
            Some(Event::Died(message.unwrap_or_else(|| "the worker's script could not be loaded".to_owned())))
        });
        let on_garbled =
            self.listener(generation, |_| Some(Event::Died("a message could not be carried over".to_owned())));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_garbled.as_ref().unchecked_ref()));
        self.worker.replace(Some(Running { worker, _listeners: [on_message, on_error, on_garbled] }));
    }

    /// Turns what the worker of this generation says into events; what an older one still says is dropped.
    fn listener(
        &self,
        generation: u32,
        read: impl Fn(&MessageEvent) -> Option<Event> + 'static,
    ) -> Closure<dyn FnMut(MessageEvent)> {
        let me = self.me.clone();
        Closure::new(move |event: MessageEvent| {
            let Some(me) = me.upgrade().filter(|me| me.generation.get() == generation) else { return };
            // Listeners are dropped with their worker; doing that from within one of them would free running code.
            if let Some(event) = read(&event) {
                wasm_bindgen_futures::spawn_local(async move {
                    if me.generation.get() == generation {
                        me.happen(event);
                    }
                });
            }
        })
    }

    fn send(&self, message: &ToWorker) {
        let Ok(text) = serde_json::to_string(message) else { return };
        if let Some(running) = self.worker.borrow().as_ref() {
            // Text can always be carried over; silence would be noticed by the watchdog.
            let _ = running.worker.post_message(&JsValue::from_str(&text));
        }
    }

    fn wake(&self, id: u32, after_ms: u32) {
        let me = self.me.clone();
        let ring = Closure::once_into_js(move || {
            if let Some(me) = me.upgrade() {
                me.happen(Event::Alarm(id));
            }
        });
        let after = i32::try_from(after_ms).unwrap_or(i32::MAX);
        if let Some(window) = web_sys::window() {
            let _ = window.set_timeout_with_callback_and_timeout_and_arguments_0(ring.unchecked_ref(), after);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.set_onmessageerror(None);
        self.worker.terminate();
    }
}
