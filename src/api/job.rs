//! Jobs: the conversations that go with them.

use crate::model::{JobId, Result, RoomId};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// The room of a job, for the two who talk in it.
#[server(name = AskJobRoom, prefix = "/_fn", endpoint = "job/room", input = Json, output = Json)]
pub async fn room(job: JobId) -> Result<RoomId> {
    use crate::server::{gate, job as jobs};
    gate::answer(|app, me| async move { jobs::room(&app, &me, job).await }).await
}
