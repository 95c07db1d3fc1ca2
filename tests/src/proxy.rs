//! A proxy between page and server that does to the remote agent's replies what networks and servers do at their worst.
//!
//! Everything but `/v1/` passes through untouched, except for what is blocked by name.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use socket2::SockRef;

/// What happens to a call of the remote agent.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Nothing: the server answers.
    None,
    /// The connection is closed without a word.
    Close,
    /// The connection is reset (RST).
    Reset,
    /// The reply comes this much later.
    Latency(Duration),
    /// The reply comes byte by byte, one a second.
    Drip,
    /// This is the whole reply, with its own head.
    Raw(Vec<u8>),
    /// A reply of this many bytes.
    Huge(usize),
}

impl Fault {
    /// A reply with this status line, further headers and body.
    #[must_use]
    pub fn reply(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        Self::Raw(
            format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
                .into_bytes(),
        )
    }

    /// A reply of status 200 and type JSON.
    #[must_use]
    pub fn json(body: &str) -> Self {
        Self::reply("200 OK", "Content-Type: application/json\r\n", body)
    }
}

/// A running proxy; it stops when dropped, and refuses connections from then on.
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    listener: Option<JoinHandle<()>>,
}

struct Shared {
    upstream: Mutex<SocketAddr>,
    agent: Mutex<Option<SocketAddr>>,
    fault: Mutex<Fault>,
    blocked: Mutex<Vec<String>>,
    calls: AtomicUsize,
    stopped: AtomicBool,
}

impl Proxy {
    /// Passes everything to `upstream`; port 0 takes any that is free.
    ///
    /// # Panics
    /// When the port cannot be had.
    #[must_use]
    pub fn start(upstream: SocketAddr, port: u16) -> Self {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("a free port");
        let address = socket.local_addr().expect("an address");
        let shared = Arc::new(Shared {
            upstream: Mutex::new(upstream),
            agent: Mutex::default(),
            fault: Mutex::new(Fault::None),
            blocked: Mutex::default(),
            calls: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let all = Arc::clone(&shared);
        let listener = thread::spawn(move || {
            for stream in socket.incoming() {
                if all.stopped.load(Ordering::Relaxed) {
                    break;
                }
                let (Ok(stream), shared) = (stream, Arc::clone(&all)) else { continue };
                // Whoever leaves in the middle is no trouble of ours.
                thread::spawn(move || shared.pass(stream).ok());
            }
        });
        Self { address, shared, listener: Some(listener) }
    }

    /// The root's address.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// The port, for a later [`Self::start`].
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What happens to calls of the agent from now on.
    pub fn set(&self, fault: Fault) {
        *locked(&self.shared.fault) = fault;
    }

    /// Sends calls of the agent to another server from now on.
    pub fn send_agent_to(&self, agent: SocketAddr) {
        *locked(&self.shared.agent) = Some(agent);
    }

    /// Answers every path that contains `part` with 404 from now on.
    pub fn block(&self, part: &str) {
        locked(&self.shared.blocked).push(part.to_owned());
    }

    /// How often the agent was called so far.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.shared.calls.load(Ordering::Relaxed)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // Wakes the listener, which waits in `accept`.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
    }
}

impl Shared {
    fn pass(&self, mut client: TcpStream) -> io::Result<()> {
        let (path, request) = read_request(&mut client)?;
        if locked(&self.blocked).iter().any(|part| path.contains(part)) {
            return client.write_all(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        }
        let is_call = path.starts_with("/v1/");
        let fault = if is_call { locked(&self.fault).clone() } else { Fault::None };
        self.calls.fetch_add(usize::from(is_call), Ordering::Relaxed);
        let agent = *locked(&self.agent);
        let upstream = agent.filter(|_| is_call).unwrap_or(*locked(&self.upstream));
        match fault {
            Fault::None => forward(&mut client, upstream, &request),
            Fault::Close => client.shutdown(Shutdown::Both),
            Fault::Reset => SockRef::from(&client).set_linger(Some(Duration::ZERO)),
            Fault::Latency(time) => {
                thread::sleep(time);
                forward(&mut client, upstream, &request)
            }
            Fault::Drip => {
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n";
                client.write_all(head.as_bytes())?;
                for byte in "{\"choices\":[]}".bytes().cycle().take(60) {
                    client.write_all(&[byte])?;
                    thread::sleep(Duration::from_secs(1));
                }
                Ok(())
            }
            Fault::Raw(reply) => client.write_all(&reply),
            Fault::Huge(length) => {
                let head =
                    format!("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");
                client.write_all(head.as_bytes())?;
                let piece = vec![b'{'; 1 << 16];
                (0..length / piece.len()).try_for_each(|_| client.write_all(&piece))
            }
        }
    }
}

/// The path and all bytes of one request, which is told to be the last of its connection.
fn read_request(client: &mut TcpStream) -> io::Result<(String, Vec<u8>)> {
    client.set_read_timeout(Some(Duration::from_secs(10)))?;
    let (mut bytes, mut buffer) = (Vec::new(), [0; 8192]);
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&buffer[..count]);
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines: Vec<&str> = head.trim_end().split("\r\n").collect();
    let named = |line: &str, name: &str| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let length = lines.iter().find_map(|line| line.get(15..).filter(|_| named(line, "content-length:")));
    let length: usize = length.and_then(|text| text.trim().parse().ok()).unwrap_or(0);
    while bytes.len() < end + length {
        let count = client.read(&mut buffer)?;
        if count == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        bytes.extend_from_slice(&buffer[..count]);
    }
    lines.retain(|line| !named(line, "connection:"));
    lines.push("Connection: close");
    let path = lines.first().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let mut request = format!("{}\r\n\r\n", lines.join("\r\n")).into_bytes();
    request.extend_from_slice(&bytes[end..]);
    Ok((path, request))
}

fn forward(client: &mut TcpStream, upstream: SocketAddr, request: &[u8]) -> io::Result<()> {
    let mut server = TcpStream::connect(upstream)?;
    server.write_all(request)?;
    io::copy(&mut server, client).map(|_| ())
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
