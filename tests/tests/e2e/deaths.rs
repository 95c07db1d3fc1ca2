//! Workers that trap, hang or run out of memory, again and again: an answer each time, and few restarts.

use oolong_tests::{
    browser::Window,
    page::Page,
    site::{self, Altered, Site},
};
use xtask::workspace;

/// How often each kind of death is tried.
const TIMES: usize = 200;

/// A worker that loads as usual and does `on_parse` instead of every parse.
fn sabotage(site: &Site, on_parse: &str) {
    let files = xtask::site::files(&workspace::dist()).expect("the site is built");
    let start = files.iter().find(|file| file.starts_with("oolong-worker-") && file.ends_with("start.js"));
    let start = start.expect("the worker has a start script");
    let script = String::from_utf8(site::read(start.as_ref())).expect("scripts are text");
    let sabotage = format!(
        "addEventListener('message', (event) => {{
            if (event.data.includes('\"type\":\"parse\"')) {{ event.stopImmediatePropagation(); {on_parse} }}
        }});\n{script}"
    );
    site.alter(start, Altered::Bytes { extension: "js", bytes: sabotage.into_bytes() });
}

#[track_caller]
fn check(kind: &str, on_parse: &str) {
    let site = Site::start();
    sabotage(&site, on_parse);
    let page = Page::open_ready(&site.url(), Window::default());
    page.browser.run("window.__same = true", &[]);
    let mut slowest = 0.0_f64;
    for time in 1..=TIMES {
        let took = page.say_timed("which vouchers can I get?");
        assert!(took <= 3_000.0, "{kind}: answer {time} took {took} ms");
        assert_eq!(page.last_parser(), "keyword", "{kind}: answer {time}");
        slowest = slowest.max(took);
    }
    page.wait_phase("set-aside");
    let banner = page.browser.run("return document.querySelector('[data-testid=banner]')?.innerText", &[]);
    assert!(banner.as_str().is_some_and(|text| text.len() > 20), "{kind}: the page says so, found {banner}");
    let workers = page.browser.run("return window.__probe.workers.length", &[]).as_u64().unwrap_or(99);
    assert!(workers <= 3, "{kind}: at most two restarts, found {workers} workers");
    assert_eq!(page.browser.run("return window.__same", &[]), true, "{kind}: no reload");
    println!("{kind}: {TIMES} answers, the slowest after {slowest:.0} ms, {workers} workers");
}

#[test]
fn a_worker_that_traps() {
    check("trap", "throw new WebAssembly.RuntimeError('unreachable');");
}

#[test]
fn a_worker_that_hangs() {
    check("hang", "for (;;);");
}

#[test]
fn a_worker_that_runs_out_of_memory() {
    check("out of memory", "new WebAssembly.Memory({ initial: 65536, maximum: 65536 }).grow(1);");
}
