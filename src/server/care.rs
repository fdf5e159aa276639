//! Care links: which patient is looked after by which practitioner.

use super::{App, gate::Scope, presence, room};
use crate::{
    args,
    model::{AccountId, Result, RoomId, account::Role, receipt::Standing, room::Contact},
    server::db::Tx,
};
use std::collections::HashMap;

/// The people one is linked to: a practitioner's patients, a patient's practitioners.
pub async fn contacts(app: &App, me: &Scope) -> Result<Vec<Contact>> {
    let (mine, theirs) = match me.role {
        Role::Practitioner => (Some(me.account), None),
        Role::Patient => (None, Some(me.account)),
        Role::Staff | Role::Client | Role::Worker | Role::Admin => return Ok(Vec::new()),
    };
    // Counted first: what the rows show is then as new as what was counted, or newer.
    let standings = room::standings(app, me).await?;
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
    found.map(|(id,)| id).ok_or(crate::model::Error::NotFound)
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
