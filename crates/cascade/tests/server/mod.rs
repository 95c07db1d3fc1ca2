//! A server that fails as it is told and counts, and the line to it.

use std::{
    io::{BufRead as _, BufReader, Error, ErrorKind, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use oolong_cascade::{Failure, Kind};

/// What a server does while it fails.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Trouble {
    /// Closes the connection.
    Close,
    /// Answers with this status, and `Retry-After` in seconds.
    Status(u16, Option<u32>),
}

/// It fails until it is told to recover.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    well: AtomicBool,
    first: AtomicU64,
    second: AtomicU64,
}

impl Server {
    pub(crate) fn start(trouble: Trouble) -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = socket.local_addr().expect("an address");
        let counts = Arc::<Counts>::default();
        let shared = Arc::clone(&counts);
        thread::spawn(move || {
            for stream in socket.incoming().map_while(Result::ok) {
                let counts = Arc::clone(&shared);
                // A client that leaves ends its thread.
                thread::spawn(move || serve(&stream, &counts, trouble).is_ok());
            }
        });
        Self { address, counts }
    }

    pub(crate) fn recover(&self) {
        self.counts.well.store(true, Ordering::SeqCst);
    }

    /// Calls so far: first attempts, second ones.
    pub(crate) fn counted(&self) -> (u64, u64) {
        (self.counts.first.load(Ordering::SeqCst), self.counts.second.load(Ordering::SeqCst))
    }
}

fn serve(mut stream: &TcpStream, counts: &Counts, trouble: Trouble) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut second, mut line) = (false, String::new());
        while line != "\r\n" {
            line.clear();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }
            second |= line == "X-Oolong-Attempt: 2\r\n";
        }
        (if second { &counts.second } else { &counts.first }).fetch_add(1, Ordering::SeqCst);
        let (status, wait) = match trouble {
            _ if counts.well.load(Ordering::SeqCst) => (200, None),
            Trouble::Close => return Ok(()),
            Trouble::Status(status, wait) => (status, wait),
        };
        let wait = wait.map_or(String::new(), |seconds| format!("Retry-After: {seconds}\r\n"));
        stream.write_all(format!("HTTP/1.1 {status} So\r\n{wait}Content-Length: 0\r\n\r\n").as_bytes())?;
    }
}

/// One connection to a server, opened anew when it was closed.
pub(crate) struct Line {
    address: SocketAddr,
    open: Option<BufReader<TcpStream>>,
}

impl Line {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, open: None }
    }

    /// One call; `Ok` when it was answered.
    pub(crate) fn call(&mut self, attempt: u32) -> Result<(), Failure> {
        match self.exchange(attempt) {
            Ok((200, _)) => Ok(()),
            Ok((status, wait)) => {
                let retry_after_ms = wait.map(|seconds| f64::from(seconds) * 1_000.0);
                Err(Failure { kind: Kind::Status(status), retry_after_ms })
            }
            Err(_) => {
                self.open = None;
                Err(Kind::Connection.into())
            }
        }
    }

    fn exchange(&mut self, attempt: u32) -> std::io::Result<(u16, Option<u32>)> {
        if self.open.is_none() {
            let stream = TcpStream::connect(self.address)?;
            stream.set_nodelay(true)?;
            self.open = Some(BufReader::new(stream));
        }
        let gone = || Error::from(ErrorKind::UnexpectedEof);
        let line = self.open.as_mut().ok_or_else(gone)?;
        let request = format!("POST /v1/chat/completions HTTP/1.1\r\nX-Oolong-Attempt: {attempt}\r\n\r\n");
        line.get_mut().write_all(request.as_bytes())?;
        let (mut status, mut wait, mut text) = (None, None, String::new());
        while text != "\r\n" {
            text.clear();
            if line.read_line(&mut text)? == 0 {
                return Err(gone());
            }
            status = status.or_else(|| text.split(' ').nth(1)?.parse().ok());
            wait = text.strip_prefix("Retry-After: ").and_then(|seconds| seconds.trim().parse().ok()).or(wait);
        }
        status.map(|status| (status, wait)).ok_or_else(gone)
    }
}
