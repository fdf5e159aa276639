//! Rooms: made once, entered by their members, invisible to everybody else.

use super::{App, gate::Scope, message, presence, receipt};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, MessageId, Result, RoomId,
        account::{Person, Role},
        message::{Kind, PAGE_SIZE, Stretch},
        receipt::Standing,
        room::{Preview, Room, RoomCard, RoomKind, RoomPage, RoomPlace, Visit, may_talk_directly},
        wire::Event,
    },
    server::db::Tx,
};
use std::collections::HashMap;

/// How many rooms a page of the list holds.
const LIST_PAGE: usize = 100;
/// How many messages one sees before the first unread one, where that is far from the newest.
const READ_BEFORE: i64 = 10;

/// The one room with somebody, made on first contact: of a linked pair, or of two colleagues. For everybody
/// else there is none.
pub async fn open(app: &App, me: &Scope, with: AccountId) -> Result<RoomId> {
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let mut tx = app.db.begin().await?;
    let link: Option<(i64,)> = tx
        .maybe(
            "select id from care where (patient_id = $1 and practitioner_id = $2) \
             or (patient_id = $2 and practitioner_id = $1)",
            args![me.account, with],
        )
        .await?;
    let people = [me.account, with];
    let now_ms = app.clock.now_ms();
    let (room, fresh) = match link {
        Some((care_id,)) => of_care(&mut tx, care_id, &people, now_ms).await?,
        None => of_colleagues(&mut tx, me, with, now_ms).await?,
    };
    tx.commit().await?;
    // Also a room that was there: another process may have made it since these people connected.
    app.hub.subscribe_people(room, &people);
    if fresh {
        app.hub.publish_to(&people, &Event::Opened { room });
    }
    Ok(room)
}

/// The one room with somebody, if it has been made; not found, if there may be none.
pub async fn between(app: &App, me: &Scope, with: AccountId) -> Result<Option<RoomId>> {
    let key = format!("{}:{}", me.account.min(with), me.account.max(with));
    // The room, and whether a care link joins them.
    let found: Option<(String, Option<i64>, Option<i64>)> = app
        .db
        .maybe(
            "select a.role, c.id, coalesce( \
             (select r.id from room r where r.care_id = c.id), (select r.id from room r where r.direct_key = $3)) \
             from account a left join care c on (c.patient_id = $1 and c.practitioner_id = a.id) \
             or (c.patient_id = a.id and c.practitioner_id = $1) where a.id = $2",
            args![me.account, with, key],
        )
        .await?;
    let (role, care, room) = found.ok_or(Error::NotFound)?;
    let role = Role::from_word(&role).ok_or_else(|| super::fault(&"an account has an unknown role"))?;
    if care.is_none() && (with == me.account || !may_talk_directly(me.role, role)) {
        return Err(Error::NotFound);
    }
    Ok(room.map(RoomId))
}

/// Gets or makes the room of a care link; the unique key on the link decides a race.
pub async fn of_care(tx: &mut Tx, care_id: i64, people: &[AccountId], now_ms: i64) -> Result<(RoomId, bool)> {
    let added = tx
        .run(
            "insert into room (kind, care_id, created_at, active_at) values ('care', $1, $2, $2) \
             on conflict (care_id) do nothing",
            args![care_id, now_ms],
        )
        .await?;
    let found: Option<(i64,)> = tx.maybe("select id from room where care_id = $1", args![care_id]).await?;
    let (id,) = found.ok_or(Error::NotFound)?;
    join(tx, RoomId(id), people, now_ms).await?;
    Ok((RoomId(id), added == 1))
}

async fn of_colleagues(tx: &mut Tx, me: &Scope, with: AccountId, now_ms: i64) -> Result<(RoomId, bool)> {
    let other: Option<(String,)> =
        tx.maybe("select role from account where id = $1 and disabled_at is null", args![with]).await?;
    let other = other.and_then(|(role,)| Role::from_word(&role)).ok_or(Error::NotFound)?;
    if with == me.account || !may_talk_directly(me.role, other) {
        return Err(Error::NotFound);
    }
    let key = format!("{}:{}", me.account.min(with), me.account.max(with));
    let added = tx
        .run(
            "insert into room (kind, direct_key, created_at, active_at) values ('direct', $1, $2, $2) \
             on conflict (direct_key) do nothing",
            args![key.as_str(), now_ms],
        )
        .await?;
    let found: Option<(i64,)> = tx.maybe("select id from room where direct_key = $1", args![key]).await?;
    let (id,) = found.ok_or(Error::NotFound)?;
    join(tx, RoomId(id), &[me.account, with], now_ms).await?;
    Ok((RoomId(id), added == 1))
}

/// Makes people members of a room, with what was said before them already behind them; who is one stays one.
pub async fn join(tx: &mut Tx, room: RoomId, people: &[AccountId], now_ms: i64) -> Result<()> {
    for account in people {
        tx.run(
            "insert into member (room_id, account_id, joined_at, delivered_seq, read_seq) \
             select id, $2, $3, last_seq, last_seq from room where id = $1 \
             on conflict (room_id, account_id) do nothing",
            args![room, *account, now_ms],
        )
        .await?;
    }
    Ok(())
}

/// The rooms a person hears, each with its newest number.
pub async fn of_account(app: &App, account: AccountId) -> Result<Vec<(RoomId, i64)>> {
    let found: Vec<(i64, i64)> = app
        .db
        .all(
            "select r.id, r.last_seq from member m join room r on r.id = m.room_id where m.account_id = $1",
            args![account],
        )
        .await?;
    Ok(found.into_iter().map(|(id, head)| (RoomId(id), head)).collect())
}

/// A room that is not one's own answers like a room that does not exist.
pub async fn require_member(app: &App, me: &Scope, room: RoomId) -> Result<()> {
    let found: Option<(i64,)> = app
        .db
        .maybe("select room_id from member where room_id = $1 and account_id = $2", args![room, me.account])
        .await?;
    found.map(|_| ()).ok_or(Error::NotFound)
}

/// A room with a stretch of its messages, as one of its members finds it on entering.
pub async fn enter(app: &App, me: &Scope, room: RoomId, stretch: Stretch) -> Result<Visit> {
    let (shown, presence, standing) = show(app, me, room).await?;
    let Standing { head, read, unread, .. } = standing;
    let stretch = match stretch {
        Stretch::Unread if unread > 0 && head - read > i64::from(PAGE_SIZE) => {
            Stretch::After((read - READ_BEFORE).max(0))
        }
        other => other,
    };
    let mut page = message::page(app, me, room, stretch, None).await?;
    if let Stretch::After(_) = stretch {
        // Whether there is more behind it, the newest number tells.
        page.more = page.messages.first().is_some_and(|first| first.seq > 1);
    }
    let receipts = receipt::of_room(app, room).await?;
    Ok(Visit { room: shown, page, presence, receipts, head, unread, form_cid: Cid(rand::random()) })
}

async fn show(
    app: &App,
    me: &Scope,
    room: RoomId,
) -> Result<(Room, Vec<crate::model::presence::Presence>, Standing)> {
    // Kind, title, owner, the one opposite, since when it is closed; newest number, read up to, unread.
    type Found = (String, Option<String>, Option<i64>, Option<i64>, Option<i64>, i64, i64, i64);
    let found: Option<Found> = app
        .db
        .maybe(
            "select r.kind, r.title, r.owner_id, case r.kind \
             when 'care' then case when c.patient_id = $2 then c.practitioner_id else c.patient_id end \
             when 'direct' then (select o.account_id from member o where o.room_id = r.id and o.account_id <> $2) \
             end, r.closed_at, r.last_seq, m.read_seq, case when r.last_seq > m.read_seq then \
             (select count(*) from message x where x.room_id = m.room_id and x.seq > m.read_seq \
             and x.sender_id <> m.account_id and x.kind <> 'system') else 0 end \
             from room r join member m on m.room_id = r.id left join care c on c.id = r.care_id \
             where r.id = $1 and m.account_id = $2",
            args![room, me.account],
        )
        .await?;
    let (kind, title, owner, opposite, closed_ms, head, read, unread) = found.ok_or(Error::NotFound)?;
    let is_closed = closed_ms.is_some_and(|closed_ms| closed_ms <= app.clock.now_ms());
    let rows: Vec<MemberRow> = app
        .db
        .all(
            "select a.id, a.name, a.role, a.headline, a.born, a.last_seen \
             from member m join account a on a.id = m.account_id where m.room_id = $1 order by a.name, a.id",
            args![room],
        )
        .await?;
    let mut members = Vec::with_capacity(rows.len());
    let mut present = Vec::with_capacity(rows.len());
    for row in rows {
        present.push(presence::of(app, AccountId(row.id), row.last_seen));
        members.push(row.person(me)?);
    }
    let kind = kind_of(&kind)?;
    let (owner, opposite) = (owner.map(AccountId), opposite.map(AccountId));
    let unread = u32::try_from(unread).unwrap_or(u32::MAX);
    let standing = Standing { room, head, read, unread };
    Ok((Room { id: room, kind, title, owner, opposite, members, is_closed }, present, standing))
}

/// The kind of a stored word.
pub fn kind_of(word: &str) -> Result<RoomKind> {
    RoomKind::from_word(word).ok_or_else(|| super::fault(&"a room has an unknown kind"))
}

/// A page of one's rooms, the last active first; the first one, or the one behind a place.
pub async fn list(app: &App, me: &Scope, behind: Option<RoomPlace>) -> Result<RoomPage> {
    let behind = behind.unwrap_or(RoomPlace { active_ms: i64::MAX, id: RoomId(i64::MAX) });
    // Counted first: what the rows show is then as new as what was counted, or newer.
    let standings = receipt::standings(app, me.account).await?;
    let standings: HashMap<RoomId, Standing> =
        standings.into_iter().map(|standing| (standing.room, standing)).collect();
    let rows: Vec<CardRow> = app
        .db
        .all(
            "select r.id, r.kind, r.title, r.active_at, l.id as message_id, l.sender_id, s.name as sender_name, \
             l.kind as message_kind, l.body, l.sent_at, \
             a.id as account_id, a.name, a.role, a.headline, a.born, a.last_seen \
             from member m join room r on r.id = m.room_id \
             left join message l on l.room_id = r.id and l.seq = r.last_seq \
             left join account s on s.id = l.sender_id \
             left join care c on c.id = r.care_id \
             left join account a on a.id = case r.kind \
             when 'care' then case when c.patient_id = $1 then c.practitioner_id else c.patient_id end \
             when 'direct' then (select o.account_id from member o where o.room_id = r.id and o.account_id <> $1) end \
             where m.account_id = $1 and (r.active_at < $2 or (r.active_at = $2 and r.id < $3)) \
             order by r.active_at desc, r.id desc limit $4",
            args![me.account, behind.active_ms, behind.id, LIST_PAGE as i64 + 1],
        )
        .await?;
    let more = rows.len() > LIST_PAGE;
    let rooms =
        rows.into_iter().take(LIST_PAGE).map(|row| row.card(app, me, &standings)).collect::<Result<_>>()?;
    Ok(RoomPage { rooms, more, unread: standings.values().map(|standing| standing.unread).sum() })
}

/// What a reader may know of a person: patients' dates of birth are for those who look after them.
pub fn person(
    me: &Scope,
    id: i64,
    name: String,
    role: &str,
    headline: Option<String>,
    born: Option<String>,
) -> Result<Person> {
    let role = Role::from_word(role).ok_or_else(|| super::fault(&"an account has an unknown role"))?;
    let id = AccountId(id);
    let born = born.filter(|_| id == me.account || (role == Role::Patient && me.role.is_colleague()));
    Ok(Person { id, name, role, headline, born })
}

#[derive(sqlx::FromRow)]
struct MemberRow {
    id: i64,
    name: String,
    role: String,
    headline: Option<String>,
    born: Option<String>,
    last_seen: Option<i64>,
}

impl MemberRow {
    fn person(self, me: &Scope) -> Result<Person> {
        person(me, self.id, self.name, &self.role, self.headline, self.born)
    }
}

/// The newest message of a left join, when there is one.
#[derive(sqlx::FromRow)]
pub struct PreviewRow {
    message_id: Option<i64>,
    sender_id: Option<i64>,
    sender_name: Option<String>,
    message_kind: Option<String>,
    body: Option<String>,
    sent_at: Option<i64>,
}

impl PreviewRow {
    /// What a list shows of it.
    pub fn preview(self) -> Option<Preview> {
        Some(Preview {
            id: MessageId(self.message_id?),
            sender: AccountId(self.sender_id?),
            sender_name: self.sender_name?,
            kind: Kind::from_word(&self.message_kind?)?,
            body: self.body?,
            sent_ms: self.sent_at?,
        })
    }
}

#[derive(sqlx::FromRow)]
struct CardRow {
    id: i64,
    kind: String,
    title: Option<String>,
    active_at: i64,
    #[sqlx(flatten)]
    last: PreviewRow,
    account_id: Option<i64>,
    name: Option<String>,
    role: Option<String>,
    headline: Option<String>,
    born: Option<String>,
    last_seen: Option<i64>,
}

impl CardRow {
    fn card(self, app: &App, me: &Scope, standings: &HashMap<RoomId, Standing>) -> Result<RoomCard> {
        let id = RoomId(self.id);
        let standing = standings.get(&id);
        let opposite = match (self.account_id, self.name, self.role) {
            (Some(id), Some(name), Some(role)) => {
                Some(person(me, id, name, &role, self.headline, self.born)?)
            }
            _ => None,
        };
        let name = self
            .title
            .or_else(|| opposite.as_ref().map(|person| person.name.clone()))
            .unwrap_or_else(|| "Conversation".into());
        Ok(RoomCard {
            id,
            kind: kind_of(&self.kind)?,
            name,
            presence: opposite.as_ref().map(|person| presence::of(app, person.id, self.last_seen)),
            opposite,
            last: self.last.preview(),
            unread: standing.map_or(0, |standing| standing.unread),
            head: standing.map_or(0, |standing| standing.head),
            active_ms: self.active_at,
        })
    }
}
