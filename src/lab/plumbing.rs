//! Workers, messages, files and timers of the browser: it carries out what [`super::machine`] decides.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::{Rc, Weak},
};

use js_sys::Array;
use oolong_protocol::{FromLab, Order, ReportFormat, TemplateFormat, ToLab};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Blob, ErrorEvent, File, MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::{
    address,
    machine::{Ask, Effect, Event, Machine, Phase},
};

/// What the page is told.
pub(crate) enum News {
    Phase(Phase),
    Report(ReportFormat, Blob),
    /// No more reports will come, although some are missing.
    Broken,
    Template(TemplateFormat, Blob),
}

/// The files that are given at the moment, in the order of the messages: cases, campaign, baseline.
pub(crate) type Given = [Option<File>; 3];

/// The browser's part of the lab.
pub(crate) struct Plumbing {
    me: Weak<Self>,
    files: Box<dyn Fn() -> Given>,
    tell: Box<dyn Fn(News)>,
    machine: RefCell<Machine>,
    worker: RefCell<Option<Running>>,
    generation: Cell<u32>,
    events: RefCell<VecDeque<(Event, Option<Blob>)>>,
    busy: Cell<bool>,
}

/// A worker and its listeners; dropping it ends both.
struct Running {
    worker: Worker,
    _listeners: [Closure<dyn FnMut(MessageEvent)>; 3],
}

impl Plumbing {
    pub(crate) fn new(files: impl Fn() -> Given + 'static, tell: impl Fn(News) + 'static) -> Rc<Self> {
        Rc::new_cyclic(|me| Self {
            me: me.clone(),
            files: Box::new(files),
            tell: Box::new(tell),
            machine: RefCell::default(),
            worker: RefCell::default(),
            generation: Cell::default(),
            events: RefCell::default(),
            busy: Cell::default(),
        })
    }

    /// Takes an event in. What follows from it may bring further ones; they wait their turn.
    pub(crate) fn happen(&self, event: Event) {
        self.receive(event, None);
    }

    fn receive(&self, event: Event, file: Option<Blob>) {
        self.events.borrow_mut().push_back((event, file));
        if self.busy.replace(true) {
            return;
        }
        loop {
            let Some((event, file)) = self.events.borrow_mut().pop_front() else { break };
            let effects = self.machine.borrow_mut().step(event);
            for effect in effects {
                self.carry_out(effect, file.as_ref());
            }
        }
        self.busy.set(false);
    }

    fn carry_out(&self, effect: Effect, file: Option<&Blob>) {
        match effect {
            Effect::Spawn => self.spawn(),
            Effect::Terminate => {
                self.worker.take();
            }
            Effect::Send(id, ask) => self.send(id, ask),
            Effect::Stop(id) => self.post(&ToLab::Cancel { id }, &[]),
            Effect::Wake { mark, after_ms } => self.wake(mark, after_ms),
            Effect::Show(phase) => (self.tell)(News::Phase(phase)),
            Effect::Broken => (self.tell)(News::Broken),
            Effect::Offer(format) => file.into_iter().for_each(|file| (self.tell)(News::Report(format, file.clone()))),
            Effect::Save(format) => file.into_iter().for_each(|file| (self.tell)(News::Template(format, file.clone()))),
        }
    }

    fn spawn(&self) {
        let generation = self.generation.get() + 1;
        self.generation.set(generation);
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let Some(script) = address::named("oolong-lab") else {
            return self.happen(Event::Died("the page was built without its worker".to_owned()));
        };
        let worker = match Worker::new_with_options(&address::resolve(&script), &options) {
            Ok(worker) => worker,
            Err(thrown) => return self.happen(Event::Died(format!("the browser refuses a worker: {thrown:?}"))),
        };
        let on_message = self.listener(generation, |event| {
            let (text, file) = unpacked(&event.data());
            Some((Event::Heard(serde_json::from_str::<FromLab>(&text?).ok()?), file))
        });
        let on_error = self.listener(generation, |event| {
            let event: &ErrorEvent = event.unchecked_ref();
            let message = js_sys::Reflect::get(event, &JsValue::from_str("message")).ok();
            let message = message.and_then(|text| text.as_string());
            Some((Event::Died(message.unwrap_or_else(|| "the worker's script could not be loaded".to_owned())), None))
        });
        let on_garbled =
            self.listener(generation, |_| Some((Event::Died("a message could not be carried over".to_owned()), None)));
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        worker.set_onmessageerror(Some(on_garbled.as_ref().unchecked_ref()));
        self.worker.replace(Some(Running { worker, _listeners: [on_message, on_error, on_garbled] }));
    }

    /// Turns what the worker of this generation says into events; what an older one still says is dropped.
    fn listener(
        &self,
        generation: u32,
        read: impl Fn(&MessageEvent) -> Option<(Event, Option<Blob>)> + 'static,
    ) -> Closure<dyn FnMut(MessageEvent)> {
        let me = self.me.clone();
        Closure::new(move |event: MessageEvent| {
            let Some(me) = me.upgrade().filter(|me| me.generation.get() == generation) else { return };
            // Listeners are dropped with their worker; doing that from within one of them would free running code.
            if let Some((event, file)) = read(&event) {
                wasm_bindgen_futures::spawn_local(async move {
                    if me.generation.get() == generation {
                        me.receive(event, file);
                    }
                });
            }
        })
    }

    fn send(&self, id: u32, ask: Ask) {
        let (campaign_url, model_url) = (address::resolve("campaign.json"), address::model());
        let [cases, campaign, baseline] = (self.files)();
        match ask {
            Ask::Run { parser, keep_going } => {
                let order = Order { parser, keep_going, campaign_url, model_url };
                self.post(&ToLab::Run { id, order }, &[cases, campaign, baseline]);
            }
            Ask::Template(format) => self.post(&ToLab::Template { id, format, campaign_url }, &[campaign]),
        }
    }

    fn post(&self, message: &ToLab, files: &[Option<File>]) {
        let Ok(text) = serde_json::to_string(message) else { return };
        let list = Array::of1(&JsValue::from_str(&text));
        for file in files {
            list.push(&file.as_ref().map_or(JsValue::NULL, |file| file.clone().into()));
        }
        if let Some(running) = self.worker.borrow().as_ref() {
            // Text and files can always be carried over; silence would be noticed by the watchdog.
            let _ = running.worker.post_message(&list);
        }
    }

    fn wake(&self, mark: u32, after_ms: u32) {
        let me = self.me.clone();
        let ring = Closure::once_into_js(move || {
            if let Some(me) = me.upgrade() {
                me.happen(Event::Alarm(mark));
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

/// The text of a message and the file that came along.
fn unpacked(data: &JsValue) -> (Option<String>, Option<Blob>) {
    match data.dyn_ref::<Array>() {
        Some(list) => (list.get(0).as_string(), list.get(1).dyn_into().ok()),
        None => (data.as_string(), None),
    }
}
