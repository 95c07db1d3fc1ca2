//! Whatever the weights: answers follow the schema, keep to their budget, and are the same every time.

mod fixture;

use std::cell::Cell;

use candle_core::quantized::gguf_file::Value;
use fixture::{ARCHITECTURES, Fixture};
use oolong_general::{CompleteError, Completion, Finish, GeneralModel, Prompt, Role};
use serde_json::json;

const MESSAGES: [(Role, &str); 2] = [(Role::System, "Answer in JSON."), (Role::User, "two 茶, less sugar")];

fn model(architecture: &str) -> GeneralModel {
    GeneralModel::load(&Fixture::new(architecture).bytes()).expect("the fixture loads")
}

fn schema() -> serde_json::Value {
    let id = json!({ "enum": ["latte", "iced \"tea\"", "茶", "the other"] });
    let quantity = json!({ "type": "integer", "minimum": 1, "maximum": 20 });
    let item = json!({
        "type": "object", "additionalProperties": false,
        "properties": { "id": id, "quantity": quantity, "note": { "type": "string", "maxLength": 4 } },
        "required": ["id", "quantity", "note"],
    });
    json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "intent": { "enum": ["order", "ask"] },
            "items": { "type": "array", "items": item, "minItems": 1, "maxItems": 3 },
        },
        "required": ["intent", "items"],
    })
}

/// Completes, and checks what must hold for every answer.
fn complete(model: &mut GeneralModel, prompt: &Prompt<'_>) -> Completion {
    let mut streamed = String::new();
    let found = model.complete(prompt, &mut |text| streamed.push_str(text), &|| false).expect("an answer");
    assert_eq!(found.text, streamed);
    assert!((0.0..=1.0).contains(&found.confidence), "confidence {}", found.confidence);
    assert!(found.completion_tokens <= prompt.max_tokens && found.prompt_tokens > 0);
    if found.finish == Finish::Length {
        let used = found.prompt_tokens + found.completion_tokens;
        assert!(found.completion_tokens == prompt.max_tokens || used as usize == model.context_length());
    }
    found
}

#[test]
fn answers_follow_the_schema() {
    for architecture in ARCHITECTURES {
        let mut model = model(architecture);
        assert_eq!((model.name(), model.architecture(), model.context_length()), ("Fixture", architecture, 512));
        let found = complete(&mut model, &Prompt { messages: &MESSAGES, schema: Some(&schema()), max_tokens: 300 });
        assert_eq!(found.finish, Finish::Stop, "{architecture}: the schema bounds the answer: {}", found.text);
        let answer: serde_json::Value = serde_json::from_str(&found.text).expect("JSON");
        assert_eq!(answer.to_string(), found.text, "{architecture}: no space, keys in order");
        assert!(["order", "ask"].contains(&answer["intent"].as_str().expect("a text")));
        let items = answer["items"].as_array().expect("a list");
        assert!((1..=3).contains(&items.len()));
        for item in items {
            assert_eq!(item.as_object().expect("an object").len(), 3);
            assert!(["latte", "iced \"tea\"", "茶", "the other"].contains(&item["id"].as_str().expect("a text")));
            assert!((1..=20).contains(&item["quantity"].as_i64().expect("a whole number")));
            assert!(item["note"].as_str().expect("a text").chars().count() <= 4);
        }
    }
}

#[test]
fn the_same_prompt_gives_the_same_answer_whatever_came_before() {
    for architecture in ARCHITECTURES {
        let mut model = model(architecture);
        let schema = schema();
        let free = Prompt { messages: &MESSAGES, schema: None, max_tokens: 40 };
        let bound = Prompt { schema: Some(&schema), ..free };
        let other = Prompt { messages: &[(Role::User, "hello")], ..free };
        let (first, second) = (complete(&mut model, &free), complete(&mut model, &bound));
        complete(&mut model, &other);
        assert_eq!(complete(&mut model, &free), first, "{architecture}");
        assert_eq!(complete(&mut model, &bound), second, "{architecture}");
        model.complete(&free, &mut |_| {}, &|| true).expect_err("cancelled");
        assert_eq!(complete(&mut model, &free), first, "{architecture}: also after a cancelled one");
        assert_eq!(complete(&mut self::model(architecture), &free), first, "{architecture}: also in a fresh model");
    }
}

#[test]
fn the_budget_is_kept_to_the_token() {
    let mut model = model("qwen3");
    let schema = schema();
    for schema in [None, Some(&schema)] {
        let whole = complete(&mut model, &Prompt { messages: &MESSAGES, schema, max_tokens: 60 });
        for max_tokens in 0..whole.completion_tokens {
            let cut = complete(&mut model, &Prompt { messages: &MESSAGES, schema, max_tokens });
            assert_eq!((cut.finish, cut.completion_tokens), (Finish::Length, max_tokens));
            assert!(whole.text.starts_with(cut.text.trim_end_matches('\u{FFFD}')), "{:?} {:?}", whole.text, cut.text);
        }
    }
    let all = complete(&mut model, &Prompt { messages: &MESSAGES, schema: None, max_tokens: u32::MAX });
    assert!(all.finish == Finish::Stop || (all.prompt_tokens + all.completion_tokens) as usize == 512);
}

#[test]
fn a_schema_that_leaves_no_choice_asks_nothing_of_the_model() {
    let schema = json!({ "const": { "the": "e\u{301} 茶" } });
    let found = complete(&mut model("llama"), &Prompt { messages: &MESSAGES, schema: Some(&schema), max_tokens: 100 });
    assert_eq!(found.finish, Finish::Stop);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&found.text).expect("JSON"), schema["const"]);
}

#[test]
fn cancelling_stops_before_the_next_step() {
    for architecture in ARCHITECTURES {
        let mut model = model(architecture);
        for steps in 0..8 {
            let asked = Cell::new(0);
            let stop = || asked.replace(asked.get() + 1) >= steps;
            let prompt = Prompt { messages: &MESSAGES, schema: None, max_tokens: 40 };
            assert_eq!(model.complete(&prompt, &mut |_| {}, &stop), Err(CompleteError::Cancelled));
            assert_eq!(asked.get(), steps + 1);
        }
    }
}

#[test]
fn a_prompt_beyond_the_context_is_an_error() {
    let mut model = model("qwen2");
    let error = |model: &mut GeneralModel, text: &str| {
        let prompt = Prompt { messages: &[(Role::User, text)], schema: None, max_tokens: 4 };
        model.complete(&prompt, &mut |_| {}, &|| false).map_err(|error| error.to_string())
    };
    let long = "x ".repeat(400);
    let found = error(&mut model, &long).expect_err("too long");
    assert!(found.starts_with("prompt: expected at most 511 tokens, found 8"), "{found}");
    let found = error(&mut model, &long.repeat(100)).expect_err("too long");
    assert_eq!(found, "prompt: expected at most 32704 bytes, found 80000");
    // The longest that fits leaves room for one token.
    let prompt = |text: &str, model: &mut GeneralModel| error(model, text).map(|found| found.prompt_tokens);
    let frame = prompt("", &mut model).expect("short");
    let fits = "x".repeat(511 - frame as usize);
    assert_eq!(prompt(&fits, &mut model), Ok(511));
    assert!(prompt(&format!("{fits}x"), &mut model).is_err());
}

#[test]
fn what_is_no_schema_is_an_error() {
    let mut model = model("qwen3");
    let deep = (0..100).fold(json!({ "type": "string" }), |inner, _| json!({ "type": "array", "items": inner }));
    for schema in [
        json!("text"),
        json!(true),
        json!({ "type": "nothing" }),
        json!({ "$ref": "https://example.org/schema.json" }),
        json!({ "$ref": "#/$defs/none" }),
        json!({ "type": "string", "pattern": "(" }),
        json!({ "type": "object", "required": ["a"], "properties": { "a": false } }),
    ] {
        let prompt = Prompt { messages: &MESSAGES, schema: Some(&schema), max_tokens: 20 };
        let found = model.complete(&prompt, &mut |_| {}, &|| false);
        assert!(matches!(found, Err(CompleteError::Schema(_))), "{schema}: {found:?}");
    }
    // What is unusual but sound is followed, whatever the schema says about the grammar engine.
    for schema in [
        json!({}),
        deep,
        json!({ "type": "string", "pattern": "^[ab]{1,1000}$" }),
        json!({ "type": "boolean", "x-guidance": { "whitespace_flexible": true, "lenient": true } }),
    ] {
        complete(&mut model, &Prompt { messages: &MESSAGES, schema: Some(&schema), max_tokens: 20 });
    }
}

/// Prompts whose texts look like markup have no more special tokens than others.
#[test]
fn texts_cannot_forge_messages() {
    let template = "{% for m in messages %}{{ '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' }}{% endfor %}<|im_start|>assistant\n";
    for (template, pre) in [(None, "qwen2"), (Some(template), "qwen2"), (Some(template), "llama-bpe"), (None, "gpt-2")]
    {
        let mut file = Fixture::new("qwen3").set("tokenizer.ggml.pre", Value::String(pre.to_owned()));
        if let Some(template) = template {
            file = file.set("tokenizer.chat_template", Value::String(template.to_owned()));
        }
        let mut model = GeneralModel::load(&file.bytes()).expect("the fixture loads");
        let mut tokens = |text: &str| {
            let prompt = Prompt { messages: &[(Role::System, "Hi"), (Role::User, text)], schema: None, max_tokens: 1 };
            complete(&mut model, &prompt).prompt_tokens
        };
        // Every byte of the markup is a token of its own, because no merge of the fixture fits.
        let plain = tokens("");
        for forged in ["<|im_start|>", "<|im_end|>\n", "<|endoftext|>", "[PAD0]", "{{ 1 }}", "\u{E000}0\u{E001}"] {
            let length = u32::try_from(forged.len()).expect("short");
            assert_eq!(tokens(forged), plain + length, "{forged:?} with {pre}");
        }
        // One merge: "th" in "<think>".
        assert_eq!(tokens("<think>"), plain + 6);
    }
}

#[test]
fn a_model_can_go_to_another_thread() {
    fn check<T: Send>() {}
    check::<GeneralModel>();
}
