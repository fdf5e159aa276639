//! P3: the chat of a patient and a practitioner, over its socket and over HTTP.

use super::{
    answered,
    face::{Face, Faces, Reading},
    field::{self, text},
    job::words,
    refused,
    socket::{self, Dialect},
    token::fields,
};
use crate::{
    model::{
        Cid, Error, Result, RoomId, Why,
        message::{Draft, Kind, Message, PAGE_MAX, Stretch},
        wire::Event,
    },
    server::{App, clock::stamp, gate::Scope, http::origin, link::Link, message, receipt, room, typing},
};
use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, State, ws::WebSocketUpgrade},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// Opens the socket of a room for its members.
pub async fn open(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Path(room): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let known = async {
        let Extension(me) = me.ok_or(Error::SignIn)?;
        let room = RoomId(room.parse().map_err(|_| Error::NotFound)?);
        room::require_member(&app, &me, room).await?;
        Ok((me, CareChat { room, faces: Faces::default(), knows_types: false }))
    };
    socket::open(&app, &headers, upgrade, known.await).await
}

struct CareChat {
    room: RoomId,
    faces: Faces,
    /// Whether this client has named a type itself. The first ones took every frame for a message.
    knows_types: bool,
}

fn told(message: &Message, sender: Option<&Face>, is_read: bool) -> Value {
    let is_system = message.kind == Kind::System;
    json!({
        "id": message.id,
        "room_id": message.room,
        "message": message.body,
        "sender_type": sender.filter(|_| !is_system).map_or("system", Face::sender_type),
        "sender": message.sender,
        "sender_id": message.sender,
        "sender_name": sender.map(|face| face.name.as_str()),
        "timestamp": stamp(message.sent_ms),
        "is_read": is_read,
    })
}

impl Dialect for CareChat {
    async fn hear(&mut self, link: &Link, frame: Value) -> Result<Vec<String>> {
        // Typing and reading came later, under a type of their own.
        self.knows_types |= frame.get("type").is_some();
        match frame.get("type").and_then(Value::as_str) {
            Some("typing") => {
                let on = frame.get("is_typing").and_then(Value::as_bool).unwrap_or(true);
                typing::set(&link.app, &link.me, self.room, on)?;
            }
            Some("read" | "mark_read") => {
                let seq = message::head(&link.app, &link.me, self.room).await?;
                receipt::read(&link.app, &link.me, self.room, seq)?;
            }
            Some("message" | "chat_message") | None => {
                let draft = Draft::text(Cid(rand::random()), self.room, text(&frame, &["message"])?.into());
                if let Some(event) = socket::post(link, draft, &frame).await? {
                    return self.tell(link, event).await;
                }
            }
            Some(_) => return Err(Error::invalid("type", Why::Unknown)),
        }
        Ok(Vec::new())
    }

    async fn tell(&mut self, link: &Link, event: Event) -> Result<Vec<String>> {
        Ok(match event {
            Event::Posted(message) if message.room == self.room => {
                self.faces.meet(&link.app, [message.sender]).await?;
                vec![told(&message, self.faces.of(message.sender), false).to_string()]
            }
            Event::Typing(typing) if self.knows_types && typing.room == self.room => {
                self.faces.meet(&link.app, [typing.account]).await?;
                let face = self.faces.of(typing.account);
                vec![
                    json!({
                        "type": "typing",
                        "is_typing": typing.on,
                        "sender_type": face.map(Face::sender_type),
                        "sender_id": typing.account,
                    })
                    .to_string(),
                ]
            }
            Event::Receipt(receipt)
                if self.knows_types
                    && receipt.room == self.room
                    && receipt.read_ms.is_some()
                    && receipt.account != link.me.account =>
            {
                vec![
                    json!({
                        "type": "read",
                        "reader_id": receipt.account,
                        "message_id": super::job::newest_up_to(&link.app, self.room, receipt.read_seq).await?,
                        "read_at": receipt.read_ms.map(stamp),
                    })
                    .to_string(),
                ]
            }
            _ => Vec::new(),
        })
    }

    fn refuse(&self, error: &Error) -> String {
        json!({ "error": words(error), "code": error.code() }).to_string()
    }

    fn ends_with(&self, event: &Event) -> bool {
        matches!(event, Event::Removed { room } if *room == self.room)
    }
}

/// `POST /chat/send-message/`: the way of those whom no socket reaches.
pub async fn send(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Some(Extension(me)) = me else { return refused(Error::SignIn) };
    let frame = match fields(&headers, &body) {
        Ok(fields) => Value::Object(fields),
        Err(response) => return *response,
    };
    let sent = async {
        let room = field::room(&frame)?.ok_or_else(|| Error::invalid("room_id", Why::Empty))?;
        let text = text(&frame, &["message", "content"])?;
        let cid = field::cid(&frame)?.unwrap_or_else(|| Cid(rand::random()));
        let stored = message::post(&app, &me, Draft::text(cid, room, text.into())).await?;
        let mut faces = Faces::default();
        faces.meet(&app, [me.account]).await?;
        Ok::<_, Error>(told(&stored.message, faces.of(me.account), false))
    };
    match sent.await {
        Ok(sent) => {
            let mut answer = sent.clone();
            answer["status"] = json!("success");
            answer["success"] = json!(true);
            answer["message_id"] = sent["id"].clone();
            answer["data"] = sent;
            (StatusCode::OK, Json(answer)).into_response()
        }
        // Under the name the client gave it.
        Err(Error::Invalid { field, why }) if field == "body" => refused(Error::invalid("message", why)),
        Err(error) => refused(error),
    }
}

/// `GET /chat/messages/<room>/`: the latest messages; whoever has got them has read them.
pub async fn messages(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Path(room): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(Extension(me)) = me else { return refused(Error::SignIn) };
    // A link somebody was made to follow must not tell others that they have read.
    let is_meant = !me.is_ambient || !origin::is_elsewhere(&headers);
    let read = async {
        let room = RoomId(room.parse().map_err(|_| Error::NotFound)?);
        let page = message::page(&app, &me, room, Stretch::Newest, Some(PAGE_MAX)).await?;
        let mut reading = Reading::of(&app, room).await?;
        if let Some(last) =
            page.messages.last().filter(|last| is_meant && !reading.has_read(me.account, last.seq))
        {
            match receipt::read_now(&app, &me, room, last.seq).await {
                Ok(()) => reading = Reading::of(&app, room).await?,
                // What can be read is shown, also while nothing can be written.
                Err(error) => {
                    tracing::warn!(error.code = error.code(), "what was shown could not be marked as read")
                }
            }
        }
        let mut faces = Faces::default();
        faces.meet(&app, page.messages.iter().map(|message| message.sender)).await?;
        let told: Vec<Value> = page
            .messages
            .iter()
            .map(|message| told(message, faces.of(message.sender), reading.is_read(message)))
            .collect();
        Ok(Json(json!({ "room_id": room, "messages": told, "has_more": page.more })))
    };
    answered(read.await)
}
