//! How long to wait before the next try: growing, and never the same for two clients.

const FIRST_MS: f64 = 500.0;
const LONGEST_MS: f64 = 30_000.0;
/// A restarting server is come back to within this, each client at a moment of its own.
const RESTART_MS: f64 = 10_000.0;

/// The tries of one page since a connection last worked.
#[derive(Default)]
pub struct Retry {
    tries: i32,
}

impl Retry {
    /// The last connection worked.
    pub fn start_over(&mut self) {
        self.tries = 0;
    }

    /// How long to wait before the next try.
    pub fn wait_ms(&mut self) -> i64 {
        let longest_ms = (FIRST_MS * 2f64.powi(self.tries)).min(LONGEST_MS);
        self.tries = (self.tries + 1).min(10);
        jitter(longest_ms)
    }

    /// How long to wait for a server that said it restarts.
    pub fn restart_ms(&self) -> i64 {
        jitter(RESTART_MS)
    }
}

// Full jitter: a thousand clients that lost one server must not come back together.
fn jitter(longest_ms: f64) -> i64 {
    FIRST_MS.max(js_sys::Math::random() * longest_ms) as i64
}
