//! Members: who comes into a room, who goes, who owns it. Each change stands in the room's numbered line.

use super::{App, db::Tx, gate::Scope, publish::publish, room, writer};
use crate::{
    args,
    model::{
        AccountId, Error, JobId, Result, RoomId,
        account::Role,
        message::{Message, Note},
        room::{GROUP_MAX, RoomKind, Standpoint, may_be_grouped, title},
        wire::Event,
    },
};
use std::collections::BTreeSet;

/// Makes a group of colleagues; whoever makes it owns it.
pub async fn group(app: &App, me: &Scope, name: &str, members: &[AccountId]) -> Result<RoomId> {
    let name = title(name)?;
    if !may_be_grouped(me.role) {
        return Err(Error::Forbidden);
    }
    let people: BTreeSet<AccountId> = members.iter().copied().chain([me.account]).collect();
    if people.len() > GROUP_MAX {
        return Err(Error::conflict("group_full"));
    }
    let people: Vec<AccountId> = people.into_iter().collect();
    let now_ms = app.clock.now_ms();
    app.rates.changes.try_one(me.account, now_ms)?;
    let mut tx = app.db.begin().await?;
    for account in &people {
        let (_, role) = person(&mut tx, *account).await?;
        if !may_be_grouped(role) {
            return Err(Error::NotFound);
        }
    }
    let added: Option<(i64,)> = tx
        .maybe(
            "insert into room (kind, title, owner_id, created_at, active_at) \
             values ('group', $1, $2, $3, $3) returning id",
            args![name.as_str(), me.account, now_ms],
        )
        .await?;
    let room = RoomId(added.ok_or(Error::NotFound)?.0);
    let words = format!("{} made the group “{name}”.", me.person.name);
    let note = writer::note(&mut tx, room, me.account, Note::Created {}, words, now_ms).await?;
    room::join(&mut tx, room, &people, now_ms).await?;
    tx.commit().await?;
    app.hub.subscribe_people(room, &people);
    app.hub.publish_to(&people, &Event::Opened { room });
    publish(app, vec![note]).await;
    Ok(room)
}

/// Brings somebody into a room.
pub async fn invite(app: &App, me: &Scope, room: RoomId, account: AccountId) -> Result<()> {
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let me = me.clone();
    writer::step(app, room, move |app, tx| {
        Box::pin(async move {
            let mine = begin(tx, room, me.account).await?;
            if !mine.may_bring() {
                // Before it is told whether there is such a person.
                return Err(Error::Forbidden);
            }
            let (name, role) = person(tx, account).await?;
            if standpoint(tx, room, account).await?.is_some() {
                return Ok(Vec::new());
            }
            if !mine.may_invite(role) {
                return Err(Error::Forbidden);
            }
            if mine.kind == RoomKind::Group && count(tx, room).await? >= GROUP_MAX as i64 {
                return Err(Error::conflict("group_full"));
            }
            let words = format!("{} added {name}.", me.person.name);
            enter(app, tx, room, me.account, account, words).await
        })
    })
    .await
}

/// Takes somebody out of a room.
pub async fn remove(app: &App, me: &Scope, room: RoomId, account: AccountId) -> Result<()> {
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let me = me.clone();
    writer::step(app, room, move |app, tx| {
        Box::pin(async move {
            let mine = begin(tx, room, me.account).await?;
            let theirs = standpoint(tx, room, account).await?.ok_or(Error::NotFound)?;
            if account == me.account || !mine.may_remove(theirs) {
                return Err(Error::Forbidden);
            }
            let (name, _) = person_ever(tx, account).await?;
            let words = format!("{} removed {name}.", me.person.name);
            exit(app, tx, room, me.account, account, words).await
        })
    })
    .await
}

/// Leaves a room.
pub async fn leave(app: &App, me: &Scope, room: RoomId) -> Result<()> {
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let me = me.clone();
    writer::step(app, room, move |app, tx| {
        Box::pin(async move {
            let mine = begin(tx, room, me.account).await?;
            if !mine.may_leave(count(tx, room).await? == 1) {
                let is_owner = mine.kind == RoomKind::Group && mine.is_owner;
                return Err(if is_owner { Error::conflict("owner_leaves") } else { Error::Forbidden });
            }
            let words = format!("{} left.", me.person.name);
            exit(app, tx, room, me.account, me.account, words).await
        })
    })
    .await
}

/// Gives a group another name.
pub async fn rename(app: &App, me: &Scope, room: RoomId, name: &str) -> Result<()> {
    let name = title(name)?;
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let me = me.clone();
    writer::step(app, room, move |app, tx| {
        Box::pin(async move {
            if !begin(tx, room, me.account).await?.may_rename() {
                return Err(Error::Forbidden);
            }
            tx.run("update room set title = $2 where id = $1", args![room, name.as_str()]).await?;
            let words = format!("{} renamed the group to “{name}”.", me.person.name);
            let note = Note::Renamed { title: name };
            noted(app, tx, room, me.account, note, words).await
        })
    })
    .await
}

/// Gives a group another owner.
pub async fn hand_over(app: &App, me: &Scope, room: RoomId, account: AccountId) -> Result<()> {
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let me = me.clone();
    writer::step(app, room, move |app, tx| {
        Box::pin(async move {
            if !begin(tx, room, me.account).await?.may_rename() {
                return Err(Error::Forbidden);
            }
            standpoint(tx, room, account).await?.ok_or(Error::NotFound)?;
            if account == me.account {
                return Ok(Vec::new());
            }
            let (name, _) = person(tx, account).await?;
            tx.run("update room set owner_id = $2 where id = $1", args![room, account]).await?;
            let words = format!("{} handed the group over to {name}.", me.person.name);
            noted(app, tx, room, me.account, Note::HandedOver { account }, words).await
        })
    })
    .await
}

/// Ends a group for everybody in it; what was said stays in the records.
pub async fn dissolve(app: &App, me: &Scope, room: RoomId) -> Result<()> {
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    let me = me.clone();
    writer::step(app, room, move |app, tx| {
        Box::pin(async move {
            // Only a group's owner may rename it, and only they may end it.
            if !begin(tx, room, me.account).await?.may_rename() {
                return Err(Error::Forbidden);
            }
            let found: Vec<(i64,)> = tx
                .all("select account_id from member where room_id = $1 order by account_id", args![room])
                .await?;
            let others =
                found.into_iter().map(|(id,)| AccountId(id)).filter(|account| *account != me.account);
            let mut notes = Vec::new();
            for account in others.chain([me.account]) {
                let words = format!("{} ended the group.", me.person.name);
                notes.extend(exit(app, tx, room, me.account, account, words).await?);
            }
            Ok(notes)
        })
    })
    .await
}

/// Lets a job's room follow the job: its client and its worker are in it, nobody else.
pub async fn follow_job(
    app: &App,
    tx: &mut Tx,
    room: RoomId,
    by: AccountId,
    job: JobId,
) -> Result<Vec<Message>> {
    let people: Option<(i64, Option<i64>)> =
        tx.maybe("select client_id, worker_id from job where id = $1", args![job]).await?;
    let (client, worker) = people.ok_or(Error::NotFound)?;
    let wanted: BTreeSet<AccountId> = [Some(client), worker].into_iter().flatten().map(AccountId).collect();
    let found: Vec<(i64,)> = tx.all("select account_id from member where room_id = $1", args![room]).await?;
    let held: BTreeSet<AccountId> = found.into_iter().map(|(id,)| AccountId(id)).collect();
    let mut notes = Vec::new();
    for account in wanted.difference(&held) {
        let words = format!("{} joined.", person_ever(tx, *account).await?.0);
        notes.extend(enter(app, tx, room, by, *account, words).await?);
    }
    for account in held.difference(&wanted) {
        let words = format!("{} left.", person_ever(tx, *account).await?.0);
        notes.extend(exit(app, tx, room, by, *account, words).await?);
    }
    Ok(notes)
}

/// Begins a change: the room's line is this transaction's own, and the asker is a member.
async fn begin(tx: &mut Tx, room: RoomId, me: AccountId) -> Result<Standpoint> {
    writer::lock(tx, &[room].into()).await?;
    standpoint(tx, room, me).await?.ok_or(Error::NotFound)
}

/// What somebody is to a room; nothing, if they are no member.
async fn standpoint(tx: &mut Tx, room: RoomId, account: AccountId) -> Result<Option<Standpoint>> {
    // Kind, owner, and the two of the care link.
    type Found = (String, Option<i64>, Option<i64>, Option<i64>);
    let found: Option<Found> = tx
        .maybe(
            "select r.kind, r.owner_id, c.patient_id, c.practitioner_id from member m \
             join room r on r.id = m.room_id left join care c on c.id = r.care_id \
             where m.room_id = $1 and m.account_id = $2",
            args![room, account],
        )
        .await?;
    let Some((kind, owner, patient, practitioner)) = found else { return Ok(None) };
    let is = |id: Option<i64>| id == Some(account.0);
    Ok(Some(Standpoint {
        kind: room::kind_of(&kind)?,
        is_owner: is(owner) || is(practitioner),
        is_linked: is(patient) || is(practitioner),
    }))
}

/// The name and role of somebody who can sign in.
async fn person(tx: &mut Tx, account: AccountId) -> Result<(String, Role)> {
    named(tx, "select name, role from account where id = $1 and disabled_at is null", account).await
}

/// The name and role of somebody, shut out or not.
async fn person_ever(tx: &mut Tx, account: AccountId) -> Result<(String, Role)> {
    named(tx, "select name, role from account where id = $1", account).await
}

async fn named(tx: &mut Tx, sql: &'static str, account: AccountId) -> Result<(String, Role)> {
    let found: Option<(String, String)> = tx.maybe(sql, args![account]).await?;
    let (name, role) = found.ok_or(Error::NotFound)?;
    let role = Role::from_word(&role).ok_or_else(|| super::fault(&"an account has an unknown role"))?;
    Ok((name, role))
}

async fn count(tx: &mut Tx, room: RoomId) -> Result<i64> {
    let found: Option<(i64,)> =
        tx.maybe("select count(*) from member where room_id = $1", args![room]).await?;
    Ok(found.map_or(0, |(count,)| count))
}

/// Notes the arrival first, so that it is behind the newcomer: what they have not seen begins after it.
async fn enter(
    app: &App,
    tx: &mut Tx,
    room: RoomId,
    by: AccountId,
    account: AccountId,
    words: String,
) -> Result<Vec<Message>> {
    let notes = noted(app, tx, room, by, Note::Joined { account }, words).await?;
    room::join(tx, room, &[account], app.clock.now_ms()).await?;
    Ok(notes)
}

async fn exit(
    app: &App,
    tx: &mut Tx,
    room: RoomId,
    by: AccountId,
    account: AccountId,
    words: String,
) -> Result<Vec<Message>> {
    tx.run("delete from member where room_id = $1 and account_id = $2", args![room, account]).await?;
    noted(app, tx, room, by, Note::Left { account }, words).await
}

async fn noted(
    app: &App,
    tx: &mut Tx,
    room: RoomId,
    by: AccountId,
    note: Note,
    words: String,
) -> Result<Vec<Message>> {
    Ok(vec![writer::note(tx, room, by, note, words, app.clock.now_ms()).await?])
}
