//! Oneself, and the people one may see.

use super::{Answer, Asker, listed};
use crate::{
    args,
    model::{AccountId, Error, Result, account::Role},
    server::{App, room},
};
use axum::{Json, extract::State};
use serde_json::{Value, json};

/// Id, address, name, role, headline, birthday, last seen.
type Row = (i64, String, String, String, Option<String>, Option<String>, Option<i64>);

fn shown(app: &App, me: &crate::server::gate::Scope, row: Row) -> Result<Value> {
    let (id, email, name, role, headline, born, last_seen_ms) = row;
    let person = room::person(me, id, name, &role, headline, born)?;
    let mut value = serde_json::to_value(&person).map_err(|cause| crate::server::fault(&cause))?;
    value["email"] = json!(email);
    value["is_online"] = json!(app.hub.is_online(AccountId(id)));
    value["last_seen_ms"] = json!(last_seen_ms);
    value["last_seen"] = json!(last_seen_ms.map(crate::server::dialect::stamp));
    Ok(value)
}

/// `GET /api/v1/me`
pub async fn me(State(app): State<App>, Asker(me): Asker) -> Answer<Value> {
    let row: Option<Row> = app
        .db
        .maybe(
            "select id, email, name, role, headline, born, last_seen from account where id = $1",
            args![me.account],
        )
        .await?;
    Ok(Json(shown(&app, &me, row.ok_or(Error::NotFound)?)?))
}

/// `GET /api/v1/people`: those one shares a room or a care link with, and colleagues among themselves.
pub async fn people(State(app): State<App>, Asker(me): Asker) -> Answer<Value> {
    let rows: Vec<Row> = app
        .db
        .all(
            "select a.id, a.email, a.name, a.role, a.headline, a.born, a.last_seen from account a \
             where a.disabled_at is null and a.id <> $1 and ( \
             ($2 = 1 and a.role in ('practitioner', 'staff', 'worker', 'admin')) \
             or exists (select 1 from care c where (c.patient_id = $1 and c.practitioner_id = a.id) \
             or (c.patient_id = a.id and c.practitioner_id = $1)) \
             or exists (select 1 from member m join member o on o.room_id = m.room_id \
             where m.account_id = $1 and o.account_id = a.id)) order by a.name, a.id",
            args![me.account, i64::from(Role::is_colleague(me.role))],
        )
        .await?;
    let people = rows.into_iter().map(|row| shown(&app, &me, row)).collect::<Result<Vec<Value>>>()?;
    Ok(listed("people", &people))
}
