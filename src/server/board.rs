//! The board: jobs as their people see them, with everybody's name.

use super::{App, gate::Scope, job, receipt, room};
use crate::{
    args,
    model::{
        AccountId, Error, JobId, Result, RoomId,
        account::Person,
        job::{Board, Job, JobCard, Part},
        receipt::Standing,
    },
    server::batch::Batch,
};
use std::collections::HashMap;

/// The jobs one has a part in, the latest first; one that is asked for is among them, however old it is.
pub async fn board(app: &App, me: &Scope, open: Option<JobId>) -> Result<Board> {
    let (mut jobs, more) = job::to_do_and_over(app, me).await?;
    if let Some(open) = open.filter(|open| jobs.iter().all(|job| job.id != *open)) {
        match job::one(app, me, open).await {
            Ok(job) => jobs.push(job),
            // Perhaps it was one's own until a moment ago: the others are still there.
            Err(Error::NotFound) => {}
            Err(error) => return Err(error),
        }
    }
    jobs.sort_by_key(|job| std::cmp::Reverse((job.at_ms, job.id)));
    let jobs = cards(app, me, jobs).await?;
    let workers = if me.role.may_assign_jobs() { workers(app, me).await? } else { Vec::new() };
    Ok(Board { jobs, workers, more })
}

/// One of them by itself.
pub async fn one(app: &App, me: &Scope, id: JobId) -> Result<JobCard> {
    let jobs = vec![job::one(app, me, id).await?];
    cards(app, me, jobs).await?.pop().ok_or(Error::NotFound)
}

async fn cards(app: &App, me: &Scope, jobs: Vec<Job>) -> Result<Vec<JobCard>> {
    let people = people(app, me, &jobs).await?;
    let rooms = jobs.iter().map(|job| job.room).collect();
    let standings = receipt::standings_in(app, me.account, rooms).await?;
    Ok(jobs.into_iter().filter_map(|job| card(me, job, &people, &standings)).collect())
}

fn card(
    me: &Scope,
    job: Job,
    people: &HashMap<AccountId, Person>,
    standings: &HashMap<RoomId, Standing>,
) -> Option<JobCard> {
    let part = Part::of(me.account, me.role, job.client, job.worker)?;
    let client = people.get(&job.client)?.clone();
    let worker = job.worker.and_then(|worker| people.get(&worker)).cloned();
    let unread = standings.get(&job.room).map_or(0, |standing| standing.unread);
    Some(JobCard { job, client, worker, part, unread })
}

static PEOPLE: Batch = Batch::new(
    "select a.id, a.name, a.role, a.headline, a.born from (values {rows}) as v join account a on a.id = v.column1",
    1,
);

type PersonRow = (i64, String, String, Option<String>, Option<String>);

fn person(me: &Scope, (id, name, role, headline, born): PersonRow) -> Result<Person> {
    room::person(me, id, name, &role, headline, born)
}

async fn people(app: &App, me: &Scope, jobs: &[Job]) -> Result<HashMap<AccountId, Person>> {
    let mut ids: Vec<AccountId> =
        jobs.iter().flat_map(|job| [Some(job.client), job.worker]).flatten().collect();
    ids.sort_unstable();
    ids.dedup();
    let mut people = HashMap::with_capacity(ids.len());
    for (sql, args) in PEOPLE.over(app.db.places(), None, ids.into_iter().map(|id| [id.into()])) {
        let rows: Vec<PersonRow> = app.db.all(sql, args).await?;
        for row in rows {
            let person = person(me, row)?;
            people.insert(person.id, person);
        }
    }
    Ok(people)
}

async fn workers(app: &App, me: &Scope) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> = app
        .db
        .all(
            "select id, name, role, headline, born from account \
             where role in ('practitioner', 'staff', 'worker') and disabled_at is null order by name, id",
            args![],
        )
        .await?;
    rows.into_iter().map(|row| person(me, row)).collect()
}
