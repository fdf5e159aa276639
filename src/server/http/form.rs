//! Plain forms: signing in and out, opening a room, sending, and who needs no answer; all without any script.

use super::{origin, page};
use crate::{
    model::{AccountId, Cid, Error, Result, RoomId, account::Attempt, language::Language, message::Draft},
    server::{
        App, account, care,
        gate::{self, Scope},
        message, room, session,
    },
    ui::page::sorry::{Sorry, Unsent},
};
use axum::{
    Extension, Form,
    body::Body,
    extract::{ConnectInfo, FromRequest, Path, Query, Request, State},
    http::{HeaderMap, HeaderValue, Method, Uri, header},
    response::{IntoResponse, Redirect, Response},
};
use serde::Deserialize;
use std::net::SocketAddr;
use tower_sessions::Session;

/// Browsers describe themselves at length.
const AGENT_MAX_CHARS: usize = 300;

#[derive(Deserialize)]
pub struct SignIn {
    email: String,
    password: String,
}

/// Signs in and goes where the person wanted to go; a failed try shows the form again, the address kept.
pub async fn sign_in(
    State(app): State<App>,
    language: Language,
    session: Session,
    request: Request,
) -> Response {
    let uri = request.uri().clone();
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    // Without a connection of its own (a test) everybody shares one count.
    let from = peer.map(|peer| origin::address(&app.config, peer, request.headers()));
    let from = from.map_or_else(|| "unknown".to_owned(), origin::household);
    let agent = agent(request.headers());
    let form = match Form::<SignIn>::from_request(request, &()).await {
        Ok(Form(form)) => form,
        Err(refusal) => return refusal.into_response(),
    };
    let proven = match account::prove(&app, &form.email, &form.password, &from).await {
        Ok(account) => start(&session, account, agent).await,
        Err(error) => Err(error),
    };
    match proven {
        Ok(()) => Redirect::to(&next_path(&uri)).into_response(),
        Err(error @ (Error::SignIn | Error::Slow { .. } | Error::Unavailable { .. })) => {
            let again = Request::builder().method(Method::GET).uri(uri).body(Body::empty());
            match again {
                Ok(again) => {
                    page::sign_in_again(app, language, again, Attempt { email: form.email, error }).await
                }
                Err(cause) => crate::server::fault(&cause).into_response(),
            }
        }
        Err(error) => page::sorry(&app, language, Sorry { error, unsent: None }).await,
    }
}

/// What a browser says of itself, as much of it as is worth keeping.
fn agent(headers: &HeaderMap) -> Option<String> {
    let agent = headers.get(header::USER_AGENT)?.to_str().ok()?;
    Some(agent.chars().take(AGENT_MAX_CHARS).collect())
}

async fn start(session: &Session, account: AccountId, agent: Option<String>) -> Result<()> {
    // A fresh id: one that was known before signing in must not become a signed-in one.
    session.cycle_id().await.map_err(|cause| crate::server::fault(&cause))?;
    session.insert(session::AGENT, agent).await.map_err(|cause| crate::server::fault(&cause))?;
    session.insert(session::ACCOUNT, account.0).await.map_err(|cause| crate::server::fault(&cause))
}

#[derive(Default, Deserialize)]
struct Next {
    next: Option<String>,
}

/// Where to go after signing in: the path that was wanted, if it is one of ours, or home.
pub fn next_path(uri: &Uri) -> String {
    let wanted = Query::<Next>::try_from_uri(uri).ok().and_then(|Query(query)| query.next);
    wanted.filter(|path| is_own_path(path)).unwrap_or_else(|| "/".into())
}

// "//host" and "/\\host" leave the site; anything unprintable could break the header.
fn is_own_path(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && !path.starts_with("/log")
        && path.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

/// Signs out: the session, its sockets, and what the browser kept.
pub async fn sign_out(State(app): State<App>, me: Option<Extension<Scope>>, session: Session) -> Response {
    if let Some(Extension(me)) = me
        && let Err(error) = gate::sign_out(&app, &me).await
    {
        return error.into_response();
    }
    if let Err(cause) = session.flush().await {
        return crate::server::fault(&cause).into_response();
    }
    let mut response = Redirect::to("/login").into_response();
    // "cookies" would also delete cookies of other sites on the same registrable domain.
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

/// The page a form leads to, or why it leads nowhere.
pub async fn shown(app: &App, language: Language, outcome: Result<String>) -> Response {
    match outcome {
        Ok(path) => Redirect::to(&path).into_response(),
        Err(error) => page::sorry(app, language, Sorry { error, unsent: None }).await,
    }
}

fn room_path(room: RoomId) -> String {
    format!("/chat/room/{room}")
}

#[derive(Deserialize)]
pub struct OpenRoom {
    with: AccountId,
}

/// Opens the one room with somebody and goes there.
pub async fn open_room(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    language: Language,
    Form(form): Form<OpenRoom>,
) -> Response {
    let Some(Extension(me)) = me else { return Redirect::to("/login").into_response() };
    let opened = room::open(&app, &me, form.with).await;
    shown(&app, language, opened.map(room_path)).await
}

#[derive(Deserialize)]
pub struct Settled {
    /// How far they had read when the page was drawn.
    seq: i64,
}

/// `POST /patients/{id}/settle`: what this patient wrote needs no answer.
pub async fn settle(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    language: Language,
    Path(patient): Path<AccountId>,
    Form(form): Form<Settled>,
) -> Response {
    let Some(Extension(me)) = me else { return Redirect::to("/login").into_response() };
    let settled = care::settle(&app, &me, patient, form.seq).await;
    shown(&app, language, settled.map(|()| "/".to_owned())).await
}

#[derive(Deserialize)]
pub struct Partner {
    email: Option<String>,
}

/// `/chat`, or the one conversation with whom an address belongs to. A page of somebody else's does not begin one.
pub async fn chat(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    language: Language,
    Query(Partner { email }): Query<Partner>,
    request: Request,
) -> Response {
    let (Some(Extension(me)), Some(email)) = (&me, email.filter(|email| !email.is_empty())) else {
        return page::render(State(app), me, request).await;
    };
    let is_theirs = request
        .headers()
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site" || site == "same-site");
    let found = async {
        let partner = account::by_email(&app, &email).await?;
        match room::between(&app, me, partner).await? {
            None if !is_theirs => room::open(&app, me, partner).await.map(Some),
            found => Ok(found),
        }
    };
    let path = found.await.map(|room| room.map_or_else(|| "/chat".to_owned(), room_path));
    shown(&app, language, path).await
}

#[derive(Deserialize)]
pub struct PostMessage {
    /// Made by the page, so that pressing the button twice sends once.
    cid: Cid,
    body: String,
    /// The page it was written on, if that is not the room's own.
    back: Option<String>,
}

/// Sends a message and shows the room again.
pub async fn post_message(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    language: Language,
    Path(room): Path<RoomId>,
    Form(form): Form<PostMessage>,
) -> Response {
    let path = room_path(room);
    let Some(Extension(me)) = me else {
        // What was written outlives the session it was written in.
        let unsent = Some(Unsent { action: path, cid: form.cid, body: form.body });
        return page::sorry(&app, language, Sorry { error: Error::SignIn, unsent }).await;
    };
    // Browsers send line breaks of forms as CR LF; everywhere else they are LF.
    let body = form.body.replace("\r\n", "\n");
    let back = form.back.as_deref().filter(|back| is_own_path(back)).unwrap_or(&path);
    match message::post(&app, &me, Draft::text(form.cid, room, body)).await {
        Ok(_) => Redirect::to(back).into_response(),
        Err(Error::Invalid { .. }) if form.body.trim().is_empty() => Redirect::to(&path).into_response(),
        Err(error) => {
            // Under a cid that stands for other words these could never be sent.
            let cid = if matches!(error, Error::Conflict { .. }) { Cid(rand::random()) } else { form.cid };
            let unsent = Some(Unsent { action: path, cid, body: form.body });
            page::sorry(&app, language, Sorry { error, unsent }).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_our_own_are_followed() {
        let next = |query: &str| next_path(&format!("/login?next={query}").parse().unwrap());
        assert_eq!(next("/chat/room/3"), "/chat/room/3");
        assert_eq!(next("/chat%3Femail=a%40x.org"), "/chat?email=a@x.org");
        for foreign in [
            "//evil.org",
            "https://evil.org",
            "/%5Cevil.org",
            "/a%0d%0aset-cookie:x",
            "evil",
            "/login",
            "/%C3%A9",
        ] {
            assert_eq!(next(foreign), "/", "{foreign}");
        }
        assert_eq!(next_path(&"/login".parse().unwrap()), "/");
    }
}
