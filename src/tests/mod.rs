//! Integration: a real router, a real socket, a fresh database and a hand-held clock.

// A test that finds something missing has found something.
#![allow(clippy::unwrap_used, clippy::panic, clippy::type_complexity)]

mod account;
mod care;
mod delivery;
mod dialect;
mod home;
mod hook;
mod import;
mod job;
mod language;
mod layers;
mod member;
mod message;
mod offline;
mod oldapp;
mod outage;
mod page;
mod parity;
mod presence;
mod protocol;
mod public;
mod receipt;
mod reference;
mod room;
mod session;
mod settings;
mod socket;
mod stream;
mod testapp;
mod token;
mod typing;

/// Makes one body a test on SQLite and another on PostgreSQL.
macro_rules! on_both_databases {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident: $type:ty) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            $(#[$meta])*
            async fn holds($app: $type) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_sqlite() {
                holds(TestApp::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_postgres() {
                holds(TestApp::on_postgres().await).await;
            }
        }
    )+};
}
use on_both_databases;
