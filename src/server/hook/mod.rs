//! Hooks: programs elsewhere that are told what happens here. Who keeps them, and what is to be told.

pub mod call;

use super::{
    App,
    batch::Batch,
    db::{Arg, Tx},
    gate::Scope,
    random_hex,
};
use crate::{
    args,
    model::{
        Error, HookId, Result, Why,
        hook::{Hook, HookEvent},
        job::Job,
        message::{Kind, Message},
        receipt::Receipt,
    },
    server::clock::stamp,
};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use tokio::sync::Notify;

/// More hooks than this are a mistake.
const HOOKS_MAX: i64 = 50;

/// What hooks want to hear, as far as this process knows: writing must not ask for it each time.
#[derive(Debug)]
pub struct Hooks {
    wanted: AtomicI64,
    filled: Notify,
    /// Whether something has been queued that the task has not been woken for.
    queued: AtomicBool,
    /// Whether there may be calls for hooks that are gone.
    dropping: AtomicBool,
    /// What this process calls itself while it has a hook for itself.
    process: String,
}

impl Default for Hooks {
    fn default() -> Self {
        Hooks {
            // Everything, until it has been asked for: a start must not lose what is written in its first second.
            wanted: AtomicI64::new(-1),
            filled: Notify::new(),
            queued: AtomicBool::new(false),
            dropping: AtomicBool::new(true),
            process: random_hex(),
        }
    }
}

impl Hooks {
    fn want(&self, event: HookEvent) -> bool {
        self.wanted.load(Ordering::Relaxed) & event.bit() != 0
    }
}

/// A hook that was just made, with the secret its calls are signed with, which is not shown again.
#[derive(Clone, Debug)]
pub struct NewHook {
    pub hook: Hook,
    pub secret: String,
}

/// Every hook.
pub async fn list(app: &App, me: &Scope) -> Result<Vec<Hook>> {
    require_keeper(me)?;
    let rows: Vec<HookRow> = app
        .db
        .all("select id, url, events, created_at, failing_since, disabled_at from hook order by id", args![])
        .await?;
    Ok(rows.into_iter().map(HookRow::hook).collect())
}

/// Begins to tell somebody.
pub async fn add(app: &App, me: &Scope, url: &str, events: &[HookEvent]) -> Result<NewHook> {
    require_keeper(me)?;
    let url = app.egress.check(url).map_err(|_| Error::invalid("url", Why::Malformed))?;
    if events.is_empty() {
        return Err(Error::invalid("events", Why::Empty));
    }
    let count: Option<(i64,)> = app.db.maybe("select count(*) from hook", args![]).await?;
    if count.is_some_and(|(count,)| count >= HOOKS_MAX) {
        return Err(Error::conflict("hooks_full"));
    }
    let secret = call::new_secret();
    let bits = events.iter().fold(0, |bits, event| bits | event.bit());
    let mut tx = app.db.begin().await?;
    let added: Option<(i64,)> = tx
        .maybe(
            "insert into hook (url, secret, events, created_at) values ($1, $2, $3, $4) returning id",
            args![url.as_str(), secret.as_str(), bits, app.clock.now_ms()],
        )
        .await?;
    tx.commit().await?;
    let id = HookId(added.ok_or(Error::NotFound)?.0);
    refresh(app).await?;
    Ok(NewHook { hook: one(app, id).await?, secret })
}

/// Tells somebody no more; what was still to be told is dropped.
pub async fn remove(app: &App, me: &Scope, hook: HookId) -> Result<()> {
    require_keeper(me)?;
    let removed = app.db.run("delete from hook where id = $1", args![hook]).await?;
    app.hooks.dropping.store(true, Ordering::Relaxed);
    refresh(app).await?;
    if removed == 0 { Err(Error::NotFound) } else { Ok(()) }
}

/// Goes on with one that was given up, from now on.
pub async fn enable(app: &App, me: &Scope, hook: HookId) -> Result<Hook> {
    require_keeper(me)?;
    // From now on: what was not dropped yet is not told after all. In pieces, so that messages need not wait.
    let leftover = "delete from hook_call where id in (select c.id from hook_call c join hook h on h.id = c.hook_id \
                    where h.id = $1 and h.disabled_at is not null order by c.id limit 1000)";
    while app.db.run(leftover, args![hook]).await? > 0 {}
    app.db
        .run(
            "update hook set disabled_at = null, failing_since = null, tries = 0, due_at = 0 where id = $1",
            args![hook],
        )
        .await?;
    refresh(app).await?;
    one(app, hook).await
}

async fn one(app: &App, hook: HookId) -> Result<Hook> {
    let row: Option<HookRow> = app
        .db
        .maybe(
            "select id, url, events, created_at, failing_since, disabled_at from hook where id = $1",
            args![hook],
        )
        .await?;
    row.map(HookRow::hook).ok_or(Error::NotFound)
}

fn require_keeper(me: &Scope) -> Result<()> {
    if me.role.may_keep_hooks() { Ok(()) } else { Err(Error::Forbidden) }
}

/// Learns what hooks want to hear.
async fn refresh(app: &App) -> Result<()> {
    let found: Vec<(i64,)> = app.db.all("select events from hook where disabled_at is null", args![]).await?;
    let wanted = found.into_iter().fold(0, |all, (events,)| all | events);
    app.hooks.wanted.store(wanted, Ordering::Relaxed);
    Ok(())
}

static WANTING: &str = "select id, events from hook where disabled_at is null";
static QUEUED: Batch = Batch::new("insert into hook_call (created_at, hook_id, body) values {rows}", 3);

/// Notes new messages for whoever wants to hear of them, in the transaction that stores them.
pub async fn posted(
    app: &App,
    tx: &mut Tx,
    messages: impl Iterator<Item = &Message>,
    now_ms: i64,
) -> Result<()> {
    let told = messages.filter(|message| message.kind != Kind::System).map(|message| {
        json!({
            "id": message.id,
            "room": message.room,
            "seq": message.seq,
            "sender": message.sender,
            "kind": message.kind.word(),
        })
    });
    queue(app, tx, HookEvent::MessagePosted, told, now_ms).await
}

/// Notes how far people have read.
pub async fn read(app: &App, tx: &mut Tx, receipts: &[Receipt], now_ms: i64) -> Result<()> {
    let told = receipts
        .iter()
        .filter(|receipt| receipt.read_ms == Some(now_ms))
        .map(|receipt| json!({ "room": receipt.room, "account": receipt.account, "seq": receipt.read_seq }));
    queue(app, tx, HookEvent::MessageRead, told, now_ms).await
}

/// Notes where a job stands.
pub async fn job(app: &App, tx: &mut Tx, job: &Job, now_ms: i64) -> Result<()> {
    let told = json!({
        "id": job.id,
        "room": job.room,
        "status": job.status.word(),
        "client": job.client,
        "worker": job.worker,
    });
    queue(app, tx, HookEvent::JobChanged, [told], now_ms).await
}

async fn queue(
    app: &App,
    tx: &mut Tx,
    event: HookEvent,
    told: impl IntoIterator<Item = Value>,
    now_ms: i64,
) -> Result<()> {
    if !app.hooks.want(event) {
        return Ok(());
    }
    let bodies: Vec<String> = told
        .into_iter()
        .map(|data| json!({ "type": event.word(), "timestamp": stamp(now_ms), "data": data }).to_string())
        .collect();
    let hooks: Vec<(i64, i64)> = tx.all(WANTING, args![]).await?;
    let wanting = hooks.into_iter().filter(|(_, events)| events & event.bit() != 0).map(|(id, _)| id);
    for hook in wanting {
        let rows = bodies.iter().map(|body| [Arg::from(now_ms), Arg::from(hook), Arg::from(body)]);
        for (sql, args) in QUEUED.over(tx.places(), None, rows) {
            tx.run(sql, args).await?;
        }
    }
    app.hooks.queued.store(true, Ordering::Relaxed);
    Ok(())
}

/// Wakes the task that tells, if anything was queued; called once that is committed.
pub fn wake(app: &App) {
    if app.hooks.queued.swap(false, Ordering::Relaxed) {
        app.hooks.filled.notify_one();
    }
}

#[derive(sqlx::FromRow)]
struct HookRow {
    id: i64,
    url: String,
    events: i64,
    created_at: i64,
    failing_since: Option<i64>,
    disabled_at: Option<i64>,
}

impl HookRow {
    fn hook(self) -> Hook {
        Hook {
            id: HookId(self.id),
            url: self.url,
            events: HookEvent::ALL.into_iter().filter(|event| self.events & event.bit() != 0).collect(),
            created_ms: self.created_at,
            failing_since_ms: self.failing_since,
            disabled_ms: self.disabled_at,
        }
    }
}
