//! `oolong eval` and `oolong lint` as a build server runs them: exit status, both outputs, files.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A folder with a good and a bad file of cases.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(TempDir::new().expect("a folder"));
        folder.write("good.jsonl", &format!("{HELLO}\n{ORDER}\n"));
        folder.write("bad.jsonl", &format!("{HELLO}\nnonsense\n{}\n", ORDER.replace("\"latte\"", "\"lattte\"")));
        folder.write("other.jsonl", &HELLO.replace("hello", "good bye"));
        folder
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("written");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).expect("a folder");
        let mut names: Vec<String> =
            entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn oolong(&self, arguments: &str) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_oolong"));
        command.args(arguments.split_whitespace()).current_dir(self.0.path()).output().expect("it runs")
    }

    #[track_caller]
    fn check(&self, arguments: &str, code: i32, parts: &[&str]) {
        let output = self.oolong(arguments);
        let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments}\n{out}\n{error}");
        for part in parts {
            assert!(out.contains(part) || error.contains(part), "{arguments}: expected {part:?} in\n{out}\n{error}");
        }
    }
}

const HELLO: &str = r#"{"id":"1","lang":"en","text":"hello","frames":[{"intent":"chat"}]}"#;
const ORDER: &str = r#"{"id":"2","lang":"zh","text":"来两杯拿铁","frames":[{"intent":"order","items":[{"item":"latte","quantity":2}]}]}"#;

#[test]
fn bad_input_is_exit_2_with_line_and_reason_and_no_file() {
    let folder = Folder::new();
    folder.write("old.json", "{\"schema\":\"oolong-eval/9\"}");
    let before = folder.names();
    for (arguments, parts) in [
        ("eval", ["--cases <FILE>", ""]),
        ("eval --cases absent.jsonl", ["cannot read absent.jsonl", ""]),
        ("eval --cases .", ["it is a directory", ""]),
        (
            "eval --cases bad.jsonl --json out.json",
            ["bad.jsonl:2: expected JSON", "bad.jsonl:3: frames[0].items[0].item"],
        ),
        ("eval --cases bad.jsonl --html out.html", ["lattte", "nothing was run"]),
        ("eval --cases good.jsonl --min fame_match=0.9", ["fame_match", "there are frame_match"]),
        ("eval --cases good.jsonl --min p95_ms=50", ["use --max", ""]),
        ("eval --cases good.jsonl --min frame_match=93", ["0 to 1", "93"]),
        ("eval --cases good.jsonl --threshold 2", ["0 to 1", ""]),
        ("eval --cases good.jsonl --parser remote=not%an%address", ["remote=not%an%address", "expected an address"]),
        ("eval --cases good.jsonl --parser magic", ["local, keyword or remote=URL", "magic"]),
        ("eval --cases good.jsonl --baseline old.json", ["oolong-eval/1", "oolong-eval/9"]),
        ("eval --cases good.jsonl --json absent/out.json", ["cannot write absent/out.json", ""]),
        ("eval --cases good.jsonl --json good.jsonl", ["cannot write good.jsonl", "read in the same run"]),
        ("eval --cases good.jsonl --json x --csv x", ["two reports", "name two files"]),
        ("eval --cases good.jsonl --campaign good.jsonl", ["good.jsonl", "campaign field"]),
        ("eval --cases good.jsonl --model good.jsonl --json out.json", ["good.jsonl", "expected"]),
        ("lint bad.jsonl", ["bad.jsonl:2: ", "1 sound cases (en 1), 2 bad lines"]),
    ] {
        folder.check(arguments, 2, &parts);
        assert_eq!(folder.names(), before, "{arguments} left something behind");
    }
    folder.check("lint good.jsonl", 0, &["good.jsonl: 2 sound cases (en 1, zh 1), 0 bad lines"]);
}

#[test]
fn reports_are_written_and_the_last_line_is_the_summary() {
    let folder = Folder::new();
    let all = "--json r.json --junit r.xml --html r.html --csv r.csv";
    let output = folder.oolong(&format!("eval --cases good.jsonl {all}"));
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(0), "{out}");
    let last = out.lines().last().expect("a line");
    assert!(last.starts_with("frame_match=") && last.ends_with(" n=2") && out.ends_with('\n'), "{last}");
    for (name, start) in [("r.json", "{"), ("r.xml", "<?xml"), ("r.html", "<!DOCTYPE html>"), ("r.csv", "\u{feff}id,")]
    {
        assert!(read(&folder.path(name)).starts_with(start), "{name}");
    }
    assert!(folder.names().iter().all(|name| !name.starts_with('.')), "{:?}", folder.names());

    folder.check("eval --cases good.jsonl --min frame_match=0 --max p95_ms=60000 --baseline r.json", 0, &["0 worse"]);
    folder.check("eval --cases good.jsonl --max p50_ms=0", 1, &["p50_ms", "at most 0"]);
    folder.check("eval --cases good.jsonl --min mixed.frame_match=0.5", 2, &["not defined"]);
    folder.check("eval --cases other.jsonl --baseline r.json", 2, &["found none of the 1"]);
    folder.check("eval --cases bad.jsonl --keep-going --json k.json", 2, &["n=1", "2 bad lines", "bad.jsonl:3"]);
    assert!(read(&folder.path("k.json")).contains("\"skipped\": 2"));

    folder.write("wrong.jsonl", &HELLO.replace("chat", "deny"));
    folder.check("eval --cases wrong.jsonl --json w.json", 0, &["frame_match=0.000"]);
    folder.write("w.json", &read(&folder.path("w.json")).replace("\"right\": false", "\"right\": true"));
    folder.check("eval --cases wrong.jsonl --baseline w.json", 1, &["0 better, 1 worse", "worse  1 hello"]);
}

#[test]
fn templates_can_be_run() {
    let folder = Folder::new();
    for name in ["t.csv", "t.jsonl"] {
        folder.check(&format!("eval --write-template {name}"), 0, &["sample cases"]);
        folder.check(&format!("lint {name}"), 0, &["0 bad lines"]);
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).expect("readable")
}
