//! The way of one utterance through the parsers.

use oolong_intent::{Parse, ParserKind};

use crate::{Failure, Kind};

/// From asking to an answer, whatever happens, in milliseconds; the shopper is promised three seconds.
pub const WHOLE_MS: f64 = 2_800.0;
/// How long the model on the device is waited for, in milliseconds: thirty times what it usually takes.
pub const LOCAL_MS: f64 = 1_200.0;
/// The deadline of a call to the remote agent, in milliseconds.
pub const REMOTE_MS: f64 = 2_500.0;
/// Less time than this is not worth a call, in milliseconds.
const LEAST_MS: f64 = 300.0;
/// Confidence from which on an answer of the remote agent is acted upon.
const REMOTE_SURE: f32 = 0.8;
/// Confidence from which on an answer from names and rules is acted upon: nearly every word was known.
const KEYWORD_SURE: f32 = 0.44;
/// What an answer from names and rules takes at most, in milliseconds; it is kept back from the calls.
const LAST_MS: f64 = 100.0;

/// Where the parsers stand when an utterance is taken up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Circumstances {
    /// The model on the device.
    pub local: Local,
    /// The remote agent.
    pub remote: Remote,
    /// Confidence from which on the model's answer is acted upon.
    pub threshold: f32,
}

/// Where the model on the device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Local {
    /// It answers.
    Ready,
    /// It is being started and will be there in a moment.
    Soon,
    /// It is being downloaded.
    Loading,
    /// There is none: it cannot be loaded, it is not wanted, or it was set aside.
    Absent,
}

/// Where the remote agent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remote {
    /// The site has none.
    None,
    /// The shopper was not asked yet, or does not want it.
    NotAllowed,
    /// The browser has no network.
    Offline,
    /// The breaker is open.
    Resting,
    /// It may be asked.
    Open,
}

/// What to do next for an utterance.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// Ask the model, for so long.
    Local {
        /// Milliseconds.
        within_ms: f64,
    },
    /// Ask the remote agent, for so long.
    Remote {
        /// Milliseconds.
        within_ms: f64,
    },
    /// Ask names and rules.
    Keyword,
    /// Done.
    Answer(Box<Answer>),
    /// No parser gave anything.
    Nothing(Route),
}

/// An answer and how it came about.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// What was understood.
    pub parse: Parse,
    /// How it came about.
    pub route: Route,
    /// Confidence from which on an answer of its parser is acted upon; below it, it is asked about first.
    pub threshold: f32,
}

/// What became of each parser.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Route {
    /// The model on the device.
    pub local: LocalWas,
    /// The remote agent.
    pub remote: RemoteWas,
}

/// What became of the model on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalWas {
    /// It was sure.
    Sure,
    /// It had an answer but was not sure.
    Unsure,
    /// It was not loaded yet.
    Loading,
    /// It did not answer in time.
    Slow,
    /// It failed.
    Broken,
    /// There is none.
    Absent,
}

/// What became of the remote agent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RemoteWas {
    /// Nobody had to ask it.
    NotNeeded,
    /// The site has none.
    None,
    /// The shopper has not allowed it.
    NotAllowed,
    /// There is no network.
    Offline,
    /// It was left alone because it is in trouble.
    Resting,
    /// There was no time left for it.
    NoTime,
    /// The shopper said something else meanwhile.
    Abandoned,
    /// It was asked and failed.
    Failed(Failure),
    /// It answered.
    Answered,
}

/// One utterance on its way. Ask [`Self::next`], do that, tell what came of it, and so on until there is an answer.
#[derive(Clone, Debug)]
pub struct Attempt {
    began: f64,
    circumstances: Circumstances,
    local: Option<(LocalWas, Option<Parse>)>,
    remote: Option<(RemoteWas, Option<Parse>)>,
    keyword: Option<Option<Parse>>,
}

impl Attempt {
    /// Takes an utterance up at `now` (milliseconds of any clock).
    #[must_use]
    pub fn new(circumstances: Circumstances, now: f64) -> Self {
        let local = match circumstances.local {
            Local::Ready | Local::Soon => None,
            Local::Loading => Some((LocalWas::Loading, None)),
            Local::Absent => Some((LocalWas::Absent, None)),
        };
        Self { began: now, circumstances, local, remote: None, keyword: None }
    }

    /// What to do at `now`.
    #[must_use]
    pub fn next(&self, now: f64) -> Next {
        let left = self.began + WHOLE_MS - now;
        let Some((local_was, local)) = self.local.as_ref().map(|(was, parse)| (*was, parse.as_ref())) else {
            return Next::Local { within_ms: LOCAL_MS.min(left).max(0.0) };
        };
        if local_was == LocalWas::Sure {
            return self.answer(local, RemoteWas::NotNeeded);
        }
        let within = (left - LAST_MS).min(REMOTE_MS);
        let remote_was = match (&self.remote, self.circumstances.remote) {
            (Some((was, _)), _) => *was,
            (None, Remote::Open) if within >= LEAST_MS => return Next::Remote { within_ms: within },
            (None, Remote::Open) => RemoteWas::NoTime,
            (None, Remote::None) => RemoteWas::None,
            (None, Remote::NotAllowed) => RemoteWas::NotAllowed,
            (None, Remote::Offline) => RemoteWas::Offline,
            (None, Remote::Resting) => RemoteWas::Resting,
        };
        let remote = self.remote.as_ref().and_then(|(_, parse)| parse.as_ref());
        let sure = |parse: &&Parse| parse.confidence >= self.threshold(parse);
        match (local, remote, &self.keyword) {
            // The surer of the two: a remote agent that doubts its answer has no claim to be the better one.
            (Some(local), Some(remote), _) if local.confidence > remote.confidence => {
                self.answer(Some(local), remote_was)
            }
            (Some(local), None, _) => self.answer(Some(local), remote_was),
            (Some(_), Some(remote), _) => self.answer(Some(remote), remote_was),
            (None, Some(remote), _) if sure(&remote) => self.answer(Some(remote), remote_was),
            (None, _, None) => Next::Keyword,
            (None, remote, Some(keyword)) => {
                let keyword = keyword.as_ref();
                self.answer(keyword.filter(sure).or(remote).or(keyword), remote_was)
            }
        }
    }

    /// The model answered.
    pub fn local_answered(&mut self, parse: Parse) {
        let sure = parse.confidence >= self.circumstances.threshold;
        self.local = Some((if sure { LocalWas::Sure } else { LocalWas::Unsure }, Some(parse)));
    }

    /// The model did not answer: [`LocalWas::Slow`], [`LocalWas::Broken`] …
    pub fn local_failed(&mut self, was: LocalWas) {
        self.local = Some((was, None));
    }

    /// The remote agent answered.
    pub fn remote_answered(&mut self, parse: Parse) {
        self.remote = Some((RemoteWas::Answered, Some(parse)));
    }

    /// The remote agent did not answer: [`RemoteWas::Failed`], [`RemoteWas::Abandoned`] …
    pub fn remote_failed(&mut self, was: RemoteWas) {
        self.remote = Some((was, None));
    }

    /// Names and rules gave this, or could not be asked.
    pub fn keyword_answered(&mut self, parse: Option<Parse>) {
        self.keyword = Some(parse);
    }

    fn threshold(&self, parse: &Parse) -> f32 {
        match parse.parser {
            ParserKind::Local => self.circumstances.threshold,
            ParserKind::Remote => REMOTE_SURE,
            ParserKind::Keyword => KEYWORD_SURE,
        }
    }

    fn answer(&self, parse: Option<&Parse>, remote: RemoteWas) -> Next {
        let local = self.local.as_ref().map_or(LocalWas::Absent, |(was, _)| *was);
        let route = Route { local, remote };
        match parse {
            Some(parse) => {
                let threshold = self.threshold(parse);
                Next::Answer(Box::new(Answer { parse: parse.clone(), route, threshold }))
            }
            None => Next::Nothing(route),
        }
    }
}

impl Route {
    /// Whether the remote agent might have helped, had the shopper allowed it.
    #[must_use]
    pub fn wants_consent(&self) -> bool {
        self.remote == RemoteWas::NotAllowed
    }
}

impl Answer {
    /// The parser that gave it.
    #[must_use]
    pub fn parser(&self) -> ParserKind {
        self.parse.parser
    }
}

impl From<Failure> for RemoteWas {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Kind> for RemoteWas {
    fn from(kind: Kind) -> Self {
        Self::Failed(kind.into())
    }
}

#[cfg(test)]
#[path = "attempt_tests.rs"]
mod tests;
