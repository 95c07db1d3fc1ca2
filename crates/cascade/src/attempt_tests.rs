use oolong_intent::{Evidence, Frame, Intent};
use proptest::prelude::*;

use super::*;

fn parse(parser: ParserKind, confidence: f32) -> Parse {
    Parse { frames: vec![Frame::new(Intent::Chat)], confidence, parser, evidence: Evidence::default() }
}

/// What each parser does when it is asked, and how long it takes.
#[derive(Clone, Copy, Debug)]
enum Does {
    Answer { confidence: f32, after_ms: f64 },
    Fail { after_ms: f64 },
    Hang,
}

/// Goes through the policy with a clock of our own; gives what was answered, the parsers asked, and the time it took.
fn run(circumstances: Circumstances, local: Does, remote: Does, keyword: Option<f32>) -> (Next, String, f64) {
    let mut now = 5_000.0;
    let mut attempt = Attempt::new(circumstances, now);
    let mut asked = String::new();
    loop {
        let next = attempt.next(now);
        match next {
            Next::Local { within_ms } => {
                asked.push('l');
                match local {
                    Does::Answer { confidence, after_ms } if after_ms <= within_ms => {
                        now += after_ms;
                        attempt.local_answered(parse(ParserKind::Local, confidence));
                    }
                    Does::Fail { after_ms } if after_ms <= within_ms => {
                        now += after_ms;
                        attempt.local_failed(LocalWas::Broken);
                    }
                    _ => {
                        now += within_ms;
                        attempt.local_failed(LocalWas::Slow);
                    }
                }
            }
            Next::Remote { within_ms } => {
                asked.push('r');
                match remote {
                    Does::Answer { confidence, after_ms } if after_ms <= within_ms => {
                        now += after_ms;
                        attempt.remote_answered(parse(ParserKind::Remote, confidence));
                    }
                    Does::Fail { after_ms } if after_ms <= within_ms => {
                        now += after_ms;
                        attempt.remote_failed(Kind::Connection.into());
                    }
                    _ => {
                        now += within_ms;
                        attempt.remote_failed(Kind::Deadline.into());
                    }
                }
            }
            Next::Keyword => {
                asked.push('k');
                attempt.keyword_answered(keyword.map(|confidence| parse(ParserKind::Keyword, confidence)));
            }
            Next::Answer(_) | Next::Nothing(_) => return (next, asked, now - 5_000.0),
        }
        assert!(asked.len() < 5, "each parser is asked once: {asked}");
    }
}

const SURE: Does = Does::Answer { confidence: 0.95, after_ms: 40.0 };
const UNSURE: Does = Does::Answer { confidence: 0.5, after_ms: 40.0 };
const REMOTE: Does = Does::Answer { confidence: 0.9, after_ms: 300.0 };
const DOWN: Does = Does::Fail { after_ms: 10.0 };

#[track_caller]
fn check(local: (Local, Does), remote: (Remote, Does), expected: &str) {
    let circumstances = Circumstances { local: local.0, remote: remote.0, threshold: 0.8 };
    let (next, asked, took) = run(circumstances, local.1, remote.1, Some(0.3));
    let Next::Answer(answer) = next else { panic!("expected an answer, found {next:?}") };
    let who = format!("{asked} {:?}: {:?} {:?}", answer.parser(), answer.route.local, answer.route.remote);
    assert!(who.starts_with(expected), "expected {expected}, found {who}");
    assert!(took <= WHOLE_MS, "{took} ms");
}

#[test]
fn the_first_that_can_answers() {
    use Local::{Absent, Loading, Ready, Soon};
    check((Ready, SURE), (Remote::Open, REMOTE), "l Local: Sure NotNeeded");
    check((Ready, UNSURE), (Remote::Open, REMOTE), "lr Remote: Unsure Answered");
    check((Ready, UNSURE), (Remote::None, DOWN), "l Local: Unsure None");
    check((Ready, UNSURE), (Remote::NotAllowed, REMOTE), "l Local: Unsure NotAllowed");
    check((Ready, UNSURE), (Remote::Open, DOWN), "lr Local: Unsure Failed");
    check((Ready, UNSURE), (Remote::Resting, DOWN), "l Local: Unsure Resting");
    check((Ready, Does::Hang), (Remote::Open, REMOTE), "lr Remote: Slow Answered");
    check((Ready, Does::Hang), (Remote::Open, Does::Hang), "lrk Keyword: Slow Failed");
    check((Ready, DOWN), (Remote::Offline, DOWN), "lk Keyword: Broken Offline");
    check((Soon, SURE), (Remote::Open, REMOTE), "l Local: Sure NotNeeded");
    check((Loading, SURE), (Remote::Open, REMOTE), "r Remote: Loading Answered");
    check((Loading, SURE), (Remote::NotAllowed, REMOTE), "k Keyword: Loading NotAllowed");
    check((Absent, SURE), (Remote::None, DOWN), "k Keyword: Absent None");
    // An agent that is less sure than the model has not helped.
    let doubtful = Does::Answer { confidence: 0.2, after_ms: 100.0 };
    check((Ready, UNSURE), (Remote::Open, doubtful), "lr Local: Unsure Answered");
    check((Loading, SURE), (Remote::Open, doubtful), "rk Remote: Loading Answered");
    let (next, ..) =
        run(Circumstances { local: Loading, remote: Remote::Open, threshold: 0.8 }, SURE, doubtful, Some(0.45));
    assert!(
        matches!(next, Next::Answer(answer) if answer.parser() == ParserKind::Keyword),
        "rules that know every word"
    );
}

#[test]
fn with_nothing_at_all_it_ends_all_the_same() {
    let circumstances = Circumstances { local: Local::Absent, remote: Remote::Offline, threshold: 0.8 };
    let (next, asked, _) = run(circumstances, DOWN, DOWN, None);
    assert_eq!(
        (next, asked.as_str()),
        (Next::Nothing(Route { local: LocalWas::Absent, remote: RemoteWas::Offline }), "k")
    );
}

fn does() -> impl Strategy<Value = Does> {
    prop_oneof![
        (0.0_f32..1.0, 0.0..4_000.0).prop_map(|(confidence, after_ms)| Does::Answer { confidence, after_ms }),
        (0.0..4_000.0).prop_map(|after_ms| Does::Fail { after_ms }),
        Just(Does::Hang),
    ]
}

proptest! {
    #[test]
    fn there_is_an_answer_in_time_whatever_happens(
        local in prop_oneof![Just(Local::Ready), Just(Local::Soon), Just(Local::Loading), Just(Local::Absent)],
        remote in prop_oneof![
            Just(Remote::None), Just(Remote::NotAllowed), Just(Remote::Offline), Just(Remote::Resting), Just(Remote::Open)
        ],
        first in does(),
        second in does(),
    ) {
        let circumstances = Circumstances { local, remote, threshold: 0.8 };
        let (next, asked, took) = run(circumstances, first, second, Some(0.3));
        prop_assert!(matches!(next, Next::Answer(_)));
        prop_assert!(took <= WHOLE_MS, "{took} ms");
        prop_assert!(remote == Remote::Open || !asked.contains('r'), "asked against its will");
    }
}
