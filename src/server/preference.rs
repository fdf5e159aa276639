//! Preferences: what people have chosen for themselves.

use super::{App, gate::Scope};
use crate::{
    args,
    model::{Result, notice::PopUps},
};

/// When the list of notices was last looked at.
pub const NOTICES_SEEN: &str = "notices_seen";
const POP_UPS: &str = "pop_ups";

/// What was chosen under a name, if anything was.
pub async fn chosen(app: &App, me: &Scope, name: &'static str) -> Result<Option<String>> {
    let found: Option<(String,)> = app
        .db
        .maybe("select value from preference where account_id = $1 and name = $2", args![me.account, name])
        .await?;
    Ok(found.map(|(value,)| value))
}

/// Chooses something.
pub async fn choose(app: &App, me: &Scope, name: &'static str, value: &str) -> Result<()> {
    app.db
        .run(
            "insert into preference (account_id, name, value) values ($1, $2, $3) \
             on conflict (account_id, name) do update set value = excluded.value",
            args![me.account, name, value],
        )
        .await?;
    Ok(())
}

/// Which news may appear on top of somebody's pages.
pub async fn pop_ups(app: &App, me: &Scope) -> Result<PopUps> {
    Ok(chosen(app, me, POP_UPS).await?.map_or_else(PopUps::default, |value| PopUps::stored(&value)))
}

/// Chooses which.
pub async fn choose_pop_ups(app: &App, me: &Scope, pop_ups: PopUps) -> Result<()> {
    app.rates.changes.try_one(me.account, app.clock.now_ms())?;
    choose(app, me, POP_UPS, &pop_ups.to_store()).await
}
