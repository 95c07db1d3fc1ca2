//! A general instruction model on this machine, as one engine thread runs it: told everything, believed nothing.

use std::sync::Arc;

use oolong_general::{CompleteError, Finish, GeneralModel, Prompt, Role};
use oolong_protocol::chat::{ResponseFormat, Usage};
use oolong_remote::read;

use crate::task::Wares;
use crate::{Answer, Model, Refusal, Task};

/// A general model, and what it is told where the client tells nothing.
pub(crate) struct TaughtModel {
    model: GeneralModel,
    wares: Arc<Wares>,
}

impl TaughtModel {
    /// Takes a model and the campaign for plain words.
    pub(crate) fn new(model: GeneralModel, wares: Arc<Wares>) -> Self {
        Self { model, wares }
    }
}

impl Model for TaughtModel {
    fn name(&self) -> &str {
        self.model.name()
    }

    /// The confidence is the model's own account of its words, and not calibrated.
    fn answer(&mut self, task: &Task, stopped: &dyn Fn() -> bool) -> Result<Answer, Refusal> {
        let question = self.wares.question(task);
        let request = question.request("", false);
        let texts: Vec<(Role, String)> =
            request.messages.iter().map(|message| (role(&message.role), message.text())).collect();
        let messages: Vec<(Role, &str)> = texts.iter().map(|(role, text)| (*role, text.as_str())).collect();
        let schema = match &request.response_format {
            Some(ResponseFormat::JsonSchema { json_schema }) => json_schema.schema.as_ref(),
            Some(ResponseFormat::JsonObject { schema }) => schema.as_ref(),
            Some(ResponseFormat::Text) | None => None,
        };
        let prompt = Prompt { messages: &messages, schema, max_tokens: request.max_tokens.unwrap_or(u32::MAX) };
        let completion = self.model.complete(&prompt, &mut |_| {}, stopped).map_err(|error| refusal(&error))?;
        if completion.finish == Finish::Length {
            return Err(Refusal::InvalidAnswer);
        }
        let confidence = Some(completion.confidence);
        let parse = read(&completion.text, &question, confidence).map_err(|_| Refusal::InvalidAnswer)?;
        let (prompt_tokens, completion_tokens) = (completion.prompt_tokens, completion.completion_tokens);
        let usage = Usage { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
        Answer::new(parse, confidence, usage)
    }
}

fn role(name: &str) -> Role {
    match name {
        "system" | "developer" => Role::System,
        "assistant" => Role::Assistant,
        _ => Role::User,
    }
}

/// The text of an error may quote the shopper, so only its kind is logged.
fn refusal(error: &CompleteError) -> Refusal {
    match error {
        CompleteError::Cancelled => Refusal::Late,
        CompleteError::PromptTooLong { .. } => Refusal::TooLong,
        CompleteError::Schema(_) => {
            tracing::error!("the model cannot follow the schema");
            Refusal::Defect
        }
        CompleteError::Engine(_) => {
            tracing::error!("the engine failed");
            Refusal::Defect
        }
    }
}
