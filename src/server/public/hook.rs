//! Webhooks: the programs elsewhere that are told what happens; administrators keep them.

use super::{
    Answer, Problem,
    answer::{Done, Made},
    operation::Example,
    request::{Asker, At, Sent},
};
use crate::{
    model::{
        HookId,
        hook::{Hook, HookEvent},
    },
    server::{App, hook},
};
use axum::{Json, extract::State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Webhooks.
#[derive(Serialize, JsonSchema)]
pub struct Hooks {
    hooks: Vec<Hook>,
}

/// Where calls are to go, and what of.
#[derive(Serialize, Deserialize, JsonSchema)]
pub struct NewHook {
    /// An https address that is public, or that the operator has named.
    url: String,
    events: Vec<HookEvent>,
}

/// A webhook that was just made.
#[derive(Serialize, JsonSchema)]
pub struct Signed {
    #[serde(flatten)]
    hook: Hook,
    /// What its calls are signed with; it is not shown again.
    secret: String,
}

/// `GET /api/v1/hooks`
pub async fn list(State(app): State<App>, Asker(me): Asker) -> Answer<Hooks> {
    Ok(Json(Hooks { hooks: hook::list(&app, &me).await? }))
}

/// `POST /api/v1/hooks`
pub async fn add(
    State(app): State<App>,
    Asker(me): Asker,
    Sent(NewHook { url, events }): Sent<NewHook>,
) -> Result<Made<Signed>, Problem> {
    let hook::NewHook { hook, secret } = hook::add(&app, &me, &url, &events).await?;
    Ok(Made(Signed { hook, secret }))
}

/// `DELETE /api/v1/hooks/{hook}`
pub async fn remove(State(app): State<App>, Asker(me): Asker, At(hook): At<HookId>) -> Result<Done, Problem> {
    hook::remove(&app, &me, hook).await?;
    Ok(Done)
}

/// `POST /api/v1/hooks/{hook}/enable`
pub async fn enable(State(app): State<App>, Asker(me): Asker, At(hook): At<HookId>) -> Answer<Hook> {
    Ok(Json(hook::enable(&app, &me, hook).await?))
}

impl Example for NewHook {
    fn example() -> Self {
        NewHook {
            url: "https://practice.example.org/confer".into(),
            events: vec![HookEvent::MessagePosted, HookEvent::JobChanged],
        }
    }
}

impl Example for Hook {
    fn example() -> Self {
        let NewHook { url, events } = NewHook::example();
        Hook {
            id: HookId(2),
            url,
            events,
            created_ms: 1_795_254_000_007,
            failing_since_ms: None,
            disabled_ms: None,
        }
    }
}

impl Example for Signed {
    fn example() -> Self {
        Signed { hook: Hook::example(), secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".into() }
    }
}

impl Example for Hooks {
    fn example() -> Self {
        Hooks { hooks: vec![Hook::example()] }
    }
}
