//! Programs that other people wrote: the official `openai` client asks our server, and our page asks llama.cpp's server,
//! which runs our own model file.
//!
//! Run by `cargo xtask test --only interop`, which installs both.

use std::{
    ffi::OsString,
    io::Read,
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::Duration,
};

use oolong_tests::{
    agent::Agent,
    page::{Page, line},
    proxy::Proxy,
    site,
};
use xtask::workspace;

/// llama.cpp's server with our model; killed when dropped.
struct Llama {
    server: Child,
    address: SocketAddr,
}

impl Llama {
    fn start() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let model: PathBuf = workspace::dist().join(site::model_path());
        let mut server = Command::new(python());
        server.args(["-m", "llama_cpp.server", "--host", "127.0.0.1", "--port"]).arg(address.port().to_string());
        server.arg("--model").arg(model).args(["--model_alias", "oolong", "--n_ctx", "8192", "--verbose", "false"]);
        let server = server.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the server starts");
        let mut llama = Self { server, address };
        let start = workspace::now();
        while TcpStream::connect(address).is_err() {
            if llama.server.try_wait().is_ok_and(|ended| ended.is_some()) || start.elapsed() > Duration::from_secs(60) {
                let mut said = String::new();
                let _ = llama.server.kill();
                let _ = llama.server.stderr.take().map(|mut stderr| stderr.read_to_string(&mut said));
                panic!("llama.cpp's server does not come up:\n{said}");
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        // Its pipe must not fill up.
        let stderr = llama.server.stderr.take();
        std::thread::spawn(move || stderr.map(|mut stderr| std::io::copy(&mut stderr, &mut std::io::sink())));
        llama
    }
}

impl Drop for Llama {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

/// The Python that has their packages.
fn python() -> OsString {
    std::env::var_os("OOLONG_PYTHON").expect("run this by `cargo xtask test --only interop`")
}

#[test]
fn the_openai_client_understands_our_server() {
    let agent = Agent::start(&[]);
    let script = workspace::root().join("tests/interop/test_openai.py");
    let run = Command::new(python()).arg(script).env("OOLONG_URL", agent.url()).status().expect("Python starts");
    assert!(run.success(), "the openai client's tests: {run}");
}

#[test]
fn the_page_falls_back_to_llama_cpp_with_our_model() {
    let (llama, agent) = (Llama::start(), Agent::start(&[]));
    let proxy = Proxy::start(agent.address, 0);
    proxy.send_agent_to(llama.address);
    let page = Page::open_without_model(&proxy);
    let took = page.say_timed("two lattes");
    assert!(took <= 3_000.0, "{took} ms");
    assert!(proxy.calls() > 0, "llama.cpp was asked");
    page.expect_cart(&[line("latte", 2, "")], "an order");
    println!("read by: {} after {took:.0} ms", page.last_parser());
    assert_eq!(page.errors(), Vec::<String>::new());
}
