//! Whatever the file: it loads, or says what is wrong with it. It never panics.

mod fixture;

use candle_core::quantized::gguf_file::Value;
use fixture::{ARCHITECTURES, Fixture};
use oolong_general::{GeneralModel, LoadError};

#[track_caller]
fn refused(file: &[u8], expected: &str) {
    let found = GeneralModel::load(file).expect_err(expected).to_string();
    assert!(found.contains(expected), "expected …{expected}…, found {found}");
}

fn text(text: &str) -> Value {
    Value::String(text.to_owned())
}

fn texts(texts: &[&str]) -> Value {
    Value::Array(texts.iter().map(|one| text(one)).collect())
}

#[test]
fn what_is_cut_off_is_refused() {
    for architecture in ARCHITECTURES {
        let file = Fixture::new(architecture).bytes();
        GeneralModel::load(&file).expect("the whole file loads");
        for part in 0..20 {
            GeneralModel::load(&file[..file.len() * part / 20]).expect_err("cut off");
        }
        GeneralModel::load(&file[..file.len() - 100]).expect_err("cut off");
    }
}

#[test]
fn garbage_is_refused() {
    refused(b"", "begins with GGUF");
    refused(b"<!doctype html>", "begins with GGUF");
    refused(b"GGUF", "complete header");
    refused(&[b"GGUF".as_slice(), &[0xFF; 200]].concat(), "GGUF version 2 or 3");
    refused(&[b"GGUF\x03\0\0\0".as_slice(), &[0xFF; 200]].concat(), "at most 4096 tensors");
    let entry = |key: &[u8], rest: &[u8]| {
        let mut file = b"GGUF\x03\0\0\0".to_vec();
        file.extend(0_u64.to_le_bytes());
        file.extend(1_u64.to_le_bytes());
        file.extend((key.len() as u64).to_le_bytes());
        [file, key.to_vec(), rest.to_vec()].concat()
    };
    refused(&entry(b"general.alignment", &[4, 0, 0, 0, 0, 0, 0, 0]), "power of two");
    refused(&entry(b"general.alignment\0", &[4, 0, 0, 0, 0, 0, 0, 0]), "power of two");
    refused(&entry(b"general.alignment", &[0, 0, 0, 0, 0, 0, 0, 0]), "an alignment of type u32");
    refused(&entry(b"k", &[8, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]), "complete header");
    refused(&entry(b"k", &[9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]), "flat lists");
    refused(&entry(b"k", &[9, 0, 0, 0, 9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]), "flat lists");
    refused(&entry(b"k", &[99, 0, 0, 0]), "metadata type");
    refused(&entry(&[b'k'; 300], &[]), "a name of at most");
}

/// Bytes all over the file turned around, most of them in the header.
#[test]
fn no_change_of_a_byte_makes_it_panic() {
    for architecture in ARCHITECTURES {
        // Without the words of the vocabulary, in which changes matter little, the header is short.
        let file = Fixture::new(architecture).set("tokenizer.ggml.merges", Value::Array(Vec::new())).bytes();
        let header = file.windows(4).rposition(|window| window == b"blk.").expect("names of tensors") + 64;
        let step = header / 80;
        for at in (0..header).step_by(step.max(1)).chain((header..file.len()).step_by(file.len() / 8)) {
            for flip in [0xFF, 0x01] {
                let mut changed = file.clone();
                changed[at] ^= flip;
                let _ = GeneralModel::load(&changed);
            }
        }
    }
}

#[test]
fn other_architectures_are_named() {
    let file = Fixture::new("qwen3").set("general.architecture", text("gemma3")).bytes();
    assert_eq!(GeneralModel::load(&file).err(), Some(LoadError::Architecture { found: "gemma3".to_owned() }));
    refused(&file, "qwen3, qwen2 or llama, found gemma3");
    refused(&Fixture::new("qwen3").without("general.architecture").bytes(), "found none");
}

#[test]
fn other_tokenizers_are_refused() {
    let with = |key: &str, value: Value| Fixture::new("qwen3").set(key, value).bytes();
    refused(&with("tokenizer.ggml.model", text("llama")), "byte-level BPE (gpt2)");
    refused(&with("tokenizer.ggml.pre", text("tekken")), "gpt-2, smollm, qwen2 or llama-bpe, found tekken");
    refused(&with("tokenizer.ggml.tokens", texts(&["a"])), "a type for each of 1 tokens");
    refused(&with("tokenizer.ggml.tokens", Value::U32(1)), "`tokenizer.ggml.tokens`, found none");
    refused(&with("tokenizer.ggml.token_type", texts(&["a"; 266])), "token types from 1 to 6");
    refused(&with("tokenizer.ggml.merges", texts(&["th"])), "merges of two parts");
    refused(&with("tokenizer.ggml.merges", texts(&["q q"])), "merges of tokens to tokens");
    refused(&with("tokenizer.ggml.merges", texts(&["<|endoftext|> <|im_start|>"])), "merges of tokens to tokens");
    refused(&with("tokenizer.ggml.eos_token_id", Value::U32(9999)), "eos_token_id");
    refused(&Fixture::new("qwen3").without("tokenizer.ggml.eos_token_id").bytes(), "eos_token_id");
    refused(&with("tokenizer.ggml.tokens", texts(&[&"x".repeat(2000)])), "at most 1000 bytes");
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    for architecture in ARCHITECTURES {
        let with = |key: &str, value: u32| {
            Fixture::new(architecture).set(&format!("{architecture}.{key}"), Value::U32(value)).bytes()
        };
        for key in [
            "context_length",
            "block_count",
            "embedding_length",
            "feed_forward_length",
            "attention.head_count",
            "attention.head_count_kv",
            "attention.key_length",
        ] {
            for value in [0, 3, 1 << 31, u32::MAX] {
                let loaded = GeneralModel::load(&with(key, value));
                // A short context is no use, but no fault either.
                assert!(loaded.is_err() || (key, value) == ("context_length", 3), "{architecture} {key} {value}");
            }
        }
        let scaled = Fixture::new(architecture).set(&format!("{architecture}.rope.scaling.type"), text("yarn"));
        refused(&scaled.bytes(), "without scaling, found the scaling `yarn`");
        refused(&with("rope.dimension_count", 2), "rope.dimension_count");
    }
}

#[test]
fn tensors_that_do_not_fit_are_refused() {
    for architecture in ARCHITECTURES {
        let fixture = || Fixture::new(architecture);
        refused(&fixture().without("output_norm.weight").bytes(), "`output_norm.weight` of [64], found none");
        refused(&fixture().with("blk.1.ffn_up.weight", &[64, 96]).bytes(), "of [96, 64], found [64, 96]");
        refused(&fixture().with("token_embd.weight", &[265, 64]).bytes(), "of [266, 64], found [265, 64]");
        refused(&fixture().with("rope_freqs.weight", &[8]).bytes(), "found `rope_freqs.weight` too");
        refused(&fixture().with("output.weight", &[266, 32]).bytes(), "`output.weight`");
        GeneralModel::load(&fixture().with("output.weight", &[266, 64]).bytes()).expect("an output of its own");
    }
}
