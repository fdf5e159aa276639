//! Messages: how they are numbered and stored, and the pages that read them back.

use super::{
    App,
    batch::Batch,
    gate::Scope,
    outbox::Outbox,
    writer::{AWAY, Answer, Post, Work},
};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, MessageId, Result, RoomId,
        message::{Draft, Kind, Message, Note, PAGE_MAX, PAGE_SIZE, Page, Stretch},
        wire::REPLAY_MAX,
    },
    server::db::{Arg, Pair, Tx},
};
use std::collections::{BTreeMap, HashMap, HashSet};
use tokio::sync::oneshot;

/// A stored message, and whether this send is what stored it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub message: Message,
    pub fresh: bool,
}

/// Writes a message; returns once it is durable.
pub async fn post(app: &App, me: &Scope, draft: Draft) -> Result<Stored> {
    let (answer, answered) = oneshot::channel();
    submit(app, me, draft, Answer::Caller(answer)).await?;
    answered.await.map_err(|_| AWAY)?
}

/// Queues a message of a connection for the next commit; the answer goes to its outbox.
pub async fn post_from(app: &App, me: &Scope, draft: Draft, outbox: &Outbox) -> Result<()> {
    outbox.expect_answer();
    let submitted = submit(app, me, draft, Answer::Connection(outbox.clone())).await;
    if submitted.is_err() {
        outbox.expect_no_answer();
    }
    submitted
}

async fn submit(app: &App, me: &Scope, draft: Draft, answer: Answer) -> Result<()> {
    draft.check()?;
    app.rates.messages.try_one(me.account, app.clock.now_ms())?;
    app.writer.submit(draft.room, Work::Post(Post { sender: me.account, draft, answer })).await
}

static MEMBERSHIPS: Batch = Batch::new(
    "select m.room_id, m.account_id, r.closed_at from (values {rows}) as v \
     join member m on m.room_id = v.column1 and m.account_id = v.column2 join room r on r.id = v.column1",
    2,
);
static SENT_BEFORE: Batch = Batch::new(
    "select m.id, m.room_id, m.seq, m.change, m.sender_id, m.cid, m.kind, m.body, m.note, m.sent_at \
     from (values {rows}) as v join message m on m.sender_id = v.column1 and m.cid = v.column2",
    2,
);
static NUMBERS: Batch = Batch::new(
    "update room set last_seq = last_seq + v.column2, active_at = {lead} from (values {rows}) as v \
     where id = v.column1 returning id, last_seq",
    2,
);
static ADDED: Batch = Batch::new(
    "insert into message (room_id, seq, change, sender_id, cid, kind, body, note, sent_at) \
     values {rows} returning room_id, seq, id",
    9,
);

/// Stores sends inside a transaction. A refusal by rule is an answer; only a failing database is an error, and
/// then nothing of it stands.
pub async fn store(tx: &mut Tx, drafts: &[(AccountId, &Draft)], now_ms: i64) -> Result<Vec<Result<Stored>>> {
    let members = memberships(tx, drafts).await?;
    let is_closed = |closed_ms: Option<i64>| closed_ms.is_some_and(|closed_ms| closed_ms <= now_ms);
    let before = sent_before(tx, drafts).await?;
    let mut answers: Vec<Result<Stored>> = Vec::with_capacity(drafts.len());
    let mut fresh: Vec<(usize, AccountId, &Draft)> = Vec::new();
    let mut first_of: HashMap<(AccountId, Cid), usize> = HashMap::new();
    let mut repeats: Vec<(usize, usize)> = Vec::new();
    for (at, (sender, draft)) in drafts.iter().enumerate() {
        let key = (*sender, draft.cid);
        answers.push(if let Some(message) = before.get(&key) {
            again(message, draft)
        } else if let Some(closed_ms) = members.get(&(draft.room, *sender)).copied()
            && is_closed(closed_ms)
        {
            Err(Error::conflict("room_closed"))
        } else if !members.contains_key(&(draft.room, *sender)) {
            Err(Error::NotFound)
        } else if let Some(first) = first_of.get(&key) {
            repeats.push((at, *first));
            Err(Error::NotFound)
        } else {
            first_of.insert(key, at);
            fresh.push((at, *sender, draft));
            Err(Error::NotFound)
        });
    }
    for (at, message) in add(tx, &fresh, now_ms).await? {
        answers[at] = Ok(Stored { message, fresh: true });
    }
    for (at, first) in repeats {
        if let Ok(Stored { message, .. }) = &answers[first] {
            answers[at] = again(message, drafts[at].1);
        }
    }
    Ok(answers)
}

/// The answer to a cid that is known already: the same one, if it is the same message.
fn again(message: &Message, draft: &Draft) -> Result<Stored> {
    if message.room == draft.room && message.kind == draft.kind && message.body == draft.body {
        Ok(Stored { message: message.clone(), fresh: false })
    } else {
        Err(Error::conflict("cid_reused"))
    }
}

/// Who of the senders is a member where they write, and since when nothing is written there any more.
async fn memberships(
    tx: &mut Tx,
    drafts: &[(AccountId, &Draft)],
) -> Result<HashMap<(RoomId, AccountId), Option<i64>>> {
    let wanted: HashSet<(RoomId, AccountId)> =
        drafts.iter().map(|(sender, draft)| (draft.room, *sender)).collect();
    let rows = wanted.iter().map(|(room, account)| [Arg::from(*room), Arg::from(*account)]);
    let mut found = HashMap::with_capacity(wanted.len());
    for (sql, args) in MEMBERSHIPS.over(tx.places(), None, rows) {
        let rows: Vec<(i64, i64, Option<i64>)> = tx.all(sql, args).await?;
        found.extend(
            rows.into_iter().map(|(room, account, closed)| ((RoomId(room), AccountId(account)), closed)),
        );
    }
    Ok(found)
}

async fn sent_before(
    tx: &mut Tx,
    drafts: &[(AccountId, &Draft)],
) -> Result<HashMap<(AccountId, Cid), Message>> {
    let rows = drafts.iter().map(|(sender, draft)| [Arg::from(*sender), Arg::from(draft.cid)]);
    let mut found = HashMap::new();
    if crate::sabotage::is("no_key") {
        return Ok(found);
    }
    for (sql, args) in SENT_BEFORE.over(tx.places(), None, rows) {
        let rows: Vec<MessageRow> = tx.all(sql, args).await?;
        for row in rows {
            let message = Message::try_from(row)?;
            found.insert((message.sender, message.cid), message);
        }
    }
    Ok(found)
}

/// Numbers and inserts what is new, in the order it came.
async fn add(
    tx: &mut Tx,
    fresh: &[(usize, AccountId, &Draft)],
    now_ms: i64,
) -> Result<Vec<(usize, Message)>> {
    let mut counts: BTreeMap<RoomId, i64> = BTreeMap::new();
    for (_, _, draft) in fresh {
        *counts.entry(draft.room).or_default() += 1;
    }
    let rows = counts.iter().map(|(room, count)| [Arg::from(*room), Arg::from(*count)]);
    let mut next: HashMap<RoomId, i64> = HashMap::with_capacity(counts.len());
    for (sql, args) in NUMBERS.over(tx.places(), Some(Arg::from(now_ms)), rows) {
        let rows: Vec<(i64, i64)> = tx.all(sql, args).await?;
        next.extend(rows.into_iter().map(|(room, head)| {
            let room = RoomId(room);
            (room, head - counts.get(&room).copied().unwrap_or_default())
        }));
    }
    let mut messages = Vec::with_capacity(fresh.len());
    for (at, sender, draft) in fresh {
        let seq = next.get_mut(&draft.room).ok_or(Error::NotFound)?;
        *seq += 1;
        let message = Message {
            id: MessageId(0),
            room: draft.room,
            seq: *seq,
            change: *seq,
            sender: *sender,
            cid: draft.cid,
            kind: draft.kind,
            body: draft.body.clone(),
            note: None,
            sent_ms: now_ms,
        };
        messages.push((*at, message));
    }
    let rows = messages.iter().map(|(_, message)| row_args(message, None));
    let mut ids: HashMap<(i64, i64), i64> = HashMap::with_capacity(messages.len());
    for (sql, args) in ADDED.over(tx.places(), None, rows) {
        let rows: Vec<(i64, i64, i64)> = tx.all(sql, args).await?;
        ids.extend(rows.into_iter().map(|(room, seq, id)| ((room, seq), id)));
    }
    for (_, message) in &mut messages {
        let id = ids.get(&(message.room.0, message.seq));
        message.id = MessageId(*id.ok_or_else(|| super::fault(&"a stored message has no id"))?);
    }
    Ok(messages)
}

fn row_args(message: &Message, note: Option<String>) -> [Arg; 9] {
    [
        message.room.into(),
        message.seq.into(),
        message.change.into(),
        message.sender.into(),
        message.cid.into(),
        message.kind.word().into(),
        message.body.as_str().into(),
        note.into(),
        message.sent_ms.into(),
    ]
}

/// Inserts what happened to a room under a number already taken.
pub async fn add_note(
    tx: &mut Tx,
    room: RoomId,
    seq: i64,
    sender: AccountId,
    note: Note,
    body: String,
    now_ms: i64,
) -> Result<Message> {
    let json = serde_json::to_string(&note).map_err(|error| super::fault(&error))?;
    let mut message = Message {
        id: MessageId(0),
        room,
        seq,
        change: seq,
        sender,
        cid: Cid(rand::random()),
        kind: Kind::System,
        body,
        note: Some(note),
        sent_ms: now_ms,
    };
    for (sql, args) in ADDED.over(tx.places(), None, [row_args(&message, Some(json))]) {
        let added: Option<(i64, i64, i64)> = tx.maybe(sql, args).await?;
        message.id = MessageId(added.ok_or(Error::NotFound)?.2);
    }
    Ok(message)
}

/// A stretch of a room's history, for its members only.
pub async fn page(app: &App, me: &Scope, room: RoomId, stretch: Stretch, limit: Option<u32>) -> Result<Page> {
    let limit = limit.unwrap_or(PAGE_SIZE).clamp(1, PAGE_MAX);
    // Whether the asker may read comes first, and the newest number with it.
    let head = head(app, me, room).await?;
    let seq = match stretch {
        Stretch::After(seq) => return Ok(cut(after(app, me, room, seq, limit + 1).await?, limit)),
        Stretch::Since(ms) => {
            let seq = last_before(app, room, ms).await?;
            return Ok(cut(after(app, me, room, seq, limit + 1).await?, limit));
        }
        Stretch::Before(seq) => seq.min(head + 1),
        Stretch::Newest | Stretch::Unread => head + 1,
    };
    if let Some(page) = app.shelf.find((room, seq, limit), head) {
        return Ok(Page::clone(&page));
    }
    // What is read now is as new as that number, or newer; whoever asks after the next change asks anew.
    let mut page = cut(before(app, me, room, seq, limit + 1).await?, limit);
    page.messages.reverse();
    app.shelf.keep((room, seq, limit), head, &page);
    Ok(page)
}

fn cut(mut messages: Vec<Message>, limit: u32) -> Page {
    let more = messages.len() > limit as usize;
    messages.truncate(limit as usize);
    Page { messages, more }
}

/// The newest number of a room, for its members only.
pub async fn head(app: &App, me: &Scope, room: RoomId) -> Result<i64> {
    let found: Option<(i64,)> = app
        .db
        .maybe(
            "select r.last_seq from member m join room r on r.id = m.room_id \
             where m.room_id = $1 and m.account_id = $2",
            args![room, me.account],
        )
        .await?;
    found.map(|(head,)| head).ok_or(Error::NotFound)
}

/// The number of the last message sent before a moment: halving the line, because it is in order of time and
/// an index for this alone would cost every message its writing.
async fn last_before(app: &App, room: RoomId, ms: i64) -> Result<i64> {
    let head: Option<(i64,)> = app.db.maybe("select last_seq from room where id = $1", args![room]).await?;
    let (mut low, mut high) = (0, head.ok_or(Error::NotFound)?.0);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        // Retention may have removed rows: the next one that is there stands for them.
        let found: Option<(i64, i64)> = app
            .db
            .maybe(
                "select seq, sent_at from message where room_id = $1 and seq >= $2 and seq <= $3 order by seq limit 1",
                args![room, middle, high],
            )
            .await?;
        match found {
            Some((seq, sent_at)) if sent_at < ms => low = seq,
            _ => high = middle - 1,
        }
    }
    Ok(low)
}

/// What a reader missed since its cursor.
#[derive(Debug, PartialEq)]
pub enum Missed {
    /// The next changes, in order; none when that was all.
    Some(Vec<Message>),
    /// Too many to replay: numbers from the first missed to the newest.
    TooMany { from: i64, to: i64 },
    /// The cursor is ahead of the room: it belongs to another past.
    Ahead,
}

/// The first changes of a room after a cursor, if all of them can be replayed; `head` is its newest number.
pub async fn missed(app: &App, room: RoomId, cursor: i64, head: i64, limit: u32) -> Result<Missed> {
    if cursor > head || cursor < 0 {
        return Ok(Missed::Ahead);
    }
    if head - cursor > i64::from(REPLAY_MAX) {
        return Ok(Missed::TooMany { from: cursor + 1, to: head });
    }
    if cursor == head {
        return Ok(Missed::Some(Vec::new()));
    }
    changes(app, room, cursor, limit).await.map(Missed::Some)
}

/// Messages as one JSON text: a row of its own for each would cost more than reading it. What differs between
/// the two databases is how they write JSON.
macro_rules! messages {
    ($from:literal) => {
        Pair {
            sqlite: concat!(
                "select json_group_array(json_object('id', id, 'room', room_id, 'seq', seq, 'change', change, \
                 'sender', sender_id, 'cid', hex(cid), 'kind', kind, 'body', body, 'note', json(note), \
                 'sent_ms', sent_at)) from (",
                $from,
                ") as m"
            ),
            postgres: concat!(
                "select coalesce(json_agg(json_build_object('id', id, 'room', room_id, 'seq', seq, 'change', change, \
                 'sender', sender_id, 'cid', encode(cid, 'hex'), 'kind', kind, 'body', body, 'note', note::json, \
                 'sent_ms', sent_at)), '[]'::json)::text from (",
                $from,
                ") as m"
            ),
        }
    };
}

static AFTER: Pair = messages!(
    "select * from message where room_id = $1 and seq > $2 \
     and exists (select 1 from member where room_id = $1 and account_id = $4) order by seq limit $3"
);
static BEFORE: Pair = messages!(
    "select * from message where room_id = $1 and seq < $2 \
     and exists (select 1 from member where room_id = $1 and account_id = $4) order by seq desc limit $3"
);
static CHANGES: Pair = messages!(
    "select * from message where room_id = $1 and seq > $2 \
     union all select * from message where room_id = $1 and change > $2 and change <> seq and seq <= $2 \
     order by 4 limit $3"
);

async fn read(app: &App, sql: &Pair, args: Vec<Arg>) -> Result<Vec<Message>> {
    let found: Option<(String,)> = app.db.maybe(app.db.either(sql), args).await?;
    let (json,) = found.unwrap_or_else(|| ("[]".into(),));
    serde_json::from_str(&json).map_err(|error| super::fault(&error))
}

/// The first changes of a room after a number.
pub async fn changes(app: &App, room: RoomId, after: i64, limit: u32) -> Result<Vec<Message>> {
    let mut messages = read(app, &CHANGES, args![room, after, limit]).await?;
    messages.sort_unstable_by_key(|message| message.change);
    Ok(messages)
}

async fn after(app: &App, me: &Scope, room: RoomId, seq: i64, limit: u32) -> Result<Vec<Message>> {
    let mut messages = read(app, &AFTER, args![room, seq, limit, me.account]).await?;
    messages.sort_unstable_by_key(|message| message.seq);
    Ok(messages)
}

async fn before(app: &App, me: &Scope, room: RoomId, seq: i64, limit: u32) -> Result<Vec<Message>> {
    let mut messages = read(app, &BEFORE, args![room, seq, limit, me.account]).await?;
    messages.sort_unstable_by_key(|message| std::cmp::Reverse(message.seq));
    Ok(messages)
}

#[derive(sqlx::FromRow)]
struct MessageRow {
    id: i64,
    room_id: i64,
    seq: i64,
    change: i64,
    sender_id: i64,
    cid: Vec<u8>,
    kind: String,
    body: String,
    note: Option<String>,
    sent_at: i64,
}

impl TryFrom<MessageRow> for Message {
    type Error = Error;

    fn try_from(row: MessageRow) -> Result<Message> {
        let cid = row.cid.try_into().map_err(|_| super::fault(&"a stored cid is not 16 bytes long"))?;
        let note = match row.note {
            Some(json) => Some(serde_json::from_str(&json).map_err(|error| super::fault(&error))?),
            None => None,
        };
        Ok(Message {
            id: MessageId(row.id),
            room: RoomId(row.room_id),
            seq: row.seq,
            change: row.change,
            sender: AccountId(row.sender_id),
            cid: Cid(cid),
            kind: Kind::from_word(&row.kind).ok_or_else(|| super::fault(&"a message has an unknown kind"))?,
            body: row.body,
            note,
            sent_ms: row.sent_at,
        })
    }
}
