//! One socket: opened by hand, written in one go, read into a buffer everybody shares.

use super::{
    Fallible,
    dialect::Dialect,
    frame::{self, Kind},
    http::write_all,
};
use memchr::memmem;
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
};
use tokio::{
    net::{TcpSocket, TcpStream},
    task::spawn_local,
};

/// Nobody checks what the server makes of it.
const KEY: &str = "dGhlIHNhbXBsZSBub25jZQ==";

/// Where the server is, and how it calls itself.
#[derive(Clone, Debug)]
pub struct Target {
    pub address: SocketAddr,
    pub origin: String,
    pub dialect: Dialect,
}

/// An open socket.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    out: RefCell<Vec<u8>>,
    /// Somebody waits for the socket to take more.
    stuck: Cell<bool>,
}

impl Wire {
    /// Opens a socket; a small receive buffer makes a reader that does not read felt at once.
    pub async fn open(
        target: &Target,
        job: Option<i64>,
        cookie: &str,
        receive_bytes: Option<u32>,
    ) -> Fallible<(Rc<Wire>, Vec<u8>)> {
        let socket = if target.address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        if let Some(bytes) = receive_bytes {
            socket.set_recv_buffer_size(bytes)?;
        }
        let stream = socket.connect(target.address).await?;
        stream.set_nodelay(true)?;
        let (path, format) = target.dialect.door(job);
        let format =
            format.map_or_else(String::new, |format| format!("Sec-WebSocket-Protocol: {format}\r\n"));
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{format}\
             Origin: {}\r\nCookie: {cookie}\r\n\r\n",
            target.address, target.origin
        );
        write_all(&stream, request.as_bytes()).await?;
        let mut answer = Vec::new();
        let end = loop {
            if let Some(end) = memmem::find(&answer, b"\r\n\r\n") {
                break end;
            }
            let mut bytes = [0; 1_024];
            stream.readable().await?;
            match stream.try_read(&mut bytes) {
                Ok(0) => return Err("closed while opening".into()),
                Ok(count) => answer.extend_from_slice(&bytes[..count]),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        };
        if !answer.starts_with(b"HTTP/1.1 101 ") {
            return Err(String::from_utf8_lossy(&answer[..end.min(100)]).into_owned().into());
        }
        let rest = answer.split_off(end + 4);
        Ok((Rc::new(Wire { stream, out: RefCell::default(), stuck: Cell::new(false) }), rest))
    }

    /// Adds a frame to what leaves with the next flush.
    pub fn put(&self, kind: Kind, payload: &[u8]) {
        frame::put(&mut self.out.borrow_mut(), kind, payload);
    }

    /// Writes what waits; what the socket does not take leaves as soon as it does.
    pub fn flush(self: &Rc<Self>) {
        if self.stuck.get() || self.write() {
            return;
        }
        self.stuck.set(true);
        let wire = self.clone();
        spawn_local(async move {
            while wire.stream.writable().await.is_ok() && !wire.write() {}
            wire.stuck.set(false);
        });
    }

    /// Whether all is written, or never will be.
    fn write(&self) -> bool {
        let mut out = self.out.borrow_mut();
        while !out.is_empty() {
            match self.stream.try_write(&out) {
                Ok(count) if count == out.len() => out.clear(),
                Ok(count) => drop(out.drain(..count)),
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => return false,
                // The reading side finds out why.
                Err(_) => out.clear(),
            }
        }
        true
    }

    /// Waits for bytes and reads some into the buffer; none when the socket was closed.
    pub async fn read(&self, buffer: &RefCell<Vec<u8>>) -> std::io::Result<usize> {
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut buffer.borrow_mut()) {
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
    }

    /// The end will be a hard one: a reset instead of a goodbye.
    pub fn break_off(&self) {
        let _ = self.stream.set_zero_linger();
    }
}
