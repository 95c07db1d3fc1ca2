//! The small model of this project, as one engine thread runs it.

use oolong_catalog::Campaign;
use oolong_intent::{Context, IntentParser as _, ParseError};
use oolong_nlu::Engine;
use oolong_protocol::chat::Usage;

use crate::{Answer, Model, Refusal, Task};

/// An engine, and the campaign that it goes back to for plain words.
pub(crate) struct LocalModel {
    engine: Engine,
    campaign: Campaign,
    /// Whether the engine serves that campaign now, or a client's.
    at_home: bool,
}

impl LocalModel {
    /// Takes an engine that serves `campaign`.
    pub(crate) fn new(engine: Engine, campaign: Campaign) -> Self {
        Self { engine, campaign, at_home: true }
    }
}

impl Model for LocalModel {
    fn name(&self) -> &str {
        self.engine.name()
    }

    fn answer(&mut self, task: &Task, stopped: &dyn Fn() -> bool) -> Result<Answer, Refusal> {
        let plain = Context::default();
        let context = match &task.question {
            Some(question) => {
                self.engine.set_campaign(question.campaign.clone());
                self.at_home = false;
                &question.context
            }
            None => {
                if !self.at_home {
                    self.engine.set_campaign(self.campaign.clone());
                    self.at_home = true;
                }
                &plain
            }
        };
        let parse = self.engine.parse(&task.utterance, context, stopped).map_err(|error| refusal(&error))?;
        let (prompt_tokens, completion_tokens) = (parse.evidence.prompt_tokens, parse.evidence.output_tokens);
        let usage = Usage { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
        let confidence = parse.confidence;
        Answer::new(parse, Some(confidence), usage)
    }
}

/// The text of an error may quote the shopper, so only its kind is logged.
fn refusal(error: &ParseError) -> Refusal {
    match error {
        ParseError::Cancelled => Refusal::Late,
        ParseError::OverBudget { budget } => {
            tracing::error!(budget, "the model did not end its answer");
            Refusal::Defect
        }
        ParseError::Engine(_) => {
            tracing::error!("the engine failed");
            Refusal::Defect
        }
    }
}
