//! What is to be understood, what came of it, and what a model is to this server.

use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{Context, Parse, RawFrame, RawFrames, Utterance};
use oolong_protocol::chat::Usage;
use oolong_remote::{Asked, Question};

use crate::Refusal;

/// One question.
#[derive(Clone, Debug)]
pub struct Task {
    /// What was said.
    pub utterance: Utterance,
    /// What the client told besides; without it, plain words about the server's campaign.
    pub question: Option<Box<Question>>,
}

/// One answer, checked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// The contract's `{"frames": […]}` as JSON.
    pub content: String,
    /// Probability that all frames are right, if the model says so: 0 to 1.
    pub confidence: Option<f32>,
    /// Tokens that it took.
    pub usage: Usage,
}

/// What one engine thread runs.
pub trait Model {
    /// What it calls itself.
    fn name(&self) -> &str;

    /// Answers one question; asks `stopped` now and then and gives up when it says so.
    ///
    /// # Errors
    /// The [`Refusal`] to answer with.
    fn answer(&mut self, task: &Task, stopped: &dyn Fn() -> bool) -> Result<Answer, Refusal>;
}

/// The campaign that plain words are about, ready to make questions of them.
#[derive(Debug)]
pub(crate) struct Wares {
    /// The campaign.
    pub(crate) campaign: Campaign,
    gazetteer: Gazetteer,
}

impl Task {
    /// The task that a request sets.
    ///
    /// # Errors
    /// [`Refusal::Utterance`] when what was said is empty or too long.
    pub(crate) fn new(asked: Asked) -> Result<Self, Refusal> {
        let (text, question) = match asked {
            Asked::Question(question) => (question.utterance.clone(), Some(question)),
            Asked::Words(words) => (words, None),
        };
        let utterance = Utterance::new(&text).map_err(Refusal::Utterance)?;
        Ok(Self { utterance, question })
    }
}

impl Answer {
    /// The answer that a parse is.
    pub(crate) fn new(parse: Parse, confidence: Option<f32>, usage: Usage) -> Result<Self, Refusal> {
        let frames = RawFrames { frames: parse.frames.into_iter().map(RawFrame::from).collect() };
        let content = serde_json::to_string(&frames).map_err(|_| Refusal::Defect)?;
        Ok(Self { content, confidence, usage })
    }
}

impl Wares {
    /// Prepares a campaign.
    pub(crate) fn new(campaign: Campaign) -> Self {
        Self { gazetteer: Gazetteer::new(&campaign), campaign }
    }

    /// The question of a task: the client's, or one made of its words.
    pub(crate) fn question(&self, task: &Task) -> Question {
        match &task.question {
            Some(question) => Question::clone(question),
            None => Question::new(&task.utterance, &Context::default(), &self.campaign, &self.gazetteer),
        }
    }
}
