//! P4's socket: one for each job, with actions in and typed objects out.

use super::{
    face::{Faces, told},
    field::{field, text, whole},
    sentence,
    socket::{self, Dialect},
};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, JobId, MessageId, Result, RoomId, Why,
        message::{Draft, Kind, Note},
        wire::Event,
    },
    server::{App, clock::stamp, gate::Scope, link::Link, message, receipt, typing},
};
use axum::{
    Extension,
    extract::{Path, State, ws::WebSocketUpgrade},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Opens the conversation of a job for those who are in it.
pub async fn open(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Path(job): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let known = async {
        let Extension(me) = me.ok_or(Error::SignIn)?;
        let job = JobId(job.parse().map_err(|_| Error::NotFound)?);
        let found: Option<(i64,)> = app
            .db
            .maybe(
                "select r.id from room r join member m on m.room_id = r.id where r.job_id = $1 and m.account_id = $2",
                args![job, me.account],
            )
            .await?;
        let room = RoomId(found.ok_or(Error::NotFound)?.0);
        let people: Vec<(i64,)> =
            app.db.all("select account_id from member where room_id = $1", args![room]).await?;
        let people = people.into_iter().map(|(id,)| AccountId(id)).collect();
        Ok((me, JobChat { job, room, people, faces: Faces::default() }))
    };
    socket::open(&app, &headers, upgrade, known.await).await
}

struct JobChat {
    job: JobId,
    room: RoomId,
    people: HashSet<AccountId>,
    faces: Faces,
}

impl Dialect for JobChat {
    async fn hear(&mut self, link: &Link, frame: Value) -> Result<Vec<String>> {
        let action = frame.get("action").or_else(|| frame.get("type")).and_then(Value::as_str);
        match action.ok_or_else(|| Error::invalid("action", Why::Empty))? {
            "send_message" => self.send(link, &frame).await,
            "typing_start" => typing::set(&link.app, &link.me, self.room, true).map(|()| Vec::new()),
            "typing_stop" => typing::set(&link.app, &link.me, self.room, false).map(|()| Vec::new()),
            "read_message" | "mark_read" => self.read(link, &frame).await,
            "ping" | "heartbeat" => {
                link.app.hub.active(link.me.account);
                Ok(vec![json!({ "type": "pong" }).to_string()])
            }
            _ => Err(Error::invalid("action", Why::Unknown)),
        }
    }

    async fn tell(&mut self, link: &Link, event: Event) -> Result<Vec<String>> {
        let app = &link.app;
        if let Event::Presence(presence) = &event {
            self.faces.see(presence);
        }
        Ok(match event {
            Event::Posted(message) if message.room == self.room => {
                match message.note {
                    Some(Note::Joined { account }) => drop(self.people.insert(account)),
                    Some(Note::Left { account }) => drop(self.people.remove(&account)),
                    _ => {}
                }
                self.faces.meet(app, [message.sender]).await?;
                let whole = told(app, &message, self.faces.of(message.sender), false).text();
                // At the top as well: the clients read it in both places.
                let (job, fields) = (self.job, whole.strip_prefix('{').unwrap_or_default());
                vec![format!("{{\"type\":\"chat_message\",\"job_id\":{job},\"message\":{whole},{fields}")]
            }
            Event::Typing(typing) if typing.room == self.room => {
                self.faces.meet(app, [typing.account]).await?;
                vec![
                    json!({
                        "type": "typing_indicator",
                        "user_id": typing.account,
                        "user_name": self.faces.of(typing.account).map(|face| face.name.as_str()),
                        "is_typing": typing.on,
                    })
                    .to_string(),
                ]
            }
            Event::Receipt(receipt)
                if receipt.room == self.room
                    && receipt.read_ms.is_some()
                    && receipt.account != link.me.account =>
            {
                self.faces.meet(app, [receipt.account]).await?;
                vec![
                    json!({
                        "type": "message_read",
                        "message_id": newest_up_to(app, self.room, receipt.read_seq).await?,
                        "seq": receipt.read_seq,
                        "user_id": receipt.account,
                        "user_name": self.faces.of(receipt.account).map(|face| face.name.as_str()),
                        "read_at": receipt.read_ms.map(stamp),
                    })
                    .to_string(),
                ]
            }
            Event::Presence(presence) if self.people.contains(&presence.account) => vec![
                json!({
                    "type": "user_status",
                    "user_id": presence.account,
                    "is_online": presence.online,
                    "last_seen": presence.last_seen_ms.map(stamp),
                })
                .to_string(),
            ],
            _ => Vec::new(),
        })
    }

    fn refuse(&self, error: &Error) -> String {
        json!({ "type": "error", "code": error.code(), "message": words(error), "error": words(error) })
            .to_string()
    }

    fn ends_with(&self, event: &Event) -> bool {
        matches!(event, Event::Removed { room } if *room == self.room)
    }
}

impl JobChat {
    async fn send(&mut self, link: &Link, frame: &Value) -> Result<Vec<String>> {
        let content = text(frame, &["content", "message"])?;
        let draft =
            Draft { kind: kind(frame)?, ..Draft::text(Cid(rand::random()), self.room, content.into()) };
        match socket::post(link, draft, frame).await? {
            Some(event) => self.tell(link, event).await,
            None => Ok(Vec::new()),
        }
    }

    async fn read(&self, link: &Link, frame: &Value) -> Result<Vec<String>> {
        let seq = match whole(frame, &["message_id", "id"])? {
            None => message::head(&link.app, &link.me, self.room).await?,
            Some(id) => seq_of(&link.app, self.room, MessageId(id)).await?,
        };
        receipt::read(&link.app, &link.me, self.room, seq)?;
        Ok(Vec::new())
    }
}

/// What kind a message claims to be; the house alone writes its own.
pub fn kind(frame: &Value) -> Result<Kind> {
    match field(frame, &["message_type"]) {
        None => Ok(Kind::Text),
        Some(word) => {
            let kind = word.as_str().and_then(Kind::from_word).filter(|kind| *kind != Kind::System);
            kind.ok_or_else(|| Error::invalid("message_type", Why::Unknown))
        }
    }
}

/// The place of a message in its room.
pub async fn seq_of(app: &App, room: RoomId, message: MessageId) -> Result<i64> {
    let found: Option<(i64,)> =
        app.db.maybe("select seq from message where id = $1 and room_id = $2", args![message, room]).await?;
    found.map(|(seq,)| seq).ok_or(Error::NotFound)
}

/// The last message up to a place.
pub async fn newest_up_to(app: &App, room: RoomId, seq: i64) -> Result<Option<MessageId>> {
    let found: Option<(i64,)> = app
        .db
        .maybe(
            "select id from message where room_id = $1 and seq <= $2 order by seq desc limit 1",
            args![room, seq],
        )
        .await?;
    Ok(found.map(|(id,)| MessageId(id)))
}

/// What is wrong, for a person, in the words these clients show.
pub fn words(error: &Error) -> String {
    match error {
        Error::Invalid { field, why: Why::Unknown } if field == "action" || field == "type" => {
            format!("Unknown {field}")
        }
        Error::Invalid { field, why: Why::Malformed } if field == "frame" => "Invalid JSON".into(),
        Error::Invalid { field, why: Why::Empty } if field == "body" || field == "content" => {
            "Message content cannot be empty".into()
        }
        Error::Invalid { field, why: Why::Empty } => format!("{field} is required"),
        error => sentence(error),
    }
}
