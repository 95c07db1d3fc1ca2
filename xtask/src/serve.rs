//! A small static web server for the demo and the tests: 127.0.0.1 only, GET and HEAD, one thread per request.
//!
//! It is deliberately not a web server for the world: no TLS, no compression, no uploads.

mod reply;
mod request;

use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use reply::Reply;
use request::Request;

/// The file that answers a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Where it lies.
    pub file: PathBuf,
    /// How fast it is sent, for tests of slow networks; `None` is as fast as it goes.
    pub bytes_per_second: Option<u32>,
    /// Ends the connection after this many bytes of the body, for tests of broken networks.
    pub cut_after: Option<u64>,
    /// Whether browsers may keep it for ever where its name has a hash: not what a test has put in its place.
    pub lasting: bool,
}

impl From<PathBuf> for Found {
    fn from(file: PathBuf) -> Self {
        Self { file, bytes_per_second: None, cut_after: None, lasting: true }
    }
}

/// A running server; it stops when dropped, and refuses connections from then on.
pub struct Server {
    address: SocketAddr,
    stopped: Arc<AtomicBool>,
    listener: Option<JoinHandle<()>>,
}

impl Server {
    /// Serves the files of `folder`; port 0 takes any that is free.
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn folder(folder: &Path, port: u16) -> io::Result<Self> {
        let folder = folder.to_path_buf();
        Self::start(port, move |path| Some(folder.join(path).into()))
    }

    /// Serves whatever `find` names for a path (`""` is the root; never a path that climbs out).
    ///
    /// # Errors
    /// When the port cannot be had.
    pub fn start(port: u16, find: impl Fn(&str) -> Option<Found> + Send + Sync + 'static) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = socket.local_addr()?;
        let stopped = Arc::new(AtomicBool::new(false));
        let find = Arc::new(find);
        let stop = Arc::clone(&stopped);
        let listener = thread::spawn(move || {
            for stream in socket.incoming() {
                if stop.load(Ordering::Relaxed) {
                    break;
                }
                let (Ok(stream), find, stop) = (stream, Arc::clone(&find), Arc::clone(&stop)) else { continue };
                // A visitor who leaves in the middle is no trouble of ours.
                thread::spawn(move || answer(stream, &*find, &stop).ok());
            }
        });
        Ok(Self { address, stopped, listener: Some(listener) })
    }

    /// The root's address: `http://127.0.0.1:8080/`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The port in use.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Serves until the process ends.
    pub fn wait(mut self) {
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener, which waits in `accept`.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

/// One request per connection: simple, and stopping the server leaves no connection behind that still answers.
fn answer(mut stream: TcpStream, find: &dyn Fn(&str) -> Option<Found>, stop: &AtomicBool) -> io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_write_timeout(Some(Duration::from_secs(30)))?;
    let reply = match Request::read(&mut stream)? {
        Some(request) => Reply::to(&request, find),
        None => Reply::error(400, "expected an HTTP request"),
    };
    stream.write_all(reply.head.as_bytes())?;
    match &reply.body {
        reply::Body::Text(text) => stream.write_all(text.as_bytes()),
        reply::Body::Part { found, start, length } => send(&mut stream, found, *start, *length, stop),
    }
}

fn send(stream: &mut TcpStream, found: &Found, start: u64, length: u64, stop: &AtomicBool) -> io::Result<()> {
    let mut file = std::fs::File::open(&found.file)?;
    file.seek(SeekFrom::Start(start))?;
    let mut left = found.cut_after.map_or(length, |most| most.min(length));
    let pause = Duration::from_millis(20);
    let piece = found.bytes_per_second.map_or(1 << 16, |speed| (speed as usize / 50).clamp(1, 1 << 16));
    let mut buffer = vec![0; piece];
    while left > 0 && !stop.load(Ordering::Relaxed) {
        let want = usize::try_from(left).unwrap_or(piece).min(piece);
        let count = file.read(&mut buffer[..want])?;
        if count == 0 {
            break;
        }
        stream.write_all(&buffer[..count])?;
        left -= count as u64;
        if found.bytes_per_second.is_some() {
            thread::sleep(pause);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
