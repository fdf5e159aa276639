//! Tokens: what programs show instead of a cookie. Each belongs to a session, which can be ended like any other.

mod issuer;
mod key;

pub use key::{KeyError, Keys};

use super::{
    App,
    gate::{self, Scope},
    session,
};
use crate::{
    args,
    model::{AccountId, Error, Result},
};
use jsonwebtoken::{Algorithm, Validation};
use serde::{Deserialize, Serialize};

/// How long an access token opens doors.
pub const ACCESS_MS: i64 = 15 * 60_000;
/// What is longer is no token of anybody's.
const TOKEN_MAX_BYTES: usize = 8 * 1024;
/// Whoever issued a token may be this far ahead.
const SKEW_MS: i64 = 5_000;

/// What a token may be used for, as its audience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    Access,
    Refresh,
}

impl Use {
    fn audience(self) -> &'static str {
        match self {
            Use::Access => "confer",
            Use::Refresh => "confer-refresh",
        }
    }
}

/// What a token of ours says; every claim is required, and of this type.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    exp: i64,
    nbf: i64,
    iat: i64,
    /// The session it belongs to.
    sid: String,
    /// Which refresh of that session it came with.
    step: i64,
}

/// An access token, and the refresh token that gets the next one.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    pub access: String,
    pub refresh: String,
}

/// Begins a session for a program.
pub async fn begin(app: &App, account: AccountId) -> Result<Pair> {
    let now_ms = app.clock.now_ms();
    let ends_ms = now_ms + session::ABSOLUTE_HOURS * 3_600_000;
    let key = super::random_hex();
    app.db
        .run(
            "insert into session (key, account_id, data, created_at, expires_at, refresh_step) \
             values ($1, $2, '{}', $3, $4, 0)",
            args![key.as_str(), account, now_ms, ends_ms],
        )
        .await?;
    pair(app, account, &key, 1, now_ms, ends_ms)
}

/// Gets the next pair. A refresh token stays good until a later one of its session has been used: a lost answer
/// locks nobody out, an old client may go on with its first, and a stolen one ends the session of both.
pub async fn refresh(app: &App, token: &str) -> Result<Pair> {
    let claims = read(app, token, Use::Refresh)?;
    let me = gate::authenticate(app, &claims.sid).await?;
    if me.account.to_string() != claims.sub {
        return Err(Error::SignIn);
    }
    let used = app
        .db
        .run(
            "update session set refresh_step = $2 where key = $1 and refresh_step <= $2",
            args![claims.sid.as_str(), claims.step],
        )
        .await?;
    if used == 0 {
        session::revoke(app, &claims.sid).await?;
        session::ended(app, &claims.sid);
        return Err(Error::SignIn);
    }
    pair(app, me.account, &claims.sid, claims.step + 1, app.clock.now_ms(), me.session_ends_ms)
}

/// Ends the session a refresh token belongs to.
pub async fn end(app: &App, token: &str) -> Result<()> {
    let claims = read(app, token, Use::Refresh)?;
    session::revoke(app, &claims.sid).await?;
    session::ended(app, &claims.sid);
    Ok(())
}

/// Who shows this access token: one of ours, or of the organisation's own issuer.
pub async fn recognise(app: &App, token: &str) -> Result<Scope> {
    if token.len() > TOKEN_MAX_BYTES {
        return Err(Error::SignIn);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| Error::SignIn)?;
    let mut me = if header.alg == Algorithm::HS256 {
        let claims = read(app, token, Use::Access)?;
        let me = gate::recognise(app, &claims.sid).await?;
        if me.account.to_string() != claims.sub {
            return Err(Error::SignIn);
        }
        me
    } else {
        issuer::recognise(app, token, &header).await?
    };
    me.is_ambient = false;
    Ok(me)
}

fn pair(app: &App, account: AccountId, key: &str, step: i64, now_ms: i64, ends_ms: i64) -> Result<Pair> {
    let token = |purpose: Use, until_ms: i64| {
        app.keys.sign(&Claims {
            iss: app.config.public_origin(),
            aud: purpose.audience().into(),
            sub: account.to_string(),
            exp: until_ms / 1_000,
            nbf: now_ms / 1_000,
            iat: now_ms / 1_000,
            sid: key.to_owned(),
            step,
        })
    };
    Ok(Pair {
        access: token(Use::Access, (now_ms + ACCESS_MS).min(ends_ms))?,
        refresh: token(Use::Refresh, ends_ms)?,
    })
}

fn read(app: &App, token: &str, purpose: Use) -> Result<Claims> {
    if token.len() > TOKEN_MAX_BYTES {
        return Err(Error::SignIn);
    }
    let mut rules = rules(Algorithm::HS256);
    rules.set_audience(&[purpose.audience()]);
    rules.set_issuer(&[app.config.public_origin()]);
    let claims: Claims = app.keys.prove(token, &rules).ok_or(Error::SignIn)?;
    is_now(app, claims.nbf, claims.exp).then_some(claims).ok_or(Error::SignIn)
}

/// One algorithm, every claim; the times are compared with our own clock.
fn rules(algorithm: Algorithm) -> Validation {
    let mut rules = Validation::new(algorithm);
    rules.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
    rules.validate_exp = false;
    rules.validate_nbf = false;
    rules
}

fn is_now(app: &App, nbf_s: i64, exp_s: i64) -> bool {
    let now_ms = app.clock.now_ms();
    nbf_s.saturating_mul(1_000) <= now_ms + SKEW_MS && now_ms < exp_s.saturating_mul(1_000)
}
