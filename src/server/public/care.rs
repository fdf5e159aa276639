//! Care links: who is looked after by whom.

use super::{
    Answer,
    operation::Example,
    person::{patient, practitioner},
    request::{Asked, Asker, Sent},
};
use crate::{
    model::{AccountId, RoomId},
    server::{
        App,
        care::{self, CareLink},
    },
};
use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which page of the links is wanted.
#[derive(Deserialize, JsonSchema)]
pub struct Which {
    /// Where the last page ended: its `next`.
    behind: Option<i64>,
    /// How many are wanted: 1 to 200, and 100 when nothing is said.
    limit: Option<u32>,
}

/// A page of care links, the oldest first.
#[derive(Serialize, JsonSchema)]
pub struct Care {
    care: Vec<CareLink>,
    /// Whether there are more behind the last one.
    more: bool,
    /// What to ask for `behind` to get them.
    next: Option<i64>,
}

/// `GET /api/v1/care`
pub async fn page(State(app): State<App>, Asker(me): Asker, Asked(asked): Asked<Which>) -> Answer<Care> {
    let behind = asked.behind.unwrap_or_default();
    let (care, more) = care::page(&app, &me, behind, asked.limit.unwrap_or(100)).await?;
    let next = care.last().filter(|_| more).map(|last| last.id);
    Ok(Json(Care { care, more, next }))
}

/// A patient, and who is to look after them.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct Pair {
    patient: AccountId,
    practitioner: AccountId,
}

/// `PUT /api/v1/care`
pub async fn entrust(State(app): State<App>, Asker(me): Asker, Sent(pair): Sent<Pair>) -> Answer<CareLink> {
    Ok(Json(care::entrust(&app, &me, pair.patient, pair.practitioner).await?))
}

impl Example for Pair {
    fn example() -> Self {
        Pair { patient: AccountId(12), practitioner: AccountId(2) }
    }
}

impl Example for CareLink {
    fn example() -> Self {
        CareLink {
            id: 5,
            patient: patient(),
            practitioner: practitioner(),
            room: Some(RoomId(7)),
            since_ms: 1_790_000_000_000,
        }
    }
}

impl Example for Care {
    fn example() -> Self {
        Care { care: vec![CareLink::example()], more: false, next: None }
    }
}
