//! One file over the network: streamed, counted, stoppable, resumed where it broke off.

use js_sys::{Reflect, Uint8Array};
use oolong_protocol::{Trouble, TroubleKind};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, ReadableStreamDefaultReader, RequestCache, RequestInit, Response};

use crate::{
    resume::{Head, Verdict, judge, validator},
    scope::{now, reason, scope, trouble},
};

/// How often one download asks the server before the shopper is asked to try again.
const ATTEMPTS: u32 = 3;
/// Shortest time between two reports, in milliseconds.
const REPORT_EVERY: f64 = 100.0;

/// What is there of a file. It outlives a stopped or broken download, so that the next one goes on from there.
pub(crate) struct Partial {
    url: String,
    /// Kept outside WebAssembly memory, which never shrinks.
    bytes: Uint8Array,
    received: u32,
    validator: Option<String>,
    /// Whether the bytes come from more than one response.
    mixed: bool,
}

/// Where a download stands.
pub(crate) struct Progress {
    /// Bytes there so far.
    pub(crate) received: u64,
    /// Speed since this download began.
    pub(crate) bytes_per_second: f64,
}

impl Partial {
    /// Nothing yet of a file of `total` bytes.
    pub(crate) fn new(url: &str, total: u32) -> Self {
        let bytes = Uint8Array::new_with_length(total);
        Self { url: url.to_owned(), bytes, received: 0, validator: None, mixed: false }
    }

    /// Whether this is a part of that file.
    pub(crate) fn is_of(&self, url: &str, total: u32) -> bool {
        self.url == url && self.bytes.length() == total
    }

    /// Whether the bytes come from more than one response, so that a wrong hash may be a mixture of two files.
    pub(crate) fn is_mixed(&self) -> bool {
        self.mixed
    }

    /// All bytes, once [`Self::complete`] went well.
    pub(crate) fn bytes(&self) -> &Uint8Array {
        &self.bytes
    }

    /// Forgets what is there.
    pub(crate) fn clear(&mut self) {
        self.received = 0;
        self.validator = None;
        self.mixed = false;
    }

    /// Fetches what is missing. On an error the bytes that came stay, for the next call.
    pub(crate) async fn complete(&mut self, signal: &AbortSignal, report: impl Fn(Progress)) -> Result<(), Trouble> {
        let mut pace = Pace { began: now(), had: self.received, last: f64::NEG_INFINITY };
        let total = self.bytes.length();
        let mut last = trouble(TroubleKind::Download, "the server was not asked");
        report(pace.progress(self.received));
        for _ in 0..ATTEMPTS {
            if self.received == total {
                break;
            }
            let before = self.received;
            match self.attempt(signal, &report, &mut pace).await {
                Ok(()) => {}
                Err(Stop::ForGood(trouble)) => return Err(trouble),
                Err(Stop::AskAgain) => {
                    self.clear();
                    pace.had = 0;
                    continue;
                }
                Err(Stop::Broken(trouble)) if self.received > before => last = trouble,
                Err(Stop::Broken(trouble)) => return Err(trouble),
            }
        }
        report(pace.progress(self.received));
        if self.received == total { Ok(()) } else { Err(last) }
    }

    async fn attempt(&mut self, signal: &AbortSignal, report: &impl Fn(Progress), pace: &mut Pace) -> Result<(), Stop> {
        let total = u64::from(self.bytes.length());
        let response = self.ask(signal).await.map_err(|thrown| self.broken(signal, &thrown))?;
        match judge(&head(&response), u64::from(self.received), total) {
            Verdict::Append => self.mixed = true,
            Verdict::FromStart => {
                self.clear();
                pace.had = 0;
            }
            Verdict::AskAgain => return Err(Stop::AskAgain),
            Verdict::Refuse(trouble) => return Err(Stop::ForGood(trouble)),
        }
        let header = |name| response.headers().get(name).ok().flatten();
        self.validator = validator(header("etag"), header("last-modified"));
        let body = response.body().ok_or_else(|| self.short())?;
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        while let Some(chunk) = read(&reader).await.map_err(|thrown| self.broken(signal, &thrown))? {
            let end = u64::from(self.received) + u64::from(chunk.length());
            if end > total {
                let _ = reader.cancel();
                self.clear();
                let detail = format!("expected the model file of {total} bytes, found more than that");
                return Err(Stop::ForGood(trouble(TroubleKind::Integrity, detail)));
            }
            self.bytes.set(&chunk, self.received);
            self.received += chunk.length();
            if pace.is_due() {
                report(pace.progress(self.received));
            }
        }
        if u64::from(self.received) < total { Err(self.short()) } else { Ok(()) }
    }

    async fn ask(&self, signal: &AbortSignal) -> Result<Response, JsValue> {
        let init = RequestInit::new();
        init.set_signal(Some(signal));
        // Our own storage keeps the file, verified; the browser's cache would keep it twice, and wrong ones too.
        init.set_cache(RequestCache::NoStore);
        if self.received > 0 {
            let headers = web_sys::Headers::new()?;
            headers.set("range", &format!("bytes={}-", self.received))?;
            if let Some(validator) = &self.validator {
                headers.set("if-range", validator)?;
            }
            init.set_headers(&headers);
        }
        let response = JsFuture::from(scope().fetch_with_str_and_init(&self.url, &init)).await?;
        response.dyn_into()
    }

    fn broken(&self, signal: &AbortSignal, thrown: &JsValue) -> Stop {
        if signal.aborted() {
            return Stop::ForGood(trouble(TroubleKind::Cancelled, "the download was stopped"));
        }
        let detail = format!(
            "the connection broke after {} of {} bytes ({})",
            self.received,
            self.bytes.length(),
            reason(thrown)
        );
        Stop::Broken(trouble(TroubleKind::Download, detail))
    }

    fn short(&self) -> Stop {
        let detail = format!("expected the model file of {} bytes, found only {}", self.bytes.length(), self.received);
        Stop::Broken(trouble(TroubleKind::Integrity, detail))
    }
}

/// Why an attempt ended early.
enum Stop {
    /// Another attempt may go on from here.
    Broken(Trouble),
    /// What is there does not fit the server's file.
    AskAgain,
    /// Another attempt would end the same.
    ForGood(Trouble),
}

struct Pace {
    began: f64,
    had: u32,
    last: f64,
}

impl Pace {
    fn is_due(&mut self) -> bool {
        let now = now();
        let due = now - self.last >= REPORT_EVERY;
        if due {
            self.last = now;
        }
        due
    }

    fn progress(&self, received: u32) -> Progress {
        let seconds = ((now() - self.began) / 1000.0).max(0.001);
        let fetched = received.saturating_sub(self.had);
        Progress { received: u64::from(received), bytes_per_second: f64::from(fetched) / seconds }
    }
}

async fn read(reader: &ReadableStreamDefaultReader) -> Result<Option<Uint8Array>, JsValue> {
    let step = JsFuture::from(reader.read()).await?;
    if Reflect::get(&step, &JsValue::from_str("done"))?.is_truthy() {
        return Ok(None);
    }
    Reflect::get(&step, &JsValue::from_str("value"))?.dyn_into().map(Some)
}

fn head(response: &Response) -> Head {
    let header = |name| response.headers().get(name).ok().flatten();
    Head {
        status: response.status(),
        content_type: header("content-type"),
        content_length: header("content-length").and_then(|text| text.parse().ok()),
        content_range: header("content-range"),
        encoded: header("content-encoding").is_some(),
    }
}
