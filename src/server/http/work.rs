//! Plain forms of jobs: asked for, given to somebody, and taken a step further.

use super::form::shown;
use crate::{
    model::{AccountId, Error, JobId, Why, job::Step, language::Language, zone::Offsets},
    server::{App, account, gate::Scope, job},
};
use axum::{
    Extension, Form,
    extract::{Path, State},
    response::Response,
};
use serde::Deserialize;
use time::{PrimitiveDateTime, macros::format_description};

/// Where a step goes back to.
#[derive(Deserialize)]
pub struct Back {
    back: Option<String>,
}

/// `POST /jobs/{id}/{step}`
pub async fn step(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    language: Language,
    Path((job, step)): Path<(String, String)>,
    Form(form): Form<Back>,
) -> Response {
    let Some(Extension(me)) = me else { return shown(&app, language, Err(Error::SignIn)).await };
    let taken = async {
        let job: JobId = job.parse().map_err(|_| Error::NotFound)?;
        let step = Step::from_word(&step).ok_or(Error::NotFound)?;
        job::take(&app, &me, job, step).await?;
        let tail = if form.back.as_deref() == Some("chat") { "/chat" } else { "" };
        Ok(format!("/jobs/{job}{tail}"))
    };
    shown(&app, language, taken.await).await
}

/// Who is to do it; nobody, if it is empty.
#[derive(Deserialize)]
pub struct Assigned {
    worker: String,
}

/// `POST /jobs/{id}/worker`
pub async fn assign(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    language: Language,
    Path(job): Path<String>,
    Form(form): Form<Assigned>,
) -> Response {
    let Some(Extension(me)) = me else { return shown(&app, language, Err(Error::SignIn)).await };
    let assigned = async {
        let job: JobId = job.parse().map_err(|_| Error::NotFound)?;
        let worker = match form.worker.as_str() {
            "" => None,
            id => Some(id.parse::<AccountId>().map_err(|_| Error::NotFound)?),
        };
        job::assign(&app, &me, job, worker).await?;
        Ok(format!("/jobs/{job}"))
    };
    shown(&app, language, assigned.await).await
}

#[derive(Deserialize)]
pub struct Asked {
    title: String,
    /// As a browser's field for date and time writes it, in the reader's own zone.
    at: String,
    client: Option<String>,
}

/// `POST /jobs`
pub async fn ask(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    language: Language,
    Form(form): Form<Asked>,
) -> Response {
    let Some(Extension(me)) = me else { return shown(&app, language, Err(Error::SignIn)).await };
    let asked = async {
        let at_ms = moment(&form.at, me.zone(&app)).ok_or_else(|| Error::invalid("at", Why::Malformed))?;
        let client = match form.client.as_deref().map(str::trim).filter(|email| !email.is_empty()) {
            Some(email) if me.role.may_assign_jobs() => Some(account::by_email(&app, email).await?),
            _ => None,
        };
        let job = job::request(&app, &me, &form.title, at_ms, client).await?;
        Ok(format!("/jobs/{}", job.id))
    };
    shown(&app, language, asked.await).await
}

fn moment(text: &str, zone: Offsets) -> Option<i64> {
    let whole = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    let short = format_description!("[year]-[month]-[day]T[hour]:[minute]");
    let at = PrimitiveDateTime::parse(text, short).or_else(|_| PrimitiveDateTime::parse(text, whole)).ok()?;
    Some(zone.moment(at.assume_utc().unix_timestamp() * 1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_the_readers_own() {
        assert_eq!(moment("2026-11-21T09:40", Offsets::fixed(0)), Some(1_795_254_000_000));
        assert_eq!(moment("2026-11-21T10:40", Offsets::fixed(60)), Some(1_795_254_000_000));
        assert_eq!(moment("2026-11-21T09:40:00", Offsets::fixed(0)), Some(1_795_254_000_000));
        assert_eq!(moment("tomorrow", Offsets::fixed(0)), None);
    }
}
