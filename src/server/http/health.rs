//! What machines ask: is the process alive, may it be sent people, how is it doing.

use crate::server::App;
use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::IntoResponse,
    routing::get,
};
use std::time::Duration;

/// How long the database may take to say that it is there.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);

/// `/livez`, `/readyz` and `/metrics`; none of them asks who is asking.
pub fn routes() -> Router<App> {
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

async fn ready(State(app): State<App>) -> impl IntoResponse {
    if app.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    // A database that does not answer is away, and whoever asks wants to know that soon.
    if !tokio::time::timeout(ANSWERS_WITHIN, app.db.is_ready()).await.unwrap_or(false) {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database is away or its schema is old\n");
    }
    if !app.writer.is_well() {
        return (StatusCode::SERVICE_UNAVAILABLE, "the database takes no writes\n");
    }
    (StatusCode::OK, "ready\n")
}

async fn metrics(State(app): State<App>) -> impl IntoResponse {
    let (connections, people) = app.hub.size();
    let text = format!(
        "# HELP confer_connections Open sockets on this node.\n\
         # TYPE confer_connections gauge\n\
         confer_connections {connections}\n\
         # HELP confer_people_online People with a socket on this node.\n\
         # TYPE confer_people_online gauge\n\
         confer_people_online {people}\n\
         # HELP confer_messages_total Messages stored by this process.\n\
         # TYPE confer_messages_total counter\n\
         confer_messages_total {}\n",
        app.stored_total(),
    );
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text)
}
