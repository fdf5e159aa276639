//! The gate: every way in goes through `authenticate` and leaves with a `Scope`, or not at all.

use super::{App, session};
use crate::{
    args,
    model::{
        AccountId, Error, Result,
        account::{Person, Role},
        zone::Offsets,
    },
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use std::{
    collections::HashMap,
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// A session proven a moment ago is not asked for again. What this process ends is forgotten at once, what another
/// one ends is noticed after this long.
const PROVEN_FOR: Duration = Duration::from_millis(500);
/// More than this many remembered sessions are looked through for stale ones.
const PROVEN_MAX: usize = 10_000;

/// Who is asking, in which role, through which session.
#[derive(Clone, Debug)]
pub struct Scope {
    pub account: AccountId,
    pub role: Role,
    /// The key of the session row; it is what revoking ends.
    pub session: String,
    pub session_ends_ms: i64,
    pub person: Person,
    /// Whether a browser said so by itself, with a cookie, and a page of somebody else's may be behind it.
    pub is_ambient: bool,
    /// The zone, where the browser has told.
    pub zone: Option<Offsets>,
}

/// Id, name, role, headline, birthday, and when the session ends.
type Found = (i64, String, String, Option<String>, Option<String>, i64);

/// The sessions proven a moment ago.
#[derive(Debug, Default)]
pub struct Proven(Mutex<HashMap<String, (Instant, Scope)>>);

impl Scope {
    /// The zone to write times in.
    pub fn zone(&self, app: &App) -> Offsets {
        self.zone.unwrap_or(Offsets::fixed(app.config.zone_minutes))
    }
}

impl Proven {
    fn all(&self) -> MutexGuard<'_, HashMap<String, (Instant, Scope)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: &str, now_ms: i64) -> Option<Scope> {
        let all = self.all();
        let (at, scope) = all.get(key)?;
        (at.elapsed() < PROVEN_FOR && scope.session_ends_ms > now_ms).then(|| scope.clone())
    }

    fn put(&self, scope: &Scope) {
        let mut all = self.all();
        if all.len() >= PROVEN_MAX {
            all.retain(|_, (at, _)| at.elapsed() < PROVEN_FOR);
        }
        all.insert(scope.session.clone(), (Instant::now(), scope.clone()));
    }

    /// Forgets a session that has ended.
    pub fn forget(&self, key: &str) {
        self.all().remove(key);
    }
}

/// The only way to a scope: a live session of an account that is not disabled. For a single request, one proven a
/// moment ago will do.
pub async fn recognise(app: &App, session_key: &str) -> Result<Scope> {
    if let Some(scope) = app.proven.get(session_key, app.clock.now_ms()) {
        return Ok(scope);
    }
    authenticate(app, session_key).await
}

/// The same, asked of the database itself: for whatever goes on longer than a request.
pub async fn authenticate(app: &App, session_key: &str) -> Result<Scope> {
    let found: Option<Found> = app
        .db
        .maybe(
            "select a.id, a.name, a.role, a.headline, a.born, s.expires_at \
             from session s join account a on a.id = s.account_id \
             where s.key = $1 and s.revoked_at is null and s.expires_at > $2 and a.disabled_at is null",
            args![session_key, app.clock.now_ms()],
        )
        .await?;
    let (id, name, role, headline, born, session_ends_ms) = found.ok_or(Error::SignIn)?;
    let role = Role::from_word(&role).ok_or_else(|| super::fault(&"an account has an unknown role"))?;
    let account = AccountId(id);
    let person = Person { id: account, name, role, headline, born };
    let scope = Scope {
        account,
        role,
        session: session_key.to_owned(),
        session_ends_ms,
        person,
        is_ambient: true,
        zone: None,
    };
    app.proven.put(&scope);
    Ok(scope)
}

/// Runs a domain verb for a server function: finds app and scope, and gives a refusal its HTTP status.
pub async fn answer<T, F>(verb: impl FnOnce(App, Scope) -> F) -> Result<T>
where
    F: Future<Output = Result<T>>,
{
    let answer = match entered().await {
        Ok((app, me)) => verb(app, me).await,
        Err(error) => Err(error),
    };
    if let (Err(error), Some(response)) = (&answer, use_context::<ResponseOptions>())
        && let Ok(status) = axum::http::StatusCode::from_u16(error.status())
    {
        response.set_status(status);
    }
    answer
}

async fn entered() -> Result<(App, Scope)> {
    let app = use_context::<App>().ok_or_else(|| super::fault(&"a server function ran without its app"))?;
    let parts = use_context::<axum::http::request::Parts>().ok_or(Error::SignIn)?;
    let scope = parts.extensions.get::<Scope>().cloned();
    match scope {
        Some(me) => Ok((app, me)),
        None => Err(Error::SignIn),
    }
}

/// Ends a session everywhere: its row and its sockets.
pub async fn sign_out(app: &App, me: &Scope) -> Result<()> {
    session::revoke(app, &me.session).await?;
    session::ended(app, &me.session);
    Ok(())
}
