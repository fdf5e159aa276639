//! Messages: the one writer that numbers and stores them, and the pages that read them back.

use super::{App, gate::Scope};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, MessageId, Result, RoomId,
        message::{Draft, Message, PAGE_MAX, PAGE_SIZE, Page, Stretch},
        wire::{Event, REPLAY_MAX},
    },
    server::db::Tx,
};
use std::sync::atomic::Ordering;
use tokio::sync::{mpsc, oneshot};

/// How many sends one commit may carry.
const BATCH_MAX: usize = 256;
/// Sends beyond this many wait for room in the queue instead of in memory.
const QUEUE_MAX: usize = 4_096;

/// What the database answers when another node stored the same cid at the same time.
const RACED: Error = Error::Unavailable { retry_ms: 0 };

/// The way to the task that writes messages.
#[derive(Clone, Debug)]
pub struct Writer(mpsc::Sender<Post>);

/// A send that waits for its commit.
#[derive(Debug)]
pub struct Post {
    sender: AccountId,
    draft: Draft,
    answer: oneshot::Sender<Result<Receipt>>,
}

/// A stored message, and whether this send is what stored it.
#[derive(Clone, Debug, PartialEq)]
pub struct Receipt {
    pub message: Message,
    pub fresh: bool,
}

impl Writer {
    /// A writer and the queue its task reads.
    pub fn new() -> (Writer, mpsc::Receiver<Post>) {
        let (sender, inbox) = mpsc::channel(QUEUE_MAX);
        (Writer(sender), inbox)
    }
}

/// Queues a message for the next commit; the answer comes when it is on disk.
pub async fn submit(app: &App, me: &Scope, draft: Draft) -> Result<oneshot::Receiver<Result<Receipt>>> {
    draft.check()?;
    app.rates.try_message(me.account, app.clock.now_ms())?;
    let (answer, answered) = oneshot::channel();
    let post = Post { sender: me.account, draft, answer };
    app.writer.0.send(post).await.map_err(|_| Error::Unavailable { retry_ms: 1_000 })?;
    Ok(answered)
}

/// Writes a message; returns once it is durable.
pub async fn post(app: &App, me: &Scope, draft: Draft) -> Result<Receipt> {
    submit(app, me, draft).await?.await.map_err(|_| Error::Unavailable { retry_ms: 1_000 })?
}

/// The task that owns every write: it takes what queued while the last commit ran, commits it as one
/// transaction, then answers, then publishes. A cancelled request cannot break a transaction it does not own.
pub async fn write(app: App, mut inbox: mpsc::Receiver<Post>) {
    let mut batch = Vec::with_capacity(BATCH_MAX);
    loop {
        tokio::select! {
            biased;
            taken = inbox.recv_many(&mut batch, BATCH_MAX) => if taken == 0 { return },
            () = app.stopped() => {
                // What was queued before the stop is still written; nothing is taken after it.
                inbox.close();
                if inbox.recv_many(&mut batch, BATCH_MAX).await == 0 {
                    return;
                }
            }
        }
        // Locks are always taken in the order of rooms, so that two nodes cannot wait for each other.
        batch.sort_by_key(|post| post.draft.room);
        let answers = match commit(&app, &batch).await {
            Ok(answers) => answers,
            Err(error) if batch.len() > 1 || error == RACED => one_by_one(&app, &batch).await,
            Err(error) => vec![Err(error)],
        };
        let fresh: Vec<Message> = answers
            .iter()
            .flatten()
            .filter(|receipt| receipt.fresh)
            .map(|receipt| receipt.message.clone())
            .collect();
        app.stored.fetch_add(fresh.len() as u64, Ordering::Relaxed);
        for (post, answer) in batch.drain(..).zip(answers) {
            // Whoever asked may have gone; the message is stored all the same.
            let _ = post.answer.send(answer);
        }
        for message in fresh {
            let room = message.room;
            app.hub.publish(room, &Event::Posted(message));
        }
    }
}

/// A batch that failed as a whole is tried again one by one, so that only the guilty send is refused.
async fn one_by_one(app: &App, batch: &[Post]) -> Vec<Result<Receipt>> {
    let mut answers = Vec::with_capacity(batch.len());
    for post in batch {
        let answer = commit(app, std::slice::from_ref(post)).await;
        answers.push(answer.and_then(|mut one| one.pop().unwrap_or(Err(Error::NotFound))));
    }
    answers
}

async fn commit(app: &App, batch: &[Post]) -> Result<Vec<Result<Receipt>>> {
    let mut tx = app.db.begin().await?;
    let mut answers = Vec::with_capacity(batch.len());
    for post in batch {
        match store(&mut tx, post, app.clock.now_ms()).await {
            // A refusal by rule leaves the transaction whole; a failing database does not.
            Err(error @ (Error::NotFound | Error::Conflict { .. })) => {
                answers.push(Err(error));
            }
            Err(error) => return Err(error),
            stored => answers.push(stored),
        }
    }
    tx.commit().await?;
    Ok(answers)
}

async fn store(tx: &mut Tx, post: &Post, now_ms: i64) -> Result<Receipt> {
    let Post { sender, draft: Draft { cid, room, body }, .. } = post;
    if let Some(message) = sent_before(tx, *sender, *cid).await? {
        let same = message.room == *room && message.body == *body;
        return if same { Ok(Receipt { message, fresh: false }) } else { Err(Error::conflict("cid_reused")) };
    }
    let numbered: Option<(i64,)> = tx
        .maybe(
            "update room set last_seq = last_seq + 1 \
             where id = $1 and exists (select 1 from member where room_id = $1 and account_id = $2) \
             returning last_seq",
            args![*room, *sender],
        )
        .await?;
    let (seq,) = numbered.ok_or(Error::NotFound)?;
    let added: Option<(i64,)> = tx
        .maybe(
            "insert into message (room_id, seq, change, sender_id, cid, body, sent_at) \
             values ($1, $2, $2, $3, $4, $5, $6) returning id",
            args![*room, seq, *sender, *cid, body, now_ms],
        )
        .await?;
    let (id,) = added.ok_or_else(|| super::fault(&"a stored message has no id"))?;
    let message = Message {
        id: MessageId(id),
        room: *room,
        seq,
        change: seq,
        sender: *sender,
        cid: *cid,
        body: body.clone(),
        sent_ms: now_ms,
    };
    Ok(Receipt { message, fresh: true })
}

async fn sent_before(tx: &mut Tx, sender: AccountId, cid: Cid) -> Result<Option<Message>> {
    let found: Option<MessageRow> = tx
        .maybe(
            "select id, room_id, seq, change, sender_id, cid, body, sent_at from message \
             where sender_id = $1 and cid = $2",
            args![sender, cid],
        )
        .await?;
    found.map(Message::try_from).transpose()
}

/// A stretch of a room's history, for its members only.
pub async fn page(app: &App, me: &Scope, room: RoomId, stretch: Stretch, limit: Option<u32>) -> Result<Page> {
    super::room::require_member(app, me, room).await?;
    let limit = limit.unwrap_or(PAGE_SIZE).clamp(1, PAGE_MAX);
    let (after, mut rows): (bool, Vec<MessageRow>) = match stretch {
        Stretch::After(seq) => (true, after(app, room, seq, limit + 1).await?),
        Stretch::Before(seq) => (false, before(app, room, seq, limit + 1).await?),
        Stretch::Newest => (false, before(app, room, i64::MAX, limit + 1).await?),
    };
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    if !after {
        rows.reverse();
    }
    let messages = rows.into_iter().map(Message::try_from).collect::<Result<_>>()?;
    Ok(Page { messages, more })
}

/// What a reader missed since its cursor.
#[derive(Debug, PartialEq)]
pub enum Missed {
    /// Every change, in order.
    All(Vec<Message>),
    /// Too many to replay: numbers from the first missed to the newest.
    TooMany { from: i64, to: i64 },
    /// The cursor is ahead of the room: it belongs to another past.
    Ahead,
}

/// The changes of a room after a cursor, as far as they can be replayed at once.
pub async fn missed(app: &App, room: RoomId, cursor: i64) -> Result<Missed> {
    let head: Option<(i64,)> = app.db.maybe("select last_seq from room where id = $1", args![room]).await?;
    let (head,) = head.ok_or(Error::NotFound)?;
    if cursor > head || cursor < 0 {
        return Ok(Missed::Ahead);
    }
    if head - cursor > i64::from(REPLAY_MAX) {
        return Ok(Missed::TooMany { from: cursor + 1, to: head });
    }
    let rows = after(app, room, cursor, REPLAY_MAX).await?;
    rows.into_iter().map(Message::try_from).collect::<Result<_>>().map(Missed::All)
}

async fn after(app: &App, room: RoomId, change: i64, limit: u32) -> Result<Vec<MessageRow>> {
    app.db
        .all(
            "select id, room_id, seq, change, sender_id, cid, body, sent_at from message \
             where room_id = $1 and change > $2 order by change limit $3",
            args![room, change, limit],
        )
        .await
}

async fn before(app: &App, room: RoomId, seq: i64, limit: u32) -> Result<Vec<MessageRow>> {
    app.db
        .all(
            "select id, room_id, seq, change, sender_id, cid, body, sent_at from message \
             where room_id = $1 and seq < $2 order by seq desc limit $3",
            args![room, seq, limit],
        )
        .await
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    id: i64,
    room_id: i64,
    seq: i64,
    change: i64,
    sender_id: i64,
    cid: Vec<u8>,
    body: String,
    sent_at: i64,
}

impl TryFrom<MessageRow> for Message {
    type Error = Error;

    fn try_from(row: MessageRow) -> Result<Message> {
        let cid = row.cid.try_into().map_err(|_| super::fault(&"a stored cid is not 16 bytes long"))?;
        Ok(Message {
            id: MessageId(row.id),
            room: RoomId(row.room_id),
            seq: row.seq,
            change: row.change,
            sender: AccountId(row.sender_id),
            cid: Cid(cid),
            body: row.body,
            sent_ms: row.sent_at,
        })
    }
}
