//! People: whom the asker may know, and what of them.

use super::{App, gate::Scope, presence, receipt, room};
use crate::{
    args,
    model::{
        AccountId, Error, Result, RoomId,
        account::{Person, Role},
        room::Contact,
    },
};
use std::collections::HashMap;

/// The most colleagues one page of the team holds.
pub const PAGE_MAX: u32 = 200;

/// A person the asker may know.
#[derive(Clone, Debug)]
pub struct Known {
    pub person: Person,
    pub email: String,
    pub is_online: bool,
    pub last_seen_ms: Option<i64>,
}

/// People, as many columns of them as [`Row`] holds.
macro_rules! people {
    ($which:literal) => {
        concat!(
            "select a.id, a.email, a.name, a.role, a.headline, a.born, a.last_seen from account a ",
            $which
        )
    };
}

/// The asker.
pub async fn oneself(app: &App, me: &Scope) -> Result<Known> {
    let row: Option<Row> = app.db.maybe(people!("where a.id = $1"), args![me.account]).await?;
    row.ok_or(Error::NotFound)?.known(app, me)
}

/// Those one shares a room or a care link with, and colleagues among themselves.
pub async fn around(app: &App, me: &Scope) -> Result<Vec<Known>> {
    let rows: Vec<Row> = app
        .db
        .all(
            people!(
                "where a.disabled_at is null and a.id <> $1 and ( \
                 ($2 = 1 and a.role in ('practitioner', 'staff', 'worker', 'admin')) \
                 or exists (select 1 from care c where (c.patient_id = $1 and c.practitioner_id = a.id) \
                 or (c.patient_id = a.id and c.practitioner_id = $1)) \
                 or exists (select 1 from member m join member o on o.room_id = m.room_id \
                 where m.account_id = $1 and o.account_id = a.id)) order by a.name, a.id"
            ),
            args![me.account, i64::from(Role::is_colleague(me.role))],
        )
        .await?;
    rows.into_iter().map(|row| row.known(app, me)).collect()
}

/// A page of one's colleagues by name, from the first one or behind one of them, and whether there are more.
/// The team is nobody else's to see.
pub async fn team(
    app: &App,
    me: &Scope,
    behind: Option<AccountId>,
    limit: u32,
) -> Result<(Vec<Known>, bool)> {
    if !me.role.is_colleague() {
        return Err(Error::Forbidden);
    }
    let limit = limit.clamp(1, PAGE_MAX);
    let rows: Vec<Row> = app
        .db
        .all(
            // Behind a colleague only: any other number would tell where somebody's name stands.
            people!(
                "where a.disabled_at is null and a.id <> $1 \
                 and a.role in ('practitioner', 'staff', 'worker', 'admin') \
                 and ($2 = 0 or (a.name, a.id) > (select b.name, b.id from account b where b.id = $2 \
                 and b.role in ('practitioner', 'staff', 'worker', 'admin'))) \
                 order by a.name, a.id limit $3"
            ),
            args![me.account, behind.map_or(0, |account| account.0), limit + 1],
        )
        .await?;
    let more = rows.len() > limit as usize;
    let team = rows.into_iter().take(limit as usize).map(|row| row.known(app, me)).collect::<Result<_>>()?;
    Ok((team, more))
}

/// One's colleagues by name, as the directory shows them: whether they are there, and what they wrote that is unread.
pub async fn directory(app: &App, me: &Scope) -> Result<Vec<Contact>> {
    let (mut known, mut more) = team(app, me, None, PAGE_MAX).await?;
    while more {
        let behind = known.last().map(|last| last.person.id);
        let (next, is_more) = team(app, me, behind, PAGE_MAX).await?;
        more = is_more && !next.is_empty();
        known.extend(next);
    }
    let rooms: Vec<(i64, i64)> = app
        .db
        .all(
            "select o.account_id, r.id from member m join room r on r.id = m.room_id and r.kind = 'direct' \
             join member o on o.room_id = r.id and o.account_id <> m.account_id where m.account_id = $1",
            args![me.account],
        )
        .await?;
    let rooms: HashMap<i64, RoomId> =
        rooms.into_iter().map(|(account, room)| (account, RoomId(room))).collect();
    let standings = receipt::standings_in(app, me.account, rooms.values().copied().collect()).await?;
    let contacts = known.into_iter().map(|known| {
        let account = known.person.id;
        let room = rooms.get(&account.0).copied();
        let standing = room.and_then(|room| standings.get(&room));
        Contact {
            person: known.person,
            presence: presence::of(app, account, known.last_seen_ms),
            room,
            last: None,
            unread: standing.map_or(0, |standing| standing.unread),
            head: standing.map_or(0, |standing| standing.head),
        }
    });
    // Who can answer now stands first.
    let mut contacts: Vec<Contact> = contacts.collect();
    contacts.sort_by_key(|one| !one.presence.online);
    Ok(contacts)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: i64,
    email: String,
    name: String,
    role: String,
    headline: Option<String>,
    born: Option<String>,
    last_seen: Option<i64>,
}

impl Row {
    fn known(self, app: &App, me: &Scope) -> Result<Known> {
        Ok(Known {
            person: room::person(me, self.id, self.name, &self.role, self.headline, self.born)?,
            email: self.email,
            is_online: app.hub.is_online(AccountId(self.id)),
            last_seen_ms: self.last_seen,
        })
    }
}
