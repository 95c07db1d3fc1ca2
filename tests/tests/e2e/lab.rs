//! The lab: files of test cases, run and reported in the browser.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use oolong_tests::{
    browser::{Browser, Window},
    site::{Altered, Site},
};
use serde_json::{Value, json};
use xtask::workspace;

const SUMMARY: &str = "document.querySelector('[data-testid=lab-summary]')?.textContent";
/// A run over the contract's cases takes seconds; a machine with other work takes longer.
const LONG: Duration = Duration::from_secs(180);

/// The lab in a browser of its own.
struct Lab {
    site: Site,
    browser: Browser,
}

impl Lab {
    fn open(window: Window) -> Self {
        let site = Site::start();
        let browser = Browser::start(window);
        browser.open(&format!("{}lab", site.url()));
        browser.wait("document.querySelector('[data-testid=lab-run]')");
        Self { site, browser }
    }

    #[track_caller]
    fn give(&self, place: &str, file: &Path) {
        self.browser.choose(&format!("[data-testid=lab-{place}-file]"), file);
        self.browser.wait(&format!("document.querySelector('[data-testid=lab-{place}-chosen]')"));
    }

    #[track_caller]
    fn run(&self) {
        self.browser.click("[data-testid=lab-run]");
    }

    #[track_caller]
    fn with_keywords(&self) {
        self.browser.click("[data-testid=lab-parser-keyword]");
    }

    #[track_caller]
    fn wait_phase(&self, phase: &str) {
        self.browser.wait_for(&format!("document.querySelector('[data-testid=lab-stand][data-phase={phase}]')"), LONG);
    }

    #[track_caller]
    fn summary(&self) -> String {
        self.browser.wait_for(SUMMARY, LONG).as_str().expect("the summary is text").to_owned()
    }

    /// The name under which a report is saved, once it is ready.
    #[track_caller]
    fn report(&self, format: &str) -> String {
        let link = format!("document.querySelector('[data-testid=lab-report-{format}]')");
        let name = self.browser.wait_for(&format!("{link}?.href.startsWith('blob:') && {link}.download"), LONG);
        name.as_str().expect("a name").to_owned()
    }

    /// Saves a report as a click does, and returns the file.
    #[track_caller]
    fn saved(&self, format: &str, folder: &str) -> PathBuf {
        let name = self.report(format);
        let folder = written(folder, "").with_extension("d");
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a temporary folder");
        let behaviour = json!({"behavior": "allow", "downloadPath": folder});
        self.browser.devtools("Browser.setDownloadBehavior", &behaviour);
        self.browser.click(&format!("[data-testid=lab-report-{format}]"));
        let file = folder.join(name);
        let start = workspace::now();
        while !file.is_file() {
            assert!(start.elapsed() < LONG, "expected {} to be saved", file.display());
            std::thread::sleep(Duration::from_millis(50));
        }
        file
    }

    fn errors(&self) -> Vec<String> {
        serde_json::from_value(self.browser.run("return window.__probe.errors", &[])).unwrap_or_default()
    }
}

fn contract(file: &str) -> PathBuf {
    workspace::root().join("tests/contract").join(file)
}

/// A file of its own for each test, gone with the target folder.
fn written(name: &str, text: &str) -> PathBuf {
    let folder = workspace::target().join("tmp");
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let file = folder.join(format!("lab-{name}"));
    std::fs::write(&file, text).expect("a temporary file");
    // WebDriver takes whole paths only.
    file.canonicalize().expect("the file is there")
}

/// The last line of `oolong eval`.
fn on_the_command_line(cases: &Path, parser: &str) -> String {
    let program = workspace::target().join("debug/oolong");
    let output = Command::new(&program).args(["eval", "--parser", parser, "--cases"]).arg(cases).output();
    let output = output.unwrap_or_else(|error| panic!("cannot start {}: {error}", program.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("reports are UTF-8");
    text.lines().last().expect("reports end with the summary").to_owned()
}

/// `count` sound cases, some hundred bytes each.
fn many(count: usize) -> String {
    let case = |index| {
        let frames = json!([{"intent": "order", "items": [{"item": "latte", "quantity": 2}]}]);
        json!({"id": format!("c-{index}"), "lang": "en", "text": "two lattes, please", "frames": frames}).to_string()
    };
    (0..count).map(|index| case(index) + "\n").collect()
}

#[test]
fn the_lab_and_the_command_line_agree() {
    let cases = contract("cases_visible.jsonl");
    let lab = Lab::open(Window::default());
    lab.give("cases", &cases);
    lab.run();
    assert_eq!(lab.summary(), on_the_command_line(&cases, "local"));
    let focus = lab.browser.wait("document.activeElement?.id");
    assert_eq!(focus, "stand-title", "the end of a run gets the focus");
    for part in ["lab-intents", "lab-mistakes"] {
        let rows = format!("document.querySelectorAll('[data-testid={part}] tbody tr').length");
        lab.browser.wait(&rows);
    }
    for (format, name) in [
        ("html", "cases_visible.report.html"),
        ("csv", "cases_visible.report.csv"),
        ("junit", "cases_visible.report.xml"),
        ("json", "cases_visible.report.json"),
    ] {
        assert_eq!(lab.report(format), name);
    }
    assert_eq!(lab.errors(), Vec::<String>::new());
}

#[test]
fn sample_cases_run_with_one_click_and_without_a_model() {
    let lab = Lab::open(Window { language: "zh-CN", ..Window::default() });
    lab.with_keywords();
    lab.run();
    assert!(lab.summary().contains("frame_match="), "a summary line");
    let sent: Vec<String> = serde_json::from_value(lab.browser.run(
        "return performance.getEntriesByType('resource').map(entry => entry.name).filter(name => name.includes('.gguf'))",
        &[],
    ))
    .expect("addresses");
    assert_eq!(sent, Vec::<String>::new(), "keywords need no model");
    assert_eq!(lab.errors(), Vec::<String>::new());
}

#[test]
fn a_report_is_the_earlier_report_of_the_next_run() {
    let cases = contract("cases_visible.jsonl");
    let lab = Lab::open(Window::default());
    lab.with_keywords();
    lab.give("cases", &cases);
    lab.run();
    let summary = lab.summary();
    assert_eq!(summary, on_the_command_line(&cases, "keyword"));
    let report = lab.saved("json", "reports");
    let html = std::fs::read_to_string(lab.saved("html", "pages")).expect("the page was saved");
    assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"), "a whole page");
    let text = std::fs::read_to_string(&report).expect("the report was saved");
    let json: Value = serde_json::from_str(&text).expect("the report is JSON");
    assert_eq!(json["n"], 200);
    lab.give("baseline", &report);
    lab.run();
    lab.browser.wait_for("document.querySelector('[data-testid=lab-compared]')", LONG);
    assert_eq!(lab.summary(), summary);
}

#[test]
fn bad_lines_are_listed_and_the_others_run() {
    let good = many(3);
    let lines: Vec<&str> = good.lines().collect();
    let twice = lines[0];
    let text = format!("{}\n{{\"id\": \n{}\n{twice}\n{}\n", lines[0], lines[1], lines[2]);
    let lab = Lab::open(Window::default());
    lab.with_keywords();
    lab.give("cases", &written("broken.jsonl", &text));
    lab.run();
    lab.wait_phase("refused");
    let numbers = lab.browser.run(
        "return [...document.querySelectorAll('[data-testid=lab-problems] tbody th')].map(cell => cell.textContent)",
        &[],
    );
    assert_eq!(numbers, json!(["2", "4"]));
    lab.browser.click("[data-testid=lab-run-others]");
    assert!(lab.summary().ends_with("n=3"), "three sound cases");
}

#[test]
fn a_run_can_be_stopped_and_begun_again() {
    let lab = Lab::open(Window::default());
    lab.give("cases", &written("many.jsonl", &many(20_000)));
    lab.run();
    lab.browser.wait_for("/20000|20,000/.test(document.querySelector('[data-testid=lab-progress]')?.innerText)", LONG);
    lab.browser.click("[data-testid=lab-cancel]");
    lab.wait_phase("stopped");
    lab.give("cases", &contract("cases_visible.jsonl"));
    lab.with_keywords();
    lab.run();
    assert!(lab.summary().ends_with("n=200"), "the next run is a whole one");
    assert_eq!(lab.errors(), Vec::<String>::new());
}

#[test]
fn more_cases_than_fit_are_refused_in_words() {
    let lab = Lab::open(Window::default());
    lab.with_keywords();
    lab.give("cases", &written("too-many.jsonl", &many(200_001)));
    lab.run();
    lab.wait_phase("failed");
    lab.browser.wait("document.querySelector('[data-testid=lab-trouble]').innerText.includes('oolong eval')");
    lab.browser.click("[data-testid=lang-switch]");
    lab.browser.wait("document.documentElement.lang.startsWith('zh')");
}

#[test]
fn a_wrong_campaign_is_named_with_its_field() {
    let text = std::fs::read_to_string(workspace::dist().join("campaign.json")).expect("the site is built");
    let mut campaign: Value = serde_json::from_str(&text).expect("the campaign is JSON");
    campaign["brands"][1]["menu"][2]["price"] = json!("17 yuan");
    let lab = Lab::open(Window::default());
    lab.give("campaign", &written("campaign.json", &campaign.to_string()));
    lab.run();
    lab.wait_phase("failed");
    lab.browser
        .wait("document.querySelector('[data-testid=lab-trouble]').innerText.includes('brands[1].menu[2].price')");
}

#[test]
fn a_worker_that_dies_leaves_a_usable_page() {
    let lab = Lab::open(Window::default());
    lab.with_keywords();
    let broken = Altered::Bytes { extension: "js", bytes: b"throw new Error('broken on purpose');".to_vec() };
    let files = xtask::site::files(&xtask::workspace::dist()).expect("the site is built");
    let start = files.iter().find(|file| file.starts_with("oolong-lab-") && file.ends_with("start.js"));
    let start = start.expect("the lab's worker has a start script");
    lab.site.alter(start, broken);
    lab.run();
    lab.wait_phase("died");
    lab.site.restore(start);
    lab.browser.click("[data-testid=lab-again]");
    assert!(lab.summary().contains("frame_match="), "a summary line");
}

#[test]
fn everything_to_operate_has_a_name_and_fits() {
    for (width, height) in [(1280, 900), (390, 844)] {
        for (language, dark) in [("en-US", false), ("zh-CN", true)] {
            let lab = Lab::open(Window { width, height, dark, language });
            lab.browser.wait("[...document.styleSheets].some(sheet => sheet.href?.endsWith('lab.css'))");
            let picture = |view: &str| {
                let name = format!("lab-{view}-{width}-{}.png", &language[..2]);
                lab.browser.screenshot(&workspace::target().join("screenshots").join(name));
                let overflow = lab
                    .browser
                    .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth", &[]);
                assert_eq!(overflow, 0, "{view} at {width}: nothing may stick out sideways");
            };
            picture("empty");
            lab.with_keywords();
            lab.give("cases", &contract("cases_natural.jsonl"));
            lab.run();
            lab.summary();
            lab.report("json");
            picture("done");
            nothing_nameless(&lab.browser);
        }
    }
}

#[track_caller]
fn nothing_nameless(browser: &Browser) {
    browser.devtools("Accessibility.enable", &json!({}));
    let tree = browser.devtools("Accessibility.getFullAXTree", &json!({}));
    let nodes = tree["nodes"].as_array().expect("a tree of nodes");
    let operable = |node: &&Value| {
        let role = node["role"]["value"].as_str().unwrap_or_default();
        node["ignored"] != true && ["button", "link", "radio", "progressbar", "meter"].contains(&role)
    };
    let nameless: Vec<_> = nodes
        .iter()
        .filter(operable)
        .filter(|node| node["name"]["value"].as_str().unwrap_or_default().trim().is_empty())
        .collect();
    assert!(nameless.is_empty(), "{nameless:?}");
}
