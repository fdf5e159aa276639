//! HTTP over one connection that is kept open: a request out, a whole answer back.

use super::Fallible;
use memchr::memmem;
use std::net::SocketAddr;
use tokio::net::TcpStream;

const READ_BYTES: usize = 16 * 1024;

/// A connection.
#[derive(Debug)]
pub struct Http {
    stream: TcpStream,
    /// What has been read and not yet used.
    rest: Vec<u8>,
}

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Length {
    Bytes(usize),
    Chunks,
}

impl Http {
    /// Connects.
    pub async fn open(address: SocketAddr) -> Fallible<Http> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Http { stream, rest: Vec::new() })
    }

    /// Asks, and answers the status; the body replaces what is in `body`.
    pub async fn ask(&mut self, request: &[u8], body: &mut Vec<u8>) -> Fallible<u16> {
        write_all(&self.stream, request).await?;
        body.clear();
        let end = self.find(b"\r\n\r\n").await?;
        let (status, length) = head(&self.rest[..end])?;
        self.rest.drain(..end + 4);
        match length {
            Length::Bytes(count) => self.take(count, body).await?,
            Length::Chunks => loop {
                let end = self.find(b"\r\n").await?;
                let size = std::str::from_utf8(&self.rest[..end])?.split(';').next().unwrap_or_default();
                let size = usize::from_str_radix(size.trim(), 16)?;
                self.rest.drain(..end + 2);
                self.take(size, body).await?;
                let mut line_end = Vec::new();
                self.take(2, &mut line_end).await?;
                if size == 0 {
                    break;
                }
            },
        }
        Ok(status)
    }

    async fn find(&mut self, end: &[u8]) -> Fallible<usize> {
        loop {
            if let Some(at) = memmem::find(&self.rest, end) {
                return Ok(at);
            }
            self.read().await?;
        }
    }

    async fn take(&mut self, count: usize, into: &mut Vec<u8>) -> Fallible<()> {
        while self.rest.len() < count {
            self.read().await?;
        }
        into.extend(self.rest.drain(..count));
        Ok(())
    }

    async fn read(&mut self) -> Fallible<()> {
        let mut bytes = [0; READ_BYTES];
        loop {
            self.stream.readable().await?;
            match self.stream.try_read(&mut bytes) {
                Ok(0) => return Err("the connection was closed".into()),
                Ok(count) => {
                    self.rest.extend_from_slice(&bytes[..count]);
                    return Ok(());
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Writes all of it, waiting where the other side is slow.
pub async fn write_all(stream: &TcpStream, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match stream.try_write(bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => stream.writable().await?,
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn head(bytes: &[u8]) -> Fallible<(u16, Length)> {
    let text = std::str::from_utf8(bytes)?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("an answer without a status")?;
    let mut length = Length::Bytes(0);
    for (name, value) in lines.filter_map(|line| line.split_once(':')) {
        if name.eq_ignore_ascii_case("content-length") {
            length = Length::Bytes(value.trim().parse()?);
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            length = Length::Chunks;
        }
    }
    Ok((status.parse()?, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_tells_how_its_body_ends() {
        let read = |text: &str| head(text.as_bytes()).unwrap();
        assert_eq!(read("HTTP/1.1 200 OK\r\nContent-Length: 12"), (200, Length::Bytes(12)));
        assert_eq!(read("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked"), (200, Length::Chunks));
        assert_eq!(read("HTTP/1.1 204 No Content"), (204, Length::Bytes(0)));
        assert!(head(b"junk").is_err());
    }
}
