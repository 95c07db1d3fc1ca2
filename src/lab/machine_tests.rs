//! Lines of events and what must follow from them.

use super::*;

#[derive(Default)]
struct Play(Machine);

impl Play {
    #[track_caller]
    fn check(&mut self, event: Event, expected: &str) {
        let effects = self.0.step(event);
        assert_eq!(effects.iter().map(show).collect::<Vec<_>>().join(", "), expected);
    }

    /// The alarm set last goes off.
    #[track_caller]
    fn alarm(&mut self, expected: &str) {
        self.check(Event::Alarm(self.0.mark), expected);
    }

    #[track_caller]
    fn running() -> Self {
        let mut play = Self::default();
        play.check(run(false), "Waking, spawn, wake 120000");
        play.check(Event::Heard(FromLab::Listening), "send 1, wake 60000");
        play.check(heard_running(1), "Running");
        play
    }
}

fn show(effect: &Effect) -> String {
    match effect {
        Effect::Spawn => "spawn".to_owned(),
        Effect::Terminate => "terminate".to_owned(),
        Effect::Send(id, _) => format!("send {id}"),
        Effect::Stop(id) => format!("stop {id}"),
        Effect::Wake { after_ms, .. } => format!("wake {after_ms}"),
        Effect::Show(phase) => format!("{phase:?}").split([' ', '(']).next().unwrap_or_default().to_owned(),
        Effect::Offer(format) => format!("offer {format:?}"),
        Effect::Broken => "broken".to_owned(),
        Effect::Save(format) => format!("save {format:?}"),
    }
}

fn run(keep_going: bool) -> Event {
    Event::Ask(Ask::Run { parser: ParserName::Keyword, keep_going })
}

fn heard_running(id: u32) -> Event {
    Event::Heard(FromLab::Running { id, done: 1, total: 2, elapsed_ms: 3.0 })
}

fn heard_failed(id: u32, kind: LabTroubleKind) -> Event {
    Event::Heard(FromLab::Failed { id, trouble: LabTrouble::new(kind, "") })
}

fn heard_done(id: u32) -> Event {
    let outcome = r#"{"summary":"","subject":{"cases":"","campaign":"","parser":"","model":null,"threshold":0.5,"skipped":0},
        "cases":0,"matched":0,"unanswered":0,"figures":{"frame_match":0,"intent_accuracy":0,"item_f1":0,"modifier_f1":0,
        "oos_recall":null,"oos_precision":null,"held_back":null,"coverage":null,"precision":null,"calibration_error":0,
        "p50_ms":0,"p95_ms":0},"slices":[],"intents":[],"wrong":[],"comparison":null}"#;
    Event::Heard(FromLab::Done { id, outcome: serde_json::from_str(outcome).expect("an outcome") })
}

fn heard_report(id: u32) -> Event {
    Event::Heard(FromLab::Report { id, format: ReportFormat::Html })
}

#[test]
fn a_run_goes_through_its_phases_and_offers_reports() {
    let mut play = Play::running();
    play.check(heard_running(9), "");
    play.check(heard_done(1), "Done");
    play.check(heard_report(1), "offer Html");
    play.check(heard_report(9), "");
    play.check(run(false), "Waking, send 2, wake 60000");
    play.check(heard_report(1), "");
}

#[test]
fn bad_lines_are_shown_and_the_others_can_be_run() {
    let mut play = Play::running();
    let refusal = Refusal { first: Vec::new(), count: 2, sound: 3 };
    play.check(Event::Heard(FromLab::Refused { id: 1, refusal }), "Refused");
    play.check(run(true), "Waking, send 2, wake 60000");
}

#[test]
fn a_stopped_run_stays_stopped() {
    let mut play = Play::running();
    play.check(Event::Cancel, "stop 1, wake 3000, Stopped");
    play.check(heard_running(1), "");
    play.check(heard_failed(1, LabTroubleKind::Cancelled), "");
    play.alarm("");
    play.check(Event::Cancel, "");
    play.check(run(false), "Waking, send 2, wake 60000");
}

#[test]
fn a_worker_that_does_not_stop_is_ended() {
    let mut play = Play::running();
    play.check(Event::Cancel, "stop 1, wake 3000, Stopped");
    play.alarm("terminate");
    play.check(run(false), "Waking, spawn, wake 120000");
    play.check(Event::Cancel, "terminate, Stopped");
}

#[test]
fn silence_and_death_are_told() {
    let mut play = Play::running();
    let stale = play.0.mark;
    play.check(heard_running(1), "Running");
    play.check(Event::Alarm(stale), "wake 60000");
    play.alarm("terminate, Died");
    play.check(run(false), "Waking, spawn, wake 120000");
    play.check(Event::Died("trap".to_owned()), "terminate, Died");
    play.check(Event::Died("trap".to_owned()), "terminate");
}

#[test]
fn figures_outlive_a_death_while_reports_are_made() {
    let mut play = Play::running();
    play.check(heard_done(1), "Done");
    play.check(Event::Died("out of memory".to_owned()), "terminate, broken");
}

#[test]
fn a_template_leaves_the_figures_as_they_are() {
    let mut play = Play::running();
    play.check(heard_done(1), "Done");
    play.check(Event::Ask(Ask::Template(TemplateFormat::Csv)), "send 2, wake 60000");
    play.check(heard_report(1), "offer Html");
    play.check(Event::Heard(FromLab::Template { id: 2, format: TemplateFormat::Csv }), "save Csv");
    play.check(heard_failed(3, LabTroubleKind::Campaign), "Failed");
}
