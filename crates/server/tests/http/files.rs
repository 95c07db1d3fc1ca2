//! The page's files: headers, ranges, compression, the two changes that the server makes.

use std::path::Path;

use oolong_server::Running;
use reqwest::Response;

use crate::support::{client, fake, get, header, refused};

const PAGE: &str = r#"<html><meta name="oolong-remote" content=""></html>"#;

fn site() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, bytes: &[u8]| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, bytes).expect("a file");
    };
    write("index.html", PAGE.as_bytes());
    write("lab.html", PAGE.replace("html", "html ").as_bytes());
    write("sw.js", b"keep();");
    write("sw-off.js", b"forget();");
    write("page-c50a82031543c9d6_bg.wasm", &b"\0asm".repeat(1000));
    write("worker-0123456789abcdef/worker.js", b"work();");
    write("model/oolong.gguf", &(0..=255).cycle().take(10_000).collect::<Vec<u8>>());
    write("docs/index.html", b"docs");
    write(".stage/secret.html", b"secret");
    folder
}

async fn serve(folder: &Path, flags: &str) -> (Running, String) {
    let (running, _) = fake(&format!("--site {} {flags}", folder.display())).await;
    let base = running.url();
    (running, base)
}

async fn with(base: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let request = headers
        .iter()
        .fold(client().get(format!("{base}{path}")), |request, (name, value)| request.header(*name, *value));
    request.send().await.expect("an answer")
}

#[tokio::test]
async fn files_have_the_headers_that_browsers_need() {
    let folder = site();
    let (_running, base) = serve(folder.path(), "").await;
    let check = async |path: &str, kind: &str, cache: &str| {
        let response = get(&base, path).await;
        assert_eq!(response.status(), 200, "{path}");
        assert_eq!(header(&response, "content-type"), kind, "{path}");
        assert_eq!(header(&response, "cache-control"), cache, "{path}");
        assert!(header(&response, "content-security-policy").starts_with("default-src 'none'; script-src 'self'"));
        assert_eq!(header(&response, "x-content-type-options"), "nosniff");
        assert_eq!(header(&response, "referrer-policy"), "no-referrer");
        assert!(header(&response, "permissions-policy").contains("usb=()"));
        assert!(header(&response, "etag").starts_with('"'));
    };
    let (html, script) = ("text/html; charset=utf-8", "text/javascript; charset=utf-8");
    let forever = "public, max-age=31536000, immutable";
    check("", html, "no-cache").await;
    check("index.html", html, "no-cache").await;
    check("lab", html, "no-cache").await;
    check("docs/", html, "no-cache").await;
    check("sw.js", script, "no-cache").await;
    check("page-c50a82031543c9d6_bg.wasm", "application/wasm", forever).await;
    check("worker-0123456789abcdef/worker.js", script, forever).await;
    check("model/oolong.gguf", "application/octet-stream", "no-cache").await;
}

#[tokio::test]
async fn the_page_learns_of_the_agent_and_the_lab_does_not() {
    let folder = site();
    let text = async |base: &str, path: &str| get(base, path).await.text().await.expect("a body");
    let (_running, base) = serve(folder.path(), "").await;
    assert!(text(&base, "").await.contains(r#"content="v1/chat/completions""#));
    assert!(!text(&base, "lab").await.contains("v1/chat"));
    assert_eq!(text(&base, "sw.js").await, "keep();");
    let (_running, base) = serve(folder.path(), "--no-agent").await;
    assert_eq!(text(&base, "").await, PAGE);
}

#[tokio::test]
async fn the_kill_switch_replaces_the_service_worker() {
    let folder = site();
    let (_running, base) = serve(folder.path(), "--no-service-worker").await;
    let response = get(&base, "sw.js").await;
    assert_eq!(header(&response, "cache-control"), "no-store");
    assert_eq!(response.text().await.expect("a body"), "forget();");
}

#[tokio::test]
async fn downloads_go_on_where_they_stopped() {
    let folder = site();
    let (_running, base) = serve(folder.path(), "").await;
    let whole = get(&base, "model/oolong.gguf").await;
    let etag = header(&whole, "etag");
    assert_eq!(header(&whole, "accept-ranges"), "bytes");
    let whole = whole.bytes().await.expect("a body");
    let check = async |headers: &[(&str, &str)], status: u16, range: &str, length: usize| {
        let response = with(&base, "model/oolong.gguf", headers).await;
        assert_eq!((response.status().as_u16(), header(&response, "content-range").as_str()), (status, range));
        response.bytes().await.map(|bytes| assert_eq!(bytes.len(), length)).expect("a body");
    };
    check(&[("range", "bytes=4000-")], 206, "bytes 4000-9999/10000", 6000).await;
    check(&[("range", "bytes=4000-"), ("if-range", &etag)], 206, "bytes 4000-9999/10000", 6000).await;
    check(&[("range", "bytes=4000-"), ("if-range", "\"another\"")], 200, "", 10_000).await;
    check(&[("range", "bytes=-1")], 206, "bytes 9999-9999/10000", 1).await;
    check(&[("range", "bytes=10000-")], 416, "bytes */10000", 0).await;
    check(&[("range", "bytes=0-1,4-5")], 200, "", 10_000).await;
    let rest = with(&base, "model/oolong.gguf", &[("range", "bytes=4000-")]).await.bytes().await.expect("a body");
    assert_eq!(rest, whole.slice(4000..));
}

#[tokio::test]
async fn large_files_come_from_the_disk() {
    let folder = site();
    let bytes: Vec<u8> = (0..33_u32 << 20).map(|at| (at % 251) as u8).collect();
    std::fs::write(folder.path().join("large.gguf"), &bytes).expect("a file");
    let (_running, base) = serve(folder.path(), "").await;
    let part = with(&base, "large.gguf", &[("range", "bytes=1000000-1200000")]).await.bytes().await.expect("a body");
    assert_eq!(part, bytes[1_000_000..=1_200_000]);
    let whole = get(&base, "large.gguf").await;
    assert_eq!(header(&whole, "content-length"), bytes.len().to_string());
    assert!(whole.bytes().await.expect("a body") == bytes);
}

#[tokio::test]
async fn known_files_are_not_sent_again() {
    let folder = site();
    let (_running, base) = serve(folder.path(), "").await;
    let etag = header(&get(&base, "sw.js").await, "etag");
    let response = with(&base, "sw.js", &[("if-none-match", &format!("\"x\", W/{etag}"))]).await;
    assert_eq!((response.status().as_u16(), header(&response, "etag")), (304, etag));
    assert_eq!(with(&base, "sw.js", &[("if-none-match", "\"x\"")]).await.status(), 200);
}

#[tokio::test]
async fn what_can_be_smaller_is_except_parts_and_models() {
    let folder = site();
    let (_running, base) = serve(folder.path(), "").await;
    let wasm = "page-c50a82031543c9d6_bg.wasm";
    for (accepted, coding) in
        [("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0, gzip;q=0.5", "gzip"), ("zstd", "")]
    {
        let response = with(&base, wasm, &[("accept-encoding", accepted)]).await;
        assert_eq!(header(&response, "content-encoding"), coding, "{accepted}");
        assert_eq!(header(&response, "vary"), "accept-encoding");
        let length: usize = header(&response, "content-length").parse().expect("a length");
        assert_eq!(response.bytes().await.expect("a body").len(), length);
        assert_eq!(length < 1000, !coding.is_empty());
    }
    let tags: std::collections::BTreeSet<String> = futures::future::join_all(
        ["br", "gzip", "identity"]
            .map(async |accepted| header(&with(&base, wasm, &[("accept-encoding", accepted)]).await, "etag")),
    )
    .await
    .into_iter()
    .collect();
    assert_eq!(tags.len(), 3, "other bytes, other tags");
    let part = with(&base, wasm, &[("accept-encoding", "br"), ("range", "bytes=0-9")]).await;
    assert_eq!((part.status().as_u16(), header(&part, "content-encoding")), (206, String::new()));
    let model = with(&base, "model/oolong.gguf", &[("accept-encoding", "br")]).await;
    assert_eq!(header(&model, "content-encoding"), "");
}

#[tokio::test]
async fn only_what_is_in_the_folder_is_served() {
    let folder = site();
    std::fs::write(folder.path().with_extension("outside"), "secret").expect("a file");
    let (_running, base) = serve(folder.path(), "").await;
    for path in [
        "..%2f..%2fetc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        ".stage/secret.html",
        "%2e%2e%5csecret",
        "/etc/passwd",
        "docs",
        "index.html/",
        "%00",
        "%zz",
    ] {
        refused(get(&base, path).await, (404, "unknown_url")).await;
    }
    std::fs::remove_file(folder.path().with_extension("outside")).expect("removed");
    let head = client().head(format!("{base}sw.js")).send().await.expect("an answer");
    assert_eq!((head.status().as_u16(), header(&head, "content-length").as_str()), (200, "7"));
    let post = client().post(format!("{base}sw.js")).send().await.expect("an answer");
    assert_eq!(header(&post, "allow"), "GET,HEAD");
    refused(post, (405, "method_not_allowed")).await;
}
