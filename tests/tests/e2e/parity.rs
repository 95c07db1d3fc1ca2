//! `oolong parse` and the page's worker say the same.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Stdio},
};

use oolong_intent::{Case, RawFrames};
use oolong_tests::{
    browser::Window,
    cases,
    page::Page,
    site::Site,
    worker::{Worker, question},
};
use xtask::workspace;

/// What the command line prints for each case, by the case's id.
fn on_the_command_line(cases: &[Case]) -> BTreeMap<&str, RawFrames> {
    // One process reads many sentences, but knows only one context.
    let mut groups: BTreeMap<String, Vec<&Case>> = BTreeMap::new();
    for case in cases {
        let context = serde_json::to_string(&case.context).expect("contexts are JSON");
        groups.entry(context).or_default().push(case);
    }
    groups.iter().flat_map(|(context, cases)| parse(context, cases)).collect()
}

fn parse<'a>(context: &str, cases: &[&'a Case]) -> Vec<(&'a str, RawFrames)> {
    let program = workspace::target().join("debug/oolong");
    let mut command = Command::new(&program);
    command.args(["parse", "-", "--context", context]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
    let mut input = child.stdin.take().expect("its input is piped");
    let lines: String = cases.iter().map(|case| case.text.clone() + "\n").collect();
    let writer = std::thread::spawn(move || input.write_all(lines.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("the writer ends").expect("it reads its input");
    assert!(output.status.success(), "`oolong parse - --context '{context}'` ended with {}", output.status);
    let out = String::from_utf8(output.stdout).expect("JSON is UTF-8");
    let frames: Vec<RawFrames> = out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}")))
        .collect();
    assert_eq!(frames.len(), cases.len(), "one line of output for each line of input");
    cases.iter().map(|case| case.id.as_str()).zip(frames).collect()
}

#[test]
fn the_command_line_and_the_page_agree() {
    let cases = cases::read("cases_visible.jsonl");
    let native = on_the_command_line(&cases);
    let site = Site::start();
    let page = Page::open_ready(&site.url(), Window::default());
    let worker = Worker::start(&page.browser);
    let messages: Vec<_> = cases.iter().map(|case| question(&case.text, &case.context)).collect();
    let mut differences = Vec::new();
    for (case, reply) in cases.iter().zip(worker.parse_all(&messages)) {
        let (parse, ..) = reply.unwrap_or_else(|trouble| panic!("{}: {}", case.id, trouble.detail));
        let in_the_page = RawFrames { frames: parse.frames.into_iter().map(Into::into).collect() };
        let native = &native[case.id.as_str()];
        if *native != in_the_page {
            differences.push(format!("{}: native {native:?}, page {in_the_page:?}", case.id));
        }
    }
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), cases.len(), differences.join("\n"));
}
