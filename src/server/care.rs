//! Care links: which patient is looked after by which practitioner.

use super::{App, gate::Scope, presence, receipt, room};
use crate::{
    args,
    model::{
        AccountId, Error, Result, RoomId, Why,
        account::{Person, Role},
        receipt::Standing,
        room::{Contact, may_be_linked},
        wire::Event,
    },
    server::db::Tx,
};
use std::collections::HashMap;

/// The most care links one page holds.
pub const PAGE_MAX: u32 = 200;

/// A patient, and a practitioner who looks after them.
#[derive(Clone, Debug, serde::Serialize, schemars::JsonSchema)]
pub struct CareLink {
    /// The link's own number; a page goes on behind it.
    pub id: i64,
    pub patient: Person,
    pub practitioner: Person,
    /// The room of the two, if it has been made and you are in it.
    pub room: Option<RoomId>,
    /// When they were linked.
    pub since_ms: i64,
}

/// The people one is linked to: a practitioner's patients, a patient's practitioners.
pub async fn contacts(app: &App, me: &Scope) -> Result<Vec<Contact>> {
    let (mine, theirs) = match me.role {
        Role::Practitioner => (Some(me.account), None),
        Role::Patient => (None, Some(me.account)),
        Role::Staff | Role::Client | Role::Worker | Role::Admin => return Ok(Vec::new()),
    };
    let rows: Vec<ContactRow> = app
        .db
        .all(
            "select a.id, a.name, a.role, a.headline, a.born, a.last_seen, r.id as room_id, \
             l.id as message_id, l.sender_id, s.name as sender_name, l.kind as message_kind, l.body, l.sent_at \
             from (select id, patient_id as other_id from care where practitioner_id = $1 \
             union all select id, practitioner_id from care where patient_id = $2) as c \
             join account a on a.id = c.other_id \
             left join room r on r.care_id = c.id \
             left join message l on l.room_id = r.id and l.seq = r.last_seq \
             left join account s on s.id = l.sender_id \
             where a.disabled_at is null order by a.name, a.id",
            args![mine.map(|id| id.0), theirs.map(|id| id.0)],
        )
        .await?;
    let rooms = rows.iter().filter_map(|row| row.room_id).map(RoomId).collect();
    let standings = receipt::standings_in(app, me.account, rooms).await?;
    rows.into_iter().map(|row| row.contact(app, me, &standings)).collect()
}

/// Links a patient with a practitioner and answers the link's id; linking twice changes nothing.
pub async fn link(tx: &mut Tx, patient: AccountId, practitioner: AccountId, now_ms: i64) -> Result<i64> {
    tx.run(
        "insert into care (patient_id, practitioner_id, created_at) values ($1, $2, $3) \
         on conflict (patient_id, practitioner_id) do nothing",
        args![patient, practitioner, now_ms],
    )
    .await?;
    let found: Option<(i64,)> = tx
        .maybe(
            "select id from care where patient_id = $1 and practitioner_id = $2",
            args![patient, practitioner],
        )
        .await?;
    found.map(|(id,)| id).ok_or(Error::NotFound)
}

/// Care links with both their people, as [`LinkRow`] reads them.
macro_rules! links {
    ($which:literal) => {
        concat!(
            "select c.id, c.created_at, m.room_id, \
             p.id as patient_id, p.name as patient_name, p.role as patient_role, \
             p.headline as patient_headline, p.born as patient_born, \
             d.id as practitioner_id, d.name as practitioner_name, d.role as practitioner_role, \
             d.headline as practitioner_headline \
             from care c join account p on p.id = c.patient_id join account d on d.id = c.practitioner_id \
             left join room r on r.care_id = c.id \
             left join member m on m.room_id = r.id and m.account_id = $1 \
             where p.disabled_at is null and d.disabled_at is null and ",
            $which
        )
    };
}

/// A page of care links behind a number, and whether there are more: one's own, or all of them for those who see
/// to them.
pub async fn page(app: &App, me: &Scope, behind: i64, limit: u32) -> Result<(Vec<CareLink>, bool)> {
    let limit = limit.clamp(1, PAGE_MAX);
    let sql = if me.role.may_see_all_care() {
        links!("c.id > $2 order by c.id limit $3")
    } else {
        links!(
            "c.id in (select id from care where patient_id = $1 \
             union all select id from care where practitioner_id = $1) and c.id > $2 order by c.id limit $3"
        )
    };
    let rows: Vec<LinkRow> = app.db.all(sql, args![me.account, behind, limit + 1]).await?;
    let more = rows.len() > limit as usize;
    let links = rows.into_iter().take(limit as usize).map(|row| row.link(me)).collect::<Result<_>>()?;
    Ok((links, more))
}

/// Puts a patient into a practitioner's care, and opens the room of the two; done twice, it is done.
pub async fn entrust(app: &App, me: &Scope, patient: AccountId, practitioner: AccountId) -> Result<CareLink> {
    if !me.role.may_link_care() {
        return Err(Error::Forbidden);
    }
    let now_ms = app.clock.now_ms();
    app.rates.changes.try_one(me.account, now_ms)?;
    let mut tx = app.db.begin().await?;
    let (one, other) = (role(&mut tx, patient).await?, role(&mut tx, practitioner).await?);
    if !may_be_linked(one, other) {
        let field = if one == Role::Patient { "practitioner" } else { "patient" };
        return Err(Error::invalid(field, Why::Unknown));
    }
    let id = link(&mut tx, patient, practitioner, now_ms).await?;
    let people = [patient, practitioner];
    let (room, fresh) = room::of_care(&mut tx, id, &people, now_ms).await?;
    let row: Option<LinkRow> = tx.maybe(links!("c.id = $2"), args![me.account, id]).await?;
    tx.commit().await?;
    app.hub.subscribe_people(room, &people);
    if fresh {
        app.hub.publish_to(&people, &Event::Opened { room });
    }
    row.ok_or(Error::NotFound)?.link(me)
}

/// Says that what a patient wrote up to a number, and their practitioner has read, needs no answer. What they write
/// after it does again.
pub async fn settle(app: &App, me: &Scope, patient: AccountId, seq: i64) -> Result<()> {
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    app.db
        .run(
            "update room set settled_seq = $3 \
             where care_id = (select id from care where patient_id = $1 and practitioner_id = $2) \
             and $3 > settled_seq \
             and $3 <= (select read_seq from member where room_id = room.id and account_id = $2)",
            args![patient, me.account, seq],
        )
        .await?;
    let found: Option<(i64,)> = app
        .db
        .maybe(
            "select r.id from room r join care c on c.id = r.care_id \
             where c.patient_id = $1 and c.practitioner_id = $2",
            args![patient, me.account],
        )
        .await?;
    let (room,) = found.ok_or(Error::NotFound)?;
    // Their other tabs on this node show who waits, too; those on another one do so with the next minute.
    app.tallies.put([(RoomId(room), me.account)]);
    Ok(())
}

async fn role(tx: &mut Tx, account: AccountId) -> Result<Role> {
    let found: Option<(String,)> =
        tx.maybe("select role from account where id = $1 and disabled_at is null", args![account]).await?;
    found.and_then(|(role,)| Role::from_word(&role)).ok_or(Error::NotFound)
}

#[derive(sqlx::FromRow)]
struct LinkRow {
    id: i64,
    created_at: i64,
    room_id: Option<i64>,
    patient_id: i64,
    patient_name: String,
    patient_role: String,
    patient_headline: Option<String>,
    patient_born: Option<String>,
    practitioner_id: i64,
    practitioner_name: String,
    practitioner_role: String,
    practitioner_headline: Option<String>,
}

impl LinkRow {
    fn link(self, me: &Scope) -> Result<CareLink> {
        // Who looks after somebody is for those who see to it; a birthday is for the two alone.
        let is_mine = [self.patient_id, self.practitioner_id].contains(&me.account.0);
        let born = self.patient_born.filter(|_| is_mine);
        let (patient, practitioner) = (self.patient_id, self.practitioner_id);
        Ok(CareLink {
            id: self.id,
            patient: room::person(
                me,
                patient,
                self.patient_name,
                &self.patient_role,
                self.patient_headline,
                born,
            )?,
            practitioner: room::person(
                me,
                practitioner,
                self.practitioner_name,
                &self.practitioner_role,
                self.practitioner_headline,
                None,
            )?,
            room: self.room_id.map(RoomId),
            since_ms: self.created_at,
        })
    }
}

#[derive(sqlx::FromRow)]
struct ContactRow {
    id: i64,
    name: String,
    role: String,
    headline: Option<String>,
    born: Option<String>,
    last_seen: Option<i64>,
    room_id: Option<i64>,
    #[sqlx(flatten)]
    last: room::PreviewRow,
}

impl ContactRow {
    fn contact(self, app: &App, me: &Scope, standings: &HashMap<RoomId, Standing>) -> Result<Contact> {
        let room = self.room_id.map(RoomId);
        let standing = room.and_then(|room| standings.get(&room));
        Ok(Contact {
            presence: presence::of(app, AccountId(self.id), self.last_seen),
            person: room::person(me, self.id, self.name, &self.role, self.headline, self.born)?,
            room,
            last: self.last.preview(),
            unread: standing.map_or(0, |standing| standing.unread),
            head: standing.map_or(0, |standing| standing.head),
        })
    }
}
