//! Sheets: drawn here, for a page that puts them in as they are.

use super::{kept_look, language};
use crate::{
    model::{
        Result,
        settings::{Outcome, Settings},
        sheet::Sheet,
    },
    server::{App, account, device, gate::Scope, notice, preference},
    ui::{
        part::when::{Moment, Zone},
        sheet::{Reader, notices::NoticesSheet, settings::SettingsSheet},
    },
};
use axum::http::request::Parts;
use leptos::prelude::*;

/// The HTML of a sheet.
pub async fn draw(app: &App, me: &Scope, sheet: Sheet) -> Result<String> {
    let headers = use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default();
    let zone = Zone::Fixed(me.zone_min.unwrap_or(app.config.zone_minutes));
    let reader = Reader { language: language::of(&headers), zone, now: Moment::at(app.clock.now_ms(), zone) };
    match sheet {
        Sheet::Settings { outcome } => {
            let settings = Settings {
                email: account::email(app, me).await?,
                pop_ups: preference::pop_ups(app, me).await?,
                devices: device::list(app, me).await?,
                look: kept_look(&headers),
                outcome: Outcome::from_word(&outcome),
            };
            let person = me.person.clone();
            Ok(view! { <SettingsSheet settings person reader/> }.to_html())
        }
        Sheet::Notices => {
            let notices = notice::list(app, me).await?;
            Ok(view! { <NoticesSheet notices reader/> }.to_html())
        }
    }
}
