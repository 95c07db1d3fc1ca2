//! What happens on which event: the life of a run and of its worker as a pure state machine.
//!
//! It owns no worker, file or timer; it is told of events and says what should be done.

use std::sync::Arc;

use oolong_protocol::{
    FromLab, LabTrouble, LabTroubleKind, Outcome, ParserName, Refusal, ReportFormat, Stage, TemplateFormat,
};

/// The worker, a good megabyte, must have been fetched and started within this time.
const WAKING: u32 = 120_000;
/// A busy worker must say something within this time.
const SILENCE: u32 = 60_000;
/// A worker must stop within this time.
const STOPPING: u32 = 3_000;

/// Where the lab stands, for the page to show.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) enum Phase {
    /// Nothing was run yet.
    #[default]
    Empty,
    /// The worker is being fetched and started.
    Waking,
    /// The cases are being read; bytes.
    Reading { read: u64, total: u64 },
    /// The model is being loaded; bytes.
    Loading { stage: Stage, received: u64, total: u64, bytes_per_second: f64 },
    /// Cases are being asked.
    Running { done: usize, total: usize, elapsed_ms: f64 },
    /// The user stopped it.
    Stopped,
    /// Some lines are no test cases.
    Refused(Arc<Refusal>),
    /// It could not be done.
    Failed(LabTrouble),
    /// The worker broke down.
    Died(String),
    /// There are figures.
    Done(Arc<Outcome>),
}

/// What can be asked of the worker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Ask {
    Run { parser: ParserName, keep_going: bool },
    Template(TemplateFormat),
}

/// What can happen.
#[derive(Debug)]
pub(crate) enum Event {
    Ask(Ask),
    /// The user wants the run to stop.
    Cancel,
    /// The worker said something.
    Heard(FromLab),
    /// The worker broke down.
    Died(String),
    /// An alarm went off.
    Alarm(u32),
}

/// What should be done.
#[derive(Debug, PartialEq)]
pub(crate) enum Effect {
    /// Start a worker in place of the one there is, if any.
    Spawn,
    /// End the worker.
    Terminate,
    /// Ask the worker, under this id.
    Send(u32, Ask),
    /// Ask the worker to stop the run of this id.
    Stop(u32),
    /// Come back with `Event::Alarm(mark)`. Stale alarms are ignored.
    Wake { mark: u32, after_ms: u32 },
    /// Tell the page.
    Show(Phase),
    /// The file that came along is this report.
    Offer(ReportFormat),
    /// No more reports will come, although some are missing.
    Broken,
    /// The file that came along is to be saved.
    Save(TemplateFormat),
}

/// The state of the lab.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    phase: Phase,
    worker: Worker,
    /// Id of the last run.
    run: u32,
    next_id: u32,
    /// What the worker is asked as soon as it listens.
    waiting: Vec<(u32, Ask)>,
    reports: usize,
    /// Counts what the worker said and was asked, so that an alarm knows whether there was silence.
    mark: u32,
    effects: Vec<Effect>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
enum Worker {
    #[default]
    Absent,
    Waking,
    Listening,
    /// It was told to stop and has not said yet that it did.
    Stopping,
}

impl Phase {
    /// Whether something is under way that can be stopped.
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self, Self::Waking | Self::Reading { .. } | Self::Loading { .. } | Self::Running { .. })
    }
}

impl Machine {
    /// Takes an event and says what should be done, in order.
    pub(crate) fn step(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::Ask(ask) => self.ask(ask),
            Event::Cancel => self.cancel(),
            Event::Heard(message) => {
                self.mark += 1;
                self.hear(message);
            }
            Event::Died(why) => self.die(why),
            Event::Alarm(mark) => self.ring(mark),
        }
        std::mem::take(&mut self.effects)
    }

    fn ask(&mut self, ask: Ask) {
        self.next_id += 1;
        self.mark += 1;
        let id = self.next_id;
        if matches!(ask, Ask::Run { .. }) {
            self.run = id;
            self.reports = 0;
            self.show(Phase::Waking);
            self.waiting.retain(|(_, waiting)| !matches!(waiting, Ask::Run { .. }));
        }
        match self.worker {
            Worker::Listening => self.effects.push(Effect::Send(id, ask)),
            Worker::Waking => self.waiting.push((id, ask)),
            // One that does not stop would keep a new run waiting: a new worker is there sooner.
            Worker::Absent | Worker::Stopping => {
                self.waiting.push((id, ask));
                self.worker = Worker::Waking;
                self.effects.push(Effect::Spawn);
            }
        }
        self.wake(if self.worker == Worker::Waking { WAKING } else { SILENCE });
    }

    fn cancel(&mut self) {
        if !self.phase.is_busy() {
            return;
        }
        self.mark += 1;
        if self.worker == Worker::Listening {
            self.worker = Worker::Stopping;
            self.effects.push(Effect::Stop(self.run));
            self.wake(STOPPING);
        } else {
            self.end_worker();
        }
        self.show(Phase::Stopped);
    }

    fn hear(&mut self, message: FromLab) {
        match message {
            FromLab::Listening => {
                self.worker = Worker::Listening;
                let asks = std::mem::take(&mut self.waiting);
                self.effects.extend(asks.into_iter().map(|(id, ask)| Effect::Send(id, ask)));
                self.wake(SILENCE);
            }
            FromLab::Template { format, .. } => self.effects.push(Effect::Save(format)),
            FromLab::Failed { id, trouble } if id == self.run && trouble.kind == LabTroubleKind::Cancelled => {
                self.stopped();
            }
            FromLab::Failed { id, trouble } if id > self.run => self.show(Phase::Failed(trouble)),
            FromLab::Failed { id, trouble } if id == self.run => match self.phase {
                // The figures are there; what failed is a report.
                Phase::Done(_) => self.effects.push(Effect::Broken),
                _ => self.show(Phase::Failed(trouble)),
            },
            FromLab::Report { id, format } if id == self.run && matches!(self.phase, Phase::Done(_)) => {
                self.reports += 1;
                self.effects.push(Effect::Offer(format));
            }
            message if self.phase.is_busy() => self.advance(message),
            // Words about a run that nobody waits for any more.
            _ => {}
        }
    }

    /// The worker did stop, and can be asked again.
    fn stopped(&mut self) {
        if self.worker == Worker::Stopping {
            self.worker = Worker::Listening;
        }
    }

    fn advance(&mut self, message: FromLab) {
        let (id, phase) = match message {
            FromLab::Reading { id, read, total } => (id, Phase::Reading { read, total }),
            FromLab::Loading { id, stage, received, total, bytes_per_second } => {
                (id, Phase::Loading { stage, received, total, bytes_per_second })
            }
            FromLab::Running { id, done, total, elapsed_ms } => (id, Phase::Running { done, total, elapsed_ms }),
            FromLab::Refused { id, refusal } => (id, Phase::Refused(Arc::new(refusal))),
            FromLab::Done { id, outcome } => (id, Phase::Done(Arc::from(outcome))),
            FromLab::Listening | FromLab::Failed { .. } | FromLab::Report { .. } | FromLab::Template { .. } => return,
        };
        if id == self.run {
            self.show(phase);
        }
    }

    fn die(&mut self, why: String) {
        let expected = self.worker == Worker::Stopping;
        let asked = self.phase.is_busy() || !self.waiting.is_empty();
        self.end_worker();
        if asked && !expected {
            self.show(Phase::Died(why));
        } else if matches!(self.phase, Phase::Done(_)) && self.reports < ReportFormat::ALL.len() {
            self.effects.push(Effect::Broken);
        }
    }

    fn ring(&mut self, mark: u32) {
        let silent = mark == self.mark;
        match self.worker {
            Worker::Stopping if silent => self.end_worker(),
            Worker::Waking if silent => self.die(format!("the worker did not start within {WAKING} ms")),
            Worker::Listening if silent && self.phase.is_busy() => {
                self.die(format!("the worker said nothing for {SILENCE} ms"));
            }
            Worker::Listening if self.phase.is_busy() => self.wake(SILENCE),
            Worker::Absent | Worker::Waking | Worker::Listening | Worker::Stopping => {}
        }
    }

    fn end_worker(&mut self) {
        self.worker = Worker::Absent;
        self.waiting.clear();
        self.effects.push(Effect::Terminate);
    }

    fn wake(&mut self, after_ms: u32) {
        self.effects.push(Effect::Wake { mark: self.mark, after_ms });
    }

    fn show(&mut self, phase: Phase) {
        self.phase = phase.clone();
        self.effects.push(Effect::Show(phase));
    }
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
