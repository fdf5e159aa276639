//! Jobs: the board they stand on.

use crate::model::{JobId, Result, job::Board};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// The jobs one has a part in; one that is asked for is among them.
#[server(name = AskBoard, prefix = "/_fn", endpoint = "job/board", input = Json, output = Json)]
pub async fn board(open: Option<JobId>) -> Result<Board> {
    use crate::server::{board, gate};
    gate::answer(|app, me| async move { board::board(&app, &me, open).await }).await
}
