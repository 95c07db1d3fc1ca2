//! What happens on which event: the worker's life as a pure state machine.
//!
//! It owns no worker, clock or timer; it is told of events and says what should be done.
//! The shell in [`super::plumbing`] does it.

use std::collections::VecDeque;

use oolong_intent::Context;
use oolong_protocol::{FromWorker, Stage as Step, ToWorker, Trouble, TroubleKind};

use super::{
    Phase, Understood,
    events::{Effect, Event},
};

/// What the worker gives itself for one parse, in milliseconds.
const DEADLINE: u32 = 2_000;
/// What the page grants on top before the worker counts as hung.
const GRACE: u32 = 500;
/// The worker's script must say something within this time.
const WAKING: u32 = 10_000;
/// A load must say something within this time.
const LOADING: u32 = 30_000;
/// Two deaths within this time mean that a third start would not help.
const DEATHS_APART: f64 = 60_000.0;
/// Nor does it after so many deaths between which nothing was understood, however far apart they are.
const DEATHS_IN_VAIN: u32 = 3;

/// The state of the worker and of what was asked of it.
#[derive(Debug, Default)]
pub(super) struct State {
    stage: Stage,
    url: String,
    campaign: String,
    queue: VecDeque<Ask>,
    asked: Option<u32>,
    last_death: Option<f64>,
    deaths_in_vain: u32,
    next_id: u32,
    alarm: u32,
    effects: Vec<Effect>,
}

#[derive(Debug, Default)]
enum Stage {
    /// Nothing was wanted yet.
    #[default]
    Idle,
    /// The worker's script is being fetched and started.
    Waking,
    /// A `Load` or `SetCampaign` is under way for `campaign`.
    Loading { id: u32, campaign: String, step: Step },
    /// The worker understands.
    Ready,
    /// There is no model; the worker may be there, with what it has of a download.
    Stopped { trouble: Trouble, alive: bool },
    /// The worker died too often.
    SetAside(Trouble),
}

#[derive(Debug)]
struct Ask {
    ticket: u32,
    text: String,
    context: Context,
    since: Option<f64>,
    /// Whether nobody waits for it any more.
    forgotten: bool,
}

impl State {
    /// Takes an event at `now` (milliseconds) and says what should be done, in order.
    pub(super) fn step(&mut self, event: Event, now: f64) -> Vec<Effect> {
        match event {
            Event::Start { url, campaign } => self.start(url, campaign),
            Event::Cancel => self.cancel(),
            Event::Parse { ticket, text, context } => {
                self.parse(Ask { ticket, text, context, since: None, forgotten: false }, now)
            }
            Event::Forget { ticket } => self.forget(ticket),
            Event::Unsupported => {
                let detail = "this browser has no WebAssembly SIMD".to_owned();
                self.stop(&Trouble { kind: TroubleKind::Unsupported, detail }, false);
            }
            Event::Heard(message) => self.hear(message, now),
            Event::Died(why) => self.die(&why, now),
            Event::Alarm(id) if id == self.alarm => self.ring(now),
            Event::Alarm(_) => {}
        }
        std::mem::take(&mut self.effects)
    }

    fn start(&mut self, url: String, campaign: String) {
        self.url = url;
        self.campaign = campaign;
        match &self.stage {
            Stage::Idle | Stage::SetAside(_) | Stage::Stopped { alive: false, .. } => {
                self.last_death = None;
                self.deaths_in_vain = 0;
                self.spawn();
                self.show(Phase::Starting);
            }
            Stage::Stopped { alive: true, .. } => self.load(),
            Stage::Ready => self.set_campaign(),
            // What is under way ends first; a changed campaign is sent then.
            Stage::Waking | Stage::Loading { .. } => {}
        }
    }

    fn cancel(&mut self) {
        let trouble = Trouble { kind: TroubleKind::Cancelled, detail: "stopped by the shopper".to_owned() };
        match self.stage {
            Stage::Waking => {
                self.effects.push(Effect::Terminate);
                self.stop(&trouble, false);
            }
            Stage::Loading { id, .. } => {
                self.send(ToWorker::CancelLoad { id });
                self.stop(&trouble, true);
            }
            Stage::Idle | Stage::Ready | Stage::Stopped { .. } | Stage::SetAside(_) => {}
        }
    }

    fn parse(&mut self, ask: Ask, now: f64) {
        match &self.stage {
            Stage::Idle => {
                let detail = "the model was not asked for".to_owned();
                self.answer(ask.ticket, Err(Trouble { kind: TroubleKind::Cancelled, detail }));
            }
            Stage::Stopped { trouble, .. } | Stage::SetAside(trouble) => {
                let trouble = trouble.clone();
                self.answer(ask.ticket, Err(trouble));
            }
            Stage::Waking | Stage::Loading { .. } => self.queue.push_back(ask),
            Stage::Ready => {
                self.queue.push_back(ask);
                self.ask_next(now);
            }
        }
    }

    /// What was asked already is let run to its end: the watchdog must know whether it hangs.
    fn forget(&mut self, ticket: u32) {
        for ask in self.queue.iter_mut().filter(|ask| ask.ticket == ticket) {
            ask.forgotten = true;
        }
        let asked = usize::from(self.asked.is_some());
        let mut at = 0;
        self.queue.retain(|ask| {
            at += 1;
            at <= asked || !ask.forgotten
        });
    }

    fn hear(&mut self, message: FromWorker, now: f64) {
        match (message, &mut self.stage) {
            (FromWorker::Listening, Stage::Waking) => self.load(),
            (
                FromWorker::Progress { id, stage, received, total, bytes_per_second },
                Stage::Loading { id: mine, step, .. },
            ) if id == *mine => {
                *step = stage;
                self.wake(LOADING);
                self.show(match stage {
                    Step::Download => Phase::Downloading { received, total, bytes_per_second },
                    Step::Verify => Phase::Verifying,
                    Step::Start => Phase::Starting,
                });
            }
            (FromWorker::Ready { id, model }, Stage::Loading { id: mine, campaign, .. }) if id == *mine => {
                let current = *campaign == self.campaign;
                self.stage = Stage::Ready;
                self.still();
                if current {
                    self.show(Phase::Ready(model));
                    self.ask_next(now);
                } else {
                    self.set_campaign();
                }
            }
            (FromWorker::Failed { id, trouble }, Stage::Loading { id: mine, .. }) if id == *mine => {
                self.stop(&trouble, true);
            }
            (FromWorker::Parsed { id, parse, memory }, Stage::Ready) if self.asked == Some(id) => {
                self.deaths_in_vain = 0;
                self.done(|since| Ok(Understood { parse: *parse, wall_ms: now - since, memory }), now);
            }
            (FromWorker::Failed { id, trouble }, Stage::Ready) if self.asked == Some(id) => {
                self.done(|_| Err(trouble), now);
            }
            // Answers to what nobody waits for any more.
            _ => {}
        }
    }

    fn ring(&mut self, now: f64) {
        match self.stage {
            Stage::Waking => self.die(&format!("the worker did not start within {WAKING} ms"), now),
            Stage::Loading { id, step: Step::Download, .. } => {
                self.send(ToWorker::CancelLoad { id });
                let detail = format!("no bytes came for {LOADING} ms");
                self.stop(&Trouble { kind: TroubleKind::Download, detail }, true);
            }
            Stage::Loading { .. } => self.die(&format!("loading said nothing for {LOADING} ms"), now),
            Stage::Ready if self.asked.is_some() => {
                self.die(&format!("no answer within {} ms", DEADLINE + GRACE), now);
            }
            Stage::Idle | Stage::Ready | Stage::Stopped { .. } | Stage::SetAside(_) => {}
        }
    }

    fn die(&mut self, why: &str, now: f64) {
        match &mut self.stage {
            Stage::Idle | Stage::SetAside(_) => return,
            Stage::Stopped { alive, .. } => {
                // Nobody waits for it: the next start brings a new one.
                *alive = false;
                self.effects.push(Effect::Terminate);
                return;
            }
            Stage::Waking | Stage::Loading { .. } | Stage::Ready => {}
        }
        self.effects.push(Effect::Terminate);
        self.asked = None;
        self.queue.retain(|ask| !ask.forgotten);
        self.deaths_in_vain += 1;
        let soon = self.last_death.replace(now).is_some_and(|before| now - before < DEATHS_APART);
        if soon || self.deaths_in_vain >= DEATHS_IN_VAIN {
            let trouble = Trouble { kind: TroubleKind::GaveUp, detail: format!("the worker died again: {why}") };
            self.stage = Stage::SetAside(trouble.clone());
            self.still();
            self.show(Phase::SetAside(trouble.clone()));
            self.refuse_all(&trouble);
        } else {
            self.spawn();
            self.show(Phase::Restarting(Trouble { kind: TroubleKind::Restarted, detail: why.to_owned() }));
        }
    }

    fn spawn(&mut self) {
        self.stage = Stage::Waking;
        self.effects.push(Effect::Spawn);
        self.wake(WAKING);
    }

    fn load(&mut self) {
        let (url, campaign) = (self.url.clone(), self.campaign.clone());
        let id = self.fresh_id();
        self.stage = Stage::Loading { id, campaign: campaign.clone(), step: Step::Verify };
        self.send(ToWorker::Load { id, url, campaign });
        self.wake(LOADING);
    }

    fn set_campaign(&mut self) {
        // A parse under way is asked again afterwards: its answer would speak of the old campaign.
        self.asked = None;
        let campaign = self.campaign.clone();
        let id = self.fresh_id();
        self.stage = Stage::Loading { id, campaign: campaign.clone(), step: Step::Start };
        self.send(ToWorker::SetCampaign { id, campaign });
        self.wake(LOADING);
        self.show(Phase::Starting);
    }

    fn stop(&mut self, trouble: &Trouble, alive: bool) {
        self.stage = Stage::Stopped { trouble: trouble.clone(), alive };
        self.still();
        self.show(match trouble.kind {
            TroubleKind::Cancelled => Phase::Cancelled,
            _ => Phase::Failed(trouble.clone()),
        });
        self.refuse_all(trouble);
    }

    /// Sends the first parse that waits, one at a time: the worker cannot do two at once, and the watchdog needs to
    /// know which of them hangs.
    fn ask_next(&mut self, now: f64) {
        if self.asked.is_some() {
            return;
        }
        let id = self.next_id + 1;
        let Some(ask) = self.queue.front_mut() else { return };
        ask.since.get_or_insert(now);
        let (text, context) = (ask.text.clone(), ask.context.clone());
        self.next_id = id;
        self.asked = Some(id);
        self.send(ToWorker::Parse { id, text, context, deadline_ms: DEADLINE });
        self.wake(DEADLINE + GRACE);
    }

    fn done(&mut self, outcome: impl FnOnce(f64) -> Result<Understood, Trouble>, now: f64) {
        self.asked = None;
        self.still();
        if let Some(ask) = self.queue.pop_front() {
            self.answer(ask.ticket, outcome(ask.since.unwrap_or(now)));
        }
        self.ask_next(now);
    }

    fn refuse_all(&mut self, trouble: &Trouble) {
        for ask in std::mem::take(&mut self.queue) {
            self.answer(ask.ticket, Err(trouble.clone()));
        }
    }

    fn fresh_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    fn wake(&mut self, after_ms: u32) {
        self.alarm += 1;
        self.effects.push(Effect::Wake { id: self.alarm, after_ms });
    }

    /// Makes every alarm stale.
    fn still(&mut self) {
        self.alarm += 1;
    }

    fn send(&mut self, message: ToWorker) {
        self.effects.push(Effect::Send(message));
    }

    fn show(&mut self, phase: Phase) {
        self.effects.push(Effect::Show(phase));
    }

    fn answer(&mut self, ticket: u32, outcome: Result<Understood, Trouble>) {
        self.effects.push(Effect::Answer { ticket, outcome });
    }
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
