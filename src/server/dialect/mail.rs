//! P5: two people by their addresses, over a socket and two calls.

use super::{
    face::{Face, Reading, by_email},
    field::text,
    job::words,
    room::with,
    socket::{self, Dialect},
};
use crate::{
    args,
    model::{
        AccountId, Cid, Error, Result, RoomId, Why,
        account::normal_email,
        message::{Draft, Kind, Message, PAGE_MAX, Stretch},
        wire::Event,
    },
    server::{App, clock::stamp, gate::Scope, link::Link, message, receipt, room},
};
use axum::{
    Extension, Json,
    extract::{Path, Query, State, ws::WebSocketUpgrade},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::collections::HashMap;

/// What one answer of the history holds when nobody says otherwise, and at most.
const HISTORY_MAX: usize = 500;

/// Opens the socket of an address for whom it belongs to.
pub async fn open(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Path(email): Path<String>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let known = async {
        let Extension(me) = me.ok_or(Error::SignIn)?;
        let mine = by_email(&app, &email).await?;
        if mine.id != me.account {
            return Err(Error::Forbidden);
        }
        Ok((me, Mail { mine, pairs: HashMap::new() }))
    };
    socket::open(&app, &headers, upgrade, known.await).await
}

struct Mail {
    mine: Face,
    /// The one opposite in each room of two; nothing in other rooms.
    pairs: HashMap<RoomId, Option<Face>>,
}

fn told(message: &Message, mine: &Face, partner: &Face, (delivered, read): (bool, bool)) -> Value {
    let (sender, receiver) = if message.sender == mine.id { (mine, partner) } else { (partner, mine) };
    json!({
        "id": message.id.to_string(),
        "sender_email": sender.email,
        "receiver_email": receiver.email,
        "message": message.body,
        "timestamp": stamp(message.sent_ms),
        "read": read,
        "delivered": delivered,
    })
}

impl Dialect for Mail {
    async fn hear(&mut self, link: &Link, frame: Value) -> Result<Vec<String>> {
        let app = &link.app;
        let draft = Draft::text(Cid(rand::random()), RoomId(0), text(&frame, &["message"])?.into());
        let to = text(&frame, &["receiver_email"])?;
        // Before anything is made for it.
        draft.check()?;
        let partner = by_email(app, to).await?;
        let room = with(app, &link.me, partner.id).await?;
        self.pairs.insert(room, Some(partner));
        match socket::post(link, Draft { room, ..draft }, &frame).await? {
            Some(event) => self.tell(link, event).await,
            None => Ok(Vec::new()),
        }
    }

    async fn tell(&mut self, link: &Link, event: Event) -> Result<Vec<String>> {
        let Event::Posted(message) = event else { return Ok(Vec::new()) };
        if message.kind == Kind::System {
            return Ok(Vec::new());
        }
        let partner = match self.pairs.get(&message.room) {
            Some(known) => known.clone(),
            None => {
                let found = opposite(&link.app, link.me.account, message.room).await?;
                self.pairs.insert(message.room, found.clone());
                found
            }
        };
        let Some(partner) = partner else { return Ok(Vec::new()) };
        if message.sender != self.mine.id && message.sender != partner.id {
            return Ok(Vec::new());
        }
        let is_mine = message.sender == self.mine.id;
        // To whom this is said, it is delivered; of one's own it is known whether somebody there can take it.
        let delivered = !is_mine || link.app.hub.is_connected(partner.id);
        if !is_mine {
            let _ = receipt::deliver(&link.app, &link.me, [(message.room, message.seq)]);
        }
        Ok(vec![told(&message, &self.mine, &partner, (delivered, false)).to_string()])
    }

    fn refuse(&self, error: &Error) -> String {
        let words = match error {
            // Whether the address is nobody's or somebody's one has nothing to do with.
            Error::NotFound => "You cannot write to this address".into(),
            error => words(error),
        };
        json!({ "error": words, "detail": words, "code": error.code() }).to_string()
    }
}

/// The other one in a room of two.
async fn opposite(app: &App, me: AccountId, room: RoomId) -> Result<Option<Face>> {
    let found: Option<(String,)> = app
        .db
        .maybe(
            "select a.email from room r left join care c on c.id = r.care_id join account a on a.id = case r.kind \
             when 'care' then case when c.patient_id = $2 then c.practitioner_id \
             when c.practitioner_id = $2 then c.patient_id end \
             when 'direct' then (select o.account_id from member o where o.room_id = r.id and o.account_id <> $2) end \
             where r.id = $1",
            args![room, me],
        )
        .await?;
    match found {
        Some((email,)) => by_email(app, &email).await.map(Some),
        None => Ok(None),
    }
}

/// `GET /messages/{one}/{other}`: what these two wrote, for these two.
pub async fn history(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Path((one, other)): Path<(String, String)>,
    Query(asked): Query<HashMap<String, String>>,
) -> Response {
    let told = async {
        let Extension(me) = me.ok_or(Error::SignIn)?;
        let (one, other) = (normal_email(&one), normal_email(&other));
        let (mine, partner) = pair(&app, &me, &one, &other).await?;
        let Some(room) = room::between(&app, &me, partner.id).await? else { return Ok(Vec::new()) };
        let limit = asked.get("limit").map_or(Ok(HISTORY_MAX), |limit| limit.parse());
        let limit = limit.map_err(|_| Error::invalid("limit", Why::Malformed))?.clamp(1, HISTORY_MAX);
        let messages = newest(&app, &me, room, limit).await?;
        let reading = Reading::of(&app, room).await?;
        let between = messages.iter().filter(|message| {
            message.kind != Kind::System && [mine.id, partner.id].contains(&message.sender)
        });
        Ok(between
            .map(|message| {
                let state = (reading.is_delivered(message), reading.is_read(message));
                told(message, &mine, &partner, state)
            })
            .collect::<Vec<Value>>())
    };
    match told.await {
        Ok(told) => Json(told).into_response(),
        Err(error) => detail(&error),
    }
}

/// Oneself and the other one of two addresses.
async fn pair(app: &App, me: &Scope, one: &str, other: &str) -> Result<(Face, Face)> {
    let (one, other) = (by_email(app, one).await, by_email(app, other).await);
    match (one, other) {
        (Ok(one), Ok(other)) if one.id == me.account && other.id != me.account => Ok((one, other)),
        (Ok(one), Ok(other)) if other.id == me.account && one.id != me.account => Ok((other, one)),
        (Err(error), _) | (_, Err(error)) if error.may_retry() => Err(error),
        // Somebody else's, and nobody's.
        _ => Err(Error::Forbidden),
    }
}

async fn newest(app: &App, me: &Scope, room: RoomId, limit: usize) -> Result<Vec<Message>> {
    let mut messages: Vec<Message> = Vec::new();
    let mut stretch = Stretch::Newest;
    while messages.len() < limit {
        let wanted = (limit - messages.len()).min(PAGE_MAX as usize) as u32;
        let page = message::page(app, me, room, stretch, Some(wanted)).await?;
        let Some(first) = page.messages.first() else { break };
        stretch = Stretch::Before(first.seq);
        messages.splice(0..0, page.messages);
        if !page.more {
            break;
        }
    }
    Ok(messages)
}

/// `PATCH /messages/mark-read/{partner}`: all that this partner wrote is read.
pub async fn mark_read(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    Path(partner): Path<String>,
) -> Response {
    let marked = async {
        let Extension(me) = me.ok_or(Error::SignIn)?;
        let partner = by_email(&app, &partner).await.map_err(|error| match error {
            Error::NotFound => Error::Forbidden,
            error => error,
        })?;
        let Some(room) = room::between(&app, &me, partner.id).await? else { return Ok(0) };
        let before = receipt::standings_in(&app, me.account, vec![room]).await?;
        let unread = before.get(&room).map_or(0, |one| one.unread);
        let head = message::head(&app, &me, room).await?;
        receipt::read_now(&app, &me, room, head).await?;
        Ok(unread)
    };
    match marked.await {
        Ok(count) => Json(
            json!({ "message": "Messages marked as read", "status": "success", "modified_count": count }),
        )
        .into_response(),
        Err(error) => detail(&error),
    }
}

/// An error as FastAPI answers it.
fn detail(error: &Error) -> Response {
    let words = match error {
        Error::SignIn => "Not authenticated".to_owned(),
        Error::Forbidden | Error::NotFound => "Not authorized to access these messages".to_owned(),
        error => error.to_string(),
    };
    let status = if *error == Error::NotFound { 403 } else { error.status() };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(json!({ "detail": words }))).into_response();
    if *error == Error::SignIn {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
