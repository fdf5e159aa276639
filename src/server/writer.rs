//! The writer: the one way into every room's line. It commits what queued while the last commit ran.

use super::{
    App,
    batch::Batch,
    hook, hub,
    message::{self, Stored},
    outbox::Outbox,
    publish::publish,
    receipt::{self, Mark},
};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, Result, RoomId,
        message::{Draft, Message, Note},
        receipt::Receipt,
        wire::Event,
    },
    sabotage,
    server::db::{Arg, Tx},
};
use futures::future::BoxFuture;
use std::{
    collections::{BTreeSet, HashSet},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout, timeout_at},
};

/// How many sends one commit may carry.
const BATCH_MAX: usize = 256;
/// Sends beyond this many wait for room in the queue instead of in memory.
const QUEUE_MAX: usize = 4_096;
/// What has waited longer for its turn is refused instead of begun: with its commit, an answer comes within 10 s.
const WAIT_MAX: Duration = Duration::from_secs(4);
/// A commit that takes longer is uncertain, and said to be.
const COMMIT_WITHIN: Duration = Duration::from_secs(4);
/// How often a database that took no writes is asked whether it takes them again.
const PROBE_EVERY: Duration = Duration::from_secs(1);
/// A probe that takes longer has found out enough.
const PROBED_WITHIN: Duration = Duration::from_secs(1);

/// What is answered while the database takes no writes.
pub const AWAY: Error = Error::Unavailable { retry_ms: 1_000 };
/// What the database answers when another node stored the same cid at the same time.
const RACED: Error = Error::Unavailable { retry_ms: 0 };

/// The way to the tasks that write: one on SQLite, a few on PostgreSQL, each with rooms of its own.
#[derive(Debug)]
pub struct Writer {
    shards: Vec<Shard>,
}

/// The way to one of them.
#[derive(Debug)]
struct Shard {
    queue: mpsc::Sender<(Instant, Work)>,
    /// Whether the last thing written was refused by the database. Until it takes something again, nobody has to
    /// wait to be told so.
    ailing: AtomicBool,
}

/// Something to be written.
pub enum Work {
    Post(Post),
    Step(Step, oneshot::Sender<Result<()>>),
    Marks(Vec<Mark>),
}

/// A send that waits for its commit.
pub struct Post {
    pub sender: AccountId,
    pub draft: Draft,
    pub answer: Answer,
}

impl Post {
    /// Who says it, and where: what one person says in a room keeps its order.
    fn place(&self) -> (AccountId, RoomId) {
        (self.sender, self.draft.room)
    }
}

/// Where the answer to a send goes.
pub enum Answer {
    /// To whoever waits for it.
    Caller(oneshot::Sender<Result<Stored>>),
    /// Straight to the connection it came from.
    Connection(Outbox),
}

/// A change of a room's people or name, as a transaction of its own; it answers the notes it left.
pub type Step = Box<dyn for<'a> FnOnce(&'a App, &'a mut Tx) -> BoxFuture<'a, Result<Vec<Message>>> + Send>;

/// The reading end of one shard: what is to be written, and since when it waits.
pub type Inbox = mpsc::Receiver<(Instant, Work)>;

impl Writer {
    /// A writer of so many shards, and the queues their tasks read.
    pub fn new(shards: usize) -> (Writer, Vec<Inbox>) {
        let (queues, inboxes): (Vec<_>, _) = (0..shards).map(|_| mpsc::channel(QUEUE_MAX)).unzip();
        let shards = queues.into_iter().map(|queue| Shard { queue, ailing: AtomicBool::new(false) });
        (Writer { shards: shards.collect() }, inboxes)
    }

    /// Whether the database takes writes, as far as is known.
    pub fn is_well(&self) -> bool {
        !(0..self.shards.len()).any(|shard| self.is_ailing(shard))
    }

    fn is_ailing(&self, shard: usize) -> bool {
        self.shards[shard].ailing.load(Ordering::Relaxed)
    }

    fn ail(&self, shard: usize, is_ailing: bool) {
        self.shards[shard].ailing.store(is_ailing, Ordering::Relaxed);
    }

    /// Queues work on a room's line, after what was queued for it before.
    pub async fn submit(&self, room: RoomId, work: Work) -> Result<()> {
        let shard = self.shard(room);
        if self.is_ailing(shard) {
            return Err(AWAY);
        }
        self.submit_to(shard, work).await
    }

    /// Queues work for one shard, whatever state it is in.
    pub async fn submit_to(&self, shard: usize, work: Work) -> Result<()> {
        self.shards[shard].queue.send((Instant::now(), work)).await.map_err(|_| AWAY)
    }

    /// The shard a room's line belongs to.
    pub fn shard(&self, room: RoomId) -> usize {
        room.0.unsigned_abs() as usize % self.shards.len()
    }
}

/// Changes a room's people or name; returns once that is durable and told.
pub async fn step(
    app: &App,
    room: RoomId,
    step: impl for<'a> FnOnce(&'a App, &'a mut Tx) -> BoxFuture<'a, Result<Vec<Message>>> + Send + 'static,
) -> Result<()> {
    let (answer, answered) = oneshot::channel();
    app.writer.submit(room, Work::Step(Box::new(step), answer)).await?;
    answered.await.map_err(|_| AWAY)?
}

/// The task of one shard: it takes what queued while the last commit ran, commits it as one transaction, then
/// answers, then publishes. A cancelled request cannot break a transaction it does not own.
pub async fn write(app: App, shard: usize, mut inbox: Inbox) {
    let mut taken = Vec::with_capacity(BATCH_MAX);
    loop {
        tokio::select! {
            biased;
            count = inbox.recv_many(&mut taken, BATCH_MAX) => if count == 0 { return },
            () = app.stopped() => {
                // What was queued before the stop is still written; nothing is taken after it.
                inbox.close();
                if inbox.recv_many(&mut taken, BATCH_MAX).await == 0 {
                    return;
                }
            }
            () = tokio::time::sleep(PROBE_EVERY), if app.writer.is_ailing(shard) => {
                let probe = timeout(PROBED_WITHIN, app.db.takes_writes()).await;
                app.writer.ail(shard, !matches!(probe, Ok(Ok(()))));
            }
        }
        let (mut posts, mut marks) = (Vec::new(), Vec::new());
        // Of somebody whose words were refused nothing later is taken before they have said them again.
        let mut refused: HashSet<(AccountId, RoomId)> = HashSet::new();
        for (since, work) in taken.drain(..) {
            let is_late = || since.elapsed() > WAIT_MAX;
            match work {
                Work::Post(post) if is_late() || refused.contains(&post.place()) => {
                    refused.insert(post.place());
                    give(post, Err(AWAY));
                }
                Work::Post(post) => posts.push(post),
                Work::Marks(more) => marks.extend(more),
                Work::Step(step, answer) => {
                    write_batch(&app, shard, std::mem::take(&mut posts), std::mem::take(&mut marks)).await;
                    let outcome = if is_late() { Err(AWAY) } else { take_step(&app, shard, step).await };
                    let _ = answer.send(outcome);
                }
            }
        }
        write_batch(&app, shard, posts, marks).await;
    }
}

/// What one transaction stored.
struct Committed {
    answers: Vec<Result<Stored>>,
    receipts: Vec<Receipt>,
    now_ms: i64,
}

async fn write_batch(app: &App, shard: usize, mut posts: Vec<Post>, marks: Vec<Mark>) {
    if sabotage::is("reverse") {
        posts.reverse();
    }
    if posts.is_empty() && marks.is_empty() {
        return;
    }
    let drafts: Vec<(AccountId, &Draft)> = posts.iter().map(|post| (post.sender, &post.draft)).collect();
    let by = Instant::now() + COMMIT_WITHIN;
    let mut outcome = commit(app, &drafts, &marks, by).await;
    if outcome.as_ref().is_err_and(|error| *error == RACED) {
        // Asked again, the answer is known.
        outcome = commit(app, &drafts, &marks, by).await;
    }
    if let Err(error) = &outcome
        && (error.may_retry() || !drafts.is_empty())
    {
        // Nobody reads again what they have read.
        receipt::again(app, marks, PROBE_EVERY);
    }
    let mut away = outcome.as_ref().is_err_and(|error| *error == AWAY);
    let mut receipts = (Vec::new(), 0);
    let answers = match outcome {
        Ok(Committed { answers, receipts: moved, now_ms }) => {
            receipts = (moved, now_ms);
            answers
        }
        // Waiting for each alone would only make everybody wait.
        Err(error @ Error::Unavailable { .. }) if error != RACED => vec![Err(error); drafts.len()],
        Err(error) if drafts.len() == 1 => vec![Err(error)],
        Err(_) => one_by_one(app, &drafts, by).await,
    };
    drop(drafts);
    away |= answers.contains(&Err(AWAY));
    app.writer.ail(shard, away);
    let mut stored = Vec::with_capacity(answers.len());
    for (post, answer) in posts.into_iter().zip(answers) {
        if let Ok(Stored { message, .. }) = &answer {
            stored.push(message.clone());
        }
        app.stored.fetch_add(u64::from(answer.as_ref().is_ok_and(|stored| stored.fresh)), Ordering::Relaxed);
        give(post, answer);
    }
    hook::wake(app);
    publish(app, stored).await;
    receipt::tell(app, receipts.0, receipts.1);
}

/// Tells the sender; whoever asked may have gone, and the message is stored all the same.
fn give(post: Post, answer: Result<Stored>) {
    match post.answer {
        _ if sabotage::strikes("no_answer", post.draft.cid.0[0].into()) => {}
        Answer::Caller(caller) => {
            let _ = caller.send(answer);
        }
        Answer::Connection(outbox) => outbox.answer(&hub::encode(&answer_event(post.draft.cid, answer))),
    }
}

/// The answer to a send, as a connection hears it.
pub fn answer_event(cid: Cid, answer: Result<Stored>) -> Event {
    match answer {
        Ok(Stored { message, .. }) => Event::Acked {
            cid,
            room: message.room,
            id: message.id,
            seq: message.seq,
            sent_ms: message.sent_ms,
        },
        Err(error) => Event::Refused { cid: Some(cid), error },
    }
}

async fn take_step(app: &App, shard: usize, step: Step) -> Result<()> {
    let taken = timeout(COMMIT_WITHIN, async {
        let mut tx = app.db.begin().await?;
        let notes = step(app, &mut tx).await?;
        tx.commit().await?;
        Ok(notes)
    });
    let taken = taken.await.unwrap_or(Err(AWAY));
    if let Ok(_) | Err(AWAY) = &taken {
        app.writer.ail(shard, taken.is_err());
    }
    let notes = taken?;
    hook::wake(app);
    publish(app, notes).await;
    Ok(())
}

/// A batch that failed as a whole is tried again one by one, so that only the guilty send is refused.
async fn one_by_one(app: &App, drafts: &[(AccountId, &Draft)], by: Instant) -> Vec<Result<Stored>> {
    let mut answers = Vec::with_capacity(drafts.len());
    for draft in drafts {
        let answer = commit(app, std::slice::from_ref(draft), &[], by).await;
        let answer = answer.and_then(|mut one| one.answers.pop().unwrap_or(Err(Error::NotFound)));
        let is_away = answer == Err(AWAY);
        answers.push(answer);
        if is_away {
            break;
        }
    }
    answers.resize(drafts.len(), Err(AWAY));
    answers
}

async fn commit(app: &App, drafts: &[(AccountId, &Draft)], marks: &[Mark], by: Instant) -> Result<Committed> {
    let committed = timeout_at(by, async {
        let mut tx = app.db.begin().await?;
        let now_ms = app.clock.now_ms();
        let rooms: BTreeSet<RoomId> = drafts.iter().map(|(_, draft)| draft.room).collect();
        lock(&mut tx, &rooms).await?;
        let answers = message::store(&mut tx, drafts, now_ms).await?;
        let receipts = receipt::store(&mut tx, marks, now_ms).await?;
        let fresh = answers.iter().filter_map(|answer| answer.as_ref().ok().filter(|stored| stored.fresh));
        hook::posted(app, &mut tx, fresh.map(|stored| &stored.message), now_ms).await?;
        hook::read(app, &mut tx, &receipts, now_ms).await?;
        match sabotage::is("ack_early") {
            false => tx.commit().await?,
            true => sabotage::commit_later(tx),
        }
        Ok(Committed { answers, receipts, now_ms })
    });
    committed.await.unwrap_or(Err(AWAY))
}

// Numbers are taken in the order of the rooms' lines on every node, and who is a member is asked after that.
static LOCKED: Batch =
    Batch::new("select id from room where id in (values {rows}) order by id for update", 1);

/// Makes these rooms' lines this transaction's own, where another could be writing at the same time.
pub async fn lock(tx: &mut Tx, rooms: &BTreeSet<RoomId>) -> Result<()> {
    if tx.is_alone() {
        return Ok(());
    }
    for (sql, args) in LOCKED.over(tx.places(), None, rooms.iter().map(|room| [Arg::from(*room)])) {
        let _: Vec<(i64,)> = tx.all(sql, args).await?;
    }
    Ok(())
}

/// Adds a note to a room's line, inside the transaction that does what it notes.
pub async fn note(
    tx: &mut Tx,
    room: RoomId,
    sender: AccountId,
    note: Note,
    body: String,
    now_ms: i64,
) -> Result<Message> {
    let numbered: Option<(i64,)> = tx
        .maybe(
            "update room set last_seq = last_seq + 1, active_at = $2 where id = $1 returning last_seq",
            args![room, now_ms],
        )
        .await?;
    let (seq,) = numbered.ok_or(Error::NotFound)?;
    message::add_note(tx, room, seq, sender, note, body, now_ms).await
}
