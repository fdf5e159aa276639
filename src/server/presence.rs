//! Presence: who is told that somebody came or went, and when.

use super::{App, hub::ConnId};
use crate::{
    args,
    model::{AccountId, Result, presence::Presence, wire::Event},
};

/// The people who may see whether `account` is there: they share a room or a care link.
pub async fn peers(app: &App, account: AccountId) -> Result<Vec<AccountId>> {
    let found: Vec<(i64,)> = app
        .db
        .all(
            "select other.account_id from member mine join member other on other.room_id = mine.room_id \
             where mine.account_id = $1 and other.account_id <> $1 \
             union select practitioner_id from care where patient_id = $1 \
             union select patient_id from care where practitioner_id = $1",
            args![account],
        )
        .await?;
    Ok(found.into_iter().map(|(id,)| AccountId(id)).collect())
}

/// Which of one's people are there now.
pub fn online(app: &App, people: &[AccountId]) -> Vec<Presence> {
    people
        .iter()
        .filter(|account| app.hub.is_connected(**account))
        .map(|account| Presence { account: *account, online: true, last_seen_ms: None })
        .collect()
}

/// What is known of one person.
pub fn of(app: &App, account: AccountId, last_seen_ms: Option<i64>) -> Presence {
    Presence { account, online: app.hub.is_connected(account), last_seen_ms }
}

/// Tells a person's people that they came.
pub async fn came(app: &App, account: AccountId) -> Result<()> {
    announce(app, Presence { account, online: true, last_seen_ms: None }).await
}

/// Tells a person's people that they went, unless they came back within the grace: a reload is no absence.
pub fn went(app: &App, account: AccountId, last: ConnId) {
    let later = app.clone();
    let left_ms = app.clock.now_ms();
    app.spawn(async move {
        let app = later;
        tokio::select! {
            () = app.stopped() => {}
            () = tokio::time::sleep(app.timing.grace) => {}
        }
        // Whoever came since may have gone again: that departure is told in its own time.
        if app.hub.has_come_since(account, last) {
            return;
        }
        let noted = async {
            app.db.run("update account set last_seen = $2 where id = $1", args![account, left_ms]).await?;
            announce(&app, Presence { account, online: false, last_seen_ms: Some(left_ms) }).await
        };
        if let Err(error) = noted.await {
            tracing::warn!(account.id = %account, error.code = error.code(), "a departure could not be told");
        }
    });
}

async fn announce(app: &App, presence: Presence) -> Result<()> {
    let peers = peers(app, presence.account).await?;
    app.hub.publish_to(&peers, &Event::Presence(presence));
    Ok(())
}
