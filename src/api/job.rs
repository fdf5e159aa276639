//! Jobs: the conversations that go with them.

use crate::model::{JobId, Result, RoomId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// The room of a job, for the two who talk in it.
#[server(name = AskJobRoom, prefix = "/_fn", endpoint = "job/room", input = Json, output = Json)]
pub async fn room(job: JobId) -> Result<RoomId> {
    use crate::{
        model::Error,
        server::{gate, job},
    };
    gate::answer(|app, me| async move {
        let job = job::one(&app, &me, job).await?;
        let is_theirs = job.client == me.account || job.worker == Some(me.account);
        if is_theirs { Ok(job.room) } else { Err(Error::NotFound) }
    })
    .await
}
