//! Sheets: drawn here, for a page that puts them in as they are.

use super::{kept_look, language};
use crate::{
    model::{
        Error, Result,
        settings::{Outcome, Settings},
    },
    server::{App, account, board, device, gate::Scope, home, notice, preference},
    ui::{
        address::{Route, query},
        part::when::Zone,
        sheet::{
            Reader,
            home::HomeSheet,
            job::JobBar,
            jobs::JobsSheet,
            notices::NoticesSheet,
            patients::{PatientsSheet, Wanted},
            settings::SettingsSheet,
        },
    },
};
use axum::http::request::Parts;
use leptos::prelude::*;

/// The HTML of the sheet at an address.
pub async fn draw(app: &App, me: &Scope, address: &str) -> Result<String> {
    let headers = use_context::<Parts>().map(|parts| parts.headers).unwrap_or_default();
    let zone = Zone::Known(me.zone(app));
    let reader = Reader { language: language::of(&headers), zone, now_ms: app.clock.now_ms() };
    let person = me.person.clone();
    let (role, wanted) = (me.role, Wanted::at(address));
    let drawn = match Route::of(address) {
        Route::Home => {
            let home = home::gather(app, me).await?;
            let emergency = app.config.emergency.clone();
            view! { <HomeSheet home person emergency wanted reader/> }.to_html()
        }
        Route::Patients if role.may_have_patients() => {
            let patients = home::patients(app, me).await?;
            view! { <PatientsSheet patients me=me.account wanted reader/> }.to_html()
        }
        Route::Jobs(open) => {
            let board = board::board(app, me, open).await?;
            view! { <JobsSheet board open address=address.to_owned() role reader/> }.to_html()
        }
        Route::JobChat(job) => {
            let card = board::one(app, me, job).await?;
            view! { <JobBar card reader/> }.to_html()
        }
        Route::Settings => {
            let settings = Settings {
                email: account::email(app, me).await?,
                pop_ups: preference::pop_ups(app, me).await?,
                devices: device::list(app, me).await?,
                look: kept_look(&headers),
                outcome: query(address, "done").and_then(Outcome::from_word),
            };
            view! { <SettingsSheet settings person reader/> }.to_html()
        }
        Route::Notices => {
            let notices = notice::list(app, me).await?;
            view! { <NoticesSheet notices reader/> }.to_html()
        }
        Route::Patients | Route::Messages(_) | Route::Team(_) | Route::Missing => {
            return Err(Error::NotFound);
        }
    };
    Ok(drawn)
}
