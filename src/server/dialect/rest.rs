//! P4 over HTTP: chat rooms and messages, with the shapes, statuses and pages of Django REST framework.

use super::{
    answered,
    face::{Faces, Reading, message_json},
    field,
    job::{kind, seq_of},
    number,
    presence::people_in,
    refused, stamp,
    token::fields,
};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, JobId, MessageId, Result, RoomId, Why,
        message::{Draft, Message, PAGE_MAX, PAGE_SIZE, Stretch},
        room::{Room, RoomKind},
    },
    server::{App, gate::Scope, job, member, message, receipt, room},
};
use axum::{
    Extension, Json,
    body::Bytes,
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, StatusCode, Uri},
    response::Response,
};
use serde_json::{Value, json};
use std::collections::{HashMap, hash_map::Entry};

type Me = Option<Extension<Scope>>;
type Asked = HashMap<String, String>;

fn me(me: Me) -> Result<Scope> {
    me.map(|Extension(me)| me).ok_or(Error::SignIn)
}

fn id(text: &str) -> Result<i64> {
    text.parse().map_err(|_| Error::NotFound)
}

/// Which page of a list is wanted, and how much it holds.
#[derive(Clone, Copy, Debug)]
struct Paging {
    page: i64,
    size: i64,
}

impl Paging {
    fn of(asked: &Asked) -> Result<Paging> {
        let number = |name: &str, default: i64| match asked.get(name) {
            None => Ok(default),
            Some(text) => text.parse::<i64>().ok().filter(|number| *number > 0).ok_or(Error::NotFound),
        };
        let size = number("page_size", number("limit", i64::from(PAGE_SIZE))?)?;
        Ok(Paging { page: number("page", 1)?, size: size.min(i64::from(PAGE_MAX)) })
    }

    fn skipped(self) -> i64 {
        (self.page - 1).saturating_mul(self.size)
    }

    /// A page as the framework wraps it; one beyond the last is not found.
    fn wrap(self, app: &App, uri: &Uri, count: i64, results: Vec<Value>) -> Result<Json<Value>> {
        if self.page > 1 && self.skipped() >= count {
            return Err(Error::NotFound);
        }
        let link = |page: i64| {
            let others = uri.query().unwrap_or_default().split('&');
            let mut query: Vec<String> = others
                .filter(|pair| !pair.is_empty() && !pair.starts_with("page="))
                .map(str::to_owned)
                .collect();
            query.push(format!("page={page}"));
            format!("{}{}?{}", app.config.public_origin(), uri.path(), query.join("&"))
        };
        let more = self.skipped() + self.size < count;
        Ok(Json(json!({
            "count": count,
            "next": more.then(|| link(self.page + 1)),
            "previous": (self.page > 1).then(|| link(self.page - 1)),
            "results": results,
        })))
    }
}

/// A room as these clients list it.
pub async fn room_json(app: &App, me: &Scope, id: RoomId, faces: &mut Faces) -> Result<Value> {
    let visit = room::enter(app, me, id, Stretch::Newest).await?;
    let standings = room::standings(app, me).await?;
    let unread = standings.get(&id).map_or(0, |standing| standing.unread);
    faces.meet(app, visit.room.members.iter().map(|person| person.id)).await?;
    let last = visit.page.messages.last();
    if let Some(last) = last {
        faces.meet(app, [last.sender]).await?;
    }
    let job = job_of(app, id).await?;
    let users: Vec<Value> = visit
        .room
        .members
        .iter()
        .filter_map(|person| faces.of(person.id))
        .map(|face| face.user(app))
        .collect();
    let Room { kind, .. } = visit.room;
    Ok(json!({
        "id": id,
        "room_id": id,
        "name": visit.room.name(),
        "room_type": kind.word(),
        "is_group": kind == RoomKind::Group,
        "job": job,
        "job_id": job,
        "participants": users,
        "unread_count": unread,
        "last_message": last.map(|message| message_json(app, message, faces.of(message.sender), false)),
        "is_active": true,
    }))
}

async fn job_of(app: &App, room: RoomId) -> Result<Option<JobId>> {
    let found: Option<(Option<i64>,)> =
        app.db.maybe("select job_id from room where id = $1", args![room]).await?;
    Ok(found.and_then(|(job,)| job).map(JobId))
}

/// `GET /api/chatrooms/`
pub async fn rooms(
    State(app): State<App>,
    asker: Me,
    OriginalUri(uri): OriginalUri,
    Query(asked): Query<Asked>,
) -> Response {
    let listed = async {
        let me = me(asker)?;
        let paging = Paging::of(&asked)?;
        let job = asked.get("job").or_else(|| asked.get("job_id")).map(|job| id(job)).transpose()?;
        let found: Vec<(i64,)> = app
            .db
            .all(
                "select r.id from member m join room r on r.id = m.room_id \
                 where m.account_id = $1 and ($2 = 0 or r.job_id = $2) order by r.active_at desc, r.id desc",
                args![me.account, job.unwrap_or(0)],
            )
            .await?;
        let mut faces = Faces::default();
        let mut results = Vec::new();
        let wanted = found.iter().skip(paging.skipped() as usize).take(paging.size as usize);
        for (room,) in wanted {
            results.push(room_json(&app, &me, RoomId(*room), &mut faces).await?);
        }
        paging.wrap(&app, &uri, found.len() as i64, results)
    };
    answered(listed.await)
}

/// `GET /api/chatrooms/{id}/`
pub async fn room(State(app): State<App>, asker: Me, Path(room): Path<String>) -> Response {
    let shown = async {
        let me = me(asker)?;
        room_json(&app, &me, RoomId(id(&room)?), &mut Faces::default()).await.map(Json)
    };
    answered(shown.await)
}

/// `POST /api/chatrooms/`: the room of a job, of two people, or a group.
pub async fn make_room(State(app): State<App>, asker: Me, headers: HeaderMap, body: Bytes) -> Response {
    let frame = match fields(&headers, &body) {
        Ok(fields) => Value::Object(fields),
        Err(response) => return *response,
    };
    let made = async {
        let me = me(asker)?;
        let room = match number(field(&frame, &["job", "job_id"])) {
            // It is there since the job is.
            Some(job) => job::one(&app, &me, JobId(job)).await?.room,
            None => {
                let people = people_in(&app, &frame).await?;
                let others: Vec<AccountId> = people.into_iter().filter(|one| *one != me.account).collect();
                let name = field(&frame, &["name", "title"]).and_then(Value::as_str);
                match (name, others.as_slice()) {
                    (None, [other]) => room::open(&app, &me, *other).await?,
                    (_, []) => return Err(Error::invalid("participants", Why::Empty)),
                    (name, _) => member::group(&app, &me, name.unwrap_or("Group chat"), &others).await?,
                }
            }
        };
        let shown = room_json(&app, &me, room, &mut Faces::default()).await?;
        Ok((StatusCode::CREATED, Json(shown)))
    };
    answered(made.await)
}

/// `PATCH /api/chatrooms/{id}/`: another name, by who owns the group.
pub async fn rename(
    State(app): State<App>,
    asker: Me,
    Path(room): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let frame = match fields(&headers, &body) {
        Ok(fields) => Value::Object(fields),
        Err(response) => return *response,
    };
    let renamed = async {
        let (me, room) = (me(asker)?, RoomId(id(&room)?));
        room::require_member(&app, &me, room).await?;
        let name = field(&frame, &["name", "title"]).ok_or_else(|| Error::invalid("name", Why::Empty))?;
        let name = name.as_str().ok_or_else(|| Error::invalid("name", Why::Malformed))?;
        member::rename(&app, &me, room, name).await?;
        room_json(&app, &me, room, &mut Faces::default()).await.map(Json)
    };
    answered(renamed.await)
}

/// `DELETE /api/chatrooms/{id}/`: a group ends for all when its owner ends it; other rooms stay as long as the link
/// or the job they belong to.
pub async fn end_room(State(app): State<App>, asker: Me, Path(room): Path<String>) -> Response {
    let ended = async {
        let (me, room) = (me(asker)?, RoomId(id(&room)?));
        room::require_member(&app, &me, room).await?;
        member::dissolve(&app, &me, room).await?;
        Ok(StatusCode::NO_CONTENT)
    };
    answered(ended.await)
}

/// `GET /api/chatrooms/{id}/participants/`
pub async fn participants(State(app): State<App>, asker: Me, Path(room): Path<String>) -> Response {
    let listed = async {
        let (me, room) = (me(asker)?, RoomId(id(&room)?));
        room::require_member(&app, &me, room).await?;
        let found: Vec<(i64, i64)> = app
            .db
            .all(
                "select account_id, joined_at from member where room_id = $1 order by account_id",
                args![room],
            )
            .await?;
        let mut faces = Faces::default();
        faces.meet(&app, found.iter().map(|(account, _)| AccountId(*account))).await?;
        let unread = unread_of(&app, room).await?;
        let listed = found.iter().filter_map(|(account, joined_ms)| {
            let face = faces.of(AccountId(*account))?;
            let mut user = face.user(&app);
            user["user"] = face.user(&app);
            user["joined_at"] = json!(stamp(*joined_ms));
            user["unread_count"] = json!(unread.get(&face.id).copied().unwrap_or(0));
            Some(user)
        });
        Ok(Json(listed.collect::<Vec<Value>>()))
    };
    answered(listed.await)
}

async fn unread_of(app: &App, room: RoomId) -> Result<HashMap<AccountId, i64>> {
    let found: Vec<(i64, i64)> = app
        .db
        .all(
            "select m.account_id, (select count(*) from message x where x.room_id = m.room_id and x.seq > m.read_seq \
             and x.sender_id <> m.account_id and x.kind <> 'system') from member m where m.room_id = $1",
            args![room],
        )
        .await?;
    Ok(found.into_iter().map(|(account, count)| (AccountId(account), count)).collect())
}

/// `GET /api/chatrooms/{id}/messages/`: the first page holds the newest, in the order they were written; the next
/// pages go back in time.
pub async fn room_messages(
    State(app): State<App>,
    asker: Me,
    Path(room): Path<String>,
    OriginalUri(uri): OriginalUri,
    Query(asked): Query<Asked>,
) -> Response {
    let listed = async {
        let (me, room) = (me(asker)?, RoomId(id(&room)?));
        let paging = Paging::of(&asked)?;
        let head = message::head(&app, &me, room).await?;
        let before = (head - paging.skipped()).saturating_add(1).max(0);
        let page = message::page(&app, &me, room, Stretch::Before(before), Some(paging.size as u32)).await?;
        let results = told(&app, &page.messages).await?;
        paging.wrap(&app, &uri, head, results)
    };
    answered(listed.await)
}

/// Messages of any rooms, each with its sender and whether it was read.
async fn told(app: &App, messages: &[Message]) -> Result<Vec<Value>> {
    let mut faces = Faces::default();
    faces.meet(app, messages.iter().map(|message| message.sender)).await?;
    let mut readings: HashMap<RoomId, Reading> = HashMap::new();
    for message in messages {
        if let Entry::Vacant(unknown) = readings.entry(message.room) {
            unknown.insert(Reading::of(app, message.room).await?);
        }
    }
    let told = messages.iter().map(|message| {
        let is_read = readings.get(&message.room).is_some_and(|reading| reading.is_read(message));
        message_json(app, message, faces.of(message.sender), is_read)
    });
    Ok(told.collect())
}

/// `POST /api/chatrooms/{id}/send_message/`
pub async fn send(
    State(app): State<App>,
    asker: Me,
    Path(room): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let asker = match me(asker) {
        Ok(asker) => asker,
        Err(error) => return refused(error),
    };
    let frame = match fields(&headers, &body) {
        Ok(fields) => Value::Object(fields),
        Err(response) => return *response,
    };
    let sent = async {
        let room = RoomId(id(&room)?);
        room::require_member(&app, &asker, room).await?;
        let content = field(&frame, &["content", "message"]);
        let content = content.ok_or_else(|| Error::invalid("content", Why::Empty))?;
        let content = content.as_str().ok_or_else(|| Error::invalid("content", Why::Malformed))?;
        let cid = match field(&frame, &["cid", "client_id"]).and_then(Value::as_str) {
            Some(cid) => cid.parse().map_err(|_| Error::invalid("cid", Why::Malformed))?,
            None => Cid(rand::random()),
        };
        let draft = Draft { kind: kind(&frame)?, ..Draft::text(cid, room, content.into()) };
        let stored = message::post(&app, &asker, draft).await?;
        let mut told = told(&app, std::slice::from_ref(&stored.message)).await?;
        let status = if stored.fresh { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, Json(told.pop().unwrap_or_default())))
    };
    answered(sent.await)
}

/// `GET /api/messages/`: of all one's rooms, the newest first; by room, sender, unread, since, text.
pub async fn messages(
    State(app): State<App>,
    asker: Me,
    OriginalUri(uri): OriginalUri,
    Query(asked): Query<Asked>,
) -> Response {
    let listed = async {
        let me = me(asker)?;
        let paging = Paging::of(&asked)?;
        let number = |names: &[&'static str]| {
            let text = names.iter().find_map(|name| asked.get(*name));
            text.map(|text| text.parse::<i64>().map_err(|_| Error::invalid(names[0], Why::Malformed)))
                .transpose()
        };
        let room = number(&["room", "room_id", "chatroom"])?.unwrap_or(0);
        let sender = number(&["sender", "sender_id"])?.unwrap_or(0);
        let unread = match asked.get("unread").or_else(|| asked.get("is_unread")).map(String::as_str) {
            None | Some("" | "false" | "False" | "0") => 0i64,
            Some("true" | "True" | "1") => 1,
            Some(_) => return Err(Error::invalid("unread", Why::Malformed)),
        };
        let since = match asked.get("since") {
            None => 0,
            Some(text) => since_ms(text)?,
        };
        let text = asked.get("text").or_else(|| asked.get("search")).map(String::as_str).unwrap_or_default();
        let like = format!("%{}%", escaped(&text.to_lowercase()));
        let count: Option<(i64,)> =
            app.db.maybe(COUNTED, args![me.account, room, sender, unread, since, like.as_str()]).await?;
        let found: Vec<(i64, i64)> = app
            .db
            .all(
                FOUND,
                args![me.account, room, sender, unread, since, like.as_str(), paging.size, paging.skipped()],
            )
            .await?;
        let mut messages = Vec::with_capacity(found.len());
        for (room, seq) in found {
            let page = message::page(&app, &me, RoomId(room), Stretch::After(seq - 1), Some(1)).await?;
            messages.extend(page.messages);
        }
        let results = told(&app, &messages).await?;
        paging.wrap(&app, &uri, count.map_or(0, |(count,)| count), results)
    };
    answered(listed.await)
}

/// The filters are values, never pieces of the statement.
macro_rules! filtered {
    ($begin:literal, $end:literal) => {
        concat!(
            "select ",
            $begin,
            " from member m join message x on x.room_id = m.room_id where m.account_id = $1 \
             and ($2 = 0 or x.room_id = $2) and ($3 = 0 or x.sender_id = $3) \
             and ($4 = 0 or (x.seq > m.read_seq and x.sender_id <> m.account_id and x.kind <> 'system')) \
             and x.sent_at >= $5 and ($6 = '%%' or lower(x.body) like $6 escape '!')",
            $end
        )
    };
}
const COUNTED: &str = filtered!("count(*)", "");
const FOUND: &str = filtered!("x.room_id, x.seq", " order by x.sent_at desc, x.id desc limit $7 offset $8");

/// Text that is looked for as it stands, whatever signs are in it.
fn escaped(text: &str) -> String {
    text.replace('!', "!!").replace('%', "!%").replace('_', "!_")
}

/// A moment as ISO 8601, or as milliseconds since 1970.
fn since_ms(text: &str) -> Result<i64> {
    if let Ok(ms) = text.parse() {
        return Ok(ms);
    }
    let wrong = || Error::invalid("since", Why::Malformed);
    // A plus sign in a query stands for a blank.
    let text = text.replace(' ', "+");
    let at = time::OffsetDateTime::parse(&text, &time::format_description::well_known::Rfc3339);
    match at {
        Ok(at) => Ok((at.unix_timestamp_nanos() / 1_000_000) as i64),
        Err(_) => {
            let format = time::macros::format_description!("[year]-[month]-[day]");
            let date = time::Date::parse(&text, format).map_err(|_| wrong())?;
            Ok(date.midnight().assume_utc().unix_timestamp() * 1_000)
        }
    }
}

/// `POST /api/messages/{id}/mark_read/`
pub async fn mark_read(State(app): State<App>, asker: Me, Path(message): Path<String>) -> Response {
    let marked = async {
        let me = me(asker)?;
        let message = MessageId(id(&message)?);
        let found: Option<(i64,)> = app
            .db
            .maybe(
                "select x.room_id from message x join member m on m.room_id = x.room_id \
                 where x.id = $1 and m.account_id = $2",
                args![message, me.account],
            )
            .await?;
        let room = RoomId(found.ok_or(Error::NotFound)?.0);
        let seq = seq_of(&app, room, message).await?;
        receipt::read_now(&app, &me, room, seq).await?;
        let page = message::page(&app, &me, room, Stretch::After(seq - 1), Some(1)).await?;
        let mut told = told(&app, &page.messages).await?;
        let mut answer = told.pop().ok_or(Error::NotFound)?;
        answer["status"] = json!("read");
        // Of one's own it says whether others have; of others' that one has.
        if answer["sender_id"] != json!(me.account) {
            answer["is_read"] = json!(true);
        }
        Ok(Json(answer))
    };
    answered(marked.await)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_in_the_spellings_clients_use() {
        assert_eq!(since_ms("1795254000000"), Ok(1_795_254_000_000));
        assert_eq!(since_ms("2026-11-21T09:40:00Z"), Ok(1_795_254_000_000));
        assert_eq!(since_ms("2026-11-21T10:40:00 01:00"), Ok(1_795_254_000_000));
        assert_eq!(since_ms("2026-11-21"), Ok(1_795_219_200_000));
        assert!(since_ms("yesterday").is_err());
    }

    #[test]
    fn signs_of_patterns_are_looked_for_as_they_stand() {
        assert_eq!(escaped("100 %_!"), "100 !%!_!!");
    }
}
