//! The server under load: started fresh for a scenario, told to stop afterwards.

use super::{Fallible, http::Http};
use rustix::process::{Pid, Signal, kill_process};
use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

const READY_WITHIN: Duration = Duration::from_secs(30);
const STOP_WITHIN: Duration = Duration::from_secs(25);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How to start a server.
#[derive(Clone, Copy, Debug)]
pub struct Recipe<'a> {
    pub program: &'a Path,
    /// The folder of the browser's half.
    pub site: Option<&'a Path>,
    /// Words before the program's own, such as `taskset -c 0`.
    pub before: &'a [String],
    pub database_url: &'a str,
    /// Where its data and its log go.
    pub folder: &'a Path,
    /// Where it listens [otherwise on any free port]
    pub address: Option<SocketAddr>,
    /// What else its environment holds.
    pub env: &'a [(String, String)],
}

/// A running server.
#[derive(Debug)]
pub struct Host {
    child: Option<Child>,
    pub address: SocketAddr,
    pub origin: String,
}

impl Host {
    /// Starts a server on a free port and waits until it is ready.
    pub async fn start(recipe: Recipe<'_>) -> Fallible<Host> {
        let address = match recipe.address {
            Some(address) => address,
            None => TcpListener::bind(("127.0.0.1", 0))?.local_addr()?,
        };
        let mut words = recipe.before.iter().map(AsRef::as_ref).chain([recipe.program.as_os_str()]);
        let mut command = Command::new(words.next().unwrap_or_default());
        command
            .args(words)
            .arg("serve")
            .env("DATABASE_URL", recipe.database_url)
            .env("CONFER_DATA", recipe.folder.join("data"))
            .env("CONFER_RATE", "off")
            .env("CONFER_MODE", "dev")
            .env("LEPTOS_SITE_ADDR", address.to_string())
            .env("RUST_LOG", "warn")
            .env_remove("CONFER_ORIGIN")
            .envs(recipe.env.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(File::options().create(true).append(true).open(recipe.folder.join("server.log"))?)
            .stderr(Stdio::inherit());
        if let Some(site) = recipe.site {
            command.env("LEPTOS_SITE_ROOT", site);
        }
        let child = command
            .spawn()
            .map_err(|error| format!("{} cannot be started: {error}", recipe.program.display()))?;
        let mut host = Host { child: Some(child), address, origin: format!("http://{address}") };
        host.wait().await?;
        Ok(host)
    }

    /// A server somebody else runs.
    pub async fn at(url: &str) -> Fallible<Host> {
        let origin = url.trim_end_matches('/').to_owned();
        let authority = origin.strip_prefix("http://").ok_or("--url begins with http://")?;
        let address = tokio::net::lookup_host(authority).await?.next().ok_or("--url names no address")?;
        let mut host = Host { child: None, address, origin };
        host.wait().await?;
        Ok(host)
    }

    /// The server's process, when it was started here.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    async fn wait(&mut self) -> Fallible<()> {
        let begin = Instant::now();
        let request = format!("GET /readyz HTTP/1.1\r\nhost: {}\r\n\r\n", self.address);
        loop {
            if let Some(status) = self.child.as_mut().and_then(|child| child.try_wait().ok().flatten()) {
                return Err(format!("the server ended while starting: {status}").into());
            }
            let mut body = Vec::new();
            if let Ok(mut http) = Http::open(self.address).await
                && http.ask(request.as_bytes(), &mut body).await.is_ok_and(|status| status == 200)
            {
                return Ok(());
            }
            if begin.elapsed() > READY_WITHIN {
                return Err("the server did not become ready".into());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Ends the server without a word.
    pub fn kill(mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Tells the server to stop and waits for its end, which must be a good one.
    pub async fn stop(mut self) -> Fallible<()> {
        let Some(child) = self.child.as_mut() else { return Ok(()) };
        kill_process(Pid::from_child(child), Signal::TERM)?;
        let begin = Instant::now();
        while begin.elapsed() < STOP_WITHIN {
            if let Some(status) = child.try_wait()? {
                self.child = None;
                return if status.success() {
                    Ok(())
                } else {
                    Err(format!("the server ended badly: {status}").into())
                };
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
        Err("the server did not stop when told to".into())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        if let Some(child) = self.child.as_mut() {
            // A run that failed must leave no server behind.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
