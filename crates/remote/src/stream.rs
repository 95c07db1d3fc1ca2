//! A streamed answer, put together from its events.
//!
//! Source: <https://platform.openai.com/docs/api-reference/chat-streaming>; framing:
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream>.

use oolong_protocol::chat::{Answer, ChatChunk, ChatCompletion, Choice, Extension};

use crate::NoAnswer;

/// The most text that is collected, in bytes; an answer has a few hundred.
const MAX_BYTES: usize = 64 << 10;

/// What came of a stream so far.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    line: String,
    content: String,
    refusal: Option<String>,
    finish: Option<String>,
    extension: Option<Extension>,
    done: bool,
}

impl Collected {
    /// Takes in the next piece of the body, cut anywhere between two characters.
    ///
    /// # Errors
    /// [`NoAnswer::Shape`] when an event is no part of a chat completion, or all of them together are too long.
    pub fn take(&mut self, piece: &str) -> Result<(), NoAnswer> {
        for character in piece.chars() {
            match character {
                '\n' | '\r' => {
                    let line = std::mem::take(&mut self.line);
                    self.read(&line)?;
                }
                _ if self.line.len() + self.content.len() > MAX_BYTES => {
                    return Err(NoAnswer::Shape(format!("more than {MAX_BYTES} bytes")));
                }
                _ => self.line.push(character),
            }
        }
        Ok(())
    }

    /// Whether the stream said that it is complete.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// The whole answer, as if it had come in one piece.
    ///
    /// # Errors
    /// [`NoAnswer::Cut`] when the stream ended before it was complete.
    pub fn finish(mut self) -> Result<ChatCompletion, NoAnswer> {
        let rest = std::mem::take(&mut self.line);
        self.read(&rest)?;
        if !self.done && self.finish.is_none() {
            return Err(NoAnswer::Cut);
        }
        let message = Answer { role: "assistant".to_owned(), content: Some(self.content), refusal: self.refusal };
        Ok(ChatCompletion {
            id: String::new(),
            object: "chat.completion".to_owned(),
            created: 0,
            model: String::new(),
            choices: vec![Choice { index: 0, message, finish_reason: self.finish }],
            usage: None,
            oolong: self.extension,
        })
    }

    /// One line of the stream; only `data:` says anything here.
    fn read(&mut self, line: &str) -> Result<(), NoAnswer> {
        let Some(data) = line.strip_prefix("data:").map(str::trim) else { return Ok(()) };
        if data == "[DONE]" {
            self.done = true;
        }
        if self.done {
            return Ok(());
        }
        let chunk: ChatChunk = serde_json::from_str(data).map_err(|error| NoAnswer::Shape(error.to_string()))?;
        self.extension = chunk.oolong.or(self.extension);
        if let Some(choice) = chunk.choices.into_iter().find(|choice| choice.index == 0) {
            self.content.push_str(choice.delta.content.as_deref().unwrap_or_default());
            if let Some(refusal) = choice.delta.refusal {
                self.refusal.get_or_insert_default().push_str(&refusal);
            }
            self.finish = choice.finish_reason.or(self.finish.take());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n\
        : a comment\r\n\
        data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"半\"}}]}\n\n\
        data:{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"糖\"},\"finish_reason\":\"stop\"}],\"oolong\":{\"confidence\":0.5}}\n\n\
        data: [DONE]\n\n";

    fn collect(text: &str, step: usize) -> Result<ChatCompletion, NoAnswer> {
        let mut collected = Collected::default();
        let characters: Vec<char> = text.chars().collect();
        for piece in characters.chunks(step) {
            collected.take(&piece.iter().collect::<String>())?;
        }
        collected.finish()
    }

    #[test]
    fn a_stream_is_one_answer_wherever_it_is_cut() {
        for step in [1, 2, 7, 1000] {
            let answer = collect(STREAM, step).expect("the stream is complete");
            assert_eq!(answer.choices[0].message.content.as_deref(), Some("半糖"), "in pieces of {step}");
            assert_eq!(answer.oolong.map(|extension| extension.confidence), Some(0.5));
        }
    }

    #[test]
    fn what_is_no_stream_is_no_answer() {
        let cut = &STREAM[..STREAM.len() - 120];
        for text in ["", "hello", "data: {\"choices\": 7}\n", "data: {half", cut, "<!doctype html>\n"] {
            assert!(collect(text, 3).is_err(), "{text:?}");
        }
        assert!(collect(&"x".repeat(1 << 20), 1000).is_err(), "a megabyte without a line end");
    }
}
