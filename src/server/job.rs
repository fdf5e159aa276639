//! Jobs: work between a client and a worker, with a room of its own.

use super::{App, gate::Scope, hook, member, room, writer};
use crate::{
    args,
    model::{
        AccountId, Error, JobId, Result, RoomId, Why,
        account::Role,
        job::{Job, JobStatus, OPEN_AFTER_MS, Part, Step, title},
        message::Note,
        wire::Event,
    },
    server::db::Tx,
};

/// The most jobs one answer holds.
pub const LIST_MAX: u32 = 200;

/// No job is before the year 2000 or after 2099: such a time is a mistake, and would hide what is truly next.
const AT_MIN_MS: i64 = 946_684_800_000;
const AT_MAX_MS: i64 = 4_102_444_800_000;

/// What a job is made of.
#[derive(Clone, Debug)]
pub struct NewJob {
    pub title: String,
    pub client: AccountId,
    pub worker: Option<AccountId>,
    pub status: JobStatus,
    pub at_ms: i64,
}

/// Adds a job and its room, and says whether it is new; the same job again is found, not doubled, and stays as it is.
pub async fn add(tx: &mut Tx, new: &NewJob, now_ms: i64) -> Result<(JobId, RoomId, bool)> {
    let added = tx
        .run(
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
    let found: Option<(i64,)> = tx
        .maybe(
            "select id from job where client_id = $1 and title = $2 and at = $3",
            args![new.client, new.title.as_str(), new.at_ms],
        )
        .await?;
    let (job,) = found.ok_or(Error::NotFound)?;
    // What is over when it comes here is read, and no longer written in.
    let closed_ms = new.status.is_over().then_some(now_ms);
    tx.run(
        "insert into room (kind, title, job_id, created_at, active_at, closed_at) \
         values ('job', $1, $2, $3, $3, $4) on conflict (job_id) do nothing",
        args![new.title.as_str(), job, now_ms, closed_ms],
    )
    .await?;
    let found: Option<(i64,)> = tx.maybe("select id from room where job_id = $1", args![job]).await?;
    let room = RoomId(found.ok_or(Error::NotFound)?.0);
    let is_new = added == 1;
    if is_new {
        let members: Vec<AccountId> = [Some(new.client), new.worker].into_iter().flatten().collect();
        room::join(tx, room, &members, now_ms).await?;
    }
    Ok((JobId(job), room, is_new))
}

/// Asks for work: a client for themselves, the office for a client. The same asked twice is one job.
pub async fn request(
    app: &App,
    me: &Scope,
    name: &str,
    at_ms: i64,
    client: Option<AccountId>,
) -> Result<Job> {
    let name = title(name)?;
    if !(AT_MIN_MS..AT_MAX_MS).contains(&at_ms) {
        return Err(Error::invalid("at", Why::Unknown));
    }
    let client = match (me.role, client) {
        (Role::Client, None) => me.account,
        (Role::Client, Some(client)) if client == me.account => client,
        (role, Some(client)) if role.may_assign_jobs() => client,
        (role, None) if role.may_assign_jobs() => return Err(Error::invalid("client", Why::Empty)),
        _ => return Err(Error::Forbidden),
    };
    let now_ms = app.clock.now_ms();
    app.rates.changes.try_one(me.account, now_ms)?;
    let mut tx = app.db.begin().await?;
    if !role_of(&mut tx, client).await?.is_some_and(Role::may_be_served) {
        return Err(Error::NotFound);
    }
    let new = NewJob { title: name, client, worker: None, status: JobStatus::Requested, at_ms };
    let (job, room, is_new) = add(&mut tx, &new, now_ms).await?;
    let job = found(&mut tx, job).await?.ok_or(Error::NotFound)?;
    if job.status == JobStatus::Cancelled {
        // Called off, and asked for once more: that is another job, at another time.
        return Err(Error::conflict("job_status"));
    }
    if is_new {
        hook::job(app, &mut tx, &job, now_ms).await?;
    }
    tx.commit().await?;
    hook::wake(app);
    if is_new {
        app.hub.subscribe_people(room, &[client]);
        app.hub.publish_to(&[client], &Event::Opened { room });
    }
    Ok(job)
}

/// Takes a job one step further, and says so in its conversation.
pub async fn take(app: &App, me: &Scope, job: JobId, step: Step) -> Result<Job> {
    let before = one(app, me, job).await?;
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let asker = me.clone();
    writer::step(app, before.room, move |app, tx| {
        Box::pin(async move {
            let me = asker;
            writer::lock(tx, &[before.room].into()).await?;
            let held = found(tx, job).await?.ok_or(Error::NotFound)?;
            let part = Part::of(me.account, me.role, held.client, held.worker).ok_or(Error::NotFound)?;
            // Asked again, perhaps because the first answer was lost.
            if held.status == step.to() {
                return Ok(Vec::new());
            }
            if !part.may(step, held.status) {
                return Err(Error::Forbidden);
            }
            if !step.follows(held.status) {
                return Err(Error::conflict("job_status"));
            }
            if step != Step::Cancel && held.worker.is_none() {
                return Err(Error::conflict("job_unassigned"));
            }
            let now_ms = app.clock.now_ms();
            tx.run(taken(step), args![job, step.to().word(), now_ms]).await?;
            let note = Note::Status { status: step.to() };
            let words = step.words(&me.person.name);
            let note = writer::note(tx, held.room, me.account, note, words, now_ms).await?;
            let closed_ms = match step {
                Step::Cancel => Some(now_ms),
                Step::Finish => Some(now_ms + OPEN_AFTER_MS),
                Step::Confirm | Step::Start => None,
            };
            if closed_ms.is_some() {
                tx.run("update room set closed_at = $2 where id = $1", args![held.room, closed_ms]).await?;
            }
            let now = found(tx, job).await?.ok_or(Error::NotFound)?;
            hook::job(app, tx, &now, now_ms).await?;
            Ok(vec![note])
        })
    })
    .await?;
    one(app, me, job).await
}

fn taken(step: Step) -> &'static str {
    match step {
        Step::Confirm => "update job set status = $2, confirmed_at = $3 where id = $1",
        Step::Start => "update job set status = $2, started_at = $3 where id = $1",
        Step::Finish => "update job set status = $2, finished_at = $3 where id = $1",
        Step::Cancel => "update job set status = $2, cancelled_at = $3 where id = $1",
    }
}

/// Gives a job to a worker, or to nobody; its room follows in the same moment.
pub async fn assign(app: &App, me: &Scope, job: JobId, worker: Option<AccountId>) -> Result<Job> {
    if !me.role.may_assign_jobs() {
        // Whoever has no part in it does not learn that it exists.
        one(app, me, job).await?;
        return Err(Error::Forbidden);
    }
    let before = one(app, me, job).await?;
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let by = me.account;
    writer::step(app, before.room, move |app, tx| {
        Box::pin(async move {
            writer::lock(tx, &[before.room].into()).await?;
            let held = found(tx, job).await?.ok_or(Error::NotFound)?;
            if held.worker == worker {
                return Ok(Vec::new());
            }
            if let Some(worker) = worker
                && !role_of(tx, worker).await?.is_some_and(Role::may_do_jobs)
            {
                return Err(Error::NotFound);
            }
            if held.status.is_over() {
                return Err(Error::conflict("job_status"));
            }
            tx.run("update job set worker_id = $2 where id = $1", args![job, worker.map(|id| id.0)]).await?;
            let notes = member::follow_job(app, tx, held.room, by, job).await?;
            let now = found(tx, job).await?.ok_or(Error::NotFound)?;
            hook::job(app, tx, &now, app.clock.now_ms()).await?;
            Ok(notes)
        })
    })
    .await?;
    one(app, me, job).await
}

/// The room of a job, for the two who talk in it; the office sees the job, and not what is said.
pub async fn room(app: &App, me: &Scope, job: JobId) -> Result<RoomId> {
    let job = one(app, me, job).await?;
    match Part::of(me.account, me.role, job.client, job.worker) {
        Some(Part::Client | Part::Worker) => Ok(job.room),
        Some(Part::Office) | None => Err(Error::NotFound),
    }
}

/// One job, for those who have a part in it.
pub async fn one(app: &App, me: &Scope, job: JobId) -> Result<Job> {
    let row: Option<JobRow> = app
        .db
        .maybe(
            "select j.*, r.id as room_id from job j join room r on r.job_id = j.id where j.id = $1",
            args![job],
        )
        .await?;
    let job = row.ok_or(Error::NotFound)?.job()?;
    Part::of(me.account, me.role, job.client, job.worker).ok_or(Error::NotFound)?;
    Ok(job)
}

/// The jobs one has a part in: what is still to be done, the next first, and of what is over the last; each with
/// whether there is more.
pub async fn to_do_and_over(app: &App, me: &Scope) -> Result<(Vec<Job>, bool)> {
    let mut jobs = Vec::new();
    let mut more = false;
    for sql in [
        "select j.*, r.id as room_id from job j join room r on r.job_id = j.id \
         where ($1 = 1 or j.client_id = $2 or j.worker_id = $2) and j.status not in ('finished', 'cancelled') \
         order by j.at, j.id limit $3",
        "select j.*, r.id as room_id from job j join room r on r.job_id = j.id \
         where ($1 = 1 or j.client_id = $2 or j.worker_id = $2) and j.status in ('finished', 'cancelled') \
         order by j.at desc, j.id desc limit $3",
    ] {
        let sees_all = i64::from(me.role.may_assign_jobs());
        let rows: Vec<JobRow> = app.db.all(sql, args![sees_all, me.account, LIST_MAX + 1]).await?;
        more |= rows.len() > LIST_MAX as usize;
        for row in rows.into_iter().take(LIST_MAX as usize) {
            jobs.push(row.job()?);
        }
    }
    Ok((jobs, more))
}

/// The jobs one has a part in, the latest first.
pub async fn list(app: &App, me: &Scope, status: Option<JobStatus>, limit: u32) -> Result<Vec<Job>> {
    let rows: Vec<JobRow> = app
        .db
        .all(
            "select j.*, r.id as room_id from job j join room r on r.job_id = j.id \
             where ($1 = 1 or j.client_id = $2 or j.worker_id = $2) and ($3 = '' or j.status = $3) \
             order by j.at desc, j.id desc limit $4",
            args![
                i64::from(me.role.may_assign_jobs()),
                me.account,
                status.map_or("", JobStatus::word),
                limit.clamp(1, LIST_MAX)
            ],
        )
        .await?;
    rows.into_iter().map(JobRow::job).collect()
}

async fn found(tx: &mut Tx, job: JobId) -> Result<Option<Job>> {
    let row: Option<JobRow> = tx
        .maybe(
            "select j.*, r.id as room_id from job j join room r on r.job_id = j.id where j.id = $1",
            args![job],
        )
        .await?;
    row.map(JobRow::job).transpose()
}

async fn role_of(tx: &mut Tx, account: AccountId) -> Result<Option<Role>> {
    let found: Option<(String,)> =
        tx.maybe("select role from account where id = $1 and disabled_at is null", args![account]).await?;
    Ok(found.and_then(|(role,)| Role::from_word(&role)))
}

#[derive(sqlx::FromRow)]
struct JobRow {
    id: i64,
    title: String,
    client_id: i64,
    worker_id: Option<i64>,
    status: String,
    at: i64,
    confirmed_at: Option<i64>,
    started_at: Option<i64>,
    finished_at: Option<i64>,
    cancelled_at: Option<i64>,
    room_id: i64,
}

impl JobRow {
    fn job(self) -> Result<Job> {
        Ok(Job {
            id: JobId(self.id),
            title: self.title,
            client: AccountId(self.client_id),
            worker: self.worker_id.map(AccountId),
            status: JobStatus::from_word(&self.status)
                .ok_or_else(|| super::fault(&"a job has an unknown status"))?,
            at_ms: self.at,
            room: RoomId(self.room_id),
            confirmed_ms: self.confirmed_at,
            started_ms: self.started_at,
            finished_ms: self.finished_at,
            cancelled_ms: self.cancelled_at,
        })
    }
}
