//! A browser, driven over WebDriver: a small client, since the protocol is JSON over HTTP.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Value, json};
use xtask::{chromium, workspace};

use crate::scripts;

/// How long a test waits for anything before it fails.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The Enter key, as WebDriver writes it.
pub const ENTER: char = '\u{e007}';
/// The Tab key.
pub const TAB: char = '\u{e004}';

/// A window to open.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// Width in CSS pixels.
    pub width: u32,
    /// Height in CSS pixels.
    pub height: u32,
    /// Whether the visitor prefers dark colours.
    pub dark: bool,
    /// The browser's language: `en-US`, `zh-CN`.
    pub language: &'static str,
}

impl Default for Window {
    fn default() -> Self {
        Self { width: 1280, height: 900, dark: false, language: "en-US" }
    }
}

/// A browser with a profile of its own, gone when dropped.
pub struct Browser {
    driver: Child,
    agent: ureq::Agent,
    session: String,
}

impl Browser {
    /// Starts Chromium.
    #[must_use]
    pub fn start(window: Window) -> Self {
        Self::start_with(window, &[])
    }

    /// Starts Chromium with further flags.
    #[must_use]
    pub fn start_with(window: Window, flags: &[&str]) -> Self {
        let found =
            chromium::find().expect("Chromium is missing: run `cargo xtask test --only e2e`, which installs it");
        let (driver, port) = start_driver(&found.driver);
        let config = ureq::Agent::config_builder().http_status_as_error(false).timeout_global(Some(PATIENCE * 8));
        let mut browser =
            Self { driver, agent: config.build().into(), session: format!("http://127.0.0.1:{port}/session") };
        let mut arguments = vec![
            "--headless=new".to_owned(),
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--no-first-run".to_owned(),
            "--hide-scrollbars".to_owned(),
            "--force-color-profile=srgb".to_owned(),
            format!("--lang={}", window.language),
            format!("--window-size={},{}", window.width, window.height),
        ];
        arguments.extend(flags.iter().map(|&flag| flag.to_owned()));
        let capabilities = json!({"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "timeouts": {"script": 240_000, "pageLoad": 60_000},
            "goog:chromeOptions": {
                "binary": found.browser,
                "args": arguments,
                "prefs": {"intl.accept_languages": window.language},
            },
        }}});
        let reply = browser.post("", &capabilities);
        let id = reply["sessionId"].as_str().expect("a new session has an id").to_owned();
        browser.session = format!("{}/{id}", browser.session);
        browser.prepare(window);
        browser
    }

    fn prepare(&self, window: Window) {
        let metrics = json!({"width": window.width, "height": window.height, "deviceScaleFactor": 1, "mobile": window.width < 600});
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
        let scheme = if window.dark { "dark" } else { "light" };
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.devtools("Emulation.setEmulatedMedia", &features);
        self.before_each_page(scripts::PROBE);
    }

    /// Has `script` run before the code of every page that is opened from now on.
    pub fn before_each_page(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", &json!({"source": script}));
    }

    /// Opens an address and waits for its `load` event.
    pub fn open(&self, url: &str) {
        self.post("/url", &json!({"url": url}));
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.post("/refresh", &json!({}));
    }

    /// Runs the body of a function in the page and returns its value.
    pub fn run(&self, body: &str, arguments: &[Value]) -> Value {
        self.post("/execute/sync", &json!({"script": body, "args": arguments}))
    }

    /// As [`Self::run`]; the body calls its last argument with the value when it is done.
    pub fn run_async(&self, body: &str, arguments: &[Value]) -> Value {
        self.post("/execute/async", &json!({"script": body, "args": arguments}))
    }

    /// Asks again and again until `condition` (an expression) is truthy, and returns its value.
    #[track_caller]
    pub fn wait(&self, condition: &str) -> Value {
        self.wait_for(condition, PATIENCE)
    }

    /// As [`Self::wait`], with a time limit of its own.
    #[track_caller]
    pub fn wait_for(&self, condition: &str, limit: Duration) -> Value {
        let start = workspace::now();
        loop {
            let value = self.run(&format!("return ({condition})"), &[]);
            if !matches!(value, Value::Null | Value::Bool(false)) && value != json!(0) && value != json!("") {
                return value;
            }
            if start.elapsed() > limit {
                let text = self.run("return document.body.innerText.slice(0, 2000)", &[]);
                panic!("waited {limit:?} for {condition}; the page says:\n{}", text.as_str().unwrap_or_default());
            }
            thread::sleep(Duration::from_millis(30));
        }
    }

    /// Clicks the first element that fits the CSS selector, as a mouse would.
    #[track_caller]
    pub fn click(&self, selector: &str) {
        self.wait(&format!("document.querySelector({selector:?})"));
        let element = self.element(selector);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Chooses a file in the first file input that fits the CSS selector.
    #[track_caller]
    pub fn choose(&self, selector: &str, file: &Path) {
        self.wait(&format!("document.querySelector({selector:?})"));
        let element = self.element(selector);
        let file = file.to_str().expect("the file's path is text");
        self.post(&format!("/element/{element}/value"), &json!({"text": file}));
    }

    /// Sends keys to whatever has the focus.
    pub fn press(&self, keys: &str) {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})])
            .collect();
        self.post("/actions", &json!({"actions": [{"type": "key", "id": "keyboard", "actions": actions}]}));
    }

    /// Types into whatever has the focus; unlike keys, this also takes emoji and thousands of characters.
    pub fn insert(&self, text: &str) {
        self.devtools("Input.insertText", &json!({"text": text}));
    }

    /// Calls the DevTools protocol.
    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post("/goog/cdp/execute", &json!({"cmd": command, "params": parameters}))
    }

    /// Writes a picture of the window.
    pub fn screenshot(&self, file: &Path) {
        let picture = self.devtools("Page.captureScreenshot", &json!({"format": "png"}));
        let text = picture["data"].as_str().expect("a picture in base64");
        let bytes = BASE64_STANDARD.decode(text).expect("a picture in base64");
        std::fs::create_dir_all(file.parent().expect("a file in a folder")).expect("the folder can be made");
        std::fs::write(file, bytes).expect("the picture can be written");
    }

    #[track_caller]
    fn element(&self, selector: &str) -> String {
        let element = self.post("/element", &json!({"using": "css selector", "value": selector}));
        let id = element.as_object().and_then(|object| object.values().next()?.as_str());
        id.unwrap_or_else(|| panic!("no element fits {selector}")).to_owned()
    }

    #[track_caller]
    fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.session);
        let mut reply = self.agent.post(&url).send_json(body).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut json: Value =
            reply.body_mut().with_config().limit(1 << 28).read_json().expect("the driver answers in JSON");
        if let Some(error) = json["value"]["error"].as_str() {
            panic!("{path} {}: {error}: {}", shortened(body), json["value"]["message"].as_str().unwrap_or_default());
        }
        json["value"].take()
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends the browser; the driver alone would leave it behind.
        let _ = self.agent.delete(&self.session).call();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// Starts the driver on a free port, which it prints.
fn start_driver(program: &Path) -> (Child, u16) {
    let mut command = Command::new(program);
    command.args(["--port=0", "--log-level=WARNING"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut driver = command.spawn().unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
    let mut lines = BufReader::new(driver.stdout.take().expect("its output is piped")).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| {
        line.rsplit_once("successfully on port ").and_then(|(_, port)| port.trim_end_matches('.').parse().ok())
    });
    // Read on, or the driver stops at a full pipe.
    thread::spawn(move || lines.for_each(drop));
    (driver, port.expect("the driver prints its port"))
}

fn shortened(body: &Value) -> String {
    body.to_string().chars().take(300).collect()
}
