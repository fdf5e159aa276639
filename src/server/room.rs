//! Rooms: made once, entered by their members, invisible to everybody else.

use super::{App, gate::Scope, message, presence};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, MessageId, Result, RoomId,
        account::{Person, Role},
        message::Stretch,
        room::{Preview, Room, RoomCard, RoomKind, Visit},
        wire::Event,
    },
    server::db::Tx,
};

/// The one room of a linked pair, made on first contact; for people who are not linked there is none.
pub async fn open(app: &App, me: &Scope, with: AccountId) -> Result<RoomId> {
    let mut tx = app.db.begin().await?;
    let link: Option<(i64,)> = tx
        .maybe(
            "select id from care where (patient_id = $1 and practitioner_id = $2) \
             or (patient_id = $2 and practitioner_id = $1)",
            args![me.account, with],
        )
        .await?;
    let (care_id,) = link.ok_or(Error::NotFound)?;
    let people = [me.account, with];
    let (room, fresh) = of_care(&mut tx, care_id, &people, app.clock.now_ms()).await?;
    tx.commit().await?;
    if fresh {
        app.hub.subscribe_people(room, &people);
        app.hub.publish_to(&people, &Event::Opened { room });
    }
    Ok(room)
}

/// Gets or makes the room of a care link; the unique key on the link decides a race.
pub async fn of_care(tx: &mut Tx, care_id: i64, people: &[AccountId], now_ms: i64) -> Result<(RoomId, bool)> {
    let added = tx
        .run(
            "insert into room (kind, care_id, created_at) values ('care', $1, $2) on conflict (care_id) do nothing",
            args![care_id, now_ms],
        )
        .await?;
    let found: Option<(i64,)> = tx.maybe("select id from room where care_id = $1", args![care_id]).await?;
    let (id,) = found.ok_or(Error::NotFound)?;
    join(tx, RoomId(id), people, now_ms).await?;
    Ok((RoomId(id), added == 1))
}

/// Makes people members of a room; who already is one stays one.
pub async fn join(tx: &mut Tx, room: RoomId, people: &[AccountId], now_ms: i64) -> Result<()> {
    for account in people {
        tx.run(
            "insert into member (room_id, account_id, joined_at) values ($1, $2, $3) \
             on conflict (room_id, account_id) do nothing",
            args![room, *account, now_ms],
        )
        .await?;
    }
    Ok(())
}

/// The rooms a person hears.
pub async fn of_account(app: &App, account: AccountId) -> Result<Vec<RoomId>> {
    let found: Vec<(i64,)> =
        app.db.all("select room_id from member where account_id = $1", args![account]).await?;
    Ok(found.into_iter().map(|(id,)| RoomId(id)).collect())
}

/// A room that is not one's own answers like a room that does not exist.
pub async fn require_member(app: &App, me: &Scope, room: RoomId) -> Result<()> {
    let found: Option<(i64,)> = app
        .db
        .maybe("select room_id from member where room_id = $1 and account_id = $2", args![room, me.account])
        .await?;
    found.map(|_| ()).ok_or(Error::NotFound)
}

/// A room with its newest messages, as one of its members finds it on entering.
pub async fn enter(app: &App, me: &Scope, room: RoomId, stretch: Stretch) -> Result<Visit> {
    let (shown, presence) = show(app, me, room).await?;
    let page = message::page(app, me, room, stretch, None).await?;
    Ok(Visit { room: shown, page, presence, form_cid: Cid(rand::random()) })
}

async fn show(app: &App, me: &Scope, room: RoomId) -> Result<(Room, Vec<crate::model::presence::Presence>)> {
    let found: Option<(String, Option<String>)> = app
        .db
        .maybe(
            "select r.kind, r.title from room r join member m on m.room_id = r.id \
             where r.id = $1 and m.account_id = $2",
            args![room, me.account],
        )
        .await?;
    let (kind, title) = found.ok_or(Error::NotFound)?;
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
    let kind = RoomKind::from_word(&kind).ok_or_else(|| super::fault(&"a room has an unknown kind"))?;
    Ok((Room { id: room, kind, title, members }, present))
}

/// One's rooms, the one with the newest message first.
pub async fn list(app: &App, me: &Scope) -> Result<Vec<RoomCard>> {
    let rows: Vec<CardRow> = app
        .db
        .all(
            "select r.id, r.kind, r.title, l.id as message_id, l.sender_id, s.name as sender_name, l.body, l.sent_at, \
             a.id as account_id, a.name, a.role, a.headline, a.born \
             from member m join room r on r.id = m.room_id \
             left join message l on l.room_id = r.id and l.seq = r.last_seq \
             left join account s on s.id = l.sender_id \
             left join member o on o.room_id = r.id and o.account_id <> m.account_id and r.kind in ('care', 'direct') \
             left join account a on a.id = o.account_id \
             where m.account_id = $1 order by coalesce(l.sent_at, r.created_at) desc, r.id desc, a.id",
            args![me.account],
        )
        .await?;
    let mut cards: Vec<RoomCard> = Vec::with_capacity(rows.len());
    for row in rows {
        // A care room with colleagues added has several people opposite; one line stands for all.
        if cards.last().is_none_or(|card| card.id.0 != row.id) {
            cards.push(row.card(me)?);
        }
    }
    Ok(cards)
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

#[derive(sqlx::FromRow)]
struct CardRow {
    id: i64,
    kind: String,
    title: Option<String>,
    message_id: Option<i64>,
    sender_id: Option<i64>,
    sender_name: Option<String>,
    body: Option<String>,
    sent_at: Option<i64>,
    account_id: Option<i64>,
    name: Option<String>,
    role: Option<String>,
    headline: Option<String>,
    born: Option<String>,
}

impl CardRow {
    fn card(self, me: &Scope) -> Result<RoomCard> {
        let last = preview(self.message_id, self.sender_id, self.sender_name, self.body, self.sent_at);
        let opposite = match (self.account_id, self.name, self.role) {
            (Some(id), Some(name), Some(role)) => {
                Some(person(me, id, name, &role, self.headline, self.born)?)
            }
            _ => None,
        };
        let kind =
            RoomKind::from_word(&self.kind).ok_or_else(|| super::fault(&"a room has an unknown kind"))?;
        let name = self
            .title
            .or_else(|| opposite.as_ref().map(|person| person.name.clone()))
            .unwrap_or_else(|| "Conversation".into());
        Ok(RoomCard { id: RoomId(self.id), kind, name, opposite, last })
    }
}

/// The newest message of a left join, when there is one.
pub fn preview(
    id: Option<i64>,
    sender: Option<i64>,
    sender_name: Option<String>,
    body: Option<String>,
    sent_ms: Option<i64>,
) -> Option<Preview> {
    Some(Preview {
        id: MessageId(id?),
        sender: AccountId(sender?),
        sender_name: sender_name?,
        body: body?,
        sent_ms: sent_ms?,
    })
}
