//! A proxy between clients and a server that cuts connections after so many bytes, or swallows everything.

use crate::Fallible;
use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    task::spawn_local,
    time::sleep,
};

const READ_BYTES: usize = 16 * 1024;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Where a connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// After so many bytes from the client.
    Up(u64),
    /// After so many bytes from the server.
    Down(u64),
}

/// A proxy; its connections live as long as the tasks of the scenario.
#[derive(Debug)]
pub struct Proxy {
    pub address: SocketAddr,
    upstream: SocketAddr,
    /// What is done to the next connection.
    next: Cell<Option<Cut>>,
    /// Connections before this one are swallowed.
    swallowed: Cell<u64>,
    count: Cell<u64>,
    /// How many there are now.
    open: Cell<u64>,
    /// When the server ended each connection that was swallowed.
    ended: RefCell<Vec<Instant>>,
    last: Cell<(u64, u64)>,
}

impl Proxy {
    /// Listens on a port of its own.
    pub async fn open(upstream: SocketAddr) -> Fallible<Rc<Proxy>> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let proxy = Rc::new(Proxy {
            address: listener.local_addr()?,
            upstream,
            next: Cell::new(None),
            swallowed: Cell::new(0),
            count: Cell::new(0),
            open: Cell::new(0),
            ended: RefCell::default(),
            last: Cell::default(),
        });
        spawn_local(proxy.clone().listen(listener));
        Ok(proxy)
    }

    /// Cuts the next connection.
    pub fn cut_next(&self, cut: Cut) {
        self.next.set(Some(cut));
    }

    /// Passes nothing on any more on the connections there are, and keeps them open; how many these are.
    pub fn swallow(&self) -> u64 {
        self.swallowed.set(self.count.get());
        self.open.get()
    }

    /// When the server ended connections that are swallowed.
    pub fn ended(&self) -> Vec<Instant> {
        self.ended.borrow().clone()
    }

    /// How many bytes the newest connection has carried, up and down.
    pub fn carried(&self) -> (u64, u64) {
        self.last.get()
    }

    async fn listen(self: Rc<Self>, listener: TcpListener) {
        while let Ok((client, _)) = listener.accept().await {
            let cut = self.next.take();
            let number = self.count.get();
            self.count.set(number + 1);
            self.last.set((0, 0));
            let proxy = self.clone();
            spawn_local(async move {
                // A server that is not there ends it as well.
                proxy.open.set(proxy.open.get() + 1);
                let _ = proxy.carry(client, number, cut).await;
                proxy.open.set(proxy.open.get() - 1);
            });
        }
    }

    async fn carry(&self, client: TcpStream, number: u64, cut: Option<Cut>) -> std::io::Result<()> {
        let server = TcpStream::connect(self.upstream).await?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
            if number.is_multiple_of(2) {
                // A reset instead of a goodbye.
                stream.set_zero_linger()?;
            }
        }
        let (up, down) = match cut {
            Some(Cut::Up(bytes)) => (bytes, u64::MAX),
            Some(Cut::Down(bytes)) => (u64::MAX, bytes),
            None => (u64::MAX, u64::MAX),
        };
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        // Whichever way ends first ends both.
        tokio::select! {
            end = self.pass(from_client, to_server, number, up, false) => end,
            end = self.pass(from_server, to_client, number, down, true) => end,
        }
    }

    async fn pass(
        &self,
        mut from: OwnedReadHalf,
        mut to: OwnedWriteHalf,
        number: u64,
        mut left: u64,
        is_down: bool,
    ) -> std::io::Result<()> {
        let mut bytes = vec![0; READ_BYTES];
        while left > 0 {
            let is_swallowed = number < self.swallowed.get();
            if is_swallowed && !is_down {
                // Nothing from the client; its end must not be noticed either.
                sleep(LOOK_EVERY).await;
                continue;
            }
            let count = from.read(&mut bytes).await.unwrap_or(0);
            if number < self.swallowed.get() {
                if count == 0 && is_down {
                    self.ended.borrow_mut().push(Instant::now());
                    return Ok(());
                }
                continue;
            }
            if count == 0 {
                return Ok(());
            }
            let count = count.min(usize::try_from(left).unwrap_or(usize::MAX));
            to.write_all(&bytes[..count]).await?;
            left -= count as u64;
            let (up, down) = self.last.get();
            let passed = count as u64;
            self.last.set(if is_down { (up, down + passed) } else { (up + passed, down) });
        }
        Ok(())
    }
}
