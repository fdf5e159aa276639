//! Jobs, step by step.

use super::{
    Answer, Problem,
    answer::Made,
    operation::Example,
    request::{Asked, Asker, At, Sent},
};
use crate::{
    model::{
        AccountId, Error, JobId, RoomId, Why,
        job::{Job, JobStatus, Step},
    },
    server::{App, job},
};
use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which jobs are wanted.
#[derive(Deserialize, JsonSchema)]
pub struct Which {
    /// Only those that have come this far.
    #[schemars(with = "Option<JobStatus>")]
    status: Option<String>,
    /// How many are wanted: 1 to 200, and 50 when nothing is said.
    limit: Option<u32>,
}

/// Jobs, the latest first.
#[derive(Serialize, JsonSchema)]
pub struct Jobs {
    jobs: Vec<Job>,
}

/// `GET /api/v1/jobs`
pub async fn list(State(app): State<App>, Asker(me): Asker, Asked(asked): Asked<Which>) -> Answer<Jobs> {
    let status = match asked.status.as_deref() {
        None => None,
        Some(word) => Some(JobStatus::from_word(word).ok_or_else(|| Error::invalid("status", Why::Unknown))?),
    };
    let jobs = job::list(&app, &me, status, asked.limit.unwrap_or(50)).await?;
    Ok(Json(Jobs { jobs }))
}

/// Work that is wanted.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct NewJob {
    /// What is to be done, in 200 characters or less.
    title: String,
    /// When it is to be done.
    at_ms: i64,
    /// Whose job it is; clients leave it out, the office says it.
    client: Option<AccountId>,
}

/// `POST /api/v1/jobs`
pub async fn request(
    State(app): State<App>,
    Asker(me): Asker,
    Sent(new): Sent<NewJob>,
) -> Result<Made<Job>, Problem> {
    Ok(Made(job::request(&app, &me, &new.title, new.at_ms, new.client).await?))
}

/// `GET /api/v1/jobs/{job}`
pub async fn one(State(app): State<App>, Asker(me): Asker, At(job): At<JobId>) -> Answer<Job> {
    Ok(Json(job::one(&app, &me, job).await?))
}

/// Who is to do a job.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Assignment {
    /// The worker, or nobody.
    worker: Option<AccountId>,
}

/// `PUT /api/v1/jobs/{job}/worker`
pub async fn assign(
    State(app): State<App>,
    Asker(me): Asker,
    At(job): At<JobId>,
    Sent(Assignment { worker }): Sent<Assignment>,
) -> Answer<Job> {
    Ok(Json(job::assign(&app, &me, job, worker).await?))
}

/// `POST /api/v1/jobs/{job}/{step}`
pub async fn take(
    State(app): State<App>,
    Asker(me): Asker,
    At((job, step)): At<(JobId, Step)>,
) -> Answer<Job> {
    Ok(Json(job::take(&app, &me, job, step).await?))
}

impl Example for NewJob {
    fn example() -> Self {
        NewJob { title: "Home visit".into(), at_ms: 1_795_255_200_000, client: None }
    }
}

impl Example for Assignment {
    fn example() -> Self {
        Assignment { worker: Some(AccountId(31)) }
    }
}

impl Example for Job {
    fn example() -> Self {
        Job {
            id: JobId(3),
            title: "Home visit".into(),
            client: AccountId(30),
            worker: Some(AccountId(31)),
            status: JobStatus::Confirmed,
            at_ms: 1_795_255_200_000,
            room: RoomId(9),
            confirmed_ms: Some(1_795_254_000_007),
            started_ms: None,
            finished_ms: None,
            cancelled_ms: None,
        }
    }
}

impl Example for Jobs {
    fn example() -> Self {
        Jobs { jobs: vec![Job::example()] }
    }
}
