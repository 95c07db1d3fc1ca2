//! The remote agent API: the part of OpenAI's chat completions that this project speaks, as wire types.
//!
//! Any server that speaks it will do; fields that only some servers send are optional, and fields that nobody here
//! needs are left out and ignored.
//! Source: <https://platform.openai.com/docs/api-reference/chat>.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `POST /v1/chat/completions`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatRequest {
    /// Which model; servers with one model take any name.
    pub model: String,
    /// The conversation, oldest first.
    pub messages: Vec<Message>,
    /// What the answer must look like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response_format: Option<ResponseFormat>,
    /// Whether the answer comes as server-sent events.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stream: bool,
    /// What a stream carries besides text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// 0 takes the likeliest token every time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f32>,
    /// The most tokens that the answer may have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// The newer name of `max_tokens`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<u32>,
    /// How many answers are wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
}

/// One message of a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `developer`, `user` or `assistant`.
    pub role: String,
    /// Its text.
    #[serde(default)]
    pub content: Option<Content>,
}

/// The text of a message: plain, or in parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Content {
    /// Plain.
    Text(String),
    /// Parts, of which only those of type `text` can be read.
    Parts(Vec<Part>),
}

/// A part of a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// `text`, or something that this project does not read.
    #[serde(rename = "type")]
    pub kind: String,
    /// The text of a part of type `text`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// What an answer must look like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ResponseFormat {
    /// Anything.
    Text,
    /// Some JSON.
    JsonObject {
        /// A schema for it, which llama.cpp's servers take here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schema: Option<Value>,
    },
    /// JSON that follows a schema.
    JsonSchema {
        /// The schema and its name.
        json_schema: JsonSchema,
    },
}

/// A named schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JsonSchema {
    /// Letters, digits, `_` and `-`.
    pub name: String,
    /// Whether the answer must follow it to the letter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strict: Option<bool>,
    /// The schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
}

/// What a stream carries besides text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamOptions {
    /// Whether the last event before `[DONE]` counts the tokens.
    #[serde(default)]
    pub include_usage: bool,
}

/// An answer in one piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatCompletion {
    /// Id of the answer.
    #[serde(default)]
    pub id: String,
    /// `chat.completion`.
    #[serde(default)]
    pub object: String,
    /// Seconds since 1970.
    #[serde(default)]
    pub created: u64,
    /// Which model answered.
    #[serde(default)]
    pub model: String,
    /// The answers.
    pub choices: Vec<Choice>,
    /// Tokens that it took.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What only this project's server knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oolong: Option<Extension>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its number.
    #[serde(default)]
    pub index: u32,
    /// Its text.
    pub message: Answer,
    /// `stop`, `length` or `content_filter`.
    #[serde(default)]
    pub finish_reason: Option<String>,
}

/// What the assistant says, or that it will not say anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// `assistant`.
    #[serde(default)]
    pub role: String,
    /// The text.
    #[serde(default)]
    pub content: Option<String>,
    /// Why there is no text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// Tokens read and written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Read.
    pub prompt_tokens: u32,
    /// Written.
    pub completion_tokens: u32,
    /// Both.
    pub total_tokens: u32,
}

/// What only this project's server knows about an answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Extension {
    /// Probability, by the parser's own account, that all frames are right: 0 to 1.
    pub confidence: f32,
}

/// One event of a streamed answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChatChunk {
    /// Id of the answer, the same in all its events.
    #[serde(default)]
    pub id: String,
    /// `chat.completion.chunk`.
    #[serde(default)]
    pub object: String,
    /// Seconds since 1970.
    #[serde(default)]
    pub created: u64,
    /// Which model answers.
    #[serde(default)]
    pub model: String,
    /// What is new; empty in an event that only counts tokens.
    #[serde(default)]
    pub choices: Vec<ChunkChoice>,
    /// Tokens, in the last event, if they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// What only this project's server knows; in the event that ends the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oolong: Option<Extension>,
}

/// What is new in one answer of a stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChunkChoice {
    /// Number of the answer.
    #[serde(default)]
    pub index: u32,
    /// What is added.
    #[serde(default)]
    pub delta: Delta,
    /// Set in the event that ends the answer.
    #[serde(default)]
    pub finish_reason: Option<String>,
}

/// What an event adds to an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// `assistant`, in the first event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// Further text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<String>,
    /// Further text of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
}

/// Any answer with an error status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReply {
    /// What went wrong.
    pub error: ErrorBody,
}

/// What went wrong, in OpenAI's shape.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// A sentence: what was expected, what was found, what to do.
    pub message: String,
    /// `invalid_request_error`, `rate_limit_error`, `server_error` …
    #[serde(rename = "type")]
    pub kind: String,
    /// The field that is wrong.
    #[serde(default)]
    pub param: Option<String>,
    /// A stable code.
    #[serde(default)]
    pub code: Option<String>,
}

/// `GET /v1/models`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelList {
    /// `list`.
    pub object: String,
    /// The models.
    pub data: Vec<ModelEntry>,
}

/// One model of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelEntry {
    /// Its name in requests.
    pub id: String,
    /// `model`.
    pub object: String,
    /// Seconds since 1970.
    #[serde(default)]
    pub created: u64,
    /// Who runs it.
    #[serde(default)]
    pub owned_by: String,
}

impl Message {
    /// A message of plain text.
    #[must_use]
    pub fn new(role: &str, text: impl Into<String>) -> Self {
        Self { role: role.to_owned(), content: Some(Content::Text(text.into())) }
    }

    /// Its text; parts that are no text are left out.
    #[must_use]
    pub fn text(&self) -> String {
        match &self.content {
            None => String::new(),
            Some(Content::Text(text)) => text.clone(),
            Some(Content::Parts(parts)) => parts.iter().filter_map(|part| part.text.as_deref()).collect(),
        }
    }
}
