//! Jobs: work between a client and a worker, with a room of its own.

use super::{App, gate::Scope, member, room};
use crate::{
    args,
    model::{AccountId, Error, JobId, Result, RoomId, account::Role, job::JobStatus},
    server::db::Tx,
};

/// What a job is made of.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub title: String,
    pub client: AccountId,
    pub worker: Option<AccountId>,
    pub status: JobStatus,
    pub at_ms: i64,
}

/// Adds a job and its room; the same job again is found, not doubled.
pub async fn add(tx: &mut Tx, new: &NewJob, now_ms: i64) -> Result<(JobId, RoomId)> {
    tx.run(
        "insert into job (title, client_id, worker_id, status, at, created_at) \
         values ($1, $2, $3, $4, $5, $6) on conflict (client_id, title, at) do nothing",
        args![
            new.title.as_str(),
            new.client,
            new.worker.map(|worker| worker.0),
            new.status.word(),
            new.at_ms,
            now_ms
        ],
    )
    .await?;
    let found: Option<(i64, Option<i64>)> = tx
        .maybe(
            "select id, worker_id from job where client_id = $1 and title = $2 and at = $3",
            args![new.client, new.title.as_str(), new.at_ms],
        )
        .await?;
    let (job, worker) = found.ok_or(Error::NotFound)?;
    tx.run(
        "insert into room (kind, title, job_id, created_at, active_at) values ('job', $1, $2, $3, $3) on conflict (job_id) do nothing",
        args![new.title.as_str(), job, now_ms],
    )
    .await?;
    let found: Option<(i64,)> = tx.maybe("select id from room where job_id = $1", args![job]).await?;
    let (room,) = found.ok_or(Error::NotFound)?;
    // Those of the job as it stands, which may have been there before with another worker.
    let members: Vec<AccountId> = [Some(new.client), worker.map(AccountId)].into_iter().flatten().collect();
    room::join(tx, RoomId(room), &members, now_ms).await?;
    Ok((JobId(job), RoomId(room)))
}

/// Gives a job to a worker, or to nobody; its room follows.
pub async fn assign(app: &App, me: &Scope, job: JobId, worker: Option<AccountId>) -> Result<()> {
    if !me.role.may_assign_jobs() {
        return Err(Error::Forbidden);
    }
    let mut tx = app.db.begin().await?;
    if let Some(worker) = worker {
        let found: Option<(String,)> =
            tx.maybe("select role from account where id = $1 and disabled_at is null", args![worker]).await?;
        if found.and_then(|(role,)| Role::from_word(&role)) != Some(Role::Worker) {
            return Err(Error::NotFound);
        }
    }
    let changed =
        tx.run("update job set worker_id = $2 where id = $1", args![job, worker.map(|id| id.0)]).await?;
    if changed == 0 {
        return Err(Error::NotFound);
    }
    tx.commit().await?;
    member::follow_job(app, me.account, job).await
}
