//! How often somebody may call, told with the answers that count: `RateLimit-Policy` and `RateLimit`, as
//! draft-ietf-httpapi-ratelimit-headers has them.

use crate::server::{
    App,
    gate::Scope,
    rate::{Allowance, Buckets, Rates},
};
use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

/// The limit as it is set.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// What is left of it.
pub const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// What calls count against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// What people write.
    Messages,
    /// Rooms, members, jobs and care links they make or change.
    Changes,
    /// How far they have read.
    Marks,
}

impl Counted {
    /// Its name in the headers.
    pub fn word(self) -> &'static str {
        match self {
            Counted::Messages => "messages",
            Counted::Changes => "changes",
            Counted::Marks => "marks",
        }
    }

    fn of(self, rates: &Rates) -> &Buckets {
        match self {
            Counted::Messages => &rates.messages,
            Counted::Changes => &rates.changes,
            Counted::Marks => &rates.marks,
        }
    }
}

/// Tells what is left after this call; nothing where there is no limit.
pub async fn tell(State((app, counted)): State<(App, Counted)>, request: Request, next: Next) -> Response {
    let account = request.extensions().get::<Scope>().map(|me| me.account);
    let mut response = next.run(request).await;
    let now_ms = app.clock.now_ms();
    let allowance = account.and_then(|account| counted.of(&app.rates).allowance(account, now_ms));
    if let Some(Allowance { burst, window_s, left, full_in_s }) = allowance {
        let word = counted.word();
        let told = [
            (POLICY, format!("\"{word}\";q={burst};w={window_s}")),
            (LEFT, format!("\"{word}\";r={left};t={full_in_s}")),
        ];
        for (name, value) in told {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
    }
    response
}
