//! Presence: who is told that somebody came or went, and when.

use super::{
    App,
    batch::Batch,
    gate::Scope,
    hub::{Patience, Ties, Turn},
    person,
};
use crate::{
    args,
    model::{AccountId, Result, account::Role, presence::Presence},
    server::db::Arg,
};
use std::time::Duration;

/// What makes a person visible besides the rooms they share.
pub async fn ties(app: &App, account: AccountId, role: Role) -> Result<Ties> {
    let linked: Vec<(i64,)> = app
        .db
        .all(
            "select practitioner_id from care where patient_id = $1 \
             union select patient_id from care where practitioner_id = $1",
            args![account],
        )
        .await?;
    let linked = linked.into_iter().map(|(id,)| AccountId(id)).collect();
    Ok(Ties { is_colleague: role.is_colleague(), linked })
}

/// Which of one's people are there now.
pub fn online(app: &App, account: AccountId) -> Vec<Presence> {
    let online = app.hub.online_around(account).into_iter();
    online.map(|account| Presence { account, online: true, last_seen_ms: None }).collect()
}

/// Everybody one may see, there or not.
pub async fn around(app: &App, me: &Scope) -> Result<Vec<Presence>> {
    let people = person::around(app, me).await?.into_iter();
    let presence = people.map(|one| Presence {
        account: one.person.id,
        online: one.is_online,
        last_seen_ms: one.last_seen_ms,
    });
    Ok(presence.collect())
}

/// What is known of one person.
pub fn of(app: &App, account: AccountId, last_seen_ms: Option<i64>) -> Presence {
    Presence { account, online: app.hub.is_online(account), last_seen_ms }
}

static SEEN: Batch =
    Batch::new("update account set last_seen = v.column2 from (values {rows}) as v where id = v.column1", 2);

/// The task that tells who came and who went: gathered for a moment, so that a thousand who come back together
/// are told together. A reload is no absence, and who does nothing for minutes is away.
pub async fn tell(app: App) {
    loop {
        tokio::select! {
            () = app.stopped() => {}
            () = tokio::time::sleep(app.timing.presence_every) => {}
        }
        let is_stopping = app.is_stopping();
        let patience = Patience {
            // Nobody comes back to a server that stops.
            grace: if is_stopping { Duration::ZERO } else { app.timing.grace },
            idle: app.timing.idle_after,
        };
        let turns = app.hub.turns(patience);
        let now_ms = app.clock.now_ms();
        let seen = |turn: &Turn| now_ms - i64::try_from(turn.since.as_millis()).unwrap_or_default();
        for turn in &turns {
            let last_seen_ms = (!turn.online).then(|| seen(turn));
            app.hub.tell(Presence { account: turn.account, online: turn.online, last_seen_ms });
        }
        app.hub.forget_gone();
        let mut rows: Vec<[Arg; 2]> =
            turns.iter().map(|turn| [turn.account.into(), seen(turn).into()]).collect();
        if is_stopping {
            rows.extend(app.hub.everybody().into_iter().map(|account| [account.into(), now_ms.into()]));
        }
        for (sql, args) in SEEN.over(app.db.places(), None, rows) {
            if let Err(error) = app.db.run(sql, args).await {
                tracing::warn!(error.code = error.code(), "when people were last seen could not be stored");
            }
        }
        if is_stopping {
            return;
        }
    }
}
