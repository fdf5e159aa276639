//! Rooms, as the team chat and the job chat named, made and listed them.

use super::{
    face::{Faces, by_email, told},
    field::{field, number},
};
use crate::{
    args,
    model::{
        AccountId, Error, JobId, Result, RoomId, Why,
        message::Stretch,
        receipt::Standing,
        room::{GROUP_MAX, Room, RoomKind, may_be_grouped},
    },
    server::{App, gate::Scope, member, room},
};
use serde_json::{Value, json};
use std::collections::HashMap;

/// The one room with somebody, which is only made where there is none.
pub async fn with(app: &App, me: &Scope, other: AccountId) -> Result<RoomId> {
    match room::between(app, me, other).await? {
        Some(room) => {
            // Another process may have made it since these two connected.
            app.hub.subscribe_people(room, &[me.account, other]);
            Ok(room)
        }
        None => room::open(app, me, other).await,
    }
}

/// The room a client asks for, of two or of several, and whether it has just been made.
pub async fn make(app: &App, me: &Scope, frame: &Value, is_group: bool) -> Result<(RoomId, bool)> {
    let people = people(app, frame).await?;
    let others: Vec<Option<AccountId>> =
        people.into_iter().filter(|account| *account != Some(me.account)).collect();
    // Before it is told whether there is somebody behind an address.
    if (is_group || others.len() > 1) && !may_be_grouped(me.role) {
        return Err(Error::Forbidden);
    }
    let others: Vec<AccountId> = others.into_iter().collect::<Option<_>>().ok_or(Error::NotFound)?;
    match (is_group, others.as_slice()) {
        (_, []) => Err(Error::invalid("participants", Why::Empty)),
        (false, [other]) => {
            if let Some(room) = room::between(app, me, *other).await? {
                return Ok((room, false));
            }
            Ok((room::open(app, me, *other).await?, true))
        }
        _ => {
            let name = match field(frame, &["name", "title"]) {
                None => "Group chat",
                Some(name) => name.as_str().ok_or_else(|| Error::invalid("name", Why::Malformed))?,
            };
            Ok((member::group(app, me, name, &others).await?, true))
        }
    }
}

/// The people a client names, by number or by address; nobody, where an address is nobody's.
async fn people(app: &App, frame: &Value) -> Result<Vec<Option<AccountId>>> {
    let listed = field(frame, &["participants", "participant_ids", "members", "user_ids"]);
    let single = field(frame, &["recipient_id", "user_id", "with"]);
    let wanted = match (listed, single) {
        (Some(Value::Array(listed)), _) => listed.as_slice(),
        (Some(_), _) => return Err(Error::invalid("participants", Why::Malformed)),
        (None, Some(single)) => std::slice::from_ref(single),
        (None, None) => return Err(Error::invalid("participants", Why::Empty)),
    };
    if wanted.len() > GROUP_MAX {
        return Err(Error::conflict("group_full"));
    }
    let mut people = Vec::with_capacity(wanted.len());
    for one in wanted {
        people.push(match (one, number(Some(one))) {
            (_, Some(id)) => Some(AccountId(id)),
            (Value::String(email), None) => match by_email(app, email).await {
                Ok(face) => Some(face.id),
                Err(Error::NotFound) => None,
                Err(error) => return Err(error),
            },
            _ => return Err(Error::invalid("participants", Why::Malformed)),
        });
    }
    Ok(people)
}

/// A room as these clients list it.
pub async fn shown(
    app: &App,
    me: &Scope,
    id: RoomId,
    standings: &HashMap<RoomId, Standing>,
    faces: &mut Faces,
) -> Result<Value> {
    let visit = room::enter(app, me, id, Stretch::Newest).await?;
    let unread = standings.get(&id).map_or(0, |standing| standing.unread);
    let last = visit.page.messages.last();
    let people = visit.room.members.iter().map(|person| person.id).chain(last.map(|last| last.sender));
    faces.meet(app, people).await?;
    let (job, closed_ms) = standing(app, id).await?;
    let users: Vec<Value> = visit
        .room
        .members
        .iter()
        .filter_map(|person| faces.of(person.id))
        .map(|face| json!(face.user(app)))
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
        "last_message": last.map(|message| told(app, message, faces.of(message.sender), false)),
        "is_active": closed_ms.is_none_or(|closed_ms| closed_ms > app.clock.now_ms()),
    }))
}

/// The job of a room, and when it was or will be closed.
async fn standing(app: &App, room: RoomId) -> Result<(Option<JobId>, Option<i64>)> {
    let found: Option<(Option<i64>, Option<i64>)> =
        app.db.maybe("select job_id, closed_at from room where id = $1", args![room]).await?;
    let (job, closed_ms) = found.ok_or(Error::NotFound)?;
    Ok((job.map(JobId), closed_ms))
}
