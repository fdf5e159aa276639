//! Faces: what the predecessors' messages say of a person, looked up once for each conversation.

use crate::{
    args,
    model::{
        AccountId, Error, MessageId, Result, RoomId,
        account::{Role, normal_email},
        message::{Kind, Message},
        presence::Presence,
        receipt::Receipt,
    },
    server::{App, batch::Batch, clock::stamp},
};
use serde::Serialize;
use std::collections::HashMap;

/// A person, as old clients show them.
#[derive(Clone, Debug)]
pub struct Face {
    pub id: AccountId,
    pub name: String,
    pub email: String,
    pub role: Role,
    last_seen_ms: Option<i64>,
}

impl Face {
    /// `patient`, or `practitioner` for everybody else who writes beside one.
    pub fn sender_type(&self) -> &'static str {
        if self.role == Role::Patient { "patient" } else { "practitioner" }
    }

    /// The user object of the HTTP API.
    pub fn user(&self, app: &App) -> User<'_> {
        let (first_name, last_name) = self.name.rsplit_once(' ').unwrap_or((&self.name, ""));
        User {
            id: self.id,
            email: &self.email,
            username: &self.email,
            name: &self.name,
            first_name,
            last_name,
            role: self.role.word(),
            is_online: app.hub.is_online(self.id),
            last_seen: self.last_seen_ms.map(stamp),
        }
    }
}

/// A person, as the predecessors wrote one.
#[derive(Debug, Serialize)]
pub struct User<'a> {
    id: AccountId,
    email: &'a str,
    username: &'a str,
    name: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    role: &'static str,
    is_online: bool,
    last_seen: Option<String>,
}

type FaceRow = (i64, String, String, String, Option<i64>);

fn face((id, name, email, role, last_seen_ms): FaceRow) -> Result<Face> {
    let role =
        Role::from_word(&role).ok_or_else(|| crate::server::fault(&"an account has an unknown role"))?;
    Ok(Face { id: AccountId(id), name, email, role, last_seen_ms })
}

static FACES: Batch = Batch::new(
    "select a.id, a.name, a.email, a.role, a.last_seen from (values {rows}) as v join account a on a.id = v.column1",
    1,
);

/// The people somebody has already been told about.
#[derive(Debug, Default)]
pub struct Faces(HashMap<AccountId, Face>);

impl Faces {
    /// Looks up those who are not known yet.
    pub async fn meet(&mut self, app: &App, people: impl IntoIterator<Item = AccountId>) -> Result<()> {
        let mut strangers: Vec<AccountId> =
            people.into_iter().filter(|account| !self.0.contains_key(account)).collect();
        strangers.sort_unstable();
        strangers.dedup();
        for (sql, args) in
            FACES.over(app.db.places(), None, strangers.into_iter().map(|account| [account.into()]))
        {
            let rows: Vec<FaceRow> = app.db.all(sql, args).await?;
            for row in rows {
                let face = face(row)?;
                self.0.insert(face.id, face);
            }
        }
        Ok(())
    }

    /// Somebody who was met has come or gone.
    pub fn see(&mut self, presence: &Presence) {
        if let (Some(face), Some(_)) = (self.0.get_mut(&presence.account), presence.last_seen_ms) {
            face.last_seen_ms = presence.last_seen_ms;
        }
    }

    /// Somebody who has been met.
    pub fn of(&self, account: AccountId) -> Option<&Face> {
        self.0.get(&account)
    }
}

/// The account behind an address.
pub async fn by_email(app: &App, email: &str) -> Result<Face> {
    if email.chars().any(char::is_control) {
        // Nobody's, and not every database can be asked.
        return Err(Error::NotFound);
    }
    let found: Option<FaceRow> = app
        .db
        .maybe(
            "select id, name, email, role, last_seen from account where email = $1",
            args![normal_email(email)],
        )
        .await?;
    found.map(face).ok_or(Error::NotFound)?
}

/// How far everybody in a room has come.
#[derive(Debug, Default)]
pub struct Reading(Vec<Receipt>);

impl Reading {
    /// As it stands in the database.
    pub async fn of(app: &App, room: RoomId) -> Result<Reading> {
        Ok(Reading(crate::server::receipt::of_room(app, room).await?))
    }

    /// Whether somebody other than its sender has read a message.
    pub fn is_read(&self, message: &Message) -> bool {
        self.0.iter().any(|one| one.account != message.sender && one.read_seq >= message.seq)
    }

    /// Whether somebody has come this far.
    pub fn has_read(&self, account: AccountId, seq: i64) -> bool {
        self.0.iter().any(|one| one.account == account && one.read_seq >= seq)
    }

    /// Whether it has reached a device of somebody else.
    pub fn is_delivered(&self, message: &Message) -> bool {
        self.0.iter().any(|one| one.account != message.sender && one.delivered_seq >= message.seq)
    }
}

/// A message as the team chat and the job chat wrote it.
#[derive(Debug, Serialize)]
pub struct Told<'a> {
    id: MessageId,
    room: RoomId,
    room_id: RoomId,
    seq: i64,
    cid: String,
    sender: Option<User<'a>>,
    sender_id: Option<AccountId>,
    sender_name: Option<&'a str>,
    sender_type: Option<&'static str>,
    content: &'a str,
    message_type: &'static str,
    is_read: bool,
    timestamp: String,
    created_at: String,
}

impl Told<'_> {
    /// As JSON, in one go: a busy conversation is little else.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A message, with what these clients show of its sender. What the house says of a room has none.
pub fn told<'a>(app: &App, message: &'a Message, sender: Option<&'a Face>, is_read: bool) -> Told<'a> {
    let sender = sender.filter(|_| message.kind != Kind::System);
    let at = stamp(message.sent_ms);
    Told {
        id: message.id,
        room: message.room,
        room_id: message.room,
        seq: message.seq,
        cid: message.cid.to_string(),
        sender: sender.map(|face| face.user(app)),
        sender_id: (message.kind != Kind::System).then_some(message.sender),
        sender_name: sender.map(|face| face.name.as_str()),
        sender_type: sender.map(Face::sender_type),
        content: &message.body,
        message_type: message.kind.word(),
        is_read,
        timestamp: at.clone(),
        created_at: at,
    }
}
