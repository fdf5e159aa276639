//! The driver of the predecessors' sockets: JSON objects in, JSON objects out, over the carrier every socket has.

use super::field;
use crate::{
    model::{
        Error, Result, Why,
        message::Draft,
        wire::{Event, close},
    },
    server::{
        App,
        carrier::{Carrier, End, Tongue, limited, talk},
        gate::Scope,
        link::Link,
        message, typing,
    },
};
use axum::{
    extract::ws::{Utf8Bytes, WebSocketUpgrade},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use serde_json::Value;

/// The room is no longer one's own.
pub const NOT_YOURS: u16 = 4403;

/// What one of the predecessors said over its socket.
pub trait Dialect: Send + Sync + 'static {
    /// What is said first.
    fn greet(&mut self, _link: &Link) -> impl Future<Output = Result<Vec<String>>> + Send {
        async { Ok(Vec::new()) }
    }

    /// A frame of the client's; what is answered to it alone.
    fn hear(&mut self, link: &Link, frame: Value) -> impl Future<Output = Result<Vec<String>>> + Send;

    /// What an event is called here; nothing, where it had no word for it.
    fn tell(&mut self, link: &Link, event: Event) -> impl Future<Output = Result<Vec<String>>> + Send;

    /// How it said that something went wrong.
    fn refuse(&self, error: &Error) -> String;

    /// Whether an event ends the conversation.
    fn ends_with(&self, _event: &Event) -> bool {
        false
    }
}

/// Opens a predecessor's socket. Its framework refused strangers and those without a right in the same way.
pub async fn open<D: Dialect>(
    app: &App,
    headers: &HeaderMap,
    upgrade: WebSocketUpgrade,
    known: Result<(Scope, D)>,
) -> Response {
    let (me, dialect) = match known {
        Ok(known) => known,
        Err(error @ (Error::Unavailable { .. } | Error::Fault { .. })) => return error.into_response(),
        Err(_) => return (StatusCode::FORBIDDEN, "Access denied").into_response(),
    };
    if me.is_ambient && !crate::server::http::origin::is_ours(&app.config, headers) {
        return (StatusCode::FORBIDDEN, "the Origin of this socket is not ours").into_response();
    }
    if app.is_stopping() {
        return (StatusCode::SERVICE_UNAVAILABLE, "restarting").into_response();
    }
    // These clients count on hearing everything from the moment on at which their socket is open.
    let link = match Link::open(app, me).await {
        Ok(link) => link,
        Err(error) => return error.into_response(),
    };
    let app = app.clone();
    limited(upgrade).on_upgrade(move |socket| async move {
        let task = talk(link, socket, Spoken(dialect));
        app.spawn(task);
    })
}

/// Writes a message. Its sender hears it as everybody else does; one that was stored before, and will not be told
/// again, is answered.
pub async fn post(link: &Link, mut draft: Draft, frame: &Value) -> Result<Option<Event>> {
    let cid = field::cid(frame)?;
    link.app.hub.active(link.me.account);
    typing::sent(&link.app, draft.room, link.me.account);
    let Some(cid) = cid else {
        return message::post_from(&link.app, &link.me, draft, &link.outbox).await.map(|()| None);
    };
    draft.cid = cid;
    let stored = message::post(&link.app, &link.me, draft).await?;
    Ok((!stored.fresh).then_some(Event::Posted(stored.message)))
}

struct Spoken<D>(D);

impl<D: Dialect> Spoken<D> {
    fn frames(&self, outcome: Result<Vec<String>>) -> Vec<Utf8Bytes> {
        match outcome {
            Ok(frames) => frames.into_iter().map(Utf8Bytes::from).collect(),
            Err(error) => vec![self.0.refuse(&error).into()],
        }
    }
}

impl<D: Dialect> Tongue for Spoken<D> {
    fn greet<'a>(&'a mut self, link: &'a Link, carrier: &'a mut Carrier) -> BoxFuture<'a, Result<(), End>> {
        Box::pin(async move {
            let greeting = self.0.greet(link).await;
            carrier.say_all(self.frames(greeting)).await
        })
    }

    fn hear<'a>(
        &'a mut self,
        link: &'a Link,
        carrier: &'a mut Carrier,
        bytes: &'a [u8],
    ) -> BoxFuture<'a, Result<(), End>> {
        Box::pin(async move {
            let answer = match serde_json::from_slice::<Value>(bytes) {
                Ok(frame @ Value::Object(_)) => self.0.hear(link, frame).await,
                _ => Err(Error::invalid("frame", Why::Malformed)),
            };
            let frames = self.frames(answer);
            if frames.is_empty() { Ok(()) } else { carrier.say_all(frames).await }
        })
    }

    fn tell<'a>(
        &'a mut self,
        link: &'a Link,
        carrier: &'a mut Carrier,
        frames: Vec<Utf8Bytes>,
    ) -> BoxFuture<'a, Result<(), End>> {
        Box::pin(async move {
            let mut told = Vec::with_capacity(frames.len());
            let mut end = None;
            for frame in frames {
                let Ok(event) = serde_json::from_str::<Event>(&frame) else { continue };
                if self.0.ends_with(&event) {
                    end = Some(End::Close(NOT_YOURS));
                    break;
                }
                match event {
                    // What was sent comes back to its sender as it comes to everybody else.
                    Event::Acked { .. } => {}
                    Event::Refused { error, .. } => told.extend(self.frames(Err(error))),
                    event => {
                        let is_message = matches!(event, Event::Posted(_));
                        match self.0.tell(link, event).await {
                            Err(_) if is_message => {
                                // These clients cannot ask for what they missed: they come back, and read it.
                                end = Some(End::Close(close::RESTART));
                                break;
                            }
                            values => told.extend(self.frames(values)),
                        }
                    }
                }
            }
            if !told.is_empty() {
                carrier.say_all(told).await?;
            }
            end.map_or(Ok(()), Err)
        })
    }

    fn refuse(&self, error: Error, _frame: Option<&[u8]>) -> Utf8Bytes {
        self.0.refuse(&error).into()
    }
}
