//! A model file of another make: recognised, loaded, and never believed blindly.

#[path = "../../../general/tests/fixture/mod.rs"]
mod fixture;

use candle_core::quantized::gguf_file::Value;
use oolong_server::Server;

use crate::support::{config, get, post, refused, says};

#[tokio::test]
async fn another_model_is_recognised_and_says_what_it_cannot_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("general.gguf");
    let model = fixture::Fixture::new("llama").set("llama.context_length", Value::U32(256));
    std::fs::write(&file, model.bytes()).expect("a file");
    let running =
        Server::start(config(&format!("--model {} --deadline-ms 60000", file.display()))).await.expect("starts");
    assert!(get(&running.url(), "v1/models").await.text().await.expect("a body").contains("Fixture"));
    // Its context is smaller than the instructions.
    refused(post(&running.url(), says("two lattes")).await, (400, "context_length_exceeded")).await;
}

#[tokio::test]
async fn random_weights_give_no_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("general.gguf");
    let model = fixture::Fixture::new("qwen3").set("qwen3.context_length", Value::U32(4096));
    std::fs::write(&file, model.bytes()).expect("a file");
    let flags = format!("--model {} --queue-ms 60000 --deadline-ms 60000", file.display());
    let running = Server::start(config(&flags)).await.expect("starts");
    // Its tokens are single letters, so the question must be short.
    let campaign = r#"{"id":"c","names":["C"],"currency":"CNY","brands":[{"id":"b","names":["B"],
        "menu":[{"id":"latte","names":["latte"],"category":"coffee","price":100}]}]}"#;
    let question = format!(r#"{{"utterance":"two lattes","context":{{}},"campaign":{campaign}}}"#);
    refused(post(&running.url(), says(&question)).await, (502, "model_output_invalid")).await;
}

#[tokio::test]
async fn a_file_that_is_no_model_is_refused_at_the_start() {
    let error = Server::start(config("--model Cargo.toml")).await.expect_err("no model");
    assert!(format!("{error:#}").contains("GGUF"), "{error:#}");
    let error = Server::start(config("--campaign Cargo.toml")).await.expect_err("no campaign");
    assert!(format!("{error:#}").starts_with("Cargo.toml: "), "{error:#}");
    let error = Server::start(config("--site nowhere")).await.expect_err("no folder");
    assert!(format!("{error:#}").starts_with("--site nowhere: "), "{error:#}");
}
