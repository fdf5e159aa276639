//! Rooms: the list, one of them, and who is in it.

use super::{
    Answer, Problem,
    answer::{Done, Made},
    message::Message,
    operation::Example,
    person::{patient, practitioner},
    request::{Asked, Asker, At, Sent},
};
use crate::{
    model::{
        AccountId, Error, MessageId, Result, RoomId, Why,
        account::Person,
        message::{Kind, Stretch},
        room::{Preview, RoomCard, RoomKind, RoomPlace},
    },
    server::{App, gate::Scope, member, receipt, room},
};
use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A room as one line of the list.
#[derive(Serialize, JsonSchema)]
pub struct RoomLine {
    id: RoomId,
    kind: RoomKind,
    name: String,
    /// The one opposite, in rooms of two.
    with: Option<AccountId>,
    /// Messages of others you have not read, notes left out.
    unread: u32,
    /// The newest number.
    head: i64,
    /// When something last happened here; the list is in this order.
    active_ms: i64,
    last_message: Option<LastMessage>,
}

/// The newest message of a room, in short.
#[derive(Serialize, JsonSchema)]
pub struct LastMessage {
    id: MessageId,
    sender: AccountId,
    kind: Kind,
    text: String,
    sent_ms: i64,
}

impl From<Preview> for LastMessage {
    fn from(last: Preview) -> LastMessage {
        let Preview { id, sender, kind, body: text, sent_ms, .. } = last;
        LastMessage { id, sender, kind, text, sent_ms }
    }
}

impl From<RoomCard> for RoomLine {
    fn from(card: RoomCard) -> RoomLine {
        RoomLine {
            id: card.id,
            kind: card.kind,
            name: card.name,
            with: card.opposite.map(|person| person.id),
            unread: card.unread,
            head: card.head,
            active_ms: card.active_ms,
            last_message: card.last.map(LastMessage::from),
        }
    }
}

/// Which page of the rooms is wanted.
#[derive(Deserialize, JsonSchema)]
pub struct Which {
    /// Where the last page ended: its `next`.
    behind: Option<String>,
}

/// A page of one's rooms, the last active first.
#[derive(Serialize, JsonSchema)]
pub struct Rooms {
    rooms: Vec<RoomLine>,
    /// Whether there are more behind the last one.
    more: bool,
    /// What to ask for `behind` to get them.
    next: Option<String>,
    /// Unread messages in all of one's rooms, those not on this page included.
    unread: u32,
}

/// `GET /api/v1/rooms`
pub async fn list(State(app): State<App>, Asker(me): Asker, Asked(asked): Asked<Which>) -> Answer<Rooms> {
    let behind = match asked.behind.as_deref() {
        None => None,
        Some(text) => {
            let place = text.split_once('.').and_then(|(active, room)| {
                Some(RoomPlace { active_ms: active.parse().ok()?, id: room.parse().ok()? })
            });
            Some(place.ok_or_else(|| Error::invalid("behind", Why::Malformed))?)
        }
    };
    let page = room::list(&app, &me, behind).await?;
    let next = page.rooms.last().filter(|_| page.more).map(|last| format!("{}.{}", last.active_ms, last.id));
    let rooms = page.rooms.into_iter().map(RoomLine::from).collect();
    Ok(Json(Rooms { rooms, more: page.more, next, unread: page.unread }))
}

/// A room that is wanted.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum NewRoom {
    /// With a colleague: the one room of the two.
    Direct { with: AccountId },
    /// With one's patient or practitioner: the one room of the two.
    Care { with: AccountId },
    /// A new group of colleagues.
    Group { title: String, members: Vec<AccountId> },
}

/// A room as one of its members sees it.
#[derive(Serialize, JsonSchema)]
pub struct Room {
    id: RoomId,
    kind: RoomKind,
    name: String,
    /// Of groups and jobs; the others are named after the person opposite.
    title: Option<String>,
    /// Who invites, removes and renames, in a group.
    owner: Option<AccountId>,
    /// The one opposite, in rooms of two.
    with: Option<AccountId>,
    /// Everybody who can read, the asker included.
    members: Vec<Person>,
    /// Messages of others you have not read, notes left out.
    unread: Option<u32>,
    /// The newest number.
    head: Option<i64>,
    last_message: Option<Message>,
}

/// `POST /api/v1/rooms`
pub async fn make(
    State(app): State<App>,
    Asker(me): Asker,
    Sent(new): Sent<NewRoom>,
) -> Result<Made<Room>, Problem> {
    let id = match new {
        NewRoom::Direct { with } | NewRoom::Care { with } => room::open(&app, &me, with).await?,
        NewRoom::Group { title, members } => member::group(&app, &me, &title, &members).await?,
    };
    Ok(Made(visit(&app, &me, id).await?))
}

async fn visit(app: &App, me: &Scope, id: RoomId) -> Result<Room> {
    let visit = room::enter(app, me, id, Stretch::Newest).await?;
    let standings = receipt::standings_in(app, me.account, vec![id]).await?;
    let standing = standings.get(&id);
    Ok(Room {
        id,
        kind: visit.room.kind,
        name: visit.room.name().to_owned(),
        title: visit.room.title,
        owner: visit.room.owner,
        with: visit.room.opposite,
        members: visit.room.members,
        unread: standing.map(|standing| standing.unread),
        head: standing.map(|standing| standing.head),
        last_message: visit.page.messages.last().map(Message::from),
    })
}

/// `GET /api/v1/rooms/{room}`
pub async fn one(State(app): State<App>, Asker(me): Asker, At(room): At<RoomId>) -> Answer<Room> {
    Ok(Json(visit(&app, &me, room).await?))
}

/// Another name.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Title {
    /// In 120 characters or less.
    title: String,
}

/// `PATCH /api/v1/rooms/{room}`
pub async fn rename(
    State(app): State<App>,
    Asker(me): Asker,
    At(room): At<RoomId>,
    Sent(Title { title }): Sent<Title>,
) -> Answer<Room> {
    member::rename(&app, &me, room, &title).await?;
    Ok(Json(visit(&app, &me, room).await?))
}

/// Who is in a room.
#[derive(Serialize, JsonSchema)]
pub struct Members {
    members: Vec<Person>,
}

/// `GET /api/v1/rooms/{room}/members`
pub async fn members(State(app): State<App>, Asker(me): Asker, At(room): At<RoomId>) -> Answer<Members> {
    let visit = room::enter(&app, &me, room, Stretch::Newest).await?;
    Ok(Json(Members { members: visit.room.members }))
}

/// Somebody.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Who {
    account: AccountId,
}

/// `POST /api/v1/rooms/{room}/members`
pub async fn invite(
    State(app): State<App>,
    Asker(me): Asker,
    At(room): At<RoomId>,
    Sent(Who { account }): Sent<Who>,
) -> Answer<Room> {
    member::invite(&app, &me, room, account).await?;
    Ok(Json(visit(&app, &me, room).await?))
}

/// `DELETE /api/v1/rooms/{room}/members/{account}`
pub async fn remove(
    State(app): State<App>,
    Asker(me): Asker,
    At((room, account)): At<(RoomId, AccountId)>,
) -> Result<Done, Problem> {
    if account == me.account {
        member::leave(&app, &me, room).await?;
    } else {
        member::remove(&app, &me, room, account).await?;
    }
    Ok(Done)
}

/// `PUT /api/v1/rooms/{room}/owner`
pub async fn hand_over(
    State(app): State<App>,
    Asker(me): Asker,
    At(room): At<RoomId>,
    Sent(Who { account }): Sent<Who>,
) -> Answer<Room> {
    member::hand_over(&app, &me, room, account).await?;
    Ok(Json(visit(&app, &me, room).await?))
}

impl Example for Rooms {
    fn example() -> Self {
        let sent_ms = 1_795_254_000_007;
        let (id, sender, text) = (MessageId(104), AccountId(2), "Good morning".into());
        let line = RoomLine {
            id: RoomId(7),
            kind: RoomKind::Care,
            name: "Dr Amara Okafor".into(),
            with: Some(AccountId(2)),
            unread: 1,
            head: 18,
            active_ms: sent_ms,
            last_message: Some(LastMessage { id, sender, kind: Kind::Text, text, sent_ms }),
        };
        Rooms { rooms: vec![line], more: false, next: None, unread: 1 }
    }
}

impl Example for NewRoom {
    fn example() -> Self {
        NewRoom::Care { with: AccountId(2) }
    }
}

impl Example for Room {
    fn example() -> Self {
        Room {
            id: RoomId(7),
            kind: RoomKind::Care,
            name: "Dr Amara Okafor".into(),
            title: None,
            owner: None,
            with: Some(AccountId(2)),
            members: Members::example().members,
            unread: Some(0),
            head: Some(18),
            last_message: Some(Message::example()),
        }
    }
}

impl Example for Title {
    fn example() -> Self {
        Title { title: "Heart care team".into() }
    }
}

impl Example for Members {
    fn example() -> Self {
        Members { members: vec![practitioner(), patient()] }
    }
}

impl Example for Who {
    fn example() -> Self {
        Who { account: AccountId(2) }
    }
}
