//! `/ws`: Confer's own wire format over a WebSocket.

use super::{
    App,
    carrier::{Carrier, End, Tongue, converse, limited},
    gate::Scope,
    http::origin,
    hub::encode,
    link::{Link, cid_in, parse},
};
use crate::model::{
    Error,
    wire::{Command, Event, SUBPROTOCOL},
};
use axum::{
    Extension,
    extract::{
        State,
        ws::{Utf8Bytes, WebSocketUpgrade},
    },
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;

/// Opens the socket for a signed-in person from our own pages, or for whoever shows a token; for nobody else.
pub async fn open(
    State(app): State<App>,
    me: Option<Extension<Scope>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    // A cookie comes along by itself, a token does not.
    let is_shown = me.as_ref().is_some_and(|Extension(me)| !me.is_ambient);
    if !is_shown && !origin::is_ours(&app.config, &headers) {
        return (StatusCode::FORBIDDEN, "the Origin of this socket is not ours").into_response();
    }
    let Some(Extension(me)) = me else {
        return (StatusCode::UNAUTHORIZED, "sign in first").into_response();
    };
    if app.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "restarting").into_response();
    }
    limited(upgrade.protocols([SUBPROTOCOL])).on_upgrade(move |socket| async move {
        let task = converse(app.clone(), me, socket, Native { resumed: false });
        app.spawn(task);
    })
}

/// Our own words.
struct Native {
    resumed: bool,
}

impl Tongue for Native {
    fn is_ready(&self) -> bool {
        self.resumed
    }

    fn hear<'a>(
        &'a mut self,
        link: &'a Link,
        carrier: &'a mut Carrier,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<(), End>> {
        Box::pin(async move {
            match parse(bytes) {
                Ok(Command::Resume { epoch, rooms }) => {
                    link.resume(epoch, &rooms, carrier).await?;
                    self.resumed = true;
                    carrier.say(encode(&Event::Ready {})).await
                }
                Ok(Command::Follow { room, seq }) => Ok(link.follow(room, seq, carrier).await?),
                Ok(command) => match link.obey(command).await {
                    Some(answer) => carrier.say(encode(&answer)).await,
                    None => Ok(()),
                },
                Err((cid, error)) => carrier.say(encode(&Event::Refused { cid, error })).await,
            }
        })
    }

    fn tell<'a>(
        &'a mut self,
        _link: &'a Link,
        carrier: &'a mut Carrier,
        frames: Vec<Utf8Bytes>,
    ) -> BoxFuture<'a, Result<(), End>> {
        Box::pin(carrier.say_all(frames))
    }

    fn refuse(&self, error: Error, frame: Option<&[u8]>) -> Utf8Bytes {
        encode(&Event::Refused { cid: frame.and_then(cid_in), error })
    }
}
