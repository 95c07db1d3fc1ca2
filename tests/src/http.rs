//! HTTP/1.1 spoken by hand over one kept connection: what a generator of load computes, the server on the same machine
//! lacks.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpStream,
};

/// One connection, made again when the server has closed it.
pub struct Connection {
    address: SocketAddr,
    stream: Option<BufReader<TcpStream>>,
    request: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// HTTP status.
    pub status: u16,
    /// Seconds, where the server asks for patience.
    pub retry_after: Option<u64>,
    /// Whether the server said that this is the answer to an earlier request.
    pub replayed: bool,
    /// The body.
    pub body: Vec<u8>,
}

/// What is sent.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// `GET`, `POST`, `PUT`.
    pub method: &'a str,
    /// From the slash on.
    pub path: &'a str,
    /// Shopper code or store key.
    pub bearer: &'a str,
    /// Idempotency key; none is sent where it is empty.
    pub key: &'a str,
    /// JSON.
    pub body: &'a [u8],
}

impl Connection {
    /// A connection to come.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        Self { address, stream: None, request: Vec::new() }
    }

    /// Sends and waits for the answer.
    ///
    /// # Errors
    /// When the server is not there, or the connection breaks: then it is not known whether the request arrived.
    pub async fn send(&mut self, request: Request<'_>) -> io::Result<Response> {
        let outcome = self.exchange(request).await;
        if outcome.is_err() {
            self.stream = None;
        }
        outcome
    }

    async fn exchange(&mut self, request: Request<'_>) -> io::Result<Response> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => {
                let stream = TcpStream::connect(self.address).await?;
                stream.set_nodelay(true)?;
                BufReader::with_capacity(4096, stream)
            }
        };
        self.request.clear();
        write(&mut self.request, self.address, request)?;
        stream.get_mut().write_all(&self.request).await?;

        let (mut response, mut length, mut keep) =
            (Response { status: 0, retry_after: None, replayed: false, body: Vec::new() }, 0, true);
        let mut line = String::new();
        loop {
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            let text = line.trim_end();
            let Some((name, value)) = text.split_once(": ") else {
                if text.is_empty() {
                    break;
                }
                response.status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
                continue;
            };
            match name.len() {
                14 if name.eq_ignore_ascii_case("content-length") => {
                    length = value.parse().map_err(io::Error::other)?;
                }
                11 if name.eq_ignore_ascii_case("retry-after") => response.retry_after = value.parse().ok(),
                19 if name.eq_ignore_ascii_case("idempotent-replayed") => response.replayed = value == "true",
                10 if name.eq_ignore_ascii_case("connection") => keep = !value.eq_ignore_ascii_case("close"),
                _ => {}
            }
        }
        response.body.resize(length, 0);
        stream.read_exact(&mut response.body).await?;
        if keep {
            self.stream = Some(stream);
        }
        Ok(response)
    }
}

impl Response {
    /// The body as JSON; null where it is none.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The stable code of a refusal; empty where there is none.
    #[must_use]
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn write(out: &mut Vec<u8>, address: SocketAddr, request: Request<'_>) -> io::Result<()> {
    use io::Write as _;
    let Request { method, path, bearer, key, body } = request;
    write!(out, "{method} {path} HTTP/1.1\r\nHost: {address}\r\n")?;
    if !bearer.is_empty() {
        write!(out, "Authorization: Bearer {bearer}\r\n")?;
    }
    if !key.is_empty() {
        write!(out, "Idempotency-Key: {key}\r\n")?;
    }
    if method != "GET" {
        write!(out, "Content-Type: application/json\r\nContent-Length: {}\r\n", body.len())?;
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    Ok(())
}
