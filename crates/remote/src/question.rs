//! Everything that leaves the device, as a chat completion request, and back from one.

use oolong_catalog::{Campaign, Gazetteer};
use oolong_intent::{Context, Utterance};
use oolong_protocol::chat::{ChatRequest, JsonSchema, Message, ResponseFormat};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{excerpt, schema};

/// What a model without our training needs to know; the same for every question, so that servers can keep it warm.
const INSTRUCTIONS: &str = include_str!("instructions.md");
/// The most tokens of an answer: several frames with long ids.
const MAX_TOKENS: u32 = 600;

/// All that a remote agent is told: the content of the user message, as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// What the shopper said, word for word.
    pub utterance: String,
    /// The cart, the brand settled on, what was just asked.
    pub context: Context,
    /// The part of the campaign that the sentence may refer to, itself a campaign.
    pub campaign: Campaign,
}

/// How a server is told what the answer must look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// `json_schema`, strict, as OpenAI, vLLM and this project's server take it.
    #[default]
    JsonSchema,
    /// `json_object` with the schema beside it, as llama-cpp-python and older servers take it.
    JsonObject,
}

impl Format {
    /// The format to try after an error reply to this one: servers that do not know a format say so in their own words.
    #[must_use]
    pub fn after(self, status: u16, body: &str) -> Option<Self> {
        let complains = matches!(status, 400 | 422 | 500) && body.contains("response_format");
        (self == Self::JsonSchema && complains).then_some(Self::JsonObject)
    }
}

/// What a request asks, seen from the server.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// A client of this project.
    Question(Box<Question>),
    /// Plain words of anybody.
    Words(String),
}

/// Why a request asks nothing.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum NotAsked {
    /// There is no message of the user.
    #[error("messages: expected one of the role `user`, found none")]
    NoUser,
    /// The campaign of a question is not sound.
    #[error("messages: the question's campaign: {0}")]
    Campaign(String),
}

impl Question {
    /// The question for `utterance`, with as little of `campaign` as will do.
    #[must_use]
    pub fn new(utterance: &Utterance, context: &Context, campaign: &Campaign, gazetteer: &Gazetteer) -> Self {
        Self {
            utterance: utterance.as_str().to_owned(),
            context: context.clone(),
            campaign: excerpt(utterance.as_str(), context, campaign, gazetteer),
        }
    }

    /// The request for it: instructions, this question, and a schema that has no other ids than the question's.
    #[must_use]
    pub fn request(&self, model: &str, stream: bool) -> ChatRequest {
        self.request_in(Format::default(), model, stream)
    }

    /// As [`Self::request`], for a server that takes another format.
    #[must_use]
    pub fn request_in(&self, format: Format, model: &str, stream: bool) -> ChatRequest {
        let question = serde_json::to_string(self).unwrap_or_default();
        let (name, schema) = ("frames".to_owned(), Some(schema(&self.campaign)));
        let format = match format {
            Format::JsonObject => ResponseFormat::JsonObject { schema },
            Format::JsonSchema => {
                ResponseFormat::JsonSchema { json_schema: JsonSchema { name, strict: Some(true), schema } }
            }
        };
        ChatRequest {
            model: model.to_owned(),
            messages: vec![Message::new("system", INSTRUCTIONS), Message::new("user", question)],
            response_format: Some(format),
            stream,
            stream_options: None,
            temperature: Some(0.0),
            max_tokens: Some(MAX_TOKENS),
            max_completion_tokens: None,
            n: None,
        }
    }
}

/// What the last message of the user asks.
///
/// # Errors
/// [`NotAsked`] when there is no such message, or it is a question whose campaign is not sound.
pub fn asked(request: &ChatRequest) -> Result<Asked, NotAsked> {
    let last = request.messages.iter().rfind(|message| message.role == "user").ok_or(NotAsked::NoUser)?;
    let text = last.text();
    match serde_json::from_str::<Question>(&text) {
        Err(_) => Ok(Asked::Words(text)),
        Ok(mut question) => {
            // Read once more, as every campaign is: this one came over the network.
            let bytes =
                serde_json::to_vec(&question.campaign).map_err(|error| NotAsked::Campaign(error.to_string()))?;
            question.campaign = Campaign::from_json(&bytes).map_err(|error| NotAsked::Campaign(error.to_string()))?;
            Ok(Asked::Question(Box::new(question)))
        }
    }
}
