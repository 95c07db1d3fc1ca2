//! No word of a shopper is in the logs: not on success, not on errors, not when an engine panics.

use std::io::{BufRead as _, BufReader, Read as _, Write};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use clap::Parser as _;
use oolong_server::{Answer, Config, Model, Refusal, Server, Task, logs};
use tracing_subscriber::filter::LevelFilter;

const MARKER: &str = "zanzibar";

struct Breaking;

impl Model for Breaking {
    fn name(&self) -> &str {
        "breaking"
    }

    fn answer(&mut self, task: &Task, _: &dyn Fn() -> bool) -> Result<Answer, Refusal> {
        assert!(!task.utterance.as_str().contains(MARKER), "broke on {}", task.utterance.as_str());
        Err(Refusal::InvalidAnswer)
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("sound").write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn body(words: &str) -> String {
    serde_json::json!({"model": "oolong", "messages": [{"role": "user", "content": words}]}).to_string()
}

fn bodies() -> [String; 7] {
    [
        body(&format!("two lattes to {MARKER}")),
        body(&MARKER.repeat(500)),
        body(MARKER).replace("oolong", MARKER),
        format!("{{\"model\": {MARKER}"),
        format!(r#"{{"model":"oolong","messages":"{MARKER}"}}"#),
        format!(r#"{{"model":"oolong","messages":[{{"role":"{MARKER}","content":"x"}}]}}"#),
        format!(
            r#"{{"model":"oolong","messages":[{{"role":"user","content":"x"}}],"response_format":{{"type":"{MARKER}"}}}}"#
        ),
    ]
}

async fn ask_everything(base: &str) {
    let client = reqwest::Client::new();
    for body in bodies() {
        let request =
            client.post(format!("{base}v1/chat/completions?{MARKER}")).header("content-type", "application/json");
        request
            .header("x-oolong-attempt", MARKER)
            .header("user-agent", MARKER)
            .body(body)
            .send()
            .await
            .expect("an answer");
    }
    client.get(format!("{base}{MARKER}?{MARKER}")).send().await.expect("an answer");
    ask_the_shop(&client, base).await;
}

/// Codes, keys, tokens and places as well.
async fn ask_the_shop(client: &reqwest::Client, base: &str) {
    let paths = ["v1/wallet", "v1/orders", "v1/orders/zanzibar", "v1/stores?q=zanzibar", "v1/places?q=zanzibar"];
    for path in paths.into_iter().chain(["v1/stores/zanzibar", "v1/stores/events?ids=zanzibar", "stores/zanzibar"]) {
        client.get(format!("{base}{path}")).bearer_auth(MARKER).send().await.expect("an answer");
    }
    let code = oolong_token::ShopperCode::from_bytes([7; 16]).to_string();
    let order = serde_json::json!({"store": MARKER, "goods": [{"item": MARKER, "quantity": 1}],
        "fulfilment": "delivery", "place": MARKER});
    let token = serde_json::json!({"token": MARKER, "store": MARKER});
    for (path, body) in [
        ("v1/vouchers/zanzibar/claims", serde_json::json!({})),
        ("v1/orders", order),
        ("v1/orders/zanzibar/confirm", serde_json::json!({})),
        ("v1/redemptions", token),
    ] {
        for who in [MARKER, &code] {
            let request = client.post(format!("{base}{path}")).bearer_auth(who).body(body.to_string());
            let request = request.header("content-type", "application/json").header("idempotency-key", MARKER);
            request.send().await.expect("an answer");
        }
    }
}

#[tokio::test]
async fn a_panic_does_not_quote_the_shopper() {
    let lines = Lines::default();
    let writer = lines.clone();
    logs::start_json(LevelFilter::TRACE, move || writer.clone());
    let config =
        Config::try_parse_from(["oolong-server", "--listen", "127.0.0.1:0", "--no-shop"]).expect("sound flags");
    let build = Arc::new(|| Ok(Box::new(Breaking) as Box<dyn Model>));
    let running = Server::with_model(config, 1, build).await.expect("starts");
    ask_everything(&running.url()).await;
    running.stop().await;
    let text = String::from_utf8(lines.0.lock().expect("sound").clone()).expect("text");
    assert!(text.contains("panic") && text.contains("logs.rs") && text.contains("internal_error"), "{text}");
    assert!(!text.contains(MARKER), "{text}");
    assert!(text.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()), "{text}");
}

#[tokio::test]
async fn the_program_logs_no_words_and_ends_well() {
    let data = tempfile::tempdir().expect("a folder");
    let mut server = Command::new(env!("CARGO_BIN_EXE_oolong-server"))
        .args(["--listen", "127.0.0.1:0", "--workers", "1", "--queue-ms", "60000", "--deadline-ms", "60000"])
        .args(["--sample-stores", "50", "--data"])
        .arg(data.path())
        .env("RUST_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut url = String::new();
    BufReader::new(server.stdout.take().expect("its output")).read_line(&mut url).expect("a line");
    ask_everything(url.trim()).await;
    let id = server.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().expect("kill").success());
    assert!(server.wait().expect("it ends").success());
    let mut text = String::new();
    server.stderr.take().expect("its log").read_to_string(&mut text).expect("text");
    assert!(text.contains("unreadable_utterance") && text.contains("stopped"), "{text}");
    assert!(!text.contains(MARKER), "{text}");
    let code = oolong_token::ShopperCode::from_bytes([7; 16]);
    for secret in [code.to_string(), code.shopper_id()] {
        assert!(!text.contains(&secret), "{text}");
    }
}
