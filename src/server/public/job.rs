//! Jobs, step by step.

use super::{Answer, Asked, Asker, Problem, id, listed, read};
use crate::{
    model::{
        AccountId, Error, JobId, Why,
        job::{Job, JobStatus, Step},
    },
    server::{App, job},
};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;

#[derive(Debug, Deserialize)]
pub struct Which {
    status: Option<String>,
    limit: Option<u32>,
}

/// `GET /api/v1/jobs`
pub async fn list(State(app): State<App>, Asker(me): Asker, Asked(asked): Asked<Which>) -> Answer<Value> {
    let status = match asked.status.as_deref() {
        None => None,
        Some(word) => Some(JobStatus::from_word(word).ok_or_else(|| Error::invalid("status", Why::Unknown))?),
    };
    let jobs = job::list(&app, &me, status, asked.limit.unwrap_or(50)).await?;
    Ok(listed("jobs", &jobs))
}

#[derive(Debug, Deserialize)]
struct Wish {
    title: String,
    at_ms: i64,
    client: Option<AccountId>,
}

/// `POST /api/v1/jobs`: the same asked twice is one job.
pub async fn request(State(app): State<App>, Asker(me): Asker, body: Bytes) -> Result<Response, Problem> {
    let Wish { title, at_ms, client } = read(&body)?;
    let made = job::request(&app, &me, &title, at_ms, client).await?;
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// `GET /api/v1/jobs/{id}`
pub async fn one(State(app): State<App>, Asker(me): Asker, Path(one): Path<String>) -> Answer<Job> {
    Ok(Json(job::one(&app, &me, id(&one)?).await?))
}

#[derive(Debug, Deserialize)]
struct Given {
    worker: Option<AccountId>,
}

/// `PUT /api/v1/jobs/{id}/worker`
pub async fn assign(
    State(app): State<App>,
    Asker(me): Asker,
    Path(one): Path<String>,
    body: Bytes,
) -> Answer<Job> {
    let (one, Given { worker }): (JobId, Given) = (id(&one)?, read(&body)?);
    Ok(Json(job::assign(&app, &me, one, worker).await?))
}

/// `POST /api/v1/jobs/{id}/confirm`, `start`, `finish`, `cancel`
pub async fn take(
    State(app): State<App>,
    Asker(me): Asker,
    Path((one, step)): Path<(String, String)>,
) -> Answer<Job> {
    let step = Step::from_word(&step).ok_or(Error::NotFound)?;
    Ok(Json(job::take(&app, &me, id(&one)?, step).await?))
}
