//! Care links: which patient is looked after by which practitioner.

use super::{App, gate::Scope, presence, room};
use crate::{
    args,
    model::{AccountId, Result, RoomId, account::Role, room::Contact},
    server::db::Tx,
};

/// The people one is linked to: a practitioner's patients, a patient's practitioners.
pub async fn contacts(app: &App, me: &Scope) -> Result<Vec<Contact>> {
    let sql = match me.role {
        Role::Practitioner => {
            "select a.id, a.name, a.role, a.headline, a.born, a.last_seen, r.id as room_id, \
             l.id as message_id, l.sender_id, s.name as sender_name, l.body, l.sent_at \
             from care c join account a on a.id = c.patient_id \
             left join room r on r.care_id = c.id \
             left join message l on l.room_id = r.id and l.seq = r.last_seq \
             left join account s on s.id = l.sender_id \
             where c.practitioner_id = $1 and a.disabled_at is null order by a.name, a.id"
        }
        Role::Patient => {
            "select a.id, a.name, a.role, a.headline, a.born, a.last_seen, r.id as room_id, \
             l.id as message_id, l.sender_id, s.name as sender_name, l.body, l.sent_at \
             from care c join account a on a.id = c.practitioner_id \
             left join room r on r.care_id = c.id \
             left join message l on l.room_id = r.id and l.seq = r.last_seq \
             left join account s on s.id = l.sender_id \
             where c.patient_id = $1 and a.disabled_at is null order by a.name, a.id"
        }
        Role::Staff | Role::Client | Role::Worker | Role::Admin => return Ok(Vec::new()),
    };
    let rows: Vec<ContactRow> = app.db.all(sql, args![me.account]).await?;
    rows.into_iter().map(|row| row.contact(app, me)).collect()
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
    message_id: Option<i64>,
    sender_id: Option<i64>,
    sender_name: Option<String>,
    body: Option<String>,
    sent_at: Option<i64>,
}

impl ContactRow {
    fn contact(self, app: &App, me: &Scope) -> Result<Contact> {
        Ok(Contact {
            presence: presence::of(app, AccountId(self.id), self.last_seen),
            person: room::person(me, self.id, self.name, &self.role, self.headline, self.born)?,
            room: self.room_id.map(RoomId),
            last: room::preview(self.message_id, self.sender_id, self.sender_name, self.body, self.sent_at),
        })
    }
}
