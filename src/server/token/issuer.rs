//! The organisation's own issuer: its tokens open doors here, and its people appear on first sight.

use super::{key::KeyError, rules};
use crate::{
    args,
    model::{
        AccountId, Error, Result,
        account::{Role, normal_email},
    },
    server::{
        App, account,
        config::{Config, Issuing},
        db::Tx,
        gate::{self, Scope},
        session,
    },
};
use jsonwebtoken::{Algorithm, DecodingKey, Header, jwk::JwkSet};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::{
    fs,
    sync::{Arc, Mutex, PoisonError},
    time::SystemTime,
};

/// The longest a token of theirs may last.
const LASTS_MAX_S: i64 = 24 * 3_600;
/// No name and no address is longer.
const WORD_MAX_BYTES: usize = 200;

/// A public key, its one algorithm, and what it is called.
struct Key {
    name: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// The keys of a file, and when that was written.
struct Held {
    written: Option<SystemTime>,
    keys: Arc<Vec<Key>>,
}

/// Somebody else who says who people are.
pub struct Issuer {
    set: Issuing,
    held: Mutex<Held>,
}

impl Issuer {
    /// The issuer an operator has set, if any.
    pub fn load(config: &Config) -> Result<Option<Issuer>, KeyError> {
        let Some(set) = config.issuer.set()? else { return Ok(None) };
        let held = read(&set).map_err(|cause| KeyError::Issuer(set.keys.display().to_string(), cause))?;
        Ok(Some(Issuer { set, held: Mutex::new(held) }))
    }

    /// The keys as the file holds them now: an issuer changes them without asking.
    fn keys(&self) -> Arc<Vec<Key>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if written(&self.set) != held.written {
            match read(&self.set) {
                Ok(fresh) => *held = fresh,
                Err(cause) => {
                    tracing::warn!(keys.error = %cause, "the issuer's keys cannot be read; those known are kept");
                    held.written = written(&self.set);
                }
            }
        }
        held.keys.clone()
    }
}

fn written(set: &Issuing) -> Option<SystemTime> {
    fs::metadata(&set.keys).and_then(|about| about.modified()).ok()
}

fn read(set: &Issuing) -> Result<Held, String> {
    let written = written(set);
    let text = fs::read_to_string(&set.keys).map_err(|error| error.to_string())?;
    let keys = if text.trim_start().starts_with('{') { of_jwks(&text)? } else { vec![of_pem(&text)?] };
    if keys.is_empty() {
        return Err("there is no public key in it".into());
    }
    Ok(Held { written, keys: Arc::new(keys) })
}

fn of_pem(text: &str) -> Result<Key, String> {
    let bytes = text.as_bytes();
    let found = DecodingKey::from_rsa_pem(bytes)
        .map(|key| (key, Algorithm::RS256))
        .or_else(|_| DecodingKey::from_ec_pem(bytes).map(|key| (key, Algorithm::ES256)))
        .or_else(|_| DecodingKey::from_ed_pem(bytes).map(|key| (key, Algorithm::EdDSA)));
    let (key, algorithm) = found.map_err(|error| error.to_string())?;
    Ok(Key { name: None, algorithm, key })
}

fn of_jwks(text: &str) -> Result<Vec<Key>, String> {
    let set: JwkSet = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let keys = set.keys.iter().filter_map(|one| {
        let algorithm = match one.common.key_algorithm {
            Some(named) => named.to_string().parse().ok()?,
            None => match &one.algorithm {
                jsonwebtoken::jwk::AlgorithmParameters::RSA(_) => Algorithm::RS256,
                jsonwebtoken::jwk::AlgorithmParameters::EllipticCurve(_) => Algorithm::ES256,
                jsonwebtoken::jwk::AlgorithmParameters::OctetKeyPair(_) => Algorithm::EdDSA,
                _ => return None,
            },
        };
        // A secret both sides know would let whoever can prove also sign.
        if matches!(algorithm, Algorithm::HS256 | Algorithm::HS384 | Algorithm::HS512) {
            return None;
        }
        let key = DecodingKey::from_jwk(one).ok()?;
        Some(Key { name: one.common.key_id.clone(), algorithm, key })
    });
    Ok(keys.collect())
}

/// Who an issuer's token names.
pub async fn recognise(app: &App, token: &str, header: &Header) -> Result<Scope> {
    let issuer = app.keys.issuer.as_ref().ok_or(Error::SignIn)?;
    let keys = issuer.keys();
    let fitting = keys.iter().filter(|key| key.algorithm == header.alg);
    let mut fitting =
        fitting.filter(|key| key.name.is_none() || header.kid.is_none() || key.name == header.kid);
    let mut rules = rules(header.alg);
    rules.set_audience(&[&issuer.set.audience]);
    rules.set_issuer(&[&issuer.set.name]);
    let claims = fitting
        .find_map(|key| jsonwebtoken::decode::<Map<String, Value>>(token, &key.key, &rules).ok())
        .ok_or(Error::SignIn)?
        .claims;
    let number = |name: &str| claims.get(name).and_then(Value::as_i64).ok_or(Error::SignIn);
    let (nbf, exp) = (number("nbf")?, number("exp")?);
    // What was ended is remembered for a week: a token must not outlive that.
    if !super::is_now(app, nbf, exp) || exp.saturating_sub(nbf) > LASTS_MAX_S {
        return Err(Error::SignIn);
    }
    // Without its signature, of which there may be two that are right.
    let signed = token.rsplit_once('.').map_or(token, |(signed, _)| signed);
    let key: String = Sha256::digest(signed).iter().map(|byte| format!("{byte:02x}")).collect();
    match gate::recognise(app, &key).await {
        Err(Error::SignIn) => {}
        known => return known,
    }
    let ends_ms = exp.saturating_mul(1_000).min(app.clock.now_ms() + session::ABSOLUTE_HOURS * 3_600_000);
    match meet(app, issuer, &claims, &key, ends_ms).await {
        // Another of their requests was a moment quicker, and has made the account.
        Err(Error::Conflict { .. }) => match meet(app, issuer, &claims, &key, ends_ms).await {
            Err(Error::Conflict { .. }) => return Err(Error::SignIn),
            met => met?,
        },
        met => met?,
    }
    gate::authenticate(app, &key).await
}

/// Finds or makes the account a token names, and the session that is this token. One that was ended stays so.
async fn meet(
    app: &App,
    issuer: &Issuer,
    claims: &Map<String, Value>,
    key: &str,
    ends_ms: i64,
) -> Result<()> {
    let is_word =
        |word: &&str| !word.is_empty() && word.len() <= WORD_MAX_BYTES && !word.chars().any(char::is_control);
    let word = |name: &str| claims.get(name).and_then(Value::as_str).map(str::trim).filter(is_word);
    let subject = format!("{} {}", issuer.set.name, word("sub").ok_or(Error::SignIn)?);
    let email = word(&issuer.set.email_claim).map(normal_email);
    let name = word(&issuer.set.name_claim);
    let role = word(&issuer.set.role_claim).and_then(|role| issuer.set.role(role));
    let now_ms = app.clock.now_ms();
    let nobodys = account::hash_of_nobody().await?;
    let mut tx = app.db.begin().await?;
    let met_before: Option<(i64,)> =
        tx.maybe("select account_id from session where key = $1", args![key]).await?;
    if met_before.is_some() {
        // By another request a moment ago; or it has been ended, and what it says of anybody is not heard any more.
        return Ok(());
    }
    // An address somebody has only claimed must not open the account of whoever it belongs to.
    let proven = email.as_deref().filter(|_| claims.get("email_verified") == Some(&Value::Bool(true)));
    let claimed_s =
        claims.get("iat").or_else(|| claims.get("nbf")).and_then(Value::as_i64).unwrap_or_default();
    let account = match known(&mut tx, &subject, proven).await? {
        Some(Met { account, role: before, claimed_s: newest_s }) => {
            let is_other = role.is_some_and(|role| role != before);
            if is_other && newest_s.is_some_and(|newest_s| claimed_s < newest_s) {
                // What has been taken away since does not come back with an older token.
                return Err(Error::SignIn);
            }
            tx.run(
                "update account set subject = $2, name = coalesce($3, name), role = coalesce($4, role), \
                 claimed_at = case when coalesce(claimed_at, 0) > $5 then claimed_at else $5 end where id = $1",
                args![account, subject, name, role.map(Role::word), claimed_s],
            )
            .await?;
            if is_other {
                // What was opened in another role must not go on in it.
                session::revoke_all(&mut tx, account, now_ms).await?;
            }
            account
        }
        None => {
            let (Some(email), Some(role)) = (email, role) else { return Err(Error::SignIn) };
            let name = name.unwrap_or(&email).to_owned();
            let new = account::NewAccount { email, name, role, headline: None, born: None };
            let account = account::add(&mut tx, &new, &nobodys, now_ms).await?;
            let met = "update account set subject = $2, claimed_at = $3 where id = $1";
            tx.run(met, args![account, subject, claimed_s]).await?;
            account
        }
    };
    tx.run(
        "insert into session (key, account_id, data, created_at, expires_at) values ($1, $2, '{}', $3, $4) \
         on conflict (key) do nothing",
        args![key, account, now_ms, ends_ms],
    )
    .await?;
    tx.commit().await
}

/// By what the issuer calls them; or by their address, if nobody else has been met under it. Administrators are known
/// by what the issuer calls them alone.
async fn known(tx: &mut Tx, subject: &str, email: Option<&str>) -> Result<Option<Met>> {
    let found: Option<(i64, String, Option<i64>)> = tx
        .maybe(
            "select id, role, claimed_at from account where subject = $1 or (email = $2 and subject is null and role <> 'admin') \
             order by case when subject = $1 then 0 else 1 end limit 1",
            args![subject, email],
        )
        .await?;
    Ok(found.and_then(|(id, role, claimed_s)| {
        Some(Met { account: AccountId(id), role: Role::from_word(&role)?, claimed_s })
    }))
}

/// Somebody the issuer has spoken of before, and when it last did.
struct Met {
    account: AccountId,
    role: Role,
    claimed_s: Option<i64>,
}
