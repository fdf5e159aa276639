//! The public API, `/api/v1`: the verbs of the house as plain HTTP, for whoever builds on Confer.

mod answer;
mod care;
mod condition;
mod document;
mod guide;
mod hook;
mod job;
mod limit;
mod message;
mod operation;
mod page;
mod person;
mod problem;
mod request;
mod room;
mod schema;

pub use document::openapi;
pub use operation::Operation;
pub use page::{api_page, socket_page};
pub use problem::Problem;

use super::{App, http::BODY_MAX_BYTES};
use crate::model::Error;
use answer::{Answer, Written};
use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{StatusCode, header},
    middleware::map_response,
    response::IntoResponse,
};
use limit::Counted::{Changes, Marks, Messages};
use serde_json::json;
use std::sync::LazyLock;
use tower_http::limit::RequestBodyLimitLayer;

/// Where the API begins.
pub const BASE: &str = "/api/v1";

/// What the calls are about, in the order they are told.
const TAGS: [(&str, &str); 7] = [
    ("People", "Oneself, the people one may see, and who of them is there."),
    ("Care", "Who is looked after by whom."),
    ("Rooms", "Where people talk, and who is in there."),
    ("Messages", "What is written in a room, and how far everybody has read."),
    ("Jobs", "Work between a client and a worker, with a room of its own."),
    ("Webhooks", "Programs elsewhere that are told what happens here."),
    ("Document", "This API, for machines."),
];

/// Every call of the API: the router and the document are made of this.
pub fn operations() -> Vec<Operation> {
    vec![
        Operation::get("/me", "read_me", person::me).says("People", "Reads oneself.").tagged(),
        Operation::get("/people", "list_people", person::people)
            .says(
                "People",
                "Lists those one shares a room or a care link with, and colleagues among themselves.",
            )
            .tagged(),
        Operation::get("/team", "list_team", person::team)
            .says("People", "Lists one's colleagues in pages, by name; patients and clients have none.")
            .refuses(&[403])
            .tagged(),
        Operation::get("/presence", "list_presence", person::presence)
            .says("People", "Tells who of the people one may see is there, and when the others last were.")
            .tagged(),
        Operation::get("/care", "list_care", care::page)
            .says("Care", "Lists one's own care links in pages; staff and administrators see everybody's.")
            .tagged(),
        Operation::put("/care", "link_care", care::entrust)
            .says(
                "Care",
                "Puts a patient into a practitioner's care and opens their room; for administrators.",
            )
            .refuses(&[403, 404])
            .counts(Changes),
        Operation::get("/rooms", "list_rooms", room::list)
            .says("Rooms", "Lists one's rooms in pages, the last active first.")
            .tagged(),
        Operation::post("/rooms", "open_room", room::make)
            .says("Rooms", "Opens the one room with somebody, made or found; or makes a new group.")
            .refuses(&[403, 404, 409])
            .counts(Changes),
        Operation::get("/rooms/{room}", "read_room", room::one)
            .says("Rooms", "Reads a room with its members and its last message.")
            .tagged(),
        Operation::patch("/rooms/{room}", "rename_room", room::rename)
            .says("Rooms", "Gives a group another name; for its owner.")
            .refuses(&[403])
            .counts(Changes),
        Operation::get("/rooms/{room}/members", "list_members", room::members)
            .says("Rooms", "Lists everybody who can read what is written in a room.")
            .tagged(),
        Operation::post("/rooms/{room}/members", "invite_member", room::invite)
            .says("Rooms", "Brings a colleague into a group or a care room.")
            .refuses(&[403, 409])
            .counts(Changes),
        Operation::delete("/rooms/{room}/members/{account}", "remove_member", room::remove)
            .says("Rooms", "Takes somebody out of a room, or leaves it oneself.")
            .refuses(&[403, 409])
            .counts(Changes),
        Operation::put("/rooms/{room}/owner", "hand_over_room", room::hand_over)
            .says("Rooms", "Gives a group another owner.")
            .refuses(&[403])
            .counts(Changes),
        Operation::get("/rooms/{room}/messages", "list_messages", message::page)
            .says("Messages", "Reads a page of a room's messages by number, the oldest first.")
            .tagged(),
        Operation::post("/rooms/{room}/messages", "post_message", message::post)
            .says("Messages", "Sends a message: stored once, however often it is sent under its cid.")
            .refuses(&[409])
            .counts(Messages),
        Operation::post("/rooms/{room}/read", "mark_read", message::read)
            .says("Messages", "Marks everything up to a number as read.")
            .counts(Marks),
        Operation::get("/rooms/{room}/receipts", "list_receipts", message::receipts)
            .says("Messages", "Tells how far everybody in a room has received and read.")
            .tagged(),
        Operation::get("/jobs", "list_jobs", job::list)
            .says("Jobs", "Lists the jobs one has a part in, the latest first.")
            .tagged(),
        Operation::post("/jobs", "request_job", job::request)
            .says("Jobs", "Asks for work; the same asked twice is one job.")
            .refuses(&[403, 404, 409])
            .counts(Changes),
        Operation::get("/jobs/{job}", "read_job", job::one).says("Jobs", "Reads a job.").tagged(),
        Operation::put("/jobs/{job}/worker", "assign_job", job::assign)
            .says("Jobs", "Gives a job to a worker, or to nobody; its room follows.")
            .refuses(&[403, 409])
            .counts(Changes),
        Operation::post("/jobs/{job}/{step}", "take_step", job::take)
            .says("Jobs", "Takes a job one step further, and says so in its room.")
            .refuses(&[403, 409])
            .counts(Changes),
        Operation::get("/hooks", "list_hooks", hook::list)
            .says("Webhooks", "Lists the webhooks; for administrators, as are the other calls about them.")
            .refuses(&[403])
            .tagged(),
        Operation::post("/hooks", "add_hook", hook::add)
            .says(
                "Webhooks",
                "Begins to tell a program elsewhere, signed with a secret that is shown now and not again.",
            )
            .refuses(&[403, 409]),
        Operation::delete("/hooks/{hook}", "remove_hook", hook::remove)
            .says("Webhooks", "Tells it nothing more; what was still to be told is dropped.")
            .refuses(&[403]),
        Operation::post("/hooks/{hook}/enable", "enable_hook", hook::enable)
            .says("Webhooks", "Goes on with one that was given up, from now on.")
            .refuses(&[403]),
        Operation::get("/openapi.json", "read_document", written)
            .says("Document", "Reads the description of this API, as OpenAPI 3.1; nobody needs to sign in.")
            .tagged(),
    ]
}

/// Every path of the API.
pub fn routes(app: &App) -> Router<App> {
    let mount = |router, operation: Operation| operation.mount(app, router);
    let v1 = operations().into_iter().fold(Router::new(), mount);
    Router::new()
        .nest(BASE, v1.fallback(async || Problem(Error::NotFound)).method_not_allowed_fallback(not_allowed))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(BODY_MAX_BYTES))
        .layer(map_response(problem::translate))
}

/// A method an address does not know; the code says no more than the status.
async fn not_allowed() -> impl IntoResponse {
    let body = json!({
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": "This address does not know this method.",
    });
    (StatusCode::METHOD_NOT_ALLOWED, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string())
}

/// Whether a path is one of the API's.
pub fn is_here(path: &str) -> bool {
    path.strip_prefix(BASE).is_some_and(|rest| rest.starts_with('/'))
}

/// `GET /api/v1/openapi.json`
async fn written(State(_): State<App>) -> Result<Written, Problem> {
    static DOCUMENT: LazyLock<String> = LazyLock::new(|| format!("{:#}\n", openapi()));
    Ok(Written(&DOCUMENT))
}
