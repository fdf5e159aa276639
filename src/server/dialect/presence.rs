//! P1 and P2: `/ws/presence/`, where people see each other come and go, and teams talk.

use super::{
    face::{Face, Faces, Reading, told},
    field::{self, field, number, text, whole},
    job::{kind, newest_up_to, seq_of, words},
    room::{make, shown, with},
    socket::{self, Dialect},
};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, MessageId, Result, RoomId, Why,
        message::{Draft, PAGE_SIZE, Stretch},
        presence::Presence,
        wire::Event,
    },
    server::{App, clock::stamp, gate::Scope, link::Link, message, presence, receipt, room, typing},
};
use axum::{
    Extension,
    extract::{State, ws::WebSocketUpgrade},
    http::HeaderMap,
    response::Response,
};
use serde_json::{Value, json};
use std::collections::HashSet;

/// Opens the socket for anybody who is signed in.
pub async fn open(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let known = me.map(|Extension(me)| (me, Team::default())).ok_or(Error::SignIn);
    socket::open(&app, &headers, upgrade, known).await
}

#[derive(Default)]
struct Team {
    faces: Faces,
    /// Rooms this client has just been told of, as the answer to making them.
    made: HashSet<RoomId>,
}

impl Dialect for Team {
    async fn greet(&mut self, link: &Link) -> Result<Vec<String>> {
        let mut around: Vec<AccountId> =
            presence::online(&link.app, link.me.account).into_iter().map(|one| one.account).collect();
        around.push(link.me.account);
        self.faces.meet(&link.app, around.iter().copied()).await?;
        let users: Vec<Value> = around
            .iter()
            .filter_map(|account| self.faces.of(*account))
            .map(|face| there(&link.app, face))
            .collect();
        Ok(vec![json!({ "type": "online_users", "user_id": link.me.account, "users": users }).to_string()])
    }

    async fn hear(&mut self, link: &Link, frame: Value) -> Result<Vec<String>> {
        let word = frame.get("type").or_else(|| frame.get("action")).and_then(Value::as_str);
        let app = &link.app;
        match word.ok_or_else(|| Error::invalid("type", Why::Empty))? {
            "heartbeat" | "ping" => {
                app.hub.active(link.me.account);
                let now = stamp(app.clock.now_ms());
                Ok(vec![json!({ "type": "heartbeat_ack", "timestamp": now }).to_string()])
            }
            "send_message" => self.send(link, &frame).await,
            "typing_start" => typed(link, &frame, true).await,
            "typing_stop" => typed(link, &frame, false).await,
            "mark_message_read" => self.read(link, &frame).await,
            "create_chat_room" => self.make_room(link, &frame).await,
            "get_chat_history" => self.history(link, &frame).await,
            _ => Err(Error::invalid("type", Why::Unknown)),
        }
    }

    async fn tell(&mut self, link: &Link, event: Event) -> Result<Vec<String>> {
        let app = &link.app;
        Ok(match event {
            Event::Presence(presence) => vec![self.turn(app, presence).await?.to_string()],
            Event::Posted(message) => {
                self.faces.meet(app, [message.sender]).await?;
                let told = told(app, &message, self.faces.of(message.sender), false);
                vec![json!({ "type": "new_message", "room_id": message.room, "message": told }).to_string()]
            }
            Event::Typing(typing) => {
                self.faces.meet(app, [typing.account]).await?;
                vec![
                    json!({
                        "type": if typing.on { "typing_start" } else { "typing_stop" },
                        "room_id": typing.room,
                        "user_id": typing.account,
                        "user_name": self.faces.of(typing.account).map(|face| face.name.as_str()),
                        "is_typing": typing.on,
                    })
                    .to_string(),
                ]
            }
            Event::Receipt(receipt) if receipt.read_ms.is_some() && receipt.account != link.me.account => {
                vec![
                    json!({
                        "type": "message_read",
                        "room_id": receipt.room,
                        "message_id": newest_up_to(app, receipt.room, receipt.read_seq).await?,
                        "user_id": receipt.account,
                        "read_at": receipt.read_ms.map(stamp),
                    })
                    .to_string(),
                ]
            }
            Event::Opened { room } if !self.made.remove(&room) => {
                vec![self.opened(link, room).await?.to_string()]
            }
            Event::Removed { room } => {
                vec![json!({ "type": "chat_room_removed", "room_id": room }).to_string()]
            }
            _ => Vec::new(),
        })
    }

    fn refuse(&self, error: &Error) -> String {
        json!({ "type": "error", "code": error.code(), "message": words(error), "error": words(error) })
            .to_string()
    }
}

/// A person who is there, as a list of those holds them.
fn there(app: &App, face: &Face) -> Value {
    let mut user = json!(face.user(app));
    user["user_id"] = json!(face.id);
    // Whoever is listed is there, also in the moment before others are told.
    user["is_online"] = json!(true);
    user
}

async fn typed(link: &Link, frame: &Value, on: bool) -> Result<Vec<String>> {
    let room = field::room(frame)?.ok_or_else(|| Error::invalid("room_id", Why::Empty))?;
    room::require_member(&link.app, &link.me, room).await?;
    typing::set(&link.app, &link.me, room, on).map(|()| Vec::new())
}

impl Team {
    async fn turn(&mut self, app: &App, presence: Presence) -> Result<Value> {
        self.faces.meet(app, [presence.account]).await?;
        self.faces.see(&presence);
        let face = self.faces.of(presence.account);
        Ok(json!({
            "type": "presence_update",
            "user_id": presence.account,
            "name": face.map(|face| face.name.as_str()),
            "email": face.map(|face| face.email.as_str()),
            "is_online": presence.online,
            "last_seen": presence.last_seen_ms.map(stamp),
        }))
    }

    async fn send(&mut self, link: &Link, frame: &Value) -> Result<Vec<String>> {
        let content = text(frame, &["content", "message", "text"])?;
        let draft =
            Draft { kind: kind(frame)?, ..Draft::text(Cid(rand::random()), RoomId(0), content.into()) };
        draft.check()?;
        // To a room, or to somebody, whose room is made on first contact.
        let room = match field::room(frame)? {
            Some(room) => room,
            None => {
                let to = whole(frame, &["recipient_id", "receiver_id", "to_user_id", "user_id"])?;
                let to = to.ok_or_else(|| Error::invalid("room_id", Why::Empty))?;
                with(&link.app, &link.me, AccountId(to)).await?
            }
        };
        match socket::post(link, Draft { room, ..draft }, frame).await? {
            Some(event) => self.tell(link, event).await,
            None => Ok(Vec::new()),
        }
    }

    async fn read(&self, link: &Link, frame: &Value) -> Result<Vec<String>> {
        let app = &link.app;
        let message = whole(frame, &["message_id", "id"])?.map(MessageId);
        let (room, seq) = match (field::room(frame)?, message) {
            (Some(room), Some(message)) => (room, seq_of(app, room, message).await?),
            (Some(room), None) => (room, message::head(app, &link.me, room).await?),
            (None, Some(message)) => place_of(app, message).await?,
            (None, None) => return Err(Error::invalid("message_id", Why::Empty)),
        };
        room::require_member(app, &link.me, room).await?;
        receipt::read(app, &link.me, room, seq)?;
        Ok(Vec::new())
    }

    async fn make_room(&mut self, link: &Link, frame: &Value) -> Result<Vec<String>> {
        let is_group = field(frame, &["room_type", "chat_type"]).and_then(Value::as_str) == Some("group")
            || field(frame, &["is_group"]).and_then(Value::as_bool) == Some(true);
        let (room, is_new) = make(&link.app, &link.me, frame, is_group).await?;
        if is_new {
            self.made.insert(room);
        }
        Ok(vec![self.opened(link, room).await?.to_string()])
    }

    async fn history(&mut self, link: &Link, frame: &Value) -> Result<Vec<String>> {
        let app = &link.app;
        let room = field::room(frame)?.ok_or_else(|| Error::invalid("room_id", Why::Empty))?;
        let limit = number(frame.get("limit")).map_or(PAGE_SIZE, |limit| limit.clamp(1, 100) as u32);
        let stretch = match whole(frame, &["before", "before_id"])? {
            None => Stretch::Newest,
            Some(id) => {
                room::require_member(app, &link.me, room).await?;
                Stretch::Before(seq_of(app, room, MessageId(id)).await?)
            }
        };
        let page = message::page(app, &link.me, room, stretch, Some(limit)).await?;
        let reading = Reading::of(app, room).await?;
        self.faces.meet(app, page.messages.iter().map(|message| message.sender)).await?;
        let messages: Vec<Value> = page
            .messages
            .iter()
            .map(|message| json!(told(app, message, self.faces.of(message.sender), reading.is_read(message))))
            .collect();
        Ok(vec![
            json!({ "type": "chat_history", "room_id": room, "messages": messages, "has_more": page.more })
                .to_string(),
        ])
    }

    async fn opened(&mut self, link: &Link, id: RoomId) -> Result<Value> {
        let standings = receipt::standings_in(&link.app, link.me.account, vec![id]).await?;
        let room = shown(&link.app, &link.me, id, &standings, &mut self.faces).await?;
        Ok(json!({ "type": "chat_room_created", "room_id": id, "room": room }))
    }
}

async fn place_of(app: &App, message: MessageId) -> Result<(RoomId, i64)> {
    let found: Option<(i64, i64)> =
        app.db.maybe("select room_id, seq from message where id = $1", args![message]).await?;
    found.map(|(room, seq)| (RoomId(room), seq)).ok_or(Error::NotFound)
}
