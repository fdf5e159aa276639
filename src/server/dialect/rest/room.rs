//! Chat rooms: listed, made, renamed, ended, and who is in them.

use super::{Asked, Me, id, me, paging::Paging};
use crate::{
    args,
    model::{AccountId, JobId, Result, RoomId},
    server::{
        App,
        clock::stamp,
        dialect::{
            answered,
            face::Faces,
            field::{field, text, whole},
            room::{make, shown},
            token::fields,
        },
        gate::Scope,
        job, member, receipt, room,
    },
};
use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, Path, Query, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};
use std::collections::HashMap;

async fn alone(app: &App, me: &Scope, room: RoomId) -> Result<Value> {
    let standings = receipt::standings_in(app, me.account, vec![room]).await?;
    shown(app, me, room, &standings, &mut Faces::default()).await
}

/// `GET /api/chatrooms/`
pub async fn list(
    State(app): State<App>,
    asker: Me,
    OriginalUri(uri): OriginalUri,
    Query(asked): Query<Asked>,
) -> Response {
    let listed = async {
        let me = me(asker)?;
        let paging = Paging::of(&asked)?;
        let job = asked.get("job").or_else(|| asked.get("job_id")).map(|job| id(job)).transpose()?;
        let found: Vec<(i64,)> = app
            .db
            .all(
                "select r.id from member m join room r on r.id = m.room_id \
                 where m.account_id = $1 and ($2 = 0 or r.job_id = $2) order by r.active_at desc, r.id desc",
                args![me.account, job.unwrap_or(0)],
            )
            .await?;
        let mut faces = Faces::default();
        let mut results = Vec::new();
        let wanted = found.iter().skip(paging.skipped() as usize).take(paging.size as usize);
        let wanted: Vec<RoomId> = wanted.map(|(room,)| RoomId(*room)).collect();
        let standings = receipt::standings_in(&app, me.account, wanted.clone()).await?;
        for room in wanted {
            results.push(shown(&app, &me, room, &standings, &mut faces).await?);
        }
        paging.wrap(&app, &uri, found.len() as i64, results)
    };
    answered(listed.await)
}

/// `GET /api/chatrooms/{id}/`
pub async fn one(State(app): State<App>, asker: Me, Path(room): Path<String>) -> Response {
    let shown = async {
        let me = me(asker)?;
        alone(&app, &me, RoomId(id(&room)?)).await.map(Json)
    };
    answered(shown.await)
}

/// `POST /api/chatrooms/`: the room of a job, of two people, or a group.
pub async fn add(State(app): State<App>, asker: Me, headers: HeaderMap, body: Bytes) -> Response {
    let frame = match fields(&headers, &body) {
        Ok(fields) => Value::Object(fields),
        Err(response) => return *response,
    };
    let made = async {
        let me = me(asker)?;
        let room = match whole(&frame, &["job", "job_id"])? {
            // It is there since the job is.
            Some(job) => job::one(&app, &me, JobId(job)).await?.room,
            None => make(&app, &me, &frame, field(&frame, &["name", "title"]).is_some()).await?.0,
        };
        let shown = alone(&app, &me, room).await?;
        Ok((StatusCode::CREATED, Json(shown)))
    };
    answered(made.await)
}

/// `PATCH /api/chatrooms/{id}/`: another name, by who owns the group.
pub async fn rename(
    State(app): State<App>,
    asker: Me,
    Path(room): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let frame = match fields(&headers, &body) {
        Ok(fields) => Value::Object(fields),
        Err(response) => return *response,
    };
    let renamed = async {
        let (me, room) = (me(asker)?, RoomId(id(&room)?));
        room::require_member(&app, &me, room).await?;
        member::rename(&app, &me, room, text(&frame, &["name", "title"])?).await?;
        alone(&app, &me, room).await.map(Json)
    };
    answered(renamed.await)
}

/// `DELETE /api/chatrooms/{id}/`: a group ends for all when its owner ends it; other rooms stay as long as the link
/// or the job they belong to.
pub async fn end(State(app): State<App>, asker: Me, Path(room): Path<String>) -> Response {
    let ended = async {
        let (me, room) = (me(asker)?, RoomId(id(&room)?));
        room::require_member(&app, &me, room).await?;
        member::dissolve(&app, &me, room).await?;
        Ok(StatusCode::NO_CONTENT)
    };
    answered(ended.await)
}

/// `GET /api/chatrooms/{id}/participants/`
pub async fn participants(State(app): State<App>, asker: Me, Path(room): Path<String>) -> Response {
    let listed = async {
        let (me, room) = (me(asker)?, RoomId(id(&room)?));
        room::require_member(&app, &me, room).await?;
        let found: Vec<(i64, i64)> = app
            .db
            .all(
                "select account_id, joined_at from member where room_id = $1 order by account_id",
                args![room],
            )
            .await?;
        let mut faces = Faces::default();
        faces.meet(&app, found.iter().map(|(account, _)| AccountId(*account))).await?;
        let unread = unread_of(&app, room).await?;
        let listed = found.iter().filter_map(|(account, joined_ms)| {
            let face = faces.of(AccountId(*account))?;
            let mut user = json!(face.user(&app));
            user["user"] = json!(face.user(&app));
            user["joined_at"] = json!(stamp(*joined_ms));
            user["unread_count"] = json!(unread.get(&face.id).copied().unwrap_or(0));
            Some(user)
        });
        Ok(Json(listed.collect::<Vec<Value>>()))
    };
    answered(listed.await)
}

async fn unread_of(app: &App, room: RoomId) -> Result<HashMap<AccountId, i64>> {
    let found: Vec<(i64, i64)> = app
        .db
        .all(
            "select m.account_id, (select count(*) from message x where x.room_id = m.room_id and x.seq > m.read_seq \
             and x.sender_id <> m.account_id and x.kind <> 'system') from member m where m.room_id = $1",
            args![room],
        )
        .await?;
    Ok(found.into_iter().map(|(account, count)| (AccountId(account), count)).collect())
}
