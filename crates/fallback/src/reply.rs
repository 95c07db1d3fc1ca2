//! What the remote agent sent back, read with care: status, type, length, then the frames.

use gloo_net::http::Response;
use js_sys::{Reflect, Uint8Array};
use oolong_cascade::{Failure, Kind};
use oolong_intent::Parse;
use oolong_remote::{Format, NoAnswer, Question, completion};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, TextDecodeOptions, TextDecoder};

/// The most that is read of a reply, in bytes; an answer has a few hundred.
const MAX_BYTES: u32 = 256 << 10;

/// Reads a reply to `question`, which was asked in `format`; gives the format to ask in, where that was the wrong one.
pub(crate) async fn read(
    response: Response,
    question: &Question,
    format: Format,
) -> Result<Result<Parse, Format>, (Failure, String)> {
    let status = response.status();
    if matches!(status, 400 | 422 | 500) {
        // Read only to see whether the server wants another dialect: a body that breaks off changes nothing about the status.
        let body = text(&response).await.unwrap_or_default();
        if let Some(other) = format.after(status, &body) {
            return Ok(Err(other));
        }
    }
    if status != 200 {
        let retry_after_ms = response.headers().get("retry-after").and_then(|value| retry_after(&value));
        return Err((Failure { kind: Kind::Status(status), retry_after_ms }, format!("HTTP {status}")));
    }
    let kind = response.headers().get("content-type").unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence != "application/json" && essence != "text/event-stream" {
        return Err(garbled(format!("expected application/json or text/event-stream, found {essence:?}")));
    }
    let text = text(&response).await?;
    let (content, confidence) =
        completion(&text).map_err(|error| (Failure::from(kind_of(&error)), error.to_string()))?;
    let parse = oolong_remote::read(&content, question, confidence);
    parse.map(Ok).map_err(|error| (Kind::Useless.into(), error.to_string()))
}

/// The body, as far as it is short enough to be an answer.
async fn text(response: &Response) -> Result<String, (Failure, String)> {
    let broken = |_| (Failure::from(Kind::Connection), "the connection broke".to_owned());
    let Some(stream) = response.body() else { return Err(garbled("expected a body".to_owned())) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let decoder = TextDecoder::new().map_err(|_| garbled("text cannot be decoded".to_owned()))?;
    let more = TextDecodeOptions::new();
    more.set_stream(true);
    let (mut text, mut length) = (String::new(), 0);
    loop {
        let piece = JsFuture::from(reader.read()).await.map_err(broken)?;
        let field = |name: &str| Reflect::get(&piece, &name.into()).unwrap_or_default();
        if field("done").is_truthy() {
            return Ok(text);
        }
        let bytes: Uint8Array = field("value").unchecked_into();
        length += bytes.length();
        if length > MAX_BYTES {
            // The rest is not wanted; whether the browser stops at once does not matter here.
            let _ = reader.cancel();
            return Err(garbled(format!("expected at most {MAX_BYTES} bytes, found more")));
        }
        text += &decoder.decode_with_buffer_source_and_options(&bytes, &more).unwrap_or_default();
    }
}

/// `Retry-After` in milliseconds from now: seconds, or a date.
fn retry_after(value: &str) -> Option<f64> {
    if let Ok(seconds) = value.trim().parse::<u32>() {
        return Some(f64::from(seconds) * 1_000.0);
    }
    let date = js_sys::Date::parse(value);
    date.is_finite().then(|| (date - js_sys::Date::now()).max(0.0))
}

fn kind_of(error: &NoAnswer) -> Kind {
    if matches!(error, NoAnswer::Shape(_)) { Kind::Garbled } else { Kind::Useless }
}

fn garbled(detail: String) -> (Failure, String) {
    (Kind::Garbled.into(), detail)
}
