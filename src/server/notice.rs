//! Notices: what happened to somebody while they looked elsewhere, gathered from where it stands.

use super::{App, gate::Scope, preference, room};
use crate::{
    args,
    model::{
        JobId, Result, RoomId, device,
        job::JobStatus,
        notice::{Notice, What},
    },
};

/// What is older is not news.
const KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// How many are shown.
const SHOWN: usize = 60;

/// A job: its id, title, and when it was confirmed, started, finished, cancelled.
type JobRow = (i64, String, Option<i64>, Option<i64>, Option<i64>, Option<i64>);

/// The newest notices; looking at them makes them old.
pub async fn list(app: &App, me: &Scope) -> Result<Vec<Notice>> {
    let now_ms = app.clock.now_ms();
    let since_ms = now_ms - KEPT_MS;
    let seen = preference::chosen(app, me, preference::NOTICES_SEEN).await?;
    let seen_ms: i64 = seen.and_then(|value| value.parse().ok()).unwrap_or_default();
    let mut found = messages(app, me).await?;
    found.extend(groups(app, me, since_ms).await?);
    found.extend(jobs(app, me, since_ms).await?);
    found.extend(sign_ins(app, me, since_ms).await?);
    found.sort_by_key(|(at_ms, _)| -at_ms);
    found.truncate(SHOWN);
    preference::choose(app, me, preference::NOTICES_SEEN, &now_ms.to_string()).await?;
    Ok(found.into_iter().map(|(at_ms, what)| Notice { at_ms, what, is_new: at_ms > seen_ms }).collect())
}

async fn messages(app: &App, me: &Scope) -> Result<Vec<(i64, What)>> {
    let rooms = room::list(app, me, None).await?.rooms;
    let waiting = rooms.into_iter().filter(|card| card.unread > 0);
    Ok(waiting
        .map(|card| {
            let at_ms = card.last.as_ref().map_or(card.active_ms, |last| last.sent_ms);
            (at_ms, What::Messages { room: card.id, name: card.name, count: card.unread })
        })
        .collect())
}

async fn groups(app: &App, me: &Scope, since_ms: i64) -> Result<Vec<(i64, What)>> {
    let rows: Vec<(i64, i64, Option<String>)> = app
        .db
        .all(
            "select m.joined_at, r.id, r.title from member m join room r on r.id = m.room_id \
             where m.account_id = $1 and r.kind = 'group' and m.joined_at > $2 \
             and (r.owner_id is null or r.owner_id <> $1)",
            args![me.account, since_ms],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(at_ms, room, title)| {
            (at_ms, What::Joined { room: RoomId(room), name: title.unwrap_or_default() })
        })
        .collect())
}

async fn jobs(app: &App, me: &Scope, since_ms: i64) -> Result<Vec<(i64, What)>> {
    let rows: Vec<JobRow> = app
        .db
        .all(
            "select id, title, confirmed_at, started_at, finished_at, cancelled_at from job \
             where (client_id = $1 or worker_id = $1) \
             and (confirmed_at > $2 or started_at > $2 or finished_at > $2 or cancelled_at > $2)",
            args![me.account, since_ms],
        )
        .await?;
    let steps = rows.into_iter().flat_map(|(id, title, confirmed, started, finished, cancelled)| {
        let reached = [
            (confirmed, JobStatus::Confirmed),
            (started, JobStatus::Started),
            (finished, JobStatus::Finished),
            (cancelled, JobStatus::Cancelled),
        ];
        reached.map(|(at_ms, status)| (at_ms, What::Job { job: JobId(id), title: title.clone(), status }))
    });
    Ok(steps.filter_map(|(at_ms, what)| Some((at_ms.filter(|at_ms| *at_ms > since_ms)?, what))).collect())
}

async fn sign_ins(app: &App, me: &Scope, since_ms: i64) -> Result<Vec<(i64, What)>> {
    let rows: Vec<(i64, Option<String>)> = app
        .db
        .all(
            "select created_at, agent from session where account_id = $1 and created_at > $2 and key <> $3 \
             order by created_at desc limit $4",
            args![me.account, since_ms, &me.session, SHOWN as i64],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|(at_ms, agent)| (at_ms, What::SignedIn { device: device::name(&agent.unwrap_or_default()) }))
        .collect())
}
