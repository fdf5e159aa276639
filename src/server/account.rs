//! Accounts: made by an operator, proven by a password.

use super::{App, device, gate::Scope, preference, receipt, session};
use crate::{
    args,
    model::{
        AccountId, Error, Result, Why,
        account::{Me, Role, normal_email},
    },
    server::db::{Db, Tx},
};
use argon2::{Argon2, PasswordHasher, PasswordVerifier};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// The shortest password taken; long ones are better than odd ones.
pub const PASSWORD_MIN_CHARS: usize = 8;
const PASSWORD_MAX_BYTES: usize = 1_024;
const EMAIL_MAX_BYTES: usize = 254;
const NAME_MAX_CHARS: usize = 200;
/// Each hash takes 19 MiB and a whole core: more at once would only take memory.
static HASHERS: Semaphore = Semaphore::const_new(2);

/// What a new account is made of.
#[derive(Clone, Debug)]
pub struct NewAccount {
    pub email: String,
    pub name: String,
    pub role: Role,
    pub headline: Option<String>,
    pub born: Option<String>,
}

impl NewAccount {
    /// The rules a new account must keep.
    pub fn check(&self) -> Result<()> {
        let email = normal_email(&self.email);
        let parts = email.split_once('@');
        if !parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'))
            || email.chars().any(|letter| letter.is_whitespace() || letter.is_control())
            || email.len() > EMAIL_MAX_BYTES
        {
            return Err(Error::invalid("email", Why::Malformed));
        }
        let name = self.name.trim();
        if name.is_empty() {
            return Err(Error::invalid("name", Why::Empty));
        }
        if name.chars().count() > NAME_MAX_CHARS {
            return Err(Error::invalid("name", Why::TooLong));
        }
        if name.chars().any(char::is_control) {
            return Err(Error::invalid("name", Why::Malformed));
        }
        if self.born.as_deref().is_some_and(|born| !is_date(born)) {
            return Err(Error::invalid("born", Why::Malformed));
        }
        Ok(())
    }
}

fn is_date(text: &str) -> bool {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(text, format).is_ok()
}

/// Adds an account; the address must be free.
pub async fn add(tx: &mut Tx, new: &NewAccount, password_hash: &str, now_ms: i64) -> Result<AccountId> {
    new.check()?;
    let added: Option<(i64,)> = tx
        .maybe(
            "insert into account (email, name, role, headline, born, password, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7) returning id",
            args![
                normal_email(&new.email),
                new.name.trim(),
                new.role.word(),
                new.headline.as_deref(),
                new.born.as_deref(),
                password_hash,
                now_ms
            ],
        )
        .await?;
    added.map(|(id,)| AccountId(id)).ok_or_else(|| super::fault(&"a new account has no id"))
}

/// The account behind an address.
pub async fn find(tx: &mut Tx, email: &str) -> Result<Option<(AccountId, Role)>> {
    let found: Option<(i64, String)> =
        tx.maybe("select id, role from account where email = $1", args![normal_email(email)]).await?;
    Ok(found.and_then(|(id, role)| Some((AccountId(id), Role::from_word(&role)?))))
}

/// Hashes a password, off the threads that serve.
pub async fn hash(password: String) -> Result<String> {
    if password.chars().count() < PASSWORD_MIN_CHARS {
        return Err(Error::invalid("password", Why::TooShort));
    }
    if password.len() > PASSWORD_MAX_BYTES {
        return Err(Error::invalid("password", Why::TooLong));
    }
    hashing(move || hash_now(&password)).await?
}

fn hash_now(password: &str) -> Result<String> {
    Argon2::default()
        .hash_password(password.as_bytes())
        .map(|hash| hash.to_string())
        .map_err(|cause| super::fault(&cause))
}

/// A hash no password matches: checked for unknown accounts, so that they take as long as known ones.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_now(&super::random_hex()).unwrap_or_default());

/// Makes ready what the first sign-in would otherwise wait for.
pub async fn warm_up() {
    // Not made in time, it is made by the first who needs it.
    let _ = tokio::task::spawn_blocking(|| LazyLock::force(&NOBODY)).await;
}

/// The hash of an account that signs in elsewhere.
pub async fn hash_of_nobody() -> Result<String> {
    hashing(|| NOBODY.clone()).await
}

async fn matches(password: String, hash: String) -> Result<bool> {
    hashing(move || Argon2::default().verify_password(password.as_bytes(), hash.as_str()).is_ok()).await
}

/// Hashing is slow and takes much memory on purpose, so few do it at a time; the turn is held until it is done,
/// even when whoever asked has gone.
async fn hashing<T: Send + 'static>(hash: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let turn = HASHERS.acquire().await.map_err(|cause| super::fault(&cause))?;
    let hashed = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        hash()
    });
    hashed.await.map_err(|cause| super::fault(&cause))
}

/// Proves who somebody is; an unknown address, a wrong password and a disabled account answer alike.
pub async fn prove(app: &App, email: &str, password: &str, from: &str) -> Result<AccountId> {
    let email = normal_email(email);
    let now_ms = app.clock.now_ms();
    // What cannot be an address is nobody's, and is neither remembered nor looked up.
    if email.len() > EMAIL_MAX_BYTES || email.chars().any(char::is_control) {
        return Err(Error::SignIn);
    }
    // The address first: whoever is stopped there must not use up somebody else's tries.
    app.rates.try_sign_in(&format!("address {from}"), now_ms)?;
    app.rates.try_sign_in(&format!("account {email}"), now_ms)?;
    let found: Option<(i64, String, Option<i64>)> = app
        .db
        .maybe("select id, password, disabled_at from account where email = $1", args![email.as_str()])
        .await?;
    let hash = found.as_ref().map_or_else(|| NOBODY.clone(), |(_, hash, _)| hash.clone());
    let password = if password.len() > PASSWORD_MAX_BYTES { String::new() } else { password.to_owned() };
    let right = matches(password, hash).await?;
    match found {
        Some((id, _, None)) if right => {
            app.rates.forgive(&format!("account {email}"));
            app.rates.forgive(&format!("address {from}"));
            Ok(AccountId(id))
        }
        _ => Err(Error::SignIn),
    }
}

/// Sets a new password and ends every session that was opened with the old one.
pub async fn set_password(db: &Db, email: &str, password: String, now_ms: i64) -> Result<()> {
    let hash = hash(password).await?;
    let mut tx = db.begin().await?;
    let changed: Option<(i64,)> = tx
        .maybe(
            "update account set password = $2 where email = $1 returning id",
            args![normal_email(email), hash],
        )
        .await?;
    let (id,) = changed.ok_or(Error::NotFound)?;
    session::revoke_all(&mut tx, AccountId(id), now_ms).await?;
    tx.commit().await
}

/// Shuts an account out and ends its sessions.
pub async fn disable(db: &Db, email: &str, now_ms: i64) -> Result<()> {
    let mut tx = db.begin().await?;
    let changed: Option<(i64,)> = tx
        .maybe(
            "update account set disabled_at = coalesce(disabled_at, $2) where email = $1 returning id",
            args![normal_email(email), now_ms],
        )
        .await?;
    let (id,) = changed.ok_or(Error::NotFound)?;
    session::revoke_all(&mut tx, AccountId(id), now_ms).await?;
    tx.commit().await
}

/// Every account, as an operator lists them: id, address, name, role, disabled.
pub async fn list(db: &Db) -> Result<Vec<(i64, String, String, String, Option<i64>)>> {
    db.all("select id, email, name, role, disabled_at from account order by id", args![]).await
}

/// The account behind an address, as somebody typed it.
pub async fn by_email(app: &App, email: &str) -> Result<AccountId> {
    if email.chars().any(char::is_control) {
        // Nobody's, and not every database can be asked.
        return Err(Error::NotFound);
    }
    let found: Option<(i64,)> =
        app.db.maybe("select id from account where email = $1", args![normal_email(email)]).await?;
    found.map(|(id,)| AccountId(id)).ok_or(Error::NotFound)
}

/// The asker's own address.
pub async fn email(app: &App, me: &Scope) -> Result<String> {
    let found: Option<(String,)> =
        app.db.maybe("select email from account where id = $1", args![me.account]).await?;
    found.map(|(email,)| email).ok_or(Error::NotFound)
}

/// Gives the asker another password, if they know the one they have, and signs out every other device.
pub async fn change_password(app: &App, me: &Scope, current: &str, new: String) -> Result<()> {
    let now_ms = app.clock.now_ms();
    app.rates.try_sign_in(&format!("password {}", me.account), now_ms)?;
    let found: Option<(String,)> =
        app.db.maybe("select password from account where id = $1", args![me.account]).await?;
    let (before,) = found.ok_or(Error::NotFound)?;
    if current.len() > PASSWORD_MAX_BYTES || !matches(current.to_owned(), before).await? {
        return Err(Error::SignIn);
    }
    let hash = hash(new).await?;
    app.db.run("update account set password = $2 where id = $1", args![me.account, hash]).await?;
    device::end_others(app, me).await
}

/// How many accounts there are.
pub async fn count(db: &Db) -> Result<i64> {
    let found: Option<(i64,)> = db.maybe("select count(*) from account", args![]).await?;
    Ok(found.map_or(0, |(count,)| count))
}

/// The asker, as their own pages need them.
pub async fn me(app: &App, me: &Scope) -> Result<Me> {
    let unread = receipt::unread(app, me.account).await?;
    device::note_use(app, me).await?;
    Ok(Me {
        pop_ups: preference::pop_ups(app, me).await?,
        unread,
        person: me.person.clone(),
        zone: me.zone(app),
        now_ms: app.clock.now_ms(),
        epoch: app.epoch.clone(),
        emergency: app.config.emergency.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(email: &str, name: &str, born: Option<&str>) -> NewAccount {
        NewAccount {
            email: email.into(),
            name: name.into(),
            role: Role::Patient,
            headline: None,
            born: born.map(str::to_owned),
        }
    }

    #[test]
    fn an_account_needs_an_address_a_name_and_a_real_birthday() {
        assert_eq!(new("a@x.org", "Ana", Some("1951-03-12")).check(), Ok(()));
        for email in ["", "a", "@x.org", "a@", "a b@x.org", "a@b@c"] {
            assert_eq!(
                new(email, "Ana", None).check(),
                Err(Error::invalid("email", Why::Malformed)),
                "{email}"
            );
        }
        assert_eq!(new("a@x.org", " ", None).check(), Err(Error::invalid("name", Why::Empty)));
        assert_eq!(new("a@x.org", "A\nB", None).check(), Err(Error::invalid("name", Why::Malformed)));
        for born in ["12.03.1951", "1951-02-30", "1951"] {
            assert_eq!(
                new("a@x.org", "Ana", Some(born)).check(),
                Err(Error::invalid("born", Why::Malformed))
            );
        }
    }

    #[test]
    fn a_password_is_stored_as_argon2id_and_never_twice_the_same() {
        let (first, second) = (hash_now("correct horse").unwrap(), hash_now("correct horse").unwrap());
        assert!(first.starts_with("$argon2id$"));
        assert_ne!(first, second);
    }
}
