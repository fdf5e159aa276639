//! Messages: those of a room, those of all rooms, a new one, and one that was read.

use super::{Asked, Me, id, me, paging::Paging};
use crate::{
    args,
    model::{
        Cid, Error, MessageId, Result, RoomId, Why,
        message::{Draft, Message, Stretch},
    },
    server::{
        App,
        dialect::{
            answered,
            face::{self, Faces, Reading},
            field::{self, text},
            job::{kind, seq_of},
            refused,
            token::fields,
        },
        message, receipt, room,
    },
};
use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};
use std::collections::{HashMap, hash_map::Entry};

/// `GET /api/chatrooms/{id}/messages/`: the first page holds the newest, in the order they were written; the next
/// pages go back in time.
pub async fn of_room(
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
        json!(face::told(app, message, faces.of(message.sender), is_read))
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
        let content = text(&frame, &["content", "message"])?;
        let cid = field::cid(&frame)?.unwrap_or_else(|| Cid(rand::random()));
        let draft = Draft { kind: kind(&frame)?, ..Draft::text(cid, room, content.into()) };
        let stored = message::post(&app, &asker, draft).await?;
        let mut told = told(&app, std::slice::from_ref(&stored.message)).await?;
        let status = if stored.fresh { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, Json(told.pop().unwrap_or_default())))
    };
    answered(sent.await)
}

/// `GET /api/messages/`: of all one's rooms, the newest first; by room, sender, unread, since, text.
pub async fn list(
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
        if text.contains('\0') {
            return Err(Error::invalid("text", Why::Malformed));
        }
        let like = format!("%{}%", escaped(text));
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
             and x.sent_at >= $5 and ($6 = '%%' or lower(x.body) like lower($6) escape '!')",
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
