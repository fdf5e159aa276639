//! Receipts: how far members have received and read, gathered for a moment, stored, then told.

use super::{
    App,
    batch::Batch,
    gate::Scope,
    hook,
    outbox::About,
    writer::{self, Work},
};
use crate::{
    args,
    model::{
        AccountId, Result, RoomId,
        receipt::{Receipt, Standing},
        wire::Event,
    },
    server::db::{Arg, Tx},
};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::sync::Notify;

/// In larger rooms receipts are kept and shown on asking, but not told to everybody one by one: a thousand
/// readers would tell a million things.
pub const TOLD_MAX: usize = 64;

/// How far somebody has come, waiting to be stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    pub room: RoomId,
    pub account: AccountId,
    pub delivered: i64,
    pub read: i64,
}

/// The marks of the last moment, one for each member and room however often they moved.
#[derive(Debug, Default)]
pub struct Marks {
    waiting: Mutex<HashMap<(RoomId, AccountId), (i64, i64)>>,
    filled: Notify,
}

impl Marks {
    fn put(&self, marks: impl IntoIterator<Item = Mark>) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        for Mark { room, account, delivered, read } in marks {
            let mark = waiting.entry((room, account)).or_default();
            *mark = (mark.0.max(delivered), mark.1.max(read));
        }
        drop(waiting);
        self.filled.notify_one();
    }

    fn take(&self) -> Vec<Mark> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let marks = waiting.drain();
        marks.map(|((room, account), (delivered, read))| Mark { room, account, delivered, read }).collect()
    }
}

/// Everything up to this number has reached a device of this member.
pub fn deliver(app: &App, me: &Scope, rooms: impl IntoIterator<Item = (RoomId, i64)>) -> Result<()> {
    app.rates.marks.try_one(me.account, app.clock.now_ms())?;
    app.marks.put(rooms.into_iter().map(|(room, seq)| Mark {
        room,
        account: me.account,
        delivered: seq,
        read: 0,
    }));
    Ok(())
}

/// Everything up to this number has been on the screen of this member.
pub fn read(app: &App, me: &Scope, room: RoomId, seq: i64) -> Result<()> {
    app.rates.marks.try_one(me.account, app.clock.now_ms())?;
    app.hub.active(me.account);
    app.marks.put([Mark { room, account: me.account, delivered: seq, read: seq }]);
    Ok(())
}

/// The same for a caller who asks right after: returns once it is stored, and the room is told.
pub async fn read_now(app: &App, me: &Scope, room: RoomId, seq: i64) -> Result<()> {
    app.rates.marks.try_one(me.account, app.clock.now_ms())?;
    app.hub.active(me.account);
    let mark = Mark { room, account: me.account, delivered: seq, read: seq };
    let (sender, moved) = tokio::sync::oneshot::channel();
    writer::step(app, room, move |app, tx| {
        Box::pin(async move {
            writer::lock(tx, &[room].into()).await?;
            let now_ms = app.clock.now_ms();
            // Nobody listens when the caller has gone, and what was read stays read.
            let moved = store(tx, &[mark], now_ms).await?;
            hook::read(app, tx, &moved, now_ms).await?;
            let _ = sender.send((moved, now_ms));
            Ok(Vec::new())
        })
    })
    .await?;
    if let Ok((receipts, now_ms)) = moved.await {
        tell(app, receipts, now_ms);
    }
    Ok(())
}

/// Stores marks a while later, because they could not be stored now.
pub fn again(app: &App, marks: Vec<Mark>, wait: Duration) {
    if marks.is_empty() {
        return;
    }
    let later = app.clone();
    app.spawn(async move {
        tokio::select! {
            () = tokio::time::sleep(wait) => later.marks.put(marks),
            () = later.stopped() => {}
        }
    });
}

/// The task that hands the marks of each moment to the writer.
pub async fn gather(app: App) {
    loop {
        tokio::select! {
            () = app.marks.filled.notified() => {}
            () = app.stopped() => {}
        }
        if !app.is_stopping() {
            tokio::select! {
                () = tokio::time::sleep(app.timing.marks_every) => {}
                () = app.stopped() => {}
            }
        }
        let mut by_shard: HashMap<usize, Vec<Mark>> = HashMap::new();
        for mark in app.marks.take() {
            by_shard.entry(app.writer.shard(mark.room)).or_default().push(mark);
        }
        for (shard, marks) in by_shard {
            // A writer that has stopped takes no more; an unread message is read again.
            let _ = app.writer.submit_to(shard, Work::Marks(marks)).await;
        }
        if app.is_stopping() {
            return;
        }
    }
}

// A mark ahead of its room is a mistake, or a lie, and moves nothing.
static MOVED: Batch = Batch::new(
    "update member set \
     delivered_at = case when v.column3 > delivered_seq then {lead} else delivered_at end, \
     read_at = case when v.column4 > read_seq then {lead} else read_at end, \
     delivered_seq = case when v.column3 > delivered_seq then v.column3 else delivered_seq end, \
     read_seq = case when v.column4 > read_seq then v.column4 else read_seq end \
     from (values {rows}) as v \
     where room_id = v.column1 and account_id = v.column2 and (v.column3 > delivered_seq or v.column4 > read_seq) \
     and v.column3 <= (select last_seq from room where id = v.column1) \
     returning room_id, account_id, delivered_seq, delivered_at, read_seq, read_at",
    4,
);

type ReceiptRow = (i64, i64, i64, Option<i64>, i64, Option<i64>);

fn receipt((room, account, delivered_seq, delivered_ms, read_seq, read_ms): ReceiptRow) -> Receipt {
    Receipt {
        room: RoomId(room),
        account: AccountId(account),
        delivered_seq,
        delivered_ms,
        read_seq,
        read_ms,
    }
}

/// Moves cursors forward inside a transaction; answers those that moved.
pub async fn store(tx: &mut Tx, marks: &[Mark], now_ms: i64) -> Result<Vec<Receipt>> {
    let mut sorted: Vec<&Mark> = marks.iter().collect();
    // Always in the same order, so that two nodes cannot wait for each other.
    sorted.sort_unstable_by_key(|mark| (mark.room, mark.account));
    let rows = sorted.into_iter().map(|mark| {
        [mark.room.into(), mark.account.into(), mark.delivered.max(mark.read).into(), mark.read.into()]
    });
    let mut moved = Vec::new();
    for (sql, args) in MOVED.over(tx.places(), Some(Arg::from(now_ms)), rows) {
        let rows: Vec<ReceiptRow> = tx.all(sql, args).await?;
        moved.extend(rows.into_iter().map(receipt));
    }
    Ok(moved)
}

/// Tells stored receipts: everybody in the room now, and soon the reader's own tabs what is left unread.
pub fn tell(app: &App, receipts: Vec<Receipt>, now_ms: i64) {
    let mut readers: Vec<(RoomId, AccountId)> = Vec::new();
    for receipt in receipts {
        let Receipt { room, account, .. } = receipt;
        if app.hub.listener_count(room) <= TOLD_MAX {
            app.hub.pass(room, None, About::Receipt(room, account), &Event::Receipt(receipt));
        }
        if receipt.read_ms == Some(now_ms) && app.hub.is_connected(account) {
            readers.push((room, account));
        }
    }
    if !readers.is_empty() {
        app.tallies.put(readers);
    }
}

/// What others wrote in a room behind what one has read, of `r` and `m`.
macro_rules! unread {
    () => {
        "case when r.last_seq > m.read_seq then (select count(*) from message x where x.room_id = m.room_id \
         and x.seq > m.read_seq and x.sender_id <> m.account_id and x.kind <> 'system') else 0 end"
    };
}

static STANDING_OF: Batch = Batch::new(
    concat!(
        "select m.room_id, m.account_id, r.last_seq, m.read_seq, ",
        unread!(),
        " as unread from (values {rows}) as v \
         join member m on m.room_id = v.column1 and m.account_id = v.column2 join room r on r.id = m.room_id"
    ),
    2,
);

/// Where people stand in rooms, of those who are in them.
pub async fn standings_of(app: &App, places: Vec<(RoomId, AccountId)>) -> Result<Vec<(AccountId, Standing)>> {
    let rows = places.into_iter().map(|(room, account)| [room.into(), account.into()]);
    let mut standings = Vec::new();
    for (sql, args) in STANDING_OF.over(app.db.places(), None, rows) {
        let rows: Vec<StandingRow> = app.db.all(sql, args).await?;
        standings.extend(rows.into_iter().map(StandingRow::read));
    }
    Ok(standings)
}

/// Where a person stands in some rooms; nowhere in those they are not in.
pub async fn standings_in(
    app: &App,
    account: AccountId,
    rooms: Vec<RoomId>,
) -> Result<HashMap<RoomId, Standing>> {
    let places = rooms.into_iter().map(|room| (room, account)).collect();
    let standings = standings_of(app, places).await?;
    Ok(standings.into_iter().map(|(_, standing)| (standing.room, standing)).collect())
}

/// Where a person stands in each of their rooms, by the rooms' numbers.
pub async fn standings(app: &App, account: AccountId) -> Result<Vec<Standing>> {
    let sql = concat!(
        "select m.room_id, m.account_id, r.last_seq, m.read_seq, ",
        unread!(),
        " as unread from member m join room r on r.id = m.room_id where m.account_id = $1 order by m.room_id"
    );
    let rows: Vec<StandingRow> = app.db.all(sql, args![account]).await?;
    Ok(rows.into_iter().map(|row| row.read().1).collect())
}

/// How much of all their rooms a person has not read.
pub async fn unread(app: &App, account: AccountId) -> Result<u32> {
    let sql = concat!(
        "select cast(coalesce(sum(",
        unread!(),
        "), 0) as bigint) from member m join room r on r.id = m.room_id where m.account_id = $1"
    );
    let found: Option<(i64,)> = app.db.maybe(sql, args![account]).await?;
    Ok(found.map_or(0, |(unread,)| u32::try_from(unread).unwrap_or(u32::MAX)))
}

/// How far everybody in a room has come.
pub async fn of_room(app: &App, room: RoomId) -> Result<Vec<Receipt>> {
    let rows: Vec<ReceiptRow> = app
        .db
        .all(
            "select room_id, account_id, delivered_seq, delivered_at, read_seq, read_at from member \
             where room_id = $1 order by account_id",
            args![room],
        )
        .await?;
    Ok(rows.into_iter().map(receipt).collect())
}

#[derive(sqlx::FromRow)]
struct StandingRow {
    room_id: i64,
    account_id: i64,
    last_seq: i64,
    read_seq: i64,
    unread: i64,
}

impl StandingRow {
    fn read(self) -> (AccountId, Standing) {
        let standing = Standing {
            room: RoomId(self.room_id),
            head: self.last_seq,
            read: self.read_seq,
            unread: u32::try_from(self.unread).unwrap_or(u32::MAX),
        };
        (AccountId(self.account_id), standing)
    }
}
