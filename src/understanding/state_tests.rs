//! Lines of events and what must follow from them.

use oolong_intent::{Evidence, Frame, Intent, Parse, ParserKind};
use oolong_protocol::ModelInfo;

use super::*;

/// Plays events, keeps the time, and writes effects as words.
#[derive(Default)]
struct Play {
    state: State,
    now: f64,
}

impl Play {
    fn step(&mut self, event: Event) -> String {
        let effects = self.state.step(event, self.now);
        effects.iter().map(show).collect::<Vec<_>>().join(", ")
    }

    #[track_caller]
    fn check(&mut self, event: Event, expected: &str) {
        assert_eq!(self.step(event), expected);
    }

    /// The alarm set last goes off.
    #[track_caller]
    fn alarm(&mut self, expected: &str) {
        self.check(Event::Alarm(self.state.alarm), expected);
    }

    #[track_caller]
    fn ready(campaign: &str) -> Self {
        let mut play = Self::default();
        play.check(start(campaign), "spawn, wake 10000, Starting");
        play.check(Event::Heard(FromWorker::Listening), &format!("load 1 {campaign}, wake 30000"));
        play.check(heard_ready(1), "Ready");
        play
    }
}

fn show(effect: &Effect) -> String {
    let name = |phase: &Phase| format!("{phase:?}").split([' ', '(']).next().unwrap_or_default().to_owned();
    match effect {
        Effect::Spawn => "spawn".to_owned(),
        Effect::Terminate => "terminate".to_owned(),
        Effect::Send(ToWorker::Load { id, campaign, .. }) => format!("load {id} {campaign}"),
        Effect::Send(ToWorker::CancelLoad { id }) => format!("cancel {id}"),
        Effect::Send(ToWorker::SetCampaign { id, campaign }) => format!("campaign {id} {campaign}"),
        Effect::Send(ToWorker::Parse { id, text, .. }) => format!("parse {id} {text}"),
        Effect::Wake { after_ms, .. } => format!("wake {after_ms}"),
        Effect::Show(phase) => name(phase),
        Effect::Answer { ticket, outcome: Ok(understood) } => format!("answer {ticket} in {}", understood.wall_ms),
        Effect::Answer { ticket, outcome: Err(trouble) } => format!("refuse {ticket} {:?}", trouble.kind),
    }
}

fn start(campaign: &str) -> Event {
    Event::Start { url: "model/".to_owned(), campaign: campaign.to_owned() }
}

fn parse(ticket: u32, text: &str) -> Event {
    Event::Parse { ticket, text: text.to_owned(), context: Context::default() }
}

fn heard_ready(id: u32) -> Event {
    let model = ModelInfo {
        name: "test".to_owned(),
        sha256: String::new(),
        bytes: 1,
        cached: false,
        kept: true,
        load_ms: 1.0,
        memory: 1,
        threshold: 0.5,
    };
    Event::Heard(FromWorker::Ready { id, model })
}

fn heard_parsed(id: u32) -> Event {
    let parse = Parse {
        frames: vec![Frame::new(Intent::Chat)],
        confidence: 1.0,
        parser: ParserKind::Local,
        evidence: Evidence::default(),
    };
    Event::Heard(FromWorker::Parsed { id, parse: Box::new(parse), memory: 1 })
}

fn heard_failed(id: u32, kind: TroubleKind) -> Event {
    Event::Heard(FromWorker::Failed { id, trouble: Trouble { kind, detail: String::new() } })
}

fn heard_progress(id: u32, stage: Step) -> Event {
    Event::Heard(FromWorker::Progress { id, stage, received: 1, total: 2, bytes_per_second: 1.0 })
}

fn died() -> Event {
    Event::Died("trap".to_owned())
}

#[test]
fn what_is_asked_early_waits_and_is_asked_one_at_a_time() {
    let mut play = Play::default();
    play.check(parse(1, "a"), "refuse 1 Cancelled");
    play.check(start("c"), "spawn, wake 10000, Starting");
    play.check(parse(2, "a"), "");
    play.check(Event::Heard(FromWorker::Listening), "load 1 c, wake 30000");
    play.check(heard_progress(1, Step::Download), "wake 30000, Downloading");
    play.check(heard_progress(9, Step::Download), "");
    play.check(parse(3, "b"), "");
    play.check(heard_progress(1, Step::Verify), "wake 30000, Verifying");
    play.check(heard_progress(1, Step::Start), "wake 30000, Starting");
    play.now = 100.0;
    play.check(heard_ready(1), "Ready, parse 2 a, wake 2500");
    play.now = 130.0;
    play.check(heard_parsed(1), "");
    play.check(heard_parsed(2), "answer 2 in 30, parse 3 b, wake 2500");
    play.check(heard_failed(3, TroubleKind::Deadline), "refuse 3 Deadline");
    play.alarm("");
}

#[test]
fn a_hung_parse_is_repeated_once_after_a_restart() {
    let mut play = Play::ready("c");
    play.check(parse(1, "a"), "parse 2 a, wake 2500");
    play.now = 2_500.0;
    play.alarm("terminate, spawn, wake 10000, Restarting");
    play.check(heard_parsed(2), "");
    play.check(Event::Heard(FromWorker::Listening), "load 3 c, wake 30000");
    play.check(heard_ready(3), "Ready, parse 4 a, wake 2500");
    play.now = 3_000.0;
    play.check(heard_parsed(4), "answer 1 in 3000");
}

#[test]
fn a_second_death_soon_after_sets_the_worker_aside() {
    let mut play = Play::ready("c");
    play.check(parse(1, "a"), "parse 2 a, wake 2500");
    play.check(parse(2, "b"), "");
    play.check(died(), "terminate, spawn, wake 10000, Restarting");
    play.now = 10_000.0;
    play.alarm("terminate, SetAside, refuse 1 GaveUp, refuse 2 GaveUp");
    play.check(died(), "");
    play.check(parse(3, "a"), "refuse 3 GaveUp");
    play.check(start("c"), "spawn, wake 10000, Starting");
    play.check(died(), "terminate, spawn, wake 10000, Restarting");
}

#[test]
fn deaths_far_apart_are_both_forgiven() {
    let mut play = Play::ready("c");
    play.check(died(), "terminate, spawn, wake 10000, Restarting");
    play.check(Event::Heard(FromWorker::Listening), "load 2 c, wake 30000");
    play.check(heard_ready(2), "Ready");
    play.now = 61_000.0;
    play.check(died(), "terminate, spawn, wake 10000, Restarting");
}

#[test]
fn a_stopped_download_goes_on_in_the_same_worker() {
    let mut play = Play::default();
    play.check(Event::Cancel, "");
    play.check(start("c"), "spawn, wake 10000, Starting");
    play.check(Event::Cancel, "terminate, Cancelled");
    play.check(start("c"), "spawn, wake 10000, Starting");
    play.check(Event::Heard(FromWorker::Listening), "load 1 c, wake 30000");
    play.check(parse(1, "a"), "");
    play.check(Event::Cancel, "cancel 1, Cancelled, refuse 1 Cancelled");
    play.check(heard_failed(1, TroubleKind::Cancelled), "");
    play.check(start("c"), "load 2 c, wake 30000");
    play.check(heard_failed(2, TroubleKind::Integrity), "Failed");
    play.check(parse(2, "a"), "refuse 2 Integrity");
    play.check(died(), "terminate");
    play.check(start("c"), "spawn, wake 10000, Starting");
}

#[test]
fn a_stalled_download_is_stopped_but_a_stalled_start_is_a_death() {
    let mut play = Play::default();
    play.check(start("c"), "spawn, wake 10000, Starting");
    play.check(Event::Heard(FromWorker::Listening), "load 1 c, wake 30000");
    play.check(heard_progress(1, Step::Download), "wake 30000, Downloading");
    play.alarm("cancel 1, Failed");
    play.check(start("c"), "load 2 c, wake 30000");
    play.check(heard_progress(2, Step::Start), "wake 30000, Starting");
    play.alarm("terminate, spawn, wake 10000, Restarting");
}

#[test]
fn a_new_campaign_reaches_the_worker_before_the_next_parse() {
    let mut play = Play::ready("c");
    play.check(parse(1, "a"), "parse 2 a, wake 2500");
    play.check(start("d"), "campaign 3 d, wake 30000, Starting");
    play.check(heard_parsed(2), "");
    play.check(heard_ready(3), "Ready, parse 4 a, wake 2500");
    play.check(start("e"), "campaign 5 e, wake 30000, Starting");
    play.check(start("f"), "");
    play.check(heard_ready(5), "campaign 6 f, wake 30000, Starting");
    play.check(heard_failed(6, TroubleKind::Campaign), "Failed, refuse 1 Campaign");
}

#[test]
fn the_third_death_in_vain_sets_the_worker_aside_however_slow_it_comes() {
    let mut play = Play::ready("c");
    for death in 1..=3 {
        play.now += 100_000.0;
        play.step(parse(death, "a"));
        let effects = play.step(died());
        assert_eq!(effects.contains("SetAside"), death == 3, "{death}: {effects}");
        play.step(Event::Heard(FromWorker::Listening));
        let id = play.state.next_id;
        play.step(heard_ready(id));
    }
}

#[test]
fn what_nobody_waits_for_is_not_asked_again() {
    let mut play = Play::ready("c");
    play.check(parse(1, "a"), "parse 2 a, wake 2500");
    play.check(parse(2, "b"), "");
    play.check(parse(3, "c"), "");
    play.check(Event::Forget { ticket: 2 }, "");
    play.check(Event::Forget { ticket: 1 }, "");
    play.now = 2_500.0;
    play.alarm("terminate, spawn, wake 10000, Restarting");
    play.check(Event::Heard(FromWorker::Listening), "load 3 c, wake 30000");
    play.check(heard_ready(3), "Ready, parse 4 c, wake 2500");
}

#[test]
fn a_browser_without_simd_gets_no_worker() {
    let mut play = Play::default();
    play.check(Event::Unsupported, "Failed");
    play.check(parse(1, "a"), "refuse 1 Unsupported");
}
