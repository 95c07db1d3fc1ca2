use std::{
    io::{Read, Write},
    net::TcpStream,
    path::PathBuf,
};

use super::{Found, Server};

/// A folder of its own for each test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("oolong-serve-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("temporary folder");
        for (file, text) in [("index.html", "<p>tea</p>"), ("app-0123456789abcdef.js", "1"), ("十.json", "{}")] {
            std::fs::write(folder.join(file), text).expect("temporary file");
        }
        Self(folder)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn ask(server: &Server, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", server.port())).expect("the server listens");
    write!(stream, "{request}\r\n\r\n").expect("the server reads");
    let mut reply = String::new();
    stream.read_to_string(&mut reply).expect("the server answers");
    reply
}

#[test]
fn requests_get_what_they_ask_for() {
    let folder = Folder::new("requests");
    let server = Server::folder(&folder.0, 0).expect("a free port");
    for (request, parts) in [
        ("GET / HTTP/1.1", &["200 OK", "text/html; charset=utf-8", "no-cache", "Length: 10", "<p>tea</p>"][..]),
        ("GET /index.html?x=1 HTTP/1.1", &["200 OK", "<p>tea</p>"]),
        ("GET /index HTTP/1.1", &["200 OK", "text/html", "<p>tea</p>"]),
        ("GET /app-0123456789abcdef.js HTTP/1.1", &["text/javascript", "immutable"]),
        ("GET /%E5%8D%81.json HTTP/1.1", &["application/json", "{}"]),
        ("GET / HTTP/1.1\r\nRange: bytes=3-5", &["206 Partial", "bytes 3-5/10", "Length: 3", "\r\n\r\ntea"]),
        ("GET / HTTP/1.1\r\nRange: bytes=3-5\r\nIf-Range: \"old\"", &["200 OK", "<p>tea</p>"]),
        ("GET / HTTP/1.1\r\nRange: bytes=10-", &["416 Range", "bytes */10"]),
        ("GET /../Cargo.toml HTTP/1.1", &["400 Bad"]),
        ("GET /%2e%2e/Cargo.toml HTTP/1.1", &["400 Bad"]),
        ("GET /none.js HTTP/1.1", &["404 Not Found"]),
        ("POST / HTTP/1.1", &["405 Method"]),
        ("tea please", &["400 Bad"]),
    ] {
        let reply = ask(&server, request);
        for part in parts {
            assert!(reply.contains(part), "{request}: expected {part:?} in {reply}");
        }
    }
    assert!(ask(&server, "HEAD / HTTP/1.1").ends_with("\r\n\r\n"), "a HEAD reply has no body");
}

#[test]
fn a_known_tag_saves_the_body() {
    let folder = Folder::new("tags");
    let server = Server::folder(&folder.0, 0).expect("a free port");
    let first = ask(&server, "GET / HTTP/1.1");
    let tag = first.lines().find_map(|line| line.strip_prefix("ETag: ")).expect("a tag");
    let second = ask(&server, &format!("GET / HTTP/1.1\r\nIf-None-Match: {tag}"));
    assert!(second.starts_with("HTTP/1.1 304") && !second.contains("tea"), "{second}");
}

#[test]
fn a_reply_can_be_cut_off_for_tests() {
    let folder = Folder::new("cut");
    let file = folder.0.join("index.html");
    let cut = move |_: &str| Some(Found { cut_after: Some(4), ..file.clone().into() });
    let server = Server::start(0, cut).expect("a free port");
    let reply = ask(&server, "GET / HTTP/1.1");
    assert!(reply.contains("Length: 10") && reply.ends_with("\r\n\r\n<p>t"), "{reply}");
}

#[test]
fn a_dropped_server_refuses() {
    let folder = Folder::new("dropped");
    let server = Server::folder(&folder.0, 0).expect("a free port");
    let port = server.port();
    drop(server);
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
}
